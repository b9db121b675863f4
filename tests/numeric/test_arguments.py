"""Shapes, kinds of numbers, empty batches, and that arguments stay as they were."""

from __future__ import annotations

import numpy as np
import pytest

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.numeric.compiled import compile_network, initial_weights

NET = Architecture([2, 3, 1])
F = compile_network(NET)
W = initial_weights(NET)
X, Y = np.ones((4, 2)), np.zeros((4, 1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.ones(2)}, r"X: expected shape \(N, 2\), a row an example, got \(2,\)"),
        ({"X": np.ones((4, 3))}, r"X: expected shape \(N, 2\), a row an example, got \(4, 3\)"),
        ({"Y": np.ones(4)}, r"Y: expected shape \(4, 1\), got \(4,\)"),
        ({"Y": np.ones((3, 1))}, r"Y: expected shape \(4, 1\), got \(3, 1\)"),
        ({"W": W[:1]}, r"W: expected a list of 2 arrays, one a layer, got a list of 1"),
        ({"W": W[0]}, r"W: expected a list of 2 arrays, one a layer, got an array"),
        ({"W": [W[0][1:], W[1]]}, r"W\[0\]: expected shape \(3, 3\), got \(2, 3\)"),
        ({"W": [W[0], W[1].T]}, r"W\[1\]: expected shape \(4, 1\), got \(1, 4\)"),
        ({"X": [["a", "b"]] * 4}, r"X: expected an array of real numbers, got a list of 4"),
        ({"X": [[1], [2, 3]]}, r"X: expected an array of real numbers"),
        ({"X": X + 1j}, r"X: expected an array of real numbers, got an array of complex128"),
        ({"Y": None}, r"Y: expected an array of real numbers, got None|Y: expected shape \(4, 1\)"),
        ({"reduction": "max"}, r"reduction: expected 'mean' or 'sum', got 'max'"),
    ],
)
def test_wrong_arguments(change, message):
    arguments = {"W": W, "X": X, "Y": Y} | change
    with pytest.raises(InputError, match=message):
        F.gradient(**arguments)
    with pytest.raises(InputError, match=message):
        F.error(**arguments)


def test_any_real_numbers_will_do():
    plain = F.gradient(W, X, Y)
    for kind in (np.float32, np.int64, object, bool):
        assert np.array_equal(F.gradient(W, X.astype(kind), Y.astype(kind))[0], plain[0])
    assert np.array_equal(F.gradient(tuple(W), X.tolist(), Y.tolist())[0], plain[0])


@pytest.mark.parametrize("names", ["identity", "relu", "identity,softmax"])
def test_arguments_stay_as_they_were(names):
    net = Architecture([2, 3, 2], names, "squared error")
    f, weights = compile_network(net), initial_weights(net)
    x, y = np.random.default_rng(0).normal(size=(2, 5, 2))
    before = [v.copy() for v in (*weights, x, y)]
    out = f.forward(weights, x)
    out += 1
    for part in (*f.deltas(weights, x, y), *f.gradient(weights, x, y)):
        part += 1
    assert all(np.array_equal(a, b) for a, b in zip(before, (*weights, x, y), strict=True))


def test_an_empty_batch():
    x, y = np.zeros((0, 2)), np.zeros((0, 1))
    assert F.forward(W, x).shape == (0, 1)
    assert [d.shape for d in F.deltas(W, x, y)] == [(0, 3), (0, 1)]
    for reduction in ("mean", "sum"):
        assert F.error(W, x, y, reduction) == 0
        assert [g.tolist() for g in F.gradient(W, x, y, reduction)] == [
            np.zeros_like(w).tolist() for w in W
        ]
    soft = Architecture([2, 2], "softmax", "cross entropy")
    assert compile_network(soft).error(initial_weights(soft), x, np.zeros((0, 2))) == 0


def test_initial_weights():
    net = Architecture([100, 200, 50])
    first, again, other = (initial_weights(net, seed) for seed in (3, 3, 4))
    assert [w.shape for w in first] == [(101, 200), (201, 50)]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert not first[0][0].any()
    assert first[0][1:].var() == pytest.approx(2 / 300, rel=0.05)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", None, True])
def test_bad_seed(seed):
    with pytest.raises(InputError, match="seed: expected an integer from 0 up, got"):
        initial_weights(NET, seed)
