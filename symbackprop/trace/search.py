"""Points at which a rule is tried: small fractions first, those that satisfy what is assumed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from random import Random

from ..derive.builder import Builder
from ..kernel import Sym, Term
from ..kernel.sums import Poly
from ..kernel.terms import ZERO, subterms
from .grammar import Formula
from .knowledge import every
from .numbers import Dual, Evaluator, Undefined

Point = dict[str, Fraction]
FEW = [Fraction(p, 4) for p in (2, -2, 3, -3, 6, -5, 8, -8, 1, -1, 10, -14, 20, -20, 13, 40)]
PLAIN = [Fraction(v) for v in (0, 1, -1, 2, -2, 3, 5, -5)] + [Fraction(1, 2), Fraction(-1, 2)]
WIDE = [Fraction(p, 8) for p in range(-80, 81, 3)]
INCOMING = "g"
GRADIENTS = [Fraction(v) for v in (1, 2, 1, -1, 1, 3)]
INTEGERS = [Fraction(v) for v in (2, 1, 3, 4, 0, 5, 7, -1, -2, 10)]


@dataclass(frozen=True)
class Places:
    """Where to look: the names, those that are integers, and what is assumed."""

    names: Sequence[str]
    integers: frozenset[str]
    condition: Formula
    seed: int = 0

    def points(self, tries: int = 400, wide: bool = False) -> Iterator[Point]:
        """Points that satisfy the condition: single ones that are simple, then random ones."""
        random = Random(f"{self.seed}{wide}")
        hints = sorted({f.value for f in every(self.condition) if f.value is not None})
        for k in range(tries):
            point = {name: self._value(random, name, k, wide, hints) for name in self.names}
            if satisfies(self.condition, point):
                yield {**point, INCOMING: GRADIENTS[k % len(GRADIENTS)]}

    def _value(
        self, random: Random, name: str, k: int, wide: bool, hints: list[Fraction]
    ) -> Fraction:
        if name in self.integers:
            return random.choice(INTEGERS)
        if hints and random.random() < 0.4:
            return random.choice(hints) + random.choice(FEW) / random.choice((1, 4, 64))
        if wide and random.random() < 0.5:
            return random.choice(PLAIN)
        return random.choice(WIDE if wide else FEW)

    def few(self, n: int, tries: int = 400) -> list[Point]:
        return list(islice(self.points(tries), n))


def satisfies(condition: Formula, point: Point) -> bool:
    """Whether a condition holds at a point; where that can't be told, it does not."""
    try:
        return at(point).holds(condition)
    except (Undefined, ArithmeticError, ValueError):
        return False


def at(point: Point, wrt: str = "", **more: Fraction) -> Evaluator:
    """An evaluator at a point, with the slope 1 for one name."""
    values = {n: Dual(v, Fraction(1) if n == wrt else None) for n, v in {**point, **more}.items()}
    return Evaluator(values, {})


def border(b: Builder, t: Term) -> tuple[str, Term] | None:
    """The symbol and the value for it that make t zero: where t is linear in it; None where it is in none."""
    p = b.ring.poly(t)
    if not p:
        return None
    shared = [b.ring.atoms[k] for k in set.intersection(*[set(m) for m in p])]
    for atom in shared:  # x y is 0 where x is
        if isinstance(atom, Sym):
            return atom.name, ZERO
    for m in sorted([m for m in p if len(m) == 1], reverse=True):
        atom = b.ring.atoms[m[0]]
        inside = [u for n in p for k in n for u in [b.ring.atoms[k]] if n != m]
        if isinstance(atom, Sym) and not any(atom in _symbols(u) for u in inside):
            rest: Poly = {n: -Fraction(v) / Fraction(p[m]) for n, v in p.items() if n != m}
            return atom.name, b.ring.term(rest)
    return None


def _symbols(t: Term) -> set[Term]:
    return {u for u in subterms(t) if isinstance(u, Sym)}
