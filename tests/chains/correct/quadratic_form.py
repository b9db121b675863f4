"""The gradient of a quadratic form."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

i, j, k = sp.symbols("i j k", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
A, x, y = sp.symbols("A x y", cls=sp.IndexedBase)
q = sp.Symbol("q")

with sb.derivation("quadratic form") as proof:
    proof.define(y[i], sp.Sum(A[i, j] * x[j], (j, 1, n)))
    proof.define(q, sp.Sum(x[i] * y[i], (i, 1, n)))

    with proof.lemma("row") as row:
        row.claim(D(y[i], x[k]))
        row.eq(A[i, k], by="linearity of the derivative")

    proof.claim(D(q, x[k]))
    proof.eq(y[k] + sp.Sum(x[i] * D(y[i], x[k]), (i, 1, n)), by="product rule")
    proof.eq(y[k] + sp.Sum(x[i] * A[i, k], (i, 1, n)), by="lemma row")
    proof.eq(
        sp.Sum(A[k, j] * x[j], (j, 1, n)) + sp.Sum(A[i, k] * x[i], (i, 1, n)),
        by="definition of y",
    )
    proof.eq(sp.Sum((A[k, j] + A[j, k]) * x[j], (j, 1, n)), by="linearity of the sum")
