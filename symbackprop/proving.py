"""`prove`: judges every claim of a recursion on a network, and says Proved, Refuted or Unknown.

Proved only through the kernel's `check`, and only where one exact point satisfies all hypotheses; Refuted only by a
witness that refute.witness confirms; all else is Unknown.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

import sympy as sp

from .derive.claims import Claim, Claims, claims_of, read_assumptions
from .errors import InputError
from .kernel import Add, Differentiable, Eq, KernelError, Num, Prop, Sym, Theorem, check
from .kernel.rules import canonical, definedness
from .network.architecture import Architecture
from .network.recursion import (
    BACKPROPAGATION,
    Believed,
    Recursion,
    read_loosely,
    read_recursion,
)
from .network.sizes import paths
from .network.symbols import quantity
from .network.theory import E, Theory, theory
from .refute.diagnosis import PARTS, repairs
from .refute.search import Point, Search, arithmetics, confirm
from .refute.witness import NUMERIC, Model
from .render.formulas import text
from .statements import hypotheses_in_words, statement
from .verdict import Proved, Refuted, Unknown, Verdict

MAX_PATHS = 100_000
"""At about 0.4 ms and 12 kB a path: more is no longer a matter of a minute and a gigabyte."""


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection meanwhile: a proof is many small objects, all of them in use."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def prove(
    net: Architecture,
    recursion: Recursion = BACKPROPAGATION,
    assume: Iterable[Any] = (),
    seed: int = 0,
    diagnose: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """The verdict on a recursion: the worst of its claims, with all of them inside.

    For every weight, ∂e(w)/∂w_ij^(l) is what `recursion.weight` gives; for every node, ∂e/∂s_j^(l) = δ_j^(l).
    `assume` are SymPy relations (`Eq`, `Ne`, `>`, `<`) in the network's symbols, and become hypotheses.
    `seed` fixes the search for counterexamples; `progress(done, claims)` is called before each claim.
    Raises InputError for what is no recursion on this network, and where the mechanical gradient has too many paths.

    >>> from symbackprop.network.architecture import Architecture
    >>> print(prove(Architecture([1, 1])))
    PROVED  all 2 weights and 1 δ of the network 1-1 (tanh, squared error)
    """
    if not isinstance(net, Architecture):
        raise InputError(f"prove: expected a Network, got {type(net).__name__}")
    if not isinstance(seed, int):
        raise InputError(f"prove: expected an int as seed, got {seed!r}")
    if not isinstance(recursion, Recursion):
        raise InputError(f"prove: expected a Recursion, got {type(recursion).__name__}")
    if paths(net.d) > MAX_PATHS:
        raise InputError(
            f"prove: the mechanical gradient of {net!r} has {paths(net.d):,} paths; expected at most {MAX_PATHS:,}"
        )
    with no_collection():
        assumed = read_assumptions(net, assume)
        believed = read_recursion(net, recursion)
        try:
            judge = Judge(net, recursion, believed, assumed, seed)
        except KernelError as error:
            raise InputError(f"prove: {net!r}: {error}") from None
        return judge.verdict(diagnose, progress)


@dataclass
class Judge:
    """The judgement of one recursion on one network."""

    net: Architecture
    recursion: Recursion
    believed: Believed
    assumed: list[Prop]
    seed: int

    def __post_init__(self) -> None:
        self.theory = theory(self.net)
        self.claims = Claims(self.net, self.theory, self.believed, self.assumed, self.seed)
        self._search: Search | None = None
        self._models: dict[int, list[Model]] = {}
        self.refuted: list[Claim] = []

    def verdict(
        self, diagnose: bool, progress: Callable[[int, int], None] | None = None
    ) -> Verdict:
        every, steps = claims_of(self.net), dict[Claim, int | None]()
        for done, claim in enumerate(every):
            if progress is not None:
                progress(done, len(every))
            steps[claim] = self._step(claim)
        proved = [k for k in steps.values() if k is not None]
        theorem = check(self.claims.builder.proof(proved))
        self.hypotheses = list(dict.fromkeys([*theorem.hypotheses, *self.assumed]))
        example = self._example()
        if example is None:
            words = "; ".join(hypotheses_in_words(self.net, self.hypotheses))
            reason = f"no point was found that satisfies every hypothesis: {words}"
            return Unknown(next(iter(steps)), reason, tuple((c, Unknown(c, reason)) for c in steps))
        return self._worst(theorem, self._judged(theorem, example, steps), diagnose)

    def _step(self, claim: Claim) -> int | None:
        """The step that proves a claim; None too where the proof would be beyond the kernel's bounds."""
        try:
            return self.claims.prove(claim)
        except (KernelError, RecursionError):
            return None

    def _judged(
        self, theorem: Theorem, example: Point, steps: dict[Claim, int | None]
    ) -> list[tuple[Claim, Verdict]]:
        """Each claim's verdict: by its sequent where it was proved, else by the search for a witness."""
        words, point = hypotheses_in_words(self.net, theorem.hypotheses), self._values(example)
        hidden, sequents = self._hidden_regions(theorem), iter(theorem.sequents)
        found: list[tuple[Claim, Verdict]] = []
        for claim, step in steps.items():
            if step is None:
                found.append((claim, self._refute(claim)))
            elif regions := hidden & next(sequents).hypotheses:
                where = " and ".join(hypotheses_in_words(self.net, sorted(regions, key=str)))
                reason = f"it holds where {where}, but has no value elsewhere; assume that, if it is meant"
                found.append((claim, Unknown(claim, reason)))
            else:
                found.append((claim, Proved(theorem, str(claim), words, theorem.laws, point)))
        return found

    def _hidden_regions(self, theorem: Theorem) -> set[Prop]:
        """The conditions that fail on a whole region, such as relu'(s) ≠ 0, and that neither e nor an assumption needs.

        Where such a one fails, the formula has no value while the derivative has one: so it is not proved, nor refuted.
        """
        ctx = self.claims.builder.ctx
        own = {canonical(ctx, p) for p in (*definedness(ctx, Eq(E, E)), *self.assumed)}
        regions = [p for p in theorem.hypotheses if self.claims.vanishes_on_a_region(p)]
        return {p for p in regions if canonical(ctx, p) not in own}

    def _worst(
        self, theorem: Theorem, found: list[tuple[Claim, Verdict]], diagnose: bool
    ) -> Verdict:
        """The network's verdict: Refuted by the first claim that is, else Unknown by the first, else Proved."""
        refuted = [(c, v) for c, v in found if isinstance(v, Refuted)]
        unknown = [(c, v) for c, v in found if isinstance(v, Unknown)]
        if refuted:
            claim, worst = refuted[0]
            self.refuted = [c for c, _ in refuted]
            diagnosis = self._diagnose(claim, worst) if diagnose else None
            worded = self._worded(claim)
            return replace(
                worst, claim=worded, diagnosis=diagnosis, claims=tuple(found), theorem=theorem
            )
        if unknown:
            claim, first = unknown[0]
            return replace(first, claim=self._worded(claim), claims=tuple(found), theorem=theorem)
        whole = next(v for _, v in found if isinstance(v, Proved))
        return replace(whole, statement=statement(self.net), claims=tuple(found))

    def _worded(self, claim: Claim) -> Claim:
        """The claim with its formula, for printing."""
        if claim.source is None:
            return claim
        return replace(claim, formula=text(self.claims.right(claim)))

    # --- points ------------------------------------------------------------------------------------------------

    @property
    def search(self) -> Search:
        if self._search is None:
            ctx = self.claims.builder.ctx
            solved = [self.claims.builder.equation(k) for k in self.claims.assumed]
            pairs = [(e.left, e.right) for e in solved if isinstance(e.left, Sym)]
            self._search = Search(ctx, self._variables(), self.hypotheses, pairs, self.seed)
        return self._search

    def _variables(self) -> list[Sym]:
        net = self.net
        names = [Sym("w", i) for i in net.weight_indices]
        names += [Sym("x", (0, i)) for i in net.nodes(0)]
        return names + [Sym("y", (j,)) for j in net.nodes(net.L)]

    def models(self, point: Point) -> list[Model]:
        """The same point in ever finer arithmetic."""
        if id(point) not in self._models:
            own, believed = self.loose
            functions = {f.name: f for f in (*self.claims.builder.functions, *own.functions)}
            definitions = {d.symbol: d.term for d in own.definitions}
            definitions |= {Sym("delta", k): t for k, t in believed.deltas.items()}
            roundings = {
                Sym("decimal", (k,)): (value - half, value + half)
                for k, (value, half) in enumerate(self.decimals)
            }
            inputs: dict[Sym, Any] = {**point.inputs, **roundings}
            self._models[id(point)] = [
                Model(functions, definitions, inputs, point.polynomials, arithmetic)
                for arithmetic in arithmetics()
            ]
        return self._models[id(point)]

    def _example(self) -> Point | None:
        """A point at which every hypothesis holds, exactly or by intervals."""
        for point in self.search.points():
            if all(isinstance(h, Differentiable) for h in self.hypotheses):
                return point
            for model in self.models(point):
                try:
                    if all(model.holds(h) for h in self.hypotheses):
                        return point
                    break
                except NUMERIC:
                    continue
        return None

    def _values(self, point: Point) -> dict[Any, Any]:
        """A point in the lecture's symbols."""
        out: dict[Any, Any] = {
            quantity(s.name, *s.index): sp.Rational(q.numerator, q.denominator)
            for s, q in point.inputs.items()
        }
        t = sp.Symbol("t")
        for name, p in point.polynomials.items():
            names = [t] if p.arity == 1 else [sp.Symbol(f"t{k + 1}") for k in range(p.arity)]
            out[sp.Function(name)(*names)] = p.formula(names)
        return out

    # --- refuting ----------------------------------------------------------------------------------------------

    def _refute(self, claim: Claim) -> Refuted | Unknown:
        try:
            left, right = self.claims.difference(claim)
        except (KernelError, RecursionError) as error:
            return Unknown(claim, f"its normal form can't be worked out: {error}")
        l, i, j = claim.index
        for point in self.search.propose(left, right, [Sym("w", (l, 0, j)), Sym("w", (l, i, j))]):
            sides = self._confirmed(claim, point)
            if sides is not None:
                return Refuted(claim, self._values(point), *sides)
        if self.believed.floats or self.theory.floats:
            return Unknown(
                claim, "not proved as written; its decimals may be roundings of other numbers"
            )
        return Unknown(
            claim, "no proof found by the known laws, and no point found where the sides differ"
        )

    def _confirmed(self, claim: Claim, point: Point) -> tuple[Any, Any] | None:
        """Both sides; decimals stand for all that they may be roundings of."""
        hypotheses = [h for h in self.hypotheses if not isinstance(h, Differentiable)]
        believed = self.loose[1]
        right = self.claims.right(claim) if claim.source is None else believed.weights[claim.index]
        return confirm(self.models(point), E, claim.symbol, right, hypotheses)

    @cached_property
    def decimals(self) -> list[tuple[Fraction, Fraction]]:
        """Every decimal of the network and of the recursion, with half a unit of its last digit; filled by `loose`."""
        return []

    @cached_property
    def loose(self) -> tuple[Theory, Believed]:
        """The network and the recursion with their decimals as symbols, where there are any."""
        if not self.believed.floats and not self.theory.floats:
            return self.theory, self.believed
        own = theory(self.net, loose=True, floats=self.decimals)
        return own, read_loosely(self.net, self.believed, self.decimals)

    def _diagnose(self, claim: Claim, refuted: Refuted) -> str | None:
        """The first repair under which the claim is proved; None where none is."""
        part = (
            "weight"
            if claim.source is not None
            else "base"
            if claim.layer == self.net.L
            else "step"
        )
        total = self._unit_total()
        if total is not None and self._mends(claim, self.believed, [*self.assumed, total]):
            return f"{PARTS[part]}: it holds where {text(total)}, which is to be assumed"
        weights = [c for c in self.refuted if c.source is not None]
        only_bias = part == "weight" and all(c.source == 0 for c in weights)
        for repair in repairs(self.recursion, self.net, part, _ratio(refuted), only_bias):
            try:
                believed = read_recursion(self.net, repair.recursion)
            except InputError:
                continue
            if self._mends(claim, believed, self.assumed):
                return repair.sentence
        return None

    def _unit_total(self) -> Eq | None:
        """Σ_k y_k = 1, which a textbook assumes of the targets of a cross-entropy without a word."""
        if self.net.loss.name != "cross entropy" or self.assumed:
            return None
        targets = tuple([Sym("y", (k,)) for k in self.net.nodes(self.net.L)])
        return Eq(Add(targets), Num(Fraction(1)))

    def _mends(self, claim: Claim, believed: Believed, assumed: list[Prop]) -> bool:
        try:
            claims = Claims(self.net, self.theory, believed, assumed, self.seed)
            plausible = assumed != self.assumed or self._plausible(claim, claims)
            return plausible and self._holds(claim, claims)
        except (KernelError, RecursionError):
            return False

    def _plausible(self, claim: Claim, claims: Claims) -> bool:
        """A cheap look before a proof: both sides of the repaired claim at a few points."""
        left, right = claims.difference(claim)
        look = replace(self.search, ctx=claims.builder.ctx, _evaluators={})
        points = list(islice(self.search.points(), 3))
        return not any(look.differ(left, right, point, 30) for point in points)

    def _holds(self, claim: Claim, claims: Claims) -> bool:
        """Whether the kernel takes a proof of it, with no condition that leaves out a region."""
        step = claims.prove(claim)
        if step is None:
            return False
        theorem = check(claims.builder.proof([step]))
        return not any(claims.vanishes_on_a_region(p) for p in theorem.hypotheses)


def _ratio(refuted: Refuted) -> Fraction | None:
    """left / right, where both are exact or near a small fraction."""
    left, right = (s[0] if isinstance(s, tuple) else s for s in (refuted.left, refuted.right))
    if right == 0:
        return None
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left / right
    near = Fraction(float(left / right)).limit_denominator(1000)
    return near if abs(float(left / right) - float(near)) < 1e-9 else None
