"""What a theorem assumes, said as widely as it is assumed anywhere: a condition that another one says is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..derive.script import Range, Script
from ..kernel import All, AtLeast, Int, KernelError, Nonzero, Positive, Prop
from ..kernel.conditions import canonical, implied
from ..kernel.integers import opened
from .matching import matched
from .recursive import vacuous

Ranges = list[tuple[Int, Range]]


@dataclass(frozen=True)
class Widening:
    """The conditions of steps in one script; `letter` gives a letter that nobody has used."""

    b: Script
    letter: Callable[[], Int]

    def __call__(self, steps: Sequence[int]) -> list[int]:
        """Each step, resting on the widest of the conditions that any of them has."""
        every = {h for k in steps for h in self.b.hypotheses(k) if isinstance(h, All)}
        return [self._widened(k, sorted(every, key=str)) for k in steps]

    def opened(self, p: Any) -> tuple[Any, Ranges]:
        """What is said for all of some ranges, of letters; and the ranges."""
        ranges: Ranges = []
        while isinstance(p, All):
            v = self.letter()
            ranges.append((v, Range(p.low, p.high)))
            p = opened(p.body, v)
        return p, ranges

    def _widened(self, step: int, every: list[All]) -> int:
        for wide in every:
            own = self.b.hypotheses(step)
            found = [self._part(wide, h, own) for h in sorted(own - {wide}, key=str)]
            step = self.b.ground(step, *[k for k in found if k is not None])
        return step

    def _part(self, wide: All, h: Prop, own: frozenset[Prop]) -> int | None:
        """A condition that a wider one says, at one place or for a part of its ranges."""
        b = self.b
        said, there = self.opened(h)
        body, ranges = self.opened(wide)
        weaker = isinstance(said, Nonzero) and isinstance(body, Positive)
        letters = {r for r, _ in ranges}
        values = matched(body, Positive(said.term) if weaker else said, letters)
        if values is None or letters - {*values}:
            return None
        with suppress(KernelError):
            k = b.at(b.assume(wide), *[values[r] for r, _ in ranges])
            k = b.step("sign", said, [k]) if weaker else k
            for v, r in reversed(there):
                k = b.generalize(k, v, r)
            more = b.hypotheses(k) - own - {canonical(b.ctx, wide)}
            return k if self._adds_little(more, own, bool(there)) else None
        return None

    def _adds_little(self, more: frozenset[Prop], own: frozenset[Prop], everywhere: bool) -> bool:
        """Whether what comes in is on integers alone, and follows from what is there where it is said of a range."""
        known = {p for p in own if isinstance(p, AtLeast)}
        within = [isinstance(p, AtLeast) and (not everywhere or implied(p, known)) for p in more]
        return all(within) and not vacuous(more)
