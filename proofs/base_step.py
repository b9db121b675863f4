"""Base step (1) for squared error: δ_j^(L) = (g(s_j^(L)) - y_j) g'(s_j^(L)), for any differentiable g."""

import dataclasses
import sys

import symbackprop as sb

net = sb.Network([2, 2], activation="opaque", loss="squared error")
base = dataclasses.replace(
    sb.BACKPROPAGATION, base=lambda n, j: (n.x[n.L][j] - n.y[j]) * n.dg(n.L, j)
)
print("Claim: on 2-2, ∂e/∂s_j^(L) = (x_j^(L) - y_j) g'(s_j^(L)) for e = ½ Σ_j (x_j^(L) - y_j)²\n")
sys.exit(sb.present(sb.prove(net, base), of="delta"))
