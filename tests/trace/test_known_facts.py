"""Each fact about a function without laws, against SymPy's values of it, by differences of many digits."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath as mp
import pytest
import sympy as sp
from sympy.parsing.sympy_parser import parse_expr

from symbackprop.trace.facts import BOUNDS, IDENTITIES, REFLECTIONS, SHIFTS, SLOPES
from symbackprop.trace.grammar import parse
from symbackprop.trace.search import satisfies

DIGITS = 50
OTHERS: dict[str, Callable[..., Any]] = {
    "dawsn": lambda x: mp.exp(-x * x) * mp.quad(lambda t: mp.exp(t * t), [0, x]),
    "spence": lambda x: mp.quad(lambda t: mp.log(t) / (1 - t), [1, x]),
    "betainc": lambda a, b, x: (
        mp.quad(lambda t: t ** (a - 1) * (1 - t) ** (b - 1), [0, x]) / mp.beta(a, b)
    ),
}
"""By their integrals, where SymPy has no values."""
ORDERS = (1, 2, 3)


def value(text: str, at: dict[str, Any]) -> Any:
    """A formula of a table at a point, by SymPy; by an integral for a few functions."""
    names = {n: sp.Symbol(n) for n in "abcd"} | {n: sp.Function(n) for n in OTHERS}
    e = parse_expr(text, local_dict=names)
    numbers = {sp.Symbol(n): sp.Rational(str(v)) for n, v in at.items()}
    for f in OTHERS:
        for call in e.atoms(sp.Function(f)):
            args = [mp.mpf(str(sp.N(a.subs(numbers), DIGITS + 10))) for a in call.args]
            e = e.subs(call, sp.Float(str(OTHERS[f](*args)), DIGITS))
    return sp.re(sp.N(e.subs(numbers), DIGITS + 10))


def points(where: str, text: str, integers: str) -> list[dict[str, Any]]:
    """Points that satisfy a row's condition."""
    choose = random.Random(text)
    found = []
    for _ in range(400):
        at = {n: Fraction(choose.randrange(-90, 170), 64) for n in "abcd"}
        at |= {n: Fraction(choose.choice(ORDERS)) for n in integers}
        if satisfies(parse(where or "True"), at):
            found.append(at)
    return found[:3]


def integers(text: str) -> str:
    """The letters that stand for orders."""
    return "b" if "polygamma(b" in text else "a" if text.startswith("bessel") else ""


@pytest.mark.parametrize("row", SLOPES, ids=lambda row: f"{row.function} {row.by}")
def test_each_slope_is_that_of_differences(row: Any) -> None:
    letter = parse(row.function).args[row.by - 1].text
    mp.mp.dps = DIGITS + 20
    found = points(row.where, row.function, integers(row.function))
    assert found
    step = Fraction(1, 10**12)
    for at in found:
        high, low = (value(row.function, {**at, letter: at[letter] + h}) for h in (step, -step))
        quotient, own = (high - low) / sp.Rational(str(2 * step)), value(row.slope, at)
        assert abs(quotient - own) < sp.Float("1e-15") * (1 + abs(own)), (at, quotient, own)


@pytest.mark.parametrize("row", [*IDENTITIES, *SHIFTS, *REFLECTIONS], ids=lambda row: row.left)
def test_each_identity_holds(row: Any) -> None:
    found = points(row.where, row.left, integers(row.left))
    assert found
    for at in found:
        left, right = value(row.left, at), value(row.right, at)
        assert abs(left - right) < sp.Float("1e-30") * (1 + abs(right)), (at, left, right)


@pytest.mark.parametrize("row", BOUNDS, ids=lambda row: row[0])
def test_each_bound_holds(row: tuple[str, str, str]) -> None:
    text, where, _ = row
    found = points(where, text, "")
    assert found
    assert all(value(text, at) > 0 for at in found)
