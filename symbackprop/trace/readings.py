"""Decimals read as the numbers that they may be roundings of: 0.7978845608 as sqrt(2/pi), 0.134145 as 3 * 0.044715."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, islice, product

from ..refute.numbers import interval
from .aliases import unaliased
from .grammar import Formula, parse
from .numbers import Evaluator
from .refuting import Refuting
from .rule import Rule, decimals
from .search import Places

CONSTANTS = (
    *(
        "pi",
        "E",
        "sqrt(2)",
        "sqrt(3)",
        "sqrt(pi)",
        "sqrt(2*pi)",
        "sqrt(2/pi)",
        "sqrt(8/pi)",
        "log(2)",
        "log(10)",
    ),
    *(
        "1/pi",
        "1/sqrt(2)",
        "1/sqrt(3)",
        "1/sqrt(pi)",
        "1/sqrt(2*pi)",
        "1/log(2)",
        "1/log(10)",
        "sqrt(pi/2)",
    ),
    *(
        "pi/180",
        "180/pi",
        "log(pi)",
        "log(2*pi)",
        "sqrt(pi/8)",
        "sqrt(2)/pi",
        "1/3",
        "1/6",
        "1/7",
        "1/9",
        "1/12",
    ),
)
TIMES = [Fraction(p, q) for q in (1, 2, 3, 4, 6) for p in (1, 2, 3, 4, 6, 5, 8)]
MOST, COMBINATIONS = 2, 250
Reading = tuple[Rule, tuple[str, ...]]


def readings(rule: Rule, places: Places) -> Iterator[Reading]:
    """The rule with decimals replaced, in the ways in which both sides agree at some points; and what was read as what."""
    rounded = decimals((rule.forward, rule.backward))
    order = sorted(rounded, key=lambda text: (len(text.strip("0.")), text))
    options = [[None, *candidates(text, rounded, order[:k])] for k, text in enumerate(order)]
    points = places.few(3)
    for row in islice(product(*[reversed(o) for o in options]), COMBINATIONS):
        chosen = {text: f for text, f in zip(order, row, strict=True) if f is not None}
        if not chosen:
            continue
        own = replace(
            rule, forward=_read(rule.forward, chosen), backward=_read(rule.backward, chosen)
        )
        if all(Refuting(own).differs(p) is None for p in points):
            yield own, tuple([f"{text} is read as {f}" for text, f in chosen.items()])


def candidates(
    text: str, rounded: dict[str, tuple[Fraction, Fraction]], others: list[str]
) -> list[Formula]:
    """What a decimal may be: a multiple of a constant, or of others with fewer digits and a constant."""
    low, high = rounded[text]
    bases: list[tuple[str, ...]] = [(c,) for c in CONSTANTS]
    bases += [(t,) for t in others] + [(t, c) for t in others for c in CONSTANTS[:10]]
    bases += list(combinations(others, 2))
    found: list[Formula] = []
    for base in bases:
        value = _value("*".join(f"({b})" for b in base))
        for q in TIMES:
            if low <= value * q <= high:
                factor = f"{q.numerator}*" if q.numerator != 1 else ""
                under = f"/{q.denominator}" if q.denominator != 1 else ""
                found.append(
                    parse(
                        f"{factor}{'*'.join(b if len(base) == 1 else f'({b})' for b in base)}{under}"
                    )
                )
                break
        if len(found) >= MOST:
            break
    return found[::-1]


@cache
def _value(text: str) -> Fraction:
    """A constant to 50 digits, as a fraction."""
    x = interval(Evaluator({}, {}).value(parse(text)))
    sign, mantissa, exponent, _ = x._mpi_[0]
    size = int(mantissa) * Fraction(2) ** exponent
    return Fraction(-size if sign else size)


def _read(f: Formula, chosen: dict[str, Formula]) -> Formula:
    f = unaliased(f)
    if f.head == "number" and f.text in chosen:
        return _read(chosen[f.text], chosen)
    args = tuple([_read(a, chosen) for a in f.args])
    return f if args == f.args else Formula(f.head, args, f.value, f.text, f.at)
