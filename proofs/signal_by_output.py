"""∂s_j^(l)/∂x_i^(l-1) = w_ij^(l): of s_j^(l) = Σ_k w_kj^(l) x_k^(l-1), one term has x_i^(l-1)."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
w, s, x, d = net.w, net.s, net.x, net.d
l, i, j, k = sp.symbols("l i j k", integer=True)

with sb.derivation("the signal by an output of the layer before", net) as proof:
    proof.claim(D(s[l][j], x[l - 1][i]))
    proof.eq(
        D(sp.Sum(w[l][k, j] * x[l - 1][k], (k, 0, d[l - 1])), x[l - 1][i]), by="definition of s"
    )
    proof.eq(
        sp.Sum(w[l][k, j] * D(x[l - 1][k], x[l - 1][i]), (k, 0, d[l - 1])),
        by="linearity of the derivative",
    )
    proof.eq(
        sp.Sum(w[l][k, j] * sp.KroneckerDelta(k, i), (k, 0, d[l - 1])), by="partial derivatives"
    )
    proof.eq(w[l][i, j], by="only one term of the sum is left")
