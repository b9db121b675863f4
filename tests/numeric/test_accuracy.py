"""The gradient in mpmath at 50 digits beside the one in doubles and in float32, on inputs that are hard on rounding.

The measure is componentwise: the error of an entry relative to Σ_n |δ_nj x_ni| / N, the sizes of the terms that it is the sum
of (itself computed in mpmath), in units of the unit of rounding u.  How much of that is no fault of the code (signals that
cancel, targets near the outputs, widths) is computed along with it: the bound of running_error.py, to which the error is
compared here.  `python tests/benchmarks/accuracy.py` prints both for all.
"""

from __future__ import annotations

import hard_inputs
import numpy as np
import pytest
import running_error

from symbackprop.network.architecture import Architecture
from symbackprop.numeric import forms
from symbackprop.numeric.compiled import compile_network

OUTPUTS = [
    ("same", "squared error"),
    ("sigmoid", "binary cross entropy"),
    ("softmax", "cross entropy"),
    ("identity", "logistic"),
    ("softmax", "squared error"),
    ("sigmoid", "cross entropy"),
    ("tanh", "logistic"),
]
SHAPES = [(3, 4, 2), (2, 3, 3, 2), (2, 1), (2, 2, 2, 2, 1)]
SIZES = [(4, "columns"), (1, "chosen"), (5, "rows"), (1, "columns")]

"""Kinds in which rounding alone does not explain the error, with the reason."""


def cases(kind):
    """A sample: each activation with three kinds of output, in different shapes, batches and numbers."""
    at = list(hard_inputs.KINDS).index(kind)
    for a, name in enumerate(running_error.CURVES):
        for k in range(3):
            t = at + 2 * a + 3 * k
            last, loss = OUTPUTS[t % len(OUTPUTS)]
            d, (N, form) = SHAPES[(at + a + k) % len(SHAPES)], SIZES[(a + k) % len(SIZES)]
            names = [*[name] * (len(d) - 2), name if last == "same" else last]
            yield names, loss, d, N, form, np.float32 if k == 1 else np.float64


def share(kind, names, loss, d, N, form, dtype, strict):
    """The error as a share of what rounding explains."""
    W, X, Y = hard_inputs.example(kind, d, N, 1, dtype)
    entries, over = running_error.gradient(names, loss, W, X, Y, np.finfo(dtype), strict)
    assert not over
    f = compile_network(Architecture(list(d), names, loss))
    if form == "chosen":
        got = f.gradient(W, X, Y)
    else:
        with np.errstate(all="ignore"):
            got = forms.compiled(f.program, "gradient", form)(W, X, Y, True)
    return running_error.worst(got, entries, np.finfo(dtype))[1]


@pytest.mark.parametrize("kind", hard_inputs.KINDS)
def test_rounding_explains_the_error(kind):
    """With what slopes from x may lose: ten digits of 53."""
    for case in cases(kind):
        assert share(kind, *case, strict=False) <= 1, case


@pytest.mark.parametrize("kind", hard_inputs.KINDS)
def test_no_slope_loses_digits(kind):
    """The strict bound: the slope of every node in every example to full relative accuracy.

    Twice it, for where a slope comes from s anew, the products are rounded one by one, which in a matrix product they are not.
    """
    for names, loss in STRICT:
        found = share(kind, names, loss, (3, 4, 2), 4, "chosen", np.float64, strict=True)
        assert found <= 2, names


@pytest.mark.parametrize("kind", ["ordinary", "a saturated layer", "extreme targets"])
def test_the_error_itself(kind):
    """The mean of e, a sum of terms of one sign: 50 u is what a network of two layers may add up to.

    The sine of a large signal is left out: it amplifies what the signal has lost.
    """
    for name in sorted({*running_error.CURVES} - {"sin"}):
        for last, loss in OUTPUTS:
            names = [name, name if last == "same" else last]
            W, X, Y = hard_inputs.example(kind, (3, 4, 2), 4, 1)
            want = running_error.error(names, loss, W, X, Y, np.finfo(float))
            got = compile_network(Architecture([3, 4, 2], names, loss)).error(W, X, Y)
            assert abs(got - want) <= abs(want) * 50 / 2**53, (names, loss)


STRICT = [
    (["tanh", "identity"], "logistic"),
    (["sigmoid", "softmax"], "cross entropy"),
    (["relu", "tanh"], "logistic"),
]


def test_the_deltas_of_saturated_nodes_keep_their_digits():
    """tanh at s = 20 has the slope 4 exp(-40), and 1 - x² is 0 there."""
    f = compile_network(Architecture([1, 1, 1], "tanh,identity"))
    W = [np.array([[20.0], [0.0]]), np.array([[0.0], [1.0]])]
    first = f.deltas(W, np.zeros((1, 1)), np.zeros((1, 1)))[0]
    assert first[0, 0] == pytest.approx(4 * np.exp(-40), rel=1e-12)
    assert f.gradient(W, np.zeros((1, 1)), np.zeros((1, 1)))[0][0, 0] == first[0, 0]


@pytest.mark.parametrize("name", running_error.CURVES)
@pytest.mark.parametrize("kind", ["ordinary", "a saturated layer"])
def test_all_of_float32_is_float32(name, kind):
    f = compile_network(Architecture([3, 4, 2], [name, "tanh"]))
    for N in (1, 4):
        W, X, Y = hard_inputs.example(kind, f.d, N, 1, np.float32)
        found = [f.forward(W, X), *f.deltas(W, X, Y), *f.gradient(W, X, Y)]
        assert {a.dtype for a in found} == {np.dtype(np.float32)}
