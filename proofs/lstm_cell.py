"""A node of an LSTM: its error by a weight of the forget gate, and how it is carried from cell to cell: by h_(t-1), and by F_t.

F, I, O are gates with any differentiable σ, G the candidate with any differentiable τ; c and h are carried on from step to step.
c_(t-1) acts on all that follows by h_(t-1) and by c_t.  The last derivative is the direct one from cell to cell, where the
gates and the candidate, which depend on c_(t-1) by h_(t-1), are held.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D, prime

t = sp.Symbol("t", integer=True)
T = sp.Symbol("T", integer=True, positive=True)
F, I, O, G, c, h, x = sp.symbols("F I O G c h x", cls=sp.IndexedBase)
e, v, w = sp.symbols("e v w")
E, sigma, tau = sp.symbols("E sigma tau", cls=sp.Function)


def cell(proof):
    """The gates, the cell, the output, and an error of the last output."""
    proof.define(F[t], sigma(w * h[t - 1] + x[t]), (t, 1, T))
    proof.define(I[t], sigma(v * h[t - 1] + x[t]), (t, 1, T))
    proof.define(O[t], sigma(h[t - 1] + x[t]), (t, 1, T))
    proof.define(G[t], tau(h[t - 1] + x[t]), (t, 1, T))
    proof.define(c[t], F[t] * c[t - 1] + I[t] * G[t], (t, 1, T))
    proof.define(h[t], O[t] * tau(c[t]), (t, 1, T))
    proof.define(e, E(h[T]))


def by_w(a):
    """da/dw: w varies at all steps."""
    return D(a, w, hold=[])


with sb.derivation("the error by the weight of the forget gate") as proof:
    cell(proof)

    with proof.lemma("gate") as gate:
        gate.claim(by_w(F[t]))
        gate.eq(
            prime(sigma)(w * h[t - 1] + x[t]) * (h[t - 1] + w * D(h[t - 1], w)), by="chain rule"
        )

    with proof.lemma("cell") as one:
        one.claim(D(c[t], w))
        one.eq(
            by_w(F[t]) * c[t - 1] + F[t] * D(c[t - 1], w) + D(I[t], w) * G[t] + I[t] * D(G[t], w),
            by="product rule",
        )

    proof.claim(D(e, w))
    proof.eq(prime(E)(h[T]) * D(h[T], w), by="chain rule")
    proof.eq(
        prime(E)(h[T]) * (D(O[T], w) * tau(c[T]) + O[T] * prime(tau)(c[T]) * D(c[T], w)),
        by="product rule",
    )

with sb.derivation("the error by a cell, from the two that it acts on") as proof:
    cell(proof)

    proof.claim(D(e, c[t - 1]))
    proof.eq(D(e, h[t - 1]) * O[t - 1] * prime(tau)(c[t - 1]) + D(e, c[t]) * F[t], by="chain rule")

with sb.derivation("the direct path from cell to cell") as proof:
    cell(proof)

    proof.claim(D(c[t], c[t - 1], hold=[F, G, I]))
    proof.eq(F[t], by="linearity of the derivative")
