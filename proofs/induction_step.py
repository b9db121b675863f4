"""δ_i^(l-1) = g'(s_i^(l-1)) Σ_j w_ij^(l) δ_j^(l): the recursion, from a layer to the one before.

On a network of any depth and widths, for any differentiable activations and error.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, w, s, x, delta, d, dg = net.e, net.w, net.s, net.x, net.delta, net.d, net.dg
l, i, j = sp.symbols("l i j", integer=True)

with sb.derivation("induction step", net) as proof:
    proof.claim(delta[l - 1][i])
    proof.eq(D(e, s[l - 1][i]), by="definition of δ")
    proof.eq(
        sp.Sum(D(e, s[l][j]) * D(s[l][j], x[l - 1][i]) * D(x[l - 1][i], s[l - 1][i]), (j, 1, d[l])),
        by="chain rule",
    )
    proof.eq(sp.Sum(delta[l][j] * w[l][i, j] * dg(l - 1, i), (j, 1, d[l])))
    proof.eq(
        dg(l - 1, i) * sp.Sum(w[l][i, j] * delta[l][j], (j, 1, d[l])), by="factor out of the sum"
    )
