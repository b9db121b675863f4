"""The search for a point where a claim fails: random small rationals, then larger and larger ones, at growing precision.

The search evaluates the two normal forms, with mpmath; it only proposes.  A proposal is a witness once `confirm` has
computed both sides anew, exactly or in disjoint intervals, from the definitions (witness.py), and every hypothesis holds there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random
from typing import Any

from mpmath.ctx_mp import MPContext

from ..kernel import Add, App, Bracket, Mul, Nonzero, Num, Positive, Pow, Prop, Sym, Term
from ..kernel.context import Context
from ..kernel.derivative import slope
from ..kernel.terms import ARITY, subterms
from .polynomials import Polynomial, random_polynomial
from .witness import (
    FARTHEST,
    NUMERIC,
    Arithmetic,
    Interval,
    Intervals,
    Model,
    Rationals,
    Undecided,
    apart,
)

SCALES = (1, 1, 1, 1, 1, 1, 3, 3, Fraction(1, 8), 10, 10**3, 10**6, 10**10, 10**13, 10**40, 10**110)
FAR = tuple(Fraction(sign * 10**n) for n in (10, 13, 30) for sign in (1, -1))
PRECISIONS = (30, 100, 350)


@dataclass(frozen=True)
class Point:
    """Rational values of the variables, polynomials for the opaque functions."""

    inputs: Mapping[Sym, Fraction]
    polynomials: Mapping[str, Polynomial]


@dataclass
class Evaluator:
    """mpmath numbers for terms at a point; derivatives of defined functions come from their definitions."""

    ctx: Context
    point: Point
    mp: MPContext
    values: dict[Term, Any] = field(default_factory=dict)

    def value(self, t: Term) -> Any:
        if t not in self.values:
            if isinstance(t, Sym) and t in self.ctx.symbols:
                self._upwards(t)
            self.values[t] = self._value(t)
        return self.values[t]

    def _upwards(self, t: Sym) -> None:
        """The definitions below t in their order, so that no recursion is deeper than one definition."""
        for symbol in self.ctx.symbols:
            if symbol == t:
                break
            if symbol not in self.values:
                self.values[symbol] = self.value(self.ctx.symbols[symbol])

    def _value(self, t: Term) -> Any:
        match t:
            case Num(q):
                return self.number(q)
            case Sym():
                return (
                    self.value(self.ctx.symbols[t])
                    if t in self.ctx.symbols
                    else self.number(self.point.inputs[t])
                )
            case Add(terms):
                return self.mp.fsum([self.value(u) for u in terms])
            case Mul(factors):
                return self.mp.fprod([self.value(u) for u in factors])
            case Pow(base, n):
                return self.value(base) ** n
            case Bracket(u):
                return self.mp.mpf(int(self.value(u) > 0))
            case App(name, orders, args):
                return self._applied(t, name, orders, args)
        raise Undecided(str(t))

    def number(self, q: Fraction) -> Any:
        return self.mp.mpf(q.numerator) / q.denominator

    def _applied(self, t: App, name: str, orders: tuple[int, ...], args: tuple[Term, ...]) -> Any:
        if name == "pi":
            return +self.mp.pi
        if self.ctx.function(t) is not None:
            return self.value(slope(self.ctx, t)[0])
        values = [self.value(a) for a in args]
        if name in FARTHEST and values[0] > FARTHEST[name]:
            raise Undecided(f"{name}: too far out")
        if name in self.point.polynomials:
            return self.point.polynomials[name].partial(orders)(values, self.number)
        if name in ("log", "sqrt") and not values[0] > 0:
            raise Undecided(name)
        if orders[0] > 1:
            raise Undecided(f"a second derivative of {name}")
        return self._first(name, orders[0], values[0])

    def _first(self, name: str, order: int, x: Any) -> Any:
        mp = self.mp
        if order == 0:
            return getattr(mp, name)(x)
        rows = {
            "exp": lambda: mp.exp(x),
            "log": lambda: 1 / x,
            "sin": lambda: mp.cos(x),
            "cos": lambda: -mp.sin(x),
            "sqrt": lambda: 1 / (2 * mp.sqrt(x)),
            "erf": lambda: 2 * mp.exp(-x * x) / mp.sqrt(mp.pi),
        }
        return rows[name]()

    def holds(self, p: Prop) -> bool:
        match p:
            case Positive(t):
                return bool(self.value(t) > 0)
            case Nonzero(t):
                return bool(self.value(t) != 0)
        return True


@dataclass
class Search:
    """Points for one proof context, under hypotheses; `solved` are equations that fix a symbol by others."""

    ctx: Context
    variables: Sequence[Sym]
    hypotheses: Sequence[Prop]
    solved: Sequence[tuple[Sym, Term]]
    seed: int = 0
    _mp: dict[int, MPContext] = field(default_factory=dict)
    _tried: int = 0
    _spiked: dict[tuple[int, Sym, Fraction], Point | None] = field(default_factory=dict)
    _points: list[Point] = field(default_factory=list)
    _evaluators: dict[tuple[int, int], Evaluator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.opaque = _opaque(self.ctx)

    def mp(self, digits: int) -> MPContext:
        if digits not in self._mp:
            self._mp[digits] = MPContext()
            self._mp[digits].dps = digits
        return self._mp[digits]

    def points(self) -> Iterator[Point]:
        """Points that satisfy the hypotheses, as far as ordinary precision tells; the same ones for every claim."""
        yield from list(self._points)
        while self._tried < len(SCALES):
            self._tried += 1
            point = self._fresh(Fraction(SCALES[self._tried - 1]))
            if point is not None:
                self._points.append(point)
                yield point

    def _fresh(self, scale: Fraction) -> Point | None:
        for _ in range(200):
            point = self._solve(self._random(scale))
            if self._allowed(point):
                return point
        return None

    def _allowed(self, point: Point) -> bool:
        """Whether the hypotheses hold, as far as ordinary precision tells."""
        e = Evaluator(self.ctx, point, self.mp(30))
        try:
            return all(e.holds(p) for p in self.hypotheses)
        except NUMERIC:
            return False

    def _random(self, scale: Fraction) -> Point:
        inputs = {v: self._number(scale if v.name == "w" else Fraction(1)) for v in self.variables}
        return Point(
            inputs,
            {
                f: random_polynomial(self.random, n, 2 if n > 1 else 3)
                for f, n in self.opaque.items()
            },
        )

    def _number(self, scale: Fraction) -> Fraction:
        """A short fraction: a witness is to be read."""
        top = self.random.choice((-3, -2, -1, 1, 2, 3))
        return scale * Fraction(top, self.random.choice((1, 2, 3, 4, 5)))

    def _solve(self, point: Point) -> Point:
        """The point with solved symbols set so that the assumed equations hold, exactly."""
        inputs = dict(point.inputs)
        for symbol, term in self.solved:
            model = Model({}, {}, inputs, {}, Rationals())
            try:
                inputs[symbol] = model.value(term)
            except Undecided:
                continue
        return Point(inputs, point.polynomials)

    def propose(self, left: Term, right: Term, spikes: Sequence[Sym] = ()) -> Iterator[Point]:
        """Points where the two normal forms differ by more than rounding; far out along each spike, too."""
        for digits in PRECISIONS:
            for point in self.points():
                if self.differ(left, right, point, digits):
                    yield point
        for digits in PRECISIONS:
            for point in self._far(spikes):
                if self.differ(left, right, point, digits) is not False:
                    yield point

    def _far(self, spikes: Sequence[Sym]) -> Iterator[Point]:
        """A near point with one variable far out: beyond any threshold that a formula may hide, all else in reach.

        The second point has targets 1, where a saturated output makes half of a cross-entropy vanish.
        """
        for k, near in enumerate(self._points[:2]):
            ones = {v: Fraction(1) for v in near.inputs if v.name == "y" and k}
            point = replace(near, inputs={**near.inputs, **ones})
            for symbol in spikes:
                for value in FAR:
                    key = (k, symbol, value)
                    if key not in self._spiked:
                        moved = self._solve(replace(point, inputs={**point.inputs, symbol: value}))
                        self._spiked[key] = moved if self._allowed(moved) else None
                    found = self._spiked[key]
                    if found is not None:
                        yield found

    def evaluator(self, point: Point, digits: int) -> Evaluator:
        key = (id(point), digits)
        if key not in self._evaluators:
            self._evaluators[key] = Evaluator(self.ctx, point, self.mp(digits))
        return self._evaluators[key]

    def differ(self, left: Term, right: Term, point: Point, digits: int) -> bool | None:
        """Whether two terms differ at a point by more than rounding; None where one has no value."""
        mp, e = self.mp(digits), self.evaluator(point, digits)
        try:
            a, b = e.value(left), e.value(right)
        except (*NUMERIC, KeyError):
            return None
        return bool(abs(a - b) > mp.mpf(10) ** (12 - digits) * (abs(a) + abs(b)))


def confirm(
    models: Iterable[Model], error: Sym, v: Sym, right: Term, hypotheses: Sequence[Prop]
) -> tuple[Any, Any] | None:
    """Both sides at a point, if they are apart and all hypotheses hold: by the first arithmetic that can tell."""
    for model in models:
        try:
            if not all(model.holds(p) for p in hypotheses):
                return None
            a, b = model.slope(error, v), model.value(right)
            if apart(a, b, model.arithmetic):
                return _shown(a), _shown(b)
            if isinstance(model.arithmetic, Rationals):
                return None
        except NUMERIC:
            continue
    return None


def arithmetics() -> Iterator[Arithmetic]:
    yield Rationals()
    for digits in (40, 120, 400):
        yield Intervals(digits)


def _shown(x: Any) -> Any:
    """A Fraction as it is, an interval as its two ends."""
    if isinstance(x, Fraction):
        return x
    mp = MPContext()
    mp.dps = x.ctx.dps
    low, high = x._mpi_
    return Interval(mp.make_mpf(low), mp.make_mpf(high))


def _opaque(ctx: Context) -> dict[str, int]:
    """The functions without a definition or a law, with their number of arguments."""
    found: dict[str, int] = {}
    for term in ctx.symbols.values():
        for t in subterms(term):
            if isinstance(t, App) and t.name not in ARITY and ctx.function(t) is None:
                found[t.name] = len(t.args)
    return found
