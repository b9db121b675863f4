"""The rows of the NumPy tables: against mpmath, and at numbers where a plain formula fails."""

from __future__ import annotations

import warnings

import lecture_in_mpmath as oracle
import mpmath
import numpy as np
import pytest
import sympy as sp
from mpmath import mp, mpf

from symbackprop.compile.function import lambdify
from symbackprop.compile.special import erf, erfc, gauss
from symbackprop.errors import InputError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.architecture import Architecture
from symbackprop.network.losses import LOSSES
from symbackprop.numeric.compiled import compile_network
from symbackprop.numeric.program import PAIRS, S, X, curve

EXTREME = np.array([[1e300, -1e300, 0.0, 800.0, -800.0, 1e-300, -5e-324, 40.0, -40.0]])


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings(), np.errstate(over="warn", divide="warn", invalid="warn"):
        warnings.simplefilter("error")
        yield


def points():
    random = np.random.default_rng(0)
    dense = np.linspace(-7, 7, 301)
    seams = [0.5, np.nextafter(0.5, 1), -0.5, 2 * np.pi, np.nextafter(2 * np.pi, 0), 0.0]
    return np.concatenate(
        [dense, seams, 10.0 ** random.uniform(-300, 1.4, 200), random.uniform(7, 26, 50)]
    )


def worst(function, exact):
    x = points()
    out = mpf(0)
    with mp.workdps(40):
        for a, got in zip(x, function(x), strict=True):
            want = exact(mpf(float(a)))
            out = max(out, abs(mpf(float(got)) - want) / max(abs(want), mpf("1e-305")))
    return out


def test_error_function():
    assert worst(erf, mpmath.erf) < 1e-15
    assert worst(erfc, mpmath.erfc) < 2e-15
    assert worst(gauss, lambda x: mpmath.exp(-x * x)) < 1e-15


def test_error_function_has_any_shape_and_keeps_nan():
    assert erf(np.zeros((2, 0, 3))).shape == (2, 0, 3)
    assert erf(np.float64(0.0)).shape == ()
    assert np.isnan(erf(np.array([np.nan]))).all()
    assert erf(np.array([-1e300, 1e300])).tolist() == [-1.0, 1.0]


NAMES = sorted(set(ACTIVATIONS) - {"opaque", "softmax"})


def value(name, s):
    return of_array(curve(ACTIVATIONS[name]).value, S, s)


def slope(name, s):
    return of_array(curve(ACTIVATIONS[name]).slope, S, s)


def of_array(e, symbol, at):
    """A formula in one number, of an array, as a network computes it."""
    family, n = sp.IndexedBase("a"), sp.Symbol("n", integer=True)
    out = lambdify(sp.sympify(e).xreplace({symbol: family[n]}), [family])
    return np.stack([np.broadcast_to(out(row), row.shape) for row in at])


def test_pairs_are_of_the_network():
    assert {name for pair in PAIRS for name in pair} <= set(ACTIVATIONS) | set(LOSSES)


@pytest.mark.parametrize("name", sorted(oracle.CURVES))
def test_values_and_slopes(name):
    s = np.array([[-30.0, -6.5, -1.25, -1e-9, 1e-9, 0.3, 2.0, 17.0]])
    with mp.workdps(120):
        for at, got, rising in zip(s[0], value(name, s)[0], slope(name, s)[0], strict=True):
            t, h = mpf(float(at)), mpf(10) ** -25
            g = oracle.CURVES[name]
            assert abs(mpf(float(got)) - g(t)) <= 1e-13 * abs(g(t))
            rise = (g(t + h) - g(t - h)) / (2 * h)
            assert abs(mpf(float(rising)) - rise) <= 2e-13 * abs(rise)


@pytest.mark.parametrize("name", [n for n in NAMES if curve(ACTIVATIONS[n]).by_x is not None])
def test_the_slope_from_x_is_that_from_s(name):
    s = np.array([[-2.0, -1.25, -1e-9, 1e-9, 0.3, 2.0]])
    from_x = of_array(curve(ACTIVATIONS[name]).by_x, X, value(name, s))
    assert from_x == pytest.approx(slope(name, s), rel=1e-14)


LIMITS = {  # of the value and of the slope, at 1e300 and at -1e300
    "identity": (1e300, -1e300, 1, 1),
    "tanh": (1, -1, 0, 0),
    "sigmoid": (1, 0, 0, 0),
    "relu": (1e300, 0, 1, 0),
    "leaky relu": (1e300, -1e298, 1, 0.01),
    "softplus": (1e300, 0, 1, 0),
    "silu": (1e300, 0, 1, 0),
    "gelu": (1e300, 0, 1, 0),
}


@pytest.mark.parametrize("name", NAMES)
def test_no_warning_on_extreme_numbers(name):
    x, slopes = value(name, EXTREME), slope(name, EXTREME)
    assert np.isfinite(x).all()
    assert np.isfinite(slopes).all()
    if name in LIMITS:
        assert [x[0, 0], x[0, 1], slopes[0, 0], slopes[0, 1]] == pytest.approx(list(LIMITS[name]))


def test_gelu_at_the_smallest_numbers():
    s = np.array([[5e-324, -5e-324, 1e-310, 0.0]])
    assert slope("gelu", s) == pytest.approx(np.full((1, 4), 0.5))


@pytest.mark.parametrize(
    ("last", "loss"), [*PAIRS, ("identity", "logistic"), ("softmax", "logistic")]
)
def test_no_warning_from_extreme_signals(last, loss):
    f = compile_network(Architecture([9, 9], last, loss))
    W = [np.vstack([np.zeros(9), np.eye(9)])]
    for k in range(9):
        Y = np.eye(9)[k : k + 1] * (1 if loss != "logistic" else 2) - (loss == "logistic")
        assert np.isfinite(f.error(W, EXTREME, Y))
        assert all(np.isfinite(g).all() for g in f.deltas(W, EXTREME, Y))


def test_pairs_keep_what_the_output_has_lost():
    """At s = -800, ln σ(s) = -800, though σ(s) is 0 as a double; and at 40, 1 - σ is e^-40, though σ is 1."""
    both = compile_network(Architecture([1, 1], "sigmoid", "binary cross entropy"))
    soft = compile_network(Architecture([2, 2], "softmax", "cross entropy"))
    W = [np.array([[0.0], [1.0]])]
    assert both.error(W, [[-800.0]], [[1.0]]) == 800
    assert both.error(W, [[40.0]], [[1.0]]) == pytest.approx(np.exp(-40.0), rel=1e-14)
    two = [np.vstack([np.zeros(2), np.eye(2)])]
    assert soft.error(two, [[0.0, 800.0]], [[1.0, 0.0]]) == 800
    assert soft.error(two, [[40.0, 0.0]], [[1.0, 0.0]]) == pytest.approx(np.exp(-40.0), rel=1e-14)


def test_a_value_beyond_the_largest_double_is_infinite():
    f = compile_network(Architecture([1, 1], "identity"))
    assert f.error([np.array([[0.0], [1.0]])], [[1e300]], [[0.0]]) == np.inf


@pytest.mark.parametrize(
    ("loss", "x", "message"),
    [
        (
            "cross entropy",
            -0.25,
            r"loss cross entropy: expected outputs with x > 0, got x_1 = -0.25 in row 1",
        ),
        ("binary cross entropy", 1.0, r"expected outputs with 0 < x < 1, got x_1 = 1 in row 1"),
    ],
)
def test_outputs_out_of_the_domain(loss, x, message):
    f = compile_network(Architecture([1, 1], "identity", loss))
    for method in (f.error, f.deltas, f.gradient):
        with pytest.raises(InputError, match=message):
            method([np.array([[0.0], [1.0]])], [[0.5], [x]], [[1.0], [1.0]])
