"""Every array rule of the corpus gets its verdict; array bugs that were shipped are refuted, and their corrections not."""

from __future__ import annotations

from typing import Any

import pytest
from corpus_arrays import BUGS, ROWS, functions, shapes

from symbackprop.certificates import write
from symbackprop.kernel.checker import read
from symbackprop.trace.vjp import prove_vjp
from symbackprop.verdict import Proved, Refuted

CASES = [
    b["np_case"] | {"id": b["id"], "grads": {"x": "dx", "w": "dw"}} for b in BUGS if "np_case" in b
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_each_row_gets_the_verdict_that_the_corpus_expects(row: dict[str, Any]) -> None:
    verdict = prove_vjp(*functions(row), shapes(row), time_limit=900)
    assert verdict.word.upper() == row["expected_verdict"], str(verdict)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["id"])
def test_a_shipped_bug_is_refuted_and_its_correction_proved(row: dict[str, Any]) -> None:
    assert isinstance(prove_vjp(*functions(row, row["wrong"]), shapes(row)), Refuted)
    assert isinstance(prove_vjp(*functions(row, row["right"]), shapes(row)), Proved)


def test_the_corrected_normalisation_is_proved_and_the_shipped_one_refuted() -> None:
    row = next(r for r in ROWS if r["id"] == "numpynet/L2Norm")
    right = ["dx=(dy-y*(y*dy).sum(-1,keepdims=True))*L"]
    assert isinstance(prove_vjp(*functions(row, right), shapes(row)), Proved)
    assert isinstance(prove_vjp(*functions(row), shapes(row)), Refuted)


def test_a_certificate_is_read_anew_and_says_the_same() -> None:
    row = next(r for r in ROWS if r["id"] == "liger/dyt")
    verdict = prove_vjp(*functions(row), shapes(row), time_limit=900)
    assert isinstance(verdict, Proved)
    again = read(write(verdict.theorem))
    assert again.conclusions == verdict.theorem.conclusions
    assert again.hypotheses == verdict.theorem.hypotheses
