"""∂e/∂w_ij^(l) = ∂e/∂s_j^(l) x_i^(l-1), for a weight acts through the signal that it enters.

On a network of any depth and widths, for any differentiable activations and error.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, w, s, x, d = net.e, net.w, net.s, net.x, net.d
l, i, j, k = sp.symbols("l i j k", integer=True)

with sb.derivation("the gradient of one weight", net) as proof:
    with proof.lemma("input") as signal:
        signal.claim(D(s[l][j], w[l][i, j]))
        signal.eq(
            D(sp.Sum(w[l][k, j] * x[l - 1][k], (k, 0, d[l - 1])), w[l][i, j]), by="definition of s"
        )
        signal.eq(
            sp.Sum(sp.KroneckerDelta(k, i) * x[l - 1][k], (k, 0, d[l - 1])),
            by="linearity of the derivative",
        )
        signal.eq(x[l - 1][i], by="only one term of the sum is left")

    proof.claim(D(e, w[l][i, j]))
    proof.eq(D(e, s[l][j]) * D(s[l][j], w[l][i, j]), by="chain rule")
    proof.eq(D(e, s[l][j]) * x[l - 1][i], by="lemma input")
