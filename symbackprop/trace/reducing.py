"""left = right, as polynomials in base atoms: their difference is reduced by what is known of the atoms.

What is known is a relation: lead = rest, solved for its largest monomial.  For an inverse r of d it is r d = 1, for a root
q of u it is q^2 = u.  Where no two leading monomials share an atom, the reduction decides; where they do, what two
relations say together is added (Buchberger's algorithm, as far as it is asked for).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from ..derive.builder import Builder
from ..kernel import App, Mul, Pow, Term
from ..kernel.sums import Monomial, Poly
from ..kernel.terms import ONE, num
from .forms import Forms, combined, is_of

MAX_ROUNDS, MAX_TERMS, MAX_PAIRS = 5_000, 60_000, 60


@dataclass(frozen=True)
class Relation:
    """lead = rest, a polynomial, by a step that concludes it."""

    lead: Monomial
    rest: Poly
    step: int


class Reducing:
    """Over one builder and its forms; `look` raises where the time is over."""

    def __init__(self, b: Builder, forms: Forms, look: Callable[[], None]) -> None:
        self.b, self.forms, self.look = b, forms, look
        self.relations: dict[Monomial, Relation] = {}
        self.asked: set[int] = set()
        self.paired: set[frozenset[Monomial]] = set()
        self.rest: Poly = {}
        """What was left when no proof was found."""

    def equal(self, left: Term, right: Term) -> int | None:
        """The step that concludes left = right; None where no proof was found."""
        b, ring = self.b, self.b.ring
        self.forms.rewritten(left)
        self.forms.rewritten(right)  # the generators may become finer on the way
        first, uses = self.forms.rewritten(left)
        second, others = self.forms.rewritten(right)
        p, q = ring.poly(first), ring.poly(second)
        self.look()
        parts = [(self.forms.shown(left, ring.term(p), uses), num(1))]
        parts.append((self.forms.shown(right, ring.term(q), others), num(-1)))
        gap = ring.add(p, ring.scale(q, -1))
        self.rest, more = self.reduced(gap)
        while self.rest and self._completed(self.rest):
            self.rest, more = self.reduced(gap)
        return None if self.rest else combined(b, left, right, [*parts, *more])

    def reduced(self, rest: Poly) -> tuple[Poly, list[tuple[int, Term]]]:
        """A polynomial reduced by the relations of its atoms, and these with their factors."""
        ring, factors = self.b.ring, dict[int, Poly]()
        for _ in range(MAX_ROUNDS):
            self.look()
            found = self._reducible(rest)
            if found is None:
                break
            relation, part = found
            change = ring.add({relation.lead: -1}, relation.rest)
            rest = ring.add(rest, ring.mul(part, change))
            factors[relation.step] = ring.add(factors.get(relation.step, {}), part)
            if len(rest) > MAX_TERMS:
                break
        return rest, [(k, ring.term(f)) for k, f in factors.items()]

    def _reducible(self, p: Poly) -> tuple[Relation, Poly] | None:
        """A relation whose leading monomial divides some monomials of p, with the quotients."""
        atoms = {k for m in p for k in m}
        for k in sorted(atoms - self.asked):
            self.asked.add(k)
            found = self._relation(k)
            if found is not None:
                self.relations[found.lead] = found
        for lead, relation in self.relations.items():
            if atoms.issuperset(lead):
                part = {q: c for m, c in p.items() if (q := quotient(m, lead)) is not None}
                if part:
                    return relation, part
        return None

    # --- what two relations say together -----------------------------------------------------------------------------

    def _completed(self, rest: Poly) -> bool:
        """Whether a new relation was found."""
        atoms = {k for m in rest for k in m}
        own = [r for r in self.relations.values() if not atoms.isdisjoint(r.lead)]
        for r, s in combinations(own, 2):
            pair = frozenset([r.lead, s.lead])
            if (
                pair in self.paired
                or set(r.lead).isdisjoint(s.lead)
                or len(self.paired) > MAX_PAIRS
            ):
                continue
            self.paired.add(pair)
            found = self._together(r, s)
            if found is not None:
                self.relations[found.lead] = found
                return True
        return False

    def _together(self, r: Relation, s: Relation) -> Relation | None:
        """From m = a and n = b, with a common multiple m' m = n' n: m' a - n' b = 0, reduced and solved."""
        ring, own = self.b.ring, {*r.lead, *s.lead}
        whole = tuple(
            sorted([k for k in own for _ in range(max(r.lead.count(k), s.lead.count(k)))])
        )
        first, second = quotient(whole, r.lead) or (), quotient(whole, s.lead) or ()
        gap = ring.add(ring.mul({first: 1}, r.rest), ring.scale(ring.mul({second: 1}, s.rest), -1))
        rest, more = self.reduced(gap)
        if not rest:
            return None
        lead = max(rest, key=graded)
        c = 1 / Fraction(rest[lead])
        other = ring.scale({m: v for m, v in rest.items() if m != lead}, -c)
        parts = [(r.step, ring.term({first: -c})), (s.step, ring.term({second: c}))]
        parts += [(k, Mul((num(-c), f))) for k, f in more]
        return Relation(
            lead, other, combined(self.b, ring.term({lead: 1}), ring.term(other), parts)
        )

    # --- what is known of an atom ------------------------------------------------------------------------------------

    def _relation(self, k: int) -> Relation | None:
        atom, b = self.b.ring.atoms[k], self.b
        match atom:
            case App("sin", (0,), (u,)):
                return self._solved(b.law("pythagoras", u), k)
            case App("sqrt", (0,), (u,)):
                return self._square(k, u)
            case App("exp", (0,), (u,)):
                return self._power(k, u)
            case Pow(base, -1):
                left = b.ring.normal(Mul((base, atom)))
                return self._solved(combined(b, left, ONE, [(b.nonzero(base), ONE)]), k)
        return None

    def _square(self, k: int, u: Term) -> Relation | None:
        """sqrt(u)^2 = u, with u in base atoms."""
        b = self.b
        square = b.law("sqrt square", u)
        if b.ring.poly(b.equation(square).left) == b.ring.poly(u):
            return None  # the ring knows it
        form, uses = self.forms.rewritten(u)
        opened = self.forms.shown(u, b.ring.normal(form), uses)
        value = b.equation(opened).right
        step = combined(b, b.equation(square).left, value, [(square, ONE), (opened, ONE)])
        return Relation((k, k), b.ring.poly(value), step)

    def _power(self, k: int, a: Term) -> Relation | None:
        """exp(log(u)/n)^n = u."""
        b, p = self.b, self.b.ring.poly(a)
        c = Fraction(next(iter(p.values()), 0))
        atom = b.ring.atoms[min(p)[0]] if len(p) == 1 and len(min(p)) == 1 else None
        if c.numerator != 1 or c.denominator == 1 or atom is None or not is_of(atom, "log"):
            return None
        u, n = atom.args[0], c.denominator  # type: ignore[attr-defined]
        whole, power = self.forms.as_power(a, n)
        form, uses = self.forms.rewritten(u)
        opened = self.forms.shown(u, b.ring.normal(form), uses)
        parts = [(power, num(-1)), (b.law("exp log", u), ONE), (opened, ONE)]
        step = combined(b, whole, b.equation(opened).right, parts)
        return Relation((k,) * n, b.ring.poly(b.equation(opened).right), step)

    def _solved(self, step: int, k: int) -> Relation | None:
        """An equation solved for its largest monomial, if the atom k is in it."""
        ring, e = self.b.ring, self.b.equation(step)
        p = ring.add(ring.poly(e.left), ring.scale(ring.poly(e.right), -1))
        lead = max(p, key=graded)
        if k not in lead:
            return None
        c = Fraction(p[lead])
        rest = ring.scale({m: v for m, v in p.items() if m != lead}, -1 / c)
        solved = combined(self.b, ring.term({lead: 1}), ring.term(rest), [(step, num(1 / c))])
        return Relation(lead, rest, solved)


def graded(m: Monomial) -> tuple[int, Monomial]:
    """The order of monomials: by degree, then by the atoms that came last."""
    return len(m), m[::-1]


def quotient(m: Monomial, lead: Monomial) -> Monomial | None:
    """m / lead; None where it does not divide m.

    >>> quotient((1, 1, 2), (1, 2)), quotient((1,), (2,))
    ((1,), None)
    """
    rest = list(m)
    for k in lead:
        if k not in rest:
            return None
        rest.remove(k)
    return tuple(rest)
