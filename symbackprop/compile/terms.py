"""The terms of a theorem as SymPy expressions with indices, for a theorem's formula to be compiled.

A member of a family is an `Indexed`, a sum over a range a `Sum` with an index of its own, [i = j] a `KroneckerDelta`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import (
    Add,
    App,
    AtLeast,
    Bound,
    Bracket,
    D,
    Eq,
    Int,
    Kron,
    Mul,
    Num,
    Pow,
    Slope,
    Sum,
    Sym,
    Theorem,
    Vec,
)
from ..network.symbols import LETTERS, quantity

Row = Callable[[Any, tuple[Any, ...]], Any]


def formula(theorem: Theorem, claim: int = 0) -> Any:
    """The right side of one of a theorem's claims: what its left side, mostly a derivative, is proved to be.

    >>> from symbackprop.library import theorem
    >>> formula(theorem("softmax with cross entropy, unit targets"))
    x_j^(L) - y_j

    Raises InputError where there is no such claim.
    """
    found = theorem.sequents
    if not isinstance(claim, int) or not 0 <= claim < len(found):
        raise InputError(f"claim: expected a number from 0 to {len(found) - 1}, got {claim!r}")
    conclusion = found[claim].conclusion
    if isinstance(conclusion, Slope):
        return expression(conclusion.value)
    if isinstance(conclusion, Eq):
        return expression(conclusion.right)
    raise InputError(f"claim {claim}: expected an equation, got {conclusion}")


def lowest(theorem: Theorem, claim: int = 0) -> dict[str, int]:
    """Of each index that a claim's hypotheses say so of, the number that it starts from: i ≥ 0 for a weight's i.

    >>> from symbackprop.library import theorem
    >>> found = lowest(theorem("weight gradient"))
    >>> found["i"], found["j"]
    (0, 1)
    """
    out: dict[str, int] = {}
    for h in theorem.sequents[claim].hypotheses:
        if isinstance(h, AtLeast):
            shift, index = sp.sympify(expression(h.low)).as_coeff_Add()
            if isinstance(index, sp.Symbol):
                out[index.name] = max(-int(shift), out.get(index.name, -int(shift)))
    return out


def expression(t: Any, bound: tuple[Any, ...] = ()) -> Any:
    """A term in SymPy; `bound` are the indices of the sums around it, the innermost last."""
    if isinstance(t, int):
        return sp.Integer(t)
    row = ROWS.get(type(t))
    if row is None:
        raise InputError(f"{t}: {type(t).__name__} is no formula that can be computed")
    return row(t, bound)


def _symbol(t: Sym, bound: tuple[Any, ...]) -> Any:
    at = [expression(i, bound) for i in t.index]
    if t.name in LETTERS:
        return quantity(t.name, *at)
    return sp.IndexedBase(t.name, real=True)[tuple(at)] if at else sp.Symbol(t.name, real=True)


def _integer(t: Int, bound: tuple[Any, ...]) -> Any:
    if t.index:
        return quantity(t.name, *[expression(i, bound) for i in t.index])
    return sp.Symbol(t.name, integer=True)


def _sum(t: Sum, bound: tuple[Any, ...]) -> Any:
    index = sp.Symbol(f"k{len(bound) or ''}", integer=True)
    limits = (index, expression(t.low, bound), expression(t.high, bound))
    return sp.Sum(expression(t.body, (*bound, index)), limits)


def _applied(t: App, bound: tuple[Any, ...]) -> Any:
    """A known function; an opaque one by its name, g, and g' as `g_prime`."""
    if any(isinstance(a, Vec) for a in t.args):
        raise InputError(
            f"{t}: {t.name} stands for any function of a whole layer, not for a formula"
        )
    args = [expression(a, bound) for a in t.args]
    orders = sum(o if isinstance(o, int) else 1 for o in t.orders)
    if t.name == "pi":
        return sp.pi
    known = getattr(sp, KNOWN[t.name]) if t.name in KNOWN else None
    if known is not None and not orders:
        return known(*args)
    return sp.Function(t.name + "_prime" * orders, real=True)(*args)


def _derivative(t: D, bound: tuple[Any, ...]) -> Any:
    raise InputError(f"{t}: a derivative is no formula in arrays")


KNOWN = {name: name for name in ("exp", "log", "sin", "cos", "erf", "sqrt", "tanh")}

ROWS: dict[type, Row] = {
    Num: lambda t, b: sp.Rational(t.value.numerator, t.value.denominator),
    Sym: _symbol,
    Int: _integer,
    Bound: lambda t, b: b[-1 - t.level],
    Add: lambda t, b: sp.Add(*[expression(u, b) for u in t.terms]),
    Mul: lambda t, b: sp.Mul(*[expression(u, b) for u in t.factors]),
    Pow: lambda t, b: sp.Pow(expression(t.base, b), t.exponent),
    App: _applied,
    Bracket: lambda t, b: sp.Piecewise((1, expression(t.term, b) > 0), (0, True)),
    Kron: lambda t, b: sp.KroneckerDelta(expression(t.low, b), expression(t.high, b)),
    Sum: _sum,
    D: _derivative,
}
