"""δ_j^(L) = (x_j - y_j) / (x_j (1 - x_j)) g_L'(s_j), x = x^(L), for the binary cross-entropy.

e = -Σ_j (y_j ln x_j + (1 - y_j) ln(1 - x_j)), with any output activation between 0 and 1.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth(loss="binary cross entropy")
e, s, x, y, delta, L, dg = net.e, net.s, net.x, net.y, net.delta, net.L, net.dg
j = sp.Symbol("j", integer=True)

with sb.derivation("base step for binary cross-entropy", net) as proof:
    proof.claim(delta[L][j])
    proof.eq(D(e, s[L][j]), by="definition of δ")
    proof.eq(D(e, x[L][j]) * D(x[L][j], s[L][j]), by="chain rule")
    proof.eq((-y[j] / x[L][j] + (1 - y[j]) / (1 - x[L][j])) * dg(L, j), by="derivative of log")
    proof.eq((x[L][j] - y[j]) / (x[L][j] * (1 - x[L][j])) * dg(L, j), by="algebra")
