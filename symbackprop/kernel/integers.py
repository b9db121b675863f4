"""Integers in normal form, and binders: what is put for a bound variable, a variable bound, terms for symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import is_
from typing import Any

from .terms import *


def combination(k: Any) -> dict[Term, int]:
    """An integer as a sum of multiples of what stands for itself; of ONE, for the constant."""
    kind = type(k)
    if kind is Int or kind is Bound:
        return {k: 1}
    if kind is int or (kind is Num and k.value.denominator == 1):
        return {ONE: int(k if kind is int else k.value)} if k not in (0, ZERO) else {}
    if kind is Add:
        return summed_up([(1, u) for u in k.terms])
    if kind is Mul and len(k.factors) == 2 and type(k.factors[0]) is Num:
        q = k.factors[0].value
        if q.denominator == 1:
            return summed_up([(int(q), k.factors[1])])
    raise KernelError("integer", "a sum of multiples of indices and widths", k)


def summed_up(rows: Iterable[tuple[int, Any]]) -> dict[Term, int]:
    """A sum of multiples of integers, without what is 0."""
    out: dict[Term, int] = {}
    for n, k in rows:
        for a, c in combination(k).items():
            out[a] = out.get(a, 0) + n * c
    return {a: c for a, c in out.items() if c}


def index(*summands: Any) -> Any:
    """The normal form of a sum of integers: an int, or a term without a part that is 0."""
    out = summed_up([(1, k) for k in summands])
    constant = out.pop(ONE, 0)
    order = sorted(out, key=lambda a: (out[a] < 0, str(a))) if len(out) > 1 else [*out]
    terms = [a if out[a] == 1 else num(out[a]) * a for a in order]
    terms += [num(constant)] if constant and terms else []
    return Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else constant


def whole(*summands: Any) -> Term:
    """The same as a term."""
    k = index(*summands)
    return num(k) if type(k) is int else k


FORMS = {"Index": index, "Indices": index, "Orders": index, "Whole": whole}
"""What integers are in normal form by, in fields of these kinds."""


def minus(k: Any) -> Any:
    return -k if type(k) is int else num(-1) * k


def transform(t: Any, f: Callable[[Any, int], Any], depth: int = 0, memo: Any = None) -> Any:
    """t with f(u, n) for each node u under n binders where f gives one; integers stay in normal form."""
    memo = {} if memo is None else memo
    if (t, depth) not in memo:
        out = f(t, depth)
        if out is None:
            rows = zip(t.names, t.kinds, t.values(), strict=True)
            new = [_moved(k, v, f, depth + (n == "body"), memo) for n, k, v in rows]
            out = t if all(map(is_, new, t.values())) else type(t)(*new)
        memo[t, depth] = out
    return memo[t, depth]


def _moved(kind: str, value: Any, f: Any, depth: int, memo: Any) -> Any:
    """A field of a node transformed; the same object where nothing changes."""
    if type(value) is tuple:
        new = [_moved(kind, v, f, depth, memo) for v in value]
        return value if all(map(is_, new, value)) else tuple(new)
    if not isinstance(value, Node):
        return value
    out = transform(value, f, depth, memo)
    return FORMS[kind](out) if kind in FORMS and out is not value else out


def shift(t: Any, by: int = 1, above: int = 0) -> Any:
    """t under so many binders more, or less; no variable in it may be of a binder that is taken away."""

    def moved(u: Any, depth: int) -> Any:
        if type(u) is not Bound or u.level < depth + above:
            return None
        if u.level + by < depth + above:
            raise KernelError("binder", "a term without the binder's variable", t)
        return Bound(u.level + by)

    return transform(t, moved)


def opened(body: Any, k: Any) -> Any:
    """A body with the integer k for the variable of its binder."""

    def moved(u: Any, depth: int) -> Any:
        if type(u) is not Bound or u.level < depth:
            return None
        return Bound(u.level - 1) if u.level > depth else shift(whole(k), depth)

    return transform(body, moved)


def closed(t: Any, v: Int) -> Any:
    """The body of a binder: its variable stands where v stood."""
    return transform(shift(t), lambda u, depth: Bound(depth) if u == v else None)


def substitute(t: Any, values: dict[Any, Any]) -> Any:
    """t with terms in place of symbols, at once.  Into a derivative go integers alone: all else would change its meaning."""

    def moved(u: Any, depth: int) -> Any:
        if u in values:
            return shift(values[u], depth)
        if type(u) is D and any(v in values and type(v) is not Int for v in subterms(u)):
            raise KernelError("substitution", "a term without derivatives", u)
        return None

    return transform(t, moved)
