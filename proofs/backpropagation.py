"""Backpropagation for every depth and every width: ∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1) and ∂e/∂s_j^(l) = δ_j^(l).

For any differentiable g_l, another one in each layer, and any differentiable error E of the outputs.
"""

import dataclasses
import sys

import sympy as sp

import symbackprop as sb

j = sp.Symbol("j")
lecture = dataclasses.replace(
    sb.BACKPROPAGATION,
    step=lambda n, l, i: n.dg(l - 1, i) * sp.Sum(n.w[l][i, j] * n.delta[l][j], (j, 1, n.d[l])),
)
print(
    "Claim: on every network, ∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1) for all l, i, j, with δ by (1) and (2)\n"
)
sys.exit(sb.present(sb.prove(sb.Network.any_depth(), lecture)))
