"""True rewrites of the recursion: what a user may write otherwise, and mean the same.  All must be Proved."""

from __future__ import annotations

import pytest
import sympy as sp

import symbackprop as sb

LECTURE = sb.BACKPROPAGATION
k, m = sp.symbols("k m")
"""Index symbols without assumptions."""


def network(sizes, activation, loss="squared error"):
    return sb.Network(sizes, activation=activation, loss=loss)


def own_slope(slope):
    """The lecture's recursion with g' written out: slope(s, x)."""

    def at(n, l, j):
        return slope(n.s[l][j], n.x[l][j])

    return sb.Recursion(
        base=lambda n, j: n.dloss(j) * at(n, n.L, j),
        step=lambda n, l, i: at(n, l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 1, n.d[l])),
        weight=LECTURE.weight,
    )


def check_proved(net, recursion, assume=()):
    verdict = sb.prove(net, recursion, assume=assume)
    assert verdict.word == "proved", str(verdict)
    return verdict


def sigma(s):
    return 1 / (1 + sp.exp(-s))


def phi(s):
    return sp.exp(-(s**2) / 2) / sp.sqrt(2 * sp.pi)


SLOPES = {
    "tanh: 1-x²": ("tanh", lambda s, x: 1 - x**2),
    "tanh: (1-x)(1+x)": ("tanh", lambda s, x: (1 - x) * (1 + x)),
    "tanh: 1-tanh²": ("tanh", lambda s, x: 1 - sp.tanh(s) ** 2),
    "tanh: 1 - x tanh": ("tanh", lambda s, x: 1 - x * sp.tanh(s)),
    "tanh: 4/(e^s+e^-s)²": ("tanh", lambda s, x: 4 / (sp.exp(s) + sp.exp(-s)) ** 2),
    "tanh: sech²": ("tanh", lambda s, x: sp.sech(s) ** 2),
    "tanh: 1/cosh²": ("tanh", lambda s, x: 1 / sp.cosh(s) ** 2),
    "tanh: 2/(1+cosh 2s)": ("tanh", lambda s, x: 2 / (1 + sp.cosh(2 * s))),
    "tanh: 1-sinh²/cosh²": ("tanh", lambda s, x: 1 - sp.sinh(s) ** 2 / sp.cosh(s) ** 2),
    "tanh: 4σ(2s)(1-σ(2s))": ("tanh", lambda s, x: 4 * sigma(2 * s) * (1 - sigma(2 * s))),
    "tanh: 1-(2σ(2s)-1)²": ("tanh", lambda s, x: 1 - (2 * sigma(2 * s) - 1) ** 2),
    "tanh: 4e^2s/(1+e^2s)²": ("tanh", lambda s, x: 4 * sp.exp(2 * s) / (1 + sp.exp(2 * s)) ** 2),
    "tanh: half angle": (
        "tanh",
        lambda s, x: 1 - (2 * sp.tanh(s / 2) / (1 + sp.tanh(s / 2) ** 2)) ** 2,
    ),
    "σ: x(1-x)": ("sigmoid", lambda s, x: x * (1 - x)),
    "σ: x-x²": ("sigmoid", lambda s, x: x - x**2),
    "σ: 1/4-(x-1/2)²": ("sigmoid", lambda s, x: sp.Rational(1, 4) - (x - sp.Rational(1, 2)) ** 2),
    "σ: σ(1-σ), σ = 1/(1+e^-s)": ("sigmoid", lambda s, x: sigma(s) * (1 - sigma(s))),
    "σ: σ(1-σ), σ = e^s/(1+e^s)": (
        "sigmoid",
        lambda s, x: sp.exp(s) / (1 + sp.exp(s)) * (1 - sp.exp(s) / (1 + sp.exp(s))),
    ),
    "σ: σ(1-σ), σ = (1+tanh(s/2))/2": (
        "sigmoid",
        lambda s, x: (1 + sp.tanh(s / 2)) / 2 * (1 - (1 + sp.tanh(s / 2)) / 2),
    ),
    "σ: σ(1-σ), σ = 1-1/(1+e^s)": (
        "sigmoid",
        lambda s, x: (1 - 1 / (1 + sp.exp(s))) / (1 + sp.exp(s)),
    ),
    "σ: σ(1-σ), σ = e^(s/2)/(e^(s/2)+e^(-s/2))": (
        "sigmoid",
        lambda s, x: sp.exp(s / 2) / (sp.exp(s / 2) + sp.exp(-s / 2)) * (1 - x),
    ),
    "σ: σ(s)σ(-s)": ("sigmoid", lambda s, x: sigma(s) * sigma(-s)),
    "σ: e^s/(1+e^s)²": ("sigmoid", lambda s, x: sp.exp(s) / (1 + sp.exp(s)) ** 2),
    "σ: e^-s/(1+e^-s)²": ("sigmoid", lambda s, x: sp.exp(-s) / (1 + sp.exp(-s)) ** 2),
    "σ: x² e^-s": ("sigmoid", lambda s, x: x**2 * sp.exp(-s)),
    "σ: sech²(s/2)/4": ("sigmoid", lambda s, x: sp.sech(s / 2) ** 2 / 4),
    "σ: (1-tanh²(s/2))/4": ("sigmoid", lambda s, x: (1 - sp.tanh(s / 2) ** 2) / 4),
    "σ: 1/(2+e^s+e^-s)": ("sigmoid", lambda s, x: 1 / (2 + sp.exp(s) + sp.exp(-s))),
    "softplus: σ": ("softplus", lambda s, x: sigma(s)),
    "softplus: e^s/(1+e^s)": ("softplus", lambda s, x: sp.exp(s) / (1 + sp.exp(s))),
    "softplus: (1+tanh(s/2))/2": ("softplus", lambda s, x: (1 + sp.tanh(s / 2)) / 2),
    "relu: Heaviside": ("relu", lambda s, x: sp.Heaviside(s)),
    "relu: Heaviside with another value at 0": ("relu", lambda s, x: sp.Heaviside(s, 0)),
    "relu: Piecewise": ("relu", lambda s, x: sp.Piecewise((1, s > 0), (0, True))),
    "relu: Piecewise the other way": ("relu", lambda s, x: sp.Piecewise((0, s <= 0), (1, True))),
    "relu: Piecewise, three cases": (
        "relu",
        lambda s, x: sp.Piecewise((0, s < 0), (sp.Rational(1, 2), sp.Eq(s, 0)), (1, True)),
    ),
    "relu: (1+sign)/2": ("relu", lambda s, x: (1 + sp.sign(s)) / 2),
    "relu: (1+|s|/s)/2": ("relu", lambda s, x: (1 + sp.Abs(s) / s) / 2),
    "relu: [x > 0]": ("relu", lambda s, x: sp.Piecewise((1, x > 0), (0, True))),
    "leaky relu: sign": (
        "leaky relu",
        lambda s, x: sp.Rational(101, 200) + sp.Rational(99, 200) * sp.sign(s),
    ),
    "leaky relu: 0.01": ("leaky relu", lambda s, x: sp.Piecewise((1, s > 0), (0.01, True))),
    "silu: x + σ(1-x)": ("silu", lambda s, x: x + sigma(s) * (1 - x)),
    "silu: textbook": (
        "silu",
        lambda s, x: sp.exp(s) * (sp.exp(s) + s + 1) / (1 + sp.exp(s)) ** 2,
    ),
    "gelu: Φ + sφ": ("gelu", lambda s, x: (1 + sp.erf(s / sp.sqrt(2))) / 2 + s * phi(s)),
    "gelu: erfc": ("gelu", lambda s, x: sp.erfc(-s / sp.sqrt(2)) / 2 + s * phi(s)),
    "sin: cos(-s)": ("sin", lambda s, x: sp.cos(-s)),
}


@pytest.mark.parametrize("name", SLOPES)
def test_slope_written_out(name):
    activation, slope = SLOPES[name]
    check_proved(network([2, 2, 1], activation), own_slope(slope))


# --- sums --------------------------------------------------------------------------------------------------------------


def with_step(step):
    return sb.Recursion(LECTURE.base, step, LECTURE.weight)


def split(n, l, i):
    first = sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 1, 1))
    rest = sp.Sum(n.w[l][i, m] * n.delta[l][m], (m, 2, n.d[l]))
    return n.dg(l - 1, i) * (first + rest)


def nested(n, l, i):
    inner = sp.Sum(sp.KroneckerDelta(k, m) * n.delta[l][m], (m, 1, n.d[l]))
    return n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * inner, (k, 1, n.d[l]))


def same_letter_twice(n, l, i):
    """An inner sum over the letter of the outer one: the inner binding shadows it."""
    ones = sp.Sum(sp.KroneckerDelta(k, 1), (k, 1, n.d[l]))
    return n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k] * ones, (k, 1, n.d[l]))


STEPS = {
    "g' inside": lambda n, l, i: sp.Sum(
        n.dg(l - 1, i) * n.w[l][i, k] * n.delta[l][k], (k, 1, n.d[l])
    ),
    "another letter": lambda n, l, i: (
        n.dg(l - 1, i) * sp.Sum(n.w[l][i, m] * n.delta[l][m], (m, 1, n.d[l]))
    ),
    "factors the other way": lambda n, l, i: (
        sp.Sum(n.delta[l][k] * n.w[l][i, k], (k, 1, n.d[l])) * n.dg(l - 1, i)
    ),
    "split": split,
    "reversed": lambda n, l, i: (
        n.dg(l - 1, i)
        * sp.Sum(n.w[l][i, n.d[l] + 1 - k] * n.delta[l][n.d[l] + 1 - k], (k, 1, n.d[l]))
    ),
    "from 0, shifted": lambda n, l, i: (
        n.dg(l - 1, i) * sp.Sum(n.w[l][i, k + 1] * n.delta[l][k + 1], (k, 0, n.d[l] - 1))
    ),
    "from -5, shifted": lambda n, l, i: (
        n.dg(l - 1, i) * sp.Sum(n.w[l][i, k + 6] * n.delta[l][k + 6], (k, -5, n.d[l] - 6))
    ),
    "nested": nested,
    "the same letter twice": same_letter_twice,
    "two limits in one sum": lambda n, l, i: (
        n.dg(l - 1, i)
        * sp.Sum(
            sp.KroneckerDelta(k, m) * n.w[l][i, k] * n.delta[l][m],
            (k, 1, n.d[l]),
            (m, 1, n.d[l]),
        )
    ),
    "an empty sum": lambda n, l, i: (
        LECTURE.step(n, l, i) + sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 1, 0))
    ),
    "fixed indices": lambda n, l, i: (
        n.dg(l - 1, i) * sp.Add(*[n.w[l][i, c] * n.delta[l][c] for c in range(1, n.d[l] + 1)])
    ),
    "first term apart": lambda n, l, i: (
        n.dg(l - 1, i)
        * (n.w[l][i, 1] * n.delta[l][1] + sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 2, n.d[l])))
    ),
    "bias row added and taken away": lambda n, l, i: (
        n.dg(l - 1, i) * sp.Sum((n.w[l][i, k] + n.w[l][0, k]) * n.delta[l][k], (k, 1, n.d[l]))
        - n.dg(l - 1, i) * sp.Sum(n.w[l][0, k] * n.delta[l][k], (k, 1, n.d[l]))
    ),
    "picked by δ_ik over all rows": lambda n, l, i: (
        n.dg(l - 1, i)
        * sp.Sum(
            sp.KroneckerDelta(i, m) * n.w[l][m, k] * n.delta[l][k],
            (m, 0, n.d[l - 1]),
            (k, 1, n.d[l]),
        )
    ),
    "d as a number": lambda n, l, i: n.d[l] * LECTURE.step(n, l, i) / n.d[l],
    "halves, as floats": lambda n, l, i: 0.5 * LECTURE.step(n, l, i) + LECTURE.step(n, l, i) / 2,
    "a Piecewise on the index": lambda n, l, i: sp.Piecewise(
        (LECTURE.step(n, l, i), sp.Gt(i, 1)), (1 * split(n, l, i), True)
    ),
}


@pytest.mark.parametrize(("sizes", "activation"), [([2, 3, 1], "tanh"), ([2, 2, 3, 2], "opaque")])
@pytest.mark.parametrize("name", STEPS)
def test_step_rewritten(name, sizes, activation):
    loss = "opaque" if activation == "opaque" else "squared error"
    check_proved(network(sizes, activation, loss), with_step(STEPS[name]))


WEIGHTS = {
    "a sum with δ_ik": lambda n, l, i, j: (
        n.delta[l][j] * sp.Sum(sp.KroneckerDelta(i, k) * n.x[l - 1][k], (k, 0, n.d[l - 1]))
    ),
    "the bias apart": lambda n, l, i, j: sp.Piecewise(
        (n.delta[l][j], sp.Eq(i, 0)), (n.delta[l][j] * n.x[l - 1][i], True)
    ),
    "g of s": lambda n, l, i, j: (
        n.delta[l][j] * n.x[l - 1][i]
        if l == 1
        else sp.Piecewise(
            (n.delta[l][j], sp.Eq(i, 0)), (n.delta[l][j] * sp.tanh(n.s[l - 1][i]), True)
        )
    ),
    "a KroneckerDelta picks δ": lambda n, l, i, j: (
        sp.Sum(sp.KroneckerDelta(k, j) * n.delta[l][k], (k, 1, n.d[l])) * n.x[l - 1][i]
    ),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weight_rewritten(name):
    check_proved(
        network([2, 2, 2], "tanh"), sb.Recursion(LECTURE.base, LECTURE.step, WEIGHTS[name])
    )


# --- base steps --------------------------------------------------------------------------------------------------------


def _x_y(n, j):
    return n.x[n.L][j], n.y[j]


def logistic_base(n, j):
    x, y = _x_y(n, j)
    return -y * sp.exp(-y * x) / (1 + sp.exp(-y * x)) * n.dg(n.L, j)


def logistic_sigma(n, j):
    x, y = _x_y(n, j)
    return (sigma(y * x) - 1) * y * n.dg(n.L, j)


def softmax_total(n, j):
    return n.x[n.L][j] * sp.Sum(n.y[k], (k, 1, n.d[n.L])) - n.y[j]


def softmax_written(n, j):
    powers = sp.Sum(sp.exp(n.s[n.L][k]), (k, 1, n.d[n.L]))
    return sp.exp(n.s[n.L][j]) / powers * sp.Sum(n.y[k], (k, 1, n.d[n.L])) - n.y[j]


def softmax_shifted(n, j):
    """As code writes it: the exps of s less one of them."""
    s = n.s[n.L]
    powers = sp.Sum(sp.exp(s[k] - s[1]), (k, 1, n.d[n.L]))
    return sp.exp(s[j] - s[1]) / powers * sp.Sum(n.y[k], (k, 1, n.d[n.L])) - n.y[j]


BASES = {
    "squared error, factored": (
        "tanh",
        "squared error",
        lambda n, j: (n.x[n.L][j] - n.y[j]) * n.dg(n.L, j),
    ),
    "squared error, expanded": (
        "tanh",
        "squared error",
        lambda n, j: n.x[n.L][j] * n.dg(n.L, j) - n.y[j] * n.dg(n.L, j),
    ),
    "squared error, a cubic": (
        "tanh",
        "squared error",
        lambda n, j: n.x[n.L][j] - n.y[j] - n.x[n.L][j] ** 3 + n.y[j] * n.x[n.L][j] ** 2,
    ),
    "squared error, 2·0.5": (
        "tanh",
        "squared error",
        lambda n, j: 2 * 0.5 * (n.x[n.L][j] - n.y[j]) * n.dg(n.L, j),
    ),
    "squared error, Float 0.5": (
        "tanh",
        "squared error",
        lambda n, j: sp.Float(0.5) * 2 * n.dloss(j) * (1.0 - n.x[n.L][j] ** 2),
    ),
    "general base": (
        "tanh",
        "squared error",
        lambda n, j: sp.Sum(n.dloss(k) * n.dx(k, j), (k, 1, n.d[n.L])),
    ),
    "KroneckerDelta in the base": (
        "sigmoid",
        "squared error",
        lambda n, j: sp.Sum(n.dloss(k) * sp.KroneckerDelta(k, j) * n.dg(n.L, k), (k, 1, n.d[n.L])),
    ),
    "BCE: x-y": ("sigmoid", "binary cross-entropy", lambda n, j: n.x[n.L][j] - n.y[j]),
    "BCE: σ(s)-y": ("sigmoid", "binary cross-entropy", lambda n, j: sigma(n.s[n.L][j]) - n.y[j]),
    "BCE: (x-y)/(x(1-x)) x(1-x)": (
        "sigmoid",
        "binary cross-entropy",
        lambda n, j: (
            (n.x[n.L][j] - n.y[j])
            / (n.x[n.L][j] * (1 - n.x[n.L][j]))
            * (n.x[n.L][j] * (1 - n.x[n.L][j]))
        ),
    ),
    "BCE: two logarithms": (
        "sigmoid",
        "binary cross-entropy",
        lambda n, j: (-n.y[j] / n.x[n.L][j] + (1 - n.y[j]) / (1 - n.x[n.L][j])) * n.dg(n.L, j),
    ),
    "logistic: exp(-yx)": ("tanh", "logistic", logistic_base),
    "logistic: (σ(yx)-1)y": ("tanh", "logistic", logistic_sigma),
    "logistic: -y/(1+exp(yx))": (
        "identity",
        "logistic",
        lambda n, j: -n.y[j] / (1 + sp.exp(n.y[j] * n.x[n.L][j])),
    ),
    "softmax: xΣy-y": ("tanh,softmax", "cross-entropy", softmax_total),
    "softmax: written out": ("tanh,softmax", "cross-entropy", softmax_written),
    "softmax: less the first": ("tanh,softmax", "cross-entropy", softmax_shifted),
}


@pytest.mark.parametrize("name", BASES)
def test_base_rewritten(name):
    activation, loss, base = BASES[name]
    check_proved(
        network([2, 2, 2], activation, loss), sb.Recursion(base, LECTURE.step, LECTURE.weight)
    )


def test_softmax_under_the_assumption_that_targets_sum_to_1():
    net = network([2, 2, 3], "tanh,softmax", "cross-entropy")
    recursion = sb.Recursion(lambda n, j: n.x[n.L][j] - n.y[j], LECTURE.step, LECTURE.weight)
    assert sb.prove(net, recursion).word == "refuted"
    one = sp.Eq(net.y[1] + net.y[2] + net.y[3], 1)
    verdict = check_proved(net, recursion, assume=[one])
    assert len(verdict.hypotheses) == 1
    assert verdict.hypotheses[0].endswith("= 1")
    assert sum(verdict.example[net.y[j]] for j in (1, 2, 3)) == 1
    wrong = sb.prove(
        net,
        sb.Recursion(lambda n, j: n.y[j] - n.x[n.L][j], LECTURE.step, LECTURE.weight),
        assume=[one],
    )
    assert wrong.word == "refuted"
    assert sum(wrong.values[net.y[j]] for j in (1, 2, 3)) == 1


@pytest.mark.parametrize(
    "activation", ["tanh,sigmoid", "relu,tanh,identity", "gelu,silu,softplus,sin"]
)
def test_mixed_layers(activation):
    """g' of each layer in its own form, chosen by the layer."""
    forms = {
        "tanh": lambda s, x: 1 - x**2,
        "sigmoid": lambda s, x: x * (1 - x),
        "relu": lambda s, x: sp.Heaviside(s),
        "identity": lambda s, x: 1,
        "gelu": SLOPES["gelu: erfc"][1],
        "silu": SLOPES["silu: x + σ(1-x)"][1],
        "softplus": SLOPES["softplus: σ"][1],
        "sin": lambda s, x: sp.cos(s),
    }
    names = activation.split(",")

    def at(n, l, j):
        return forms[names[l - 1]](n.s[l][j], n.x[l][j])

    recursion = sb.Recursion(
        base=lambda n, j: (n.x[n.L][j] - n.y[j]) * at(n, n.L, j),
        step=lambda n, l, i: at(n, l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 1, n.d[l])),
        weight=LECTURE.weight,
    )
    check_proved(network([2] * len(names) + [1], activation), recursion)


def test_delta_inlined_from_two_layers_up():
    """δ of layer 1 made from the δ of layer 3, the step in between written out."""

    def step(n, l, i):
        if l == n.L:
            return LECTURE.step(n, l, i)
        inner = sp.Sum(n.w[l + 1][k, m] * n.delta[l + 1][m], (m, 1, n.d[l + 1]))
        return n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * n.dg(l, k) * inner, (k, 1, n.d[l]))

    check_proved(network([2, 2, 2, 1], "tanh"), with_step(step))


def test_own_index_letters_are_not_captured():
    """A user's j of any assumptions is another symbol than the network's."""
    for j in (sp.Symbol("j"), sp.Symbol("j", integer=True), sp.Symbol("i", positive=True)):
        check_proved(
            network([2, 3, 1], "tanh"),
            with_step(
                lambda n, l, i, j=j: (
                    n.dg(l - 1, i) * sp.Sum(n.w[l][i, j] * n.delta[l][j], (j, 1, n.d[l]))
                )
            ),
        )
