"""Induction step (2): δ_i^(l-1) = g'(s_i^(l-1)) Σ_j w_ij^(l) δ_j^(l), on a network with any differentiable g_l and error."""

import sys

import symbackprop as sb

net = sb.Network([2, 2, 2], activation="opaque", loss="opaque")
print("Claim: on 2-2-2, ∂e/∂s_i^(1) = g_1'(s_i^(1)) Σ_j w_ij^(2) δ_j^(2)\n")
sys.exit(sb.present(sb.prove(net), of="delta", layer=1))
