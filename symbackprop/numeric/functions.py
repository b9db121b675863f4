"""The activations and losses in NumPy: one row each, stable on any finite input, and the pairs that are better as one.

Rows take and give arrays (N, d): N examples of a layer of d nodes.  They bear the names of the rows in
`network.activations` and `network.losses`, whose formulas they compute; at a kink the slope is the table's: 0 for relu.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .special import Array, erfc, gauss, sigmoid, softmax, softplus

LEAK = 0.01
TINY = 1e-300


@dataclass(frozen=True)
class Curve:
    """x = value(s), and g'(s) = slope(s, x); one that `mixes` has no slope: each of its outputs depends on all its s."""

    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array] | None

    @property
    def mixes(self) -> bool:
        return self.slope is None


@dataclass(frozen=True)
class Cost:
    """e = value(x, y), an array (N,); ∂e/∂x_j = slope(x, y), (N, d); `inside` says which outputs it is defined for."""

    value: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array], Array]
    inside: Callable[[Array], NDArray[np.bool_]] | None = None


@dataclass(frozen=True)
class Ending:
    """The output layer and the loss as one: e = error(s, x, y), an array (N,); δ^(L) = delta(s, x, y), (N, d^(L))."""

    error: Callable[[Array, Array, Array], Array]
    delta: Callable[[Array, Array, Array], Array]


# --- activations -----------------------------------------------------------------------------------------------


def _bell(s: Array) -> Array:
    """σ(s) σ(-s) = e/(1+e)² with e = exp(-|s|): no cancellation where σ is near 1, as in σ(1-σ)."""
    e = np.exp(-np.abs(s))
    out: Array = e / (1 + e) ** 2
    return out


def _normal_cdf(s: Array) -> Array:
    return 0.5 * erfc(s * -math.sqrt(0.5))


def _normal_density(s: Array) -> Array:
    return gauss(s * math.sqrt(0.5)) / math.sqrt(2 * math.pi)


def _gelu_slope(s: Array, x: Array) -> Array:
    """Φ(s) + s φ(s); Φ(s) is x/s, which spares the integral, but for an s whose half is no normal number."""
    cdf = np.divide(x, s, out=np.full_like(s, 0.5), where=np.abs(s) > TINY)
    out: Array = cdf + s * _normal_density(s)
    return out


CURVES: dict[str, Curve] = {
    "identity": Curve(lambda s: s, lambda s, x: np.ones_like(s)),
    "tanh": Curve(np.tanh, lambda s, x: 4 * _bell(2 * np.clip(s, -500, 500))),
    "sigmoid": Curve(sigmoid, lambda s, x: _bell(s)),
    "relu": Curve(lambda s: np.maximum(s, 0.0), lambda s, x: (s > 0).astype(np.float64)),
    "leaky relu": Curve(
        lambda s: np.where(s > 0, s, LEAK * s), lambda s, x: np.where(s > 0, 1.0, LEAK)
    ),
    "softplus": Curve(softplus, lambda s, x: sigmoid(s)),
    "silu": Curve(lambda s: s * sigmoid(s), lambda s, x: sigmoid(s) * (1 + s * sigmoid(-s))),
    "gelu": Curve(lambda s: s * _normal_cdf(s), _gelu_slope),
    "sin": Curve(np.sin, lambda s, x: np.cos(s)),
    "softmax": Curve(softmax, None),
}
"""By name.

>>> CURVES["tanh"].slope(np.zeros((1, 2)), np.zeros((1, 2))).tolist()
[[1.0, 1.0]]
"""


# --- losses ----------------------------------------------------------------------------------------------------


def _total(terms: Array) -> Array:
    out: Array = terms.sum(axis=1)
    return out


def _weighted(y: Array, cost: Array) -> Array:
    """y·cost, where what has no weight costs nothing, be its cost infinite: 0·∞ = 0."""
    return np.multiply(y, cost, out=np.zeros(np.shape(cost)), where=y != 0)


COSTS: dict[str, Cost] = {
    "squared error": Cost(lambda x, y: _total((x - y) ** 2 / 2), lambda x, y: x - y),
    "binary cross entropy": Cost(
        lambda x, y: -_total(y * np.log(x) + (1 - y) * np.log1p(-x)),
        lambda x, y: (x - y) / (x * (1 - x)),
        inside=lambda x: (x > 0) & (x < 1),
    ),
    "cross entropy": Cost(
        lambda x, y: -_total(y * np.log(x)),
        lambda x, y: -y / x,
        inside=lambda x: x > 0,
    ),
    "logistic": Cost(lambda x, y: _total(softplus(-y * x)), lambda x, y: -y * sigmoid(-y * x)),
}
"""By name.

>>> COSTS["squared error"].value(np.array([[1.0, 3.0]]), np.zeros((1, 2))).tolist()
[5.0]
"""


# --- pairs -----------------------------------------------------------------------------------------------------


def _surprise(s: Array) -> Array:
    """-ln softmax(s)_k = ln(1 + Σ_{j≠m} exp(s_j - s_m)) - (s_k - s_m), s_m the largest: small ones stay exact."""
    top = s.argmax(axis=1)[:, None]
    below = s - np.take_along_axis(s, top, axis=1)
    others = np.exp(below)
    np.put_along_axis(others, top, 0.0, axis=1)
    out: Array = np.log1p(others.sum(axis=1, keepdims=True)) - below
    return out


PAIRS: dict[tuple[str, str], Ending] = {
    ("softmax", "cross entropy"): Ending(
        lambda s, x, y: _total(_weighted(y, _surprise(s))),
        lambda s, x, y: x * y.sum(axis=1, keepdims=True) - y,
    ),
    ("sigmoid", "binary cross entropy"): Ending(
        lambda s, x, y: _total(y * softplus(-s) + (1 - y) * softplus(s)),
        lambda s, x, y: x - y,
    ),
    ("sigmoid", "cross entropy"): Ending(
        lambda s, x, y: _total(y * softplus(-s)),
        lambda s, x, y: -y * sigmoid(-s),
    ),
}
"""By the names of the output's activation and the loss: e and δ from s, where x alone has lost what they need.

(Source: C. Bishop, Pattern Recognition and Machine Learning, 4.3.2 and 4.3.4.)

>>> x = y = np.array([[0.25, 0.75]])
>>> PAIRS["softmax", "cross entropy"].delta(x, x, y).tolist()
[[0.0, 0.0]]
"""


def ending(curve: Curve, cost: Cost, name: str, domain: str = "") -> Ending:
    """The output layer and the loss of a pair that is not in the table: δ_j = Σ_k ∂e/∂x_k ∂x_k/∂s_j.

    With softmax, ∂x_k/∂s_j = x_k ([k=j] - x_j).  Both functions raise InputError where an output leaves the loss's domain.
    """

    def checked(x: Array) -> Array:
        if cost.inside is not None:
            _stay_inside(cost.inside(x), x, name, domain)
        return x

    def error(s: Array, x: Array, y: Array) -> Array:
        return cost.value(checked(x), y)

    def delta(s: Array, x: Array, y: Array) -> Array:
        slopes = cost.slope(checked(x), y)
        if curve.slope is not None:
            return slopes * curve.slope(s, x)
        out: Array = x * (slopes - (slopes * x).sum(axis=1, keepdims=True))
        return out

    return Ending(error, delta)


def _stay_inside(inside: NDArray[np.bool_], x: Array, name: str, domain: str) -> None:
    if not inside.all():
        n, j = (int(i) for i in np.argwhere(~inside)[0])
        raise InputError(
            f"loss {name}: expected outputs with {domain}, got x_{j + 1} = {x[n, j]:.6g} in row {n} of X"
        )
