"""How a forward and a backward are run: what is passed to them, and what they return is read as."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from .array import Traced, World, plain, values, wrapped
from .standin import standing_in

Function = Callable[..., Any]
Shape = tuple[int, ...]
Enter = Callable[[str, tuple[int, ...]], Any]
"""Makes the value of one entry of an input, or of the incoming gradient."""


@dataclass(frozen=True)
class Pair:
    """A forward and its backward, with the names of the inputs and of those that have a gradient.

    `own` are names that are attributes of the object whose methods they are.
    """

    forward: Function
    backward: Function
    inputs: tuple[str, ...]
    wrt: tuple[str, ...]
    own: tuple[str, ...]
    constants: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(getattr(self.backward, "__qualname__", "the backward"))


class Misfit(Exception):  # noqa: N818 - an answer of its own, not an error
    """The backward gives what can't be a gradient: which, what came and what was expected."""

    def __init__(self, of: str, expected: str, got: str) -> None:
        super().__init__(of, expected, got)
        self.of, self.expected, self.got = of, expected, got


class UserError(InputError):
    """An exception in the user's code, with its traceback in the user's frames."""


@dataclass(frozen=True)
class Run:
    """What came of one run: inputs, output, incoming gradient and gradients, as plain arrays of values."""

    inputs: dict[str, Any]
    output: Any
    upstream: Any
    gradients: dict[str, Any]
    forward: int = 0
    """How many definitions there were when the forward was done."""


def names_of(f: Function) -> list[str]:
    """The parameters of a function that have no default, and those that can be given by position."""
    try:
        rows = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        raise InputError(f"{f!r}: expected a function with a signature") from None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in rows if p.kind in kinds]


def run(pair: Pair, world: World, shapes: Mapping[str, Shape], enter: Enter, upstream: str) -> Run:
    """The forward and then the backward, on traced arrays; neither the inputs nor the objects are changed."""
    with standing_in(world, [pair.forward, pair.backward]):
        given = {name: made(world, name, shapes[name], enter) for name in pair.inputs}
        kept = {name: values(world, x).copy() for name, x in given.items()}
        forward, backward = _bound(pair, given)
        args = arguments(pair, {**deepcopy(dict(pair.constants)), **given})
        result = forward(**args)
        output, cache = _parted(result)
        out = wrapped(world, output)
        g = made(world, upstream, out.shape, enter)
        seen = values(world, out).copy()
        forward_size = world.size()
        returned = backward(*_arguments(backward, g, cache, list(args.values())))
        gradients = _gradients(pair, world, returned, kept, getattr(backward, "__self__", None))
    return Run(kept, seen, values(world, g).copy(), gradients, forward_size)


def arguments(pair: Pair, passed: Mapping[str, Any]) -> dict[str, Any]:
    """What the forward is called with, in its own order."""
    return {k: passed[k] for k in names_of(pair.forward) if k in passed}


def made(world: World, name: str, shape: Shape, enter: Enter) -> Traced:
    own = np.empty(shape, dtype=object)
    for k in np.ndindex(shape):
        own[k] = enter(name, k)
    found: Traced = wrapped(world, own, view=True)
    return found


def _bound(pair: Pair, given: Mapping[str, Any]) -> tuple[Function, Function]:
    """Methods of an object are run on a copy of it, which has the inputs that are its attributes."""
    owners = [getattr(f, "__self__", None) for f in (pair.forward, pair.backward)]
    copies: dict[int, Any] = {}
    out = []
    for f, owner in zip((pair.forward, pair.backward), owners, strict=True):
        if owner is None or isinstance(owner, type):
            out.append(f)
            continue
        if id(owner) not in copies:
            copies[id(owner)] = _copied(owner)
            for name in pair.own:
                setattr(copies[id(owner)], name, given[name])
        out.append(getattr(copies[id(owner)], f.__name__))
    return out[0], out[1]


def _copied(owner: Any) -> Any:
    try:
        return deepcopy(owner)
    except Exception:
        return copy(owner)


def _parted(result: Any) -> tuple[Any, tuple[Any, ...]]:
    """The output, and the cache (in a tuple) where there is one."""
    if not isinstance(result, tuple):
        return result, ()
    if len(result) < 2:
        raise InputError(f"the forward returned a tuple of {len(result)}; expected (output, cache)")
    return result[0], (result[1] if len(result) == 2 else result[1:],)


def _arguments(backward: Function, g: Any, cache: tuple[Any, ...], inputs: list[Any]) -> list[Any]:
    """(g, cache) where the forward gave one; of a method (g) may be all; else g and all inputs."""
    if cache:
        return [g, *cache]
    bound = inspect.ismethod(backward) and not isinstance(backward.__self__, type)
    return [g] if bound and len(names_of(backward)) == 1 else [g, *inputs]


# --- gradients ---------------------------------------------------------------------------------------------------------


def _gradients(
    pair: Pair, world: World, returned: Any, inputs: Mapping[str, Any], owner: Any
) -> dict[str, Any]:
    """What the backward returned, by input; Misfit where it can't be that."""
    rows = _by_name(pair, returned, owner)
    out = {}
    for name, x in rows.items():
        expected = np.shape(inputs[name])
        if x is None:
            raise Misfit(f"the gradient of {name}", f"an array of shape {expected}", "None")
        own = _as_values(world, name, x)
        if own.shape != expected:
            raise Misfit(f"the gradient of {name}", f"shape {expected}", f"shape {own.shape}")
        out[name] = own
    return out


def _as_values(world: World, name: str, x: Any) -> Any:
    try:
        return values(world, x)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise Misfit(f"the gradient of {name}", "an array", type(x).__name__) from None


def _by_name(pair: Pair, returned: Any, owner: Any) -> dict[str, Any]:
    if isinstance(returned, dict):
        return _from_dict(pair, returned)
    rows: Sequence[Any] = returned if isinstance(returned, tuple | list) else (returned,)
    if len(rows) == len(pair.wrt):
        return dict(zip(pair.wrt, rows, strict=True))
    if len(rows) == len(pair.inputs) + len(pair.constants):
        every = names_of(pair.forward)
        if len(every) == len(rows):
            return {n: x for n, x in zip(every, rows, strict=True) if n in pair.wrt}
    rest = [n for n in pair.wrt if n not in pair.own]
    if owner is not None and len(rows) == len(rest):
        own = {n: _attribute(owner, n) for n in pair.own if n in pair.wrt}
        return {**dict(zip(rest, rows, strict=True)), **own}
    raise Misfit(
        "what the backward returns",
        f"{_counted(len(pair.wrt))}, for {', '.join(pair.wrt)}",
        _counted(len(rows)),
    )


def _counted(n: int) -> str:
    return "1 gradient" if n == 1 else f"{n} gradients"


def _attribute(owner: Any, name: str) -> Any:
    for own in (f"d{name}", f"grad_{name}", f"{name}_grad", f"d_{name}"):
        if hasattr(owner, own):
            return getattr(owner, own)
    grads = getattr(owner, "grads", getattr(owner, "gradients", None))
    return grads.get(name, grads.get(f"d{name}")) if isinstance(grads, dict) else None


def _from_dict(pair: Pair, returned: dict[Any, Any]) -> dict[str, Any]:
    out = {}
    for name in pair.wrt:
        keys = [k for k in (name, f"d{name}", f"d_{name}", f"grad_{name}") if k in returned]
        if not keys:
            raise Misfit(
                "what the backward returns",
                f"a gradient of {name}",
                f"those of {', '.join(map(str, returned))}",
            )
        out[name] = returned[keys[0]]
    return out


def entry(name: str, k: tuple[int, ...]) -> str:
    """An entry's name: x[0,1]; that of a number alone is x."""
    return f"{name}[{','.join(map(str, k))}]" if k else name


def flat(x: Any) -> list[Any]:
    return list(plain(x).ravel())
