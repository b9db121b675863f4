"""Rules beyond the corpus: proved with the conditions that they need, refuted with a witness, or left open and why."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import symbackprop as sb
from symbackprop.kernel import Theorem
from symbackprop.trace.grammar import parse
from symbackprop.trace.search import satisfies

PROVED: list[tuple[str, str, str, str | None, tuple[str, ...]]] = [
    ("tan(x)", "g*(1 + ans**2)", "x", None, ("cos(x) ≠ 0",)),
    ("asin(x)", "g*(1 - x*x)**(-1/2)", "x", "|x| < 1", ("Abs(x) < 1",)),
    ("acosh(x)", "g/(sqrt(x - 1)*sqrt(x + 1))", "x", "x > 1", ("x > 1",)),
    ("sqrt(x)", "g/(2*ans)", "x", None, ("x > 0",)),
    ("1/x", "-g*ans**2", "x", None, ("x ≠ 0",)),
    ("Abs(x)", "g*sign(x)", "x", None, ("x ≠ 0",)),
    ("softplus(x)", "g*(1 - exp(-ans))", "x", None, ()),
    ("log_sigmoid(x)", "g*sigmoid(-x)", "x", None, ()),
    ("erfcx(x)", "g*(2*x*ans - 2/sqrt(pi))", "x", None, ()),
    ("gamma(x)", "g*ans*digamma(x)", "x", "x > 0", ("x > 0",)),
    ("besselj(1, x)", "g*(besselj(0, x) - ans/x)", "x", "x != 0", ("x ≠ 0",)),
    ("loggamma(x + 1)", "g*(digamma(x) + 1/x)", "x", "x > 0", ("x > 0",)),
    ("hypot(x, y)", "g*x/ans", "x", "x != 0 | y != 0", ("x ≠ 0 | y ≠ 0",)),
    ("logaddexp(x, y)", "g*exp(x - ans)", "x", None, ()),
    ("floor(x)", "0*g", "x", None, ("~integer(x)",)),
    ("x - floor(x)", "g", "x", "~integer(x)", ("~integer(x)",)),
    ("erfinv(erf(x))", "g", "x", None, ()),
    ("sin(x)**2", "g*sin(2*x)", "x", None, ()),
    ("x**x", "g*ans*(log(x) + 1)", "x", "x > 0", ("x > 0",)),
    ("cbrt(x)", "g/(3*ans*ans)", "x", "x != 0", ("x ≠ 0",)),
    ("Max(x, 0) - x*t + log(1 + exp(-Abs(x)))", "g*(sigmoid(x) - t)", "x", None, ("x ≠ 0",)),
    ("x*log(y)", "g*log(y)", "x", None, ("y > 0",)),
    (
        "Piecewise((log(x), x > 1), (x - 1, True))",
        "Piecewise((g/x, x > 1), (g, True))",
        "x",
        None,
        ("x ≠ 1",),
    ),
    ("x**y", "Piecewise((0, Eq(y, 0)), (g*y*x**(y - 1), True))", "x", "x > 0", ("x > 0",)),
    ("besselk(0, x)", "-g*besselk(1, x)", "x", "x > 0", ("x > 0",)),
    ("1e-15*x", "1e-15*g", "x", None, ()),
]


@pytest.mark.parametrize(
    ("forward", "backward", "wrt", "assume", "where"), PROVED, ids=[p[0] for p in PROVED]
)
def test_rules_are_proved_with_their_conditions(
    forward: str, backward: str, wrt: str, assume: str | None, where: tuple[str, ...]
) -> None:
    verdict = sb.prove_derivative(forward, backward, wrt, assume)
    assert isinstance(verdict, sb.Proved), str(verdict)
    assert isinstance(verdict.theorem, Theorem)
    assert set(verdict.hypotheses) == set(where)
    example = {n: v for n, v in verdict.example.items() if isinstance(v, Fraction)}
    assert all(satisfies(parse(c), example) for c in verdict.hypotheses)


REFUTED = [
    ("x**2", "2*x", None, "the incoming gradient is missing"),
    ("x**2", "g*x", None, "a factor 2 is missing"),
    ("exp(2*x)", "g*ans", None, "a factor 2 is missing"),
    ("sin(x**2)", "g*cos(x**2)", None, "the derivative of x**2 is missing"),
    ("tanh(x)", "g*(1 - x**2)", None, "x in place of the forward's value"),
    ("x**3", "3*g*x**3", None, "an exponent is off by one"),
    ("x*log(y)", "g*Piecewise((0, Eq(x, 0)), (log(y), True))", "y > 0", "a case in it is wrong"),
    ("Max(x, 0)", "Piecewise((g, x < 0), (0, True))", None, "is turned round"),
    ("x**2", "g**2*2*x", None, None),
    ("Abs(x)", "g*x/Piecewise((1, Eq(ans, 1/2)), (ans, True))", None, "a case in it is wrong"),
]


@pytest.mark.parametrize(("forward", "backward", "assume", "says"), REFUTED)
def test_wrong_rules_are_refuted_and_what_is_wrong_is_said(
    forward: str, backward: str, assume: str | None, says: str | None
) -> None:
    verdict = sb.prove_derivative(forward, backward, "x", assume)
    assert isinstance(verdict, sb.Refuted), str(verdict)
    assert (says or "") in (verdict.diagnosis or "")
    if assume:
        assert satisfies(parse(assume), verdict.values)


def test_a_witness_is_right_by_differences() -> None:
    verdict = sb.prove_derivative("exp(sin(x))/x", "g*exp(sin(x))*cos(x)/x", assume="x > 0")
    assert isinstance(verdict, sb.Refuted)
    mp.mp.dps = 50
    x, g = (mp.mpf(v.numerator) / v.denominator for v in (verdict.values["x"], verdict.values["g"]))
    slope = g * mp.diff(lambda t: mp.exp(mp.sin(t)) / t, x)
    assert abs(slope - verdict.left[0]) < 1e-15
    assert abs(g * mp.exp(mp.sin(x)) * mp.cos(x) / x - verdict.right[0]) < 1e-15


@pytest.mark.parametrize(
    ("forward", "backward", "reading"),
    [
        ("exp2(x)", "g*ans*0.6931471805599453", "0.6931471805599453 is read as log(2)"),
        ("erf(x)", "1.1283791670955126*g*exp(-x*x)", "1.1283791670955126 is read as 2*1/sqrt(pi)"),
        ("log10(x)", "0.4342944819032518*g/x", "0.4342944819032518 is read as 1/log(10)"),
    ],
)
def test_decimals_are_read_as_what_they_round(forward: str, backward: str, reading: str) -> None:
    verdict = sb.prove_derivative(forward, backward)
    assert isinstance(verdict, sb.Proved)
    assert reading in verdict.hypotheses


def test_gelu_with_rounded_constants_is_proved_under_named_readings() -> None:
    forward = "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))"
    inner = "0.0356774*x**3 + 0.797885*x"
    backward = f"g*(0.5*tanh({inner}) + (0.0535161*x**3 + 0.398942*x)*(1/cosh({inner}))**2 + 0.5)"
    assert isinstance(sb.prove_derivative(forward, backward), sb.Proved)


def test_rounding_never_refutes() -> None:
    assert not isinstance(sb.prove_derivative("x/3", "0.3333*g"), sb.Refuted)
    assert isinstance(sb.prove_derivative("x/3", "0.3433*g"), sb.Refuted)


UNKNOWN = [
    ("log(x)", "g*log(-x)", None, "no value at any of the points"),
    ("x", "g*log(x)/log(x)", None, "has no value elsewhere"),
    ("x**2", "2*x*g", "x > 1 & x < 0", "no point was found"),
]


@pytest.mark.parametrize(("forward", "backward", "assume", "says"), UNKNOWN)
def test_what_is_not_told_is_unknown(
    forward: str, backward: str, assume: str | None, says: str
) -> None:
    verdict = sb.prove_derivative(forward, backward, assume=assume)
    assert isinstance(verdict, sb.Unknown)
    assert says in verdict.reason


def test_kinks_are_told_and_refute_nothing() -> None:
    verdict = sb.prove_derivative("Abs(x)", "Piecewise((g, x >= 0), (-g, True))")
    assert isinstance(verdict, sb.Proved)
    assert "at x = 0 the rule gives 1; the derivative is -1 from the left, 1 from the right" in str(
        verdict
    )


def test_time_is_limited() -> None:
    verdict = sb.prove_derivative("sin(cos(sin(x)))", "g*cos(cos(sin(x)))", limit=1e-9)
    assert isinstance(verdict, sb.Unknown)
    assert "time" in verdict.reason


FUNCTIONS: list[tuple[Any, Any, str]] = [
    (lambda x: np.log1p(np.exp(x)), lambda g, x: g / (1 + np.exp(-x)), "proved"),
    (lambda x: np.maximum(x, 0), lambda g, x: g * (x > 0), "proved"),
    (lambda x: np.where(x > 0, x, 0.01 * x), lambda d, x: np.where(x > 0, d, 0.01 * d), "proved"),
    (lambda x: np.tanh(x), lambda g, ans: g * (1 - ans**2), "proved"),
    (lambda x: np.clip(x, -1, 1), lambda g, x: g * ((x >= -1) & (x <= 1)), "proved"),
    (lambda x: abs(x) % 3, lambda g, x: g * np.sign(x), "proved"),
    (lambda x: x * np.sin(x), lambda g, x: g * np.sin(x), "refuted"),
    ("x**2", lambda g, x: 2 * g * x, "proved"),
]


@pytest.mark.parametrize(("forward", "backward", "word"), FUNCTIONS)
def test_functions_of_scalars_are_read_as_formulas(forward: Any, backward: Any, word: str) -> None:
    assert sb.prove_derivative(forward, backward).word == word


@pytest.mark.parametrize(
    ("forward", "backward", "options", "says"),
    [
        ("foo(x)", "g", {}, "foo at sign 1 is no function"),
        ("sinn(x)", "g", {}, "did you mean sin?"),
        ("sin(x, x)", "g", {}, "expected 1 argument, got 2"),
        ("x", "h*g", {}, "h: expected a name that is in forward"),
        ("x*y", "g*x", {"wrt": "z"}, "wrt: expected one of x, y"),
        ("x", "g", {"assume": "x + 1"}, "expected a condition"),
        ("x", "g", {"assume": "z > 1"}, "z: expected a name"),
        ("3", "g", {}, "a variable in it"),
        ("x/0", "g", {}, "no division by 0"),
        ("g*x", "g", {}, "the name g is kept"),
        ("x", None, {}, "backward: expected a formula"),
        ("x > 1", "g", {}, "expected a value"),
        ("Piecewise((x, x > 0))", "g", {}, "True as the last condition"),
        ("x", "g", {"seed": "a"}, "an int as seed"),
        ("x", "g", {"limit": 0}, "a positive number as limit"),
        ("x", "g", {"args": "x"}, "a list of names"),
        (lambda x: math.sin(x), "g", {}, "functions of NumPy's"),
        (lambda x: x if x > 0 else -x, "g", {}, "a branch on data"),
        (lambda x: np.sum(x), "g", {}, "np.sum"),
        (lambda *x: x[0], "g", {}, "without * and"),
        (lambda x: "no", "g", {}, "returns no scalar"),
    ],
)
def test_bad_input_gets_one_line(forward: Any, backward: Any, options: Any, says: str) -> None:
    with pytest.raises(sb.InputError) as e:
        sb.prove_derivative(forward, backward, **options)
    assert says in str(e.value)
    assert "\n" not in str(e.value)
