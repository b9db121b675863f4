"""Traced terms in base atoms, by laws: what is defined is opened, but not within the arguments of functions, unless it is small.

Base atoms are the inputs, exp, log, sqrt and the like of arguments that stay closed, brackets, and inverses of sums.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction

from ..derive.builder import Builder
from ..derive.fractions import cleared
from ..derive.tower import MAX_POWER, Leaf, Tower, common_unit
from ..kernel import Add, App, Bracket, Eq, Mul, Nonzero, Num, Pow, Sym, Term
from ..kernel.sums import Monomial, Poly
from ..kernel.terms import ONE, ZERO, num, subterms
from ..network.functions import apply, exp, minus

SMALL = 3
"""So many terms has a definition that is opened within a function's argument."""
MAX_MULTIPLE = 8
"""Of an angle, written as a sum."""


def is_atom(p: Poly) -> bool:
    """Whether a polynomial is one atom by itself."""
    return list(p.values()) == [1] and len(min(p)) == 1


class Forms(Tower):
    """Terms in base atoms: what is defined is opened, but not within functions, unless it is small."""

    def __init__(
        self, b: Builder, sign: Callable[[Term], int] | None = None, closed: Collection[Sym] = ()
    ) -> None:
        super().__init__(b, lambda s: s not in closed)
        self.sign = sign
        self.undecided: dict[Term, None] = {}
        """What stands in brackets within functions, and has no known sign."""

    # --- steps -------------------------------------------------------------------------------------------------------

    def shown(self, left: Term, right: Term, uses: Sequence[int] = ()) -> int:
        """left = right by algebra, once equals are put for equals; what stays closed on the right is left alone."""
        return self.b.ring_step(left, right, [*uses, *self._kept(right, uses)])

    def _kept(self, right: Term, uses: Sequence[int]) -> list[int]:
        """Steps t = t for functions t on the right with a symbol in them that a step opens: they come last, and keep it."""
        b = self.b
        equations = [b.equation(k) for k in uses]
        own = {e.left for e in equations}
        symbols = {t for t in own if isinstance(t, Sym)}
        if not symbols:
            return []
        inside = {
            t
            for s in (right, *[e.right for e in equations])
            for t in subterms(s)
            if isinstance(t, App)
        }
        closed = [t for t in inside - own if not symbols.isdisjoint(subterms(t))]
        return [b.add("ring", Eq(t, t)) for t in sorted(closed, key=str)]

    def _via(self, step: int) -> Leaf:
        """The right side of an equation in base atoms, so the left side too."""
        e = self.b.equation(step)
        uses: dict[int, None] = {}
        form = self._walk(e.right, uses)
        return form, self.shown(e.left, form, [step, *uses]) if uses else step

    def inner(self, t: Term) -> tuple[Term, list[int]]:
        """A function's argument, in which only what is small is opened."""
        uses: dict[int, None] = {}
        return self._opened(t, uses), list(uses)

    def _opened(self, t: Term, uses: dict[int, None]) -> Term:
        b = self.b
        for _ in range(50):
            atoms = [b.ring.atoms[k] for k in dict.fromkeys([k for m in b.ring.poly(t) for k in m])]
            small = [u for u in atoms if isinstance(u, Sym) and b.defined(u) and self._small(u)]
            steps = [b.definition(u) for u in small]
            steps += [
                k
                for u in atoms
                if isinstance(u, Bracket)
                for _, k in [self.leaf(u)]
                if k is not None
            ]
            if not steps:
                break
            uses.update(dict.fromkeys(steps))
            t = b.ring.normal(b.rewriting(steps)(b.ring.normal(t)))
        return t

    def _small(self, u: Sym) -> bool:
        """Whether a definition is short and linear; what is multiplied by brackets of known sign, without them."""
        ring = self.b.ring
        poly = ring.poly(self.b.ctx.symbols[u])
        brackets = {k for m in poly for k in m if isinstance(ring.atoms[k], Bracket)}
        if brackets:
            known = [self._known(ring.atoms[k]) for k in brackets]  # all: each is noted
            if not all(known):
                return False
            poly = ring.poly(self._without(poly, brackets))
        own = [ring.atoms[k] for m in poly for k in m]
        short = len(poly) <= SMALL and all(len(m) <= 1 for m in poly)
        return short and all(isinstance(t, Sym) or is_of(t, "log") for t in own)

    def _known(self, t: Term) -> bool:
        form, step = self.leaf(t)
        if step is None or not isinstance(form, Num):
            self.undecided.update(
                dict.fromkeys(u.term for u in subterms(form) if isinstance(u, Bracket))
            )
            return False
        return True

    def _without(self, poly: Poly, brackets: set[int]) -> Term:
        ring = self.b.ring
        steps = [
            k for n in sorted(brackets) for _, k in [self.leaf(ring.atoms[n])] if k is not None
        ]
        return self.b.rewriting(steps)(ring.term(poly))

    def _leaf(self, t: Term) -> Leaf:
        if isinstance(t, Pow):
            return self._inverse(t)
        if isinstance(t, App) and is_of(t, "log"):
            return self._logarithm(t)
        if isinstance(t, App) and t.orders == (0,) and t.name in ("sin", "cos", "erf", "atan"):
            inner, uses = self.inner(t.args[0])
            if uses:
                return self._via(self.shown(t, App(t.name, (0,), (inner,)), uses))
            if t.name in ("sin", "cos"):
                return self._angle(t, inner)
        return super()._leaf(t)

    def _angle(self, t: App, a: Term) -> Leaf:
        """sin(a + b) and cos(a + b) by those of a and b; a multiple of an angle as a sum."""
        b, rows = self.b, list(self.b.ring.poly(a).items())
        c = Fraction(rows[0][1]) if rows else Fraction(0)
        if len(rows) == 1 and (c.numerator == 1 or c.numerator < 0 or c.numerator > MAX_MULTIPLE):
            return super()._leaf(t)
        if not rows or (len(rows) > 1 and len(rows) > SMALL):
            return super()._leaf(t)
        part: Poly = {rows[0][0]: c if len(rows) > 1 else Fraction(1, c.denominator)}
        first = b.ring.term(part)
        second = b.ring.term(b.ring.add(b.ring.poly(a), b.ring.scale(part, -1)))
        law = b.law(f"{t.name} sum", first, second)
        return self._via(b.combine(t, b.equation(law).right, [(law, ONE)]))

    def _logarithm(self, t: App) -> Leaf:
        """log(a b^-1) = log(a) - log(b), for positive a and b: exp of the right side is a b^-1, by the laws of exp."""
        b = self.b
        a, opened = self._product(t.args[0])
        poly = b.ring.poly(a)
        if len(poly) != 1 or (is_atom(poly) and not opened):
            return super()._leaf(t)
        if is_atom(poly):
            return self._via(self.shown(t, apply("log", b.ring.normal(a)), opened))
        rows = [
            (t.base, -1) if isinstance(t, Pow) else (t, 1)
            for t in [b.ring.atoms[k] for k in min(poly)]
        ]
        rows += [(num(c), n) for c, n in _sides(Fraction(min(poly.values()))) if c != 1]
        total = Add(tuple([_log(u, n) for u, n in rows]))
        power = self._exp_of_logs(total, rows, a, t.args[0], opened)
        inside = b.ring_step(apply("log", exp(total)), t, [power])
        law = b.law("log exp", total)
        return self._via(b.combine(t, total, [(inside, num(-1)), (law, ONE)]))

    def _exp_of_logs(
        self,
        total: Add,
        rows: list[tuple[Term, int]],
        product: Term,
        whole: Term,
        opened: list[int],
    ) -> int:
        """exp(Σ ± log(u)) = Π u^(±1)."""
        b = self.b
        uses: list[int] = []
        terms = list(total.terms)
        while len(terms) > 1:
            last = terms.pop()
            uses.append(b.law("exp sum", Add(tuple(terms)) if len(terms) > 1 else terms[0], last))
        uses = (
            [b.ring_step(exp(total), b.equation(uses[0]).right, [uses[0]]), *uses[1:]]
            if uses
            else []
        )
        factors = []
        for u, n in rows:
            own = exp(_log(u, n))
            value = u if n == 1 else Pow(u, -1)
            laws = [b.law("exp negative", apply("log", u))] if n < 0 else []
            factors.append(b.ring_step(own, value, [*laws, b.law("exp log", u)]))
        left = b.ring_step(exp(total), b.ring.normal(product), [*uses, *factors])
        if not opened:
            return left
        return b.combine(
            exp(total),
            whole,
            [(left, ONE), (b.ring_step(whole, b.ring.normal(product), opened), num(-1))],
        )

    def _walk(self, t: Term, uses: dict[int, None]) -> Term:
        if isinstance(t, Pow) and t.exponent < 0:
            form, step = self.leaf(t)
            if step is not None:
                uses[step] = None
            return form
        return super()._walk(t, uses)

    def as_power(self, a: Term, n: int) -> tuple[Term, int]:
        """exp(a)^n, and the step that says that it is exp(n a)."""
        form, step = super()._power(a, n)
        return form, -1 if step is None else step

    # --- inverses --------------------------------------------------------------------------------------------------

    def _inverse(self, t: Pow) -> Leaf:
        """Of a product, factor by factor; of a sum, with no inverse inside; of a root, sqrt(u)^-1 = sqrt(u) u^-1."""
        b, n = self.b, -t.exponent
        base, opened = self._product(t.base)
        poly = b.ring.poly(base)
        atom = b.ring.normal(base)
        if len(poly) == 1 and not is_atom(poly):
            return self._factors(t, base, opened)
        if n > 1:
            form, step = self.leaf(Pow(t.base, -1))
            whole = Pow(form, n)
            return whole, self.shown(t, whole, [] if step is None else [step])
        if isinstance(atom, App) and is_of(atom, "sqrt"):
            return self._inverse_root(t, atom)
        return self._of_sum(t)

    def _product(self, t: Term) -> tuple[Term, list[int]]:
        """What is defined as a product, opened: so that its factors show."""
        b, steps = self.b, list[int]()
        for _ in range(20):
            poly = b.ring.poly(t)
            own = [b.ring.atoms[k] for k in dict.fromkeys(min(poly))] if len(poly) == 1 else []
            products = [
                u for u in own if isinstance(u, Sym) and b.defined(u) and self._is_product(u)
            ]
            if not products:
                break
            more = [b.definition(u) for u in products]
            steps += more
            t = b.rewriting(more)(b.ring.normal(t))
        return t, steps

    def _is_product(self, u: Sym) -> bool:
        poly = self.b.ring.poly(self.b.ctx.symbols[u])
        return len(poly) == 1 and bool(min(poly))

    def _factors(self, t: Pow, base: Term, opened: list[int]) -> Leaf:
        """(a b)^-1 = a^-1 b^-1, each on its own."""
        b = self.b
        form = b.ring.normal(Pow(base, t.exponent))
        uses: dict[int, None] = {}
        value = self._walk(form, uses)
        apart = self.shown(t, form, opened)
        return value, self.shown(t, value, [apart, *uses]) if uses else apart

    def _inverse_root(self, t: Pow, q: App) -> Leaf:
        """q^-1 = q u^-1, where q^2 = u: so that roots stand above the line."""
        b, u = self.b, q.args[0]
        r, i = Pow(q, -1), Pow(u, -1)
        square = b.law("sqrt square", u)
        rows = [(b.nonzero(u), r), (square, Mul((r, i))), (b.nonzero(q), minus(Mul((q, i))))]
        own = combined(b, Mul((q, i)), r, rows)
        uses: dict[int, None] = {}
        inner = self._walk(i, uses)
        value = Mul((q, inner))
        turned = b.combine(t, Mul((q, i)), [(own, num(-1))])
        return value, self.shown(t, value, [turned, *uses]) if uses else turned

    def _of_sum(self, t: Pow) -> Leaf:
        """With no inverse inside: (a + b^-1)^-1 = (a b + 1)^-1 b."""
        b = self.b
        uses: dict[int, None] = {}
        base = self._walk(t.base, uses)
        poly = b.ring.poly(base)
        if not any(isinstance(b.ring.atoms[k], Pow) for m in poly for k in m):
            own = Pow(base, t.exponent)
            return (own, self.shown(t, own, list(uses))) if uses else (t, None)
        top, under, _ = cleared(b.ring, poly)
        below = b.ring.term(b.ring.inverse(under))
        form = b.ring.normal(Mul((Pow(b.ring.term(top), -1), below)))
        step = b.fraction(t, form, [*uses, *self._kept(form, list(uses))])
        if step is None:
            return t, None
        return form, step

    def _bracket(self, t: Term, a: Term) -> Leaf:
        b = self.b
        base, opened = self._product(a)
        if opened:
            return self._via(self.shown(t, Bracket(base), opened))
        simpler = self._multiple(t, a)
        if simpler is not None:
            return simpler
        inner, uses = self.inner(a)
        poly = b.ring.poly(inner)
        if uses and poly != b.ring.poly(a):
            return self._via(self.shown(t, Bracket(inner), uses))
        sign = self.sign(a) if self.sign else 0
        if sign:
            law = b.law("bracket of a multiple", num(sign), b.ring.normal(num(sign) * a))
            value = ONE if sign == 1 else ZERO
            return value, b.combine(t, value, [(law, ONE)])
        return super()._bracket(t, a)

    def _part(self, m: Monomial, c: Fraction | int) -> tuple[Term, int]:
        if len(m) == 1 and is_of(self.b.ring.atoms[m[0]], "log"):
            self.finer.setdefault(self.b.ring.atoms[m[0]], common_unit(Fraction(1), Fraction(c)))
        return super()._part(m, c)

    def _exp(self, t: Term, a: Term) -> Leaf:
        inner, uses = self.inner(a)
        if uses and self.b.ring.normal(inner) != self.b.ring.normal(a):
            return self._via(self.shown(t, App("exp", (0,), (inner,)), uses))
        parts = [self._part(m, c) for m, c in sorted(self.b.ring.poly(a).items())]
        if not parts:
            return super()._exp(t, a)
        if any(abs(n) > MAX_POWER for _, n in parts):
            return t, None
        form, step = self._powers(parts)
        if step is None:
            return t, None
        found = self.b.combine(t, form, [(step, num(1))])
        return self._via(found) if any(_is_log(u) for u, _ in parts) else (form, found)


def is_of(t: Term, name: str) -> bool:
    return isinstance(t, App) and t.name == name and t.orders == (0,)


def _is_log(t: Term) -> bool:
    return is_of(t, "log")


def _log(u: Term, n: int) -> Term:
    return apply("log", u) if n > 0 else minus(apply("log", u))


def _sides(q: Fraction) -> tuple[tuple[int, int], tuple[int, int]]:
    """A positive fraction's numerator above the line, and its denominator below."""
    return (q.numerator, 1), (q.denominator, -1)


def combined(b: Builder, left: Term, right: Term, parts: Sequence[tuple[int, Term]]) -> int:
    """left - right as a sum of factors times differences; d /= 0 counts as d d^-1 = 1.  What is of no use is left out."""
    kept = [(k, q) for k, q in parts if b.ring.poly(q) and says_something(b, k)]
    uses, extra = [k for k, _ in kept], tuple([q for _, q in kept])
    return b.add("combine" if kept else "ring", Eq(left, right), uses, extra)


def says_something(b: Builder, step: int) -> bool:
    """Whether the ring does not know it by itself."""
    p = b.conclusion(step)
    if isinstance(p, Nonzero):
        return b.ring.poly(Mul((p.term, Pow(p.term, -1)))) != b.ring.poly(ONE)
    e = b.equation(step)
    return b.ring.poly(e.left) != b.ring.poly(e.right)
