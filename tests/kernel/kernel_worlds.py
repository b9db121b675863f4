"""Worlds: whatever a statement leaves open is drawn from a seed, and the value of each term is an exact fraction.

Integers, widths, members that no definition covers, opaque functions (polynomials).  A derivative is taken by dual numbers, so
that nothing here shares a rule with the kernel; where there may be no derivative, `KinkError` is raised.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from symbackprop.kernel import (
    Add,
    All,
    App,
    AtLeast,
    Bound,
    Bracket,
    D,
    Definition,
    Differentiable,
    Eq,
    Function,
    Int,
    Kron,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Prop,
    Slope,
    Sum,
    Sym,
    Term,
    Theorem,
    Vec,
)


class KinkError(Exception):
    """A derivative was asked for where there may be none."""


@dataclass(frozen=True)
class Dual:
    """A value and its derivative; None where the value does not depend on what varies."""

    value: Fraction
    slope: Fraction | None = None

    def __add__(self, other: Dual) -> Dual:
        if self.slope is None or other.slope is None:
            slope = other.slope if self.slope is None else self.slope
            return Dual(self.value + other.value, slope)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Dual) -> Dual:
        if self.slope is None and other.slope is None:
            return Dual(self.value * other.value)
        slope = (self.slope or 0) * other.value + self.value * (other.slope or 0)
        return Dual(self.value * other.value, Fraction(slope))

    def inverse(self) -> Dual:
        """0^-1 = 0."""
        if self.slope is None:
            return Dual(1 / self.value if self.value else Fraction(0))
        if not self.value:
            raise KinkError
        return Dual(1 / self.value, -self.slope / self.value**2)

    def positive(self) -> Dual:
        if self.slope is None:
            return Dual(Fraction(self.value > 0))
        if not self.value:
            raise KinkError
        return Dual(Fraction(self.value > 0), Fraction(0))


def total(values: Sequence[Dual]) -> Dual:
    out = Dual(Fraction(0))
    for v in values:
        out = out + v
    return out


def product(values: Sequence[Dual]) -> Dual:
    out = Dual(Fraction(1))
    for v in values:
        out = out * v
    return out


Member = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class World:
    """One way to choose everything."""

    seed: object
    definitions: tuple[Definition, ...] = ()
    functions: tuple[Function, ...] = ()
    integers: Mapping[str, int] = field(default_factory=dict)
    widths: Mapping[Member, int] = field(default_factory=dict)
    members: Mapping[Member, Any] = field(default_factory=dict)
    varied: Member | None = None
    parameters: tuple[Dual, ...] | None = None

    def draw(self, *key: object) -> random.Random:
        return random.Random(repr((self.seed, *key)))

    # integers

    def whole(self, k: Any, bound: tuple[int, ...] = ()) -> int:
        match k:
            case int():
                return k
            case Num(q):
                return int(q)
            case Bound(level):
                return bound[level]
            case Int(name, ()):
                return self.integers.get(name, self.draw("integer", name).randint(-1, 4))
            case Int(name, at):
                place = (name, tuple([self.whole(u, bound) for u in at]))
                return self.widths.get(place, self.draw("width", place).randint(1, 3))
            case Add(terms):
                return sum([self.whole(u, bound) for u in terms])
            case Mul((q, u)):
                return self.whole(q, bound) * self.whole(u, bound)
        raise TypeError(f"no integer: {k}")

    def range(self, t: Any, bound: tuple[int, ...]) -> range:
        return range(self.whole(t.low, bound), self.whole(t.high, bound) + 1)

    # real numbers

    def value(self, t: Term, bound: tuple[int, ...] = ()) -> Fraction:
        return self.dual(t, bound).value

    def dual(self, t: Any, bound: tuple[int, ...] = ()) -> Dual:
        match t:
            case Num(q):
                return Dual(q)
            case Sym(name, at):
                return self.member(name, tuple([self.whole(k, bound) for k in at]))
            case Int() | Bound():
                return Dual(Fraction(self.whole(t, bound)))
            case Add(terms):
                return total([self.dual(u, bound) for u in terms])
            case Mul(factors):
                return product([self.dual(u, bound) for u in factors])
            case Pow(base, n):
                own = self.dual(base, bound)
                return product([own if n > 0 else own.inverse()] * abs(n))
            case Bracket(u):
                return self.dual(u, bound).positive()
            case Kron(low, high):
                return Dual(Fraction(self.whole(low, bound) == self.whole(high, bound)))
            case Sum(_, _, body):
                return total([self.dual(body, (k, *bound)) for k in self.range(t, bound)])
            case D(u, by):
                return Dual(self.slope(u, by, bound))
            case App():
                return self.applied(t, bound)
        raise TypeError(f"no number: {t}")

    def slope(self, t: Term, by: Sym, bound: tuple[int, ...] = ()) -> Fraction:
        """By dual numbers; what `by` is defined as is left aside."""
        if self.varied is not None:
            raise NotImplementedError("a derivative of a derivative")
        place = (by.name, tuple([self.whole(k, bound) for k in by.index]))
        return replace(self, varied=place).dual(t, bound).slope or Fraction(0)

    def member(self, name: str, at: tuple[int, ...]) -> Dual:
        if name == "#" and self.parameters is not None:
            return self.parameters[at[0] - 1]
        if (name, at) == self.varied:
            return Dual(replace(self, varied=None).member(name, at).value, Fraction(1))
        for d in self.definitions:
            inner = self.matched(d, name, at)
            if inner is not None:
                return inner.dual(d.term)
        drawn = Fraction(self.draw("member", name, at).randint(-3, 3))
        return Dual(Fraction(self.members.get((name, at), drawn)))

    def matched(self, d: Definition, name: str, at: tuple[int, ...]) -> World | None:
        """The world in which the definition's variables have these values, where it covers the member."""
        if d.symbol.name != name or len(d.symbol.index) != len(at):
            return None
        inner = self.at({v.name: 0 for v in d.over})
        for p, k in zip(d.symbol.index, at, strict=True):
            for v in d.over:
                if self.at({v.name: 0}).whole(p) != self.at({v.name: 1}).whole(p):
                    inner = inner.at({v.name: k - inner.whole(p)})
        fits = [inner.whole(p) for p in d.symbol.index] == list(at)
        return inner if fits and all(inner.whole(k) >= 0 for k in d.where) else None

    def at(self, integers: Mapping[str, int]) -> World:
        return replace(self, integers={**self.integers, **integers})

    # functions

    def applied(self, t: App, bound: tuple[int, ...]) -> Dual:
        at = tuple([self.whole(k, bound) for k in t.index])
        body = next((f.term for f in self.functions if (f.name, f.index) == (t.name, at)), None)
        if body is None or any(isinstance(u, Vec) for u in t.args):
            return self.opaque((t.name, at), t, bound)
        args = [self.dual(u, bound) for u in t.args]
        if not any(t.orders):
            return replace(self, varied=None, parameters=tuple(args)).dual(body)
        if sum(t.orders) > 1:
            raise NotImplementedError("a second derivative of a defined function")
        if any(a.slope is not None for a in args):
            raise NotImplementedError("a derivative of a derivative")
        moved = tuple([Dual(a.value, Fraction(1) if n else None) for a, n in zip(args, t.orders)])  # noqa: B905
        out = replace(self, varied=None, parameters=moved).dual(body)
        return Dual(out.slope or Fraction(0))

    def opaque(self, f: Member, t: App, bound: tuple[int, ...]) -> Dual:
        """A polynomial of degree 3 in all components of all arguments, or a partial derivative of it.

        By a component that is not there the derivative is anything.
        """
        values: dict[tuple[int, int], Dual] = {}
        by: list[tuple[int, int]] = []
        for k, (u, order) in enumerate(zip(t.args, t.orders, strict=True)):
            if isinstance(u, Vec):
                values |= {(k, n): self.dual(u.body, (n, *bound)) for n in self.range(u, bound)}
                by += [(k, self.whole(n, bound)) for n in order]
            else:
                values[k, 0] = self.dual(u, bound)
                by += [(k, 0)] * order
        if not values.keys() >= set(by):
            return Dual(Fraction(self.draw("beyond", f, tuple(by)).randint(-3, 3)))
        rows = [m for n in range(3) for m in combinations_with_replacement(sorted(values), n)]
        rows += [(v, v, v) for v in values]
        return total([self.monomial(f, m, by, values) for m in rows])

    def monomial(self, f: Member, m: Any, by: Any, values: Mapping[Any, Dual]) -> Dual:
        factor, left = self.draw("coefficient", f, m).randint(-2, 2), list(m)
        for v in by:
            factor *= left.count(v)
            if v in left:
                left.remove(v)
        return Dual(Fraction(factor)) * product([values[v] for v in left if factor])

    # propositions

    def holds(self, p: Prop, bound: tuple[int, ...] = ()) -> bool:
        match p:
            case Eq(left, right):
                return self.value(left, bound) == self.value(right, bound)
            case Positive(t):
                return self.value(t, bound) > 0
            case Nonzero(t):
                return self.value(t, bound) != 0
            case AtLeast(k):
                return self.whole(k, bound) >= 0
            case Differentiable(t):
                return self.smooth(t, bound)
            case Slope(t, by, value):
                try:
                    return self.slope(t, by, bound) == self.value(value, bound)
                except KinkError:
                    return False
            case All(_, _, body):
                return all(self.holds(body, (k, *bound)) for k in self.range(p, bound))
        raise TypeError(f"no proposition: {p}")

    def smooth(self, t: App, bound: tuple[int, ...]) -> bool:
        """Polynomials are smooth; of a function with a definition, whether its body has a slope along each argument."""
        at = tuple([self.whole(k, bound) for k in t.index])
        if not any((f.name, f.index) == (t.name, at) for f in self.functions):
            return True
        try:
            for k in range(len(t.args)):
                self.applied(
                    App(t.name, tuple([int(k == n) for n in range(len(t.args))]), t.args, t.index),
                    bound,
                )
        except KinkError:
            return False
        return True


def worlds(theorem: Theorem, count: int, **chosen: Any) -> list[World]:
    """Worlds with the theorem's definitions."""
    given = {
        "definitions": theorem.proof.definitions,
        "functions": theorem.proof.functions,
        **chosen,
    }
    return [World(seed, **given) for seed in range(count)]


def counterexample(theorem: Theorem, count: int = 40, **chosen: Any) -> tuple[World | None, int]:
    """A world in which the hypotheses of a sequent hold and its conclusion does not; and in how many they hold."""
    real = 0
    for world in worlds(theorem, count, **chosen):
        for s in theorem.sequents:
            if all(world.holds(h) for h in s.hypotheses):
                real += 1
                if not world.holds(s.conclusion):
                    return world, real
    return None, real
