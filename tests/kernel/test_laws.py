"""The laws of the known functions, each against mpmath or exact sums where its conditions hold."""

from __future__ import annotations

import random
from itertools import product

import mpmath as mp
import pytest
from kernel_oracle import Model, add, app, close, num, x, y
from kernel_worlds import World

from symbackprop.kernel import (
    ARITY,
    AtLeast,
    Bound,
    Eq,
    Int,
    Nonzero,
    Positive,
    Prop,
    Sum,
    Sym,
    Term,
    minus,
    whole,
)
from symbackprop.kernel.laws import DOMAINS, LAWS, instance

SUMS = ("apart", "contract", "split", "reverse", "empty", "count")
"""Laws about integers and sums; the others are about real numbers."""

REAL = [name for name in LAWS if name not in SUMS]
LETTERS = {name: law.__code__.co_argcount for name, law in LAWS.items()}

k, m, n, i = Int("k"), Int("m"), Int("n"), Int("i")
BODY = Sym("f", (Bound(0), i)) * Bound(0) + Sum(Bound(0), n, Sym("f", (Bound(0), Bound(1))))
CONDITIONS = {
    "log slope": {Positive(x)},
    "exp log": {Positive(x)},
    "sqrt slope": {Positive(x)},
    "sqrt square": {Positive(x)},
    "bracket": {Nonzero(x)},
    "bracket of a multiple": {Positive(y)},
    "apart": {AtLeast(whole(m, minus(n), -1))},
    "contract": {AtLeast(whole(k, minus(m))), AtLeast(whole(n, minus(k)))},
    "split": {AtLeast(whole(n, minus(m)))},
    "empty": {AtLeast(whole(m, minus(n), -1))},
    "count": {AtLeast(whole(n, minus(m), 1))},
}
"""The laws that do not hold everywhere; the others have no conditions."""


def letters(name: str) -> tuple[Term, ...]:
    """Terms for a law to speak of."""
    summed = ("split", "reverse", "empty")
    if name in summed:
        return m, n, BODY
    every = (m, n, k, BODY) if name == "contract" else (m, n) if name in SUMS else (x, y)
    return every[: LETTERS[name]]


def law(name: str) -> tuple[Eq, tuple[Prop, ...]]:
    return instance(name, letters(name))


def points(name: str, count: int = 25) -> list[Model]:
    """Random points, both signs, that satisfy the law's own conditions."""
    r, found = random.Random(name), list[Model]()
    while len(found) < count:
        model = Model({s: mp.mpf(r.randint(-300, 300)) / 100 for s in (x, y)})
        if all(model.holds(p, 0.01) for p in law(name)[1]):
            found.append(model)
    return found


def agrees(equation: Eq, model: Model) -> bool:
    with mp.workdps(40):
        return close(model.value(equation.left), model.value(equation.right), 1e-12)


@pytest.mark.parametrize("name", LAWS)
def test_a_law_has_the_conditions_that_it_should(name: str) -> None:
    assert set(law(name)[1]) == CONDITIONS.get(name, set())


@pytest.mark.parametrize("name", REAL)
def test_a_law_holds_where_its_conditions_do(name: str) -> None:
    for model in points(name):
        assert agrees(law(name)[0], model), f"{law(name)[0]} at {model.values}"


@pytest.mark.parametrize("name", [name for name in REAL if name in CONDITIONS])
def test_the_conditions_are_needed(name: str) -> None:
    """At some point where they fail, the law does too: the value of log or sqrt below 0 is anything."""
    equation, needs = law(name)
    outside = [
        Model({x: mp.mpf(p), y: mp.mpf(q)})
        for p in (-2, 0, 1)
        for q in (-1, 0, 2)
        if not all(Model({x: mp.mpf(p), y: mp.mpf(q)}).holds(n) for n in needs)
    ]

    def fails(model: Model) -> bool:
        try:
            return not agrees(equation, model)
        except (ZeroDivisionError, ValueError, TypeError):
            return True

    assert any(fails(m) for m in outside)


@pytest.mark.parametrize("name", REAL)
def test_a_law_that_is_a_millionth_off_is_seen(name: str) -> None:
    equation = law(name)[0]
    wrong = Eq(equation.left, add(equation.right, num(1, 10**6)))
    assert not all(agrees(wrong, model) for model in points(name))


@pytest.mark.parametrize("name", SUMS)
def test_a_law_of_sums_holds_exactly_where_its_conditions_do(name: str) -> None:
    """For each choice of the integers from -1 to 3; a condition that fails is one that is needed somewhere."""
    equation, needs = law(name)
    broken: dict[Prop, bool] = dict.fromkeys(needs, False)
    kept = 0
    for world in [
        World((name, *at), integers=dict(zip("kmn", at, strict=True)))
        for at in product(range(-1, 4), repeat=3)
    ]:
        failing = [p for p in needs if not world.holds(p)]
        kept += not failing
        assert failing or world.holds(equation), f"{equation} in {world}"
        if len(failing) == 1:
            broken[failing[0]] |= not world.holds(equation)
    assert kept
    assert all(broken.values()), broken


def test_the_table_speaks_of_the_known_functions_alone() -> None:
    assert set(DOMAINS) == {name for name, n in ARITY.items() if n == 1}
    assert {name.split()[0] for name in REAL} - {"pythagoras", "bracket"} <= set(DOMAINS)


@pytest.mark.parametrize("name", DOMAINS)
def test_a_known_function_has_a_derivative_in_its_domain(name: str) -> None:
    """The slopes from both sides are one number, at the first three orders."""
    r = random.Random(name)
    with mp.workdps(40):
        for _ in range(10):
            at = mp.mpf(r.randint(-300, 300)) / 100
            if not all(Model({x: at}).holds(p, 0.1) for p in DOMAINS[name](x)):
                continue
            for order in (1, 2, 3):
                value = Model({x: at}).value
                f = app(name, x, orders=(order,))
                right = mp.diff(lambda v: Model({x: v}).value(app(name, x)), at, order, direction=1)
                left = mp.diff(lambda v: Model({x: v}).value(app(name, x)), at, order, direction=-1)
                assert close(left, right, 1e-6)
                assert close(value(f), right, 1e-6)


@pytest.mark.parametrize("name", ["log", "sqrt"])
def test_a_domain_ends_where_the_function_does(name: str) -> None:
    assert DOMAINS[name](num(3)) == (Positive(num(3)),)
