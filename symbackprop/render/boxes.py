r"""Printed pieces with their widths, and the breaking of long ones into lines.

A box is a row of chunks.  A line may break before a chunk whose `rank` is not `NEVER`; the lowest rank breaks first: a sum
before a sum within it, any sum before a product.  Widths are points for LaTeX and columns for text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

NEVER, FACTOR, LAST = 1000, 500, 900
"""Ranks: no break; between factors; where nothing else helps."""
SUM, PRODUCT, ATOM = 0, 1, 2


@dataclass(frozen=True)
class Chunk:
    """A piece of one line: `glue` stands before it within a line, `head` where it begins one."""

    body: str
    width: float
    rank: int = NEVER
    glue: str = ""
    head: str = ""


@dataclass(frozen=True)
class Box:
    """A printed term: how tightly it binds (SUM, PRODUCT, ATOM) and how tall it is (0 a symbol, 2 a fraction).

    One that `trails` may stand bare as the last factor: Σ_j a_j.
    """

    chunks: tuple[Chunk, ...]
    binds: int = ATOM
    height: int = 0
    trails: bool = False

    @property
    def body(self) -> str:
        """The whole on one line."""
        return joined(self.chunks)

    @property
    def width(self) -> float:
        return sum(c.width for c in self.chunks)


def joined(chunks: Sequence[Chunk]) -> str:
    """Chunks on one line, of which the first begins it."""
    return chunks[0].body + "".join([c.glue + c.body for c in chunks[1:]]) if chunks else ""


def led(box: Box, rank: int, glue: str, head: str, width: float) -> tuple[Chunk, ...]:
    """The box's chunks, with a place for a break before the first."""
    first, *rest = box.chunks
    led_first = replace(first, rank=rank, glue=glue, head=head, width=first.width + width)
    return (led_first, *rest)


def deeper(box: Box) -> Box:
    """The box within parentheses: it breaks later than what is around it."""
    chunks = [c if c.rank >= FACTOR else replace(c, rank=c.rank + 1) for c in box.chunks]
    return replace(box, chunks=tuple(chunks))


def kept(box: Box, above: int = 0) -> Box:
    """The box, broken only where nothing else helps; with `above`, at places of that rank or later."""
    chunks = [replace(c, rank=LAST) if above <= c.rank < LAST else c for c in box.chunks]
    return replace(box, chunks=tuple(chunks))


def enclosed(box: Box, left: str, right: str, width: float) -> tuple[Chunk, ...]:
    """The box's chunks with a delimiter at both ends, each so wide; an empty one takes no room."""
    first, *rest = box.chunks
    chunks = [replace(first, body=left + first.body, width=first.width + width * bool(left)), *rest]
    last = chunks[-1]
    wider = last.width + width * bool(right)
    return (*chunks[:-1], replace(last, body=last.body + right, width=wider))


def lines(box: Box, width: float, later: float) -> list[str]:
    """The box in lines: the first as wide as `width`, each other as wide as `later`, where its breaks allow that."""
    out: list[str] = []
    rest = list(box.chunks)
    while rest:
        cut = _cut(rest, later if out else width)
        out.append((rest[0].head if out else "") + joined(rest[:cut]))
        rest = rest[cut:]
    return out


def _cut(chunks: Sequence[Chunk], width: float) -> int:
    """How many chunks the line takes: all that fit, cut at the last break of the lowest rank."""
    used, fits = 0.0, 0
    for c in chunks:
        used += c.width
        if used > width:
            break
        fits += 1
    if fits == len(chunks):
        return fits
    places = [k for k in range(1, fits + 1) if chunks[k].rank < NEVER]
    if not places:
        return next((k for k in range(1, len(chunks)) if chunks[k].rank < NEVER), len(chunks))
    best = min(chunks[k].rank for k in places)
    return max(k for k in places if chunks[k].rank == best)


# --- how wide LaTeX is, in points at 10 pt ---------------------------------------------------------------------

TOKEN = re.compile(
    r"(?P<scripts>(?:[_^]\{(?:[^{}]|\{[^{}]*\})*\})+)|(?P<command>\\[A-Za-z]+)|(?P<sign>\\.|.)"
)
COMMANDS = {
    r"\partial": 5.9,
    r"\delta": 5.0,
    r"\sigma": 6.2,
    r"\pi": 6.0,
    r"\mathrm": 0.0,
    r"\operatorname": 2.0,
    r"\dots": 13.5,
    r"\qquad": 20.0,
    r"\odot": 12.3,
    r"\ge": 13.4,
    r"\le": 13.4,
    r"\ne": 13.4,
    r"\text": 0.0,
    r"\top": 5.6,
    r"\nabla": 8.4,
    **{rf"\{side}": 4.8 for side in ("bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr")},
}
SIGNS = {
    **dict.fromkeys("()", 3.9),
    **dict.fromkeys("[]", 2.9),
    **dict.fromkeys("0123456789", 5.1),
    **dict.fromkeys("{} ", 0.0),
    **dict.fromkeys("+-", 12.3),
    "=": 13.4,
    "'": 3.0,
    ",": 4.5,
    "/": 5.1,
    r"\,": 1.8,
    r"\ ": 3.4,
}
LETTERS = {
    **dict.fromkeys("esgyazbivjl", 5.3),
    **dict.fromkeys("xdnukpqrth", 6.0),
    **dict.fromkeys("wmELCWAJ", 7.7),
}
SMALL = {
    **dict.fromkeys("()[]", 3.2),
    **dict.fromkeys("0123456789", 4.0),
    ",": 2.1,
    "{": 0.0,
    "}": 0.0,
}
"""Of a script's characters; of all others a bit more than a digit's."""


def _scripts(text: str) -> float:
    """The wider of what stands below and what stands above."""
    parts = re.findall(r"\{((?:[^{}]|\{[^{}]*\})*)\}", text)
    return max(map(small_width, parts)) + 0.9


def small_width(text: str) -> float:
    """About how wide a script is."""
    plain = re.sub(r"\\[A-Za-z]+ ?", "d", text)
    return sum(SMALL.get(c, 4.4 if c.isalpha() else 5.7) for c in plain)


def latex_width(text: str) -> float:
    """About how wide a short formula without fractions is; rather too wide than too narrow."""
    total = 0.0
    for m in TOKEN.finditer(text):
        if m["scripts"]:
            total += _scripts(m["scripts"])
        elif m["command"]:
            total += COMMANDS.get(m["command"], 5.6 * (len(m["command"]) - 1) + 1.8)
        else:
            total += SIGNS.get(m["sign"], LETTERS.get(m["sign"], 7.3))
    return total


def text_width(text: str) -> float:
    """Columns of a terminal."""
    return float(len(text))
