"""The generated source, run on fractions, is the lecture's recursion: equal, not nearly equal.

With polynomials for activations and loss every line of the source is rational arithmetic.  So the text that runs on
doubles also runs on arrays of `Fraction`, and what it gives must be what the recursion gives, written here node by node;
and the derivative of the error, by dual numbers, which know nothing of the recursion.  What stays open to doubt is rounding
alone: test_accuracy.py.
"""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
import sympy as sp

from symbackprop.compile.execution import executed
from symbackprop.network.architecture import Architecture
from symbackprop.numeric import forms, scalar
from symbackprop.numeric.compiled import compile_network
from symbackprop.numeric.program import program

# --- the source, read exactly -----------------------------------------------------------------------------------


class Exact(ast.NodeTransformer):
    """A quotient of two whole numbers, such as 1 / 7, read as that number and not as the double next to it."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        whole = [
            isinstance(n, ast.Constant) and type(n.value) is int for n in (node.left, node.right)
        ]
        if isinstance(node.op, ast.Div) and all(whole):
            return ast.Call(ast.Name("Fraction", ast.Load()), [node.left, node.right], [])
        return node


class Numbers:
    """In the place of `Struct`: an array's numbers, whatever they are."""

    def __init__(self, count):
        self.count = int(count.removesuffix("d"))

    def unpack_from(self, array):
        assert array.size == self.count
        return tuple(array.ravel())

    def pack(self, *values):
        assert len(values) == self.count
        return list(values)

    def pack_into(self, array, offset, *values):
        assert len(values) == array.size == self.count
        assert offset == 0
        array.ravel()[:] = values


def shaped(shape, kind, values):
    """In the place of `ndarray`."""
    return np.array(values, object).reshape(shape)


def bare(shape):
    """In the place of `empty`."""
    return np.empty(shape, object)


def run(text, method):
    tree = ast.fix_missing_locations(Exact().visit(ast.parse(text)))
    space = executed(ast.unparse(tree), "exact")
    space["Fraction"] = Fraction
    if "Struct" in text:
        sizes = {k: Numbers(v.format) for k, v in space.items() if k.startswith("numbers")}
        space |= {"ndarray": shaped, "bytearray": list, "empty": bare, **sizes}
    return space[method]


def sources(p):
    """Every form of the gradient."""
    found = {form: forms.source(p, "gradient", form) for form in ("plain", "columns", "rows")}
    return found


# --- the lecture's recursion, and dual numbers ------------------------------------------------------------------


@dataclass(frozen=True)
class Dual:
    """a + b ε with ε² = 0: what multiplies ε is a derivative."""

    a: Fraction
    b: Fraction = Fraction(0)

    def __add__(self, other):
        o = dual(other)
        return Dual(self.a + o.a, self.b + o.b)

    def __mul__(self, other):
        o = dual(other)
        return Dual(self.a * o.a, self.a * o.b + self.b * o.a)

    def __sub__(self, other):
        return self + dual(other) * -1

    def __rsub__(self, other):
        return dual(other) - self

    def __gt__(self, other):
        return self.a > dual(other).a

    __radd__, __rmul__ = __add__, __mul__


def dual(t):
    return t if isinstance(t, Dual) else Dual(Fraction(t))


F = Fraction


@dataclass(frozen=True)
class Curve:
    """An activation for the package, and here: g and g' on fractions; g on duals too."""

    given: object
    g: object
    slope: object


R = sp.Rational
CURVES = {
    "cubic": Curve(
        lambda s: s**3 / 5 - s + R(1, 7),
        lambda s: s * s * s * F(1, 5) - s + F(1, 7),
        lambda s: 3 * s * s / 5 - 1,
    ),
    "identity": Curve("identity", lambda s: s, lambda s: F(1)),
    "square": Curve(lambda s: s**2, lambda s: s * s, lambda s: 2 * s),
    "quartic": Curve(
        lambda s: (s - R(2, 3)) ** 4 / 9 + s / 2,
        lambda s: (
            (s - F(2, 3)) * (s - F(2, 3)) * (s - F(2, 3)) * (s - F(2, 3)) * F(1, 9) + s * F(1, 2)
        ),
        lambda s: 4 * (s - F(2, 3)) ** 3 / 9 + F(1, 2),
    ),
    "line": Curve(
        lambda s: R(3, 7) * s - R(1, 3), lambda s: F(3, 7) * s - F(1, 3), lambda s: F(3, 7)
    ),
    "relu": Curve("relu", lambda s: s if s > 0 else 0 * s, lambda s: F(int(s > 0))),
    "leaky relu": Curve(
        "leaky relu",
        lambda s: s if s > 0 else s * F(1, 100),
        lambda s: F(1) if s > 0 else F(1, 100),
    ),
}


@dataclass(frozen=True)
class Cost:
    """A loss for the package; e and ∂e/∂x_j here, of lists of outputs and targets."""

    given: object
    e: object
    slope: object
    outputs: int | None = None


a, b = sp.IndexedBase("x"), sp.IndexedBase("y")
COSTS = {
    "squared error": Cost(
        "squared error",
        lambda x, y: sum((p - q) * (p - q) for p, q in zip(x, y, strict=True)) * F(1, 2),
        lambda x, y, j: x[j] - y[j],
    ),
    "own": Cost(
        lambda x, y: x**3 * y / 3 - R(2, 7) * x * y**2 + y,
        lambda x, y: sum(
            p * p * p * q * F(1, 3) - F(2, 7) * p * q * q + q for p, q in zip(x, y, strict=True)
        ),
        lambda x, y, j: x[j] ** 2 * y[j] - F(2, 7) * y[j] ** 2,
    ),
    "coupled": Cost(
        a[1] ** 2 * b[2] / 2 - a[1] * a[2] * a[2] / 3 + b[1] * a[2],
        lambda x, y: x[0] * x[0] * y[1] * F(1, 2) - x[0] * x[1] * x[1] * F(1, 3) + y[0] * x[1],
        lambda x, y, j: x[0] * y[1] - x[1] ** 2 / 3 if j == 0 else -2 * x[0] * x[1] / 3 + y[0],
        outputs=2,
    ),
}


def signals(curves, W, x):
    """s^(l) and x^(l) of every layer; x^(0) first."""
    s, xs = [], [list(x)]
    for c, w in zip(curves, W, strict=True):
        ends = range(len(w[0]))
        s.append([w[0][j] + sum(w[i + 1][j] * v for i, v in enumerate(xs[-1])) for j in ends])
        xs.append([c.g(t) for t in s[-1]])
    return s, xs


def deltas(curves, cost, W, x, y):
    """δ^(1), …, δ^(L) from the last layer down, and the x."""
    s, xs = signals(curves, W, x)
    top = [cost.slope(xs[-1], y, j) * curves[-1].slope(t) for j, t in enumerate(s[-1])]
    found = [top]
    for l in range(len(W) - 1, 0, -1):
        above = found[0]
        back = [sum(w * d for w, d in zip(row, above, strict=True)) for row in W[l][1:]]
        found.insert(0, [curves[l - 1].slope(t) * v for t, v in zip(s[l - 1], back, strict=True)])
    return found, xs


def gradient(curves, cost, W, X, Y, mean):
    total = [[[F(0)] * len(w[0]) for _ in w] for w in W]
    for x, y in zip(X, Y, strict=True):
        d, xs = deltas(curves, cost, W, x, y)
        for l, w in enumerate(total):
            for i, j in product(range(len(w)), range(len(w[0]))):
                w[i][j] += d[l][j] * (xs[l][i - 1] if i else 1)
    N = len(X) if mean else 1
    return [[[v / N for v in row] for row in w] for w in total]


def error(curves, cost, W, X, Y, mean):
    total = sum(cost.e(signals(curves, W, x)[1][-1], y) for x, y in zip(X, Y, strict=True))
    return total * F(1, len(X) if mean else 1)


def by_duals(curves, cost, W, X, Y, mean, at):
    """∂e/∂w of one weight."""
    l, i, j = at
    moved = [[[dual(v) for v in row] for row in w] for w in W]
    moved[l][i][j] = Dual(F(W[l][i][j]), F(1))
    return error(curves, cost, moved, X, Y, mean).b


# --- networks ---------------------------------------------------------------------------------------------------

NETWORKS = [
    ((1, 1), ("square",), "squared error"),
    ((2, 3, 1), ("cubic", "identity"), "squared error"),
    ((3, 2, 2), ("square", "cubic"), "coupled"),
    ((2, 1, 3, 2), ("cubic", "quartic", "line"), "own"),
    ((2, 2, 2, 2), ("line", "square", "quartic"), "coupled"),
    ((3, 4, 2), ("relu", "leaky relu"), "own"),
    ((2, 2, 2, 1), ("leaky relu", "cubic", "relu"), "squared error"),
    ((2, 3), ("identity",), "squared error"),
]


def example(d, N, seed):
    draw = random.Random(seed)

    def numbers(rows, columns):
        return [
            [F(draw.randint(-9, 9), draw.randint(1, 7)) for _ in range(columns)]
            for _ in range(rows)
        ]

    W = [numbers(p + 1, q) for p, q in pairwise(d)]
    return W, numbers(N, d[0]), numbers(N, d[-1])


def arrays(*tables):
    return [np.array(t, object) for t in tables]


def built(d, names, loss):
    curves = [CURVES[name] for name in names]
    return (
        curves,
        COSTS[loss],
        program(Architecture(list(d), [c.given for c in curves], COSTS[loss].given)),
    )


@pytest.mark.parametrize("N", [1, 2, 5])
@pytest.mark.parametrize("mean", [True, False], ids=["mean", "sum"])
@pytest.mark.parametrize(("d", "names", "loss"), NETWORKS, ids=str)
def test_every_form_is_the_recursion(d, names, loss, mean, N):
    curves, cost, p = built(d, names, loss)
    W, X, Y = example(d, N, seed=N)
    want = gradient(curves, cost, W, X, Y, mean)
    w, (x, y) = arrays(*W), arrays(X, Y)
    for form, text in sources(p).items():
        function = run(text, "gradient")
        for _ in range(2):  # the second time in the workspace of the first
            got = function(w, x, y, mean)
            assert all_fractions(got), form
            assert [g.tolist() for g in got] == want, form
    assert [t.tolist() for t in w] == W
    assert (x.tolist(), y.tolist()) == (X, Y)


def all_fractions(found):
    """No double has slipped in: it would be equal by luck alone."""
    return all(isinstance(v, Fraction) for g in found for v in g.ravel())


@pytest.mark.parametrize(("d", "names", "loss"), NETWORKS, ids=str)
def test_the_scalar_form_is_the_recursion(d, names, loss):
    curves, cost, p = built(d, names, loss)
    if loss == "coupled":
        assert not scalar.suits(p)
        return
    W, X, Y = example(d, 1, seed=3)
    got = run(scalar.source(p), "one_example")(arrays(*W), *arrays(X, Y))
    assert [g.tolist() for g in got] == gradient(curves, cost, W, X, Y, mean=True)


@pytest.mark.parametrize(
    "parts",
    [
        {"activation": "tanh", "loss": a[1] * b[2] - a[1] * a[2]},
        {"activation": lambda s: 1 / s},
        {"activation": lambda s: sp.sqrt(s)},
    ],
)
def test_what_the_scalar_form_must_leave_to_arrays(parts):
    """A loss that couples its outputs has no formula a node; Python's floats refuse 1 / 0, and NumPy does not."""
    net = Architecture([2, 2], **parts)
    assert not scalar.suits(program(net))
    W = [np.zeros((3, 2))]
    assert compile_network(net).gradient(W, np.ones((1, 2)), np.ones((1, 2)))[0].shape == (3, 2)


@pytest.mark.parametrize(("d", "names", "loss"), NETWORKS, ids=str)
def test_the_other_functions_are_the_recursion(d, names, loss):
    curves, cost, p = built(d, names, loss)
    W, X, Y = example(d, 3, seed=8)
    w, (x, y) = arrays(*W), arrays(X, Y)
    code = {m: run(forms.source(p, m, "plain"), m) for m in ("forward", "deltas", "error")}
    assert code["forward"](w, x).tolist() == [signals(curves, W, v)[1][-1] for v in X]
    each = [deltas(curves, cost, W, u, v)[0] for u, v in zip(X, Y, strict=True)]
    got = code["deltas"](w, x, y)
    assert [g.tolist() for g in got] == [[e[l] for e in each] for l in range(len(W))]
    for mean in (True, False):
        assert code["error"](w, x, y, mean) == error(curves, cost, W, X, Y, mean)


@pytest.mark.parametrize(("d", "names", "loss"), NETWORKS, ids=str)
def test_the_recursion_is_the_derivative_of_the_error(d, names, loss):
    """So the oracle above is itself held against one that has no δ in it."""
    curves, cost, _ = built(d, names, loss)
    W, X, Y = example(d, 2, seed=5)
    want = gradient(curves, cost, W, X, Y, mean=True)
    for l, w in enumerate(want):
        for i, j in product(range(len(w)), range(len(w[0]))):
            assert by_duals(curves, cost, W, X, Y, True, (l, i, j)) == w[i][j]
