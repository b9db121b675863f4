"""Rows in a convention: biases with a letter of their own, sums counted from 1, equations of vectors as matrices.

Each row that comes out says what the row that went in says, by Σ_{i=0..n} f(i) = f(0) + Σ_{i=1..n} f(i), x_0 = 1 and the
renaming of bound variables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from ..kernel import ONE, Add, Bound, Int, Kron, Prop, Sum, Sym, Term, opened, substitute, whole
from ..kernel.integers import combination, transform
from ..kernel.terms import D, subterms
from .conventions import LECTURE, Convention
from .matrices import matrix_row
from .page import Block, Content, Display, Glyph, Heading, Inline, Own, Para, Range, Row


def conventional(blocks: Iterable[Block], convention: Convention) -> list[Block]:
    """The blocks with their rows in a convention."""
    own = [_block(b, convention) for b in blocks]
    first = next((k for k, b in enumerate(own) if isinstance(b, Heading)), None)
    if not convention.b or first is None:
        return own
    return [*own[:first], _note(convention), *own[first:]]


def _note(convention: Convention) -> Para:
    """How a page with biases of their own, or with matrices, is to be read."""
    l, j = Int("l"), Int("j")
    said = "The bias {b} is the weight of an input that is always 1; where node 0 is spoken of, {x} is that input."
    if convention.matrix:
        said += (
            f" Vectors are {convention.vectors}s; functions of vectors and {{times}} act entry by entry. "
            + SHAPE
        )
    values: dict[str, Inline] = {
        "b": Sym("w", (l, 0, j)),
        "x": Sym("x", (l, 0)),
        "times": Glyph(lambda w: w.atom(w.style.signs["hadamard"].strip())),
        "W": Glyph(lambda w: w.atom(w.convention.member("W", ("l",), w.style.latex))),
        "l": l,
    }
    return Para(said, {k: v for k, v in values.items() if "{" + k + "}" in said})


SHAPE = "The derivatives by the entries of {W} stand where the entries do; what is raised is the layer {l}, and no power."


def _block(b: Block, convention: Convention) -> Block:
    if isinstance(b, Own):
        return Own(b.names, tuple(conventional(b.blocks, LECTURE)))
    return _display(b, convention) if isinstance(b, Display) else b


def _display(b: Display, convention: Convention) -> Display:
    rows = [new for row in b.rows for new in _written(row, convention)]
    return Display(tuple(rows))


def _written(row: Row, convention: Convention) -> Iterator[Row]:
    row = _mapped(row, counted)
    if not convention.b:
        yield row
        return
    if row.left and _is_bias_input(row.left[0]):
        return
    for part in _parted(row):
        split = _mapped(part, lambda t: _without_bias_input(_split(t)))
        yield (matrix_row(split, convention) or split) if convention.matrix else split


def _mapped(row: Row, change: Any) -> Row:
    """The row with its terms changed."""
    left = tuple([change(t) if isinstance(t, Term | Prop) else t for t in row.left])
    right = change(row.right) if isinstance(row.right, Term | Prop) else row.right
    return replace(row, left=left, right=right)


@cache
def counted(t: Any) -> Any:
    """Sums of f(i + 1) from 0 to n - 1 as sums of f(i) from 1 to n."""

    def moved(u: Any, depth: int) -> Any:
        if not isinstance(u, Sum):
            return None
        body, offset = counted(u.body), _offset(u)
        if not offset:
            return Sum(u.low, u.high, body) if body != u.body else None
        low, high = whole(u.low, offset), whole(u.high, offset)
        return counted(Sum(low, high, _shifted(body, -offset)))

    return transform(t, moved)


def _offset(u: Sum) -> int:
    """k, where the variable of a sum from 0 occurs as i + k alone, with k > 0."""
    low = combination(u.low)
    if set(low) - {ONE}:
        return 0
    found: set[int] = set()

    def look(v: Any, depth: int) -> Any:
        if isinstance(v, Kron):  # [i + 1 = j] is [i = j - 1]: it says nothing of the offset
            return v
        if isinstance(v, Bound):
            if v.level == depth:
                found.add(0)
            return None
        if isinstance(v, Add) and Bound(depth) in v.terms and _integral(v):
            found.add(combination(v).get(ONE, 0))
            return v
        return None

    transform(u.body, look)
    least = min(found, default=0)
    return least if least > 0 and low.get(ONE, 0) < 1 else 0


def _integral(v: Add) -> bool:
    return all(not isinstance(u, Sym) for u in v.terms)


def _shifted(body: Any, by: int) -> Any:
    """A body with its variable i replaced by i + by."""

    def moved(u: Any, depth: int) -> Any:
        return whole(u, by) if isinstance(u, Bound) and u.level == depth else None

    return transform(body, moved)


# --- biases with a letter of their own -----------------------------------------------------------------------------


def _is_bias_input(t: Content) -> bool:
    """Whether t is x_0, which is not spoken of where biases have a letter."""
    return isinstance(t, Sym) and t.name == "x" and t.index[1:] == (0,)


def _parted(row: Row) -> Iterator[Row]:
    """A row about all weights as one about those between nodes and one about biases."""
    letters = [r for r in row.when if isinstance(r, Range) and r.low == whole(0)]
    weighted = [r for r in letters if any(_leads_from(t, r.letter) for t in row.left)]
    if not weighted:
        yield row
        return
    (r, *_) = weighted
    yield replace(row, when=tuple([replace(r, low=ONE) if v is r else v for v in row.when]))
    rest = tuple([v for v in row.when if v is not r])
    yield replace(_mapped(row, lambda t: substitute(t, {r.letter: whole(0)})), when=rest)


def _leads_from(t: Content, letter: Int) -> bool:
    nodes = subterms(t) if isinstance(t, Term | Prop) else ()
    return any(isinstance(u, Sym) and u.name == "w" and u.index[1:2] == (letter,) for u in nodes)


def _split(t: Any) -> Any:
    """Sums over the inputs with the bias's summand apart."""

    def moved(u: Any, depth: int) -> Any:
        if not isinstance(u, Sum) or u.low != whole(0) or not _biased(u.body):
            return None
        rest = Sum(ONE, u.high, _split(u.body))
        return Add((rest, _split(opened(u.body, 0))))

    return transform(t, moved)


def _biased(body: Term) -> bool:
    """Whether the variable of a sum is the node from which a weight leads."""
    found = [u for u in subterms(body) if isinstance(u, Sym) and u.name == "w"]
    return any(isinstance(u.index[1], Bound) and u.index[1].level == 0 for u in found)


def _without_bias_input(t: Any) -> Any:
    """With 1 for x_0, but within derivatives."""

    def moved(u: Any, depth: int) -> Any:
        if isinstance(u, D):
            return u
        return ONE if isinstance(u, Sym) and _is_bias_input(u) else None

    return transform(t, moved)
