"""The entries of traced arrays: numbers that know more than their value.

A `Value` has few operations of its own (plus, times, inverse, a known function, the sign of it as 0 or 1); all else that
NumPy asks of an entry is put together from these here, once for both kinds: entries.py has kernel terms, duals.py has
exact numbers with their slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isfinite, ulp
from typing import Any, Self

import numpy as np

from .refusing import refuse

Number = Any
"""A Fraction, or an interval of mpmath's."""
PLAIN = (int, float, Fraction, np.number, np.bool_)
MAX_POWER = 64
MAX_DENOMINATOR = 5000


def exact(x: Any) -> Fraction:
    """A plain number as a fraction: a float by its shortest decimals; what was computed, by a simple fraction that it is near.

    >>> exact(0.1), exact(1 / 3), exact(0.1 + 0.2), exact(2)
    (Fraction(1, 10), Fraction(1, 3), Fraction(3, 10), Fraction(2, 1))
    """
    if isinstance(x, bool | np.bool_ | int | np.integer):
        return Fraction(int(x))
    if isinstance(x, Fraction):
        return x
    value = float(x)
    if not isfinite(value):
        refuse(f"the number {value}", "expected a finite one")
    text = Fraction(repr(value)) if isinstance(x, float) else Fraction(str(x))
    near = text.limit_denominator(MAX_DENOMINATOR)
    computed = len(str(text.numerator)) >= 15 and abs(float(near) - value) <= 4 * ulp(value)
    return near if near != text and (computed or float(near) == value) else text


def is_infinite(x: Any) -> bool:
    return isinstance(x, float | np.floating) and x in (float("inf"), float("-inf"))


class Value:
    """An entry.  What is `mask` is 0 or 1, as a comparison gives it."""

    __slots__ = ()
    number: Number
    mask: bool

    # --- what each kind has of its own ---------------------------------------------------------------------------

    def lift(self, x: Any) -> Self:
        raise NotImplementedError

    def plus(self, other: Self) -> Self:
        raise NotImplementedError

    def times(self, other: Self) -> Self:
        raise NotImplementedError

    def inverse(self) -> Self:
        raise NotImplementedError

    def call(self, name: str) -> Self:
        """A known function of it."""
        raise NotImplementedError

    def above(self) -> Self:
        """1 where it is positive, else 0."""
        raise NotImplementedError

    def equals(self, other: Self) -> Self:
        """1 where both are equal, else 0."""
        raise NotImplementedError

    def followed(self) -> bool:
        """Whether a mask is 1 at this point: a branch that is taken."""
        raise NotImplementedError

    def largest(self, others: Sequence[Self]) -> Self:
        """The largest of it and others."""
        raise NotImplementedError

    def constant(self) -> Fraction | None:
        """The number that it is whatever the inputs are; None where it depends on them, or is no fraction."""
        raise NotImplementedError

    def as_mask(self) -> Self:
        raise NotImplementedError

    def same(self, other: Self) -> bool:
        """Whether both are one number, whatever the inputs are."""
        return bool((self - other).constant() == 0)

    # --- arithmetic ----------------------------------------------------------------------------------------------

    def lifted(self, x: Any) -> Any:
        if isinstance(x, type(self) | Infinite):
            return x
        if isinstance(x, np.ndarray) and x.shape == ():
            return self.lifted(x.item())
        if isinstance(x, PLAIN):
            return self.lift(x)
        return refuse(f"arithmetic with a {type(x).__name__}", "expected numbers")

    def __add__(self, x: Any) -> Any:
        other = self.lifted(x)
        return other + self if isinstance(other, Infinite) else self.plus(other)

    __radd__ = __add__

    def __mul__(self, x: Any) -> Any:
        other = self.lifted(x)
        return other * self if isinstance(other, Infinite) else self.times(other)

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return self.times(self.lift(-1))

    def __pos__(self) -> Any:
        return self

    def __sub__(self, x: Any) -> Any:
        return self + -self.lifted(x)

    def __rsub__(self, x: Any) -> Any:
        return self.lifted(x) - self

    def __truediv__(self, x: Any) -> Any:
        return self * self.lifted(x).inverse()

    def __rtruediv__(self, x: Any) -> Any:
        return self.lifted(x) * self.inverse()

    def __pow__(self, x: Any) -> Any:
        other = self.lifted(x)
        n = other.constant()
        if n is None:
            return (other * self.call("log")).call("exp")
        if n.denominator == 1 and abs(n) <= MAX_POWER:
            return self.whole_power(int(n))
        if n.denominator == 2 and abs(n) <= MAX_POWER:
            root = self.call("sqrt")
            return root if n == Fraction(1, 2) else root.whole_power(n.numerator)
        return (other * self.call("log")).call("exp")

    def __rpow__(self, x: Any) -> Any:
        return self.lifted(x) ** self

    def whole_power(self, n: int) -> Any:
        if n < 0:
            return self.whole_power(-n).inverse()
        out = self.lift(1)
        for _ in range(n):
            out = out.times(self)
        return out

    def __abs__(self) -> Any:
        if self.mask:
            return self
        return self.times(self.above() - (-self).above())

    def sign(self) -> Any:
        return self.above() - (-self).above()

    # --- comparisons ---------------------------------------------------------------------------------------------

    def __gt__(self, x: Any) -> Any:
        return (self - x).above()

    def __lt__(self, x: Any) -> Any:
        return (self.lifted(x) - self).above()

    def __ge__(self, x: Any) -> Any:
        return (self < x).inverted()

    def __le__(self, x: Any) -> Any:
        return (self > x).inverted()

    def __eq__(self, x: Any) -> Any:
        return self.equals(self.lifted(x))

    def __ne__(self, x: Any) -> Any:
        return self.equals(self.lifted(x)).inverted()

    __hash__ = object.__hash__

    def inverted(self) -> Any:
        return (1 - self).as_mask()

    def __invert__(self) -> Any:
        return self._truth("~").inverted()

    def __and__(self, x: Any) -> Any:
        return self._truth("&").times(self.lifted(x)._truth("&")).as_mask()

    __rand__ = __and__

    def __or__(self, x: Any) -> Any:
        a, b = self._truth("|"), self.lifted(x)._truth("|")
        return (a + b - a * b).as_mask()

    __ror__ = __or__

    def __xor__(self, x: Any) -> Any:
        a, b = self._truth("^"), self.lifted(x)._truth("^")
        return (a + b - 2 * a * b).as_mask()

    __rxor__ = __xor__

    def _truth(self, call: str) -> Any:
        return self if self.mask else refuse(call, "expected comparisons on both sides")

    def truth(self) -> Any:
        """As NumPy reads a number as true or false: whether it is not 0."""
        return self if self.mask else self.__ne__(0)

    def __bool__(self) -> bool:
        return bool(self.truth().followed())

    # --- what would lose the term --------------------------------------------------------------------------------

    def __float__(self) -> float:
        n = self.constant()
        if n is not None:
            return float(n)
        return refuse(
            "a conversion to a plain float",
            "it would lose what the number depends on (a store into an array of floats?)",
        )

    def __int__(self) -> int:
        n = self.constant()
        if n is not None and n.denominator == 1:
            return int(n)
        return refuse("a conversion to an integer", "it would lose what the number depends on")

    __index__ = __int__

    def conjugate(self) -> Any:
        return self


class Infinite(Value):
    """-inf or inf, as masks have it: it may be added to, compared, and put under exp."""

    __slots__ = ("mask", "number", "world")

    def __init__(self, world: Any, sign: int) -> None:
        self.world, self.number, self.mask = world, sign, False

    def lift(self, x: Any) -> Any:
        return self.world.lift(x)

    def lifted(self, x: Any) -> Any:
        return x if isinstance(x, Value) else self.world.lift(x)

    def plus(self, other: Any) -> Any:
        if isinstance(other, Infinite) and other.number != self.number:
            refuse("inf - inf", "it has no value")
        return self

    def times(self, other: Any) -> Any:
        n = other.number if isinstance(other, Infinite) else other.constant()
        if not n:
            refuse(
                "an infinite number multiplied",
                "expected a number other than 0 as the other factor",
            )
        return self if n > 0 else Infinite(self.world, -self.number)

    def __add__(self, x: Any) -> Any:
        return self.plus(self.lifted(x))

    __radd__ = __add__

    def __mul__(self, x: Any) -> Any:
        return self.times(self.lifted(x))

    __rmul__ = __mul__

    def inverse(self) -> Any:
        return self.lift(0)

    def call(self, name: str) -> Any:
        if name == "exp" and self.number < 0:
            return self.lift(0)
        return refuse(f"{name} of an infinite number", "it is not traced")

    def above(self) -> Any:
        return self.lift(self.number > 0)

    def equals(self, other: Any) -> Any:
        return self.lift(isinstance(other, Infinite) and other.number == self.number)

    def largest(self, others: Sequence[Any]) -> Any:
        return self

    def constant(self) -> None:
        return None


# --- functions that are put together from the few -----------------------------------------------------------------

V = Any


def where(c: V, a: V, b: V) -> V:
    """a where c is 1, b where it is 0."""
    n = c.constant()
    if n is None and isinstance(a, Infinite) | isinstance(b, Infinite):
        refuse("an infinite number under a mask that depends on the inputs", "it is not traced")
    return b + c * (a - b) if n is None else (a if n else b)


def maximum(a: V, b: V) -> V:
    """The larger of two: a + (b - a) [b - a > 0]; of what is compared with a number, the number stands last."""
    if a.constant() is not None:
        a, b = b, a
    return where((a - b).above(), a, b)


def minimum(a: V, b: V) -> V:
    if a.constant() is not None:
        a, b = b, a
    return where((b - a).above(), a, b)


def clipped(a: V, low: V, high: V) -> V:
    """Between two numbers, the first of which is smaller: a, but for low where a < low, and high where a > high."""
    return a + (low - a) * (low - a).above() + (high - a) * (a - high).above()


def tanh(a: V) -> V:
    return 1 - 2 * ((2 * a).call("exp") + 1).inverse()


def sigmoid(a: V) -> V:
    return 1 - (a.call("exp") + 1).inverse()


def cosh(a: V) -> V:
    return (a.call("exp") + (-a).call("exp")) / 2


def sinh(a: V) -> V:
    return (a.call("exp") - (-a).call("exp")) / 2


def arctanh(a: V) -> V:
    return ((1 + a) / (1 - a)).call("log") / 2


def tan(a: V) -> V:
    return a.call("sin") / a.call("cos")


def heaviside(a: V, b: V) -> V:
    return a.above() + b * a.equals(a.lift(0))


def called(name: str) -> Callable[[V], V]:
    return lambda a: a.call(name)


UNARY: dict[str, Callable[[V], V]] = {
    **{name: called(name) for name in ("exp", "log", "sqrt", "sin", "cos")},
    "negative": lambda a: -a,
    "positive": lambda a: a,
    "absolute": abs,
    "fabs": abs,
    "sign": lambda a: a.sign(),
    "square": lambda a: a * a,
    "reciprocal": lambda a: a.inverse(),
    "conjugate": lambda a: a,
    "exp2": lambda a: a.lift(2) ** a,
    "expm1": lambda a: a.call("exp") - 1,
    "log1p": lambda a: (1 + a).call("log"),
    "log2": lambda a: a.call("log") / a.lift(2).call("log"),
    "log10": lambda a: a.call("log") / a.lift(10).call("log"),
    "tan": tan,
    "sinh": sinh,
    "cosh": cosh,
    "tanh": tanh,
    "arctanh": arctanh,
    "arcsinh": lambda a: (a + (a * a + 1).call("sqrt")).call("log"),
    "arccosh": lambda a: (a + (a * a - 1).call("sqrt")).call("log"),
    "arctan": called("atan"),
    "arcsin": lambda a: (a / (1 - a * a).call("sqrt")).call("atan"),
    "deg2rad": lambda a: a * a.lift(1).call("pi") / 180,
    "radians": lambda a: a * a.lift(1).call("pi") / 180,
    "logical_not": lambda a: a.truth().inverted(),
    "invert": lambda a: ~a,
}
BINARY: dict[str, Callable[[V, V], V]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "true_divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "float_power": lambda a, b: a**b,
    "maximum": maximum,
    "fmax": maximum,
    "minimum": minimum,
    "fmin": minimum,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "logical_and": lambda a, b: a.truth() & b.truth(),
    "logical_or": lambda a, b: a.truth() | b.truth(),
    "logical_xor": lambda a, b: a.truth() ^ b.truth(),
    "bitwise_and": lambda a, b: a & b,
    "bitwise_or": lambda a, b: a | b,
    "bitwise_xor": lambda a, b: a ^ b,
    "hypot": lambda a, b: (a * a + b * b).call("sqrt"),
    "logaddexp": lambda a, b: (a.call("exp") + b.call("exp")).call("log"),
    "heaviside": heaviside,
}
SPECIAL: dict[str, Callable[[V], V]] = {
    "erf": called("erf"),
    "erfc": lambda a: 1 - a.call("erf"),
    "expit": sigmoid,
    "logit": lambda a: (a / (1 - a)).call("log"),
    "log_expit": lambda a: sigmoid(a).call("log"),
    "ndtr": lambda a: (1 + (a / a.lift(2).call("sqrt")).call("erf")) / 2,
}
"""By the names of NumPy's and scipy.special's functions of one and two arguments: entry by entry."""
