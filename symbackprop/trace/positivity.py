"""What is known to be positive, and what follows: for the conditions of a traced proof, and for its cases.

A sum of squares, exps and the like is plainly positive, once the definitions within it are opened that far.  What is
assumed to be positive is made plain by a law: k = exp(log(k)) for k > 0; so Σ c_i k_i + (what is plain) is positive, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from ..derive.builder import Builder
from ..kernel import App, Bracket, Mul, Nonzero, Positive, Pow, Prop, Sym, Term
from ..kernel.conditions import canonical
from ..kernel.sums import Poly
from ..kernel.terms import num
from .forms import is_of

MAX_DEPTH, MAX_KNOWN = 12, 12
Parts = list[tuple[Fraction, Term]]


class Positivity:
    """Over one builder; `known` are terms that are assumed to be positive."""

    def __init__(self, b: Builder, known: Sequence[Term]) -> None:
        self.b, self.known = b, list(known)

    def settle(self, p: Prop) -> int | None:
        """The step that proves a condition; None where none was found."""
        if not isinstance(p, Positive | Nonzero):
            return None
        for way in (self._assumed, self._plainly, self._by_roots, self._by_sum):
            found = way(p)
            if found is not None:
                return found
        return None

    def sign(self, t: Term) -> int:
        """1, -1, or 0 where it is not known."""
        ring = self.b.ring
        p = ring.poly(t)
        if ring.sign(p):
            return ring.sign(p)
        for sign in (1, -1):
            if next(self._sums(ring.scale(p, sign)), None) is not None:
                return sign
            if self._plain_step(Positive(ring.term(ring.scale(p, sign)))) is not None:
                return sign
        return 0

    # --- ways --------------------------------------------------------------------------------------------------------

    def _assumed(self, p: Positive | Nonzero) -> int | None:
        b, own = self.b, canonical(self.b.ctx, p)
        for k in self.known:
            given = canonical(b.ctx, Positive(k))
            if isinstance(p, Nonzero) and canonical(b.ctx, Nonzero(k)) == own:
                return b.sign(p, [b.assume(given)])
        return None

    def _plainly(self, p: Positive | Nonzero) -> int | None:
        return self._plain_step(p)

    def _plain_step(self, p: Positive | Nonzero) -> int | None:
        uses = self.plain(p.term)
        return None if uses is None else self.b.sign(p, uses)

    def plain(self, t: Term, depth: int = 0) -> list[int] | None:
        """The definitions that make of t a plainly positive term, outermost first; None where none do."""
        rows: list[int] = []
        for m in self.b.ring.poly(t) if depth <= MAX_DEPTH else {(): 0}:
            if depth > MAX_DEPTH:
                return None
            for k in [k for k in dict.fromkeys(m) if m.count(k) % 2]:
                inner = self._odd(self.b.ring.atoms[k], depth)
                if inner is None:
                    return None
                rows += inner
        return list(dict.fromkeys(rows))

    def _odd(self, atom: Term, depth: int) -> list[int] | None:
        """The same of a factor of odd power."""
        b = self.b
        match atom:
            case Sym() if b.defined(atom):
                inner = self.plain(b.ctx.symbols[atom], depth + 1)
                return None if inner is None else [b.definition(atom), *inner]
            case Pow(u, _) | App("sqrt", (0,), (u,)):
                return self.plain(u, depth + 1)
            case App("exp", (0,)) | App("pi") | Bracket():
                return []
        return None

    def _by_roots(self, p: Positive | Nonzero) -> int | None:
        """A product of roots is positive, where what they are of is: that is exp of its log, which is plain."""
        b = self.b
        poly = b.ring.poly(p.term)
        if len(poly) != 1 or (isinstance(p, Positive) and min(poly.values()) < 0):
            return None
        roots = [t for k in dict.fromkeys(min(poly)) if is_of(t := b.ring.atoms[k], "sqrt")]
        if not roots:
            return None
        inside = [t.args[0] for t in roots if isinstance(t, App)]
        return b.sign(
            p, [self._as_exp(u) for u in inside if self.plain(u) is None or not self._is_plain(u)]
        )

    def _is_plain(self, u: Term) -> bool:
        uses = self.plain(u)
        return uses is not None and self.b.ring.positive(
            self.b.ring.poly(self.b.rewriting(uses)(u))
        )

    def _as_exp(self, u: Term) -> int:
        """u = exp(log(u)), where u > 0 is proved or assumed."""
        law = self.b.law("exp log", u)
        return self.b.combine(u, App("exp", (0,), (App("log", (0,), (u,)),)), [(law, num(-1))])

    def _by_sum(self, p: Positive | Nonzero) -> int | None:
        b = self.b
        signs = (1,) if isinstance(p, Positive) else (1, -1)
        for sign in signs:
            parts = next(self._sums(b.ring.scale(b.ring.poly(p.term), sign)), None)
            if parts is None:
                continue
            steps = [(b.law("exp log", k), num(-sign * c)) for c, k in parts]
            rest = b.ring.poly(p.term)
            for c, k in parts:
                rest = b.ring.add(rest, b.ring.scale(b.ring.poly(k), -sign * c))
            terms = [
                Mul((num(sign * c), App("exp", (0,), (App("log", (0,), (k,)),)))) for c, k in parts
            ]
            whole = b.ring.term(b.ring.add(rest, *[b.ring.poly(t) for t in terms]))
            found = b.sign(p, [b.combine(p.term, whole, steps)])
            if found is not None:
                return found
        return None

    def _sums(self, p: Poly) -> Iterator[Parts]:
        """Known positive terms, with positive factors, that p exceeds by what is plainly not negative."""
        ring = self.b.ring
        own = self.known[-MAX_KNOWN:]
        for count in (1, 2):
            for chosen in combinations(own, count):
                rest, parts = p, Parts()
                for k in chosen:
                    q = ring.poly(k)
                    lead = max(q, key=lambda m: (len(m), m[::-1]))
                    c = Fraction(rest.get(lead, 0)) / Fraction(q[lead])
                    if c <= 0:
                        break
                    parts.append((c, k))
                    rest = ring.add(rest, ring.scale(q, -c))
                if len(parts) == count and (not rest or ring.positive(rest)):
                    yield parts
