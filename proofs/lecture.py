"""The lecture's derivation: base step, induction step, and ∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1).

On a network of any depth and widths, for any differentiable activations and error.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, w, s, x, delta, d, L, dg = net.e, net.w, net.s, net.x, net.delta, net.d, net.L, net.dg
l, i, j = sp.symbols("l i j", integer=True)

with sb.derivation("lecture", net) as proof:
    with proof.lemma("base step") as base:
        base.claim(D(e, s[L][j]))
        base.eq(D(e, x[L][j]) * D(x[L][j], s[L][j]), by="chain rule")
        base.eq(D(e, x[L][j]) * dg(L, j), by="derivative of the activation")

    with proof.lemma("induction step") as step:
        step.claim(D(e, s[l - 1][i]))
        step.eq(
            sp.Sum(
                D(e, s[l][j]) * D(s[l][j], x[l - 1][i]) * D(x[l - 1][i], s[l - 1][i]), (j, 1, d[l])
            ),
            by="chain rule",
        )
        step.eq(sp.Sum(delta[l][j] * w[l][i, j] * dg(l - 1, i), (j, 1, d[l])), by="definition of δ")
        step.eq(
            dg(l - 1, i) * sp.Sum(w[l][i, j] * delta[l][j], (j, 1, d[l])),
            by="factor out of the sum",
        )

    proof.claim(D(e, w[l][i, j]))
    proof.eq(D(e, s[l][j]) * D(s[l][j], w[l][i, j]), by="chain rule")
    proof.eq(D(e, s[l][j]) * x[l - 1][i], by="linearity of the derivative")
    proof.eq(delta[l][j] * x[l - 1][i], by="definition of δ")
