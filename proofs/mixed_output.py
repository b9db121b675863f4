"""δ_j^(L) = Σ_k ∂e/∂x_k^(L) ∂x_k^(L)/∂s_j^(L) where all outputs depend on all signals: softmax.

For any differentiable error of the outputs.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth("opaque,softmax")
e, s, x, delta, d, L = net.e, net.s, net.x, net.delta, net.d, net.L
j, k = sp.symbols("j k", integer=True)

with sb.derivation("δ of a mixed output layer", net) as proof:
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
