"""δ_j^(L) = ∂e/∂x_j^(L) g_L'(s_j^(L)): where the recursion begins, for any differentiable error."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, s, x, delta, L, dg = net.e, net.s, net.x, net.delta, net.L, net.dg
j = sp.Symbol("j", integer=True)

with sb.derivation("base step", net) as proof:
    proof.claim(delta[L][j])
    proof.eq(D(e, s[L][j]), by="definition of δ")
    proof.eq(D(e, x[L][j]) * D(x[L][j], s[L][j]), by="chain rule")
    proof.eq(D(e, x[L][j]) * dg(L, j), by="derivative of the activation")
