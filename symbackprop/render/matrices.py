r"""Equations of vectors in matrix form: δ^(l-1) = g'(s^(l-1)) ⊙ (W^(l) δ^(l)) for what holds entry by entry.

A reading of the entries: what stands for all j is a vector over j, a sum of products over a node is a product with W.  What
fits no row of the table stays in entries.  The layout of ∂e/∂W is that of W.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..kernel import (
    ONE,
    Add,
    App,
    D,
    Int,
    Mul,
    Prop,
    Sum,
    Sym,
    Term,
    Vec,
    opened,
)
from ..kernel.terms import subterms
from .boxes import ATOM, FACTOR, PRODUCT, SUM, Box, enclosed, led
from .conventions import Convention
from .order import Product, climb_key, climbs, ordered, path_key, product
from .page import Glyph, Range, Row
from .ranges import index
from .writer import Writer

Written = Callable[[Writer], Box]
"""How something is written once a writer is at hand."""


class NoMatrixError(Exception):
    """An equation that is none of vectors."""


def matrix_row(row: Row, convention: Convention) -> Row | None:
    """The row in matrix form; None where it has none."""
    nodes = _nodes(row)
    try:
        if not all(isinstance(t, Term) for t in (*row.left, row.right)):
            return None
        reader = Reader(nodes, convention)
        left = tuple([_glyph(reader.read(t)) for t in row.left])
        right = _glyph(reader.read(row.right))
    except NoMatrixError:
        return None
    rest = tuple([v for v in row.when if not (isinstance(v, Range) and v.letter in nodes)])
    return replace(row, left=left, right=right, when=rest, cross=False)


def _glyph(written: Written) -> Glyph:
    return Glyph(box=written)


def _nodes(row: Row) -> tuple[Int, ...]:
    """The letters of nodes; of a weight's, that from which it leads first."""
    nodes = tuple([r.letter for r in row.when if isinstance(r, Range) and _of_nodes(r, row)])
    symbols = [u for t in row.left if isinstance(t, Term) for u in subterms(t)]
    pairs = [u.index[1:] for u in symbols if isinstance(u, Sym) and u.name == "w"]
    return next((p for p in pairs if {*p} == {*nodes}), nodes)


def _of_nodes(r: Range, row: Row) -> bool:
    """Whether a range is that of all nodes of a layer."""
    symbols = [u for t in (*row.left, row.right) if isinstance(t, Term | Prop) for u in subterms(t)]
    own = [u for u in symbols if isinstance(u, Sym) and r.letter in u.index]
    return (
        r.low == ONE
        and bool(own)
        and all(r.letter not in u.index[:1] or u.name == "y" for u in own)
    )


@dataclass(frozen=True)
class Reader:
    """Reads terms as numbers, vectors or matrices; `nodes` are the letters of the row's entries, from and to for a weight."""

    nodes: tuple[Int, ...]
    convention: Convention

    def read(self, t: Any) -> Written:
        free = [v for v in self.nodes if v in set(subterms(t))]
        if len(free) == 2:
            return self.matrix(t)
        if len(self.nodes) == 2:
            raise NoMatrixError
        return self.vector(t, free[0]) if free else self.number(t)

    # numbers

    def number(self, t: Any) -> Written:
        """What has no entries: e, and a function of a whole layer."""
        if (
            isinstance(t, App)
            and len(t.args) == 1
            and isinstance(t.args[0], Vec)
            and not any(t.orders[0])
        ):
            vec = t.args[0]
            letter = Int("·")
            inside = self.vector(opened(vec.body, letter), letter)
            return lambda w: _called(w, w.name(t), inside(w))
        if isinstance(t, Sym) and not t.index:
            return lambda w: w.box(t)
        raise NoMatrixError

    # vectors

    def vector(self, t: Any, i: Any) -> Written:
        """What t is for all i."""
        parts = [product(u) for u in ordered(t)]
        rows = [self.elementwise(p, i) for p in parts]
        signs = [p.coefficient < 0 for p in parts]
        if any(signs[:1]):
            raise NoMatrixError
        return rows[0] if len(rows) == 1 else lambda w: _added(w, [r(w) for r in rows], signs)

    def elementwise(self, p: Product, i: Any) -> Written:
        """A product entry by entry, but for its sign."""
        plain = p.top and not p.bottom and abs(p.coefficient) == 1 and all(n == 1 for _, n in p.top)
        if not plain or not all(_has(u, i) for u, _ in p.top):
            raise NoMatrixError
        key = climb_key if climbs(p.top) else path_key
        own = [self.entry(u, i) for u in sorted([u for u, _ in p.top], key=key)]
        return own[0] if len(own) == 1 else lambda w: _elementwise(w, [f(w) for f in own])

    def entry(self, t: Any, i: Any) -> Written:
        """The vector whose entries are t; t is no product."""
        for kind, read in ENTRIES:
            if isinstance(t, kind):
                return read(self, t, i)
        raise NoMatrixError

    def member(self, t: Sym, i: Any) -> Written:
        """x^(l), for x_i^(l)."""
        *layer, last = t.index
        if t.name == "w" and t.index[1] == 0 and last == i:
            return lambda w: _member(w, "b", t.index[:1])
        if t.name not in ("s", "x", "delta", "y") or last != i:
            raise NoMatrixError
        return lambda w: _member(w, t.name, tuple(layer))

    def applied(self, t: App, i: Any) -> Written:
        """g(s^(l)) entry by entry; ∇E, for ∂E/∂x_i."""
        if len(t.args) != 1:
            raise NoMatrixError
        (arg,), (order,) = t.args, t.orders
        if isinstance(arg, Vec):
            if order != (i,):
                raise NoMatrixError
            letter = Int("·")
            inside = self.vector(opened(arg.body, letter), letter)
            return lambda w: w.atom(w.style.gradient(inside(w).body) + w.name(t))
        vector = self.vector(arg, i)
        return lambda w: _called(w, w.name(t) + "'" * order, vector(w))

    def derivative(self, t: D, i: Any) -> Written:
        """∂e/∂s^(l), for ∂e/∂s_i^(l)."""
        if not isinstance(t.term, Sym) or t.term.index:
            raise NoMatrixError
        by = self.member(t.by, i)
        return lambda w: w.partial(w.box(t.term).body, by(w).body)

    def summed(self, t: Sum, i: Any) -> Written:
        """W x or the like, for a sum over the nodes of a layer."""
        k = Int(":")
        body = opened(t.body, k)
        p = product(body)
        factors = [u for u, n in p.top for _ in range(n)]
        weights = [u for u in factors if isinstance(u, Sym) and u.name == "w"]
        rest = [u for u in factors if u not in weights]
        if t.low != ONE or p.bottom or p.coefficient != 1 or len(weights) != 1 or not rest:
            raise NoMatrixError
        (weight,) = weights
        l, a, b = weight.index
        if {a, b} != {i, k} or any(_has(u, i) for u in rest):
            raise NoMatrixError
        vector = self.vector(Mul(tuple(rest)), k)
        return lambda w: self.times(w, l, vector(w), a == i)

    def times(self, w: Writer, l: Any, vector: Box, upper: bool) -> Box:
        """The product of W^(l) with a vector; `upper` sums over the nodes to which the weights lead."""
        c = self.convention
        turned = (c.order == "ij") != upper  # a column: sums over the second index are W v
        row = c.vectors == "row"
        matrix = _turned(w, _member(w, "W", (l,)), turned != row)
        inside = w.tight(vector, PRODUCT)
        return _product(w, [inside, matrix] if row else [matrix, inside])

    # matrices

    def matrix(self, t: Any) -> Written:
        """∂e/∂W, for ∂e/∂w_ij; an outer product of two vectors."""
        if isinstance(t, D):
            by = t.by
            if not isinstance(t.term, Sym) or t.term.index or by.name != "w":
                raise NoMatrixError
            return lambda w: w.partial(w.box(t.term).body, _member(w, "W", by.index[:1]).body)
        p = product(t)
        if p.bottom or p.coefficient != 1 or len(self.nodes) != 2:
            raise NoMatrixError
        sides = [[u for u, n in p.top for _ in range(n) if _has(u, v)] for v in self.nodes]
        if sum(map(len, sides)) != len(p.top) or not all(sides):
            raise NoMatrixError
        from_, to = (self.vector(Mul(tuple(s)), v) for s, v in zip(sides, self.nodes, strict=True))
        return lambda w: self.outer(w, from_(w), to(w))

    def outer(self, w: Writer, from_: Box, to: Box) -> Box:
        c = self.convention
        first, second = (from_, to) if c.order == "ij" else (to, from_)
        turned = (0, 1) if c.vectors == "column" else (1, 0)
        boxes = [
            _turned(w, w.tight(b, PRODUCT), bool(k))
            for b, k in zip((first, second), turned, strict=True)
        ]
        return _product(w, boxes)


ENTRIES: tuple[tuple[type, Callable[[Reader, Any, Any], Written]], ...] = (
    (Sym, Reader.member),
    (App, Reader.applied),
    (D, Reader.derivative),
    (Sum, Reader.summed),
    (Add, Reader.vector),
)


def _has(t: Any, v: Any) -> bool:
    return any(u == v for u in subterms(t))


def _member(w: Writer, name: str, layer: tuple[Any, ...]) -> Box:
    """A vector or a matrix by its letter and its layer."""
    return w.atom(w.convention.member(name, [index(w, k) for k in layer], w.style.latex))


def _turned(w: Writer, b: Box, turned: bool) -> Box:
    """The transpose."""
    if not turned:
        return b
    inside = w.wrapped(b) if "^" in b.body or b.binds < ATOM else b
    return w.atom(inside.body + w.style.transposed, inside.height, inside.width + 6.0)


def _called(w: Writer, name: str, inside: Box) -> Box:
    wrapped = w.wrapped(inside)
    return Box(enclosed(wrapped, name, "", w.style.width(name)), ATOM, max(0, wrapped.height - 1))


def _product(w: Writer, boxes: list[Box]) -> Box:
    tight = [w.tight(b, ATOM) for b in boxes]
    chunks = tight[0].chunks
    for b in tight[1:]:
        chunks += led(b, FACTOR, w.style.juxtaposed, w.style.juxtaposed, 2.5)
    return Box(chunks, PRODUCT, max(b.height for b in tight))


def _elementwise(w: Writer, boxes: list[Box]) -> Box:
    """Factors with ⊙ between them; a product of matrices in parentheses."""
    tight = [w.tight(b, ATOM) for b in boxes]
    chunks = tight[0].chunks
    for b in tight[1:]:
        sign = w.style.signs["hadamard"]
        chunks += led(b, FACTOR, sign, sign.lstrip(), 14.0 if w.style.latex else 3.0)
    return Box(chunks, SUM, max(b.height for b in tight))


def _added(w: Writer, boxes: list[Box], signs: list[bool]) -> Box:
    chunks = boxes[0].chunks
    for b, negative in list(zip(boxes, signs, strict=True))[1:]:
        sign = "-" if negative else "+"
        head = f"{w.style.plus_head}{sign} "
        chunks += led(w.tight(b), SUM, f" {sign} ", head, 14.0 if w.style.latex else 3.0)
    return Box(chunks, SUM, max(b.height for b in boxes))


__all__ = ["matrix_row"]
