"""How a linear recurrence depends on what it adds at each time, by induction upwards."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

t = sp.Symbol("t", integer=True)
T = sp.Symbol("T", integer=True, positive=True)
h = sp.IndexedBase("h")
u, y, e = sp.symbols("u y e")

with sb.derivation("slope over time") as proof:
    proof.define(h[t], h[t - 1] + u, (t, 1, T))
    proof.define(e, (h[T] - y) ** 2)

    base, step = proof.induction("slope", (t, 1, T), sp.Eq(D(h[t], u, hold=[]), t))
    base.claim(D(h[1], u))
    base.eq(1, by="linearity of the derivative")
    step.claim(D(h[t + 1], u, hold=[]))
    step.eq(D(h[t], u, hold=[]) + 1, by="sum rule")
    step.eq(t + 1, by="induction hypothesis")

    proof.claim(D(e, u))
    proof.eq(2 * (h[T] - y) * D(h[T], u, hold=[]), by="chain rule")
    proof.eq(2 * T * (h[T] - y), by="lemma slope")
