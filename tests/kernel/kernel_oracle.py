"""What a term without indices means, worked out without the kernel's own rules: by exact fractions, or by mpmath.

Opaque functions are polynomials chosen here.  Where mathematics leaves a value undefined, JUNK is taken, but 0^-1 = 0.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath as mp

from symbackprop.certificates import check
from symbackprop.kernel import (
    Add,
    All,
    App,
    AtLeast,
    Bracket,
    D,
    Definition,
    Differentiable,
    Eq,
    Function,
    Int,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Proof,
    Prop,
    Slope,
    Step,
    Sum,
    Sym,
    Term,
    Theorem,
    closed,
    index,
    minus,
    whole,
)

x, y, z = Sym("x"), Sym("y"), Sym("z")
a, b, c = Sym("a"), Sym("b"), Sym("c")
JUNK = 7

POLYNOMIALS: dict[str, dict[tuple[int, ...], int]] = {
    "g": {(0,): 2, (1,): -3, (2,): 1, (3,): 1},
    "k": {(1,): 1, (2,): -2, (4,): 1},
    "h": {(0, 0): 1, (1, 1): 2, (2, 1): -1, (0, 3): 1},
}
"""What the opaque functions are: exponents and coefficients."""


def num(p: int, q: int = 1) -> Num:
    return Num(Fraction(p, q))


def fam(name: str, *at: Any) -> Sym:
    """A member of a family."""
    return Sym(name, tuple([index(k) for k in at]))


def width(*at: Any) -> Int:
    return Int("d", tuple([index(k) for k in at]))


def at_least(high: Any, low: Any) -> AtLeast:
    """high >= low."""
    return AtLeast(whole(high, minus(index(low))))


def total(low: Any, high: Any, v: Int, t: Term) -> Sum:
    """The sum of t over the values of v."""
    return Sum(whole(low), whole(high), closed(t, v))


def every(low: Any, high: Any, v: Int, p: Prop) -> All:
    return All(whole(low), whole(high), closed(p, v))


def given(p: Prop) -> Step:
    return Step("hypothesis", (), p)


def app(name: str, *args: Term, orders: tuple[int, ...] | None = None) -> App:
    return App(name, orders or (0,) * len(args), args)


def d(t: Term, v: Sym, value: Term) -> Step:
    """The step that a derivative is worked out in."""
    return Step("derivative", (), Slope(t, v, value))


def par(k: int) -> Sym:
    return Sym("#", (k,))


def neg(t: Term) -> Term:
    return Mul((num(-1), t))


def add(*terms: Term) -> Add:
    return Add(terms)


def mul(*factors: Term) -> Mul:
    return Mul(factors)


def inv(t: Term) -> Pow:
    return Pow(t, -1)


def prove(
    *steps: Step,
    functions: Sequence[Function] = (),
    definitions: Sequence[Definition] = (),
    claims: tuple[int, ...] | None = None,
) -> Theorem:
    """The theorem whose claim is the last step."""
    last = (len(steps) - 1,) if claims is None else claims
    return check(Proof(tuple(functions), tuple(definitions), tuple(steps), last))


@dataclass(frozen=True)
class Attack:
    """A proof of something that is false somewhere; its last step is the claim."""

    why: str
    steps: tuple[Step, ...]
    definitions: tuple[Definition, ...] = ()
    functions: tuple[Function, ...] = ()

    def __str__(self) -> str:
        return self.why


def attack(
    why: str,
    *steps: Step,
    definitions: Sequence[Definition] = (),
    functions: Sequence[Function] = (),
) -> Attack:
    return Attack(why, steps, tuple(definitions), tuple(functions))


def polynomial(name: str, orders: tuple[int, ...], args: Sequence[Any]) -> Any:
    """A partial derivative of an opaque function's polynomial."""
    total: Any = 0
    for exponents, coefficient in POLYNOMIALS[name].items():
        term: Any = coefficient
        for e, n, v in zip(exponents, orders, args, strict=True):
            for k in range(n):
                term *= e - k
            term *= v ** max(e - n, 0)
        total += term
    return total


def exact(t: Term, at: Mapping[Sym, Fraction]) -> Fraction:
    """The value of a term in rational operations and opaque functions."""
    if isinstance(t, Num):
        return t.value
    if isinstance(t, Sym):
        return at[t]
    if isinstance(t, Add):
        return sum((exact(u, at) for u in t.terms), Fraction(0))
    if isinstance(t, Mul):
        out = Fraction(1)
        for u in t.factors:
            out *= exact(u, at)
        return out
    if isinstance(t, Pow):
        base = exact(t.base, at)
        return Fraction(0) if base == 0 and t.exponent < 0 else base**t.exponent
    if isinstance(t, Bracket):
        return Fraction(exact(t.term, at) > 0)
    assert isinstance(t, App)
    return Fraction(polynomial(t.name, t.orders, [exact(u, at) for u in t.args]))


KNOWN: dict[str, Callable[[Any], Any]] = {
    "exp": mp.exp,
    "log": lambda v: mp.log(v) if v > 0 else mp.mpf(JUNK),
    "sin": mp.sin,
    "cos": mp.cos,
    "erf": mp.erf,
    "sqrt": lambda v: mp.sqrt(v) if v >= 0 else mp.mpf(JUNK),
}


class Model:
    """Real values of variables, with definitions and defined functions; a term's value in it is a number of mpmath's."""

    def __init__(
        self,
        values: Mapping[Sym, Any],
        definitions: Sequence[Definition] = (),
        functions: Sequence[Function] = (),
    ) -> None:
        self.values = dict(values)
        self.definitions = {d.symbol: d.term for d in definitions}
        self.functions = {f.name: f.term for f in functions}

    def varied(self, v: Sym, value: Any) -> Model:
        """v varies: its own definition is left aside."""
        out = Model({**self.values, v: value})
        out.definitions = {s: t for s, t in self.definitions.items() if s != v}
        out.functions = self.functions
        return out

    def value(self, t: Term) -> Any:
        if isinstance(t, Num):
            return mp.mpf(t.value.numerator) / t.value.denominator
        if isinstance(t, Sym):
            return self.value(self.definitions[t]) if t in self.definitions else self.values[t]
        if isinstance(t, Add):
            return mp.fsum([self.value(u) for u in t.terms])
        if isinstance(t, Mul):
            return mp.fprod([self.value(u) for u in t.factors])
        if isinstance(t, Pow):
            base = self.value(t.base)
            return mp.mpf(0) if base == 0 and t.exponent < 0 else base**t.exponent
        if isinstance(t, Bracket):
            return mp.mpf(1 if self.value(t.term) > 0 else 0)
        if isinstance(t, D):
            return mp.diff(lambda v: self.varied(t.by, v).value(t.term), self.value(t.by))
        assert isinstance(t, App)
        return self.applied(t.name, t.orders, [self.value(u) for u in t.args])

    def applied(self, name: str, orders: tuple[int, ...], args: Sequence[Any]) -> Any:
        if name == "pi":
            return +mp.pi
        if name in POLYNOMIALS and name not in self.functions:
            return mp.mpf(polynomial(name, orders, args))
        if any(orders):
            return mp.diff(lambda *at: self.applied(name, (0,) * len(at), at), tuple(args), orders)
        if name in KNOWN:
            return KNOWN[name](args[0])
        return Model({par(k + 1): v for k, v in enumerate(args)}, (), ()).inside(self, name)

    def inside(self, outer: Model, name: str) -> Any:
        self.functions = outer.functions
        return self.value(outer.functions[name])

    def holds(self, p: Prop, margin: float = 0.0) -> bool:
        """Whether a hypothesis holds, by a margin (so that a numerical derivative may be taken there)."""
        if isinstance(p, Positive):
            return bool(self.value(p.term) > margin)
        if isinstance(p, Nonzero):
            return bool(abs(self.value(p.term)) > margin)
        if isinstance(p, Differentiable):
            return True
        left, right = equal(p)
        return close(self.value(left), self.value(right))


def equal(p: Prop) -> tuple[Term, Term]:
    """What a proposition says to be equal."""
    if isinstance(p, Slope):
        return D(p.term, p.by), p.value
    assert isinstance(p, Eq)
    return p.left, p.right


def close(left: Any, right: Any, tolerance: float = 1e-9) -> bool:
    return bool(abs(left - right) <= tolerance * max(1, abs(left), abs(right)))


def random_term(r: random.Random, depth: int, heads: str, symbols: Sequence[Sym]) -> Term:
    """A term of the given heads: + * ^ - (an inverse) [ (a bracket) g (opaque) e (exp, sin, cos, erf) l (log, sqrt)."""
    if depth == 0 or r.random() < 0.15:
        return r.choice(symbols) if r.random() < 0.7 else num(r.randint(-3, 3), r.randint(1, 3))

    def inner() -> Term:
        return random_term(r, depth - 1, heads, symbols)

    head = r.choice(heads)
    if head == "+":
        return Add(tuple([inner() for _ in range(r.randint(2, 3))]))
    if head == "*":
        return Mul(tuple([inner() for _ in range(r.randint(2, 3))]))
    if head == "^":
        return Pow(inner(), r.randint(0, 3))
    if head == "[":
        return Bracket(inner())
    if head == "g":
        return app("h", inner(), inner()) if r.random() < 0.3 else app(r.choice("gk"), inner())
    if head == "e":
        return app(r.choice(["exp", "sin", "cos", "erf"]), inner())
    if head == "l":
        return app(r.choice(["log", "sqrt"]), inner())
    # an inverse of a constant 0 is refused by the normal form, and so is made rare here
    return Pow(add(inner(), r.choice(symbols)), -r.randint(1, 2))


def random_point(r: random.Random, symbols: Sequence[Sym]) -> dict[Sym, Fraction]:
    """Small values, with zeros and equal ones among them."""
    return {s: Fraction(r.randint(-4, 4), r.choice([1, 1, 2, 3])) for s in symbols}
