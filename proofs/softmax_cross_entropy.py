"""Softmax with cross-entropy for every depth and every width: δ_j^(L) = x_j^(L) - y_j under Σ_k y_k = 1.

Backpropagation from there, through any differentiable g_l, another one in each hidden layer.
"""

import dataclasses
import sys

import sympy as sp

import symbackprop as sb

net = sb.Network.any_depth("opaque,softmax", "cross entropy")
k = sp.Symbol("k")
total = sp.Sum(net.y[k], (k, 1, net.d[net.L]))

special = dataclasses.replace(sb.BACKPROPAGATION, base=lambda n, j: n.x[n.L][j] - n.y[j])
print(
    "Claim: on every network, ∂e/∂s_j^(L) = x_j^(L) - y_j under Σ_k y_k = 1, for e = -Σ_k y_k ln x_k, x = softmax(s)\n"
)
sys.exit(sb.present(sb.prove(net, special, assume=[sp.Eq(total, 1)])))
