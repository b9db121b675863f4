"""Every sum of an expression with an index of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from ..errors import InputError
from .names import name


def apart(e: Any) -> Any:
    """The same with every bound index under a name of its own, so that none is taken for another.

    Sums that are alike but for the names of their indices become the same, and are computed once.
    """
    taken = {name(s) for s in e.free_symbols}
    seen: dict[Any, Any] = {}

    def renamed(t: Any, names: Mapping[Any, Any]) -> Any:
        limits: list[Any] = []
        inner = dict(names)
        for index, *ends in reversed(t.limits):  # the last is the outermost
            if len(ends) != 2:
                raise InputError(f"{t}: expected limits (index, from, to), got {(index, *ends)}")
            there = [walk(end, inner) for end in ends]
            inner[index] = sp.Symbol(_fresh(name(index), taken), integer=True)
            limits.insert(0, (inner[index], *there))
        return sp.Sum(walk(t.function, inner), *limits)

    def walk(t: Any, names: Mapping[Any, Any]) -> Any:
        if t in names:
            return names[t]
        if isinstance(t, sp.Sum):
            outer = frozenset((s, names[s]) for s in t.free_symbols if s in names)
            key = _canonical(t), outer
            if key not in seen:
                seen[key] = renamed(t, names)
            return seen[key]
        if isinstance(t, sp.Indexed):
            return t.func(t.base, *[walk(i, names) for i in t.indices])
        return t.func(*[walk(a, names) for a in t.args]) if t.args else t

    return walk(sp.sympify(e), {})


def _canonical(t: Any) -> Any:
    """Bound indices named by how many sums they have inside: sums equal but for names become one expression."""
    if isinstance(t, sp.Indexed) or not t.args:
        return t
    if not isinstance(t, sp.Sum):
        return t.func(*[_canonical(a) for a in t.args])
    body, limits = _canonical(t.function), list(t.limits)
    height = sum(len(s.limits) for s in body.atoms(sp.Sum))
    for k, (index, *_) in enumerate(t.limits):
        new = {index: sp.Symbol(f"#{height + k}", integer=True)}
        body = body.xreplace(new)
        limits = [
            (n.xreplace(new) if m == k else n, *[x.xreplace(new) if m < k else x for x in rest])
            for m, (n, *rest) in enumerate(limits)
        ]
    return sp.Sum(body, *limits)


def _fresh(wanted: str, taken: set[str]) -> str:
    k = 1
    while (found := wanted if k == 1 else f"{wanted}{k}") in taken:
        k += 1
    taken.add(found)
    return found
