"""What an index expression is as an expression in whole arrays: immutable nodes, each with named axes.

::

    a ::= name                     an argument, or an array computed before                Value
        | q                        a number                                                Number
        | k                        an index as a number: its range, as an array            Count
        | a[3], a[1:], a[:-1]      a part of it                                            Part
        | einsum(a, ...)           a product of arrays, summed over the axes that go       Contract
        | max(a), logsumexp(a)     over one axis; softmax(a) keeps it                      Along
        | stack(a, ...)            arrays beside each other                                Stack
        | f(a, ...)                entry by entry, over the axes of all of them            Call

An axis is named by the index that runs along it.  The order of a node's axes is the order of its dimensions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

Axes = tuple[str, ...]


@dataclass(frozen=True)
class Node:
    @property
    def axes(self) -> Axes:
        return ()

    @property
    def parts(self) -> tuple[Node, ...]:
        return ()


@dataclass(frozen=True)
class Value(Node):
    """An array by its name."""

    name: str
    dimensions: Axes = ()

    @property
    def axes(self) -> Axes:
        return self.dimensions


@dataclass(frozen=True)
class Number(Node):
    """A rational, or another real number as the nearest double."""

    value: Fraction | float


@dataclass(frozen=True)
class Count(Node):
    """The numbers low, …, high of an index; `high` is the text of a number, or of a width plus a number."""

    index: str
    low: int
    high: str

    @property
    def axes(self) -> Axes:
        return (self.index,)


@dataclass(frozen=True)
class Size(Node):
    """How many numbers an index has."""

    low: int
    high: str


Pick = int | tuple[int, int | str | None] | None
"""Along one dimension: one entry (from 0), a slice from … to …, or all of it."""


@dataclass(frozen=True)
class Part(Node):
    """Some of an array: a pick for each of its dimensions; those with one entry are gone."""

    array: Node
    picks: tuple[Pick, ...]
    dimensions: Axes

    @property
    def axes(self) -> Axes:
        return self.dimensions

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.array,)


@dataclass(frozen=True)
class Contract(Node):
    """The product of the factors, summed over the axes that are not among its own."""

    factors: tuple[Node, ...]
    dimensions: Axes

    @property
    def axes(self) -> Axes:
        return self.dimensions

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.factors


@dataclass(frozen=True)
class Along(Node):
    """A function of a row of entries: the largest, log Σ exp, or softmax, which keeps the axis."""

    op: str
    array: Node
    axis: str

    @property
    def axes(self) -> Axes:
        if self.op in ("softmax", "surprise"):
            return self.array.axes
        return tuple([a for a in self.array.axes if a != self.axis])

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.array,)


@dataclass(frozen=True)
class Call(Node):
    """A function entry by entry; its axes are those of its arguments, in the order in which they come up."""

    op: str
    args: tuple[Node, ...]

    @property
    def axes(self) -> Axes:
        return union(a.axes for a in self.args)

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.args


@dataclass(frozen=True)
class Stack(Node):
    """Arrays one beside the other, along a new last axis."""

    arrays: tuple[Node, ...]
    dimensions: Axes

    @property
    def axes(self) -> Axes:
        return self.dimensions

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.arrays


def union(many: Iterable[Axes]) -> Axes:
    """All axes, each once.

    >>> union([("n",), ("j", "n")])
    ('n', 'j')
    """
    return tuple(dict.fromkeys(axis for axes in many for axis in axes))


def number(value: Any) -> Number:
    return Number(Fraction(value))


def plus(text: str, n: int) -> str:
    """The text of a number plus n.

    >>> plus("4", -1), plus("d", 1), plus("d - 1", 1)
    ('3', 'd + 1', 'd')
    """
    if text.lstrip("-").isdigit():
        return str(int(text) + n)
    word, sign, rest = text.partition(" + ") if " + " in text else text.partition(" - ")
    n += int(rest or 0) * (-1 if "-" in sign else 1)
    return word if n == 0 else f"{word} {'+' if n > 0 else '-'} {abs(n)}"


def inside(node: Node) -> Iterator[Node]:
    """The node and all below it, each once, those below first."""
    seen: set[Node] = set()

    def visit(n: Node) -> Iterator[Node]:
        if n not in seen:
            seen.add(n)
            for p in n.parts:
                yield from visit(p)
            yield n

    yield from visit(node)


def replaced(node: Node, values: Mapping[Node, Node]) -> Node:
    """The node with others in place of some."""
    if node in values:
        return values[node]
    if not node.parts:
        return node
    new = tuple([replaced(p, values) for p in node.parts])
    match node:
        case Part() | Along():
            return replace(node, array=new[0])
        case Contract():
            return replace(node, factors=new)
        case Stack():
            return replace(node, arrays=new)
        case Call():
            return replace(node, args=new)
    return node


ARITHMETIC = ("add", "subtract", "multiply", "divide", "negative", "square", "power")
CHOICES = ("maximum", "minimum", "absolute", "number", "where")
CONDITIONS = ("greater", "less", "greater_equal", "less_equal", "equal", "not_equal")
LOGIC = ("logical_and", "logical_or", "logical_not")
RATIONAL = frozenset((*ARITHMETIC, *CHOICES, *CONDITIONS, *LOGIC))
"""Calls of which the value is a fraction where the arguments are."""


def is_rational(node: Node) -> bool:
    """Whether fractions go in and a fraction comes out: no roots, no exp, no π."""
    return all(_keeps_fractions(n) for n in inside(node))


def _keeps_fractions(node: Node) -> bool:
    if isinstance(node, Number):
        return isinstance(node.value, Fraction)
    if isinstance(node, Call) and node.op == "power":
        n = node.args[1]
        return isinstance(n, Number) and n.value == int(n.value)
    return not isinstance(node, Along) and (not isinstance(node, Call) or node.op in RATIONAL)
