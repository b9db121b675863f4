"""The points at which a network's claims are tried: examples that satisfy the hypotheses, and witnesses against a claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

import sympy as sp

from ..derive.claims import Claim, Claims
from ..kernel import Differentiable, Prop, Sym, Term
from ..kernel.context import Context
from ..network.architecture import Architecture
from ..network.recursion import Believed, read_loosely
from ..network.symbols import quantity
from ..network.theory import E, Theory, theory
from .search import Point, Search, arithmetics, confirm
from .witness import NUMERIC, Model


@dataclass(frozen=True)
class Found:
    """A checked counterexample: the point in the lecture's symbols, and both sides there."""

    values: dict[Any, Any]
    left: Any
    right: Any


@dataclass
class Evidence:
    """The search for one recursion on one network, under the hypotheses of what was proved and what is assumed."""

    claims: Claims
    own: Theory
    hypotheses: Sequence[Prop]
    seed: int
    decimals: list[tuple[Fraction, Fraction]] = field(default_factory=list)
    """Every decimal of the network and of the recursion, with half a unit of its last digit; filled by `loose`."""
    _models: dict[int, list[Model]] = field(default_factory=dict)

    @property
    def net(self) -> Architecture:
        return self.claims.net

    @cached_property
    def search(self) -> Search:
        b = self.claims.builder
        solved = [b.equation(k) for k in self.claims.assumed]
        pairs = [(e.left, e.right) for e in solved if isinstance(e.left, Sym)]
        return Search(b.ctx, self._variables(), self.hypotheses, pairs, self.seed)

    def _variables(self) -> list[Sym]:
        net = self.net
        names = [Sym("w", i) for i in net.weight_indices]
        names += [Sym("x", (0, i)) for i in net.nodes(0)]
        return names + [Sym("y", (j,)) for j in net.nodes(net.L)]

    @cached_property
    def loose(self) -> tuple[Theory, Believed]:
        """The network and the recursion with their decimals as symbols, where there are any."""
        if not self.has_decimals:
            return self.own, self.claims.believed
        own = theory(self.net, loose=True, floats=self.decimals)
        return own, read_loosely(self.net, self.claims.believed, self.decimals)

    @property
    def has_decimals(self) -> bool:
        return bool(self.claims.believed.floats or self.own.floats)

    def example(self) -> Point | None:
        """A point at which every hypothesis holds, exactly or by intervals."""
        return next((point for point in self.search.points() if self._satisfies(point)), None)

    def _satisfies(self, point: Point) -> bool:
        if all(isinstance(h, Differentiable) for h in self.hypotheses):
            return True
        for model in self._arithmetics_at(point):
            try:
                return all(model.holds(h) for h in self.hypotheses)
            except NUMERIC:
                continue
        return False

    def against(self, claim: Claim, left: Term, right: Term) -> Found | None:
        """A witness against a claim, whose sides in normal form are left and right."""
        l, i, j = claim.index
        spikes = [Sym("w", (l, 0, j)), Sym("w", (l, i, j))]
        for point in self.search.propose(left, right, spikes):
            sides = self._confirmed(claim, point)
            if sides is not None:
                return Found(self.values(point), *sides)
        return None

    def _confirmed(self, claim: Claim, point: Point) -> tuple[Any, Any] | None:
        """Both sides; decimals stand for all that they may be roundings of."""
        hypotheses = [h for h in self.hypotheses if not isinstance(h, Differentiable)]
        believed = self.loose[1]
        right = self.claims.right(claim) if claim.source is None else believed.weights[claim.index]
        return confirm(self._arithmetics_at(point), E, claim.symbol, right, hypotheses)

    def _arithmetics_at(self, point: Point) -> Iterable[Model]:
        """The same point in ever finer arithmetic."""
        if id(point) not in self._models:
            own, believed = self.loose
            functions = {f.name: f for f in (*self.claims.builder.functions, *own.functions)}
            definitions = {d.symbol: d.term for d in own.definitions}
            definitions |= {Sym("delta", k): t for k, t in believed.deltas.items()}
            inputs: dict[Sym, Any] = {**point.inputs, **self._roundings()}
            self._models[id(point)] = [
                Model(functions, definitions, inputs, point.polynomials, arithmetic)
                for arithmetic in arithmetics()
            ]
        return self._models[id(point)]

    def _roundings(self) -> dict[Sym, tuple[Fraction, Fraction]]:
        """What each decimal may be a rounding of."""
        return {
            Sym("decimal", (k,)): (value - half, value + half)
            for k, (value, half) in enumerate(self.decimals)
        }

    def plausible(self, ctx: Context, left: Term, right: Term) -> bool:
        """A cheap look before a proof, in another recursion's context: both sides agree at a few of the points."""
        look = Search(ctx, (), (), ())
        points = islice(self.search.points(), 3)
        return not any(look.differ(left, right, point, 30) for point in points)

    def values(self, point: Point) -> dict[Any, Any]:
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
