"""Small finite models: exact values of the kernel's terms over letters, where depth, widths and indices are numbers.

A model fixes the integers; a variable without a value gets a small rational, an opaque function is a polynomial, each chosen
by the seed and its name.  Members are evaluated by their definitions.  A derivative is a coefficient of numbers with
nilpotent ε, never the kernel's; `confirmed` works it out again by central differences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import combinations_with_replacement, count
from math import factorial, isqrt, prod
from typing import Any, NamedTuple

import sympy as sp
from mpmath.ctx_iv import MPIntervalContext
from mpmath.ctx_mp import MPContext

from ..kernel import (
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
    Vec,
)
from ..kernel.context import Context, is_ground
from ..kernel.integers import combination
from ..kernel.laws import DOMAINS
from .polynomials import Polynomial

MAX_VISITS, MAX_BITS, MAX_NESTED, FARTHEST = 200_000, 50_000, 12, 10_000
"""Nodes of an evaluation; bits of a number; members evaluated inside each other on Python's stack; arguments of exp, sin."""


class Undefined(ArithmeticError):  # noqa: N818 - an answer of its own, not an error
    """A value that mathematics leaves undefined, a kink, or too much work: another model may do.

    >>> value(Model(Context(), {}, {}, 0), Num(Fraction(0)) ** -1)
    Traceback (most recent call last):
    symbackprop.refute.models.Undefined: 1/0
    """


# --- numbers: fractions while they last, then intervals ----------------------------------------------------------

IV, MP = MPIntervalContext(), MPContext()
IV.dps, MP.dps = 60, 90
ERF_ERROR = IV.mpf([-1, 1]) / 10**75
"""mpmath's erf is good to about its last digit, the 90th; this is far more."""


def _interval(x: Any) -> Any:
    return IV.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def _short(x: Any) -> Any:
    if (
        isinstance(x, Fraction)
        and (x.numerator.bit_length() + x.denominator.bit_length()) > MAX_BITS
    ):
        raise Undefined(f"a number of more than {MAX_BITS} bits")
    return x


def _plus(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return _short(a + b)
    return _interval(a) + _interval(b)


def _times(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return _short(a * b)
    if 0 in [x for x in (a, b) if isinstance(x, Fraction)]:
        return Fraction(0)
    return _interval(a) * _interval(b)


def _sign(x: Any) -> int | None:
    """-1, 0, 1; None where an interval does not tell."""
    if isinstance(x, Fraction):
        return (x > 0) - (x < 0)
    return 1 if x.a > 0 else -1 if x.b < 0 else 0 if x.a == 0 and x.b == 0 else None


def _raised(x: Any, n: int) -> Any:
    if n < 0:
        if not _sign(x):
            raise Undefined("1/0")
        x, n = 1 / x, -n
    if n == 0:
        return Fraction(1)
    long = (
        max(x.numerator.bit_length(), x.denominator.bit_length()) if isinstance(x, Fraction) else 1
    )
    if n * (long - 1) > MAX_BITS:
        raise Undefined(f"a number of more than {MAX_BITS} bits")
    return x**n


def apart(a: Any, b: Any) -> bool | None:
    """Whether two values differ: exactly, or as disjoint intervals; None where that can't be told.

    >>> apart(Fraction(1), Fraction(2)), apart(IV.mpf(1), IV.mpf([1, 2]))
    (True, None)
    """
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a != b
    sign = _sign(_interval(a) - _interval(b))
    return None if sign is None else bool(sign)


# --- numbers with ε ----------------------------------------------------------------------------------------------

REAL: frozenset[int] = frozenset()


class _Jet:
    """Σ c ε_s ε_t ... over sets of tags, each ε² = 0.  A part that is 0 stays: it tells what the number depends on."""

    __slots__ = ("parts",)

    def __init__(self, parts: dict[frozenset[int], Any]) -> None:
        self.parts = parts

    @property
    def real(self) -> Any:
        return self.parts.get(REAL, Fraction(0))

    def __add__(self, other: _Jet) -> _Jet:
        out = dict(self.parts)
        for s, c in other.parts.items():
            out[s] = _plus(out[s], c) if s in out else c
        return _Jet(out)

    def __mul__(self, other: _Jet) -> _Jet:
        out: dict[frozenset[int], Any] = {}
        for s, a in self.parts.items():
            for t, b in other.parts.items():
                if s.isdisjoint(t):
                    c = _times(a, b)
                    out[s | t] = _plus(out[s | t], c) if s | t in out else c
        return _Jet(out)

    def slope(self, tag: int) -> _Jet:
        """The coefficient of ε_tag."""
        return _Jet({s - {tag}: c for s, c in self.parts.items() if tag in s})

    def under(self, derivative: Callable[[int], Any]) -> _Jet:
        """f of this number by Taylor's theorem; `derivative` gives f, f', f'', ... at its real part."""
        rest = power = _Jet({s: c for s, c in self.parts.items() if s})
        out, n = _constant(derivative(0)), 1
        while power.parts:
            out = out + _constant(_times(derivative(n), Fraction(1, factorial(n)))) * power
            power, n = power * rest, n + 1
        return out


def _constant(x: Any) -> _Jet:
    return _Jet({REAL: x})


# --- known functions: the n-th derivative at a number, the textbook's, stated again on purpose --------------------

EXACTLY: dict[Any, int] = {
    ("exp", 0): 1,
    ("log", 1): 0,
    ("sin", 0): 0,
    ("cos", 0): 1,
    ("erf", 0): 0,
}


def _function(name: str, x: Any) -> Any:
    """The value of a known function, exactly where that is plain."""
    if isinstance(x, Fraction) and (name, x) in EXACTLY:
        return Fraction(EXACTLY[name, x])
    if name in ("log", "sqrt") and _sign(x) != 1:
        raise Undefined(f"{name} of what may not be positive")
    if name == "sqrt" and isinstance(x, Fraction):
        root = Fraction(isqrt(x.numerator), isqrt(x.denominator))
        if root**2 == x:
            return root
    t = _interval(x)
    if not (t.a > -FARTHEST and t.b < FARTHEST) and name not in ("log", "sqrt"):
        raise Undefined(f"{name}: too far out")
    return _erf(t) if name == "erf" else getattr(IV, name)(t)


def _erf(t: Any) -> Any:
    """erf grows: the values at the ends enclose it, once each is widened by more than its error."""
    ends = [MP.erf(MP.make_mpf(end)) for end in t._mpi_]
    low, high = [IV.make_mpf((e._mpf_, e._mpf_)) + ERF_ERROR for e in ends]
    return IV.mpf([low.a, high.b])


def _log(n: int, x: Any) -> Any:
    value = _function("log", x)
    return _times(Fraction((-1) ** (n - 1) * factorial(n - 1)), _raised(x, -n)) if n else value


def _sin(n: int, x: Any) -> Any:
    """sin, cos, -sin, -cos."""
    return _times(Fraction((-1) ** (n // 2)), _function("cos" if n % 2 else "sin", x))


def _sqrt(n: int, x: Any) -> Any:
    c = prod([Fraction(1, 2) - k for k in range(n)], start=Fraction(1))
    return _times(_times(c, _function("sqrt", x)), _raised(x, -n))


def _erf_slopes(n: int, x: Any) -> Any:
    """The n-th derivative is that of 2/√π exp(-x²): (-1)^(n-1) H_(n-1)(x) times it."""
    if n == 0:
        return _function("erf", x)
    low, high = Fraction(0), Fraction(1)  # H_(-1), H_0
    for k in range(n - 1):
        turn = _times(Fraction(2), _times(x, high))
        low, high = high, _plus(turn, _times(Fraction(-2 * k), low))
    bell = 2 / IV.sqrt(IV.pi) * _interval(_function("exp", _times(Fraction(-1), _times(x, x))))
    return _times(Fraction((-1) ** (n - 1)), _times(high, bell))


KNOWN: dict[str, Callable[[int, Any], Any]] = {
    "exp": lambda n, x: _function("exp", x),
    "log": _log,
    "sin": _sin,
    "cos": lambda n, x: _sin(n + 1, x),
    "sqrt": _sqrt,
    "erf": _erf_slopes,
}


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


def opaque(seed: int, name: str, index: tuple[int, ...], labels: tuple[Label, ...]) -> Opaque:
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
    return Opaque(labels, Polynomial(arity, tuple(terms)))


# --- models, and a walk through terms with numbers of any kind --------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """Numbers for letters and widths, values of variables, and the seed of all that is not given.

    >>> m = Model(Context(), {Int("L"): 3}, {Sym("a"): Fraction(1, 2)}, seed=0)
    >>> print(value(m, Sym("a") * Int("L")))
    3/2
    """

    context: Context
    integers: Mapping[Int, int]
    values: Mapping[Sym, Fraction]
    seed: int


class _Place(NamedTuple):
    """Where a term stands: letters, the binders' variables (innermost first), a function's parameters, what is moved."""

    letters: Mapping[Int, int]
    bound: tuple[int, ...] = ()
    parameters: tuple[Any, ...] = ()
    moved: tuple[tuple[Sym, int], ...] = ()

    def within(self, k: int) -> _Place:
        return self._replace(bound=(k, *self.bound))


class _Later(Exception):  # noqa: N818
    """A member that is to be evaluated first, on a stack of its own."""

    def __init__(self, s: Sym, moved: tuple[tuple[Sym, int], ...]) -> None:
        super().__init__(s)
        self.member = s, moved


class _Integers:
    """Integers, and which definition covers a member, in a model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.top = _Place(model.integers)
        every = [d for own in model.context.families.values() for d in own]
        self._limited = {d.symbol for d in every if d.where and is_ground(d)}

    def integer(self, k: Any, at: _Place) -> int:
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

    def integers(self, index: Iterable[Any], at: _Place) -> tuple[int, ...]:
        return tuple([self.integer(k, at) for k in index])

    def range(self, t: Any, at: _Place) -> range:
        """The values of a binder's variable."""
        return range(self.integer(t.low, at), self.integer(t.high, at) + 1)

    def definition(self, s: Sym) -> tuple[Term, _Place] | None:
        """What defines a member, and the letters of its definition; None where it is a variable."""
        context = self.model.context
        if s in context.symbols and s not in self._limited:
            return context.symbols[s], self.top
        for d in context.families.get(s.name, ()):
            own = d.symbol == s if is_ground(d) else True
            letters = self._covering(d, s) if own else None
            if letters is not None:
                return d.term, _Place(letters)
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
                    letters[v] = k - self.integer(pattern, _Place(letters))
            if self.integer(pattern, _Place(letters)) != k:
                return None
        own = _Place(letters)
        return letters if all(self.integer(k, own) >= 0 for k in d.where) else None


class _Walk(_Integers):
    """The value of a term by what it says; what numbers are, and a derivative of them, is for those that inherit."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.variables: dict[Sym, Fraction] = {}
        self.functions: dict[tuple[str, tuple[int, ...]], Opaque] = {}
        self._members: dict[Any, Any] = {}
        self._polynomials: dict[Any, Opaque] = {}
        self._visits = self._nested = 0
        self._tags = count(-1, -1)

    def number(self, q: Fraction) -> Any:
        raise NotImplementedError

    def step(self, tag: int) -> Any:
        """By how much something moves."""
        raise NotImplementedError

    def slope(self, f: Callable[[int], Any], tag: int) -> Any:
        """The derivative by a step."""
        raise NotImplementedError

    def power(self, x: Any, n: int) -> Any:
        raise NotImplementedError

    def bracket(self, x: Any) -> Any:
        raise NotImplementedError

    def known(self, name: str, args: list[Any], orders: list[int]) -> Any:
        raise NotImplementedError

    def opaque(self, p: Polynomial, args: list[Any], orders: list[int]) -> Any:
        raise NotImplementedError

    def visit(self, n: int = 1) -> None:
        self._visits += n
        if self._visits > MAX_VISITS:
            raise Undefined(f"more than {MAX_VISITS} nodes")

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
            except _Later as later:
                todo.append(later.member)
            except RecursionError:
                raise Undefined("more than Python's stack holds") from None

    def member(self, s: Sym, moved: tuple[tuple[Sym, int], ...]) -> Any:
        """A member by its definition, or a variable; and its steps, where it is moved itself."""
        if (s, moved) in self._members:
            return self._members[s, moved]
        if self._nested >= MAX_NESTED:
            raise _Later(s, moved)
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

    def term(self, t: Any, at: _Place) -> Any:
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

    def _derivative(self, t: Term, v: Sym, at: _Place) -> Any:
        """v moves, whatever defines it, and all above it follows."""
        if v.name == "#" and at.parameters:
            k = v.index[0] - 1

            def moved(tag: int) -> Any:
                values = _stepped(at.parameters, k, self.step(tag))
                return self.term(t, at._replace(parameters=tuple(values)))

            return self.slope(moved, next(self._tags))
        s = Sym(v.name, self.integers(v.index, at))
        return self.slope(
            lambda tag: self.term(t, at._replace(moved=(*at.moved, (s, tag)))), len(at.moved) + 1
        )

    def _applied(self, t: App, at: _Place) -> Any:
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
            f = self._polynomials[*key, labels] = opaque(self.model.seed, *key, labels)
            if key not in self.functions or len(labels) > len(self.functions[key].labels):
                self.functions[key] = f
        return self._polynomials[*key, labels].polynomial

    def _arguments(self, t: App, at: _Place) -> tuple[tuple[Label, ...], list[Any], list[int]]:
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
            lambda tag: self.partial(f, _stepped(args, k, self.step(tag)), lower), next(self._tags)
        )


def _stepped(values: Iterable[Any], k: int, by: Any) -> list[Any]:
    return [x + by if i == k else x for i, x in enumerate(values)]


class Evaluation(_Walk):
    """Exact values in a model, each member evaluated once; `variables` and `functions` are those that were met.

    >>> e = Evaluation(Model(Context(), {}, {}, 0))
    >>> print(e.value(App("g", (1,), (Sym("a"),))), *e.variables.values(), *e.functions.values())
    -1/2 1 -t^2/2 + t/2 + 1
    """

    def value(self, t: Term) -> Any:
        """A Fraction, or an interval of `IV` where a known function makes it no rational."""
        return self.settled(lambda: self.term(t, self.top)).real

    def holds(self, p: Prop) -> bool | None:
        """Whether a proposition is true; None where intervals don't tell."""
        found: bool | None = self.settled(lambda: self._true(p, self.top))
        return found

    def _true(self, p: Any, at: _Place) -> bool | None:
        self.visit()
        match p:
            case Eq(a, b):
                other = apart(self.term(a, at).real, self.term(b, at).real)
                return None if other is None else not other
            case Slope(t, v, u):
                return self._true(Eq(D(t, v), u), at)
            case Positive(t):
                sign = _sign(self.term(t, at).real)
                return None if sign is None else sign > 0
            case Nonzero(t):
                sign = _sign(self.term(t, at).real)
                return None if sign is None else sign != 0
            case AtLeast(k):
                return self.integer(k, at) >= 0
            case Differentiable(t):
                return self._smooth(t, at)
            case All(_, _, body):
                return _every([self._true(body, at.within(k)) for k in self.range(p, at)])
        raise ValueError(f"no proposition: {p}")

    def _smooth(self, t: App, at: _Place) -> bool | None:
        """A polynomial is differentiable, a known function in its domain, a defined one where its slopes have values."""
        if t.name in DOMAINS:
            return _every([self._true(p, at) for p in DOMAINS[t.name](t.args[0])])
        if (t.name, self.integers(t.index, at)) in self.model.context.functions:
            for k in range(len(t.args)):
                orders = tuple([n + (i == k) for i, n in enumerate(t.orders)])
                self.term(App(t.name, orders, t.args, t.index), at)
        return True

    def number(self, q: Fraction) -> _Jet:
        return _constant(q)

    def step(self, tag: int) -> _Jet:
        return _Jet({frozenset([tag]): Fraction(1)})

    def slope(self, f: Callable[[int], Any], tag: int) -> _Jet:
        out: _Jet = f(tag).slope(tag)
        return out

    def power(self, x: _Jet, n: int) -> _Jet:
        def derivative(k: int) -> Any:
            c = Fraction(prod(range(n - k + 1, n + 1)))
            return _times(c, _raised(x.real, n - k)) if c else Fraction(0)

        return x.under(derivative)

    def bracket(self, x: _Jet) -> _Jet:
        sign = _sign(x.real)
        if sign is None or (sign == 0 and {*x.parts} - {REAL}):
            raise Undefined("a bracket where it jumps")
        return _constant(Fraction(sign > 0))

    def known(self, name: str, args: list[Any], orders: list[int]) -> _Jet:
        if name == "pi":
            return _constant(+IV.pi)
        x: _Jet = args[0]
        return x.under(lambda n: KNOWN[name](orders[0] + n, x.real))

    def opaque(self, p: Polynomial, args: list[Any], orders: list[int]) -> Any:
        return p.partial(orders)(args, self.number)


def _every(found: list[bool | None]) -> bool | None:
    return False if False in found else None if None in found else True


def value(model: Model, t: Term) -> Any:
    """The value of a term: a Fraction, or an interval of `IV`.  Raises Undefined.

    >>> a = Sym("a")
    >>> print(value(Model(Context(), {}, {a: Fraction(3)}, 0), D(a * a, a)))
    6
    """
    return Evaluation(model).value(t)


def holds(model: Model, p: Prop) -> bool | None:
    """Whether a proposition is true in a model; None where intervals don't tell.  Raises Undefined.

    >>> holds(Model(Context(), {}, {}, 0), Eq(Sym("a") - Sym("a"), Num(Fraction(0))))
    True
    """
    return Evaluation(model).holds(p)


# --- the same once more, by differences ---------------------------------------------------------------------------

FINE = MPContext()
FINE.dps = 400
WIDTH, KINK = FINE.mpf(10) ** -60, FINE.mpf(10) ** -40
AGREE, DIFFER = FINE.mpf(10) ** -30, FINE.mpf(10) ** -15


class _Differences(_Walk):
    """Values to many digits; a derivative is a central difference of the values, of whatever is differentiated."""

    def number(self, q: Fraction) -> Any:
        return FINE.mpf(q.numerator) / q.denominator

    def step(self, tag: int) -> Any:
        return WIDTH * tag

    def slope(self, f: Callable[[int], Any], tag: int) -> Any:
        return (f(1) - f(-1)) / (2 * WIDTH)

    def power(self, x: Any, n: int) -> Any:
        if n < 0 and abs(x) < KINK:
            raise Undefined("1/0")
        return x**n

    def bracket(self, x: Any) -> Any:
        if x != 0 and abs(x) < KINK:
            raise Undefined("a bracket where it jumps")
        return self.number(Fraction(x > 0))

    def known(self, name: str, args: list[Any], orders: list[int]) -> Any:
        return self.partial(lambda x: self._function(name, *x), args, orders)

    def _function(self, name: str, *x: Any) -> Any:
        if name in ("log", "sqrt") and x[0] <= 0:
            raise Undefined(f"{name} of what is not positive")
        return getattr(FINE, name)(*x) if x else +FINE.pi

    def opaque(self, p: Polynomial, args: list[Any], orders: list[int]) -> Any:
        return self.partial(lambda x: p(x, self.number), args, orders)

    def value(self, t: Term) -> Any:
        return self.settled(lambda: self.term(t, self.top))


def confirmed(model: Model, left: Term, right: Term) -> bool:
    """Whether both sides differ, exactly and by far in values that were worked out again by central differences.

    >>> a, m = Sym("a"), Model(Context(), {}, {}, 0)
    >>> confirmed(m, D(a * a, a), a), confirmed(m, D(a * a, a), a + a)
    (True, False)
    """
    exact, fine = Evaluation(model), _Differences(model)
    try:
        pairs = [(exact.value(t), fine.value(t)) for t in (left, right)]
    except ArithmeticError:
        return False
    (a, x), (b, y) = pairs
    scale = max(abs(x), abs(y))
    near = all(_distance(e, f) <= AGREE * scale for e, f in pairs)
    return bool(apart(a, b)) and near and bool(abs(x - y) > DIFFER * scale)


def _distance(exact: Any, fine: Any) -> Any:
    """How far a value is at most from the exact one."""
    if isinstance(exact, Fraction):
        return abs(fine - FINE.mpf(exact.numerator) / exact.denominator)
    return max(abs(fine - FINE.make_mpf(end)) for end in exact._mpi_)
