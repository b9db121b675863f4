"""The judgement of one pair of functions, at one choice of shapes: compared at points, traced, and proved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Any

import numpy as np

from ..errors import InputError
from ..kernel import KernelError, Positive, Prop, Sym, Theorem
from ..kernel.terms import ZERO, subterms
from ..refute.numbers import plain as ends
from ..verdict import Proved, Refuted, Unknown, Verdict
from .array import plain
from .backward import Claim, Clock, Late, Prover, is_fact, known
from .conditions import Condition
from .entries import Entry, Graph, NeedsBrackets
from .meaning import holds, in_words, opened
from .points import (
    OUTSIDE,
    UPSTREAM,
    Comparing,
    Difference,
    Filled,
    Point,
    as_float,
    near,
    plain_run,
    shown,
)
from .refusing import Refused, is_own
from .running import Misfit, Pair, Run, Shape, entry, run
from .standin import guarded

MAX_REGIONS = 8
Value = Any


@dataclass(frozen=True)
class VjpClaim:
    """What is claimed of a backward: of all of it, or of one entry of one gradient."""

    backward: str
    shapes: str
    at: str = ""

    def __str__(self) -> str:
        own = f"{self.backward}: " + (
            f"the gradient of {self.at}" if self.at else "the vector-Jacobian product"
        )
        return f"{own}, at shapes {self.shapes}"


@dataclass(frozen=True)
class Region:
    """What was proved at one choice of shapes, where the branches are those that one point takes."""

    theorem: Theorem
    conditions: tuple[str, ...]
    example: dict[str, Fraction]
    independent: int = 0
    """Of how many maxima the result was proved to be independent."""


@dataclass
class Judging:
    """The verdict at one choice of shapes."""

    pair: Pair
    shapes: dict[str, Shape]
    conditions: Sequence[Condition]
    seed: int
    clock: Clock

    def verdict(self) -> Verdict:
        comparing = Comparing(self.pair, self.shapes, self.conditions, self.clock.look)
        trying = "comparing at points"
        try:
            first = self._first(comparing)
            self._checked(first)
            found = comparing.refuted(self.seed) or comparing.undefined(self.seed)
            if found is not None:
                return self._refuted(*found)
            trying = "proving"
            return self._proved(comparing)
        except Misfit as misfit:
            return MisfitRefuted(
                VjpClaim(self.pair.name, written(self.shapes)),
                {},
                misfit.expected,
                misfit.got,
                misfit.of,
            )
        except Late:
            return Unknown(self._claim(), f"the time limit passed while {trying}")
        except NoPoint as error:
            return Unknown(self._claim(), str(error))

    def _claim(self, at: str = "") -> VjpClaim:
        return VjpClaim(self.pair.name, written(self.shapes), at)

    def _first(self, comparing: Comparing) -> Point:
        """A point at which the functions run, on floats: so that an error of theirs is theirs."""
        point = next(comparing.points(self.seed, 200), None)
        if point is None:
            raise NoPoint("no point was found that satisfies what is assumed")
        return point

    def _checked(self, point: Point) -> None:
        """The functions as they are, on floats; what they raise is raised, less the frames that are not theirs."""
        try:
            with guarded([self.pair.forward, self.pair.backward]):
                output, rows = plain_run(self.pair, self.shapes, Filled(point))
        except (InputError, Misfit):
            raise
        except Exception as error:
            raise error.with_traceback(trimmed(error)) from None
        if output.dtype == object:
            raise InputError(f"{self.pair.forward}: expected an array of numbers")
        for name, x in rows.items():
            expected = self.shapes[name]
            if x is None:
                raise Misfit(f"the gradient of {name}", f"an array of shape {expected}", "None")
            if np.asarray(x).dtype.kind not in "biuf":
                raise Misfit(f"the gradient of {name}", "an array of numbers", type(x).__name__)
            if np.shape(x) != expected:
                raise Misfit(f"the gradient of {name}", f"shape {expected}", f"shape {np.shape(x)}")

    def _refuted(self, point: Point, found: Difference) -> Refuted:
        name, k = found.at
        values = {key: v for key, v in shown(point).items() if v or key == entry(name, k)}
        return Refuted(
            self._claim(entry(name, k)),
            values,
            _plain(found.expected),
            found.got if isinstance(found.got, float) else _plain(found.got),
        )

    # --- the proof ---------------------------------------------------------------------------------------------------

    def _proved(self, comparing: Comparing) -> Verdict:
        regions: dict[Any, Region] = {}
        reason = "no point was found where the functions are defined, smooth, and satisfy what is assumed"
        misses = 0
        for point in comparing.points(self.seed + 1, 40):
            self.clock.look()
            try:
                graph, found = self._traced(point)
            except OUTSIDE as error:
                reason = f"no point was found where the functions can be traced: {error}"
                continue
            key = frozenset(graph.hypotheses)
            if key in regions:
                misses += 1
                if not graph.hypotheses or misses > 4:
                    break
                continue
            outcome = self._region(graph, found, point)
            if isinstance(outcome, str):
                return Unknown(self._claim(), outcome)
            regions[key] = outcome
            if not graph.hypotheses or len(regions) >= MAX_REGIONS:
                break
        if not regions:
            return Unknown(self._claim(), reason)
        return self._said(list(regions.values()))

    def _said(self, regions: list[Region]) -> Proved:
        first = regions[0]
        own = f"{self.pair.name} is the vector-Jacobian product of {name_of(self.pair.forward)}, exactly"
        words = list(first.conditions) if len(regions) == 1 else []
        if len(regions) > 1:
            rows = [" and ".join(r.conditions) or "all inputs" for r in regions]
            words = ["; or ".join(f"({w})" for w in rows)]
        own += f", at shapes {written(self.shapes)}"
        if first.independent:
            own += f"; the output does not depend on the {'maximum' if first.independent == 1 else 'maxima'} within it"
        return Proved(first.theorem, own, tuple(words), known(first.theorem), first.example)

    def _traced(self, point: Point, opaque: bool = True) -> tuple[Graph, Run]:
        """One trace, and whether it gives the numbers that NumPy does."""
        names = {*self.pair.inputs, UPSTREAM}
        graph = Graph(opaque, below=_fresh("v", names), above=_fresh("m", names))

        def enter(name: str, k: tuple[int, ...]) -> Entry:
            return graph.variable(Sym(name, k), comparing.number(point, name, k))

        comparing = Comparing(self.pair, self.shapes, self.conditions)
        try:
            found = run(self.pair, graph, self.shapes, enter, UPSTREAM)
        except NeedsBrackets:
            return self._traced(point, False)
        except (InputError, Misfit, *OUTSIDE):
            raise
        except Exception as error:
            raise Refused(
                f"{_line(error)}: can't be traced: {type(error).__name__}: {error}"
            ) from error
        self._faithful(point, found)
        return graph, found

    def _faithful(self, point: Point, found: Run) -> None:
        output, rows = plain_run(self.pair, self.shapes, point)
        pairs = [(output, found.output), *[(rows[n], x) for n, x in found.gradients.items()]]
        for ours, theirs in pairs:
            for a, b in zip(
                np.asarray(ours, dtype=float).ravel(), plain(theirs).ravel(), strict=True
            ):
                if np.isfinite(a) and not near(float(a), as_float(b.number), 1e-4):
                    raise Refused(
                        f"{self.pair.name}: the trace gives {as_float(b.number):.6g} where NumPy gives {a:.6g}"
                    )

    def _region(self, graph: Graph, found: Run, point: Point) -> Region | str:
        """The proof of all entries, where the branches are those of this trace; or why there is none."""
        goal: Value = graph.lift(0)
        for out, g in zip(found.output.ravel(), found.upstream.ravel(), strict=True):
            goal = goal + graph.lift(0).lifted(out) * g
        claims = [
            (entry(name, k), Claim(Sym(name, k), graph.settled(own[k]).term))
            for name, own in found.gradients.items()
            for k in np.ndindex(own.shape)
        ]
        claims += [(f"the maximum {m}", Claim(m, ZERO)) for m in graph.largest_of]
        assumed = self._assumed(graph)
        prover = Prover(graph.definitions, goal.term, assumed, found.forward, self.clock)
        steps = []
        for name, claim in claims:
            self.clock.look()
            step = _tried(prover, claim)
            if step is None and graph.largest_of:
                return self._region(*self._traced(point, False), point)
            if step is None:
                return f"no proof found for the gradient of {name}, and no point found where it is wrong"
            steps.append(step)
        try:
            theorem = prover.theorem(steps)
        except (KernelError, RecursionError) as error:
            return f"the kernel refused the proof: {error}"
        return self._stated(graph, theorem, point)

    def _assumed(self, graph: Graph) -> list[Positive]:
        entries = _entries(self.pair, self.shapes)
        own = [p for c in self.conditions for p in c.props(entries)]
        definitions = {d.symbol: d.term for d in graph.definitions}
        followed = [p for p in graph.hypotheses if isinstance(p, Positive)]
        opened_up = [Positive(graph.ring.normal(opened(p.term, definitions))) for p in followed]
        return [*opened_up, *[p for p in own if isinstance(p, Positive)]]

    def _stated(self, graph: Graph, theorem: Theorem, point: Point) -> Region | str:
        facts = [p for p in theorem.hypotheses if is_fact(p)]
        every: list[Prop] = list(
            dict.fromkeys([*theorem.hypotheses, *graph.hypotheses, *sorted(graph.ties, key=str)])
        )
        if any(m in subterms(p) for p in every for m in graph.largest_of):
            return self._region(*self._traced(point, False), point)
        missed = [p for p in every if p not in facts and not holds(p, graph.numbers)]
        if missed:
            return f"no point was found that satisfies {missed[0]}"
        definitions = {d.symbol: d.term for d in graph.definitions}
        words = in_words(
            [p for p in every if p not in facts], definitions, _entries(self.pair, self.shapes)
        )
        return Region(theorem, (*words, *graph.readings), shown(point), len(graph.largest_of))


class NoPoint(Exception):  # noqa: N818 - an answer of its own, not an error
    """Nothing satisfies what is assumed."""


def _tried(prover: Prover, claim: Claim) -> int | None:
    try:
        return prover.prove(claim)
    except (KernelError, RecursionError):
        return None


def _entries(pair: Pair, shapes: Mapping[str, Shape]) -> dict[str, list[Sym]]:
    return {name: [Sym(name, k) for k in np.ndindex(shapes[name])] for name in pair.inputs}


def _fresh(name: str, taken: set[str]) -> str:
    return next(n for k in count() if (n := name + "_" * k) not in taken)


def name_of(f: Any) -> str:
    return str(getattr(f, "__qualname__", "the forward"))


def _plain(x: Any) -> Any:
    return ends(x)


def trimmed(error: BaseException) -> Any:
    """A traceback without the frames of this package and NumPy."""
    tb = error.__traceback__
    while tb is not None and is_own(tb.tb_frame.f_code.co_filename):
        tb = tb.tb_next
    return tb


def _line(error: BaseException) -> str:
    tb, place = error.__traceback__, "the code"
    while tb is not None:
        code = tb.tb_frame.f_code
        if not is_own(code.co_filename):
            place = f"{code.co_filename.rsplit('/', 1)[-1]}:{tb.tb_lineno}"
        tb = tb.tb_next
    return place


@dataclass(frozen=True)
class MisfitRefuted(Refuted):
    """A backward whose result can't be the gradients: their number or a shape is wrong, or one is None."""

    def __str__(self) -> str:
        of = str(self.diagnosis)
        name = of.removeprefix("the gradient of ")
        head = (
            f"{of} has another shape than {name}"
            if "shape" in str(self.right)
            else f"{of} can't be that"
        )
        lines = [f"REFUTED  {self.claim.backward}: {head}, at shapes {self.claim.shapes}"]
        return "\n".join([*lines, f"   expected {self.left}, got {self.right}"])


def written(shapes: Mapping[str, Shape]) -> str:
    return ", ".join(
        f"{n} ({', '.join(map(str, s))})" if s else f"{n} (a number)" for n, s in shapes.items()
    )
