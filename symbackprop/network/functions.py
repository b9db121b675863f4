"""The functions that are defined from the kernel's few: tanh, cosh, … as terms in one parameter.

A proof that speaks of one of them carries its definition, so a reader sees what is meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ..kernel import Add, App, Bracket, Function, Mul, Num, Pow, Sym, Term

T = Sym("#", (1,))
HALF = Num(Fraction(1, 2))


def num(value: int | Fraction) -> Num:
    return Num(Fraction(value))


def plus(*terms: Term) -> Term:
    return Add(terms)


def times(*factors: Term) -> Term:
    return Mul(factors)


def minus(t: Term) -> Term:
    return Mul((num(-1), t))


def over(a: Term, b: Term) -> Term:
    return Mul((a, Pow(b, -1)))


def apply(name: str, *args: Term) -> App:
    return App(name, (0,) * len(args), args)


def exp(t: Term) -> Term:
    return apply("exp", t)


UP, DOWN = exp(T), exp(minus(T))
SINH = times(HALF, plus(UP, minus(DOWN)))
COSH = times(HALF, plus(UP, DOWN))
TWICE = exp(times(num(2), T))
ONE = num(1)

LIBRARY: dict[str, Term] = {
    "sinh": SINH,
    "cosh": COSH,
    "tanh": plus(ONE, minus(over(num(2), plus(TWICE, ONE)))),
    "coth": plus(ONE, over(num(2), plus(TWICE, num(-1)))),
    "sech": over(ONE, COSH),
    "csch": over(ONE, SINH),
    "tan": over(apply("sin", T), apply("cos", T)),
    "cot": over(apply("cos", T), apply("sin", T)),
    "sec": over(ONE, apply("cos", T)),
    "csc": over(ONE, apply("sin", T)),
    "abs": times(T, plus(Bracket(T), minus(Bracket(minus(T))))),
    "sign": plus(Bracket(T), minus(Bracket(minus(T)))),
}


def definition(name: str) -> Function:
    return Function(name, 1, LIBRARY[name])


def definitions(names: Iterable[str]) -> tuple[Function, ...]:
    """The library's definitions of these functions, in the library's order."""
    wanted = set(names)
    return tuple(definition(name) for name in LIBRARY if name in wanted)
