"""How weights move by a gradient: one row an optimizer, one line of mathematics a row.

A row takes the gradient g of a batch at the weights w, all weights as one vector, and gives the change d: w ← w - d.
η is the rate, t the number of the step from 1 up; vectors of its memory start at 0 and are changed in place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..compile.special import Array
from ..errors import InputError
from ..network.names import look_up


@dataclass(frozen=True)
class Optimizer:
    """`change(g, memory, t, η, **settings)` is d; `memory` (k, size) holds k vectors; `rate` is the usual η."""

    name: str
    change: Callable[..., Array]
    rate: float
    vectors: int
    settings: Mapping[str, float]

    def __str__(self) -> str:
        """Its name and all settings, as `optimizer` reads them."""
        return ",".join([self.name, *(f"{k}={v!r}" for k, v in self.settings.items())])


def _sgd(g: Array, memory: Array, t: int, η: float) -> Array:
    """d = η g.  (Source: Y. Abu-Mostafa, Learning from Data, lecture 9.)"""
    return η * g


def _momentum(g: Array, memory: Array, t: int, η: float, momentum: float) -> Array:
    """v ← μ v + η g, d = v.  (Source: B. Polyak, Some methods of speeding up the convergence of iteration methods, 1964.)"""
    v: Array = memory[0]
    v *= momentum
    v += η * g
    return v


def _nesterov(g: Array, memory: Array, t: int, η: float, momentum: float) -> Array:
    """v ← μ v + η g, d = μ v + η g: the weights are those at the point ahead, where the gradient is taken.

    (Source: Y. Bengio, N. Boulanger-Lewandowski, R. Pascanu, Advances in optimizing recurrent networks, 2013, (7).)
    """
    return momentum * _momentum(g, memory, t, η, momentum) + η * g


def _adam(
    g: Array, memory: Array, t: int, η: float, beta1: float, beta2: float, epsilon: float
) -> Array:
    """m ← β₁ m + (1-β₁) g, v ← β₂ v + (1-β₂) g²; m̂ = m/(1-β₁ᵗ), v̂ = v/(1-β₂ᵗ); d = η m̂/(√v̂ + ε).

    (Source: D. Kingma, J. Ba, Adam: a method for stochastic optimization, 2015, algorithm 1.)
    """
    m, v = memory
    m *= beta1
    m += (1 - beta1) * g
    v *= beta2
    v += (1 - beta2) * g * g
    d: Array = η * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return d


OPTIMIZERS: dict[str, Optimizer] = {
    row.name: row
    for row in (
        Optimizer("sgd", _sgd, 0.05, 0, {}),
        Optimizer("momentum", _momentum, 0.005, 1, {"momentum": 0.9}),
        Optimizer("nesterov", _nesterov, 0.005, 1, {"momentum": 0.9}),
        Optimizer("adam", _adam, 0.001, 2, {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
    )
}
"""By name.

>>> OPTIMIZERS["sgd"].change(np.array([2.0]), np.zeros((0, 1)), 1, 0.5).tolist()
[1.0]
"""


def optimizer(choice: Any) -> Optimizer:
    """A row by its name, with changes of its settings after commas; or a row as it is.

    >>> print(optimizer("Adam, beta1=0.8"))
    adam,beta1=0.8,beta2=0.999,epsilon=1e-08

    Raises InputError for an unknown name or setting, and for a setting out of its range.
    """
    if isinstance(choice, Optimizer):
        return choice
    if not isinstance(choice, str):
        raise InputError(f"optimizer: expected one of {', '.join(OPTIMIZERS)}, got {choice!r}")
    name, *changes = choice.split(",")
    row = look_up("optimizer", name, OPTIMIZERS)
    return replace(row, settings={**row.settings, **dict(_setting(row, c) for c in changes)})


def _setting(row: Optimizer, text: str) -> tuple[str, float]:
    key, _, value = (part.strip() for part in text.partition("="))
    if key not in row.settings:
        known = (
            f"expected {', '.join(f'{k}=…' for k in row.settings)}"
            if row.settings
            else "it has none"
        )
        raise InputError(f"optimizer {row.name}, setting {text.strip()!r}: {known}")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    positive = key == "epsilon"
    if not (0 < number < math.inf if positive else 0 <= number < 1):
        range_ = "a finite number above 0" if positive else "a number from 0 to below 1"
        raise InputError(f"optimizer {row.name}, {key}: expected {range_}, got {value!r}")
    return key, number
