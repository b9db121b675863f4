"""Recursions over layers, as a context defines them: which layers and nodes there are, and where a variable comes in.

A recursion over one index, such as time, is one whose layers have one node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from ..derive.script import Range, Script
from ..kernel import Int, KernelError, Kron, Prop, Sym, Term
from ..kernel.context import Context
from ..kernel.integers import combination, index, minus, substitute, whole
from ..kernel.terms import ONE, ZERO, subterms


@dataclass(frozen=True)
class Recursion:
    """The definition of a family over its layers, upwards: of which layers, and of which nodes there, a letter each."""

    name: str
    letter: Int
    first: Term
    last: Term
    nodes: tuple[tuple[Int, Range], ...]

    def at(self, l: Term) -> Sym:
        """The member in a layer, at the letters of its nodes."""
        return Sym(self.name, (index(l), *[v for v, _ in self.nodes]))

    def ranges(self, l: Term) -> list[tuple[Int, Range]]:
        """The letters of the nodes in a layer, and where they run."""
        own = {self.letter: whole(l)}
        return [(v, Range(substitute(r.low, own), substitute(r.high, own))) for v, r in self.nodes]

    def all(self, l: Term, p: Prop) -> Prop:
        """What is said of a layer's member at the letters of its nodes, of all members of the layer."""
        for v, across in reversed(self.ranges(l)):
            p = across.all(v, p)
        return p


def is_in(u: Sym, l: Term) -> bool:
    """Whether a member is in a layer."""
    return bool(u.index) and index(u.index[0], minus(l)) == 0


@dataclass(frozen=True)
class Given:
    """What a step of an induction knows of the members of one layer, and on which side of them is what varies.

    `side` is 1 where they are above it, -1 where they are below; `letter` is the layer's.
    """

    member: Callable[[Sym], int | None]
    layer: Term
    letter: Int | None = None
    side: int = 0

    def reaches(self, u: Sym) -> bool:
        """Whether a member is in this layer, or in one above it."""
        gap = index(u.index[0], minus(self.layer))
        return type(gap) is int and gap >= 0

    def apart(self, b: Script, t: Term) -> Iterator[int]:
        """[k = n] = 0 for the layers that a term compares with the one in which what varies is."""
        if self.letter is None or not self.side:
            return
        for u in [u for u in brackets(t) if self.letter in subterms(u)]:
            k = whole(u.low, minus(u.high))
            yield differ(b, u, (combination(k).get(self.letter, 0) > 0) == (self.side > 0))


def brackets(t: Term) -> list[Kron]:
    return sorted({u for u in subterms(t) if isinstance(u, Kron)}, key=str)


def differ(b: Script, u: Kron, up: bool) -> int:
    """[k = n] = 0, where k is greater than n, or less."""
    k = whole(u.low, minus(u.high))
    return b.combine(u, ZERO, [(b.law("apart", *((k, ZERO) if up else (ZERO, k))), ONE)])


Steps = Callable[[Sym, Sym, Given | None], int]
"""The slope of a member by its definition, given what is known of others."""


def circle(ctx: Context, name: str) -> set[str]:
    """The families that a family is defined by and that are defined by it, itself among them; none where it is no recursion."""
    mentions = {n: _mentioned(ctx, n) for n in ctx.families}
    after, todo = set[str](), [*mentions.get(name, ())]
    while todo:
        n = todo.pop()
        if n not in after:
            after.add(n)
            todo += mentions.get(n, ())
    return (
        {n for n in after if name in ctx.reach.get(n, ()) and n in mentions}
        if name in after
        else set()
    )


def _mentioned(ctx: Context, name: str) -> set[str]:
    return {u.name for d in ctx.families[name] for u in subterms(d.term) if isinstance(u, Sym)}


def carried(ctx: Context, names: AbstractSet[str]) -> list[str]:
    """Those of a circle that a definition mentions a layer down: what is carried on from layer to layer."""
    found: dict[str, None] = {}
    for d in [d for n in sorted(names) for d in ctx.families[n] if d.over]:
        for u in [
            u for u in subterms(d.term) if isinstance(u, Sym) and u.name in names and u.index
        ]:
            gap = index(d.symbol.index[0], minus(u.index[0]))
            found.update({u.name: None} if type(gap) is not int or gap > 0 else {})
    return sorted(found)


def recursion(ctx: Context, name: str, letter: Callable[[], Int]) -> Recursion:
    """A family's one definition for all layers of a range, its nodes by new letters.  KernelError where it has none."""
    found = [
        (d, v)
        for d in ctx.families.get(name, ())
        for v in d.over[:1]
        if d.symbol.index and v in combination(d.symbol.index[0])
    ]
    if len(found) != 1:
        raise KernelError("recursion", "one definition for all layers", name)
    d, l = found[0]
    rows = [(v, k, *_ends(d.where, v, k)) for v, k in zip(d.over, d.symbol.index, strict=True)]
    new = {v: letter() for v in d.over}
    _, k, low, high = rows[0]
    own = {l: whole(new[l], l, minus(k))}
    nodes = [(new[v], Range(substitute(a, own), substitute(b, own))) for v, _, a, b in rows[1:]]
    return Recursion(name, new[l], low, high, tuple(nodes))


def _ends(where: Iterable[Term], v: Any, k: Any) -> tuple[Term, Term]:
    """From where to where an index runs that is v with a number added."""
    low = [whole(k, minus(c)) for c in where if combination(c).get(v) == 1]
    high = [whole(k, c) for c in where if combination(c).get(v) == -1]
    if len(low) != 1 or len(high) != 1:
        raise KernelError("recursion", "a first and a last index", v)
    return low[0], high[0]


def entry(ctx: Context, names: AbstractSet[str], v: Sym) -> Term | None:
    """The layer from which on a circle of families depends on v; None where its definitions don't tell one."""
    if v.name in names:
        return whole(v.index[0]) if v.index else None
    gaps: set[tuple[int, int]] | None = None
    for d in [d for n in sorted(names) for d in ctx.families[n] if d.over]:
        for u in [u for u in subterms(d.term) if isinstance(u, Sym) and u.name == v.name]:
            far = [index(k, minus(d.symbol.index[0])) for k in u.index]
            own = {(p, g) for p, g in enumerate(far) if type(g) is int}
            gaps = own if gaps is None else gaps & own
    if not gaps:
        return None
    p, g = min(gaps)
    return whole(v.index[p], -g) if p < len(v.index) else None
