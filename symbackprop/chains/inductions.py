"""Inductions that are written out: the kernel's rule, upwards or downwards, from the chains of the base and the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..derive.script import Range
from ..kernel import All, AtLeast, Eq, KernelError, Prop, Term
from ..kernel.conditions import canonical
from ..kernel.integers import closed, minus, opened, substitute, whole
from ..kernel.terms import ONE
from .prover import Prover
from .recursive import independent
from .written import Induction

HYPOTHESIS = "induction hypothesis"


class InductionProof:
    """One induction in a prover's script; `own` makes the kernel's of what was written.

    The statement for one k is P(k), for all values of its other letters.
    """

    def __init__(self, prover: Prover, block: Induction, own: Callable[[Any], Any]) -> None:
        self.prover, self.b, self.block = prover, prover.b, block
        self.k, self.equation = block.letter, own(block.statement)
        self.low, self.high = own(block.low), own(block.high)
        self.others = [(v, own(low), own(high)) for v, low, high in block.others]

    @property
    def ends(self) -> tuple[Term, Term]:
        """The k of the base, and that of the step's conclusion."""
        if self.block.down:
            return self.high, whole(self.k, -1)
        return self.low, whole(self.k, 1)

    def at(self, k: Term) -> Prop:
        """P(k)."""
        p: Prop = self.equation
        for v, low, high in reversed(self.others):
            p = All(low, high, closed(p, v))
        out: Prop = substitute(p, {self.k: k})
        return out

    def hypothesis(self) -> int:
        """P(k) as a step, said of the other letters."""
        return self._opened(self.b.assume(self.at(self.k)))

    def given(self) -> list[Prop]:
        """P(k), and where k is in the step."""
        low, high = self.low, self.high
        first, last = (whole(low, 1), high) if self.block.down else (low, whole(high, -1))
        k = self.k
        return [self.at(k), AtLeast(whole(k, minus(first))), AtLeast(whole(last, minus(k)))]

    def _opened(self, step: int) -> int:
        return self.b.at(step, *[v for v, _, _ in self.others])

    def end(self, step: int, k: Term) -> int | None:
        """P(k), from a chain that leads from one side of the equation for this k to the other; None where it does not."""
        stated = self._equation(step, substitute(self.equation, {self.k: k}))
        try:
            return None if stated is None else self._for_all(stated, k)
        except KernelError:
            return None

    def _equation(self, step: int, p: Eq) -> int | None:
        e, b = self.b.conclusion(step), self.b
        for left, right, sign in ((e.left, e.right, ONE), (e.right, e.left, -ONE)):
            try:
                ends = [b.ring(p.left, left), b.ring(right, p.right)]
                return b.combine(p.left, p.right, [(ends[0], ONE), (step, sign), (ends[1], ONE)])
            except KernelError:
                continue
        return None

    def _for_all(self, step: int, k: Term) -> int:
        """For all values of the other letters, whose ranges may depend on k."""
        for v, low, high in reversed(self.others):
            ends = [substitute(t, {self.k: k}) for t in (low, high)]
            step = self.prover.slopes.generalized(step, v, Range(*ends))
        return step

    def whole(self, base: int, step: int) -> int:
        """P(k) for all k of the range, said of its letters.  KernelError where that does not follow."""
        b, k = self.b, self.k
        p = self.at(k)
        rest = (
            (whole(self.low, 1), self.high) if self.block.down else (self.low, whole(self.high, -1))
        )
        step = independent(b, step, k, Range(*rest), {canonical(b.ctx, p)})
        if not self.block.down:
            return self._opened(b.step("induction", p, (base, step), (k, self.low, self.high)))
        return self._opened(self._downwards(base, step))

    def _downwards(self, base: int, step: int) -> int:
        """k is the last of the range less a number n, which goes up."""
        b, k, n = self.b, self.k, self.prover.slopes.letter()
        here = whole(self.high, minus(n))
        q = self.at(here)
        ends = [substitute(q, {n: t}) for t in (whole(0), whole(n, 1))]
        rows = [self._moved(base, ends[0]), self._moved(b.instance(step, {k: here}), ends[1])]
        every = b.step("induction", q, rows, (n, whole(0), whole(self.high, minus(self.low))))
        return self._moved(b.instance(every, {n: whole(self.high, minus(k))}), self.at(k))

    def _moved(self, step: int, p: Any) -> int:
        """The same statement with its integers written as there."""
        if not self.others:
            found = self._equation(step, p)
        else:
            inner, ranges = p, []
            for v, _, _ in self.others:
                ranges.append((v, Range(inner.low, inner.high)))
                inner = opened(inner.body, v)
            found = self._equation(self._opened(step), inner)
            for v, r in reversed(ranges):
                found = None if found is None else self.prover.slopes.generalized(found, v, r)
        if found is None:
            raise KernelError("induction", p, self.b.conclusion(step))
        return found
