"""Residual layers, any number of them: the error passes a layer unchanged, and once more through its function.

x_j^(l) = x_j^(l-1) + f(s_j^(l)) with s_j^(l) = Σ_i w_ij^(l) x_i^(l-1), for l = 1..L, all of n nodes, with any differentiable f
and any error E of the last layer.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D, Over, prime

i, j, k, l = sp.symbols("i j k l", integer=True)
L, n = sp.symbols("L n", integer=True, positive=True)
w, s, x, delta = sp.symbols("w s x delta", cls=sp.IndexedBase)
e = sp.Symbol("e")
E, f = sp.symbols("E f", cls=sp.Function)

with sb.derivation("a stack of residual layers") as proof:
    proof.define(s[l, j], sp.Sum(w[l, i, j] * x[l - 1, i], (i, 1, n)), (l, 1, L), (j, 1, n))
    proof.define(x[l, j], x[l - 1, j] + f(s[l, j]), (l, 1, L), (j, 1, n))
    proof.define(e, E(Over(x[L, j], (j, 1, n))))

    with proof.lemma("one layer") as one:
        one.claim(D(x[l, j], x[l - 1, i], hold=[]))
        one.eq(
            sp.KroneckerDelta(i, j) + prime(f)(s[l, j]) * D(s[l, j], x[l - 1, i]),
            by="chain rule",
        )
        one.eq(sp.KroneckerDelta(i, j) + prime(f)(s[l, j]) * w[l, i, j], by="partial derivatives")

    proof.claim(D(e, x[l - 1, i]))
    proof.eq(sp.Sum(D(e, x[l, j]) * D(x[l, j], x[l - 1, i], hold=[]), (j, 1, n)), by="chain rule")
    proof.eq(
        sp.Sum(
            D(e, x[l, j]) * (sp.KroneckerDelta(i, j) + prime(f)(s[l, j]) * w[l, i, j]), (j, 1, n)
        ),
        by="lemma one layer",
    )
    proof.eq(
        D(e, x[l, i]) + sp.Sum(w[l, i, j] * prime(f)(s[l, j]) * D(e, x[l, j]), (j, 1, n)),
        by="Kronecker delta",
    )
