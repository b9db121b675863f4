"""Decimals of many digits in code, read as the constants that they are roundings of: 0.7978845608 as sqrt(2/pi)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ulp
from typing import Any

from ..refute.numbers import interval
from .duals import DIGITS, Dual, digits, unit
from .values import exact

V = Any
CONSTANTS: dict[str, Callable[[V], V]] = {
    "pi": lambda one: one.call("pi"),
    "e": lambda one: one.call("exp"),
    "sqrt(2)": lambda one: (2 * one).call("sqrt"),
    "sqrt(3)": lambda one: (3 * one).call("sqrt"),
    "sqrt(pi)": lambda one: one.call("pi").call("sqrt"),
    "sqrt(2/pi)": lambda one: (2 / one.call("pi")).call("sqrt"),
    "sqrt(2*pi)": lambda one: (2 * one.call("pi")).call("sqrt"),
    "log(2)": lambda one: (2 * one).call("log"),
    "log(10)": lambda one: (10 * one).call("log"),
    "log(2*pi)": lambda one: (2 * one.call("pi")).call("log"),
}
"""By name; of the number 1."""
TIMES = [
    Fraction(p, q) for q in (1, 2, 3, 4) for p in (1, 2, 3, 4) if Fraction(p, q).denominator == q
]


def reading(x: float) -> tuple[str, Callable[[V], V]] | None:
    """The constant that a float is a rounding of, with its name; None where it has few digits, or is none of the table.

    >>> reading(0.7978845608)[0], reading(-1.4142135623730951)[0], reading(0.1)
    ('sqrt(2/pi)', '-sqrt(2)', None)
    """
    if not isinstance(x, float) or digits(x) < DIGITS or exact(x).denominator <= 5000:
        return None
    size = abs(x)
    slack = max(unit(size), Fraction(4 * ulp(size)))
    for name, build in CONSTANTS.items():
        for q in TIMES:
            for below in (False, True):
                if _is_near(_value(build, q, below), exact(size), slack):
                    return _named(name, build, q if x > 0 else -q, below)
    return None


def _value(build: Callable[[V], V], q: Fraction, below: bool) -> Any:
    n = build(Dual(Fraction(1))).number
    return interval(q) / n if below else interval(q) * n


def _is_near(value: Any, x: Fraction, slack: Fraction) -> bool:
    gap = abs(value - interval(x))
    return bool(gap.b <= interval(slack).a)


def _named(
    name: str, build: Callable[[V], V], q: Fraction, below: bool
) -> tuple[str, Callable[[V], V]]:
    sign, size = "-" if q < 0 else "", abs(q)
    if below:
        text = (
            f"{sign}{size.numerator}/({size.denominator}*{name})"
            if size.denominator > 1
            else f"{sign}{size}/{name}"
        )
        return text, lambda one: q / build(one)
    text = f"{sign}{name}" if size == 1 else f"{sign}{size}*{name}"
    return text, lambda one: q * build(one)
