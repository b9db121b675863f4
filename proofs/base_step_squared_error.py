"""δ_j^(L) = (x_j^(L) - y_j) g_L'(s_j^(L)) for the squared error e = ½ Σ_j (x_j^(L) - y_j)²."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth(loss="squared error")
e, s, x, y, delta, d, L, dg = net.e, net.s, net.x, net.y, net.delta, net.d, net.L, net.dg
j, k = sp.symbols("j k", integer=True)

with sb.derivation("base step for squared error", net) as proof:
    proof.claim(delta[L][j])
    proof.eq(D(e, s[L][j]), by="definition of δ")
    proof.eq(D(e, x[L][j]) * D(x[L][j], s[L][j]), by="chain rule")
    proof.eq(D(sp.Sum((x[L][k] - y[k]) ** 2, (k, 1, d[L])) / 2, x[L][j]) * dg(L, j))
    proof.eq((x[L][j] - y[j]) * dg(L, j), by="power rule")
