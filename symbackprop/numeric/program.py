"""The lecture's equations for one network as nodes: what each line of generated code computes, and what it says.

Axes: n runs over the examples of a batch, j0, j1, … over the nodes of layer 0, 1, ….  The array w1 is W[0], of shape
(d^(0)+1, d^(1)), its row 0 the biases.
(Source: Y. Abu-Mostafa, Learning from Data, lecture 10, with the examples of a batch as rows.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..compile.lowering import Lowering
from ..compile.nodes import Along, Call, Contract, Node, Part, Stack, Value, number
from ..compile.safe import expm1, safe
from ..errors import InputError
from ..network.activations import ACTIVATIONS, LEAK, Activation
from ..network.architecture import Architecture
from ..network.losses import LOSSES, Loss

S, X, Y = (sp.Symbol(letter, real=True) for letter in "sxy")

SLOPES_BY_X: dict[str, Callable[[Any], Any]] = {
    "relu": lambda x: sp.Piecewise((1, x > 0), (0, True)),
    "leaky relu": lambda x: sp.Piecewise((1, x > 0), (LEAK, True)),
    "softplus": lambda x: -expm1(-x),
}
"""g'(s) in terms of x = g(s), where replacing g(s) by x in the derivative does not give it."""


@dataclass(frozen=True)
class Curve:
    """x = g(s) as an expression in s; g'(s) in s, in a form that neither overflows nor cancels; and g' in x, where there is such.

    `cancels`: near saturation the last loses digits, as 1 - x² does where x is near 1.
    """

    value: Any
    slope: Any
    by_x: Any = None
    cancels: bool = False


@dataclass(frozen=True)
class Layer:
    """One layer's equations; the slopes are None where each output depends on all s of the layer (softmax)."""

    l: int
    s: Value
    x: Value
    signal: Node
    value: Node
    slope: Node | None
    careful: Node | None
    cancels: bool
    shown: str

    @property
    def keeps_s(self) -> bool:
        """Whether the slope is of s, so that x must not take its place."""
        return self.slope is not None and self.s in _leaves(self.slope)


@dataclass(frozen=True)
class Program:
    """A network's equations.

    `error` is e of each example, `outer` ∂e/∂x_j; `delta` is δ^(L) as a whole where a formula from s is better than the chain
    rule, else None; `domain` says which outputs the loss is defined for.
    """

    d: tuple[int, ...]
    layers: tuple[Layer, ...]
    y: Value
    error: Node
    outer: Node
    delta: Node | None
    domain: str
    loss: str

    @property
    def inputs(self) -> Value:
        return Value("x0", ("n", "j0"))

    def below(self, l: int) -> Value:
        """x^(l), the inputs for l = 0."""
        return self.layers[l - 1].x if l else self.inputs

    def delta_of(self, l: int) -> Value:
        return Value(f"d{l}", ("n", f"j{l}"))

    def back(self, l: int) -> Node:
        """Σ_j w_ij^(l+1) δ_j^(l+1), for the nodes i of layer l."""
        return Contract((self.delta_of(l + 1), weights(l + 1)), ("n", f"j{l}"))

    def biases(self, l: int) -> Node:
        """Σ_n δ_j^(l), row 0 of ∂e/∂W^(l)."""
        return Contract((self.delta_of(l),), (f"j{l}",))

    def products(self, l: int) -> Node:
        """Σ_n x_i^(l-1) δ_j^(l), the other rows."""
        return Contract((self.below(l - 1), self.delta_of(l)), (f"j{l - 1}", f"j{l}"))


def weights(l: int) -> Part:
    """w_ij^(l) for i from 1."""
    return Part(Value(f"w{l}", ("", "")), ((1, None), None), (f"j{l - 1}", f"j{l}"))


def bias(l: int) -> Part:
    return Part(Value(f"w{l}", ("", "")), (0, None), (f"j{l}",))


def program(net: Architecture) -> Program:
    """The network's equations.  Raises InputError where an activation or the loss is opaque: there is nothing to compute."""
    layers = tuple([_layer(net, l) for l in range(1, net.L + 1)])
    y = Value("y", ("n", f"j{net.L}"))
    top, axis = layers[-1], f"j{net.L}"
    own = LOSSES.get(net.loss.name) is net.loss
    own = own and ACTIVATIONS.get(net.activation(net.L).name) is net.activation(net.L)
    pair = PAIRS.get((net.activation(net.L).name, net.loss.name)) if own else None
    error, outer = _loss(net.loss, net.d[-1], top.x, y)
    if pair is not None:
        error, delta = pair[0](top.s, y, axis), pair[1](top.s, top.x, y, axis)
        return Program(net.d, layers, y, error, outer, delta, "", net.loss.name)
    if top.slope is None:  # δ_j = x_j (∂e/∂x_j - Σ_k ∂e/∂x_k x_k)
        mean = Contract((outer, top.x), ("n",))
        delta = Call("multiply", (top.x, Call("subtract", (outer, mean))))
        return Program(net.d, layers, y, error, outer, delta, net.loss.domain, net.loss.name)
    return Program(net.d, layers, y, error, outer, None, net.loss.domain, net.loss.name)


def _leaves(node: Node) -> set[Node]:
    return {node} if not node.parts else set().union(*[_leaves(p) for p in node.parts])


# --- layers ------------------------------------------------------------------------------------------------------


def _layer(net: Architecture, l: int) -> Layer:
    row = net.activation(l)
    s, x = (Value(f"{letter}{l}", ("n", f"j{l}")) for letter in "sx")
    product = Contract((Value(f"x{l - 1}", ("n", f"j{l - 1}")), weights(l)), ("n", f"j{l}"))
    signal = Call("add", (product, bias(l)))
    if row.mixes and ACTIVATIONS.get(row.name) is row:
        return Layer(l, s, x, signal, Along("softmax", s, f"j{l}"), None, None, False, "softmax")
    form = curve(row, l)
    what = f"activation {row.name}"
    value, careful = filled(lower(form.value, {S: s}, what), s), lower(form.slope, {S: s}, what)
    slope = careful if form.by_x is None else lower(form.by_x, {X: x}, what)
    return Layer(l, s, x, signal, value, slope, careful, form.cancels, _shown(row))


def _shown(row: Activation) -> str:
    assert row.definition is not None  # `curve` has seen to it
    return row.name if not row.custom else str(row.definition(sp.Symbol("s")))


def curve(row: Activation, l: int = 1) -> Curve:
    """The forms of an activation that has a formula.

    >>> curve(ACTIVATIONS["tanh"]).by_x, curve(ACTIVATIONS["tanh"]).slope
    (1 - x**2, 4*bell(2*s))

    Raises InputError for one that has none.
    """
    if row.definition is None or row.derivative is None:
        raise InputError(
            f"activation {row.name!r} of layer {l}: has no formula, so there is nothing to compute;"
            f" expected one of {', '.join(n for n in ACTIVATIONS if n != 'opaque')}, or a formula"
        )
    if row.mixes:
        raise InputError(f"activation {row.name!r} of layer {l}: expected one function of one s")
    plain, derivative = sp.sympify(row.definition(S)), off_kink(row.derivative(S))
    if row.name in SLOPES_BY_X and not row.custom:
        by_x = SLOPES_BY_X[row.name](X)
    else:
        by_x = derivative if plain == S else derivative.xreplace({plain: X})
    found = by_x if S not in by_x.free_symbols else None
    slope = safe(derivative)
    cancels = found is not None and bool(found.atoms(sp.Add)) and found != slope
    return Curve(safe(plain), slope, found, cancels)


def off_kink(slope: Any) -> Any:
    """SymPy's derivative of Max has the value 1/2 on the kink; the table of activations has 0."""
    return sp.sympify(slope).replace(
        sp.Heaviside, lambda t, *rest: sp.Piecewise((1, t > 0), (0, True))
    )


def lower(e: Any, values: Mapping[Any, Node], what: str) -> Node:
    """An expression in symbols that stand for arrays.  InputError, with `what`, names what NumPy has no code for."""
    try:
        return Lowering(lambda member: None, {}, values).node(sp.sympify(e))
    except InputError as error:
        raise InputError(f"{what}: expected a formula that NumPy computes ({error})") from None


def filled(node: Node, like: Node) -> Node:
    """A constant as an array of its own shape."""
    return node if node.axes else Call("full_like", (like, node))


# --- losses ------------------------------------------------------------------------------------------------------


def _loss(row: Loss, d: int, x: Value, y: Value) -> tuple[Node, Node]:
    """e of each example, and ∂e/∂x_j."""
    if row.definition is None or row.derivative is None:
        raise InputError(
            f"loss {row.name!r}: has no formula, so there is nothing to compute;"
            f" expected one of {', '.join(n for n in LOSSES if n != 'opaque')}, or a formula"
        )
    what = f"loss {row.name}"
    one = _same_for_each(row.definition, d)
    if one is not None:
        values = {X: x, Y: y}
        each = filled(lower(safe(one), values, what), x)
        outer = lower(safe(off_kink(row.derivative([X], [Y], 0))), values, what)
        return Contract((each,), ("n",)), filled(outer, x)
    return _coupled(row, d, x, y, what)


def _same_for_each(definition: Callable[..., Any], d: int) -> Any:
    """The formula f with e = Σ_j f(x_j, y_j), if that is what the loss is: then one line serves all outputs."""
    try:
        one = definition([X], [Y])
    except InputError:
        return None
    if d == 1:
        return one
    xs, ys = (list(sp.symbols(f"{letter}_1:{min(d, 3) + 1}", real=True)) for letter in "xy")
    each = [one.xreplace({X: a, Y: b}) for a, b in zip(xs, ys, strict=True)]
    return one if sp.Add(*each) == definition(xs, ys) else None


def _coupled(row: Loss, d: int, x: Value, y: Value, what: str) -> tuple[Node, Node]:
    """A formula that takes the outputs together: their columns, one by one."""
    assert row.definition is not None
    assert row.derivative is not None
    xs, ys = (list(sp.symbols(f"{letter}_1:{d + 1}", real=True)) for letter in "xy")
    columns: dict[Any, Node] = {}
    for symbols, array in ((xs, x), (ys, y)):
        columns |= {s: Part(array, (None, j), ("n",)) for j, s in enumerate(symbols)}
    own = columns[xs[0]]
    error = filled(lower(safe(row.definition(xs, ys)), columns, what), own)
    slopes = [
        filled(lower(safe(off_kink(row.derivative(xs, ys, j))), columns, what), own)
        for j in range(d)
    ]
    return error, Stack(tuple(slopes), x.dimensions)


def _weighted(y: Node, cost: Node) -> Node:
    """y·cost, where what has no weight costs nothing, be its cost infinite: 0·∞ = 0."""
    return Call("weighted", (y, cost))


def _negative(node: Node) -> Node:
    return Call("negative", (node,))


def _soft_error(s: Node, y: Node, axis: str) -> Node:
    return Contract((_weighted(y, Along("surprise", s, axis)),), ("n",))


def _soft_delta(s: Node, x: Node, y: Node, axis: str) -> Node:
    return Call("subtract", (Call("multiply", (x, Contract((y,), ("n",)))), y))


def _binary_error(s: Node, y: Node, axis: str) -> Node:
    yes = Call("multiply", (y, Call("softplus", (_negative(s),))))
    no = Call("multiply", (Call("subtract", (number(1), y)), Call("softplus", (s,))))
    return Contract((Call("add", (yes, no)),), ("n",))


def _binary_delta(s: Node, x: Node, y: Node, axis: str) -> Node:
    return Call("subtract", (x, y))


def _sure_error(s: Node, y: Node, axis: str) -> Node:
    return Contract((Call("multiply", (y, Call("softplus", (_negative(s),)))),), ("n",))


def _sure_delta(s: Node, x: Node, y: Node, axis: str) -> Node:
    return _negative(Call("multiply", (y, Call("sigmoid", (_negative(s),)))))


PAIRS: dict[tuple[str, str], tuple[Callable[..., Node], Callable[..., Node]]] = {
    ("softmax", "cross entropy"): (_soft_error, _soft_delta),
    ("sigmoid", "binary cross entropy"): (_binary_error, _binary_delta),
    ("sigmoid", "cross entropy"): (_sure_error, _sure_delta),
}
"""By the names of the output's activation and the loss: e and δ from s, where x alone has lost what they need.

-Σ y ln softmax(s) = Σ_k y_k surprise(s)_k and δ_j = x_j Σ_k y_k - y_j; with σ, -ln σ(s) = softplus(-s).
(Source: C. Bishop, Pattern Recognition and Machine Learning, 4.3.2 and 4.3.4.)
"""
