"""What may be done with whole sums to make two lines alike: terms split off at the ends, the order turned."""

from __future__ import annotations

from collections.abc import Callable

from ..derive.script import Script
from ..derive.sums import first_apart, last_apart, split_last, turned
from ..kernel import D, Sum, Term
from ..kernel.integers import index, minus
from ..kernel.terms import parts

FEW = (1, 2, 3)
"""So many terms are split off a sum."""
TURNS = (first_apart, last_apart, turned)
"""What may be done with every sum over a layer."""


def sums_in(t: Term) -> list[Sum]:
    """The sums in a term that are in no other sum."""
    if isinstance(t, Sum):
        return [t]
    return [s for u in (() if isinstance(t, D) else parts(t)) for s in sums_in(u)]


def splits(b: Script, left: Term, right: Term) -> list[int]:
    """Sums of which one begins or ends some terms further in than one on the other side: these terms by themselves."""
    found: list[int] = []
    pairs = [(s, t) for s in sums_in(left) for t in sums_in(right) if s != t]
    for s, t in [*pairs, *[(t, s) for s, t in pairs]]:
        low, high = index(s.low, minus(t.low)), index(t.high, minus(s.high))
        if s.high == t.high and low in FEW:
            found += _split_off(b, t, low, _first_of)
        elif s.low == t.low and high in FEW:
            found += _split_off(b, t, high, split_last)
    return found


def _split_off(b: Script, t: Sum, count: int, way: Callable[[Script, Sum], int]) -> list[int]:
    """So many terms of a sum, one after the other."""
    found: list[int] = []
    for _ in range(count):
        found.append(way(b, t))
        rest = sums_in(b.conclusion(found[-1]).right)
        t = next(r for r in rest if r.body == t.body)
    return found


def _first_of(b: Script, t: Sum) -> int:
    """Σ_{m..n} f = f(m) + Σ_{m+1..n} f."""
    return b.law("split", t.low, t.high, t.body)
