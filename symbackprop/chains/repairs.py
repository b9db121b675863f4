"""What is wrong with a false line: the nearest line that is true, among the slips that people make.

Each slip is a row: a change at one place of an expression, and what it means in words.  A change counts only if the line, so
mended, is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, islice
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .language import Applied, Partial

Change = tuple[Any, str]
MOST, MOST_NODES = 400, 40_000
"""So many changes are looked at, and so many nodes in all of them."""


def repairs(line: Any, before: Any) -> Iterator[Change]:
    """Changes of a line, one slip each, the likelier first; `before` is the line that it should be equal to."""
    scope = Scope(line, before)
    seen = {line}
    most = min(MOST, MOST_NODES // (1 + sum(1 for _ in sp.preorder_traversal(line))))
    rows = [_everywhere(line, change, scope) for change in CHANGES]
    for e, words in islice((row for rows_ in rows for row in rows_), 4 * most):
        if e not in seen:
            seen.add(e)
            yield e, words
        if len(seen) > most:
            return


class Scope:
    """What a change may bring in: the letters of both lines, and the factors that stand in them."""

    def __init__(self, line: Any, before: Any) -> None:
        self.before = before
        nodes = [u for e in (line, before) for u in sp.preorder_traversal(e)]
        indices = [k for u in nodes if isinstance(u, sp.Indexed) for k in u.indices]
        self.letters = sorted(
            {s for k in indices for s in k.free_symbols if isinstance(s, sp.Symbol)}, key=str
        )
        kinds = (sp.Indexed, Partial, AppliedUndef)
        found = [u for u in nodes if isinstance(u, kinds) and not _is_width(u)]
        self.factors = sorted(
            {
                *found,
                *[s for u in nodes if isinstance(u, sp.Symbol) and not u.is_integer for s in [u]],
            },
            key=str,
        )
        self.sums = sorted(
            {limits for u in nodes if isinstance(u, sp.Sum) for limits in u.limits}, key=str
        )


def _is_width(u: Any) -> bool:
    return isinstance(u, sp.Indexed) and (str(u.base.label) == "d" or bool(u.is_integer))


def _everywhere(
    e: Any, change: Callable[[Any, Scope], Iterator[Change]], scope: Scope
) -> Iterator[Change]:
    """A change at each place of an expression in turn."""
    yield from change(e, scope)
    if isinstance(e, sp.Indexed) or not e.args:
        return
    places = range(3, len(e.args)) if isinstance(e, Applied) else range(len(e.args))
    for k in places:
        part = e.args[k]
        if isinstance(part, sp.Tuple):
            continue
        for new, words in _everywhere(part, change, scope):
            yield e.func(*e.args[:k], new, *e.args[k + 1 :]), words


# --- slips --------------------------------------------------------------------------------------------------------


def _swapped(e: Any, scope: Scope) -> Iterator[Change]:
    """w_ji for w_ij."""
    if isinstance(e, sp.Indexed) and not _is_width(e):
        for a, b in combinations(range(len(e.indices)), 2):
            own = list(e.indices)
            own[a], own[b] = own[b], own[a]
            yield e.func(e.base, *own), f"the indices of {e} are swapped"


def _other_letter(e: Any, scope: Scope) -> Iterator[Change]:
    if isinstance(e, sp.Indexed) and not _is_width(e):
        for n, k in enumerate(e.indices):
            for other in scope.letters:
                new = other if k.is_Integer or k.is_Symbol else None
                if new is not None and new != k:
                    yield _at(e, n, new), f"the index {k} of {e} should be {new}"


def _next_index(e: Any, scope: Scope) -> Iterator[Change]:
    """x^(l) for x^(l-1)."""
    if isinstance(e, sp.Indexed) and not _is_width(e):
        for n, k in enumerate(e.indices):
            for step in (-1, 1):
                yield _at(e, n, k + step), f"the index {k} of {e} should be {k + step}"
    if isinstance(e, Applied):
        for n, k in enumerate(e.indices):
            for step in (-1, 1):
                at = sp.Tuple(*e.indices[:n], k + step, *e.indices[n + 1 :])
                yield (
                    e.func(e.args[0], at, *e.args[2:]),
                    f"the index {k} of {e.head} should be {k + step}",
                )


def _at(e: Any, n: int, k: Any) -> Any:
    return e.func(e.base, *e.indices[:n], k, *e.indices[n + 1 :])


def _sign(e: Any, scope: Scope) -> Iterator[Change]:
    if isinstance(e, sp.Add):
        for k, part in enumerate(e.args):
            yield sp.Add(*e.args[:k], -part, *e.args[k + 1 :]), f"the sign of {part} is wrong"
    if not e.is_Number and not isinstance(e, sp.Add):
        yield -e, f"the sign of {e} is wrong"


def _without_factor(e: Any, scope: Scope) -> Iterator[Change]:
    if isinstance(e, sp.Mul):
        for k, part in enumerate(e.args):
            yield sp.Mul(*e.args[:k], *e.args[k + 1 :]), f"a factor {part} too many"
    if isinstance(e, sp.Add):
        for k, part in enumerate(e.args):
            yield sp.Add(*e.args[:k], *e.args[k + 1 :]), f"a term {part} too many"


def _missing_factor(e: Any, scope: Scope) -> Iterator[Change]:
    if isinstance(
        e, sp.Mul | sp.Indexed | Partial | sp.Sum | sp.Symbol | AppliedUndef | sp.Pow
    ) and not _is_width(e):
        for f in scope.factors:
            yield e * f, f"a factor {f} is missing"
            for v in scope.letters:
                for w in scope.letters:
                    if v != w and f.has(v):
                        yield e * _renamed(f, v, w), f"a factor {_renamed(f, v, w)} is missing"


def _renamed(e: Any, v: Any, w: Any) -> Any:
    return e.xreplace({v: w})


def _constant(e: Any, scope: Scope) -> Iterator[Change]:
    for c in (2, sp.Rational(1, 2), 3, sp.Rational(1, 3)):
        if not e.is_Number:
            yield c * e, f"a factor {c} is missing"
    if e.is_Number and e.is_Integer:
        for k in (-1, 1):
            yield e + k, f"{e} should be {e + k}"
    if isinstance(e, sp.Pow):
        for k in (-1, 1):
            yield e.base ** (e.exp + k), f"the exponent {e.exp} should be {e.exp + k}"


def _limits(e: Any, scope: Scope) -> Iterator[Change]:
    """Σ from 0 for from 1, to d^(l-1) for to d^(l)."""
    if not isinstance(e, sp.Sum):
        return
    for n, (v, low, high) in enumerate(e.limits):
        ends = [(low + k, high) for k in (-1, 1)] + [(low, high + k) for k in (-1, 1)]
        ends += [(low, other) for _, _, other in scope.sums if other != high]
        if _is_width(high):
            ends += [(low, _at(high, 0, high.indices[0] + k)) for k in (-1, 1)]
        for a, b in ends:
            own = [*e.limits[:n], (v, a, b), *e.limits[n + 1 :]]
            yield sp.Sum(e.function, *own), f"the sum should run from {a} to {b}"


def _sums(e: Any, scope: Scope) -> Iterator[Change]:
    """A sum that was dropped, or one too many."""
    if isinstance(e, sp.Sum) and len(e.limits) == 1:
        yield e.function, f"the sum over {e.limits[0][0]} is too many"
    for limits in scope.sums:
        if e.has(limits[0]) and not isinstance(e, sp.Sum | sp.Symbol | sp.Indexed):
            yield sp.Sum(e, limits), f"the sum over {limits[0]} is missing"


def _order(e: Any, scope: Scope) -> Iterator[Change]:
    """g for g'."""
    if isinstance(e, AppliedUndef):
        name = e.func.__name__
        for new in {name + "'", name.removesuffix("'")} - {name}:
            yield sp.Function(new)(*e.args), f"{name} where {new} belongs"
    if isinstance(e, Applied):
        for n in {e.order + 1, max(e.order - 1, 0)} - {e.order}:
            old, new = (e.head.rstrip("'") + "'" * k for k in (e.order, n))
            yield e.func(*e.args[:2], sp.Integer(n), *e.arguments), f"{old} where {new} belongs"


def _partials(e: Any, scope: Scope) -> Iterator[Change]:
    """∂a/∂b for ∂c/∂b."""
    if isinstance(e, Partial):
        parts = [f for f in scope.factors if isinstance(f, sp.Indexed | sp.Symbol)]
        for f in parts:
            if f != e.of:
                yield e.func(f, *e.args[1:]), f"∂{f} belongs where ∂{e.of} stands"
            if f != e.by:
                yield (
                    e.func(e.of, f, *e.args[2:]),
                    f"the derivative should be by {f}, not by {e.by}",
                )


CHANGES = (
    _swapped,
    _sign,
    _without_factor,
    _order,
    _next_index,
    _other_letter,
    _limits,
    _constant,
    _sums,
    _missing_factor,
    _partials,
)
"""The slips, in the order in which they are looked for."""
