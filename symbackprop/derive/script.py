"""Steps over indices: each is replayed by the kernel's rule as it is added, so its hypotheses are known at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..kernel import (
    All,
    App,
    D,
    Definition,
    Eq,
    Function,
    Int,
    KernelError,
    Nonzero,
    Positive,
    Proof,
    Prop,
    Sequent,
    Slope,
    Step,
    Sym,
    Term,
)
from ..kernel.checker import replay
from ..kernel.conditions import canonical, plain
from ..kernel.context import context
from ..kernel.derivative import Differentiation, slope
from ..kernel.integers import closed, opened, substitute, whole
from ..kernel.laws import instance
from ..kernel.rewriting import Rewriting, parted, sides
from ..kernel.terms import ONE, subterms
from .fractions import cleared


@dataclass(frozen=True)
class Range:
    """The integers from low to high."""

    low: Term
    high: Term

    def all(self, v: Int, p: Prop) -> All:
        """p for all v in the range."""
        return All(self.low, self.high, closed(p, v))


class Script:
    """A proof in the making over definitions of families; a conclusion that a step has already is not proved twice."""

    def __init__(self, functions: Iterable[Function], definitions: Iterable[Definition]) -> None:
        self.functions, self.definitions = tuple(functions), tuple(definitions)
        self.ctx = context(self.functions, self.definitions)
        self.ring_ = self.ctx.ring
        self.steps: list[Step] = []
        self.sequents: list[Sequent] = []
        self._numbers: dict[Any, int] = {}

    def step(
        self,
        rule: str,
        conclusion: Prop,
        uses: Sequence[int] = (),
        extra: Sequence[Term] = (),
        grounds: Sequence[int] = (),
    ) -> int:
        """One step, checked; its number.  Raises KernelError where it does not follow."""
        step = Step(rule, tuple(uses), conclusion, tuple(extra), tuple(grounds))
        if step not in self._numbers:
            sequent = replay(self.ctx, step, self.sequents)
            same = self._numbers.get(sequent)
            if same is not None and rule != "state":
                return same
            self._numbers[sequent] = self._numbers[step] = len(self.steps)
            self.steps.append(step)
            self.sequents.append(sequent)
        return self._numbers[step]

    def begin(self) -> None:
        """A new question: the work of the search before it does not count, as it does where a proof is checked."""
        self.ring_._work = 0

    def conclusion(self, k: int) -> Any:
        return self.sequents[k].conclusion

    def hypotheses(self, k: int) -> frozenset[Prop]:
        return self.sequents[k].hypotheses

    # --- rules, each with the conclusion that it has ----------------------------------------------------------

    def assume(self, p: Prop) -> int:
        return self.step("hypothesis", p)

    def law(self, name: str, *terms: Term) -> int:
        return self.step(f"law {name}", instance(name, terms)[0], (), terms)

    def definition(self, s: Sym) -> int:
        """The member's only definition."""
        cases = self.ctx.cases(s)
        if len(cases) != 1:
            raise KernelError("definition", f"one definition of {s}", len(cases))
        return self.step("definition", Eq(s, cases[0][0]))

    def unfold(self, t: App) -> int:
        """A defined function, or a derivative of one, at its arguments."""
        return self.step("unfold", Eq(t, slope(self.ctx, t)[0]))

    def ring(self, left: Term, right: Term, uses: Sequence[int] = ()) -> int:
        """left = right by algebra, with those of the equations that it takes."""
        return self.step("ring", Eq(left, right), self.used(uses, left, right))

    def fraction(self, left: Term, right: Term, uses: Sequence[int] = ()) -> int:
        """left = right as fractions, with those of the equations that it takes; what stands under ^-1 is not 0."""
        put, ring = Rewriting([self.conclusion(k) for k in uses]), self.ring_
        gap = ring.add(ring.poly(put(left)), ring.scale(ring.poly(put(right)), -1))
        rows = [(self.nonzero(d), q) for d, q in cleared(ring, gap)[2] if ring.poly(q)]
        used = [k for n, k in enumerate(uses) if n in put.used] + [k for k, _ in rows]
        return self.step("combine" if rows else "ring", Eq(left, right), used, [q for _, q in rows])

    def nonzero(self, t: Term) -> int:
        """t /= 0, plainly, or else by hypothesis."""
        return self.step("sign" if plain(self.ctx, Nonzero(t)) else "hypothesis", Nonzero(t))

    def sign(self, p: Positive | Nonzero, uses: Sequence[int] = ()) -> int:
        """t > 0, or t /= 0, by what equations make of it, as a fraction.  Raises KernelError where that does not show it."""
        put, ring = Rewriting([self.conclusion(k) for k in uses]), self.ring_
        poly = ring.poly(put(p.term))
        if not plain(self.ctx, type(p)(ring.term(poly))):
            top, under, _ = cleared(ring, poly)
            uses = [self.fraction(p.term, ring.term(ring.mul(top, under)), uses)]
        return self.step("sign", p, self.used(uses, p.term))

    def used(self, uses: Sequence[int], *terms: Term) -> list[int]:
        """The equations that change one of the terms."""
        put = Rewriting([self.conclusion(k) for k in uses])
        for t in terms:
            put(t)
        return [k for n, k in enumerate(uses) if n in put.used]

    def normal(self, left: Term, uses: Sequence[int] = ()) -> int:
        """left = its normal form, equals put for equals."""
        put = Rewriting([self.conclusion(k) for k in uses])
        return self.ring(left, self.ring_.normal(put(left)), uses)

    def combine(self, left: Term, right: Term, rows: Sequence[tuple[int, Term]]) -> int:
        """left - right = the sum of factors times differences, those that are 0 left out."""
        kept = [(k, q) for k, q in rows if self._differ(k)]
        if not kept:
            return self.ring(left, right)
        return self.step("combine", Eq(left, right), [k for k, _ in kept], [q for _, q in kept])

    def _differ(self, k: int) -> bool:
        left, right = sides(self.conclusion(k)) or (None, None)
        return left is None or right is None or self.ring_.poly(left) != self.ring_.poly(right)

    def chain(self, *equations: int) -> int:
        """a = c from a = b, b = c, ..."""
        first, last = self.conclusion(equations[0]), self.conclusion(equations[-1])
        return self.combine(first.left, last.right, [(k, ONE) for k in equations])

    def slope(self, t: Term, v: Sym, uses: Sequence[int] = (), value: Term | None = None) -> int:
        """dt/dv by the rules of calculus, in normal form or as given."""
        given, put = parted([self.conclusion(k) for k in uses])
        found = put(Differentiation(self.ctx, v, given)(t))
        used = [k for n, k in enumerate(uses) if n in put.used]
        return self.step(
            "derivative", Slope(t, v, self.ring_.normal(found) if value is None else value), used
        )

    def exists(self, k: int) -> int:
        """From a slope: there is one, called by name."""
        p = self.conclusion(k)
        named = D(p.term, p.by)
        return self.step(
            "derivative", Slope(p.term, p.by, named), (k, self.ring(p.value, named, (k,)))
        )

    # --- binders ----------------------------------------------------------------------------------------------

    def generalize(self, k: int, v: Int, r: Range) -> int:
        return self.step("generalize", r.all(v, self.conclusion(k)), (k,), (v,))

    def at(self, k: int, *values: Term) -> int:
        """What holds for all, at these values."""
        for value in values:
            p = self.conclusion(k)
            k = self.step("specialize", opened(p.body, value), (k,), (value,))
        return k

    def instance(self, k: int, values: dict[Int, Term]) -> int:
        """A step with integers for its indices."""
        changed = {v: n for v, n in values.items() if v != n and self._mentions(k, v)}
        if not changed:
            return k
        extra = [t for pair in changed.items() for t in pair]
        return self.step("instantiate", substitute(self.conclusion(k), dict(changed)), (k,), extra)

    def _mentions(self, k: int, v: Int) -> bool:
        s = self.sequents[k]
        return any(v in subterms(p) for p in (s.conclusion, *s.hypotheses))

    def cases(self, p: All, parts: Sequence[int]) -> int:
        return self.step("cases", p, parts)

    def induction(self, base: int, step: int, v: Int, low: Term, high: Term | None = None) -> int:
        """p(v) for v from low, to high where it is given."""
        return self.inductions([base], [step], v, low, high)[0]

    def inductions(
        self, bases: Sequence[int], steps: Sequence[int], v: Int, low: Term, high: Term | None
    ) -> list[int]:
        """Several p(v) at once, where the step of one uses the others."""
        said = [substitute(self.conclusion(k), {v: whole(v, -1)}) for k in steps]
        ends = (low,) if high is None else (low, high)
        return [self.step("induction", p, (*bases, *steps), (v, *ends)) for p in said]

    def ground(self, k: int, *grounds: int) -> int:
        """The same step once more, resting on other steps."""
        s = self.steps[k]
        open_here = self.hypotheses(k)
        useful = [g for g in grounds if canonical(self.ctx, self.conclusion(g)) in open_here]
        return (
            self.step(s.rule, s.conclusion, s.uses, s.extra, (*s.grounds, *useful)) if useful else k
        )

    # --- the whole --------------------------------------------------------------------------------------------

    def proof(self, claims: Sequence[int]) -> Proof:
        """What the claims rest on, and no more."""
        todo, needed = list(claims), set[int]()
        while todo:
            k = todo.pop()
            if k not in needed:
                needed.add(k)
                todo += [*self.steps[k].uses, *self.steps[k].grounds]
        place = {old: new for new, old in enumerate(sorted(needed))}
        return Proof(
            self.functions,
            self.definitions,
            tuple([_moved(self.steps[k], place) for k in sorted(needed)]),
            tuple([place[k] for k in claims]),
        )


def _moved(s: Step, place: dict[int, int]) -> Step:
    uses = tuple([place[k] for k in s.uses])
    return Step(s.rule, uses, s.conclusion, s.extra, tuple([place[k] for k in s.grounds]))
