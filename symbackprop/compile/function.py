"""`lambdify`: any index expression, or a proved formula, as a function of arrays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import Theorem
from . import arguments as given
from .arrays import ArrayFunction
from .emission import emitted
from .equation import written
from .execution import executed
from .expressions import Lowered, lowered
from .helpers import helpers
from .nodes import Value, is_rational
from .targets import EXACT, Target
from .targets import target as named
from .terms import formula, lowest


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

    >>> import numpy as np
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
    e, firsts = _expression(expression, claim)
    has = given.arguments(e, arguments, starts or {}, firsts)
    known = given.functions(functions or {})
    low = lowered(e, has.inputs, has.find, indices, known, has.scalars, has.firsts)
    for unknown in {*(starts or {})} - {*has.names, *low.axes}:
        raise InputError(f"starts of {unknown}: expected an argument or an index of the result")
    return _compiled(e, kind, has, low)


def _compiled(e: Any, kind: Target, has: given.Arguments, low: Lowered) -> ArrayFunction:
    source = _source(kind, low, has.names, written(e, low.axes))
    there = {str(s) for s in e.free_symbols}
    numbers = {
        v.name: 0 for s, v in has.scalars.items() if isinstance(v, Value) and str(s) in there
    }
    exact = kind.name == "numpy" and is_rational(low.node)
    return ArrayFunction(
        source,
        low.axes,
        has.names,
        {**low.dimensions, **numbers},
        low,
        kind.name,
        _made(source, kind.name),
        _made(_source(EXACT, low, has.names, []), "exact") if exact else None,
    )


def _source(kind: Target, low: Lowered, names: Sequence[str], says: list[str]) -> str:
    ones = [i.name for i in low.inputs if i.one]
    lines = [f"{name} = {kind.call('one', [name])}  # {name}_0 = 1" for name in ones]
    lines += [*_widths(low), *emitted(kind, low.node, low.axes)]
    body = "\n".join(f"    {line}" for line in [*says, *_used(lines), "return out"])
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


def _expression(e: Any, claim: int) -> tuple[Any, dict[str, int]]:
    """What is to be computed, and from where on the indices of a theorem run."""
    theorem = getattr(e, "theorem", e)
    word = getattr(e, "word", "proved")
    if word != "proved":
        raise InputError(f"lambdify: the verdict is {word.upper()}, so there is nothing to compute")
    if isinstance(theorem, Theorem):
        return formula(theorem, claim), lowest(theorem, claim)
    try:
        found = sp.sympify(e, strict=True)
    except sp.SympifyError:
        found = None
    if not isinstance(found, sp.Expr):
        kind = type(e).__name__
        raise InputError(f"lambdify: expected a SymPy expression or a theorem, got {kind}")
    return found, {}


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
