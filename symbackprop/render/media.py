r"""Blocks written out: LaTeX, Markdown, HTML and text; one walk, a class a medium.

LaTeX is `align*` with `\tag`, which pdflatex and KaTeX read alike; Markdown and notebooks want `aligned` between dollars.
"""

from __future__ import annotations

import re
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import ClassVar

from ..kernel import Int, Prop, Term
from ..kernel.terms import subterms
from .boxes import ATOM, LAST, SUM, Box, Chunk, led, lines
from .html import escaped_html, math_block, math_span
from .page import (
    Block,
    Content,
    Display,
    Figure,
    Glyph,
    Heading,
    Inline,
    Numbers,
    Own,
    Para,
    Range,
    Ref,
    Row,
    Words,
)
from .words import escaped
from .writer import Writer

COLUMNS, LINE, TAG, WHY = 100, 455.0, 38.0, 130.0
"""Columns of text; points of a LaTeX line, those kept for an equation's number, and at most for a reason."""
GAP, RELATION, LETTER, LATER = 22.0, 13.5, 4.75, 20
"""Points between an equation and its reason, around an =, of a letter in a sentence; by how much later a left side breaks."""
INDENT, WIDE, BESIDE = 4, 0.35, 70.0
"""Columns before a display; how much of a line a left side may take, and points that it always may."""
SECTIONS = ("section", "subsection", "subsubsection", "paragraph", "subparagraph")
NEIGHBOURS = {(str(k), str(k + 1)) for k in range(10)}
SOLID = "\N{NO-BREAK SPACE}"
"""A space within a formula, where no line of a paragraph is broken."""


@dataclass
class Medium(ABC):
    """What all media share: rows are numbered in the order in which they are written."""

    writer: Writer
    numbers: Numbers
    rows: Iterator[int] = field(default_factory=count)

    def blocks(self, blocks: Iterable[Block]) -> list[str]:
        """Each block that has something to say."""
        return [text for b in blocks for text in self.block(b) if text]

    def block(self, b: Block) -> list[str]:
        match b:
            case Own():
                writer = replace(self.writer, names=b.names)
                return replace(self, writer=writer).blocks(b.blocks)
            case Display():
                return [self.display(b)] if b.rows else []
            case Figure():
                return [self.figure(b)]
            case Heading():
                return [self.heading(b)]
        return [self.para(b)]

    @abstractmethod
    def heading(self, b: Heading) -> str: ...

    def figure(self, b: Figure) -> str:
        return ""

    def para(self, b: Para) -> str:
        return self.sentence(b)

    def sentence(self, b: Para) -> str:
        return self.words(b.template).format(**{k: self.inline(v) for k, v in b.values.items()})

    def words(self, template: str) -> str:
        """A sentence's own words."""
        return template

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
        within = replace(self, writer=replace(self.writer, script=True, inline=True))
        return ", ".join([self.math(within.box(v).body) for v in parts])

    def ref(self, value: Ref) -> str:
        dash = "--" if self.writer.style.latex else "–"
        spans = self.numbers.spans(value)
        return ", ".join([f"({a})" if a == b else f"({a}){dash}({b})" for a, b in spans])

    def box(self, value: Content) -> Box:
        if isinstance(value, Range):
            return self.writer.atom(ranged(self.writer, value))
        if isinstance(value, Glyph):
            return value.box(self.writer)
        return self.writer.box(value)

    def left(self, row: Row) -> Box:
        """The left sides, with = between them."""
        own = self.about(row)
        boxes = [own.box(v) for v in row.left]
        chunks: tuple[Chunk, ...] = boxes[0].chunks if boxes else ()
        for b in boxes[1:]:
            chunks += led(b, 0, " = ", "= ", self.relation)
        return Box(chunks, ATOM)

    @property
    def relation(self) -> float:
        return RELATION if self.writer.style.latex else 3.0

    def right(self, row: Row, flush: bool) -> Box:
        """What stands at the right: the right side and its condition; of a flush row the left sides too."""
        chunks = self.about(row).box(row.right).chunks
        if flush and row.left:
            equal = led(Box(chunks), 0, " = ", "= ", self.relation)
            chunks = (*[replace(c, rank=c.rank + LATER) for c in self.left(row).chunks], *equal)
        return Box((*chunks, *self.condition(row)))

    def condition(self, row: Row) -> list[Chunk]:
        """(l = 1, …, L, j = 1, …, d^(l)), in chunks of which the first breaks before anything else."""
        latex, own = self.writer.style.latex, self.about(row)
        space, gap = (r" \qquad ", r"\ ") if latex else ("   ", " ")
        out: list[Chunk] = []
        for k, v in enumerate(row.when):
            body = ("(" if k == 0 else "") + own.box(v).body + (")" if v is row.when[-1] else ",")
            width = self.writer.style.width(body) + (24.0 if latex else 3.0)
            glue = space if k == 0 else gap
            out.append(
                Chunk(
                    body,
                    width,
                    SUM - 2 if k == 0 else LAST,
                    glue,
                    space.lstrip() * latex * (k == 0),
                )
            )
        return out

    def about(self, row: Row) -> Medium:
        """For a row's formulas: no bound variable is called as a letter of the row is."""
        writer = self.writer.crossed() if row.cross else self.writer
        return replace(self, writer=replace(writer, taken=writer.taken | said(row)))

    def next_number(self) -> int | None:
        return self.numbers.get(next(self.rows))


def said(row: Row) -> frozenset[str]:
    """The letters for indices in a row."""
    found: set[str] = set(row.taken)
    for v in (*row.left, row.right, *row.when):
        if isinstance(v, Range):
            found.add(v.letter.name)
        elif isinstance(v, Term | Prop):
            found |= {u.name for u in subterms(v) if isinstance(u, Int) and not u.index}
    return frozenset(found)


def ranged(w: Writer, r: Range) -> str:
    r"""l = 1, \dots, L, or l ≥ 1."""
    own, low, high = (
        w.box(t).body.replace(" ", "") if t else "" for t in (r.letter, r.low, r.high)
    )
    latex = w.style.latex
    if low and high:
        if latex and (low, high) in NEIGHBOURS:
            return f"{own} = {low}, {high}"
        dots = r", \dots, " if latex else ".."
        return f"{own} = {low}" if low == high else f"{own} = {low}{dots}{high}"
    return f"{own}{w.style.signs['ge' if low else 'le']}{low or high}"


class LatexMedium(Medium):
    """Headings, paragraphs and align environments."""

    tallest: ClassVar[int] = 60
    solid: ClassVar[str] = "\\\\*\n"
    """Between lines of one equation, where no page ends."""

    def heading(self, b: Heading) -> str:
        return f"\\{SECTIONS[min(b.level, len(SECTIONS)) - 1]}*{{{escaped(b.title)}}}"

    def math(self, body: str) -> str:
        return self.pieces(body)

    def pieces(self, body: str) -> str:
        """A formula, and the words in it as words of the sentence, where lines may break."""
        parts = re.split(r"\\text\{([^{}]*)\}", body)
        return "".join([p if k % 2 else self.formula(p) for k, p in enumerate(parts) if p.strip()])

    def formula(self, body: str) -> str:
        return f"${body.strip()}$"

    def display(self, b: Display) -> str:
        parts = [b.rows[k : k + self.tallest] for k in range(0, len(b.rows), self.tallest)]
        return "\n".join([self.environment(self.written(rows)) for rows in parts])

    def environment(self, rows: list[str]) -> str:
        body = "\\\\\n".join(rows)
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"

    def written(self, rows: tuple[Row, ...]) -> list[str]:
        """Lines of the alignment."""
        reasons = [self.because(r) for r in rows]
        why = max([LETTER * len(line) for lines in reasons for line in lines], default=0.0)
        space = LINE - TAG - RELATION - (why + GAP if why else 0.0)
        lefts = [self.left(r).width for r in rows]
        rights = [self.about(r).box(r.right).width for r in rows]
        widest = beside(lefts, rights, space, LINE * WIDE)
        room = space - max([n for n in lefts if n <= widest], default=0.0)
        every = zip(rows, flush(rows, lefts, widest), reasons, strict=True)
        return [self.solid.join(self.row_lines(r, own, because, room)) for r, own, because in every]

    def because(self, row: Row) -> list[str]:
        """The reason in lines."""
        if row.reason is None:
            return []
        width = int(WHY / LETTER)
        text = self.sentence(row.reason).replace("--", "–")
        found = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
        return [line.replace("–", "--") for line in found]

    def row_lines(self, row: Row, flush: bool, why: list[str], room: float) -> list[str]:
        number = self.next_number()
        parts = lines(self.right(row, flush), room, room - 10.0)
        relation = f"{self.left(row).body} &= ".lstrip()
        if flush or row.bare:
            relation = "& " if row.left or row.bare else r"&\quad = "
        out = [relation + parts[0], *[rf"&\quad {p}" for p in parts[1:]]]
        out += ["&"] * (len(why) - len(out))
        out = [a + (rf" && \text{{{b}}}" if b else "") for a, b in padded(out, why)]
        return [*out[:-1], out[-1] + self.tag(number, bool(why))]

    def tag(self, number: int | None, reasoned: bool) -> str:
        return "" if number is None else rf" \tag{{{number}}}"


def beside(lefts: list[float], rights: list[float], space: float, widest: float) -> float:
    """How wide a left side may be to stand beside its right one: so that each right side has room, where that can be."""
    while True:
        taken = max([n for n in lefts if n <= widest], default=0.0)
        if taken <= BESIDE or all(n <= space - taken for n in rights):
            return widest
        widest = taken - 0.01


def flush(rows: tuple[Row, ...], lefts: list[float], widest: float) -> list[bool]:
    """Which rows begin at the left, with their left side above the right one, or go on from such a row."""
    out: list[bool] = []
    for row, n in zip(rows, lefts, strict=True):
        out.append(
            (n > widest and bool(row.left))
            or (not row.left and not row.bare and out[-1:] == [True])
        )
    return out


def padded(out: list[str], why: list[str]) -> list[tuple[str, str]]:
    return list(zip(out, [*why, *[""] * (len(out) - len(why))], strict=True))


class MarkdownMedium(LatexMedium):
    """Markdown with mathematics between dollars, where a tag cannot stand."""

    solid: ClassVar[str] = "\\\\\n"

    def heading(self, b: Heading) -> str:
        return "#" * b.level + " " + plainly(b.title)

    def environment(self, rows: list[str]) -> str:
        return f"$$\n{super().environment(rows)}\n$$".replace("{align*}", "{aligned}")

    def inline(self, value: Inline) -> str:
        if isinstance(value, Words):
            return plainly(value.words)
        return super().inline(value)

    def ref(self, value: Ref) -> str:
        return super().ref(value).replace("--", "–")

    def tag(self, number: int | None, reasoned: bool) -> str:
        return "" if number is None else rf" {'' if reasoned else '&'}&& ({number})"


def plainly(text: str) -> str:
    """A user's words, which Markdown must not take for its marks."""
    return "".join(["\\" + c if c in r"\`*_{}[]<>#|$~&" else c for c in text])


class HtmlMedium(LatexMedium):
    """HTML in which KaTeX finds its mathematics; a display is not broken where the page is printed, so it is short."""

    tallest: ClassVar[int] = 20
    solid: ClassVar[str] = "\\\\\n"

    def heading(self, b: Heading) -> str:
        return f"<h{b.level}>{escaped_html(b.title)}</h{b.level}>"

    def para(self, b: Para) -> str:
        return f"<p>{self.sentence(b)}</p>"

    def words(self, template: str) -> str:
        return escaped_html(template)

    def formula(self, body: str) -> str:
        return math_span(body.strip())

    def because(self, row: Row) -> list[str]:
        latex = LatexMedium(self.writer, self.numbers)
        return latex.because(row)

    def inline(self, value: Inline) -> str:
        if isinstance(value, Words):
            return escaped_html(value.words)
        return super().inline(value)

    def ref(self, value: Ref) -> str:
        return super().ref(value).replace("--", "–")

    def environment(self, rows: list[str]) -> str:
        return math_block(super().environment(rows))

    def figure(self, b: Figure) -> str:
        picture = b.draw(self.writer.convention)
        caption = f"<figcaption>{escaped_html(picture.title)}</figcaption>"
        return f"<figure>{picture.svg()}{caption}</figure>"


class NotebookMedium(HtmlMedium):
    """HTML for a notebook, whose own MathJax reads what stands between dollars."""

    def heading(self, b: Heading) -> str:
        return f"<h{b.level + 2}>{untouched(b.title)}</h{b.level + 2}>"

    def inline(self, value: Inline) -> str:
        return untouched(value.words) if isinstance(value, Words) else super().inline(value)

    def formula(self, body: str) -> str:
        return f"${escaped_html(body.strip())}$"

    def environment(self, rows: list[str]) -> str:
        body = LatexMedium.environment(self, rows).replace("{align*}", "{aligned}")
        return f"<div>$${escaped_html(body)}$$</div>"

    def tag(self, number: int | None, reasoned: bool) -> str:
        return MarkdownMedium.tag(self, number, reasoned)  # type: ignore[arg-type]


def untouched(words: str) -> str:
    """A user's words in which MathJax looks for no formula."""
    return f'<span class="mathjax_ignore tex2jax_ignore">{escaped_html(words)}</span>'


class DocumentMedium(LatexMedium):
    """LaTeX with pictures, for a document that loads TikZ."""

    def figure(self, b: Figure) -> str:
        picture = b.draw(self.writer.convention)
        return f"\\begin{{center}}\n{picture.tikz()}\n\\end{{center}}"


@dataclass
class TextMedium(Medium):
    """Unicode for a terminal."""

    columns: int = COLUMNS

    def heading(self, b: Heading) -> str:
        return f"{b.title}\n{('-' if b.level == 2 else '.') * len(b.title)}"

    def math(self, body: str) -> str:
        return body.replace(" ", SOLID)

    def para(self, b: Para) -> str:
        words = self.sentence(b)
        filled = textwrap.fill(words, self.columns, break_long_words=False, break_on_hyphens=False)
        return filled.replace(SOLID, " ")

    def display(self, b: Display) -> str:
        widest = int(self.columns * WIDE)
        lefts = [int(self.left(r).width) for r in b.rows]
        width = max([n for n in lefts if n <= widest], default=0)
        rows = zip(b.rows, flush(b.rows, [*lefts], widest), strict=True)
        return "\n".join([line for r, own in rows for line in self.row_lines(r, own, width)])

    def row_lines(self, row: Row, flush: bool, width: int) -> list[str]:
        number = self.next_number()
        tag = "" if number is None else f"({number})"
        bare = flush or row.bare
        margin = INDENT + (0 if bare else width + 3)
        room = self.columns - margin - 6
        parts = lines(self.right(row, flush), room, room - 2)
        relation = "" if bare else f"{self.left(row).body:<{width}} = "
        if flush and not row.left:
            relation = "  = "
        out = [" " * INDENT + relation + parts[0]]
        out += [" " * (margin + 2) + p for p in parts[1:]]
        return self.ended(self.explained(out, row), tag)

    def explained(self, out: list[str], row: Row) -> list[str]:
        """The reason after the last line, or on a line of its own."""
        if row.reason is None:
            return out
        reason = f"[{self.sentence(row.reason)}]".replace(SOLID, " ")
        if len(out[-1]) + len(reason) + 3 <= self.columns - 6:
            return [*out[:-1], f"{out[-1]}   {reason}"]
        room = self.columns - 12
        more = textwrap.wrap(reason, room, break_long_words=False, break_on_hyphens=False)
        return [*out, *[" " * 8 + line for line in more]]

    def ended(self, out: list[str], tag: str) -> list[str]:
        """The number at the right, below where there is no room for it."""
        if tag and len(out[-1]) + len(tag) >= self.columns:
            out = [*out, ""]
        gap = " " * (self.columns - len(out[-1]) - len(tag))
        return [*out[:-1], (out[-1] + gap + tag).rstrip()]


DOCUMENT = r"""\documentclass[10pt]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb}
\usepackage[a4paper,margin=25mm]{geometry}
PICTURES\allowdisplaybreaks
\setlength{\jot}{5pt}
\setlength{\emergencystretch}{6em}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5\baselineskip}
\title{\vspace{-15mm}TITLE\vspace{-10mm}}
\author{}
\date{}
\begin{document}
\maketitle
BODY
\end{document}
"""
