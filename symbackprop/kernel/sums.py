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
Ranges = list[Term]


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
    inner = ring.poly(whole(top, 1)) if known else _tied(ring, *_flat(top, bound))
    out: Poly = ring.scale(ring.mul(ring.poly(Mul(tuple(free))), inner), c)
    return out


def depends(t: Node, level: int = 0) -> bool:
    """Whether the variable of a binder around t occurs in it."""
    found: list[Node] = []
    transform(t, lambda u, n: found.append(u) if u == Bound(level + n) else None)
    return bool(found)


def _flat(top: Term, bound: list[Term]) -> tuple[Ranges, list[Term]]:
    """The ranges of all sums, the outer first, and what is summed, within all of them."""
    groups = [_opened_sums(u) for u in bound]
    total = sum(len(ranges) for ranges, _ in groups)
    tops, factors, before = [top], list[Term](), 0
    for ranges, inner in groups:
        n = len(ranges)
        tops += [shift(h, before, k) for k, h in enumerate(ranges)]
        factors += [shift(shift(u, before, n), total - before - n) for u in inner]
        before += n
    return tops, factors


def _opened_sums(u: Term) -> tuple[Ranges, list[Term]]:
    """A sum atom's ranges and factors; of any other atom, itself."""
    ranges: Ranges = []
    while type(u) is Sum:
        ranges.append(u.high)
        u = u.body
    return ranges, [f for v in (u.factors if type(u) is Mul else (u,)) for f in _repeated(v)]


def _repeated(u: Term) -> list[Term]:
    return [u.base] * u.exponent if type(u) is Pow and u.exponent > 0 else [u]


def _tied(ring: Any, tops: Ranges, factors: list[Term]) -> Poly:
    """The atom of sums within sums, in the order of their variables that comes first by the numbers of the factors."""
    n = len(tops)
    fixed = any(depends(h, k) for p, h in enumerate(tops) for k in range(p))
    free = tops if fixed else [shift(h, -k) for k, h in enumerate(tops)]
    rows = []
    for order in [tuple(range(n))] if fixed else _orders(ring, free, factors):
        place = {n - 1 - old: n - 1 - new for new, old in enumerate(order)}
        moved = Mul(tuple([_renamed(u, place) for u in factors]))
        ring.spend(50 * size(moved))
        ((m, c),) = ring.poly(moved).items()
        rows.append(([str(free[k]) for k in order], m, c, order))
    _, m, c, order = min(rows, key=lambda row: row[:2])
    t = ring.term({m: 1})
    for new in reversed(range(n)):
        t = Sum(ZERO, tops[new] if fixed else shift(free[order[new]], new), t)
    out: Poly = ring.scale(ring.atom(t), c)
    return out


def _renamed(t: Term, place: Mapping[int, int]) -> Term:
    def moved(u: Any, depth: int) -> Any:
        if type(u) is not Bound or u.level - depth not in place:
            return None
        return Bound(place[u.level - depth] + depth)

    renamed: Term = transform(t, moved)
    return renamed


def _orders(ring: Any, tops: Ranges, factors: list[Term]) -> list[tuple[int, ...]]:
    """The orders of the variables worth a look: sorted by what each is used for, ties in every order."""
    n = len(tops)
    colours = [str(h) for h in tops]
    ring.spend(50 * n * n * sum(map(size, factors)))
    for _ in range(n):
        named = {n - 1 - k: colours[k] for k in range(n)}
        uses = [
            ";".join(
                [colours[k], *sorted([_skeleton(u, {**named, n - 1 - k: "*"}) for u in factors])]
            )
            for k in range(n)
        ]
        ranks = sorted(set(uses))
        colours = [str(ranks.index(u)) for u in uses]
    groups = [[k for k in range(n) if colours[k] == c] for c in sorted(set(colours), key=int)]
    if prod([factorial(len(g)) for g in groups]) > MAX_ORDERS:
        return [tuple(chain(*groups))]
    return [tuple(chain(*order)) for order in product(*[permutations(g) for g in groups])]


def _skeleton(t: Any, names: Mapping[int, str]) -> str:
    """A text of t that does not depend on the order of its sums and products; bound variables by their names."""
    if type(t) is Bound:
        return names.get(t.level, str(t))
    if type(t) is Kron:
        gaps = (index(t.low, minus(t.high)), index(t.high, minus(t.low)))
        return "Kron" + min([_skeleton(g, names) for g in gaps])
    if not isinstance(t, Node):
        texts = [_skeleton(u, names) for u in t] if type(t) is tuple else [str(t)]
        return f"({','.join(texts)})"
    inner = {k + 1: v for k, v in names.items()} if type(t) in BINDERS else names
    rows = [
        _skeleton(v, inner if n == "body" else names)
        for n, v in zip(t.names, t.values(), strict=True)
    ]
    if type(t) in (Add, Mul):
        rows = sorted([_skeleton(u, names) for u in children(t)])
    return f"{type(t).__name__}({','.join(rows)})"


def least(k: Any) -> float:
    """The smallest value of an integer that is made of widths, each at least 1; of any other, -infinity."""
    rows = k if type(k) is dict else combination(k)
    known = all(a == ONE or (type(a) is Int and a.index and c > 0) for a, c in rows.items())
    return sum(rows.values()) if known else float("-inf")
