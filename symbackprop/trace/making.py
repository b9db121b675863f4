"""Arrays made from shapes and numbers: what `np.zeros`, `np.array` and the like are while code is traced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .array import Traced, World, values, wrapped
from .numpy_functions import FUNCTIONS, full
from .refusing import refuse
from .values import Value

FLOATING = "fO"
"""The kinds of arrays that may get traced numbers; arrays of integers and of bools stay as they are."""


def has_traced(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return any(has_traced(v) for v in x)
    return isinstance(x, Traced | Value)


@dataclass(frozen=True)
class Making:
    """NumPy's functions that make arrays, in one world."""

    world: World

    def names(self) -> dict[str, Any]:
        """By NumPy's names."""
        own = {"zeros": self.filled(0), "ones": self.filled(1), "empty": self.filled(None)}
        own |= {"full": self.full, "eye": self.eye, "identity": self.eye, "array": self.array}
        own |= dict.fromkeys(("asarray", "asanyarray", "ascontiguousarray"), self.asarray)
        return own | {"vectorize": self.vectorize}

    def filled(self, number: Any) -> Callable[..., Any]:
        def function(shape: Any, dtype: Any = float, order: str = "C", **given: Any) -> Any:
            if np.dtype(dtype).kind not in FLOATING:
                return np.full(shape, number or 0, dtype)
            return full(self.world, shape, number)

        return function

    def full(self, shape: Any, value: Any, dtype: Any = None, **given: Any) -> Any:
        if dtype is not None and np.dtype(dtype).kind not in FLOATING:
            return np.full(shape, value, dtype)
        return wrapped(self.world, np.broadcast_to(values(self.world, value), shape).copy())

    def array(self, x: Any, *args: Any, **given: Any) -> Any:
        if not has_traced(x):
            made = np.array(x, *args, **given)
            return wrapped(self.world, made) if made.dtype.kind == "f" else made
        return FUNCTIONS["array"](self.world, x, *args, **({"copy": True} | given))

    def asarray(self, x: Any, *args: Any, **given: Any) -> Any:
        if not has_traced(x):
            return np.asarray(x, *args, **given)
        return FUNCTIONS["array"](self.world, x, *args, **given)

    def eye(
        self, n: int, m: int | None = None, k: int = 0, dtype: Any = float, **given: Any
    ) -> Any:
        made = np.eye(n, m, k)
        floating = np.dtype(dtype).kind in FLOATING
        return wrapped(self.world, made) if floating else made.astype(dtype)

    def vectorize(self, f: Any, *args: Any, **given: Any) -> Callable[..., Any]:
        if args or given:
            refuse("np.vectorize", "expected a function alone")

        def one(*vs: Value) -> Any:
            return values(self.world, f(*vs)).item()

        def function(*xs: Any) -> Any:
            own = [values(self.world, x) for x in xs]
            return wrapped(self.world, np.frompyfunc(one, len(xs), 1)(*own))

        return function
