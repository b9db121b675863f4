"""A proof of one line from the line before it: by the least of the reasons that gives one.

A reason is a set of sources of equations, such as the definition of s or the derivatives in the lines.  What they say is put
into both sides; these are then equal by algebra, by contracted brackets, or by the laws of known functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import product
from typing import Any

from ..derive import logarithms
from ..derive.ladder import Ladder
from ..derive.partials import Partials
from ..derive.script import Range, Script
from ..derive.softmax import Mixing
from ..derive.sums import contracted, written_out
from ..kernel import (
    ARITY,
    App,
    Bound,
    Bracket,
    D,
    Eq,
    Int,
    KernelError,
    Nonzero,
    Positive,
    Pow,
    Prop,
    Sum,
    Sym,
    Term,
)
from ..kernel.integers import index, minus, opened, whole
from ..kernel.rewriting import Rewriting, inmost, sides
from ..kernel.sums import Poly
from ..kernel.terms import ONE, ZERO, num, subterms
from .cuts import Cut, Through, by_what, cuts
from .matching import matched
from .means import LEFT, NONE, Means, Way, ways
from .recursive import vacuous
from .relations import Relation, Relations, relation
from .slopes import Slopes
from .splitting import TURNS, splits, sums_in
from .widening import Widening
from .world import World

STAGES, FEW_STAGES, MOST_NODES = 4, 2, 6
"""So often what was put in is looked through for more to put in."""


@dataclass
class Prover:
    """All proofs of one derivation are in one script."""

    world: World
    assumptions: Sequence[Prop] = ()
    lemmas: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Steps that may be used by name."""
    turn: int = 0
    failed: set[Any] = field(default_factory=set)
    case: Positive | None = None
    """The case in which the lines are that are being looked at."""
    cut: Cut | Relation | None = None
    """A layer through which the chain rule leads."""
    unrolls: bool = True
    """Whether a member of a recursion is differentiated by its definition."""
    goal: tuple[Term, ...] = ()
    """The lines between which a proof is sought."""

    @cached_property
    def slopes(self) -> Slopes:
        return shared(self.world)

    @property
    def b(self) -> Script:
        return self.slopes.b

    @cached_property
    def through(self) -> Through:
        return Through(self.slopes)

    @cached_property
    def relations(self) -> Relations:
        return Relations(self.slopes)

    @cached_property
    def ladder(self) -> Ladder:
        return Ladder(self.b)

    # --- one pair -------------------------------------------------------------------------------------------------

    def prove(self, left: Term, right: Term, means: Means) -> int | None:
        """The step left = right by these means; None where they don't give it.

        What stands in both sides is left alone first: a textbook replaces what differs.
        """
        self.goal = (left, right)
        for by_delta in (True, False) if means.slopes and self.mixes else (True,):
            self.slopes.by_delta = by_delta
            every = product(self._routes(means), range(self._alternatives(means)))
            for (self.cut, self.unrolls, way), self.turn in every:
                self.b.begin()
                try:
                    found = self._proved(left, right, means, way)
                except (KernelError, RecursionError):
                    continue
                if not vacuous(self.b.hypotheses(found)):
                    return self.settled(found)
        return None

    def _routes(self, means: Means) -> Iterator[tuple[Cut | Relation | None, bool, Way]]:
        """Through which layer the chain rule leads, if through one, and from both sides; whether members of recursions are
        differentiated a layer down; on which sides things are put in."""
        recursions = means.slopes and self.own_recursions
        behind = self._behind(means) if recursions else []
        if recursions and (behind or not means.families):
            yield from [(c, False, Way()) for c in cuts(self.slopes, *self.goal, *behind)]
            found = relation(self.slopes, *self.goal)
            yield from [] if found is None else [(found, False, Way())]
        shared = recursions and any(self.slopes.recursive.shared(v) for v in by_what(*self.goal))
        for unrolls in (False, True) if shared else (True,):
            yield from [(None, unrolls, way) for way in ways(means)]

    def _behind(self, means: Means) -> list[Term]:
        """What the members in the lines are defined as, where derivatives stand in it."""
        there = {u for t in self.goal for u in subterms(t) if isinstance(u, Sym)}
        named = sorted([u for u in there if u.name in means.families], key=str)
        terms = [t for u in named for t, _ in self.b.ctx.cases(u)]
        return [t for t in terms if has(D, t)]

    @cached_property
    def few(self) -> dict[int, int]:
        """The layers of few nodes, sums over which may be written out."""
        layered = self.world.layered()
        known = {} if layered is None else layered.widths
        return {l: d for l, d in known.items() if d <= MOST_NODES}

    @cached_property
    def own_recursions(self) -> bool:
        """Whether the user has defined something by recursion; what a network defines is known by theorems."""
        return self.world.net is None and self.slopes.recursive.any

    @cached_property
    def mixes(self) -> bool:
        """Whether ∂e/∂s^(L) has a form of its own beside δ."""
        layered = self.world.layered()
        return layered is not None and layered.mixed is not None

    def _alternatives(self, means: Means) -> int:
        """How many equations a name stands for at most."""
        return max([len(self.lemmas.get(name, ())) for name in means.lemmas], default=1) or 1

    def _proved(self, left: Term, right: Term, means: Means, way: Way) -> int:
        """left = right: both sides with all put in, stage by stage; these are equal by what is left to do."""
        stages = self._stages(means, way)
        rows, ends = self._replaced([left, right], means, way, stages)
        middle = self._closed(ends[0], ends[1], means)
        parts = [(k, ONE) for k in rows[0]] + [(middle, ONE)] + [(k, num(-1)) for k in rows[1]]
        return self.b.combine(left, right, parts)

    def _stages(self, means: Means, way: Way) -> int:
        """So often what was put in is looked through; definitions of recursions would go on for ever."""
        if self.own_recursions and self._endless(means):
            return FEW_STAGES
        if not way.sparing or (means.families and not means.slopes):
            return FEW_STAGES
        return STAGES + 2 * (self.cut is not None)

    def _endless(self, means: Means) -> bool:
        """Whether a recursion is put in at a layer that is no number."""
        there = [u for t in self.goal for u in subterms(t) if isinstance(u, Sym) and u.index]
        layers = [u.index[0] for u in there if self.slopes.recursive.circle(u.name)]
        names = [f for f in means.families if self.slopes.recursive.circle(f)]
        return bool(names) and not all(isinstance(k, int) for k in layers)

    def _replaced(
        self, sides: list[Term], means: Means, way: Way, stages: int = STAGES
    ) -> tuple[list[list[int]], list[Term]]:
        """What the sources say of what stands in the sides, put in; and of what that brings in, in the next stage."""
        own = [
            replace(means, families=means.families if f else frozenset(), slopes=means.slopes and d)
            for f, d in zip(way.families, way.slopes, strict=True)
        ]
        rows: list[list[int]] = [[] for _ in sides]
        plain = [k for name in means.lemmas for k in self.lemmas.get(name, ())]
        uses = [k for k in plain if not self._is_of_atom(k)]
        for _ in range(stages if means != Means() else 0):
            common = self._in_both(sides[0], sides[1]) if way.sparing else set[Term]()
            for t, m in zip(sides, own, strict=True):
                uses += self._said(t, m, common)
            put = self._put(uses)
            new = [put(t) for t in sides]
            if new == sides:
                break
            for n, (t, u) in enumerate(zip(sides, new, strict=True)):
                rows[n] += [self.b.ring(t, u, uses)] if t != u else []
            sides, uses = new, []
        return rows, sides

    def _in_both(self, left: Term, right: Term) -> set[Term]:
        """What stands in both sides, however their sums are numbered."""
        return self.slopes.placed(left) & self.slopes.placed(right)

    def _put(self, uses: Sequence[int]) -> Rewriting:
        return Rewriting([self.b.conclusion(k) for k in uses])

    def _said(self, t: Term, means: Means, common: set[Term]) -> list[int]:
        return self.slopes.covered(t, lambda u: self._of_atom(u, means), common)

    def _of_atom(self, u: Term, means: Means) -> int | None:
        """A derivative that a source knows, the definition of a member."""
        for name in means.lemmas if isinstance(u, D | Sym | App | Sum) else ():
            for k in self._turned(self.lemmas.get(name, ())):
                found = self._instance(k, u)
                if found is not None:
                    return found
        if isinstance(u, D) and means.slopes:
            return self._of_derivative(u)
        if isinstance(u, App) and means.laws:
            return self._of_function(u)
        if isinstance(u, Bracket) and means.assumed:
            return self._of_bracket(u)
        if not isinstance(u, Sym) or u.name not in means.families:
            return None
        return self.b.definition(u) if len(self.b.ctx.cases(u)) == 1 else None

    def _of_derivative(self, u: D) -> int | None:
        """A derivative by what theorems, the definitions, or the chain rule through a layer say."""
        c, top, known = self.cut, u.term, self.slopes.recursive
        if isinstance(c, Relation):
            if c.holds(top, self.slopes):
                return self.relations(top, c) if u.by == c.v else None
            c = None
        if not isinstance(top, Sym) or not known.circle(top.name):
            return self.slopes(top, u.by)
        if c is None or not known.far(top, u.by):
            named = not self.unrolls and known.height(top, u.by) is None
            return None if named else self.slopes(top, u.by)
        if top.name != c.name:
            return self.slopes.unfolded(top, u.by)
        return None if c.holds(u.by) else self.through(top, u.by, c)

    def _of_bracket(self, u: Bracket) -> int | None:
        """[t > 0] = 1 and [-t > 0] = 0 where t > 0 is assumed."""
        b, ring = self.b, self.b.ring_
        given = [p for p in (self.case, *self.assumptions) if isinstance(p, Positive)]
        for t, sign in [(p.term, sign) for p in given for sign in (ONE, -ONE)]:
            if ring.poly(u) == ring.poly(Bracket(sign * t)):
                law = b.law("bracket of a multiple", sign, t)
                return b.combine(u, ONE if sign == ONE else ZERO, [(law, ONE)])
        return None

    def _is_of_atom(self, step: int) -> bool:
        """Whether a lemma says what an atom is, so that it is put in where such an atom stands."""
        pair = sides(self.b.conclusion(step))
        return pair is not None and isinstance(pair[0], D | Sym | App | Sum)

    def _turned(self, steps: tuple[int, ...]) -> tuple[int, ...]:
        """What a name stands for, the one that is to be tried first being first."""
        first = self.turn % len(steps) if steps else 0
        return (*steps[first:], *steps[:first])

    def _instance(self, step: int, u: Term) -> int | None:
        """A lemma's equation with other indices, such that its left side is this atom."""
        pair = sides(self.b.conclusion(step))
        if pair is None or type(pair[0]) is not type(u):
            return None
        inner = [h for h in self.b.hypotheses(step) if isinstance(inmost(h), Eq)]
        fixed = {v for h in inner for v in subterms(h)}
        letters = {v for t in pair for v in subterms(t) if isinstance(v, Int) and not v.index}
        letters -= fixed | self.b.ctx.constants
        values = matched(pair[0], u, letters)
        if values is None:
            return None
        rest = letters - {*values}
        own = self.b.instance(step, {**values, **self._seen(pair[1], rest)} if rest else values)
        return None if vacuous(self.b.hypotheses(own)) else own

    def _seen(self, t: Term, letters: set[Int]) -> dict[Int, Term]:
        """What letters of a lemma that its left side does not have are in the lines: the first member there that it mentions."""
        atoms = [u for u in subterms(t) if isinstance(u, Sym) and letters & {*subterms(u)}]
        there = [u for side in self.goal[::-1] for u in subterms(side) if isinstance(u, Sym)]
        for a in atoms:
            for u in there:
                values = matched(a, u, letters)
                if values and not any(
                    isinstance(n, Bound) for k in values.values() for n in subterms(k)
                ):
                    return values
        return {}

    def _of_function(self, u: App) -> int | None:
        """The slope of a known function, what a defined one is."""
        if self.b.ctx.function(u) is not None:
            return self.b.unfold(u)
        if u.name == "log" and u.orders == (0,):
            return logarithms.opened(self.b, u)
        known = u.name in ARITY and u.orders == (1,)
        return self.b.law(f"{u.name} slope", *u.args) if known else None

    def settled(self, step: int) -> int:
        """A step resting on what is proved of its conditions t > 0 and t ≠ 0; the others stay hypotheses."""
        own = self.b.hypotheses(step)
        found = [k for h in sorted(own, key=str) if (k := self._sign(h)) is not None]
        step = self.b.ground(step, *[k for k in found if self.b.hypotheses(k) <= own])
        left = [h for h in self.b.hypotheses(step) if isinstance(h, Positive)]
        signs = [
            self.b.step("sign", Nonzero(h.term), [self.b.assume(h)])
            for h in left
            if Nonzero(h.term) in self.b.hypotheses(step)
        ]
        return self.b.ground(step, *signs)

    def stated(self, steps: Sequence[int]) -> list[int]:
        """Claims with all that they need in order to be defined, what is proved of that left out, or said of a wider range."""
        own = [self.settled(self.b.step("state", self.b.conclusion(k), [k])) for k in steps]
        return self.widening(own)

    @cached_property
    def widening(self) -> Widening:
        return Widening(self.b, self.slopes.letter)

    def _sign(self, h: Prop) -> int | None:
        """A condition, for all of a range or not, from the definitions."""
        h, ranges = self.widening.opened(h)
        if not isinstance(h, Positive | Nonzero):
            return None
        every = Means(frozenset(self.world.families()), laws=True)
        try:
            k = self._signed(h, every)
            for v, r in reversed(ranges):
                k = self.b.generalize(k, v, r)
        except KernelError:
            return None
        return k

    def _signed(self, h: Positive | Nonzero, means: Means) -> int:
        """A sign, of what a term is by as few of the definitions as tell it."""
        way = Way(LEFT, NONE, False)
        for stages in range(STAGES):
            with suppress(KernelError):
                rows, (form, _) = self._replaced([h.term, ONE], means, way, stages)
                parts = [(k, ONE) for k in rows[0]]
                return self.b.sign(h, [self.b.combine(h.term, form, parts)] if parts else [])
        raise KernelError("sign", h, h.term)

    # --- both sides, once all is put in ---------------------------------------------------------------------------

    def _closed(self, left: Term, right: Term, means: Means) -> int:
        """left = right, nothing more being put in; what failed once by the same means is not tried again."""
        key = (left, right, means.laws, means.assumed, self.case)
        if key in self.failed:
            raise KernelError("chain", left, right)
        for closing in self._closings(left, right, means):
            with suppress(KernelError):
                return closing()
        self.failed.add(key)
        raise KernelError("chain", left, right)

    def _closings(self, left: Term, right: Term, means: Means) -> Iterator[Callable[[], int]]:
        """By algebra, by terms split off sums, by fractions, by what is summed, by laws."""
        b, by = self.b, partial(self._by, left, right, means)
        yield partial(by, [], [], b.ring)
        split = splits(b, left, right)
        ways: list[Callable[..., list[int]]] = [*TURNS, partial(written_out, widths=self.few)]
        rows = [(split, split), *[(way(b, left), way(b, right)) for way in ways]]
        yield from [partial(by, *row, b.ring) for row in rows if any(row)]
        if has(Pow, left, right):
            yield partial(by, [], [], b.fraction)
        yield partial(self._by_summands, left, right, means)
        if means.laws:
            yield partial(by, [], [], partial(self._by_ladder, means=means))

    def _by(
        self,
        left: Term,
        right: Term,
        means: Means,
        on_left: list[int],
        on_right: list[int],
        last: Callable[[Term, Term], int],
    ) -> int:
        """Both sides in normal form; these are equal by what comes last."""
        b = self.b
        rows = [self._form(t, k, means) for t, k in ((left, on_left), (right, on_right))]
        middle = last(*[b.conclusion(row[-1]).right for row in rows])
        parts = [(k, ONE) for k in rows[0]] + [(middle, ONE)] + [(k, num(-1)) for k in rows[1]]
        return b.combine(left, right, parts)

    def _by_ladder(self, left: Term, right: Term, means: Means) -> int:
        assumed = [p for p in self.assumptions if isinstance(p, Eq)] if means.assumed else []
        return self.ladder.prove(left, right, assumed)

    def _by_summands(self, left: Term, right: Term, means: Means) -> int:
        """Sums over one range, as long at least, that differ: what they sum is equal, or opposite, for a letter in the range."""
        known = []
        for s in sums_in(left):
            for t in sums_in(right):
                if index(s.high, minus(s.low)) == index(t.high, minus(t.low)) and s != t:
                    own = self._summands(s, t, means)
                    known += [] if own is None else [own]
        if not known:
            raise KernelError("summands", "sums over one range", left)
        return self._by(left, right, means, known, known, self.b.ring)

    def _summands(self, s: Sum, t: Sum, means: Means) -> int | None:
        """f(v) = g(v), or -g(v), for all v of the range, where that is proved of a letter."""
        v = self.slopes.letter()
        f, g = opened(s.body, v), opened(t.body, whole(v, t.low, minus(s.low)))
        for other in (g, -g):
            with suppress(KernelError):
                step = self._closed(f, other, replace(means, families=frozenset(), slopes=False))
                return self.slopes.generalized(self.settled(step), v, Range(s.low, s.high))
        return None

    def _form(self, t: Term, uses: list[int], means: Means) -> list[int]:
        """t = its normal form with all put in, brackets contracted, assumptions used: a chain of steps."""
        b = self.b
        rows = [b.normal(t, uses)]
        rows.append(contracted(b, b.conclusion(rows[-1]).right))
        if means.assumed and self.solved:
            rows.append(b.normal(b.conclusion(rows[-1]).right, self.solved))
        return rows

    @cached_property
    def solved(self) -> list[int]:
        """What is assumed, each equation solved for an atom of its normal form."""
        return [k for p in self.assumptions if isinstance(p, Eq) for k in self._solved(p)]

    def _solved(self, p: Eq) -> list[int]:
        b, ring = self.b, self.b.ring_
        number = b.assume(p)
        r = ring.add(ring.poly(p.left), ring.scale(ring.poly(p.right), -1))
        for m in sorted((m for m in r if len(m) == 1), reverse=True):
            if sum(m[0] in n for n in r) == 1:
                c = Fraction(r[m])
                rest: Poly = {n: -Fraction(v) / c for n, v in r.items() if n != m}
                factor = ring.term({(): 1 / c})
                return [b.combine(ring.atoms[m[0]], ring.term(rest), [(number, factor)])]
        return []


_shared: dict[Any, Slopes] = {}
MOST_SHARED = 4


def shared(world: World) -> Slopes:
    """The script of a world: one for all derivations with the same definitions, so that nothing is proved twice."""
    key = world.all_functions(), world.definitions()
    if key not in _shared:
        b, layered = Script(*key), world.layered()
        partials = None if layered is None else Partials(Mixing(layered, b))
        while len(_shared) >= MOST_SHARED:
            _shared.pop(next(iter(_shared)))
        _shared[key] = Slopes(b, partials)
    return _shared[key]


def families_in(*terms: Term) -> list[str]:
    """The families that stand in terms, as they are met."""
    found = [u.name for t in terms for u in subterms(t) if isinstance(u, Sym)]
    return list(dict.fromkeys(found))


def has(kind: type, *terms: Term) -> bool:
    return any(isinstance(u, kind) for t in terms for u in subterms(t))


def known_functions(*terms: Term) -> set[str]:
    return {u.name for t in terms for u in subterms(t) if isinstance(u, App)}
