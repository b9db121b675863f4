"""The gradient of log Σ exp, through a layer of weights."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

i, j, k = sp.symbols("i j k", integer=True)
n, m = sp.symbols("n m", integer=True, positive=True)
w, x, z = sp.symbols("w x z", cls=sp.IndexedBase)
S, e = sp.symbols("S e")

with sb.derivation("log of a sum of exponentials") as proof:
    proof.define(z[j], sp.Sum(w[i, j] * x[i], (i, 1, n)))
    proof.define(S, sp.Sum(sp.exp(z[j]), (j, 1, m)))
    proof.define(e, sp.log(S))

    proof.claim(D(e, x[k]))
    proof.eq(D(S, x[k]) / S, by="derivative of log")
    proof.eq(sp.Sum(sp.exp(z[j]) * D(z[j], x[k]), (j, 1, m)) / S, by="derivative of exp")
    proof.eq(sp.Sum(sp.exp(z[j]) * w[k, j], (j, 1, m)) / S)
    proof.eq(sp.Sum(sp.exp(z[j]) / S * w[k, j], (j, 1, m)), by="algebra")
