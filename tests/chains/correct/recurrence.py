"""One node that is fed back, and how its error depends on what came in at a time before."""

import sympy as sp

import symbackprop as sb
from symbackprop import D, prime

t = sp.Symbol("t", integer=True)
T = sp.Symbol("T", integer=True, positive=True)
h, s, x = sp.symbols("h s x", cls=sp.IndexedBase)
e, w = sp.symbols("e w")
E, f = sp.symbols("E f", cls=sp.Function)

with sb.derivation("a recurrence") as proof:
    proof.define(s[t], w * h[t - 1] + x[t], (t, 1, T))
    proof.define(h[t], f(s[t]), (t, 1, T))
    proof.define(e, E(h[T]))

    with proof.lemma("back") as back:
        back.claim(D(e, h[t - 1]))
        back.eq(D(e, h[t]) * D(h[t], h[t - 1]), by="chain rule")
        back.eq(D(e, h[t]) * prime(f)(s[t]) * w, by="chain rule")

    with proof.lemma("weight") as weight:
        weight.claim(D(s[t], w, hold=h))
        weight.eq(h[t - 1])

    proof.claim(D(e, x[t]))
    proof.eq(D(e, s[t]) * D(s[t], x[t]), by="chain rule")
    proof.eq(D(e, s[t]), by="linearity of the derivative")
    proof.eq(D(e, h[t]) * prime(f)(s[t]), by="chain rule")
