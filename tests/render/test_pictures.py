"""Pictures hold what they should, where nothing covers anything else, and SVG and TikZ say the same."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import combinations, pairwise
from math import hypot
from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.render.conventions import LECTURE, MATRIX_VECTOR, Convention, convention
from symbackprop.render.drawing import Label, svg
from symbackprop.render.picture import Picture, general_picture, network_picture

NETS = [
    [1, 1],
    [2, 3, 1],
    [2, 2, 2],
    [3, 3, 3, 1],
    [4, 4, 4, 4],
    [64, 16, 10],
    [784, 128, 10],
    [2, 3, 3, 3, 3, 3, 3, 2, 1],
    [1, 14, 1],
    [2, 2, 2, 2, 2],
    [100_000, 200_000, 100],
]
DRAWN_IN_FULL = [w for w in NETS if max(w) <= 4 and len(w) < 7]
CONVENTIONS = {"lecture": LECTURE, "matrix-vector": MATRIX_VECTOR}
LONG = "lecture,s=ψ,x=ω,delta=Δ,b=β,mark=[l]"
Box = tuple[float, float, float, float]
SVG = "{http://www.w3.org/2000/svg}"
PREAMBLE = (
    r"\documentclass{article}\usepackage[a4paper,margin=25mm]{geometry}\usepackage{amsmath,tikz}"
    r"\setlength{\parindent}{0pt}\pagestyle{empty}\begin{document}"
)


def pictures() -> list[object]:
    conventions = {**CONVENTIONS, "long": convention(LONG)}
    named = [(n, c, w) for n, c in conventions.items() for w in NETS]
    every = [
        pytest.param(network_picture(w, c), c, id=f"{n} {'-'.join(map(str, w))}")
        for n, c, w in named
    ]
    return every + [
        pytest.param(general_picture(c), c, id=f"{n} general") for n, c in conventions.items()
    ]


every_picture = pytest.mark.parametrize(("picture", "c"), pictures())


def tex(picture: Picture) -> Counter[str]:
    return Counter(v.latex for v in picture.labels)


@every_picture
def test_every_node_has_its_names(picture: Picture, c: Convention) -> None:
    wanted: Counter[str] = Counter()
    for n in picture.nodes:
        at = (n.layer, n.index)
        if n.kind == "unit":
            wanted.update([c.member(k, at, latex=True) for k in ("s", "x", "delta")])
            wanted.update([c.letter("g", latex=True)])
            wanted.update([c.member("w", (n.layer, "0", n.index), latex=True)] * bool(c.b))
        elif n.kind == "bias":
            wanted[c.member("x", at, latex=True) + "=1"] += 1
        elif n.kind == "input":
            wanted[c.member("x", at, latex=True)] += 1
        elif n.kind == "error":
            wanted.update([c.letter("e", latex=True), c.letter("y", latex=True)])
    assert wanted <= tex(picture)
    rest = [text for text in (tex(picture) - wanted) if not text.startswith(r"\text")]
    own = (
        c.letter("w", latex=True) + "_",
        c.letter("d", latex=True) + "^",
        "i = ",
        "j = ",
        "k = ",
        "m = ",
    )
    assert all(text.startswith(own) for text in rest)


@pytest.mark.parametrize("c", CONVENTIONS.values(), ids=CONVENTIONS)
@pytest.mark.parametrize("widths", DRAWN_IN_FULL, ids=str)
def test_arrows_join_what_a_network_joins(widths: list[int], c: Convention) -> None:
    picture = network_picture(widths, c)
    forward = Counter((e.source.layer, e.target.layer) for e in picture.edges if not e.back)
    back = Counter((e.source.layer, e.target.layer) for e in picture.edges if e.back)
    L, bias = len(widths) - 1, 0 if c.b else 1
    weights = {(f"{l - 1}", f"{l}"): (widths[l - 1] + bias) * widths[l] for l in range(1, L + 1)}
    deltas = {(f"{l}", f"{l - 1}"): widths[l - 1] * widths[l] for l in range(2, L + 1)}
    assert forward == {**weights, (f"{L}", ""): widths[L]}
    assert back == {**deltas, ("", f"{L}"): widths[L]}


@every_picture
def test_arrows_run_from_circle_to_circle(picture: Picture, c: Convention) -> None:
    for e in picture.edges:
        a, b, line = e.source, e.target, e.line
        assert hypot(line.x - a.x, line.y - a.y) == pytest.approx(a.r, abs=0.01) or not a.r
        assert hypot(line.u - b.x, line.v - b.y) == pytest.approx(b.r, abs=0.01) or not b.r
        assert (line.u < line.x) == e.back == line.accent
        assert b.kind != "bias"
        assert not (e.back and b.kind == "input")


def test_abbreviations_say_the_true_numbers() -> None:
    for c in CONVENTIONS.values():
        texts = tex(network_picture([784, 128, 10], c))
        for member in (
            ("s", ("1", "128")),
            ("x", ("0", "784")),
            ("delta", ("2", "10")),
            ("w", ("1", "784", "128")),
        ):
            assert c.member(*member, latex=True) in texts
        assert {
            c.member("d", (str(l),), latex=True) + f" = {d}" for l, d in enumerate((784, 128, 10))
        } <= {*texts}
        assert c.member("s", ("1", "3"), latex=True) not in texts
    assert (
        "Of the 784 nodes of layer 0, nodes 1, 2 and 784" in network_picture([784, 2]).description
    )


def test_a_deep_network_shows_both_ends() -> None:
    picture = network_picture([2, 3, 3, 3, 3, 3, 3, 2, 1])
    assert {n.layer for n in picture.nodes} == {"0", "1", "7", "8", ""}
    assert "Layers 2 to 6 are left out." in picture.description
    assert len({n.layer for n in network_picture([2, 2, 2, 2]).nodes}) == 5
    joined = {(e.source.layer, e.target.layer) for e in picture.edges}
    assert {("1", "…"), ("…", "7"), ("7", "…"), ("…", "1")} <= joined
    assert ("1", "7") not in joined


def grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def inside_circle(box: Box, x: float, y: float, r: float) -> bool:
    return all(hypot(u - x, v - y) <= r for u in (box[0], box[2]) for v in (box[1], box[3]))


def off_circle(box: Box, x: float, y: float, r: float) -> bool:
    u, v = min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])
    return hypot(u - x, v - y) >= r


@every_picture
def test_no_label_covers_another(picture: Picture, c: Convention) -> None:
    for a, b in combinations(picture.labels, 2):
        assert not meet(grown(a.box, -0.05), grown(b.box, -0.05)), (a, b)


@every_picture
def test_labels_are_in_a_circle_or_off_it(picture: Picture, c: Convention) -> None:
    for n in picture.nodes:
        for label in picture.labels if n.kind not in ("dots", "others") else ():
            assert inside_circle(label.box, n.x, n.y, n.r) or off_circle(
                label.box, n.x, n.y, n.r
            ), (n, label)


@every_picture
def test_circles_are_apart(picture: Picture, c: Convention) -> None:
    for a, b in combinations(picture.nodes, 2):
        assert hypot(a.x - b.x, a.y - b.y) > a.r + b.r + 1


@every_picture
def test_no_arrow_runs_through_a_label_or_a_foreign_node(picture: Picture, c: Convention) -> None:
    for e in picture.edges:
        points = [
            (e.line.x + t / 200 * (e.line.u - e.line.x), e.line.y + t / 200 * (e.line.v - e.line.y))
            for t in range(201)
        ]
        for label in picture.labels:
            left, top, right, bottom = label.box
            hit = [p for p in points if left < p[0] < right and top < p[1] < bottom]
            assert not hit, (e, label)
        for n in picture.nodes:
            if n not in (e.source, e.target) and n.kind not in ("dots", "others"):
                assert all(hypot(x - n.x, y - n.y) > n.r for x, y in points), (e, n)


@every_picture
def test_svg_is_whole_and_within_its_view(picture: Picture, c: Convention) -> None:
    root = ET.fromstring(picture.svg())
    assert root.tag == SVG + "svg"
    assert root.get("role") == "img"
    assert root.findtext(SVG + "title") == picture.title
    assert root.findtext(SVG + "desc") == picture.description
    x, y, w, h = map(float, root.get("viewBox", "").split())
    k = w / (picture.box[2] - picture.box[0] + 2)
    for mark in picture.marks:
        left, top, right, bottom = (v * k for v in mark.box)
        assert x <= left <= right <= x + w
        assert y <= top <= bottom <= y + h
    shown = [
        float(v)
        for e in root.iter()
        for name, v in e.attrib.items()
        if name in ("x", "x1", "x2", "cx")
    ]
    assert all(x <= v <= x + w for v in shown)


@every_picture
def test_svg_and_tikz_write_the_labels_of_one_layout(picture: Picture, c: Convention) -> None:
    root = ET.fromstring(picture.svg())
    written = Counter(re.sub(r"\s", "", "".join(t.itertext())) for t in root.iter(SVG + "text"))
    assert written == Counter(re.sub(r"\s", "", v.text) for v in picture.labels)
    assert Counter(re.findall(r"\{\$(.*)\$\};", picture.tikz())) == tex(picture)
    strokes = re.findall(r"\\draw\[.*\] .* -- \(\S*\);", picture.tikz())
    assert len(list(root.iter(SVG + "line"))) == len(strokes)


def test_svg_needs_nothing_and_clashes_with_nothing() -> None:
    drawn = network_picture([2, 3, 1]).svg()
    assert not re.search(r"\bid=|<style|<script|href|url\(|class=", drawn)
    assert "max-width:100%" in drawn
    colours = {*re.findall(r'(?:fill|stroke)="([^"]*)"', drawn)}
    assert colours == {"none", "currentColor"}
    assert network_picture([2, 3, 1])._repr_svg_() == drawn


def test_what_is_written_is_escaped() -> None:
    root = ET.fromstring(svg([Label("a<b&c", 0, 0)], "a < b & c", "<d>"))
    assert [e.text for e in root[:2]] == ["a < b & c", "<d>"]
    assert "".join(root[2].itertext()) == "a<b&c"


def luminance(rgb: tuple[float, ...]) -> float:
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("text", "ground"), [("000000", "ffffff"), ("eeeeee", "111111")])
def test_the_colour_of_delta_is_read_on_light_and_on_dark(text: str, ground: str) -> None:
    found = re.search(
        r"color-mix\(in srgb, currentColor (\d+)%, #(\w{6})\)", network_picture([1, 1]).svg()
    )
    assert found
    part = int(found[1]) / 100
    own, over, below = (
        tuple(int(h[k : k + 2], 16) / 255 for k in (0, 2, 4)) for h in (found[2], text, ground)
    )
    mixed = luminance(tuple(part * b + (1 - part) * a for a, b in zip(own, over, strict=True)))
    high, low = sorted([mixed, luminance(below)], reverse=True)
    assert (high + 0.05) / (low + 0.05) > 4.5


def test_scripts_stand_one_over_the_other() -> None:
    root = ET.fromstring(network_picture([2, 3, 1]).svg())
    s = next(t for t in root.iter(SVG + "text") if "".join(t.itertext()) == "s2(1)")
    base, below, above = list(s)
    assert [float(p.get("y", "0")) for p in (above, base, below)] == sorted(
        float(p.get("y", "0")) for p in s
    )
    assert below.get("x") == above.get("x")
    assert base.get("text-anchor") == "end"
    assert float(base.get("x", "")) <= float(below.get("x", ""))


def test_the_order_of_indices_is_the_convention_s() -> None:
    assert "w_{23}^{(1)}" in tex(network_picture([2, 3, 1]))
    assert "w_{32}^{1}" in tex(network_picture([2, 3, 1], MATRIX_VECTOR))
    assert "w_{ji}^{l}" in tex(general_picture(MATRIX_VECTOR))


def test_biases_are_nodes_or_letters() -> None:
    assert {n.layer for n in network_picture([2, 3, 1]).nodes if n.kind == "bias"} == {"0", "1"}
    picture = network_picture([2, 3, 1], MATRIX_VECTOR)
    assert not [n for n in picture.nodes if n.kind == "bias"]
    assert {"b_{1}^{1}", "b_{3}^{1}", "b_{1}^{2}"} <= {*tex(picture)}


@every_picture
def test_columns_stand_from_left_to_right(picture: Picture, c: Convention) -> None:
    xs = list(dict.fromkeys(n.x for n in picture.nodes))
    assert xs == sorted(xs)
    assert all(b - a > 10 for a, b in pairwise(xs))


@pytest.mark.parametrize("widths", [[], [3], [2, 0, 1], [2, "x"], 7])
def test_what_is_no_network_is_refused(widths: list[int]) -> None:
    with pytest.raises(InputError, match="sizes"):
        network_picture(widths)


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
@pytest.mark.parametrize("c", [*CONVENTIONS.values(), convention(LONG)], ids=[*CONVENTIONS, "long"])
def test_pdflatex_sets_every_picture_within_the_margins(c: Convention, tmp_path: Path) -> None:
    drawn = [*[network_picture(w, c) for w in NETS], general_picture(c)]
    body = "\n\n".join([p.tikz() for p in drawn])
    (tmp_path / "p.tex").write_text(PREAMBLE + "\n\n" + body + "\n\n" + r"\end{document}")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "p.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    log = (tmp_path / "p.log").read_text(errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "Overfull" not in log
    assert "Missing character" not in log


def test_a_layer_s_own_function() -> None:
    """g_1 in the first layer's nodes; a softmax is no function of one node, so its nodes have no name for it."""
    texts = [
        label.latex for label in network_picture([1, 2, 2], functions={1: "g_1", 2: ""}).labels
    ]
    assert texts.count("g_1") == 2
    assert "g" not in texts
