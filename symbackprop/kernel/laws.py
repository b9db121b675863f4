"""The laws: one row a law, each an equation with the conditions under which it holds.

A law is a function of terms; the comment above it is the mathematics.  These rows are trusted: those of known functions are
the only facts about exp, log, sin, cos, erf, sqrt, pi that the kernel knows; every other function is defined or opaque.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from .integers import *
from .terms import *


def of(name: str, t: Term, order: int = 0) -> App:
    return App(name, (order,), (t,))


NAMES = ("exp", "log", "sin", "cos", "erf", "sqrt")
exp, log, sin, cos, erf, sqrt = [partial(of, name) for name in NAMES]
PI = App("pi", (), ())

LAWS: dict[str, Callable[..., Any]] = {
    # exp'(a) = exp(a)
    "exp slope": lambda a: (of("exp", a, 1), exp(a)),
    # exp(0) = 1
    "exp zero": lambda: (exp(ZERO), ONE),
    # exp(a + b) = exp(a) exp(b)
    "exp sum": lambda a, b: (exp(a + b), exp(a) * exp(b)),
    # exp(-a) = exp(a)^-1
    "exp negative": lambda a: (exp(-a), exp(a) ** -1),
    # log'(a) = a^-1 for a > 0
    "log slope": lambda a: (of("log", a, 1), a**-1, Positive(a)),
    # log(exp(a)) = a
    "log exp": lambda a: (log(exp(a)), a),
    # exp(log(a)) = a for a > 0
    "exp log": lambda a: (exp(log(a)), a, Positive(a)),
    # sin'(a) = cos(a)
    "sin slope": lambda a: (of("sin", a, 1), cos(a)),
    # cos'(a) = -sin(a)
    "cos slope": lambda a: (of("cos", a, 1), -sin(a)),
    # sin(a)^2 + cos(a)^2 = 1
    "pythagoras": lambda a: (sin(a) ** 2 + cos(a) ** 2, ONE),
    # sin(a + b) = sin(a) cos(b) + cos(a) sin(b)
    "sin sum": lambda a, b: (sin(a + b), sin(a) * cos(b) + cos(a) * sin(b)),
    # cos(a + b) = cos(a) cos(b) - sin(a) sin(b)
    "cos sum": lambda a, b: (cos(a + b), cos(a) * cos(b) - sin(a) * sin(b)),
    # sin(-a) = -sin(a)
    "sin odd": lambda a: (sin(-a), -sin(a)),
    # cos(-a) = cos(a)
    "cos even": lambda a: (cos(-a), cos(a)),
    # erf'(a) = 2 pi^(-1/2) exp(-a^2)
    "erf slope": lambda a: (of("erf", a, 1), Mul((num(2), sqrt(PI) ** -1, exp(-(a**2))))),
    # erf(-a) = -erf(a)
    "erf odd": lambda a: (erf(-a), -erf(a)),
    # sqrt'(a) = 1/2 sqrt(a)^-1 for a > 0
    "sqrt slope": lambda a: (of("sqrt", a, 1), num(1, 2) * sqrt(a) ** -1, Positive(a)),
    # sqrt(a)^2 = a for a > 0
    "sqrt square": lambda a: (sqrt(a) ** 2, a, Positive(a)),
    # [a [a > 0] > 0] = [a > 0]
    "bracket of a ramp": lambda a: (Bracket(a * Bracket(a)), Bracket(a)),
    # [a b > 0] = [a > 0] for b > 0
    "bracket of a multiple": lambda a, b: (Bracket(a * b), Bracket(a), Positive(b)),
    # [exp(a) - 1 > 0] = [a > 0]
    "bracket of exp": lambda a: (Bracket(exp(a) - ONE), Bracket(a)),
    # [-a > 0] = 1 - [a > 0] for a /= 0
    "bracket": lambda a: (Bracket(-a), ONE - Bracket(a), Nonzero(a)),
    # [k = n] = 0 for k > n
    "apart": lambda k, n: (Kron(k, n), ZERO, AtLeast(whole(k, minus(n), -1))),
    # sum(i = m..n: [i = k] f(i)) = f(k) for m <= k <= n
    "contract": lambda m, n, k, f: (
        Sum(m, n, Kron(Bound(0), shift(k)) * f),
        opened(f, k),
        AtLeast(whole(k, minus(m))),
        AtLeast(whole(n, minus(k))),
    ),
    # sum(i = m..n: f(i)) = f(m) + sum(i = m+1..n: f(i)) for m <= n
    "split": lambda m, n, f: (
        Sum(m, n, f),
        opened(f, m) + Sum(whole(m, 1), n, f),
        AtLeast(whole(n, minus(m))),
    ),
    # sum(i = m..n: f(i)) = sum(i = m..n: f(m + n - i))
    "reverse": lambda m, n, f: (
        Sum(m, n, f),
        Sum(m, n, opened(shift(f, 1, 1), whole(shift(m), shift(n), minus(Bound(0))))),
    ),
    # sum(i = m..n: f(i)) = 0 for n < m
    "empty": lambda m, n, f: (Sum(m, n, f), ZERO, AtLeast(whole(m, minus(n), -1))),
    # sum(i = m..n: 1) = n - m + 1 for m <= n + 1
    "count": lambda m, n: (Sum(m, n, ONE), whole(n, minus(m), 1), AtLeast(whole(n, minus(m), 1))),
}
"""A law gives its left side, its right side, and its conditions.  What f sums has the sum's variable, #0."""


def instance(name: str, terms: tuple[Term, ...]) -> tuple[Eq, tuple[Prop, ...]]:
    """A law's equation about these terms, and when it holds."""
    if name not in LAWS:
        raise KernelError("rule", "a rule or a law of the kernel", name)
    if LAWS[name].__code__.co_argcount != len(terms):
        raise KernelError(f"law {name}", "as many terms as the law has letters", len(terms))
    left, right, *conditions = LAWS[name](*terms)
    return Eq(left, right), tuple(conditions)


DOMAINS: dict[str, Callable[[Term], tuple[Prop, ...]]] = {
    **dict.fromkeys(("exp", "sin", "cos", "erf"), lambda a: ()),
    **dict.fromkeys(("log", "sqrt"), lambda a: (Positive(a),)),
}
"""The functions of one variable that the laws speak of, with where they are differentiable (any number of times)."""
