"""δ_j^(L) = -y_j / x_j^(L) g_L'(s_j^(L)) for the cross-entropy e = -Σ_j y_j ln x_j^(L).

With any output activation that is positive.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth(loss="cross entropy")
e, s, x, y, delta, L, dg = net.e, net.s, net.x, net.y, net.delta, net.L, net.dg
j = sp.Symbol("j", integer=True)

with sb.derivation("base step for cross-entropy", net) as proof:
    proof.claim(delta[L][j])
    proof.eq(D(e, s[L][j]), by="definition of δ")
    proof.eq(D(e, x[L][j]) * D(x[L][j], s[L][j]), by="chain rule")
    proof.eq(-y[j] / x[L][j] * dg(L, j), by="derivative of log")
