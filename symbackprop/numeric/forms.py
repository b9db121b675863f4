"""The forms that a network's functions are generated in, which of them suits a batch, and the functions made from the source.

| form | when | what |
| --- | --- | --- |
| scalar | one example, a tiny network | Python floats, no array on the way |
| columns | small batches and networks | an example a column, all slopes at once: the fewest calls |
| rows | large ones | an example a row: the least work |
| plain | the other functions | an expression a line |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..compile.execution import SILENT, executed, hush, unhush
from ..compile.targets import target as named
from ..errors import InputError
from . import functional, inplace, scalar
from .program import Program

SCALAR, COLUMNS, ROWS, PLAIN = "scalar", "columns", "rows", "plain"
DOUBLE = np.dtype(np.float64)
SMALL = 10_000
"""Up to so many numbers in all arrays of a batch the calls cost more than the work.  (Measured: tests/benchmarks/numeric.py.)"""
DOMAIN = ValueError
"""What generated code raises where an output leaves the loss's domain."""


def form(p: Program, N: int, dtype: Any = DOUBLE) -> str:
    """The form of the gradient for a batch of N examples."""
    if N == 1 and dtype is DOUBLE and scalar.suits(p):
        return SCALAR
    return COLUMNS if N * sum(p.d) <= SMALL else ROWS


def source(p: Program, method: str, form: str, target: str = "numpy") -> str:
    """The source text.  Raises InputError for a method or a target that is none."""
    kind = named(target)
    if method not in functional.METHODS:
        raise InputError(f"source: expected one of {', '.join(functional.METHODS)}, got {method!r}")
    if method != "gradient" or form == PLAIN:
        return functional.source(p, method, kind)
    if form == SCALAR:
        return scalar.source(p)
    return inplace.source(p, form == COLUMNS)


def compiled(p: Program, method: str, form: str) -> Callable[..., Any]:
    """The function that the source defines."""
    space = executed(source(p, method, form), f"{'-'.join(map(str, p.d))} {method} {form}")
    inner = {
        SCALAR: "one_example",
        COLUMNS: "of_arrays",
        ROWS: "of_arrays",
    }  # what has no need to look
    function: Callable[..., Any] = space[
        inner.get(form, method) if method == "gradient" else method
    ]
    return function


def dispatcher(p: Program, codes: Any, slowly: Callable[..., Any]) -> Callable[..., Any]:
    """The gradient as it is called: where all is as the code takes it, straight to the code, else to `slowly`.

    `codes` gives the function of a form; the lines for small batches stand in here.  All is written out for the network: a call
    more, or a loop over the layers, would cost as much as a layer.
    """
    before, lines = inplace.parts(p, True, "double")
    ws = [f"w{l}" for l in range(1, len(p.d))]
    every = (*ws, "X", "Y")
    kinds = [" is ".join([*[f"type({a})" for a in every], "ndarray"])]
    kinds += [" is ".join([*[f"{a}.dtype" for a in every], "double"])]
    kinds += [f"X.shape == (N, {p.d[0]})", f"Y.shape == (N, {p.d[-1]})", 'reduction == "mean"']
    shapes = [f"w{l}.shape == {(p.d[l - 1] + 1, p.d[l])}" for l in range(1, len(p.d))]
    one = [f"if N == 1 and {' and '.join(shapes)}:", f"    return codes[{SCALAR!r}](W, X, Y)"]
    text = [
        'def gradient(W, X, Y, reduction="mean"):',
        "    try:",
        f"        {', '.join(ws)}{',' if len(ws) == 1 else ''} = W",
        "        N, mean = len(X), True",
        f"        if {' and '.join(kinds)}:",
        *[f"            {line}" for line in (one if scalar.suits(p) else [])],
        "            silence = hush(silent)",
        "            try:",
        f"                if N > {SMALL // sum(p.d)}:",
        f"                    return codes[{ROWS!r}](W, X, Y)",
        *[f"                {line}" for line in lines],  # a product refuses a w of another shape
        "            finally:",
        "                unhush(silence)",
        "    except (TypeError, ValueError, AttributeError, BufferError):",
        "        pass",
        "    return slowly(W, X, Y, reduction)",
    ]
    source = "\n\n\n".join([*before, "\n".join(text)]) + "\n"
    space = executed(source, f"{'-'.join(map(str, p.d))} calls")
    space |= {"codes": codes, "slowly": slowly, "ndarray": np.ndarray, "double": DOUBLE}
    space |= {"hush": hush, "unhush": unhush, "silent": SILENT}
    function: Callable[..., Any] = space["gradient"]
    return function
