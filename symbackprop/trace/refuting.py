"""A counterexample to a rule: a point where its value and the derivative lie in disjoint intervals.

Both are evaluated from the formulas as written.  The derivative is the slope of dual numbers; differences of 70 digits,
which share nothing with it, must agree, or nothing is refuted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from time import monotonic
from typing import Any

from ..refute.numbers import IV, apart, interval, plain, times
from .numbers import Dual, Evaluator, Undefined
from .rule import VALUE, Rule, decimals, names_of
from .search import INCOMING, Point

STEP = Fraction(1, 10**14)
MIXED = IV.mpf([-1, 1]) / 10**8
NUMERIC = (Undefined, ArithmeticError, ValueError, MemoryError, KeyError, StopIteration)


@dataclass(frozen=True)
class Witness:
    """A point, the derivative there, and what the rule gives; each a fraction or the two ends of an interval."""

    point: Point
    left: Any
    right: Any


@dataclass
class Refuting:
    """The counterexamples of one rule; a `loose` one lets decimals be all that they may be roundings of."""

    rule: Rule
    until: float = float("inf")

    def __post_init__(self) -> None:
        self.roundings = decimals((self.rule.forward, self.rule.backward))

    def _evaluator(self, point: Point, loose: bool, wrt: str = "") -> Evaluator:
        values = {n: Dual(v, Fraction(1) if n == wrt else None) for n, v in point.items()}
        return Evaluator(values, self.roundings if loose else {})

    def derivative(self, point: Point, loose: bool = False) -> Any:
        return self._evaluator(point, loose, self.rule.wrt).slope(self.rule.forward)

    def given(self, point: Point, loose: bool = False) -> Any:
        """What the rule gives; for g = 1, where the point has none."""
        value = self._evaluator(point, loose).value
        known = {INCOMING: Dual(Fraction(1))} | {n: Dual(v) for n, v in point.items()}
        if VALUE in names_of(self.rule.backward):
            known[VALUE] = Dual(value(self.rule.forward))
        return Evaluator(known, self.roundings if loose else {}).value(self.rule.backward)

    def sides(self, point: Point, loose: bool = False) -> tuple[Any, Any]:
        """g ∂forward/∂wrt, and what the rule gives."""
        slope, g = self.derivative(point, loose), point.get(INCOMING, Fraction(1))
        return times(g, slope), self.given(point, loose)

    def differs(self, point: Point, loose: bool = False) -> Witness | None:
        """A witness at this point; None where both sides may be equal, or one has no value."""
        try:
            left, right = self.sides(point, loose)
            return Witness(point, plain(left), plain(right)) if apart(left, right) else None
        except NUMERIC:
            return None

    def confirmed(self, point: Point) -> Witness | None:
        """The same with decimals as all that they may be, and the derivative checked by differences."""
        found = self.differs(point, loose=True) if self.roundings else self.differs(point)
        return found if found is not None and self._by_differences(point) else None

    def _by_differences(self, point: Point) -> bool:
        """Whether a difference quotient of the forward formula is near the slope of its dual numbers."""
        v = self.rule.wrt
        try:
            high, low = [
                interval(
                    self._evaluator({**point, v: point[v] + h}, False).value(self.rule.forward)
                )
                for h in (STEP, -STEP)
            ]
            quotient = (high - low) / (2 * interval(STEP))
            slope = interval(self.derivative(point))
        except NUMERIC:
            return False
        gap = abs(quotient - slope)
        return bool(gap.b < (1 + abs(slope).b) / 10**8)

    def again(self, point: Point, by: str) -> Witness | None:
        """A witness against the rule's own derivative, case by case, as the mixed derivative ∂²forward/∂wrt∂by."""
        try:
            high, low = [
                interval(self.derivative({**point, by: point[by] + h})) for h in (STEP, -STEP)
            ]
            mixed = (high - low) / (2 * interval(STEP))
            mixed += (1 + abs(mixed)) * MIXED
            values = {n: Dual(v, Fraction(1) if n == by else None) for n, v in point.items()}
            own = Evaluator(values, {}, by_cases=True)
            known = {**values, INCOMING: Dual(Fraction(1))}
            known[VALUE] = own.dual(self.rule.forward)
            found = Evaluator(known, {}, by_cases=True).slope(self.rule.backward)
        except NUMERIC:
            return None
        point = {**point, INCOMING: Fraction(1)}
        return Witness(point, plain(mixed), plain(found)) if apart(mixed, found) else None

    def first(self, points: Iterable[Point], needed: int = 10**9) -> Witness | None:
        """The first confirmed witness among points, after so many of which both sides have values it is given up."""
        seen = 0
        for point in points:
            try:
                left, right = self.sides(point)
            except NUMERIC:
                continue
            seen += 1
            if monotonic() > self.until:
                return None
            if apart(left, right) and (found := self.confirmed(point)) is not None:
                return found
            if seen >= needed:
                return None
        return None
