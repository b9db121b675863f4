"""Normal forms: polynomials over the rationals in atoms.

A polynomial is a dict from monomials to nonzero coefficients; a monomial is a sorted tuple of atom numbers, one
for each factor (x^2 y is (x, x, y)).  A `Ring` numbers the atoms; equal terms have equal polynomials in one ring,
whatever the order and grouping of their sums and products.  Atoms are symbols, function applications,
derivatives, brackets and inverses, each with its own arguments in normal form.  Some atoms have a known square:
[c]^2 = [c], and sqrt(t)^2 = t for a t that is plainly positive.

A finite sum is distributed over what it sums, what does not depend on its variable is drawn out of it, and sums within
sums are flattened.  What is left is an atom: factors that their bound variables tie together, each variable from 0, in an
order that does not depend on how they were named.

That t t^-1 = 1 the normal form does not know: it takes a premise t /= 0 (see rules.py).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod

from .integers import *
from .sums import Coefficient, Monomial, Poly, least, summed
from .terms import *

UNIT: Poly = {(): 1}
MAX_WORK = 20_000_000
MAX_DEGREE = 2_000


class Ring:
    """One numbering of atoms, and what was computed in it.  Nothing is shared between two rings."""

    def __init__(self) -> None:
        self.atoms: list[Term] = []
        self._numbers: dict[Term, int] = {}
        self._squares: dict[int, Poly] = {}
        self._polys: dict[Term, Poly] = {}
        self._signs: dict[int, bool] = {}
        self._work = 0

    def spend(self, work: int) -> None:
        """Counts work, so that a proof made to be slow is refused."""
        self._work += work
        if self._work > MAX_WORK:
            raise KernelError("normal form", f"at most {MAX_WORK} units of work", "more")

    def poly(self, t: Term) -> Poly:
        """The normal form of a term."""
        known = self._polys.get(t)
        if known is None:
            known = self._polys[t] = _POLY[type(t)](self, t)
        return known

    def term(self, p: Poly) -> Term:
        """A term whose normal form is p; the same one for equal polynomials."""
        terms = tuple([self._monomial_term(m, p[m]) for m in sorted(p)])
        out = terms[0] if len(terms) == 1 else Add(terms) if terms else ZERO
        self._polys.setdefault(out, p)
        return out

    def _monomial_term(self, m: Monomial, c: Coefficient) -> Term:
        factors = [self._power_term(k, m.count(k)) for k in sorted(set(m))]
        if max(map(abs, c.as_integer_ratio())) >> MAX_BITS:
            raise KernelError("normal form", f"numbers of at most {MAX_BITS} bits", "a longer one")
        if c != 1 or not factors:
            factors.insert(0, Num(Fraction(c)))
        return factors[0] if len(factors) == 1 else Mul(tuple(factors))

    def _power_term(self, k: int, n: int) -> Term:
        return self.atoms[k] if n == 1 else Pow(self.atoms[k], n)

    def atom(self, t: Term) -> Poly:
        """The polynomial that is one atom, whose arguments are in normal form."""
        if t not in self._numbers:
            k = self._numbers[t] = len(self.atoms)
            self.atoms.append(t)
            match t:
                case Bracket() | Kron():
                    self._squares[k] = {(k,): 1}
                case App("sqrt", (0,), (u,)) if self.positive(self.poly(u)):
                    self._squares[k] = self.poly(u)
        return {(self._numbers[t],): 1}

    def normal(self, t: Term) -> Term:
        return self.term(self.poly(t))

    def add(self, *polys: Poly) -> Poly:
        """The sum."""
        self.spend(sum(map(len, polys)))
        out: Poly = {}
        for p in polys:
            for m, c in p.items():
                out[m] = out.get(m, 0) + c
        return {m: c for m, c in out.items() if c}

    def scale(self, p: Poly, c: Coefficient) -> Poly:
        """The multiple by a number."""
        return {m: c * k for m, k in p.items()} if c else {}

    def mul(self, p: Poly, q: Poly) -> Poly:
        """The product."""
        self.spend(len(p) * len(q) * (1 + len(next(iter(p), ())) + len(next(iter(q), ()))))
        out: Poly = {}
        for m, c in p.items():
            for n, d in q.items():
                k = tuple(sorted(m + n)) if m and n else m or n
                out[k] = out.get(k, 0) + c * d
        return self.reduced({m: c for m, c in out.items() if c})

    def reduced(self, p: Poly) -> Poly:
        """Squares of atoms with a known square are replaced."""
        if p and max(map(len, p)) > MAX_DEGREE:
            raise KernelError("normal form", f"a degree of at most {MAX_DEGREE}", "a higher one")
        if not self._squares or self._squares.keys().isdisjoint(k for m in p for k in m):
            return p
        out: Poly = {}
        todo = list(p.items())
        while todo:
            m, c = todo.pop()
            self.spend(1 + len(m) * len(self._squares) // 8)
            k = next((k for k in self._squares if m.count(k) > 1), None)
            if k is None:
                out[m] = out.get(m, 0) + c
                continue
            first = m.index(k)
            rest = m[:first] + m[first + 2 :]
            todo += [(tuple(sorted(rest + n)), c * d) for n, d in self._squares[k].items()]
        return {m: c for m, c in out.items() if c}

    def power(self, p: Poly, n: int) -> Poly:
        """The n-th power, n >= 0."""
        out = UNIT
        for _ in range(n):
            out = self.mul(out, p)
            bits = max([Fraction(c).numerator.bit_length() for c in out.values()], default=0)
            self.spend(bits // 64)
            if bits > 64 * MAX_BITS:
                raise KernelError("normal form", f"at most {64 * MAX_BITS} bits", bits)
        return out

    def inverse(self, p: Poly) -> Poly:
        """t^-1 as an atom: 1 / (c a b) = (1/c) a^-1 b^-1, and the inverse of a sum is made with leading coefficient 1."""
        if not p:
            raise KernelError("normal form", "a term that is not 0 under t^-1", "0")
        unit = 1 / Fraction(p[min(p)])
        if len(p) > 1:
            monic = self.term(self.scale(p, unit))
            return self.scale(self.atom(Pow(monic, -1)), unit)
        out: Poly = {(): unit}
        for k in min(p):
            out = self.mul(out, self._inverse_atom(k))
        return out

    def _inverse_atom(self, k: int) -> Poly:
        t = self.atoms[k]
        if type(t) in (Bracket, Kron):
            return {(k,): 1}
        return self.poly(t.base) if type(t) is Pow else self.atom(Pow(t, -1))

    def sign(self, p: Poly) -> int:
        """1 where p is plainly positive, -1 where plainly negative, else 0.

        Plainly: all coefficients have one sign, each factor is positive or squared, and one term has no factor that may be 0.
        """
        signs = {1 if c > 0 else -1 for c in p.values()}
        if len(signs) != 1 or not all(self._nonnegative(m) for m in p):
            return 0
        return signs.pop() if any(all(self._above(k) for k in m) for m in p) else 0

    def positive(self, p: Poly) -> bool:
        return self.sign(p) == 1

    def nonzero(self, p: Poly) -> bool:
        return self.sign(p) != 0

    def _nonnegative(self, m: Monomial) -> bool:
        return all(
            m.count(k) % 2 == 0 or type(self.atoms[k]) in (Bracket, Kron) or self._above(k)
            for k in m
        )

    def _above(self, k: int) -> bool:
        """Whether an atom is plainly positive."""
        if k not in self._signs:
            self._signs[k] = self._positive_atom(self.atoms[k])
        return self._signs[k]

    def _positive_atom(self, t: Term) -> bool:
        match t:
            case Int():
                return bool(t.index)
            case Sum():
                return least(index(t.high, minus(t.low))) >= 0 and self.positive(self.poly(t.body))
            case Pow(u) | App("sqrt", (0,), (u,)):
                return self.positive(self.poly(u))
            case App("exp", (0,)) | App("pi", ()):
                return True
        return False


def _constant_bracket(ring: Ring, t: Term) -> Poly:
    """[c p > 0] = [p > 0] for c > 0, and 1 or 0 where the sign is plain."""
    p = ring.poly(t)
    if not p or ring.sign(p):
        return UNIT if p and ring.positive(p) else {}
    return ring.atom(Bracket(ring.term(ring.scale(p, 1 / abs(Fraction(p[min(p)]))))))


def _power(ring: Ring, t: Pow) -> Poly:
    p = ring.poly(t.base)
    return ring.power(p if t.exponent >= 0 else ring.inverse(p), abs(t.exponent))


def _number(value: Fraction) -> Poly:
    return {(): value.numerator if value.denominator == 1 else value} if value else {}


def _product(ring: Ring, t: Mul) -> Poly:
    """The factors of one term first, gathered in one monomial; then the sums, the shortest first."""
    polys = [ring.poly(u) for u in t.factors]
    single = [row for p in polys if len(p) == 1 for row in p.items()]
    atoms = sorted([k for m, _ in single for k in m])
    ring.spend(
        len(single) * max([abs(c.numerator).bit_length() for _, c in single], default=0) // 8
    )
    out = ring.reduced({tuple(atoms): prod([c for _, c in single])})
    for p in sorted([p for p in polys if len(p) != 1], key=len):
        out = ring.mul(out, p)
    return out


def _integer(ring: Ring, t: Term) -> Poly:
    return {m: c for a, c in combination(t).items() for m in ring.atom(a)}


def _kronecker(ring: Ring, t: Kron) -> Poly:
    """[a = b] by the difference of both."""
    gap = index(t.low, minus(t.high))
    if type(gap) is int or least(gap) > 0 or least(index(minus(gap))) > 0:
        return {} if gap else UNIT
    return ring.atom(Kron(min(gap, index(minus(gap)), key=str), ZERO))


_POLY: dict[type, Callable[..., Poly]] = {
    Num: lambda ring, t: _number(t.value),
    Sym: lambda ring, t: ring.atom(t),
    Add: lambda ring, t: ring.add(*[ring.poly(u) for u in t.terms]),
    Mul: _product,
    Pow: _power,
    App: lambda ring, t: ring.atom(rebuild(t, tuple([ring.normal(u) for u in t.args]))),
    Vec: lambda ring, t: ring.atom(rebuild(t, (ring.normal(t.body),))),
    Int: _integer,
    Bound: _integer,
    Kron: _kronecker,
    Sum: summed,
    Bracket: lambda ring, t: _constant_bracket(ring, t.term),
    D: lambda ring, t: ring.atom(t),
}
