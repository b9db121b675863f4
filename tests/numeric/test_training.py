"""Stochastic gradient descent: its single step by hand, what it learns, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.numeric.compiled import compile_network
from symbackprop.numeric.training import train

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
ODD = np.array([[0.0], [1.0], [1.0], [0.0]])


def test_one_step_by_hand():
    """x = w_0 + 2 w_1 = 7, y = 4: δ = 3, so w_0 ← 1 - 0.1·3 and w_1 ← 3 - 0.1·3·2; then e = (0.7 + 4.8 - 4)²/2."""
    start = [np.array([[1.0], [3.0]])]
    done = train(Architecture([1, 1], "identity"), [[2.0]], [[4.0]], rate=0.1, epochs=1, W=start)
    assert done.weights[0].ravel().tolist() == pytest.approx([0.7, 2.4])
    assert done.errors == pytest.approx((1.125,))
    assert start[0].tolist() == [[1.0], [3.0]]


def test_all_layers_move_by_the_gradient_of_the_same_weights():
    net = Architecture([2, 3, 2], "tanh,softmax", "cross entropy")
    f = compile_network(net)
    W = [np.full((3, 3), 0.1) + np.arange(3), np.full((4, 2), 0.2) - np.arange(2)]
    x, y = [[0.3, -0.4]], [[1.0, 0.0]]
    done = train(net, x, y, rate=0.5, epochs=1, W=W)
    for after, before, slope in zip(done.weights, W, f.gradient(W, x, y), strict=True):
        assert np.allclose(after, before - 0.5 * slope, rtol=1e-14)


def test_an_epoch_visits_each_example_once():
    """e = -x_1 and x = w·x^(0): each visit adds its own input to the weight, so an epoch adds their sum."""
    net = Architecture([5, 1], "identity", lambda x, y: -x)
    W = [np.zeros((6, 1))]
    done = train(net, np.eye(5), np.zeros((5, 1)), rate=1, epochs=3, W=W)
    assert done.weights[0].ravel().tolist() == [15.0, 3.0, 3.0, 3.0, 3.0, 3.0]


def test_order_is_random_and_reproducible():
    net = Architecture([2, 4, 1], "tanh,sigmoid", "binary cross entropy")
    W = [np.ones((3, 4)), np.ones((5, 1))]
    runs = [train(net, XOR, ODD, rate=0.5, epochs=3, seed=seed, W=W) for seed in (1, 1, 2)]
    assert all(np.array_equal(a, b) for a, b in zip(runs[0].weights, runs[1].weights, strict=True))
    assert runs[0].errors == runs[1].errors
    assert runs[0].errors != runs[2].errors


def test_it_learns_exclusive_or():
    net = Architecture([2, 4, 1], "tanh,sigmoid", "binary cross entropy")
    heard = []
    done = train(net, XOR, ODD, rate=0.5, epochs=400, progress=lambda *news: heard.append(news))
    assert (compile_network(net).forward(done.weights, XOR) > 0.5).tolist() == (ODD > 0.5).tolist()
    assert done.errors[-1] < 0.05 < done.errors[0]
    assert heard == [(k, 400, e) for k, e in enumerate(done.errors, 1)]


def broken(at, value):
    X = XOR.copy()
    X[at] = value
    return X


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": broken((2, 1), np.nan)}, "X: expected finite numbers, got nan in row 2, column 1"),
        ({"Y": -np.inf * (ODD - 2)}, "Y: expected finite numbers, got inf in row 0, column 0"),
        ({"W": [np.full((3, 1), np.nan)]}, r"W\[0\]: expected finite numbers, got nan in row 0"),
        ({"rate": 0}, "rate: expected a finite number above 0, got 0"),
        ({"rate": float("inf")}, "rate: expected a finite number above 0, got inf"),
        ({"rate": "fast"}, "rate: expected a finite number above 0, got 'fast'"),
        ({"epochs": 0}, "epochs: expected an integer from 1 up, got 0"),
        ({"epochs": 2.5}, "epochs: expected an integer from 1 up, got 2.5"),
        ({"seed": -1}, "seed: expected an integer from 0 up, got -1"),
        ({"X": np.zeros((0, 2)), "Y": np.zeros((0, 1))}, "X: expected at least one example"),
        ({"Y": ODD[:, 0]}, r"Y: expected shape \(4, 1\), got \(4,\)"),
    ],
)
def test_bad_arguments(change, message):
    with pytest.raises(InputError, match=message):
        train(Architecture([2, 1]), **{"X": XOR, "Y": ODD, "rate": 0.1, "epochs": 1} | change)


@pytest.mark.filterwarnings("error")
def test_divergence_says_where():
    with pytest.raises(
        InputError, match=r"training diverged in epoch \d+ of 500: .* a rate below 40"
    ):
        train(Architecture([2, 1], "identity"), XOR, ODD, rate=40, epochs=500)


def test_an_output_that_leaves_the_domain_says_where():
    net = Architecture([2, 1], "identity", "cross entropy")
    with pytest.raises(
        InputError, match=r"training, epoch 1 of 9: loss cross entropy: expected outputs with x > 0"
    ):
        train(net, XOR, ODD, rate=1, epochs=9)


def test_an_interrupt_goes_through():
    def stop(*news):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(Architecture([2, 1]), XOR, ODD, progress=stop)
