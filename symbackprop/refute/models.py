"""Small finite models: exact values of the kernel's terms over letters, where depth, widths and indices are numbers.

A derivative is a coefficient of numbers with nilpotent ε, never the kernel's; `confirmed` works it out again by central
differences.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

from mpmath.ctx_mp import MPContext

from ..kernel import (
    All,
    App,
    AtLeast,
    D,
    Differentiable,
    Eq,
    Nonzero,
    Positive,
    Prop,
    Slope,
    Term,
)
from ..kernel.context import Context as Context
from ..kernel.laws import DOMAINS
from .numbers import IV as IV
from .numbers import KNOWN, REAL, Jet, constant, raised, sign_of, times
from .numbers import Undefined as Undefined
from .numbers import apart as apart
from .polynomials import Polynomial
from .walk import Model as Model
from .walk import Opaque as Opaque
from .walk import Place, Walk
from .walk import opaque as opaque
from .walk import rational as rational


class Evaluation(Walk):
    """Exact values in a model, each member evaluated once; `variables` and `functions` are those that were met.

    >>> from symbackprop.kernel import *
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

    def _true(self, p: Any, at: Place) -> bool | None:
        self.visit()
        match p:
            case Eq(a, b):
                other = apart(self.term(a, at).real, self.term(b, at).real)
                return None if other is None else not other
            case Slope(t, v, u):
                return self._true(Eq(D(t, v), u), at)
            case Positive(t):
                sign = sign_of(self.term(t, at).real)
                return None if sign is None else sign > 0
            case Nonzero(t):
                sign = sign_of(self.term(t, at).real)
                return None if sign is None else sign != 0
            case AtLeast(k):
                return self.integer(k, at) >= 0
            case Differentiable(t):
                return self._smooth(t, at)
            case All(_, _, body):
                return _every([self._true(body, at.within(k)) for k in self.range(p, at)])
        raise ValueError(f"no proposition: {p}")

    def _smooth(self, t: App, at: Place) -> bool | None:
        """A polynomial is differentiable, a known function in its domain, a defined one where its slopes have values."""
        if t.name in DOMAINS:
            return _every([self._true(p, at) for p in DOMAINS[t.name](t.args[0])])
        if (t.name, self.integers(t.index, at)) in self.model.context.functions:
            for k in range(len(t.args)):
                orders = tuple([n + (i == k) for i, n in enumerate(t.orders)])
                self.term(App(t.name, orders, t.args, t.index), at)
        return True

    def number(self, q: Fraction) -> Jet:
        return constant(q)

    def step(self, tag: int) -> Jet:
        return Jet({frozenset([tag]): Fraction(1)})

    def slope(self, f: Callable[[int], Any], tag: int) -> Jet:
        out: Jet = f(tag).slope(tag)
        return out

    def power(self, x: Jet, n: int) -> Jet:
        def derivative(k: int) -> Any:
            c = Fraction(prod(range(n - k + 1, n + 1)))
            return times(c, raised(x.real, n - k)) if c else Fraction(0)

        return x.under(derivative)

    def bracket(self, x: Jet) -> Jet:
        sign = sign_of(x.real)
        if sign is None or (sign == 0 and {*x.parts} - {REAL}):
            raise Undefined("a bracket where it jumps")
        return constant(Fraction(sign > 0))

    def known(self, name: str, args: list[Any], orders: list[int]) -> Jet:
        if name == "pi":
            return constant(+IV.pi)
        x: Jet = args[0]
        return x.under(lambda n: KNOWN[name](orders[0] + n, x.real))

    def opaque(self, p: Polynomial, args: list[Any], orders: list[int]) -> Any:
        return p.partial(orders)(args, self.number)


def _every(found: list[bool | None]) -> bool | None:
    return False if False in found else None if None in found else True


def value(model: Model, t: Term) -> Any:
    """The value of a term: a Fraction, or an interval of `IV`.  Raises Undefined.

    >>> from symbackprop.kernel import *
    >>> a = Sym("a")
    >>> print(value(Model(Context(), {}, {a: Fraction(3)}, 0), D(a * a, a)))
    6
    """
    return Evaluation(model).value(t)


def holds(model: Model, p: Prop) -> bool | None:
    """Whether a proposition is true in a model; None where intervals don't tell.  Raises Undefined.

    >>> from symbackprop.kernel import *
    >>> holds(Model(Context(), {}, {}, 0), Eq(Sym("a") - Sym("a"), Num(Fraction(0))))
    True
    """
    return Evaluation(model).holds(p)


# --- the same once more, by differences ---------------------------------------------------------------------------

FINE = MPContext()
FINE.dps = 400
WIDTH, KINK = FINE.mpf(10) ** -60, FINE.mpf(10) ** -40
AGREE, DIFFER = FINE.mpf(10) ** -30, FINE.mpf(10) ** -15


class _Differences(Walk):
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

    >>> from symbackprop.kernel import *
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
