"""The traced array: a NumPy array whose entries are `Value`s, and which goes through a user's code as an array of floats does.

What NumPy does by moving entries (reshaping, stacking, indexing by integers, +, @, einsum, sums), it does itself, on arrays
of objects.  All else is looked up in tables (numpy_ufuncs.py, numpy_functions.py), and what is in none is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .refusing import refuse
from .values import Value

Settle = Callable[[Any], Any]
MAX_ENTRIES = 100_000


class World:
    """Where values come from: plain numbers are lifted into it, and each result is settled before it is stored."""

    def lift(self, x: Any) -> Value:
        raise NotImplementedError

    def settled(self, v: Value) -> Value:
        return v

    def size(self) -> int:
        """How many definitions there are so far."""
        return 0

    def largest(self, values: list[Value]) -> Value:
        return values[0].largest(values[1:])


class Traced(np.ndarray[Any, Any]):
    """An array of values."""

    world: World

    def __array_finalize__(self, source: Any) -> None:
        if source is not None and hasattr(source, "world"):
            self.world = source.world

    @property
    def dtype(self) -> Any:
        return np.dtype(bool if is_mask(self) else float)

    # --- NumPy's protocols ---------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **given: Any) -> Any:
        from .numpy_ufuncs import called

        return called(world_of(inputs, given), ufunc, method, inputs, given)

    def __array_function__(self, func: Any, types: Any, args: Any, given: Any) -> Any:
        from .numpy_functions import called

        return called(world_of(args, given), func, args, given)

    def _by_name(self, name: str, *args: Any, **given: Any) -> Any:
        from .numpy_functions import FUNCTIONS

        return FUNCTIONS[name](self.world, self, *args, **given)

    # --- indexing ------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        key = plain_key(key)
        if isinstance(key, Traced):
            return Gathered(self, key)
        return wrapped(self.world, plain(self)[key], view=True)

    def __setitem__(self, key: Any, value: Any) -> None:
        key = plain_key(key)
        own = plain(self)
        if isinstance(key, Traced):
            own[...] = plain(_stored(self, key, value))
            return
        if isinstance(value, Gathered):
            refuse("a store of x[mask]", "expected the same mask on both sides")
        made = settled(self.world, value)
        own[key] = made if made.ndim else made.item()  # or the array itself would be stored

    def __iter__(self) -> Any:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return iter([self[k] for k in range(len(self))])

    # --- conversions ---------------------------------------------------------------------------------------------

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError("The truth value of an array with more than one element is ambiguous.")
        return bool(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        return int(self.item())

    def item(self, *args: Any) -> Any:
        return plain(self).item(*args)

    def astype(self, dtype: Any, *args: Any, **given: Any) -> Any:
        return self._by_name("astype", dtype)

    def tolist(self) -> Any:
        return refuse("tolist", "it would lose what the numbers depend on")

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def __reduce__(self) -> Any:
        return refuse("pickle", "a traced array can't be stored")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self


def _method(name: str) -> Callable[..., Any]:
    def method(self: Traced, *args: Any, **given: Any) -> Any:
        return self._by_name(name, *args, **given)

    return method


METHODS = (
    *("sum", "prod", "mean", "var", "std", "max", "min", "ptp", "cumsum", "cumprod", "any", "all"),
    *("argmax", "argmin", "argsort", "clip", "dot", "trace", "round", "nonzero", "searchsorted"),
)
for _name in METHODS:
    setattr(Traced, _name, _method(_name))
for _name in ("sort", "partition", "choose", "compress", "byteswap", "tobytes", "tofile", "dump"):
    setattr(Traced, _name, lambda self, *args, _n=_name, **given: refuse(_n, "it is not traced"))


# --- to and from plain arrays of objects ----------------------------------------------------------------------------


def plain(x: Any) -> Any:
    """The array of objects that a traced one is, with no override."""
    return x.view(np.ndarray) if isinstance(x, Traced) else x


def world_of(*places: Any) -> World:
    for x in places:
        if isinstance(x, Traced):
            return x.world
        inner = x.values() if isinstance(x, dict) else x if isinstance(x, list | tuple) else ()
        found = world_of(*inner) if inner else None
        if found is not None:
            return found
    return None  # type: ignore[return-value]


def values(world: World, x: Any) -> Any:
    """Whatever stands for numbers, as a plain array of values."""
    if isinstance(x, Gathered):
        refuse("a function of x[mask]", "expected an arithmetic operation, entry by entry")
    if isinstance(x, list | tuple):
        x = stacked(world, x)
    own = np.asarray(plain(x)) if not isinstance(x, Value) else _one(x)
    if own.dtype == object:
        flat = [_checked(world, v) for v in own.ravel()]
    elif own.dtype.kind in "biuf":
        flat = [world.lift(v) for v in own.ravel().tolist()]
    else:
        return refuse(f"an array of {own.dtype}", "expected real numbers")
    if len(flat) > MAX_ENTRIES:
        refuse("an array", f"expected at most {MAX_ENTRIES} entries")
    out = np.empty(len(flat), dtype=object)
    for k, v in enumerate(flat):
        out[k] = v
    return out.reshape(own.shape)


def _one(v: Value | None) -> Any:
    out = np.empty((), dtype=object)
    out[()] = v
    return out


def _checked(world: World, v: Any) -> Value:
    if isinstance(v, Value):
        return v
    if isinstance(v, Traced):
        return _checked(world, v.item())
    if v is None:
        refuse("an entry of np.empty", "it was read before anything was stored in it")
    return world.lift(v)


def stacked(world: World, x: Any) -> Any:
    """A list of lists of numbers and arrays as one plain array of values."""
    if isinstance(x, list | tuple):
        rows = [stacked(world, v) for v in x]
        if any(r.shape != rows[0].shape for r in rows):
            raise ValueError("expected lists of one length")
        return np.stack(rows) if rows else np.empty(0, dtype=object)
    return values(world, x)


def settled(world: World, x: Any) -> Any:
    own = values(world, x)
    flat = own.ravel()
    out = np.empty(len(flat), dtype=object)
    for k, v in enumerate(flat):
        out[k] = world.settled(v)
    return out.reshape(own.shape)


def wrapped(world: World, x: Any, view: bool = False) -> Any:
    """A result as a traced array; `view` where it is part of one that stays."""
    if isinstance(x, Value) or x is None:
        x = _one(x)
    own = x if view else settled(world, x)
    out = own.view(Traced)
    out.world = world
    return out


def is_mask(x: Any) -> bool:
    own = plain(x)
    return own.size > 0 and all(isinstance(v, Value) and v.mask for v in own.ravel())


def plain_key(key: Any) -> Any:
    """An index with masks that are constant as plain ones; a mask that depends on the inputs stays."""
    if isinstance(key, tuple):
        inner = tuple([plain_key(k) for k in key])
        if any(isinstance(k, Traced) for k in inner):
            return refuse("an index with a mask beside others", "expected a mask alone")
        return inner
    if isinstance(key, Value):
        return int(key)
    if not isinstance(key, Traced):
        return key
    numbers = [v.constant() for v in plain(key).ravel()]
    if any(n is None for n in numbers):
        if is_mask(key):
            return key
        return refuse("an index that depends on the inputs", "expected integers, or a mask")
    kind = bool if is_mask(key) else int
    return np.array([kind(n) for n in numbers if n is not None]).reshape(key.shape)


# --- masks as indices --------------------------------------------------------------------------------------------------


class Gathered:
    """x[mask], where the mask depends on the inputs: it is kept whole, and may only be stored under the same mask."""

    __array_ufunc__ = None

    def __init__(self, whole: Any, mask: Traced) -> None:
        self.whole, self.mask = whole, mask

    def _paired(self, name: str, other: Any, swapped: bool) -> Gathered:
        other = _under(self.mask, other)
        a, b = (other, self.whole) if swapped else (self.whole, other)
        return Gathered(getattr(np, name)(a, b), self.mask)

    def sum(self) -> Any:
        return np.sum(_spread(self.mask, self.whole) * self.whole)

    def __getattr__(self, name: str) -> Any:
        return refuse(f"x[mask].{name}", "expected arithmetic, or a store under the same mask")

    def __neg__(self) -> Gathered:
        return Gathered(-self.whole, self.mask)


def _operator(name: str, swapped: bool) -> Callable[..., Any]:
    return lambda self, other: self._paired(name, other, swapped)


for _name, _ufunc in {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
}.items():
    setattr(Gathered, f"__{_name}__", _operator(_ufunc, False))
    setattr(Gathered, f"__r{_name}__", _operator(_ufunc, True))


def same_mask(a: Traced, b: Traced) -> bool:
    pairs = zip(plain(a).ravel(), plain(b).ravel(), strict=False)
    return a is b or (a.shape == b.shape and all(u.same(v) for u, v in pairs))


def _under(mask: Traced, other: Any) -> Any:
    """What may stand beside x[mask]: the same of another array, or one number."""
    if isinstance(other, Gathered):
        if same_mask(mask, other.mask):
            return other.whole
        return refuse("an operation on x[mask]", "expected the same mask on both sides")
    if np.ndim(other) == 0:
        return other
    return refuse(
        "an operation on x[mask]", "expected a number beside it, or x[mask] of the same mask"
    )


def _spread(mask: Traced, x: Traced) -> Any:
    """A mask over the first axes of x."""
    if mask.shape != x.shape[: mask.ndim]:
        raise IndexError(f"a mask of shape {mask.shape} for an array of shape {x.shape}")
    return plain(mask).reshape(mask.shape + (1,) * (x.ndim - mask.ndim))


def _stored(x: Traced, mask: Traced, value: Any) -> Any:
    """x with the value where the mask is 1."""
    return np.where(wrapped(x.world, _spread(mask, x), view=True), _under(mask, value), x)
