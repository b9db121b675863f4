"""Every claim of every named theorem: array code with the values of its formula, or one line that says why there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

import symbackprop as sb

NET = sb.Network.any_depth()
l, L = sp.symbols("l L", integer=True)
RANDOM = np.random.default_rng(5)
BELOW, HERE = 4, 3
"""d^(l-1) and d^(l)."""
x, W = RANDOM.uniform(0.1, 0.9, BELOW), RANDOM.normal(size=(BELOW + 1, HERE))
delta, s = RANDOM.normal(size=HERE), RANDOM.normal(size=BELOW)
out, top, y = RANDOM.uniform(0.1, 0.9, HERE), RANDOM.normal(size=HERE), RANDOM.normal(size=HERE)


def slope(t):
    return 1 - math.tanh(t) ** 2


def outer():
    return [[(x[i - 1] if i else 1) * delta[j] for j in range(HERE)] for i in range(BELOW + 1)]


def one_beside():
    return [1.0, *x]


def signal():
    return [slope(s[i]) * sum(W[i + 1, k] * delta[k] for k in range(HERE)) for i in range(BELOW)]


def last(dloss):
    return lambda: [dloss(out[k], y[k]) * slope(top[k]) for k in range(HERE)]


GRADIENT = ([NET.x[l - 1], NET.delta[l]], (x, delta), outer)
DELTA = ([NET.delta[l]], (delta,), lambda: list(delta))
INPUT = ([NET.x[l - 1]], (x,), one_beside)
STEP = ([NET.w[l], NET.delta[l], NET.s[l - 1]], (W, delta, s), signal)


def base(dloss):
    return ([NET.x[L], NET.y, NET.s[L]], (out, y, top), last(dloss))


def softmax(total):
    return lambda: [out[k] * (sum(y) if total else 1) - y[k] for k in range(HERE)]


NO_DERIVATIVE = "a derivative is no formula in arrays"
ANY_ERROR = "stands for any function of a whole layer"
CLAIMS = {
    ("backpropagation", 0): GRADIENT,
    ("backpropagation", 1): DELTA,
    ("lecture", 0): ANY_ERROR,
    ("lecture", 1): NO_DERIVATIVE,
    ("lecture", 2): STEP,
    ("lecture", 3): INPUT,
    ("lecture", 4): NO_DERIVATIVE,
    ("lecture", 5): GRADIENT,
    ("lecture", 6): DELTA,
    ("delta", 0): DELTA,
    ("weight gradient", 0): INPUT,
    ("weight gradient", 1): NO_DERIVATIVE,
    ("signal by output", 0): ([NET.w[l]], (W,), lambda: W.tolist()),
    ("chain rule", 0): NO_DERIVATIVE,
    ("chain rule", 1): NO_DERIVATIVE,
    ("induction step", 0): NO_DERIVATIVE,
    ("induction step", 1): STEP,
    ("base step", 0): ANY_ERROR,
    ("base step, squared error", 0): base(lambda a, b: a - b),
    ("base step, binary cross entropy", 0): base(lambda a, b: (1 - b) / (1 - a) - b / a),
    ("base step, cross entropy", 0): base(lambda a, b: -b / a),
    ("base step, logistic", 0): base(lambda a, b: -b / (1 + math.exp(a * b))),
    ("mixed output", 0): GRADIENT,
    ("mixed output", 1): DELTA,
    ("softmax with cross entropy", 0): ([NET.x[L], NET.y], (out, y), softmax(True)),
    ("softmax with cross entropy, unit targets", 0): ([NET.x[L], NET.y], (out, y), softmax(False)),
}


def test_every_claim_of_every_theorem_is_here():
    names = [t.name for t in sb.theorems()]
    every = {(t, k) for t in names for k in range(len(sb.theorem(t).sequents))}
    assert every == {*CLAIMS}


@pytest.mark.parametrize(("name", "claim"), CLAIMS, ids=lambda v: str(v))
def test_a_claim_is_computed_or_refused(name, claim):
    case = CLAIMS[name, claim]
    if isinstance(case, str):
        with pytest.raises(sb.InputError, match=case):
            sb.lambdify(sb.theorem(name), ["x"], claim=claim)
        return
    arguments, values, expected = case
    f = sb.lambdify(sb.theorem(name), arguments, functions={"g": "tanh"}, claim=claim)
    got = f(*values)
    assert np.allclose(got, expected(), rtol=1e-13, atol=1e-15), f.source
    assert not any(np.may_share_memory(got, v) for v in values)


def test_a_weight_gradient_has_the_shape_of_the_weights():
    f = sb.lambdify(sb.theorem("weight gradient"), [NET.x[l - 1]])
    assert "x_l_1_0 = 1" in f.source
    gradient = sb.lambdify(sb.prove(NET), [NET.x[l - 1], NET.delta[l]])
    assert gradient(x, delta).shape == W.shape
    assert gradient(x, delta)[0].tolist() == delta.tolist()


def test_an_array_that_has_x_0_already_is_taken_as_it_is():
    f = sb.lambdify(sb.theorem("weight gradient"), [NET.x[l - 1]], starts={"x_l_1": (0,)})
    assert f([7.0, 2.0]).tolist() == [7, 2]


def test_a_layer_is_computed_from_the_whole_of_its_weights():
    i, j = sp.symbols("i j", integer=True)
    layer = sp.tanh(sp.Sum(NET.w[l][i, j] * NET.x[l - 1][i], (i, 0, NET.d[l - 1])))
    f = sb.lambdify(layer, [NET.w[l], NET.x[l - 1]])
    assert np.allclose(f(W, x), np.tanh(W[0] + x @ W[1:]))
    with pytest.raises(sb.InputError, match=r"x_l_1: expected 4 entries .* got 3"):
        f(W, x[:3])


def test_the_error_of_a_concrete_network_is_computed_from_its_arrays():
    net = sb.Network([2, 3, 1], activation="tanh", loss="squared error")
    f = sb.lambdify(net.error, [net.w[1], net.w[2], net.x[0], net.y])
    A, B = RANDOM.normal(size=(3, 3)), RANDOM.normal(size=(4, 1))
    hidden = np.tanh(A[0] + np.array([0.3, 0.7]) @ A[1:])
    expected = (np.tanh(B[0] + hidden @ B[1:])[0] - 0.5) ** 2 / 2
    assert f(A, B, [0.3, 0.7], [0.5]) == pytest.approx(expected, rel=1e-13)


def test_one_weight_of_a_network_is_an_argument_too():
    net = sb.Network([1, 1], activation="identity", loss="squared error")
    f = sb.lambdify(net.error, [net.w[1][0, 1], net.w[1][1, 1], net.x[0], net.y])
    assert f(1.0, 2.0, [3.0], [4.0]) == 4.5


def test_a_proved_verdict_of_a_concrete_network_is_computed():
    net = sb.Network([2, 3, 1], activation="tanh", loss="squared error")
    verdict = sb.prove(net)
    found = [str(s.conclusion) for s in verdict.theorem.sequents]
    claim = next(k for k, c in enumerate(found) if c.startswith("d(e)/d(w[1,2,3])"))
    f = sb.lambdify(verdict, [net.x[0], net.delta[1]], claim=claim)
    assert f([2.0, 3.0], [5.0, 7.0, 11.0]) == 33


def test_a_derivation_of_the_users_is_computed():
    m, j, k = sp.Symbol("n", integer=True, positive=True), *sp.symbols("j k", integer=True)
    a, b = sp.IndexedBase("a"), sp.IndexedBase("b")
    e = sp.Symbol("e")
    with sb.derivation("sum of squares") as proof:
        proof.define(e, sp.Sum(a[k] * b[k] ** 2, (k, 1, m)))
        proof.claim(sb.D(e, b[j]))
        proof.eq(2 * a[j] * b[j])
    f = sb.lambdify(proof, [a, b])
    assert f([1.0, 2.0], [3.0, 4.0]).tolist() == [6, 16]
