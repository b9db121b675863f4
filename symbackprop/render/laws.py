"""The kernel's laws with letters for their terms, as a page states them."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from ..kernel import App, Bound, Eq, Int, Prop, Sym, Term
from ..kernel.laws import LAWS, instance
from .page import Row

LETTERS: dict[str, Term] = {
    **{a: Sym(a) for a in "abc"},
    **{k: Int(k) for k in "kmn"},
    "f": App("f", (0,), (Bound(0),)),
}
"""What stands for a law's terms, by the name that the law has for each."""


def law_equations(names: Iterable[str]) -> list[tuple[Eq, tuple[Prop, ...]]]:
    """Each law with letters for its terms, and when it holds."""
    known = [(name, inspect.signature(LAWS[name]).parameters) for name in names if name in LAWS]
    return [instance(name, tuple([LETTERS[p] for p in letters])) for name, letters in known]


def law_rows(names: Iterable[str]) -> tuple[Row, ...]:
    """The laws as rows of a display."""
    return tuple([Row((e.left,), e.right, "", when) for e, when in law_equations(names)])
