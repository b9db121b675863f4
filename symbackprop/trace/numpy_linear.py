"""Norms, powers, determinants and inverses of small matrices, by their formulas."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from .array import World, values, wrapped
from .numpy_reductions import Axis, max_of, sum_of
from .refusing import refuse
from .values import Value

MAX_MATRIX = 4
"""Rows of a matrix that is inverted."""


def norm_of(world: World, x: Any, ord: Any = None, axis: Axis = None, keepdims: Any = False) -> Any:
    """The norm of vectors; of a matrix, that of its entries (Frobenius)."""
    vector = np.ndim(x) == 1 or isinstance(axis, int)
    x = wrapped(world, x)
    if ord is None or (ord == 2 and vector) or (ord == "fro" and not vector):
        return np.sqrt(sum_of(world, x * x, axis, keepdims=keepdims))
    if not vector:
        refuse(f"np.linalg.norm(ord={ord!r})", "expected a norm of vectors")
    if ord in (1, np.inf):
        return (sum_of if ord == 1 else max_of)(world, np.abs(x), axis, keepdims=keepdims)
    power = sum_of(world, np.abs(x) ** ord, axis, keepdims=keepdims)
    return power ** (Fraction(1) / Fraction(ord))


def matrix_power_of(world: World, a: Any, n: int) -> Any:
    out = wrapped(world, np.eye(len(a), dtype=object))
    if n < 0:
        refuse("np.linalg.matrix_power of a negative power", "it is not traced")
    for _ in range(n):
        out = out @ a
    return out


def det_of(world: World, a: Any) -> Any:
    """By the first row; of stacks of matrices, too."""
    own = values(world, a)
    if own.ndim > 2:
        found = [values(world, det_of(world, m)).item() for m in own.reshape(-1, *own.shape[-2:])]
        return wrapped(world, np.array([*found, None], dtype=object)[:-1].reshape(own.shape[:-2]))
    if own.shape[0] != own.shape[1] or len(own) > MAX_MATRIX:
        refuse("np.linalg.det", f"expected a square matrix of at most {MAX_MATRIX} rows")
    return wrapped(world, _minor(world, own))


def _minor(world: World, own: Any) -> Value:
    if not len(own):
        return world.lift(1)
    total: Any = world.lift(0)
    for k in range(len(own)):
        rest = np.delete(own[1:], k, axis=1)
        total = total + own[0, k] * _minor(world, rest) * (-1) ** k
    return world.settled(total)


def inv_of(world: World, a: Any) -> Any:
    own = values(world, a)
    if own.ndim != 2:
        refuse("np.linalg.inv of a stack", "it is not traced; expected one matrix")
    det = det_of(world, own)
    out = np.empty(own.shape, dtype=object)
    for i, j in np.ndindex(own.shape):
        out[j, i] = _minor(world, np.delete(np.delete(own, i, 0), j, 1)) * (-1) ** (i + j)
    return wrapped(world, out) / det


def solve_of(world: World, a: Any, b: Any) -> Any:
    return inv_of(world, a) @ wrapped(world, b)
