"""Members of families defined by recursion: differentiable, by induction; and what the derivative is, one step back.

For h_t = f(w h_{t-1} + u x_t), ∂h_t/∂w exists for all t: it does at the first t, and where it does at t it does at t + 1, by
the rules of calculus.  Then ∂h_t/∂w may be spoken of by name, and is f'(…) (h_{t-1} + w ∂h_{t-1}/∂w).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any

from ..derive.script import Range, Script
from ..kernel import AtLeast, D, Definition, Int, KernelError, Num, Prop, Slope, Sym, Term
from ..kernel.context import Context
from ..kernel.integers import combination, index, minus, substitute, whole
from ..kernel.terms import ONE, subterms

Steps = Callable[[Sym, Sym, Mapping[Sym, int]], int]
"""The slope of a member by its definition, given what steps say of others."""


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


def recursion(ctx: Context, name: str) -> Definition | None:
    """The one definition of a family over its first index, upwards, in a range."""
    found = [d for d in ctx.families.get(name, ()) if d.over]
    return found[0] if len(found) == 1 and len(found[0].symbol.index) == 1 else None


def ends(d: Definition) -> tuple[Term, Term]:
    """The first and the last index that a recursion defines.  KernelError where it has none."""
    (k,) = d.symbol.index
    v = next(v for v in d.over if v in combination(k))
    low = [whole(k, minus(c)) for c in d.where if combination(c).get(v) == 1]
    high = [whole(k, c) for c in d.where if combination(c).get(v) == -1]
    if len(low) != 1 or len(high) != 1:
        raise KernelError("recursion", "a first and a last index", d.symbol)
    return low[0], high[0]


def independent(
    b: Script, step: int, v: Int, r: Range, but: AbstractSet[Prop] = frozenset()
) -> int:
    """A step whose conditions on v, but for ranges and slopes at v, are assumed of the whole range instead."""
    own = [
        h
        for h in sorted(b.hypotheses(step), key=str)
        if v in subterms(h) and h not in but and not isinstance(h, AtLeast | Slope)
    ]
    return b.ground(step, *[_everywhere(b, h, v, r) for h in own])


def _everywhere(b: Script, h: Prop, v: Int, r: Range) -> int:
    """A condition at v, from that on the whole range; what stands at s_(v+1) is said of s_n for the n from there to there."""
    shifts = [
        whole(k, minus(v))
        for u in subterms(h)
        if isinstance(u, Sym)
        for k in u.index
        if _runs(k, v)
    ]
    c = shifts[0] if shifts else whole(0)
    moved = substitute(h, {v: whole(v, minus(c))})
    return b.at(b.assume(Range(whole(r.low, c), whole(r.high, c)).all(v, moved)), whole(v, c))


def _runs(k: Any, v: Int) -> bool:
    """Whether an index is v, with a number added."""
    rows = combination(k)
    return rows.get(v) == 1 and all(a in (v, ONE) for a in rows)


def vacuous(hypotheses: Iterable[Prop]) -> bool:
    """Whether a condition on numbers is false, so that nothing is said."""
    return any(
        isinstance(h, AtLeast) and isinstance(h.low, Num) and h.low.value < 0 for h in hypotheses
    )


Base = Callable[[Sym, Sym], int]


class Recursive:
    """That members of recursions are differentiable, in one script."""

    def __init__(self, b: Script, slope: Steps, letter: Callable[[], Int]) -> None:
        self.b, self.slope, self.letter = b, slope, letter
        self.known: dict[tuple[str, Sym], tuple[int, Int] | None] = {}

    def live(self, u: Sym, v: Sym) -> int | None:
        """∂u/∂v exists, and is called so; None where that was not proved."""
        key = (u.name, v)
        if key not in self.known:
            try:
                self.known[key] = self._by_induction(u.name, v)
            except KernelError:
                self.known[key] = None
        found = self.known[key]
        return None if found is None else self.b.instance(found[0], {found[1]: whole(u.index[0])})

    def _by_induction(self, name: str, v: Sym) -> tuple[int, Int]:
        b, d = self.b, recursion(self.b.ctx, name)
        if d is None:
            raise KernelError("recursion", "one definition, over one index", name)
        first, last = ends(d)
        for low, base in ((whole(first, -1), self._zero), (first, self._first)):
            with suppress(KernelError):
                found = self._from(name, v, low, last, base)
                if not vacuous(b.hypotheses(found[0])):
                    return found
        raise KernelError("recursion", "a beginning", name)

    def _from(self, name: str, v: Sym, low: Term, last: Term, base: Base) -> tuple[int, Int]:
        """The induction from a first index."""
        b, k = self.b, self.letter()
        here = Sym(name, (k,))
        assumed = b.assume(Slope(here, v, D(here, v)))
        after = self.slope(Sym(name, (index(k, 1),)), v, {here: assumed})
        step = independent(b, b.exists(after), k, Range(low, whole(last, -1)))
        start = base(Sym(name, (index(low),)), v)
        return b.induction(start, step, k, low, last), k

    def _first(self, u: Sym, v: Sym) -> int:
        """The first member that has a definition, from those before, which have none."""
        return self.b.exists(self.slope(u, v, {Sym("'"): -1}))

    def _zero(self, u: Sym, v: Sym) -> int:
        """What no definition ties to v has the derivative 0, called by name."""
        b = self.b
        slope = b.slope(u, v)
        named = b.ring(b.conclusion(slope).value, D(u, v), [slope])
        return b.step("derivative", Slope(u, v, D(u, v)), [named])
