"""Networks too large to be expanded: proved by instantiation; of a false recursion it is told where else it fails."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

import symbackprop as sb

J = sp.Symbol("j")


def no_slope(n: object, l: object, i: object) -> sp.Expr:
    return sp.Sum(n.w[l][i, J] * n.delta[l][J], (J, 1, n.d[l]))  # type: ignore[attr-defined, index]


def test_the_lecture_is_proved() -> None:
    verdict = sb.prove(sb.Network([784, 128, 10]))
    assert isinstance(verdict, sb.Proved)
    assert verdict.by == "instantiation"
    assert "784-128-10" in verdict.statement


def test_a_false_recursion_is_not_and_a_narrow_network_shows_why() -> None:
    """No counterexample on the large network is at hand, so it is no Refuted; the reason names one on a narrow network."""
    wrong = replace(sb.BACKPROPAGATION, step=no_slope)
    verdict = sb.prove(sb.Network([784, 128, 10]), wrong)
    assert isinstance(verdict, sb.Unknown)
    assert verdict.reason == (
        "no proof found by the known laws, and the network is too large for a search; "
        "on 2-2-2, ∂e/∂s_1^(1) = δ_1^(1) is false (induction step: a factor g'(s) is missing)"
    )
    narrow = sb.prove(sb.Network([2, 2, 2]), wrong)
    assert isinstance(narrow, sb.Refuted)
    assert str(narrow.claim) in verdict.reason
