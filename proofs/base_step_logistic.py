"""δ_j^(L) = -y_j / (1 + exp(y_j x_j^(L))) g_L'(s_j^(L)) for the logistic error.

e = Σ_j ln(1 + exp(-y_j x_j^(L))), with any differentiable output activation.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth(loss="logistic")
e, s, x, y, delta, L, dg = net.e, net.s, net.x, net.y, net.delta, net.L, net.dg
j = sp.Symbol("j", integer=True)

with sb.derivation("base step for the logistic error", net) as proof:
    proof.claim(delta[L][j])
    proof.eq(D(e, s[L][j]), by="definition of δ")
    proof.eq(D(e, x[L][j]) * D(x[L][j], s[L][j]), by="chain rule")
    proof.eq(
        -y[j] * sp.exp(-y[j] * x[L][j]) / (1 + sp.exp(-y[j] * x[L][j])) * dg(L, j),
        by="chain rule",
    )
    proof.eq(-y[j] / (1 + sp.exp(y[j] * x[L][j])) * dg(L, j), by="law of exp")
