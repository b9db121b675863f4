"""The last output of a recurrence by an earlier one, by induction downwards."""

import sympy as sp

import symbackprop as sb
from symbackprop import D, prime

t = sp.Symbol("t", integer=True)
T = sp.Symbol("T", integer=True, positive=True)
h, p = sp.symbols("h p", cls=sp.IndexedBase)
w, e = sp.symbols("w e")
E, f = sp.symbols("E f", cls=sp.Function)

with sb.derivation("back in time") as proof:
    proof.define(h[t], f(w * h[t - 1]), (t, 1, T))
    proof.define(e, E(h[T]))
    proof.define(p[T], prime(E)(h[T]))
    proof.define(p[t - 1], w * prime(f)(w * h[t - 1]) * p[t], (t, 1, T))

    base, step = proof.induction("slope", (t, 0, T), sp.Eq(D(e, h[t]), p[t]), down=True)
    base.claim(D(e, h[T]))
    base.eq(prime(E)(h[T]), by="chain rule")
    base.eq(p[T], by="definition of p")
    step.claim(D(e, h[t - 1]))
    step.eq(D(e, h[t]) * D(h[t], h[t - 1]), by="chain rule")
    step.eq(p[t] * D(h[t], h[t - 1]), by="induction hypothesis")
    step.eq(p[t] * w * prime(f)(w * h[t - 1]), by="chain rule")
    step.eq(p[t - 1], by="definition of p")

    proof.claim(D(e, h[0]))
    proof.eq(p[0], by="lemma slope")
