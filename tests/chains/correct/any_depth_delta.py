"""From ∂e/∂s of a layer to δ of the layer after it, on a network of any depth."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, w, s, x, delta, d, dg = net.e, net.w, net.s, net.x, net.delta, net.d, net.dg
l, i, j, k = sp.symbols("l i j k", integer=True)

with sb.derivation("δ of the layer before", net) as proof:
    with proof.lemma("signal") as signal:
        signal.claim(D(s[l][j], s[l - 1][i]))
        signal.eq(D(s[l][j], x[l - 1][i]) * D(x[l - 1][i], s[l - 1][i]), by="chain rule")
        signal.eq(w[l][i, j] * dg(l - 1, i))

    proof.claim(D(e, s[l - 1][i]))
    proof.eq(sp.Sum(D(e, s[l][j]) * D(s[l][j], s[l - 1][i]), (j, 1, d[l])), by="chain rule")
    proof.eq(sp.Sum(D(e, s[l][j]) * w[l][i, j] * dg(l - 1, i), (j, 1, d[l])), by="lemma signal")
    proof.eq(sp.Sum(D(e, s[l][j]) * w[l][i, j], (j, 1, d[l])) * dg(l - 1, i), by="algebra")
    proof.eq(sp.Sum(delta[l][j] * w[l][i, j], (j, 1, d[l])) * dg(l - 1, i))
