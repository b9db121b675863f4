"""∂e/∂s_j^(l) = δ_j^(l): the recursion from the last layer down gives derivatives by the signals.

By induction over the layers, for any depth and widths, any differentiable activations and error.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, w, s, x, delta, d, L, dg = net.e, net.w, net.s, net.x, net.delta, net.d, net.L, net.dg
l, i, j = sp.symbols("l i j", integer=True)

with sb.derivation("∂e/∂s = δ", net) as proof:
    base, step = proof.induction(
        "all layers", (l, 1, L), sp.Eq(D(e, s[l][j]), delta[l][j]), (j, 1, d[l]), down=True
    )

    base.claim(D(e, s[L][j]))
    base.eq(D(e, x[L][j]) * D(x[L][j], s[L][j]), by="chain rule")
    base.eq(D(e, x[L][j]) * dg(L, j), by="derivative of the activation")
    base.eq(delta[L][j], by="definition of δ")

    step.claim(D(e, s[l - 1][j]))
    step.eq(sp.Sum(D(e, s[l][i]) * D(s[l][i], s[l - 1][j]), (i, 1, d[l])), by="chain rule")
    step.eq(sp.Sum(delta[l][i] * D(s[l][i], s[l - 1][j]), (i, 1, d[l])), by="induction hypothesis")
    step.eq(sp.Sum(delta[l][i] * w[l][j, i] * dg(l - 1, j), (i, 1, d[l])), by="chain rule")
    step.eq(
        dg(l - 1, j) * sp.Sum(w[l][j, i] * delta[l][i], (i, 1, d[l])), by="factor out of the sum"
    )
    step.eq(delta[l - 1][j], by="definition of δ")

    proof.claim(D(e, s[l][j]))
    proof.eq(delta[l][j], by="lemma all layers")
