"""One neuron with three inputs and a bias: ∂e/∂w_i1 = ∂e/∂s_1 x_i, where x_0 = 1.

For any differentiable g and any differentiable error of its output.
"""

import symbackprop as sb
from symbackprop import D

net = sb.Network([3, 1], activation="opaque", loss="opaque")
e, w, s, x, dg = net.e, net.w, net.s, net.x, net.dg

for i in range(4):
    with sb.derivation(f"the weight of input {i}" if i else "the bias", net) as proof:
        proof.claim(D(e, w[1][i, 1]))
        proof.eq(D(e, s[1][1]) * D(s[1][1], w[1][i, 1]), by="chain rule")
        proof.eq(D(e, x[1][1]) * dg(1, 1) * (x[0][i] if i else 1))
