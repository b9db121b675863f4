"""ln(1 + exp(s)) without overflow, and the cross-entropies of a sigmoid output from its signal s.

ln(1 + exp(s)) = max(s, 0) + ln(1 + exp(-|s|)); at s = 0 both are ln 2.  From s, not from x = σ(s): where x is rounded
to 1, ln(1 - x) is lost.  The titles are those of `symbackprop.compile.safe.ROWS`, and the pairs of a network's last layer.
"""

import sympy as sp

import symbackprop as sb

a, c, s, x, y, C, S, T = sp.symbols("a c s x y C S T")


def mirror(proof):
    """ln(1 + exp(s)) = s + ln(1 + exp(-s)), as a lemma."""
    proof.define(S, 1 + sp.exp(-s))
    proof.define(a, s + sp.log(S))

    with proof.lemma("factored") as lemma:
        lemma.claim(1 + sp.exp(s))
        lemma.eq(sp.exp(s) * S, by="law of exp, definition of S")

    with proof.lemma("mirror") as lemma:
        lemma.claim(sp.log(1 + sp.exp(s)))
        lemma.eq(sp.log(sp.exp(s) * S), by="lemma factored")
        lemma.eq(sp.log(sp.exp(a)), by="definition of a")
        lemma.eq(a, by="law of log")
        lemma.eq(s + sp.log(1 + sp.exp(-s)), by="definition of a")


with sb.derivation("softplus") as proof:
    safe = sp.Max(s, 0) + sp.log(1 + sp.exp(-sp.Abs(s)))
    mirror(proof)
    above, below = proof.cases("either side", s)

    above.claim(sp.log(1 + sp.exp(s)))
    above.eq(s + sp.log(1 + sp.exp(-s)), by="lemma mirror")
    above.eq(safe, by="s > 0")

    below.claim(sp.log(1 + sp.exp(s)))
    below.eq(safe, by="s < 0")

    proof.claim(sp.log(1 + sp.exp(s)))
    proof.eq(safe, by="lemma either side")

with sb.derivation("cross entropy of sigmoid") as proof:
    proof.define(S, 1 + sp.exp(-s))
    proof.define(x, 1 / S)
    proof.define(c, -sp.log(S))

    with proof.lemma("as a power") as lemma:
        lemma.claim(x)
        lemma.eq(1 / S, by="definition of x")
        lemma.eq(sp.exp(c), by="definition of c, law of exp")

    proof.claim(-y * sp.log(x))
    proof.eq(-y * sp.log(sp.exp(c)), by="lemma as a power")
    proof.eq(-y * c, by="law of log")
    proof.eq(y * sp.log(1 + sp.exp(-s)), by="definition of c, definition of S")

with sb.derivation("binary cross entropy of sigmoid") as proof:
    proof.define(S, 1 + sp.exp(-s))
    proof.define(T, 1 + sp.exp(s))
    proof.define(x, 1 / S)
    proof.define(c, -sp.log(S))
    proof.define(C, -sp.log(T))

    with proof.lemma("yes") as lemma:
        lemma.claim(x)
        lemma.eq(1 / S, by="definition of x")
        lemma.eq(sp.exp(c), by="definition of c, law of exp")

    with proof.lemma("no") as lemma:
        lemma.claim(1 - x)
        lemma.eq(1 / T, by="definition of x, definition of S, definition of T, law of exp")
        lemma.eq(sp.exp(C), by="definition of C, law of exp")

    proof.claim(-(y * sp.log(x) + (1 - y) * sp.log(1 - x)))
    proof.eq(-(y * sp.log(sp.exp(c)) + (1 - y) * sp.log(sp.exp(C))), by="lemma yes, lemma no")
    proof.eq(-(y * c + (1 - y) * C), by="law of log")
    proof.eq(
        y * sp.log(1 + sp.exp(-s)) + (1 - y) * sp.log(1 + sp.exp(s)),
        by="definition of c, definition of C, definition of S, definition of T",
    )
