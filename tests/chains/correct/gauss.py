"""The sum of the first numbers, by induction."""

import sympy as sp

import symbackprop as sb

t = sp.Symbol("t", integer=True)
T = sp.Symbol("T", integer=True, positive=True)
S = sp.IndexedBase("S")

with sb.derivation("sum of the first numbers") as proof:
    proof.define(S[0], 0)
    proof.define(S[t + 1], S[t] + t + 1, (t, 0, T))

    base, step = proof.induction("sum", (t, 0, T), sp.Eq(S[t], t * (t + 1) / 2))
    base.claim(S[0])
    base.eq(0, by="definition of S")
    step.claim(S[t + 1])
    step.eq(S[t] + t + 1, by="definition of S")
    step.eq(t * (t + 1) / 2 + t + 1, by="induction hypothesis")
    step.eq((t + 1) * (t + 2) / 2, by="algebra")

    proof.claim(2 * S[T])
    proof.eq(T * (T + 1), by="lemma sum")
    proof.eq(T**2 + T, by="expanding")
