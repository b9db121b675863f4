"""What `lambdify` is told: the arguments that the function takes, and what functions without a formula are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..errors import InputError
from ..network.activations import ACTIVATIONS
from ..network.names import look_up
from .lowering import Input
from .names import identifier
from .nodes import Node, Value

LECTURE = {"w": (0, 1), "s": (1,), "x": (1,), "delta": (1,)}
"""The index of the first entry in each dimension of a layer's arrays: row 0 of w are the biases."""


@dataclass(frozen=True)
class Arguments:
    """The arguments by name, in their order: arrays, and numbers by the symbol that stands for each."""

    names: tuple[str, ...]
    inputs: tuple[Input, ...]
    scalars: Mapping[Any, Node]
    firsts: Mapping[str, int]

    def find(self, member: Any) -> tuple[Input, tuple[Any, ...]] | None:
        """Which argument a member of a family is in, and its indices there."""
        for source in self.inputs:
            n = len(source.fixed)
            same = str(member.base.label) == source.base
            if same and [*map(str, member.indices[:n])] == [*map(str, source.fixed)]:
                return source, tuple(member.indices[n:])
        return None


def arguments(e: Any, given: Any, starts: Any, firsts: Mapping[str, int]) -> Arguments:
    """The arguments of a function that computes an expression.

    `starts` are the user's: for an array the first index of each dimension, for an index of the result its first number;
    `firsts` are those of a theorem.  Raises InputError for an argument that is none, or that the expression does not have.
    """
    if not isinstance(given, list | tuple):
        raise InputError(f"arguments: expected a list of symbols, got {given!r}")
    names = tuple([argument_name(a) for a in given])
    if len({*names}) < len(names):
        raise InputError(f"arguments: expected each once, got {', '.join(names)}")
    own = _starts(starts, names)
    found = [_argument(e, a, own) for a in given]
    return Arguments(
        names,
        tuple([f for f in found if isinstance(f, Input)]),
        {f[0]: f[1] for f in found if not isinstance(f, Input)},
        {**firsts, **{k: v for k, v in own.items() if isinstance(v, int)}},
    )


def argument_name(a: Any) -> str:
    if hasattr(a, "layer") and hasattr(a, "name"):
        return identifier("_".join([a.name, *map(str, a.layer)]))
    return identifier(str(getattr(a, "label", a)))


def _argument(e: Any, a: Any, starts: Mapping[str, Any]) -> Input | tuple[Any, Node]:
    """An array, or a symbol with its value."""
    own, base, fixed = argument_name(a), str(getattr(a, "label", a)), ()
    if isinstance(a, sp.Indexed):
        return _known(e.has(a), a)
    if hasattr(a, "layer") and hasattr(a, "name"):
        base, fixed = a.name, tuple([sp.sympify(k) for k in a.layer])
    elif not isinstance(a, sp.Symbol | sp.IndexedBase | str):
        raise InputError(f"arguments: expected symbols, families or names, got {a!r}")
    bases = {str(m.base.label) for m in e.atoms(sp.Indexed)}
    if base in bases and not isinstance(a, sp.Symbol):
        usual = LECTURE.get(base, ()) if fixed else ()
        one = base == "x" and bool(fixed) and own not in starts
        return Input(own, tuple(starts.get(own, usual)), base, fixed, one)
    symbols = {str(s): s for s in e.free_symbols if isinstance(s, sp.Symbol)}
    if base in symbols and base not in bases:
        return symbols[base], Value(own)
    return _known(isinstance(a, sp.Symbol) or not e.free_symbols, a)


def _known(there: bool, a: Any) -> tuple[Any, Node]:
    """A number; one that is not there, as x is not in the slope of x, is taken where no array can be meant."""
    if not there:
        raise InputError(f"arguments: expected what the expression has, got {argument_name(a)}")
    return a, Value(argument_name(a))


def _starts(starts: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(starts, Mapping):
        raise InputError(f"starts: expected a mapping from names, got {starts!r}")
    for name, start in starts.items():
        numbers = (start,) if name not in names else start
        if not isinstance(numbers, list | tuple) or not all(type(k) is int for k in numbers):
            what = "whole numbers, one for each dimension" if name in names else "a whole number"
            raise InputError(f"starts of {name}: expected {what}, got {start!r}")
    return dict(starts)


def functions(given: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """What opaque functions are; of an activation's name, its derivative too."""
    out: dict[str, Callable[..., Any]] = {}
    for name, what in given.items():
        if isinstance(what, str):
            row = look_up("activation", what, ACTIVATIONS)
            if row.definition is None or row.derivative is None or row.mixes:
                raise InputError(
                    f"functions[{name!r}]: expected one function of one s, got {what!r}"
                )
            out[name], out[f"{name}_prime"] = row.definition, row.derivative
        elif callable(what):
            out[name] = what
            out[f"{name}_prime"] = _derivative(what)
        else:
            raise InputError(f"functions[{name!r}]: expected a name or a callable, got {what!r}")
    return out


def _derivative(what: Callable[..., Any]) -> Callable[..., Any]:
    def slope(at: Any) -> Any:
        t = sp.Dummy("t", real=True)
        return sp.diff(what(t), t).xreplace({t: at})

    return slope
