"""What terms and propositions mean in a network of numbers, worked out by evaluation alone: no normal form, no substitution.

A model has a depth, widths, and a value for each member that no definition covers; opaque functions are polynomials, or
rational functions between 0 and 1.  Derivatives are taken with dual numbers: v varies, its own definition is left aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from random import Random
from typing import Any

from mpmath.ctx_mp import MPContext

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
    Node,
    Nonzero,
    Num,
    Positive,
    Pow,
    Slope,
    Sum,
    Sym,
    Vec,
)

mp = MPContext()
mp.dps = 60
TOLERANCE = mp.mpf(10) ** -30
JUNK = Fraction(7)
"""What stands where mathematics leaves a value undefined."""


# --- numbers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dual:
    """a + b ε, where ε² = 0; a and b are fractions, mpmath's numbers, or dual numbers themselves."""

    a: Any
    b: Any = Fraction(0)

    def __add__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.a + o.a, self.b + o.b)

    def __mul__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.a * o.a, self.b * o.a + self.a * o.b)

    __radd__, __rmul__ = __add__, __mul__


def dual(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(x)


def real(x: Any) -> Any:
    """The number without its ε."""
    return real(x.a) if isinstance(x, Dual) else x


def lifted(f: Callable[[int, Any], Any], x: Any, order: int = 0) -> Any:
    """The order-th derivative of a function of one number, at a dual number too; f(n, x) is the n-th at a number."""
    if not isinstance(x, Dual):
        return f(order, x)
    return Dual(lifted(f, x.a, order), lifted(f, x.a, order + 1) * x.b)


def power(n: int) -> Callable[[int, Any], Any]:
    """x^n with all its derivatives; 0^-1 is 0."""

    def f(order: int, x: Any) -> Any:
        c = prod(range(n - order + 1, n + 1))
        if x == 0 and n - order < 0:
            return Fraction(0)
        return c * x ** (n - order) if c else Fraction(0)

    return f


def precise(x: Any) -> Any:
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def _log(order: int, x: Any) -> Any:
    if x <= 0:
        return JUNK
    if order == 0:
        return mp.log(precise(x))
    return (-1) ** (order - 1) * mp.factorial(order - 1) * precise(x) ** -order


def _sin(order: int, x: Any) -> Any:
    turns = (mp.sin, mp.cos, lambda t: -mp.sin(t), lambda t: -mp.cos(t))
    return turns[order % 4](precise(x))


def _sqrt(order: int, x: Any) -> Any:
    if x <= 0:
        return JUNK
    c = prod([Fraction(1, 2) - k for k in range(order)], start=Fraction(1))
    return precise(c) * mp.sqrt(precise(x)) * precise(x) ** -order


def _erf(order: int, x: Any) -> Any:
    if order == 0:
        return mp.erf(precise(x))
    bell = 2 / mp.sqrt(mp.pi) * mp.exp(-(precise(x) ** 2))
    return bell * (1, -2 * precise(x), 4 * precise(x) ** 2 - 2)[order - 1]


KNOWN: dict[str, Callable[[int, Any], Any]] = {
    "exp": lambda order, x: mp.exp(precise(x)),
    "log": _log,
    "sin": _sin,
    "cos": lambda order, x: _sin(order + 1, x),
    "sqrt": _sqrt,
    "erf": _erf,
}
"""The known functions and their derivatives."""


# --- opaque functions --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Polynomial:
    """Rows of a coefficient and the exponents of the variables."""

    rows: tuple[tuple[Fraction, tuple[int, ...]], ...]

    def slope(self, k: int) -> Polynomial:
        """The partial derivative by the k-th variable."""
        return Polynomial(
            tuple([(c * n[k], (*n[:k], n[k] - 1, *n[k + 1 :])) for c, n in self.rows if n[k]])
        )

    def __call__(self, *x: Any) -> Any:
        total: Any = Fraction(0)
        for c, exponents in self.rows:
            total = (
                total + prod([lifted(power(n), v) for n, v in zip(exponents, x, strict=True)]) * c
            )
        return total


@dataclass(frozen=True)
class Between:
    """x -> 1 / (1 + (x + c)²), between 0 and 1, and its derivatives."""

    shift: Fraction
    order: int = 0

    def slope(self, k: int) -> Between:
        return Between(self.shift, self.order + 1)

    def __call__(self, x: Any) -> Any:
        return lifted(self._at, x, self.order)

    def _at(self, order: int, x: Any) -> Any:
        t = x + self.shift
        q = 1 / (1 + t**2)
        return (q, -2 * t * q**2, (6 * t**2 - 2) * q**3, 24 * t * (1 - t**2) * q**4)[order]


# --- models ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Env:
    """The values of integer letters, of the binders' variables (the innermost first), and of a function's parameters."""

    letters: Mapping[str, int]
    bound: tuple[int, ...] = ()
    parameters: tuple[Any, ...] = ()

    def within(self, k: int) -> Env:
        return Env(self.letters, (k, *self.bound), self.parameters)


@dataclass
class Model:
    """A network of numbers, chosen by a seed as it is asked for them.

    `between` makes the functions of one argument lie between 0 and 1; `unit` makes the y of the last layer add up to 1.
    """

    functions: tuple[Function, ...]
    definitions: tuple[Definition, ...]
    seed: int
    depth: int
    between: bool = False
    unit: bool = False
    known: dict[Any, Any] = field(default_factory=dict)

    def random(self, *key: Any) -> Random:
        """The same numbers for the same question, whatever was asked before."""
        return Random(f"{self.seed} {key}")

    def rational(self, *key: Any) -> Fraction:
        r = self.random(*key)
        return Fraction(r.choice((-3, -2, -1, 1, 2, 3)), r.choice((1, 2, 3)))

    # --- integers ---------------------------------------------------------------------------------------------

    def width(self, l: int) -> int:
        return self.random("width", l).randint(1, 3)

    def integer(self, k: Any, env: Env) -> int:
        """The value of an index, a width or a limit."""
        match k:
            case int():
                return k
            case Num(value):
                assert value.denominator == 1
                return int(value)
            case Bound(level):
                return env.bound[level]
            case Int("d", (l,)):
                return self.width(self.integer(l, env))
            case Int("L", ()):
                return self.depth
            case Int(name, ()):
                return env.letters[name]
            case Add(terms):
                return sum([self.integer(u, env) for u in terms])
            case Mul(factors):
                return prod([self.integer(u, env) for u in factors])
        raise TypeError(f"no integer: {k}")

    def integers(self, t: Any, env: Env) -> range:
        """The range of a binder."""
        return range(self.integer(t.low, env), self.integer(t.high, env) + 1)

    # --- members ----------------------------------------------------------------------------------------------

    def member(self, name: str, at: tuple[int, ...], v: Any) -> Any:
        """A member's value, with ε where v varies."""
        if (name, at) == v:
            return Dual(self.member(name, at, None), Fraction(1))
        key = (name, at, v)
        if key not in self.known:
            cases = [c for d in self.definitions if (c := self.case(d, name, at)) is not None]
            assert len(cases) <= 1, f"{name}{at} is defined twice"
            self.known[key] = self.value(*cases[0], v) if cases else self.free(name, at)
        return self.known[key]

    def case(self, d: Definition, name: str, at: tuple[int, ...]) -> tuple[Any, Env] | None:
        """What the definition says of a member, and for which letters; None where it does not cover it."""
        if d.symbol.name != name or len(d.symbol.index) != len(at):
            return None
        letters: dict[str, int] = {}
        for pattern, k in zip(d.symbol.index, at, strict=True):
            own = [v.name for v in d.over if mentions(pattern, v)]
            start = self.integer(pattern, Env(dict.fromkeys(own, 0)))
            letters |= dict.fromkeys(own, k - start)
            if self.integer(pattern, Env(letters)) != k:
                return None
        env = Env(letters)
        return (d.term, env) if all(self.integer(k, env) >= 0 for k in d.where) else None

    def free(self, name: str, at: tuple[int, ...]) -> Fraction:
        if self.unit and name == "y" and at == (self.width(self.depth),):
            return 1 - sum([self.free("y", (j,)) for j in range(1, at[0])], Fraction(0))
        return self.rational(name, at)

    # --- values -----------------------------------------------------------------------------------------------

    def value(self, t: Any, env: Env, v: Any = None) -> Any:
        """The value of a term, with ε where v varies."""
        match t:
            case Num(value):
                return value
            case Sym("#", (k,)):
                return env.parameters[k - 1]
            case Sym(name, at):
                return self.member(name, self.place(at, env), v)
            case Int() | Bound():
                return Fraction(self.integer(t, env))
            case Add(terms):
                return sum([self.value(u, env, v) for u in terms], Fraction(0))
            case Mul(factors):
                return prod([self.value(u, env, v) for u in factors], start=Fraction(1))
            case Pow(base, n):
                return lifted(power(n), self.value(base, env, v))
            case App():
                return self.applied(t, env, v)
            case Bracket(u):
                return Fraction(int(real(self.value(u, env, v)) > 0))
            case Kron(low, high):
                return Fraction(int(self.integer(low, env) == self.integer(high, env)))
            case Sum(_, _, body):
                each = [self.value(body, env.within(k), v) for k in self.integers(t, env)]
                return sum(each, Fraction(0))
            case D(term, by):
                assert v is None, "a derivative in a derivative"
                return dual(self.value(term, env, (by.name, self.place(by.index, env)))).b
        raise TypeError(f"no term: {t}")

    def place(self, at: tuple[Any, ...], env: Env) -> tuple[int, ...]:
        return tuple([self.integer(k, env) for k in at])

    def applied(self, t: App, env: Env, v: Any) -> Any:
        """A function, or its partial derivative, at its arguments."""
        at = self.place(t.index, env)
        if t.name == "pi":
            return +mp.pi
        if t.name in KNOWN:
            return lifted(KNOWN[t.name], self.value(t.args[0], env, v), t.orders[0])
        own = [f for f in self.functions if (f.name, f.index) == (t.name, t.index)]
        if own:
            return self.defined(own[0], t.orders[0], self.value(t.args[0], env, v))
        values, places, slopes = [], [], []
        for order, u in zip(t.orders, t.args, strict=True):
            ks = [(k,) for k in self.integers(u, env)] if isinstance(u, Vec) else [()]
            bodies = [(u.body, env.within(*k)) for k in ks] if isinstance(u, Vec) else [(u, env)]
            values += [self.value(body, e, v) for body, e in bodies]
            components = self.place(order, env) if isinstance(u, Vec) else [None] * order
            slopes += [(len(places), *([] if k is None else [k])) for k in components]
            places.append(ks)
        return self.opaque(t.name, at, places, slopes)(*values)

    def defined(self, f: Function, order: int, x: Any) -> Any:
        """A derivative of a defined function of one argument."""
        assert f.arity == 1
        for _ in range(order):
            x = Dual(x, Fraction(1))
        out = self.value(f.term, Env({}, (), (x,)))
        for _ in range(order):
            out = dual(out).b
        return out

    def opaque(
        self, name: str, at: tuple[int, ...], places: Any, slopes: Any
    ) -> Callable[..., Any]:
        """A function of which nothing is known, here a polynomial, differentiated by some of its variables."""
        every = [(n, *k) for n, ks in enumerate(places) for k in ks]
        r = self.random("function", name, at, every)
        f: Any = Between(Fraction(r.randint(-2, 2), 2)) if self.between else None
        if f is None or len(every) != 1:
            f = polynomial(r, len(every))
        for s in slopes:
            if s not in every:
                return lambda *values: JUNK
            f = f.slope(every.index(s))
        return f

    # --- propositions -----------------------------------------------------------------------------------------

    def holds(self, p: Any, env: Env) -> bool:
        """Whether a proposition is true here."""
        match p:
            case Eq(left, right):
                return alike(self.value(left, env), self.value(right, env))
            case Slope(term, by, value):
                return alike(self.value(D(term, by), env), self.value(value, env))
            case Positive(t):
                return bool(self.value(t, env) > 0)
            case Nonzero(t):
                return bool(self.value(t, env) != 0)
            case AtLeast(k):
                return self.integer(k, env) >= 0
            case Differentiable(at):
                return at.name not in ("log", "sqrt") or self.value(at.args[0], env) > 0
            case All(_, _, body):
                return all(self.holds(body, env.within(k)) for k in self.integers(p, env))
        raise TypeError(f"no proposition: {p}")


def alike(a: Any, b: Any) -> bool:
    """Equal: exactly, or to 30 digits where a number is none of arithmetic."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    a, b = precise(a), precise(b)
    return bool(abs(a - b) <= TOLERANCE * (1 + abs(a) + abs(b)))


def polynomial(r: Random, arity: int) -> Polynomial:
    """A polynomial with each variable and some products of them."""
    rows = [tuple([int(n == k) for n in range(arity)]) for k in range(arity)]
    rows += [tuple([r.choice((0, 0, 1, 2)) for _ in range(arity)]) for _ in range(4)]
    return Polynomial(
        tuple([(Fraction(r.choice((-2, -1, 1, 2, 3)), r.choice((1, 2))), n) for n in rows])
    )


def nodes(t: Any) -> list[Any]:
    """The nodes in a node, itself first."""
    if isinstance(t, tuple):
        return [u for v in t for u in nodes(v)]
    return [t, *nodes(t.values())] if isinstance(t, Node) else []


def mentions(t: Any, v: Any) -> bool:
    return v in nodes(t)


def letters(*parts: Any) -> list[str]:
    """The integer letters that are free to choose."""
    names = [u.name for u in nodes(parts) if isinstance(u, Int) and not u.index and u.name != "L"]
    return sorted(set(names))


def choices(model: Model, hypotheses: Any, conclusion: Any, tries: int = 1000) -> Iterator[Env]:
    """Letters within the ranges that the hypotheses give: some far out first, then near the network's."""
    limits = [h for h in hypotheses if isinstance(h, AtLeast)]
    names = letters(conclusion, *hypotheses)
    r = model.random("letters", str(conclusion))
    for k in range(tries):
        low, high = (-2, model.depth + 3) if k < 5 else (0, model.depth + 1)
        env = Env({name: r.randint(low, high) for name in names})
        if all(model.holds(h, env) for h in limits):
            yield env
