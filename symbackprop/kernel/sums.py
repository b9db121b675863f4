"""Finite sums in normal form: atoms of the ring, each a product that its bound variables tie together, in one order of them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import chain, permutations, product
from math import factorial, prod
from typing import Any

from .integers import *
from .terms import *

Coefficient = int | Fraction
Monomial = tuple[int, ...]
Poly = dict[Monomial, Coefficient]
"""A polynomial in the atoms of a ring (see normal.py), by their numbers."""

MAX_ORDERS = 720
"""Where more orders of variables are alike, one is taken: equal sums may then look unlike, never the reverse."""


def summed(ring: Any, t: Sum) -> Poly:
    """A sum over a range of known length is written out; else each term of what is summed has its own sum."""
    top = index(t.high, minus(t.low))
    if type(top) is int:
        ring.spend(100 * max(0, top) * size(t.body))
        rows = [ring.poly(opened(t.body, index(t.low, k))) for k in range(top + 1)]
    else:
        body = opened(shift(t.body, 1, 1), index(shift(t.low), Bound(0)))
        rows = [_one_sum(ring, whole(top), m, c) for m, c in ring.poly(body).items()]
    out: Poly = ring.add(*rows)
    return out


def _one_sum(ring: Any, top: Term, m: Monomial, c: Coefficient) -> Poly:
    """The sum from 0 to top of one monomial: what depends on the variable, and the rest before it."""
    ring.spend(40 * sum([size(ring.atoms[k]) for k in m]))
    bound = [ring.atoms[k] for k in m if depends(ring.atoms[k])]
    free = [shift(ring.atoms[k], -1) for k in m if not depends(ring.atoms[k])]
    known = not bound and least(top) >= -1
    inner = ring.poly(whole(top, 1)) if known else _tied(ring, *_flat(ring, top, bound))
    out: Poly = ring.scale(ring.mul(ring.poly(Mul(tuple(free))), inner), c)
    return out


def depends(t: Node, level: int = 0) -> bool:
    """Whether the variable of a binder around t occurs in it."""
    found: list[Node] = []
    transform(t, lambda u, n: found.append(u) if u == Bound(level + n) else None)
    return bool(found)


def _flat(ring: Any, top: Term, bound: list[Term]) -> tuple[list[Term], list[Term]]:
    """The ranges of sums within the sum, as far as they do not depend on its variables, and what all of them sum."""
    tops, factors, todo = [top], list[Term](), list(bound)
    while todo:
        u = todo.pop()
        n = len(tops)
        if type(u) is Sum and not any(depends(u.high, k) for k in range(n)):
            ring.spend(50 * n * sum(map(size, (u, *todo, *factors))))
            tops.append(shift(u.high, -n))
            todo = [*map(shift, todo), u.body]
            factors = [*map(shift, factors)]
        elif type(u) is Mul:
            todo += u.factors
        elif type(u) is Pow and u.exponent > 0:
            todo += [u.base] * u.exponent
        else:
            factors.append(u)
    return tops, factors


def _tied(ring: Any, tops: list[Term], factors: list[Term]) -> Poly:
    """The atom of sums within sums, in the order of their variables that comes first by the numbers of the factors."""
    n = len(tops)
    rows = []
    for order in _orders(tops, factors):
        place = {n - 1 - old: n - 1 - new for new, old in enumerate(order)}
        moved = Mul(tuple([_renamed(u, place) for u in factors]))
        ring.spend(200 * size(moved))
        ((m, c),) = ring.poly(moved).items()
        rows.append((m, c, order))
    m, c, order = min(rows)
    t = ring.term({m: 1})
    for new in reversed(range(n)):
        t = Sum(ZERO, shift(tops[order[new]], new), t)
    out: Poly = ring.scale(ring.atom(t), c)
    return out


def _renamed(t: Term, place: Mapping[int, int]) -> Term:
    def moved(u: Any, depth: int) -> Any:
        if type(u) is not Bound or u.level - depth not in place:
            return None
        return Bound(place[u.level - depth] + depth)

    renamed: Term = transform(t, moved)
    return renamed


def _orders(tops: list[Term], factors: list[Term]) -> list[tuple[int, ...]]:
    """The orders of the variables worth a look: sorted by range and number of uses, ties in every order."""
    n = len(tops)
    uses = [sum([depends(u, n - 1 - k) for u in factors]) for k in range(n)]
    groups: dict[tuple[str, int], list[int]] = {}
    for k in range(n):
        groups.setdefault((str(tops[k]), uses[k]), []).append(k)
    ties = [groups[key] for key in sorted(groups)]
    if prod([factorial(len(g)) for g in ties]) > MAX_ORDERS:
        return [tuple(chain(*ties))]
    return [tuple(chain(*order)) for order in product(*map(permutations, ties))]


def least(k: Any) -> float:
    """The smallest value of an integer that is made of widths, each at least 1; of any other, -infinity."""
    rows = k if type(k) is dict else combination(k)
    known = all(a == ONE or (type(a) is Int and a.index and c > 0) for a, c in rows.items())
    return sum(rows.values()) if known else float("-inf")
