"""δ_j^(L) = Σ_k ∂e/∂x_k^(L) ∂x_k^(L)/∂s_j^(L) where all outputs depend on all signals: x_k = G_k(s_1, …, s_d).

For any differentiable functions G_k, and any differentiable error of the outputs; then for softmax.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D, Functions, Over

j, k = sp.symbols("j k", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
outputs, signals = sp.symbols("x s", cls=sp.IndexedBase)
error, E, G = sp.Symbol("e"), sp.Function("E"), Functions("G")

with sb.derivation("δ of a mixed output layer") as proof:
    proof.define(outputs[k], G[k](Over(signals[j], (j, 1, n))), (k, 1, n))
    proof.define(error, E(Over(outputs[k], (k, 1, n))))

    proof.claim(D(error, signals[j]))
    proof.eq(sp.Sum(D(error, outputs[k]) * D(outputs[k], signals[j]), (k, 1, n)), by="chain rule")

net = sb.Network.any_depth("opaque,softmax")
e, s, x, delta, d, L = net.e, net.s, net.x, net.delta, net.d, net.L

with sb.derivation("δ of softmax", net) as proof:
    proof.claim(delta[L][j])
    proof.eq(D(e, s[L][j]), by="definition of δ")
    proof.eq(sp.Sum(D(e, x[L][k]) * D(x[L][k], s[L][j]), (k, 1, d[L])), by="chain rule")
    proof.eq(
        sp.Sum(D(e, x[L][k]) * x[L][k] * (sp.KroneckerDelta(k, j) - x[L][j]), (k, 1, d[L])),
        by="derivative of softmax",
    )
    proof.eq(
        x[L][j] * (D(e, x[L][j]) - sp.Sum(D(e, x[L][k]) * x[L][k], (k, 1, d[L]))),
        by="Kronecker delta",
    )
