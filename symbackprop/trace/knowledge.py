"""Facts in a proof: each assumed as a hypothesis, and noted with the condition under which it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from ..derive.builder import Builder
from ..kernel import (
    Add,
    App,
    Bracket,
    Differentiable,
    Eq,
    Mul,
    Num,
    Positive,
    Pow,
    Prop,
    Sym,
    Term,
)
from .aliases import LETTERS, put
from .facts import BOUNDS, IDENTITIES, REFLECTIONS, SHIFTS, Identity, arities, slope_rows
from .grammar import Formula, name, number, parse
from .reading import Reader


@dataclass(frozen=True)
class Fact:
    """What was taken as known: its name, and the condition under which it holds at the place where it was taken."""

    says: str
    where: Formula | None = None
    source: str = ""


@dataclass
class Knowledge:
    """The facts of one proof, by the proposition that was assumed; to be shared by its builders."""

    facts: dict[Prop, Fact] = field(default_factory=dict)

    def note(self, p: Prop, fact: Fact) -> None:
        self.facts.setdefault(p, fact)

    def smooth(self, p: Differentiable) -> None:
        """That a known function is differentiable at its arguments, where its rows say so."""
        rows = [slope_rows().get((p.at.name, k)) for k in range(len(p.at.args))]
        for row, call in [r for r in rows if r is not None]:
            values = _values(call, p.at.args)
            where = put(parse(row.where), values) if row.where else None
            self.note(p, Fact(f"{p.at.name} is differentiable", where, row.source))
            return

    def slope(self, b: Builder, t: App) -> int | None:
        """The step that says what a partial derivative of a known function is; None where no row says so."""
        if sum(t.orders) != 1 or not all(type(n) is int for n in t.orders):
            return None
        found = slope_rows().get((t.name, t.orders.index(1)))
        if found is None:
            return None
        row, call = found
        right = _read(row.slope, call, t.args)
        sign = f"{row.function} has the derivative {row.slope}"
        says = sign if len(t.args) == 1 else f"{sign} by {call.args[row.by - 1]}"
        return self._assumed(b, Eq(t, right), says, row.where, row.source, _values(call, t.args))

    def identity(self, b: Builder, row: Identity, t: Term, values: dict[str, Term]) -> int:
        """The step that says that t, a row's left side at these values, is its right side."""
        reader = Reader(values)
        texts = {k: written(v) for k, v in values.items()}
        says = f"{row.left} = {row.right}"
        return self._assumed(
            b, Eq(t, reader.term(parse(row.right))), says, row.where, row.source, texts
        )

    def bounded(
        self, b: Builder, t: Term, holds: Callable[[Formula, dict[str, Term]], bool]
    ) -> int | None:
        """The step that says that a term is positive, by a row of the table whose condition holds; None without one."""
        p = b.ring.poly(t)
        if not p:
            return None
        unit = abs(Fraction(p[min(p)]))
        p = b.ring.scale(p, 1 / unit)
        for text, where, source in BOUNDS:
            for values in _fits(parse(text), {b.ring.atoms[k] for m in p for k in m}):
                if b.ring.poly(Reader(values).term(parse(text))) != p:
                    continue
                if where and not holds(parse(where), values):
                    continue
                texts = {k: written(v) for k, v in values.items()}
                return self._assumed(b, Positive(t), f"{text} > 0", where, source, texts)
        return None

    def _assumed(
        self, b: Builder, p: Prop, says: str, where: str, source: str, texts: dict[str, Formula]
    ) -> int:
        step = b.assume(p)
        for own in {p, *b.hypotheses[step]}:
            self.note(own, Fact(says, put(parse(where), texts) if where else None, source))
        return step


def _read(text: str, call: Formula, args: Iterable[Term]) -> Term:
    values = {a.text: t for a, t in zip(call.args, args, strict=True)}
    return Reader(values).term(parse(text))


def _values(call: Formula, args: Iterable[Term]) -> dict[str, Formula]:
    return {a.text: written(t) for a, t in zip(call.args, args, strict=True)}


def _fits(pattern: Formula, atoms: Iterable[Term]) -> Iterable[dict[str, Term]]:
    """The values of a pattern's letters for which a function in it is one of the atoms."""
    calls = [f for f in every(pattern) if f.head in arities() or f.head == "erf"]
    for t in [t for t in atoms if isinstance(t, App) and not any(t.orders)]:
        for call in [c for c in calls if c.head == t.name]:
            pairs = list(zip(call.args, t.args, strict=True))
            letters = {a.text: u for a, u in pairs if a.head == "name"}
            if all(a.head == "name" or Num(a.value or Fraction(0)) == u for a, u in pairs):
                yield letters


def every(f: Formula) -> list[Formula]:
    return [f, *[g for a in f.args for g in every(a)]]


@cache
def compositions() -> dict[tuple[str, str], Identity]:
    """The identities of a function of a function, by both names."""
    rows = [(parse(row.left), row) for row in IDENTITIES]
    return {(f.head, f.args[0].head): row for f, row in rows if f.args[0].head != "number"}


@cache
def shifts() -> dict[str, tuple[Identity, tuple[Formula, ...]]]:
    return {parse(row.left).head: (row, parse(row.left).args) for row in SHIFTS}


@cache
def reflections() -> dict[str, Identity]:
    return {parse(row.left).head: row for row in REFLECTIONS}


POLYGAMMA_ZERO = next(row for row in IDENTITIES if row.left.startswith("polygamma(0"))


# --- terms as formulas ------------------------------------------------------------------------------------------------


def written(t: Term) -> Formula:
    """A term as a formula of the grammar.

    >>> x = Sym("x")
    >>> str(written(x * (x + Num(Fraction(1))) ** -1))
    'x/(x + 1)'
    """
    match t:
        case Num(q):
            return number(q) if q >= 0 else Formula("neg", (number(-q),))
        case Sym(text):
            return name(text)
        case Add(terms):
            return _sum([written(u) for u in terms])
        case Mul(factors):
            return _product(factors)
        case Pow(base, n):
            return _power(base, n)
        case Bracket(u):
            pair = Formula(">", (written(u), number(0)))
            rest = Formula("pair", (number(0), Formula("true")))
            return Formula("Piecewise", (Formula("pair", (number(1), pair)), rest))
        case App("pi", _, _):
            return name("pi")
        case App(own, orders, args):
            head = own if not any(orders) else f"{own}_{''.join(map(str, orders))}"
            return Formula(head, tuple(map(written, args)))
    return name(str(t))


def _sum(terms: list[Formula]) -> Formula:
    if not terms:
        return number(0)
    order = sorted(terms, key=lambda f: f.head == "neg")  # 1 - x rather than -x + 1
    out = order[0]
    for f in order[1:]:
        out = Formula("+", (out, f))
    return out


def _product(factors: tuple[Term, ...]) -> Formula:
    value = Fraction(1)
    above, below = list[Formula](), list[Formula]()
    for u in factors:
        if isinstance(u, Num):
            value *= u.value
        elif isinstance(u, Pow) and u.exponent < 0:
            below.append(_power(u.base, -u.exponent))
        else:
            above.append(written(u))
    size = abs(value)
    above = [number(size.numerator), *above] if size.numerator != 1 or not above else above
    below = [number(size.denominator), *below] if size.denominator != 1 else below
    out = _times(above)
    out = Formula("/", (out, _times(below))) if below else out
    return Formula("neg", (out,)) if value < 0 else out


def _times(factors: list[Formula]) -> Formula:
    out = factors[0]
    for f in factors[1:]:
        out = Formula("*", (out, f))
    return out


def _power(base: Term, n: int) -> Formula:
    if n < 0:
        return Formula("/", (number(1), _power(base, -n)))
    return written(base) if n == 1 else Formula("**", (written(base), number(n)))


__all__ = ["LETTERS", "Fact", "Knowledge", "compositions", "reflections", "shifts", "written"]
