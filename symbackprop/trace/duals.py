"""Exact numbers with their slopes: what refutes is run on these, with no term and no kernel in it.

A `Dual` is a value and its derivatives by the input entries that it depends on; both are fractions while they last, then
intervals of 60 digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ulp
from typing import Any

from ..refute.numbers import IV, KNOWN, Undefined, apart, interval, plus, raised, sign_of, times
from .values import Number, Value, exact

Slopes = dict[Any, Number]
ZERO, ONE = Fraction(0), Fraction(1)
FARTHEST = 10**13
DIGITS = 9
"""A decimal with so many digits is likely to be rounded: it stands for all within half a unit of its last digit."""


@dataclass(frozen=True, eq=False)
class Dual(Value):
    """A number, and its derivative by each input entry on which it depends."""

    number: Number
    slopes: Slopes = field(default_factory=dict)
    mask: bool = False

    def lift(self, x: Any) -> Any:
        return lifted(x)

    def plus(self, other: Dual) -> Dual:
        slopes = dict(self.slopes)
        for k, d in other.slopes.items():
            slopes[k] = plus(slopes[k], d) if k in slopes else d
        return Dual(plus(self.number, other.number), slopes)

    def times(self, other: Dual) -> Dual:
        slopes = {k: times(d, other.number) for k, d in self.slopes.items()}
        for k, d in other.slopes.items():
            more = times(d, self.number)
            slopes[k] = plus(slopes[k], more) if k in slopes else more
        return Dual(times(self.number, other.number), slopes, self.mask and other.mask)

    def through(self, value: Number, slope: Number) -> Dual:
        """f of it, where f has this value and this slope there."""
        return Dual(value, {k: times(d, slope) for k, d in self.slopes.items()})

    def inverse(self) -> Dual:
        return self.through(raised(self.number, -1), times(Fraction(-1), raised(self.number, -2)))

    def call(self, name: str) -> Dual:
        if name == "pi":
            return Dual(IV.pi)
        if name == "atan":
            square = plus(ONE, times(self.number, self.number))
            return self.through(known(name, self.number), raised(square, -1))
        value = known(name, self.number)
        if not self.slopes:
            return Dual(value)
        return self.through(value, value if name == "exp" else KNOWN[name](1, self.number))

    def above(self) -> Dual:
        sign = sign_of(self.number)
        if sign is None or (sign == 0 and any(self.slopes.values())):
            raise Undefined("a point where a piecewise function may have a kink")
        return Dual(ONE if sign == 1 else ZERO, {}, True)

    def equals(self, other: Dual) -> Dual:
        gap = self - other
        differ = apart(gap.number, ZERO)
        moves = [d for d in gap.slopes.values() if apart(d, ZERO) is not False]
        if differ is None or (not differ and moves):
            raise Undefined("a point where two numbers may be equal")
        return Dual(ZERO if differ else ONE, {}, True)

    def followed(self) -> bool:
        return sign_of(self.number) == 1

    def largest(self, others: Sequence[Dual]) -> Dual:
        best = self
        for other in others:
            gap = other - best
            if not (gap.number == 0 and all(d == 0 for d in gap.slopes.values())):
                best = other if gap.above().followed() else best
        return best

    def constant(self) -> Fraction | None:
        own = not self.slopes and isinstance(self.number, Fraction)
        return self.number if own else None

    def as_mask(self) -> Dual:
        return Dual(self.number, self.slopes, True)


def lifted(x: Any) -> Dual:
    """A plain number; a decimal of many digits is an interval."""
    value = exact(x)
    if isinstance(x, float) and digits(x) >= DIGITS:
        slack = max(unit(x), 8 * Fraction(ulp(x)))
        low, high = interval(value - slack), interval(value + slack)
        return Dual(IV.mpf([low.a, high.b]))
    return Dual(value, {}, isinstance(x, bool) or type(x).__name__ in ("bool", "bool_"))


def digits(x: float) -> int:
    """How many digits a decimal has, from the first that is not 0.

    >>> digits(0.0125), digits(1e-05)
    (3, 1)
    """
    return len(repr(x).partition("e")[0].replace(".", "").strip("-0"))


def unit(x: float) -> Fraction:
    """Half a unit of the last digit of a decimal.

    >>> unit(0.25)
    Fraction(1, 200)
    """
    whole, _, power = repr(x).lower().partition("e")
    return Fraction(10) ** (int(power or 0) - len(whole.partition(".")[2])) / 2


def known(name: str, x: Number) -> Any:
    """The value of a known function; of exp far out, too, as masks have it."""
    if name == "atan":
        return _atan(x)
    t = interval(x)
    if name == "exp" and (t.b < -1000 or t.a > 1000) and abs(t).b < FARTHEST:
        return IV.exp(t)
    return KNOWN[name](0, x)


def _atan(x: Number) -> Any:
    """atan of a number, by the function of a complex logarithm's argument; it grows, so the ends enclose it."""
    from ..refute.numbers import ERF_ERROR, MP

    t = interval(x)
    ends = [MP.atan(MP.make_mpf(end)) for end in t._mpi_]
    low, high = [IV.make_mpf((e._mpf_, e._mpf_)) + ERF_ERROR for e in ends]
    return IV.mpf([low.a, high.b])
