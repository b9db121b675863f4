"""A proof in the making: each method adds one step, whose conclusion it works out, and gives the step's number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..kernel import (
    App,
    D,
    Definition,
    Eq,
    Function,
    KernelError,
    Nonzero,
    Positive,
    Proof,
    Prop,
    Step,
    Sym,
    Term,
)
from ..kernel.checker import context
from ..kernel.laws import LAWS
from ..kernel.rules import apply_rule, canonical, derivative, plain, slope


class Builder:
    """Steps over fixed definitions.  A conclusion that a step has already is not proved twice.

    `settle` is called with each condition that a step needs before the step is added, so that it may be proved first.
    """

    def __init__(self, functions: Iterable[Function], definitions: Iterable[Definition]) -> None:
        self.functions, self.definitions = tuple(functions), tuple(definitions)
        self.ctx = context(self.functions, self.definitions)
        self.ring = self.ctx.ring
        self.steps: list[Step] = []
        self.numbers: dict[Prop, int] = {}
        self.conditions: set[Prop] = set()
        self.settle: Callable[[Prop], None] = lambda condition: None

    def conclusion(self, number: int) -> Prop:
        return self.steps[number].conclusion

    def equation(self, number: int) -> Eq:
        p = self.steps[number].conclusion
        if not isinstance(p, Eq):
            raise KernelError("builder", "a step that concludes an equation", p)
        return p

    def add(
        self, rule: str, p: Prop, uses: Sequence[int] = (), extra: tuple[Term, ...] = ()
    ) -> int:
        if p not in self.numbers:
            self.numbers[p] = len(self.steps)
            self.steps.append(Step(rule, tuple(uses), p, extra))
        return self.numbers[p]

    def need(self, conditions: Iterable[Prop]) -> None:
        """Conditions that the next step has: each that is not plain is settled, once."""
        for condition in sorted({canonical(self.ctx, c) for c in conditions}, key=str):
            if condition not in self.conditions and not plain(self.ctx, condition):
                self.conditions.add(condition)
                self.settle(condition)

    def definition(self, symbol: Sym) -> int:
        return self.add("definition", Eq(symbol, self.ctx.symbols[symbol]))

    def unfold(self, t: App) -> int:
        body, needs = slope(self.ctx, t)
        self.need(needs)
        return self.add("unfold", Eq(t, body))

    def law(self, name: str, *terms: Term) -> int:
        equation, needs = LAWS[name](*terms)
        self.need(needs)
        return self.add(f"law {name}", equation, extra=terms)

    def derivative(self, t: Term, by: Sym, uses: Sequence[int] = ()) -> int:
        """dt/dv in normal form, with what earlier steps say of the derivatives of symbols."""
        known: dict[Term, Term] = {}
        for k in uses:
            e = self.equation(k)
            if isinstance(e.left, D) and isinstance(e.left.term, Sym):
                known[e.left.term] = e.right
        needs: set[Prop] = set()
        found = self.ring.normal(derivative(self.ctx, t, by, known, needs))
        self.need(needs)
        return self.add("derivative", Eq(D(t, by), found), uses)

    def ring_step(self, left: Term, right: Term, uses: Sequence[int] = ()) -> int:
        return self.add("ring", Eq(left, right), uses)

    def combine(self, left: Term, right: Term, parts: Sequence[tuple[int, Term]]) -> int:
        uses, extra = [k for k, _ in parts], tuple([q for _, q in parts])
        return self.add("combine", Eq(left, right), uses, extra)

    def attempt(self, rule: str, p: Prop, uses: Sequence[int] = ()) -> int | None:
        """The step if the kernel takes it, else None."""
        if p in self.numbers:
            return self.numbers[p]
        try:
            needs = apply_rule(self.ctx, rule, [self.conclusion(k) for k in uses], p, ())
        except KernelError:
            return None
        self.need(needs)
        return self.add(rule, p, uses)

    def proof(self, claims: Sequence[int]) -> Proof:
        """What the claims rest on, and no more: steps that they do not use are left out, but for settled conditions."""
        needed = self._used(claims)
        order = sorted(needed)
        place = {old: new for new, old in enumerate(order)}
        steps = [self._moved(self.steps[k], place) for k in order]
        return Proof(
            self.functions, self.definitions, tuple(steps), tuple([place[k] for k in claims])
        )

    def _moved(self, step: Step, place: dict[int, int]) -> Step:
        uses = tuple([place[k] for k in step.uses])
        return Step(step.rule, uses, step.conclusion, step.extra)

    def _used(self, claims: Sequence[int]) -> set[int]:
        facts = [
            k for k, s in enumerate(self.steps) if isinstance(s.conclusion, Positive | Nonzero)
        ]
        todo, needed = [*claims, *facts], set[int]()
        while todo:
            k = todo.pop()
            if k not in needed:
                needed.add(k)
                todo.extend(self.steps[k].uses)
        return needed
