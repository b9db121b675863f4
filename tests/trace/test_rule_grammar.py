"""The grammar of rules: what it reads, that text comes back, and what it says of what it can't read."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy as sp
from corpus_rules import RULES, assumed
from sympy.parsing.sympy_parser import parse_expr, rationalize, standard_transformations

from symbackprop.errors import InputError
from symbackprop.trace.grammar import Formula, parse
from symbackprop.trace.search import at, satisfies


@pytest.mark.parametrize("row", RULES, ids=lambda row: row["id"])
def test_what_is_written_out_is_read_back_as_the_same(row: dict[str, str]) -> None:
    for text in (row["forward"], row["backward"], assumed(row) or "True"):  # type: ignore[arg-type]
        assert parse(str(parse(text))) == parse(text)


PIECES = ("x", "y", "2", "3", "0.5", "1e-2", "(x + 1)", "-x", "Rational(2, 3)")


def random_text(choose: random.Random, depth: int) -> str:
    if depth == 0:
        return choose.choice(PIECES)
    a, b = (random_text(choose, depth - 1) for _ in range(2))
    forms = ["{} + {}", "{} - {}", "{}*{}", "({})*({})", "-({}) - {}", "({})**2 + {}", "{} - ({})"]
    return choose.choice(forms).format(a, b)


@pytest.mark.parametrize("seed", range(60))
def test_arithmetic_means_what_sympy_makes_of_it(seed: int) -> None:
    choose = random.Random(seed)
    text = random_text(choose, 3)
    values = {n: Fraction(choose.randrange(-20, 20), 7) for n in "xy"}
    names = {"x": sp.Symbol("x"), "y": sp.Symbol("y")}
    e = parse_expr(text, local_dict=names, transformations=(*standard_transformations, rationalize))
    exact = sp.nsimplify(e, rational=True).subs(
        {names[n]: sp.Rational(str(v)) for n, v in values.items()}
    )
    assert at(values).value(parse(text)) == Fraction(str(exact))
    assert at(values).value(parse(str(parse(text)))) == Fraction(str(exact))


@pytest.mark.parametrize(
    ("text", "point", "holds"),
    [
        ("0 < x < 1", {"x": "1/2"}, True),
        ("0 < x < 1", {"x": "1"}, False),
        ("|x| < 1 & y != 0", {"x": "-1/2", "y": "3"}, True),
        ("|x| < 1 | y != 0", {"x": "-2", "y": "0"}, False),
        ("sin(x) != 0", {"x": "0"}, False),
        ("integer(n) & n >= 0", {"n": "3"}, True),
        ("integer(n)", {"n": "3/2"}, False),
        ("~(x > 0)", {"x": "-1"}, True),
        ("x == 1/2 or y > 1", {"x": "1/2", "y": "0"}, True),
        ("not x ≥ 2 and y ≠ 1", {"x": "1", "y": "0"}, True),
    ],
)
def test_conditions_hold_where_they_should(text: str, point: dict[str, str], holds: bool) -> None:
    assert satisfies(parse(text), {n: Fraction(v) for n, v in point.items()}) is holds


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x +", "at sign 4, got the end"),
        ("x^2", "a power is written **"),
        ("2 x", "at sign 3, got x"),
        ("log(x", "expected ','"),
        ("(x, y)", "expected ')'"),
        ("__import__('os')", "unexpected"),
        ("x.real", "unexpected '.'"),
        ("1e99999", "a shorter number"),
        ("(" * 300 + "x" + ")" * 300, "at most"),
        ("-" * 300 + "x", "at most"),
        ("x" * 30_000, "at most"),
        ("+".join("x" * 3_000), "in a row"),
        ("", "got the end"),
    ],
)
def test_what_it_cant_read_is_told_with_its_place(text: str, says: str) -> None:
    with pytest.raises(
        InputError, match=says.replace("(", r"\(").replace("*", r"\*").replace(")", r"\)")
    ) as e:
        parse(text)
    assert "\n" not in str(e.value)


def test_decimals_are_exact() -> None:
    assert parse("1e-15").value == Fraction(1, 10**15)
    assert parse("0.1").value == Fraction(1, 10)
    assert parse("2.").value == 2


def test_places_do_not_count_for_equality() -> None:
    assert parse(" x  + 1") == parse("x+1")
    assert parse("1.0") == Formula("number", (), Fraction(1))
