"""Learning curves: what is drawn is what was learnt, and the files are what their endings say."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.numeric.curves import check_plot, learning_curves, save_figure
from symbackprop.numeric.training import Trained

pytest.importorskip("matplotlib")
DONE = Trained([np.zeros((2, 1))], (0.5, 0.3, 0.2), (0.6, 0.35, 0.4), 2)


def test_curves_hold_the_errors_by_epoch_and_the_best():
    axes = DONE.plot().axes[0]
    drawn = {line.get_label(): line.get_xydata().tolist() for line in axes.lines}
    assert drawn["training"] == [[1, 0.5], [2, 0.3], [3, 0.2]]
    assert drawn["validation"] == [[1, 0.6], [2, 0.35], [3, 0.4]]
    assert drawn["best, epoch 2"] == [[2, 0.35]]
    assert axes.get_yscale() == "linear"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "training",
        "validation",
        "best, epoch 2",
    ]


def test_one_curve_alone_and_an_axis_for_errors_that_spread():
    axes = learning_curves([1.0, 0.1, 0.001]).axes[0]
    assert [line.get_label() for line in axes.lines] == ["training"]
    assert axes.get_yscale() == "log"
    assert learning_curves([1.0, 0.1, 0.0]).axes[0].get_yscale() == "linear"
    assert learning_curves([-3.0, -5.0]).axes[0].get_ylim()[0] <= -5


def is_png(data):
    return data[:8] == b"\x89PNG\r\n\x1a\n" and data[-8:-4] == b"IEND"


def is_svg(data):
    return ElementTree.fromstring(data).tag.endswith("}svg")


def is_pdf(data):
    return data[:5] == b"%PDF-" and data.rstrip()[-5:] == b"%%EOF"


@pytest.mark.parametrize(("ending", "valid"), [("png", is_png), ("SVG", is_svg), ("pdf", is_pdf)])
def test_files_are_valid_and_the_same_each_time(tmp_path, ending, valid):
    paths = [tmp_path / f"{k}.{ending}" for k in range(2)]
    for path in paths:
        DONE.plot(path)
        assert valid(path.read_bytes())
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [p.name for p in paths]


def test_a_picture_is_more_than_white(tmp_path):
    from matplotlib.image import imread

    DONE.plot(tmp_path / "a.png")
    pixels = imread(tmp_path / "a.png")
    assert pixels.shape[:2] == (608, 1056)
    blue = np.abs(pixels[..., :3] - np.array([0x1F, 0x5F, 0x99]) / 255).max(axis=-1) < 0.02
    assert 500 < blue.sum() < 10_000


def test_what_can_not_be_drawn(tmp_path, monkeypatch):
    for path, message in [
        ("a.gif", "plot 'a.gif': expected a file that ends in .png, .svg or .pdf"),
        ("a", "plot 'a'"),
        (tmp_path / "no" / "a.png", "does not exist"),
    ]:
        with pytest.raises(sb.InputError, match=message):
            check_plot(path)
        with pytest.raises(sb.InputError, match=message):
            save_figure(path, DONE.plot())
    with pytest.raises(sb.InputError, match="the errors of at least one epoch"):
        learning_curves([])
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(sb.InputError, match=r"pip install 'symbackprop\[plot\]'"):
        check_plot("a.png")
    assert list(tmp_path.iterdir()) == []
