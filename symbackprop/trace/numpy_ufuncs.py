"""NumPy's universal functions on traced arrays: entry by entry, and their reduce, accumulate, outer and at."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from .array import World, plain, settled, values, wrapped
from .refusing import refuse
from .values import BINARY, SPECIAL, UNARY, Value

HARMLESS = {"casting", "order", "subok", "dtype", "signature"}
FLOATS = (
    None,
    float,
    np.float64,
    np.dtype(float),
    object,
    np.dtype(object),
    bool,
    "float",
    "float64",
)


def called(world: World, ufunc: Any, method: str, inputs: Any, given: dict[str, Any]) -> Any:
    """A universal function's method; whatever keyword it has is understood, or refused."""
    name = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if ufunc.__name__ not in (
        *UNARY,
        *BINARY,
        *SPECIAL,
        "matmul",
        "divmod",
        "floor_divide",
        "vecdot",
    ):
        refuse(name, "it is not traced")
    if method not in METHODS:
        refuse(name, "it is not traced")
    checked(name, given)
    out = given.pop("out", None)
    result = METHODS[method](world, ufunc, inputs, given)
    if out is None:
        return result
    return _into(world, name, out, result)


def checked(name: str, given: dict[str, Any]) -> None:
    """Refuses what is not understood; takes out what says nothing."""
    if given.get("where", True) is not True:
        refuse(f"{name}(where=…)", "the keyword is not traced")
    given.pop("where", None)
    for key in [k for k in given if k in HARMLESS]:
        value = given.pop(key)
        if key == "dtype" and value not in FLOATS:
            refuse(f"{name}(dtype={value!r})", "expected a float")
    if given.get("initial", np._NoValue) is not np._NoValue:
        refuse(f"{name}(initial=…)", "the keyword is not traced")
    given.pop("initial", None)


def _into(world: World, name: str, out: Any, result: Any) -> Any:
    """The result stored in the array that is to have it."""
    (place,) = out if isinstance(out, tuple) else (out,)
    if plain(place).dtype != object:
        refuse(f"{name}(out=…)", "a traced result can't be stored in an array of plain numbers")
    if np.shape(place) != np.shape(result):
        raise ValueError(f"{name}: an output of shape {np.shape(place)} for {np.shape(result)}")
    plain(place)[...] = plain(result)
    return place


def _call(world: World, ufunc: Any, inputs: Any, given: dict[str, Any]) -> Any:
    unknown(f"np.{ufunc.__name__}", given)
    own = [values(world, x) for x in inputs]
    if ufunc.__name__ in ("matmul", "vecdot"):
        return wrapped(world, getattr(np, ufunc.__name__)(*own))
    if ufunc.__name__ in ("divmod", "floor_divide"):
        refuse(f"np.{ufunc.__name__}", "it is not traced")
    return wrapped(world, entrywise(ufunc.__name__, own))


def entrywise(name: str, own: list[Any]) -> Any:
    return np.frompyfunc(row_of(name), len(own), 1)(*own)


def row_of(name: str) -> Callable[..., Any]:
    return UNARY.get(name) or BINARY.get(name) or SPECIAL[name]


def unknown(name: str, given: dict[str, Any]) -> None:
    if given:
        refuse(f"{name}({next(iter(given))}=…)", "the keyword is not traced")


FOLDS: dict[str, Callable[[World, list[Value]], Any]] = {
    "maximum": lambda world, v: world.largest(v),
    "minimum": lambda world, v: -world.largest([-u for u in v]),
    "logical_and": lambda world, v: reduce(lambda a, b: a & b, [u.truth() for u in v]),
    "logical_or": lambda world, v: reduce(lambda a, b: a | b, [u.truth() for u in v]),
    "add": lambda world, v: reduce(lambda a, b: a + b, v) if v else world.lift(0),
    "multiply": lambda world, v: reduce(lambda a, b: a * b, v) if v else world.lift(1),
}


def _reduce(world: World, ufunc: Any, inputs: Any, given: dict[str, Any]) -> Any:
    axis, keepdims = given.pop("axis", 0), given.pop("keepdims", False)
    unknown(f"np.{ufunc.__name__}.reduce", given)
    return folded(world, ufunc.__name__, inputs[0], axis, bool(keepdims))


def folded(world: World, name: str, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Along one axis, several, or all (None)."""
    if name not in FOLDS:
        refuse(f"np.{name}.reduce", "it is not traced")
    own = values(world, x)
    axes = range(own.ndim) if axis is None else np.atleast_1d(axis).tolist()
    axes = sorted([_axis(a, own.ndim) for a in axes])
    if len(set(axes)) != len(axes):
        raise ValueError("duplicate value in 'axis'")
    rest = [a for a in range(own.ndim) if a not in axes]
    rows = np.transpose(own, [*rest, *axes]).reshape([own.shape[a] for a in rest] + [-1])
    out = np.empty(rows.shape[:-1], dtype=object)
    for k in np.ndindex(out.shape):
        row = list(rows[k])
        if not row and name in ("maximum", "minimum"):
            raise ValueError(f"zero-size array to reduction operation {name}")
        out[k] = FOLDS[name](world, row)
    shape = [1 if a in axes else n for a, n in enumerate(own.shape)] if keepdims else out.shape
    return wrapped(world, out.reshape(shape))


def _axis(a: int, ndim: int) -> int:
    if not -ndim <= a < ndim:
        raise np.exceptions.AxisError(a, ndim)
    return int(a) % ndim


def _accumulate(world: World, ufunc: Any, inputs: Any, given: dict[str, Any]) -> Any:
    axis = given.pop("axis", 0)
    unknown(f"np.{ufunc.__name__}.accumulate", given)
    return accumulated(world, ufunc.__name__, inputs[0], axis)


def accumulated(world: World, name: str, x: Any, axis: int | None) -> Any:
    own = values(world, x)
    own = own.reshape(-1) if axis is None else own
    rows = np.moveaxis(own, axis or 0, 0).copy()
    for k in range(1, len(rows)):
        rows[k, ...] = settled(world, entrywise(name, [rows[k - 1], rows[k]]))
    return wrapped(world, np.moveaxis(rows, 0, axis or 0))


def _outer(world: World, ufunc: Any, inputs: Any, given: dict[str, Any]) -> Any:
    unknown(f"np.{ufunc.__name__}.outer", given)
    a, b = [values(world, x) for x in inputs]
    return wrapped(world, entrywise(ufunc.__name__, [a.reshape(a.shape + (1,) * b.ndim), b]))


def _at(world: World, ufunc: Any, inputs: Any, given: dict[str, Any]) -> Any:
    """f.at(x, index, y): a repeated index counts as often as it is there."""
    unknown(f"np.{ufunc.__name__}.at", given)
    x, key, *more = inputs
    if plain(x).dtype != object:
        refuse(
            f"np.{ufunc.__name__}.at", "a traced number can't be stored in an array of plain ones"
        )
    place = np.arange(x.size).reshape(x.shape)[key]
    own = plain(x)
    rows = [np.broadcast_to(values(world, y), place.shape).ravel() for y in more]
    for n, k in enumerate(place.ravel()):
        at = np.unravel_index(k, x.shape)
        old = values(world, own[at]).item()
        new = row_of(ufunc.__name__)(old, *[row[n] for row in rows])
        own[at] = world.settled(new)


METHODS: dict[str, Callable[..., Any]] = {
    "__call__": _call,
    "reduce": _reduce,
    "accumulate": _accumulate,
    "outer": _outer,
    "at": _at,
}
