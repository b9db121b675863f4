"""Numbers of small models: fractions while they last, then intervals; and both with nilpotent ε, for exact derivatives."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial, isqrt, prod
from typing import Any

from mpmath.ctx_iv import MPIntervalContext
from mpmath.ctx_mp import MPContext

MAX_BITS, FARTHEST = 50_000, 10_000
"""Bits of a number; arguments of exp, sin, ..."""


class Undefined(ArithmeticError):  # noqa: N818 - an answer of its own, not an error
    """A value that mathematics leaves undefined, a kink, or too much work: another model may do.

    >>> raise Undefined("1/0")
    Traceback (most recent call last):
    symbackprop.refute.numbers.Undefined: 1/0
    """


# --- numbers: fractions while they last, then intervals ----------------------------------------------------------

IV, MP = MPIntervalContext(), MPContext()
IV.dps, MP.dps = 60, 90
ERF_ERROR = IV.mpf([-1, 1]) / 10**75
"""mpmath's erf is good to about its last digit, the 90th; this is far more."""


def interval(x: Any) -> Any:
    return IV.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def short(x: Any) -> Any:
    if (
        isinstance(x, Fraction)
        and (x.numerator.bit_length() + x.denominator.bit_length()) > MAX_BITS
    ):
        raise Undefined(f"a number of more than {MAX_BITS} bits")
    return x


def plus(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return short(a + b)
    return interval(a) + interval(b)


def times(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return short(a * b)
    if 0 in [x for x in (a, b) if isinstance(x, Fraction)]:
        return Fraction(0)
    return interval(a) * interval(b)


def sign_of(x: Any) -> int | None:
    """-1, 0, 1; None where an interval does not tell."""
    if isinstance(x, Fraction):
        return (x > 0) - (x < 0)
    return 1 if x.a > 0 else -1 if x.b < 0 else 0 if x.a == 0 and x.b == 0 else None


def raised(x: Any, n: int) -> Any:
    if n < 0:
        if not sign_of(x):
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
    sign = sign_of(interval(a) - interval(b))
    return None if sign is None else bool(sign)


# --- numbers with ε ----------------------------------------------------------------------------------------------

REAL: frozenset[int] = frozenset()


class Jet:
    """Σ c ε_s ε_t ... over sets of tags, each ε² = 0.  A part that is 0 stays: it tells what the number depends on."""

    __slots__ = ("parts",)

    def __init__(self, parts: dict[frozenset[int], Any]) -> None:
        self.parts = parts

    @property
    def real(self) -> Any:
        return self.parts.get(REAL, Fraction(0))

    def __add__(self, other: Jet) -> Jet:
        out = dict(self.parts)
        for s, c in other.parts.items():
            out[s] = plus(out[s], c) if s in out else c
        return Jet(out)

    def __mul__(self, other: Jet) -> Jet:
        out: dict[frozenset[int], Any] = {}
        for s, a in self.parts.items():
            for t, b in other.parts.items():
                if s.isdisjoint(t):
                    c = times(a, b)
                    out[s | t] = plus(out[s | t], c) if s | t in out else c
        return Jet(out)

    def slope(self, tag: int) -> Jet:
        """The coefficient of ε_tag."""
        return Jet({s - {tag}: c for s, c in self.parts.items() if tag in s})

    def under(self, derivative: Callable[[int], Any]) -> Jet:
        """f of this number by Taylor's theorem; `derivative` gives f, f', f'', ... at its real part."""
        rest = power = Jet({s: c for s, c in self.parts.items() if s})
        out, n = constant(derivative(0)), 1
        while power.parts:
            out = out + constant(times(derivative(n), Fraction(1, factorial(n)))) * power
            power, n = power * rest, n + 1
        return out


def constant(x: Any) -> Jet:
    return Jet({REAL: x})


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
    if name in ("log", "sqrt") and sign_of(x) != 1:
        raise Undefined(f"{name} of what may not be positive")
    if name == "sqrt" and isinstance(x, Fraction):
        root = Fraction(isqrt(x.numerator), isqrt(x.denominator))
        if root**2 == x:
            return root
    t = interval(x)
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
    return times(Fraction((-1) ** (n - 1) * factorial(n - 1)), raised(x, -n)) if n else value


def _sin(n: int, x: Any) -> Any:
    """sin, cos, -sin, -cos."""
    return times(Fraction((-1) ** (n // 2)), _function("cos" if n % 2 else "sin", x))


def _sqrt(n: int, x: Any) -> Any:
    c = prod([Fraction(1, 2) - k for k in range(n)], start=Fraction(1))
    return times(times(c, _function("sqrt", x)), raised(x, -n))


def _erf_slopes(n: int, x: Any) -> Any:
    """The n-th derivative is that of 2/√π exp(-x²): (-1)^(n-1) H_(n-1)(x) times it."""
    if n == 0:
        return _function("erf", x)
    low, high = Fraction(0), Fraction(1)  # H_(-1), H_0
    for k in range(n - 1):
        turn = times(Fraction(2), times(x, high))
        low, high = high, plus(turn, times(Fraction(-2 * k), low))
    bell = 2 / IV.sqrt(IV.pi) * interval(_function("exp", times(Fraction(-1), times(x, x))))
    return times(Fraction((-1) ** (n - 1)), times(high, bell))


KNOWN: dict[str, Callable[[int, Any], Any]] = {
    "exp": lambda n, x: _function("exp", x),
    "log": _log,
    "sin": _sin,
    "cos": lambda n, x: _sin(n + 1, x),
    "sqrt": _sqrt,
    "erf": _erf_slopes,
}


def plain(x: Any) -> Any:
    """A value as others print it: a Fraction, or the two ends of an interval.

    >>> plain(Fraction(1, 2))
    Fraction(1, 2)
    """
    return x if isinstance(x, Fraction) else tuple([MP.make_mpf(end) for end in x._mpi_])
