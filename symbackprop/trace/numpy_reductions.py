"""Sums, means, maxima and the like along axes: each as NumPy's function of that name is called, with the world first."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from .array import Traced, World, wrapped
from .numpy_ufuncs import accumulated, checked, folded, unknown
from .refusing import refuse

Axis = Any


def sum_of(
    world: World,
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    **given: Any,
) -> Any:
    return reduced(world, "add", a, axis, dtype, out, keepdims, given)


def prod_of(
    world: World,
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    **given: Any,
) -> Any:
    return reduced(world, "multiply", a, axis, dtype, out, keepdims, given)


def reduced(
    world: World,
    name: str,
    a: Any,
    axis: Axis,
    dtype: Any,
    out: Any,
    keepdims: Any,
    given: dict[str, Any],
) -> Any:
    given |= {"dtype": dtype} if dtype is not None else {}
    checked(f"np.{name}", given)
    unknown(f"np.{name}", given)
    result = folded(world, name, a, axis, kept(keepdims))
    return result if out is None else stored(out, result)


def stored(out: Any, result: Any) -> Any:
    if not isinstance(out, Traced):
        refuse("out=…", "a traced result can't be stored in an array of plain numbers")
    out[...] = result
    return out


def kept(keepdims: Any) -> bool:
    return False if keepdims is np._NoValue else bool(keepdims)


def max_of(
    world: World, a: Any, axis: Axis = None, out: Any = None, keepdims: Any = False, **given: Any
) -> Any:
    return reduced(world, "maximum", a, axis, None, out, keepdims, given)


def min_of(
    world: World, a: Any, axis: Axis = None, out: Any = None, keepdims: Any = False, **given: Any
) -> Any:
    return reduced(world, "minimum", a, axis, None, out, keepdims, given)


def any_of(
    world: World, a: Any, axis: Axis = None, out: Any = None, keepdims: Any = False, **given: Any
) -> Any:
    return reduced(world, "logical_or", a, axis, None, out, keepdims, given)


def all_of(
    world: World, a: Any, axis: Axis = None, out: Any = None, keepdims: Any = False, **given: Any
) -> Any:
    return reduced(world, "logical_and", a, axis, None, out, keepdims, given)


def counted(shape: tuple[int, ...], axis: Axis) -> int:
    axes = range(len(shape)) if axis is None else np.atleast_1d(axis).tolist()
    return int(np.prod([shape[k] for k in axes], dtype=int))


def mean_of(
    world: World,
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    **given: Any,
) -> Any:
    count = counted(np.shape(a), axis)
    total = sum_of(world, a, axis, dtype, None, keepdims, **given)
    result = (
        total * Fraction(1, count) if count else refuse("np.mean", "expected at least one number")
    )
    return result if out is None else stored(out, result)


def var_of(
    world: World,
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    **given: Any,
) -> Any:
    ddof = given.pop("correction", ddof)
    unknown("np.var", {k: v for k, v in given.items() if v is not np._NoValue})
    count = counted(np.shape(a), axis) - ddof
    a = wrapped(world, a)
    apart = a - mean_of(world, a, axis, dtype, keepdims=True)
    result = sum_of(world, apart * apart, axis, keepdims=keepdims) * (Fraction(1) / Fraction(count))
    return result if out is None else stored(out, result)


def std_of(world: World, *args: Any, **given: Any) -> Any:
    return np.sqrt(var_of(world, *args, **given))


def ptp_of(world: World, a: Any, axis: Axis = None, out: Any = None, keepdims: Any = False) -> Any:
    return max_of(world, a, axis, out, keepdims) - min_of(world, a, axis, None, keepdims)


def cumsum_of(world: World, a: Any, axis: Axis = None, dtype: Any = None, out: Any = None) -> Any:
    return accumulated(world, "add", a, axis)


def cumprod_of(world: World, a: Any, axis: Axis = None, dtype: Any = None, out: Any = None) -> Any:
    return accumulated(world, "multiply", a, axis)
