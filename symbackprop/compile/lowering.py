"""SymPy expressions with indices into nodes: sums of products become contractions, the rest goes entry by entry.

A table, one row a SymPy class, looked up by type.  Where the numbers of an index start and end is known before (`Ranges`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.numbers import NumberSymbol

from ..errors import InputError
from . import safe
from .names import name
from .nodes import (
    Along,
    Axes,
    Call,
    Contract,
    Count,
    Node,
    Number,
    Part,
    Pick,
    Size,
    Value,
    number,
    plus,
    union,
)
from .products import contracted, factors_of, negated, product, signed, tied, undivided


@dataclass(frozen=True)
class Input:
    """An array as it is given: its name, and of each dimension the index that its first entry has.

    `fixed` are indices that stand in the formula before those of the dimensions, such as the layer of w^(2)_ij.
    `one`: 0 is an index too where the formula has it, and the entry there is 1, as x_0 is; the code puts it in.
    """

    name: str
    starts: tuple[int, ...] = ()
    base: str = ""
    fixed: tuple[Any, ...] = ()
    one: bool = False


@dataclass(frozen=True)
class Run:
    """Where an index runs: from `low` up to `high`, the text of a number, or of a width plus a number.

    `whole` are the (input, dimension, shift) that it covers up to the last entry.
    """

    low: int
    high: str
    whole: frozenset[tuple[str, int, int]] = frozenset()


@dataclass(frozen=True)
class Lowering:
    """One expression's way down; `runs` tells of each index, free or bound, where it runs."""

    find: Callable[[Any], tuple[Input, tuple[Any, ...]] | None]
    runs: Mapping[Any, Run]
    scalars: Mapping[Any, Node] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    widths: frozenset[str] = frozenset()

    def node(self, e: Any) -> Node:
        """The node of an expression.  InputError names what there is no array code for."""
        if _is_constant(e):
            return _constant(self, e)
        for kind in type(e).__mro__:
            row = ROWS.get(kind)
            if row is not None:
                return row(self, e)
        raise InputError(f"{e}: {type(e).__name__} has no array code")

    def index(self, e: Any, inside: Any) -> tuple[Any, int]:
        """An index as (symbol or None, number): i + 2 is (i, 2), and 3 is (None, 3)."""
        if isinstance(e, int | sp.Integer):
            return None, int(e)
        if e in self.runs:
            return e, 0
        if isinstance(e, sp.Add) and len(e.args) == 2 and isinstance(e.args[0], sp.Integer):
            symbol, shift = self.index(e.args[1], inside)
            return symbol, shift + int(e.args[0])
        raise InputError(
            f"{inside}: expected a number, an index, or an index plus a number, got {e}"
        )


# --- arrays ------------------------------------------------------------------------------------------------------


def _member(low: Lowering, e: Any) -> Node:
    if e in low.scalars:
        return low.scalars[e]
    found = low.find(e)
    if found is None and name(e) in low.widths:
        return Value(name(e))
    if found is None:
        raise InputError(f"{e}: expected an entry of an argument")
    source, at = found
    places = [low.index(i, e) for i in at]
    axes = tuple([f"{name(i)}" for i, _ in places if i is not None])
    picks = tuple([_pick(low, source, k, *p) for k, p in enumerate(places)])
    whole = Value(source.name, tuple([name(i) if i is not None else "" for i, _ in places]))
    if len(set(axes)) < len(axes):
        return _diagonal(whole, picks, axes)
    return whole if all(p is None for p in picks) else Part(whole, picks, axes)


def _diagonal(whole: Value, picks: tuple[Pick, ...], axes: Axes) -> Node:
    """w_ii: the entries whose indices are alike."""
    part = Part(whole, picks, axes) if any(p is not None for p in picks) else whole
    return Contract((part,), union([axes]))


def _pick(low: Lowering, source: Input, k: int, symbol: Any, shift: int) -> Pick:
    """What of dimension k an index runs over; None where it is all of it."""
    start = source.starts[k]
    if symbol is None:
        return shift - start
    run = low.runs[symbol]
    first = run.low + shift - start
    if first < 0:
        raise InputError(
            f"{source.name}: expected an index from {start}, got {run.low + shift} in dimension {k}"
        )
    for name_, dimension, most in run.whole:
        if (name_, dimension) == (source.name, k):
            end = shift - most
            return None if first == 0 and end == 0 else (first, end or None)
    return (first, plus(run.high, shift - start + 1))


def _symbol(low: Lowering, e: Any) -> Node:
    if e in low.scalars:
        return low.scalars[e]
    if e in low.runs:
        return Count(name(e), low.runs[e].low, low.runs[e].high)
    if name(e) in low.widths:
        return Value(name(e))
    raise InputError(f"{e}: expected an argument, or an index that an argument has")


# --- sums and products -----------------------------------------------------------------------------------------


def _sum(low: Lowering, e: Any) -> Node:
    """Σ of a product over several indices: one contraction; Σ_i c is (how many i there are) c.

    Factors that no index ties together are summed apart: Σ_ij a_i b_j = (Σ_i a_i) (Σ_j b_j).
    """
    bound = tuple([name(limit[0]) for limit in e.limits])
    sign, body = signed(low.node(e.function))
    factors = [d for f in factors_of(body) for d in undivided(f, bound)]
    counts: list[Node] = []
    for limit in e.limits:
        if name(limit[0]) not in union(f.axes for f in factors):
            run = low.runs[limit[0]]
            counts.append(Size(run.low, run.high))
    outer = [f for f in factors if not {*f.axes} & {*bound}]
    parts = [contracted(group, bound) for group in tied(factors, bound)]
    return negated(product([*counts, *outer, *parts]), sign)


def _product(low: Lowering, e: Any) -> Node:
    """Factors, then what divides them; exp(u_j) / Σ_k exp(u_k) is softmax."""
    numbers = [f for f in e.args if _is_constant(f)]
    factors = [f for f in e.args if not _is_constant(f)]
    folded = sp.Mul(*numbers)
    factors = [folded, *factors] if numbers else factors
    below = [
        f for f in factors if isinstance(f, sp.Pow) and _negative(f.exp) and not _is_constant(f)
    ]
    for f in below:
        top = next((t for t in factors if _is_softmax(low, t, f)), None)
        if top is not None:
            factors.remove(top)
            factors.remove(f)
            rest = [low.node(r) for r in factors]
            return product([*rest, Along("softmax", low.node(top.args[0]), _axis_of(low, top, f))])
    above = [f for f in factors if f not in below]
    coefficient = above[0] if above and isinstance(above[0], sp.Rational) else sp.S.One
    above = [f for f in above if f is not coefficient]
    out = product([low.node(f) for f in above]) if above else number(abs(int(coefficient.p)))
    if above and abs(coefficient.p) != 1:
        out = Call("multiply", (number(abs(int(coefficient.p))), out))
    divisors: list[Node] = [number(int(coefficient.q))] if coefficient.q != 1 else []
    divisors += [low.node(1 / f) for f in below]
    if divisors:
        out = Call("divide", (out, product(divisors)))
    return negated(out) if coefficient.p < 0 else out


def _negative(exponent: Any) -> bool:
    return bool(exponent.is_Rational and exponent < 0)


def _is_softmax(low: Lowering, top: Any, below: Any) -> bool:
    return isinstance(top, sp.exp) and below.exp == -1 and _row(low, top, below.base) is not None


def _axis_of(low: Lowering, top: Any, below: Any) -> str:
    return name(_row(low, top, below.base))


def _row(low: Lowering, top: Any, S: Any) -> Any:
    """The index j for which Σ_k exp(u_k) is the sum of exp(u_j) over all j, else None."""
    if not (isinstance(S, sp.Sum) and isinstance(S.function, sp.exp) and len(S.limits) == 1):
        return None
    k = S.limits[0][0]
    for j in top.free_symbols & {*low.runs}:
        run, other = low.runs[j], low.runs[k]
        same = run.high == other.high or bool(run.whole & other.whole)
        if (
            same
            and run.low == other.low
            and S.function.xreplace({k: j}) == top
            and j not in S.free_symbols
        ):
            return j
    return None


def _added(low: Lowering, e: Any) -> Node:
    """Terms, those with a minus sign last."""
    terms = sorted(e.args, key=lambda t: t.could_extract_minus_sign())
    if terms and isinstance(
        terms[0], sp.Rational
    ):  # numbers first only where all else is subtracted
        rest = [t for t in terms[1:] if not t.could_extract_minus_sign()]
        terms = terms if not rest else [*rest, terms[0], *[t for t in terms[1:] if t not in rest]]
    out = low.node(terms[0])
    for t in terms[1:]:
        minus = t.could_extract_minus_sign()
        out = Call("subtract" if minus else "add", (out, low.node(-t if minus else t)))
    return out


def _power(low: Lowering, e: Any) -> Node:
    base, n = e.args
    if n.is_Integer:
        return _integer_power(low, base, int(n))
    if n == sp.Rational(1, 2):
        return Call("sqrt", (low.node(base),))
    if n == sp.Rational(-1, 2):
        return Call("divide", (number(1), Call("sqrt", (low.node(base),))))
    return Call("power", (low.node(base), low.node(n)))


def _integer_power(low: Lowering, base: Any, n: int) -> Node:
    if n < 0:
        return Call("divide", (number(1), low.node(base**-n)))
    b = low.node(base)
    if n == 2:
        return Call("square", (b,))
    return Call("power", (b, number(n)))


# --- functions -----------------------------------------------------------------------------------------------------


def _logarithm(low: Lowering, e: Any) -> Node:
    """log Σ_k exp(u_k) in one, and the log of a softmax; any other log as it stands."""
    S = e.args[0]
    if isinstance(S, sp.Mul) and len(S.args) == 2:
        for top, below in (S.args, S.args[::-1]):
            if isinstance(below, sp.Pow) and _is_softmax(low, top, below):
                inner = low.node(top.args[0])
                return Call("negative", (Along("surprise", inner, _axis_of(low, top, below)),))
    if isinstance(S, sp.Sum) and isinstance(S.function, sp.exp) and len(S.limits) == 1:
        inner = low.node(S.function.args[0])
        if name(S.limits[0][0]) in inner.axes:
            return Along("logsumexp", inner, name(S.limits[0][0]))
    return Call("log", (low.node(S),))


def _constant(low: Lowering, e: Any) -> Node:
    """A rational as it is, π and √2 and the like as the nearest double."""
    if isinstance(e, sp.Rational):
        return Number(Fraction(int(e.p), int(e.q)))
    value = sp.N(e, 30)
    if not isinstance(value, sp.Float) or not isfinite(float(value)):
        raise InputError(f"{e}: expected a real number")
    return Number(float(value))


def _is_constant(e: Any) -> bool:
    """Whether it is one number; a sum of numbers is one too, but is summed as it stands."""
    return bool(getattr(e, "is_number", False)) and not e.has(sp.Sum, AppliedUndef)


def _cases(low: Lowering, e: Any) -> Node:
    """The value of the first condition that holds."""
    *others, last = e.args
    if last.cond != sp.true:
        raise InputError(f"{e}: expected the last condition to be True, got {last.cond}")
    out = low.node(last.expr)
    for pair in reversed(others):
        out = Call("where", (low.node(pair.cond), low.node(pair.expr), out))
    return out


def _compared(op: str) -> Row:
    return lambda low, e: Call(op, (low.node(e.lhs), low.node(e.rhs)))


def _folded(op: str) -> Row:
    def row(low: Lowering, e: Any) -> Node:
        first, *rest = [
            low.node(a) for a in sorted(e.args, key=lambda a: (a.is_number, sp.default_sort_key(a)))
        ]
        for other in rest:
            first = Call(op, (first, other))
        return first

    return row


def _called(op: str) -> Row:
    return lambda low, e: Call(op, tuple([low.node(a) for a in e.args]))


def _same(low: Lowering, e: Any) -> Node:
    return Call("number", (Call("equal", (low.node(e.args[0]), low.node(e.args[1]))),))


def _step(low: Lowering, e: Any) -> Node:
    return Call("heaviside", (low.node(e.args[0]), low.node(e.args[1])))


def _applied(low: Lowering, e: Any) -> Node:
    """A function of the user's: what `functions` says that it is."""
    found = low.functions.get(type(e).__name__)
    if found is None:
        own = type(e).__name__.removesuffix(
            "_prime"
        )  # of g_prime, g is asked for, and it is differentiated
        raise InputError(
            f"{e}: {type(e).__name__} is no function with array code; functions={{{own!r}: …}} can say what it is"
        )
    return low.node(safe.safe(_value_of(found, e)))


def _value_of(found: Callable[..., Any], e: Any) -> Any:
    """What the user's function makes of its arguments."""
    what = f"functions[{type(e).__name__!r}]"
    try:
        out = found(*e.args)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise InputError(
            f"{what}: expected a callable of {len(e.args)} expression(s), but it raised {said}"
        ) from None
    try:
        return sp.sympify(out, strict=True)
    except sp.SympifyError:
        raise InputError(f"{what}: expected a SymPy expression, got {type(out).__name__}") from None


Row = Callable[[Lowering, Any], Node]

NAMES = [
    "exp",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "erf",
    "erfc",
    "sign",
    "sigmoid",
    "softplus",
    "bell",
    "gauss",
    "log1p",
    "expm1",
    "floor",
]

ROWS: dict[type, Row] = {
    sp.Rational: _constant,
    sp.Float: _constant,
    NumberSymbol: _constant,
    sp.Indexed: _member,
    sp.Symbol: _symbol,
    sp.Add: _added,
    sp.Mul: _product,
    sp.Pow: _power,
    sp.Sum: _sum,
    sp.log: _logarithm,
    sp.Piecewise: _cases,
    sp.KroneckerDelta: _same,
    sp.Heaviside: _step,
    sp.Max: _folded("maximum"),
    sp.Min: _folded("minimum"),
    sp.And: _folded("logical_and"),
    sp.Or: _folded("logical_or"),
    sp.Not: _called("logical_not"),
    sp.ITE: _called("where"),
    sp.Gt: _compared("greater"),
    sp.Lt: _compared("less"),
    sp.Ge: _compared("greater_equal"),
    sp.Le: _compared("less_equal"),
    sp.Eq: _compared("equal"),
    sp.Ne: _compared("not_equal"),
    sp.Abs: _called("absolute"),
    sp.atan: _called("arctan"),
    sp.asin: _called("arcsin"),
    sp.acos: _called("arccos"),
    sp.asinh: _called("arcsinh"),
    sp.acosh: _called("arccosh"),
    sp.atanh: _called("arctanh"),
    **{getattr(safe, n, None) or getattr(sp, n): _called(n) for n in NAMES},
    sp.erfc: _called("erfc"),
    AppliedUndef: _applied,
}


__all__ = ["ROWS", "Input", "Lowering", "Run"]
