"""All weights of a network as one vector: what an optimizer over vectors takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compile.special import Array
from ..errors import InputError
from ..network.architecture import Architecture
from .compiled import Compiled, compile_network, initial_weights, numbers


@dataclass(frozen=True)
class Flat:
    """A network's error and gradient as functions of one vector v of shape (size,), for `scipy.optimize.minimize`; in doubles.

    The order in v is that of `net.weights`: layer by layer, node by node of the layer below, its bias first.
    `start` is where to start.  X has shape (N, d^(0)), Y (N, d^(L)), a list W the shapes of `Compiled`.
    Each method raises InputError for a wrong shape, and where an output leaves the loss's domain.

    >>> flat = flat_weights(Architecture([1, 1], "identity"), [[[1.0], [2.0]]])
    >>> flat.size, flat.start.tolist()
    (2, [1.0, 2.0])
    >>> flat.error_and_gradient(flat.start, [[3.0]], [[5.0]])
    (2.0, array([2., 6.]))
    """

    f: Compiled
    start: Array

    @property
    def size(self) -> int:
        """How many weights there are."""
        return sum((below + 1) * d for below, d in pairwise(self.f.d))

    def pack(self, W: Any) -> Array:
        """A list of arrays as one vector, of its own memory.

        >>> flat_weights(Architecture([1, 2])).pack([[[1, 2], [3, 4]]]).tolist()
        [1.0, 2.0, 3.0, 4.0]
        """
        return joined(self.f.weights(W)).astype(np.float64, copy=False)

    def unpack(self, v: Any) -> list[Array]:
        """The list of arrays that `pack` made v from, of their own memory.

        >>> [w.tolist() for w in flat_weights(Architecture([1, 1, 1])).unpack([1, 2, 3, 4])]
        [[[1.0], [2.0]], [[3.0], [4.0]]]
        """
        return [w.copy() for w in views(self.f.d, self._vector(v))]

    def error(self, v: Any, X: Any, Y: Any, reduction: str = "mean") -> float:
        """The mean (or sum) of e over the batch."""
        return self.f.error(views(self.f.d, self._vector(v)), X, Y, reduction)

    def gradient(self, v: Any, X: Any, Y: Any, reduction: str = "mean") -> Array:
        """The mean (or sum) of ∂e/∂w over the batch, shape (size,)."""
        return joined(self.f.gradient(views(self.f.d, self._vector(v)), X, Y, reduction))

    def error_and_gradient(
        self, v: Any, X: Any, Y: Any, reduction: str = "mean"
    ) -> tuple[float, Array]:
        """Both: what `minimize(…, jac=True)` expects of its function."""
        return self.error(v, X, Y, reduction), self.gradient(v, X, Y, reduction)

    def _vector(self, v: Any) -> Array:
        a = numbers("v", v)
        if a.shape != (self.size,):
            raise InputError(f"v: expected shape ({self.size},), got {a.shape}")
        return a


def flat_weights(net: Architecture, W: Any = None) -> Flat:
    """The network over vectors, with W (or `initial_weights`) as the start."""
    f = compile_network(net)
    start = joined(f.weights(initial_weights(net) if W is None else W))
    start = start.astype(np.float64)
    start.flags.writeable = (
        False  # an optimizer that works in place would change where the next one starts
    )
    return Flat(f, start)


def joined(W: Sequence[Array]) -> Array:
    """Arrays end to end, each row by row."""
    return np.concatenate([w.ravel() for w in W])


def views(d: tuple[int, ...], v: Array) -> list[Array]:
    """The layers' arrays in a vector: what changes in one changes in the other."""
    shapes = [(below + 1, above) for below, above in pairwise(d)]
    ends = np.cumsum([rows * columns for rows, columns in shapes])[:-1]
    return [part.reshape(s) for part, s in zip(np.split(v, ends), shapes, strict=True)]


def biases(d: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which entries of the vector are biases.

    >>> biases((1, 2)).tolist()
    [True, True, False, False]
    """
    marks = [np.arange((below + 1) * above) < above for below, above in pairwise(d)]
    return np.concatenate(marks)
