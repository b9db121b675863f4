"""Learning curves: the error by epoch, in training and on examples that are held out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..files import check_writable, write_with

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENDINGS = ("png", "svg", "pdf")
DATES = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""No file says when it was made: the same training draws the same file."""
TRAINING, HELD = "#1f5f99", "#d9480f"
DECADES = 20.0
"""The largest error is so many times the least where the axis becomes logarithmic."""


def check_plot(path: str | os.PathLike[str] | None) -> None:
    """InputError where curves could not be drawn to a file; to be asked before long work."""
    if path is None:
        return
    _ending(path)
    check_writable(path)
    _figure()


def learning_curves(
    errors: Sequence[float],
    held: Sequence[float] = (),
    epoch: int = 0,
    name: str = "validation",
) -> Figure:
    """Both errors over the epochs; a matplotlib Figure, which opens no window.

    `held` has the errors on the examples held out, called by `name`; an `epoch` before the last is marked: its weights
    were kept.  The axis is logarithmic where the errors spread far, and all are above 0.
    Raises InputError where there is no epoch, and where matplotlib is not installed.
    """
    if not errors:
        raise InputError("learning curves: expected the errors of at least one epoch, got none")
    figure = _figure()
    axes = figure.add_subplot()
    _curve(axes, errors, TRAINING, "training", "-")
    if held:
        _curve(axes, held, HELD, name, "--")
    if 0 < epoch < len(errors):
        value = (held or errors)[epoch - 1]
        axes.axvline(epoch, color="#999999", linewidth=0.8, linestyle=":", zorder=0)
        axes.plot([epoch], [value], "o", color=HELD, markersize=6, label=f"best, epoch {epoch}")
    _dress(axes, [*errors, *held], len(errors))
    return figure


def _figure() -> Figure:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError(
            "learning curves expect matplotlib: pip install 'symbackprop[plot]'"
        ) from None
    return Figure(figsize=(6.6, 3.8), layout="constrained")


def _curve(axes: Axes, errors: Sequence[float], colour: str, name: str, style: str) -> None:
    mark = "o" if len(errors) <= 12 else ""
    epochs = range(1, len(errors) + 1)
    axes.plot(epochs, errors, style, color=colour, marker=mark, markersize=4, label=name)


def _dress(axes: Axes, values: Sequence[float], epochs: int) -> None:
    from matplotlib.ticker import MaxNLocator

    if min(values) > 0 and max(values) > DECADES * min(values):
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=min(0.0, *values))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlim(0.5, epochs + 0.5)
    axes.set_xlabel("epoch")
    axes.set_ylabel("mean error")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False)


def save_figure(path: str | os.PathLike[str], figure: Figure) -> None:
    """Writes a figure as PNG, SVG or PDF, by the ending of the file, whole or not at all.

    Raises InputError for another ending, and where the file can't be written.
    """
    from matplotlib import rc_context

    form = _ending(path)
    options: dict[str, Any] = {"format": form, "dpi": 160, "metadata": DATES[form]}
    with rc_context({"svg.hashsalt": "symbackprop"}):
        write_with(path, lambda file: figure.savefig(file, **options))


def _ending(path: str | os.PathLike[str]) -> str:
    ending = Path(path).suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        raise InputError(f"plot {str(path)!r}: expected a file that ends in .png, .svg or .pdf")
    return ending
