"""Steps from many builders in one proof, each replayed by the kernel's rule as it is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..derive.builder import Builder
from ..kernel import Positive, Proof, Prop, Sequent, Step, Term
from ..kernel.checker import replay
from ..kernel.conditions import canonical
from ..kernel.context import Context
from ..kernel.sequents import state
from ..kernel.terms import Pow, num


@dataclass
class Assembly:
    """A proof put together over one context."""

    ctx: Context
    steps: list[Step] = field(default_factory=list)
    sequents: list[Sequent] = field(default_factory=list)
    numbers: dict[Step, int] = field(default_factory=dict)

    def add(self, step: Step) -> int:
        if step not in self.numbers:
            self.sequents.append(replay(self.ctx, step, self.sequents))
            self.steps.append(step)
            self.numbers[step] = len(self.steps) - 1
        return self.numbers[step]

    def graft(self, b: Builder, number: int) -> int:
        """A builder's step with all that it rests on."""
        todo, needed = [number], set[int]()
        while todo:
            k = todo.pop()
            if k not in needed:
                needed.add(k)
                todo += [*b.steps[k].uses, *b.steps[k].grounds]
        place: dict[int, int] = {}
        for k in sorted(needed):
            s = b.steps[k]
            uses, grounds = [place[n] for n in s.uses], [place[n] for n in s.grounds]
            place[k] = self.add(Step(s.rule, tuple(uses), s.conclusion, s.extra, tuple(grounds)))
        return place[number]

    def both(self, t: Term, above: int, below: int) -> int:
        """p for t /= 0, from p for t > 0 and p for -t > 0; from one of them alone, where it needs no sign."""
        for number, side in ((above, t), (below, Pow(t, 1) * num(-1))):
            if canonical(self.ctx, Positive(side)) not in self.sequents[number].hypotheses:
                return number
        p = self.steps[above].conclusion
        return self.add(Step("signs", (above, below), p, (t,)))

    def stated(self, number: int, grounds: Sequence[int]) -> int:
        """The step with all that it needs in order to be defined, where that is proved."""
        s = self.sequents[number]
        needs = {canonical(self.ctx, p) for p in state(self.ctx, s)} | s.hypotheses
        own = {canonical(self.ctx, self.steps[k].conclusion): k for k in grounds}
        kept = tuple(
            [k for p, k in own.items() if p in needs and p not in self.sequents[k].hypotheses]
        )
        if not kept:
            return number
        defined = {canonical(self.ctx, p) for p in state(self.ctx, s)}
        kept = tuple([k for p, k in own.items() if p in defined and k in kept])
        return self.add(Step("state", (number,), s.conclusion, (), kept)) if kept else number

    def needs(self, p: Prop, hypotheses: Sequence[Prop] = ()) -> list[Prop]:
        """What a proposition and hypotheses need in order to be defined."""
        found = state(self.ctx, Sequent(frozenset(hypotheses), p))
        return sorted([canonical(self.ctx, c) for c in found], key=str)

    def proof(self, claims: Sequence[int], like: Proof) -> Proof:
        """What the claims rest on, over the definitions of another proof."""
        todo, needed = list(claims), set[int]()
        while todo:
            k = todo.pop()
            if k not in needed:
                needed.add(k)
                todo += [*self.steps[k].uses, *self.steps[k].grounds]
        place = {old: new for new, old in enumerate(sorted(needed))}
        steps = []
        for k in sorted(needed):
            s = self.steps[k]
            uses, grounds = tuple([place[n] for n in s.uses]), tuple([place[n] for n in s.grounds])
            steps.append(Step(s.rule, uses, s.conclusion, s.extra, grounds))
        numbers = tuple(sorted({place[k] for k in claims}))
        return Proof(like.functions, like.definitions, tuple(steps), numbers)
