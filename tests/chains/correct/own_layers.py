"""Layers of one's own, any number of them: δ by induction from the last layer back, and the gradient of a weight."""

import sympy as sp

import symbackprop as sb
from symbackprop import D, Over, prime

i, j, k, l = sp.symbols("i j k l", integer=True)
T, n = sp.symbols("T n", integer=True, positive=True)
a, b, delta, w, z = sp.symbols("a b delta w z", cls=sp.IndexedBase)
e = sp.Symbol("e")
E, f = sp.symbols("E f", cls=sp.Function)

with sb.derivation("layers of one's own") as proof:
    proof.define(
        z[l, j], sp.Sum(w[l, j, k] * a[l - 1, k], (k, 1, n)) + b[l, j], (l, 1, T), (j, 1, n)
    )
    proof.define(a[l, j], f(z[l, j]), (l, 1, T), (j, 1, n))
    proof.define(e, E(Over(a[T, j], (j, 1, n))))
    proof.define(delta[T, j], D(e, a[T, j]) * prime(f)(z[T, j]), (j, 1, n))
    proof.define(
        delta[l - 1, i],
        prime(f)(z[l - 1, i]) * sp.Sum(w[l, j, i] * delta[l, j], (j, 1, n)),
        (l, 2, T),
        (i, 1, n),
    )

    with proof.lemma("next") as after:
        after.claim(D(z[l, j], z[l - 1, i]))
        after.eq(D(z[l, j], a[l - 1, i]) * D(a[l - 1, i], z[l - 1, i]), by="chain rule")
        after.eq(w[l, j, i] * prime(f)(z[l - 1, i]), by="partial derivatives")

    base, step = proof.induction(
        "signal", (l, 1, T), sp.Eq(D(e, z[l, i]), delta[l, i]), (i, 1, n), down=True
    )
    base.claim(D(e, z[T, i]))
    base.eq(D(e, a[T, i]) * prime(f)(z[T, i]), by="chain rule")
    base.eq(delta[T, i], by="definition of δ")
    step.claim(D(e, z[l - 1, i]))
    step.eq(sp.Sum(D(e, z[l, j]) * D(z[l, j], z[l - 1, i]), (j, 1, n)), by="chain rule")
    step.eq(sp.Sum(delta[l, j] * D(z[l, j], z[l - 1, i]), (j, 1, n)), by="induction hypothesis")
    step.eq(sp.Sum(delta[l, j] * w[l, j, i] * prime(f)(z[l - 1, i]), (j, 1, n)), by="lemma next")
    step.eq(delta[l - 1, i], by="definition of δ")

    proof.claim(D(e, w[l, j, k]))
    proof.eq(sp.Sum(D(e, z[l, i]) * D(z[l, i], w[l, j, k]), (i, 1, n)), by="chain rule")
    proof.eq(D(e, z[l, j]) * a[l - 1, k], by="partial derivatives")
    proof.eq(delta[l, j] * a[l - 1, k], by="lemma signal")
