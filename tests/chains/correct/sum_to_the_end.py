"""A sum that is gathered from the end, by induction downwards, and its gradient."""

import sympy as sp

import symbackprop as sb
from symbackprop import D, prime

k, t = sp.symbols("k t", integer=True)
T = sp.Symbol("T", integer=True, positive=True)
c, r, x = sp.symbols("c r x", cls=sp.IndexedBase)
u = sp.Symbol("u")
f = sp.Function("f")

with sb.derivation("sum to the end") as proof:
    proof.define(c[t], f(u * x[t]))
    proof.define(r[T], c[T])
    proof.define(r[t - 1], c[t - 1] + r[t], (t, 1, T))

    base, step = proof.induction("rest", (t, 0, T), sp.Eq(r[t], sp.Sum(c[k], (k, t, T))), down=True)
    base.claim(r[T])
    base.eq(c[T], by="definition of r")
    base.eq(sp.Sum(c[k], (k, T, T)), by="algebra")
    step.claim(r[t - 1])
    step.eq(c[t - 1] + r[t], by="definition of r")
    step.eq(c[t - 1] + sp.Sum(c[k], (k, t, T)), by="induction hypothesis")
    step.eq(sp.Sum(c[k], (k, t - 1, T)), by="splitting the sum")

    proof.claim(D(sp.Sum(c[k], (k, 0, T)), u))
    proof.eq(sp.Sum(D(c[k], u), (k, 0, T)), by="linearity of the derivative")
    proof.eq(sp.Sum(prime(f)(u * x[k]) * x[k], (k, 0, T)), by="chain rule")
