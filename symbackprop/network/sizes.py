"""The widths of a network as a user gives them.  No SymPy here: a usage error is to come at once."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Sequence

from ..errors import InputError

MAX_NODES = 1_000_000


def parse_sizes(text: str) -> list[int]:
    """`2-3-1` as a list of widths.

    >>> parse_sizes("2-3-1")
    [2, 3, 1]

    Raises InputError for a part that is no positive integer.
    """
    parts = re.split(r"\s*[-–,]\s*", text.strip())
    for part in parts:
        if not re.fullmatch(r"[0-9]{1,9}", part):
            raise InputError(
                f"sizes {text!r}: expected positive integers such as 2-3-1, got {part!r}"
            )
    return check_sizes([int(part) for part in parts], text)


def check_sizes(sizes: object, text: str | None = None) -> list[int]:
    """The widths d^(0), …, d^(L) as a list of ints.  Raises InputError where they make no network."""
    if not isinstance(sizes, Iterable):
        raise InputError(f"sizes {sizes!r}: expected a list of widths, or text such as 2-3-1")
    sizes = list(sizes)
    shown = repr(text) if text is not None else str(sizes)
    widths = [_width(d, l, shown) for l, d in enumerate(sizes)]
    if len(widths) < 2:
        raise InputError(
            f"sizes {shown}: expected at least two layers, the inputs and the outputs, got {len(widths)}"
        )
    if sum(widths) > MAX_NODES:
        raise InputError(f"sizes {shown}: expected at most {MAX_NODES} nodes, got {sum(widths)}")
    return widths


def _width(d: object, l: int, shown: str) -> int:
    """A width as an int; NumPy's and SymPy's integers are integers too."""
    try:
        if isinstance(d, bool):
            raise TypeError
        width = operator.index(d)  # type: ignore[arg-type]
    except TypeError:
        raise InputError(f"sizes {shown}: expected integers, got {d!r} in layer {l}") from None
    if width < 1:
        raise InputError(
            f"sizes {shown}: expected at least 1 node in every layer, got {d} in layer {l}"
        )
    return width


def paths(sizes: Sequence[int]) -> int:
    """How many products the mechanical gradient has: the paths from each weight up to the error, over all weights.

    >>> paths([2, 3, 1])
    13
    """
    total, above = 0, 1
    for l in range(len(sizes) - 1, 0, -1):
        total += (sizes[l - 1] + 1) * sizes[l] * above
        above *= sizes[l]
    return total
