"""`lambdify`: any index expression, or a proved formula, as a function of arrays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ..errors import InputError
from ..kernel import Theorem
from ..network.activations import ACTIVATIONS
from ..network.names import look_up
from .emission import emitted
from .execution import executed
from .expressions import Length, Lowered, lowered
from .helpers import helpers
from .lowering import Input, identifier
from .nodes import Node, Value
from .targets import Target
from .targets import target as named
from .terms import formula


@dataclass(frozen=True)
class ArrayFunction:
    """A function of arrays made from an index expression; `source` is the whole of what runs.

    `indices` are the result's dimensions.  Calling it raises InputError where a shape does not fit, and says which.
    """

    source: str
    indices: tuple[str, ...]
    arguments: tuple[str, ...]
    dimensions: Mapping[str, int]
    lengths: Mapping[str, tuple[Length, ...]]
    code: Callable[..., Any]
    convert: bool

    def __call__(self, *values: Any) -> Any:
        if len(values) != len(self.arguments):
            expected = ", ".join(self.arguments)
            raise InputError(
                f"expected {len(self.arguments)} arguments ({expected}), got {len(values)}"
            )
        arrays = [self._array(n, v) for n, v in zip(self.arguments, values, strict=True)]
        self._agree(dict(zip(self.arguments, arrays, strict=True)))
        if not self.convert:
            return self.code(*arrays)
        with np.errstate(all="ignore"):
            out = np.asarray(self.code(*arrays))
        kinds = [a.dtype for a in arrays]
        shares = any(np.may_share_memory(out, a) for a in arrays)
        return out.astype(np.result_type(*kinds) if kinds else np.float64, copy=shares)[()]

    def _array(self, name: str, value: Any) -> Any:
        if self.convert:
            value = _numbers(name, value)
        wanted = self.dimensions.get(name)
        got = tuple(value.shape) if hasattr(value, "shape") else ()
        if wanted is not None and len(got) != wanted:
            raise InputError(f"{name}: expected {wanted} dimensions, got shape {got}")
        return value

    def _agree(self, arrays: Mapping[str, Any]) -> None:
        """InputError where two arrays tell an index to run to different ends."""
        for index, places in self.lengths.items():
            first, *others = places
            end = arrays[first.source].shape[first.dimension] + first.more
            for p in others:
                got = arrays[p.source].shape[p.dimension]
                if got + p.more != end:
                    what = index.removeprefix("last_")
                    raise InputError(
                        f"{p.source}: expected {end - p.more} entries in dimension {p.dimension} (index {what}, as"
                        f" {first.source} has them), got {got}"
                    )


def lambdify(
    expression: Any,
    arguments: Sequence[Any],
    indices: Sequence[Any] | None = None,
    functions: Mapping[str, Any] | None = None,
    starts: Mapping[str, Sequence[int]] | None = None,
    target: str = "numpy",
    claim: int = 0,
) -> ArrayFunction:
    """An index expression, or the formula of a theorem, as a function of arrays.

    `expression`: SymPy, in the members of families (`IndexedBase`), with `Sum` over ranges, `KroneckerDelta`, `Piecewise` and
    functions; or a `Theorem` or a proved verdict, of which the right side of a claim is taken (the first, unless `claim` says).
    `arguments`: what the function takes, in this order: an `IndexedBase`, a `Symbol` (a number), a family of a network in one
    layer (`net.w[2]`, `net.x[l - 1]`), or the name of one.
    `indices`: the result's dimensions; by default its indices in the order of the alphabet.
    `functions`: what functions without a formula are: the name of an activation, or a callable of SymPy expressions.
    `starts`: for an argument, the index of the first entry in each dimension; by default 0 where the expression uses an
    index 0, else 1: in w_0 + Σ_{i=1}^{d} w_i x_i, w has d+1 entries and x has d.  `target`: "numpy", "jax" or "torch".

    >>> w, x = sp.IndexedBase("w"), sp.IndexedBase("x")
    >>> i, j, d = sp.symbols("i j d", integer=True)
    >>> f = lambdify(sp.tanh(w[0, j] + sp.Sum(w[i, j] * x[i], (i, 1, d))), [w, x])
    >>> f(np.zeros((3, 2)), np.ones(2)).tolist()
    [0.0, 0.0]
    >>> print(f.source.splitlines()[-2].strip())
    out = np.tanh(w[0] + w[1:].T @ x)

    Raises InputError for what has no array code, and for an argument that the expression does not have.
    """
    kind = named(target)
    e = _expression(expression, claim)
    inputs, scalars, find = _arguments(e, arguments, starts or {})
    low = lowered(e, inputs, find, indices, _functions(functions or {}), scalars)
    names = tuple([_argument_name(a) for a in arguments])
    source = _source(kind, low, names, str(e))
    code = _made(source, kind.name)
    numbers = {v.name: 0 for v in scalars.values() if isinstance(v, Value)}
    return ArrayFunction(
        source,
        low.axes,
        names,
        {**low.dimensions, **numbers},
        low.lengths,
        code,
        kind.name == "numpy",
    )


def _source(kind: Target, low: Lowered, names: Sequence[str], says: str) -> str:
    lines = [*_widths(low), *emitted(kind, low.node, low.axes, says)]
    body = "\n".join(f"    {line}" for line in [*_used(lines), "return out"])
    function = f"def function({', '.join(names)}):\n{body}"
    parts = ["\n".join(kind.imports)]
    parts += helpers(function) if kind.name == "numpy" else []
    return "\n\n\n".join([*parts, function]) + "\n"


def _made(source: str, kind: str) -> Callable[..., Any]:
    try:
        function: Callable[..., Any] = executed(source, f"lambdify {kind}")["function"]
    except ImportError as error:
        raise InputError(f"target {kind!r}: expected it to be installed ({error})") from None
    return function


def _expression(e: Any, claim: int) -> Any:
    theorem = getattr(e, "theorem", e)
    if isinstance(theorem, Theorem):
        return formula(theorem, claim)
    try:
        return sp.sympify(e, strict=True)
    except sp.SympifyError:
        raise InputError(
            f"lambdify: expected a SymPy expression or a theorem, got {type(e).__name__}"
        ) from None


# --- arguments -----------------------------------------------------------------------------------------------------


def _argument_name(a: Any) -> str:
    if hasattr(a, "layer") and hasattr(a, "name"):
        return identifier("_".join([a.name, *map(str, a.layer)]))
    return identifier(str(getattr(a, "label", a)))


LECTURE = {"w": (0, 1), "s": (1,), "x": (1,), "delta": (1,)}
"""The index of the first entry in each dimension of a layer's arrays: row 0 of w are the biases."""


def _arguments(
    e: Any, arguments: Sequence[Any], starts: Mapping[str, Sequence[int]]
) -> tuple[list[Input], dict[Any, Node], Callable[[Any], Any]]:
    if not isinstance(arguments, list | tuple):
        raise InputError(f"arguments: expected a list of symbols, got {arguments!r}")
    inputs: list[Input] = []
    scalars: dict[Any, Node] = {}
    bases = {str(m.base.label) for m in e.atoms(sp.Indexed)}
    symbols = {str(s): s for s in e.free_symbols if isinstance(s, sp.Symbol)}
    for a in arguments:
        own, base, fixed = _argument_name(a), str(getattr(a, "label", a)), ()
        if hasattr(a, "layer") and hasattr(a, "name"):
            base, fixed = a.name, tuple([sp.sympify(k) for k in a.layer])
        if base in bases and not isinstance(a, sp.Symbol):
            inputs.append(
                Input(
                    own, tuple(starts.get(own, LECTURE.get(base, ()) if fixed else ())), base, fixed
                )
            )
        elif base in symbols:
            scalars[symbols[base]] = Value(own)
        elif isinstance(a, sp.Symbol | sp.IndexedBase | str) or fixed:
            inputs.append(Input(own, tuple(starts.get(own, ())), base, fixed))
        else:
            raise InputError(f"arguments: expected symbols, families or names, got {a!r}")
    names = [_argument_name(a) for a in arguments]
    if len({*names}) < len(names):
        raise InputError(f"arguments: expected each once, got {', '.join(names)}")

    def find(member: Any) -> tuple[Input, tuple[Any, ...]] | None:
        for source in inputs:
            layer, nodes = member.indices[: len(source.fixed)], member.indices[len(source.fixed) :]
            same = str(member.base.label) == source.base
            if same and [*map(str, layer)] == [*map(str, source.fixed)]:
                return source, tuple(nodes)
        return None

    return inputs, scalars, find


def _functions(given: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
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


# --- lines ---------------------------------------------------------------------------------------------------------


def _widths(low: Lowered) -> list[str]:
    """What the code needs to know of the shapes: one line for each width."""
    lines = []
    for width, places in low.lengths.items():
        p = places[0]
        more = "" if not p.more else f" {'+' if p.more > 0 else '-'} {abs(p.more)}"
        lines.append(f"{width} = {p.source}.shape[{p.dimension}]{more}")
    return lines


def _used(lines: list[str]) -> list[str]:
    """The lines without widths that no other line uses."""
    kept = [
        line
        for k, line in enumerate(lines)
        if ".shape[" not in line
        or re.search(
            rf"\b{re.escape(line.split(' = ')[0])}\b",
            "\n".join(n for n in lines[k + 1 :] if not n.startswith("#")),
        )
    ]
    return kept


def _numbers(name: str, value: Any) -> Any:
    try:
        a = np.asarray(value)
        if a.dtype.kind not in "biufO":
            raise ValueError
        return a if a.dtype.kind in "fO" else a.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(
            f"{name}: expected an array of real numbers, got {repr(value)[:60]}"
        ) from None
