"""The gradient against central differences in mpmath, and against the worked example that every student knows."""

from __future__ import annotations

import lecture_in_mpmath as oracle
import numpy as np
import pytest
import sympy as sp

from symbackprop.errors import InputError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.architecture import Architecture
from symbackprop.numeric.compiled import compile_network, initial_weights

NAMES = sorted(set(ACTIVATIONS) - {"opaque", "softmax"})
OF_PROBABILITIES = ("binary cross entropy", "cross entropy")


def cases():
    """Every activation below every loss that takes any outputs, and below those that take probabilities."""
    for name in NAMES:
        for loss in ("squared error", "logistic"):
            yield (name, name), loss
        for last in ("sigmoid", "softmax"):
            for loss in oracle.LOSSES:
                yield (name, last), loss
    yield ("tanh", "softplus"), "cross entropy"
    yield ("tanh", "sin"), "binary cross entropy"
    yield ("tanh", "identity"), "cross entropy"


def example(net, seed):
    random = np.random.default_rng(seed)
    W = [w + random.normal(scale=0.3, size=w.shape) for w in initial_weights(net, seed)]
    x = random.normal(size=(1, net.d[0]))
    y = (
        np.array([[1.0, -1.0]])
        if net.loss.name == "logistic"
        else random.uniform(0.1, 0.9, (1, net.d[-1]))
    )
    return W, x, y


def in_domain(names, loss):
    """A network whose outputs lie where the loss is defined, whatever its last activation is."""
    net = Architecture([3, 4, 2], list(names), loss)
    for seed in range(50):
        W, x, y = example(net, seed)
        values = oracle.outputs(names, oracle.matrices(W), x[0])
        if loss not in OF_PROBABILITIES or all(0.05 < v < 0.95 for v in values):
            return net, W, x, y
    raise AssertionError("no example lies in the loss's domain")


@pytest.mark.parametrize(("names", "loss"), list(cases()), ids=str)
def test_gradient_is_the_slope_of_the_error(names, loss):
    net, W, x, y = in_domain(names, loss)
    f = compile_network(net)
    want = oracle.gradient(names, loss, W, x[0], y[0])
    largest = max(abs(v) for w in want for row in w for v in row)
    for got, exact in zip(f.gradient(W, x, y), want, strict=True):
        assert got.shape == (len(exact), len(exact[0]))
        for a, b in zip(got.ravel(), (v for row in exact for v in row), strict=True):
            assert abs(float(a) - b) <= 1e-12 * max(abs(b), largest / 1000)
    e = oracle.error(names, loss, oracle.matrices(W), x[0], y[0])
    assert abs(f.error(W, x, y) - e) <= 1e-14 * max(1, abs(e))


def worked_example():
    W = [
        np.array([[0.35, 0.35], [0.15, 0.25], [0.20, 0.30]]),
        np.array([[0.60, 0.60], [0.40, 0.50], [0.45, 0.55]]),
    ]
    return compile_network(Architecture("2-2-2", "sigmoid")), W, [[0.05, 0.10]], [[0.01, 0.99]]


def test_worked_example():
    # Source: M. Mazur, A Step by Step Backpropagation Example (2015), the numbers as printed there.
    f, W, X, Y = worked_example()
    gradient = f.gradient(W, X, Y)
    assert f.error(W, X, Y) == pytest.approx(0.298371109, abs=5e-10)
    assert f.forward(W, X)[0].tolist() == pytest.approx([0.75136507, 0.772928465], abs=5e-9)
    assert gradient[1][1, 0] == pytest.approx(0.082167041, abs=5e-10)
    assert gradient[0][1, 0] == pytest.approx(0.000438568, abs=5e-10)
    assert W[1][1, 0] - 0.5 * gradient[1][1, 0] == pytest.approx(0.35891648, abs=5e-9)


def test_delta_is_the_slope_of_a_bias():
    """∂e/∂w_0j = δ_j, example by example, for one of each kind of output."""
    for names, loss in (
        (("silu", "softmax"), "squared error"),
        (("gelu", "sigmoid"), "binary cross entropy"),
    ):
        net, W, x, y = in_domain(names, loss)
        want = oracle.gradient(names, loss, W, x[0], y[0])
        twice = compile_network(net).deltas(W, np.vstack([x, x]), np.vstack([y, y]))
        for delta, exact in zip(twice, want, strict=True):
            assert delta.shape == (2, len(exact[0]))
            assert np.allclose(delta, [[float(v) for v in exact[0]]] * 2, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize(
    ("names", "loss"),
    [
        (("tanh", "softmax"), "cross entropy"),
        (("relu", "identity"), "squared error"),
        (("sin", "tanh"), "logistic"),
    ],
)
def test_a_batch_is_the_mean_of_its_examples(names, loss):
    net = Architecture([3, 5, 2], list(names), loss)
    f, W = compile_network(net), initial_weights(net, 1)
    random = np.random.default_rng(0)
    X, Y = random.normal(size=(7, 3)), random.uniform(size=(7, 2))
    singles = [f.gradient(W, X[n : n + 1], Y[n : n + 1]) for n in range(7)]
    for l, whole in enumerate(f.gradient(W, X, Y)):
        assert np.allclose(whole, sum(g[l] for g in singles) / 7, rtol=1e-13, atol=1e-15)
    errors = [f.error(W, X[n : n + 1], Y[n : n + 1]) for n in range(7)]
    assert f.error(W, X, Y) == pytest.approx(sum(errors) / 7, rel=1e-14)
    assert f.error(W, X, Y, reduction="sum") == pytest.approx(sum(errors), rel=1e-14)
    for total, mean in zip(f.gradient(W, X, Y, "sum"), f.gradient(W, X, Y, "mean"), strict=True):
        assert np.allclose(total, 7 * mean, rtol=1e-14)


def test_targets_that_do_not_sum_to_one():
    """δ = x Σy - y after softmax; x - y would be wrong here."""
    net, W, x, _ = in_domain(("tanh", "softmax"), "cross entropy")
    y = np.array([[0.9, 0.7]])
    want = oracle.gradient(("tanh", "softmax"), "cross entropy", W, x[0], y[0])
    assert np.allclose(
        compile_network(net).gradient(W, x, y)[1],
        [[float(v) for v in row] for row in want[1]],
        rtol=1e-12,
    )


# --- formulas of one's own --------------------------------------------------------------------------------------

a, b = sp.IndexedBase("x"), sp.IndexedBase("y")
s = sp.Symbol("s")
OWN = [
    ("squared error", lambda x, y: (x - y) ** 2 / 2),
    ("squared error", sum((a[j] - b[j]) ** 2 for j in (1, 2)) / 2),
    ("logistic", lambda x, y: sp.log(1 + sp.exp(-x * y))),
]


@pytest.mark.parametrize(("loss", "formula"), OWN)
def test_a_formula_is_as_good_as_the_name(loss, formula):
    names = ("tanh", "gelu")
    net, W, x, y = in_domain(names, loss)
    own = Architecture(
        net.d, [sp.Lambda(s, sp.tanh(s)), lambda t: t * (1 + sp.erf(t / sp.sqrt(2))) / 2], formula
    )
    named, mine = compile_network(net), compile_network(own)
    assert mine.error(W, x, y) == pytest.approx(named.error(W, x, y), rel=1e-13)
    for one, other in zip(mine.gradient(W, x, y), named.gradient(W, x, y), strict=True):
        assert np.allclose(one, other, rtol=1e-12, atol=1e-16)


def test_a_loss_that_couples_its_outputs():
    """e = x_1 y_2 + x_2², so ∂e/∂x = (y_2, 2 x_2)."""
    net = Architecture([2, 2], "identity", a[1] * b[2] + a[2] ** 2)
    X, Y = np.array([[3.0, 4.0], [5.0, 6.0]]), np.array([[0.0, 7.0], [0.0, 8.0]])
    W = [np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])]
    assert compile_network(net).deltas(W, X, Y)[0].tolist() == [[7.0, 8.0], [8.0, 12.0]]
    assert compile_network(net).error(W, X, Y, "sum") == 3 * 7 + 16 + 5 * 8 + 36


def test_constants_have_the_full_shape():
    net = Architecture([1, 2, 1], [lambda t: 2 * t, lambda t: sp.Integer(3)], lambda x, y: x - y)
    f, W = compile_network(net), initial_weights(net)
    out = f.forward(W, np.ones((4, 1)))
    out += 1  # an array of its own, not a view of one number
    assert out.tolist() == [[4.0]] * 4
    assert [d.shape for d in f.deltas(W, np.ones((4, 1)), np.ones((4, 1)))] == [(4, 2), (4, 1)]


def test_the_slope_on_a_kink_is_that_of_the_table():
    X, Y, W = np.zeros((1, 1)), -np.ones((1, 1)), [np.array([[0.0], [1.0]])]
    slopes = {"relu": 0.0, "leaky relu": 0.01}
    for name, slope in slopes.items():
        f = compile_network(Architecture([1, 1], name))
        assert f.deltas(W, X, Y)[0].tolist() == [[slope]]
    own = compile_network(Architecture([1, 1], lambda t: sp.Max(t, 0)))
    assert own.deltas(W, X, Y)[0].tolist() == [[0.0]]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"activation": "opaque"}, "activation 'opaque' of layer 1: has no formula"),
        ({"loss": "opaque"}, "loss 'opaque': has no formula"),
        ({"activation": lambda t: sp.besselj(0, t)}, "expected a formula that NumPy computes"),
        ({"loss": lambda x, y: sp.zeta(x) * y}, "expected a formula that NumPy computes"),
    ],
)
def test_nothing_to_compute(parts, message):
    with pytest.raises(InputError, match=message) as caught:
        compile_network(Architecture([1, 1], **parts))
    assert "\n" not in str(caught.value)
