"""One weight of the network 2-2-2-1: two paths lead from it to the error, and δ gathers both.

For any differentiable activations and any differentiable error.
"""

import symbackprop as sb
from symbackprop import D

net = sb.Network("2-2-2-1", activation="opaque", loss="opaque")
e, w, s, x, delta, dg = net.e, net.w, net.s, net.x, net.delta, net.dg

with sb.derivation("∂e/∂w_12^(1) on 2-2-2-1", net) as proof:
    proof.claim(D(e, w[1][1, 2]))
    proof.eq(D(e, s[1][2]) * D(s[1][2], w[1][1, 2]), by="chain rule")
    proof.eq(D(e, s[1][2]) * x[0][1])
    proof.eq(
        (D(e, s[2][1]) * D(s[2][1], x[1][2]) + D(e, s[2][2]) * D(s[2][2], x[1][2]))
        * D(x[1][2], s[1][2])
        * x[0][1],
        by="chain rule",
    )
    proof.eq((D(e, s[2][1]) * w[2][2, 1] + D(e, s[2][2]) * w[2][2, 2]) * dg(1, 2) * x[0][1])
    proof.eq(
        D(e, s[3][1])
        * (w[3][1, 1] * dg(2, 1) * w[2][2, 1] + w[3][2, 1] * dg(2, 2) * w[2][2, 2])
        * dg(1, 2)
        * x[0][1],
        by="chain rule",
    )
    proof.eq(
        (delta[2][1] * w[2][2, 1] + delta[2][2] * w[2][2, 2]) * dg(1, 2) * x[0][1],
        by="definition of δ",
    )
    proof.eq(delta[1][2] * x[0][1], by="definition of δ")
