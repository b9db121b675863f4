"""A region without brackets: every term as a fraction in few generators, by laws and by facts about known functions.

To the rows of the tower below it adds: brackets whose sign is known, facts about functions that have no laws, logarithms
and roots of products, roots exp(log(a)/n), and functions of their inverses, such as cos(asin(a)).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ..derive.builder import Builder
from ..derive.fractions import cleared
from ..derive.tower import Leaf, Tower, common_unit
from ..kernel import App, Bracket, Nonzero, Num, Pow, Sym, Term
from ..kernel.terms import ONE, ZERO, num, rebuild, subterms
from ..network.functions import apply, exp, minus, plus, times
from .closing import combined
from .facts import arities
from .knowledge import POLYGAMMA_ZERO, Knowledge, compositions, reflections, shifts
from .signs import Signs, common, counted, lifted

Factors = tuple[Fraction, list[tuple[Term, int]]]
OPEN = ("log", *[inner for outer, inner in compositions() if outer == "exp"])
"""Functions whose exp has another form: exp(2 log(a)) is exp(log(a))^2, whatever stands there first."""


class Leaves(Tower):
    """Leaves in their generators, in one region."""

    def __init__(
        self, b: Builder, signs: Signs, knowledge: Knowledge, solved: dict[Term, int]
    ) -> None:
        super().__init__(b, lambda symbol: True)
        self.signs, self.knowledge, self.solved = signs, knowledge, solved
        self.undecided: dict[Term, None] = {}
        """What stands in brackets and has no known sign."""
        self.equal: Callable[[Term, Term], int | None] = lambda left, right: None
        """Proves equations; set by who has the means."""
        self.between: Callable[..., int | None] = lambda *forms: None
        self.lowest: dict[Term, Fraction] = {}
        """By a function with its first argument taken back by a number: the lowest such number; to shift by."""
        self.pairs: dict[Term, tuple[Term, Term]] = {}
        """Radicands that are the product of two others."""
        self.units: dict[Term, Fraction] | None = None
        """Of each monomial in the angle of a sine or cosine what it is a multiple of; to expand by."""

    def simple(self, a: Term) -> tuple[Term, list[int]]:
        form, uses = self.rewritten(a)
        return self.b.ring.normal(form), uses

    def _leaf(self, t: Term) -> Leaf:
        if t in self.solved:
            return self._via(self.solved[t])
        if isinstance(t, Bracket):
            return self._decided(t)
        if not isinstance(t, App) or t.name == "exp":
            return super()._leaf(t)
        inside = [self.simple(a) for a in t.args]
        uses = list(dict.fromkeys([k for _, own in inside for k in own]))
        inner = rebuild(t, tuple([form for form, _ in inside]))
        if uses and self.b.ring.poly(inner) != self.b.ring.poly(t):
            return self._via(self.b.ring_step(t, inner, uses))
        for row in ROWS:
            step = row(self, t)
            if step is not None:
                return self._via(step)
        return super()._leaf(t)

    def _walk(self, t: Term, uses: dict[int, None]) -> Term:
        """1/sqrt(2) as sqrt(2)/2: so that numbers have one form in the arguments of functions."""
        inside = isinstance(t, Pow) and t.exponent < 0 and _is(t.base, "sqrt")
        if not isinstance(t, Pow) or not inside or t in self.leaves:
            return super()._walk(t, uses)
        form, step = self._inverse_root(t)
        uses.update({} if step is None else {step: None})
        return form

    def _inverse_root(self, t: Pow) -> Leaf:
        root, own = self.leaf(t.base)
        constant = not any(isinstance(u, Sym) for u in subterms(root))
        if not constant:
            return Pow(root, t.exponent), own
        b, n = self.b, -t.exponent
        inner = t.base.args[0]  # type: ignore[attr-defined]
        form = times(Pow(root, n), Pow(inner, -n))
        if b.ring.poly(form) == b.ring.poly(t):
            return t, None
        step = self.between(t, form, Pow(root, -n), form, [] if own is None else [own], [])
        return (Pow(root, -n), own) if step is None else (form, step)

    # --- brackets -----------------------------------------------------------------------------------------------------

    def _decided(self, t: Bracket) -> Leaf:
        """[a > 0] is 1 or 0 where the sign of a is known: [±b > 0] = [±1 > 0] for b > 0."""
        inner, uses = self.simple(t.term)
        if uses and inner != self.b.ring.normal(t.term):
            same = Bracket(times(num(2), inner))  # written so that no rule for [inner > 0] meets it
            return self._via(self.b.ring_step(t, same, uses))
        if type(self.b.ring.normal(t)) is Num:
            value = self.b.ring.normal(t)
            return value, self.b.ring_step(t, value)
        sign = self.signs.sign(inner)
        grown = None if sign else self._of_exp(t, inner)
        if grown is not None:
            return self._via(grown)
        if not sign:
            self.undecided[inner] = None
            return t, None
        law = self.b.law(
            "bracket of a multiple",
            num(sign),
            inner if sign == 1 else self.b.ring.normal(minus(inner)),
        )
        value = ONE if sign == 1 else ZERO
        return value, self.b.combine(t, value, [(law, ONE)])

    def _of_exp(self, t: Bracket, a: Term) -> int | None:
        """[b (exp(u) - 1) > 0] = [u > 0] for b > 0, and [-u > 0] for b (1 - exp(u))."""
        ring, b = self.b.ring, self.b
        top, under, _ = cleared(ring, ring.poly(a))
        if not top:
            return None
        shared, rest = common(top)
        units = [m for m in rest if not m]
        powers = [m for m in rest if m]
        if len(rest) != 2 or len(units) != 1 or rest[()] + rest[powers[0]] != 0:
            return None
        atoms = [ring.atoms[k] for k in powers[0]]
        if not all(_is(u, "exp") for u in atoms):
            return None
        u = plus(*[v.args[0] for v in atoms])  # type: ignore[attr-defined]
        turned = [ring.atoms[k] for k in (*shared, *min(under))]
        c = times(num(Fraction(rest[powers[0]])), *turned)
        sign = self.signs.sign(c)
        if not sign:
            return None
        # 1 - 1/exp(-u) has the sign of u, so exp(u) - 1 may be written for exp(-u) that is cleared
        way = u if sign == 1 else minus(u)
        gap = plus(exp(way), num(-1))
        factor = ring.normal(times(c, exp(minus(way)) if sign == -1 else num(1), num(sign)))
        inside = self.equal(a, times(gap, factor))
        if inside is None:
            return None
        multiple = b.law("bracket of a multiple", gap, factor)
        first = b.ring_step(t, Bracket(times(gap, factor)), [inside])
        whole = [(first, ONE), (multiple, ONE), (b.law("bracket of exp", way), ONE)]
        return b.combine(t, Bracket(way), whole)

    def _bracket(self, t: Term, a: Term) -> Leaf:
        return self._decided(Bracket(a))

    # --- exp ----------------------------------------------------------------------------------------------------------

    def _part(self, m: tuple[int, ...], c: Fraction | int) -> tuple[Term, int]:
        atom = self.b.ring.atoms[m[0]] if len(m) == 1 else None
        if isinstance(atom, App) and atom.name in OPEN:
            self.finer.setdefault(atom, common_unit(Fraction(1), Fraction(c)))
        return super()._part(m, c)

    def _power(self, u: Term, n: int) -> tuple[Term, int | None]:
        if n == 1:
            if isinstance(u, App) and ("exp", u.name) in compositions() and not any(u.orders):
                return self._composed(exp(u), u)
            half = self._half_log(u)
            if half is not None:
                return apply("sqrt", half), self.root_of_exp(half)
        return super()._power(u, n)

    def _half_log(self, u: Term) -> Term | None:
        """a, where u is log(a)/2."""
        p = self.b.ring.poly(u)
        if list(p.values()) != [Fraction(1, 2)] or len(min(p)) != 1:
            return None
        atom = self.b.ring.atoms[min(p)[0]]
        own = isinstance(atom, App) and atom.name == "log" and atom.orders == (0,)
        return atom.args[0] if own and isinstance(atom, App) else None

    def _composed(self, t: Term, inner: App) -> tuple[Term, int]:
        row = compositions()[t.name, inner.name]  # type: ignore[attr-defined]
        step = self.knowledge.identity(self.b, row, t, {"a": inner.args[0]})
        form, uses = self.rewritten(self.b.equation(step).right)
        return form, self.b.ring_step(t, form, [step, *uses])

    # --- roots --------------------------------------------------------------------------------------------------------

    def root_of_exp(self, a: Term) -> int:
        """exp(log(a)/2) = sqrt(a): both are positive, and have the square a."""
        b, h = self.b, times(num(1, 2), apply("log", a))
        law = b.law("exp sum", h, h)
        square = b.combine(Pow(exp(h), 2), a, [(law, num(-1)), (b.law("exp log", a), ONE)])
        return self._same_root(exp(h), apply("sqrt", a), square, a, [a])

    def _same_root(self, c: Term, s: App, square: int, u: Term, parts: list[Term]) -> int:
        """c = s = sqrt(u), from c^2 = u: (c + s)^-1 (c^2 - s^2) is c - s where c + s is not 0."""
        b, d = self.b, plus(c, s)
        apart = b.sign(Nonzero(d), [lifted(b, t) for t in dict.fromkeys([u, *parts])])
        if apart is None:
            raise ArithmeticError("the sign of a root was not shown")
        own, gap = b.law("sqrt square", u), plus(c, minus(s))
        rows = [(apart, minus(gap)), (square, Pow(d, -1)), (own, minus(Pow(d, -1)))]
        return combined(b, c, s, rows)

    def factored(self, u: Term) -> Factors | None:
        """u as a number times powers of positive terms; None where it is one such term itself, or a sign is not known."""
        ring = self.b.ring
        top, under, _ = cleared(ring, ring.poly(u))
        if not top:
            return None
        shared, rest = common(top)
        rows = [(ring.atoms[k], n) for k, n in [*counted(shared), *counted(min(under))]]
        rows = [(t.base, -n) if isinstance(t, Pow) else (t, n) for t, n in rows]
        unit = Fraction(rest[min(rest)])
        if len(rest) > 1:
            rows.append((ring.term(ring.scale(rest, 1 / unit)), 1))
        found: list[tuple[Term, int]] = []
        for t, n in rows:
            sign = self.signs.sign(t)
            if not sign:
                return None
            unit *= sign ** abs(n)
            found.append((ring.normal(times(num(sign), t)), n))
        itself = unit == 1 and [n for _, n in found] == [1]
        return None if unit <= 0 or itself else (unit, found)

    def power_of(self, t: App) -> tuple[int, Term, Callable[[], int]] | None:
        """n, a and the step of t^n = a, for a generator t of which that is known."""
        b = self.b
        if t.orders != (0,):
            return None
        (a,) = t.args
        if t.name == "sin":
            rest = plus(ONE, minus(Pow(apply("cos", a), 2)))
            return 2, rest, lambda: b.law("pythagoras", a)
        if t.name == "sqrt" and not b.ring.positive(b.ring.poly(a)):
            return 2, a, lambda: b.law("sqrt square", a)
        return self._log_power(t, a) if t.name == "exp" else None

    def _log_power(self, t: App, a: Term) -> tuple[int, Term, Callable[[], int]] | None:
        """exp(log(u)/n)^n = u."""
        b, p = self.b, self.b.ring.poly(a)
        c = Fraction(next(iter(p.values()), 0))
        atom = b.ring.atoms[min(p)[0]] if len(p) == 1 and len(min(p)) == 1 else None
        if c.numerator != 1 or not isinstance(atom, App) or atom.name != "log":
            return None
        u, n = atom.args[0], c.denominator

        def step() -> int:
            _, power = super(Leaves, self)._power(a, n)
            parts = [] if power is None else [(power, num(-1))]
            return b.combine(Pow(t, n), u, [*parts, (b.law("exp log", u), ONE)])

        return n, u, step


# --- rows: each gives the step that says what a function's value is in simpler terms, or None -------------------------


def _fact(leaves: Leaves, t: App) -> int | None:
    return leaves.knowledge.slope(leaves.b, t) if t.name in arities() else None


def _composition(leaves: Leaves, t: App) -> int | None:
    inner = t.args[0] if t.args else None
    if any(t.orders) or not isinstance(inner, App) or any(inner.orders):
        return None
    row = compositions().get((t.name, inner.name))
    return (
        None if row is None else leaves.knowledge.identity(leaves.b, row, t, {"a": inner.args[0]})
    )


def _reflected(leaves: Leaves, t: App) -> int | None:
    if any(t.orders) or not t.args:
        return None
    if t.name == "polygamma" and t.args[0] == ZERO:
        return leaves.knowledge.identity(leaves.b, POLYGAMMA_ZERO, t, {"a": t.args[1]})
    row = reflections().get(t.name)
    if row is None or leaves.b.ring.normal(t.args[0]) != num(-1):
        return None
    return leaves.knowledge.identity(leaves.b, row, t, {"b": t.args[1]})


def family(leaves: Leaves, t: Term) -> tuple[Term, Fraction] | None:
    """The function with its first argument less the number in it, and that number; None of what has no shift."""
    if not isinstance(t, App) or t.name not in shifts() or any(t.orders):
        return None
    p = leaves.b.ring.poly(t.args[0])
    c = Fraction(p.get((), 0))
    base = c % 1
    rest = leaves.b.ring.term({m: v for m, v in p.items() if m} | ({(): base} if base else {}))
    return App(t.name, t.orders, (rest, *t.args[1:])), c - base


def _shifted(leaves: Leaves, t: App) -> int | None:
    """What stands more than one (of Bessel functions two) above the lowest of its family, by what stands below it."""
    own = family(leaves, t)
    if own is None or own[0] not in leaves.lowest:
        return None
    steps = 1 if len(t.args) == 1 else 2
    if own[1] < leaves.lowest[own[0]] + steps:
        return None
    row, letters = shifts()[t.name]
    first = leaves.b.ring.normal(plus(t.args[0], num(-1)))
    values = {"a": first} | ({"b": t.args[1]} if len(letters) > 1 else {})
    return leaves.knowledge.identity(leaves.b, row, t, values)


def _log_of_product(leaves: Leaves, t: App) -> int | None:
    """log(a b / c) = log(a) + log(b) - log(c) for positive a, b, c: exp of the right side is a b / c, by the laws of exp."""
    if t.name != "log" or t.orders != (0,):
        return None
    found = leaves.factored(t.args[0])
    if found is None:
        return None
    b, (unit, factors) = leaves.b, found
    rows = [*primes(unit), *factors]
    if len(rows) == 1 and rows[0][1] == 1:
        return None
    total = plus(*[times(num(n), _log(a)) for a, n in rows])
    power = leaves.equal(exp(total), t.args[0])
    if power is None:
        return None
    inside = b.ring_step(apply("log", exp(total)), t, [power])
    return b.combine(t, total, [(inside, num(-1)), (b.law("log exp", total), ONE)])


def _log(a: Term) -> Term:
    """log(a); of exp(b) it is b, of sqrt(b) log(b)/2."""
    if isinstance(a, App) and _is(a, "exp"):
        return a.args[0]
    if isinstance(a, App) and _is(a, "sqrt"):
        return times(num(1, 2), apply("log", a.args[0]))
    return apply("log", a)


def _is(t: Term, name: str) -> bool:
    return isinstance(t, App) and t.name == name and t.orders == (0,)


def _root_of_product(leaves: Leaves, t: App) -> int | None:
    """sqrt(a b^2) = sqrt(a) b for positive a and b."""
    if t.name != "sqrt" or t.orders != (0,):
        return None
    pair = leaves.pairs.get(leaves.b.ring.normal(t.args[0]))
    found = leaves.factored(t.args[0]) if pair is None else (Fraction(1), [(a, 1) for a in pair])
    if found is None:
        return None
    unit, factors = found
    rows = [*primes(unit), *factors]
    if len(rows) == 1 and rows[0][1] == 1:
        return None
    b, u = leaves.b, t.args[0]
    root = times(*[_root(a, n) for a, n in rows])
    square = leaves.equal(Pow(root, 2), u)
    if square is None:
        return None
    step = leaves._same_root(root, t, square, u, [a for a, _ in factors])
    return b.combine(t, root, [(step, num(-1))])


def _angle_sum(leaves: Leaves, t: App) -> int | None:
    """sin(a + b) and cos(a + b) expanded, down to the units of each monomial in the angles."""
    if leaves.units is None or t.name not in ("sin", "cos") or t.orders != (0,):
        return None
    ring = leaves.b.ring
    p = ring.poly(t.args[0])
    if not p:
        return None
    m = min(p)
    c = Fraction(p[m])
    unit = leaves.units.get(ring.term({m: 1}), abs(c))
    step = unit if c > 0 else -unit
    if len(p) == 1 and c in (unit, -unit):
        return None
    first = ring.term({m: step})
    second = ring.term(ring.add(p, {m: -step}))
    law = leaves.b.law(f"{t.name} sum", first, second)
    return leaves.b.combine(t, leaves.b.equation(law).right, [(law, ONE)])


def _root(a: Term, n: int) -> Term:
    if _is(a, "exp"):
        return exp(times(num(n, 2), a.args[0]))  # type: ignore[attr-defined]
    whole = Pow(a, n // 2)
    return times(whole, apply("sqrt", a)) if n % 2 else whole


def primes(q: Fraction) -> list[tuple[Term, int]]:
    """A positive number as powers of primes; a factor that is large stays as it is.

    >>> [(str(p), n) for p, n in primes(Fraction(8, 45))]
    [('2', 3), ('3', -2), ('5', -1)]
    """
    out: list[tuple[Term, int]] = []
    for n, way in ((q.numerator, 1), (q.denominator, -1)):
        for p in range(2, 2000):
            power = 0
            while n % p == 0:
                n, power = n // p, power + 1
            out += [(num(p), way * power)] if power else []
        out += [(num(n), way)] if n > 1 else []
    return out


ROWS: tuple[Callable[[Leaves, App], int | None], ...] = (
    _fact,
    _composition,
    _reflected,
    _shifted,
    _log_of_product,
    _root_of_product,
    _angle_sum,
)
