"""A network as NumPy functions on batches: forward, the δ of every node, the error, its gradient in every weight.

With X^(0) = X and a first column of ones for the biases, S^(l) = [1 X^(l-1)] W^(l), X^(l) = g_l(S^(l));
Δ^(L) from the loss, Δ^(l-1) = g'(S^(l-1)) * (Δ^(l) W^(l)ᵀ without the bias row); ∂e/∂W^(l) = [1 X^(l-1)]ᵀ Δ^(l).
(Source: Y. Abu-Mostafa, Learning from Data, lecture 10, with the examples of a batch as rows.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from ..network.activations import ACTIVATIONS
from ..network.architecture import Architecture
from ..network.losses import LOSSES
from .functions import COSTS, CURVES, PAIRS, Cost, Curve, Ending, ending
from .special import Array

Weights = Sequence[Array]


@dataclass(frozen=True)
class Passed:
    """What a forward pass leaves: s[l-1] is S^(l), x[l] is X^(l), x[0] the inputs."""

    s: list[Array]
    x: list[Array]


@dataclass(frozen=True)
class Compiled:
    """The functions of one network.

    Everywhere X has shape (N, d^(0)), Y (N, d^(L)), and W is a list with W[l-1] of shape (d^(l-1)+1, d^(l)), row 0 the
    biases.  Numbers are doubles; arguments are never changed.  Each method raises InputError for a wrong shape, and where
    an output leaves the loss's domain.  A value beyond the largest double comes out as inf.

    >>> f = compile_network(Architecture([1, 1], "identity"))
    >>> W, X, Y = [np.array([[1.0], [2.0]])], np.array([[3.0], [0.0]]), np.array([[5.0], [1.0]])
    >>> f.forward(W, X).tolist(), f.error(W, X, Y), f.gradient(W, X, Y)[0].tolist()
    ([[7.0], [1.0]], 1.0, [[1.0], [3.0]])
    """

    d: tuple[int, ...]
    curves: tuple[Curve, ...]
    ending: Ending

    def forward(self, W: Any, X: Any) -> Array:
        """The outputs x^(L), shape (N, d^(L))."""
        weights, inputs = self.weights(W), self.inputs(X)
        with np.errstate(over="ignore"):
            return self.passed(weights, inputs).x[-1]

    def deltas(self, W: Any, X: Any, Y: Any) -> list[Array]:
        """δ^(1), …, δ^(L) of each example: a list of L arrays (N, d^(l)); no reduction divides them."""
        weights, inputs = self.weights(W), self.inputs(X)
        targets = self.targets(Y, len(inputs))
        with np.errstate(over="ignore"):
            return self.deltas_of(weights, self.passed(weights, inputs), targets)

    def error(self, W: Any, X: Any, Y: Any, reduction: str = "mean") -> float:
        """The mean (or sum) of e over the batch; over no example it is 0."""
        weights, inputs = self.weights(W), self.inputs(X)
        targets, scale = self.targets(Y, len(inputs)), _scale(reduction, len(inputs))
        with np.errstate(over="ignore"):
            p = self.passed(weights, inputs)
            return float(self.ending.error(p.s[-1], p.x[-1], targets).sum() * scale)

    def gradient(self, W: Any, X: Any, Y: Any, reduction: str = "mean") -> list[Array]:
        """The mean (or sum) of ∂e/∂w over the batch: a list of arrays shaped as W; over no example they are 0."""
        weights, inputs = self.weights(W), self.inputs(X)
        targets, scale = self.targets(Y, len(inputs)), _scale(reduction, len(inputs))
        with np.errstate(over="ignore"):
            p = self.passed(weights, inputs)
            deltas = self.deltas_of(weights, p, targets)
            return [
                np.vstack([δ.sum(axis=0), x.T @ δ]) * scale
                for x, δ in zip(p.x[:-1], deltas, strict=True)
            ]

    # --- the two passes, on arrays that are known to fit

    def passed(self, W: Weights, X: Array) -> Passed:
        """The forward pass over arrays that `weights` and `inputs` have let through."""
        s: list[Array] = []
        x = [X]
        for w, curve in zip(W, self.curves, strict=True):
            s.append(x[-1] @ w[1:] + w[0])
            x.append(curve.value(s[-1]))
        return Passed(s, x)

    def deltas_of(self, W: Weights, p: Passed, Y: Array) -> list[Array]:
        """The backward pass over what `passed` left and `targets` let through."""
        deltas = [self.ending.delta(p.s[-1], p.x[-1], Y)]
        for l in range(len(W) - 1, 0, -1):
            slope = self.curves[l - 1].slope
            assert (
                slope is not None
            )  # softmax stands in the output layer alone: Architecture sees to it
            deltas.append(slope(p.s[l - 1], p.x[l]) * (deltas[-1] @ W[l][1:].T))
        return deltas[::-1]

    # --- arguments

    def weights(self, W: Any) -> list[Array]:
        """W (or what `train` gave) as a list of arrays of doubles.  Raises InputError where one doesn't fit."""
        W = getattr(W, "weights", W)
        if not isinstance(W, list | tuple) or len(W) != len(self.d) - 1:
            raise InputError(
                f"W: expected a list of {len(self.d) - 1} arrays, one a layer, got {_described(W)}"
            )
        return [self._shaped(f"W[{l}]", w, (self.d[l] + 1, self.d[l + 1])) for l, w in enumerate(W)]

    def inputs(self, X: Any) -> Array:
        """X as doubles.  Raises InputError unless its shape is (N, d^(0))."""
        x = numbers("X", X)
        if x.ndim != 2 or x.shape[1] != self.d[0]:
            raise InputError(f"X: expected shape (N, {self.d[0]}), a row an example, got {x.shape}")
        return x

    def targets(self, Y: Any, N: int) -> Array:
        """Y as doubles.  Raises InputError unless its shape is (N, d^(L))."""
        return self._shaped("Y", Y, (N, self.d[-1]))

    def _shaped(self, name: str, values: Any, shape: tuple[int, int]) -> Array:
        a = numbers(name, values)
        if a.shape != shape:
            raise InputError(f"{name}: expected shape {shape}, got {a.shape}")
        return a


def compile_network(net: Architecture) -> Compiled:
    """The network's NumPy functions.

    Raises InputError where an activation or the loss is opaque: there is nothing to compute.
    """
    return Compiled(net.d, tuple(_curve(net, l) for l in range(1, net.L + 1)), _ending(net))


def initial_weights(net: Architecture, seed: int = 0) -> list[Array]:
    """Weights to start from: uniform on ±√(6/(d^(l-1)+d^(l))), biases 0; the same for the same seed.

    (Source: X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010, (16).)

    >>> [w.shape for w in initial_weights(Architecture([2, 3, 1]))]
    [(3, 3), (4, 1)]

    Raises InputError for a seed that is no integer ≥ 0.
    """
    random = generator(seed)
    W = []
    for below, d in zip(net.d, net.d[1:], strict=False):
        bound = np.sqrt(6 / (below + d))
        W.append(np.vstack([np.zeros((1, d)), random.uniform(-bound, bound, (below, d))]))
    return W


def generator(seed: Any, stream: int = 0) -> np.random.Generator:
    """A random generator; what is drawn from one stream of a seed says nothing about another."""
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise InputError(f"seed: expected an integer from 0 up, got {seed!r}")
    return np.random.default_rng((int(seed), stream))


def numbers(name: str, values: Any) -> Array:
    """An array of doubles.  Raises InputError for anything else: text, complex numbers, rows of unequal length."""
    try:
        a = np.asarray(values)
        if a.dtype.kind not in "biufO":
            raise ValueError
        return a.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError):
        raise InputError(
            f"{name}: expected an array of real numbers, got {_described(values)}"
        ) from None


def _curve(net: Architecture, l: int) -> Curve:
    row = net.activation(l)
    if row.opaque:
        raise InputError(
            f"activation {row.name!r} of layer {l}: has no formula, so there is nothing to compute;"
            f" expected one of {', '.join(CURVES)}, or a formula"
        )
    if ACTIVATIONS.get(row.name) is row:
        return CURVES[row.name]
    if row.mixes:
        raise InputError(f"activation {row.name!r} of layer {l}: expected one function of one s")
    from .formulas import custom_curve

    return custom_curve(row)


def _ending(net: Architecture) -> Ending:
    row, last = net.loss, net.activation(net.L)
    if row.opaque:
        raise InputError(
            f"loss {row.name!r}: has no formula, so there is nothing to compute;"
            f" expected one of {', '.join(COSTS)}, or a formula"
        )
    own_row, own_last = LOSSES.get(row.name) is row, ACTIVATIONS.get(last.name) is last
    if own_row and own_last and (last.name, row.name) in PAIRS:
        return PAIRS[last.name, row.name]
    return ending(_curve(net, net.L), _cost(net), row.name, row.domain)


def _cost(net: Architecture) -> Cost:
    if LOSSES.get(net.loss.name) is net.loss:
        return COSTS[net.loss.name]
    from .formulas import custom_cost

    return custom_cost(net.loss, net.d[-1])


def _scale(reduction: str, N: int) -> float:
    if reduction not in ("mean", "sum"):
        raise InputError(f"reduction: expected 'mean' or 'sum', got {reduction!r}")
    return 1 / max(N, 1) if reduction == "mean" else 1.0


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    return repr(value)[:60]
