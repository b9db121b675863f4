"""Examples from a CSV file, and how they are split.

A row is d^(0) inputs, then d^(L) targets or one class number 0..d^(L)-1; a first row without any number is a header.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..compile.special import Array
from ..errors import InputError
from .compiled import generator

SPLITTING = 2
"""The stream of random numbers that splits the examples; 0 and 1 are the weights' and the order's."""

Labels = NDArray[np.int64]


Codes = tuple[float, float]
"""The targets of a wrong and of the right class."""


@dataclass(frozen=True)
class Examples:
    """X of shape (N, d^(0)) and Y (N, d^(L)); where the targets are classes, their numbers (N,) and how Y codes them."""

    X: Array
    Y: Array
    labels: Labels | None = None
    codes: Codes = (0, 1)


@dataclass(frozen=True)
class Row:
    """The cells of one line of a file, and which line."""

    line: int
    cells: list[str]


def read_csv(path: str | Path, inputs: int, outputs: int, codes: Codes | None = None) -> Examples:
    """The examples in a CSV file, for a network of so many inputs and outputs.

    A class number becomes `outputs` targets, coded as said or else as 0 and 1.  With one output the last column is its
    target.  Raises InputError, with the file and the line, for anything but rows of finite numbers of one length.
    """
    rows = _rows(path)
    if rows and not any(_is_number(cell) for cell in rows[0].cells):
        header, rows = rows[0], rows[1:]
        if rows and len(rows[0].cells) != len(header.cells):
            raise InputError(
                f"{path}, line {rows[0].line}: expected {len(header.cells)} columns as in the header,"
                f" got {len(rows[0].cells)}"
            )
    if not rows:
        raise InputError(f"{path}: expected rows of numbers, got none")
    _check_widths(path, rows, inputs, outputs)
    table = np.array([_values(path, row) for row in rows])
    X, rest = table[:, :inputs], table[:, inputs:]
    if rest.shape[1] == 1 and outputs > 1:
        labels = _classes(path, rows, rest[:, 0], outputs)
        return classified(X, labels, outputs, codes or (0, 1))
    return coded(X, rest, codes)


def coded(X: Array, Y: Array, codes: Codes | None = None) -> Examples:
    """Examples of targets Y of shape (N, d), which are classes if they look it: two values, one high value a row for d > 1.

    The two values are 0 and 1, or -1 and 1.  Classes are coded anew where `codes` say how; else Y stays as it is.

    >>> coded(np.zeros((2, 1)), np.array([[0.0], [1.0]]), (-1, 1)).Y.tolist()
    [[-1.0], [1.0]]
    """
    for low, high in ((0.0, 1.0), (-1.0, 1.0)):
        right = np.equal(Y, high)
        if (right | np.equal(Y, low)).all() and (Y.shape[1] == 1 or (right.sum(axis=1) == 1).all()):
            labels: Labels = right[:, 0].astype(np.int64) if Y.shape[1] == 1 else Y.argmax(axis=1)
            low, high = codes or (low, high)
            return Examples(X, np.where(right, float(high), float(low)), labels, (low, high))
    return Examples(X, Y)


def classified(X: Array, labels: Labels, d: int, codes: Codes = (0, 1)) -> Examples:
    """Examples of class numbers, shape (N,), as d targets each.

    >>> classified(np.zeros((2, 1)), np.array([1, 0]), 2, (-1, 1)).Y.tolist()
    [[-1.0, 1.0], [1.0, -1.0]]
    """
    low, high = codes
    Y = np.where(labels[:, None] == np.arange(d), float(high), float(low))
    return Examples(X, Y, labels, codes)


def split(N: int, seed: int, fraction: float = 0.2) -> tuple[Labels, Labels]:
    """The row numbers to train on and those held out, drawn at random; at least one of each.

    >>> [len(part) for part in split(1797, seed=0)]
    [1438, 359]

    Raises InputError for fewer than 2 examples.
    """
    if N < 2:
        raise InputError(f"data: expected at least 2 examples, to hold one out, got {N}")
    held = min(max(round(N * fraction), 1), N - 1)
    order = generator(seed, SPLITTING).permutation(N)
    return order[held:], order[:held]


# --- lines of text ---------------------------------------------------------------------------------------------


def _rows(path: str | Path) -> list[Row]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return list(_filled(csv.reader(file)))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise InputError(f"{path}: expected a CSV file in UTF-8, but {error}") from None


def _filled(reader: Iterator[list[str]]) -> Iterator[Row]:
    """The lines that are not blank; `line_num` counts lines of the file, not rows."""
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Row(reader.line_num, cells)  # type: ignore[attr-defined]


def _check_widths(path: str | Path, rows: Sequence[Row], inputs: int, outputs: int) -> None:
    first = rows[0]
    width = len(first.cells)
    if width not in (inputs + 1, inputs + outputs):
        classes = "" if outputs == 1 else f"{inputs + 1} columns ({inputs} inputs, a class) or "
        targets = "a target" if outputs == 1 else f"{outputs} targets"
        raise InputError(
            f"{path}, line {first.line}: expected {classes}{inputs + outputs} columns"
            f" ({inputs} inputs, {targets}), got {width}"
        )
    for row in rows:
        if len(row.cells) != width:
            raise InputError(
                f"{path}, line {row.line}: expected {width} columns as in line {first.line},"
                f" got {len(row.cells)}"
            )


NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
NO_FINITE_NUMBER = re.compile(r"\s*[+-]?(nan|inf|infinity)\s*", re.ASCII | re.IGNORECASE)


def _is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell) or NO_FINITE_NUMBER.fullmatch(cell))


def _values(path: str | Path, row: Row) -> list[float]:
    values = []
    for column, cell in enumerate(row.cells, 1):
        value = float(cell) if NUMBER.fullmatch(cell) else math.nan
        if not math.isfinite(value):
            kind = "finite number" if _is_number(cell) else "number"
            raise InputError(
                f"{path}, line {row.line}, column {column}: expected a {kind}, got {cell[:40]!r}"
            )
        values.append(value)
    return values


def _classes(path: str | Path, rows: Sequence[Row], values: Array, d: int) -> Labels:
    wrong = np.flatnonzero((values != np.round(values)) | (values < 0) | (values >= d))
    if len(wrong):
        row = rows[int(wrong[0])]
        raise InputError(
            f"{path}, line {row.line}: expected a class number from 0 to {d - 1},"
            f" got {row.cells[-1].strip()!r}"
        )
    return values.astype(np.int64)
