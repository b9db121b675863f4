"""Names that users type: `squared-error`, `Squared Error` and `squared_error` are one name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from ..errors import InputError

Row = TypeVar("Row")

ACTIVATION_NAMES = (
    "identity",
    "tanh",
    "sigmoid",
    "relu",
    "leaky relu",
    "softplus",
    "silu",
    "gelu",
    "sin",
    "softmax",
    "opaque",
)
"""The rows of the table of activations; here too, so that a wrong name is told without loading SymPy."""
LOSS_NAMES = ("squared error", "binary cross entropy", "cross entropy", "logistic", "opaque")
"""The rows of the table of losses."""
ALIASES: dict[str, dict[str, str]] = {
    "activation": {
        "linear": "identity",
        "logistic": "sigmoid",
        "swish": "silu",
        "hyperbolic tangent": "tanh",
    },
    "loss": {"bce": "binary cross entropy", "squared": "squared error"},
}
"""Other names of activations and losses."""


def plain(name: str) -> str:
    """The name in lower case, words apart by one space.

    >>> plain("Binary_Cross-Entropy")
    'binary cross entropy'
    """
    return re.sub(r"[\s_-]+", " ", name).strip().lower()


def look_up(kind: str, name: str, table: Mapping[str, Row]) -> Row:
    """The row of a table whose key is equivalent to a name; keys count equal with and without spaces.

    Raises `InputError`, which suggests the nearest name.
    """
    compact = {key.replace(" ", ""): row for key, row in table.items()}
    wanted = ALIASES.get(kind, {}).get(plain(name), plain(name)).replace(" ", "")
    if wanted in compact:
        return compact[wanted]
    raise InputError(f"unknown {kind} {name!r}{suggestion(plain(name), table)}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """How the message about an unknown name goes on."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f": did you mean {near[0]!r}?" if near else f": expected one of {', '.join(names)}"


def check_names(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    """InputError for the first name that is not known."""
    table = {name: name for name in known}
    for name in names:
        look_up(kind, name, table)
