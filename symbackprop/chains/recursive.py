"""Members of recursions: differentiable, by induction over the layers; and 0 to differentiate below what varies.

For z_j^(l) = Σ_k w_jk a_k^(l-1) and a_j^(l) = f(z_j^(l)), ∂z_j^(l)/∂w exists for all l and j: it does in the first layer, and
where it does in layer l it does in layer l + 1, by the rules of calculus.  Then ∂z_j^(l)/∂w may be spoken of by name.  What
comes in at layer l, such as w_jk^(l) or z_j^(l) itself, leaves all below it alone: their derivatives by it are 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from ..derive.script import Range, Script
from ..kernel import AtLeast, D, Int, KernelError, Kron, Num, Prop, Slope, Sym, Term
from ..kernel.conditions import canonical
from ..kernel.integers import combination, index, minus, substitute, whole
from ..kernel.rewriting import inmost
from ..kernel.terms import ONE, ZERO, subterms
from .layers import (
    Given,
    Recursion,
    Steps,
    brackets,
    carried,
    circle,
    differ,
    entry,
    is_in,
    recursion,
)


def independent(
    b: Script, step: int, v: Int, r: Range, but: AbstractSet[Prop] = frozenset()
) -> int:
    """A step whose conditions on v, but for ranges and slopes at v, are assumed of the whole range instead."""
    own = [
        h
        for h in sorted(b.hypotheses(step), key=str)
        if v in subterms(h) and h not in but and not isinstance(inmost(h), AtLeast | Slope)
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


def everywhere(b: Script, step: int, ranges: Iterable[tuple[Int, Range]]) -> int:
    """What a step says of letters, for all of their ranges; what it needs there is assumed of the whole ranges."""
    for v, across in reversed([*ranges]):
        step = b.generalize(independent(b, step, v, across), v, across)
    return step


@dataclass(frozen=True)
class Found:
    """A step about a layer, by its letter; it says something of all its nodes."""

    step: int
    letter: Int

    def of(self, b: Script, u: Sym) -> int:
        """What it says of one member."""
        step = b.instance(self.step, {self.letter: whole(u.index[0])})
        return b.at(step, *[whole(k) for k in u.index[1:]])


@dataclass(frozen=True)
class Claim:
    """What an induction says of each member of a layer: that it has a derivative by v, called by name, or that this is 0."""

    v: Sym
    zero: bool = False

    def of(self, u: Sym) -> Slope:
        return Slope(u, self.v, ZERO if self.zero else D(u, self.v))


class Recursive:
    """What is proved by induction of the members of recursions, in one script."""

    def __init__(self, b: Script, slope: Steps, letter: Callable[[], Int]) -> None:
        self.b, self.slope, self.letter = b, slope, letter
        self.circles: dict[str, set[str]] = {}
        self.recursions: dict[str, Recursion] = {}
        self.known: dict[tuple[str, Claim], dict[str, Found]] = {}

    # --- what there is ------------------------------------------------------------------------------------------

    @cached_property
    def any(self) -> bool:
        """Whether there is a recursion at all."""
        return any(self.circle(name) for name in self.b.ctx.families)

    def circle(self, name: str) -> set[str]:
        """The families of which a family is defined, and that are defined of it; none where it is no recursion."""
        if name not in self.circles:
            found = circle(self.b.ctx, name)
            lettered = any(d.over for n in found for d in self.b.ctx.families[n])
            self.circles[name] = found if lettered else set()
        return self.circles[name]

    def recursion(self, name: str) -> Recursion:
        if name not in self.recursions:
            self.recursions[name] = recursion(self.b.ctx, name, self.letter)
        return self.recursions[name]

    def height(self, u: Sym, v: Sym) -> int | None:
        """How many layers a member of a recursion is above that in which v comes in; None where that is not known."""
        low = entry(self.b.ctx, self.circle(u.name), v)
        gap = None if low is None else index(u.index[0], minus(low))
        return gap if type(gap) is int else None

    def shared(self, v: Sym) -> bool:
        """Whether a recursion depends on v in all its layers, as on a weight that is used at all times."""
        names = [n for n in self.b.ctx.families if v.name in self.b.ctx.reach[n] and self.circle(n)]
        return any(entry(self.b.ctx, self.circle(n), v) is None for n in names)

    def far(self, u: Sym, v: Sym) -> bool:
        """Whether a member of a recursion is no known number of layers away from that in which v comes in."""
        names = self.circle(u.name)
        return bool(names) and entry(self.b.ctx, names, v) is not None and self.height(u, v) is None

    # --- what is proved -----------------------------------------------------------------------------------------

    def live(self, u: Sym, v: Sym) -> int | None:
        """∂u/∂v exists, and is called so; None where that was not proved."""
        return self._member(u, Claim(v))

    def below(self, u: Sym, v: Sym) -> int | None:
        """∂u/∂v = 0, for u is below the layer in which v comes in; None where that was not proved."""
        return self._member(u, Claim(v, True))

    def _member(self, u: Sym, claim: Claim) -> int | None:
        names = carried(self.b.ctx, self.circle(u.name))
        if u.name not in names:
            with suppress(KernelError):
                return self._said(self.slope(u, claim.v, None), claim, ())
            return None
        key = (names[0], claim)
        if key not in self.known:
            self.known[key] = {}  # what is met again within its own proof has none here
            with suppress(KernelError, RecursionError):
                self.known[key] = self._by_induction(names, claim)
        found = self.known[key].get(u.name)
        return None if found is None else found.of(self.b, u)

    def _by_induction(self, names: list[str], claim: Claim) -> dict[str, Found]:
        """From the layer before the first, of which nothing is said, or from the first."""
        rows = [self.recursion(name) for name in names]
        first = rows[0].first
        if any((r.first, r.last) != (first, rows[0].last) for r in rows):
            raise KernelError("recursion", "families over the same layers", names)
        for low in (whole(first, -1), first):
            with suppress(KernelError):
                found = self._from(rows, claim, low, low != first)
                if not any(vacuous(self.b.hypotheses(f.step)) for f in found.values()):
                    return found
        raise KernelError("recursion", "a beginning", names)

    def _from(
        self, rows: list[Recursion], claim: Claim, low: Term, variables: bool
    ) -> dict[str, Found]:
        """The induction from a first layer, of variables or not; of all families that are carried on, at once."""
        b, k = self.b, self.letter()
        last = self._last(rows[0], claim)
        assumed = {r.name: b.assume(r.all(k, claim.of(r.at(k)))) for r in rows}
        here = Given(partial(self._assumed, assumed, k), k, k, -claim.zero)
        nothing = Given(lambda u: None, low)
        bases, steps = [], []
        for r in rows:
            u, up = r.at(low), whole(k, 1)
            base = b.slope(u, claim.v) if variables else self.slope(u, claim.v, nothing)
            said = self._said(base, claim, [v for v, _ in r.nodes])
            bases.append(everywhere(b, said, r.ranges(low)))
            next_ = self._said(self.slope(r.at(up), claim.v, here), claim, ())
            across = everywhere(b, next_, r.ranges(up))
            steps.append(independent(b, across, k, Range(low, whole(last, -1))))
        unused = [n for n, h in assumed.items() if not _rests_on(b, steps, b.conclusion(h))]
        if unused:
            raise KernelError("recursion", "families of which the next layer is made", unused)
        found = b.inductions(bases, steps, k, low, last)
        return {r.name: Found(step, k) for r, step in zip(rows, found, strict=True)}

    def _last(self, r: Recursion, claim: Claim) -> Term:
        """The last layer of which a claim is made."""
        own = entry(self.b.ctx, self.circle(r.name), claim.v)
        if claim.zero and own is None:
            raise KernelError("recursion", "a layer in which it comes in", claim.v)
        return whole(own, -1) if claim.zero else r.last

    def _assumed(self, assumed: Mapping[str, int], k: Int, u: Sym) -> int | None:
        """What is assumed of a member, where it is in the layer k."""
        step = assumed.get(u.name) if is_in(u, k) else None
        return None if step is None else self.b.at(step, *[whole(n) for n in u.index[1:]])

    def _said(self, step: int, claim: Claim, nodes: Iterable[Int]) -> int:
        """A slope as the claim has it."""
        b, p = self.b, self.b.conclusion(step)
        if not claim.zero:
            return b.exists(step) if p.value != ZERO else self._named(step)
        apart = [u for u in brackets(p.value) if {*nodes}.isdisjoint(subterms(u))]
        return b.slope(p.term, p.by, [step, *[self._under(u) for u in apart]], ZERO)

    def _named(self, step: int) -> int:
        """A derivative that is 0, called by its name."""
        b, p = self.b, self.b.conclusion(step)
        named = b.ring(ZERO, D(p.term, p.by), [step])
        return b.step("derivative", Slope(p.term, p.by, D(p.term, p.by)), [named])

    def _under(self, u: Kron) -> int:
        """[m = l] = 0 for a first layer m and the layer l in which what varies is, which is above it."""
        letters = {a: c for a, c in combination(whole(u.low, minus(u.high))).items() if a != ONE}
        return differ(self.b, u, all(c > 0 for c in letters.values()))


def _rests_on(b: Script, steps: Iterable[int], p: Prop) -> bool:
    return any(canonical(b.ctx, p) in b.hypotheses(k) for k in steps)
