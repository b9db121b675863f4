"""Stochastic gradient descent, as the course has it: one example at a time, at random.

(Source: Y. Abu-Mostafa, Learning from Data, lectures 9 and 10.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..compile.special import Array
from ..errors import InputError
from ..network.architecture import Architecture
from .compiled import Compiled, compile_network, generator, initial_weights

Progress = Callable[[int, int, float], None]
RATE = 0.05
EPOCHS = 40
ORDER = 1
"""The stream of random numbers that orders the examples; stream 0 makes the initial weights."""


@dataclass(frozen=True)
class Trained:
    """The weights at the end, a list as `Compiled` takes it, and the mean error over all examples after each epoch."""

    weights: list[Array]
    errors: tuple[float, ...]


def train(
    net: Architecture,
    X: Any,
    Y: Any,
    rate: float = RATE,
    epochs: int = EPOCHS,
    seed: int = 0,
    W: Any = None,
    progress: Progress | None = None,
) -> Trained:
    """w ← w - rate ∂e_n/∂w for one example n after the other; each epoch visits all of them in a new random order.

    X has shape (N, d^(0)), Y (N, d^(L)); W, if given, is where to start (it is not changed), else `initial_weights`.
    After each epoch `progress(epoch, epochs, error)` is called.  The same arguments give the same weights.
    Raises InputError for bad shapes, for numbers that are not finite, and where the training diverges.
    A KeyboardInterrupt goes through: nothing is half done but the training itself.

    >>> net = Architecture([1, 1], "identity")
    >>> X = np.array([[0.0], [1.0], [2.0]])
    >>> [w.round(3).tolist() for w in train(net, X, 3 * X + 1, rate=0.2, epochs=100).weights]
    [[[1.0], [3.0]]]
    """
    f = compile_network(net)
    inputs = _finite("X", f.inputs(X))
    targets = _finite("Y", f.targets(Y, len(inputs)))
    if not len(inputs):
        raise InputError("X: expected at least one example, got none")
    rate, epochs = checked_rate(rate), checked_epochs(epochs)
    order = generator(seed, ORDER)
    start = f.weights(initial_weights(net, seed) if W is None else W)
    weights = [_finite(f"W[{l}]", w).copy() for l, w in enumerate(start)]
    errors = []
    for epoch in range(1, epochs + 1):
        errors.append(_epoch(f, weights, inputs, targets, rate, order, f"{epoch} of {epochs}"))
        if progress is not None:
            progress(epoch, epochs, errors[-1])
    return Trained(weights, tuple(errors))


def _epoch(
    f: Compiled,
    W: list[Array],
    X: Array,
    Y: Array,
    rate: float,
    order: np.random.Generator,
    when: str,
) -> float:
    """One visit to each example, and the mean error after it; W is changed in place."""
    # A rate too large runs the weights to infinity: told from the result, once an epoch, not by a warning.
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            for n in order.permutation(len(X)):
                step(f, W, X[n : n + 1], Y[n : n + 1], rate)
            error = f.error(W, X, Y)
        except InputError as problem:
            raise InputError(f"training, epoch {when}: {problem}") from None
    if not math.isfinite(error) or not all(np.isfinite(w).all() for w in W):
        raise InputError(
            f"training diverged in epoch {when}: expected finite weights and error,"
            f" got error {error:g}; a rate below {rate:g} may help"
        )
    return error


def step(f: Compiled, W: list[Array], x: Array, y: Array, rate: float) -> None:
    """w ← w - rate ∂e/∂w on one example, x of shape (1, d^(0)), y (1, d^(L)); W is changed in place."""
    for w, slope in zip(W, f.gradient(W, x, y), strict=True):
        w -= rate * slope


def _finite(name: str, values: Array) -> Array:
    if not np.isfinite(values).all():
        row, column = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
        raise InputError(
            f"{name}: expected finite numbers, got {values[row, column]} in row {row}, column {column}"
        )
    return values


def checked_rate(rate: Any) -> float:
    try:
        value = float(rate)
    except (TypeError, ValueError):
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"rate: expected a finite number above 0, got {rate!r}")
    return value


def checked_epochs(epochs: Any) -> int:
    if not isinstance(epochs, int | np.integer) or isinstance(epochs, bool) or epochs < 1:
        raise InputError(f"epochs: expected an integer from 1 up, got {epochs!r}")
    return int(epochs)
