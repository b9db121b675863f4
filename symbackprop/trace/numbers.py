"""Formulas at points: exact fractions while they last, then enclosing intervals; and slopes by dual numbers.

This has the last word on REFUTED.  It reads the formulas as they were written, neither the kernel's terms nor the table
of facts: functions by mpmath, the slopes of functions without a textbook row by numerical differences of 60 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

import mpmath

from ..refute.numbers import IV, MP, Undefined, interval, plus, raised, sign_of, times
from .aliases import unaliased
from .grammar import Formula
from .reading import pieces

FARTHEST = 2_000
SLACK = IV.mpf([-1, 1]) / 10**45
WIDE = IV.mpf([-1, 1]) / 10**24
Number = Any
"""A Fraction, or an interval of mpmath's."""


@dataclass(frozen=True)
class Dual:
    """value + slope ε; a slope that is None is that of a constant."""

    value: Number
    slope: Number | None = None


class Kink(Undefined):
    """The point lies on the border between two pieces of what is differentiated."""


@dataclass
class Evaluator:
    """Evaluates formulas at one point; `at` gives the names their numbers, and `loose` decimals their enclosures."""

    at: Mapping[str, Dual]
    loose: Mapping[str, tuple[Fraction, Fraction]]
    by_cases: bool = False
    """Whether on a border of two pieces the one counts that the condition gives there, as in a program that is differentiated."""

    def value(self, f: Formula) -> Number:
        return self.dual(f).value

    def slope(self, f: Formula) -> Number:
        """The derivative by the name whose slope is 1; Kink at a border of two pieces."""
        found = self.dual(f).slope
        return Fraction(0) if found is None else found

    def dual(self, f: Formula) -> Dual:
        f = unaliased(f)
        if f.head == "number":
            own = self.loose.get(f.text)
            return Dual(f.value if own is None else _between(*own))
        if f.head == "name":
            return self.at[f.text] if f.text in self.at else Dual(CONSTANTS[f.text]())
        if f.head in ("Piecewise", "where"):
            return self.dual(next(v for v, c in pieces(f) if self.holds(c)))
        if f.head in SHAPES:
            return SHAPES[f.head](self, f)
        args = [self.dual(a) for a in f.args]
        if f.head in ARITHMETIC:
            return ARITHMETIC[f.head](*args)
        return _applied(f.head, args)

    def holds(self, c: Formula) -> bool:
        """Whether a condition holds; Undefined where that can't be told, Kink on the border of what is differentiated."""
        c = unaliased(c)
        head = SAME.get(c.head, c.head)
        if head in ("true", "false"):
            return head == "true"
        if head == "&":
            return all(self.holds(a) for a in c.args)
        if head == "|":
            return any(self.holds(a) for a in c.args)
        if head == "~":
            return not self.holds(c.args[0])
        if head == "integer":
            x = self.dual(c.args[0])
            if not isinstance(x.value, Fraction):
                raise Undefined("whether a number is an integer")
            return x.value.denominator == 1
        sign = self.side(*c.args)
        return TESTS[head](sign)

    def side(self, left: Formula, right: Formula) -> int:
        """The sign of a difference; on a border that moves with what is differentiated, there is none."""
        a, b = self.dual(left), self.dual(right)
        gap = _sum(a, Dual(_minus(b.value), None if b.slope is None else _minus(b.slope)))
        return self.told(gap)

    def told(self, gap: Dual) -> int:
        """The sign of a number."""
        sign = sign_of(gap.value)
        if sign is None:
            raise Undefined("a sign")
        if sign == 0 and gap.slope is not None and not self.by_cases:
            raise Kink("a border of two pieces")
        return sign


SAME = {"Eq": "==", "Ne": "!=", "Gt": ">", "Lt": "<", "Ge": ">=", "Le": "<="}
SAME |= {"And": "&", "Or": "|", "Not": "~"}
TESTS: dict[str, Callable[[int], bool]] = {
    "<": lambda s: s < 0,
    "<=": lambda s: s <= 0,
    ">": lambda s: s > 0,
    ">=": lambda s: s >= 0,
    "==": lambda s: s == 0,
    "!=": lambda s: s != 0,
}
CONSTANTS: dict[str, Callable[[], Number]] = {"pi": lambda: +IV.pi, "E": lambda: IV.exp(1)}


def _between(low: Fraction, high: Fraction) -> Number:
    return IV.mpf([interval(low).a, interval(high).b])


def _minus(x: Number) -> Number:
    return times(Fraction(-1), x)


# --- arithmetic ---------------------------------------------------------------------------------------------------------


def _plus(a: Number | None, b: Number | None) -> Number | None:
    return b if a is None else a if b is None else plus(a, b)


def _times(a: Number | None, b: Number | None) -> Number | None:
    return None if a is None or b is None else times(a, b)


def _sum(a: Dual, b: Dual) -> Dual:
    return Dual(plus(a.value, b.value), _plus(a.slope, b.slope))


def _product(a: Dual, b: Dual) -> Dual:
    slope = _plus(_times(a.slope, b.value), _times(a.value, b.slope))
    return Dual(times(a.value, b.value), slope)


def _inverse(a: Dual) -> Dual:
    inverse = raised(a.value, -1)
    return Dual(inverse, _times(a.slope, _minus(times(inverse, inverse))))


def _power(a: Dual, b: Dual) -> Dual:
    """a^b: by products for an integer, else exp(b log(a)) for a > 0."""
    n = b.value
    if b.slope is None and isinstance(n, Fraction) and n.denominator == 1 and abs(n) <= FARTHEST:
        slope = None
        if a.slope is not None and n:
            slope = times(n, times(raised(a.value, int(n) - 1), a.slope))
        return Dual(raised(a.value, int(n)), slope)
    return _applied("exp", [_product(b, _applied("log", [a]))])


ARITHMETIC: dict[str, Callable[..., Dual]] = {
    "+": _sum,
    "*": _product,
    "neg": lambda a: _product(Dual(Fraction(-1)), a),
    "/": lambda a, b: _product(a, _inverse(b)),
    "Rational": lambda a, b: _product(a, _inverse(b)),
    "**": _power,
}


# --- pieces -------------------------------------------------------------------------------------------------------------


def _absolute(e: Evaluator, f: Formula) -> Dual:
    a = e.dual(f.args[0])
    return a if e.told(a) >= 0 else _product(Dual(Fraction(-1)), a)


def _signed(e: Evaluator, f: Formula) -> Dual:
    return Dual(Fraction(e.told(e.dual(f.args[0]))))


def _step(e: Evaluator, f: Formula) -> Dual:
    sign = e.told(e.dual(f.args[0]))
    at_zero = e.dual(f.args[1]) if len(f.args) > 1 else Dual(Fraction(1, 2))
    return Dual(Fraction(int(sign > 0))) if sign else at_zero


def _extreme(way: int) -> Callable[[Evaluator, Formula], Dual]:
    def chosen(e: Evaluator, f: Formula) -> Dual:
        best = e.dual(f.args[0])
        for g in f.args[1:]:
            other = e.dual(g)
            gap = _sum(other, _product(Dual(Fraction(-1)), best))
            best = other if e.told(gap) * way > 0 else best
        return best

    return chosen


def _floor(e: Evaluator, f: Formula) -> Dual:
    a = e.dual(f.args[0])
    x = a.value
    if isinstance(x, Fraction):
        if x.denominator == 1 and a.slope is not None:
            raise Kink("a jump of floor")
        return Dual(Fraction(x.numerator // x.denominator))
    low, high = int(MP.floor(x.a)), int(MP.floor(x.b))
    if low != high:
        raise Undefined("floor")
    return Dual(Fraction(low))


SHAPES: dict[str, Callable[[Evaluator, Formula], Dual]] = {
    "Abs": _absolute,
    "sign": _signed,
    "Heaviside": _step,
    "Max": _extreme(1),
    "Min": _extreme(-1),
    "floor": _floor,
}

# --- functions ------------------------------------------------------------------------------------------------------------

EXACT: dict[tuple[str, Any], int] = {("exp", 0): 1, ("log", 1): 0, ("sin", 0): 0, ("cos", 0): 1}
EXACT |= {(name, 0): 0 for name in ("erf", "tan", "sinh", "tanh", "atan", "asinh", "atanh", "asin")}
EXACT |= {("cosh", 0): 1, ("gamma", 1): 1, ("loggamma", 1): 0, ("erfinv", 0): 0, ("sec", 0): 1}
POSITIVE = ("log", "sqrt")


def _applied(name: str, args: list[Dual]) -> Dual:
    values = [a.value for a in args]
    out = apply(name, values)
    slope = None
    for k, a in enumerate(args):
        if a.slope is not None:
            slope = _plus(slope, times(_partial(name, values, k), a.slope))
    return Dual(out, slope)


def apply(name: str, values: list[Number]) -> Number:
    """A function's value, exactly where that is plain.  Undefined outside its domain or too far out."""
    x = values[0]
    if len(values) == 1 and isinstance(x, Fraction) and (name, x) in EXACT:
        return Fraction(EXACT[name, int(x)])
    if name in POSITIVE and sign_of(x) != 1:
        raise Undefined(f"{name} of what may not be positive")
    if name == "sqrt" and isinstance(x, Fraction):
        root = Fraction(isqrt(x.numerator), isqrt(x.denominator))
        if root**2 == x:
            return root
    ends = [interval(v) for v in values]
    if any(not (t.a > -FARTHEST and t.b < FARTHEST) for t in ends) and name not in POSITIVE:
        raise Undefined(f"{name}: too far out")
    if name in ("exp", "log", "sin", "cos", "sqrt"):
        return getattr(IV, name)(ends[0])
    if name in BY_SINES:
        return BY_SINES[name](ends[0])
    if name in GROWING:
        return _grown(special(name), ends[0])
    return _enclosed(lambda *v: special(name)(*v), ends, SLACK)


def _grown(f: Callable[..., Any], x: Any) -> Any:
    """A function that grows everywhere: its ends enclose it."""
    try:
        low, high = [f(MP.make_mpf(x._mpi_[k])) for k in (0, 1)]
        if not isinstance(low, MP.mpf) or not isinstance(high, MP.mpf):
            raise Undefined("no real number")
        low, high = [IV.make_mpf((v._mpf_, v._mpf_)) for v in (low, high)]
    except (ValueError, ArithmeticError) as error:
        raise Undefined(str(error)) from None
    return IV.mpf([low.a, high.b]) + SLACK * (1 + abs(high) + abs(low))


def _divided(a: Any, b: Any) -> Any:
    if b.a <= 0 <= b.b:
        raise Undefined("1/0")
    return a / b


BY_SINES: dict[str, Callable[[Any], Any]] = {
    "tan": lambda x: _divided(IV.sin(x), IV.cos(x)),
    "cot": lambda x: _divided(IV.cos(x), IV.sin(x)),
    "sec": lambda x: _divided(IV.mpf(1), IV.cos(x)),
    "csc": lambda x: _divided(IV.mpf(1), IV.sin(x)),
    "cosh": lambda x: (IV.exp(x) + IV.exp(-x)) / 2,
    "sech": lambda x: 2 / (IV.exp(x) + IV.exp(-x)),
    "coth": lambda x: 1 + _divided(IV.mpf(2), IV.exp(2 * x) - 1),
    "csch": lambda x: _divided(IV.mpf(2), IV.exp(x) - IV.exp(-x)),
}
GROWING = {"tanh", "sinh", "erf", "erfi", "atan", "asin", "asinh", "acosh", "atanh", "erfinv"}


def _enclosed(f: Callable[..., Any], ends: list[Any], slack: Any) -> Any:
    """Of a smooth function of narrow intervals: its values at the corners and the middle, widened by what they differ by."""
    corners = [[MP.make_mpf(t._mpi_[k]) for t in ends] for k in (0, 1)]
    if any(abs(b - a) > (1 + abs(a)) / 10**20 for a, b in zip(*corners, strict=True)):
        raise Undefined("an interval too wide for a function without monotone pieces")
    try:
        low, high = f(*corners[0]), f(*corners[1])
    except (ValueError, ArithmeticError, TypeError, mpmath.libmp.NoConvergence) as error:
        raise Undefined(str(error)) from None
    for v in (low, high):
        if not isinstance(v, MP.mpf) or not MP.isfinite(v):
            raise Undefined("no real number")
    spread = 8 * abs(high - low)
    middle = IV.mpf([low._mpf_, low._mpf_]) if False else IV.make_mpf((low._mpf_, low._mpf_))
    radius = IV.make_mpf((spread._mpf_, spread._mpf_))
    return middle + radius * IV.mpf([-1, 1]) + slack * (1 + abs(middle))


def _partial(name: str, values: list[Number], k: int) -> Number:
    """The partial derivative of a function by its k-th argument."""
    if name in TEXTBOOK:
        return TEXTBOOK[name](values[0])
    f = special(name)

    def slope(*v: Any) -> Any:
        def moved(t: Any) -> Any:
            return f(*v[:k], t, *v[k + 1 :])

        return MP.diff(moved, v[k], h=MP.mpf(10) ** -30)

    return _enclosed(slope, [interval(v) for v in values], WIDE)


def _quotient(a: Number, b: Number) -> Number:
    return times(a, raised(b, -1))


TEXTBOOK: dict[str, Callable[[Number], Number]] = {
    "exp": lambda x: apply("exp", [x]),
    "log": lambda x: raised(x, -1),
    "sin": lambda x: apply("cos", [x]),
    "cos": lambda x: _minus(apply("sin", [x])),
    "sqrt": lambda x: raised(times(Fraction(2), apply("sqrt", [x])), -1),
    "sinh": lambda x: apply("cosh", [x]),
    "cosh": lambda x: apply("sinh", [x]),
    "tanh": lambda x: raised(apply("cosh", [x]), -2),
    "tan": lambda x: raised(apply("cos", [x]), -2),
    "atan": lambda x: raised(plus(Fraction(1), times(x, x)), -1),
    "erf": lambda x: 2 / IV.sqrt(IV.pi) * interval(apply("exp", [_minus(times(x, x))])),
}


def _real(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose value counts where it is real."""

    def value(*args: Any) -> Any:
        out = f(*args)
        return out.real if isinstance(out, MP.mpc) and out.imag == 0 else out

    return value


def _polygamma(n: Any, x: Any) -> Any:
    return MP.psi(int(n), x)


SPECIAL: dict[str, Callable[..., Any]] = {
    "loggamma": lambda x: MP.log(abs(MP.gamma(x))),
    "polygamma": _polygamma,
    "atan2": lambda y, x: MP.atan2(y, x),
    "erfi": MP.erfi,
    "dawsn": lambda x: MP.sqrt(MP.pi) / 2 * MP.exp(-x * x) * MP.erfi(x),
    "lowergamma": lambda a, x: MP.gammainc(a, 0, x),
    "betainc": lambda a, b, x: MP.betainc(a, b, 0, x, regularized=True),
    "zeta": lambda s, a: MP.zeta(s, a),
    "Si": MP.si,
    "Ci": MP.ci,
    "Shi": MP.shi,
    "Chi": MP.chi,
    "Ei": MP.ei,
    "airyaiprime": lambda x: MP.airyai(x, derivative=1),
    "airybiprime": lambda x: MP.airybi(x, derivative=1),
    "LambertW": MP.lambertw,
    "elliptic_k": MP.ellipk,
    "elliptic_e": MP.ellipe,
    "spence": lambda x: MP.polylog(2, 1 - x),
    "digamma": MP.digamma,
}


def special(name: str) -> Callable[..., Any]:
    """A function by mpmath, at 90 digits."""
    f = SPECIAL.get(name) or getattr(MP, name, None)
    if f is None:
        raise Undefined(f"no values of {name}")
    return _real(f)


__all__ = ["Dual", "Evaluator", "Kink", "Undefined", "apply", "special"]
