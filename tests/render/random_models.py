"""Random models: every member, function and partial derivative is a rational that its name, indices and arguments determine.

A formula of the kernel's and a printed one that says the same have the same value in every model.  What a statement says there is
a set of pairs, the values of its two sides for all indices that its hypotheses allow.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symbackprop.kernel import (
    Add,
    App,
    AtLeast,
    Bound,
    Bracket,
    D,
    Definition,
    Eq,
    Int,
    Kron,
    Mul,
    Num,
    Pow,
    Slope,
    Sum,
    Sym,
    Vec,
)
from symbackprop.kernel.sequents import Sequent
from symbackprop.kernel.terms import subterms

Id = tuple[Any, ...]
"""A member: its family and its indices, the layer first."""
Letters = Mapping[str, int]
Pairs = dict[tuple[Fraction, Fraction], str]
"""The values of both sides, and where they were found."""


@dataclass(frozen=True)
class Model:
    """A depth and widths d^(0), …, d^(L); `biased` where x_0^(l) is 1 for every l < L."""

    widths: tuple[int, ...]
    seed: int = 0
    biased: bool = False

    @property
    def depth(self) -> int:
        return len(self.widths) - 1

    @property
    def span(self) -> range:
        """What letters for indices run over."""
        return range(-2, max(*self.widths, self.depth) + 3)

    def chance(self, *key: Any) -> Fraction:
        n = zlib.crc32(repr((self.seed, *key)).encode())
        return Fraction(n % 1_000_003 - 500_001 or 1, n % 3 + 1)

    def width(self, name: str, index: tuple[int, ...]) -> int:
        """A width; outside the network some number, at least 1."""
        inside = name == "d" and len(index) == 1 and 0 <= index[0] <= self.depth
        return (
            self.widths[index[0]]
            if inside
            else 1 + zlib.crc32(repr((self.seed, name, index)).encode()) % 3
        )

    def member(self, own: Id) -> Fraction:
        bias = self.biased and own[0] == "x" and own[2:] == (0,) and 0 <= own[1] < self.depth
        return Fraction(1) if bias else self.chance("member", own)

    def partial(self, of: Any, by: Id) -> Fraction:
        return self.chance("partial", of, by)

    def slope(self, name: str, index: tuple[int, ...], by: Id) -> Fraction:
        """A function of several members, differentiated by one of them."""
        return self.chance("slope", *called(name, index), by)

    def applied(
        self, name: str, index: tuple[int, ...], orders: Iterable[int], args: Iterable[Fraction]
    ) -> Fraction:
        return self.chance("applied", *called(name, index), tuple(orders), tuple(args))


def models(biased: bool = False) -> tuple[Model, ...]:
    """Networks of three layers, of two, of one, and of none."""
    widths = ((2, 3, 1, 2), (1, 2, 3, 3), (3, 2, 4), (2, 3), (2,))
    return tuple([Model(w, 7 * k + 1, biased) for k, w in enumerate(widths)])


def called(name: str, index: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """g_1 as g with the index 1."""
    found = re.fullmatch(r"([A-Za-z]+)_(\d+)", name)
    return (found[1], (int(found[2]), *index)) if found else (name, index)


def inverse(q: Fraction) -> Fraction:
    return 1 / q if q else q


def power(q: Fraction, n: int) -> Fraction:
    return q**n if n >= 0 else inverse(q) ** -n


def whole(q: Fraction) -> int:
    if q.denominator != 1:
        raise AssertionError(f"expected an integer, got {q}")
    return int(q)


def assignments(
    letters: Sequence[str],
    span: range,
    conditions: Iterable[tuple[set[str], Callable[[Letters], bool]]],
) -> Iterator[dict[str, int]]:
    """All values of the letters that meet the conditions, each of which is looked at once its letters have values."""
    rows = list(conditions)
    stages = [
        [test for own, test in rows if own <= {*letters[:n]} and not own <= {*letters[: n - 1]}]
        for n in range(1, len(letters) + 1)
    ]
    if any(own - {*letters} for own, _ in rows):
        raise AssertionError(f"a condition on another letter than {', '.join(letters) or 'none'}")
    if not all(test({}) for own, test in rows if not own):
        return

    def extended(found: dict[str, int]) -> Iterator[dict[str, int]]:
        if len(found) == len(letters):
            yield found
            return
        for k in span:
            new = {**found, letters[len(found)]: k}
            if all(test(new) for test in stages[len(found)]):
                yield from extended(new)

    yield from extended({})


# --- the kernel's side -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """left = right for all values of the letters for which each of `limits` is at least 0."""

    left: Any
    right: Any
    limits: tuple[Any, ...]
    letters: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.left} = {self.right}, where {', '.join(f'{k} >= 0' for k in self.limits) or 'always'}"


def statement(said: Definition | Sequent | Statement) -> Statement | None:
    """What a definition or a conclusion says; None where it is no equation."""
    if isinstance(said, Statement):
        return said
    if isinstance(said, Definition):
        return _statement(said.symbol, said.term, said.where)
    limits = [h.low for h in sorted(said.hypotheses, key=str) if isinstance(h, AtLeast)]
    match said.conclusion:
        case Slope(term=term, by=by, value=value):
            return _statement(D(term, by), value, limits)
        case Eq(left=left, right=right):
            return _statement(left, right, limits)
    return None


def _statement(left: Any, right: Any, limits: Iterable[Any]) -> Statement:
    inside = [u for t in (left, right) for u in subterms(t)]
    letters = dict.fromkeys([u.name for u in inside if isinstance(u, Int) and not u.index])
    limited = [u.name for k in limits for u in subterms(k) if isinstance(u, Int) and not u.index]
    every = dict.fromkeys([*letters, *limited])
    return Statement(left, right, tuple(limits), tuple([v for v in every if v != "L"]))


def kernel_pairs(s: Statement, model: Model) -> Pairs:
    """What a statement says in a model, without what holds of itself."""

    def condition(k: Any) -> tuple[set[str], Callable[[Letters], bool]]:
        own = {u.name for u in subterms(k) if isinstance(u, Int) and not u.index} - {"L"}
        return own, lambda letters: kernel_value(k, model, letters) >= 0

    out: Pairs = {}
    for letters in assignments(s.letters, model.span, [condition(k) for k in s.limits]):
        pair = (kernel_value(s.left, model, letters), kernel_value(s.right, model, letters))
        if pair[0] != pair[1]:
            out[pair] = shown(letters)
    return out


def shown(letters: Letters) -> str:
    return ", ".join([f"{v} = {k}" for v, k in letters.items()]) or "no letters"


def kernel_value(t: Any, model: Model, letters: Letters, bound: tuple[int, ...] = ()) -> Fraction:
    """A term of the kernel in a model."""

    def value(u: Any) -> Fraction:
        return Fraction(u) if isinstance(u, int) else kernel_value(u, model, letters, bound)

    def indices(index: Iterable[Any]) -> tuple[int, ...]:
        return tuple([whole(value(k)) for k in index])

    def identity(s: Sym) -> Id:
        return (s.name, *indices(s.index))

    def bodies(u: Sum | Vec) -> Iterator[tuple[int, ...]]:
        for k in range(whole(value(u.low)), whole(value(u.high)) + 1):
            yield (k, *bound)

    match t:
        case Num():
            return t.value
        case Int(name=name, index=()):
            return Fraction(model.depth if name == "L" else letters[name])
        case Int():
            return Fraction(model.width(t.name, indices(t.index)))
        case Bound():
            return Fraction(bound[t.level])
        case Sym():
            return model.member(identity(t))
        case Add():
            return sum([value(u) for u in t.terms], Fraction(0))
        case Mul():
            return product([value(u) for u in t.factors])
        case Pow():
            return power(value(t.base), t.exponent)
        case Bracket():
            return Fraction(value(t.term) > 0)
        case Kron():
            return Fraction(value(t.low) == value(t.high))
        case Sum():
            every = [kernel_value(t.body, model, letters, inner) for inner in bodies(t)]
            return sum(every, Fraction(0))
        case D():
            of = identity(t.term) if isinstance(t.term, Sym) else ("value", value(t.term))
            return model.partial(of, identity(t.by))
        case App():
            return _applied(t, model, letters, bound)
    raise AssertionError(f"no value for {t!r}")


def product(values: Iterable[Fraction]) -> Fraction:
    out = Fraction(1)
    for v in values:
        out *= v
    return out


def _applied(t: App, model: Model, letters: Letters, bound: tuple[int, ...]) -> Fraction:
    """A function at its arguments, those of a whole layer one by one."""
    rows: list[tuple[Any, tuple[int, ...], int]] = []

    def integer(k: Any) -> int:
        return _integer(k, model, letters, bound)

    for arg, order in zip(t.args, t.orders, strict=True):
        if isinstance(arg, Vec):
            by = [integer(k) for k in order]
            inside = range(integer(arg.low), integer(arg.high) + 1)
            if not {*by} <= {*inside}:
                raise AssertionError(f"{t} differentiates by {by}, which is none of its arguments")
            rows += [(arg.body, (k, *bound), by.count(k)) for k in inside]
        else:
            rows.append((arg, bound, integer(order)))
    index = tuple([integer(k) for k in t.index])
    orders = [n for _, _, n in rows]
    several = len(rows) > 1 or any(isinstance(a, Vec) for a in t.args)
    if several and sum(orders) == 1 and all(isinstance(u, Sym) for u, _, _ in rows):
        own = [
            (u.name, *[_integer(k, model, letters, inner) for k in u.index]) for u, inner, _ in rows
        ]
        _plain(t, own, model)
        return model.slope(t.name, index, own[orders.index(1)])
    values = [kernel_value(u, model, letters, inner) for u, inner, _ in rows]
    return model.applied(t.name, index, orders, values)


def _integer(k: Any, model: Model, letters: Letters, bound: tuple[int, ...]) -> int:
    return k if isinstance(k, int) else whole(kernel_value(k, model, letters, bound))


def _plain(t: App, own: Sequence[Id], model: Model) -> None:
    """What is printed as ∂f/∂x_j does not show its arguments: they are the whole layer of x_j, or members each once."""
    layers = {member[:-1] for member in own}
    every = [(*at, k) for at in layers for k in range(1, model.width("d", at[1:]) + 1)]
    by_layer = any(isinstance(a, Vec) for a in t.args)
    if len({*own}) < len(own) or (by_layer and [*own] != every):
        raise AssertionError(f"{t}: its arguments are {own}")
