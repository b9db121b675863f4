"""One weight of the network 1-2-2, whose node acts on both outputs; any activations, squared error."""

import symbackprop as sb
from symbackprop import D

net = sb.Network([1, 2, 2], activation="opaque", loss="squared error")
e, w, s, x, y, delta, dg = net.e, net.w, net.s, net.x, net.y, net.delta, net.dg

with sb.derivation("∂e/∂w_12^(1) on 1-2-2", net) as proof:
    with proof.lemma("delta") as last:
        last.claim(D(e, s[2][1]))
        last.eq(D(e, x[2][1]) * dg(2, 1), by="chain rule")
        last.eq((x[2][1] - y[1]) * dg(2, 1), by="power rule")

    proof.claim(D(e, w[1][1, 2]))
    proof.eq(D(e, s[1][2]) * x[0][1], by="chain rule")
    proof.eq(
        (D(e, s[2][1]) * w[2][2, 1] + D(e, s[2][2]) * w[2][2, 2]) * dg(1, 2) * x[0][1],
        by="chain rule",
    )
    proof.eq(
        ((x[2][1] - y[1]) * dg(2, 1) * w[2][2, 1] + D(e, s[2][2]) * w[2][2, 2])
        * dg(1, 2)
        * x[0][1],
        by="lemma delta",
    )
