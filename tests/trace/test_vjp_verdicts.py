"""What `prove_vjp` says: conditions, misfits, refusals, witnesses, limits."""

from __future__ import annotations

import math
import traceback
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.trace.refusing import Refused
from symbackprop.trace.vjp import NotProved, prove_vjp
from symbackprop.verdict import Proved, Refuted, Unknown

X = {"x": (3,)}
LOG: list[int] = []
CALLS = {"n": 0}


def same(g: Any, x: Any) -> Any:
    return g


def proved(forward: Any, backward: Any, shapes: Any = None, **given: Any) -> Proved:
    verdict = prove_vjp(forward, backward, shapes or X, **given)
    assert isinstance(verdict, Proved), str(verdict)
    return verdict


CONDITIONS = [
    (lambda x: np.log(x), lambda g, x: g / x, ("x > 0, for every entry",)),
    (lambda x: np.abs(x), lambda g, x: g * np.sign(x), ("x ≠ 0, for every entry",)),
    (
        lambda x: np.clip(x, -1, 2),
        lambda g, x: g * ((x > -1) & (x < 2)),
        ("x ≠ -1, for every entry", "x ≠ 2, for every entry"),
    ),
    (lambda x: 1 / x[0], lambda g, x: np.array([-g / x[0] ** 2, 0, 0]), ("x[0] ≠ 0",)),
    (lambda x: np.sqrt(x), lambda g, x: g / (2 * np.sqrt(x)), ("x > 0, for every entry",)),
    (lambda x: np.exp(x), lambda g, x: g * np.exp(x), ()),
    (
        lambda x: x.max(),
        lambda g, x: g * (x == x.max()),
        ("x[0] ≠ x[1]", "x[0] ≠ x[2]", "x[1] ≠ x[2]"),
    ),
    (
        lambda x: np.linalg.norm(x),
        lambda g, x: g * x / np.linalg.norm(x),
        ("x[0]^2 + x[1]^2 + x[2]^2 > 0",),
    ),
]


@pytest.mark.parametrize(("forward", "backward", "conditions"), CONDITIONS)
def test_conditions_are_found_and_no_more(
    forward: Any, backward: Any, conditions: tuple[str, ...]
) -> None:
    assert set(proved(forward, backward).hypotheses) == set(conditions)


PIECES = [
    (lambda x: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0), lambda g, x: g / (1 + np.exp(-x))),
    (lambda x: x**2.5, lambda g, x: g * 2.5 * x**1.5),
    (lambda x: x**0.3, lambda g, x: g * 0.3 * x ** (0.3 - 1)),
    (
        lambda x: np.where(np.abs(x) < 1, x * x / 2, np.abs(x) - 0.5),
        lambda g, x: g * np.clip(x, -1, 1),
    ),
    (lambda x: np.arctan(x), lambda g, x: g / (1 + x * x)),
    (lambda x: x.max(), lambda g, x: g * (x >= x.max()) / (x >= x.max()).sum()),
    (lambda x: np.prod(x), lambda g, x: g * np.prod(x) / x),
    (lambda x: x * 0.70710678118654752, lambda g, x: g / math.sqrt(2)),
]


@pytest.mark.parametrize(("forward", "backward"), PIECES)
def test_pieces_powers_and_decimals_are_proved(forward: Any, backward: Any) -> None:
    proved(forward, backward)


def test_a_decimal_that_was_read_as_a_constant_is_named() -> None:
    verdict = proved(*PIECES[-1])
    assert verdict.hypotheses == ("0.7071067811865476 is read as 1/sqrt(2)",)


def test_a_rounded_constant_is_not_refuted() -> None:
    verdict = prove_vjp(lambda x: x * 0.1234567890123, lambda g, x: g * 0.12345678901234, X)
    assert isinstance(verdict, Unknown)


def branching(x: Any) -> Any:
    return 2 * x if x[0] > x[1] else 3 * x


def test_branches_on_data_are_followed_and_named() -> None:
    verdict = proved(branching, lambda g, x: 2 * g if x[0] > x[1] else 3 * g)
    assert (
        verdict.hypotheses == ("(x[1] > x[0]); or (x[0] > x[1])",)
        or "; or " in verdict.hypotheses[0]
    )
    wrong = prove_vjp(branching, lambda g, x: 2 * g, X)
    assert isinstance(wrong, Refuted)
    assert wrong.values.get("x[0]", 0) < wrong.values.get("x[1]", 0)


def test_a_subtracted_maximum_is_shown_to_be_of_no_effect() -> None:
    def forward(x: Any) -> Any:
        e = np.exp(x - x.max())
        return e / e.sum()

    def backward(g: Any, x: Any) -> Any:
        p = forward(x)
        return p * (g - (g * p).sum())

    verdict = proved(forward, backward)
    assert "does not depend on the maximum" in verdict.statement
    assert verdict.hypotheses == ()
    assert isinstance(prove_vjp(lambda x: x - x.max(), same, X), Refuted)


def test_a_maximum_that_matters_is_no_constant() -> None:
    """max(x) x: whoever takes the maximum for a constant is wrong."""
    assert isinstance(prove_vjp(lambda x: x * x.max(), lambda g, x: g * x.max(), X), Refuted)


MISFITS = [
    (lambda g, x: (g, g), "2 gradients"),
    (lambda g, x: None, "None"),
    (lambda g, x: g[None], "shape (1, 3)"),
    (lambda g, x: {"y": g}, "those of y"),
    (lambda g, x: "no", "str"),
]


@pytest.mark.parametrize(("backward", "got"), MISFITS)
def test_what_can_be_no_gradient_is_refuted_in_one_line(backward: Any, got: str) -> None:
    verdict = prove_vjp(lambda x: 2 * x, backward, X)
    assert isinstance(verdict, Refuted)
    assert got in str(verdict)
    assert len(str(verdict).splitlines()) == 2


def test_a_gradient_that_is_never_a_number_is_refuted() -> None:
    verdict = prove_vjp(lambda x: 2 * x, lambda g, x: g / (x - x), X)
    assert isinstance(verdict, Refuted)


def test_a_refutation_is_simple_and_exact() -> None:
    verdict = prove_vjp(
        lambda x, w: x @ w, lambda g, x, w: (g @ w.T, x.T @ g / 2), {"x": (2, 2), "w": (2, 2)}
    )
    assert isinstance(verdict, Refuted)
    assert (verdict.left, verdict.right) == (1, verdict.left / 2)
    assert sum(v != 0 for v in verdict.values.values()) <= 3


def drawing(x: Any) -> Any:
    return x * np.random.rand(3)


def reading(x: Any) -> Any:
    return x * len(open(__file__).read())


def rebinding(x: Any) -> Any:
    global CALLS
    CALLS = {"n": 1}
    return x


def logging(x: Any) -> Any:
    LOG.append(1)
    return x


def rounding(x: Any) -> Any:
    return np.round(x)


@pytest.mark.parametrize("forward", [drawing, reading, rebinding, logging, rounding])
def test_what_can_t_be_traced_is_refused_with_the_line(forward: Any) -> None:
    with pytest.raises(Refused, match=r"test_vjp_verdicts\.py:\d+"):
        prove_vjp(forward, same, X)
    assert not LOG
    assert CALLS == {"n": 0}


def test_an_exception_of_the_user_is_the_user_s() -> None:
    def forward(x: Any) -> Any:
        return x["key"]

    with pytest.raises(IndexError) as caught:
        prove_vjp(forward, same, X)
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert frames[-1].name == "forward"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"shapes": {"y": (3,)}}, "no parameter"),
        ({"shapes": {}}, "expected shapes"),
        ({"shapes": {"x": (-1,)}}, "numbers or letters"),
        ({"shapes": {"x": 2.5}}, "expected a tuple"),
        ({"wrt": ["z"]}, "inputs with shapes"),
        ({"assume": "x ~ 1"}, "comparisons"),
        ({"assume": "y > 1"}, "one of the inputs"),
        ({"backward": 3}, "expected functions"),
    ],
)
def test_bad_input_gets_one_line(given: dict[str, Any], said: str) -> None:
    arguments = {"forward": lambda x: x, "backward": same, "shapes": X} | given
    with pytest.raises(sb.InputError, match=said):
        prove_vjp(**arguments)


def test_the_time_limit_gives_unknown() -> None:
    verdict = prove_vjp(lambda x: np.tanh(x @ x), lambda g, x: g, {"x": (3, 3)}, time_limit=-1)
    assert isinstance(verdict, Unknown)
    assert "time limit" in verdict.reason


def test_letters_stand_for_several_sizes_and_assumptions_hold() -> None:
    verdict = proved(
        lambda x, w: np.log(x) @ w,
        lambda g, x, w: (g @ w.T / x, np.log(x).T @ g),
        {"x": ("n", "d"), "w": ("d", "k")},
        assume="x > 0",
    )
    assert len(verdict.claims) == 3
    assert isinstance(prove_vjp(lambda x: np.abs(x), same, X, assume="x > 0"), Proved)


def test_constants_and_inputs_without_gradient() -> None:
    y = np.array([2, 0])
    loss = lambda x, y, s: (s * x[np.arange(2), y]).sum()  # noqa: E731

    def backward(g: Any, x: Any, y: Any, s: Any) -> Any:
        dx = np.zeros_like(x)
        dx[np.arange(2), y] = g * s
        return dx

    proved(loss, backward, {"x": (2, 3), "s": (2,)}, wrt=["x"], constants={"y": y})
    assert (y == [2, 0]).all()


def test_the_assertion_raises_with_the_verdict() -> None:
    with pytest.raises(AssertionError, match="REFUTED"):
        sb.assert_vjp_proved(lambda x: x * x, lambda g, x: g * x, X)
    with pytest.raises(NotProved):
        sb.assert_vjp_proved(lambda x: x * x, lambda g, x: None, X)
