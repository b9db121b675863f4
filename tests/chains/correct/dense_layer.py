"""The gradient of a dense layer's weights, for any cost of its outputs."""

import sympy as sp

import symbackprop as sb
from symbackprop import D, Over, prime

i, j, k = sp.symbols("i j k", integer=True)
n, m = sp.symbols("n m", integer=True, positive=True)
b, w, x, y, z = sp.symbols("b w x y z", cls=sp.IndexedBase)
C = sp.Symbol("C")
cost, f = sp.symbols("cost f", cls=sp.Function)

with sb.derivation("dense layer") as proof:
    proof.define(z[j], sp.Sum(w[i, j] * x[i], (i, 1, n)) + b[j])
    proof.define(y[j], f(z[j]))
    proof.define(C, cost(Over(y[j], (j, 1, m))))

    with proof.lemma("signal") as signal:
        signal.claim(D(z[j], w[i, j]))
        signal.eq(x[i], by="linearity of the derivative")

    with proof.lemma("delta") as delta:
        delta.claim(D(C, z[j]))
        delta.eq(D(C, y[j]) * D(y[j], z[j]), by="chain rule")
        delta.eq(D(C, y[j]) * prime(f)(z[j]), by="chain rule")

    proof.claim(D(C, w[i, j]))
    proof.eq(D(C, z[j]) * D(z[j], w[i, j]), by="chain rule")
    proof.eq(D(C, z[j]) * x[i], by="lemma signal")
    proof.eq(D(C, y[j]) * prime(f)(z[j]) * x[i], by="lemma delta")
