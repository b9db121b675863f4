"""Networks: every activation with every loss that fits is Proved; rows, gradients, names and bad input.

Numbers come from mpmath: a formula is evaluated at random points and compared with the oracle's forward pass.
"""

from __future__ import annotations

from itertools import pairwise, product
from random import Random

import oracle
import pytest
import sympy as sp
from oracle import mp

import symbackprop as sb

SMOOTH = ("identity", "tanh", "sigmoid", "softplus", "silu", "gelu", "sin")
POINTWISE = (*SMOOTH, "relu", "leaky relu", "opaque")
LOSSES = ("squared error", "binary cross-entropy", "cross-entropy", "logistic", "opaque")
BELOW_1 = ("tanh", "sigmoid", "softmax")
ABOVE_0 = ("sigmoid", "softmax")
"""Outputs that the laws of exp show to lie below 1 and above 0; a softplus is above 0 too, but by a law of log."""


def expected_hypotheses(activations, loss, sizes):
    """How many hypotheses a network needs: kinks, differentiability, a loss's domain."""
    by_layer = zip(sizes[1:], activations, strict=True)
    kinks = sum(d for d, g in by_layer if g in ("relu", "leaky relu"))
    opaque = sum(g == "opaque" for g in activations) + (loss == "opaque")
    last, domain = activations[-1], 0
    if loss == "binary cross-entropy":
        domain = (last not in ABOVE_0) + (last not in BELOW_1)
    if loss == "cross-entropy":
        domain = int(last not in ABOVE_0)
    return kinks, opaque, domain * sizes[-1]


@pytest.mark.parametrize("sizes", [[2, 3, 1], [2, 2, 2, 2]], ids=str)
@pytest.mark.parametrize(("activation", "loss"), list(product((*POINTWISE, "softmax"), LOSSES)))
def test_every_activation_with_every_loss(activation, loss, sizes):
    hidden = "tanh" if activation == "softmax" else activation
    activations = [hidden] * (len(sizes) - 2) + [activation]
    net = sb.Network(sizes, activation=activations, loss=loss)
    if activation == "softmax" and sizes[-1] == 1 and loss == "binary cross-entropy":
        # A softmax of one output is the number 1, where log(1-x) has no value: no point satisfies 1-x > 0.
        assert sb.prove(net).word != "refuted"
        return
    verdict = sb.prove(net)
    assert verdict.word == "proved", str(verdict)
    weights = sum((a + 1) * b for a, b in pairwise(sizes))
    assert len(verdict.claims) == weights + sum(sizes[1:])
    assert {v.word for _, v in verdict.claims} == {"proved"}
    kinks, opaque, domain = expected_hypotheses(activations, loss, sizes)
    words = verdict.hypotheses
    assert sum("≠ 0" in h and "s_" in h for h in words) == kinks
    assert sum("differentiable" in h for h in words) == opaque
    assert sum("> 0" in h for h in words) == domain, words
    assert len(words) == kinks + opaque + domain, words


def test_hypotheses_hold_at_the_example():
    verdict = sb.prove(sb.Network([2, 3, 1], "relu", "binary cross-entropy"))
    net = oracle.with_values(
        oracle.Net([2, 3, 1], ["relu", "relu"], "binary cross entropy"), verdict.example
    )
    found = net.run()
    assert all(found["s", l, j] != 0 for l, j in [(1, 1), (1, 2), (1, 3), (2, 1)])
    assert 0 < found["x", 2, 1] < 1


# --- gradients -------------------------------------------------------------------------------------------------------------


def numbers(net, seed):
    """Random values for w, x^(0) and y, as strings for SymPy and in the oracle's keys."""
    random = Random(seed)
    symbols = [*net.weights, *net.inputs, *net.targets]
    values = {s: sp.Rational(random.randint(-900, 900), 613) for s in symbols}
    values |= {y: abs(v) / 3 for y, v in values.items() if y in net.targets}
    return values


def value(expression, values):
    """A composed expression at a point, by mpmath."""
    return oracle.evaluate(expression.xreplace(values), {}, None)


CONCRETE = [
    ([2, 3, 1], ["tanh", "tanh"], "squared error"),
    ([2, 2, 2], ["sigmoid", "sigmoid"], "binary cross entropy"),
    ([2, 2, 2], ["tanh", "softmax"], "cross entropy"),
    ([2, 2, 2, 1], ["softplus", "silu", "gelu"], "logistic"),
    ([2, 2, 1], ["leaky relu", "sin"], "squared error"),
    ([2, 2, 2], ["relu", "identity"], "logistic"),
]


@pytest.mark.parametrize(("sizes", "activations", "loss"), CONCRETE, ids=str)
def test_gradients_agree(sizes, activations, loss):
    """The chain rule, SymPy's diff, the recursion, and central differences of another forward pass."""
    net = sb.Network(sizes, activation=activations, loss=loss)
    values = numbers(net, 4)
    own = oracle.with_values(
        oracle.Net(sizes, activations * (net.L if len(activations) == 1 else 1), loss), values
    )
    chain, diff = net.gradient(composed=True), net.gradient(by="diff")
    recursion = net.backpropagation(composed=True)
    assert list(chain) == list(diff) == net.weights
    for w in net.weights:
        expected = own.derivative("w", *[int(i) for i in w.indices])
        for formula in (chain[w], diff[w], recursion[w]):
            assert abs(value(formula, values) - expected) < mp.mpf(10) ** -30
    for l, j in net.node_indices:
        delta = value(recursion[net.delta[l][j]], values)
        assert abs(delta - own.derivative("s", l, j)) < mp.mpf(10) ** -30
    assert abs(value(net.error, values) - own.run()["e"]) < mp.mpf(10) ** -30


@pytest.mark.parametrize(
    ("sizes", "activation", "loss"),
    [
        ([2, 2, 2], ["identity", lambda s: s**2 - 2 * s], "squared error"),
        ([2, 2, 1], "opaque", "squared error"),
        ([1, 2, 2, 1], "opaque", "squared error"),
        ([2, 2, 2], "opaque", "opaque"),
    ],
)
def test_gradients_agree_exactly(sizes, activation, loss):
    """Polynomials, and undefined functions with their derivatives as atoms: the three gradients expand to one."""
    net = sb.Network(sizes, activation, loss)
    chain, diff = net.gradient(composed=True), net.gradient(by="diff")
    recursion = net.backpropagation(composed=True)
    for w in net.weights:
        assert sp.expand(chain[w] - diff[w]) == 0
        assert sp.expand(recursion[w] - diff[w]) == 0
        assert diff[w] != 0


def test_gradient_in_forward_symbols():
    net = sb.Network([2, 2, 1], "identity")
    s, x, w, y = net.s, net.x, net.w, net.y
    expected = (x[2][1] - y[1]) * w[2][1, 1] * x[0][2]
    assert sp.expand(net.gradient()[w[1][2, 1]] - expected) == 0
    assert s[1][1] not in net.gradient()[w[1][2, 1]].free_symbols
    with pytest.raises(sb.InputError, match="chain rule"):
        net.gradient(by="magic")


# --- rows ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in POINTWISE if n != "opaque"])
def test_activation_row(name):
    """The textbook's g' is the derivative: by the kernel, and by mpmath's own differentiation."""
    row = sb.ACTIVATIONS[name]
    recursion = sb.Recursion(
        lambda n, j: n.dloss(j) * row.derivative(n.s[n.L][j]),
        lambda n, l, i: 0,
        sb.BACKPROPAGATION.weight,
    )
    assert sb.prove(sb.Network([1, 1], name, "opaque"), recursion).word == "proved"
    s = sp.Symbol("s", real=True)
    for point in (sp.Rational(-7, 5), sp.Rational(3, 4), sp.Rational(11, 3)):
        numeric = value(row.derivative(s), {s: point})
        exact = mp.diff(oracle.ACTIVATIONS[name], oracle.number(point), h=mp.mpf(10) ** -150)
        assert abs(numeric - exact) < mp.mpf(10) ** -30
        defined = value(row.definition(s), {s: point})
        assert abs(defined - oracle.ACTIVATIONS[name](oracle.number(point))) < mp.mpf(10) ** -100
    assert row.kinks == ((0,) if "relu" in name else ())


def test_softmax_row():
    row = sb.ACTIVATIONS["softmax"]
    recursion = sb.Recursion(
        lambda n, j: sp.Add(
            *[
                n.dloss(k)
                * row.derivative([n.x[n.L][m] for m in (1, 2, 3)])[k - 1][m - 1]
                * sp.KroneckerDelta(m, j)
                for k, m in product((1, 2, 3), repeat=2)
            ]
        ),
        lambda n, l, i: 0,
        sb.BACKPROPAGATION.weight,
    )
    net = sb.Network([1, 3], "softmax", "opaque")
    assert sb.prove(net, recursion).word == "proved"
    assert sb.prove(net).word == "proved"


@pytest.mark.parametrize("name", [n for n in sb.LOSSES if n != "opaque"])
def test_loss_row(name):
    row = sb.LOSSES[name]

    def base(n, j):
        x, y = [n.x[n.L][m] for m in (1, 2)], [n.y[m] for m in (1, 2)]
        slopes = [row.derivative(x, y, m) * sp.KroneckerDelta(j, m + 1) for m in (0, 1)]
        return sp.Add(*slopes) * n.dg(n.L, j)

    recursion = sb.Recursion(base, lambda n, l, i: 0, sb.BACKPROPAGATION.weight)
    for activation in ("sigmoid", "tanh"):
        verdict = sb.prove(sb.Network([1, 2], activation, name), recursion)
        assert verdict.word == "proved", str(verdict)
    x, y = sp.symbols("x y", real=True)
    point = {x: sp.Rational(3, 7), y: sp.Rational(2, 5)}
    exact = mp.diff(
        lambda t: oracle.LOSSES[name](t, oracle.number(point[y])),
        oracle.number(point[x]),
        h=mp.mpf(10) ** -150,
    )
    assert abs(value(row.derivative([x], [y], 0), point) - exact) < mp.mpf(10) ** -30


# --- names and symbols ---------------------------------------------------------------------------------------------------


def test_symbols_print_as_in_the_lecture():
    net = sb.Network([10, 12, 1])
    assert sp.latex(net.w[1][0, 2]) == "w_{02}^{(1)}"
    assert sp.latex(net.w[1][1, 10]) == "w_{1,10}^{(1)}"
    assert sp.latex(net.x[1][12]) == "x_{12}^{(1)}"
    assert sp.latex(net.delta[2][1]) == r"\delta_{1}^{(2)}"
    assert sp.latex(net.s[1][3]) == "s_{3}^{(1)}"
    assert sp.latex(net.y[1]) == "y_{1}"
    assert str(net.w[1][1, 10]) == "w_1,10^(1)"
    assert net.x[1][0] == 1
    assert net.x[0][0] == 1


def test_definitions_in_the_order_of_the_forward_pass():
    net = sb.Network([2, 2, 1], "sigmoid")
    order = [str(s) for s in net.definitions]
    assert order == ["s_1^(1)", "s_2^(1)", "x_1^(1)", "x_2^(1)", "s_1^(2)", "x_1^(2)", "e"]
    seen = {*net.weights, *net.inputs, *net.targets}
    for symbol, expression in net.definitions.items():
        assert {q for q in expression.free_symbols if isinstance(q, sp.Indexed)} <= seen
        seen.add(symbol)
    w, x = net.w, net.x
    assert net.definitions[net.s[1][2]] == (
        w[1][0, 2] + w[1][1, 2] * x[0][1] + w[1][2, 2] * x[0][2]
    )


def test_shape():
    net = sb.Network("2-3-1")
    assert (net.L, list(net.d)) == (2, [2, 3, 1])
    assert len(net.weights) == 13
    assert sb.Network([2, 3, 1]).error == net.error


@pytest.mark.parametrize(
    "loss",
    ["binary cross entropy", "Binary Cross-Entropy", "BINARY_cross_entropy", "binarycrossentropy"],
)
def test_equivalent_names(loss):
    for activation in ("leaky relu", "Leaky-ReLU", "LEAKY_RELU", "leakyrelu"):
        net = sb.Network([1, 1], activation, loss)
        assert net.activation(1).name == "leaky relu"
        assert net.loss.name == "binary cross entropy"


def test_a_verdict_has_no_truth_value():
    net = sb.Network([1, 1])
    wrong = sb.Recursion(lambda n, j: 0, sb.BACKPROPAGATION.step, sb.BACKPROPAGATION.weight)
    for verdict in (sb.prove(net), sb.prove(net, wrong), sb.Unknown(None, "who knows")):
        with pytest.raises(TypeError, match="truth value"):
            bool(verdict)
        with pytest.raises(TypeError, match="truth value"):
            assert not verdict


# --- custom parts ----------------------------------------------------------------------------------------------------------

t = sp.Symbol("t")


@pytest.mark.parametrize(
    "activation",
    [
        sp.Lambda(t, t**3 + t),
        sp.Lambda(t, t / (1 + sp.exp(-2 * t))),
        lambda s: sp.exp(-(s**2)),
        lambda s: s / sp.sqrt(1 + s**2),
        lambda s: sp.log(1 + sp.exp(3 * s)) / 3,
        [sp.Lambda(t, sp.sin(t) ** 2), "tanh"],
        lambda s: sp.Max(s, -s / 2),
        lambda s: 0.5 * s + 1,
    ],
)
def test_custom_activation(activation):
    net = sb.Network([2, 2, 1], activation)
    verdict = sb.prove(net)
    assert verdict.word == "proved", str(verdict)
    mutant = sb.Recursion(
        sb.BACKPROPAGATION.base,
        lambda n, l, i: 2 * sb.BACKPROPAGATION.step(n, l, i),
        sb.BACKPROPAGATION.weight,
    )
    assert sb.prove(net, mutant).word == "refuted"


def _losses():
    x, y = sp.symbols("x y")
    a, b = sp.IndexedBase("x"), sp.IndexedBase("y")
    m = sp.Symbol("m", integer=True)
    return {
        "expression": (x - y) ** 4,
        "absolute": sp.Abs(x - y),
        "indexed": (a[1] - b[1]) ** 2 + a[1] * a[2] - b[2] * a[2] ** 3,
        "indexed sum": sp.Sum((a[m] - b[m]) ** 2, (m, 1, 2)) / 2,
        "coupled": sp.sqrt(1 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2),
        "callable": lambda x, y: sp.log(sp.cosh(x - y)),
        "Lambda": sp.Lambda((x, y), (x - y) ** 2 * sp.exp(x)),
    }


@pytest.mark.parametrize("name", _losses())
def test_custom_loss(name):
    net = sb.Network([2, 2, 2], "tanh", _losses()[name])
    verdict = sb.prove(net)
    assert verdict.word == "proved", str(verdict)
    wrong = sb.Recursion(
        lambda n, j: -sb.BACKPROPAGATION.base(n, j),
        sb.BACKPROPAGATION.step,
        sb.BACKPROPAGATION.weight,
    )
    assert sb.prove(net, wrong).word == "refuted"


# --- bad input -------------------------------------------------------------------------------------------------------------

x, y, w = sp.symbols("x y w")
BAD_NETWORKS = {
    "a width of 0": (("2-0-1",), "0"),
    "a letter": (("2-x-1",), "'x'"),
    "one layer": (([3],), "two layers"),
    "one layer, as text": (("3",), "two layers"),
    "negative": (([2, -1, 1],), "-1"),
    "a fraction": (([2, 2.5, 1],), "2.5"),
    "a width that is text": (([2, "a b", 1],), "a b"),
    "a width that is None": (([2, None, 1],), "None"),
    "no sizes": (([],), "two layers"),
    "empty text": (("",), "''"),
    "NaN": (([2, float("nan"), 1],), "nan"),
    "a number alone": ((3,), "3"),
    "an unknown activation": (([1, 1], "tanhh"), "did you mean 'tanh'"),
    "another unknown activation": (([1, 1], "sigmod"), "did you mean 'sigmoid'"),
    "an unknown loss": (([1, 1], "tanh", "squared eror"), "did you mean 'squared error'"),
    "softmax in a hidden layer": (([2, 2, 2], "softmax"), "hidden layer 1"),
    "too many activations": (([2, 2, 1], ["tanh"] * 3), "3"),
    "a list of one activation": (([2, 2, 1], ["tanh"]), "got 1"),
    "an activation that is a number": (([1, 1], 3), "3"),
    "a callable that fails": (([1, 1], lambda s: s.nothing), "nothing"),
    "a callable that gives no expression": (([1, 1], lambda s: "s"), "s"),
    "a loss with weights": (([1, 1], "tanh", (x - y) ** 2 + w**2), "weights w"),
    "a loss with w[1]": (
        ([1, 1], "tanh", sp.IndexedBase("x")[1] + sp.IndexedBase("w")[1] ** 2),
        "weights",
    ),
    "a loss with a weight of a network": (
        ([1, 1], "tanh", (x - y) ** 2 + sb.Network([1, 1]).w[1][1, 1] ** 2),
        "w_11",
    ),
    "a loss with another symbol": (([1, 1], "tanh", (x - y) ** 2 + t), "t"),
    "a loss beyond the outputs": (([1, 1], "tanh", sp.IndexedBase("x")[2] ** 2), "2"),
    "a loss that is a number": (([1, 1], "tanh", 7), "7"),
}


@pytest.mark.parametrize("name", BAD_NETWORKS)
def test_bad_network(name):
    arguments, culprit = BAD_NETWORKS[name]
    with pytest.raises(sb.InputError) as raised:
        sb.Network(*arguments)
    message = str(raised.value)
    assert culprit in message
    assert "\n" not in message


FINE = sb.BACKPROPAGATION
BAD_RECURSIONS = {
    "base gives None": (sb.Recursion(lambda n, j: None, FINE.step, FINE.weight), "None"),
    "step gives text": (sb.Recursion(FINE.base, lambda n, l, i: "δ", FINE.weight), "δ"),
    "weight gives a list": (sb.Recursion(FINE.base, FINE.step, lambda n, l, i, j: [1]), "[1]"),
    "weight gives a bool": (sb.Recursion(FINE.base, FINE.step, lambda n, l, i, j: True), "True"),
    "an absent weight": (
        sb.Recursion(FINE.base, FINE.step, lambda n, l, i, j: n.w[l][9, 1]),
        "w_91",
    ),
    "an absent weight in a sum": (
        sb.Recursion(FINE.base, lambda n, l, i: sp.Sum(n.w[l][t, 1], (t, 0, 5)), FINE.weight),
        "w_41^(2)",
    ),
    "s of a bias": (sb.Recursion(lambda n, j: n.s[n.L][0], FINE.step, FINE.weight), "s_0"),
    "δ of a bias": (
        sb.Recursion(FINE.base, lambda n, l, i: n.delta[l][0], FINE.weight),
        "δ_0",
    ),
    "layer 7": (sb.Recursion(lambda n, j: n.x[7][1], FINE.step, FINE.weight), "7"),
    "s of the inputs": (sb.Recursion(lambda n, j: n.s[0][1], FINE.step, FINE.weight), "0"),
    "one index for a weight": (
        sb.Recursion(FINE.base, FINE.step, lambda n, l, i, j: n.w[l][j]),
        "2",
    ),
    "a foreign symbol": (sb.Recursion(lambda n, j: t * n.dloss(j), FINE.step, FINE.weight), "t"),
    "a name that n lacks": (
        sb.Recursion(lambda n, j: n.loss(j), FINE.step, FINE.weight),
        "loss",
    ),
    "too few arguments": (sb.Recursion(lambda n: 0, FINE.step, FINE.weight), "argument"),
    "δ from its own layer": (
        sb.Recursion(lambda n, j: n.delta[n.L][j], FINE.step, FINE.weight),
        "δ_1^(2)",
    ),
    "δ from below": (
        sb.Recursion(lambda n, j: n.delta[1][1], FINE.step, FINE.weight),
        "δ_1^(1)",
    ),
    "nan": (sb.Recursion(lambda n, j: sp.nan, FINE.step, FINE.weight), "nan"),
    "float nan": (sb.Recursion(lambda n, j: float("nan"), FINE.step, FINE.weight), "nan"),
    "infinity": (sb.Recursion(lambda n, j: sp.oo, FINE.step, FINE.weight), "oo"),
    "zoo": (sb.Recursion(lambda n, j: sp.zoo, FINE.step, FINE.weight), "zoo"),
    "the imaginary unit": (sb.Recursion(lambda n, j: sp.I, FINE.step, FINE.weight), "I"),
    "a symbolic exponent": (
        sb.Recursion(lambda n, j: n.x[n.L][j] ** n.y[j], FINE.step, FINE.weight),
        "expon",
    ),
    "an endless sum": (
        sb.Recursion(lambda n, j: sp.Sum(n.y[1] / t**2, (t, 1, sp.oo)), FINE.step, FINE.weight),
        "oo",
    ),
    "an integral": (
        sb.Recursion(lambda n, j: sp.Integral(n.y[1] * t, (t, 0, 1)), FINE.step, FINE.weight),
        "Integral",
    ),
    "a relation": (
        sb.Recursion(lambda n, j: sp.Gt(n.y[1], 0), FINE.step, FINE.weight),
        "expression",
    ),
    "division by 0": (sb.Recursion(lambda n, j: 1 / 0, FINE.step, FINE.weight), "zero"),
}


@pytest.mark.parametrize("name", BAD_RECURSIONS)
def test_bad_recursion(name):
    recursion, culprit = BAD_RECURSIONS[name]
    with pytest.raises(sb.InputError) as raised:
        sb.prove(sb.Network([2, 3, 1]), recursion)
    message = str(raised.value)
    assert culprit in message
    assert "\n" not in message


def test_dg_of_softmax_says_so():
    net = sb.Network([2, 2, 2], "tanh,softmax", "cross-entropy")
    recursion = sb.Recursion(lambda n, j: n.dloss(j) * n.dg(n.L, j), FINE.step, FINE.weight)
    with pytest.raises(sb.InputError, match="softmax"):
        sb.prove(net, recursion)
    assert sb.prove(net).word == "proved"


def test_symbols_out_of_range():
    net = sb.Network([2, 3, 1])
    for absent in (
        lambda: net.w[1][3, 1],
        lambda: net.w[0][0, 1],
        lambda: net.w[3][0, 1],
        lambda: net.s[1][0],
        lambda: net.x[2][0],
        lambda: net.delta[1][0],
        lambda: net.y[2],
        lambda: net.w[1][1],
        lambda: net.s["a"],
        lambda: net.s[1.5],
    ):
        with pytest.raises(sb.InputError):
            absent()


def test_bad_arguments_of_prove():
    with pytest.raises(sb.InputError, match="Network"):
        sb.prove([2, 3, 1])
    with pytest.raises(sb.InputError, match="Recursion"):
        sb.prove(sb.Network([1, 1]), lambda n: 0)
    net = sb.Network([1, 1])
    for assumption in (net.y[1], sp.Eq(t, 1), True, "y = 1"):
        with pytest.raises(sb.InputError):
            sb.prove(net, assume=[assumption])


@pytest.mark.parametrize("activation", ["leaky relu", "relu", "tanh", "opaque"])
def test_a_loss_with_a_kink(activation):
    """|x - y| is proved off its kink, and the verdict names the kink of each output."""
    x, y = sp.symbols("x y")
    verdict = sb.prove(sb.Network([2, 2, 2], activation, sp.Abs(x - y)))
    assert isinstance(verdict, sb.Proved), str(verdict)
    kinks = [h for h in verdict.hypotheses if "y_" in h]
    assert len(kinks) == 2
    assert all(h.endswith("≠ 0") for h in kinks)
