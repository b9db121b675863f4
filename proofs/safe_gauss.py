"""exp(-s²) with s² never rounded, and the functions that stand for what cancels: exp(t) - 1 and 1 - erf(t).

s = a + (s - a) with any a: on a grid, so that a² is exact.  E and Q are functions that libraries have (expm1, erfc);
what they stand for is their definition, and Q(-t) = 2 - Q(t) is how Q is computed below 0.
"""

import sympy as sp

import symbackprop as sb

a, s, t = sp.symbols("a s t")
E, Q = sp.symbols("E Q", cls=sp.Function)

with sb.derivation("gauss") as proof:
    proof.claim(sp.exp(-(a**2)) * sp.exp((a - s) * (a + s)))
    proof.eq(sp.exp(-(a**2) + (a - s) * (a + s)), by="law of exp")
    proof.eq(sp.exp(-(s**2)), by="algebra")

with sb.derivation("exp minus one") as proof:
    proof.define(E(t), sp.exp(t) - 1)
    proof.claim(sp.exp(s) - 1)
    proof.eq(E(s), by="known functions")

with sb.derivation("one minus erf") as proof:
    proof.define(Q(t), 1 - sp.erf(t))
    proof.claim(1 - sp.erf(s))
    proof.eq(Q(s), by="known functions")

with sb.derivation("one minus erf, below 0") as proof:
    proof.define(Q(t), 1 - sp.erf(t))
    proof.claim(Q(-s))
    proof.eq(1 + sp.erf(s), by="known functions")
    proof.eq(2 - Q(s), by="known functions")
