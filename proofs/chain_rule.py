"""The chain rule: ∂e/∂w_ij^(m) = Σ_n ∂e/∂s_n^(l) ∂s_n^(l)/∂w_ij^(m), for every layer l from m up.

A weight acts on the error through all signals of any layer above it.  On a network of any depth and widths, by induction over l;
s_n^(l) is differentiated with the weights above held fixed.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

net = sb.Network.any_depth()
e, w, s, delta, d, L, dg = net.e, net.w, net.s, net.delta, net.d, net.L, net.dg
l, m, i, j, n, k = sp.symbols("l m i j n k", integer=True)
v = w[m][i, j]

with sb.derivation("chain rule", net) as proof:
    T = sp.Sum(delta[l][n] * D(s[l][n], v), (n, 1, d[l]))
    base, step = proof.induction("the same sum in every layer", (l, m, L), sp.Eq(D(e, v), T))

    base.claim(D(e, v))
    base.eq(delta[m][j] * D(s[m][j], v), by="chain rule")
    base.eq(
        sp.Sum(delta[m][n] * D(s[m][n], v), (n, 1, d[m])), by="only one term of the sum is left"
    )

    step.claim(D(e, v))
    step.eq(T, by="induction hypothesis")
    step.eq(
        sp.Sum(
            dg(l, n) * sp.Sum(w[l + 1][n, k] * delta[l + 1][k], (k, 1, d[l + 1])) * D(s[l][n], v),
            (n, 1, d[l]),
        ),
        by="definition of δ",
    )
    step.eq(
        sp.Sum(
            delta[l + 1][k] * sp.Sum(w[l + 1][n, k] * dg(l, n) * D(s[l][n], v), (n, 1, d[l])),
            (k, 1, d[l + 1]),
        ),
        by="exchange the sums",
    )
    step.eq(sp.Sum(delta[l + 1][k] * D(s[l + 1][k], v), (k, 1, d[l + 1])), by="chain rule")

    proof.assume(l >= m)
    proof.claim(D(e, v))
    proof.eq(T, by="lemma the same sum in every layer")
    proof.eq(sp.Sum(D(e, s[l][n]) * D(s[l][n], v), (n, 1, d[l])), by="definition of δ")
