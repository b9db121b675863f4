"""Attacks on the kernel: each tries to have something false proved, or to stop the checker.  All must be refused."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import random
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from math import gcd
from pathlib import Path
from typing import Any

import pytest
from kernel_oracle import (
    Attack,
    a,
    add,
    app,
    attack,
    b,
    c,
    given,
    inv,
    mul,
    neg,
    num,
    par,
    prove,
    x,
    y,
    z,
)
from mutants import changed, leaves

from symbackprop.certificates import check, encode
from symbackprop.kernel import (
    Add,
    App,
    Bound,
    Bracket,
    D,
    Definition,
    Differentiable,
    Eq,
    Function,
    KernelError,
    Mul,
    Node,
    Nonzero,
    Num,
    Positive,
    Pow,
    Proof,
    Prop,
    Sequent,
    Slope,
    Step,
    Sum,
    Sym,
    Term,
    Theorem,
    Vec,
)
from symbackprop.kernel.certificate import TYPES

HERE = Path(__file__).parent


def ring(left: Term, right: Term) -> Step:
    return Step("ring", (), Eq(left, right))


def one(t: Term, v: Sym, value: Term) -> tuple[Step, ...]:
    return (Step("derivative", (), Slope(t, v, value)),)


g, g1 = app("g", x), app("g", x, orders=(1,))

# --- what does not follow --------------------------------------------------------------------------------------


relu = Function("relu", 1, mul(par(1), Bracket(par(1))))
jump = Function("jump", 2, Bracket(add(par(1), Bracket(par(2)), num(-1, 2))))
step_up = Definition(a, add(Bracket(x), num(-1, 2)))
step_down = Definition(b, add(Bracket(neg(x)), num(-1, 2)))
left_half = Definition(a, mul(x, Bracket(x)))
right_half = Definition(b, mul(x, Bracket(neg(x))))

FALSE = [
    # the ring
    attack("0/0 is 1", ring(mul(x, inv(x)), num(1))),
    attack("x^2/x is x", ring(mul(Pow(x, 2), inv(x)), mul(Pow(x, 3), Pow(x, -2)))),
    attack("an inverse is linear", ring(inv(add(x, y)), add(inv(x), inv(y)))),
    attack("a sum under an inverse is halved", ring(inv(add(x, x)), inv(x))),
    attack("[-x > 0] is 1 - [x > 0]", ring(Bracket(neg(x)), add(num(1), neg(Bracket(x))))),
    attack("[-2x > 0] is [x > 0]", ring(Bracket(mul(num(-2), x)), Bracket(x))),
    attack("[x^2 > 0] is 1", ring(Bracket(Pow(x, 2)), num(1))),
    attack("[x + 1 > 0] is [x > 0]", ring(Bracket(add(x, num(1))), Bracket(x))),
    attack("[c]^2 is [c], so c^2 is c", ring(Pow(x, 2), x)),
    attack("sqrt(x)^2 is x", ring(Pow(app("sqrt", x), 2), x)),
    attack("sqrt(x^2) is x", ring(app("sqrt", Pow(x, 2)), x)),
    attack("sqrt(x^2)^2 is x^2, at x = 0 too", ring(Pow(app("sqrt", Pow(x, 2)), 2), Pow(x, 2))),
    attack("sqrt'(2)^2 is 2", ring(Pow(app("sqrt", num(2), orders=(1,)), 2), num(2))),
    attack("a derivative's order does not matter", ring(g, g1)),
    attack("a function's arguments commute", ring(app("h", x, y), app("h", y, x))),
    attack("orders commute", ring(app("h", x, y, orders=(1, 0)), app("h", x, y, orders=(0, 1)))),
    attack("an empty sum is 1", ring(Add(()), num(1))),
    attack("an empty product is 0", ring(Mul(()), num(0))),
    attack("0^-1 is 1", ring(inv(num(0)), num(1))),
    attack("x^0 is x", ring(Pow(x, 0), x)),
    attack("an index is a name", ring(Sym("x", (1,)), Sym("x", (2,)))),
    attack("a large number is rounded", ring(num(10**30 + 1), num(10**30))),
    attack("a small one too", ring(num(1, 10**400), num(0))),
    # rewriting
    attack("a rule backwards", given(Eq(x, y)), Step("ring", (0,), Eq(mul(y, z), mul(x, x)))),
    attack(
        "x = 0 under the derivative",
        given(Eq(x, num(0))),
        Step("ring", (0,), Eq(D(Pow(x, 2), x), D(num(0), x))),
    ),
    attack(
        "x = y under the derivative",
        given(Eq(y, x)),
        Step("derivative", (), Slope(mul(x, y), x, mul(num(2), x))),
    ),
    attack(
        "the variable of a derivative renamed",
        given(Eq(y, x)),
        Step("ring", (0,), Eq(D(mul(z, x), x), D(mul(z, x), y))),
    ),
    attack(
        "a pointwise equation differentiated",
        given(Eq(a, num(3))),
        Step("derivative", (0,), Slope(a, x, num(0))),
        definitions=[Definition(a, mul(num(3), x))],
    ),
    attack(
        "a function's slope from its value",
        given(Eq(g, num(3))),
        Step("ring", (0,), Eq(g1, num(0))),
    ),
    # the derivative
    attack(
        "a defined symbol hides its variable",
        *one(a, x, num(0)),
        definitions=[Definition(a, mul(x, y))],
    ),
    attack("two deep", *one(b, x, num(0)), definitions=[Definition(a, x), Definition(b, a)]),
    attack(
        "inside an opaque function",
        *one(app("g", a), x, num(0)),
        definitions=[Definition(a, mul(x, y))],
    ),
    attack("the product rule without one half", *one(mul(x, Pow(x, 2)), x, Pow(x, 2))),
    attack("a square by its base", *one(Pow(x, 2), x, x)),
    attack(
        "the chain rule without its inner part",
        *one(app("g", Pow(x, 2)), x, app("g", Pow(x, 2), orders=(1,))),
    ),
    attack("one argument of two", *one(app("h", x, x), x, app("h", x, x, orders=(1, 0)))),
    attack("a derivative of a derivative", *one(D(Pow(x, 3), x), x, mul(num(6), x))),
    attack(
        "v's own definition is not left aside",
        *one(a, a, y),
        definitions=[Definition(a, mul(x, y))],
    ),
    attack("what lies below v varies", *one(x, a, num(1)), definitions=[Definition(a, x)]),
    attack(
        "a known derivative by another variable",
        *one(a, y, x),
        Step("derivative", (0,), Slope(Pow(a, 2), x, mul(num(2), a, x))),
        definitions=[Definition(a, mul(x, y))],
    ),
    attack(
        "a known derivative of something else",
        *one(mul(x, y), x, y),
        Step("derivative", (0,), Slope(Pow(a, 2), x, mul(num(2), a, y))),
        definitions=[Definition(a, mul(x, x))],
    ),
    attack(
        "D(a) = D(a) stands for differentiability: x[a > 0] + x[b > 0] is x, with slope 1 at 0",
        ring(D(a, x), D(a, x)),
        ring(D(b, x), D(b, x)),
        Step(
            "derivative",
            (0, 1),
            Slope(
                add(mul(x, Bracket(a)), mul(x, Bracket(b))),
                x,
                add(Bracket(a), Bracket(b)),
            ),
        ),
        definitions=[step_up, step_down],
    ),
    attack(
        "the same of a + b = x, whose parts have a kink",
        ring(D(a, x), D(a, x)),
        ring(D(b, x), D(b, x)),
        Step("derivative", (0, 1), Slope(add(a, b), x, add(D(a, x), D(b, x)))),
        definitions=[left_half, right_half],
    ),
    attack(
        "a value of D by hypothesis stands for differentiability",
        given(Eq(D(a, x), num(0))),
        Step("derivative", (0,), Slope(mul(x, Bracket(a)), x, Bracket(a))),
        definitions=[step_up],
    ),
    # conditions
    attack("a square is positive", Step("sign", (), Positive(Pow(x, 2)))),
    attack("an even power is nonzero", Step("sign", (), Nonzero(Pow(x, 4)))),
    attack("a bracket is positive", Step("sign", (), Positive(Bracket(x)))),
    attack("log is positive", Step("sign", (), Positive(app("log", x)))),
    attack("exp' is, before a law says so", Step("sign", (), Positive(app("exp", x, orders=(1,))))),
    attack("a function named as exp", Step("sign", (), Positive(app("Exp", x)))),
    attack("nonzero is positive", given(Nonzero(x)), Step("sign", (0,), Positive(x))),
    attack("minus positive is", given(Positive(x)), Step("sign", (0,), Positive(neg(x)))),
    attack("0 x is", given(Positive(x)), Step("sign", (0,), Positive(mul(num(0), x)))),
    attack("0 is 0 times 0", given(Positive(num(0))), Step("sign", (), Positive(num(0)))),
    attack("positive by positive of another", given(Positive(x)), Step("sign", (0,), Positive(y))),
    # definitions
    attack(
        "a definition backwards",
        Step("definition", (), Eq(mul(x, x), a)),
        definitions=[Definition(a, mul(x, x))],
    ),
    attack("a definition of nothing", Step("definition", (), Eq(a, x))),
    attack(
        "the definition of another",
        Step("definition", (), Eq(a, y)),
        definitions=[Definition(a, x), Definition(b, y)],
    ),
    attack(
        "a symbol defined twice",
        ring(x, x),
        definitions=[Definition(a, num(1)), Definition(a, num(2))],
    ),
    attack("a symbol defined by itself", ring(x, x), definitions=[Definition(a, add(a, num(1)))]),
    attack(
        "two symbols by each other",
        ring(x, x),
        definitions=[Definition(a, b), Definition(b, add(a, num(1)))],
    ),
    attack(
        "a symbol mentioned before",
        ring(x, x),
        definitions=[Definition(b, mul(a, x)), Definition(a, x)],
    ),
    attack(
        "a variable of a derivative defined later",
        ring(x, x),
        definitions=[Definition(b, D(Pow(y, 2), a)), Definition(a, y)],
    ),
    attack("a parameter is defined", ring(x, x), definitions=[Definition(par(1), num(2))]),
    attack("a parameter beyond the last", ring(x, x), definitions=[Definition(Sym("#"), num(2))]),
    # functions
    attack(
        "a function that hides a variable", ring(x, x), functions=[Function("f", 1, mul(par(1), x))]
    ),
    attack("a parameter too many", ring(x, x), functions=[Function("f", 1, mul(par(1), par(2)))]),
    attack("parameter 0", ring(x, x), functions=[Function("f", 1, par(0))]),
    attack("a function of itself", ring(x, x), functions=[Function("f", 1, app("f", par(1)))]),
    attack(
        "a function of its own derivative",
        ring(x, x),
        functions=[Function("f", 1, app("f", par(1), orders=(1,)))],
    ),
    attack(
        "a function of a later one",
        ring(x, x),
        functions=[Function("f", 1, app("g", par(1))), Function("g", 1, par(1))],
    ),
    attack(
        "a function defined twice",
        ring(x, x),
        functions=[Function("f", 1, par(1)), Function("f", 1, num(0))],
    ),
    attack("exp is something else", ring(x, x), functions=[Function("exp", 1, num(0))]),
    attack("pi is something else", ring(x, x), functions=[Function("pi", 1, num(3))]),
    attack("no parameters", ring(x, x), functions=[Function("f", 0, num(3))]),
    attack("a negative number of them", ring(x, x), functions=[Function("f", -1, num(3))]),
    attack(
        "another number of arguments",
        Step("unfold", (), Eq(app("relu", x, y), mul(x, Bracket(x)))),
        functions=[relu],
    ),
    attack("none at all", Step("unfold", (), Eq(App("relu", (), ()), num(0))), functions=[relu]),
    attack(
        "another number in a later body",
        ring(x, x),
        functions=[relu, Function("f", 2, app("relu", par(1), par(2)))],
    ),
    attack(
        "another number in a definition",
        ring(x, x),
        functions=[relu],
        definitions=[Definition(a, app("relu", x, y))],
    ),
    attack("an opaque function unfolded", Step("unfold", (), Eq(g, x))),
    attack(
        "a body's own parameter captured",
        Step("unfold", (), Eq(app("f", par(2), x), add(x, x))),
        functions=[Function("f", 2, add(par(1), par(2)))],
    ),
    attack(
        "an argument put into a derivative",
        Step("unfold", (), Eq(app("f", x), D(Pow(x, 2), x))),
        functions=[Function("f", 1, D(Pow(par(1), 2), par(1)))],
    ),
    attack(
        "a kink taken off in the body",
        Step("unfold", (), Eq(app("relu", num(0), orders=(1,)), num(1))),
        functions=[relu],
    ),
    # laws
    attack("another law's terms", Step("law exp zero", (), Eq(app("exp", x), num(1)), (x,))),
    attack("too few terms", Step("law exp sum", (), Eq(app("exp", add(x, y)), x), (x,))),
    attack(
        "a law of another function",
        Step("law exp slope", (), Eq(app("log", x, orders=(1,)), app("log", x)), (x,)),
    ),
    attack("a law that is none", Step("law of nature", (), Eq(x, y))),
    attack("a rule that is none", Step("trust me", (), Eq(x, y))),
    attack("a rule's name in capitals", Step("RING", (), Eq(x, x))),
    attack("a law as a rule", Step("exp zero", (), Eq(app("exp", num(0)), num(1)))),
    # steps
    attack("a step that uses itself", Step("ring", (0,), Eq(x, y))),
    attack("a step that uses a later one", Step("ring", (1,), Eq(x, y)), given(Eq(x, y))),
    attack("a step that is not there", Step("ring", (7,), Eq(x, y))),
    attack("combine with no equation", Step("combine", (), Eq(x, y), (num(1),))),
    attack(
        "combine by an inverse",
        given(Eq(mul(x, z), mul(y, z))),
        Step("combine", (0,), Eq(x, y), (inv(z),)),
    ),
    attack("a fraction over 0", Step("ring", (), Eq(inv(add(x, neg(x))), num(1)))),
    attack(
        "a fraction over what is said to be nonzero, and is 0",
        given(Nonzero(add(x, neg(x)))),
        Step("combine", (0,), Eq(mul(add(x, neg(x)), inv(add(x, neg(x)))), num(1)), (num(1),)),
    ),
    attack("x / x is 1, everywhere", Step("ring", (), Eq(mul(x, inv(x)), num(1)))),
    attack(
        "x / x is 1 by x = x",
        ring(x, x),
        Step("combine", (0,), Eq(mul(x, inv(x)), num(1)), (num(1),)),
    ),
    attack(
        "x / x is 1 where y is nonzero",
        given(Nonzero(y)),
        Step("combine", (0,), Eq(mul(x, inv(x)), num(1)), (num(1),)),
    ),
    attack(
        "x^2 / x is 1",
        given(Nonzero(x)),
        Step("combine", (0,), Eq(mul(x, x, inv(x)), num(1)), (x,)),
    ),
    attack(
        "a fraction cancels a sum",
        given(Nonzero(x)),
        Step("combine", (0,), Eq(mul(add(x, y), inv(x)), y), (num(1),)),
    ),
]


@pytest.mark.parametrize("attack", FALSE, ids=str)
def test_what_does_not_follow_is_refused(attack: Attack) -> None:
    with pytest.raises(KernelError):
        prove(*attack.steps, definitions=attack.definitions, functions=attack.functions)


# --- conditions that must not get lost -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "kept"),
    [
        (one(inv(x), x, neg(Pow(x, -2))), Nonzero(x)),
        (one(Bracket(x), x, num(0)), Nonzero(x)),
        (one(g, x, g1), Differentiable(g)),
        (one(mul(num(0), g), x, num(0)), Differentiable(g)),
        (one(Pow(g, 0), x, num(0)), Differentiable(g)),
        (one(add(g, neg(g)), x, num(0)), Differentiable(g)),
        (one(Bracket(g), x, num(0)), Differentiable(g)),
        (one(Bracket(g), x, num(0)), Nonzero(g)),
        (one(Bracket(add(num(2), Bracket(x))), x, num(0)), Nonzero(x)),
        (one(Bracket(inv(x)), x, num(0)), Nonzero(x)),
        (one(app("g", Bracket(x)), x, num(0)), Nonzero(x)),
        (one(app("log", x), x, app("log", x, orders=(1,))), Positive(x)),
        (
            one(app("sqrt", Pow(x, 2)), x, mul(num(2), x, app("sqrt", Pow(x, 2), orders=(1,)))),
            Positive(Pow(x, 2)),
        ),
        (one(app("h", x, y), x, app("h", x, y, orders=(1, 0))), Differentiable(app("h", x, y))),
        (
            (given(Nonzero(x)), Step("combine", (0,), Eq(mul(x, inv(x)), num(1)), (num(1),))),
            Nonzero(x),
        ),
        ((Step("ring", (), Eq(mul(num(0), inv(x)), num(0))),), Nonzero(x)),
        ((Step("law exp log", (), Eq(app("exp", app("log", x)), x), (x,)),), Positive(x)),
        (
            (Step("law bracket", (), Eq(Bracket(neg(x)), add(num(1), neg(Bracket(x)))), (x,)),),
            Nonzero(x),
        ),
        ((ring(inv(x), inv(x)),), Nonzero(x)),
        ((ring(app("log", x), app("log", x)),), Positive(x)),
        ((given(Positive(inv(x))),), Nonzero(x)),
        ((given(Nonzero(add(x, neg(x)))),), Nonzero(num(0))),
        ((given(Eq(x, y)), Step("ring", (0,), Eq(x, y))), Eq(x, y)),
        ((given(Positive(x)), given(Positive(x)), Step("sign", (1,), Nonzero(x))), Positive(x)),
        (
            (
                given(Nonzero(x)),
                Step("combine", (0,), Eq(mul(x, inv(x)), num(1)), (num(1),)),
                Step("ring", (1,), Eq(mul(x, inv(x)), num(1))),
            ),
            Nonzero(x),
        ),
    ],
    ids=str,
)
def test_a_condition_is_among_the_hypotheses(steps: tuple[Step, ...], kept: Prop) -> None:
    assert kept in prove(*steps).hypotheses


def test_every_condition_of_a_defined_function_is_kept() -> None:
    f = Function("f", 2, mul(app("log", par(1)), inv(par(2)), Bracket(add(par(1), neg(par(2))))))
    t = app("f", x, y)
    for slope in [app("f", x, y, orders=(1, 0)), app("f", x, y, orders=(0, 1))]:
        theorem = prove(
            *one(t, x, app("f", x, y, orders=(1, 0))), ring(slope, slope), functions=[f]
        )
        assert len({Positive(x), Nonzero(y)} & set(theorem.hypotheses)) == 2
        assert len(theorem.hypotheses) == 3


def test_a_condition_of_a_first_derivative_is_kept_by_the_second() -> None:
    second = app("relu", x, orders=(2,))
    assert prove(Step("unfold", (), Eq(second, num(0))), functions=[relu]).hypotheses == (
        Nonzero(x),
    )


def test_a_condition_of_a_mixed_derivative_holds_nearby() -> None:
    """[x + [y > 0] > 1/2] at (-1/2, 0): for y > 0 there is no slope in x, so none of it in y; the condition is y /= 0."""
    t = app("jump", num(-1, 2), num(0), orders=(1, 1))
    theorem = prove(Step("unfold", (), Eq(t, num(0))), functions=[jump])
    assert Nonzero(num(0)) in theorem.hypotheses
    t = app("jump", x, y, orders=(1, 1))
    theorem = prove(Step("unfold", (), Eq(t, num(0))), functions=[jump])
    assert Nonzero(y) in theorem.hypotheses


def test_a_discharged_condition_leaves_what_it_rests_on() -> None:
    steps = [
        given(Positive(x)),
        Step("sign", (0,), Nonzero(x)),
        Step("combine", (1,), Eq(mul(x, inv(x)), num(1)), (num(1),)),
    ]
    assert Positive(x) in prove(*steps).hypotheses


def test_a_contradiction_shows_in_the_hypotheses() -> None:
    theorem = prove(
        given(Positive(num(0))), given(Eq(num(0), num(1))), Step("ring", (1,), Eq(num(0), num(1)))
    )
    assert Eq(num(0), num(1)) in theorem.hypotheses
    assert prove(given(Nonzero(num(0)))).hypotheses == (Nonzero(num(0)),)


@pytest.mark.parametrize("rule", ["ring", "combine", "sign", "derivative", "definition", "unfold"])
def test_random_steps_prove_no_equation_of_two_variables(rule: str) -> None:
    r = random.Random(rule)
    terms = [x, y, inv(x), Bracket(x), g, D(a, x), add(x, y), num(0), num(1), mul(x, inv(x))]
    for _ in range(150):
        premises = [Eq(t, t) for t in r.sample(terms, 2)]
        steps = [ring(p.left, p.right) for p in premises]
        p = r.choice([Eq(x, y), Eq(y, num(0)), Positive(x), Nonzero(y), Eq(D(a, x), D(a, y))])
        extra = tuple(r.sample(terms, r.randrange(3)))
        with pytest.raises(KernelError):
            prove(*steps, Step(rule, (0, 1), p, extra), definitions=[Definition(a, mul(x, y, y))])


# --- things that are no proofs ---------------------------------------------------------------------------------


class Text(str):
    """Equal to everything."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class Whole(int):
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class Ratio(Fraction):
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class Pair(tuple):
    """Other items each time."""

    __slots__ = ()


class AnyTerm(Term):
    """A term of the user's own."""

    def __init__(self) -> None:
        object.__setattr__(self, "_hash", 1)

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class AnyProp(Prop):
    """A proposition of the user's own."""

    def __init__(self) -> None:
        object.__setattr__(self, "_hash", 1)


class AnySym(Sym):
    """A symbol equal to every other."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def tampered(t: Any, **fields: object) -> Any:
    """A node whose fields were changed behind its back."""
    out = dataclasses.replace(t)
    for name, value in fields.items():
        object.__setattr__(out, name, value)
    object.__setattr__(out, "_values", tuple([getattr(out, name) for name in t.names]))
    return out


def forged(numerator: Any, denominator: Any) -> Fraction:
    out = Fraction(1)
    out._numerator, out._denominator = numerator, denominator  # type: ignore[attr-defined]
    return out


BAD_TERMS: dict[str, Callable[[], Any]] = {
    "a number": lambda: 1,
    "None": lambda: None,
    "a string": lambda: "x",
    "a class": lambda: Num,
    "a proposition": lambda: Positive(x),
    "an own term": AnyTerm,
    "an own symbol": lambda: AnySym("x"),
    "an integer in Num": lambda: Num(1),  # type: ignore[arg-type]
    "a float in Num": lambda: Num(0.5),  # type: ignore[arg-type]
    "a bool in Num": lambda: Num(True),
    "an own fraction": lambda: Num(Ratio(1)),
    "a fraction -1 that counts as positive": lambda: Num(forged(1, -1)),
    "a fraction over 0": lambda: Num(forged(1, 0)),
    "a fraction that is not reduced": lambda: Num(forged(2, 2)),
    "a fraction of floats": lambda: Num(forged(0.5, 1)),
    "a fraction of own integers": lambda: Num(forged(Whole(1), 1)),
    "an own name": lambda: Sym(Text("x")),
    "a name that is no string": lambda: Sym(1),  # type: ignore[arg-type]
    "a bool as an index": lambda: Sym("x", (True,)),
    "an own integer as an index": lambda: Sym("x", (Whole(1),)),
    "an index beyond all bounds": lambda: Sym("x", (10**9 + 1,)),
    "an index that is a term of an integer": lambda: Sym("x", (num(1),)),
    "a level that is no integer": lambda: Sum(num(0), num(1), Bound(True)),
    "a negative level": lambda: Sum(num(0), num(1), Bound(-1)),
    "a sum without a range": lambda: Sum(None, None, x),  # type: ignore[arg-type]
    "a sum of a proposition": lambda: Sum(num(0), num(1), Eq(x, x)),  # type: ignore[arg-type]
    "a vector as a term": lambda: Vec(num(0), num(1), x),
    "a float as an index": lambda: Sym("x", (1.0,)),  # type: ignore[arg-type]
    "an own tuple as an index": lambda: Sym("x", Pair((1,))),
    "a list of terms": lambda: tampered(Add((x, y)), terms=[x, y]),
    "an own tuple of terms": lambda: Add(Pair((x, y))),
    "a sum of numbers": lambda: Add((1, 2)),  # type: ignore[arg-type]
    "a bool as an exponent": lambda: Pow(x, True),
    "a fraction as an exponent": lambda: Pow(x, Fraction(1, 2)),  # type: ignore[arg-type]
    "a float as an exponent": lambda: Pow(x, 2.0),  # type: ignore[arg-type]
    "a huge exponent": lambda: Pow(x, 10**9),
    "a huge negative exponent": lambda: Pow(x, -(10**9)),
    "a negative order": lambda: App("g", (-1,), (x,)),
    "a bool as an order": lambda: App("g", (True,), (x,)),
    "more orders than arguments": lambda: App("g", (0, 0), (x,)),
    "fewer": lambda: App("g", (), (x,)),
    "exp of two": lambda: App("exp", (0, 0), (x, y)),
    "exp of none": lambda: App("exp", (), ()),
    "pi of one": lambda: App("pi", (0,), (x,)),
    "an own name of a function": lambda: App(Text("exp"), (0,), (x,)),
    "a derivative by a term": lambda: D(x, mul(x, y)),  # type: ignore[arg-type]
    "a derivative by an own symbol": lambda: D(x, AnySym("x")),
    "a bracket of a proposition": lambda: Bracket(Positive(x)),  # type: ignore[arg-type]
    "a term in itself": lambda: in_itself(),
}


def in_itself() -> Term:
    t = Add((x,))
    object.__setattr__(t, "terms", (t, t))
    object.__setattr__(t, "_values", ((t, t),))
    return t


def genuine(value: Any) -> bool:
    """Whether a theorem's part is of the kernel's own types, and of plain integers and strings, through and through."""
    if isinstance(value, Node):
        known = type(value) in TYPES.values() and value == type(value)(*value.values())
        return known and all(genuine(getattr(value, name)) for name in value.names)
    if type(value) in (Proof, Step, Definition, Function):
        return all(genuine(getattr(value, f.name)) for f in dataclasses.fields(value))
    if type(value) is tuple:
        return all(map(genuine, value))
    if type(value) is Fraction:
        pair = value.numerator, value.denominator
        return genuine(pair) and pair[1] > 0 and gcd(*pair) == 1
    return type(value) in (int, str)


READ_ANEW = {
    "an integer in Num": num(1),
    "an own fraction": num(1),
    "a fraction of own integers": num(1),
    "an own tuple as an index": Sym("x", (1,)),
    "an own tuple of terms": add(x, y),
    "a list of terms": add(x, y),
}
"""What is written down as plain text and read anew is what it seems to be, and the theorem is about that."""


@pytest.mark.parametrize("name", BAD_TERMS)
def test_what_is_no_term_is_refused(name: str) -> None:
    t = BAD_TERMS[name]()
    places: list[Callable[[], Proof]] = [
        lambda: Proof((), (), (Step("hypothesis", (), Eq(t, x)),), (0,)),
        lambda: Proof((), (), (Step("ring", (), Eq(t, t)),), (0,)),
        lambda: Proof((), (), (Step("law exp slope", (), Eq(x, x), (t,)),), (0,)),
        lambda: Proof((), (), (Step("ring", (), Eq(x, x)), given(Positive(t))), (0,)),
        lambda: Proof((), (Definition(a, t),), (ring(x, x),), (0,)),
        lambda: Proof((Function("f", 1, t),), (), (ring(x, x),), (0,)),
    ]
    if name in READ_ANEW:
        (p,) = check(places[0]()).conclusions
        assert p == Eq(READ_ANEW[name], x)
        assert genuine(p)
        return
    for place in places:
        try:
            theorem = check(place())
        except KernelError:
            continue
        assert name == "an own name", "only a name may be taken for a plain one that is like it"
        assert genuine(theorem.proof)


OK = ring(x, x)
BAD_PROOFS: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "a tuple": lambda: ((), (), (OK,), (0,)),
    "an own proof": lambda: type("Own", (Proof,), {})((), (), (OK,), (0,)),
    "a list of steps": lambda: Proof((), (), [OK], (0,)),  # type: ignore[arg-type]
    "an own tuple of steps": lambda: Proof((), (), Pair((OK,)), (0,)),
    "an own step": lambda: Proof((), (), (type("Own", (Step,), {})("ring", (), Eq(x, x)),), (0,)),
    "a step that is none": lambda: Proof((), (), (Eq(x, x),), (0,)),  # type: ignore[arg-type]
    "a claim beyond the last step": lambda: Proof((), (), (OK,), (1,)),
    "a negative claim": lambda: Proof((), (), (OK,), (-1,)),
    "a bool as a claim": lambda: Proof((), (), (OK, OK), (True,)),
    "a list of claims": lambda: Proof((), (), (OK,), [0]),  # type: ignore[arg-type]
    "a claim without steps": lambda: Proof((), (), (), (0,)),
    "a negative use": lambda: Proof((), (), (OK, Step("ring", (-1,), Eq(x, x))), (1,)),
    "a bool as a use": lambda: Proof((), (), (OK, OK, Step("ring", (True,), Eq(x, x))), (2,)),
    "a list of uses": lambda: Proof((), (), (Step("ring", [], Eq(x, x)),), (0,)),  # type: ignore[arg-type]
    "a list of extra terms": lambda: Proof((), (), (Step("ring", (), Eq(x, x), []),), (0,)),  # type: ignore[arg-type]
    "an own tuple of uses": lambda: Proof((), (), (OK, Step("state", Pair((0,)), Eq(x, x))), (1,)),
    "an own rule name": lambda: Proof((), (), (Step(Text("ring"), (), Eq(x, y)),), (0,)),
    "a term as a conclusion": lambda: Proof((), (), (Step("hypothesis", (), x),), (0,)),  # type: ignore[arg-type]
    "an own proposition": lambda: Proof((), (), (Step("hypothesis", (), AnyProp()),), (0,)),
    "differentiable at a symbol": lambda: Proof((), (), (given(Differentiable(x)),), (0,)),  # type: ignore[arg-type]
    "an own function": lambda: Proof(
        (type("Own", (Function,), {})("f", 1, par(1)),), (), (OK,), (0,)
    ),
    "an own function name": lambda: Proof((Function(Text("f"), 1, par(1)),), (), (OK,), (0,)),
    "a bool as an arity": lambda: Proof((Function("f", True, par(1)),), (), (OK,), (0,)),
    "a definition of a term": lambda: Proof((), (Definition(mul(x, y), x),), (OK,), (0,)),  # type: ignore[arg-type]
    "a definition of an own symbol": lambda: Proof((), (Definition(AnySym("a"), x),), (OK,), (0,)),
    "a step as a definition": lambda: Proof((), (OK,), (OK,), (0,)),  # type: ignore[arg-type]
    "a proof without fields": lambda: object.__new__(Proof),
    "a step without fields": lambda: Proof((), (), (object.__new__(Step),), (0,)),
    "a number without a value": lambda: Proof(
        (), (), (given(tampered(Positive(x), term=object.__new__(Num))),), (0,)
    ),
}


SEEN_THROUGH = (
    "an own proof",
    "a list of steps",
    "an own tuple of steps",
    "an own step",
    "a list of claims",
    "a list of uses",
    "a list of extra terms",
    "an own function",
    "an own tuple of uses",
)
"""These are read anew as the plain proof that they look like."""


@pytest.mark.parametrize("name", BAD_PROOFS)
def test_what_is_no_proof_is_refused(name: str) -> None:
    if name in SEEN_THROUGH:
        theorem = check(BAD_PROOFS[name]())
        assert genuine(theorem.proof)
        assert theorem.conclusions == (Eq(x, x),)
        return
    with pytest.raises(KernelError):
        check(BAD_PROOFS[name]())


def test_data_that_lies_is_refused() -> None:
    """A theorem is made of plain lists, strings and integers: whatever else a leaf may claim to be."""
    definitions = [Definition(Sym("a", (1,)), mul(num(1, 2), x))]
    steps = [given(Nonzero(x)), Step("combine", (0,), Eq(mul(x, inv(x)), num(1)), (num(1),))]
    data = encode(Proof((relu,), tuple(definitions), tuple(steps), (1,)))
    own = {kind: type("Own", (kind,), {}) for kind in (list, dict)} | {int: Whole, str: Text}
    assert Theorem(data).conclusions == (Eq(mul(x, inv(x)), num(1)),)
    for place, value in leaves(data):
        with pytest.raises(KernelError):
            Theorem(changed(data, place, own[type(value)](value)))


def test_a_forged_hash_makes_unlike_terms_no_more_equal() -> None:
    t, u = add(x, y), add(x, z)
    object.__setattr__(t, "_hash", 1)
    object.__setattr__(u, "_hash", 1)
    with pytest.raises(KernelError):
        prove(ring(t, u))


def test_a_hash_that_was_forged_hides_no_dependence() -> None:
    t = mul(x, y)
    object.__setattr__(t, "_hash", hash(num(0)))
    with pytest.raises(KernelError):
        prove(*one(t, x, num(0)))


def test_a_fraction_that_lies_about_its_sign_proves_nothing() -> None:
    """As a fraction 1/-1 is equal to -1, and greater than 0."""
    minus = Num(forged(1, -1))
    with pytest.raises(KernelError):
        prove(
            Step("combine", (), Eq(num(-1), minus)),
            Step("sign", (0,), Positive(num(-1))),
        )


def test_machine_integers_do_not_overflow_unseen() -> None:
    """Fraction keeps the type of a NumPy integer, which wraps around: 3 * 2^61 * 4 = -2^63."""
    np = pytest.importorskip("numpy")
    t = Num(Fraction(np.int64(3 * 2**61)))
    with pytest.raises(KernelError):
        prove(ring(mul(t, num(4)), num(-(2**63))))


# --- forged theorems -------------------------------------------------------------------------------------------


def honest() -> Theorem:
    return prove(given(Nonzero(x)), Step("combine", (0,), Eq(mul(x, inv(x)), num(1)), (num(1),)))


FORGERIES: dict[str, Callable[[Theorem], object]] = {
    "the constructor": lambda t: Theorem(),
    "the constructor with arguments": lambda t: Theorem((), (), (), ()),  # type: ignore[call-arg]
    "a copy": copy.copy,
    "a deep copy": copy.deepcopy,
    "a pickle": pickle.dumps,
    "an old pickle": lambda t: pickle.dumps(t, 0),
    "a replacement": lambda t: dataclasses.replace(t, sequents=()),  # type: ignore[type-var]
    "a subclass": lambda t: type("Own", (Theorem,), {}),
    "new hypotheses": lambda t: setattr(t, "sequents", ()),
    "new definitions": lambda t: setattr(t, "definitions", ()),
    "another attribute": lambda t: setattr(t, "verified", True),
    "fewer attributes": lambda t: delattr(t, "sequents"),
    "other hypotheses of a sequent": lambda t: setattr(t.sequents[0], "hypotheses", frozenset()),
    "another conclusion": lambda t: setattr(t.sequents[0].conclusion, "right", num(2)),
    "reduce": lambda t: t.__reduce__(),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_theorem_is_not_forged(name: str) -> None:
    theorem = honest()
    before = str(theorem)
    with pytest.raises((KernelError, TypeError, AttributeError)):
        FORGERIES[name](theorem)
    assert str(theorem) == before


def test_a_theorem_without_check_states_nothing() -> None:
    try:
        blank = Theorem.__new__(Theorem)
    except KernelError:
        return
    for name in ("sequents", "conclusions", "hypotheses"):
        with pytest.raises(AttributeError):
            getattr(blank, name)


def test_a_sequent_is_no_theorem() -> None:
    assert not isinstance(Sequent(frozenset(), Eq(x, y), frozenset()), Theorem)
    assert type(honest()) is Theorem


# --- tampered steps --------------------------------------------------------------------------------------------


def changes(t: Any) -> list[Any]:
    """A node with one leaf changed, each in turn."""
    if isinstance(t, Num):
        return [Num(t.value + 1), Num(-t.value - 1)]
    if isinstance(t, Sym):
        return [Sym(t.name + "_", t.index), Sym(t.name, (*t.index, 0))]
    out: list[Any] = []
    for name in t.names:
        value = getattr(t, name)
        if isinstance(value, Term):
            new = changes(value)
        elif isinstance(value, int):
            new = [value + 1, -value]
        elif isinstance(value, str):
            new = [value + "_"]
        else:
            new = [
                (*value[:k], v, *value[k + 1 :])
                for k, u in enumerate(value)
                for v in ([u + 1] if isinstance(u, int) else changes(u))
            ]
        for v in new:
            try:
                out.append(dataclasses.replace(t, **{name: v}))
            except TypeError:
                continue
    return out


def test_a_changed_leaf_does_not_go_unnoticed() -> None:
    """Each leaf of each conclusion, one at a time: refused, or another statement."""
    definitions = [Definition(a, add(mul(x, y), num(2))), Definition(b, Pow(app("sq", a), 2))]
    functions = [Function("sq", 1, Pow(par(1), 2))]
    slope = mul(num(2), app("sq", a), app("sq", a, orders=(1,)), y)
    steps = [
        *one(a, x, y),
        Step("derivative", (0,), Slope(b, x, slope)),
        Step("unfold", (), Eq(app("sq", a), Pow(a, 2))),
        Step("unfold", (), Eq(app("sq", a, orders=(1,)), mul(num(2), a))),
        Step("ring", (1, 2, 3), Eq(D(b, x), mul(num(4), Pow(a, 3), y))),
    ]
    before = str(prove(*steps, functions=functions, definitions=definitions))
    tried = 0
    for k, step in enumerate(steps):
        for p in changes(step.conclusion):
            changed = [*steps[:k], dataclasses.replace(step, conclusion=p), *steps[k + 1 :]]
            tried += 1
            try:
                after = str(prove(*changed, functions=functions, definitions=definitions))
            except KernelError:
                continue
            assert after != before, f"step {k}: {step.conclusion} became {p}"
    assert tried > 40


# --- in processes of their own ---------------------------------------------------------------------------------

PRELUDE = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
from kernel_oracle import *
from symbackprop.kernel import KernelError
def ring(l, r): return Step("ring", (), Eq(l, r))
def nest(t, n, f=lambda t: App("sin", (0,), (t,))):
    for _ in range(n):
        t = f(t)
    return t
def twice(t): return Add((t, t))
def attack():
"""
EPILOGUE = """
try:
    str(attack())
    print("a theorem")
except KernelError:
    print("refused")
"""

EXHAUSTING = {
    "a tower of powers": "return prove(ring(nest(num(2), 4, lambda t: Pow(t, 1000)), x))",
    "a power of a long sum": "return prove(ring(Pow(Add(tuple(map(Sym, 'abcdef'))), 1000), x))",
    "a billion parameters": "return prove(ring(x, x), functions=[Function('f', 10**9, num(0))])",
    "a billion derivatives": (
        "return prove(Step('unfold', (), Eq(App('f', (10**9,), (x,)), x)),"
        " functions=[Function('f', 1, par(1))])"
    ),
    "a name of a billion primes": "return prove(ring(App('f', (10**10,), (x,)), App('f', (10**10,), (x,))))",
    "a shared term in an error": "return prove(Step('law exp zero', (), Eq(nest(x, 100, twice), x)))",
    "a shared term in a theorem": "return prove(ring(nest(x, 100, twice), nest(x, 100, twice)))",
    "a shared term differentiated": "return prove(Step('derivative', (), Slope(nest(x, 60, lambda t: Mul((t, t))), x, x)))",
    "a shared term unfolded": (
        "return prove(Step('unfold', (), Eq(app('f', x), x)),"
        " functions=[Function('f', 1, nest(par(1), 60, twice))])"
    ),
    "functions that double": (
        "fs = [Function('f0', 1, par(1))] + [Function(f'f{k}', 1, nest(par(1), 2, lambda t, k=k: app(f'f{k-1}', t)))"
        " for k in range(1, 40)]\n"
        "    return prove(ring(app('f39', x), app('f39', x)), functions=fs)"
    ),
    "a chain of functions": (
        "fs = [Function('f0', 1, par(1))] + [Function(f'f{k}', 1, app(f'f{k-1}', par(1)))"
        " for k in range(1, 2000)]\n"
        "    return prove(ring(app('f1999', x), app('f1999', x)), functions=fs)"
    ),
    "a slope through a chain of functions": (
        "fs = [Function('f0', 1, par(1))] + [Function(f'f{k}', 1, app(f'f{k-1}', par(1)))"
        " for k in range(1, 2000)]\n"
        "    return prove(Step('unfold', (), Eq(app('f1999', x, orders=(1,)), x)), functions=fs)"
    ),
    "a chain of definitions": (
        "ds = [Definition(Sym('a', (0,)), x)] + [Definition(Sym('a', (k,)), add(Sym('a', (k - 1,)), x))"
        " for k in range(1, 3000)]\n"
        "    return prove(Step('derivative', (), Slope(Sym('a', (2999,)), x, num(3000))), definitions=ds)"
    ),
    "a deep term put into a deep term": (
        "return prove(Step('unfold', (), Eq(app('f', nest(x, 140)), x)),"
        " functions=[Function('f', 1, nest(par(1), 140))])"
    ),
    "a term of depth 100,000": "return prove(ring(nest(x, 100_000, lambda t: Add((t,))), x))",
    "a number of 5,000 digits": "return prove(ring(num(10**5000), x))",
    "a hypothesis about one": "return prove(Step('hypothesis', (), Positive(add(x, num(10**5000)))))",
}
"""Each must come to an end soon, with a theorem or a refusal and nothing else."""

UNDER_O = {
    "0/0": "return prove(ring(mul(x, inv(x)), num(1)))",
    "a false ring": "return prove(ring(Pow(add(x, y), 2), add(Pow(x, 2), Pow(y, 2))))",
    "a false derivative": "return prove(Step('derivative', (), Slope(Pow(x, 2), x, x)))",
    "a hidden variable": (
        "return prove(Step('derivative', (), Slope(a, x, num(0))), definitions=[Definition(a, x)])"
    ),
    "a pointwise equation differentiated": (
        "return prove(Step('hypothesis', (), Eq(x, num(0))),"
        " Step('ring', (0,), Eq(D(x, x), D(num(0), x))))"
    ),
    "an unknown rule": "return prove(Step('magic', (), Eq(x, y)))",
    "a false law": "return prove(Step('law exp zero', (), Eq(app('exp', num(0)), num(2))))",
    "a definition by itself": "return prove(ring(x, x), definitions=[Definition(a, a)])",
    "a false sign": "return prove(Step('sign', (), Positive(x)))",
    "a step that uses itself": "return prove(Step('ring', (0,), Eq(x, y)))",
    "a forged theorem": "from symbackprop.kernel import Theorem; return Theorem()",
    "an own term": "return prove(ring(type('T', (Term,), {'_hash': 1})(), x))",
    "a float": "return prove(ring(Num(0.5), Num(0.5)))",
    "a kink": (
        "return prove(Step('unfold', (), Eq(app('r', num(0), orders=(1,)), num(1))),"
        " functions=[Function('r', 1, mul(par(1), Bracket(par(1))))])"
    ),
    "no differentiability": (
        "return prove(ring(D(a, x), D(a, x)), Step('derivative', (0,), Slope(mul(x, Bracket(a)), x, Bracket(a))),"
        " definitions=[Definition(a, add(Bracket(x), num(-1, 2)))])"
    ),
}


def start(code: str, *options: str) -> subprocess.Popen[str]:
    source = PRELUDE + "    " + code + "\n" + EPILOGUE
    paths = [str(HERE), str(HERE.parents[1])]
    setup = f"import sys; sys.path[:0] = {paths!r}\n"
    return subprocess.Popen(
        [sys.executable, *options, "-c", setup + source],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome(code: str, *options: str) -> str:
    """What comes of it in ten seconds of the processor's time."""
    process = start(code, *options)
    try:
        out, err = process.communicate(timeout=100)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return "no end"
    lines = [*out.splitlines(), *err.splitlines()]
    return lines[-1] if lines else "no end"


def outcomes(attacks: dict[str, str], *options: str) -> dict[str, str]:
    """Two at a time."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda code: outcome(code, *options), attacks.values())
        return dict(zip(attacks, found, strict=True))


@pytest.fixture(scope="module")
def exhausting() -> dict[str, str]:
    return outcomes(EXHAUSTING)


@pytest.mark.parametrize("name", EXHAUSTING)
def test_no_proof_hangs_or_crashes_the_checker(name: str, exhausting: dict[str, str]) -> None:
    assert exhausting[name] in ("refused", "a theorem")


@pytest.fixture(scope="module")
def under_o() -> dict[str, str]:
    return outcomes(UNDER_O, "-O")


@pytest.mark.parametrize("name", UNDER_O)
def test_attacks_are_refused_without_asserts(name: str, under_o: dict[str, str]) -> None:
    assert under_o[name] == "refused"


def test_an_honest_proof_is_taken_without_asserts() -> None:
    assert outcome("return prove(ring(add(x, y), add(y, x)))", "-O") == "a theorem"


def test_every_attack_is_refused_without_asserts() -> None:
    """The whole list, in one process."""
    code = (
        "import test_attacks, test_attacks_indices\n"
        "    for attack in [*test_attacks.FALSE, *test_attacks_indices.FALSE]:\n"
        "        try:\n"
        "            prove(*attack.steps, definitions=attack.definitions, functions=attack.functions)\n"
        "            return attack.why\n"
        "        except KernelError:\n"
        "            pass\n"
        "    raise KernelError('all', 'refused', '')"
    )
    assert outcome(code, "-O") == "refused"


def test_a_theorem_prints_the_same_in_every_process() -> None:
    """Whatever the order in which sets are walked."""
    code = (
        "t = Add((Bracket(add(x, neg(y))), Bracket(add(y, neg(z))), Bracket(add(z, neg(x)))))\n"
        "    print(prove(Step('derivative', (), Slope(app('g', t), x, num(0)))))"
    )
    source = f"import sys; sys.path[:0] = {[str(HERE), str(HERE.parents[1])]!r}\n" + PRELUDE
    printed = {
        subprocess.run(
            [sys.executable, "-c", source + "    " + code + "\nattack()"],
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": str(seed)},
            check=True,
        ).stdout
        for seed in range(1, 7)
    }
    assert len(printed) == 1, "\n".join(printed)


def test_attacks_name_variables_that_are_apart() -> None:
    """The attacks rest on x, y, z, a, b, c being unlike one another."""
    assert len({x, y, z, a, b, c}) == 6
