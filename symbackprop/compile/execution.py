"""Generated source made into functions."""

from __future__ import annotations

import linecache
from typing import Any

import numpy as np


def executed(text: str, name: str) -> dict[str, Any]:
    """What generated source defines; a traceback, and `inspect`, show its lines.

    >>> executed("def double(x):\\n    return 2 * x\\n", "double")["double"](3)
    6
    """
    place = f"<symbackprop {name}>"
    linecache.cache[place] = (len(text), None, text.splitlines(keepends=True), place)
    space: dict[str, Any] = {"__name__": place}
    exec(compile(text, place, "exec"), space)  # our own text, made from checked nodes and numbers
    return space


try:  # what np.errstate does, at a fifth of its time; without it, np.seterr
    from numpy._core.umath import _extobj_contextvar, _make_extobj

    SILENT: Any = _make_extobj(all="ignore")
    hush, unhush = _extobj_contextvar.set, _extobj_contextvar.reset
except ImportError:
    SILENT = {"all": "ignore"}

    def hush(how: Any) -> Any:
        return np.seterr(**how)

    def unhush(before: Any) -> None:
        np.seterr(**before)


"""`before = hush(SILENT)`: NumPy gives no warning till `unhush(before)`."""
