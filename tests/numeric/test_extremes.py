"""Finite inputs however large or small: no warning, no error but a plain one, and no NaN where all on the way is finite."""

from __future__ import annotations

import warnings
from contextlib import suppress
from itertools import product

import numpy as np
import pytest
import running_error

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.numeric.compiled import compile_network

OUTPUTS = [
    ("same", "squared error"),
    ("sigmoid", "binary cross entropy"),
    ("softmax", "cross entropy"),
    ("identity", "logistic"),
    ("softmax", "squared error"),
    ("softmax", "logistic"),
    ("sigmoid", "cross entropy"),
    ("softplus", "cross entropy"),
    ("tanh", "squared error"),
]
VALUES = [0.0, 5e-324, -1e-300, -800.0, 40.0, 1e20, 1e154, -1e300, 1.7e308]
PLACES = ["W[0]", "W[1]", "X", "Y", "all"]
d = (2, 3, 2)


def example(place, value, N, dtype=np.float64):
    """Ordinary numbers, but for one array (or all) that is full of one number."""
    random = np.random.default_rng(0)
    arrays = {
        "W[0]": random.normal(size=(d[0] + 1, d[1])),
        "W[1]": random.normal(size=(d[1] + 1, d[2])),
        "X": random.normal(size=(N, d[0])),
        "Y": random.uniform(size=(N, d[2])),
    }
    most = float(np.finfo(dtype).max)
    for name, a in arrays.items():
        if place in (name, "all"):
            a[...] = np.clip(value, -most, most)
    first, second, x, y = (a.astype(dtype) for a in arrays.values())
    return [first, second], x, y


@pytest.fixture
def strict():
    """Each warning an error, and each floating-point flag too, outside what the code itself sets."""
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        yield


def functions(f, W, X, Y):
    return [
        lambda: f.forward(W, X),
        lambda: f.deltas(W, X, Y),
        lambda: f.error(W, X, Y),
        lambda: f.gradient(W, X, Y),
    ]


def cases():
    for name, (last, loss) in product(running_error.CURVES, OUTPUTS):
        yield [name, name if last == "same" else last], loss


@pytest.mark.parametrize("N", [1, 2])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_no_warning_on_any_finite_input(N, dtype, strict):
    for names, loss in cases():
        f = compile_network(Architecture(list(d), names, loss))
        for place, value in product(PLACES, VALUES):
            with np.errstate(all="ignore"):
                W, X, Y = example(place, value, N, dtype)
            for run in functions(f, W, X, Y):
                with suppress(InputError):  # an output outside the loss's domain
                    run()


def test_no_nan_where_all_on_the_way_is_finite():
    """In mpmath no value of either pass is beyond the largest double: then neither is any here."""
    seen = 0
    for k, (names, loss) in enumerate(cases()):
        f = compile_network(Architecture(list(d), names, loss))
        for m, (place, value) in enumerate(product(PLACES, VALUES)):
            if (k + m) % 7:  # a sample
                continue
            N = 1 + k % 2
            W, X, Y = example(place, value, N)
            try:
                with np.errstate(all="ignore"):
                    found = [*f.gradient(W, X, Y), *f.deltas(W, X, Y)]
            except InputError:
                continue
            _, over = running_error.gradient(names, loss, W, X, Y, np.finfo(float))
            seen += not over
            assert over or all(np.isfinite(a).all() for a in found), (names, loss, place, value)
    assert seen > 300
