"""Code for JAX and PyTorch: NumPy's values, and the frameworks' own derivative of the error, computed from the error's source."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
import sympy as sp

import symbackprop as sb
from symbackprop.compile.execution import executed

A, B, C, W, X = (sp.IndexedBase(n, real=True) for n in "abcwx")
i, j, k, n, d, m = sp.symbols("i j k n d m", integer=True)
HIDDEN = [a for a in sb.ACTIVATIONS if a != "opaque"]
ANY, UNIT, POSITIVE = HIDDEN, ["sigmoid", "softmax"], ["sigmoid", "softmax", "softplus"]
OUTPUTS = {
    "squared error": ANY,
    "logistic": ANY,
    "binary cross entropy": UNIT,
    "cross entropy": POSITIVE,
}
NETS = [("tanh", out, loss) for loss, outs in OUTPUTS.items() for out in outs]
NETS += [(hidden, "identity", "squared error") for hidden in HIDDEN if hidden != "softmax"]


@pytest.fixture(params=["jax", "torch"])
def framework(request):
    """The name of a framework that is here, with arrays in double precision."""
    module = pytest.importorskip(request.param)
    if request.param == "jax":
        module.config.update("jax_enable_x64", True)
    return request.param


def array(framework, a):
    if framework == "torch":
        return import_module("torch").tensor(np.asarray(a), requires_grad=True)
    return import_module("jax").numpy.asarray(a)


def plain(a):
    return np.asarray(a.detach() if hasattr(a, "detach") else a)


def own_gradient(framework, error, W, X, Y):
    """The framework's derivative of the error in the weights."""
    if framework == "torch":
        return import_module("torch").autograd.grad(error(W, X, Y), W)
    return import_module("jax").grad(error)(W, X, Y)


def data(net):
    random = np.random.default_rng(7)
    Ws = [random.normal(size=(net.d[l] + 1, net.d[l + 1])) for l in range(net.L)]
    Y = np.eye(net.d[-1])[random.integers(0, net.d[-1], 6)]
    return Ws, random.normal(size=(6, net.d[0])), Y


@pytest.mark.parametrize(("hidden", "out", "loss"), NETS)
def test_the_gradient_is_that_of_the_framework_and_of_numpy(framework, hidden, out, loss):
    net = sb.Network([2, 4, 3], activation=[hidden, out], loss=loss)
    Ws, inputs, Y = data(net)
    names = [net.source(method, target=framework) for method in ("gradient", "error")]
    gradient, error = (
        executed(text, f"{framework} {method}")[method]
        for text, method in zip(names, ("gradient", "error"), strict=True)
    )
    weights = [array(framework, w) for w in Ws]
    x, y = array(framework, inputs), array(framework, Y)
    mine = [plain(g) for g in gradient(weights, x, y)]
    theirs = own_gradient(framework, error, weights, x, y)
    numpy = net.lambdify().gradient(Ws, inputs, Y)
    for g, h, f in zip(mine, theirs, numpy, strict=True):
        assert g.shape == f.shape
        assert np.allclose(g, plain(h), rtol=1e-9, atol=1e-12)
        assert np.allclose(g, f, rtol=1e-9, atol=1e-12)


softmax = sp.exp(A[i, j]) / sp.Sum(sp.exp(A[i, k]), (k, 1, d))
CASES = {
    "layer": (sp.tanh(W[0, j] + sp.Sum(W[i, j] * X[n, i], (i, 1, d))), {"w": (4, 2), "x": (5, 3)}),
    "chain": (
        sp.Sum(A[i, k] * B[k, j] * C[j], (k, 1, d), (j, 1, m)),
        {"a": (2, 3), "b": (3, 4), "c": (4,)},
    ),
    "batches": (sp.Sum(A[n, i, k] * B[n, k, j], (k, 1, d)), {"a": (2, 3, 4), "b": (2, 4, 5)}),
    "turned": (A[j, i] + A[i, j] + B[i], {"a": (3, 3), "b": (3,)}),
    "turned in three": (A[k, i, j] * B[j], {"a": (3, 4, 2), "b": (2,)}),
    "softmax": (softmax, {"a": (3, 4)}),
    "log softmax": (sp.log(softmax), {"a": (3, 4)}),
    "log sum exp": (sp.log(sp.Sum(sp.exp(A[i, k]), (k, 1, d))), {"a": (3, 4)}),
    "cases": (sp.Piecewise((A[i], A[i] > 0), (sp.exp(A[i]) - 1, True)), {"a": (4,)}),
    "extremes": (sp.Max(A[i], 0) + sp.Min(B[i], A[i], 1) + abs(A[i]), {"a": (4,), "b": (4,)}),
    "both conditions": (
        sp.Piecewise((1, sp.And(A[i] > 0, B[i] > 0)), (A[i], True)),
        {"a": (4,), "b": (4,)},
    ),
    "delta": (A[i] * sp.KroneckerDelta(i, j) - B[j], {"a": (3,), "b": (3,)}),
    "index as number": (sp.Sum(i * A[i], (i, 1, d)) / d, {"a": (4,)}),
    "square": (sp.Sum((A[i] - B[i]) ** 2, (i, 1, d)) / 2, {"a": (4,), "b": (4,)}),
    "roots": (sp.sqrt(A[i] ** 2 + 1) + (A[i] ** 2 + 1) ** sp.Rational(2, 3), {"a": (4,)}),
    "special": (
        sp.erf(A[i])
        + 1 / (1 + sp.exp(-A[i]))
        + sp.log(1 + sp.exp(A[i]))
        + sp.exp(-(A[i] ** 2))
        + sp.log(1 + A[i] ** 2)
        + 1 / sp.cosh(A[i]) ** 2
        + sp.Heaviside(A[i], 0)
        + sp.sign(A[i])
        + sp.atan(A[i])
        + sp.floor(A[i]),
        {"a": (4,)},
    ),
    "diagonal": (A[i, i] + sp.Sum(A[k, k], (k, 1, d)), {"a": (3, 3)}),
    "constant": (sp.Sum(1, (i, 1, d)) + A[1] * 0 + sp.Sum(A[i], (i, 1, d)), {"a": (3,)}),
}


@pytest.mark.parametrize("case", CASES)
def test_an_expression_has_the_values_that_numpy_gives(framework, case):
    e, shapes = CASES[case]
    arrays = [np.random.default_rng(3).normal(size=s) for s in shapes.values()]
    families = [sp.IndexedBase(name, real=True) for name in shapes]
    expected = sb.lambdify(e, families)(*arrays)
    f = sb.lambdify(e, families, target=framework)
    got = plain(f(*[array(framework, a) for a in arrays]))
    assert got.dtype == np.float64
    assert got.shape == np.shape(expected)
    assert np.allclose(got, expected, rtol=1e-12, atol=1e-14), f.source


def test_a_theorem_is_computed_by_a_framework(framework):
    net, l = sb.Network.any_depth(), sp.Symbol("l", integer=True)
    theorem, arguments = sb.theorem("backpropagation"), [net.x[l - 1], net.delta[l]]
    f = sb.lambdify(theorem, arguments, target=framework)
    got = plain(f(array(framework, [2.0, 3.0]), array(framework, [5.0])))
    assert got.tolist() == [[5], [10], [15]]


def test_what_does_not_fit_is_refused_by_name(framework):
    f = sb.lambdify(A[i] * B[i], [A, B], target=framework)
    with pytest.raises(sb.InputError, match="b: expected 2 entries in dimension 0"):
        f(array(framework, [1.0, 2.0]), array(framework, [1.0]))
    with pytest.raises(sb.InputError, match="a: expected an array of real numbers"):
        f("x", array(framework, [1.0]))


def test_a_result_has_memory_of_its_own(framework):
    f = sb.lambdify(A[j, i], [A], indices=[i, j], target=framework)
    a = array(framework, [[1.0, 2.0], [3.0, 4.0]])
    out = f(a)
    if framework == "torch":
        out.data[:] = 0
    assert plain(a).tolist() == [[1, 2], [3, 4]]


def test_a_function_is_differentiated_by_its_framework(framework):
    f = sb.lambdify(sp.Sum(sp.tanh(A[i]) ** 2, (i, 1, d)), [A], target=framework)
    a = array(framework, [0.5, -1.0])
    if framework == "torch":
        got = plain(import_module("torch").autograd.grad(f(a), a)[0])
    else:
        jax = import_module("jax")
        got = plain(jax.jit(jax.grad(f))(a))
    t = np.tanh([0.5, -1.0])
    assert np.allclose(got, 2 * t * (1 - t**2))


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_a_framework_that_is_not_installed_is_asked_for(name, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(sb.InputError, match=f"target '{name}': expected it to be installed"):
        sb.lambdify(A[i], [A], target=name)
