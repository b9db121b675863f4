"""σ(s) = 1 / (1 + exp(-s)) and its slope in forms that neither overflow nor cancel.

exp(-|s|) is at most 1; and what is near 0 is computed as such, not as 1 less what is near 1.  Each title is the name
of a row of `symbackprop.compile.safe.ROWS`, or of a function of `symbackprop.compile.special`.  At s = 0 both sides of what is
proved by cases are what they are by arithmetic: 1/2 and 1/4.
"""

import sympy as sp

import symbackprop as sb

s = sp.Symbol("s")
sigma = sp.Function("sigma")
small = sp.exp(-sp.Abs(s))

with sb.derivation("sigmoid") as proof:
    safe = sp.Piecewise((1, s > 0), (small, True)) / (1 + small)
    above, below = proof.cases("either side", s)

    above.claim(1 / (1 + sp.exp(-s)))
    above.eq(safe, by="s > 0")

    below.claim(1 / (1 + sp.exp(-s)))
    below.eq(sp.exp(s) / (1 + sp.exp(s)), by="law of exp")
    below.eq(safe, by="s < 0")

    proof.claim(1 / (1 + sp.exp(-s)))
    proof.eq(safe, by="lemma either side")

with sb.derivation("exp over one plus exp") as proof:
    proof.define(sigma(s), 1 / (1 + sp.exp(-s)))
    proof.claim(sp.exp(s) * sigma(-s))
    proof.eq(sp.exp(s) / (1 + sp.exp(s)), by="known functions")
    proof.eq(1 / (1 + sp.exp(-s)), by="law of exp")
    proof.eq(sigma(s), by="known functions")

with sb.derivation("one minus sigmoid") as proof:
    proof.define(sigma(s), 1 / (1 + sp.exp(-s)))
    proof.claim(1 - sigma(s))
    proof.eq(sp.exp(-s) / (1 + sp.exp(-s)), by="known functions")
    proof.eq(1 / (1 + sp.exp(s)), by="law of exp")
    proof.eq(sigma(-s), by="known functions")

with sb.derivation("slope of sigmoid") as proof:
    proof.define(sigma(s), 1 / (1 + sp.exp(-s)))
    above, below = proof.cases("either side", s)
    above.claim(sigma(s) * sigma(-s))
    above.eq(sp.exp(-s) / (1 + sp.exp(-s)) ** 2, by="known functions")
    above.eq(small / (1 + small) ** 2, by="s > 0")

    below.claim(sigma(s) * sigma(-s))
    below.eq(sp.exp(s) / (1 + sp.exp(s)) ** 2, by="known functions")
    below.eq(small / (1 + small) ** 2, by="s < 0")

    proof.claim(sigma(s) * sigma(-s))
    proof.eq(small / (1 + small) ** 2, by="lemma either side")

with sb.derivation("slope of tanh") as proof:
    proof.define(sigma(s), 1 / (1 + sp.exp(-s)))
    proof.claim(1 - sp.tanh(s) ** 2)
    proof.eq(4 / (sp.exp(s) + sp.exp(-s)) ** 2, by="known functions")
    proof.eq(4 * sigma(2 * s) * sigma(-2 * s), by="known functions")

with sb.derivation("one minus tanh") as proof:
    proof.define(sigma(s), 1 / (1 + sp.exp(-s)))
    proof.claim(1 - sp.tanh(s))
    proof.eq(2 / (1 + sp.exp(2 * s)), by="known functions")
    proof.eq(2 * sigma(-2 * s), by="known functions")

with sb.derivation("difference of exponentials") as proof:
    proof.claim(sp.exp(s) - sp.exp(-s))
    proof.eq(2 * sp.sinh(s), by="known functions")

with sb.derivation("sinh over cosh") as proof:
    proof.claim(sp.sinh(s) / sp.cosh(s))
    proof.eq(sp.tanh(s), by="known functions")

with sb.derivation("tanh by exp") as proof:
    proof.claim(sp.tanh(s))
    proof.eq((sp.exp(2 * s) - 1) / (sp.exp(2 * s) + 1), by="known functions")
    proof.eq(1 - 2 / (sp.exp(2 * s) + 1), by="algebra")
