"""The oracle: an index expression evaluated entry by entry, in fractions where it can, else in 50 digits.

It shares nothing with the compiler: it walks over SymPy's own tree, one index value at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy as sp

CONTEXT = mpmath.mp.clone()
CONTEXT.dps = 50


@dataclass(frozen=True)
class World:
    """Arrays by name, the index of their first entry in each dimension, and numbers by name."""

    arrays: Mapping[str, Any]
    starts: Mapping[str, Sequence[int]]
    numbers: Mapping[str, Any]
    functions: Mapping[str, Callable[[Any], Any]]


def real(v: Any) -> Any:
    return CONTEXT.mpf(v.numerator) / v.denominator if isinstance(v, Fraction | int) else v


def value(e: Any, w: World, at: Mapping[str, int]) -> Any:
    """The expression where each index, by its name, has a number."""
    if isinstance(e, sp.Rational):
        return Fraction(int(e.p), int(e.q))
    if isinstance(e, sp.Symbol):
        return Fraction(at[e.name]) if e.name in at else w.numbers[e.name]
    if isinstance(e, sp.Indexed):
        name = str(e.base.label)
        where = tuple(int(value(i, w, at)) for i in e.indices)
        offsets = [i - s for i, s in zip(where, w.starts[name], strict=True)]
        assert all(0 <= o < n for o, n in zip(offsets, np.shape(w.arrays[name]), strict=True)), e
        return w.arrays[name][tuple(offsets)]
    if isinstance(e, sp.Sum):
        return summed(e.function, list(e.limits)[::-1], w, at)
    if isinstance(e, sp.Piecewise):
        return next(value(p.expr, w, at) for p in e.args if value(p.cond, w, at))
    if e in (sp.true, sp.false):
        return e == sp.true
    if type(e) in EXACT:
        return EXACT[type(e)]([value(a, w, at) for a in e.args])
    if isinstance(e, sp.Pow):
        return power(*[value(a, w, at) for a in e.args])
    if isinstance(e, sp.NumberSymbol):
        return getattr(CONTEXT, str(e).lower())
    name = type(e).__name__
    args = [value(a, w, at) for a in e.args]
    if name in w.functions:
        return w.functions[name](*args)
    return getattr(CONTEXT, {"log": "ln", "re": "re"}.get(name, name))(*map(real, args))


def summed(body: Any, limits: list[Any], w: World, at: Mapping[str, int]) -> Any:
    """Limits from the outermost to the innermost."""
    if not limits:
        return value(body, w, at)
    (index, low, high), *inner = limits
    ends = range(int(value(low, w, at)), int(value(high, w, at)) + 1)
    return total([summed(body, inner, w, {**at, index.name: k}) for k in ends])


def total(values: list[Any]) -> Any:
    exact = all(isinstance(v, Fraction) for v in values)
    return sum(values, Fraction(0)) if exact else sum(map(real, values), CONTEXT.mpf(0))


def product(values: list[Any]) -> Any:
    exact = all(isinstance(v, Fraction) for v in values)
    out = Fraction(1) if exact else CONTEXT.mpf(1)
    for v in values:
        out = out * (v if exact else real(v))
    return out


def power(base: Any, n: Any) -> Any:
    if isinstance(base, Fraction) and isinstance(n, Fraction) and n.denominator == 1:
        return base ** int(n)
    return CONTEXT.power(real(base), real(n))


EXACT: dict[Any, Callable[[list[Any]], Any]] = {
    sp.Add: total,
    sp.Mul: product,
    sp.KroneckerDelta: lambda v: Fraction(int(v[0] == v[1])),
    sp.Max: lambda v: max(v, key=real),
    sp.Min: lambda v: min(v, key=real),
    sp.Abs: lambda v: abs(v[0]),
    sp.sign: lambda v: Fraction(int(v[0] > 0) - int(v[0] < 0)),
    sp.Heaviside: lambda v: Fraction(1) if v[0] > 0 else Fraction(0) if v[0] < 0 else v[1],
    sp.Gt: lambda v: real(v[0]) > real(v[1]),
    sp.Lt: lambda v: real(v[0]) < real(v[1]),
    sp.Ge: lambda v: real(v[0]) >= real(v[1]),
    sp.Le: lambda v: real(v[0]) <= real(v[1]),
    sp.Eq: lambda v: v[0] == v[1],
    sp.Ne: lambda v: v[0] != v[1],
    sp.And: all,
    sp.Or: any,
    sp.ITE: lambda v: v[1] if v[0] else v[2],
    sp.Not: lambda v: not v[0],
}


def entries(e: Any, w: World, free: Sequence[tuple[str, range]]) -> Any:
    """The whole result: an object array with one dimension for each free index."""
    out = np.empty([len(r) for _, r in free], dtype=object)
    for place in itertools.product(*[range(len(r)) for _, r in free]):
        at = {name: r[k] for (name, r), k in zip(free, place, strict=True)}
        out[place] = value(e, w, at)
    return out
