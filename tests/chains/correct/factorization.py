"""The gradient of a matrix factorization: a sum over examples and columns, of squares of a sum."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

c, i, k, q, r = sp.symbols("c i k q r", integer=True)
n, m, p = sp.symbols("n m p", integer=True, positive=True)
u, v, x, z = sp.symbols("u v x z", cls=sp.IndexedBase)
e = sp.Symbol("e")

with sb.derivation("matrix factorization") as proof:
    proof.define(z[r, c], sp.Sum(u[r, k] * v[k, c], (k, 1, p)))
    proof.define(e, sp.Sum((z[r, c] - x[r, c]) ** 2, (c, 1, m), (r, 1, n)))

    proof.claim(D(e, u[i, q]))
    proof.eq(
        2 * sp.Sum((z[r, c] - x[r, c]) * D(z[r, c], u[i, q]), (c, 1, m), (r, 1, n)),
        by="power rule",
    )
    proof.eq(
        2 * sp.Sum((z[r, c] - x[r, c]) * sp.KroneckerDelta(r, i) * v[q, c], (c, 1, m), (r, 1, n))
    )
    proof.eq(2 * sp.Sum((z[i, c] - x[i, c]) * v[q, c], (c, 1, m)), by="Kronecker delta")
    proof.eq(
        2 * sp.Sum(z[i, c] * v[q, c], (c, 1, m)) - 2 * sp.Sum(x[i, c] * v[q, c], (c, 1, m)),
        by="linearity of the sum",
    )
