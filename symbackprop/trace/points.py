"""Points at which a forward and a backward are compared: exactly, with the slopes carried along, and in plain NumPy too.

This has the last word on REFUTED.  It knows nothing of terms: the user's functions are run on exact numbers with slopes
(duals.py), and what that shows must be seen by the functions as they are, on floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from ..refute.numbers import Undefined, apart, interval, plus, times
from .array import World
from .conditions import Condition
from .duals import Dual, lifted
from .refusing import Followed, refuse
from .running import Pair, Run, Shape, _arguments, _bound, _by_name, _parted, arguments, entry, run
from .values import Infinite, Value, is_infinite

Key = tuple[str, tuple[int, ...]]
Point = dict[Key, Fraction]
UPSTREAM = "g"
SIMPLE = [Fraction(v) for v in (1, -1, 2, -2, 3, -3)] + [
    Fraction(1, 2),
    Fraction(-1, 2),
    Fraction(3, 2),
]
SPREAD = [Fraction(p, 8) for p in range(-19, 20) if p]
UNIT = [Fraction(p, 16) for p in range(1, 16)]
RANGES: tuple[tuple[str, list[Fraction]], ...] = (
    ("any", SPREAD),
    ("positive", [abs(v) for v in SPREAD]),
    ("unit", UNIT),
    ("above one", [1 + abs(v) for v in SPREAD]),
)


OUTSIDE = (Undefined, Followed, ZeroDivisionError, OverflowError)
"""What is raised where a point is outside the domain, or on a kink."""
EXACTLY, FLOATS = 2, 8


class Filled(dict[Key, Fraction]):
    """A point with a number for each entry of the incoming gradient, which is drawn when it is first asked for."""

    def __missing__(self, key: Key) -> Fraction:
        self[key] = drawn(self, *key)
        return self[key]


def drawn(point: Point, name: str, k: tuple[int, ...]) -> Fraction:
    return Random(f"{name}{k}{sorted(point.items())[:6]}").choice(SIMPLE)


class Exact(World):
    """The world of exact numbers with slopes."""

    def lift(self, x: Any) -> Any:
        return Infinite(self, 1 if x > 0 else -1) if is_infinite(x) else lifted(x)

    def largest(self, values: list[Value]) -> Value:
        own = [v for v in values if not isinstance(v, Infinite)]
        if not own:
            refuse("the largest of several", "expected finite numbers")
        return own[0].largest(own[1:])


@dataclass(frozen=True)
class Difference:
    """Where the backward is wrong at a point: the entry, what it gives, and the exact derivative."""

    at: Key
    got: Any
    expected: Any


@dataclass
class Comparing:
    """One pair of functions, at one choice of shapes."""

    pair: Pair
    shapes: Mapping[str, Shape]
    conditions: Sequence[Condition] = ()
    look: Callable[[], None] = lambda: None

    def run(self, point: Point, only: Key | None = None) -> Run:
        """With the slopes by all entries, or by one.

        Raises Undefined or Followed where the point is outside the domain or on a kink.
        """

        def enter(name: str, k: tuple[int, ...]) -> Dual:
            own = name in self.pair.wrt if only is None else (name, k) == only
            moves = {(name, k): Fraction(1)} if own else {}
            return Dual(self.number(point, name, k), moves)

        return run(self.pair, Exact(), self.shapes, enter, UPSTREAM)

    def number(self, point: Point, name: str, k: tuple[int, ...]) -> Fraction:
        """A number of the point, drawn when it is first asked for."""
        if (name, k) not in point:
            point[name, k] = drawn(point, name, k)
        return point[name, k]

    def differences(self, point: Point, only: Key | None = None) -> list[Difference]:
        """All entries that differ for sure, or one; the point gets its incoming gradient."""
        found = self.run(point, only)
        total: dict[Any, Any] = {}
        for out, g in zip(found.output.ravel(), found.upstream.ravel(), strict=True):
            for key, d in out.slopes.items():
                total[key] = plus(total.get(key, Fraction(0)), times(d, g.number))
        rows = []
        for name, own in found.gradients.items():
            for k in [k for k in np.ndindex(own.shape) if only in (None, (name, k))]:
                expected = total.get((name, k), Fraction(0))
                if apart(own[k].number, expected):
                    rows.append(Difference((name, k), own[k].number, expected))
        return rows

    # --- points ----------------------------------------------------------------------------------------------------

    def point(self, random: Random, numbers: Sequence[Fraction]) -> Point:
        point: Point = {}
        for name in self.pair.inputs:
            own = [c for c in self.conditions if c.speaks_of(name)]
            for k in np.ndindex(self.shapes[name]):
                choice = next(
                    (v for v in _draws(random, numbers) if all(c.holds(name, v) for c in own)), None
                )
                point[name, k] = choice if choice is not None else numbers[0]
        return point

    def points(self, seed: int, tries: int) -> Iterator[Point]:
        """Random points, from the ranges in turn."""
        random = Random(seed)
        for n in range(tries):
            _, numbers = RANGES[(n // 3) % len(RANGES)] if n < 24 else RANGES[n % len(RANGES)]
            point = self.point(random, numbers)
            if all(c.met(point) for c in self.conditions):
                yield point

    def refuted(self, seed: int, tries: int = 24) -> tuple[Point, Difference] | None:
        """A point where an entry differs, as simple as was found; None where all agree.

        Two points are compared exactly; others where NumPy's floats and a difference quotient disagree.
        """
        exactly = floats = 0
        for point in self.points(seed, tries):
            self.look()
            try:
                if exactly >= EXACTLY:
                    floats += 1
                    if floats > FLOATS:
                        break
                    if not self.suspicious(point):
                        continue
                found = self.differences(point)
            except OUTSIDE:
                continue
            exactly += 1
            if found and self.confirmed(point, found[0]):
                return self.simplified(point, found[0])
        return None

    def undefined(self, seed: int) -> tuple[Point, Difference] | None:
        """Where the backward gives no number at several points in a row, while the derivative is one there."""
        rows = []
        for point in self.points(seed, 12):
            found = self._no_number(Filled(point))
            if found is not None:
                rows.append((point, found))
            elif found is None and not rows:
                return None
            if len(rows) == 3:
                break
        ats = [{d.at for d in found} for _, found in rows]
        shared = set.intersection(*ats) if len(rows) == 3 else set()
        return next(((rows[0][0], d) for d in rows[0][1] if d.at in shared), None)

    def _no_number(self, point: Point) -> list[Difference] | None:
        """The entries that are nan or infinite on floats, where the exact derivative exists."""
        try:
            output, rows = plain_run(self.pair, self.shapes, point)
            if not np.isfinite(output).all() or all(
                np.isfinite(np.asarray(x)).all() for x in rows.values()
            ):
                return None
            still = replace(
                self.pair,
                backward=lambda *args: {n: np.zeros(self.shapes[n]) for n in self.pair.wrt},
            )
            found = Comparing(still, self.shapes, self.conditions).differences(point)
        except Exception:
            return None
        expected = {d.at: d.expected for d in found}
        return [
            Difference((n, k), float(np.asarray(x)[k]), expected.get((n, k), Fraction(0)))
            for n, x in rows.items()
            for k in np.ndindex(self.shapes[n])
            if not np.isfinite(np.asarray(x)[k])
        ]

    def suspicious(self, point: Point) -> bool:
        """Whether a gradient on floats is far from the difference quotients there."""
        full = Filled(point)
        try:
            output, rows = plain_run(self.pair, self.shapes, full)
            given = {name: _floats(full, name, self.shapes[name]) for name in self.pair.inputs}
            g = _floats(full, UPSTREAM, output.shape)
            for name, own in rows.items():
                for k in np.ndindex(self.shapes[name]):
                    quotient = self._slope(given, g, name, k)
                    if np.isfinite(quotient) and not near(
                        float(np.asarray(own)[k]), quotient, 1e-3
                    ):
                        return True
        except Exception:
            return False
        return False

    def _slope(
        self, given: dict[str, Any], g: Any, name: str, k: tuple[int, ...], step: float = 2.0**-18
    ) -> float:
        """A difference quotient of Σ_k g_k out_k, on floats."""
        sides = []
        for way in (step, -step):
            moved = given[name].copy()
            moved[k] += way
            output, _ = plain_forward(self.pair, {**given, name: moved})
            sides.append(float(np.sum(output * g)))
        return (sides[0] - sides[1]) / (2 * step)

    def simplified(self, point: Point, found: Difference) -> tuple[Point, Difference]:
        """The same difference with as many numbers as possible 0 or 1, those that are."""
        best = (dict(point), found)
        for key in sorted(point, key=lambda k: (k[0] != UPSTREAM, k)):
            self.look()
            for number in (Fraction(0), Fraction(1), Fraction(-1), Fraction(2)):
                if best[0][key] == number:
                    break
                trial = {**best[0], key: number}
                own = [c for c in self.conditions if c.speaks_of(key[0])]
                if not all(c.holds(key[0], number) for c in own) or not all(
                    c.met(trial) for c in self.conditions
                ):
                    continue
                again = self._same(trial, found.at)
                if again is not None:
                    best = (trial, again)
                    break
        return best

    def _same(self, point: Point, at: Key) -> Difference | None:
        try:
            found = self.differences(point, at)
        except OUTSIDE:
            return None
        return found[0] if found and self.confirmed(point, found[0]) else None

    # --- the functions as they are ---------------------------------------------------------------------------------

    def confirmed(self, point: Point, found: Difference) -> bool:
        """Whether the functions, run by NumPy on floats, give what was found, and a difference quotient what was expected."""
        try:
            got = plain_gradient(self.pair, self.shapes, point, found.at)
            quotient = self._quotient(point, found.at)
        except Exception:
            return False
        expected, wrong = as_float(found.expected), as_float(found.got)
        return near(got, wrong, 1e-5) and (
            near(quotient, expected, 1e-4) or abs(quotient - expected) < abs(quotient - wrong)
        )

    def _quotient(self, point: Point, at: Key) -> float:
        full = Filled(point)
        output, _ = plain_run(self.pair, self.shapes, full)
        given = {name: _floats(full, name, self.shapes[name]) for name in self.pair.inputs}
        return self._slope(given, _floats(full, UPSTREAM, output.shape), *at)


def _draws(random: Random, numbers: Sequence[Fraction]) -> list[Fraction]:
    return [random.choice(numbers) for _ in range(6)] + [abs(v) for v in SIMPLE] + UNIT + SIMPLE


def as_float(exact: Any) -> float:
    return float(exact) if isinstance(exact, Fraction) else float(interval(exact).mid)


def near(x: float, number: float, share: float) -> bool:
    return abs(x - number) <= share * (1 + abs(number))


def plain_forward(pair: Pair, given: Mapping[str, Any]) -> tuple[Any, Any]:
    """The forward as it is, on floats: its output, and what the backward is to be called with but for the gradient."""
    own = {name: x.copy() for name, x in given.items()}
    forward, backward = _bound(pair, own)
    args = arguments(pair, {**deepcopy(dict(pair.constants)), **own})
    with np.errstate(all="ignore"):
        output, cache = _parted(forward(**args))
    return np.array(output, dtype=float), (backward, cache, list(args.values()))


def plain_run(pair: Pair, shapes: Mapping[str, Shape], point: Point) -> tuple[Any, dict[str, Any]]:
    """The functions as they are, on floats."""
    given = {name: _floats(point, name, shapes[name]) for name in pair.inputs}
    output, (backward, cache, inputs) = plain_forward(pair, given)
    g = _floats(point, UPSTREAM, output.shape)
    with np.errstate(all="ignore"):
        returned = backward(*_arguments(backward, g, cache, inputs))
    return output, _by_name(pair, returned, getattr(backward, "__self__", None))


def plain_gradient(pair: Pair, shapes: Mapping[str, Shape], point: Point, at: Key) -> float:
    _, rows = plain_run(pair, shapes, point)
    return float(np.asarray(rows[at[0]])[at[1]])


def _floats(point: Point, name: str, shape: Shape) -> Any:
    own = np.empty(shape)
    for k in np.ndindex(shape):
        own[k] = float(point[name, k])
    return own


def shown(point: Point) -> dict[str, Fraction]:
    return {entry(name, k): v for (name, k), v in point.items()}
