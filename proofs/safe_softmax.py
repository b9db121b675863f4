"""softmax, ln Σ exp and -ln softmax with any m taken off: what they are does not depend on it, at any width.

With the largest signal for m no exponential is above 1.  x_k = exp(s_k) / Σ_i exp(s_i), and S = Σ_k exp(s_k - m).
"""

import sympy as sp

import symbackprop as sb

i, j, k, r = sp.symbols("i j k r", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
p, s, x, y = sp.symbols("p s x y", cls=sp.IndexedBase)
a, m, S = sp.symbols("a m S")
whole = sp.Sum(sp.exp(s[i]), (i, 1, n))


def shifted(proof):
    """Σ_i exp(s_i) = exp(m) S, as a lemma."""
    proof.define(S, sp.Sum(sp.exp(s[k] - m), (k, 1, n)))

    with proof.lemma("shifted sum") as lemma:
        lemma.claim(whole)
        lemma.eq(sp.Sum(sp.exp(m) * sp.exp(s[i] - m), (i, 1, n)), by="law of exp")
        lemma.eq(sp.exp(m) * S, by="definition of S")


def powers(proof):
    """x_k = exp(p_k) with p_k = s_k - m - ln S, as a lemma."""
    shifted(proof)
    proof.define(x[k], sp.exp(s[k]) / whole)
    proof.define(p[k], s[k] - m - sp.log(S))

    with proof.lemma("as a power") as lemma:
        lemma.claim(x[k])
        lemma.eq(sp.exp(s[k]) / whole, by="definition of x")
        lemma.eq(sp.exp(s[k]) / (sp.exp(m) * S), by="lemma shifted sum")
        lemma.eq(sp.exp(s[k] - m) / S, by="law of exp")
        lemma.eq(sp.exp(p[k]), by="definition of p")


with sb.derivation("softmax") as proof:
    shifted(proof)
    proof.claim(sp.exp(s[j]) / whole)
    proof.eq(sp.exp(s[j]) / (sp.exp(m) * S), by="lemma shifted sum")
    proof.eq(sp.exp(s[j] - m) / S, by="law of exp")
    proof.eq(sp.exp(s[j] - m) / sp.Sum(sp.exp(s[k] - m), (k, 1, n)), by="definition of S")

with sb.derivation("logsumexp") as proof:
    shifted(proof)
    proof.define(a, m + sp.log(S))
    proof.claim(sp.log(whole))
    proof.eq(sp.log(sp.exp(m) * S), by="lemma shifted sum")
    proof.eq(sp.log(sp.exp(a)), by="definition of a")
    proof.eq(a, by="law of log")
    proof.eq(m + sp.log(sp.Sum(sp.exp(s[k] - m), (k, 1, n))), by="definition of a, definition of S")

with sb.derivation("surprise") as proof:
    powers(proof)
    proof.claim(-sp.log(x[j]))
    proof.eq(-sp.log(sp.exp(p[j])), by="lemma as a power")
    proof.eq(-p[j], by="law of log")
    proof.eq(sp.log(S) - (s[j] - m), by="definition of p")

with sb.derivation("the largest by itself") as proof:
    proof.assume(r >= 1, r <= n)
    others = (1 - sp.KroneckerDelta(k, r)) * sp.exp(s[k] - s[r])  # all but k = r
    proof.claim(sp.Sum(sp.exp(s[k] - s[r]), (k, 1, n)))
    proof.eq(
        sp.Sum((sp.KroneckerDelta(k, r) * sp.exp(s[k] - s[r]) + others), (k, 1, n)), by="algebra"
    )
    proof.eq(1 + sp.Sum(others, (k, 1, n)), by="Kronecker delta, law of exp")

with sb.derivation("cross entropy of softmax") as proof:
    powers(proof)
    proof.claim(-sp.Sum(y[k] * sp.log(x[k]), (k, 1, n)))
    proof.eq(-sp.Sum(y[k] * sp.log(sp.exp(p[k])), (k, 1, n)), by="lemma as a power")
    proof.eq(-sp.Sum(y[k] * p[k], (k, 1, n)), by="law of log")
    proof.eq(sp.Sum(y[k] * (sp.log(S) - (s[k] - m)), (k, 1, n)), by="definition of p")
