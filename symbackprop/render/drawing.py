r"""A drawing as data, in millimetres, x to the right and y down; written as SVG and as TikZ.

SVG has no ids, so that two drawings may stand in one page, and loads nothing.  TikZ needs amsmath, and no library of TikZ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import hypot
from typing import Any, Final

from .words import GREEK

EM: Final = 3.5
"""The letters' size: 10 pt."""
RISE: Final = 2.2
"""How far a label reaches above and below its middle."""
SCRIPT: Final = 0.72
"""Size of a script beside that of its letter."""
BASE, SUB, SUP = 1.05, 0.22, -0.4
"""From a label's middle to its baseline in millimetres; from there to a script's in the letters' size, y down."""
PIXELS: Final = 4.5
"""SVG's units in a millimetre."""
WIDEST: Final = 158.0
"""A line of an A4 page with margins of 25 mm, and a little less."""
THIN, THICK = 0.22, 0.32
ACCENT, DARK = "D9480F", "B23A0A"
"""The colour of δ; and one for paper."""
COLOUR: Final = f"color-mix(in srgb, currentColor 25%, #{ACCENT.lower()})"
"""Mixed with the text's own colour it is dark on white and light on black: contrasts of 6.8 and 5.9."""
ROMAN: Final = "KaTeX_Main,'STIX Two Text','Times New Roman','Liberation Serif',serif"
ITALIC: Final = "KaTeX_Math,'STIX Two Text','Times New Roman','Liberation Serif',serif"

TOKEN = re.compile(
    r"\\text\{(?P<text>[^{}]*)\}|(?P<script>[_^])\{(?P<inside>[^{}]*)\}|(?P<sign>\\[A-Za-z]+ ?|.)"
)
SIGNS = {"\\" + name: letter for letter, name in GREEK.items()} | {
    "\\dots": "…",
    "-": "−",
    "=": " = ",
    ",": ", ",
    " ": "",
}
NARROW = {**dict.fromkeys("ijl,.' ", 0.31), **dict.fromkeys("tfr()[]", 0.4)}
WIDE = {**dict.fromkeys("−=∂", 0.75), **dict.fromkeys("mw", 0.78), "…": 1.1}


@dataclass(frozen=True)
class Run:
    """Text in one style, x and width in millimetres from the label's left end; `level` is 0, SUB or SUP.

    It `ends` where scripts follow: it is set up to there.
    """

    text: str
    italic: bool
    level: float
    x: float
    width: float
    ends: bool = False


def breadth(text: str) -> float:
    """The breadth of a text in the letters' size, rather too large than too small."""
    return sum(NARROW.get(c) or WIDE.get(c) or (0.72 if c.isupper() else 0.57) for c in text)


def runs(latex: str) -> tuple[Run, ...]:
    r"""A formula of letters, digits, one level of scripts and \text as runs; a sub- and a superscript stand one over the other.

    >>> [(r.text, r.italic, r.level) for r in runs(r"\delta_{1}^{(l-1)}")]
    [('δ', True, 0.0), ('1', False, 0.22), ('(', False, -0.4), ('l', True, -0.4), ('−1)', False, -0.4)]
    """
    out: list[Run] = []
    here = end = 0.0
    for m in TOKEN.finditer(latex):
        level = {"_": SUB, "^": SUP}.get(m["script"] or "", 0.0)
        if level and out and not out[-1].level:
            out[-1] = _set_to_end(out[-1])
        start = here if level else end
        inside = m["inside"] if level else m["text"] or m["sign"]
        made, stop = _pieces(inside, m["text"] is None, level, start)
        here, end = (here if level else stop), max(end, stop)
        out = [*out, *made]
    return tuple(_joined(out))


def _set_to_end(run: Run) -> Run:
    return Run(run.text, run.italic, run.level, run.x, run.width, True)


def _pieces(text: str, formula: bool, level: float, x: float) -> tuple[list[Run], float]:
    """Letters slanted in a formula, all else upright; and where they end."""
    out: list[Run] = []
    size = EM * (SCRIPT if level else 1.0)
    for sign in re.findall(r"\\[A-Za-z]+|.", text) if formula else [text]:
        shown = SIGNS.get(sign.strip() or " ", sign) if formula else text
        shown = shown.strip() if level else shown
        width = breadth(shown) * size
        if shown:
            out.append(Run(shown, formula and shown.isalpha(), level, x, width))
        x += width
    return _joined(out), x


def _joined(made: Iterable[Run]) -> list[Run]:
    """Neighbours of one style as one run."""
    out: list[Run] = []
    for r in made:
        last = out[-1] if out else None
        if last and (last.italic, last.level) == (r.italic, r.level) and not last.ends:
            text, width = last.text + r.text, last.width + r.width
            out[-1] = Run(text, r.italic, r.level, last.x, width, r.ends)
        else:
            out.append(r)
    return out


@dataclass(frozen=True)
class Label:
    """A formula about (x, y)."""

    latex: str
    x: float
    y: float
    accent: bool = False

    @property
    def width(self) -> float:
        return max(r.x + r.width for r in runs(self.latex))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        half = self.width / 2
        return self.x - half, self.y - RISE, self.x + half, self.y + RISE

    @property
    def text(self) -> str:
        """Its characters, without heights."""
        return "".join(r.text for r in runs(self.latex))


@dataclass(frozen=True)
class Disc:
    """A circle, or a dot."""

    x: float
    y: float
    r: float
    filled: bool = False

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.x - self.r, self.y - self.r, self.x + self.r, self.y + self.r


@dataclass(frozen=True)
class Line:
    """From (x, y) to (u, v); with a head there; in the accent's colour, then dashed."""

    x: float
    y: float
    u: float
    v: float
    head: bool = True
    accent: bool = False

    @property
    def box(self) -> tuple[float, float, float, float]:
        return min(self.x, self.u), min(self.y, self.v), max(self.x, self.u), max(self.y, self.v)

    @property
    def neck(self) -> tuple[float, float]:
        """Where the stroke ends and the head begins."""
        length = hypot(self.u - self.x, self.v - self.y)
        t = 1 - min(1.6 / length, 1) * self.head
        return self.x + t * (self.u - self.x), self.y + t * (self.v - self.y)

    @property
    def tip(self) -> tuple[tuple[float, float], ...]:
        """The head's three corners."""
        a, b = self.neck
        across = 0.35 * (self.v - b), 0.35 * (self.u - a)
        return (self.u, self.v), (a - across[0], b + across[1]), (a + across[0], b - across[1])


Mark = Label | Disc | Line
Box = tuple[float, float, float, float]


def crosses(line: Line, box: Box, air: float) -> bool:
    """Whether a segment comes into a box that is larger by some air.

    >>> crosses(Line(0, 0, 10, 0), (4, 1, 6, 3), 0.5), crosses(Line(0, 0, 10, 0), (4, 1, 6, 3), 1.5)
    (False, True)
    """
    first, last = 0.0, 1.0
    for k, (at, way) in enumerate([(line.x, line.u - line.x), (line.y, line.v - line.y)]):
        low, high = box[k] - air - at, box[k + 2] + air - at
        if not way:
            first = first if low < 0 < high else 2.0
            continue
        first = max(first, min(low / way, high / way))
        last = min(last, max(low / way, high / way))
    return first < last


def passes(line: Line, x: float, y: float) -> float:
    """How far from a point a segment passes."""
    dx, dy = line.u - line.x, line.v - line.y
    along = ((x - line.x) * dx + (y - line.y) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return hypot(x - line.x - along * dx, y - line.y - along * dy)


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes have more than an edge in common."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def extent(marks: Iterable[Mark]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all marks, in millimetres."""
    left, top, right, bottom = zip(*[m.box for m in marks], strict=True)
    return min(left), min(top), max(right), max(bottom)


def svg(marks: Iterable[Mark], title: str, description: str) -> str:
    """An <svg> that a page may hold: as wide as it is drawn, or as there is room."""
    marks = list(marks)
    left, top, right, bottom = extent(marks)
    x, y, w, h = (_px(v) for v in (left - 1, top - 1, right - left + 2, bottom - top + 2))
    body = "\n".join([SVG[type(m)](m) for m in marks])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="{x} {y} {w} {h}" width="{w}" height="{h}" '
        f'fill="none" font-family="{ROMAN}" font-size="{_px(EM)}" style="max-width:100%;height:auto">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>\n{body}\n</svg>\n"
    )


def tikz(marks: Iterable[Mark]) -> str:
    """A tikzpicture as wide as it is drawn, or as a line of an A4 page with margins of 25 mm."""
    marks = list(marks)
    left, _, right, _ = extent(marks)
    k = min(1.0, WIDEST / (right - left))
    body = "\n".join([TIKZ[type(m)](m) for m in marks])
    font = rf"\fontsize{{{10 * k:.3g}}}{{{12 * k:.3g}}}\selectfont"
    return (
        rf"\begin{{tikzpicture}}[x={k:.4g}mm,y=-{k:.4g}mm,line cap=round,font={font}]"
        f"\n\\definecolor{{backwards}}{{HTML}}{{{DARK}}}\n{body}\n\\end{{tikzpicture}}\n"
    )


def _px(mm: float) -> str:
    return f"{mm * PIXELS:.2f}".rstrip("0").rstrip(".")


def _at(x: float, y: float) -> str:
    return f"({x:.2f},{y:.2f})"


def _colour(accent: bool) -> str:
    """Where a browser knows no mixed colours, and a page sets none, it is the text's own."""
    name = f"var(--symbackprop-delta,{COLOUR})"
    return f' style="color:{name}"' if accent else ""


def _svg_label(m: Label) -> str:
    """Letters are set to their end where scripts follow: in no font do these collide."""
    made = [list(group) for _, group in groupby(runs(m.latex), key=lambda r: r.level)]
    spans = "".join([_chunk(chunk, m, len(made) == 1) for chunk in made])
    return f'<text fill="currentColor"{_colour(m.accent)}>{spans}</text>'


def _chunk(chunk: list[Run], m: Label, alone: bool) -> str:
    """Runs of one height: about the label's middle, or up to their end, or from their start."""
    first, last = chunk[0], chunk[-1]
    start, end = m.x - m.width / 2 + first.x, m.x - m.width / 2 + last.x + last.width
    spaces = (len(first.text) - len(first.text.lstrip())) * breadth(" ") * EM
    anchor, x = ("end", end) if last.ends else ("start", start + spaces)
    anchor, x = ("middle", m.x) if alone else (anchor, x)
    place = f'x="{_px(x)}" y="{_px(m.y + BASE + first.level * EM)}" text-anchor="{anchor}"'
    size = f' font-size="{_px(EM * SCRIPT)}"' if first.level else ""
    pieces = "".join([_piece(r.text.lstrip() if r is first else r.text, r.italic) for r in chunk])
    return f"<tspan {place}{size}>{pieces}</tspan>"


def _piece(text: str, italic: bool) -> str:
    slant = f' font-family="{ITALIC}" font-style="italic"' if italic else ""
    return f"<tspan{slant}>{escape(text)}</tspan>" if italic else escape(text)


def _svg_disc(m: Disc) -> str:
    look = (
        'fill="currentColor"' if m.filled else f'stroke="currentColor" stroke-width="{_px(THICK)}"'
    )
    return f'<circle cx="{_px(m.x)}" cy="{_px(m.y)}" r="{_px(m.r)}" {look}/>'


def _svg_line(m: Line) -> str:
    (a, b), dashes = m.neck, f' stroke-dasharray="{_px(1.3)} {_px(0.9)}"' if m.accent else ""
    line = (
        f'<line x1="{_px(m.x)}" y1="{_px(m.y)}" x2="{_px(a)}" y2="{_px(b)}" stroke="currentColor" '
        f'stroke-width="{_px(THICK if m.accent else THIN)}"{dashes}/>'
    )
    corners = " ".join([f"{_px(x)},{_px(y)}" for x, y in m.tip])
    head = f'<polygon points="{corners}" fill="currentColor"/>' if m.head else ""
    return f"<g{_colour(m.accent)}>{line}{head}</g>"


def _tikz_label(m: Label) -> str:
    colour = ",text=backwards" if m.accent else ""
    place = _at(m.x, m.y + BASE)
    return rf"\node[anchor=base,inner sep=0pt{colour}] at {place} {{${m.latex}$}};"


def _tikz_disc(m: Disc) -> str:
    look = r"\fill" if m.filled else rf"\draw[line width={THICK}mm]"
    return f"{look} {_at(m.x, m.y)} circle ({m.r:.2f});"


def _tikz_line(m: Line) -> str:
    """Dashes with flat ends, or they would meet."""
    colour = "backwards," if m.accent else ""
    dashes = ",line cap=butt,dash pattern=on 1.3mm off 0.9mm" if m.accent else ""
    width = THICK if m.accent else THIN
    stroke = rf"\draw[{colour}line width={width}mm{dashes}] {_at(m.x, m.y)} -- {_at(*m.neck)};"
    corners = " -- ".join([_at(x, y) for x, y in m.tip])
    head = rf" \fill[{colour.rstrip(',')}] {corners} -- cycle;".replace("[]", "")
    return stroke + head * m.head


SVG: Final[dict[type[Mark], Callable[[Any], str]]] = {
    Label: _svg_label,
    Disc: _svg_disc,
    Line: _svg_line,
}
TIKZ: Final[dict[type[Mark], Callable[[Any], str]]] = {
    Label: _tikz_label,
    Disc: _tikz_disc,
    Line: _tikz_line,
}
