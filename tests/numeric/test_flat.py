"""Weights as one vector: their order and the gradient by SymPy, and what an optimizer over vectors makes of them."""

from __future__ import annotations

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.numeric.flat import biases

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
ODD = np.array([[0.0], [1.0], [1.0], [0.0]])


def test_order_and_gradient_are_those_of_the_symbols():
    net = sb.Network([2, 3, 2], activation="tanh")
    flat = net.flat()
    v = np.random.default_rng(1).normal(size=flat.size)
    x, y = np.array([[0.3, -0.7]]), np.array([[0.2, 0.9]])
    values = {
        **dict(zip(net.weights, v, strict=True)),
        **dict(zip(net.inputs, x[0], strict=True)),
        **dict(zip(net.targets, y[0], strict=True)),
    }
    error, gradient = flat.error_and_gradient(v, x, y)
    assert error == pytest.approx(float(net.error.subs(values)), rel=1e-12)
    expected = net.gradient(composed=True)
    assert gradient == pytest.approx(
        [float(expected[w].subs(values)) for w in net.weights], rel=1e-10
    )
    assert flat.error(v, x, y) == error
    assert np.array_equal(flat.gradient(v, x, y), gradient)
    assert biases(net.d).tolist() == [i == 0 for _, i, _ in net.weight_indices]


def test_packing_is_undone_and_shares_nothing():
    net = sb.Network([2, 3, 1])
    flat, f = net.flat(), net.lambdify()
    v = np.arange(13.0)
    W = flat.unpack(v)
    assert [w.shape for w in W] == [(3, 3), (4, 1)]
    assert flat.pack(W).tolist() == v.tolist()
    W[0][:] = 7
    assert v.tolist() == list(range(13))
    again = net.flat(W)
    assert again.start.tolist() == [7.0] * 9 + [9.0, 10.0, 11.0, 12.0]
    W[1][:] = 8
    assert again.start[9] == 9
    assert flat.error(v, XOR, ODD, "sum") == pytest.approx(f.error(flat.unpack(v), XOR, ODD, "sum"))


def test_start_is_where_training_starts():
    net = sb.Network([2, 3, 1])
    one = sb.train(net, XOR, ODD, epochs=2)
    assert (
        one.errors
        == sb.train(net, XOR, ODD, epochs=2, W=net.flat().unpack(net.flat().start)).errors
    )
    assert net.flat(one).unpack(net.flat(one).start)[0].tolist() == one.weights[0].tolist()


def test_least_squares_by_steps_of_newton():
    """For one linear layer the error is a parabola: its gradient at 0 and along the axes gives the minimum that lstsq finds."""
    random = np.random.default_rng(0)
    X, Y = random.normal(size=(20, 3)), random.normal(size=(20, 1))
    flat = sb.Network([3, 1], activation="identity").flat()
    b = flat.gradient(np.zeros(4), X, Y)
    A = np.column_stack([flat.gradient(e, X, Y) - b for e in np.eye(4)])
    expected = np.linalg.lstsq(np.column_stack([np.ones(20), X]), Y, rcond=None)[0]
    assert np.allclose(np.linalg.solve(A, -b), expected.ravel())


def test_scipy_finds_exclusive_or():
    optimize = pytest.importorskip("scipy.optimize")
    net = sb.Network([2, 4, 1], activation="tanh,sigmoid", loss="binary cross entropy")
    flat = net.flat()
    assert optimize.check_grad(flat.error, flat.gradient, flat.start, XOR, ODD) < 1e-6
    found = optimize.minimize(flat.error_and_gradient, flat.start, args=(XOR, ODD), jac=True)
    assert found.fun < 1e-4
    outputs = net.lambdify().forward(flat.unpack(found.x), XOR)
    assert (outputs > 0.5).tolist() == (ODD > 0.5).tolist()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda flat: flat.unpack(np.zeros(12)), r"v: expected shape \(13,\), got \(12,\)"),
        (lambda flat: flat.error(np.zeros((13, 1)), XOR, ODD), r"v: expected shape \(13,\)"),
        (lambda flat: flat.gradient(["a"] * 13, XOR, ODD), "v: expected an array of real numbers"),
        (lambda flat: flat.pack([np.zeros((3, 3))]), "W: expected a list of 2 arrays"),
        (lambda flat: flat.error(np.zeros(13), XOR[:, :1], ODD), "X: expected shape"),
    ],
)
def test_bad_vectors(call, message):
    with pytest.raises(sb.InputError, match=message):
        call(sb.Network([2, 3, 1]).flat())
