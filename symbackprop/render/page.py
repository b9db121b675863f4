"""A page as data: headings, sentences with formulas in them, displays of numbered equations, pictures.

Nothing here is written yet: `rows` and `matrices` put a page into a convention, `media` write it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..kernel import Int, Prop, Term
from .boxes import Box
from .words import printable
from .writer import Writer


@dataclass(frozen=True)
class Glyph:
    """A formula that is no term: how a writer writes it."""

    box: Callable[[Writer], Box]


@dataclass(frozen=True)
class Range:
    """letter = low, …, high; one end may be missing."""

    letter: Int
    low: Term | None = None
    high: Term | None = None


@dataclass(frozen=True)
class Words:
    """A user's words, which no medium must take for commands."""

    words: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", printable(self.words))


@dataclass(frozen=True)
class Ref:
    """The numbers of the equations with these labels."""

    labels: tuple[str, ...]


Content = Term | Prop | Glyph | Range
Inline = Content | Words | Ref | tuple[Content, ...]


@dataclass(frozen=True)
class Para:
    """A sentence with {names} for what stands in `values`."""

    template: str
    values: Mapping[str, Inline] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """left = … = left = right, with a condition after it and a reason at the right; a proposition alone, without left sides.

    A row with a label is numbered; an equation without left sides goes on from the row above.  `cross` puts × between factors.
    With `alone` the right side stands by itself.  No bound variable is called by a name that is `taken`.
    """

    left: tuple[Content, ...]
    right: Content
    label: str = ""
    when: tuple[Content, ...] = ()
    reason: Para | None = None
    cross: bool = False
    alone: bool = False
    taken: frozenset[str] = frozenset()

    @property
    def bare(self) -> bool:
        """Whether it is no equation, nor goes on from one."""
        return not self.left and (self.alone or isinstance(self.right, Prop))


@dataclass(frozen=True)
class Heading:
    """A title; of level 2 for a part of the page, 3 for a part of that."""

    title: str
    level: int = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", printable(self.title))


@dataclass(frozen=True)
class Display:
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Figure:
    """A picture, drawn in a convention; it has `svg()`, `tikz()` and a `title`."""

    draw: Callable[[Any], Any]


@dataclass(frozen=True)
class Own:
    """Blocks about what is no network, in a user's names for what the kernel speaks of."""

    names: Mapping[str, str]
    blocks: tuple[Block, ...]


Block = Heading | Para | Display | Figure | Own
Letters = Mapping[tuple[str, int], str]
"""What an activation is called in a layer: ("tanh", 1) is g, or g_1 where the layers differ."""


def within(title: str, blocks: Iterable[Block], prefix: str) -> Iterator[Block]:
    """A page as a part of another one: under a title, with headings a level lower and labels of its own."""
    yield Heading(title)
    yield from _lowered(blocks, prefix)


def _lowered(blocks: Iterable[Block], prefix: str) -> Iterator[Block]:
    for b in blocks:
        match b:
            case Heading():
                yield replace(b, level=b.level + 1)
            case Para():
                yield _relabelled(b, prefix)
            case Display():
                yield Display(tuple([_prefixed(row, prefix) for row in b.rows]))
            case Own():
                yield Own(b.names, tuple(_lowered(b.blocks, prefix)))
            case _:
                yield b


def _prefixed(row: Row, prefix: str) -> Row:
    reason = row.reason and _relabelled(row.reason, prefix)
    return replace(row, label=prefix + row.label if row.label else "", reason=reason)


def _relabelled(p: Para, prefix: str) -> Para:
    def own(v: Inline) -> Inline:
        return Ref(tuple([prefix + name for name in v.labels])) if isinstance(v, Ref) else v

    return replace(p, values={k: own(v) for k, v in p.values.items()})


def all_rows(blocks: Iterable[Block]) -> Iterator[Row]:
    """The rows of all displays, in their order."""
    for b in blocks:
        if isinstance(b, Display):
            yield from b.rows
        elif isinstance(b, Own):
            yield from all_rows(b.blocks)


class Numbers(dict[int, int]):
    """Equation numbers by row, and the numbers that labels stand for."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        rows = list(all_rows(blocks))
        found = [k for k, r in enumerate(rows) if r.label]
        super().__init__({k: n for n, k in enumerate(found, 1)})
        self.by_label: dict[str, list[int]] = {}
        for k, n in self.items():
            self.by_label.setdefault(rows[k].label, []).append(n)

    def spans(self, ref: Ref) -> list[tuple[int, int]]:
        """Runs of consecutive numbers, first and last; KeyError for a label that no row has."""
        runs: list[tuple[int, int]] = []
        for n in sorted({n for label in ref.labels for n in self.by_label[label]}):
            joins = bool(runs) and runs[-1][1] == n - 1
            runs[-1:] = [(runs[-1][0], n)] if joins else [*runs[-1:], (n, n)]
        return runs
