"""The steps of a proof as a page needs them: with their hypotheses, what uses them, which are shown, and letters to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ..kernel import AtLeast, D, Int, Prop, Slope, Step, Sym, Theorem, substitute
from ..kernel.checker import replay
from ..kernel.context import context
from ..kernel.definedness import ready
from ..kernel.sequents import Sequent
from ..kernel.terms import subterms
from .ranges import LAYERS
from .reasons import DETAILS, EVERY, SUMMARY, reason
from .rows import counted
from .theorem import sides
from .writer import TEXT


@dataclass(frozen=True)
class Line:
    """A step with readable letters: its rule, what it uses, what it says, where it holds, its extra terms."""

    rule: str
    uses: tuple[int, ...]
    grounds: tuple[int, ...]
    says: Prop
    limits: tuple[AtLeast, ...]
    extra: tuple[object, ...]


class Steps:
    """All steps of a theorem's proof."""

    def __init__(self, theorem: Theorem, detail: str) -> None:
        self.theorem, self.detail = theorem, detail
        proof = theorem.proof
        names = _readable(theorem)
        self.lines = [
            _line(s, h, names) for s, h in zip(proof.steps, sequents(theorem), strict=True)
        ]
        self.claims = frozenset(proof.claims)

    @cached_property
    def users(self) -> dict[int, list[int]]:
        """Which steps use a step."""
        found: dict[int, list[int]] = {k: [] for k in range(len(self.lines))}
        for k, line in enumerate(self.lines):
            for u in (*line.uses, *line.grounds):
                found[u].append(k)
        return found

    @cached_property
    def assumed(self) -> dict[int, int]:
        """The induction of which a step is the hypothesis."""
        found: dict[int, int] = {}
        claims = {line.says: k for k, line in enumerate(self.lines) if line.rule == "induction"}
        for k, line in enumerate(self.lines):
            if line.rule == "hypothesis" and line.says in claims:
                found[k] = claims[line.says]
        return found

    @cached_property
    def shown(self) -> frozenset[int]:
        """The steps that have a line of their own at this detail."""
        every = range(len(self.lines))
        if self.detail == EVERY:
            return frozenset(every)
        shown = {k for k in every if self._wanted(k)}
        said: set[str] = set()
        for k in every:  # an equation is told once
            own = _as_told(self.lines[k].says)
            if len({*own.split(" = ")}) == 1 and sides(self.lines[k].says):
                shown.discard(k)  # a = a
            if own in said and self.lines[k].rule != "induction":
                shown.discard(k)
            said |= {own} if k in shown else set()
        for k in reversed(every):  # what serves only steps that are not shown is not shown either
            helps = self.lines[k].rule == "ring" and k not in self.claims
            if helps and not shown.intersection(self.users[k]):
                shown.discard(k)
        return frozenset(shown)

    def _wanted(self, k: int) -> bool:
        line = self.lines[k]
        if k in self.assumed:
            return self.detail != SUMMARY
        if line.rule == "state":
            return False
        if self._only_exists(line):
            return line.rule == "induction" and self.detail != SUMMARY
        least = reason(line.rule).detail
        return DETAILS.index(least) <= DETAILS.index(self.detail) or k in self.claimed

    @cached_property
    def claimed(self) -> frozenset[int]:
        """The claims, and what they only state."""
        states = [self.lines[k] for k in self.claims if self.lines[k].rule == "state"]
        return self.claims | {u for line in states for u in line.uses}

    @cached_property
    def constants(self) -> frozenset[Int]:
        """The integers that definitions speak of: the depth."""
        found: set[Int] = set()
        for d in self.theorem.proof.definitions:
            nodes = [u for t in (d.symbol, d.term, *d.where) for u in subterms(t)]
            found |= {u for u in nodes if isinstance(u, Int) and not u.index and u not in d.over}
        return frozenset(found)

    def needs(self, k: int) -> frozenset[int]:
        """All that a step rests on."""
        return self._closure[k]

    @cached_property
    def _closure(self) -> list[frozenset[int]]:
        found: list[frozenset[int]] = []
        for line in self.lines:
            own = (*line.uses, *line.grounds)
            found.append(frozenset(own).union(*[found[u] for u in own]))
        return found

    def _only_exists(self, line: Line) -> bool:
        return all(isinstance(p, Slope) and p.value == D(p.term, p.by) for p in _bodies(line.says))

    def sources(self, k: int) -> list[int]:
        """What a step rests on, among those that are shown."""
        found: dict[int, None] = {}
        for u in (*self.lines[k].uses, *self.lines[k].grounds):
            own = [u] if u in self.shown else self.sources(u)
            found.update(dict.fromkeys(own))
        return list(found)


def _as_told(p: Prop) -> str:
    """How a line reads, whatever the kernel's order of factors."""
    both = sides(p)
    return " = ".join(sorted([TEXT.box(counted(t)).body for t in both])) if both else str(p)


def _bodies(p: Prop) -> Iterable[Prop]:
    """What holds for all of a range, without the range."""
    while hasattr(p, "body"):
        p = p.body
    yield p


def sequents(theorem: Theorem) -> list[Sequent]:
    """Replayed, for the hypotheses of each step; the theorem itself keeps those of its claims."""
    proof = theorem.proof
    ctx = ready(context(proof.functions, proof.definitions))
    done: list[Sequent] = []
    for step in proof.steps:
        done.append(replay(ctx, step, done))
    return done


def _line(step: Step, s: Sequent, names: dict[Int, Int]) -> Line:
    limits = [h for h in sorted(s.hypotheses, key=str) if isinstance(h, AtLeast)]
    return Line(
        step.rule,
        step.uses,
        step.grounds,
        substitute(step.conclusion, names),
        tuple([substitute(h, names) for h in limits]),
        tuple([substitute(t, names) for t in step.extra]),
    )


def _readable(theorem: Theorem) -> dict[Int, Int]:
    """Letters for k1, k2, …: layers and nodes by where they stand."""
    proof = theorem.proof
    nodes = [u for s in proof.steps for t in (s.conclusion, *s.extra) for u in subterms(t)]
    every = dict.fromkeys(u for u in nodes if isinstance(u, Int) and not u.index)
    layers = _in_layers(nodes)
    said = {u for c in theorem.conclusions for u in subterms(c)}
    used = {u.name for u in every if u in said or not u.name[1:].isdigit()} | {"L"}
    out: dict[Int, Int] = {}
    for v in every:
        if v.name[0].islower() and v.name[1:].isdigit() and v not in said:
            free = [c for c in (LAYERS if v in layers else "kpqrtuvn") if c not in used]
            name = free[0] if free else v.name
            used.add(name)
            out[v] = Int(name)
    return out


def _in_layers(nodes: Iterable[object]) -> set[Int]:
    """The letters that stand where layers do."""
    found: set[Int] = set()
    for u in nodes:
        if (isinstance(u, Sym) and len(u.index) > 1) or (isinstance(u, Int) and u.index):
            found |= (
                {v for v in subterms(u.index[0]) if isinstance(v, Int)}
                if _term(u.index[0])
                else set()
            )
    return found


def _term(k: object) -> bool:
    return not isinstance(k, int)


__all__ = ["Line", "Steps", "sequents"]
