"""δ_j^(L) = x_j^(L) Σ_k y_k - y_j for softmax outputs with cross-entropy, e = -Σ_k y_k ln x_k^(L).

Whatever the targets; softmax_cross_entropy_unit_targets.py has those that add up to 1.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth("opaque,softmax", "cross entropy")
e, s, x, y, delta, d, L = net.e, net.s, net.x, net.y, net.delta, net.d, net.L
j, k = sp.symbols("j k", integer=True)

with sb.derivation("softmax with cross-entropy", net) as proof:
    proof.claim(delta[L][j])
    proof.eq(D(e, s[L][j]), by="definition of δ")
    proof.eq(sp.Sum(D(e, x[L][k]) * D(x[L][k], s[L][j]), (k, 1, d[L])), by="chain rule")
    proof.eq(-sp.Sum(y[k] / x[L][k] * D(x[L][k], s[L][j]), (k, 1, d[L])), by="derivative of log")
    proof.eq(
        -sp.Sum(y[k] * (sp.KroneckerDelta(k, j) - x[L][j]), (k, 1, d[L])),
        by="derivative of softmax",
    )
    proof.eq(x[L][j] * sp.Sum(y[k], (k, 1, d[L])) - y[j], by="Kronecker delta")
