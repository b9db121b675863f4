"""The chain rule through a layer of a recursion: ∂u/∂v = Σ_j ∂u/∂z_j^(l) ∂z_j^(l)/∂v for all u above, where v is below.

By induction over the layer of u: in layer l the bracket ∂z_n^(l)/∂z_j^(l) = [n = j] contracts; one layer up both sides are the
same linear function of the derivatives a layer down, as the definition says.  What v is a layer of its own may be: it must
come in at layer l or below.  The layer holds all that leads from v to what is above, so that this fails where it does not.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from ..derive.script import Range
from ..derive.sums import contracted
from ..kernel import D, Eq, Int, KernelError, Sum, Sym, Term
from ..kernel.integers import closed, index, minus, whole
from ..kernel.terms import ONE, num, subterms
from .layers import Given, Recursion, entry, is_in
from .recursive import Found, everywhere, independent
from .slopes import Slopes


@dataclass(frozen=True)
class Cut:
    """A layer of a recursion: the family that defines all above it, and the index of the layer."""

    name: str
    layer: Term

    def holds(self, u: Sym) -> bool:
        """Whether a member is in it."""
        return u.name == self.name and is_in(u, self.layer)


def cuts(slopes: Slopes, *lines: Term) -> list[Cut]:
    """The layers through which one line goes and another does not: what is differentiated by a member of them, too."""
    by = by_what(*lines)
    members = [v for v in by if v.index and slopes.recursive.circle(v.name)]
    found = dict.fromkeys([Cut(v.name, whole(v.index[0])) for v in members])
    return [c for c in found if any(_under(slopes, c, v) for v in by)]


def by_what(*lines: Term) -> list[Sym]:
    """What lines differentiate by."""
    return [*dict.fromkeys(u.by for t in lines for u in subterms(t) if isinstance(u, D))]


def _under(slopes: Slopes, c: Cut, v: Sym) -> bool:
    """Whether v comes in at the layer of a cut or below, and is not in it."""
    low = entry(slopes.b.ctx, slopes.recursive.circle(c.name), v)
    gap = None if low is None else index(c.layer, minus(low))
    return isinstance(gap, int) and gap >= 0 and not c.holds(v)


class Through:
    """What the chain rule says through layers, in one script."""

    def __init__(self, slopes: Slopes) -> None:
        self.slopes, self.b = slopes, slopes.b
        self.known: dict[tuple[Cut, Sym], Found | None] = {}

    def __call__(self, u: Sym, v: Sym, c: Cut) -> int | None:
        """∂u/∂v through a layer, for a member of its family above it; None where that was not proved."""
        if not _under(self.slopes, c, v):
            return None
        if (c, v) not in self.known:
            self.known[c, v] = None
            with suppress(KernelError):
                self.known[c, v] = self._by_induction(c, v)
        found = self.known[c, v]
        return None if found is None else found.of(self.b, u)

    def _by_induction(self, c: Cut, v: Sym) -> Found:
        b, r = self.b, self.slopes.recursive.recursion(c.name)
        k = r.letter
        hypothesis = b.assume(r.all(k, self._claim(r, c, v, r.at(k))))
        base = everywhere(b, self._own(r, c, v), r.ranges(c.layer))
        up = whole(k, 1)
        across = everywhere(b, self._next(r, c, v, hypothesis), r.ranges(up))
        but = {b.conclusion(hypothesis)}
        step = independent(b, across, k, Range(c.layer, whole(r.last, -1)), but)
        return Found(b.induction(base, step, k, c.layer, r.last), k)

    def _middle(self, r: Recursion, c: Cut) -> tuple[Sym, list[tuple[Int, Range]]]:
        """The members of the layer, with letters of their own for its nodes."""
        letters = [self.slopes.letter() for _ in r.nodes]
        ranges = [across for _, across in r.ranges(c.layer)]
        at = (index(c.layer), *letters)
        return Sym(c.name, at), list(zip(letters, ranges, strict=True))

    def _claim(self, r: Recursion, c: Cut, v: Sym, u: Sym) -> Eq:
        """∂u/∂v = Σ_j ∂u/∂z_j ∂z_j/∂v."""
        z, nodes = self._middle(r, c)
        right = D(u, z) * D(z, v)
        for n, across in reversed(nodes):
            right = Sum(across.low, across.high, closed(right, n))
        return Eq(D(u, v), right)

    def _own(self, r: Recursion, c: Cut, v: Sym) -> int:
        """The claim in the layer itself."""
        b, here = self.b, r.at(c.layer)
        claim = self._claim(r, c, v, here)
        z, nodes = self._middle(r, c)
        slope = everywhere(b, self._slope(here, z, None), nodes)
        first = b.normal(claim.right, [slope])
        last = contracted(b, b.conclusion(first).right)
        back = b.ring(b.conclusion(last).right, claim.left)
        return b.combine(claim.left, claim.right, [(k, num(-1)) for k in (first, last, back)])

    def _slope(self, u: Sym, v: Sym, given: Given | None) -> int:
        return self.slopes.by_definition(u, v, given)

    def _next(self, r: Recursion, c: Cut, v: Sym, hypothesis: int) -> int:
        """The claim one layer up, from the claim."""
        b, k = self.b, r.letter
        u = r.at(whole(k, 1))
        claim = self._claim(r, c, v, u)
        z, nodes = self._middle(r, c)
        left = self._slope(u, v, self._given(r, v))
        right = everywhere(b, self._slope(u, z, self._given(r, z)), nodes)
        first = b.ring(claim.left, b.conclusion(left).value, [left])
        value = b.conclusion(first).right
        put = b.normal(value, self.slopes.covered(value, partial(self._said, hypothesis, r, v)))
        other = b.normal(claim.right, [right])
        rows = [(first, ONE), (put, ONE), (other, num(-1))]
        return b.combine(claim.left, claim.right, rows)

    def _said(self, hypothesis: int, r: Recursion, v: Sym, u: Term) -> int | None:
        """The claim of one member a layer down."""
        if not isinstance(u, D) or u.by != v or not isinstance(u.term, Sym):
            return None
        at = [whole(k) for k in u.term.index[1:]]
        return self.b.at(hypothesis, *at) if _in_layer(r, u.term) else None

    def _given(self, r: Recursion, v: Sym) -> Given:
        """What is known a layer down: that there are derivatives."""

        def known(u: Sym) -> int | None:
            return self.slopes.recursive.live(u, v) if _in_layer(r, u) else None

        return Given(known, r.letter, r.letter, 1)


def _in_layer(r: Recursion, u: Sym) -> bool:
    """Whether a member is in the layer that is called by the recursion's letter."""
    return u.name == r.name and is_in(u, r.letter)
