"""The normal equations of ridge regression: ∂e/∂w_j = 0 says Σ_i (XᵀX + λI)_ji w_i = (Xᵀy)_j.

Any number N of examples and p of weights; e = Σ_r (z_r - y_r)² + λ Σ_i w_i² and z_r = Σ_i x_ri w_i.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D

i, j, r = sp.symbols("i j r", integer=True)
N, p = sp.symbols("N p", integer=True, positive=True)
w, x, y, z = sp.symbols("w x y z", cls=sp.IndexedBase)
e, lam = sp.symbols("e lambda")
same = sp.KroneckerDelta(i, j)


def examples(term):
    """Σ_r of a term."""
    return sp.Sum(term, (r, 1, N))


with sb.derivation("ridge regression") as proof:
    proof.define(z[r], sp.Sum(x[r, i] * w[i], (i, 1, p)))
    proof.define(e, examples((z[r] - y[r]) ** 2) + lam * sp.Sum(w[i] ** 2, (i, 1, p)))

    proof.claim(D(e, w[j]))
    proof.eq(2 * examples((z[r] - y[r]) * D(z[r], w[j])) + 2 * lam * w[j], by="chain rule")
    proof.eq(2 * examples((z[r] - y[r]) * x[r, j]) + 2 * lam * w[j])
    proof.eq(
        2 * examples((sp.Sum(x[r, i] * w[i], (i, 1, p)) - y[r]) * x[r, j]) + 2 * lam * w[j],
        by="definition of z",
    )
    proof.eq(
        2 * sp.Sum(examples(x[r, j] * x[r, i]) * w[i], (i, 1, p))
        + 2 * lam * w[j]
        - 2 * examples(x[r, j] * y[r]),
        by="exchange the sums",
    )
    proof.eq(
        2 * sp.Sum((examples(x[r, j] * x[r, i]) + lam * same) * w[i], (i, 1, p))
        - 2 * examples(x[r, j] * y[r]),
        by="Kronecker delta",
    )
