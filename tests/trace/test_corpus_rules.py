"""Every rule of the corpus gets its verdict, and every scalar bug that was shipped is refuted."""

from __future__ import annotations

from typing import Any

import pytest
from corpus_rules import BUGS, RULES, assumed

from symbackprop.trace.elementwise import prove_derivative
from symbackprop.verdict import Proved, Refuted

SECOND_ORDER = "jax-pow-second-order"
"""Its first derivative is right; it is wrong where its cases are differentiated again."""


@pytest.mark.parametrize("row", RULES, ids=lambda row: row["id"])
def test_each_rule_gets_the_verdict_that_the_corpus_expects(row: dict[str, Any]) -> None:
    verdict = prove_derivative(
        row["forward"], row["backward"], row["wrt"], assumed(row), args=row["args"], diagnose=False
    )
    assert verdict.word.upper() == row["expected_verdict"].removesuffix("_APPROX")


def claim(row: dict[str, Any], which: str, **options: Any) -> Any:
    domain = None if row["domain"] == "real" else row["domain"]
    backward = f"g*({row[which]})"
    return prove_derivative(
        row["forward"], backward, row["wrt"], domain, args=row["args"], **options
    )


@pytest.mark.parametrize("row", BUGS, ids=lambda row: row["id"])
def test_the_bugs_are_refuted_and_their_corrections_proved(row: dict[str, Any]) -> None:
    assert isinstance(claim(row, "right", diagnose=False), Proved)
    again = row["second_order"]["differentiate_again_wrt"] if row["id"] == SECOND_ORDER else None
    assert isinstance(claim(row, "wrong", diagnose=False, again=again), Refuted)


def test_a_rule_that_is_wrong_only_where_it_is_differentiated_again() -> None:
    row = next(row for row in BUGS if row["id"] == SECOND_ORDER)
    assert isinstance(claim(row, "wrong"), Proved)
    assert isinstance(claim(row, "right", again="y"), Proved)
    verdict = claim(row, "wrong", again="y")
    x = float(verdict.values["x"])
    assert verdict.values["y"] == 0
    assert abs(float(verdict.left[0]) - 1 / x) < 1e-6  # d/dy (y x^(y-1)) at y = 0
    assert float(verdict.right) == x


@pytest.mark.parametrize(
    ("bug", "says"),
    [
        ("jax-atan2-first", "the sign is wrong"),
        ("lstm-tanh-tanh", "tanh(tanh(C)) is applied twice"),
        ("numpynet-symmelliot-live", "the forward's value in place of x"),
        ("nnlib-elu-negative-live", "is meant for the argument"),
        ("darknet-smooth-l1-cpu", "is turned round"),
    ],
)
def test_what_is_wrong_is_said(bug: str, says: str) -> None:
    row = next(row for row in BUGS if row["id"] == bug)
    assert says in claim(row, "wrong").diagnosis


def test_kinks_are_told_as_the_corpus_has_them() -> None:
    for row in [
        row for row in RULES if row["id"] in ("chainrules/abs", "jax/abs", "nnlib/softsign")
    ]:
        verdict = prove_derivative(row["forward"], row["backward"], row["wrt"], args=row["args"])
        (kink,) = verdict.kinks  # type: ignore[attr-defined]
        told = [float(v) for v in (kink.rule, kink.left, kink.right)]
        own = row["kinks"][0]
        keys = ("rule_value", "left_derivative", "right_derivative")
        assert told == [float(own[key]) for key in keys]
