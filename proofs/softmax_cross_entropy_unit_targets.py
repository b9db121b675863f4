"""δ_j^(L) = x_j^(L) - y_j for softmax outputs with cross-entropy, where the targets add up to 1."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth("opaque,softmax", "cross entropy")
e, s, x, y, delta, d, L = net.e, net.s, net.x, net.y, net.delta, net.d, net.L
j, k = sp.symbols("j k", integer=True)

with sb.derivation("softmax with cross-entropy, unit targets", net) as proof:
    proof.assume(sp.Eq(sp.Sum(y[k], (k, 1, d[L])), 1))

    proof.claim(delta[L][j])
    proof.eq(D(e, s[L][j]), by="definition of δ")
    proof.eq(sp.Sum(D(e, x[L][k]) * D(x[L][k], s[L][j]), (k, 1, d[L])), by="chain rule")
    proof.eq(-sp.Sum(y[k] / x[L][k] * D(x[L][k], s[L][j]), (k, 1, d[L])), by="derivative of log")
    proof.eq(
        -sp.Sum(y[k] * (sp.KroneckerDelta(k, j) - x[L][j]), (k, 1, d[L])),
        by="derivative of softmax",
    )
    proof.eq(x[L][j] * sp.Sum(y[k], (k, 1, d[L])) - y[j], by="Kronecker delta")
    proof.eq(x[L][j] - y[j], by="assumption")
