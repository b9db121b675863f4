"""An equation about letters, applied to other indices: one-way matching of its left side."""

from __future__ import annotations

from typing import Any

from ..kernel import Int, KernelError, Term
from ..kernel.integers import combination, minus, substitute, whole
from ..kernel.terms import Node

Values = dict[Any, Term]


def matched(pattern: Any, t: Any, letters: set[Int]) -> Values | None:
    """What the letters of a pattern are in a term; None where it is no instance.

    >>> from symbackprop.kernel import Sym
    >>> k = Int("k")
    >>> str(matched(Sym("a", (k,)), Sym("a", (3,)), {k})[k])
    '3'
    """
    values: Values = {}
    return values if _match(pattern, t, letters, values) else None


def _match(pattern: Any, t: Any, letters: set[Int], values: Values) -> bool:
    if _is_integer(pattern) and _is_integer(t):
        return _same_integer(pattern, t, letters, values)
    if isinstance(pattern, Node):
        return type(pattern) is type(t) and _match(pattern.values(), t.values(), letters, values)
    if isinstance(pattern, tuple) and isinstance(t, tuple):
        pairs = list(zip(pattern, t, strict=False))
        return len(pattern) == len(t) and all(_match(p, u, letters, values) for p, u in pairs)
    return bool(pattern == t)


def _is_integer(k: Any) -> bool:
    try:
        combination(k)
    except KernelError:
        return False
    return True


def _same_integer(pattern: Any, t: Any, letters: set[Int], values: Values) -> bool:
    """k + c is n where k is n - c: as it was found before, or now for the first time."""
    rows = combination(pattern)
    new = [a for a in rows if a in letters and a not in values]
    if len(new) == 1 and rows[new[0]] == 1:
        values[new[0]] = whole(t, new[0], minus(substitute(whole(pattern), values)))
        return True
    return whole(substitute(whole(pattern), values)) == whole(t)
