"""∂e/∂w_ij^(l) = Σ_n ∂e/∂s_n^(l+1) ∂s_n^(l+1)/∂w_ij^(l), and so for s_j^(l) in the weight's place.

All paths to the error lead through the next layer.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, w, s, x, d, dg = net.e, net.w, net.s, net.x, net.d, net.dg
l, i, j, n = sp.symbols("l i j n", integer=True)


def over_next_layer(term):
    """Σ_n over the nodes of layer l+1."""
    return sp.Sum(term, (n, 1, d[l + 1]))


with sb.derivation("chain rule for a weight", net) as proof:
    proof.claim(D(e, w[l][i, j]))
    proof.eq(over_next_layer(D(e, s[l + 1][n]) * D(s[l + 1][n], w[l][i, j])), by="chain rule")

with sb.derivation("chain rule for a signal", net) as proof:
    proof.claim(D(e, s[l][j]))
    proof.eq(over_next_layer(D(e, s[l + 1][n]) * D(s[l + 1][n], s[l][j])), by="chain rule")
    proof.eq(
        over_next_layer(D(e, s[l + 1][n]) * D(s[l + 1][n], x[l][j]) * D(x[l][j], s[l][j])),
        by="chain rule",
    )
    proof.eq(over_next_layer(D(e, s[l + 1][n]) * w[l + 1][j, n] * dg(l, j)))
