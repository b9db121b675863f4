"""Softmax with cross-entropy, where the targets add up to 1."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

j, k, m = sp.symbols("j k m", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
x, y, z = sp.symbols("x y z", cls=sp.IndexedBase)
S, e = sp.symbols("S e")
same = sp.KroneckerDelta(k, j)

with sb.derivation("softmax, unit targets") as proof:
    proof.define(S, sp.Sum(sp.exp(z[m]), (m, 1, n)))
    proof.define(x[k], sp.exp(z[k]) / S)
    proof.define(e, -sp.Sum(y[k] * sp.log(x[k]), (k, 1, n)))
    proof.assume(sp.Eq(sp.Sum(y[k], (k, 1, n)), 1))

    proof.claim(D(e, z[j]))
    proof.eq(-sp.Sum(y[k] / x[k] * D(x[k], z[j]), (k, 1, n)), by="derivative of log")
    proof.eq(-sp.Sum(y[k] * (same - x[j]), (k, 1, n)))
    proof.eq(x[j] * sp.Sum(y[k], (k, 1, n)) - y[j], by="Kronecker delta")
    proof.eq(x[j] - y[j], by="assumption")
