"""Traced entries: a kernel term each, with the number that it is at one point beside it.

A `Graph` is the world of one trace.  What is larger than a few nodes gets a symbol v[n] of its own, defined as its term;
two equal terms (in normal form) get one symbol.  So terms stay small, and what is computed twice is one thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from typing import Any

from ..kernel import (
    Add,
    App,
    Bracket,
    Definition,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Prop,
    Sym,
    Term,
)
from ..kernel.laws import PI
from ..kernel.normal import Ring
from ..kernel.terms import ONE, ZERO, num, size, subterms
from ..refute.numbers import IV, Undefined, apart, plus, raised, sign_of, times
from .array import World
from .decimals import reading
from .duals import known
from .refusing import Followed, refuse
from .values import Infinite, Number, Value, exact, is_infinite

MAX_SIZE = 10
"""Of a term that has no symbol, in nodes."""
MAX_SYMBOLS, MAX_PRIME = 20_000, 500


@dataclass
class Graph(World):
    """One trace: what was defined, in its order, and what was found on the way.

    `opaque`: the largest of several numbers is a symbol m[n] of its own, of which nothing is known; else it is Σ x_i [x_i is
    the largest], with brackets.
    """

    opaque: bool = True
    below: str = "v"
    """The family of what is computed on the way."""
    above: str = "m"
    """The family of the largest of several."""
    definitions: list[Definition] = field(default_factory=list)
    numbers: dict[Term, Number] = field(default_factory=dict)
    """Of symbols, at the point of this trace."""
    hypotheses: dict[Prop, str] = field(default_factory=dict)
    """Of branches that were followed, in their order, with the line where."""
    largest_of: dict[Sym, tuple[Entry, ...]] = field(default_factory=dict)
    brackets: dict[Term, Number] = field(default_factory=dict)
    readings: dict[str, None] = field(default_factory=dict)
    """Which decimals were read as which constants."""
    ring: Ring = field(default_factory=Ring)
    known: dict[Any, Sym] = field(default_factory=dict)
    winners: dict[Term, dict[Term, Entry]] = field(default_factory=dict)
    ties: set[Prop] = field(default_factory=set)

    def lift(self, x: Any) -> Any:
        if is_infinite(x):
            return Infinite(self, 1 if x > 0 else -1)
        known = reading(x)
        if known is not None:
            self.readings[f"{x!r} is read as {known[0]}"] = None
            return known[1](Entry(self, ONE, Fraction(1)))
        return self.number(bool(x) if type(x).__name__ in ("bool", "bool_") else exact(x))

    def number(self, q: Fraction | int) -> Entry:
        """A number; a bool is a mask."""
        return Entry(self, num(Fraction(q)), Fraction(q), isinstance(q, bool))

    def size(self) -> int:
        return len(self.definitions)

    def variable(self, symbol: Sym, number: Number) -> Entry:
        self.numbers[symbol] = number
        return Entry(self, symbol, number)

    def settled(self, v: Value) -> Any:
        if not isinstance(v, Entry):
            return v if isinstance(v, Infinite) else self.lift(v)
        return v if size(v.term) <= MAX_SIZE else self.named(v)

    def named(self, v: Entry) -> Entry:
        """The same number under a symbol of its own; what is a number or a symbol in normal form stays one."""
        poly = self.ring.poly(v.term)
        term = self.ring.term(poly)
        if type(term) in (Num, Sym):
            return Entry(self, term, v.number, v.mask)
        key = frozenset(poly.items())
        if key not in self.known:
            if len(self.definitions) >= MAX_SYMBOLS:
                refuse(
                    "the code",
                    f"expected at most {MAX_SYMBOLS} numbers on the way; try smaller shapes",
                )
            symbol = self.known[key] = Sym(self.below, (len(self.definitions),))
            self.definitions.append(Definition(symbol, v.term))
            self.numbers[symbol] = v.number
        return Entry(self, self.known[key], v.number, v.mask)

    def largest(self, values: list[Value]) -> Entry:
        infinite = [v for v in values if isinstance(v, Infinite)]
        if any(v.number > 0 for v in infinite) or len(infinite) == len(values):
            refuse("the largest of several", "expected finite numbers")
        own = [v for v in values if isinstance(v, Entry)]
        distinct = list({self.ring.normal(v.term): v for v in own}.values())
        if len(distinct) == 1:
            return distinct[0]
        constants = [c for v in distinct if (c := v.constant()) is not None]
        if len(constants) == len(distinct):
            return self.number(max(constants))
        if self.opaque:
            return self._opaque(distinct)
        return self._by_brackets(distinct)

    def _opaque(self, values: list[Entry]) -> Entry:
        key = ("max", frozenset([self.ring.normal(v.term) for v in values]))
        if key not in self.known:
            symbol = self.known[key] = Sym(self.above, (len(self.largest_of),))
            self.largest_of[symbol] = tuple(values)
            self.numbers[symbol] = _greatest([v.number for v in values])
        return Entry(self, self.known[key], self.numbers[self.known[key]])

    def _by_brackets(self, values: list[Entry]) -> Entry:
        """Σ x_i [x_i > all others]: where no two of the largest are equal."""
        total, rows = self.number(0), dict[Term, Entry]()
        for k, v in enumerate(values):
            wins = self.number(True)
            for j, other in enumerate(values):
                if j != k:
                    wins = wins.times((v - other).above())
            wins = self.settled(wins.as_mask())
            rows[self.ring.normal(v.term)] = wins
            total = total + wins * v
        out = self.named(total)
        self.winners[out.term] = rows
        return out

    def note(self, p: Prop) -> None:
        """A condition under which a branch is the one that is taken."""
        from .refusing import user_line

        self.hypotheses.setdefault(p, user_line())


def _greatest(numbers: Sequence[Number]) -> Number:
    best = numbers[0]
    for n in numbers[1:]:
        sign = sign_of(plus(n, times(Fraction(-1), best)))
        if sign is None:
            raise Undefined("the largest of two numbers that may be equal")
        best = n if sign > 0 else best
    return best


@dataclass(frozen=True, eq=False)
class Entry(Value):
    """A term, and the number that it is at the trace's point."""

    graph: Graph
    term: Term
    number: Number
    mask: bool = False

    def lift(self, x: Any) -> Any:
        return self.graph.lift(x)

    def plus(self, other: Entry) -> Entry:
        a, b = self.term, other.term
        if isinstance(a, Num) and isinstance(b, Num):
            return self.graph.number(a.value + b.value)
        if ZERO in (a, b):
            return Entry(self.graph, b if a == ZERO else a, plus(self.number, other.number))
        term = Add((*_parts(a, Add), *_parts(b, Add)))
        return Entry(self.graph, term, plus(self.number, other.number))

    def times(self, other: Entry) -> Entry:
        a, b = self.term, other.term
        if isinstance(a, Num) and isinstance(b, Num):
            return self.graph.number(a.value * b.value)
        if ZERO in (a, b):
            return self.graph.number(0)
        if self._apart(other) or other._apart(self):
            return self.named_sum().times(other.named_sum())
        number = times(self.number, other.number)
        mask = self.mask and other.mask
        if ONE in (a, b):
            return Entry(self.graph, b if a == ONE else a, number, mask)
        return Entry(self.graph, _product([*_parts(a, Mul), *_parts(b, Mul)]), number, mask)

    def _apart(self, other: Entry) -> bool:
        """Whether a sum is to have a symbol before it is multiplied: in a square, whose sign then shows, and in a ramp."""
        return isinstance(self.term, Add) and (other.mask or other.term == self.term)

    def named_sum(self) -> Entry:
        return self.graph.named(self) if isinstance(self.term, Add) else self

    def inverse(self) -> Entry:
        if isinstance(self.term, Num):
            if not self.term.value:
                raise Undefined("1/0")
            return self.graph.number(1 / self.term.value)
        parts = _parts(self.term, Mul)
        if all(isinstance(t, Num) or _is_root(t) for t in parts):
            return self._of_roots(parts)
        return Entry(self.graph, Pow(self._atom().term, -1), raised(self.number, -1))

    def _of_roots(self, parts: tuple[Term, ...]) -> Entry:
        """1/sqrt(2) as sqrt(2)/2: so that numbers have one form."""
        out = self.graph.number(1)
        for t in parts:
            own = t if isinstance(t, Num) else t.args[0]  # type: ignore[attr-defined]
            below = (
                self.graph.number(1 / own.value) if isinstance(own, Num) else _over_pi(self.graph)
            )
            root = (
                1
                if isinstance(t, Num)
                else Entry(self.graph, t, known("sqrt", own.value if own != PI else IV.pi))
            )
            out = out * below * root
        return out

    def whole_power(self, n: int) -> Entry:
        if n < 2 or isinstance(self.term, Num):
            found: Entry = super().whole_power(n)
            return found
        own = self.named_sum()
        return Entry(self.graph, Pow(own.term, n), raised(self.number, n))

    def _atom(self) -> Entry:
        """Itself, with a symbol where it is a sum or product of more than two."""
        big = isinstance(self.term, Add | Mul) and size(self.term) > 6
        return self.graph.named(self) if big else self

    def call(self, name: str) -> Entry:
        graph, c = self.graph, self.constant()
        if name == "pi":
            return Entry(graph, PI, IV.pi)
        if c is not None and (name, c) in EXACT:
            return graph.number(EXACT[name, c])
        if name == "sqrt" and c is not None and c >= 0:
            exactly = Fraction(isqrt(c.numerator), isqrt(c.denominator))
            if exactly * exactly == c:
                return graph.number(exactly)
        if name == "sqrt" and (root := self._constant_root()) is not None:
            return root
        own = self._atom()
        if name == "sqrt" and sign_of(own.number) != 1:
            raise Undefined("a root of what may not be positive")
        value = known(name, own.number)
        return Entry(graph, App(name, (0,), (own.term,)), value)

    def _constant_root(self) -> Entry | None:
        """sqrt(a^2 b pi) as a sqrt(b) sqrt(pi), of a number in which there is nothing but pi: one form for each."""
        graph = self.graph
        poly = graph.ring.poly(self.term)
        row = next(iter(poly.items())) if len(poly) == 1 else ((), 0)
        atoms = [graph.ring.atoms[k] for k in row[0]]
        if row[1] <= 0 or any(t not in (PI, Pow(PI, -1)) for t in atoms):
            return None
        c = Fraction(row[1])
        out = graph.number(Fraction(1, c.denominator))
        for p, n in prime_powers(c.numerator * c.denominator):
            root = Entry(graph, App("sqrt", (0,), (num(p),)), known("sqrt", Fraction(p)))
            out = out * Fraction(p) ** (n // 2) * (root if n % 2 else 1)
        pi = Entry(graph, App("sqrt", (0,), (PI,)), known("sqrt", IV.pi))
        for t in atoms:
            out = out * pi if t == PI else out / pi
        return out

    def above(self) -> Entry:
        c = self.constant()
        if c is not None:
            return self.graph.number(c > 0)
        term = self.graph.ring.normal(self.term)
        if isinstance(term, Num):
            return self.graph.number(term.value > 0)
        sign = sign_of(self.number)
        if not sign:
            raise Undefined("a point where a piecewise function may have a kink")
        own = self.named_sum()
        poly = self.graph.ring.poly(own.term)
        if self.graph.ring.sign(poly):
            return self.graph.number(self.graph.ring.positive(poly))
        found = self.graph.ring.normal(Bracket(own.term))
        if isinstance(found, Bracket):
            self.graph.brackets[found.term] = self.number
        return Entry(self.graph, found, Fraction(int(sign > 0)), True)

    def __gt__(self, x: Any) -> Any:
        other = self.lifted(x)
        wins = self._wins(other)
        if wins is not None:
            return self.graph.number(False)
        wins = other._wins(self) if isinstance(other, Entry) else None
        return super().__gt__(other) if wins is None else wins.inverted()

    def __lt__(self, x: Any) -> Any:
        return self.lifted(x) > self

    def _wins(self, other: Value) -> Entry | None:
        """Whether it is the largest, where the other is the largest of several with it among them."""
        if not isinstance(other, Entry):
            return None
        if self.graph.opaque and other.term in self.graph.largest_of:
            raise NeedsBrackets
        return self.graph.winners.get(other.term, {}).get(self.graph.ring.normal(self.term))

    def equals(self, other: Entry) -> Entry:
        gap = self - other
        term = self.graph.ring.normal(gap.term)
        if isinstance(term, Num):
            return self.graph.number(term.value == 0)
        for a, b in ((self, other), (other, self)):
            rows = self.graph.winners.get(b.term, {})
            found = rows.get(self.graph.ring.normal(a.term))
            if found is not None:
                return found
        if not apart(gap.number, Fraction(0)):
            raise Undefined("a point where two numbers may be equal")
        if self.graph.opaque and self.graph.largest_of:
            raise NeedsBrackets
        self.graph.ties.add(Nonzero(self.graph.ring.normal(gap.term)))
        return self.graph.number(False)

    def followed(self) -> bool:
        c = self.constant()
        if c is not None:
            return c == 1
        inside = [t for t in subterms(self._opened()) if isinstance(t, Bracket)]
        for t in inside:
            sign = sign_of(self.graph.brackets[t.term])
            if not sign:
                raise Followed("a branch whose condition is not decided at this point")
            side = t.term if sign > 0 else self.graph.ring.normal(-t.term)
            self.graph.note(Positive(side))
        return sign_of(self.number) == 1

    def _opened(self) -> Term:
        """The mask's term, down through its definitions."""
        out = self.term
        while own := [
            t
            for t in subterms(out)
            if isinstance(t, Sym) and t.name == self.graph.below and self._is_mask(t)
        ]:
            from ..kernel import substitute

            out = substitute(out, {t: self.graph.definitions[t.index[0]].term for t in own})
        return out

    def _is_mask(self, t: Sym) -> bool:
        inner = list(subterms(self.graph.definitions[t.index[0]].term))
        return any(isinstance(u, Bracket) for u in inner)

    def constant(self) -> Fraction | None:
        return self.term.value if isinstance(self.term, Num) else None

    def same(self, other: Entry) -> bool:
        return self.graph.ring.poly(self.term) == self.graph.ring.poly(other.term)

    def as_mask(self) -> Entry:
        return Entry(self.graph, self.term, self.number, True)


def prime_powers(n: int) -> list[tuple[int, int]]:
    """Primes below a bound with their powers, and what is left.

    >>> prime_powers(12)
    [(2, 2), (3, 1)]
    """
    out = []
    for p in range(2, MAX_PRIME):
        power = 0
        while n % p == 0:
            n, power = n // p, power + 1
        out += [(p, power)] if power else []
    return [*out, (n, 1)] if n > 1 else out


class NeedsBrackets(Exception):  # noqa: N818 - an answer of its own, not an error
    """The largest of several is compared with them: the trace is to be done again, with brackets."""


def _is_root(t: Term) -> bool:
    return (
        isinstance(t, App) and t.name == "sqrt" and (isinstance(t.args[0], Num) or t.args[0] == PI)
    )


def _over_pi(graph: Graph) -> Entry:
    return Entry(graph, Pow(PI, -1), 1 / IV.pi)


EXACT = {
    ("exp", Fraction(0)): 1,
    ("log", Fraction(1)): 0,
    ("sin", Fraction(0)): 0,
    ("cos", Fraction(0)): 1,
}


def _parts(t: Term, kind: type) -> tuple[Term, ...]:
    found: tuple[Term, ...] = (
        (getattr(t, "terms" if kind is Add else "factors")) if type(t) is kind else (t,)
    )
    return found


def _product(factors: list[Term]) -> Term:
    """A product with its numbers gathered in one."""
    c, rest = Fraction(1), []
    for t in factors:
        if isinstance(t, Num):
            c *= t.value
        else:
            rest.append(t)
    return Mul((num(c), *rest)) if c != 1 else Mul(tuple(rest)) if len(rest) > 1 else rest[0]
