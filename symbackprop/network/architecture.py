"""A network as the lecture defines it: sizes, activations and a loss; its symbols and its definitions.

s_j^(l) = Σ_{i=0} w_ij^(l) x_i^(l-1) with x_0 = 1; x_j^(l) = g_l(s_j^(l)); e(w) is the loss of x^(L) and y.
(Source: Y. Abu-Mostafa, Learning from Data, lecture 10.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from ..errors import InputError
from .activations import Activation
from .activations import activation as activation_row
from .losses import loss as loss_row
from .losses import refuse_weights
from .sizes import check_sizes, parse_sizes
from .symbols import ERROR, Family, Quantity, by_layer, quantity


@dataclass(frozen=True)
class Layers:
    """A family over the layers: `family[l]` is its members in layer l."""

    name: str
    low: int
    high: int
    net: Architecture

    def __getitem__(self, layer: Any) -> Family:
        by_layer(self.name, layer, self.low, self.high)
        return Family(self.name, (sp.sympify(layer),), self.net.ranges(self.name, layer))


class Architecture:
    """Sizes, activations, a loss, and what the lecture defines from them.

    `L` layers; `d[l]` the width of layer l; `w[l][i, j]`, `s[l][j]`, `x[l][i]`, `y[j]`, `delta[l][j]` the symbols (SymPy).
    Raises InputError where the parts make no network.
    """

    def __init__(self, sizes: Any, activation: Any = "tanh", loss: Any = "squared error") -> None:
        self.d = tuple(parse_sizes(sizes) if isinstance(sizes, str) else check_sizes(sizes))
        self.L = len(self.d) - 1
        self.activations = _one_a_layer(activation, self.L)
        self.loss = loss_row(loss)
        self.w = Layers("w", 1, self.L, self)
        self.s = Layers("s", 1, self.L, self)
        self.x = Layers("x", 0, self.L, self)
        self.delta = Layers("delta", 1, self.L, self)
        self.y = Family("y", (), ((1, self.d[self.L]),))
        if self.loss.custom and not self.loss.opaque:
            allowed = {*self.outputs, *self.targets} | {
                v.base.label for v in self.outputs + self.targets
            }
            refuse_weights(self._error_of(self.outputs), allowed)

    def __repr__(self) -> str:
        names = [a.name for a in self.activations]
        shown = names[0] if len(set(names)) == 1 else names
        return f"Network({list(self.d)}, activation={shown!r}, loss={self.loss.name!r})"

    def activation(self, l: int) -> Activation:
        """g_l, the activation of layer l (from 1)."""
        return self.activations[l - 1]

    def ranges(self, name: str, layer: Any) -> tuple[tuple[int, int], ...]:
        """From where to where the node indices of a family run in a layer; unknown for a layer that is a symbol."""
        if not isinstance(layer, int | sp.Integer):
            top = max(self.d)
            return ((0, top), (1, top)) if name in ("w", "dx") else ((int(name != "x") * 1, top),)
        l = int(layer)
        if name == "w":
            return ((0, self.d[l - 1]), (1, self.d[l]))
        if name == "dx":
            return ((1, self.d[l]), (1, self.d[l]))
        low = 0 if name == "x" and (l < self.L) else 1
        return ((low, self.d[l]),)

    def nodes(self, l: int) -> range:
        """1, …, d^(l)."""
        return range(1, self.d[l] + 1)

    @property
    def weight_indices(self) -> list[tuple[int, int, int]]:
        """(l, i, j) of every weight, layer by layer."""
        return [
            (l, i, j)
            for l in range(1, self.L + 1)
            for i in range(self.d[l - 1] + 1)
            for j in self.nodes(l)
        ]

    @property
    def node_indices(self) -> list[tuple[int, int]]:
        """(l, j) of every node that computes, layer by layer."""
        return [(l, j) for l in range(1, self.L + 1) for j in self.nodes(l)]

    @property
    def weights(self) -> list[Quantity]:
        """Every w_ij^(l), layer by layer."""
        return [quantity("w", *index) for index in self.weight_indices]

    @property
    def outputs(self) -> list[Quantity]:
        """x_1^(L), …"""
        return [quantity("x", self.L, j) for j in self.nodes(self.L)]

    @property
    def targets(self) -> list[Quantity]:
        """y_1, …"""
        return [quantity("y", j) for j in self.nodes(self.L)]

    @property
    def inputs(self) -> list[Quantity]:
        """x_1^(0), …"""
        return [quantity("x", 0, i) for i in self.nodes(0)]

    def signal(self, l: int, j: int) -> sp.Expr:
        """s_j^(l) in the weights of its layer and the outputs of the layer below."""
        return sp.Add(
            *[quantity("w", l, i, j) * self.x[l - 1][i] for i in range(self.d[l - 1] + 1)]
        )

    def opaque_name(self, l: int) -> str:
        """The letter of an activation without a formula: another one in each layer."""
        return f"g_{l}"

    def layer_outputs(self, l: int, signals: Sequence[Any]) -> list[Any]:
        """x_1^(l), … from s_1^(l), …"""
        g = self.activation(l)
        if g.definition is None:
            return [sp.Function(self.opaque_name(l), real=True)(s) for s in signals]
        return list(g.definition(list(signals))) if g.mixes else [g.definition(s) for s in signals]

    def _error_of(self, outputs: Sequence[Any]) -> sp.Expr:
        if self.loss.definition is None:
            return sp.Function("E", real=True)(*outputs, *self.targets)
        return self.loss.definition(list(outputs), self.targets)

    @cached_property
    def definitions(self) -> dict[Any, sp.Expr]:
        """{symbol: SymPy expression} in the order of the forward pass: every s and x, layer by layer, then e.

        >>> net = Architecture([1, 1])
        >>> {str(k): str(v) for k, v in net.definitions.items()}
        {'s_1^(1)': 'w_01^(1) + w_11^(1)*x_1^(0)', 'x_1^(1)': 'tanh(s_1^(1))', 'e': '(x_1^(1) - y_1)**2/2'}
        """
        out: dict[Any, sp.Expr] = {}
        for l in range(1, self.L + 1):
            signals = [quantity("s", l, j) for j in self.nodes(l)]
            out |= {s: self.signal(l, j) for j, s in enumerate(signals, 1)}
            outputs = self.layer_outputs(l, signals)
            out |= {quantity("x", l, j): x for j, x in enumerate(outputs, 1)}
        out[ERROR] = self._error_of(self.outputs)
        return out

    @cached_property
    def composition(self) -> dict[Any, sp.Expr]:
        """Every s, x and e composed down to w, x^(0) and y.  Its size as a tree grows with the number of paths."""
        values: dict[Any, Any] = {}
        below: list[Any] = [sp.Integer(1), *self.inputs]
        for l in range(1, self.L + 1):
            signals = [
                sp.Add(*[quantity("w", l, i, j) * x for i, x in enumerate(below)])
                for j in self.nodes(l)
            ]
            outputs = self.layer_outputs(l, signals)
            for j, (s, x) in enumerate(zip(signals, outputs, strict=True), 1):
                values[quantity("s", l, j)], values[quantity("x", l, j)] = s, x
            below = [sp.Integer(1), *outputs]
        values[ERROR] = self._error_of(below[1:])
        return values

    @property
    def error(self) -> sp.Expr:
        """e(w), composed.

        >>> print(Architecture([1, 1], "identity").error)
        (w_01^(1) + w_11^(1)*x_1^(0) - y_1)**2/2
        """
        return self.composition[ERROR]


def _one_a_layer(choice: Any, L: int) -> tuple[Activation, ...]:
    parts = choice.split(",") if isinstance(choice, str) else choice
    rows = [activation_row(p) for p in (parts if isinstance(parts, list | tuple) else [parts])]
    if len(rows) == 1 and not isinstance(choice, list | tuple):
        rows *= L
    if len(rows) != L:
        raise InputError(
            f"activation: expected one name, or one for each of {L} layers, got {len(rows)}"
        )
    for l, row in enumerate(rows[:-1], 1):
        if row.mixes:
            raise InputError(
                f"activation {row.name!r} in hidden layer {l}: expected in the output layer {L} alone"
                f" (for instance {','.join(['tanh'] * (L - 1) + [row.name])})"
            )
    return tuple(rows)
