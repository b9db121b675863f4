"""Logarithms and roots where something is positive; and instances in which it is."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy as sp

import symbackprop as sb
from symbackprop import D

x, y, z = sp.symbols("x y z")
k, n = sp.Symbol("k", integer=True), sp.Symbol("n", integer=True, positive=True)
p = sp.IndexedBase("p")

LINES = [
    (D(sp.log(x), x), 1 / x),
    (D(sp.sqrt(x), x), 1 / (2 * sp.sqrt(x))),
    (D(sp.sqrt(x**2 + y**2), x), x / sp.sqrt(x**2 + y**2)),
    (sp.sqrt(x) ** 2, x),
    (sp.log(x * y), sp.log(x) + sp.log(y)),
    (sp.log(x / y), sp.log(x) - sp.log(y)),
    (sp.log(x**2 / (y * z)), 2 * sp.log(x) - sp.log(y) - sp.log(z)),
    (sp.log(3 * x * sp.exp(y)), sp.log(3) + sp.log(x) + y),
    (D(sp.log(x * y), x), 1 / x),
]
FALSE = [
    (sp.log(x * y), sp.log(x) - sp.log(y)),
    (sp.log(x / y), sp.log(x) / sp.log(y)),
    (D(sp.log(2 * x), x), 2 / x),
    (sp.log(x + y), sp.log(x) + sp.log(y)),
]


def judged(left: Any, right: Any) -> Any:
    made = sb.Derivation("line")
    made.assume(x > 0, y > 0, z > 0)
    made.claim(left)
    made.eq(right)
    return made.judged


def value(e: Any) -> Any:
    """By mpmath, at positive numbers."""
    at = {x: mpmath.mpf("0.7"), y: mpmath.mpf("1.9"), z: mpmath.mpf("2.3")}
    if isinstance(e, sb.chains.language.Partial):
        f = sp.lambdify(e.by, e.of.subs({v: t for v, t in at.items() if v != e.by}), "mpmath")
        return mpmath.diff(f, at[e.by])
    return sp.lambdify([*at], e, "mpmath")(*at.values())


@pytest.mark.parametrize(("left", "right"), LINES, ids=str)
def test_true_lines(left: Any, right: Any) -> None:
    assert mpmath.almosteq(value(left), value(right), 1e-8)
    assert judged(left, right).word == "proved"


@pytest.mark.parametrize(("left", "right"), FALSE, ids=str)
def test_false_lines(left: Any, right: Any) -> None:
    assert not mpmath.almosteq(value(left), value(right), 1e-3)
    assert judged(left, right).word == "refuted"


def test_an_instance_keeps_to_the_signs() -> None:
    found = judged(sp.log(x * y), sp.log(x) - sp.log(y)).chains[-1].judgements[0].witness
    assert all(found.values[name] > 0 for name in "xy")
