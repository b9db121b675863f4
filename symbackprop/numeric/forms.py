"""The forms that a network's functions are generated in, which of them suits a batch, and the functions made from the source.

| form | when | what |
| --- | --- | --- |
| scalar | one example, a tiny network | Python floats, no array on the way |
| columns | small batches and networks | an example a column: the fewest calls |
| rows | else | an example a row: the least work |
| plain | the other functions | an expression a line |
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..compile.execution import executed
from ..compile.targets import target as named
from ..errors import InputError
from . import functional, inplace, scalar
from .program import Program

SCALAR, COLUMNS, ROWS, PLAIN = "scalar", "columns", "rows", "plain"
DOUBLE = np.dtype(np.float64)
SMALL = 20_000
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
    return scalar.source(p) if form == SCALAR else inplace.source(p, form == COLUMNS)


def compiled(p: Program, method: str, form: str) -> Callable[..., Any]:
    """The function that the source defines."""
    space = executed(source(p, method, form), f"{'-'.join(map(str, p.d))} {method} {form}")
    function: Callable[..., Any] = space[method]
    return function


HEAD = "from numpy import dtype, float64, ndarray\n\ndouble = dtype(float64)"


@cache
def _fitting(d: tuple[int, ...]) -> Callable[[Any, Any, Any], int]:
    L = len(d) - 1
    tests = ["type(W) is list", f"len(W) == {L}", "type(X) is type(Y) is ndarray"]
    tests += [f"type(W[{l}]) is ndarray" for l in range(L)]
    tests += [f"W[{l}].dtype is double" for l in range(L)]
    tests += ["X.dtype is double", "Y.dtype is double"]
    tests += [f"W[{l}].shape == {(d[l] + 1, d[l + 1])}" for l in range(L)]
    tests += ["X.ndim == 2", f"X.shape[1] == {d[0]}", f"Y.shape == (len(X), {d[-1]})"]
    text = f"def fits(W, X, Y):\n    return len(X) if {' and '.join(tests)} else -1\n"
    space = executed(f"{HEAD}\n\n\n{text}", f"{'-'.join(map(str, d))} fits")
    function: Callable[[Any, Any, Any], int] = space["fits"]
    return function


def fitting(p: Program) -> Callable[[Any, Any, Any], int]:
    """A function of (W, X, Y): the number of examples where all three are just what the code takes, else -1."""
    return _fitting(p.d)
