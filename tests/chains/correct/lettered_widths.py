"""An output's weights on a network 2-m-1 with a letter for the hidden layer's width."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network([2, "m", 1], activation="opaque", loss="squared error")
e, w, s, x, y, delta, d, dg = net.e, net.w, net.s, net.x, net.y, net.delta, net.d, net.dg
i, j = sp.symbols("i j", integer=True)

with sb.derivation("weights on 2-m-1", net) as proof:
    with proof.lemma("hidden") as hidden:
        hidden.claim(D(e, w[1][i, j]))
        hidden.eq(D(e, s[1][j]) * D(s[1][j], w[1][i, j]), by="chain rule")
        hidden.eq(delta[1][j] * x[0][i])

    proof.claim(D(e, w[2][j, 1]))
    proof.eq(D(e, s[2][1]) * D(s[2][1], w[2][j, 1]), by="chain rule")
    proof.eq(D(e, s[2][1]) * x[1][j])
    proof.eq((x[2][1] - y[1]) * dg(2, 1) * x[1][j])
