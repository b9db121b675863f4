"""Equals put for equals in a term, by propositions that say what is equal."""

from __future__ import annotations

from collections.abc import Sequence

from .integers import *
from .terms import *


class Rewriting:
    """Puts equals for equals: left sides by right sides, outermost first; what rule k put there is open to later rules only.

    A rule for all n of a range works within a sum over that range.  Nothing is put into a derivative, whose term is a
    function and not a number, nor into an index.  `used` are the rules that did something.
    """

    def __init__(self, rules: Sequence[Prop], used: set[int] | None = None) -> None:
        self.rules, self.used = rules, set[int]() if used is None else used
        self._left: dict[Term, tuple[int, Term]] = {}
        for k, p in enumerate(rules):
            if (pair := sides(p)) is not None:
                self._left.setdefault(pair[0], (k, pair[1]))
        self._idle = not self._left and not any(type(p) is All for p in rules)
        self.derived = {u.term for u in self._left if type(u) is D}
        self._memo: dict[tuple[Term, int], Term] = {}
        self._inner: dict[tuple[Term, Term], Rewriting] = {}

    def __call__(self, t: Term, start: int = 0) -> Term:
        if self._idle:
            return t
        out = self._memo.get((t, start))
        if out is None:
            out = self._memo[t, start] = self._rewritten(t, start)
        return out

    def _rewritten(self, t: Term, start: int) -> Term:
        number, right = self._left.get(t, (-1, t))
        if number >= start:
            self.used.add(number)
            return self(right, number + 1) if number + 1 < len(self.rules) else right
        inner = self.within(t.low, t.high) if isinstance(t, Binder) else self
        old = parts(t)
        new = tuple([inner(u, start) for u in old])
        return t if new == old else rebuild(t, new)

    def right(self, t: Term) -> Term | None:
        """What a rule puts for t."""
        number, right = self._left.get(t, (None, None))
        self.used |= set() if number is None else {number}
        return right

    def within(self, low: Term, high: Term) -> Rewriting:
        """The rules under a binder with this range."""
        if (low, high) not in self._inner:
            own = [under(p, low, high) for p in self.rules]
            self._inner[low, high] = Rewriting(own, self.used)
        return self._inner[low, high]


def parted(premises: Sequence[Prop]) -> tuple[Rewriting, Rewriting]:
    """Slopes, by which a derivative goes on; and the rest, put into its result.  One set says which were of use."""
    nothing, slopes = Nonzero(ONE), [type(inmost(p)) is Slope for p in premises]
    pairs = list(zip(premises, slopes, strict=True))
    given = Rewriting([p if own else nothing for p, own in pairs])
    return given, Rewriting([nothing if own else p for p, own in pairs], given.used)


def under(p: Prop, low: Term, high: Term) -> Prop:
    """What a proposition says under a binder with this range."""
    if type(p) is All and (p.low, p.high) == (low, high):
        return p.body
    out: Prop = shift(p)
    return out


def inmost(p: Prop) -> Prop:
    """What is said of each member of a range."""
    while type(p) is All:
        p = p.body
    return p


def sides(p: Prop) -> tuple[Term, Term] | None:
    """Both sides of an equation; a slope is one."""
    if type(p) is Slope:
        return D(p.term, p.by), p.value
    return (p.left, p.right) if type(p) is Eq else None
