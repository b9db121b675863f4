"""∂e/∂s_j^(l) = δ_j^(l): the recursion from the last layer down gives derivatives by the signals.

On a network of any depth and widths, for any differentiable activations and error.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, w, s, x, delta, d, L, dg = net.e, net.w, net.s, net.x, net.delta, net.d, net.L, net.dg
l, i, j = sp.symbols("l i j", integer=True)

with sb.derivation("∂e/∂s = δ in the last layer", net) as proof:
    proof.claim(D(e, s[L][j]))
    proof.eq(D(e, x[L][j]) * D(x[L][j], s[L][j]), by="chain rule")
    proof.eq(D(e, x[L][j]) * dg(L, j), by="derivative of the activation")
    proof.eq(delta[L][j], by="definition of δ")

with sb.derivation("∂e/∂s = δ in layer l-1, if it holds in layer l", net) as proof:
    proof.claim(D(e, s[l - 1][i]))
    proof.eq(sp.Sum(D(e, s[l][j]) * D(s[l][j], s[l - 1][i]), (j, 1, d[l])), by="chain rule")
    proof.eq(sp.Sum(delta[l][j] * D(s[l][j], s[l - 1][i]), (j, 1, d[l])), by="definition of δ")
    proof.eq(sp.Sum(delta[l][j] * w[l][i, j] * dg(l - 1, i), (j, 1, d[l])), by="chain rule")
    proof.eq(
        dg(l - 1, i) * sp.Sum(w[l][i, j] * delta[l][j], (j, 1, d[l])), by="factor out of the sum"
    )
    proof.eq(delta[l - 1][i], by="definition of δ")

with sb.derivation("∂e/∂s = δ in every layer, by induction from the last one down", net) as proof:
    proof.claim(D(e, s[l][j]))
    proof.eq(delta[l][j], by="definition of δ")
