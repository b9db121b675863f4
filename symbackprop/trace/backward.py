"""The proof that a traced backward is the vector-Jacobian product of a traced forward: by the kernel, entry by entry.

The forward is a graph of definitions v[n]; L is Σ_k g_k out_k, so that the exact vector-Jacobian product has the entries
∂L/∂x.  Each is derived by the chain rule, from definition to definition, and what the backward computed is then shown to be
equal: both as polynomials in atoms, reduced by what is known of the atoms (d d^-1 = 1, sqrt(u)^2 = u).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from ..certificates import check
from ..derive.builder import Builder
from ..derive.tower import SLOPES
from ..kernel import (
    App,
    Definition,
    Differentiable,
    Eq,
    KernelError,
    Positive,
    Pow,
    Prop,
    Slope,
    Sym,
    Term,
    Theorem,
)
from ..kernel.derivative import Differentiation
from ..kernel.normal import Ring
from ..kernel.rewriting import parted
from ..kernel.terms import num, subterms
from .cases import Cases

GOAL = Sym("L_")
MAX_ROUNDS, MAX_TERMS, MAX_PAIRS = 5_000, 60_000, 60


FACTS: dict[str, Callable[[Term], Term]] = {"atan": lambda a: Pow(num(1) + Pow(a, 2), -1)}
"""Derivatives that the kernel has no law for: they are assumed, where such a function is, and named beside the laws."""


class Late(Exception):  # noqa: N818 - an answer of its own, not an error
    """The time limit has passed."""


@dataclass
class Clock:
    """A time limit, looked at now and then."""

    until: float

    def look(self) -> None:
        if monotonic() > self.until:
            raise Late


@dataclass(frozen=True)
class Claim:
    """∂L/∂by = believed."""

    by: Sym
    believed: Term


@dataclass
class Prover:
    """One trace's proof."""

    definitions: Sequence[Definition]
    goal: Term
    assumed: Sequence[Positive] = ()
    forward: int = 0
    """How many of the definitions are the forward's."""
    clock: Clock = field(default_factory=lambda: Clock(monotonic() + 60))

    def __post_init__(self) -> None:
        own = (*self.definitions, Definition(GOAL, self.goal))
        self.b = Builder((), own)
        known = tuple([p.term for p in self.assumed])
        self.cases = Cases(self.b, known, self.clock.look, self._closed())
        self.slopes: dict[tuple[Term, Sym], int] = {}
        self.inputs = {s: self._symbols(d.term) for d in own for s in [d.symbol]}

    def _closed(self) -> set[Sym]:
        """The forward's results that are sums and products of others: the backward most often has them as they are."""
        rows = [(d.symbol, self.b.ring.poly(d.term)) for d in self.definitions[: self.forward]]
        atoms = self.b.ring.atoms
        return {s for s, p in rows if all(isinstance(atoms[k], Sym) for m in p for k in m)}

    def _symbols(self, t: Term) -> list[Sym]:
        return [u for u in subterms(t) if isinstance(u, Sym) and self.b.defined(u)]

    # --- the chain rule --------------------------------------------------------------------------------------------

    def slope(self, symbol: Sym, by: Sym) -> int:
        """The step that concludes the derivative of a defined symbol, from those of the symbols that it is made of."""
        todo = [symbol]
        while todo:
            s = todo[-1]
            inner = [
                u
                for u in self.inputs[s]
                if (u, by) not in self.slopes and self.b.ctx.depends(u, by)
            ]
            if inner and (s, by) not in self.slopes:
                todo += inner
                continue
            todo.pop()
            if (s, by) not in self.slopes:
                self.clock.look()
                self.slopes[s, by] = self._local(s, by)
        return self.slopes[symbol, by]

    def _local(self, s: Sym, by: Sym) -> int:
        b = self.b
        known = [self.slopes[u, by] for u in self.inputs[s] if (u, by) in self.slopes]
        given, _ = parted([b.conclusion(k) for k in known])
        raw = Differentiation(b.ctx, by, given)(b.ctx.symbols[s])
        inside = [t for t in subterms(raw) if isinstance(t, App) and t.orders == (1,)]
        laws = [b.law(f"{t.name} slope", t.args[0]) for t in inside if t.name in SLOPES]
        laws += [b.assume(Eq(t, FACTS[t.name](t.args[0]))) for t in inside if t.name in FACTS]
        inner = b.derivative(b.ctx.symbols[s], by, [*known, *laws])
        value = b.conclusion(inner).value  # type: ignore[attr-defined]
        if len(b.ring.poly(value)) > MAX_TERMS:
            raise KernelError("chain rule", f"at most {MAX_TERMS} terms", "more")
        return b.add("derivative", Slope(s, by, value), [inner])

    # --- equality --------------------------------------------------------------------------------------------------

    def prove(self, claim: Claim) -> int | None:
        """The step that concludes the claim; None where no proof was found."""
        b = self.b
        moves = b.ctx.depends(GOAL, claim.by)
        slope = self.slope(GOAL, claim.by) if moves else b.derivative(GOAL, claim.by)
        value = b.conclusion(slope).value  # type: ignore[attr-defined]
        if b.ring.poly(value) == b.ring.poly(claim.believed):
            return b.add("derivative", Slope(GOAL, claim.by, claim.believed), [slope])
        equal = self.cases.equal(value, claim.believed)
        if equal is None:
            return None
        return b.add("derivative", Slope(GOAL, claim.by, claim.believed), [slope, equal])

    def theorem(self, steps: Sequence[int]) -> Theorem:
        return check(self.b.proof(steps))


def is_fact(p: Prop) -> bool:
    """Whether a hypothesis is of the table of facts, or that such a function is differentiable."""
    match p:
        case Differentiable(App(name)):
            return name in FACTS
        case Eq(App(name, (1,), (a,)), right):
            return name in FACTS and Ring().poly(FACTS[name](a)) == Ring().poly(right)
    return False


def known(theorem: Theorem) -> tuple[str, ...]:
    """The laws of a theorem, and the facts that it takes, in words."""
    names = {
        p.left.name
        for p in theorem.hypotheses
        if is_fact(p) and isinstance(p, Eq) and isinstance(p.left, App)
    }
    return (*theorem.laws, *[f"{n}'(a) = {FACTS[n](Sym('a'))}" for n in sorted(names)])
