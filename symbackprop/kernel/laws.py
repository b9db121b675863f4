"""The laws of the known functions: one row a law, each an equation with the conditions under which it holds.

A law is a function of terms; its docstring-like comment is the mathematics.  These rows are trusted: they are the only facts
about exp, log, sin, cos, erf, sqrt, pi that the kernel knows.  Every other function is defined from them, or opaque.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from .terms import ONE, ZERO, Add, App, Bracket, Eq, Mul, Nonzero, Num, Positive, Pow, Prop, Term

Instance = tuple[Eq, tuple[Prop, ...]]


def of(name: str, t: Term, order: int = 0) -> App:
    return App(name, (order,), (t,))


def num(p: int, q: int = 1) -> Num:
    return Num(Fraction(p, q))


def neg(t: Term) -> Term:
    return Mul((num(-1), t))


PI = App("pi", (), ())

LAWS: dict[str, Callable[..., Instance]] = {
    # exp'(a) = exp(a)
    "exp slope": lambda a: (Eq(of("exp", a, 1), of("exp", a)), ()),
    # exp(0) = 1
    "exp zero": lambda: (Eq(of("exp", ZERO), ONE), ()),
    # exp(a + b) = exp(a) exp(b)
    "exp sum": lambda a, b: (Eq(of("exp", Add((a, b))), Mul((of("exp", a), of("exp", b)))), ()),
    # exp(-a) = exp(a)^-1
    "exp negative": lambda a: (Eq(of("exp", neg(a)), Pow(of("exp", a), -1)), ()),
    # log'(a) = a^-1 for a > 0
    "log slope": lambda a: (Eq(of("log", a, 1), Pow(a, -1)), (Positive(a),)),
    # log(exp(a)) = a
    "log exp": lambda a: (Eq(of("log", of("exp", a)), a), ()),
    # exp(log(a)) = a for a > 0
    "exp log": lambda a: (Eq(of("exp", of("log", a)), a), (Positive(a),)),
    # log(1) = 0
    "log one": lambda: (Eq(of("log", ONE), ZERO), ()),
    # log(a b) = log(a) + log(b) for a, b > 0
    "log product": lambda a, b: (
        Eq(of("log", Mul((a, b))), Add((of("log", a), of("log", b)))),
        (Positive(a), Positive(b)),
    ),
    # log(a^-1) = -log(a) for a > 0
    "log inverse": lambda a: (Eq(of("log", Pow(a, -1)), neg(of("log", a))), (Positive(a),)),
    # sin'(a) = cos(a)
    "sin slope": lambda a: (Eq(of("sin", a, 1), of("cos", a)), ()),
    # cos'(a) = -sin(a)
    "cos slope": lambda a: (Eq(of("cos", a, 1), neg(of("sin", a))), ()),
    # sin(0) = 0
    "sin zero": lambda: (Eq(of("sin", ZERO), ZERO), ()),
    # cos(0) = 1
    "cos zero": lambda: (Eq(of("cos", ZERO), ONE), ()),
    # sin(a)^2 + cos(a)^2 = 1
    "pythagoras": lambda a: (Eq(Add((Pow(of("sin", a), 2), Pow(of("cos", a), 2))), ONE), ()),
    # sin(a + b) = sin(a) cos(b) + cos(a) sin(b)
    "sin sum": lambda a, b: (
        Eq(
            of("sin", Add((a, b))),
            Add((Mul((of("sin", a), of("cos", b))), Mul((of("cos", a), of("sin", b))))),
        ),
        (),
    ),
    # cos(a + b) = cos(a) cos(b) - sin(a) sin(b)
    "cos sum": lambda a, b: (
        Eq(
            of("cos", Add((a, b))),
            Add((Mul((of("cos", a), of("cos", b))), neg(Mul((of("sin", a), of("sin", b)))))),
        ),
        (),
    ),
    # sin(-a) = -sin(a)
    "sin odd": lambda a: (Eq(of("sin", neg(a)), neg(of("sin", a))), ()),
    # cos(-a) = cos(a)
    "cos even": lambda a: (Eq(of("cos", neg(a)), of("cos", a)), ()),
    # erf'(a) = 2 pi^(-1/2) exp(-a^2)
    "erf slope": lambda a: (
        Eq(
            of("erf", a, 1),
            Mul((num(2), Pow(of("sqrt", PI), -1), of("exp", neg(Pow(a, 2))))),
        ),
        (),
    ),
    # erf(-a) = -erf(a)
    "erf odd": lambda a: (Eq(of("erf", neg(a)), neg(of("erf", a))), ()),
    # sqrt'(a) = 1/2 sqrt(a)^-1 for a > 0
    "sqrt slope": lambda a: (
        Eq(of("sqrt", a, 1), Mul((num(1, 2), Pow(of("sqrt", a), -1)))),
        (Positive(a),),
    ),
    # sqrt(a)^2 = a for a > 0
    "sqrt square": lambda a: (Eq(Pow(of("sqrt", a), 2), a), (Positive(a),)),
    # [a [a > 0] > 0] = [a > 0]
    "bracket of a ramp": lambda a: (Eq(Bracket(Mul((a, Bracket(a)))), Bracket(a)), ()),
    # [a b > 0] = [a > 0] for b > 0
    "bracket of a multiple": lambda a, b: (Eq(Bracket(Mul((a, b))), Bracket(a)), (Positive(b),)),
    # [-a > 0] = 1 - [a > 0] for a /= 0
    "bracket": lambda a: (Eq(Bracket(neg(a)), Add((ONE, neg(Bracket(a))))), (Nonzero(a),)),
}

DOMAINS: dict[str, Callable[[Term], tuple[Prop, ...]]] = {
    "exp": lambda a: (),
    "sin": lambda a: (),
    "cos": lambda a: (),
    "erf": lambda a: (),
    "log": lambda a: (Positive(a),),
    "sqrt": lambda a: (Positive(a),),
}
"""The functions of one variable that the laws speak of, with where they are differentiable (any number of times)."""
