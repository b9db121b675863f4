"""∂e/∂s = x - y for a sigmoid output x = 1 / (1 + exp(-s)) with cross-entropy.

One output and its error e = -y ln x - (1 - y) ln(1 - x).
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

e, s, x, y = sp.symbols("e s x y")

with sb.derivation("sigmoid with cross-entropy") as proof:
    proof.define(x, 1 / (1 + sp.exp(-s)))
    proof.define(e, -y * sp.log(x) - (1 - y) * sp.log(1 - x))

    with proof.lemma("slope") as slope:
        slope.claim(D(x, s))
        slope.eq(sp.exp(-s) / (1 + sp.exp(-s)) ** 2, by="quotient rule")
        slope.eq(x * (1 - x), by="definition of x")

    proof.claim(D(e, s))
    proof.eq(D(e, x) * D(x, s), by="chain rule")
    proof.eq((-y / x + (1 - y) / (1 - x)) * D(x, s), by="derivative of log")
    proof.eq((x - y) / (x * (1 - x)) * D(x, s), by="algebra")
    proof.eq(x - y, by="lemma slope")
