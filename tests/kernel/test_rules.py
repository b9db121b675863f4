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
    b,
    c,
    close,
    inv,
    mul,
    neg,
    num,
    par,
    prove,
    random_term,
    x,
    y,
    z,
)

from symbackprop.kernel import (
    App,
    Bracket,
    D,
    Definition,
    Differentiable,
    Eq,
    Function,
    KernelError,
    Nonzero,
    Positive,
    Pow,
    Prop,
    Step,
    Sym,
    Term,
    Theorem,
)
from symbackprop.kernel.checker import context
from symbackprop.kernel.laws import LAWS
from symbackprop.kernel.rules import RULES, derivative

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
        return prove(*self.before, last, functions=FUNCTIONS, definitions=DEFINITIONS)


def given(p: Prop) -> Step:
    return Step("hypothesis", (), p)


def using(rule: str, p: Prop, *premises: Prop, extra: tuple[Term, ...] = ()) -> Case:
    """A step that uses premises, each of them a hypothesis; it adds none of its own."""
    before = tuple([given(q) for q in premises])
    return Case(rule, p, premises, tuple(range(len(premises))), before, extra)


def refused(rule: str, p: Prop, *premises: Prop, extra: tuple[Term, ...] = ()) -> Case:
    before = tuple([given(q) for q in premises])
    return Case(rule, p, None, tuple(range(len(premises))), before, extra)


g, g1 = app("g", x), app("g", x, orders=(1,))
DERIVATIVE_OF_A = Step("derivative", (), Slope(a, x, y))

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
    Case("field", Eq(mul(x, inv(x)), num(1)), (Nonzero(x),)),
    Case("field", Eq(mul(app("exp", x), inv(app("exp", x))), num(1))),
    using("field", Eq(add(app("exp", y), z), add(app("exp", y), x)), Eq(x, z)),
    Case("sign", Positive(add(num(1), app("exp", x)))),
    Case("sign", Positive(inv(add(num(1), app("exp", x))))),
    Case("sign", Nonzero(neg(app("exp", x)))),
    using("sign", Positive(mul(num(3), x)), Positive(x)),
    using("sign", Nonzero(neg(x)), Positive(x)),
    using("sign", Nonzero(neg(x)), Nonzero(x)),
    using("sign", Positive(add(x, mul(x, y))), Positive(x), Positive(y)),
    using("sign", Positive(x), Eq(x, app("exp", y))),
    Case("hypothesis", Positive(x), (Positive(x),)),
    Case("hypothesis", Nonzero(mul(num(-2), x)), (Nonzero(x),)),
    Case("hypothesis", Eq(x, y), (Eq(x, y),)),
    Case("hypothesis", Positive(num(1))),
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
    Case("field", Eq(inv(x), x), None),
    Case("field", Eq(inv(add(x, neg(x))), num(0)), None),
    Case("field", Nonzero(x), None),
    refused("field", Eq(inv(x), inv(z)), Eq(x, y)),
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
    refused("sign", Positive(x), Eq(app("exp", y), x)),
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
    for rule in set(RULES) - {"hypothesis"}:
        assert [k for k in ACCEPTED if k.rule == rule]
        assert len([k for k in REFUSED if k.rule == rule]) >= 3


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_reported(name: str) -> None:
    terms = (x, y)[: LAWS[name].__code__.co_argcount]
    equation, needs = LAWS[name](*terms)
    theorem = prove(Step(f"law {name}", (), equation, terms))
    assert theorem.laws == (name,)
    assert set(theorem.hypotheses) >= set(needs)


# --- conditions ------------------------------------------------------------------------------------------------


def test_a_condition_that_a_step_has_proved_is_no_hypothesis() -> None:
    t = add(x, y)
    theorem = prove(
        given(Positive(x)),
        given(Positive(y)),
        Step("sign", (0, 1), Nonzero(t)),
        Step("field", (), Eq(mul(t, inv(t)), num(1))),
    )
    assert set(theorem.hypotheses) == {Positive(x), Positive(y)}


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
    theorem = prove(given(Nonzero(x)), Step("field", (), Eq(mul(x, inv(x)), num(1))))
    assert theorem.hypotheses == (Nonzero(x),)


def test_the_theorem_prints_its_definitions_and_hypotheses() -> None:
    theorem = prove(
        Step("derivative", (), Slope(a, x, mul(y, app("relu", x, orders=(1,))))),
        functions=FUNCTIONS[2:3],
        definitions=[Definition(a, mul(y, app("relu", x)))],
    )
    assert str(theorem) == (
        "relu(#[1]) := (#[1] * [#[1] > 0])\n"
        "a := (y * relu(x))\n"
        "x /= 0 |- d(a)/d(x) = (y * relu'(x))"
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


def theorems(r: random.Random) -> Iterator[tuple[Theorem, list[Function], list[Definition]]]:
    """The derivative of random terms, and of what is defined on the way, as the kernel has it."""
    while True:
        functions, definitions, t, v = random_problem(r)
        try:
            ctx = context(functions, definitions)
            steps = [
                Step("derivative", (), Slope(s, v, derivative(ctx, s, v, {}, set())))
                for s in (a, b)
            ]
            last = Eq(D(t, v), derivative(ctx, t, v, {}, set()))
            yield (
                prove(
                    *steps,
                    Step("derivative", (0, 1), last),
                    functions=functions,
                    definitions=definitions,
                ),
                functions,
                definitions,
            )
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
        if not isinstance(p, Eq) or not all(model.holds(h, 0.02) for h in theorem.hypotheses):
            continue
        left, right = model.value(p.left), model.value(p.right)
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
            found = derivative(ctx, found, par(k + 1), {}, set())
    t = App("f", orders, (p, q))
    theorem = prove(Step("unfold", (), Eq(t, found)), functions=[f])
    with mp.workdps(40):
        model = Model({p: mp.mpf(at[0]), q: mp.mpf(at[1])}, (), [f])
        assert all(model.holds(h) for h in theorem.hypotheses)
        assert close(model.value(t), model.value(found), 1e-8)
