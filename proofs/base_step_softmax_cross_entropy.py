"""Base step for softmax with cross-entropy: δ_j^(L) = x_j^(L) Σ_k y_k - y_j, which is x_j^(L) - y_j under Σ_k y_k = 1."""

import dataclasses
import sys

import sympy as sp

import symbackprop as sb

net = sb.Network([2, 3], activation="softmax", loss="cross entropy")
k = sp.Symbol("k")
total = sp.Sum(net.y[k], (k, 1, net.d[net.L]))

general = dataclasses.replace(sb.BACKPROPAGATION, base=lambda n, j: n.x[n.L][j] * total - n.y[j])
print(
    "Claim: on 2-3, ∂e/∂s_j^(L) = x_j^(L) Σ_k y_k - y_j for e = -Σ_k y_k ln x_k, x = softmax(s)\n"
)
first = sb.present(sb.prove(net, general), of="delta")

special = dataclasses.replace(sb.BACKPROPAGATION, base=lambda n, j: n.x[n.L][j] - n.y[j])
print("\nClaim: on 2-3, ∂e/∂s_j^(L) = x_j^(L) - y_j under Σ_k y_k = 1\n")
second = sb.present(sb.prove(net, special, assume=[sp.Eq(total, 1)]), of="delta")
sys.exit(max(first, second))
