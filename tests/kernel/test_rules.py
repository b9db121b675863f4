"""Each rule: what it takes and what it refuses; the derivative against numerical differentiation."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mpmath as mp
import pytest
from kernel_oracle import (
    Model,
    a,
    add,
    app,
    at_least,
    b,
    c,
    close,
    d,
    equal,
    fam,
    given,
    inv,
    mul,
    neg,
    num,
    par,
    prove,
    random_term,
    total,
    width,
    x,
    y,
    z,
)
from kernel_worlds import counterexample
from random_sums import term

from symbackprop.kernel import (
    ARITY,
    All,
    App,
    Bound,
    Bracket,
    D,
    Definition,
    Differentiable,
    Eq,
    Function,
    Int,
    KernelError,
    Kron,
    Nonzero,
    Positive,
    Pow,
    Prop,
    Slope,
    Step,
    Sum,
    Sym,
    Term,
    Theorem,
    Vec,
    closed,
    minus,
    subterms,
    whole,
)
from symbackprop.kernel.context import Context, context
from symbackprop.kernel.derivative import Differentiation
from symbackprop.kernel.laws import LAWS, instance
from symbackprop.kernel.rewriting import Rewriting
from symbackprop.kernel.rules import RULES
from symbackprop.kernel.sequents import SEQUENT_RULES

DEFINITIONS = (
    Definition(a, mul(x, y)),
    Definition(b, add(app("g", a), x)),
    Definition(c, mul(a, b)),
)
FUNCTIONS = (
    Function("sq", 1, Pow(par(1), 2)),
    Function("ratio", 2, mul(par(1), inv(par(2)))),
    Function("relu", 1, mul(par(1), Bracket(par(1)))),
    Function("lg", 1, app("log", app("sq", par(1)))),
    Function("t", 1, Pow(par(1), 3), (1,)),
)
l, m, n, k = Int("l"), Int("m"), Int("n"), Int("k")


FAMILIES = (
    Definition(fam("r", 0), num(3)),
    Definition(fam("r", l), mul(fam("r", whole(l, -1)), fam("w", l)), (l,), (whole(l, -1),)),
)
"""r[l] = 3 w[1] ... w[l]."""


def multiple(c: Term, t: Term) -> Step:
    """[c t > 0] = [c > 0] for t > 0."""
    return Step(
        "law bracket of a multiple", (), instance("bracket of a multiple", (c, t))[0], (c, t)
    )


SIDES = Eq(add(Bracket(x), Bracket(neg(x))), num(1))
"""[x > 0] + [-x > 0] = 1 for x > 0, for -x > 0, and so for x /= 0."""
BY_SIDES = (
    multiple(num(1), x),
    multiple(num(-1), x),
    Step("combine", (0, 1), SIDES, (num(1), num(1))),
    multiple(num(1), neg(x)),
    multiple(num(-1), neg(x)),
    Step("combine", (3, 4), SIDES, (num(1), num(1))),
)


@dataclass(frozen=True)
class Case:
    """A last step, after others, and what it must come to: its hypotheses, or None where it is refused."""

    rule: str
    conclusion: Prop
    hypotheses: tuple[Prop, ...] | None = ()
    uses: tuple[int, ...] = ()
    before: tuple[Step, ...] = ()
    extra: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return f"{self.rule}: {self.conclusion}"

    def prove(self) -> Theorem:
        last = Step(self.rule, self.uses, self.conclusion, self.extra)
        definitions = DEFINITIONS + FAMILIES
        return prove(*self.before, last, functions=FUNCTIONS, definitions=definitions)


def using(rule: str, p: Prop, *premises: Prop, extra: tuple[Term, ...] = ()) -> Case:
    """A step that uses premises, each of them a hypothesis; it adds none of its own."""
    before = tuple([given(q) for q in premises])
    return Case(rule, p, premises, tuple(range(len(premises))), before, extra)


def refused(rule: str, p: Prop, *premises: Prop, extra: tuple[Term, ...] = ()) -> Case:
    before = tuple([given(q) for q in premises])
    return Case(rule, p, None, tuple(range(len(premises))), before, extra)


g, g1 = app("g", x), app("g", x, orders=(1,))
X0, XS = fam("x", Bound(0)), Sum(num(1), k, fam("x", Bound(0)))
E_X = App("E", ((),), (Vec(num(1), k, X0),))
E_J = App("E", ((Bound(0),),), (Vec(num(1), k, X0),))
R, BELOW = fam("r", l), fam("r", whole(l, -1))
D_BELOW = D(BELOW, fam("w", n))
DEFINED_L = Eq(R, mul(BELOW, fam("w", l)))
DEFINED = closed(DEFINED_L, l)
W0 = fam("w", 0)
APART = Kron(whole(l, 1), num(0))
INDUCTION = (
    d(fam("r", 0), W0, num(0)),
    given(Slope(R, W0, num(0))),
    Step("law apart", (), Eq(APART, num(0)), (whole(l, 1), num(0))),
    Step("derivative", (1, 2), Slope(fam("r", whole(l, 1)), W0, num(0))),
)
"""r does not depend on w[0]: at 0, and at l + 1 if at l."""

DERIVATIVE_OF_A = d(a, x, y)


def as_exp(t: Term, k: int) -> tuple[Step, ...]:
    """t = exp(log(t)) for t > 0, as steps k and k + 1: what is said of t is then plain."""
    out = app("exp", app("log", t))
    return Step("law exp log", (), Eq(out, t), (t,)), Step("combine", (k,), Eq(t, out), (num(-1),))


AS_EXP_X, AS_EXP_Y = as_exp(x, 0), as_exp(y, 2)

ACCEPTED = [
    Case("definition", Eq(a, mul(x, y))),
    Case("unfold", Eq(app("sq", y), Pow(y, 2))),
    Case("unfold", Eq(app("sq", y, orders=(1,)), mul(num(2), y))),
    Case("unfold", Eq(app("sq", y, orders=(2,)), num(2))),
    Case("unfold", Eq(app("sq", y, orders=(3,)), num(0))),
    Case("unfold", Eq(app("relu", y, orders=(1,)), Bracket(y)), (Nonzero(y),)),
    Case("unfold", Eq(app("relu", num(-2), orders=(1,)), num(0))),
    Case("unfold", Eq(app("ratio", x, y, orders=(1, 0)), inv(y)), (Nonzero(y),)),
    Case("unfold", Eq(app("ratio", x, y, orders=(0, 1)), neg(mul(x, Pow(y, -2)))), (Nonzero(y),)),
    Case("unfold", Eq(app("ratio", x, y, orders=(1, 1)), neg(Pow(y, -2))), (Nonzero(y),)),
    Case("law exp slope", Eq(app("exp", x, orders=(1,)), app("exp", x)), extra=(x,)),
    Case(
        "law log slope",
        Eq(app("log", x, orders=(1,)), inv(x)),
        (Positive(x), Nonzero(x)),
        extra=(x,),
    ),
    Case("derivative", Slope(x, x, num(1))),
    Case("derivative", Slope(y, x, num(0))),
    Case("derivative", Slope(inv(y), x, num(0)), (Nonzero(y),)),  # needed to be defined at all
    Case("derivative", Slope(a, x, y)),
    Case("derivative", Slope(a, a, num(1))),
    Case(
        "derivative",
        Slope(c, a, add(b, mul(a, app("g", a, orders=(1,))))),
        (Differentiable(app("g", a)),),
    ),
    Case("derivative", Slope(g, x, g1), (Differentiable(g),)),
    Case("derivative", Slope(g1, x, app("g", x, orders=(2,))), (Differentiable(g1),)),
    Case("derivative", Slope(Bracket(x), x, num(0)), (Nonzero(x),)),
    Case("derivative", Slope(inv(x), x, neg(Pow(x, -2))), (Nonzero(x),)),
    Case("derivative", Slope(app("log", x), x, app("log", x, orders=(1,))), (Positive(x),)),
    Case("derivative", Slope(app("relu", x), x, app("relu", x, orders=(1,))), (Nonzero(x),)),
    Case(
        "derivative",
        Slope(b, x, add(mul(y, app("g", a, orders=(1,))), num(1))),
        (Differentiable(app("g", a)),),
        (0,),
        (DERIVATIVE_OF_A,),
    ),
    Case("ring", Eq(Pow(add(x, y), 2), add(Pow(x, 2), mul(num(2), x, y), Pow(y, 2)))),
    using("ring", Eq(add(x, num(1)), add(z, num(1))), Eq(x, y), Eq(y, z)),
    using("ring", Eq(app("g", x), app("g", y)), Eq(x, y)),
    using("ring", Eq(mul(D(a, x), y), Pow(y, 2)), Eq(D(a, x), y)),
    using("combine", Eq(mul(x, z), mul(y, z)), Eq(x, y), extra=(z,)),
    using("combine", Eq(add(x, z), num(3)), Eq(x, num(1)), Eq(z, num(2)), extra=(num(1), num(1))),
    using("combine", Eq(y, x), Eq(x, y), extra=(num(-1),)),
    using("combine", Eq(mul(x, inv(x)), num(1)), Nonzero(x), extra=(num(1),)),
    Case(
        "combine",
        Eq(mul(app("exp", x), inv(app("exp", x))), num(1)),
        (),
        (0,),
        (Step("sign", (), Nonzero(app("exp", x))),),
        (num(1),),
    ),
    using("combine", Eq(Bracket(x), num(1)), Nonzero(Bracket(x)), extra=(num(1),)),
    using("combine", Eq(mul(z, inv(x)), num(1)), Eq(z, x), Nonzero(x), extra=(num(1),)),
    using("combine", Eq(mul(y, z), x), Eq(y, z), Eq(mul(z, z), x), extra=(num(1),)),
    using("ring", Eq(add(app("exp", y), z), add(app("exp", y), x)), Eq(x, z)),
    Case("sign", Positive(add(num(1), app("exp", x)))),
    Case("sign", Positive(inv(add(num(1), app("exp", x))))),
    Case("sign", Nonzero(neg(app("exp", x)))),
    using("sign", Positive(mul(num(3), x)), Positive(x)),
    using("sign", Nonzero(neg(x)), Positive(x)),
    using("sign", Nonzero(neg(x)), Nonzero(x)),
    Case(
        "sign", Positive(add(x, mul(x, y))), (Positive(x), Positive(y)), (1, 3), AS_EXP_X + AS_EXP_Y
    ),
    using("sign", Positive(x), Eq(x, app("exp", y))),
    Case("hypothesis", Positive(x), (Positive(x),)),
    Case("hypothesis", Nonzero(mul(num(-2), x)), (Nonzero(x),)),
    Case("hypothesis", Eq(x, y), (Eq(x, y),)),
    Case("hypothesis", Positive(num(1))),
    Case("hypothesis", at_least(width(l), 1)),
    Case("smooth", Differentiable(app("sq", x))),
    Case("smooth", Differentiable(app("relu", x)), (Nonzero(x),)),
    Case("smooth", Differentiable(App("t", (0,), (x,), (1,)))),
    Case("unfold", Eq(App("t", (1,), (x,), (1,)), mul(num(3), Pow(x, 2)))),
    Case("definition", Eq(fam("r", 0), num(3))),
    Case("definition", Eq(fam("r", 2), mul(fam("r", 1), fam("w", 2)))),
    Case("definition", Eq(R, mul(fam("r", whole(l, -1)), fam("w", l))), (at_least(l, 1),)),
    Case("derivative", Slope(fam("r", 2), fam("w", 1), mul(fam("r", 0), fam("w", 2)))),
    Case("derivative", Slope(XS, fam("x", n), Sum(num(1), k, Kron(Bound(0), n)))),
    Case("derivative", Slope(fam("x", k), fam("x", n), Kron(k, n))),
    Case("derivative", Slope(fam("x", k), fam("x", whole(k, 1)), num(0))),
    Case(
        "derivative",
        Slope(
            R, fam("w", n), add(mul(D_BELOW, fam("w", l)), mul(fam("r", whole(l, -1)), Kron(l, n)))
        ),
        (at_least(l, 1), Slope(fam("r", whole(l, -1)), fam("w", n), D_BELOW)),
        (0,),
        (given(Slope(fam("r", whole(l, -1)), fam("w", n), D_BELOW)),),
    ),
    Case(
        "derivative",
        Slope(E_X, fam("x", n), Sum(num(1), k, mul(E_J, Kron(Bound(0), n)))),
        (Differentiable(E_X),),
    ),
    Case(
        "derivative",
        Slope(Sum(num(1), k, inv(X0)), y, num(0)),
        (All(num(1), k, Nonzero(X0)),),
    ),
    Case(
        "derivative",
        Slope(
            Sum(num(1), k, inv(X0)),
            fam("x", n),
            Sum(num(1), k, neg(mul(Kron(Bound(0), n), Pow(X0, -2)))),
        ),
        (All(num(1), k, Nonzero(X0)),),
    ),
    Case("ring", Eq(Sum(num(1), num(2), X0), add(fam("x", 1), fam("x", 2)))),
    using("ring", Eq(XS, Sum(num(1), k, y)), All(num(1), k, Eq(X0, y))),
    using("specialize", Eq(fam("x", 2), y), All(num(1), num(3), Eq(X0, y)), extra=(num(2),)),
    Case(
        "specialize",
        Eq(fam("x", m), y),
        (All(num(1), k, Eq(X0, y)), at_least(m, 1), at_least(k, m)),
        (0,),
        (given(All(num(1), k, Eq(X0, y))),),
        (m,),
    ),
    Case("cases", All(num(1), num(0), Eq(X0, y))),
    using("cases", All(num(1), num(2), Eq(X0, y)), Eq(fam("x", 1), y), Eq(fam("x", 2), y)),
    using("cases", All(num(1), k, Eq(X0, y)), Eq(fam("x", 1), y), All(num(2), k, Eq(X0, y))),
    using("cases", All(k, k, Eq(X0, y)), Eq(fam("x", k), y)),
    using(
        "cases", All(k, whole(k, 1), Eq(X0, y)), Eq(fam("x", k), y), Eq(fam("x", whole(k, 1)), y)
    ),
    Case(
        "generalize",
        All(num(1), k, Eq(mul(X0, num(2)), add(X0, X0))),
        (),
        (0,),
        (Step("ring", (), Eq(mul(fam("x", m), num(2)), add(fam("x", m), fam("x", m)))),),
        (m,),
    ),
    Case(
        "generalize", All(num(1), k, DEFINED), (), (0,), (Step("definition", (), DEFINED_L),), (l,)
    ),
    Case(
        "generalize",
        All(num(-1), k, DEFINED),
        (at_least(-1, 1),),
        (0,),
        (Step("definition", (), DEFINED_L),),
        (l,),
    ),
    Case(
        "instantiate",
        Eq(fam("r", 3), mul(fam("r", 2), fam("w", 3))),
        (),
        (0,),
        (Step("definition", (), DEFINED_L),),
        (l, num(3)),
    ),
    Case(
        "instantiate",
        Eq(fam("r", -1), mul(fam("r", -2), fam("w", -1))),
        (at_least(-1, 1),),
        (0,),
        (Step("definition", (), DEFINED_L),),
        (l, num(-1)),
    ),
    Case(
        "instantiate",
        Eq(fam("x", n, m), fam("x", m, n)),
        (Eq(fam("x", n, m), fam("x", m, n)),),
        (0,),
        (given(Eq(fam("x", m, n), fam("x", n, m))),),
        (m, n, n, m),
    ),
    Case("signs", SIDES, (Nonzero(x),), (2, 5), BY_SIDES, (x,)),
    Case("signs", SIDES, (Nonzero(x),), (5, 2), BY_SIDES, (neg(x),)),
    Case("state", Eq(inv(x), inv(x)), (Nonzero(x),), (0,), (Step("ring", (), Eq(inv(x), inv(x))),)),
    Case(
        "induction",
        Slope(R, W0, num(0)),
        (at_least(l, 0),),
        (0, 3),
        INDUCTION,
        (l, num(0)),
    ),
    Case(
        "induction",
        Slope(R, W0, num(0)),
        (at_least(l, 0), at_least(k, l)),
        (0, 3),
        INDUCTION,
        (l, num(0), k),
    ),
]

REFUSED = [
    Case("definition", Eq(a, mul(y, x)), None),
    Case("definition", Eq(x, x), None),
    Case("definition", Eq(mul(x, y), a), None),
    Case("definition", Positive(a), None),
    Case("unfold", Eq(app("sq", y), Pow(x, 2)), None),
    Case("unfold", Eq(app("sq", y, orders=(1,)), y), None),
    Case("unfold", Eq(app("sq", y, x), Pow(y, 2)), None),
    Case("unfold", Eq(app("g", y), app("g", y)), None),
    Case("unfold", Eq(app("exp", y, orders=(1,)), app("exp", y)), None),
    Case("unfold", Eq(Pow(y, 2), app("sq", y)), None),
    Case("law exp slope", Eq(app("exp", x, orders=(1,)), app("exp", y)), None, extra=(x,)),
    Case("law exp slope", Eq(app("exp", x, orders=(1,)), app("exp", x)), None),
    Case("law exp slope", Eq(app("exp", x, orders=(1,)), app("exp", x)), None, extra=(x, y)),
    Case("law exp slope", Eq(app("g", x, orders=(1,)), app("g", x)), None, extra=(x,)),
    Case("law pythagoras", Eq(app("sin", x), app("cos", x)), None, extra=(x,)),
    Case("law exp", Eq(x, x), None),
    Case("law ", Eq(x, x), None),
    Case("derivative", Slope(x, x, num(0)), None),
    Case("derivative", Slope(y, x, num(1)), None),
    Case("derivative", Slope(a, x, x), None),
    Case("derivative", Slope(a, x, num(0)), None),
    Case("derivative", Slope(c, a, b), None),
    Case("derivative", Eq(y, D(a, x)), None),
    Case("derivative", Eq(a, mul(x, y)), None),
    Case("derivative", Slope(D(a, x), y, num(1)), None),
    Case("derivative", Slope(mul(x, D(a, x)), x, y), None),
    Case("derivative", Slope(Bracket(x), x, num(1)), None),
    Case("derivative", Slope(Pow(x, 3), x, Pow(x, 2)), None),
    Case("derivative", Slope(app("h", x, x), x, app("h", x, x, orders=(1, 0))), None),
    Case("derivative", Slope(b, x, num(1)), None, (0,), (Step("derivative", (), Slope(a, y, x)),)),
    refused("derivative", Slope(b, x, num(1)), Eq(a, mul(x, y))),
    refused("derivative", Slope(b, x, num(1)), Positive(x)),
    Case("ring", Eq(x, y), None),
    Case("ring", Eq(mul(x, inv(x)), num(1)), None),
    Case("ring", Eq(Bracket(neg(x)), add(num(1), neg(Bracket(x)))), None),
    Case("ring", Positive(num(1)), None),
    refused("ring", Eq(x, z), Eq(x, y)),
    refused("ring", Eq(D(x, x), D(y, x)), Eq(x, y)),
    refused("ring", Eq(x, num(0)), Positive(x)),
    refused("combine", Eq(mul(x, z), mul(y, z)), Eq(x, y), extra=(x,)),
    refused("combine", Eq(x, y), Eq(x, y)),
    refused("combine", Eq(x, y), Eq(x, y), extra=(num(1), num(1))),
    refused("combine", Eq(x, y), Eq(y, x), extra=(num(1),)),
    refused("combine", Eq(x, y), Eq(mul(x, z), mul(y, z)), extra=(inv(z),)),  # false at z = 0
    refused("combine", Eq(x, y), Nonzero(x), extra=(num(1),)),
    Case("combine", Eq(x, y), None),
    refused("combine", Eq(inv(x), x), Nonzero(x), extra=(num(1),)),
    refused("combine", Eq(mul(x, inv(x)), num(1)), extra=(num(1),)),
    refused("combine", Eq(mul(x, inv(x)), num(1)), Nonzero(y), extra=(num(1),)),
    refused("combine", Eq(mul(x, inv(x)), num(1)), Positive(x), extra=(num(1),)),
    refused("combine", Eq(inv(add(x, neg(x))), num(0)), Nonzero(num(0)), extra=(num(1),)),
    refused("combine", Nonzero(x), Nonzero(x), extra=(num(1),)),
    refused("combine", Eq(mul(x, inv(x)), num(1)), Eq(y, z), Nonzero(x), extra=(num(1),)),
    refused("combine", Eq(mul(y, z), x), Eq(mul(y, z), x), Eq(y, z), extra=(num(1),)),
    Case("ring", Eq(mul(x, inv(x)), num(1)), None),
    Case("ring", Eq(inv(x), x), None),
    Case("ring", Eq(inv(add(x, neg(x))), num(0)), None),
    Case("ring", Nonzero(x), None),
    refused("ring", Eq(mul(x, inv(x)), num(1)), Nonzero(x)),
    refused("ring", Eq(inv(x), inv(z)), Eq(x, y)),
    refused("ring", Eq(x, y), Eq(x, y), extra=(num(1),)),
    Case("sign", Positive(x), None),
    Case("sign", Positive(Pow(x, 2)), None),
    Case("sign", Positive(num(0)), None),
    Case("sign", Nonzero(num(0)), None),
    Case("sign", Nonzero(add(num(1), neg(app("exp", x)))), None),
    Case("sign", Eq(x, x), None),
    refused("sign", Positive(neg(x)), Positive(x)),
    refused("sign", Positive(x), Nonzero(x)),
    refused("sign", Positive(mul(num(0), x)), Positive(x)),
    refused("sign", Positive(mul(x, y)), Positive(x)),
    refused("sign", Positive(add(x, y)), Nonzero(x), Positive(y)),
    refused("sign", Positive(inv(x)), Nonzero(x)),
    refused("sign", Positive(app("exp", x)), Positive(app("exp", x))),
    refused("sign", Nonzero(mul(x, y)), Nonzero(x), Nonzero(y)),
    Case("sign", Positive(add(x, mul(x, y))), None, (1,), AS_EXP_X),
    Case("sign", Positive(mul(x, z)), None, (1, 3), AS_EXP_X + AS_EXP_Y),
    refused("sign", Positive(x), Eq(app("exp", y), x)),
    Case("smooth", Differentiable(g), None),
    Case("smooth", Differentiable(app("exp", x)), None),
    Case("smooth", Eq(x, x), None),
    Case("smooth", Differentiable(App("t", (0,), (x,), (2,))), None),
    Case("definition", Eq(fam("r", -1), mul(fam("r", -2), fam("w", -1))), None),
    Case("definition", Eq(fam("r", 1), num(3)), None),
    Case("definition", Eq(R, num(3)), None),
    Case("definition", Eq(R, mul(fam("r", l), fam("w", l))), None),
    Case("derivative", Slope(fam("r", 2), fam("w", 1), fam("w", 2)), None),
    Case("derivative", Slope(fam("r", 2), fam("w", n), num(0)), None),
    Case("derivative", Slope(fam("x", k), fam("x", n), num(0)), None),
    Case("derivative", Slope(XS, fam("x", n), num(1)), None),
    Case("derivative", Slope(E_X, fam("x", n), App("E", ((n,),), E_X.args)), None),
    refused("derivative", Slope(XS, fam("x", n), num(0)), All(num(1), k, Eq(X0, y))),
    refused("ring", Eq(XS, mul(k, y)), All(num(1), k, Eq(X0, y))),
    refused("ring", Eq(XS, Sum(num(1), k, y)), All(num(1), m, Eq(X0, y))),
    refused("specialize", Eq(fam("x", 4), y), All(num(1), num(3), Eq(X0, y)), extra=(num(2),)),
    refused("specialize", Eq(fam("x", 2), y), All(num(1), num(3), Eq(X0, y))),
    refused("specialize", Eq(fam("x", 2), y), All(num(1), num(3), Eq(X0, y)), extra=(y,)),
    refused("specialize", Eq(fam("x", 2), y), Eq(fam("x", 2), y), extra=(num(2),)),
    refused("cases", All(num(1), num(2), Eq(X0, y)), Eq(fam("x", 1), y)),
    refused("cases", All(num(1), num(2), Eq(X0, y)), Eq(fam("x", 2), y), Eq(fam("x", 1), y)),
    refused("cases", All(num(1), k, Eq(X0, y)), Eq(fam("x", 1), y)),
    refused("cases", All(num(1), k, Eq(X0, y)), Eq(fam("x", 1), y), Eq(fam("x", k), y)),
    refused("cases", All(num(1), k, Eq(X0, y)), Eq(fam("x", 1), y), All(num(3), k, Eq(X0, y))),
    Case("cases", All(num(1), num(1), Eq(X0, y)), None),
    Case("cases", All(num(1), k, Eq(X0, y)), None),
    refused("cases", All(num(1), num(0), Eq(X0, y)), Eq(fam("x", 1), y)),
    refused("cases", Eq(fam("x", 1), y), Eq(fam("x", 1), y)),
    refused("generalize", All(num(1), k, Eq(X0, y)), Eq(fam("x", m), y), extra=(m,)),
    refused("generalize", All(num(1), k, Eq(X0, y)), Eq(fam("x", 1), y), extra=(m,)),
    refused("generalize", All(num(1), k, Eq(x, x)), Eq(x, x)),
    refused("generalize", All(num(1), k, Eq(x, x)), Eq(x, x), extra=(x,)),
    refused("generalize", All(num(1), k, Eq(x, x)), Eq(x, x), extra=(width(l),)),
    refused("instantiate", Eq(fam("x", 2), y), Eq(fam("x", m), y), extra=(m, num(3))),
    refused("instantiate", Eq(fam("x", m), y), Eq(fam("x", m), y)),
    refused("instantiate", Eq(fam("x", m), y), Eq(fam("x", m), y), extra=(n, num(3))),
    refused("instantiate", Eq(fam("x", 2), y), Eq(fam("x", m), y), extra=(m,)),
    refused("instantiate", Eq(fam("x", 2), y), Eq(fam("x", m), y), extra=(m, num(2), n, num(2))),
    refused("instantiate", Eq(fam("x", 2), y), Eq(fam("x", m), y), extra=(m, num(1), m, num(2))),
    refused("instantiate", Eq(y, y), Eq(x, y), extra=(x, y)),
    refused("instantiate", Eq(y, y), Eq(m, y), extra=(m, y)),
    Case("induction", Slope(R, x, num(0)), None, (0, 3), INDUCTION, (l, num(0))),
    Case("induction", Slope(R, W0, num(0)), None, (0, 3), INDUCTION, (l, num(-1))),
    Case("induction", Slope(R, W0, num(0)), None, (3, 0), INDUCTION, (l, num(0))),
    Case("induction", Slope(R, W0, num(0)), None, (0, 1), INDUCTION, (l, num(0))),
    Case("induction", Slope(R, W0, num(0)), None, (0,), INDUCTION, (l, num(0))),
    Case("induction", Slope(R, W0, num(0)), None, (0, 3), INDUCTION, ()),
    Case("induction", Slope(R, W0, num(0)), None, (0, 3), INDUCTION, (l, num(0), k, n)),
    Case("induction", Slope(R, W0, num(0)), None, (0, 3), INDUCTION, (l, num(0), whole(l, 1))),
    Case("signs", SIDES, None, (5, 2), BY_SIDES, (x,)),
    Case("signs", SIDES, None, (2, 2), BY_SIDES, (x,)),
    Case("signs", SIDES, None, (2, 5), BY_SIDES, (y,)),
    Case("signs", SIDES, None, (2, 5), BY_SIDES, (mul(x, x),)),
    Case("signs", SIDES, None, (2, 5), BY_SIDES),
    Case("signs", SIDES, None, (2, 5), BY_SIDES, (x, x)),
    Case("signs", SIDES, None, (2,), BY_SIDES, (x,)),
    Case("signs", SIDES, None, (2, 5, 5), BY_SIDES, (x,)),
    Case("signs", Eq(x, x), None, (2, 5), BY_SIDES, (x,)),
    Case("signs", Eq(Bracket(x), num(1)), None, (0, 3), BY_SIDES, (x,)),
    Case("state", Eq(x, x), None, (0,), (Step("ring", (), Eq(y, y)),)),
    Case("state", Eq(x, x), None),
    Case("state", Eq(x, y), None, (0, 1), (given(Eq(x, y)), given(Eq(x, y)))),
    Case("magic", Eq(x, y), None),
    Case("", Eq(x, x), None),
    Case("Ring", Eq(x, x), None),
]


@pytest.mark.parametrize("case", ACCEPTED, ids=str)
def test_accepted(case: Case) -> None:
    theorem = case.prove()
    assert theorem.conclusions == (case.conclusion,)
    assert set(theorem.hypotheses) == set(case.hypotheses or ())


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_refused(case: Case) -> None:
    with pytest.raises(KernelError):
        case.prove()


def test_every_rule_is_accepted_once_and_refused_at_least_thrice() -> None:
    for rule in {*RULES, *SEQUENT_RULES, "state"} - {"hypothesis"}:
        assert [k for k in ACCEPTED if k.rule == rule]
        assert len([k for k in REFUSED if k.rule == rule]) >= 3


def exactly(case: Case) -> bool:
    """Whether worlds know all its functions and derivatives."""
    nodes = [u for p in (case.conclusion, *(case.hypotheses or ())) for u in subterms(p)]
    applied = [u for u in nodes if isinstance(u, App)]
    twice = [u for u in applied if u.name in ("sq", "ratio", "relu") and sum(u.orders) > 1]
    return not twice and not any(u.name in ("lg", *ARITY) for u in applied)


@pytest.mark.parametrize("case", [c for c in ACCEPTED if exactly(c)], ids=str)
def test_what_is_accepted_holds_in_every_world(case: Case) -> None:
    false, real = counterexample(case.prove())
    assert false is None
    assert real or case.hypotheses


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_reported(name: str) -> None:
    summed = ("split", "reverse", "empty")
    summing = {"contract": (l, m, n, X0)}
    summing |= dict.fromkeys(summed, (l, m, X0))
    default = (l, m) if name in ("apart", "count") else (x, y)
    terms = summing.get(name, default[: LAWS[name].__code__.co_argcount])
    equation, needs = instance(name, terms)
    theorem = prove(Step(f"law {name}", (), equation, terms))
    assert theorem.laws == (name,)
    assert set(theorem.hypotheses) >= set(needs)


# --- conditions ------------------------------------------------------------------------------------------------


def test_a_condition_that_a_step_has_proved_is_no_hypothesis() -> None:
    t = add(x, y)
    theorem = prove(
        *AS_EXP_X,
        *AS_EXP_Y,
        Step("sign", (1, 3), Nonzero(t)),
        Step("combine", (4,), Eq(mul(t, inv(t)), num(1)), (num(1),)),
        Step("state", (5,), Eq(mul(t, inv(t)), num(1)), (), (4,)),
    )
    assert set(theorem.hypotheses) == {Positive(x), Positive(y)}


OPPOSITE = Eq(Bracket(neg(x)), add(num(1), neg(Bracket(x))))
"""For x /= 0."""


def test_a_ground_must_be_a_hypothesis() -> None:
    for ground in (given(Nonzero(y)), given(Positive(x)), d(x, x, num(1))):
        with pytest.raises(KernelError, match="grounds"):
            prove(ground, Step("law bracket", (), OPPOSITE, (x,), (0,)))


def test_a_claim_states_a_condition_again_that_a_ground_settled() -> None:
    """Only the step `state` says that its terms are defined."""
    t = add(x, y)
    theorem = prove(
        given(Positive(t)),
        Step("sign", (0,), Nonzero(t)),
        Step("combine", (1,), Eq(mul(t, inv(t)), num(1)), (num(1),)),
    )
    assert set(theorem.hypotheses) == {Positive(t), Nonzero(t)}


def test_a_claim_says_what_its_terms_need_to_be_defined() -> None:
    theorem = prove(Step("ring", (), Eq(inv(x), inv(x))), Step("ring", (), Eq(x, x)), claims=(0, 1))
    assert theorem.sequents[0].hypotheses == {Nonzero(x)}
    assert theorem.sequents[1].hypotheses == frozenset()


def test_definedness_goes_down_through_the_definitions() -> None:
    definitions = [Definition(a, app("log", x)), Definition(b, mul(a, inv(y)))]
    theorem = prove(Step("ring", (), Eq(b, b)), definitions=definitions)
    assert set(theorem.hypotheses) == {Positive(x), Nonzero(y)}
    assert set(
        prove(Step("ring", (), Eq(app("lg", x), app("lg", x))), functions=FUNCTIONS).hypotheses
    )


def test_a_hypothesis_is_not_discharged_by_itself() -> None:
    theorem = prove(given(Nonzero(x)), Step("law bracket", (), OPPOSITE, (x,)))
    assert theorem.hypotheses == (Nonzero(x),)


def test_the_theorem_prints_its_definitions_and_hypotheses() -> None:
    theorem = prove(
        Step("derivative", (), Slope(a, x, mul(y, app("relu", x, orders=(1,))))),
        functions=FUNCTIONS[2:3],
        definitions=[Definition(a, mul(y, app("relu", x)))],
    )
    assert str(theorem) == (
        "For all numbers x, y\n"
        "where\n"
        "  relu(#[1]) = #[1] * [#[1] > 0]\n"
        "  a = y * relu(x)\n"
        "If\n"
        "  x /= 0\n"
        "then\n"
        "  d(a)/d(x) exists and is y * relu'(x)\n"
        "By no law of a known function."
    )


# --- the derivative, numerically -------------------------------------------------------------------------------


def random_problem(r: random.Random) -> tuple[list[Function], list[Definition], Term, Sym]:
    """Functions, a chain of definitions, a term over them, and the symbol that varies (which may be a defined one)."""
    one = random_term(r, 2, "+*^-[ge", (par(1),))
    two = random_term(r, 2, "+*^g", (par(1), par(2), par(2)))
    functions = [Function("p", 1, one), Function("q", 2, two)]
    heads = "+*^-[gel"
    definitions = [Definition(a, random_term(r, 2, heads, (x, y)))]
    definitions.append(Definition(b, add(app("p", a), random_term(r, 1, heads, (a, y)))))
    inner = random_term(r, 2, heads, (x, a, b))
    return functions, definitions, mul(app("q", inner, b), add(a, inner)), r.choice([x, y, a])


def derived(
    ctx: Context, t: Term, v: Sym, premises: Sequence[Slope] = ()
) -> tuple[Slope, tuple[int, ...]]:
    """The derivative as the kernel has it, and the premises that it used."""
    put = Rewriting(premises)
    value = put(Differentiation(ctx, v, put)(t))
    return Slope(t, v, value), tuple(sorted(put.used))


def theorems(r: random.Random) -> Iterator[tuple[Theorem, list[Function], list[Definition]]]:
    """The derivative of random terms, and of what is defined on the way, as the kernel has it."""
    while True:
        functions, definitions, t, v = random_problem(r)
        try:
            ctx = context(functions, definitions)
            known = [derived(ctx, s, v)[0] for s in (a, b)]
            last, uses = derived(ctx, t, v, known)
            steps = [Step("derivative", (), p) for p in known]
            theorem = prove(
                *steps, Step("derivative", uses, last), functions=functions, definitions=definitions
            )
            yield theorem, functions, definitions
        except KernelError:  # 0^-1 in a random term
            continue


def compared(
    theorem: Theorem,
    functions: Sequence[Function],
    definitions: Sequence[Definition],
    r: random.Random,
) -> int:
    """How many random points satisfy the hypotheses; both sides must agree there."""
    found = 0
    for _ in range(6):
        model = Model(
            {s: mp.mpf(r.randint(-150, 150)) / 100 for s in (x, y)}, definitions, functions
        )
        (p,) = theorem.conclusions
        if not all(model.holds(h, 0.02) for h in theorem.hypotheses):
            continue
        left, right = [model.value(t) for t in equal(p)]
        if max(abs(left), abs(right)) < 1e6:
            assert close(left, right, 1e-6), f"{theorem}\nat {model.values}: {left} and {right}"
            found += 1
    return found


@pytest.mark.parametrize("seed", range(6))
def test_derivatives_agree_with_differences(seed: int) -> None:
    r = random.Random(seed)
    source, found = theorems(r), 0
    with mp.workdps(30):
        while found < 25:
            found += compared(*next(source), r)


@pytest.mark.parametrize(
    ("orders", "at"),
    [
        ((1, 0), (0.7, 1.2)),
        ((0, 1), (0.7, 1.2)),
        ((1, 1), (0.7, -1.2)),
        ((2, 0), (0.7, 1.2)),
        ((0, 2), (-0.7, 1.2)),
        ((2, 1), (0.7, 1.2)),
    ],
    ids=str,
)
def test_derivatives_of_a_defined_function_agree_with_differences(
    orders: tuple[int, int], at: tuple[float, float]
) -> None:
    """Each order by unfolding, once the order below it has been differentiated numerically."""
    p, q = par(1), par(2)
    body = add(
        mul(Bracket(add(p, q)), Pow(p, 2), q),
        mul(app("sin", mul(p, q)), inv(q)),
        app("h", p, Pow(q, 2)),
    )
    f = Function("f", 2, body)
    ctx = context([f], [])
    found = body
    for k, n in enumerate(orders):
        for _ in range(n):
            found = derived(ctx, found, par(k + 1))[0].value
    t = App("f", orders, (p, q))
    theorem = prove(Step("unfold", (), Eq(t, found)), functions=[f])
    with mp.workdps(40):
        model = Model({p: mp.mpf(at[0]), q: mp.mpf(at[1])}, (), [f])
        assert all(model.holds(h) for h in theorem.hypotheses)
        assert close(model.value(t), model.value(found), 1e-8)


# --- the derivative over indices -------------------------------------------------------------------------------

FAMILY_HEADS = "wxuKBcgGi[^d"


def random_family(r: random.Random) -> tuple[list[Definition], Term, Sym]:
    """Families by recursion and from each other, a term over them, and a member that varies."""
    lower = whole(l, -1)
    outer, inner = [term(r, FAMILY_HEADS, 1, [l]) for _ in range(2)]
    definitions = [
        Definition(fam("p", l), outer, (l,), (whole(l, 1), whole(num(4), minus(l)))),
        Definition(fam("q", 0), fam("x", 1)),
        Definition(
            fam("q", l),
            add(mul(fam("q", lower), fam("w", l, l)), mul(fam("p", l), fam("q", lower))),
            (l,),
            (lower, whole(num(4), minus(l))),
        ),
        Definition(
            fam("s", l),
            add(inner, mul(fam("p", l), fam("p", lower))),
            (l,),
            (l, whole(num(3), minus(l))),
        ),
    ]
    mixed = total(1, width(1), m, mul(fam("s", m), fam("q", r.choice([0, 1, 2])), fam("x", m)))
    t = add(mixed, term(r, FAMILY_HEADS, 2, [k]))
    at = [fam("x", n), fam("w", n, k), fam("x", 1), fam("w", 1, n), fam("p", n), fam("s", 1), y]
    return definitions, t, r.choice(at)


@pytest.mark.parametrize("seed", range(8))
def test_derivatives_over_indices_agree_with_dual_numbers(seed: int) -> None:
    r, real = random.Random(seed), 0
    for _ in range(12):
        definitions, t, v = random_family(r)
        p, _ = derived(context([], definitions), t, v)
        theorem = prove(Step("derivative", (), p), definitions=definitions)
        for choice in range(4):
            integers = {name: r.randint(-1, 3) for name in "klmn"}
            false, count = counterexample(theorem, 2, integers=integers)
            assert false is None, f"{theorem} in {false} {choice}"
            real += count
    assert real > 20
