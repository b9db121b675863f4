"""A proof in the making: each method adds one step, whose conclusion it works out, and gives the step's number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..kernel import (
    App,
    Definition,
    Eq,
    Function,
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
from ..kernel.conditions import canonical, plain
from ..kernel.context import context
from ..kernel.definedness import ready
from ..kernel.derivative import Differentiation, slope
from ..kernel.laws import instance
from ..kernel.rewriting import Rewriting, parted, sides
from ..kernel.rules import RULES
from ..kernel.sequents import state
from .fractions import cleared

Hypotheses = frozenset[Prop]


class Builder:
    """Steps over fixed definitions.  A conclusion that a step has already is not proved twice.

    `settle` is called once with each condition that a step needs, before the step is added; it gives the step that proves
    the condition, if one does.  Such a step is a ground of every step that needs the condition.
    """

    def __init__(self, functions: Iterable[Function], definitions: Iterable[Definition]) -> None:
        self.functions, self.definitions = tuple(functions), tuple(definitions)
        self.ctx = ready(context(self.functions, self.definitions))
        self.ring = self.ctx.ring
        self.steps: list[Step] = []
        self.hypotheses: list[Hypotheses] = []
        self.numbers: dict[Prop, int] = {}
        self.conditions: dict[Prop, int | None] = {}
        """Each condition met so far, and the step that proves it."""
        self._stated: dict[int, int] = {}
        self.settle: Callable[[Prop], int | None] = lambda condition: None

    def conclusion(self, number: int) -> Prop:
        return self.steps[number].conclusion

    def equation(self, number: int) -> Eq:
        """The equation that a step concludes; a slope is one of a derivative."""
        pair = sides(self.steps[number].conclusion)
        if pair is None:
            raise KernelError("builder", "a step that concludes an equation", self.steps[number])
        return Eq(*pair)

    def rewriting(self, uses: Sequence[int]) -> Rewriting:
        """Puts equals for equals, by the equations of these steps."""
        return Rewriting([self.conclusion(k) for k in uses])

    def add(
        self,
        rule: str,
        p: Prop,
        uses: Sequence[int] = (),
        extra: tuple[Term, ...] = (),
        needs: Iterable[Prop] = (),
    ) -> int:
        """A step and the conditions that its rule has; those that are proved are its grounds."""
        if p not in self.numbers:
            own = self.need(needs)
            self.numbers[p] = self._append(rule, p, uses, extra, own)
        return self.numbers[p]

    def _append(
        self, rule: str, p: Prop, uses: Sequence[int], extra: tuple[Term, ...], own: Sequence[Prop]
    ) -> int:
        """A step with its grounds, and the hypotheses that it has."""
        inherited = Hypotheses().union(own, *[self.hypotheses[k] for k in uses])
        settled = {c: k for c in own if (k := self.conditions.get(c)) is not None}
        grounds = [self.hypotheses[k] for k in settled.values()]
        self.hypotheses.append((inherited - settled.keys()).union(*grounds))
        self.steps.append(Step(rule, tuple(uses), p, extra, tuple(settled.values())))
        return len(self.steps) - 1

    def need(self, conditions: Iterable[Prop]) -> list[Prop]:
        """Conditions in one form, those that are not plain; each is settled, once."""
        ordered = sorted(conditions, key=str)  # a set's order is another in each process
        found = [canonical(self.ctx, c) for c in ordered if not plain(self.ctx, c)]
        for c in found:
            if c not in self.conditions:
                self.conditions[c] = None
                k = self.settle(c)
                if k is not None and c not in self.hypotheses[k]:
                    self.conditions[c] = k
        return list(dict.fromkeys(found))

    def assume(self, p: Prop) -> int:
        """A hypothesis, which nothing settles."""
        if p not in self.numbers:
            own = [] if plain(self.ctx, p) else [canonical(self.ctx, p)]
            self.hypotheses.append(frozenset(own))
            self.numbers[p] = len(self.steps)
            self.steps.append(Step("hypothesis", (), p))
        return self.numbers[p]

    def defined(self, symbol: Sym) -> bool:
        """Whether one definition is known to cover a member."""
        return len(self.ctx.cases(symbol)) == 1

    def definition(self, symbol: Sym) -> int:
        ((term, needs),) = self.ctx.cases(symbol)
        return self.add("definition", Eq(symbol, term), needs=needs)

    def unfold(self, t: App) -> int:
        body, needs = slope(self.ctx, t)
        return self.add("unfold", Eq(t, body), needs=needs)

    def law(self, name: str, *terms: Term) -> int:
        equation, needs = instance(name, terms)
        return self.add(f"law {name}", equation, extra=terms, needs=needs)

    def derivative(self, t: Term, by: Sym, uses: Sequence[int] = ()) -> int:
        """dt/dv in normal form, with what earlier steps say of derivatives by v."""
        given, put = parted([self.conclusion(k) for k in uses])
        differentiation = Differentiation(self.ctx, by, given)
        found = self.ring.normal(put(differentiation(t)))
        used = [k for n, k in enumerate(uses) if n in put.used]
        return self.add("derivative", Slope(t, by, found), used, needs=differentiation.needs)

    def useful(self, uses: Sequence[int], *terms: Term) -> list[int]:
        """The equations that change one of the terms; and all that is no equation."""
        put = self.rewriting(uses)
        for t in terms:
            put(t)
        return [k for n, k in enumerate(uses) if n in put.used or sides(put.rules[n]) is None]

    def ring_step(self, left: Term, right: Term, uses: Sequence[int] = ()) -> int:
        """left = right by algebra, with those of the equations that it takes; or the one of them that says it."""
        p = Eq(left, right)
        said = [k for k in uses if sides(self.conclusion(k)) == (left, right)]
        if said or p in self.numbers:
            return (said or [self.numbers[p]])[0]
        return self.add("ring", p, self.useful(uses, left, right))

    def combine(self, left: Term, right: Term, parts: Sequence[tuple[int, Term]]) -> int:
        """left - right as a sum of factors times differences, those that are 0 left out."""
        kept = [(k, q) for k, q in parts if self._counts(k, q)]
        uses, extra = [k for k, _ in kept], tuple([q for _, q in kept])
        return self.add("combine" if kept else "ring", Eq(left, right), uses, extra)

    def fraction(self, left: Term, right: Term, uses: Sequence[int]) -> int | None:
        """left = right as fractions, by those of the equations that it takes; None where that does not show it."""
        p, put, ring = Eq(left, right), self.rewriting(uses), self.ring
        if p in self.numbers:
            return self.numbers[p]
        try:
            gap = ring.add(ring.poly(put(left)), ring.scale(ring.poly(put(right)), -1))
            top, _, factors = cleared(ring, gap)
        except KernelError:
            return None
        if top:
            return None
        rows = [(self.nonzero(d), q) for d, q in factors if ring.poly(q)]
        used = [k for n, k in enumerate(uses) if n in put.used] + [k for k, _ in rows]
        return self.add("combine" if rows else "ring", p, used, tuple([q for _, q in rows]))

    def nonzero(self, t: Term) -> int:
        """A step that concludes t /= 0: it shows, or is proved, or is assumed."""
        found = self.need([Nonzero(t)])
        if not found:
            return self.add("sign", Nonzero(t))
        proved = self.conditions[found[0]]
        return self.assume(found[0]) if proved is None else proved

    def sign(self, p: Positive | Nonzero, uses: Sequence[int] = ()) -> int | None:
        """t > 0, or t /= 0: by what is said of a multiple of t, or by what equations make of t, or of it as one fraction."""
        found = self._sign(p, uses)
        if found is not None:
            return found
        equal = self._one_fraction(p, uses)
        return None if equal is None else self._sign(p, [equal])

    def _sign(self, p: Positive | Nonzero, uses: Sequence[int]) -> int | None:
        """The step if the kernel takes it, else None."""
        if p in self.numbers:
            return self.numbers[p]
        used = self.useful(uses, p.term)
        try:
            RULES["sign"](self.ctx, [self.conclusion(k) for k in used], p, ())
        except KernelError:
            return None
        return self.add("sign", p, used)

    def _one_fraction(self, p: Positive | Nonzero, uses: Sequence[int]) -> int | None:
        """That a term is one fraction, if the signs above and below its line show what is said of it."""
        try:
            top, under, _ = cleared(self.ring, self.ring.poly(self.rewriting(uses)(p.term)))
            form = self.ring.term(self.ring.mul(top, under))
        except KernelError:
            return None
        return self.fraction(p.term, form, uses) if plain(self.ctx, type(p)(form)) else None

    def _counts(self, number: int, factor: Term) -> bool:
        e = self.equation(number)
        return bool(self.ring.poly(factor)) and self.ring.poly(e.left) != self.ring.poly(e.right)

    def stated(self, number: int) -> int:
        """The step with all that it needs in order to be defined, where some of that is proved; `check` adds the rest."""
        if number not in self._stated:
            p = self.conclusion(number)
            own = self.need(state(self.ctx, Sequent(self.hypotheses[number], p)))
            proved = any(self.conditions[c] is not None for c in own)
            self._stated[number] = (
                self._append("state", p, (number,), (), own) if proved else number
            )
        return self._stated[number]

    def proof(self, claims: Sequence[int]) -> Proof:
        """What the claims rest on, and no more."""
        stated = [self.stated(k) for k in claims]
        todo, needed = list(stated), set[int]()
        while todo:
            k = todo.pop()
            if k not in needed:
                needed.add(k)
                todo += [*self.steps[k].uses, *self.steps[k].grounds]
        place = {old: new for new, old in enumerate(sorted(needed))}
        steps = tuple([_moved(self.steps[k], place) for k in sorted(needed)])
        numbers = tuple([place[k] for k in stated])
        return Proof(self.functions, self.definitions, steps, numbers)


def _moved(s: Step, place: dict[int, int]) -> Step:
    uses, grounds = tuple([place[k] for k in s.uses]), tuple([place[k] for k in s.grounds])
    return Step(s.rule, uses, s.conclusion, s.extra, grounds)
