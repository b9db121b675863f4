r"""A page: headings, sentences with formulas in them, and displays of numbered equations; as LaTeX and as text.

LaTeX is `align` with `\tag`, which pdflatex and KaTeX read alike; a notebook wants `aligned` between dollars.
"""

from __future__ import annotations

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..kernel import Prop, Term
from .boxes import ATOM, Box, Chunk, led, lines
from .styles import escaped
from .writer import LATEX, TEXT, Letters, Writer

COLUMNS, LINE, TAG = 100, 455.0, 34.0
"""Columns of text; points of a LaTeX line, and those kept for an equation's number."""
INDENT, TALLEST = 4, 60
SOLID = "\N{NO-BREAK SPACE}"
"""A space within a formula, where no line of a paragraph is broken."""


@dataclass(frozen=True)
class Glyph:
    """A formula with letters for indices, which is no term; written for both media."""

    latex: str
    text: str


@dataclass(frozen=True)
class Words:
    """A user's words, which LaTeX must not take for commands."""

    words: str


@dataclass(frozen=True)
class Ref:
    """The numbers of the equations with this label."""

    label: str


Content = Term | Prop | Glyph
Inline = Content | Words | Ref | tuple[Content, ...]


@dataclass(frozen=True)
class Row:
    """left = … = left = right, with a condition after it.  A row with a label is numbered; without left sides it goes on."""

    left: tuple[Content, ...]
    right: Content
    label: str = ""
    when: tuple[Content, ...] = ()


@dataclass(frozen=True)
class Heading:
    title: str


@dataclass(frozen=True)
class Para:
    """A sentence with {names} for what stands in `values`."""

    template: str
    values: Mapping[str, Inline] = field(default_factory=dict)


@dataclass(frozen=True)
class Display:
    rows: tuple[Row, ...]


Block = Heading | Para | Display


@dataclass(frozen=True)
class Page:
    """What is to be read, in order, with the letters of the activations."""

    title: str
    blocks: tuple[Block, ...]
    letters: Letters = field(default_factory=dict)

    def latex(self) -> str:
        """A fragment for a document with amsmath."""
        write = LatexPage(replace(LATEX, letters=self.letters), self.numbers())
        return (
            "".join([_gap(b) + write.block(b) for b in self.blocks if _filled(b)]).lstrip() + "\n"
        )

    def notebook(self) -> str:
        """For MathJax in a notebook."""
        write = NotebookPage(replace(LATEX, letters=self.letters), self.numbers())
        return "\n\n".join([write.block(b) for b in self.blocks if _filled(b)]) + "\n"

    def document(self) -> str:
        """A standalone article."""
        return DOCUMENT.replace("TITLE", escaped(self.title)).replace("BODY", self.latex())

    def text(self) -> str:
        """For a terminal, at most 100 columns wide."""
        write = TextPage(replace(TEXT, letters=self.letters), self.numbers())
        top = f"{self.title}\n{'=' * len(self.title)}"
        return "\n\n".join([top, *[write.block(b) for b in self.blocks if _filled(b)]]) + "\n"

    def numbers(self) -> Numbers:
        """The number of each labelled row, by its place among all rows."""
        labels = [r.label for b in self.blocks if isinstance(b, Display) for r in b.rows]
        found = [k for k, label in enumerate(labels) if label]
        return Numbers({k: n for n, k in enumerate(found, 1)}, labels)


def _gap(b: Block) -> str:
    """A display belongs to the paragraph before it: an empty line would set it apart."""
    return "\n" if isinstance(b, Display) else "\n\n"


def _filled(b: Block) -> bool:
    return not isinstance(b, Display) or bool(b.rows)


class Numbers(dict[int, int]):
    """Equation numbers by row, and the ranges that labels stand for."""

    def __init__(self, numbers: dict[int, int], labels: list[str]) -> None:
        super().__init__(numbers)
        self.labels = labels

    def span(self, label: str) -> tuple[int, int]:
        """The first and the last number of a label; KeyError for a label that no row has."""
        own = [n for k, n in self.items() if self.labels[k] == label]
        if not own:
            raise KeyError(label)
        return min(own), max(own)


@dataclass
class Medium(ABC):
    """What both media share: rows are numbered in the order in which they are written."""

    writer: Writer
    numbers: Numbers
    row: int = 0

    def block(self, b: Block) -> str:
        if isinstance(b, Heading):
            return self.heading(b)
        return self.para(b) if isinstance(b, Para) else self.display(b)

    @abstractmethod
    def heading(self, b: Heading) -> str: ...

    def para(self, b: Para) -> str:
        return b.template.format(**{k: self.inline(v) for k, v in b.values.items()})

    @abstractmethod
    def display(self, b: Display) -> str: ...

    @abstractmethod
    def math(self, body: str) -> str: ...

    def inline(self, value: Inline) -> str:
        if isinstance(value, Words):
            return escaped(value.words) if self.writer.style.latex else value.words
        if isinstance(value, Ref):
            return self.ref(value)
        parts = value if isinstance(value, tuple) else (value,)
        return ", ".join([self.math(self.box(v).body) for v in parts])

    def ref(self, value: Ref) -> str:
        first, last = self.numbers.span(value.label)
        dash = "--" if self.writer.style.latex else "–"
        return f"({first})" if first == last else f"({first}){dash}({last})"

    def box(self, value: Content) -> Box:
        if not isinstance(value, Glyph):
            return self.writer.box(value)
        body = value.latex if self.writer.style.latex else value.text
        return self.writer.atom(body)

    def left(self, row: Row) -> Box:
        """The left sides, with = between them."""
        boxes = [self.box(v) for v in row.left]
        chunks: tuple[Chunk, ...] = boxes[0].chunks if boxes else ()
        for b in boxes[1:]:
            chunks += led(b, 0, " = ", "= ", 17.0 if self.writer.style.latex else 3.0)
        return Box(chunks, ATOM)

    def next_number(self) -> int | None:
        self.row += 1
        return self.numbers.get(self.row - 1)

    def condition(self, row: Row) -> str:
        return ", ".join([self.box(v).body for v in row.when])


class LatexPage(Medium):
    """Headings, paragraphs and align environments."""

    def heading(self, b: Heading) -> str:
        return rf"\subsection*{{{b.title}}}"

    def math(self, body: str) -> str:
        return f"${body}$"

    def display(self, b: Display) -> str:
        parts = [b.rows[k : k + TALLEST] for k in range(0, len(b.rows), TALLEST)]
        return "\n".join([self.environment(self.written(Display(rows))) for rows in parts])

    def environment(self, rows: list[tuple[str, str]]) -> str:
        body = "\\\\\n".join([line + tag for line, tag in rows])
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"

    def written(self, b: Display) -> list[tuple[str, str]]:
        """Lines of the alignment, each with its tag."""
        room = LINE - TAG - 17.0 - max(self.left(r).width for r in b.rows)
        return [line for r in b.rows for line in self.row_lines(r, room)]

    def row_lines(self, row: Row, room: float) -> list[tuple[str, str]]:
        number = self.next_number()
        when = rf" \qquad ({self.condition(row)})" if row.when else ""
        parts = lines(self.box(row.right), room, room - 10.0)
        first = f"{self.left(row).body} &= {parts[0]}"
        every = [first, *[rf"&\quad {p}" for p in parts[1:]]]
        tags = [self.tag(None)] * (len(every) - 1) + [self.tag(number)]
        every[-1] += when
        return list(zip(every, tags, strict=True))

    def tag(self, number: int | None) -> str:
        return "" if number is None else rf" \tag{{{number}}}"


class NotebookPage(LatexPage):
    """The same for MathJax between dollars, where a tag cannot stand."""

    def heading(self, b: Heading) -> str:
        return rf"$\textbf{{{b.title}}}$"

    def environment(self, rows: list[tuple[str, str]]) -> str:
        return f"$${super().environment(rows)}$$".replace("{align*}", "{aligned}")

    def tag(self, number: int | None) -> str:
        return "" if number is None else rf" && ({number})"


class TextPage(Medium):
    """Unicode for a terminal."""

    def heading(self, b: Heading) -> str:
        return f"{b.title}\n{'-' * len(b.title)}"

    def math(self, body: str) -> str:
        return body.replace(" ", SOLID)

    def para(self, b: Para) -> str:
        words = super().para(b)
        filled = textwrap.fill(words, COLUMNS, break_long_words=False, break_on_hyphens=False)
        return filled.replace(SOLID, " ")

    def display(self, b: Display) -> str:
        width = int(max(self.left(r).width for r in b.rows))
        return "\n".join([line for r in b.rows for line in self.row_lines(r, width)])

    def row_lines(self, row: Row, width: int) -> list[str]:
        number = self.next_number()
        tag = "" if number is None else f"({number})"
        when = f"   ({self.condition(row)})" if row.when else ""
        margin = INDENT + width + 3
        room = COLUMNS - margin - 6
        parts = lines(self.box(row.right), room, room - 2)
        first = " " * INDENT + f"{self.left(row).body:<{width}} = {parts[0]}"
        every = [first, *[" " * (margin + 2) + p for p in parts[1:]]]
        every[-1] += when
        if len(every[-1]) + len(tag) >= COLUMNS and tag:
            every.append("")
        gap = " " * (COLUMNS - len(every[-1]) - len(tag))
        return [*every[:-1], (every[-1] + gap + tag).rstrip()]


DOCUMENT = r"""\documentclass[10pt]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath}
\usepackage[a4paper,margin=25mm]{geometry}
\allowdisplaybreaks
\setlength{\jot}{5pt}
\setlength{\emergencystretch}{6em}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5\baselineskip}
\title{TITLE}
\author{}
\date{}
\begin{document}
\maketitle
BODY
\end{document}
"""
