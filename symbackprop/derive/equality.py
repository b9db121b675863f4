"""The equality ladder: normal forms first, then the laws of known functions; what stays different is None, never False.

The second rung works on the difference R of both sides, a polynomial in atoms.  Atoms that share generators (see tower.py)
form a cluster, such as all that is made of exp(s_1).  Within a cluster, the monomials of R are sampled modulo a prime, with
random values of the generators; a linear dependence found there is a guess, which becomes a lemma only if the kernel
proves it as an identity of fractions.  R is reduced by the lemmas, cluster by cluster; the claim is then R's combination of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from random import Random

from ..kernel import App, Bracket, Eq, Num, Pow, Term
from ..kernel.laws import PI
from ..kernel.sums import Monomial, Poly
from .builder import Builder
from .tower import Tower, generators

PRIMES = (2**61 - 1, 2**89 - 1, 2**107 - 1, 2**127 - 1)
"""All 3 modulo 4, so that a square root is a power."""
POINTS = 48


class Sampler:
    """Values of terms modulo a prime at random points; generators are free."""

    def __init__(self, b: Builder, points: int, seed: int, prime: int) -> None:
        self.b, self.points, self.prime = b, points, prime
        self.random = Random(seed)
        self.values: dict[Term, list[int]] = {}
        self.rootless: set[int] = set()
        """The points where some square root does not exist modulo the prime."""

    def poly(self, p: Poly) -> list[int]:
        out = [0] * self.points
        for m, c in p.items():
            value = Fraction(c)
            factor = value.numerator * pow(value.denominator, -1, self.prime)
            term = self.monomial(m)
            out = [(a + factor * t) % self.prime for a, t in zip(out, term, strict=True)]
        return out

    def monomial(self, m: Monomial) -> list[int]:
        out = [1] * self.points
        for k in m:
            out = [
                a * v % self.prime
                for a, v in zip(out, self.atom(self.b.ring.atoms[k]), strict=True)
            ]
        return out

    def atom(self, t: Term) -> list[int]:
        if t not in self.values:
            self.values[t] = self._atom(t)
        return self.values[t]

    def _atom(self, t: Term) -> list[int]:
        if isinstance(t, Pow):
            return [pow(v, -1, self.prime) for v in self.poly(self.b.ring.poly(t.base))]
        if isinstance(t, Bracket):
            return [self.random.randrange(2) for _ in range(self.points)]
        if isinstance(t, App) and t.name == "sqrt" and t.orders == (0,):
            return [self._root(k, v) for k, v in enumerate(self.poly(self.b.ring.poly(t.args[0])))]
        if isinstance(t, App) and t.name in ("sin", "cos") and t.orders == (0,):
            return self._circle(t)
        if t == PI:
            return [v * v % self.prime for v in self._free()]
        return self._free()

    def _free(self) -> list[int]:
        return [self.random.randrange(2, self.prime) for _ in range(self.points)]

    def _root(self, k: int, v: int) -> int:
        root = pow(v, (self.prime + 1) // 4, self.prime)
        if root * root % self.prime != v:
            self.rootless.add(k)
        return root

    def _circle(self, t: App) -> list[int]:
        """cos = (1 - t²) / (1 + t²) and sin = 2t / (1 + t²), with one t for both."""
        p, angle = self.prime, App("angle", (0,), t.args)
        out = []
        for v in self.values.setdefault(angle, self._free()):
            top = 1 - v * v if t.name == "cos" else 2 * v
            out.append(top * pow(1 + v * v, -1, p) % p)
        return out

    def sound(self, values: list[int], count: int) -> list[int]:
        """The first values at points where every root exists."""
        kept = [v for k, v in enumerate(values) if k not in self.rootless][:count]
        if len(kept) < count:
            raise ArithmeticError("too few points with all roots")
        return kept


def rational(v: int, prime: int) -> Fraction | None:
    """The fraction with small numerator and denominator that is v modulo the prime."""
    bound = isqrt(prime // 2)
    a, b, s, t = prime, v % prime, 0, 1
    while b > bound:
        q = a // b
        a, b, s, t = b, a - q * b, t, s - q * t
    return Fraction(b, t) if t and abs(t) <= bound else None


@dataclass
class Span:
    """Monomials of one cluster: those that are independent, and how the others depend on them."""

    prime: int
    rows: list[tuple[list[int], dict[Monomial, int]]] = field(default_factory=list)

    def dependence(self, m: Monomial, values: list[int]) -> dict[Monomial, int] | None:
        """m as a combination of earlier independent monomials; None, and m is kept, if it is independent."""
        left, combination = list(values), dict[Monomial, int]()
        for row, parts in self.rows:
            pivot = next(k for k, v in enumerate(row) if v)
            c = left[pivot] * pow(row[pivot], -1, self.prime) % self.prime
            if c:
                left = [(a - c * v) % self.prime for a, v in zip(left, row, strict=True)]
                for n, d in parts.items():
                    combination[n] = (combination.get(n, 0) + c * d) % self.prime
        if not any(left):
            return combination
        minus = {n: -c % self.prime for n, c in combination.items()}
        self.rows.append((left, {**minus, m: 1}))
        return None


class Equality:
    """Proves equations by the ladder, on one builder.  Lemmas are kept from one equation to the next."""

    def __init__(self, b: Builder, tower: Tower, seed: int = 0) -> None:
        self.b, self.tower, self.seed = b, tower, seed

    def prove(self, left: Term, right: Term, uses: Sequence[int]) -> int | None:
        """The number of a step that concludes left = right, from equations to rewrite by; None where none was found."""
        b = self.b
        if Eq(left, right) in b.numbers:
            return b.numbers[Eq(left, right)]
        put = b.rewriting(uses)
        p, q = b.ring.poly(put(left)), b.ring.poly(put(right))
        if p == q:
            return b.add("ring", Eq(left, right), [k for n, k in enumerate(uses) if n in put.used])
        reduced = self._reduce(b.ring.add(p, b.ring.scale(q, -1)))
        if reduced is None:
            return None
        start = b.ring_step(left, b.ring.term(p), uses)
        end = b.ring_step(right, b.ring.term(q), uses)
        one, minus_one = b.ring.term({(): 1}), b.ring.term({(): -1})
        return b.combine(left, right, [(start, one), (end, minus_one), *reduced])

    def _reduce(self, r: Poly) -> list[tuple[int, Term]] | None:
        """Lemmas and factors that make r zero."""
        for prime in PRIMES:
            try:
                return self._reduce_modulo(r, prime)
            except (ArithmeticError, ValueError):
                continue  # a value had no inverse or no root there
        return None

    def _reduce_modulo(self, r: Poly, prime: int) -> list[tuple[int, Term]] | None:
        found: list[tuple[int, Term]] = []
        forms = self._forms(r)
        for cluster in self._clusters(forms):
            roots = {
                t
                for k in cluster
                for t in generators(self.b, self._form(forms, k))
                if _is_open_root(t)
            }
            sampler = Sampler(self.b, POINTS * 2 ** min(2 * len(roots), 8), self.seed, prime)
            drawn = {k: sampler.poly(self._form(forms, k)) for k in cluster}
            values = {k: sampler.sound(v, POINTS) for k, v in drawn.items()}
            step = self._eliminate(r, cluster, forms, values, prime)
            if step is None:
                return None
            r, lemmas = step
            found += lemmas
        return found if not r else None

    def _forms(self, r: Poly) -> dict[int, tuple[Term, list[int]]]:
        """Each atom of r in its generators, with the steps that prove it."""
        atoms = sorted({k for m in r for k in m})
        rows = {k: self.tower.rewritten(self.b.ring.atoms[k]) for k in atoms}
        again = {k: self.tower.rewritten(self.b.ring.atoms[k]) for k in atoms}
        return again if rows != again else rows  # the generators may have become finer on the way

    def _clusters(self, forms: dict[int, tuple[Term, list[int]]]) -> list[set[int]]:
        """Atoms that share a generator, with those that share one with these, and so on; a lone symbol is no cluster."""
        groups: list[tuple[set[int], set[Term]]] = []
        for k, (form, _) in forms.items():
            atoms, terms = {k}, generators(self.b, self.b.ring.poly(form))
            apart = [g for g in groups if not g[1] & terms]
            for group in groups:
                if group[1] & terms:
                    atoms, terms = atoms | group[0], terms | group[1]
            groups = [*apart, (atoms, terms)]
        return [a for a, _ in groups if any(forms[k][1] or self._related(k) for k in a)]

    def _form(self, forms: dict[int, tuple[Term, list[int]]], k: int) -> Poly:
        return self.b.ring.poly(forms[k][0])

    def _related(self, k: int) -> bool:
        """Whether an atom may depend on others of its cluster as it stands: an inverse, a sine."""
        return isinstance(self.b.ring.atoms[k], Pow) or _is(self.b.ring.atoms[k], "sin")

    def _eliminate(
        self,
        r: Poly,
        cluster: set[int],
        forms: dict[int, tuple[Term, list[int]]],
        values: dict[int, list[int]],
        prime: int,
    ) -> tuple[Poly, list[tuple[int, Term]]] | None:
        """r with the dependent monomials of a cluster replaced, and the lemmas with their factors."""
        split = _split(r, cluster)
        span, lemmas = Span(prime), list[tuple[int, Term]]()
        for m in sorted(split, key=lambda m: (len(m), m)):
            combination = span.dependence(m, _product(m, values, prime))
            if combination is None:
                if len(span.rows) >= POINTS - 4:
                    return None
                continue
            lemma = self._lemma(m, combination, forms, prime)
            if lemma is None:
                return None
            lemmas.append((lemma[0], self.b.ring.term(split[m])))
            change = self.b.ring.add({m: -1}, lemma[1])
            r = self.b.ring.add(r, self.b.ring.mul(change, split[m]))
        return r, lemmas

    def _lemma(
        self,
        m: Monomial,
        combination: dict[Monomial, int],
        forms: dict[int, tuple[Term, list[int]]],
        prime: int,
    ) -> tuple[int, Poly] | None:
        """The step m = Σ c_n n, if the kernel takes it."""
        right: Poly = {}
        for n, v in combination.items():
            c = rational(v, prime)
            if c is None:
                return None
            if c:
                right[n] = c
        uses = dict.fromkeys(
            k for a in sorted({k for n in (m, *right) for k in n}) for k in forms[a][1]
        )
        ring = self.b.ring
        claim = Eq(ring.term({m: 1}), ring.term(right))
        step = self.b.fraction(claim.left, claim.right, list(uses))
        if step is None:
            step = self._by_pythagoras(claim, list(uses))
        return None if step is None else (step, right)

    def _by_pythagoras(self, claim: Eq, uses: list[int]) -> int | None:
        """l = r where sin² is put for 1 - cos² in polynomials of sines and cosines."""
        b, ring = self.b, self.b.ring
        put = b.rewriting(uses)
        p, q = ring.poly(put(claim.left)), ring.poly(put(claim.right))
        rest, parts = ring.add(p, ring.scale(q, -1)), list[tuple[int, Term]]()
        for k, t in enumerate(list(ring.atoms)):
            if isinstance(t, App) and _is(t, "sin"):
                rest, factor = self._without_squares(rest, k, t)
                if factor:
                    parts.append((b.law("pythagoras", t.args[0]), ring.term(factor)))
        if rest:
            return None
        start = b.ring_step(claim.left, ring.term(p), uses)
        end = b.ring_step(claim.right, ring.term(q), uses)
        one, minus_one = ring.term({(): 1}), ring.term({(): -1})
        return b.combine(claim.left, claim.right, [(start, one), (end, minus_one), *parts])

    def _without_squares(self, p: Poly, k: int, t: App) -> tuple[Poly, Poly]:
        """p with 1 - cos² for the square of the sine k, and the factor of sin² + cos² - 1 in the difference."""
        ring, factor = self.b.ring, dict[Monomial, Fraction | int]()
        relation = ring.add(
            {(k, k): -1},
            {(): 1},
            ring.scale(ring.power(ring.poly(App("cos", (0,), t.args)), 2), -1),
        )
        while any(m.count(k) > 1 for m in p):
            part = {_without_two(m, k): c for m, c in p.items() if m.count(k) > 1}
            p = ring.add(p, ring.mul(part, relation))
            factor = ring.add(factor, part)
        return p, factor


def _is(t: Term, name: str) -> bool:
    return isinstance(t, App) and t.name == name and t.orders == (0,)


def _is_open_root(t: Term) -> bool:
    """A root that exists at some points only, modulo a prime: not a number's, nor that of π, which is drawn as a square."""
    return (
        isinstance(t, App) and _is(t, "sqrt") and t.args[0] != PI and not isinstance(t.args[0], Num)
    )


def _without_two(m: Monomial, k: int) -> Monomial:
    first = m.index(k)
    return m[:first] + m[first + 2 :]


def _split(r: Poly, cluster: set[int]) -> dict[Monomial, Poly]:
    """r as a sum of (monomial in the cluster's atoms) times (polynomial in the others)."""
    out: dict[Monomial, Poly] = {}
    for m, c in r.items():
        inside = tuple([k for k in m if k in cluster])
        out.setdefault(inside, {})[tuple([k for k in m if k not in cluster])] = c
    return out


def _product(m: Monomial, values: dict[int, list[int]], prime: int) -> list[int]:
    out = [1] * POINTS
    for k in m:
        out = [a * v % prime for a, v in zip(out, values[k], strict=True)]
    return out
