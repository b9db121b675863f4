"""How to train: the numbers that are asked for, each checked, and what may be trained on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..compile.special import Array
from ..errors import InputError
from ..network.architecture import Architecture
from ..network.losses import LOSSES
from .compiled import generator
from .optimizers import Optimizer
from .optimizers import optimizer as optimizer_row

EPOCHS = 40
RANGES: dict[str, tuple[float, float]] = {
    "logistic": (-1, 1),
    "binary cross entropy": (0, 1),
    "cross entropy": (0, 1),
}
"""Between what a loss's targets lie, by its name; they are also how it wants a wrong and the right class coded."""


@dataclass(frozen=True)
class Settings:
    """What fixes a training, but for the network and the data; `checked_settings` makes it."""

    rate: float
    epochs: int
    seed: int
    batch: int
    optimizer: Optimizer
    decay: float
    patience: int | None


def checked_settings(
    rate: Any = None,
    epochs: Any = None,
    seed: Any = 0,
    batch: Any = 1,
    optimizer: Any = "sgd",
    decay: Any = 0.0,
    patience: Any = None,
) -> Settings:
    """The settings, with the usual ones where they are None.  Raises InputError for one that makes no sense.

    >>> checked_settings(optimizer="adam").rate, checked_settings().rate, checked_settings().epochs
    (0.001, 0.05, 40)
    """
    row = optimizer_row(optimizer)
    own_rate = row.rate if rate is None else _number("rate", rate, "a finite number above 0")
    if own_rate <= 0:
        raise InputError(f"rate: expected a finite number above 0, got {rate!r}")
    shrink = _number("decay", decay, "a finite number from 0 up")
    if not 0 <= own_rate * shrink < 1:
        raise InputError(
            f"decay: expected a number from 0 to below 1/rate = {1 / own_rate:g}, got {decay!r}"
        )
    generator(seed)
    return Settings(
        own_rate,
        _positive("epochs", EPOCHS if epochs is None else epochs),
        int(seed),
        _positive("batch", batch),
        row,
        shrink,
        None if patience is None else _positive("patience", patience),
    )


def _number(name: str, value: Any, expected: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{name}: expected {expected}, got {value!r}")
    return number


def _positive(name: str, value: Any) -> int:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise InputError(f"{name}: expected an integer from 1 up, got {value!r}")
    return int(value)


def in_range(name: str, net: Architecture, values: Array) -> Array:
    """The targets as they are.  InputError, with the place, where one lies out of the range that the loss is made for."""
    if LOSSES.get(net.loss.name) is not net.loss or net.loss.name not in RANGES:
        return values
    low, high = RANGES[net.loss.name]
    outside = (values < low) | (values > high)
    if outside.any():
        row, column = (int(i) for i in np.argwhere(outside)[0])
        raise InputError(
            f"{name}: targets of {net.loss.name}: expected numbers from {low} to {high},"
            f" got {values[row, column]:g} in row {row}, column {column}"
        )
    return values
