"""The corpus's array rules as functions: made from their statements, without source text of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data"
ROWS = json.loads((DATA / "arrays.json").read_text())["rows"]
BUGS = json.loads((DATA / "array_bugs.json").read_text())["bugs"]
HELPERS = """
import numpy as np
def sigmoid(x):
    return 1 / (1 + np.exp(-x))
def logsumexp(x, axis=None):
    m = x.max(axis=axis, keepdims=True)
    return np.log(np.exp(x - m).sum(axis=axis)) + np.squeeze(m, axis)
"""
Function = Callable[..., Any]


def functions(row: dict[str, Any], backward: list[str] | None = None) -> tuple[Function, Function]:
    """The forward, which caches all that it assigns, and the backward."""
    inputs = list(row["inputs"])
    assigned = {
        n for line in row["forward"] for n in re.findall(r"\b([A-Za-z_]\w*)\s*=(?!=)", line)
    }
    lines = [HELPERS, *[f"{k} = {v}" for k, v in row.get("consts", {}).items()]]
    lines += [f"def forward({', '.join(inputs)}):", *indented(row["forward"])]
    lines += [f"    return {row['output']}, locals()"]
    lines += [f"def backward({row['upstream']}, cache):"]
    lines += [f"    if {n!r} in cache: {n} = cache[{n!r}]" for n in sorted({*inputs, *assigned})]
    grads = ", ".join(f"{k!r}: {v}" for k, v in row["grads"].items())
    lines += [*indented(backward or row["backward"]), f"    return {{{grads}}}"]
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    return space["forward"], space["backward"]


def indented(statements: list[str]) -> list[str]:
    return [f"    {line}" for text in statements for line in text.split("\n")]


def shapes(row: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {k: tuple(v["shape"] if isinstance(v, dict) else v) for k, v in row["inputs"].items()}
