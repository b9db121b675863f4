"""The gradient of a filter that is used at all places."""

import sympy as sp

import symbackprop as sb
from symbackprop import D, Over

j, k, r = sp.symbols("j k r", integer=True)
n, m = sp.symbols("n m", integer=True, positive=True)
w, x, y = sp.symbols("w x y", cls=sp.IndexedBase)
C = sp.Symbol("C")
cost = sp.Function("cost")

with sb.derivation("convolution") as proof:
    proof.define(y[j], sp.Sum(w[k] * x[j + k], (k, 0, m)))
    proof.define(C, cost(Over(y[j], (j, 1, n))))

    proof.claim(D(C, w[r]))
    proof.eq(sp.Sum(D(C, y[j]) * D(y[j], w[r]), (j, 1, n)), by="chain rule")
    proof.eq(sp.Sum(D(C, y[j]) * x[j + r], (j, 1, n)))
