"""A compiled function of arrays: what it is given is checked before the code runs, so that NumPy never has to complain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from operator import index
from typing import Any

import numpy as np

from ..errors import InputError
from .expressions import Lowered


@dataclass(frozen=True)
class ArrayFunction:
    """A function of arrays made from an index expression; `source` is the whole of what runs.

    `indices` are the result's dimensions.  Calling it raises InputError where a shape does not fit, and says which.
    """

    source: str
    indices: tuple[str, ...]
    arguments: tuple[str, ...]
    dimensions: Mapping[str, int]
    lowered: Lowered
    target: str
    code: Callable[..., Any]
    exact: Callable[..., Any] | None = None

    def __call__(self, *values: Any) -> Any:
        if len(values) != len(self.arguments):
            expected = ", ".join(self.arguments)
            raise InputError(
                f"expected {len(self.arguments)} arguments ({expected}), got {len(values)}"
            )
        given = dict(zip(self.arguments, values, strict=True))
        counts = {n.width for n in self.lowered.needs} & {*given}
        arrays = {n: _count(n, v) if n in counts else self._array(n, v) for n, v in given.items()}
        self._agree(arrays)
        if self.target != "numpy":
            return FRAMEWORKS[self.target].result(self.code, arrays)
        if any(a.dtype == object for a in arrays.values() if not isinstance(a, int)):
            return self._exactly(arrays)
        return self._computed(arrays)

    def _exactly(self, arrays: Mapping[str, Any]) -> Any:
        """Of fractions a fraction, where the formula is rational; else of what they are as floats."""
        whole = all(isinstance(a, int) or a.dtype == object for a in arrays.values())
        if self.exact is None or not whole:
            floats = {
                n: a if isinstance(a, int) or a.dtype != object else a.astype(np.float64)
                for n, a in arrays.items()
            }
            return self._computed(floats)
        given = [a if isinstance(a, int) else a[()] for a in arrays.values()]
        try:
            out = self.exact(*given)
        except ZeroDivisionError:
            raise InputError("division by 0, which fractions do not have") from None
        return out.copy() if isinstance(out, np.ndarray) else out

    def _computed(self, arrays: Mapping[str, Any]) -> Any:
        """The result in the precision of the arrays: a number beside them has none of its own."""
        try:
            with np.errstate(all="ignore"):
                out = np.asarray(self.code(*arrays.values()))
        except ValueError as error:  # such as a softmax of no numbers
            raise InputError(f"no value for arrays of these shapes: {error}") from None
        numbers = [a for a in arrays.values() if not isinstance(a, int)]
        kinds = [a.dtype for a in numbers if a.ndim] or [a.dtype for a in numbers]
        shares = any(np.may_share_memory(out, a) for a in numbers)
        return out.astype(np.result_type(*kinds) if kinds else np.float64, copy=shares)[()]

    def _array(self, name: str, value: Any) -> Any:
        try:
            array = FRAMEWORKS[self.target].array(value)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            raise InputError(
                f"{name}: expected an array of real numbers, got {repr(value)[:60]}"
            ) from None
        wanted, shape = self.dimensions.get(name), tuple(array.shape)
        if wanted is not None and len(shape) != wanted:
            raise InputError(f"{name}: expected {wanted} dimensions, got shape {shape}")
        return array

    def _agree(self, arrays: Mapping[str, Any]) -> None:
        """InputError where two arrays tell an index to run to different ends, or have too few entries."""
        ones = {i.name: 1 for i in self.lowered.inputs if i.one}
        shapes = {
            n: [k + ones.get(n, 0) for k in a.shape] for n, a in arrays.items() if not _is_count(a)
        }
        ends = {"": 0, **{n: a for n, a in arrays.items() if _is_count(a)}}

        def expect(name: str, k: int, count: int, why: str = "", least: str = "at least ") -> None:
            got = shapes[name][k]
            if got < count or (got > count and not least):
                own = max(count - ones.get(name, 0), 0), got - ones.get(name, 0)
                text = f"{least}{own[0]} entries in dimension {k}{why}, got {own[1]}"
                raise InputError(f"{name}: expected {text}")

        for end, (first, *others) in self.lowered.lengths.items():
            ends[end] = shapes[first.source][first.dimension] + first.more
            why = f" (index {end.removeprefix('last_')}, as {first.source} has them)"
            for p in others:
                expect(p.source, p.dimension, ends[end] - p.more, why, "")
        for n in self.lowered.needs:
            if n.source:
                expect(n.source, n.dimension, ends[n.width] + n.more)
            elif n.width in self.lowered.lengths:
                told = self.lowered.lengths[n.width][0]
                expect(told.source, told.dimension, n.least - told.more)
            elif ends[n.width] < n.least:
                raise InputError(f"{n.width}: expected at least {n.least}, got {ends[n.width]}")


def _is_count(a: Any) -> bool:
    return isinstance(a, int)


def _count(name: str, value: Any) -> int:
    """How far a sum runs: an integer of any kind."""
    try:
        return index(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError):
        raise InputError(f"{name}: expected an integer, got {repr(value)[:60]}") from None


# --- what an array is ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Framework:
    """How a value becomes an array of real numbers, and how the code is run."""

    array: Callable[[Any], Any]
    result: Callable[[Callable[..., Any], Mapping[str, Any]], Any]


def _numpy(value: Any) -> Any:
    a = np.asarray(value)
    if a.dtype == object:
        return _objects(a)
    if a.dtype.kind not in "biuf":
        raise ValueError
    return a if a.dtype.kind == "f" else a.astype(np.float64)


def _objects(a: Any) -> Any:
    """Of rationals of any kind fractions, of other numbers the nearest doubles."""
    if not all(isinstance(v, Rational) for v in a.flat):
        return a.astype(np.float64)
    out = np.empty(a.shape, dtype=object)
    for k, v in np.ndenumerate(a):
        out[k] = Fraction(int(v.numerator), int(v.denominator))
    return out


def _jax(value: Any) -> Any:
    import jax.numpy as jnp

    a = jnp.asarray(value)
    return a if jnp.issubdtype(a.dtype, jnp.floating) else a.astype(jnp.result_type(float))


def _torch(value: Any) -> Any:
    import torch

    a = torch.as_tensor(value)
    return a if a.dtype.is_floating_point else a.to(torch.get_default_dtype())


def _from_torch(code: Callable[..., Any], arrays: Mapping[str, Any]) -> Any:
    """The result in memory of its own."""
    import torch

    tensors = {n: a for n, a in arrays.items() if not _is_count(a)}
    kinds = {n: a.dtype for n, a in tensors.items() if a.ndim}
    if len({*kinds.values()}) > 1:
        got = ", ".join(f"{n}: {kind}" for n, kind in kinds.items())
        raise InputError(f"expected tensors of one dtype, got {got}")
    out = torch.as_tensor(code(*arrays.values()))
    places = {a.untyped_storage().data_ptr() for a in tensors.values()}
    return out.clone() if out.untyped_storage().data_ptr() in places else out


FRAMEWORKS = {
    "numpy": Framework(_numpy, lambda code, arrays: code(*arrays.values())),
    "jax": Framework(_jax, lambda code, arrays: code(*arrays.values())),
    "torch": Framework(_torch, _from_torch),
}
