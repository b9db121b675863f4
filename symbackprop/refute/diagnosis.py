"""What is wrong with a recursion: a table of common mistakes, each with its repair.

A diagnosis is a guess until the repaired claim is proved; who calls this proves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sympy as sp

from ..network.recursion import BACKPROPAGATION, Recursion, View

Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]
PARTS = {"base": "base step", "step": "induction step", "weight": "gradient of the weight"}


@dataclass(frozen=True)
class Repair:
    """A sentence about a part of the recursion, and the part mended; `view` replaces what its functions see."""

    sentence: str
    recursion: Recursion
    view: Any = None


@dataclass(frozen=True)
class Reindexed(View):
    """A view in which a family is read with other node indices, or in another layer."""

    family: str = "w"
    change: Callable[..., Any] = lambda *index: index
    shift: int = 0

    def _seen(self, family: str, layers: Any) -> Any:
        return _Changed(layers, self.change, self.shift) if self.family == family else layers

    @property
    def w(self) -> Any:
        return self._seen("w", super().w)

    @property
    def x(self) -> Any:
        return self._seen("x", super().x)

    @property
    def delta(self) -> Any:
        return self._seen("delta", super().delta)

    def dg(self, l: Any, j: Any) -> Any:
        return super().dg(l + self.shift if self.family == "dg" else l, j)


@dataclass(frozen=True)
class _Changed:
    layers: Any
    change: Callable[..., Any]
    shift: int

    def __getitem__(self, layer: Any) -> Any:
        return _ChangedLayer(self.layers[layer + self.shift], self.change)


@dataclass(frozen=True)
class _ChangedLayer:
    family: Any
    change: Callable[..., Any]

    def __getitem__(self, index: Any) -> Any:
        nodes = index if isinstance(index, tuple) else (index,)
        return self.family[self.change(*nodes)]


def _times(factor: Callable[..., Any]) -> Wrap:
    return lambda f: lambda n, *index: factor(n, *index) * f(n, *index)


def _dg_of(part: str) -> Callable[..., Any]:
    """The g' that belongs to a part, of the part's own arguments."""
    if part == "base":
        return lambda n, j: n.dg(n.L, j)
    if part == "step":
        return lambda n, l, i: n.dg(l - 1, i)
    return lambda n, l, i, j: n.dg(l, j)


def _sums(low: int, change: Callable[[Any, Any], Any]) -> Wrap:
    """Every sum of the part from `low`, to what the range `change` says."""

    def moved(e: Any, n: Any, index: tuple[Any, ...]) -> Any:
        if not isinstance(e, sp.Expr):
            return e
        top = change(n, index)
        return e.replace(
            lambda s: isinstance(s, sp.Sum),
            lambda s: sp.Sum(s.function, (s.limits[0][0], low, top)),
        )

    return lambda f: lambda n, *index: moved(f(n, *index), n, index)


def _rows(part: str, ratio: Fraction | None) -> Iterator[tuple[str, Wrap]]:
    dg = _dg_of(part)
    yield "a factor g'(s) is missing", _times(dg)
    yield "a factor g'(s) too many", _times(lambda *a: 1 / dg(*a))
    yield "the sign is wrong", _times(lambda *a: -1)
    if ratio is not None and ratio not in (0, 1, -1):
        extra = (
            f"a factor {1 / ratio} too many" if abs(ratio) < 1 else f"a factor {ratio} is missing"
        )
        yield extra, _times(lambda *a: sp.Rational(ratio.numerator, ratio.denominator))
    if part == "weight":
        yield "the input x_i of the weight is missing", _times(lambda n, l, i, j: n.x[l - 1][i])
        yield "the δ_j of the weight is missing", _times(lambda n, l, i, j: n.delta[l][j])
    if part == "base":
        yield "the derivative of the loss is missing", _times(lambda n, j: n.dloss(j))
        yield "the terms k ≠ j are missing: each output depends on every s", _plus(_others)
    top = (lambda n, index: n.d[index[0]]) if part == "step" else (lambda n, index: n.d[n.L])
    yield "the sum must run over all nodes, from 1 to the width of the layer", _sums(1, top)


def _plus(term: Callable[..., Any]) -> Wrap:
    return lambda f: lambda n, *index: f(n, *index) + term(n, *index)


def _others(n: Any, j: Any) -> Any:
    """Σ_{k≠j} ∂e/∂x_k ∂x_k/∂s_j."""
    nodes = range(1, n.d[n.L] + 1)
    return sp.Add(*[(1 - sp.KroneckerDelta(k, j)) * n.dloss(k) * n.dx(k, j) for k in nodes])


def _same(*index: Any) -> Any:
    return index if len(index) > 1 else index[0]


VIEWS: tuple[tuple[str, str, Callable[..., Any], int], ...] = (
    ("the weight is transposed", "w", lambda i, j: (j, i), 0),
    (
        "the bias row is left out: node i's weights are in row i, row 0 holds the biases",
        "w",
        lambda i, j: (i + 1, j),
        0,
    ),
    (
        "the bias row is counted as a node: node i's weights are in row i",
        "w",
        lambda i, j: (i - 1, j),
        0,
    ),
    ("the inputs are counted from 1: x_0 = 1 belongs to the bias", "x", lambda i: i - 1, 0),
    ("the inputs are counted one too low: x_0 = 1 belongs to the bias", "x", lambda i: i + 1, 0),
    ("g' is taken one layer too high", "dg", _same, -1),
    ("g' is taken one layer too low", "dg", _same, 1),
    ("the weight is taken one layer too low", "w", _same, 1),
    ("the weight is taken one layer too high", "w", _same, -1),
    ("x is taken one layer too high", "x", _same, -1),
    ("x is taken one layer too low", "x", _same, 1),
)


def repairs(
    recursion: Recursion, net: Any, part: str, ratio: Fraction | None, only_bias: bool = False
) -> Iterator[Repair]:
    """Guesses at what is wrong with one part, the likeliest first; the last replaces it by the lecture's.

    `ratio` is true value over believed value at the witness; `only_bias` says that no weight but the biases is wrong.
    """
    f, own = getattr(recursion, part), getattr(BACKPROPAGATION, part)
    if only_bias:
        sentence = (
            f"{PARTS[part]}: the bias (i = 0) is wrong: its input is x_0 = 1, so ∂e/∂w_0j = δ_j"
        )
        yield Repair(sentence, replace(recursion, **{part: own}))
    for sentence, wrap in _rows(part, ratio):
        yield Repair(f"{PARTS[part]}: {sentence}", replace(recursion, **{part: wrap(f)}))
    for sentence, family, change, shift in VIEWS:
        view = Reindexed(net, family, change, shift)

        def seen(n: Any, *index: Any, view: Any = view) -> Any:
            return f(view, *index)

        yield Repair(f"{PARTS[part]}: {sentence}", replace(recursion, **{part: seen}))
    yield Repair(
        f"{PARTS[part]}: with {LECTURE[part]} it is proved", replace(recursion, **{part: own})
    )


LECTURE = {
    "base": "δ_j = ∂e/∂x_j g'(s_j) (for softmax Σ_k ∂e/∂x_k ∂x_k/∂s_j)",
    "step": "δ_i = g'(s_i) Σ_j w_ij δ_j",
    "weight": "∂e/∂w_ij = δ_j x_i",
}
