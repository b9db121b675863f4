"""The claims of a recursion on a network, and their proofs: ∂e/∂s_j^(l) = δ_j^(l), ∂e/∂w_ij^(l) = what is believed.

The left side is derived forward by the chain rule, with no δ in it; the right side is the recursion unfolded from the top.
They meet in the equality ladder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import Bracket, D, Definition, Eq, Nonzero, Positive, Prop, Sym, Term
from ..kernel.sums import Poly
from ..kernel.terms import subterms
from ..network.architecture import Architecture
from ..network.functions import definitions as library
from ..network.gate import Reader
from ..network.recursion import Believed
from ..network.symbols import written
from ..network.theory import E, Theory, reader
from .builder import Builder
from .chain import chain_rule
from .equality import Equality
from .tower import Tower, generators, settle_with


@dataclass(frozen=True)
class Claim:
    """What one weight's or one δ's equation says; `source` is None for a δ."""

    of: str
    layer: int
    source: int | None
    target: int
    formula: str = field(default="", compare=False)
    """What ∂e/∂w is believed to be, in words; for those who read a verdict."""

    @property
    def symbol(self) -> Sym:
        """The variable by which e is differentiated."""
        if self.source is None:
            return Sym("s", (self.layer, self.target))
        return Sym("w", (self.layer, self.source, self.target))

    @property
    def index(self) -> tuple[int, int, int]:
        """(l, i, j) of a weight."""
        return (self.layer, self.source or 0, self.target)

    def __str__(self) -> str:
        if self.source is None:
            index = (self.layer, self.target)
            return f"∂e/∂{written(index, 's')} = {written(index, 'delta')}"
        left = f"∂e/∂{written(self.index, 'w')}"
        return f"{left} = {self.formula}" if self.formula else left


def claims_of(net: Architecture) -> list[Claim]:
    """All claims: the δ from the top layer down, then the weights layer by layer."""
    deltas = [Claim("delta", l, None, j) for l in range(net.L, 0, -1) for j in net.nodes(l)]
    return deltas + [Claim("weight", l, i, j) for l, i, j in net.weight_indices]


class Claims:
    """One builder for all claims of a recursion on a network."""

    def __init__(
        self,
        net: Architecture,
        own: Theory,
        believed: Believed,
        assumed: Sequence[Prop] = (),
        seed: int = 0,
    ) -> None:
        self.net, self.believed = net, believed
        known = {f.name for f in own.functions}
        more = [f for f in library(believed.functions) if f.name not in known]
        deltas = [Definition(Sym("delta", k), t) for k, t in believed.deltas.items()]
        self.builder = Builder((*more, *own.functions), (*own.definitions, *deltas))
        self.towers = [
            Tower(self.builder, lambda s: False),
            Tower(self.builder, lambda s: s.name == "x"),
        ]
        self.builder.settle = settle_with(self.builder, self.towers)
        self.ladders = [Equality(self.builder, t, seed) for t in self.towers]
        self.assumed = [k for p in assumed for k in self._assume(p)]
        self.unfolded: dict[Term, int] = {}
        self.chains: dict[Claim, int] = {}

    def _assume(self, p: Prop) -> list[int]:
        """A hypothesis; an equation is solved for its last symbol, to rewrite by."""
        b = self.builder
        number = b.assume(p)
        if not isinstance(p, Eq):
            return []
        if D in {type(t) for t in (*subterms(p.left), *subterms(p.right))}:
            raise InputError(f"assumption {p}: expected no derivative")
        r = b.ring.add(b.ring.poly(p.left), b.ring.scale(b.ring.poly(p.right), -1))
        for m in sorted((m for m in r if len(m) == 1), reverse=True):
            if sum(m[0] in n for n in r) == 1:
                c = Fraction(r[m])
                rest: Poly = {n: -Fraction(v) / c for n, v in r.items() if n != m}
                factor = b.ring.term({(): 1 / c})
                return [b.combine(b.ring.atoms[m[0]], b.ring.term(rest), [(number, factor)])]
        return []

    def left(self, claim: Claim) -> Term:
        return D(E, claim.symbol)

    def right(self, claim: Claim) -> Term:
        if claim.source is None:
            return Sym("delta", (claim.layer, claim.target))
        return self.believed.weights[claim.layer, claim.source, claim.target]

    def chain(self, claim: Claim) -> int:
        """The step that concludes the left side's derivative, over all paths."""
        if claim not in self.chains:
            self.chains[claim] = chain_rule(self.builder, claim.symbol)
        return self.chains[claim]

    def delta(self, symbol: Sym) -> int:
        """The step that unfolds a δ, down to the symbols of the forward pass."""
        if symbol not in self.unfolded:
            b = self.builder
            uses = [b.definition(symbol), *self.rules(b.ctx.symbols[symbol])]
            form = b.rewriting(uses)(symbol)
            self.unfolded[symbol] = b.ring_step(symbol, b.ring.normal(form), uses)
        return self.unfolded[symbol]

    def rules(self, t: Term) -> list[int]:
        """Equations for the δ and the derivatives that a believed term mentions."""
        parts = list(subterms(t))
        inner = {u.by for u in parts if isinstance(u, D)} | {
            u.term for u in parts if isinstance(u, D)
        }
        deltas = [u for u in parts if isinstance(u, Sym) and u.name == "delta" and u not in inner]
        slopes = [u for u in parts if isinstance(u, D)]
        steps = [self.delta(u) for u in sorted(deltas, key=lambda u: u.index)]
        return steps + [self.builder.derivative(u.term, u.by) for u in sorted(slopes, key=str)]

    def prove(self, claim: Claim) -> int | None:
        """The step that concludes the claim, or None where no proof was found."""
        left, right = self.left(claim), self.right(claim)
        uses = [self.chain(claim)]
        uses += (
            [self.delta(right)]
            if isinstance(right, Sym) and right.name == "delta"
            else self.rules(right)
        )
        for ladder in self.ladders:
            step = ladder.prove(left, right, uses + self.assumed)
            if step is not None:
                self.builder.stated(step)  # now, while there is work left for it
                return step
        return None

    def vanishes_on_a_region(self, p: Prop) -> bool:
        """Whether a condition t ≠ 0 is on a t made of brackets alone, which is 0 on a whole region if at all."""
        if not isinstance(p, Nonzero):
            return False
        form, _ = self.towers[-1].rewritten(p.term)
        parts = generators(self.builder, self.builder.ring.poly(form))
        return bool(parts) and all(isinstance(t, Bracket) for t in parts)

    def difference(self, claim: Claim) -> tuple[Term, Term]:
        """Both sides in normal form, in the symbols of the forward pass."""
        b, right = self.builder, self.right(claim)
        form = b.rewriting(self.rules(right))(right)
        return b.equation(self.chain(claim)).right, b.ring.normal(form)


def read_assumptions(net: Architecture, assume: Any) -> list[Prop]:
    """A relation or several: `Eq`, `Ne`, `>` and `<` between SymPy expressions in the network's symbols, as propositions.

    Raises InputError for anything else, and for one that is false or true by itself.
    """
    read = reader(net)
    if isinstance(assume, sp.Basic | bool):
        assume = [assume]
    if not isinstance(assume, Iterable):
        raise InputError(f"assume: expected relations such as Eq(y, 1), got {assume!r}")
    return [p for a in assume for p in _assumption(read, a)]


def _assumption(read: Reader, a: Any) -> list[Prop]:
    if isinstance(a, sp.Eq):
        return [Eq(read.term(a.lhs), read.term(a.rhs))]
    if isinstance(a, sp.Ne):
        return [Nonzero(read.term(a.lhs - a.rhs))]
    if isinstance(a, sp.StrictGreaterThan):
        return [Positive(read.term(a.lhs - a.rhs))]
    if isinstance(a, sp.StrictLessThan):
        return [Positive(read.term(a.rhs - a.lhs))]
    raise InputError(f"assumption {a}: expected Eq, Ne, > or < between expressions")
