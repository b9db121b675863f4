"""`decide`: a proof of an equation or of a derivative under conditions, by cases where brackets stand.

This is the interface for all who trace code.  A goal is `Eq(left, right)`, or `Slope(t, v, value)`: dt/dv exists and is the
value.  The terms are in symbols (any families), over definitions of functions and of symbols.  Each bracket [t > 0] whose
sign is not known splits the proof in two, t > 0 and t < 0; the kernel's rule `signs` joins them to t /= 0.  In a case
there are no brackets, and both sides are fractions in generators (see leaves.py and closing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from ..certificates import check
from ..derive.builder import Builder
from ..kernel import (
    App,
    Definition,
    Differentiable,
    Eq,
    Function,
    KernelError,
    Nonzero,
    Positive,
    Proof,
    Prop,
    Slope,
    Sym,
    Term,
    Theorem,
)
from ..kernel.conditions import canonical, conditions
from ..kernel.context import context
from ..kernel.definedness import definedness, ready
from ..kernel.terms import subterms
from .assembly import Assembly
from .closing import Closing
from .facts import arities
from .knowledge import Fact, Knowledge
from .leaves import Leaves
from .retries import expanding, pairing, shifting
from .signs import Signs

MAX_CASES = 160
Goal = Eq | Slope


@dataclass(frozen=True)
class Decided:
    """A proof that was found: its theorem, the facts among its hypotheses, and the other hypotheses, its conditions."""

    theorem: Theorem
    facts: dict[Prop, Fact]
    conditions: tuple[Prop, ...]


@dataclass(frozen=True)
class Open:
    """No proof was found; the last case in which it was missed, and why."""

    reason: str
    case: tuple[Prop, ...] = ()


def decide(
    goal: Goal,
    assumed: Sequence[Prop] = (),
    functions: Sequence[Function] = (),
    definitions: Sequence[Definition] = (),
    zero: Sequence[Eq] = (),
    until: float = float("inf"),
) -> Decided | Open:
    """The theorem that the goal holds where what is assumed does, and where all of it is defined; or why none was found.

    `assumed` are `Positive`, `Nonzero`, and equations `Eq(symbol, term)`, by which the symbol is rewritten.  Conditions that
    a proof needs beyond them are added and told, not refused: whoever asks must look at `conditions`.
    `zero` are equations under each of which the goal is proved, too.  After `until`, by the monotonic clock, it is open.
    Raises InputError never, and KernelError only where the definitions are none.

    >>> from symbackprop.kernel.terms import Bracket, Sym, num
    >>> x = Sym("x")
    >>> size = x * (Bracket(x) - Bracket(-x))
    >>> found = decide(Slope(size * size, x, num(2) * x))
    >>> [str(p) for p in found.conditions]
    ['x /= 0']
    """
    whole = Decision(goal, tuple(assumed), tuple(functions), tuple(definitions), until)
    return whole.found(zero)


class Missed(Exception):  # noqa: N818 - an answer of its own, not an error
    """A case that was not proved."""


@dataclass
class Decision:
    """One goal; `goal` and each of its needs is proved case by case."""

    goal: Goal
    assumed: tuple[Prop, ...]
    functions: tuple[Function, ...]
    definitions: tuple[Definition, ...]
    until: float = float("inf")
    knowledge: Knowledge = field(default_factory=Knowledge)
    cases: int = 0

    def __post_init__(self) -> None:
        self.ctx = ready(context(self.functions, self.definitions))
        self.assembly = Assembly(self.ctx)
        own = self.goal.values()
        found = definedness(self.ctx, self.goal).union(
            *[definedness(self.ctx, t) for t in own if isinstance(t, Term)]
        )
        self.needs = sorted(conditions(self.ctx, found), key=str)

    def found(self, zero: Sequence[Eq] = ()) -> Decided | Open:
        try:
            claims = [self._stated(self._case((), ()))]
            for equation in zero:
                claims.append(self._stated(self._case((), (equation,))))
        except Missed as missed:
            return Open(str(missed.args[0]), missed.args[1])
        except (KernelError, RecursionError, ArithmeticError) as error:
            return Open(f"its normal form can't be worked out: {error}")
        like = Proof(self.functions, self.definitions, (), ())
        theorem = check(self.assembly.proof(claims, like))
        return self._sorted(theorem)

    def _sorted(self, theorem: Theorem) -> Decided:
        facts, rest = dict[Prop, Fact](), list[Prop]()
        for h in theorem.hypotheses:
            if isinstance(h, Differentiable):
                self.knowledge.smooth(h)
            if isinstance(h, Positive):
                self.knowledge.bounded(Builder((), ()), h.term, lambda where, values: False)
            if h in self.knowledge.facts:
                facts[h] = self.knowledge.facts[h]
            else:
                rest.append(h)
        return Decided(theorem, facts, tuple(rest))

    def _stated(self, rows: tuple[int, dict[Prop, int]]) -> int:
        main, grounds = rows
        return self.assembly.stated(main, list(grounds.values()))

    def _case(self, region: tuple[Term, ...], equal: tuple[Eq, ...]) -> tuple[int, dict[Prop, int]]:
        """The goal's step, and those of its needs that are proved, where each term of the region is positive."""
        self.cases += 1
        if self.cases > MAX_CASES:
            raise Missed(f"more than {MAX_CASES} cases", ())
        if monotonic() > self.until:
            raise Missed("its time is over, while cases were proved", tuple(map(Positive, region)))
        case = Case(self, region, equal)
        split = case.undecided()
        if split is None:
            try:
                return case.proved()
            except Missed:
                split = case.unsigned()
                if split is None:
                    raise
        above = self._case((*region, split), equal)
        below = self._case((*region, case.b.ring.normal(-split)), equal)
        main = self.assembly.both(split, above[0], below[0])
        shared = above[1].keys() & below[1].keys()
        every = sorted(shared, key=str)
        return main, {p: self.assembly.both(split, above[1][p], below[1][p]) for p in every}


class Case:
    """One region: a builder of its own, for what holds there does not hold elsewhere."""

    def __init__(self, whole: Decision, region: tuple[Term, ...], equal: tuple[Eq, ...]) -> None:
        self.whole, self.goal, self.region = whole, whole.goal, region
        self.b = b = Builder(whole.functions, whole.definitions)
        plain = [p for p in (*whole.assumed, *whole.needs) if not has_bracket(p)]
        known = [*region, *[p.term for p in plain if isinstance(p, Positive)]]
        apart = [p.term for p in plain if isinstance(p, Nonzero)]
        self.apart = apart
        self.signs = Signs(b, known, apart)
        equations = [*[p for p in whole.assumed if isinstance(p, Eq)], *equal]
        solved: dict[Term, int] = {p.left: b.assume(p) for p in equations}
        self.leaves = Leaves(b, self.signs, whole.knowledge, solved)
        self.signs.rewritten = self.leaves.rewritten
        self.closing = Closing(b, self.leaves, self.leaves.power_of)
        self.leaves.equal, self.leaves.between = self.closing.prove, self.closing.between
        self.signs.bounded = lambda t: whole.knowledge.bounded(b, t, self.signs.holds)
        b.settle = self.signs.settle

    @property
    def sides(self) -> tuple[Term, Term]:
        if isinstance(self.goal, Eq):
            return self.goal.left, self.goal.right
        return self.goal.term, self.goal.value

    def undecided(self) -> Term | None:
        """What stands in a bracket and has no known sign: the first that has no bracket itself."""
        for t in self.sides:
            self.leaves.rewritten(t)
        found = [t for t in self.leaves.undecided if not has_bracket(t)]
        return min(found, key=lambda t: (len(str(t)), str(t))) if found else None

    def unsigned(self) -> Term | None:
        """What is known to be no 0, and has no known sign: to be split by, where all else fails."""
        found = [t for t in self.apart if not self.signs.sign(t)]
        simple = [self.b.ring.normal(t) for t in found]
        return min(simple, key=lambda t: (len(str(t)), str(t))) if simple else None

    def proved(self) -> tuple[int, dict[Prop, int]]:
        step = self._equation() if isinstance(self.goal, Eq) else self._slope(self.goal)
        graft = self.whole.assembly.graft
        main = graft(self.b, step)
        grounds = {}
        hypotheses = self.whole.assembly.sequents[main].hypotheses
        for p in self.whole.assembly.needs(self.goal, list(hypotheses)):
            k = self._settled(p)
            if k is not None:
                grounds[p] = graft(self.b, k)
        return main, grounds

    def _settled(self, p: Prop) -> int | None:
        """The proof of a need from what else is known; what is known of it by itself does not count."""
        own = canonical(self.b.ctx, p)
        if own in [canonical(self.b.ctx, q) for q in self.whole.assumed]:
            return None
        saved = self.signs.known, self.signs.apart, self.signs.shown
        if isinstance(p, Positive):
            self.signs.known = [t for t in saved[0] if canonical(self.b.ctx, Positive(t)) != own]
        if isinstance(p, Nonzero):
            self.signs.apart = [t for t in saved[1] if canonical(self.b.ctx, Nonzero(t)) != own]
        self.signs.shown = {}
        found = self.signs.settle(p)
        self.signs.known, self.signs.apart, self.signs.shown = saved
        return None if found is None or own in self.b.hypotheses[found] else found

    def _slope(self, goal: Slope) -> int:
        b = self.b
        slope = b.derivative(goal.term, goal.by)
        value = b.conclusion(slope).value  # type: ignore[attr-defined]
        if value == goal.value:
            return slope
        equal = self._equal(value, goal.value)
        return b.add("derivative", goal, [slope, equal])

    def _equation(self) -> int:
        return self._equal(*self.sides)

    def _equal(self, left: Term, right: Term) -> int:
        found = self.closing.prove(left, right)
        if found is None and self._again(left, right):
            found = self.closing.prove(left, right)
        if found is None:
            where = tuple(map(Positive, self.region))
            raise Missed("no proof found by the known laws and facts", where)
        return found

    def _again(self, left: Term, right: Term) -> bool:
        """Whether there are functions to be shifted, roots to be split, angles to be expanded; from now on they are."""
        first, second, _, _ = self.closing.forms(left, right)
        inside = {*subterms(self.b.ring.normal(first)), *subterms(self.b.ring.normal(second))}
        ways = [way(self.leaves, sorted(inside, key=str)) for way in (shifting, pairing, expanding)]
        self.leaves.leaves.clear()
        return any(ways)


def has_bracket(p: Prop | Term) -> bool:
    return any(type(t).__name__ == "Bracket" for t in subterms(p))


def opaque(t: Term) -> set[str]:
    """The functions in a term of which nothing is known."""
    return {u.name for u in subterms(t) if isinstance(u, App)} - set(arities())


__all__ = ["Decided", "Goal", "Open", "Sym", "decide"]
