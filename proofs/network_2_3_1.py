"""One weight of the network 2-3-1, followed along its only path to the error.

For tanh in both layers and squared error.
"""

import symbackprop as sb
from symbackprop import D

net = sb.Network("2-3-1", activation="tanh", loss="squared error")
e, w, s, x, y, dg = net.e, net.w, net.s, net.x, net.y, net.dg

with sb.derivation("∂e/∂w_12^(1) on 2-3-1", net) as proof:
    proof.claim(D(e, w[1][1, 2]))
    proof.eq(D(e, s[2][1]) * D(s[2][1], x[1][2]) * D(x[1][2], w[1][1, 2]), by="chain rule")
    proof.eq(D(e, s[2][1]) * w[2][2, 1] * D(x[1][2], w[1][1, 2]))
    proof.eq(D(e, s[2][1]) * w[2][2, 1] * dg(1, 2) * x[0][1])
    proof.eq((x[2][1] - y[1]) * dg(2, 1) * w[2][2, 1] * dg(1, 2) * x[0][1], by="chain rule")
    proof.eq(
        (x[2][1] - y[1]) * (1 - x[2][1] ** 2) * w[2][2, 1] * (1 - x[1][2] ** 2) * x[0][1],
        by="derivative of tanh",
    )
