"""`lambdify`: any index expression, or a proved formula, as a function of arrays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any

import numpy as np
import sympy as sp

from ..errors import InputError
from ..kernel import Theorem
from ..network.activations import ACTIVATIONS
from ..network.names import look_up
from .emission import emitted
from .execution import executed
from .expressions import Length, Lowered, Need, lowered
from .helpers import helpers
from .lowering import Input, identifier
from .nodes import Node, Value, is_rational
from .targets import EXACT, Target
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
    needs: tuple[Need, ...] = ()
    counts: frozenset[str] = frozenset()
    exact: Callable[..., Any] | None = None

    def __call__(self, *values: Any) -> Any:
        if len(values) != len(self.arguments):
            expected = ", ".join(self.arguments)
            raise InputError(
                f"expected {len(self.arguments)} arguments ({expected}), got {len(values)}"
            )
        given = dict(zip(self.arguments, values, strict=True))
        arrays = {n: self._array(n, v) for n, v in given.items()}
        self._agree(arrays)
        if not self.convert:
            return self.code(*arrays.values())
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
        with np.errstate(all="ignore"):
            out = np.asarray(self.code(*arrays.values()))
        numbers = [a for a in arrays.values() if not isinstance(a, int)]
        kinds = [a.dtype for a in numbers if a.ndim] or [a.dtype for a in numbers]
        shares = any(np.may_share_memory(out, a) for a in numbers)
        return out.astype(np.result_type(*kinds) if kinds else np.float64, copy=shares)[()]

    def _array(self, name: str, value: Any) -> Any:
        if name in self.counts:
            return _count(name, value)
        if self.convert:
            value = _numbers(name, value)
        wanted = self.dimensions.get(name)
        got = tuple(value.shape) if hasattr(value, "shape") else ()
        if wanted is not None and len(got) != wanted:
            raise InputError(f"{name}: expected {wanted} dimensions, got shape {got}")
        return value

    def _agree(self, arrays: Mapping[str, Any]) -> None:
        """InputError where two arrays tell an index to run to different ends, or have too few entries."""
        ends = {"": 0, **{n: arrays[n] for n in self.counts}}
        for end, (first, *others) in self.lengths.items():
            ends[end] = arrays[first.source].shape[first.dimension] + first.more
            for p in others:
                expected = ends[end] - p.more
                why = f" (index {end.removeprefix('last_')}, as {first.source} has them)"
                self._expect(arrays, p.source, p.dimension, max(expected, 0), why, exact=True)
        for n in self.needs:
            if n.source:
                expected = ends[n.width] + n.more
                self._expect(arrays, n.source, n.dimension, expected, "", exact=False)
            elif ends[n.width] < n.least:
                told = self.lengths.get(n.width)
                if told is None:
                    raise InputError(f"{n.width}: expected at least {n.least}, got {ends[n.width]}")
                p = told[0]
                self._expect(arrays, p.source, p.dimension, n.least - p.more, "", exact=False)

    def _expect(
        self, arrays: Mapping[str, Any], name: str, k: int, n: int, why: str, exact: bool
    ) -> None:
        got = arrays[name].shape[k]
        if got != n if exact else got < n:
            least = "" if exact else "at least "
            raise InputError(
                f"{name}: expected {least}{n} entries in dimension {k}{why}, got {got}"
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
        low.needs,
        frozenset({n.width for n in low.needs} & {*numbers}),
        _made(_source(EXACT, low, names, ""), "exact") if is_rational(low.node) else None,
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


def _count(name: str, value: Any) -> int:
    """How far a sum runs: an integer of any kind."""
    try:
        return index(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError):
        raise InputError(f"{name}: expected an integer, got {repr(value)[:60]}") from None


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
