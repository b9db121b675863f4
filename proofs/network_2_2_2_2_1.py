"""Backpropagation on 2-2-2-2-1: every weight and every δ, for any differentiable activations, one a layer, and squared error."""

import sys

import symbackprop as sb

net = sb.Network("2-2-2-2-1", activation="opaque", loss="squared error")
print(
    "Claim: on 2-2-2-2-1, ∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1) for all l, i, j, with δ by (1) and (2)\n"
)
sys.exit(sb.present(sb.prove(net)))
