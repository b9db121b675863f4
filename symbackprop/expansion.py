"""Judges every claim of a recursion on a network of given sizes, one by one, and says Proved, Refuted or Unknown.

Proved only through the kernel's `check`, and only where one exact point satisfies all hypotheses; Refuted only by a
witness that refute.witness confirms; all else is Unknown.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .certificates import check
from .derive.claims import Claim, Claims, claims_of, read_assumptions
from .errors import InputError
from .kernel import Add, Eq, KernelError, Num, Prop, Sym, Theorem
from .kernel.conditions import canonical
from .kernel.definedness import definedness
from .network.architecture import Architecture
from .network.recursion import (
    BACKPROPAGATION,
    Believed,
    Recursion,
    read_recursion,
)
from .network.sizes import paths
from .network.theory import E, theory
from .refute.diagnosis import PARTS, repairs
from .refute.evidence import Evidence
from .refute.search import Point
from .render.formulas import text
from .statements import hypotheses_in_words, statement
from .verdict import Proved, Refuted, Unknown, Verdict

MAX_PATHS = 100_000
"""At about 0.3 ms and 12 kB a path: more is no longer a matter of a minute and a gigabyte."""
UNDECIDED = "no proof found by the known laws, and no point found where the sides differ"
ROUNDED = "not proved as written; its decimals may be roundings of other numbers"


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


def prove_by_expansion(
    net: Architecture,
    recursion: Recursion = BACKPROPAGATION,
    assume: Iterable[Any] = (),
    seed: int = 0,
    diagnose: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """The verdict on a recursion on a network of given sizes, by the mechanical gradient over all paths; see `prove`.

    >>> from symbackprop.network.architecture import Architecture
    >>> print(prove_by_expansion(Architecture([1, 1])))
    PROVED  all 2 weights and 1 δ of the network 1-1 (tanh, squared error)
    """
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
        hypotheses = list(dict.fromkeys([*theorem.hypotheses, *self.assumed]))
        self.evidence = Evidence(self.claims, self.theory, hypotheses, self.seed)
        example = self.evidence.example()
        if example is None:
            words = "; ".join(hypotheses_in_words(self.net, hypotheses))
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
        words, point = (
            hypotheses_in_words(self.net, theorem.hypotheses),
            self.evidence.values(example),
        )
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

    def _refute(self, claim: Claim) -> Refuted | Unknown:
        """Refuted with a checked witness, else Unknown, and why."""
        try:
            left, right = self.claims.difference(claim)
        except (KernelError, RecursionError) as error:
            return Unknown(claim, f"its normal form can't be worked out: {error}")
        found = self.evidence.against(claim, left, right)
        if found is not None:
            return Refuted(claim, found.values, found.left, found.right)
        return Unknown(claim, ROUNDED if self.evidence.has_decimals else UNDECIDED)

    # --- what is wrong -----------------------------------------------------------------------------------------

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
            sides = claims.difference(claim)
            plausible = assumed != self.assumed or self.evidence.plausible(
                claims.builder.ctx, *sides
            )
            return plausible and self._holds(claim, claims)
        except (KernelError, RecursionError):
            return False

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
