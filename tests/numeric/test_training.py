"""Stochastic gradient descent: its single step by hand, what it learns, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.numeric.compiled import compile_network
from symbackprop.numeric.training import DivergedError, train

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
        ({"batch": 0}, "batch: expected an integer from 1 up, got 0"),
        ({"batch": True}, "batch: expected an integer from 1 up, got True"),
        ({"decay": -1}, r"decay: expected a number from 0 to below 1/rate = 10, got -1"),
        ({"decay": 10}, r"decay: expected a number from 0 to below 1/rate = 10, got 10"),
        ({"decay": None}, "decay: expected a finite number from 0 up, got None"),
        ({"optimizer": "newton"}, "unknown optimizer 'newton'"),
        ({"patience": 2}, r"patience: expected a validation set \(X, Y\) too, got none"),
        ({"patience": 0, "validation": (XOR, ODD)}, "patience: expected an integer from 1 up"),
        ({"validation": XOR}, r"validation: expected a pair of arrays \(X, Y\)"),
        ({"validation": (XOR[:0], ODD[:0])}, "validation X: expected at least one example"),
        ({"validation": (XOR, ODD[:3])}, r"validation Y: expected shape \(4, 1\), got \(3, 1\)"),
        (
            {"validation": (broken((3, 0), np.inf), ODD)},
            "validation X: expected finite numbers, got inf in row 3, column 0",
        ),
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


def test_a_batch_moves_by_the_mean_of_its_gradients():
    """All of four examples as one batch, then 3 and 1: by `gradient`, of the same weights for a whole batch."""
    net = Architecture([2, 3, 1], "tanh,sigmoid")
    f, start = compile_network(net), [np.full((3, 3), 0.3) - np.arange(3) / 7, np.ones((4, 1))]
    W = start
    done = train(net, XOR, ODD, rate=0.5, epochs=1, W=W, batch=4)
    for after, before, slope in zip(done.weights, W, f.gradient(W, XOR, ODD), strict=True):
        assert np.allclose(after, before - 0.5 * slope, rtol=1e-14)
    rows = np.random.default_rng((0, 1)).permutation(4)
    for part in (rows[:3], rows[3:]):
        slopes = [f.gradient(W, XOR[n : n + 1], ODD[n : n + 1]) for n in part]
        W = [w - 0.5 * sum(s[l] for s in slopes) / len(part) for l, w in enumerate(W)]
    done = train(net, XOR, ODD, rate=0.5, epochs=1, W=start, batch=3)
    assert all(np.allclose(a, w, rtol=1e-13) for a, w in zip(done.weights, W, strict=True))


def test_a_batch_larger_than_all_is_all():
    net = Architecture([2, 3, 1])
    a, b = (train(net, XOR, ODD, batch=n, epochs=3) for n in (4, 1000))
    assert a.errors == b.errors


def test_a_validation_set_is_watched_and_changes_nothing():
    net = Architecture([2, 3, 1])
    alone = train(net, XOR, ODD, epochs=5)
    watched = train(net, XOR, ODD, epochs=5, validation=(XOR[1:3], ODD[1:3]))
    assert watched.errors == alone.errors
    assert (alone.epoch, alone.validation_errors, watched.epoch) == (5, (), 5)
    f = compile_network(net)
    assert watched.validation_errors[-1] == f.error(alone.weights, XOR[1:3], ODD[1:3])


@pytest.mark.parametrize("patience", [1, 3])
def test_an_early_stop_gives_the_best_weights(patience):
    """Noise is learnt by heart, so the error on other noise is least early on; the longer run tells where."""
    random = np.random.default_rng(2)
    X, Y, A, B = (random.normal(size=(12, d)) for d in (2, 1, 2, 1))
    net = Architecture([2, 8, 1], "tanh,identity")
    whole = train(net, X, Y, epochs=60, validation=(A, B)).validation_errors
    best = next(k for k in range(60) if all(e >= whole[k] for e in whole[k + 1 : k + 1 + patience]))
    done = train(net, X, Y, epochs=60, validation=(A, B), patience=patience)
    assert done.validation_errors == whole[: best + 1 + patience]
    assert done.epoch == best + 1 < 60 - patience
    expected = train(net, X, Y, epochs=best + 1).weights
    assert all(np.array_equal(a, b) for a, b in zip(done.weights, expected, strict=True))


@pytest.mark.parametrize(
    ("loss", "target", "message"),
    [
        ("cross entropy", 1.5, "cross entropy: expected numbers from 0 to 1, got 1.5"),
        ("cross entropy", -1, "cross entropy: expected numbers from 0 to 1, got -1"),
        ("bce", -0.01, "binary cross entropy: expected numbers from 0 to 1, got -0.01"),
        ("logistic", 2, "logistic: expected numbers from -1 to 1, got 2"),
    ],
)
def test_targets_out_of_the_range_of_the_loss(loss, target, message):
    Y = ODD.copy()
    Y[2] = target
    net = Architecture([2, 1], "sigmoid", loss)
    with pytest.raises(InputError, match=f"^Y: targets of {message} in row 2, column 0$"):
        train(net, XOR, Y)
    with pytest.raises(InputError, match=f"^validation Y: targets of {message} in row 2"):
        train(net, XOR, ODD, validation=(XOR, Y))


def test_targets_at_the_ends_and_of_other_losses_are_taken():
    for loss, target in (
        ("logistic", -1),
        ("bce", 1),
        ("squared error", 7),
        (lambda x, y: x * y, 9),
    ):
        train(Architecture([2, 1], "sigmoid", loss), XOR, 0 * ODD + target, epochs=1)


def test_divergence_gives_the_last_good_weights():
    net = Architecture([2, 1], "identity")
    with pytest.raises(DivergedError) as problem:
        train(net, XOR, ODD, rate=40, epochs=500)
    good = problem.value.trained
    assert all(np.isfinite(w).all() for w in good.weights)
    again = train(net, XOR, ODD, rate=40, epochs=len(good.errors))
    assert np.array_equal(again.weights[0], good.weights[0])
    with pytest.raises(DivergedError) as problem:
        train(net, XOR, ODD, rate=1e300, epochs=500)
    assert problem.value.trained is None


def test_an_interrupt_goes_through():
    def stop(*news):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(Architecture([2, 1]), XOR, ODD, progress=stop)
