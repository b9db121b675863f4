"""NumPy's other functions on traced arrays: a table of those that need an own definition, and one of those that move entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .array import Traced, World, is_mask, plain, settled, values, wrapped
from .numpy_linear import det_of, inv_of, matrix_power_of, norm_of, solve_of
from .numpy_reductions import (
    Axis,
    all_of,
    any_of,
    cumprod_of,
    cumsum_of,
    kept,
    max_of,
    mean_of,
    min_of,
    prod_of,
    ptp_of,
    std_of,
    stored,
    sum_of,
    var_of,
)
from .numpy_ufuncs import FLOATS, checked, entrywise, unknown
from .refusing import refuse
from .values import Value, clipped, maximum, minimum, where

MOVING = frozenset(
    [
        *("reshape", "transpose", "swapaxes", "moveaxis", "rollaxis", "squeeze", "expand_dims"),
        *("ravel", "concatenate", "stack", "vstack", "hstack", "dstack", "column_stack"),
        *("block", "split", "array_split", "hsplit", "vsplit", "dsplit", "repeat", "tile"),
        *("flip", "fliplr", "flipud", "rot90", "roll", "broadcast_to", "broadcast_arrays"),
        *("atleast_1d", "atleast_2d", "atleast_3d", "diagonal", "copy", "take"),
        *("take_along_axis", "delete", "append", "permute_dims", "matrix_transpose", "einsum"),
        *("tensordot", "dot", "inner", "outer", "vdot", "kron", "trace", "diff", "cross"),
        *("matmul", "ix_", "diag", "diagflat", "vander", "unstack", "sliding_window_view"),
        *("as_strided", "resize", "insert", "compress", "extract", "real", "select", "ediff1d"),
        *("vecdot",),
    ]
)
"""Functions that move, add and multiply entries: NumPy's own do it on arrays of objects."""
ASKING = frozenset(
    [
        *("shape", "ndim", "size", "iscomplexobj", "isrealobj", "result_type"),
        *("can_cast", "may_share_memory", "shares_memory"),
    ]
)
"""Functions that ask for no entry."""
REFUSED_KEYWORDS = ("out", "where", "casting")


def called(world: World, func: Any, args: Any, given: dict[str, Any]) -> Any:
    """A function of NumPy's with traced arrays among its arguments."""
    name = func.__name__
    if name in FUNCTIONS:
        return FUNCTIONS[name](world, *args, **given)
    if name in ASKING:
        return func(*map(_bare, args), **{k: _bare(v) for k, v in given.items()})
    if name not in MOVING or not func.__module__.startswith("numpy"):
        refuse(f"{func.__module__}.{name}", "it is not traced")
    return moved(world, func, args, given)


def moved(world: World, func: Any, args: Any, given: dict[str, Any]) -> Any:
    for key in REFUSED_KEYWORDS:
        if given.get(key) is not None:
            refuse(f"np.{func.__name__}({key}=…)", "the keyword is not traced")
    if given.get("dtype") not in FLOATS:
        refuse(f"np.{func.__name__}(dtype=…)", "expected a float")
    given.pop("dtype", None)
    result = func(*[_bare(a) for a in args], **{k: _bare(v) for k, v in given.items()})
    return _dressed(world, result)


def _bare(x: Any) -> Any:
    if isinstance(x, list | tuple):
        return type(x)([_bare(v) for v in x]) if type(x) in (list, tuple) else x
    return plain(x)


def _dressed(world: World, x: Any) -> Any:
    if isinstance(x, list | tuple):
        return type(x)([_dressed(world, v) for v in x])
    return wrapped(
        world, x, view=isinstance(x, np.ndarray) and x.base is not None and x.dtype == object
    )


# --- one row a function -----------------------------------------------------------------------------------------------


def _where(world: World, condition: Any, *pair: Any) -> Any:
    if len(pair) != 2:
        refuse("np.where of one argument", "it is not traced; expected np.where(condition, a, b)")
    c = np.frompyfunc(lambda v: v.truth(), 1, 1)(values(world, condition))
    return wrapped(
        world, np.frompyfunc(where, 3, 1)(c, values(world, pair[0]), values(world, pair[1]))
    )


def _clip(
    world: World, a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **given: Any
) -> Any:
    a_min, a_max = given.pop("min", a_min), given.pop("max", a_max)
    checked("np.clip", given)
    unknown("np.clip", given)
    own = values(world, a)
    limits = [
        v.constant() for x in (a_min, a_max) for v in values(world, 0 if x is None else x).ravel()
    ]
    if (
        a_min is not None
        and a_max is not None
        and len(limits) == 2
        and None not in limits
        and limits[0] < limits[1]
    ):
        low, high = [world.lift(n) for n in limits]
        result = wrapped(world, np.frompyfunc(lambda v: clipped(v, low, high), 1, 1)(own))
        return result if out is None else stored(out, result)
    if a_min is not None and a_min is not np._NoValue:
        own = np.frompyfunc(maximum, 2, 1)(own, values(world, a_min))
    if a_max is not None and a_max is not np._NoValue:
        own = np.frompyfunc(minimum, 2, 1)(own, values(world, a_max))
    result = wrapped(world, own)
    return result if out is None else stored(out, result)


def _astype(world: World, a: Any, dtype: Any, *args: Any, **given: Any) -> Any:
    kind = np.dtype(dtype).kind
    numbers = [v.constant() for v in values(world, a).ravel()]
    if kind == "f" or kind == "O" or (kind == "b" and is_mask(a)) or (kind in "iu" and is_mask(a)):
        own = np.frompyfunc(lambda v: v * 1 if kind != "b" else v, 1, 1)(values(world, a))
        return wrapped(world, own)
    if kind in "iub" and all(n is not None for n in numbers):
        return (
            np.array([int(n) for n in numbers if n is not None]).reshape(np.shape(a)).astype(dtype)
        )
    return refuse(f"astype({np.dtype(dtype)})", "expected a float: a rounding is not traced")


def _winner(world: World, row: list[Value]) -> int:
    """Which is the largest at this point; that it is becomes a condition."""
    best = 0
    for k in range(1, len(row)):
        best = k if (row[k] - row[best]).above().followed() else best
    for k in range(len(row)):
        if k != best:
            (row[best] - row[k]).above().followed()
    return best


def _arg(sign: int) -> Callable[..., Any]:
    def function(
        world: World, a: Any, axis: Axis = None, out: Any = None, keepdims: Any = False
    ) -> Any:
        own = values(world, a)
        own = own.reshape(-1) if axis is None else own
        rows = np.moveaxis(own, -1 if axis is None else axis, -1)
        found = np.empty(rows.shape[:-1], dtype=int)
        for k in np.ndindex(found.shape):
            found[k] = _winner(world, [v * sign for v in rows[k]])
        if kept(keepdims):
            return np.expand_dims(found, -1 if axis is None else axis)
        return found if found.shape else int(found)

    return function


def _argsort(world: World, a: Any, axis: Axis = -1, **given: Any) -> Any:
    unknown("np.argsort", {k: v for k, v in given.items() if v is not None})
    rows = np.moveaxis(values(world, a), axis, -1)
    out = np.empty(rows.shape, dtype=int)
    for k in np.ndindex(rows.shape[:-1]):
        rest, order = list(range(rows.shape[-1])), []
        while rest:
            n = rest[_winner(world, [-rows[k][j] for j in rest])]
            order.append(n)
            rest.remove(n)
        out[k] = order
    return np.moveaxis(out, -1, axis)


def _sort(world: World, a: Any, axis: Axis = -1, **given: Any) -> Any:
    return np.take_along_axis(wrapped(world, a), _argsort(world, a, axis, **given), axis)


def _like(number: Any) -> Callable[..., Any]:
    def function(
        world: World,
        a: Any,
        dtype: Any = None,
        order: Any = "K",
        subok: Any = True,
        shape: Any = None,
    ) -> Any:
        return full(world, np.shape(a) if shape is None else shape, number)

    return function


def full(world: World, shape: Any, number: Any) -> Any:
    out = np.empty(shape, dtype=object)
    for k in np.ndindex(out.shape):
        out[k] = number if number is None else world.lift(number)
    return wrapped(world, out, view=True)


def _full_like(world: World, a: Any, value: Any, dtype: Any = None, **given: Any) -> Any:
    unknown("np.full_like", given)
    return wrapped(world, np.broadcast_to(values(world, value), np.shape(a)).copy())


def _pad(world: World, a: Any, width: Any, mode: Any = "constant", **given: Any) -> Any:
    if mode == "constant":
        number = given.pop("constant_values", 0)
        unknown("np.pad", given)
        if np.ndim(number):
            refuse("np.pad(constant_values=…)", "expected one number")
        places = np.pad(np.arange(np.size(a)).reshape(np.shape(a)), width, constant_values=-1)
    elif mode in ("edge", "reflect", "symmetric", "wrap"):
        unknown("np.pad", given)
        number, places = 0, np.pad(np.arange(np.size(a)).reshape(np.shape(a)), width, mode=mode)
    else:
        refuse(f"np.pad(mode={mode!r})", "it is not traced")
    flat = values(world, a).ravel()
    out = [flat[k] if k >= 0 else world.lift(number) for k in places.ravel()]
    return wrapped(world, np.array([*out, None], dtype=object)[:-1].reshape(places.shape))


def _triangle(f: Any) -> Callable[..., Any]:
    def function(world: World, m: Any, k: int = 0) -> Any:
        kept = f(np.ones(np.shape(m)), k)
        own: Any = [values(world, m), world.lift(0)]
        return wrapped(world, np.where(kept == 1, *own))

    return function


def _average(
    world: World, a: Any, axis: Axis = None, weights: Any = None, keepdims: Any = False
) -> Any:
    if weights is None:
        return mean_of(world, a, axis, keepdims=keepdims)
    a, w = wrapped(world, a), wrapped(world, weights)
    if w.shape != a.shape:
        w = w.reshape([n if k == axis % a.ndim else 1 for k, n in enumerate(a.shape)])
    return sum_of(world, a * w, axis, keepdims=keepdims) / sum_of(
        world, w + 0 * a, axis, keepdims=keepdims
    )


def _copyto(
    world: World, dst: Any, src: Any, casting: Any = "same_kind", where: Any = True
) -> None:
    dst[...] = src if where is True else np.where(where, src, dst)


def _isfinite(value: bool) -> Callable[..., Any]:
    return lambda world, a: np.full(np.shape(a), value)


def _array(world: World, x: Any, dtype: Any = None, copy: Any = None, **given: Any) -> Any:
    """np.array, np.asarray and the like of what has traced arrays in it."""
    ndmin = given.pop("ndmin", 0)
    checked("np.array", given)
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        return _astype(world, wrapped(world, x), dtype)
    out = wrapped(world, x) if copy or not isinstance(x, Traced) else x
    return out.reshape((1,) * (ndmin - out.ndim) + out.shape) if ndmin > out.ndim else out


def _array_equal(world: World, a: Any, b: Any, equal_nan: bool = False) -> Any:
    return np.shape(a) == np.shape(b) and bool(all_of(world, wrapped(world, a) == b))


def _softmax(world: World, x: Any, axis: Axis = None) -> Any:
    e = np.exp(wrapped(world, x))
    return e / sum_of(world, e, axis, keepdims=True)


def _logsumexp(
    world: World,
    a: Any,
    axis: Axis = None,
    b: Any = None,
    keepdims: bool = False,
    return_sign: bool = False,
) -> Any:
    if return_sign:
        refuse("logsumexp(return_sign=True)", "the keyword is not traced")
    e = np.exp(wrapped(world, a))
    return np.log(sum_of(world, e if b is None else e * b, axis, keepdims=keepdims))


def _log_softmax(world: World, x: Any, axis: Axis = None) -> Any:
    return wrapped(world, x) - _logsumexp(world, x, axis, keepdims=True)


def _nan_to_num(world: World, x: Any, **given: Any) -> Any:
    return wrapped(world, x)


def _apply_entries(name: str) -> Callable[..., Any]:
    return lambda world, x, *more: wrapped(
        world, entrywise(name, [values(world, v) for v in (x, *more)])
    )


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{
        "sum": sum_of,
        "prod": prod_of,
        "mean": mean_of,
        "var": var_of,
        "std": std_of,
        "ptp": ptp_of,
    },
    **{"max": max_of, "amax": max_of, "min": min_of, "amin": min_of, "any": any_of, "all": all_of},
    **{
        "cumsum": cumsum_of,
        "cumprod": cumprod_of,
        "cumulative_sum": cumsum_of,
        "average": _average,
    },
    **{"where": _where, "clip": _clip, "astype": _astype, "copyto": _copyto},
    **{"argmax": _arg(1), "argmin": _arg(-1), "argsort": _argsort, "sort": _sort},
    **{"zeros_like": _like(0), "ones_like": _like(1), "empty_like": _like(None)},
    **{
        "full_like": _full_like,
        "pad": _pad,
        "tril": _triangle(np.tril),
        "triu": _triangle(np.triu),
    },
    **{"norm": norm_of, "matrix_power": matrix_power_of, "array_equal": _array_equal},
    **{"array": _array, "asarray": _array, "asanyarray": _array, "ascontiguousarray": _array},
    **{"nan_to_num": _nan_to_num, "logsumexp": _logsumexp, "softmax": _softmax},
    **{"log_softmax": _log_softmax, "det": det_of, "inv": inv_of, "solve": solve_of},
    **{name: _apply_entries("absolute") for name in ("abs", "fabs")},
}
"""By name: with the world first, then as NumPy's (or scipy.special's) are called."""
FUNCTIONS["dot"] = lambda world, a, b: moved(world, np.dot, (wrapped(world, a), b), {})
FUNCTIONS["trace"] = lambda world, a, offset=0, axis1=0, axis2=1: moved(
    world, np.trace, (wrapped(world, a), offset, axis1, axis2), {}
)
FUNCTIONS["round"] = lambda world, a, *args, **given: refuse("np.round", "a rounding is not traced")
FUNCTIONS["nonzero"] = lambda world, a: refuse("np.nonzero", "it is not traced")
FUNCTIONS["searchsorted"] = lambda world, a, *args: refuse("np.searchsorted", "it is not traced")
__all__ = ["FUNCTIONS", "MOVING", "called", "full", "settled"]
