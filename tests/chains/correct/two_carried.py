"""Two families carried on together, of which each is made of both."""

import sympy as sp

import symbackprop as sb
from symbackprop import D, prime

t = sp.Symbol("t", integer=True)
T = sp.Symbol("T", integer=True, positive=True)
c, h, x = sp.symbols("c h x", cls=sp.IndexedBase)
e, w = sp.symbols("e w")
E, f = sp.symbols("E f", cls=sp.Function)

with sb.derivation("two carried on") as proof:
    proof.define(c[t], h[t - 1] * c[t - 1] + w, (t, 1, T))
    proof.define(h[t], f(c[t]) * h[t - 1], (t, 1, T))
    proof.define(e, E(h[T]))

    with proof.lemma("cell") as cell:
        cell.claim(D(c[t], w, hold=[]))
        cell.eq(
            h[t - 1] * D(c[t - 1], w, hold=[]) + c[t - 1] * D(h[t - 1], w) + 1, by="product rule"
        )

    proof.claim(D(e, w))
    proof.eq(prime(E)(h[T]) * D(h[T], w), by="chain rule")
    proof.eq(
        prime(E)(h[T])
        * (prime(f)(c[T]) * h[T - 1] * D(c[T], w, hold=[]) + f(c[T]) * D(h[T - 1], w)),
        by="product rule",
    )
