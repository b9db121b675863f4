"""Small finite models, and a walk through terms there with numbers of any kind: what inherits says what numbers are.

A model fixes the integers; a variable without a value gets a small rational, an opaque function is a polynomial, each chosen
by the seed and its name.  Members are evaluated by their definitions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import combinations_with_replacement, count
from math import prod
from typing import Any, NamedTuple

import sympy as sp

from ..kernel import (
    Add,
    App,
    Bound,
    Bracket,
    D,
    Definition,
    Int,
    Kron,
    Mul,
    Num,
    Pow,
    Sum,
    Sym,
    Term,
    Vec,
)
from ..kernel.context import Context
from ..kernel.integers import combination
from ..kernel.terms import children
from .numbers import KNOWN, Undefined
from .polynomials import Polynomial

MAX_VISITS, MAX_NESTED, MAX_RANGE = 200_000, 12, 10_000
"""Nodes of an evaluation; members evaluated inside each other on Python's stack; terms of a sum."""

# --- what a seed chooses -----------------------------------------------------------------------------------------


def _choice(values: tuple[int, ...], *key: object) -> int:
    digest = sha256(repr(key).encode()).digest()
    return values[int.from_bytes(digest[:8], "big") % len(values)]


SMALL = (-3, -2, -1, 1, 2, 3)


def rational(seed: int, name: str, index: tuple[int, ...]) -> Fraction:
    """The value of a variable that has none: the same in every process.

    >>> print(rational(0, "w", (1, 0, 2)))
    -1/2
    """
    key = (seed, name, index)
    return Fraction(_choice(SMALL, "top", *key), _choice((1, 2, 3), "bottom", *key))


Label = tuple[int, ...]
"""A variable of a function: the number of the argument; of a whole layer, its component, too."""


@dataclass(frozen=True)
class Opaque:
    """A function of which nothing is known, as a polynomial in its variables.

    >>> print(Opaque(((1,),), Polynomial(1, (((2,), Fraction(3)), ((0,), Fraction(1, 2))))))
    3*t^2 + 1/2
    """

    labels: tuple[Label, ...]
    polynomial: Polynomial

    def __str__(self) -> str:
        several = len({label[0] for label in self.labels}) > 1
        names = [f"t{n}" if several else "t" for n, *_ in self.labels]
        at = [f"[{k[1]}]" if len(k) > 1 else "" for k in self.labels]
        symbols = [sp.Symbol(n + k) for n, k in zip(names, at, strict=True)]
        return str(self.polynomial.formula(symbols)).replace("**", "^")


def opaque(
    seed: int, name: str, index: tuple[int, ...], labels: tuple[Label, ...], flat: bool = False
) -> Opaque:
    """A polynomial of degree at most 3, in no way symmetric; of far variables only squares, products of two and cubes.

    A coefficient depends on the variables of its term alone: a layer with more nodes adds terms and changes none.

    >>> print(opaque(0, "g", (1,), ((1,),)))
    3*t^2/2 + t/2 + 1
    """
    arity = len(labels)
    near = [k for k, label in enumerate(labels) if label[-1] <= 3]
    rows = [row for n in range(3) for row in combinations_with_replacement(range(arity), n)]
    rows += dict.fromkeys(
        [*combinations_with_replacement(near, 3), *[(k,) * 3 for k in range(arity)]]
    )
    terms = []
    for row in rows:
        key = (seed, name, index, [labels[k] for k in row])
        c = _choice((0, 0, -1, 1) if len(row) == 3 else SMALL, "top", *key)
        if c:
            exponents = tuple([row.count(k) for k in range(arity)])
            terms.append((exponents, Fraction(c, _choice((1, 2), "bottom", *key))))
    if flat:
        terms = [(n, Fraction(1, 2) if not any(n) else c / 10**6) for n, c in terms]
    return Opaque(labels, Polynomial(arity, tuple(terms)))


# --- models, and a walk through terms with numbers of any kind --------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """Numbers for letters and widths, values of variables, and the seed of all that is not given.

    >>> m = Model(Context(), {Int("L"): 3}, {Sym("a"): Fraction(1, 2)}, seed=0)
    >>> m.seed
    0
    """

    context: Context
    integers: Mapping[Int, int]
    values: Mapping[Sym, Fraction]
    seed: int
    flat: bool = False
    """Whether opaque functions are nearly 1/2 everywhere: where they are to lie between 0 and 1."""


class Place(NamedTuple):
    """Where a term stands: letters, the binders' variables (innermost first), a function's parameters, what is moved."""

    letters: Mapping[Int, int]
    bound: tuple[int, ...] = ()
    parameters: tuple[Any, ...] = ()
    moved: tuple[tuple[Sym, int], ...] = ()

    def within(self, k: int) -> Place:
        return self._replace(bound=(k, *self.bound))


class Later(Exception):  # noqa: N818
    """A member that is to be evaluated first, on a stack of its own."""

    def __init__(self, s: Sym, moved: tuple[tuple[Sym, int], ...]) -> None:
        super().__init__(s)
        self.member = s, moved


class Integers:
    """Integers, and which definition covers a member, in a model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.top = Place(model.integers)

    def integer(self, k: Any, at: Place) -> int:
        match k:
            case int():
                return k
            case Num(q) if q.denominator == 1:
                return int(q)
            case Bound(level):
                return at.bound[level]
            case Int(name, index):
                own = Int(name, self.integers(index, at))
                if own not in at.letters:
                    raise Undefined(f"no value for {own}")
                return at.letters[own]
            case Add(terms):
                return sum([self.integer(u, at) for u in terms])
            case Mul(factors):
                return prod([self.integer(u, at) for u in factors])
        raise ValueError(f"no integer: {k}")

    def integers(self, index: Iterable[Any], at: Place) -> tuple[int, ...]:
        return tuple([self.integer(k, at) for k in index])

    def range(self, t: Any, at: Place) -> range:
        """The values of a binder's variable."""
        low, high = self.integer(t.low, at), self.integer(t.high, at)
        if high - low > MAX_RANGE:
            raise Undefined(f"a range of more than {MAX_RANGE}")
        return range(low, high + 1)

    def definition(self, s: Sym) -> tuple[Term, Place] | None:
        """What defines a member, and the letters of its definition; None where it is a variable."""
        context = self.model.context
        if s in context.symbols:
            return context.symbols[s], self.top
        for d in context.families.get(s.name, ()):
            letters = self._covering(d, s) if children(d.symbol) else None
            if letters is not None:
                return d.term, Place(letters)
        return None

    def _covering(self, d: Definition, s: Sym) -> Mapping[Int, int] | None:
        """The values of a definition's variables at a member; None where it does not cover it."""
        letters = dict(self.model.integers)
        if len(d.symbol.index) != len(s.index):
            return None
        for pattern, k in zip(d.symbol.index, s.index, strict=True):
            for v in d.over:
                if isinstance(v, Int) and v in combination(pattern):
                    letters[v] = 0
                    letters[v] = k - self.integer(pattern, Place(letters))
            if self.integer(pattern, Place(letters)) != k:
                return None
        own = Place(letters)
        return letters if all(self.integer(k, own) >= 0 for k in d.where) else None


class Walk(Integers, ABC):
    """The value of a term by what it says; what numbers are, and a derivative of them, is for those that inherit."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.variables: dict[Sym, Fraction] = {}
        self.functions: dict[tuple[str, tuple[int, ...]], Opaque] = {}
        self._members: dict[Any, Any] = {}
        self._polynomials: dict[Any, Opaque] = {}
        self._visits = self._nested = 0
        self._tags = count(-1, -1)

    @abstractmethod
    def number(self, q: Fraction) -> Any: ...

    @abstractmethod
    def step(self, tag: int) -> Any:
        """By how much something moves."""

    @abstractmethod
    def slope(self, f: Callable[[int], Any], tag: int) -> Any:
        """The derivative by a step."""

    @abstractmethod
    def power(self, x: Any, n: int) -> Any: ...

    @abstractmethod
    def bracket(self, x: Any) -> Any: ...

    @abstractmethod
    def known(self, name: str, args: list[Any], orders: list[int]) -> Any: ...

    @abstractmethod
    def opaque(self, p: Polynomial, args: list[Any], orders: list[int]) -> Any: ...

    def visit(self, n: int = 1) -> None:
        self._visits += n
        if self._visits > MAX_VISITS:
            raise Undefined(f"more than {MAX_VISITS} nodes")

    @property
    def visits(self) -> int:
        """How many nodes were visited so far."""
        return self._visits

    def settled(self, f: Callable[[], Any]) -> Any:
        """f(), once the members that lie too deep were evaluated by themselves."""
        todo: list[Any] = []
        while True:
            self._nested = 0
            try:
                if not todo:
                    return f()
                self.member(*todo[-1])
                todo.pop()
            except Later as later:
                todo.append(later.member)
            except RecursionError:
                raise Undefined("more than Python's stack holds") from None

    def member(self, s: Sym, moved: tuple[tuple[Sym, int], ...]) -> Any:
        """A member by its definition, or a variable; and its steps, where it is moved itself."""
        if (s, moved) in self._members:
            return self._members[s, moved]
        if self._nested >= MAX_NESTED:
            raise Later(s, moved)
        self._nested += 1
        own = self.definition(s)
        x = (
            self.number(self.variable(s))
            if own is None
            else self.term(own[0], own[1]._replace(moved=moved))
        )
        for v, tag in moved:
            x = x + self.step(tag) if v == s else x
        self._nested -= 1
        self._members[s, moved] = x
        return x

    def variable(self, s: Sym) -> Fraction:
        if s not in self.variables:
            given = self.model.values.get(s)
            self.variables[s] = (
                rational(self.model.seed, s.name, s.index) if given is None else given
            )
        return self.variables[s]

    def term(self, t: Any, at: Place) -> Any:
        self.visit()
        match t:
            case Num(q):
                return self.number(q)
            case Sym("#", (int(k),)) if at.parameters:
                return at.parameters[k - 1]
            case Sym(name, index):
                return self.member(Sym(name, self.integers(index, at)), at.moved)
            case Int() | Bound():
                return self.number(Fraction(self.integer(t, at)))
            case Add(terms):
                return self._total([self.term(u, at) for u in terms])
            case Mul(factors):
                return prod([self.term(u, at) for u in factors], start=self.number(Fraction(1)))
            case Pow(base, n):
                return self.power(self.term(base, at), n)
            case App():
                return self._applied(t, at)
            case Bracket(u):
                return self.bracket(self.term(u, at))
            case Kron(low, high):
                return self.number(Fraction(self.integer(low, at) == self.integer(high, at)))
            case Sum(_, _, body):
                return self._total([self.term(body, at.within(k)) for k in self.range(t, at)])
            case D(u, v):
                return self._derivative(u, v, at)
        raise ValueError(f"no term: {t}")

    def _total(self, values: list[Any]) -> Any:
        return sum(values, self.number(Fraction(0)))

    def _derivative(self, t: Term, v: Sym, at: Place) -> Any:
        """v moves, whatever defines it, and all above it follows."""
        if v.name == "#" and at.parameters:
            k = v.index[0] - 1

            def moved(tag: int) -> Any:
                values = stepped(at.parameters, k, self.step(tag))
                return self.term(t, at._replace(parameters=tuple(values)))

            return self.slope(moved, next(self._tags))
        s = Sym(v.name, self.integers(v.index, at))
        return self.slope(
            lambda tag: self.term(t, at._replace(moved=(*at.moved, (s, tag)))), len(at.moved) + 1
        )

    def _applied(self, t: App, at: Place) -> Any:
        if t.name == "pi":
            return self.known("pi", [], [])
        index = self.integers(t.index, at)
        labels, args, orders = self._arguments(t, at)
        if t.name in KNOWN:
            return self.known(t.name, args, orders)
        own = self.model.context.functions.get((t.name, index))
        if own is not None:
            if len(args) != own.arity or any(len(k) > 1 for k in labels):
                raise Undefined(f"{t.name}: other arguments than its definition has")
            body = own.term
            place = at._replace(bound=(), moved=())
            return self.partial(
                lambda x: self.term(body, place._replace(parameters=tuple(x))), args, orders
            )
        return self.opaque(self._polynomial(t.name, index, labels), args, orders)

    def _polynomial(
        self, name: str, index: tuple[int, ...], labels: tuple[Label, ...]
    ) -> Polynomial:
        """What an opaque function is here; of those of layers, the one with most variables is shown."""
        self.visit(len(labels) ** 2)
        key = (name, index)
        if (*key, labels) not in self._polynomials:
            f = self._polynomials[*key, labels] = opaque(
                self.model.seed, *key, labels, self.model.flat
            )
            if key not in self.functions or len(labels) > len(self.functions[key].labels):
                self.functions[key] = f
        return self._polynomials[*key, labels].polynomial

    def _arguments(self, t: App, at: Place) -> tuple[tuple[Label, ...], list[Any], list[int]]:
        """The variables of a function, layers opened, their values, and how often it is differentiated by each."""
        labels: list[Label] = []
        args: list[Any] = []
        orders: list[int] = []
        for n, (u, order) in enumerate(zip(t.args, t.orders, strict=True), 1):
            if not isinstance(u, Vec):
                labels, args, orders = [*labels, (n,)], [*args, self.term(u, at)], [*orders, order]
                continue
            inside, by = self.range(u, at), self.integers(order, at)
            self.visit(len(inside))
            if not {*by} <= {*inside}:
                raise Undefined(f"{t.name} has no such variable: {by}")
            labels += [(n, k) for k in inside]
            args += [self.term(u.body, at.within(k)) for k in inside]
            orders += [by.count(k) for k in inside]
        return tuple(labels), args, orders

    def partial(self, f: Callable[[list[Any]], Any], args: list[Any], orders: list[int]) -> Any:
        """A partial derivative of f, one slope inside the other."""
        k = next((k for k, n in enumerate(orders) if n), None)
        if k is None:
            return f(args)
        lower = [n - (i == k) for i, n in enumerate(orders)]
        return self.slope(
            lambda tag: self.partial(f, stepped(args, k, self.step(tag)), lower), next(self._tags)
        )


def stepped(values: Iterable[Any], k: int, by: Any) -> list[Any]:
    return [x + by if i == k else x for i, x in enumerate(values)]
