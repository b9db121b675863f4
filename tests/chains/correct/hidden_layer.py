"""The gradient of a hidden layer's weights under a squared error, with any activation."""

import sympy as sp

import symbackprop as sb
from symbackprop import D, prime

i, j, k = sp.symbols("i j k", integer=True)
n, m, p = sp.symbols("n m p", integer=True, positive=True)
h, s, t, u, w, x, y = sp.symbols("h s t u w x y", cls=sp.IndexedBase)
e = sp.Symbol("e")
f = sp.Function("f")

with sb.derivation("hidden layer") as proof:
    proof.define(s[j], sp.Sum(w[i, j] * x[i], (i, 1, n)))
    proof.define(h[j], f(s[j]))
    proof.define(t[k], sp.Sum(u[j, k] * h[j], (j, 1, m)))
    proof.define(e, sp.Sum((t[k] - y[k]) ** 2, (k, 1, p)) / 2)

    proof.claim(D(e, w[i, j]))
    proof.eq(sp.Sum((t[k] - y[k]) * D(t[k], w[i, j]), (k, 1, p)), by="power rule")
    proof.eq(sp.Sum((t[k] - y[k]) * u[j, k] * D(h[j], w[i, j]), (k, 1, p)), by="chain rule")
    proof.eq(sp.Sum((t[k] - y[k]) * u[j, k], (k, 1, p)) * D(h[j], w[i, j]), by="algebra")
    proof.eq(sp.Sum((t[k] - y[k]) * u[j, k], (k, 1, p)) * prime(f)(s[j]) * x[i])
