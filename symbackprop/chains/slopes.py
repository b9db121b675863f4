"""∂t/∂v for the terms of a derivation: by the theorems about networks, else mechanically, from the definitions.

A term under a sum stands for all values of the sum's variable: what is proved there of one letter is generalized to the range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from ..derive.partials import Partials
from ..derive.script import Range, Script
from ..derive.sums import contracted
from ..kernel import D, Int, KernelError, Sum, Sym, Term, Vec
from ..kernel.integers import opened
from ..kernel.terms import parts
from .recursive import Recursive, circle, independent

Binder = tuple[Int, Range]
Provide = Callable[[Term], int | None]


class Slopes:
    """Derivatives in one script, each worked out once."""

    def __init__(self, b: Script, partials: Partials | None) -> None:
        self.b, self.partials = b, partials
        self.known: dict[tuple[Term, Sym, bool], int | None] = {}
        self.by_delta = False
        """Whether ∂e/∂s is δ, for δ is spoken of; else what it is by the base step, where it has a form of its own."""
        self.letters = 0
        self.circles: dict[str, set[str]] = {}
        self.recursive = Recursive(b, self._by_definition, self.letter)

    def __call__(self, t: Term, v: Sym) -> int | None:
        """The step that says what ∂t/∂v is; None where none was found."""
        key = (t, v, self.by_delta)
        if key not in self.known:
            self.known[key] = None  # what is met again within its own derivative has none here
            self.known[key] = self._found(t, v)
        return self.known[key]

    def _found(self, t: Term, v: Sym) -> int | None:
        for way in (self._by_theorem, self._mechanical):
            try:
                found = way(t, v)
            except KernelError:
                continue
            if found is not None:
                return found
        return None

    def _by_theorem(self, t: Term, v: Sym) -> int | None:
        if self.partials is None or not isinstance(t, Sym):
            return None
        return self.partials.found(t, v, self.by_delta)

    def _mechanical(self, t: Term, v: Sym) -> int:
        """By the rules of calculus, from the slopes of the members that stand in the term or in its definition."""
        return self._by_definition(t, v, {})

    def _by_definition(self, t: Term, v: Sym, given: Mapping[Sym, int]) -> int:
        """The same, from what is given of some members; of others in a recursion it is known that there is a slope."""
        body = t
        if isinstance(t, Sym) and t != v:
            cases = self.b.ctx.cases(t)
            body = cases[0][0] if len(cases) == 1 else t
        premises = self.covered(body, lambda u: self._of_member(u, v, t, given))
        return self.contracted(self.b.slope(t, v, premises))

    def _of_member(self, u: Term, v: Sym, whole: Term, given: Mapping[Sym, int]) -> int | None:
        if not isinstance(u, Sym) or u in (v, whole) or not self.b.ctx.depends(u, v):
            return None
        if u in given:
            return given[u]
        known = self._by_theorem(u, v)
        if known is not None or not self.b.ctx.cases(u):
            return known
        if u.name not in self.circles:
            self.circles[u.name] = circle(self.b.ctx, u.name)
        if not self.circles[u.name] or not self.b.ctx.families.get(u.name):
            return self(u, v)
        return self._by_definition(u, v, given) if given else self.recursive.live(u, v)

    def contracted(self, step: int) -> int:
        """A slope with its brackets contracted."""
        p = self.b.conclusion(step)
        e = contracted(self.b, p.value)
        value = self.b.conclusion(e).right
        return step if value == p.value else self.b.slope(p.term, p.by, (step, e), value)

    # --- under sums -----------------------------------------------------------------------------------------------

    def covered(self, t: Term, provide: Provide, but: AbstractSet[Term] = frozenset()) -> list[int]:
        """What is provided of each atom of a term, a step each; of one under sums, for all values of their variables.

        Atoms in `but` are left alone, as they stand under the sums.
        """
        found: dict[int, None] = {}
        self._walk(t, t, [], provide, but, found)
        return list(found)

    def _walk(
        self,
        t: Term,
        shown: Any,
        binders: list[Binder],
        provide: Provide,
        but: AbstractSet[Term],
        found: dict[int, None],
    ) -> None:
        """A part of a term in letters for the variables of the sums around it; `shown` is the part as it stands."""
        whole_ = provide(t) if isinstance(t, Sum) and shown not in but else None
        if isinstance(t, Sum | Vec) and whole_ is None:
            v = self.letter()
            inner = [*binders, (v, Range(t.low, t.high))]
            self._walk(opened(t.body, v), shown.body, inner, provide, but, found)
            return
        step = whole_ if isinstance(t, Sum) else None if shown in but else provide(t)
        if step is not None:
            every = self._generalized(step, binders)
            found.update({} if every is None else {every: None})
            return
        if not isinstance(t, D):
            for u, as_shown in zip(parts(t), parts(shown), strict=True):
                self._walk(u, as_shown, binders, provide, but, found)

    def _generalized(self, step: int, binders: list[Binder]) -> int | None:
        """The same for all values of the binders' variables; None where its hypotheses limit them more."""
        try:
            for v, r in reversed(binders):
                step = self.generalized(step, v, r)
        except KernelError:
            return None
        return step

    def generalized(self, step: int, v: Int, r: Range) -> int:
        """What a step says of a letter, for all of a range; what it needs there is assumed of the whole range."""
        return self.b.generalize(independent(self.b, step, v, r), v, r)

    def letter(self) -> Int:
        """A letter that nobody has used."""
        self.letters += 1
        return Int(f"q_{self.letters}")
