"""The counts in closed form are those of the terms themselves, written out by the chain rule or given by the recursion."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import pairwise, product

import pytest

from symbackprop.derive.mechanical import gradient_terms
from symbackprop.errors import InputError
from symbackprop.kernel import Add, Mul, Term
from symbackprop.kernel.terms import parts, subterms
from symbackprop.network.architecture import Architecture
from symbackprop.network.recursion import BACKPROPAGATION, read_recursion
from symbackprop.network.sizes import paths
from symbackprop.render.growth import Growth, growth, growth_plot

SMALL = [(1, 1), (1, 2), (1, 4), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2)]
"""Widths and depths."""


def network(width: int, depth: int) -> Architecture:
    """With a loss that is any function, so that a path is one product."""
    return Architecture([width] * (depth + 1), loss="opaque")


def multiplications(terms: Iterable[Term]) -> int:
    found = [u for t in terms for u in subterms(t) if isinstance(u, Mul)]
    return sum(len(parts(m)) - 1 for m in found)


@pytest.mark.parametrize(("width", "depth"), SMALL)
def test_written_out_is_what_the_chain_rule_gives(width: int, depth: int) -> None:
    terms = list(gradient_terms(network(width, depth)).values())
    products = sum(len(parts(t)) if isinstance(t, Add) else 1 for t in terms)
    own = Growth(depth, width)
    assert (own.written, own.paths) == (multiplications(terms), products)


@pytest.mark.parametrize(("width", "depth"), SMALL)
def test_the_recursion_is_what_it_gives(width: int, depth: int) -> None:
    believed = read_recursion(network(width, depth), BACKPROPAGATION)
    terms = [*believed.deltas.values(), *believed.weights.values()]
    assert Growth(depth, width).recursion == multiplications(terms)


@pytest.mark.parametrize(("width", "depth"), [(2, 5), (3, 4), (4, 3), (5, 2)])
def test_written_out_is_what_walking_all_paths_gives(width: int, depth: int) -> None:
    products = factors = 0
    for l in range(1, depth + 1):
        for i, _ in product(range(width + 1), range(width)):
            for above in product(range(width), repeat=depth - l):
                products += 1
                factors += (i > 0) + 1 + 2 * len(above) + 1
    own = Growth(depth, width)
    assert (own.paths, own.written) == (products, factors - products)
    assert own.paths == paths([width] * (depth + 1))


def test_one_is_exponential_and_the_other_linear() -> None:
    rows = growth(3, range(1, 30))
    steps = [b.recursion - a.recursion for a, b in pairwise(rows)]
    assert len(set(steps)) == 1
    assert all(b.written > 3 * a.written > 100 * a.recursion for a, b in pairwise(rows[9:]))


@pytest.mark.parametrize(
    ("width", "depths", "culprit"),
    [
        (0, [1], "width 0"),
        (True, [1], "width True"),
        (2.5, [1], "width 2.5"),
        (3, [0], "depth 0"),
        (3, [], "depths"),
        (3, [10**9], "depth 1000000000"),
    ],
)
def test_mistakes_are_named(width: int, depths: list[int], culprit: str) -> None:
    with pytest.raises(InputError, match=culprit):
        growth(width, depths)


def test_the_plot_shows_both_counts_by_depth() -> None:
    pytest.importorskip("matplotlib")
    depths = [5, 1, 3]
    (axes,) = growth_plot(2, depths).axes
    rows = growth(2, sorted(depths))
    curves = [[tuple(p) for p in line.get_xydata()] for line in axes.get_lines()]
    assert curves == [[(g.depth, g.written) for g in rows], [(g.depth, g.recursion) for g in rows]]
    assert axes.get_yscale() == "log"
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    said = [t.get_text() for t in axes.texts]
    assert [
        s.endswith(f"{n:,}")
        for s, n in zip(said, (rows[-1].written, rows[-1].recursion), strict=True)
    ] == [True] * 2


def test_the_plot_is_a_file_and_no_state() -> None:
    pytest.importorskip("matplotlib")
    pyplot = sys.modules.get("matplotlib.pyplot")
    before = pyplot.get_fignums() if pyplot else None
    figure = growth_plot(3)
    figure.draw_without_rendering()
    assert before == (pyplot.get_fignums() if pyplot else None)
    inside = figure.bbox.padded(1)
    boxes = [t.get_window_extent() for t in figure.axes[0].texts]
    assert all(inside.contains(b.x0, b.y0) and inside.contains(b.x1, b.y1) for b in boxes)
    assert not boxes[0].overlaps(boxes[1])


def test_too_large_a_number_is_no_crash() -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(InputError, match="too many"):
        growth_plot(1_000_000, [1, 1000])


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(InputError, match=r"pip install 'symbackprop\[plot\]'"):
        growth_plot()
