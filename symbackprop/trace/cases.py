"""Equations by cases: where a bracket [t > 0] stands in the way, for t > 0 and for t < 0, joined to t /= 0 by the kernel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from ..derive.builder import Builder
from ..kernel import Bracket, Nonzero, Positive, Step, Sym, Term
from ..kernel.conditions import canonical
from ..kernel.terms import subterms
from .forms import Forms
from .positivity import Positivity
from .reducing import Reducing

MAX_SPLITS = 7
Region = tuple[Term, ...]


class Cases:
    """Over one builder; `known` are terms that are assumed to be positive in all cases."""

    def __init__(
        self, b: Builder, known: Region, look: Callable[[], None], closed: Collection[Sym] = ()
    ) -> None:
        self.b, self.known, self.look = b, known, look
        self.plain = self._reducing(())
        self.short = self._reducing((), closed) if closed else None
        """With the forward's intermediate results left closed, where that is enough: it saves their expansion."""

    def _reducing(self, region: Region, closed: Collection[Sym] = ()) -> Reducing:
        positivity = Positivity(self.b, [*self.known, *region])
        self.b.settle = positivity.settle
        sign = positivity.sign if self.known or region else None
        return Reducing(self.b, Forms(self.b, sign, closed), self.look)

    def equal(self, left: Term, right: Term) -> int | None:
        """The step that concludes left = right; None where no proof was found."""
        if self.short is not None:
            found = self.short.equal(left, right)
            if found is not None:
                return found
        found = self.plain.equal(left, right)
        if found is not None:
            self.short = None  # what it leaves closed has to be opened here
            return found
        if not self._brackets(self.plain):
            return None
        try:
            return self._split(left, right, (), self.plain)
        finally:
            self._settle(())

    def _settle(self, region: Region) -> None:
        self.b.settle = Positivity(self.b, [*self.known, *region]).settle

    def _brackets(self, reducing: Reducing) -> list[Term]:
        """What stands in brackets without a bracket of its own, in what is left."""
        ring = self.b.ring
        atoms = dict.fromkeys(k for m in reducing.rest for k in m)
        inside = [u for k in atoms for u in subterms(ring.atoms[k])]
        found = {
            **dict.fromkeys(u.term for u in inside if isinstance(u, Bracket)),
            **reducing.forms.undecided,
        }
        simple = [t for t in found if not any(isinstance(u, Bracket) for u in subterms(t))]
        return sorted(simple, key=lambda t: (len(str(t)), str(t)))

    def _split(self, left: Term, right: Term, region: Region, reducing: Reducing) -> int | None:
        rows = self._brackets(reducing)
        if len(region) >= MAX_SPLITS or not rows:
            return None
        t = rows[0]
        steps = []
        for side in (t, self.b.ring.normal(-t)):
            with self._apart():
                step = self._case(left, right, (*region, side))
            if step is None:
                return None
            steps.append(step)
        return self._joined(t, *steps)

    def _case(self, left: Term, right: Term, region: Region) -> int | None:
        self.look()
        reducing = self._reducing(region)
        found = reducing.equal(left, right)
        return self._split(left, right, region, reducing) if found is None else found

    @contextmanager
    def _apart(self) -> Iterator[None]:
        """What is proved in a case is not known outside it."""
        b = self.b
        saved = b.numbers, b.conditions
        b.numbers, b.conditions = dict(saved[0]), dict(saved[1])
        try:
            yield
        finally:
            b.numbers, b.conditions = saved

    def _joined(self, t: Term, above: int, below: int) -> int:
        """p for t /= 0, from p for t > 0 and p for -t > 0; from one of them alone, where it needs no sign."""
        b = self.b
        sides = [canonical(b.ctx, Positive(s)) for s in (t, -t)]
        for step, side in zip((above, below), sides, strict=True):
            if side not in b.hypotheses[step]:
                return step
        own = frozenset([canonical(b.ctx, Nonzero(t))])
        rest = [b.hypotheses[k] - {side} for k, side in zip((above, below), sides, strict=True)]
        b.steps.append(Step("signs", (above, below), b.conclusion(above), (t,)))
        b.hypotheses.append(own.union(*rest))
        return len(b.steps) - 1
