"""The last layer's weights under a squared error, with tanh everywhere, on a network of any depth."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth("tanh", "squared error")
e, w, s, x, y, d, L = net.e, net.w, net.s, net.x, net.y, net.d, net.L
i, j, k = sp.symbols("i j k", integer=True)

with sb.derivation("last layer", net) as proof:
    proof.claim(D(e, w[L][i, j]))
    proof.eq(D(e, s[L][j]) * D(s[L][j], w[L][i, j]), by="chain rule")
    proof.eq(D(e, s[L][j]) * x[L - 1][i])
    proof.eq((x[L][j] - y[j]) * D(x[L][j], s[L][j]) * x[L - 1][i], by="chain rule")
    proof.eq((x[L][j] - y[j]) * (1 - x[L][j] ** 2) * x[L - 1][i], by="derivative of tanh")
