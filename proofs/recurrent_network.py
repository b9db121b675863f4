"""Backpropagation through time for n recurrent nodes: ∂e/∂w_qp = Σ_t δ_q^t h_p^(t-1), as the weights are used at all times.

s_j^t = Σ_k w_jk h_k^(t-1) + Σ_k u_jk x_k^t and h_j^t = f(s_j^t) for t = 1..T, with n nodes, m inputs and an error of the
last h^T, with any differentiable f and E.  By induction from T back to 1, as for one node: what comes after t is
unrolled, Σ_j δ_j^t ds_j^t/dw is not.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D, Over, prime

i, j, k, p, q, t = sp.symbols("i j k p q t", integer=True)
T, m, n = sp.symbols("T m n", integer=True, positive=True)
delta, h, s, u, w, x = sp.symbols("delta h s u w x", cls=sp.IndexedBase)
e = sp.Symbol("e")
E, f = sp.symbols("E f", cls=sp.Function)


def by_w(signal):
    """ds/dw_qp: w varies at all steps, so nothing that leads from it to s is held."""
    return D(signal, w[q, p], hold=[])


def through(t):
    """What is not unrolled yet."""
    return sp.Sum(delta[t, j] * by_w(s[t, j]), (j, 1, n))


def unrolled(first):
    """The terms of the sum that are there already."""
    return sp.Sum(delta[k, q] * h[k - 1, p], (k, first, T))


with sb.derivation("backpropagation through time, n nodes") as proof:
    proof.define(
        s[t, j],
        sp.Sum(w[j, k] * h[t - 1, k], (k, 1, n)) + sp.Sum(u[j, k] * x[t, k], (k, 1, m)),
        (t, 1, T),
        (j, 1, n),
    )
    proof.define(h[t, j], f(s[t, j]), (t, 1, T), (j, 1, n))
    proof.define(e, E(Over(h[T, j], (j, 1, n))))
    proof.define(delta[T, j], D(e, h[T, j]) * prime(f)(s[T, j]), (j, 1, n))
    proof.define(
        delta[t - 1, i],
        prime(f)(s[t - 1, i]) * sp.Sum(w[j, i] * delta[t, j], (j, 1, n)),
        (t, 2, T),
        (i, 1, n),
    )

    with proof.lemma("one time step") as one:
        one.claim(by_w(s[t, j]))
        one.eq(
            sp.KroneckerDelta(j, q) * h[t - 1, p]
            + sp.Sum(w[j, k] * D(h[t - 1, k], w[q, p]), (k, 1, n)),
            by="product rule",
        )

    base, step = proof.induction(
        "unrolling", (t, 1, T), sp.Eq(D(e, w[q, p]), through(t) + unrolled(t + 1)), down=True
    )

    base.claim(D(e, w[q, p]))
    base.eq(sp.Sum(D(e, h[T, j]) * D(h[T, j], w[q, p]), (j, 1, n)), by="chain rule")
    base.eq(sp.Sum(D(e, h[T, j]) * prime(f)(s[T, j]) * by_w(s[T, j]), (j, 1, n)), by="chain rule")
    base.eq(through(T), by="definition of δ")
    base.eq(through(T) + unrolled(T + 1), by="algebra")

    step.claim(D(e, w[q, p]))
    step.eq(through(t) + unrolled(t + 1), by="induction hypothesis")
    step.eq(
        sp.Sum(
            delta[t, j]
            * (
                sp.KroneckerDelta(j, q) * h[t - 1, p]
                + sp.Sum(w[j, k] * D(h[t - 1, k], w[q, p]), (k, 1, n))
            ),
            (j, 1, n),
        )
        + unrolled(t + 1),
        by="lemma one time step",
    )
    step.eq(
        sp.Sum(delta[t, j] * sp.Sum(w[j, k] * D(h[t - 1, k], w[q, p]), (k, 1, n)), (j, 1, n))
        + delta[t, q] * h[t - 1, p]
        + unrolled(t + 1),
        by="Kronecker delta",
    )
    step.eq(
        sp.Sum(
            sp.Sum(w[j, k] * delta[t, j], (j, 1, n)) * D(h[t - 1, k], w[q, p]),
            (k, 1, n),
        )
        + unrolled(t),
        by="exchange of the sums",
    )
    step.eq(
        sp.Sum(
            sp.Sum(w[j, k] * delta[t, j], (j, 1, n)) * prime(f)(s[t - 1, k]) * by_w(s[t - 1, k]),
            (k, 1, n),
        )
        + unrolled(t),
        by="chain rule",
    )
    step.eq(through(t - 1) + unrolled(t), by="definition of δ")

    proof.claim(D(e, w[q, p]))
    proof.eq(through(1) + unrolled(2), by="lemma unrolling")
    proof.eq(delta[1, q] * h[0, p] + unrolled(2), by="partial derivatives")
    proof.eq(unrolled(1), by="splitting the sum")
