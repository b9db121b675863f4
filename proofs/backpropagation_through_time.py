"""Backpropagation through time: ∂e/∂w = Σ_t δ_t h_(t-1) for a weight w that is used at all times.

One recurrent node, s_t = w h_(t-1) + u x_t and h_t = f(s_t) for t = 1..T, and an error of the last
h_T, with any differentiable f and E.  By induction from T back to 1, the step from t to t - 1: the terms after
t are unrolled already, δ_t ∂s_t/∂w is not.  There is nothing before h_0: ∂h_0/∂w = 0.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D, prime

k, t = sp.symbols("k t", integer=True)
T = sp.Symbol("T", integer=True, positive=True)
delta, h, s, x = sp.symbols("delta h s x", cls=sp.IndexedBase)
e, u, w = sp.symbols("e u w")
E, f = sp.symbols("E f", cls=sp.Function)


def unrolled(first):
    """The terms of the sum that are there already."""
    return sp.Sum(delta[k] * h[k - 1], (k, first, T))


def by_w(signal):
    """ds/dw: w varies at all steps, so nothing that leads from it to s is held."""
    return D(signal, w, hold=[])


with sb.derivation("backpropagation through time") as proof:
    proof.define(s[t], w * h[t - 1] + u * x[t], (t, 1, T))
    proof.define(h[t], f(s[t]), (t, 1, T))
    proof.define(e, E(h[T]))
    proof.define(delta[T], prime(E)(h[T]) * prime(f)(s[T]))
    proof.define(delta[t - 1], prime(f)(s[t - 1]) * w * delta[t], (t, 2, T))

    with proof.lemma("one time step") as one:
        one.claim(by_w(s[t]))
        one.eq(h[t - 1] + w * D(h[t - 1], w), by="product rule")

    base, step = proof.induction(
        "unrolling", (t, 1, T), sp.Eq(D(e, w), delta[t] * by_w(s[t]) + unrolled(t + 1)), down=True
    )

    base.claim(D(e, w))
    base.eq(prime(E)(h[T]) * D(h[T], w), by="chain rule")
    base.eq(prime(E)(h[T]) * prime(f)(s[T]) * by_w(s[T]), by="chain rule")
    base.eq(delta[T] * by_w(s[T]), by="definition of δ")
    base.eq(delta[T] * by_w(s[T]) + unrolled(T + 1), by="algebra")  # a sum without terms

    step.claim(D(e, w))
    step.eq(delta[t] * by_w(s[t]) + unrolled(t + 1), by="induction hypothesis")
    step.eq(delta[t] * (h[t - 1] + w * D(h[t - 1], w)) + unrolled(t + 1), by="lemma one time step")
    step.eq(
        delta[t] * (h[t - 1] + w * prime(f)(s[t - 1]) * by_w(s[t - 1])) + unrolled(t + 1),
        by="chain rule",
    )
    step.eq(
        delta[t] * w * prime(f)(s[t - 1]) * by_w(s[t - 1]) + unrolled(t), by="splitting the sum"
    )
    step.eq(delta[t - 1] * by_w(s[t - 1]) + unrolled(t), by="definition of δ")

    proof.claim(D(e, w))
    proof.eq(delta[1] * by_w(s[1]) + unrolled(2), by="lemma unrolling")
    proof.eq(delta[1] * (h[0] + w * D(h[0], w)) + unrolled(2), by="lemma one time step")
    proof.eq(delta[1] * h[0] + unrolled(2), by="partial derivatives")  # ∂h_0/∂w = 0
    proof.eq(unrolled(1), by="splitting the sum")
