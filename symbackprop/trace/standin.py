"""What stands in for `np` (and `math`) in a user's modules while their code is traced.

`np.zeros(shape)` has no traced array among its arguments, so NumPy does not ask us; in its place the module's name `np` is
bound to a stand-in for as long as the trace takes.  The stand-in makes traced arrays, refuses random numbers and files, and
is NumPy in all else.
"""

from __future__ import annotations

import dis
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

from .array import Traced, World, values, wrapped
from .making import Making
from .numpy_functions import FUNCTIONS
from .numpy_ufuncs import entrywise
from .refusing import Refused, is_own, refuse
from .values import BINARY, SPECIAL, UNARY, Value

FILES = (
    *("load", "save", "savez", "savez_compressed", "loadtxt", "savetxt", "fromfile", "genfromtxt"),
    *("memmap", "tofile", "fromregex", "DataSource"),
)
EXACTLY = {
    "abs",
    "absolute",
    "add",
    "subtract",
    "multiply",
    "negative",
    "positive",
    "sign",
    "square",
}
"""What a plain number is as good for as a traced one."""


class Standin:
    """A module's names, some of them replaced."""

    def __init__(self, module: Any, own: dict[str, Any]) -> None:
        self.__dict__.update(own)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def refusing(call: str, why: str) -> Callable[..., Any]:
    def function(*args: Any, **given: Any) -> Any:
        refuse(call, why)

    return function


class Refusing:
    """A module of which nothing may be called."""

    def __init__(self, name: str, why: str) -> None:
        self._name, self._why = name, why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return refuse(f"{self._name}.{name}", self._why)


FILES_WHY = "files are not read or written while tracing"
RANDOM = "the forward and backward must give the same for the same inputs; pass random numbers as constants"


def numpy_names(world: World) -> dict[str, Any]:
    """The names of NumPy's that are replaced."""

    own: dict[str, Any] = {name: exactly(world, name, getattr(np, name)) for name in _functions()}
    own |= {**Making(world).names(), "pi": pi(world)}
    return own


def _functions() -> list[str]:
    return [n for n in (*UNARY, *BINARY) if n not in EXACTLY and hasattr(np, n)]


def pi(world: World) -> Any:
    return wrapped(world, world.lift(1).call("pi"))


def exactly(world: World, name: str, own: Any) -> Any:
    """A function that gives of a plain float an exact number, not one that is rounded."""
    arity = 1 if name in UNARY or name in SPECIAL else 2

    class Exactly:
        def __call__(self, *args: Any, **given: Any) -> Any:
            if given or len(args) != arity or any(isinstance(a, Traced | Value) for a in args):
                return own(*args, **given)
            made = own(*args)
            if np.asarray(made).dtype.kind != "f":
                return made
            return wrapped(world, entrywise(name, [values(world, a) for a in args]))

        def __getattr__(self, inner: str) -> Any:
            return getattr(own, inner)

    return Exactly()


def math_names(world: World) -> dict[str, Any]:
    """The names of math's: functions of NumPy's of the same name, or refused where the argument is traced."""
    alias = {
        "fabs": "absolute",
        "pow": "power",
        "atan": "arctan",
        "asin": "arcsin",
        "asinh": "arcsinh",
    }
    alias |= {"acosh": "arccosh", "atanh": "arctanh", "erf": "erf", "erfc": "erfc"}
    own: dict[str, Any] = {"pi": pi(world)}
    for name in [n for n in dir(math) if not n.startswith("_") and callable(getattr(math, n))]:
        row = alias.get(name, name)
        if row in UNARY or row in BINARY or row in SPECIAL:
            own[name] = _entrywise(world, row)
    return own


def _entrywise(world: World, name: str) -> Callable[..., Any]:
    return lambda *args: wrapped(world, entrywise(name, [values(world, a) for a in args]))


# --- which names are bound to what ----------------------------------------------------------------------------------


def replaced(world: World) -> dict[int, Any]:
    """By the identity of what is replaced: what stands in."""
    names = numpy_names(world)
    out = refusals()
    refused = {k: v for k, v in vars(out[id(np)]).items() if k != "_module"}
    out |= {id(np): Standin(np, {**refused, **names}), id(math): Standin(math, math_names(world))}
    for name, own in names.items():
        if name not in ("pi", "e") and hasattr(np, name):
            out[id(getattr(np, name))] = own
    special = sys.modules.get("scipy.special")
    if special is not None:
        rows = {n: _function(world, n) for n in ("softmax", "log_softmax", "logsumexp")}
        out |= {id(getattr(special, n)): row for n, row in rows.items()}
        out[id(special)] = Standin(special, rows)
    return out


def refusals() -> dict[int, Any]:
    """By the identity of what is replaced: what refuses random numbers and files, with all else as it is."""
    rows: dict[str, Any] = {
        name: refusing(f"np.{name}", FILES_WHY) for name in FILES if hasattr(np, name)
    }
    out: dict[int, Any] = {id(getattr(np, name)): row for name, row in rows.items()}
    out[id(np.random)] = rows["random"] = Refusing("np.random", RANDOM)
    out[id(np)] = Standin(np, rows)
    out[id(open)] = refusing("open", FILES_WHY)
    random = sys.modules.get("random")
    if random is not None:
        out[id(random)] = Refusing("random", RANDOM)
    return out


def _function(world: World, name: str) -> Callable[..., Any]:
    return lambda *args, **given: FUNCTIONS[name](world, *args, **given)


def reached(functions: list[Any]) -> tuple[list[dict[str, Any]], list[CodeType]]:
    """The globals of functions and of all that they call of the user's own, and their code."""
    todo: list[Any] = list(functions)
    spaces: dict[int, dict[str, Any]] = {}
    codes: dict[int, CodeType] = {}
    seen = set[int]()
    while todo:
        f = todo.pop()
        if id(f) in seen:
            continue
        seen.add(id(f))
        if isinstance(f, MethodType):
            todo += [f.__func__, type(f.__self__)]
        elif isinstance(f, type) and not is_library(
            getattr(sys.modules.get(f.__module__), "__file__", "")
        ):
            todo += [
                v
                for v in vars(f).values()
                if isinstance(v, FunctionType | staticmethod | classmethod)
            ]
        elif isinstance(f, staticmethod | classmethod):
            todo.append(f.__func__)
        elif isinstance(f, FunctionType) and not is_library(f.__code__.co_filename):
            spaces[id(f.__globals__)] = f.__globals__
            todo += _mentioned(f, codes)
        elif callable(f) and not isinstance(f, type):
            call = type(f).__call__
            todo += [call] if isinstance(call, FunctionType) else []
    return list(spaces.values()), list(codes.values())


def _mentioned(f: FunctionType, codes: dict[int, CodeType]) -> list[Any]:
    """The functions and classes that a function's code names, in its globals or its closure."""
    todo, names = [f.__code__], set[str]()
    while todo:
        code = todo.pop()
        codes[id(code)] = code
        names |= {*code.co_names}
        todo += [c for c in code.co_consts if isinstance(c, CodeType)]
    found = [f.__globals__[n] for n in names if n in f.__globals__]
    for cell in f.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:
            continue
    kinds = (FunctionType, MethodType, type)
    return [v for v in found if isinstance(v, kinds) or hasattr(type(v), "forward")]


def is_library(name: str | None) -> bool:
    own = name or ""
    return (
        is_own(own)
        or "site-packages" in own
        or own.startswith(str(Path(math.__file__ or dis.__file__).parent))
    )


MISSING = object()


@contextmanager
def standing_in(world: World, functions: list[Any]) -> Iterator[None]:
    """While it lasts, the modules of these functions have the stand-ins."""
    with _bound(replaced(world), reached(functions)[0]):
        yield


@contextmanager
def guarded(functions: list[Any]) -> Iterator[None]:
    """While it lasts, random numbers and files are refused; and in the end a global that changed."""
    spaces, codes = reached(functions)
    _no_global_stores(codes)
    kept = _mutable(spaces, codes)
    with _bound(refusals(), spaces):
        yield
    for name, (value, before) in kept.items():
        if not _same(value, before):
            _restore(value, before)
            raise Refused(
                f"the global {name}, {_line_of(name, codes)}: it is changed; expected none"
            )


@contextmanager
def _bound(own: dict[int, Any], spaces: list[dict[str, Any]]) -> Iterator[None]:
    undo: list[tuple[dict[str, Any], str, Any]] = []
    for space in spaces:
        for name, value in [("open", space.get("open", open)), *space.items()]:
            if id(value) in own and not (name.startswith("__") and name.endswith("__")):
                undo.append((space, name, space.get(name, MISSING)))
    for space, name, value in undo:
        space[name] = own[id(open if value is MISSING else value)]
    try:
        yield
    finally:
        for space, name, value in undo:
            if value is MISSING:
                space.pop(name, None)
            else:
                space[name] = value


# --- globals ------------------------------------------------------------------------------------------------------------


def _no_global_stores(codes: list[CodeType]) -> None:
    for code in codes:
        for line, step in _instructions(code):
            if step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
                place = f"{Path(code.co_filename).name}:{line}"
                raise Refused(f"the global {step.argval}, {place}: it is changed; expected none")


def _instructions(code: CodeType) -> Iterator[tuple[int, dis.Instruction]]:
    """With the line of each."""
    line = code.co_firstlineno
    for step in dis.get_instructions(code):
        own = getattr(step, "line_number", step.starts_line)
        line = own if isinstance(own, int) and not isinstance(own, bool) else line
        yield line, step


def _line_of(name: str, codes: list[CodeType]) -> str:
    found = [
        f"{Path(c.co_filename).name}:{n}"
        for c in codes
        for n, s in _instructions(c)
        if s.argval == name
    ]
    return found[0] if found else ""


def _mutable(spaces: list[dict[str, Any]], codes: list[CodeType]) -> dict[str, tuple[Any, Any]]:
    """The globals that the code names and that can be changed in place, with a copy of each."""
    names = {n for c in codes for n in c.co_names}
    kinds = (list, dict, set, bytearray, np.ndarray)
    found = [(n, space[n]) for space in spaces for n in names if type(space.get(n)) in kinds]
    return {n: (v, deepcopy(v)) for n, v in found}


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b)
    try:
        return len(a) == len(b) and bool(a == b)
    except (TypeError, ValueError):
        return len(a) == len(b)


def _restore(value: Any, before: Any) -> None:
    if isinstance(value, dict | set):
        value.clear()
        value.update(before)
    elif isinstance(value, np.ndarray):
        value[...] = before
    else:
        value[:] = before
