"""One neuron: ∂e/∂w_i1 = δ_1 x_i, for any differentiable g and any differentiable error e of its output.

The lecture: ∂e/∂w_ij = ∂e/∂s_j · ∂s_j/∂w_ij, and ∂s_j/∂w_ij = x_i.
"""

import sys

import symbackprop as sb

neuron = sb.Network([3, 1], activation="opaque", loss="opaque")
print(
    "Claim: for a neuron with three inputs, ∂e/∂w_i1^(1) = δ_1^(1) x_i^(0), i = 0..3, with x_0 = 1\n"
)
sys.exit(sb.present(sb.prove(neuron), of="weight"))
