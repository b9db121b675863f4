"""One weight of the network 2-2-1 with tanh and a squared error."""

import symbackprop as sb
from symbackprop import D

net = sb.Network("2-2-1", activation="tanh", loss="squared error")
e, w, s, x, y = net.e, net.w, net.s, net.x, net.y

with sb.derivation("∂e/∂w_21^(1) on 2-2-1", net) as proof:
    proof.claim(D(e, w[1][2, 1]))
    proof.eq(D(e, s[2][1]) * D(s[2][1], x[1][1]) * D(x[1][1], w[1][2, 1]), by="chain rule")
    proof.eq(D(e, s[2][1]) * w[2][1, 1] * (1 - x[1][1] ** 2) * x[0][2])
    proof.eq(
        (x[2][1] - y[1]) * (1 - x[2][1] ** 2) * w[2][1, 1] * (1 - x[1][1] ** 2) * x[0][2],
        by="derivative of tanh",
    )
