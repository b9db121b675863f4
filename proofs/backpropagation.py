"""Backpropagation: ∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1), with δ from layer L down by its recursion.

On a network of any depth and widths, for any differentiable activations and error.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, w, s, x, delta, d, L, dg = net.e, net.w, net.s, net.x, net.delta, net.d, net.L, net.dg
l, i, j = sp.symbols("l i j", integer=True)

with sb.derivation("backpropagation", net) as proof:
    with proof.lemma("base step") as base:
        base.claim(delta[L][j])
        base.eq(D(e, x[L][j]) * dg(L, j), by="definition of δ")

    with proof.lemma("induction step") as step:
        step.claim(delta[l - 1][i])
        step.eq(dg(l - 1, i) * sp.Sum(w[l][i, j] * delta[l][j], (j, 1, d[l])), by="definition of δ")

    proof.claim(D(e, w[l][i, j]))
    proof.eq(D(e, s[l][j]) * D(s[l][j], w[l][i, j]), by="chain rule")
    proof.eq(D(e, s[l][j]) * x[l - 1][i], by="linearity of the derivative")
    proof.eq(delta[l][j] * x[l - 1][i], by="theorem delta")
