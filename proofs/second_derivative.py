"""∂²e/∂w₁² of a network with one hidden node and squared error, e = ½ (w₂ g(w₁ x) - y)².

For any g that can be differentiated twice.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D, prime

e, h, s, w1, w2, x, y = sp.symbols("e h s w_1 w_2 x y")
e1 = sp.Symbol("e'")  # ∂e/∂w₁
g = sp.Function("g")

with sb.derivation("second derivative") as proof:
    proof.define(s, w1 * x)
    proof.define(h, g(s))
    proof.define(e, (w2 * h - y) ** 2 / 2)
    proof.define(e1, (w2 * h - y) * w2 * prime(g)(s) * x)

    with proof.lemma("first derivative") as first:
        first.claim(D(e, w1))
        first.eq((w2 * h - y) * w2 * D(h, w1), by="power rule")
        first.eq((w2 * h - y) * w2 * prime(g)(s) * D(s, w1), by="chain rule")
        first.eq((w2 * h - y) * w2 * prime(g)(s) * x)
        first.eq(e1)

    proof.claim(D(e1, w1))
    proof.eq(
        w2 * x * (w2 * D(h, w1) * prime(g)(s) + (w2 * h - y) * prime(g, 2)(s) * D(s, w1)),
        by="product rule",
    )
    proof.eq(
        w2 * x * (w2 * prime(g)(s) * x * prime(g)(s) + (w2 * h - y) * prime(g, 2)(s) * x),
        by="chain rule",
    )
    proof.eq(w2 * x**2 * (w2 * prime(g)(s) ** 2 + (w2 * h - y) * prime(g, 2)(s)), by="algebra")
