"""The exact check of a counterexample: dual numbers through the definitions, over ℚ or over intervals.

This is the code that has the last word on REFUTED.  It reads the definitions, and neither the chain-rule engine nor the kernel's
derivative nor the search: a derivative here is the slope of a dual number (value, slope) pushed through each definition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, NamedTuple

from mpmath.ctx_iv import MPIntervalContext
from mpmath.ctx_mp import MPContext

from ..kernel import (
    Add,
    App,
    Bracket,
    D,
    Differentiable,
    Eq,
    Function,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Prop,
    Sym,
    Term,
)
from .polynomials import Polynomial


class Undecided(Exception):  # noqa: N818 - an answer of its own, not an error
    """Exact arithmetic is not possible here, or an interval is too wide to tell."""


class Interval(NamedTuple):
    """An enclosure: the number lies between the two ends (mpmath numbers).

    >>> float(Interval(1.0, 2.0))
    1.5
    """

    low: Any
    high: Any

    def __float__(self) -> float:
        return float((self.low + self.high) / 2)


NUMERIC = (Undecided, ArithmeticError, ValueError, MemoryError)
"""What arithmetic raises where it has no answer."""
FARTHEST = {"exp": 10**40, "sin": 10**400, "cos": 10**400}
"""Beyond it, a value is of no use: exp of it fills the memory, sin of it needs all its digits."""


class Rationals:
    """Exact arithmetic: Fractions, and no function but a polynomial."""

    def number(self, q: Fraction) -> Any:
        return q

    def between(self, low: Fraction, high: Fraction) -> Any:
        raise Undecided("a number known to some digits")

    def apply(self, name: str, x: Any) -> Any:
        raise Undecided(f"{name} of a rational")

    def sign(self, x: Any) -> int:
        return int(x > 0) - int(x < 0)

    def zero(self, x: Any) -> bool:
        return bool(x == 0)

    def inverse(self, x: Any) -> Any:
        if x == 0:
            raise Undecided("1/0")
        return 1 / x

    def pi(self) -> Any:
        raise Undecided("pi")


class Intervals:
    """Enclosing intervals of a given precision in decimal digits."""

    def __init__(self, digits: int) -> None:
        self.iv, self.mp = MPIntervalContext(), MPContext()
        self.iv.dps, self.mp.dps = digits, digits + 15
        self._numbers: dict[Fraction, Any] = {}

    def number(self, q: Fraction) -> Any:
        if q not in self._numbers:
            self._numbers[q] = self.iv.mpf(q.numerator) / q.denominator
        return self._numbers[q]

    def between(self, low: Fraction, high: Fraction) -> Any:
        return self.iv.mpf([self.number(low).a, self.number(high).b])

    def apply(self, name: str, x: Any) -> Any:
        try:
            if name in FARTHEST and x.b > FARTHEST[name]:
                raise Undecided(f"{name}: too far out")
            return self._erf(x) if name == "erf" else self._known(name, x)
        except (ValueError, ArithmeticError, MemoryError) as error:
            raise Undecided(f"{name}: {error}") from None

    def _known(self, name: str, x: Any) -> Any:
        if name in ("log", "sqrt") and not x.a > 0:
            raise Undecided(f"{name} of what may not be positive")
        return getattr(self.iv, name)(x)

    def _erf(self, x: Any) -> Any:
        """erf grows, so its ends enclose it; each is widened by far more than the error of its value."""
        slack = self.iv.mpf(10) ** -(self.mp.dps - 5)
        low, high = (
            self.iv.mpf(str(self.mp.erf(self.mp.make_mpf(e._mpi_[0])))) for e in (x.a, x.b)
        )
        wide = self.iv.mpf([-1, 1]) * slack
        return self.iv.mpf([(low + wide).a, (high + wide).b])

    def sign(self, x: Any) -> int:
        if x.a > 0:
            return 1
        if x.b < 0:
            return -1
        if x.a == 0 and x.b == 0:
            return 0
        raise Undecided("a sign")

    def zero(self, x: Any) -> bool:
        return bool(x.a == 0 and x.b == 0)

    def inverse(self, x: Any) -> Any:
        self.sign(x)
        if self.zero(x):
            raise Undecided("1/0")
        return 1 / x

    def pi(self) -> Any:
        return +self.iv.pi


Arithmetic = Rationals | Intervals


@dataclass(frozen=True)
class Dual:
    """value + slope ε with ε² = 0; a slope that is the int 0 is a constant's."""

    value: Any
    slope: Any = 0

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, _plus(self.slope, other.slope))

    def __mul__(self, other: Dual) -> Dual:
        slope = _plus(_mul(self.slope, other.value), _mul(self.value, other.slope))
        return Dual(self.value * other.value, slope)


def _plus(a: Any, b: Any) -> Any:
    return b if type(a) is int else a if type(b) is int else a + b


def _mul(a: Any, b: Any) -> Any:
    return 0 if type(a) is int or type(b) is int else a * b


# f and f' of the known functions, as functions of (arithmetic, x): the textbook's derivative, stated again on purpose.
SLOPES: dict[str, Callable[[Arithmetic, Any], Any]] = {
    "exp": lambda a, x: a.apply("exp", x),
    "log": lambda a, x: a.inverse(x),
    "sin": lambda a, x: a.apply("cos", x),
    "cos": lambda a, x: -a.apply("sin", x),
    "sqrt": lambda a, x: a.inverse(a.apply("sqrt", x) + a.apply("sqrt", x)),
    "erf": lambda a, x: (
        a.number(Fraction(2)) * a.apply("exp", -x * x) * a.inverse(a.apply("sqrt", a.pi()))
    ),
}


@dataclass
class Model:
    """Numbers for the variables, polynomials for the opaque functions; all else follows by the definitions."""

    functions: Mapping[str, Function]
    definitions: Mapping[Sym, Term]
    inputs: Mapping[Sym, Fraction | tuple[Fraction, Fraction]]
    polynomials: Mapping[str, Polynomial]
    arithmetic: Arithmetic
    _values: dict[Term, Dual] = field(default_factory=dict)
    _slopes: dict[tuple[Term, Sym], Any] = field(default_factory=dict)

    def value(self, t: Term) -> Any:
        if t in self.definitions and t not in self._values:
            self._upwards(t, {}, self._values)
        return self._dual(t, {}, self._values).value

    def slope(self, t: Term, v: Sym) -> Any:
        """dt/dv, where v varies and its own definition is left aside."""
        if (t, v) not in self._slopes:
            self._slopes[t, v] = self._slope(t, v)
        return self._slopes[t, v]

    def _slope(self, t: Term, v: Sym) -> Any:
        one = self.arithmetic.number(Fraction(1))
        given, memo = {v: Dual(self.value(v), one)}, dict[Term, Dual]()
        if t in self.definitions:
            self._upwards(t, given, memo)
        slope = self._dual(t, given, memo).slope
        return self.arithmetic.number(Fraction(0)) if type(slope) is int else slope

    def _upwards(self, t: Term, given: Mapping[Sym, Dual], memo: dict[Term, Dual]) -> None:
        """The definitions up to t in their order, so that no recursion is deeper than one definition."""
        for symbol in self.definitions:
            if symbol == t:
                break
            self._dual(symbol, given, memo)

    def _dual(self, t: Term, given: Mapping[Sym, Dual], memo: dict[Term, Dual]) -> Dual:
        if t not in memo:
            memo[t] = given[t] if isinstance(t, Sym) and t in given else self._new(t, given, memo)
        return memo[t]

    def _new(self, t: Term, given: Mapping[Sym, Dual], memo: dict[Term, Dual]) -> Dual:
        match t:
            case Num(q):
                return Dual(self.arithmetic.number(q))
            case Sym():
                return self._symbol(t, given, memo)
            case Add(terms):
                out = Dual(self.arithmetic.number(Fraction(0)))
                for u in terms:
                    out = out + self._dual(u, given, memo)
                return out
            case Mul(factors):
                return self._product(factors, given, memo)
            case Pow(base, n):
                return self._power(self._dual(base, given, memo), n)
            case Bracket(u):
                return self._bracket(self._dual(u, given, memo))
            case D(u, v):
                return self._inner_slope(u, v, given)
            case App(name, orders, args):
                return self._apply(name, orders, [self._dual(a, given, memo) for a in args])
        raise Undecided(str(t))

    def _product(
        self, factors: tuple[Term, ...], given: Mapping[Sym, Dual], memo: dict[Term, Dual]
    ) -> Dual:
        """A factor that is 0 and constant makes the product 0, even where another one can't be told."""
        out, unknown = Dual(self.arithmetic.number(Fraction(1))), None
        for u in factors:
            try:
                x = self._dual(u, given, memo)
            except Undecided as error:
                unknown = error
                continue
            if type(x.slope) is int and self.arithmetic.zero(x.value):
                return x
            out = out * x
        if unknown is not None:
            raise unknown
        return out

    def _symbol(self, t: Sym, given: Mapping[Sym, Dual], memo: dict[Term, Dual]) -> Dual:
        if t in self.definitions:
            return self._dual(self.definitions[t], given, memo)
        if t not in self.inputs:
            raise Undecided(f"no value for {t}")
        value = self.inputs[t]
        if isinstance(value, tuple):
            return Dual(self.arithmetic.between(*value))
        return Dual(self.arithmetic.number(value))

    def _power(self, x: Dual, n: int) -> Dual:
        if n < 0:
            inverse = self.arithmetic.inverse(x.value)
            x, n = Dual(inverse, _mul(x.slope, -inverse * inverse)), -n
        out = Dual(self.arithmetic.number(Fraction(1)))
        while n:
            out, x, n = (out * x if n % 2 else out), x * x, n // 2
        return out

    def _bracket(self, x: Dual) -> Dual:
        sign = self.arithmetic.sign(x.value)
        if sign == 0 and type(x.slope) is not int:
            raise Undecided("a bracket at its kink")
        return Dual(self.arithmetic.number(Fraction(int(sign > 0))))

    def _inner_slope(self, t: Term, v: Sym, given: Mapping[Sym, Dual]) -> Dual:
        if given:
            raise Undecided("a derivative of a derivative")
        return Dual(self.slope(t, v))

    def _apply(self, name: str, orders: tuple[int, ...], args: list[Dual]) -> Dual:
        if name == "pi":
            return Dual(self.arithmetic.pi())
        if name in self.functions:
            return self._defined(self.functions[name], orders, args)
        if name in self.polynomials:
            return self._polynomial(self.polynomials[name].partial(orders), args)
        (x,), (order,) = args, orders
        if order == 0:
            slope = 0 if type(x.slope) is int else x.slope * SLOPES[name](self.arithmetic, x.value)
            return Dual(self.arithmetic.apply(name, x.value), slope)
        if order == 1 and type(x.slope) is int:
            return Dual(SLOPES[name](self.arithmetic, x.value))
        raise Undecided(f"a second derivative of {name}")

    def _polynomial(self, p: Polynomial, args: list[Dual]) -> Dual:
        number = self.arithmetic.number
        values = [a.value for a in args]
        slope: Any = 0
        for k, a in enumerate(args):
            if type(a.slope) is not int:
                partial = p.partial([int(i == k) for i in range(len(args))])(values, number)
                slope = _plus(slope, _mul(partial, a.slope))
        return Dual(p(values, number), slope)

    def _defined(self, f: Function, orders: tuple[int, ...], args: list[Dual]) -> Dual:
        """The body at the arguments; a first derivative is the slope of the body, as a function of its parameter."""
        places = [Sym("#", (k + 1,)) for k in range(f.arity)]
        if not any(orders):
            return self._dual(f.term, dict(zip(places, args, strict=True)), {})
        if sum(orders) > 1 or any(type(a.slope) is not int for a in args):
            raise Undecided(f"a second derivative of {f.name}")
        one = self.arithmetic.number(Fraction(1))
        moved = [Dual(a.value, one) if n else a for a, n in zip(args, orders, strict=True)]
        slope = self._dual(f.term, dict(zip(places, moved, strict=True)), {}).slope
        return Dual(self.arithmetic.number(Fraction(0)) if type(slope) is int else slope)

    def holds(self, p: Prop) -> bool:
        """Whether a hypothesis is satisfied; Undecided where that can't be told.  A polynomial is differentiable."""
        match p:
            case Positive(t):
                return self.arithmetic.sign(self.value(t)) > 0
            case Nonzero(t):
                return self.arithmetic.sign(self.value(t)) != 0
            case Eq(s, t):
                exact = replace(self, arithmetic=Rationals(), _values={}, _slopes={})
                return bool(exact.value(s) == exact.value(t))
            case Differentiable(t):
                return t.name in self.polynomials
        return False


def apart(a: Any, b: Any, arithmetic: Arithmetic) -> bool:
    """Whether two numbers differ: exactly, or in disjoint intervals."""
    if isinstance(arithmetic, Rationals):
        return bool(a != b)
    return bool(a.b < b.a or b.b < a.a)
