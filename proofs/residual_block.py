"""A residual block h_j = x_j + σ(z_j) hands the gradient on as it is, plus what its layer adds.

∂C/∂x_k = ∂C/∂h_k + Σ_j ∂C/∂h_j σ'(z_j) w_kj, for any differentiable σ and C.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D, Over, prime

i, j, k = sp.symbols("i j k", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
h, w, x, z = sp.symbols("h w x z", cls=sp.IndexedBase)
C = sp.Symbol("C")
sigma, cost = sp.symbols("sigma cost", cls=sp.Function)
same = sp.KroneckerDelta(j, k)

with sb.derivation("residual block") as proof:
    proof.define(z[j], sp.Sum(w[i, j] * x[i], (i, 1, n)))
    proof.define(h[j], x[j] + sigma(z[j]))
    proof.define(C, cost(Over(h[j], (j, 1, n))))

    proof.claim(D(C, x[k]))
    proof.eq(sp.Sum(D(C, h[j]) * D(h[j], x[k]), (j, 1, n)), by="chain rule")
    proof.eq(
        sp.Sum(D(C, h[j]) * (same + prime(sigma)(z[j]) * D(z[j], x[k])), (j, 1, n)), by="sum rule"
    )
    proof.eq(sp.Sum(D(C, h[j]) * (same + prime(sigma)(z[j]) * w[k, j]), (j, 1, n)))
    proof.eq(
        D(C, h[k]) + sp.Sum(D(C, h[j]) * prime(sigma)(z[j]) * w[k, j], (j, 1, n)),
        by="Kronecker delta",
    )
