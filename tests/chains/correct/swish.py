"""The derivative of s σ(s), and a gradient through it."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

e, s, sigma, w, x, y = sp.symbols("e s sigma w x y")
C = sp.Function("C")

with sb.derivation("swish") as proof:
    proof.define(s, w * x)
    proof.define(sigma, 1 / (1 + sp.exp(-s)))
    proof.define(y, s * sigma)
    proof.define(e, C(y))

    with proof.lemma("sigmoid") as sigmoid:
        sigmoid.claim(D(sigma, s))
        sigmoid.eq(sp.exp(-s) / (1 + sp.exp(-s)) ** 2, by="quotient rule")
        sigmoid.eq(sigma * (1 - sigma), by="definition of sigma")

    with proof.lemma("slope") as slope:
        slope.claim(D(y, s))
        slope.eq(sigma + s * D(sigma, s), by="product rule")
        slope.eq(sigma + s * sigma * (1 - sigma), by="lemma sigmoid")
        slope.eq(y + sigma * (1 - y))

    proof.claim(D(e, w))
    proof.eq(D(e, y) * D(y, s) * D(s, w), by="chain rule")
    proof.eq(D(e, y) * (y + sigma * (1 - y)) * D(s, w), by="lemma slope")
    proof.eq(D(e, y) * (y + sigma * (1 - y)) * x)
