"""Ranges of letters: what k >= 0 and n - k >= 0 say of k, and propositions for all of a range with a letter for its variable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..kernel import All, AtLeast, Int, Prop, Term, opened
from ..kernel.integers import combination, minus, whole
from ..kernel.terms import subterms
from .page import Content, Range
from .ranges import LAYERS, NODES


def conditions(limits: Iterable[AtLeast], variables: Iterable[Int]) -> tuple[Content, ...]:
    """Ranges, and what they leave unsaid: l = 1, …, L and l ≥ m + 2."""
    every = list(limits)
    found = ranges(every, variables)
    said = {p for r in found for p in ends(r)}
    return (*found, *[p for p in every if AtLeast(whole(p.low)) not in said])


def ends(r: Range) -> tuple[AtLeast, ...]:
    """What a range says of its letter."""
    low = [AtLeast(whole(r.letter, minus(r.low)))] if r.low is not None else []
    high = [AtLeast(whole(r.high, minus(r.letter)))] if r.high is not None else []
    return (*low, *high)


def ranges(limits: Iterable[AtLeast], variables: Iterable[Int]) -> tuple[Range, ...]:
    """l = 1, …, L and the like, one for each variable that is limited.

    >>> from symbackprop.kernel import num
    >>> l, L = Int("l"), Int("L")
    >>> (r,) = ranges([AtLeast(whole(l, -1)), AtLeast(whole(L, minus(l)))], [l])
    >>> r.letter, r.low, r.high
    (l, 1, L)
    """
    left, out = list(limits), list[Range]()
    for v in reversed(list(variables)):
        ends: dict[int, Term] = {}
        for p in list(left):
            way = combination(p.low).get(v, 0)
            if way in (1, -1) and way not in ends:
                ends[way] = whole(v, minus(p.low)) if way == 1 else whole(v, p.low)
                left.remove(p)
        if ends:
            out.append(Range(v, ends.get(1), ends.get(-1)))
    return tuple(out[::-1])


def letters(p: Prop | Term) -> list[Int]:
    """The letters for indices in p, in the order in which they stand there."""
    return [u for u in subterms(p) if isinstance(u, Int) and not u.index]


def unbound(p: Prop, used: Iterable[str]) -> tuple[Prop, tuple[Range, ...]]:
    """What holds for all of a range, with a letter that is not in use for the variable; and the range."""
    found: list[Range] = []
    taken = {*used, *[v.name for v in letters(p)]}
    while isinstance(p, All):
        v = Int(next(_free(p, taken)))
        taken.add(v.name)
        found.append(Range(v, p.low, p.high))
        p = opened(p.body, v)
    return p, tuple(found)


def _free(p: All, taken: set[str]) -> Iterator[str]:
    """Names for the variable: of a layer, where what it runs up to is no width."""
    width = any(isinstance(u, Int) and u.index for u in subterms(p.high))
    yield from [c for c in (NODES if width else LAYERS + NODES) if c not in taken]
    yield from [f"i_{n}" for n in range(100) if f"i_{n}" not in taken]
