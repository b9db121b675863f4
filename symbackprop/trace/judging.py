"""The judgement of a rule: a look at some points, a proof, the conditions that it has, and what lies between its cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from time import monotonic
from typing import Any

from ..derive.builder import Builder
from ..kernel import App, Bracket, Eq, Nonzero, Positive, Pow, Prop, Term
from ..kernel.conditions import canonical
from ..kernel.definedness import definedness
from ..kernel.terms import subterms
from ..refute.numbers import plain
from ..verdict import Proved, Refuted, Unknown, Verdict
from .aliases import unaliased
from .assumptions import condition_of, entailed, words
from .decide import Decided, Open, decide, has_bracket
from .facts import arities
from .grammar import Formula, number
from .knowledge import every, written
from .refuting import NUMERIC, Refuting, Witness
from .rule import Rule
from .search import INCOMING, Places, Point, at, border, satisfies
from .signs import Signs, plainly

LOOK, SEARCHED = 3, 160
UNDECIDED = "no proof found by the known laws and facts, and no point found where the sides differ"
NOWHERE = "the formula has no value at any of the points tried, where the derivative has one"
ROUNDED = "not proved as written; its decimals may be roundings of other numbers"


@dataclass(frozen=True)
class Kinked:
    """A point where the formula is not smooth: what the rule gives there, beside the one-sided derivatives."""

    point: Point
    rule: str
    left: str
    right: str

    def __str__(self) -> str:
        where = ", ".join(f"{n} = {v}" for n, v in self.point.items())
        return f"at {where} the rule gives {self.rule}; the derivative is {self.left} from the left, {self.right} from the right"


@dataclass(frozen=True)
class ProvedRule(Proved):
    """A rule that is proved; `kinks` tell what it gives where the formula is not smooth, and refute nothing."""

    kinks: tuple[Kinked, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *[f"   {k}" for k in self.kinks]])


@dataclass
class Judge:
    """The judgement of one rule."""

    rule: Rule
    seed: int = 0
    until: float = float("inf")

    def __post_init__(self) -> None:
        self.goal, self.functions = self.rule.goal()
        self.refuting = Refuting(self.rule, self.until)
        own = self.rule.assumed
        self.places = Places(self.rule.names, own.integers, own.condition, self.seed)
        self.b = Builder(self.functions, ())

    def verdict(self, diagnose: bool = True) -> Verdict:
        witness = self.refuting.first(self.places.points(60), LOOK)
        if witness is None:
            found = self.decided()
            if isinstance(found, Decided):
                return self._proved(found, diagnose)
            anew = self._read_anew()
            if anew is not None:
                return anew
            witness = self.refuting.first(self._everywhere(), self._searched)
        if witness is not None:
            return self._refuted(witness, diagnose)
        return Unknown(self.rule, self._reason())

    @property
    def _searched(self) -> int:
        """At how many points it is tried; at few where a function takes long."""
        heads = {f.head for f in (*every(unaliased(self.rule.forward)), *every(self.rule.own))}
        return SEARCHED // 8 if heads & set(arities()) else SEARCHED

    def again(self, by: str, proved: Verdict) -> Verdict:
        """Refuted where the rule, differentiated case by case as a program is, does not give the mixed derivative."""
        borders = [p for t in self._brackets(self.goal.value) for p in self._on(t, 6)]
        for point in [*borders, *self.places.few(6)]:
            found = self.refuting.again(point, by)
            if found is not None:
                claim: Any = f"{self.rule}, differentiated again by {by}, case by case"
                return Refuted(claim, dict(found.point), found.left, found.right)
        return proved

    def _reason(self) -> str:
        if monotonic() > self.until:
            return "its time is over, while points were tried"
        smooth = [p for p in self.places.few(12) if self._smooth(p)]
        if smooth and not any(self._valued(p) for p in smooth):
            return NOWHERE
        return ROUNDED if self.refuting.roundings else UNDECIDED

    def _valued(self, point: Point) -> bool:
        try:
            self.refuting.given(point)
        except NUMERIC:
            return False
        return True

    def decided(self) -> Decided | Open:
        """With what is assumed strictly; then with borders left out."""
        own = self.rule.assumed
        found = decide(self.goal, own.strict, self.functions, until=self.until)
        if isinstance(found, Open) and own.closed:
            given = (*own.strict, *own.closed)
            found = decide(self.goal, given, self.functions, until=self.until)
        return found

    def _everywhere(self) -> Any:
        return chain(self._borders(), self.places.points(), self.places.points(800, wide=True))

    # --- brackets ---------------------------------------------------------------------------------------------------------

    def _brackets(self, t: Term) -> list[Term]:
        """What stands in the brackets of a term, in one form for t and -t, where it has no bracket itself."""
        inside = [u.term for u in subterms(t) if isinstance(u, Bracket) and not has_bracket(u.term)]
        forms = [canonical(self.b.ctx, Nonzero(u)).term for u in inside if self.b.ring.poly(u)]  # type: ignore[attr-defined]
        return list(dict.fromkeys(forms))

    @cached_property
    def kinks(self) -> list[Term]:
        """Where the forward formula may not be smooth."""
        return self._brackets(self.goal.term)

    @cached_property
    def seams(self) -> list[Term]:
        """Where the rule has a border of two cases, and the forward formula has none."""
        return [t for t in self._brackets(self.goal.value) if t not in self.kinks]

    def _on(self, t: Term, count: int) -> list[Point]:
        """Points where a term is 0, and what is assumed holds."""
        out = self._met(t, count)
        solved = border(self.b, t)
        if solved is None:
            return out
        name, value = solved
        free = replace(self.places, condition=Formula("true"))
        for point in free.points(60):
            try:
                found = at(point).value(written(value))
            except NUMERIC:
                continue
            moved = {**point, name: found}
            if isinstance(found, Fraction) and satisfies(self.rule.assumed.condition, moved):
                out.append(moved)
            if len(out) >= count or (count == 1 and out):
                break
        return out

    def _met(self, t: Term, count: int) -> list[Point]:
        """Simple points where a term happens to be 0."""
        zero = Formula("==", (written(t), number(0)))
        near = list(self.places.points(60, wide=True))
        return [p for p in near if satisfies(zero, p)][: count // 2]

    def _exceptions(self, found: Decided) -> list[Point]:
        """Points that the proof leaves out: those on a kink of the forward formula have no derivative, and refute nothing."""
        own = [p.term for p in found.conditions if isinstance(p, Nonzero)]
        return [p for t in own if not has_bracket(t) for p in self._on(t, 6)]

    def _borders(self) -> list[Point]:
        return [p for t in self.seams for p in self._on(t, 6)]

    # --- verdicts -----------------------------------------------------------------------------------------------------------

    def _proved(
        self, found: Decided, diagnose: bool = False, readings: tuple[str, ...] = ()
    ) -> Verdict:
        found = self._here(found)
        witness = self.refuting.first(self._exceptions(found))
        if witness is not None and not readings:
            return self._refuted(witness, diagnose)
        found, covered = self._at_seams(found)
        conditions = self._conditions(found, covered)
        hidden = self._unheard(found) or self._hidden(found)
        if hidden is not None:
            return Unknown(self.rule, hidden)
        example = self._example(conditions)
        if example is None:
            text = "; ".join(map(words, conditions)) or "what is assumed"
            return Unknown(self.rule, f"no point was found that satisfies every hypothesis: {text}")
        laws = dict.fromkeys([*found.theorem.laws, *[f.says for f in found.facts.values()]])
        texts = (*map(words, conditions), *readings)
        return ProvedRule(
            found.theorem, str(self.rule), texts, tuple(laws), example, (), "cases", self._kinked()
        )

    def _unheard(self, found: Decided) -> str | None:
        """Why it is not proved, where the proof rests on what is neither a condition nor a known fact."""
        others = [p for p in found.conditions if not isinstance(p, Positive | Nonzero | Eq)]
        return f"it would rest on what is not known: {others[0]}" if others else None

    def _here(self, found: Decided) -> Decided:
        """A decision with its conditions in the normal form of this judge, for each builder has its own."""
        conditions = [canonical(self.b.ctx, p) for p in found.conditions]
        return replace(found, conditions=tuple(dict.fromkeys(conditions)))

    def _at_seams(self, found: Decided) -> tuple[Decided, list[Prop]]:
        """The proof with the seam of the rule's cases, where there is one and it is proved there, too."""
        own = [canonical(self.b.ctx, Nonzero(t)) for t in self.seams]
        open_ = [p for p in own if p in found.conditions]
        solved = border(self.b, open_[0].term) if len(open_) == 1 else None  # type: ignore[attr-defined]
        if solved is None:
            return found, []
        equation = Eq(self.rule.symbols[solved[0]], solved[1])
        known = self.rule.assumed
        whole = decide(self.goal, known.strict, self.functions, zero=[equation])
        if isinstance(whole, Open):
            return found, []
        whole = self._here(whole)
        fresh = {*whole.conditions} - {*found.conditions, equation}
        return (found, []) if fresh else (whole, [*open_, equation])

    def _conditions(self, found: Decided, covered: Sequence[Prop]) -> list[Formula]:
        """What the theorem assumes, as conditions; without those that what is stated says already."""
        names = self.rule.symbols
        rows = [
            condition_of(self.b, p)
            for p in found.conditions
            if p not in covered and not self._plain(p)
        ]
        facts = [f.where for f in found.facts.values() if f.where is not None]
        given = self.rule.assumed.condition
        if given.head != "true":
            own = [c for c in (*rows, *facts) if not entailed(c, [given], names)]
            out = [given]
        else:
            own, out = [*rows, *facts], []
        own = [c for c in dict.fromkeys(own) if not entailed(c, [], names)]
        kept = list(own)
        for c in sorted(own, key=lambda c: (-len(str(c)), str(c))):
            others = [d for d in (*out, *kept) if d != c]
            if others and entailed(c, others, names):
                kept.remove(c)
        return [*out, *kept]

    def _plain(self, p: Prop) -> bool:
        """Whether a condition says that a term is not 0, or positive, which is plainly so as it was written."""
        known = [q.term for q in self.rule.assumed.strict if isinstance(q, Positive)]
        apart = [q.term for q in self.rule.assumed.strict if isinstance(q, Nonzero)]
        signs = Signs(self.b, known, apart)
        written_so = self.as_written.get(p, ())
        return any(plainly(signs, t) == 1 for t in written_so)

    @cached_property
    def as_written(self) -> dict[Prop, list[Term]]:
        """Of each condition of a function or of an inverse, the term that it is about, before it was multiplied out."""
        out: dict[Prop, list[Term]] = {}
        for t in {*subterms(self.goal.term), *subterms(self.goal.value)}:
            args = t.args if isinstance(t, App) else [t.base] if isinstance(t, Pow) else []
            for u in [u for u in args if self.b.ring.poly(u)]:
                for kind in (Positive, Nonzero):
                    out.setdefault(canonical(self.b.ctx, kind(u)), []).append(u)
        return out

    def _hidden(self, found: Decided) -> str | None:
        """Why it is not proved, where the rule has no value and the forward formula has a derivative."""
        own = {canonical(self.b.ctx, p) for p in definedness(self.b.ctx, self.goal.term)}
        own |= {canonical(self.b.ctx, p) for p in self.rule.assumed.strict}
        regions = [p for p in found.conditions if isinstance(p, Positive) and p not in own]
        if not regions:
            return None
        for point in self.places.few(40):
            outside = [
                c for c in (condition_of(self.b, p) for p in regions) if not self._holds(c, point)
            ]
            if outside and self._smooth(point):
                where = " and ".join(words(condition_of(self.b, p)) for p in regions)
                return f"it holds where {where}, but has no value elsewhere; assume that, if it is meant"
        return None

    def _holds(self, c: Formula, point: Point) -> bool:
        try:
            return at(point).holds(c)
        except NUMERIC:
            return True

    def _smooth(self, point: Point) -> bool:
        try:
            self.refuting.derivative(point)
        except NUMERIC:
            return False
        return True

    def _example(self, conditions: Sequence[Formula]) -> dict[Any, Any] | None:
        """A point that satisfies what is assumed and found."""
        for point in self.places.points(600):
            if all(satisfies(c, point) for c in conditions) and self._smooth(point):
                return dict(point)
        return None

    def _kinked(self) -> tuple[Kinked, ...]:
        rows = [self._kink(p) for t in self.kinks for p in self._on(t, 1)]
        return tuple({str(k): k for k in rows if k is not None}.values())

    def _kink(self, point: Point) -> Kinked | None:
        point = {n: v for n, v in point.items() if n != INCOMING}
        v, step = self.rule.wrt, Fraction(1, 10**30)
        try:
            own = self.refuting.given(point)
            sides = [self.refuting.derivative({**point, v: point[v] + h}) for h in (-step, step)]
        except NUMERIC:
            return None
        return Kinked(point, *[brief(x) for x in (own, *sides)])

    def _refuted(self, witness: Witness, diagnose: bool) -> Refuted:
        sentence = None
        if diagnose:
            from .mistakes import diagnosis

            sentence = diagnosis(
                self.rule,
                self.places,
                lambda own: isinstance(Judge(own, self.seed, self.until).verdict(False), Proved),
            )
        return Refuted(self.rule, dict(witness.point), witness.left, witness.right, sentence)

    def _read_anew(self) -> Verdict | None:
        """With decimals read as the numbers that they may be roundings of; None where that proves nothing."""
        if not self.refuting.roundings:
            return None
        from .readings import readings

        for own, says in readings(self.rule, self.places):
            judge = Judge(own, self.seed, self.until)
            found = judge.decided()
            if isinstance(found, Decided):
                verdict = judge._proved(found, False, says)
                if isinstance(verdict, Proved):
                    return replace(verdict, statement=str(self.rule))
        return None


def brief(x: Any) -> str:
    """A number in few digits.

    >>> brief(Fraction(1, 3)), brief(Fraction(0))
    ('1/3', '0')
    """
    if not isinstance(x, Fraction):
        x = Fraction(str(plain(x)[0]))
    near = x.limit_denominator(1000)
    return str(near) if abs(x - near) < Fraction(1, 10**20) else f"{float(x):.7g}"
