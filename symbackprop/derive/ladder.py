"""The equality ladder for terms with letters for indices: found in a builder, then replayed in a script."""

from __future__ import annotations

from collections.abc import Sequence

from ..kernel import KernelError, Prop, Term
from .builder import Builder
from .equality import Equality
from .script import Script
from .tower import Tower, settle_with


class Ladder:
    """Proofs of equations by the laws of known functions, with the outputs x left as they are, or replaced by g(s)."""

    def __init__(self, script: Script, seed: int = 0) -> None:
        self.script = script
        self.builder = b = Builder(script.functions, script.definitions)
        towers = [Tower(b, lambda s: False), Tower(b, lambda s: s.name == "x")]
        b.settle = settle_with(b, towers)
        self.rungs = [Equality(b, t, seed) for t in towers]

    def prove(self, left: Term, right: Term, assumed: Sequence[Prop] = ()) -> int:
        """The script's step that concludes left = right.  Raises KernelError where no proof was found."""
        uses = [self.builder.assume(p) for p in assumed]
        for rung in self.rungs:
            found = rung.prove(left, right, uses)
            if found is not None:
                return self._replayed(found)
        raise KernelError("ladder", right, left)

    def _replayed(self, number: int) -> int:
        """A builder's step in the script, with all that it rests on."""
        todo, needed = [number], set[int]()
        while todo:
            k = todo.pop()
            if k not in needed:
                needed.add(k)
                todo += [*self.builder.steps[k].uses, *self.builder.steps[k].grounds]
        place: dict[int, int] = {}
        for k in sorted(needed):
            s = self.builder.steps[k]
            uses, grounds = [place[n] for n in s.uses], [place[n] for n in s.grounds]
            place[k] = self.script.step(s.rule, s.conclusion, uses, s.extra, grounds)
        return place[number]
