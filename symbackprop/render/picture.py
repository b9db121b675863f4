"""The picture of a network: sums and outputs forward to the error, δ back; a layout, pure in the widths, drawn in two ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import hypot, sqrt
from typing import Final, Literal

from ..network.sizes import check_sizes
from .conventions import LECTURE, Convention
from .drawing import (
    RISE,
    WIDEST,
    Disc,
    Label,
    Line,
    Mark,
    crosses,
    extent,
    overlap,
    passes,
    svg,
    tikz,
)

Kind = Literal["input", "bias", "unit", "error", "others", "dots"]
"""`others` are dots with arrows, for any number of nodes; `dots` have none."""
FORWARD: Final = {
    ("input", "unit"),
    ("bias", "unit"),
    ("unit", "unit"),
    ("others", "unit"),
    ("unit", "others"),
    ("unit", "error"),
    ("others", "error"),
}
"""Of which kinds two nodes in neighbouring layers are, that an arrow joins."""
BACK: Final = FORWARD - {("input", "unit"), ("bias", "unit")}
"""Those along which δ goes back."""
NEAREST, FARTHEST = 13.0, 70.0
"""Millimetres between the circles of two columns at least, and between their middles at most."""
GAP, STUB, ASIDE = 5.0, 6.5, 3.2
"""Millimetres around dots between layers, of arrows to and from them, of arrows from a bias or a target."""
BESIDE, AIR, LOW = 1.8, 1.2, 2.9
"""How far a dashed arrow runs beside the line of centres, other things from each other, δ under its node."""
LEAST: Final[dict[Kind, float]] = {
    "input": 4.0,
    "bias": 4.0,
    "unit": 7.4,
    "error": 3.4,
    "others": 2.4,
    "dots": 2.4,
}
"""The least radii."""
SHOWN: Final = ((4, False), (3, False), (4, True), (3, True))
"""What is tried in turn: the most nodes that a layer shows, and whether layers are left out."""


@dataclass(frozen=True)
class Node:
    """A node about (x, y); its layer and its index are texts, as `l-1` and `i`."""

    kind: Kind
    layer: str
    index: str
    x: float = 0.0
    y: float = 0.0
    r: float = 0.0


@dataclass(frozen=True)
class Edge:
    """An arrow between two nodes; `back` from the later one to the earlier one."""

    source: Node
    target: Node
    line: Line
    back: bool


@dataclass(frozen=True)
class Layer:
    """A column; what is written below it; dots may stand for layers after it."""

    nodes: tuple[Node, ...]
    captions: tuple[str, ...] = ()
    gap: bool = False


@dataclass(frozen=True, repr=False)
class Picture:
    """A layout in millimetres.  `title` says in a sentence what it shows, `description` what of it is left out.

    >>> picture = network_picture([2, 3, 1])
    >>> picture.title
    'A network of widths 2, 3, 1: forward to the error e (solid), and δ back from it (dashed).'
    >>> sum(1 for e in picture.edges if not e.back), sum(1 for e in picture.edges if e.back)
    (14, 4)
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    labels: tuple[Label, ...]
    details: tuple[Disc | Line, ...] = field(repr=False)
    title: str = ""
    description: str = ""

    def __repr__(self) -> str:
        return f"<picture: {self.title}>"

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """All that is drawn: arrows back under arrows forward, labels last."""
        lines = [e.line for e in sorted(self.edges, key=lambda e: not e.back)]
        discs = [Disc(n.x, n.y, n.r) for n in self.nodes if n.kind not in ("dots", "others")]
        return (*lines, *discs, *self.details, *self.labels)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return extent(self.marks)

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    def svg(self) -> str:
        """For HTML, in the text's colour; δ in that of the style's `--symbackprop-delta`, or in one of its own."""
        return svg(self.marks, self.title, self.description)

    def tikz(self) -> str:
        """A tikzpicture, at most 160 mm wide; for a document with the packages amsmath and tikz."""
        return tikz(self.marks)

    def _repr_svg_(self) -> str:
        return self.svg()


NONE: Final[Mapping[int, str]] = {}


def network_picture(
    widths: Sequence[int], convention: Convention = LECTURE, functions: Mapping[int, str] = NONE
) -> Picture:
    """d^(0) = widths[0], …; of wide layers two nodes and the last are drawn, of deep networks two layers at each end.

    `functions` says what a layer's activation is called (g_1), where that is not g; "" where it is none of each node.

    >>> "x_{784}^{(0)}" in network_picture([784, 128, 10]).tikz()
    True

    Raises InputError where the widths make no network.
    """
    sizes = check_sizes(widths)
    for most, deep in SHOWN:
        shown = [l for l in range(len(sizes)) if not deep or l < 2 or l > len(sizes) - 3]
        picture = _arranged(_numbered(sizes, shown, most, convention), convention)
        if picture.width <= WIDEST:
            break
    own = convention.letter("g", latex=True)
    names = {str(l): name and own + name[1:] for l, name in functions.items()}
    picture = _called(picture, own, names)
    return replace(
        picture, title=_title(sizes, convention), description=_left_out(sizes, shown, most)
    )


def general_picture(convention: Convention = LECTURE) -> Picture:
    """Any depth and any widths: the inputs, a layer l and the one below it, the outputs.

    >>> "w_{ij}^{(l)}" in [label.latex for label in general_picture().labels]
    True
    """
    e, delta = (convention.letter(k, latex=False) for k in ("e", "delta"))
    title = f"Any network: forward through its L layers to the error {e} (solid), and {delta} back from it (dashed)."
    layers = [_lettered(*row, convention) for row in LETTERED]
    description = "Dots stand for any number of nodes, and of layers."
    picture = _arranged([*layers, _error()], convention)
    return replace(picture, title=title, description=description)


def _called(p: Picture, own: str, names: Mapping[str, str]) -> Picture:
    """With a layer's own name for its activation, or without one."""
    layers = {n.x: n.layer for n in p.nodes if n.kind == "unit"}
    labels = []
    for label in p.labels:
        name = names.get(layers.get(label.x, ""), own) if label.latex == own else label.latex
        labels += [replace(label, latex=name)] if name else []
    return replace(p, labels=tuple(labels))


LETTERED: Final[tuple[tuple[str, str, Kind, bool], ...]] = (
    ("0", "m", "input", True),
    ("l-1", "i", "unit", False),
    ("l", "j", "unit", True),
    ("L", "k", "unit", False),
)
"""The layers of the general picture: the index of one node of each, what it is, whether layers are left out after it."""


def _lettered(layer: str, index: str, kind: Kind, gap: bool, c: Convention) -> Layer:
    ends = [Node("others", layer, f"{side} {index}") for side in ("before", "after")]
    bias = [Node("bias", layer, "0")] * (layer != "L" and not c.b)
    width = c.member("d", (layer,), latex=True)
    captions = rf"\text{{layer }}{layer}", rf"{index} = 1, \dots, {width}"
    return Layer((*bias, ends[0], Node(kind, layer, index), ends[1]), captions, gap)


def _numbered(sizes: list[int], shown: list[int], most: int, c: Convention) -> list[Layer]:
    """The layers that are shown, and the error."""
    layers = []
    for l in shown:
        bias = [Node("bias", f"{l}", "0")] * (l < len(sizes) - 1 and not c.b)
        width = rf"{c.member('d', (str(l),), latex=True)} = {sizes[l]}"
        gap = l + 1 < len(sizes) and l + 1 not in shown
        captions = rf"\text{{layer }}{l}", width
        layers.append(Layer((*bias, *_of_layer(l, sizes[l], most)), captions, gap))
    return [*layers, _error()]


def _of_layer(l: int, width: int, most: int) -> Iterator[Node]:
    kind: Kind = "unit" if l else "input"
    shown = range(1, width + 1) if width <= most else (1, 2, 0, width)
    for j in shown:
        yield Node(kind if j else "dots", f"{l}", f"{j or '…'}")


def _error() -> Layer:
    return Layer((Node("error", "", "e"),))


def _title(sizes: list[int], c: Convention) -> str:
    e, delta = (c.letter(k, latex=False) for k in ("e", "delta"))
    widths = ", ".join(map(str, sizes))
    return f"A network of widths {widths}: forward to the error {e} (solid), and {delta} back from it (dashed)."


def _left_out(sizes: list[int], shown: list[int], most: int) -> str:
    wide = [l for l in shown if sizes[l] > most]
    hidden = [l for l in range(len(sizes)) if l not in shown]
    said = [
        f"Of the {sizes[l]} nodes of layer {l}, nodes 1, 2 and {sizes[l]} are drawn." for l in wide
    ]
    if hidden:
        said.append(f"Layers {hidden[0]} to {hidden[-1]} are left out.")
    return " ".join(said) or "All nodes are drawn."


# Where things stand: radii from what is written in the nodes, then heights, then the distances between the columns.


def _arranged(layers: Sequence[Layer], c: Convention) -> Picture:
    """Columns beside each other, as near as nothing touches."""
    radii = _radii(layers, c)
    pitch = 2 * radii["unit"] + 2 * LOW + 2 * AIR + (ASIDE + 2 * RISE if c.b else 0)
    stacked = [replace(a, nodes=_stacked(a.nodes, radii, pitch)) for a in layers]
    steps = [_step(a, b, c) for a, b in pairwise(stacked)]
    inner = max(
        [s for s, (a, _) in zip(steps[:-1], pairwise(stacked), strict=False) if not a.gap],
        default=0.0,
    )
    placed, x = [stacked[0]], 0.0
    for step, (a, b) in zip(steps, pairwise(stacked), strict=True):
        x += step if a.gap or b is stacked[-1] else inner
        placed.append(replace(b, nodes=tuple([replace(n, x=x) for n in b.nodes])))
    return _drawn(placed, c)


def _radii(layers: Sequence[Layer], c: Convention) -> dict[Kind, float]:
    """One radius for all nodes of a kind, in which the largest of its labels fits."""
    radii: dict[Kind, float] = {}
    for n in [n for a in layers for n in a.nodes]:
        inside = [v.box for v in _written(n, c) if v.y == 0]
        reach = max([hypot(max(-left, right), RISE) for left, _, right, _ in inside], default=0.0)
        radii[n.kind] = max(radii.get(n.kind, LEAST[n.kind]), reach + 0.8)
    return radii


def _stacked(nodes: Sequence[Node], radii: dict[Kind, float], pitch: float) -> tuple[Node, ...]:
    """From above down; the nodes that are no bias about y = 0."""
    y, heights = 0.0, []
    for k, n in enumerate(nodes):
        near = {n.kind, nodes[k - 1].kind} & {"dots", "others"}
        y += (0.8 if near else 1.0) * pitch * (k > 0)
        heights.append(y)
    own = heights[1:] if nodes[0].kind == "bias" else heights
    middle = (own[0] + own[-1]) / 2
    return tuple(
        [replace(n, y=h - middle, r=radii[n.kind]) for n, h in zip(nodes, heights, strict=True)]
    )


def _step(a: Layer, b: Layer, c: Convention) -> float:
    """From one column to the next: as near as captions and labels allow, where no arrow touches what it should not."""
    edge = max([n.r for n in a.nodes]) + max([n.r for n in b.nodes])
    if a.gap:
        return edge + 2 * (STUB + GAP)
    room = max([v.width for v, _ in _weights(a, b, c)], default=0.0) + 2 * AIR
    captions = sum(
        [max([Label(t, 0, 0).width for t in v.captions], default=0.0) / 2 for v in (a, b)]
    )
    step = max(edge + max(room, NEAREST), captions + 2 * AIR)
    while step < FARTHEST and not _clear(a, b, step, c):
        step += 1.5
    return step


def _clear(a: Layer, b: Layer, step: float, c: Convention) -> bool:
    """Whether all arrows pass by the nodes that they do not join and by what is written beside nodes, and labels by nodes."""
    b = replace(b, nodes=tuple([replace(n, x=step) for n in b.nodes]))
    nodes, edges = (*a.nodes, *b.nodes), _edges(a, b)
    beside = [v.box for n in nodes for v in _written(n, c) if abs(v.y - n.y) > n.r]
    weights = [v.box for v in _placed_weights(a, b, c)]
    discs = [Disc(n.x, n.y, n.r).box for n in nodes]
    return not (
        any(crosses(e.line, box, 0.2) for e in edges for box in beside + weights)
        or any(
            passes(e.line, n.x, n.y) < n.r + AIR / 2
            for e in edges
            for n in nodes
            if n not in (e.source, e.target)
        )
        or any(overlap(v, box) for v in weights for box in discs + beside)
    )


def _joined(
    a: Sequence[Node], b: Sequence[Node], kinds: set[tuple[str, str]]
) -> list[tuple[Node, Node]]:
    return [(s, t) for s in a for t in b if (s.kind, t.kind) in kinds]


# What is drawn, where each node stands.


def _drawn(layers: Sequence[Layer], c: Convention) -> Picture:
    nodes = [n for a in layers for n in a.nodes]
    edges = [e for a, b in pairwise(layers) for e in (_stubs(a, b) if a.gap else _edges(a, b))]
    labels = [v for n in nodes for v in _written(n, c)]
    labels += [v for a, b in pairwise(layers) if not a.gap for v in _placed_weights(a, b, c)]
    labels += _captions(layers, max([n.y + n.r + 2 * LOW for n in nodes]))
    details = [d for n in nodes for d in _details(n, c)]
    details += [d for a, b in pairwise(layers) if a.gap for d in _between(a, b)]
    return Picture(tuple(nodes), tuple(edges), tuple(labels), tuple(details))


def _edges(a: Layer, b: Layer) -> list[Edge]:
    forward = [Edge(s, t, _line(s, t, 0), False) for s, t in _joined(a.nodes, b.nodes, FORWARD)]
    back = []
    for s, t in _joined(a.nodes, b.nodes, BACK):
        # Towards the middle of the picture: outside, the labels of the weights stand.
        side = BESIDE * (-1 if s.y + t.y > -0.01 else 1)
        back.append(Edge(t, s, _turned(_line(s, t, side)), True))
    return forward + back


def _line(s: Node, t: Node, side: float) -> Line:
    """From circle to circle, beside the line of centres."""
    dx, dy = t.x - s.x, t.y - s.y
    ux, uy = dx / hypot(dx, dy), dy / hypot(dx, dy)
    a, b = (sqrt(n.r**2 - side**2) for n in (s, t))
    nx, ny = -uy * side, ux * side
    return Line(s.x + a * ux + nx, s.y + a * uy + ny, t.x - b * ux + nx, t.y - b * uy + ny)


def _turned(line: Line) -> Line:
    return Line(line.u, line.v, line.x, line.y, accent=True)


def _stubs(a: Layer, b: Layer) -> list[Edge]:
    """Arrows to layers that are left out, and from them."""
    out = []
    for n, way in [*((n, 1) for n in a.nodes), *((n, -1) for n in b.nodes)]:
        far = Node("others", "…", "…", n.x + way * (n.r + STUB), n.y, 0.0)
        s, t = (n, far) if way > 0 else (far, n)
        if n.kind in ("input", "bias", "unit") and (n.kind, way) != ("bias", -1):
            out.append(Edge(s, t, _level(s, t, 0), False))
        if n.kind == "unit":
            side = BESIDE * (-1 if n.y > -0.01 else 1)
            out.append(Edge(t, s, _turned(_level(s, t, side)), True))
    return out


def _level(s: Node, t: Node, side: float) -> Line:
    a, b = (sqrt(n.r**2 - side**2) if n.r else 0.0 for n in (s, t))
    return Line(s.x + a, s.y + side, t.x - b, t.y + side)


def _between(a: Layer, b: Layer) -> list[Disc]:
    """Dots between two layers."""
    left, right = (
        a.nodes[0].x + max([n.r for n in a.nodes]),
        b.nodes[0].x - max([n.r for n in b.nodes]),
    )
    return [Disc((left + right) / 2 + k, 0.0, 0.45, filled=True) for k in (-2.2, 0.0, 2.2)]


def _weights(a: Layer, b: Layer, c: Convention) -> list[tuple[Label, tuple[Node, Node]]]:
    """The labels of two weights, the first and the last, and between which nodes they are."""
    ends = [
        (s, t)
        for s, t in _joined(a.nodes, b.nodes, FORWARD)
        if t.kind == "unit" and s.kind != "others"
    ]
    pairs = dict.fromkeys([ends[0], ends[-1]]) if ends else {}
    return [
        (Label(c.member("w", (t.layer, s.index, t.index), latex=True), 0, 0), (s, t))
        for s, t in pairs
    ]


def _placed_weights(a: Layer, b: Layer, c: Convention) -> Iterator[Label]:
    """The first above its arrow, the last below: there no others are."""
    found = _weights(a, b, c)
    for k, (label, (s, t)) in enumerate(found):
        line = _line(s, t, 0)
        dx, dy = line.u - line.x, line.v - line.y
        length, way = hypot(dx, dy), 1 if k == len(found) - 1 else -1
        off = way * (abs(dy) * label.width / 2 + abs(dx) * RISE) / length + way * 0.5
        x, y = (line.x + line.u) / 2 - off * dy / length, (line.y + line.v) / 2 + off * dx / length
        yield replace(label, x=x, y=y)


def _captions(layers: Sequence[Layer], bottom: float) -> list[Label]:
    first = bottom + RISE + AIR
    return [
        Label(text, a.nodes[0].x, first + 2.2 * RISE * k)
        for a in layers
        for k, text in enumerate(a.captions)
    ]


def _details(n: Node, c: Convention) -> list[Disc | Line]:
    """What is drawn in a node, and beside it."""
    if n.kind in ("dots", "others"):
        return [Disc(n.x, n.y + k, 0.4, filled=True) for k in (-1.6, 0.0, 1.6)]
    if n.kind == "error":
        return [Line(n.x, n.y + n.r + ASIDE + 1, n.x, n.y + n.r)]
    if n.kind != "unit":
        return []
    bias = [Line(n.x, n.y - n.r - ASIDE, n.x, n.y - n.r)] * bool(c.b)
    return [Line(n.x, n.y - RISE, n.x, n.y + n.r, head=False), *bias]


# What is written in a node and beside it.


def _written(n: Node, c: Convention) -> list[Label]:
    return LABELS[n.kind](n, c) if n.kind in LABELS else []


def _in_input(n: Node, c: Convention) -> list[Label]:
    return [Label(c.member("x", (n.layer, n.index), latex=True), n.x, n.y)]


def _in_bias(n: Node, c: Convention) -> list[Label]:
    return [Label(c.member("x", (n.layer, n.index), latex=True) + "=1", n.x, n.y)]


def _in_unit(n: Node, c: Convention) -> list[Label]:
    """s at the left and x at the right of a line; δ below; a bias of its own above."""
    s, x, delta = (c.member(k, (n.layer, n.index), latex=True) for k in ("s", "x", "delta"))
    half = max(Label(s, 0, 0).width, Label(x, 0, 0).width) / 2 + 0.6
    out = [Label(s, n.x - half, n.y), Label(x, n.x + half, n.y)]
    out.append(Label(delta, n.x, n.y + n.r + LOW, accent=True))
    out.append(Label(c.letter("g", latex=True), n.x, n.y - n.r + RISE + 0.2))
    if c.b:
        bias = c.member("w", (n.layer, "0", n.index), latex=True)
        out.append(Label(bias, n.x, n.y - n.r - ASIDE - RISE))
    return out


def _at_error(n: Node, c: Convention) -> list[Label]:
    target = Label(c.letter("y", latex=True), n.x, n.y + n.r + ASIDE + 1 + RISE)
    return [Label(c.letter("e", latex=True), n.x, n.y), target]


LABELS: Final[dict[Kind, Callable[[Node, Convention], list[Label]]]] = {
    "input": _in_input,
    "bias": _in_bias,
    "unit": _in_unit,
    "error": _at_error,
}
