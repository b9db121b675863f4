"""SymPy expressions into kernel terms: a table, one row a SymPy class, looked up by exact type.

Sums over finite ranges are written out, with the bound index in an environment of its own, so nothing can be captured; the
conditions of a `Piecewise` become brackets.  A float is read as the rational that its decimals write (0.1 as 1/10) and
noted, for a rounded constant must not refute a claim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy as sp
from sympy.core.numbers import Exp1, Half, NegativeOne, One, Pi, Zero
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from ..errors import InputError
from ..kernel import Add, App, Bracket, Mul, Num, Pow, Sym, Term
from .functions import apply, exp, minus, num, plus, times
from .symbols import Quantity

Environment = Mapping[Any, int]
LANGUAGE = (
    "sums, products, integer and half-integer powers, exp, log, sin, cos, tan, sinh, cosh, tanh and their"
    " inverses 1/…, erf, Abs, sign, Max, Min, Heaviside, Piecewise, Sum, Product"
)
MAX_SUM = 200_000


@dataclass(frozen=True)
class Reader:
    """Reads expressions; `resolve` says what a Quantity with known indices, or a free symbol, is.

    `numbers` are the values of index symbols; `floats` collects each float as (value, half a unit of its last digit);
    a `loose` reader makes of the k-th float the symbol decimal[k], which may be any number that the float may be a rounding of.
    """

    resolve: Callable[[str, tuple[int, ...]], Term]
    free: Callable[[sp.Symbol], Term]
    numbers: Environment = field(default_factory=dict)
    floats: list[tuple[Fraction, Fraction]] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)
    loose: bool = False
    spent: list[int] = field(default_factory=lambda: [0])

    def term(self, e: Any) -> Term:
        """The kernel term of a SymPy expression.  InputError names what is not in the language."""
        if isinstance(e, int) and not isinstance(e, bool):
            return num(e)
        if isinstance(e, float):
            e = sp.Float(e)
        row = ROWS.get(type(e))
        if row is None:
            raise InputError(f"{_named(e)} is not in the language of terms: expected {LANGUAGE}")
        return row(self, e)

    def bind(self, numbers: Environment) -> Reader:
        return replace(self, numbers={**self.numbers, **numbers})

    def call(self, name: str, e: sp.Expr) -> Term:
        self.functions.add(name)
        return apply(name, self.term(e.args[0]))

    def number(self, e: Any) -> Fraction | None:
        """The value of an expression in index symbols alone, else None."""
        if isinstance(e, int):
            return Fraction(e)
        if isinstance(e, sp.Rational):
            return Fraction(int(e.p), int(e.q))
        if e in self.numbers:
            return Fraction(self.numbers[e])
        if type(e) in (sp.Add, sp.Mul):
            parts = [self.number(a) for a in e.args]
            known = [p for p in parts if p is not None]
            fold = sum if type(e) is sp.Add else _product
            return Fraction(fold(known)) if len(known) == len(parts) else None
        return None

    def integer(self, e: Any, whole: Any) -> int:
        """The value of an index or a limit; `whole` is the expression that it stands in."""
        value = self.number(e)
        if value is None or value.denominator != 1:
            raise InputError(f"{whole}: expected an integer in place of {e}")
        return int(value)

    def condition(self, c: Any) -> Term:
        """A condition as a term that is 1 where it holds and 0 elsewhere."""
        row = CONDITIONS.get(type(c))
        if row is None:
            raise InputError(f"the condition {c} is not in the language of terms")
        return row(self, c)


def _named(e: Any) -> str:
    kind = getattr(e, "func", type(e))
    text = str(e)
    return f"{getattr(kind, '__name__', kind)} in {text if len(text) < 60 else text[:57] + '...'}"


def _product(values: list[Fraction]) -> Fraction:
    return reduce(lambda a, b: a * b, values, Fraction(1))


def _rational(r: Reader, e: sp.Rational) -> Term:
    return Num(Fraction(int(e.p), int(e.q)))


def decimal(value: Any) -> tuple[Fraction, Fraction]:
    """The rational that a float's decimals write, and half a unit of their last digit.

    >>> decimal(sp.Float("0.1")), decimal(0.25)
    ((Fraction(1, 10), Fraction(1, 20)), (Fraction(1, 4), Fraction(1, 200)))
    """
    number = sp.Float(value)
    if not number.is_finite:
        raise InputError(f"expected a finite number, got {value}")
    double = number._prec == 53 and sp.Float(float(number), precision=53) == number
    digits = repr(float(number)) if double else str(number)
    mantissa, _, exponent = digits.lower().partition("e")
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    half = Fraction(1, 2) * Fraction(10) ** -places
    if (
        len(mantissa.replace(".", "").strip("-0")) >= 15
    ):  # computed, so with the errors of some operations
        half = max(half, 8 * Fraction(1, 2**52) * max(abs(Fraction(digits)), Fraction(1)))
    return Fraction(digits), half


def _float(r: Reader, e: sp.Float) -> Term:
    r.floats.append(decimal(e))
    return Sym("decimal", (len(r.floats) - 1,)) if r.loose else Num(r.floats[-1][0])


def _symbol(r: Reader, e: sp.Symbol) -> Term:
    return num(r.numbers[e]) if e in r.numbers else r.free(e)


def _indexed(r: Reader, e: sp.Indexed) -> Term:
    base = e.base.label if isinstance(e.base, sp.IndexedBase) else e.base
    index = tuple(r.integer(i, e) for i in e.indices)
    return r.resolve(str(base), index)


def _power(r: Reader, e: sp.Pow) -> Term:
    base, exponent = e.args
    n = r.number(exponent)
    if n is None:
        raise InputError(f"the power {e}: expected a rational exponent")
    if n.denominator == 1 and abs(n) <= 1000:
        return Pow(r.term(base), int(n))
    if n.denominator == 2 and abs(n) <= 500:
        return Pow(apply("sqrt", r.term(base)), int(2 * n))
    raise InputError(f"the power {e}: expected an integer or half-integer exponent up to 1000")


def _sum(r: Reader, e: sp.Sum) -> Term:
    return Add(tuple(_written_out(r, e)))


def _multiplied(r: Reader, e: sp.Product) -> Term:
    return Mul(tuple(_written_out(r, e)))


def _written_out(r: Reader, e: sp.Sum | sp.Product) -> list[Term]:
    """The summands, outermost limit last as SymPy has it; an empty range has none."""
    readers = [r]
    for limit in reversed(e.limits):
        if len(limit) != 3:
            raise InputError(f"{e}: expected limits (index, from, to), got {limit}")
        readers = [b for one in readers for b in _bindings(one, e, limit)]
    return [one.term(e.function) for one in readers]


def _bindings(r: Reader, e: Any, limit: Any) -> list[Reader]:
    index, low, high = limit[0], r.integer(limit[1], e), r.integer(limit[2], e)
    if type(index) not in (sp.Symbol, sp.Dummy):
        raise InputError(f"{e}: expected a symbol as index, got {index}")
    r.spent[0] += max(0, high - low + 1)
    if r.spent[0] > MAX_SUM:
        raise InputError(f"{e}: expected at most {MAX_SUM:,} terms in all sums")
    return [r.bind({index: k}) for k in range(low, high + 1)]


def _same_index(r: Reader, e: sp.KroneckerDelta) -> Term:
    a, b = (r.number(x) for x in e.args[:2])
    if a is None or b is None or len(e.args) > 2:
        raise InputError(f"{e}: expected two indices")
    return num(1 if a == b else 0)


def _largest(r: Reader, e: sp.Max, sign: int = 1) -> Term:
    """max(a, b) = b + (a - b) [a - b > 0]."""

    def two(a: Term, b: Term) -> Term:
        gap = plus(a, minus(b))
        return plus(b, times(gap, Bracket(gap if sign == 1 else minus(gap))))

    return reduce(two, [r.term(a) for a in sorted(e.args, key=sp.default_sort_key)])


def _step(r: Reader, e: sp.Heaviside) -> Term:
    """H(t) = [t > 0] + H(0) (1 - [t > 0] - [-t > 0])."""
    t = r.term(e.args[0])
    at_zero = r.term(e.args[1])
    zero = plus(num(1), minus(Bracket(t)), minus(Bracket(minus(t))))
    return plus(Bracket(t), times(at_zero, zero))


def _piecewise(r: Reader, e: sp.Piecewise) -> Term:
    """The value of the first condition that holds; the last condition must be True."""
    if type(e.args[-1].cond) is not BooleanTrue:
        raise InputError(f"{e}: expected the last condition to be True, got {e.args[-1].cond}")
    out: Term = num(0)
    for pair in reversed(_undecided(r, e.args)):
        c = r.condition(pair.cond)
        out = plus(times(c, r.term(pair.expr)), times(plus(num(1), minus(c)), out))
    return out


def _undecided(r: Reader, args: Any) -> list[Any]:
    """The cases that count once conditions on indices are decided: those never met are not even read."""
    kept = []
    for pair in args:
        truth = decide(r, pair.cond)
        if truth is not False:
            kept.append(ExprCondPair(pair.expr, True) if truth else pair)
        if truth:
            break
    return kept


def decide(r: Reader, c: Any) -> bool | None:
    """Whether a condition on index symbols holds; None where it is not one."""
    if type(c) in (BooleanTrue, BooleanFalse):
        return type(c) is BooleanTrue
    if type(c) in (sp.And, sp.Or, sp.Not):
        return _decide_all(r, c)
    if isinstance(c, sp.core.relational.Relational):
        a, b = r.number(c.lhs), r.number(c.rhs)
        return None if a is None or b is None else bool(c.func(sp.Rational(a), sp.Rational(b)))
    return None


def _decide_all(r: Reader, c: Any) -> bool | None:
    parts = [decide(r, a) for a in c.args]
    if type(c) is sp.Not:
        return None if parts[0] is None else not parts[0]
    enough = type(c) is sp.Or  # one true part settles an Or, one false part an And
    if enough in parts:
        return enough
    return None if None in parts else not enough


Row = Callable[[Reader, Any], Term]

ROWS: dict[type, Row] = {
    **dict.fromkeys((sp.Integer, sp.Rational, Zero, One, NegativeOne, Half), _rational),
    sp.Float: _float,
    sp.Symbol: _symbol,
    sp.Dummy: _symbol,
    sp.Indexed: _indexed,
    Quantity: _indexed,
    Pi: lambda r, e: App("pi", (), ()),
    Exp1: lambda r, e: exp(num(1)),
    sp.Add: lambda r, e: Add(tuple([r.term(a) for a in e.args])),
    sp.Mul: lambda r, e: Mul(tuple([r.term(a) for a in e.args])),
    sp.Pow: _power,
    sp.Sum: _sum,
    sp.Product: _multiplied,
    sp.KroneckerDelta: _same_index,
    sp.exp: lambda r, e: exp(r.term(e.args[0])),
    sp.log: lambda r, e: apply("log", r.term(e.args[0])),
    sp.sin: lambda r, e: apply("sin", r.term(e.args[0])),
    sp.cos: lambda r, e: apply("cos", r.term(e.args[0])),
    sp.erf: lambda r, e: apply("erf", r.term(e.args[0])),
    sp.erfc: lambda r, e: plus(num(1), minus(apply("erf", r.term(e.args[0])))),
    sp.tanh: lambda r, e: r.call("tanh", e),
    sp.sinh: lambda r, e: r.call("sinh", e),
    sp.cosh: lambda r, e: r.call("cosh", e),
    sp.coth: lambda r, e: r.call("coth", e),
    sp.sech: lambda r, e: r.call("sech", e),
    sp.csch: lambda r, e: r.call("csch", e),
    sp.tan: lambda r, e: r.call("tan", e),
    sp.cot: lambda r, e: r.call("cot", e),
    sp.sec: lambda r, e: r.call("sec", e),
    sp.csc: lambda r, e: r.call("csc", e),
    sp.Abs: lambda r, e: r.call("abs", e),
    sp.sign: lambda r, e: r.call("sign", e),
    sp.Max: _largest,
    sp.Min: lambda r, e: _largest(r, e, -1),
    sp.Heaviside: _step,
    sp.Piecewise: _piecewise,
    ExprCondPair: lambda r, e: times(r.condition(e.cond), r.term(e.expr)),
}


def _above(r: Reader, a: Any, b: Any) -> Term:
    """[a > b]; decided at once for indices."""
    p, q = r.number(a), r.number(b)
    if p is not None and q is not None:
        return num(1 if p > q else 0)
    return Bracket(plus(r.term(a), minus(r.term(b))))


def _not(t: Term) -> Term:
    return plus(num(1), minus(t))


def _equal(r: Reader, a: Any, b: Any) -> Term:
    return times(_not(_above(r, a, b)), _not(_above(r, b, a)))


def _either(r: Reader, c: Any) -> Term:
    return _not(Mul(tuple([_not(r.condition(a)) for a in c.args])))


CONDITIONS: dict[type, Row] = {
    BooleanTrue: lambda r, c: num(1),
    BooleanFalse: lambda r, c: num(0),
    sp.StrictGreaterThan: lambda r, c: _above(r, c.lhs, c.rhs),
    sp.StrictLessThan: lambda r, c: _above(r, c.rhs, c.lhs),
    sp.GreaterThan: lambda r, c: _not(_above(r, c.rhs, c.lhs)),
    sp.LessThan: lambda r, c: _not(_above(r, c.lhs, c.rhs)),
    sp.Eq: lambda r, c: _equal(r, c.lhs, c.rhs),
    sp.Ne: lambda r, c: _not(_equal(r, c.lhs, c.rhs)),
    sp.And: lambda r, c: Mul(tuple([r.condition(a) for a in c.args])),
    sp.Or: _either,
    sp.Not: lambda r, c: _not(r.condition(c.args[0])),
}


__all__ = ["CONDITIONS", "ROWS", "Reader", "decimal"]
