"""How a variance depends on one of the numbers."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

i, j, k = sp.symbols("i j k", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
x = sp.IndexedBase("x")
mu, v = sp.symbols("mu v")

with sb.derivation("variance") as proof:
    proof.define(mu, sp.Sum(x[i], (i, 1, n)) / n)
    proof.define(v, sp.Sum((x[i] - mu) ** 2, (i, 1, n)))

    with proof.lemma("balance") as balance:
        balance.claim(sp.Sum(x[i] - mu, (i, 1, n)))
        balance.eq(sp.Sum(x[i], (i, 1, n)) - n * mu, by="algebra")
        balance.eq(0, by="definition of mu")

    proof.claim(D(v, x[j]))
    proof.eq(2 * sp.Sum((x[i] - mu) * D(x[i] - mu, x[j]), (i, 1, n)), by="power rule")
    proof.eq(2 * sp.Sum((x[i] - mu) * (sp.KroneckerDelta(i, j) - 1 / n), (i, 1, n)))
    proof.eq(2 * (x[j] - mu) - 2 * sp.Sum(x[i] - mu, (i, 1, n)) / n, by="Kronecker delta")
    proof.eq(2 * (x[j] - mu), by="lemma balance")
