"""g'(s) from x = g(s), which is at hand: where the code has no s left, or would have to compute an exponential again.

On a kink, s = 0, both sides are what the table of activations says: 0 for ReLU, 1/100 for leaky ReLU.  And δ of a sigmoid
output for the cross-entropy e = -y ln x, which is -y σ(-s).
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

e, s, x, y = sp.symbols("e s x y")
leak = sp.Rational(1, 100)

with sb.derivation("relu") as proof:
    proof.define(x, sp.Max(s, 0))
    proof.claim(D(x, s))
    proof.eq(sp.Piecewise((1, s > 0), (0, True)), by="derivative of relu")
    proof.eq(sp.Piecewise((1, x > 0), (0, True)), by="known functions")

with sb.derivation("leaky relu") as proof:
    proof.define(x, sp.Piecewise((s, s > 0), (leak * s, True)))
    proof.claim(D(x, s))
    proof.eq(sp.Piecewise((1, s > 0), (leak, True)), by="partial derivatives")
    proof.eq(sp.Piecewise((1, x > 0), (leak, True)), by="known functions")

with sb.derivation("softplus") as proof:
    proof.define(x, sp.log(1 + sp.exp(s)))
    proof.claim(D(x, s))
    proof.eq(sp.exp(s) / (1 + sp.exp(s)), by="chain rule")
    proof.eq(1 - 1 / (1 + sp.exp(s)), by="algebra")
    proof.eq(1 - sp.exp(-x), by="known functions")

with sb.derivation("tanh") as proof:
    proof.define(x, sp.tanh(s))
    proof.claim(D(x, s))
    proof.eq(1 - sp.tanh(s) ** 2, by="derivative of tanh")
    proof.eq(1 - x**2, by="definition of x")

with sb.derivation("sigmoid") as proof:
    proof.define(x, 1 / (1 + sp.exp(-s)))
    proof.claim(D(x, s))
    proof.eq(sp.exp(-s) / (1 + sp.exp(-s)) ** 2, by="quotient rule")
    proof.eq(x * (1 - x), by="definition of x")

with sb.derivation("sigmoid with cross entropy") as proof:
    proof.define(x, 1 / (1 + sp.exp(-s)))
    proof.define(e, -y * sp.log(x))
    proof.claim(D(e, s))
    proof.eq(-y / x * D(x, s), by="chain rule")
    proof.eq(-y * (1 - x), by="derivative of sigmoid")
    proof.eq(-y / (1 + sp.exp(s)), by="known functions")
