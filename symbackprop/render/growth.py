"""What the chain rule alone costs beside the δ-recursion, by depth: multiplications, counted exactly."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..errors import InputError
from .conventions import LECTURE, Convention
from .drawing import DARK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DEPTHS: Final = range(1, 11)
DEEPEST, BROADEST = 1_000, 1_000_000
"""So that no number is longer than anyone would read."""
LARGEST: Final = 10**300
"""What a float holds, and an axis."""
INK: Final = "#333333"


@dataclass(frozen=True)
class Growth:
    """A network of L = `depth` layers over its inputs, each of `width` nodes: what its gradient costs.

    `paths` from a weight to the error, over all weights, are the products that the chain rule alone gives; `written` are the
    multiplications in them, `recursion` those of the δ-recursion.  An activation's g' and the loss's ∂e/∂x count as known.
    """

    depth: int
    width: int

    @property
    def paths(self) -> int:
        """From a weight of layer l a path goes on through any node of each layer above: n^(L-l) paths; n (n + 1) weights a layer.

        >>> [Growth(L, 3).paths for L in (1, 2, 3)]
        [12, 48, 156]
        """
        n = self.width
        return sum(n * (n + 1) * n**above for above in range(self.depth))

    @property
    def written(self) -> int:
        """Multiplications, one fewer than factors, in the products of all paths.

        With m = L - l layers above it, a path has m + 1 factors g', m weights, one ∂e/∂x, and x_i unless that is x_0 = 1:
        2m + 2 multiplications for each of the n² weights from a node, 2m + 1 for each of the n from x_0, times n^m paths.

        >>> [Growth(L, 3).written for L in (1, 2, 3)]
        [21, 156, 777]
        """
        n = self.width
        return sum(n**m * (n * n * (2 * m + 2) + n * (2 * m + 1)) for m in range(self.depth))

    @property
    def recursion(self) -> int:
        """n for δ^(L); n (n + 1) for the δ of each layer below, a sum of n products times g'; n² of δ_j x_i for each layer.

        >>> [Growth(L, 3).recursion for L in (1, 2, 3)]
        [12, 33, 54]
        """
        n = self.width
        return n + (self.depth - 1) * n * (n + 1) + self.depth * n * n


def growth(width: int = 3, depths: Sequence[int] = DEPTHS) -> tuple[Growth, ...]:
    """The costs by depth, where the inputs and every layer have `width` nodes.

    >>> [(g.depth, g.written, g.recursion) for g in growth(3, range(1, 5))]
    [(1, 21, 12), (2, 156, 33), (3, 777, 54), (4, 3288, 75)]

    Raises InputError for a width or a depth that is no positive integer, or too large, and where there is no depth.
    """
    wide = _positive("width", width, BROADEST)
    found = tuple([Growth(_positive("depth", L, DEEPEST), wide) for L in depths])
    if not found:
        raise InputError("depths: expected at least one depth, got none")
    return found


def growth_plot(
    width: int = 3, depths: Sequence[int] = DEPTHS, convention: Convention = LECTURE
) -> Figure:
    """Both counts over the depth, on a logarithmic axis; a matplotlib Figure, which opens no window.

    >>> growth_plot(0)
    Traceback (most recent call last):
    symbackprop.errors.InputError: width 0: expected a positive integer

    Raises InputError as `growth` does, for numbers that no axis holds, and where matplotlib is not installed.
    """
    rows = sorted(growth(width, depths), key=lambda g: g.depth)
    if rows[-1].written > LARGEST:
        raise InputError(
            f"depth {rows[-1].depth} of width {width}: too many multiplications to draw"
        )
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError(
            "the plot of growth expects matplotlib: pip install 'symbackprop[plot]'"
        ) from None
    figure = Figure(figsize=(6.6, 3.8), layout="constrained")
    axes = figure.add_subplot()
    delta = convention.letter("delta", latex=False)
    _curve(axes, rows, [g.written for g in rows], "all paths, written out", INK, "o")
    _curve(axes, rows, [g.recursion for g in rows], f"{delta}-recursion", f"#{DARK}", "s")
    _axes(axes, rows)
    return figure


def _curve(
    axes: Axes, rows: Sequence[Growth], counts: list[int], name: str, colour: str, marker: str
) -> None:
    """A curve that bears its name at its end, and its last value."""
    depths = [g.depth for g in rows]
    axes.plot(depths, [float(c) for c in counts], color=colour, marker=marker, markersize=4)
    axes.annotate(
        f"{name}:\n{_shown(counts[-1])}",
        (depths[-1], float(counts[-1])),
        (9, 0),
        textcoords="offset points",
        color=colour,
        va="center",
    )


def _axes(axes: Axes, rows: Sequence[Growth]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_yscale("log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlabel("depth $L$")
    axes.set_ylabel("multiplications for the gradient")
    nodes = "node" if rows[0].width == 1 else "nodes"
    axes.set_title(f"Layers of {rows[0].width} {nodes} each", fontsize="medium")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)


def _shown(count: int) -> str:
    return f"{count:,}" if count < 10**12 else f"{float(count):.1e}"


def _positive(name: str, value: object, most: int) -> int:
    try:
        number = 0 if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = 0
    if number < 1:
        raise InputError(f"{name} {value!r}: expected a positive integer")
    if number > most:
        raise InputError(f"{name} {value!r}: expected at most {most}")
    return number
