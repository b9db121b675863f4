"""Base step for sigmoid with binary cross-entropy: δ_j^(L) = x_j^(L) - y_j.

g' = σ(1 - σ) cancels the denominator of ∂e/∂x = (x - y) / (x (1 - x)); 0 < x < 1 is proved, not assumed.
"""

import dataclasses
import sys

import symbackprop as sb

net = sb.Network([2, 2], activation="sigmoid", loss="binary cross entropy")
base = dataclasses.replace(sb.BACKPROPAGATION, base=lambda n, j: n.x[n.L][j] - n.y[j])
print(
    "Claim: on 2-2, ∂e/∂s_j^(L) = x_j^(L) - y_j for e = -Σ_j (y_j ln x_j + (1 - y_j) ln(1 - x_j)), x_j = σ(s_j)\n"
)
sys.exit(sb.present(sb.prove(net, base), of="delta"))
