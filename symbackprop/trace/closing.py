"""left = right, once both are fractions in generators: the difference is cleared of inverses and of powers that are known.

A power that is known: sin(a)^2 = 1 - cos(a)^2, sqrt(a)^2 = a, exp(log(a)/3)^3 = a.  If nothing is left above the
fraction's line, the difference is a sum of multiples of d d^-1 - 1 and of such equations, which the kernel adds up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..derive.builder import Builder
from ..derive.fractions import cleared
from ..derive.tower import Tower
from ..kernel import App, Eq, Nonzero, Term
from ..kernel.normal import UNIT
from ..kernel.sums import Monomial, Poly
from ..kernel.terms import num

MAX_ROUNDS = 40


@dataclass(frozen=True)
class Power:
    """atom^n = value, by a step that concludes it."""

    atom: int
    n: int
    value: Poly
    step: Callable[[], int]


class Closing:
    """Proves equations in one builder, whose tower rewrites in generators."""

    def __init__(
        self,
        b: Builder,
        tower: Tower,
        power_of: Callable[[App], tuple[int, Term, Callable[[], int]] | None],
    ) -> None:
        self.b, self.tower, self.power_of = b, tower, power_of

    def forms(self, left: Term, right: Term) -> tuple[Term, Term, list[int], list[int]]:
        """Both sides in generators, and the steps to rewrite them by."""
        self.tower.rewritten(left)
        self.tower.rewritten(right)  # the generators may become finer on the way
        first, uses = self.tower.rewritten(left)
        second, others = self.tower.rewritten(right)
        return first, second, uses, others

    def prove(self, left: Term, right: Term) -> int | None:
        """The step that concludes left = right; None where no proof was found."""
        return self.between(left, right, *self.forms(left, right))

    def between(
        self, left: Term, right: Term, first: Term, second: Term, uses: list[int], others: list[int]
    ) -> int | None:
        """The same, where the steps make the first form of the left side and the second of the right one."""
        b, ring = self.b, self.b.ring
        p, q = ring.poly(first), ring.poly(second)
        start = b.ring_step(left, ring.term(p), uses)
        end = b.ring_step(right, ring.term(q), others)
        one, minus_one = num(1), num(-1)
        parts: list[tuple[int, Term]] = [(start, one), (end, minus_one)]
        rest, under = ring.add(p, ring.scale(q, -1)), UNIT
        for _ in range(MAX_ROUNDS):
            rest, own, factors = cleared(ring, rest)
            parts += [
                (b.nonzero(d), ring.term(ring.mul(under, ring.poly(f))))
                for d, f in factors
                if ring.poly(f)
            ]
            under = ring.mul(under, own)
            power = self._known_power(rest)
            if power is None:
                break
            rest, factor = self._lowered(rest, power)
            parts.append((power.step(), ring.term(ring.mul(under, factor))))
        return None if rest else combined(b, left, right, parts)

    def _known_power(self, p: Poly) -> Power | None:
        """One that p has, of the largest atom that has one."""
        for k in sorted({k for m in p for k in m}, reverse=True):
            t = self.b.ring.atoms[k]
            row = self.power_of(t) if isinstance(t, App) else None
            if row is not None and any(m.count(k) >= row[0] for m in p):
                return Power(k, row[0], self.b.ring.poly(row[1]), row[2])
        return None

    def _lowered(self, p: Poly, power: Power) -> tuple[Poly, Poly]:
        """p with the value for the power, and the factor of atom^n - value in the difference."""
        ring, k, n = self.b.ring, power.atom, power.n
        factor: Poly = {}
        relation = ring.add({(k,) * n: -1}, power.value)
        while any(m.count(k) >= n for m in p):
            part = {_without(m, k, n): c for m, c in p.items() if m.count(k) >= n}
            p = ring.add(p, ring.mul(part, relation))
            factor = ring.add(factor, part)
        return p, factor


def _without(m: Monomial, k: int, n: int) -> Monomial:
    first = m.index(k)
    return m[:first] + m[first + n :]


def combined(b: Builder, left: Term, right: Term, parts: list[tuple[int, Term]]) -> int:
    """left - right as a sum of factors times differences; d /= 0 counts as d d^-1 = 1."""
    ring = b.ring
    apart = [isinstance(b.conclusion(k), Nonzero) for k, _ in parts]
    kept = [
        (k, q)
        for (k, q), own in zip(parts, apart, strict=True)
        if ring.poly(q) and (own or not same(b, b.equation(k)))
    ]
    uses, extra = [k for k, _ in kept], tuple([q for _, q in kept])
    return b.add("combine" if kept else "ring", Eq(left, right), uses, extra)


def same(b: Builder, e: Eq) -> bool:
    return b.ring.poly(e.left) == b.ring.poly(e.right)
