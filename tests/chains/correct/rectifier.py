"""A rectifier's gradient, by cases."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

e, s, t, w, x, y = sp.symbols("e s t w x y")
on = sp.Heaviside(s, 0)

with sb.derivation("rectifier") as proof:
    proof.define(s, w * x)
    proof.define(y, sp.Max(s, 0))
    proof.define(e, (y - t) ** 2)

    above, below = proof.cases("value", s)
    above.claim(y)
    above.eq(s, by="s > 0")
    above.eq(s * on, by="s > 0")
    below.claim(y)
    below.eq(0, by="s < 0")
    below.eq(s * on, by="s < 0")

    with proof.lemma("slope") as slope:
        slope.claim(D(y, s))
        slope.eq(on, by="chain rule")

    proof.claim(D(e, w))
    proof.eq(2 * (y - t) * D(y, s) * D(s, w), by="chain rule")
    proof.eq(2 * (y - t) * on * D(s, w), by="lemma slope")
    proof.eq(2 * (y - t) * on * x)
