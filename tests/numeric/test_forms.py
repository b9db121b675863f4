"""The forms that a gradient is generated in: all the same function, whatever the sizes, and what they leave behind."""

from __future__ import annotations

import linecache
import re
import threading
import tracemalloc
import warnings
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from symbackprop.compile.special import NEAR_ZERO, tanh_in_place
from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.numeric import forms, inplace, scalar
from symbackprop.numeric.compiled import compile_network
from symbackprop.numeric.program import program

NETWORKS = {
    "tanh": ("tanh", "squared error"),
    "sigmoid": ("sigmoid", "squared error"),
    "identity": ("identity", "squared error"),
    "relu": ("relu", "logistic"),
    "leaky relu": ("leaky relu", "squared error"),
    "softplus": ("softplus", "squared error"),
    "silu": ("silu", "squared error"),
    "gelu": ("gelu", "logistic"),
    "sin": ("sin", "squared error"),
    "softmax": ("tanh,tanh,softmax", "cross entropy"),
    "softmax without its pair": ("relu,tanh,softmax", "squared error"),
    "sigmoid on logits": ("silu,tanh,sigmoid", "binary cross entropy"),
    "a domain": ("tanh,tanh,softmax", "binary cross entropy"),
    "a constant": ([lambda s: 3 * s, "tanh", lambda s: s**2], "squared error"),
    "own loss": ("tanh", lambda x, y: (x - y) ** 4),
    "outputs together": ("tanh", sp.IndexedBase("x")[1] * sp.IndexedBase("y")[2]),
}


def example(name, d=(3, 4, 5, 2), N=7, scale=0.5):
    activation, loss = NETWORKS[name]
    net = Architecture(list(d), activation, loss)
    random = np.random.default_rng(3)
    W = [random.normal(size=(a + 1, b)) * scale for a, b in pairwise(d)]
    return net, W, random.normal(size=(N, d[0])), random.uniform(0.1, 0.9, (N, d[-1]))


def by_differences(net, W, X, Y, mean):
    """Central differences of the mean error, to some eight digits."""
    f, out = compile_network(net), [np.empty_like(w) for w in W]
    for l, w in enumerate(W):
        for at in np.ndindex(*w.shape):
            sides = []
            for h in (1e-5, -1e-5):
                moved = [v.copy() for v in W]
                moved[l][at] += h
                sides.append(f.error(moved, X, Y, "mean" if mean else "sum"))
            out[l][at] = (sides[0] - sides[1]) / 2e-5
    return out


def close(a, b, rtol):
    scale = max(np.abs(v).max() for v in b) or 1
    return all(np.abs(x - y).max() <= rtol * scale for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("form", [forms.PLAIN, forms.COLUMNS, forms.ROWS])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_form_is_the_slope_of_the_error(name, form, mean):
    net, W, X, Y = example(name)
    gradient = forms.compiled(program(net), "gradient", form)
    want = by_differences(net, W, X, Y, mean)
    assert close(gradient(W, X, Y, mean), want, 1e-7)
    again = gradient(W, 2 * X, Y, mean)  # what was left in the workspaces counts for nothing
    assert close(gradient(W, X, Y, mean), want, 1e-7)
    assert close(again, by_differences(net, W, 2 * X, Y, mean), 1e-7)


SIMPLE = ["tanh", "identity", "relu", "leaky relu", [lambda s: 3 * s, "tanh", lambda s: s**2]]


@pytest.mark.parametrize(
    "activation", SIMPLE, ids=["tanh", "identity", "relu", "leaky relu", "own"]
)
def test_one_example_in_python_floats(activation):
    _, W, X, Y = example("tanh", d=(2, 3, 3, 1), N=1)
    net = Architecture([2, 3, 3, 1], activation)
    assert scalar.suits(program(net))
    plain = forms.compiled(program(net), "gradient", forms.PLAIN)(W, X, Y)
    for got, want in zip(compile_network(net).gradient(W, X, Y), plain, strict=True):
        assert got.shape == want.shape
        assert np.allclose(got, want, rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
@pytest.mark.parametrize("form", [forms.COLUMNS, forms.ROWS])
def test_a_node_that_is_saturated_in_the_whole_batch(name, form):
    """1 - x² would lose all digits at s = 15; by s alone, 4σ(2s)σ(-2s), none."""
    net = Architecture([1, 1, 1], name)
    W = [np.array([[15.0], [0.1]]), np.array([[0.1], [0.2]])]
    X, Y = np.array([[1.0], [2.0], [-1.0]]), np.array([[0.5], [0.0], [1.0]])
    gradient = forms.compiled(program(net), "gradient", form)
    exact = []
    for x, y in zip(X[:, 0], Y[:, 0], strict=True):
        s1 = sp.Rational(15) + sp.Rational(1, 10) * sp.Rational(x)
        g = sp.tanh if name == "tanh" else (lambda t: 1 / (1 + sp.exp(-t)))
        w = sp.Symbol("w")
        out = g(sp.Rational(1, 10) + sp.Rational(1, 5) * g(w))
        exact.append(sp.diff((out - sp.Rational(y)) ** 2 / 2, w).subs(w, s1).evalf(40))
    want = float(sum(exact) / 3)
    assert gradient(W, X, Y)[0][0, 0] == pytest.approx(want, rel=1e-13)


def test_results_are_arrays_of_their_own():
    for d, N in (((2, 3, 1), 1), ((2, 3, 1), 5), ((30, 40, 2), 300)):
        net, W, X, Y = example("tanh", d, N)
        f = compile_network(net)
        first = f.gradient(W, X, Y)
        kept = [g.copy() for g in first]
        second = f.gradient(W, X + 1, Y)
        assert all(np.array_equal(a, b) for a, b in zip(first, kept, strict=True))
        every = [*first, *second, *W, X, Y]
        for k, a in enumerate(every):
            assert not any(np.shares_memory(a, b) for b in every[k + 1 :])


@pytest.mark.parametrize("N", [1, 4, 900])
def test_any_layout_of_memory(N):
    net, W, X, Y = example("tanh", (2, 3, 1), N)
    f = compile_network(net)
    want = f.gradient(W, X, Y)
    turned = [np.asfortranarray(w) for w in W]
    gaps = np.zeros((2 * N, 4))
    gaps[::2, ::2] = X
    read_only = Y.copy()
    read_only.flags.writeable = False
    assert close(f.gradient(turned, gaps[::2, ::2], read_only), want, 1e-14)


@pytest.mark.parametrize("N", [0, 1, 5, 900])
def test_single_precision(N):
    net, W, X, Y = example("tanh", (2, 3, 1), N)
    f = compile_network(net)
    small = [w.astype(np.float32) for w in W]
    got = f.gradient(small, X, Y)
    assert {g.dtype for g in got} == {np.dtype(np.float32)}
    assert f.forward(small, X).dtype == np.float32
    assert close(got, f.gradient(W, X, Y), 1e-5)
    mixed = f.gradient([small[0], W[1]], X.astype(np.float32), Y)
    assert {g.dtype for g in mixed} == {np.dtype(np.float64)}


def test_calls_at_the_same_time_do_not_disturb_each_other():
    net, W, X, Y = example("tanh", (20, 30, 2), 64)
    f = compile_network(net)
    data = [(X + k, Y) for k in range(4)]
    want = [f.gradient(W, *d) for d in data]
    wrong = []

    def work(k):
        for _ in range(200):
            if not all(map(np.array_equal, f.gradient(W, *data[k]), want[k])):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_memory():
    """Activations, gradients and one temporary of the widest layer; the rest is small."""
    d, N = (100, 300, 200, 10), 400
    net, W, X, Y = example("tanh", d, N, scale=0.05)
    f = compile_network(net)
    f.gradient(W, X[:300], Y[:300])  # the code is made, for other workspaces
    tracemalloc.start()
    f.gradient(W, X, Y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    planned = 8 * (N * sum(d[1:]) + sum(w.size for w in W) + N * max(d[1:]))
    assert peak < 1.15 * planned


def test_the_source_stands_alone():
    """It imports NumPy, and for Python's floats what comes with Python; it says the equation of each line."""
    net, W, X, Y = example("gelu", (2, 3, 1), 4)
    f = compile_network(net)
    for batch in (1, 4, 10**6):
        text = f.source("gradient", batch=batch)
        imported = set(re.findall(r"^(?:import|from) (\w+)", text, re.M))
        assert imported <= {"numpy", "math", "struct"}
        assert "# δ_i^(1) = g'(s_i^(1)) Σ_j w_ij^(2) δ_j^(2)" in text
    space = {}
    exec(f.source("gradient", batch=4), space)
    assert all(map(np.array_equal, space["gradient"](W, X, Y), f.gradient(W, X, Y)))


@pytest.mark.parametrize("batch", [1, 4])
def test_pasted_source_takes_what_the_method_takes_or_says_what_is_wrong(batch):
    net, W, _, _ = example("tanh", (2, 3, 1), batch)
    X, Y = np.ones((batch, 2), int), np.zeros((batch, 1), int)
    space = {}
    exec(compile_network(net).source("gradient", batch=batch), space)
    want = compile_network(net).gradient(W, X, Y)
    lists = [w.tolist() for w in W]
    for weights in (W, [w.astype(">f8") for w in W], [np.asfortranarray(w) for w in W], lists):
        assert close(space["gradient"](weights, X, Y), want, 1e-14)
    for wrong in ((W[::-1], X, Y), (W, X[:, :1], Y), (W, X, np.zeros((batch + 1, 1)))):
        with pytest.raises(ValueError, match="expected the shapes"):
            space["gradient"](*wrong)


def test_few_workspaces_are_kept():
    net, W, X, Y = example("tanh", (2, 3, 1), 40)
    space = {}
    exec(compile_network(net).source("gradient"), space)
    for n in range(1, 40):
        space["gradient"](W, X[:n], Y[:n])
        assert len(space["spaces"]) <= 8


def test_what_runs_is_the_source():
    """The lines of the function that is called are those of the source."""
    f = compile_network(Architecture([2, 3, 1]))
    f.gradient([np.zeros((3, 3)), np.zeros((4, 1))], np.zeros((5, 2)), np.zeros((5, 1)))
    called = {line.strip() for line in linecache.getlines("<symbackprop 2-3-1 calls>")}
    lines = inplace.parts(f.program, True, "double")[1]
    assert len(lines) > 20
    assert {line.strip() for line in lines} <= called


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"method": "hessian"},
            "source: expected one of forward, deltas, error, gradient, got 'hessian'",
        ),
        ({"batch": 0}, "batch: expected an integer from 1 up, got 0"),
        ({"batch": "x"}, "batch: expected an integer from 1 up, got 'x'"),
        ({"target": "cuda"}, "target: expected one of numpy, jax, torch, got 'cuda'"),
    ],
)
def test_no_such_source(asked, message):
    with pytest.raises(InputError, match=message):
        compile_network(Architecture([1, 1])).source(**asked)


def test_finiteness_is_looked_at_where_it_is_asked_for():
    net, W, X, Y = example("tanh", (2, 3, 1), 4)
    X[2, 1] = np.nan
    assert np.isnan(compile_network(net).gradient(W, X, Y)[0]).any()
    strict = compile_network(net, check_finite=True)
    for call in (lambda: strict.gradient(W, X, Y), lambda: strict.forward(W, X)):
        with pytest.raises(
            InputError, match="X: expected finite numbers, got nan in row 2, column 1"
        ):
            call()
    W[1][3, 0] = np.inf
    with pytest.raises(
        InputError, match=r"W\[1\]: expected finite numbers, got inf in row 3, column 0"
    ):
        strict.gradient(W, np.zeros((1, 2)), np.zeros((1, 1)))


def test_tanh_in_blocks():
    """By exp where that is the faster one: its error is at most 54 units near 0, and falls as 1/s."""
    random = np.random.default_rng(0)
    s = np.concatenate(
        [
            random.normal(size=4000),
            random.normal(size=4000) * 10.0 ** random.uniform(-12, 300, 4000),
        ]
    )
    s[:8] = [0.0, -0.0, np.inf, -np.inf, NEAR_ZERO, -NEAR_ZERO, 1e308, -1e308]
    with np.errstate(all="ignore"):
        got = tanh_in_place(s.copy(), np.empty_like(s))
    want = np.tanh(s)
    room = np.maximum(4, 2 / np.maximum(np.abs(s), NEAR_ZERO)) * np.finfo(float).eps
    assert (np.abs(got - want) <= room * np.abs(want)).all()


@pytest.mark.parametrize("N", [1, 3, 900])
def test_no_warning_where_products_overflow(N):
    net, W, X, Y = example("tanh", (2, 3, 1), N)
    f = compile_network(net)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for size in (1e200, 1e308):
            f.gradient([w * size for w in W], X * 1e150, Y)
