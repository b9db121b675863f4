"""The errors of the gradient, by kinds of input: `python tests/benchmarks/accuracy.py [--markdown] [--quick]`.

Each cell is the worst over seven outputs and losses, three shapes, batches of 1 and 5, doubles and float32, and every form of
the code: the error of an entry relative to Σ_n |δ_nj x_ni| / N in units of the unit of rounding, and then the error as a
share of what rounding can explain (tests/numeric/running_error.py, the strict bound): up to 1 the code is as good as its
arithmetic.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from mpmath import mp

from symbackprop.network.architecture import Architecture
from symbackprop.numeric import forms, scalar
from symbackprop.numeric.compiled import Compiled, compile_network

sys.path.append(str(Path(__file__).parents[1] / "numeric"))
import hard_inputs
import running_error

OUTPUTS = [
    ("", "squared error"),
    ("sigmoid", "binary cross entropy"),
    ("softmax", "cross entropy"),
    ("identity", "logistic"),
    ("softmax", "squared error"),
    ("sigmoid", "cross entropy"),
    ("tanh", "logistic"),
]
SHAPES = [(3, 4, 2), (2, 3, 3, 2), (2, 1)]
Errors = tuple[Any, Any]
NONE: Errors = (mp.zero, mp.zero)


def gradients(f: Compiled, W: Any, X: Any, Y: Any) -> Iterator[tuple[str, Any]]:
    """The gradient by each form that suits, with its name."""
    kind = str(X.dtype)
    with np.errstate(all="ignore"):
        for form in (forms.COLUMNS, forms.ROWS):
            name = form if kind == "float64" else f"{form}, {kind}"
            yield name, forms.compiled(f.program, "gradient", form)(W, X, Y, True)
    if len(X) == 1 and kind == "float64" and scalar.suits(f.program):
        yield forms.SCALAR, f.gradient(W, X, Y)


def measured(kind: str, name: str, shapes: list[Any]) -> Iterator[tuple[str, Errors]]:
    """The errors of all networks with one activation below their output, by form."""
    for d in shapes:
        for last, loss in OUTPUTS:
            names = [*[name] * (len(d) - 2), last or name]
            f = compile_network(Architecture(list(d), names, loss))
            for N, dtype in ((1, np.float64), (5, np.float64), (5, np.float32)):
                W, X, Y = hard_inputs.example(kind, d, N, 1, dtype)
                entries, over = running_error.gradient(names, loss, W, X, Y, np.finfo(dtype))
                assert not over
                for form, got in gradients(f, W, X, Y):
                    yield form, running_error.worst(got, entries, np.finfo(dtype))


def table(quick: bool) -> dict[str, dict[str, Errors]]:
    """By kind of input, the worst errors by activation and by form."""
    rows: dict[str, dict[str, Errors]] = {}
    for kind in hard_inputs.KINDS:
        row = rows.setdefault(kind, {})
        for name in running_error.CURVES:
            for form, errors in measured(kind, name, SHAPES[:1] if quick else SHAPES):
                for key in (name, form):
                    old = row.get(key, NONE)
                    row[key] = (max(old[0], errors[0]), max(old[1], errors[1]))
        print(f"{kind}: done", file=sys.stderr)
    return rows


def shown(errors: Errors) -> str:
    size, share = (mp.nstr(v, 2, min_fixed=-3, max_fixed=6) for v in errors)
    return f"{size} / {share}" + (" (!)" if errors[1] > 1 else "")


def main() -> None:
    parser = argparse.ArgumentParser(description="Rounding errors of the gradient.")
    parser.add_argument("--markdown", action="store_true", help="print a table in Markdown")
    parser.add_argument("--quick", action="store_true", help="one shape, in under a minute")
    options = parser.parse_args()
    rows = table(options.quick)
    found = dict.fromkeys(key for row in rows.values() for key in row)
    every = [*running_error.CURVES, *[k for k in found if k not in running_error.CURVES]]
    lines = [["input", *every]]
    lines += [[kind, *[shown(row.get(k, NONE)) for k in every]] for kind, row in rows.items()]
    if options.markdown:
        lines.insert(1, ["---"] * len(lines[0]))
        print("\n".join(f"| {' | '.join(line)} |" for line in lines))
        return
    for kind, *cells in lines[1:]:
        print(kind)
        for key, cell in zip(every, cells, strict=True):
            print(f"    {key:<16} {cell}")


if __name__ == "__main__":
    main()
