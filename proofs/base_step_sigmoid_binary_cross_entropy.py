"""δ_j^(L) = x_j^(L) - y_j for sigmoid outputs with binary cross-entropy.

σ' = σ (1 - σ) cancels the denominator; that 0 < x_j^(L) < 1 is proved, not assumed.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth("opaque,sigmoid", loss="binary cross entropy")
e, s, x, y, delta, L = net.e, net.s, net.x, net.y, net.delta, net.L
j = sp.Symbol("j", integer=True)

with sb.derivation("base step for sigmoid with binary cross-entropy", net) as proof:
    proof.claim(delta[L][j])
    proof.eq(D(e, s[L][j]), by="definition of δ")
    proof.eq(D(e, x[L][j]) * D(x[L][j], s[L][j]), by="chain rule")
    proof.eq(
        (x[L][j] - y[j]) / (x[L][j] * (1 - x[L][j])) * D(x[L][j], s[L][j]), by="derivative of log"
    )
    proof.eq(x[L][j] - y[j], by="derivative of sigmoid")
