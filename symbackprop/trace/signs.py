"""Signs: t > 0 and t /= 0 shown from what is known to be positive, in steps that the kernel takes.

The kernel sees a sign only where it is plain.  What is known to be positive is made plain by a law: k = exp(log(k)) for
k > 0.  So from positive k_i, with numbers c_i > 0, follow the signs of products of the
k_i, and of sums Σ c_i k_i + (what is plain).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import combinations

from ..derive.builder import Builder
from ..derive.fractions import cleared
from ..kernel import Add, App, KernelError, Mul, Nonzero, Positive, Pow, Prop, Term
from ..kernel.normal import UNIT
from ..kernel.sums import Poly
from ..kernel.terms import ONE, num
from ..network.functions import exp, minus, plus, times
from .grammar import Formula
from .reading import Reader

MAX_KNOWN, MAX_ROUNDS = 10, 6
Rewritten = Callable[[Term], tuple[Term, list[int]]]


class Signs:
    """What is known of signs in one builder; `known` are terms assumed to be positive."""

    def __init__(self, b: Builder, known: Iterable[Term], nonzero: Iterable[Term]) -> None:
        self.b = b
        self.known = [ring_form(b, t) for t in known][:MAX_KNOWN]
        self.apart = [ring_form(b, t) for t in nonzero]
        self.rewritten: Rewritten = lambda t: (t, [])
        self.bounded: Callable[[Term], int | None] = lambda t: None
        """What is known of a function's values; set by who knows."""
        self.shown: dict[Prop, int | None] = {}
        self.within: set[Prop] = set()

    def settle(self, c: Prop) -> int | None:
        """The step that proves a condition; None where none was found."""
        if isinstance(c, Positive):
            return self.positive(c.term)
        if isinstance(c, Nonzero):
            return self.nonzero(c.term)
        return None

    def sign(self, t: Term) -> int:
        """1 or -1 where the sign is shown, else 0."""
        if self.positive(t) is not None:
            return 1
        return -1 if self.positive(minus(t)) is not None else 0

    def positive(self, t: Term) -> int | None:
        return self._remembered(Positive(ring_form(self.b, t)), self._positive)

    def nonzero(self, t: Term) -> int | None:
        return self._remembered(Nonzero(ring_form(self.b, t)), self._nonzero)

    def _remembered(self, p: Prop, find: Callable[[Term], int | None]) -> int | None:
        if p not in self.shown:
            if p in self.within:  # it would rest on itself
                return None
            self.within.add(p)
            try:
                found = find(p.term)  # type: ignore[attr-defined]
            except (KernelError, RecursionError):
                found = None
            self.within.discard(p)
            if found is None and self.within:  # it may be found where less is asked at once
                return None
            self.shown[p] = found
        return self.shown[p]

    def _nonzero(self, t: Term) -> int | None:
        for k in self.apart:
            if proportional(self.b, k, t):
                return self.b.sign(Nonzero(t), [self.b.assume(Nonzero(k))])
        above = self.positive(t)
        if above is not None:
            return self.b._sign(Nonzero(t), [above])
        for side in (t, minus(t)):
            form = self._plain_form(side)
            if form is not None:
                return self._step(Nonzero(t), side, form)
        return None

    def holds(self, where: Formula, values: dict[str, Term]) -> bool:
        """Whether a condition of a fact is shown for these values."""
        if where.head in "&|":
            return (all if where.head == "&" else any)([self.holds(a, values) for a in where.args])
        if where.head != ">":
            return False
        left, right = [Reader(values).term(a) for a in where.args]
        return self.positive(plus(left, minus(right))) is not None

    def _positive(self, t: Term) -> int | None:
        known = self.bounded(self.rewritten(t)[0])
        if known is not None:
            _, uses = self.rewritten(t)
            step = self.b._sign(Positive(t), [*uses, known])
            if step is not None:
                return step
        form = self._plain_form(t)
        return None if form is None else self._step(Positive(t), t, form)

    def _step(self, p: Positive | Nonzero, t: Term, form: tuple[Term, list[Term]]) -> int | None:
        """t > 0 from t = form, where positive terms in the form are written exp(log(k))."""
        b, (term, parts) = self.b, form
        own = self.b.assume
        if any(proportional(b, k, t, True) for k in self.known if [k] == parts) and p.term == t:
            return b.sign(p, [own(Positive(parts[0]))])
        laws = [lifted(b, k) for k in parts] + [
            turned(b, k) for k in parts if len(b.ring.poly(k)) > 1
        ]
        _, uses = self.rewritten(p.term)
        first = b.fraction(p.term, term if t == p.term else minus(term), uses)
        return None if first is None else b._sign(p, [first, *laws])

    def _plain_form(self, t: Term) -> tuple[Term, list[Term]] | None:
        """A term that t equals and whose sign is plain once the given terms count as positive; None where none was found."""
        b = self.b
        form, _ = self.rewritten(t)
        p = b.ring.poly(form)
        if not p:
            return None
        if b.ring.positive(p):
            return b.ring.term(p), []
        for k in self.known:
            if proportional(b, k, form, True):
                q = b.ring.poly(k)
                c = (
                    Fraction(p[min(p)]) / Fraction(q[min(p)])
                    if q.keys() == p.keys()
                    else Fraction(0)
                )
                return times(num(c), k), [k]
        root = b.ring.term(p)
        if (
            isinstance(root, App)
            and root.name == "sqrt"
            and self.positive(root.args[0]) is not None
        ):
            return root, [root.args[0]]
        return self._product(p) or self._quotient(p) or self._sum(p)

    def _quotient(self, p: Poly) -> tuple[Term, list[Term]] | None:
        """As what is known divided by the other factors of it."""
        b = self.b
        for k in self.known:
            top, under, _ = cleared(b.ring, b.ring.poly(self.rewritten(k)[0]))
            if not top:
                continue
            shared, rest = common(top)
            if (not shared and under == UNIT) or rest.keys() != p.keys():
                continue
            c = Fraction(p[min(p)]) / Fraction(rest[min(p)])
            if any(c * rest[m] != p[m] for m in p):
                continue
            atoms = [(b.ring.atoms[j], -n) for j, n in [*counted(shared), *counted(min(under))]]
            factors = [(t.base, -n) if isinstance(t, Pow) else (t, n) for t, n in atoms]
            return self._signed(c, [(k, 1), *factors])
        return None

    def _product(self, p: Poly) -> tuple[Term, list[Term]] | None:
        """By the signs of its factors: those of one fraction, and what all terms above its line share."""
        b = self.b
        top, under, _ = cleared(b.ring, p)
        if not top:
            return None
        shared, rest = common(top)
        factors = [(b.ring.atoms[k], n) for k, n in counted(shared)]
        for k, n in counted(min(under)):
            atom = b.ring.atoms[k]
            factors.append((atom.base, -n) if isinstance(atom, Pow) else (atom, n))
        if len(rest) > 1:
            factors.append((b.ring.term(rest), 1))
            unit = Fraction(1)
        else:
            unit = Fraction(min(rest.values()))
        if len(factors) == 1 and abs(factors[0][1]) == 1 and len(rest) > 1 and not shared:
            return None
        return self._signed(unit, factors)

    def _signed(
        self, unit: Fraction, factors: Sequence[tuple[Term, int]]
    ) -> tuple[Term, list[Term]] | None:
        b, parts, out, total = self.b, list[Term](), list[Term](), 1
        for f, n in factors:
            if b.ring.positive(b.ring.poly(f)):
                out.append(Pow(f, n))
                continue
            sign = self.sign(f)
            if not sign:
                return None
            parts.append(ring_form(b, f if sign == 1 else minus(f)))
            out.append(Pow(f, n))
            total *= sign ** abs(n)
        return (Mul((num(unit), *out)), parts) if unit * total > 0 else None

    def _sum(self, p: Poly) -> tuple[Term, list[Term]] | None:
        """As a sum of positive multiples of what is known, and what is plainly not negative."""
        b = self.b
        atoms = [k for k in self.known if len(q := b.ring.poly(k)) == 1 and len(min(q)) == 1]
        lift = b.rewriting([lifted(b, k) for k in atoms])
        goal = b.ring.poly(lift(b.ring.term(p)))
        if b.ring.positive(goal):
            return b.ring.term(p), atoms
        others = [k for k in self.known if k not in atoms]
        rows = [(k, b.ring.poly(lift(self.rewritten(k)[0]))) for k in others]
        rows += [(Mul((s, t)), b.ring.mul(q, r)) for (s, q), (t, r) in combinations(rows[:4], 2)]
        found = self._matched(goal, [q for _, q in rows])
        if found is None:
            return None
        used = [(c, k) for c, (k, _) in zip(found, rows, strict=True) if c]
        own = [b.ring.poly(self.rewritten(k)[0]) for _, k in used]
        rest = b.ring.add(p, *[b.ring.scale(q, -c) for (c, _), q in zip(used, own, strict=True)])
        parts = [u for _, k in used for u in (k.factors if k not in others else (k,))]  # type: ignore[attr-defined]
        terms = [times(num(c), k) for c, k in used]
        return Add((*terms, b.ring.term(rest))), [*dict.fromkeys(parts), *atoms]

    def _matched(self, p: Poly, rows: Sequence[Poly]) -> list[Fraction] | None:
        """c_i >= 0 such that p - Σ c_i rows_i is plainly not negative: each monomial that is not is matched by a row."""
        ring, out = self.b.ring, [Fraction(0)] * len(rows)

        def bad(q: Poly) -> list[tuple[int, ...]]:
            return [m for m, c in q.items() if c < 0 or not ring.positive({m: 1, (): 1})]

        for _ in range(MAX_ROUNDS):
            todo = bad(p)
            if not todo:
                return out if any(out) and (not p or ring.positive(ring.add(p, {(): 1}))) else None
            pairs = [(m, k) for m in todo for k, row in enumerate(rows) if row.get(m, 0) * p[m] > 0]
            fits = [(m, k) for m, k in pairs if not out[k]]
            if not fits:
                return None
            m, k = min(fits, key=lambda f: len(bad(self._without(p, rows[f[1]], f[0]))))
            out[k] = Fraction(p[m]) / Fraction(rows[k][m])
            p = self._without(p, rows[k], m)
        return None

    def _without(self, p: Poly, row: Poly, m: tuple[int, ...]) -> Poly:
        """p less the multiple of a row that takes the monomial m away."""
        return self.b.ring.add(p, self.b.ring.scale(row, -Fraction(p[m]) / Fraction(row[m])))


def lifted(b: Builder, k: Term) -> int:
    """k = exp(log(k)) for k > 0: so its sign is plain; a = -exp(log(-a)) where k is -a."""
    law, whole = b.law("exp log", k), exp(App("log", (0,), (k,)))
    p = b.ring.poly(k)
    if len(p) == 1 and len(min(p)) == 1:
        c = 1 / Fraction(p[min(p)])
        return b.combine(b.ring.atoms[min(p)[0]], times(num(c), whole), [(law, num(-c))])
    return b.combine(k, whole, [(law, num(-1))])


def turned(b: Builder, k: Term) -> int:
    """-k = -exp(log(k)) for k > 0, where -k is in normal form."""
    law, whole = b.law("exp log", k), exp(App("log", (0,), (k,)))
    return b.combine(ring_form(b, minus(k)), minus(whole), [(law, ONE)])


def ring_form(b: Builder, t: Term) -> Term:
    return b.ring.normal(t)


def proportional(b: Builder, s: Term, t: Term, positive: bool = False) -> bool:
    """Whether one term is a number times the other; a positive number."""
    p, q = b.ring.poly(s), b.ring.poly(t)
    if not p or p.keys() != q.keys():
        return False
    ratios = {Fraction(p[m]) / Fraction(q[m]) for m in p}
    return len(ratios) == 1 and (not positive or min(ratios) > 0)


def common(p: Poly) -> tuple[tuple[int, ...], Poly]:
    """The monomial that all terms share, and what is left."""
    shared: list[int] = []
    for k in sorted(set(min(p))):
        shared += [k] * min(m.count(k) for m in p)
    out: Poly = {}
    for m, c in p.items():
        left = list(m)
        for k in shared:
            left.remove(k)
        out[tuple(left)] = c
    return tuple(shared), out


def plainly(signs: Signs, t: Term) -> int | None:
    """1 of a term that is positive as it is written: sums, products, even powers; 0 of one that is not negative."""
    known = 1 if signs.positive(t) is not None else None
    match t:
        case Add(terms):
            rows = [plainly(signs, u) for u in terms]
            return known or (None if None in rows else max([r for r in rows if r is not None]))
        case Mul(factors):
            rows = [plainly(signs, u) for u in factors]
            return known or (None if None in rows else min([r for r in rows if r is not None]))
        case Pow(_, n) if n % 2 == 0:
            return known or 0
        case Pow(base, -1):
            return known or plainly(signs, base)
    return known


def counted(m: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(k, m.count(k)) for k in sorted(set(m))]
