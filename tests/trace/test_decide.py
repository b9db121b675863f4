"""`decide` on kernel terms: what it proves, under which conditions, and that it proves nothing false."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from symbackprop.kernel import App, Bracket, Definition, Eq, Num, Positive, Slope, Sym, Term
from symbackprop.kernel.terms import num
from symbackprop.trace.decide import Decided, Open, decide

x, y, z = Sym("x"), Sym("y"), Sym("z")


def exp(t: Term) -> Term:
    return App("exp", (0,), (t,))


def relu(t: Term) -> Term:
    return t * Bracket(t)


def conditions(goal: Eq | Slope, *assumed: Positive) -> list[str] | None:
    found = decide(goal, assumed)
    return sorted(map(str, found.conditions)) if isinstance(found, Decided) else None


def test_equations_by_cases() -> None:
    assert conditions(Eq(relu(x) - relu(-x), x)) == ["x /= 0"]
    assert conditions(Eq(Bracket(x) * Bracket(x + num(1)), Bracket(x))) == ["1 + x /= 0", "x /= 0"]
    assert conditions(Eq(Bracket(x) + Bracket(-x), num(1))) == ["x /= 0"]
    assert conditions(Eq(Bracket(x) + Bracket(-x), num(2))) is None


def test_signs_of_sums_are_found_from_what_is_assumed() -> None:
    ordered = (Positive(y - x), Positive(z - y))
    assert conditions(Eq(Bracket(z - x), num(1)), *ordered) is not None
    assert conditions(Eq(Bracket(x - z), num(0)), *ordered) is not None
    assert conditions(Eq(Bracket(z - x), num(1)), Positive(y - x)) is None


def test_a_derivative_of_a_definition() -> None:
    h = Sym("h")
    definitions = [Definition(h, exp(x * y))]
    assert isinstance(
        decide(Slope(h * h, x, num(2) * y * exp(num(2) * x * y)), (), (), definitions), Decided
    )


def test_what_holds_at_a_border_too_is_proved_there() -> None:
    twice = x * (Bracket(x) + Bracket(-x))
    found = decide(Eq(twice, x), zero=[Eq(x, num(0))])
    assert isinstance(found, Decided)
    assert len(found.theorem.sequents) == 2
    assert isinstance(decide(Eq(Bracket(x) + Bracket(-x), num(1)), zero=[Eq(x, num(0))]), Open)


def random_piece(choose: random.Random, depth: int) -> Term:
    if depth == 0:
        return choose.choice((x, y, num(1), num(-2), x - y))
    a, b = (random_piece(choose, depth - 1) for _ in range(2))
    return choose.choice((a + b, a * b, relu(a), Bracket(a) * b, a - b))


def value(t: Term, at: dict[Term, Fraction]) -> Fraction:
    """What a term of sums, products and brackets is at a point."""
    match t:
        case Num(q):
            return q
        case Bracket(u):
            return Fraction(int(value(u, at) > 0))
    kind = type(t).__name__
    if kind == "Add":
        return sum((value(u, at) for u in t.terms), Fraction(0))  # type: ignore[attr-defined]
    if kind == "Mul":
        out = Fraction(1)
        for u in t.factors:  # type: ignore[attr-defined]
            out *= value(u, at)
        return out
    if kind == "Pow":
        return value(t.base, at) ** t.exponent  # type: ignore[attr-defined]
    return at[t]


@pytest.mark.parametrize("seed", range(60))
def test_random_equations_are_proved_only_where_they_hold(seed: int) -> None:
    choose = random.Random(seed)
    left, right = random_piece(choose, 2), random_piece(choose, 2)
    if choose.random() < 0.5:
        right = left + (relu(right) - right * Bracket(right))
    found = decide(Eq(left, right))
    if isinstance(found, Open):
        return
    for _ in range(40):
        at: dict[Term, Fraction] = {v: Fraction(choose.randrange(-9, 10), 5) for v in (x, y)}
        if all(value(p.term, at) != 0 for p in found.conditions):  # type: ignore[attr-defined]
            assert value(left, at) == value(right, at), (str(left), str(right), at)
