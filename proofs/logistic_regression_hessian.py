"""∂²e/∂w_k∂w_j = Σ_r σ_r (1 - σ_r) x_rj x_rk, the Hessian of logistic regression: XᵀDX with D ≥ 0.

N examples with p inputs and a bias x_r0, and targets y_r = 0 or 1; σ_r is the sigmoid of z_r.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

i, j, k, r = sp.symbols("i j k r", integer=True)
N, p = sp.symbols("N p", integer=True, positive=True)
w, x, y, z, sigma, G = sp.symbols("w x y z sigma G", cls=sp.IndexedBase)
e = sp.Symbol("e")  # and G_j is ∂e/∂w_j

with sb.derivation("Hessian of logistic regression") as proof:
    proof.define(z[r], sp.Sum(w[i] * x[r, i], (i, 0, p)))
    proof.define(sigma[r], 1 / (1 + sp.exp(-z[r])))
    proof.define(e, -sp.Sum(y[r] * sp.log(sigma[r]) + (1 - y[r]) * sp.log(1 - sigma[r]), (r, 1, N)))
    proof.define(G[j], sp.Sum((sigma[r] - y[r]) * x[r, j], (r, 1, N)))

    with proof.lemma("slope") as slope:
        slope.claim(D(sigma[r], w[j]))
        slope.eq(D(sigma[r], z[r]) * D(z[r], w[j]), by="chain rule")
        slope.eq(sigma[r] * (1 - sigma[r]) * x[r, j], by="derivative of sigmoid")

    with proof.lemma("gradient") as first:
        first.claim(D(e, w[j]))
        first.eq(
            -sp.Sum((y[r] / sigma[r] - (1 - y[r]) / (1 - sigma[r])) * D(sigma[r], w[j]), (r, 1, N)),
            by="derivative of log",
        )
        first.eq(
            -sp.Sum((y[r] * (1 - sigma[r]) - (1 - y[r]) * sigma[r]) * x[r, j], (r, 1, N)),
            by="lemma slope",
        )
        first.eq(G[j], by="definition of G")

    proof.claim(D(G[j], w[k]))
    proof.eq(sp.Sum(D(sigma[r], w[k]) * x[r, j], (r, 1, N)), by="linearity of the derivative")
    proof.eq(sp.Sum(sigma[r] * (1 - sigma[r]) * x[r, j] * x[r, k], (r, 1, N)), by="lemma slope")
