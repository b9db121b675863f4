"""A linear relation between derivatives of one error, such as ∂e/∂c_(t-1) = ∂e/∂h_(t-1) a + ∂e/∂c_t b, by induction.

What holds of e holds of all that e is made of: ∂u/∂c_(t-1) = ∂u/∂h_(t-1) a + ∂u/∂c_t b for each u that a recursion carries
on, from the last layer that stands in the relation up.  There it is true by the definitions; one layer up both sides are the
same linear function of the derivatives a layer down.  All families that are carried on are taken at once, for each is made of
all of them.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..derive.script import Range
from ..derive.sums import contracted
from ..kernel import D, Eq, Int, KernelError, Sym, Term
from ..kernel.integers import index, minus, transform, whole
from ..kernel.terms import ONE, num, subterms
from .layers import Given, carried, entry, is_in
from .recursive import Found, everywhere, independent
from .slopes import Slopes

ROUNDS = 4
"""So often derivatives are worked out in the first layer."""


@dataclass(frozen=True)
class Relation:
    """∂e/∂v is a linear form in derivatives of e; from which layer on all that e is made of may be put for e."""

    e: Term
    v: Sym
    form: Term
    first: Term
    names: tuple[str, ...]
    """The families that are carried on."""

    def of(self, u: Sym) -> Eq:
        """The relation of another than e."""

        def moved(t: Any, depth: int) -> Any:
            return D(u, t.by) if isinstance(t, D) and t.term == self.e else None

        return Eq(D(u, self.v), transform(self.form, moved))

    def holds(self, u: Term, slopes: Slopes) -> bool:
        """Whether a term is a member that is carried on, and far from v."""
        return isinstance(u, Sym) and u.name in self.names and slopes.recursive.far(u, self.v)


def relation(slopes: Slopes, left: Term, right: Term) -> Relation | None:
    """What two lines say, if it is a relation of this kind."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, D) and isinstance(one.term, Sym):
            by = [u.by for u in subterms(other) if isinstance(u, D) and u.term == one.term]
            found = _first(slopes, [one.by, *by]) if by else None
            if found is not None and not slopes.recursive.circle(one.term.name):
                return Relation(one.term, one.by, other, *found)
    return None


def _first(slopes: Slopes, by: list[Sym]) -> tuple[Term, tuple[str, ...]] | None:
    """The last layer in which one of several comes in, and the families that are carried on from there."""
    names = {n for v in by for n in slopes.recursive.circle(v.name)}
    lows = [entry(slopes.b.ctx, names, v) for v in by]
    if not names or any(low is None for low in lows):
        return None
    top = lows[0]
    for low in lows[1:]:
        gap = index(low, minus(top))
        if not isinstance(gap, int):
            return None
        top = low if gap > 0 else top
    return (whole(top), tuple(carried(slopes.b.ctx, names)))


class Relations:
    """Relations that were proved, in one script."""

    def __init__(self, slopes: Slopes) -> None:
        self.slopes, self.b = slopes, slopes.b
        self.known: dict[Relation, dict[str, Found]] = {}

    def __call__(self, u: Term, r: Relation) -> int | None:
        """The relation of a member; None where it was not proved."""
        if not isinstance(u, Sym):
            return None
        if r not in self.known:
            self.known[r] = {}
            with suppress(KernelError):
                self.known[r] = self._by_induction(r)
        found = self.known[r].get(u.name)
        return None if found is None else found.of(self.b, u)

    def _by_induction(self, r: Relation) -> dict[str, Found]:
        b, k = self.b, self.slopes.letter()
        rows = [self.slopes.recursive.recursion(name) for name in r.names]
        assumed = {row.name: b.assume(row.all(k, r.of(row.at(k)))) for row in rows}
        but = {b.conclusion(h) for h in assumed.values()}
        last, up = rows[0].last, whole(k, 1)
        if any(row.last != last for row in rows):
            raise KernelError("relation", "families over the same layers", r.names)
        bases, steps = [], []
        for row in rows:
            bases.append(everywhere(b, self._own(row.at(r.first), r), row.ranges(r.first)))
            across = everywhere(b, self._next(row.at(up), r, assumed, k), row.ranges(up))
            steps.append(independent(b, across, k, Range(r.first, whole(last, -1)), but))
        found = b.inductions(bases, steps, k, r.first, last)
        return {row.name: Found(step, k) for row, step in zip(rows, found, strict=True)}

    def _own(self, u: Sym, r: Relation) -> int:
        """The relation of a member of the first layer, by the definitions."""
        p = r.of(u)
        rows = [self._worked_out(t) for t in (p.left, p.right)]
        ends = [self.b.conclusion(row[-1]).right for row in rows]
        middle = self.b.ring(ends[0], ends[1])
        parts = [(k, ONE) for k in rows[0]] + [(middle, ONE)] + [(k, num(-1)) for k in rows[1]]
        return self.b.combine(p.left, p.right, parts)

    def _worked_out(self, t: Term) -> list[int]:
        """A term with its derivatives by the definitions, as far as they go."""
        rows = [self.b.normal(t)]
        for _ in range(ROUNDS):
            now = self.b.conclusion(rows[-1]).right
            uses = self.slopes.covered(now, self._near)
            if not uses:
                break
            rows.append(self.b.normal(now, uses))
            rows.append(contracted(self.b, self.b.conclusion(rows[-1]).right))
        return rows

    def _near(self, u: Term) -> int | None:
        return self.slopes(u.term, u.by) if isinstance(u, D) else None

    def _next(self, u: Sym, r: Relation, assumed: dict[str, int], k: Int) -> int:
        """The relation one layer up: both sides by the definition, and what is assumed put in on the left."""
        b, p = self.b, r.of(u)
        rows = []
        for t in (p.left, p.right):
            uses = self.slopes.covered(t, partial(self._of_member, u, k))
            rows.append([b.normal(t, uses)])
        value = b.conclusion(rows[0][0]).right
        said = self.slopes.covered(value, partial(self._said, assumed, r, k))
        rows[0].append(b.normal(value, said))
        parts = [(n, ONE) for n in rows[0]] + [(n, num(-1)) for n in rows[1]]
        return b.combine(p.left, p.right, parts)

    def _of_member(self, u: Sym, k: Int, t: Term) -> int | None:
        """The derivative of a member by its definition, from those of the layer k."""
        if not isinstance(t, D) or t.term != u:
            return None

        def known(w: Sym) -> int | None:
            names = carried(self.b.ctx, self.slopes.recursive.circle(w.name))
            return self.slopes.recursive.live(w, t.by) if is_in(w, k) and w.name in names else None

        return self.slopes.by_definition(u, t.by, Given(known, k, k, 1))

    def _said(self, assumed: dict[str, int], r: Relation, k: Int, t: Term) -> int | None:
        """What is assumed of a member of the layer k."""
        if not isinstance(t, D) or t.by != r.v or not isinstance(t.term, Sym):
            return None
        u = t.term
        step = assumed.get(u.name) if is_in(u, k) else None
        return None if step is None else self.b.at(step, *[whole(n) for n in u.index[1:]])
