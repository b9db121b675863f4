"""Base step for the logistic loss ln(1 + exp(-y x)): δ_j^(L) = -y_j / (1 + exp(y_j x_j^(L))) g'(s_j^(L))."""

import dataclasses
import sys

import sympy as sp

import symbackprop as sb

net = sb.Network([2, 2], activation="opaque", loss="logistic")
base = dataclasses.replace(
    sb.BACKPROPAGATION,
    base=lambda n, j: -n.y[j] / (1 + sp.exp(n.y[j] * n.x[n.L][j])) * n.dg(n.L, j),
)
print(
    "Claim: on 2-2, ∂e/∂s_j^(L) = -y_j / (1 + exp(y_j x_j^(L))) g'(s_j^(L)) for e = Σ_j ln(1 + exp(-y_j x_j^(L)))\n"
)
sys.exit(sb.present(sb.prove(net, base), of="delta"))
