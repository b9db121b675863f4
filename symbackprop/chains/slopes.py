"""∂t/∂v for the terms of a derivation: by the theorems about networks, else mechanically, from the definitions.

A term under a sum stands for all values of the sum's variable: what is proved there of one letter is generalized to the range.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress

from ..derive.partials import Partials
from ..derive.script import Range, Script
from ..derive.sums import contracted
from ..kernel import D, Int, KernelError, Sum, Sym, Term, Vec
from ..kernel.derivative import Differentiation
from ..kernel.integers import index, minus, opened, substitute, whole
from ..kernel.rewriting import parted
from ..kernel.terms import parts, subterms
from .layers import Given
from .recursive import Recursive, independent

Binder = tuple[Int, Range]
Provide = Callable[[Term], int | None]
Visit = Callable[[Term, tuple[Binder, ...]], bool]


class Slopes:
    """Derivatives in one script, each worked out once."""

    def __init__(self, b: Script, partials: Partials | None) -> None:
        self.b, self.partials = b, partials
        self.known: dict[tuple[Term, Sym, bool], int | None] = {}
        self.opened: dict[tuple[Term, Sym], int | None] = {}
        self.by_delta = False
        """Whether ∂e/∂s is δ, for δ is spoken of; else what it is by the base step, where it has a form of its own."""
        self.letters = 0
        self.recursive = Recursive(b, self.by_definition, self.letter)

    def __call__(self, t: Term, v: Sym) -> int | None:
        """The step that says what ∂t/∂v is; None where none was found."""
        key = (t, v, self.by_delta)
        if key not in self.known:
            self.known[key] = None  # what is met again within its own derivative has none here
            self.known[key] = self._found(t, v)
        return self.known[key]

    def unfolded(self, t: Sym, v: Sym) -> int | None:
        """What ∂t/∂v is by the definition of t alone, however far v is."""
        if (t, v) not in self.opened:
            self.opened[t, v] = None
            with suppress(KernelError):
                self.opened[t, v] = self.by_definition(t, v, None)
        return self.opened[t, v]

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
        if isinstance(t, Sym) and self.recursive.far(t, v):
            raise KernelError("derivative", "a number of layers between them", t)
        return self.by_definition(t, v, None)

    def by_definition(self, t: Term, v: Sym, given: Given | None) -> int:
        """The same, from what is given of some members; of others in a recursion it is known that there is a slope.

        Within an induction no bracket is contracted: that would ask of each layer what holds of one.
        """
        body = t
        if isinstance(t, Sym) and t != v:
            cases = self.b.ctx.cases(t)
            body = cases[0][0] if len(cases) == 1 else t
        premises = self.covered(body, lambda u: self._of_member(u, v, t, given))
        if given is not None and given.side:
            slopes, _ = parted([self.b.conclusion(k) for k in premises])
            premises += given.apart(self.b, Differentiation(self.b.ctx, v, slopes)(t))
        step = self.b.slope(t, v, premises)
        return step if given is not None else self.contracted(step)

    def _of_member(self, u: Term, v: Sym, top: Term, given: Given | None) -> int | None:
        if not isinstance(u, Sym) or u in (v, top) or not self.b.ctx.depends(u, v):
            return None
        known = None if given is None else given.member(u)
        known = self._by_theorem(u, v) if known is None else known
        if known is not None or not self.b.ctx.cases(u):
            return known
        if not self.recursive.circle(u.name):
            return self(u, v)
        return self._of_recursion(u, v, given)

    def _of_recursion(self, u: Sym, v: Sym, given: Given | None) -> int | None:
        """A member of a recursion: 0 below what varies, by its definition a given number of layers above, else by name."""
        height = self.recursive.height(u, v)
        if height is not None and height < 0:
            return self.recursive.below(u, v)
        if given is None:
            return self.recursive.live(u, v) if height is None else self(u, v)
        if not given.reaches(u):
            raise KernelError("recursion", "members of the layer before", u)
        return self.by_definition(u, v, given)

    def contracted(self, step: int) -> int:
        """A slope with its brackets contracted."""
        p = self.b.conclusion(step)
        e = contracted(self.b, p.value)
        value = self.b.conclusion(e).right
        return step if value == p.value else self.b.slope(p.term, p.by, (step, e), value)

    # --- under sums -----------------------------------------------------------------------------------------------

    def covered(self, t: Term, provide: Provide, but: AbstractSet[Term] = frozenset()) -> list[int]:
        """What is provided of each atom of a term, a step each; of one under sums, for all values of their variables.

        Atoms in `but`, as `placed` gives them, are left alone.
        """
        found: dict[int, None] = {}

        def visit(u: Term, binders: tuple[Binder, ...]) -> bool:
            left_alone = bool(but) and isinstance(u, D | Sym) and _placed(u, binders) in but
            step = None if left_alone else provide(u)
            every = None if step is None else self._generalized(step, binders)
            found.update({} if every is None else {every: None})
            return step is not None

        self._walk(t, (), visit)
        return list(found)

    def placed(self, t: Term) -> set[Term]:
        """The derivatives and the members in a term; of one under sums, with how far their variables have come for these."""
        found: set[Term] = set()

        def visit(u: Term, binders: tuple[Binder, ...]) -> bool:
            inner = subterms(u) if isinstance(u, D) else (u,)
            found.update([_placed(a, binders) for a in inner if isinstance(a, D | Sym)])
            return False

        self._walk(t, (), visit)
        return found

    def _walk(self, t: Term, binders: tuple[Binder, ...], visit: Visit) -> None:
        """A term and its parts, in letters for the variables of the sums around them, where a visit does not end there."""
        if isinstance(t, Sum | Vec):
            empty = isinstance(n := index(t.high, minus(t.low)), int) and n < 0
            if not empty and (isinstance(t, Vec) or not visit(t, binders)):
                v = self.letter()
                inner = (*binders, (v, Range(t.low, t.high)))
                self._walk(opened(t.body, v), inner, visit)
        elif not visit(t, binders) and not isinstance(t, D):
            for u in parts(t):
                self._walk(u, binders, visit)

    def _generalized(self, step: int, binders: tuple[Binder, ...]) -> int | None:
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


def _placed(u: Term, binders: tuple[Binder, ...]) -> Term:
    """A part of a term with each sum's variable as its first value and a number: the same wherever the sums begin."""
    values: dict[Int, Term] = {}
    for n, (v, r) in enumerate(binders):
        values[v] = whole(Int(f"'{n}"), substitute(r.low, values))
    out: Term = substitute(u, values) if values else u
    return out
