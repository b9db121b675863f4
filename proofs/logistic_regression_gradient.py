"""∂e/∂w_j = -1/N Σ_r y_r x_rj / (1 + exp(y_r z_r)), the gradient of logistic regression.

N examples with p inputs and a bias x_r0, signals z_r = Σ_i w_i x_ri, and targets y_r = 1 or -1.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

i, j, r = sp.symbols("i j r", integer=True)
N, p = sp.symbols("N p", integer=True, positive=True)
w, x, y, z = sp.symbols("w x y z", cls=sp.IndexedBase)
e = sp.Symbol("e")

with sb.derivation("gradient of logistic regression") as proof:
    proof.define(z[r], sp.Sum(w[i] * x[r, i], (i, 0, p)))
    proof.define(e, sp.Sum(sp.log(1 + sp.exp(-y[r] * z[r])), (r, 1, N)) / N)

    proof.claim(D(e, w[j]))
    proof.eq(sp.Sum(D(e, z[r]) * D(z[r], w[j]), (r, 1, N)), by="chain rule")
    proof.eq(
        sp.Sum(-y[r] * sp.exp(-y[r] * z[r]) / (1 + sp.exp(-y[r] * z[r])) * D(z[r], w[j]), (r, 1, N))
        / N,
        by="derivative of log",
    )
    proof.eq(
        sp.Sum(-y[r] * sp.exp(-y[r] * z[r]) / (1 + sp.exp(-y[r] * z[r])) * x[r, j], (r, 1, N)) / N
    )
    proof.eq(-sp.Sum(y[r] * x[r, j] / (1 + sp.exp(y[r] * z[r])), (r, 1, N)) / N, by="law of exp")
