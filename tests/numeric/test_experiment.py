"""The whole of `run`: what it reports, what it writes, and what it refuses before it starts."""

from __future__ import annotations

import re

import numpy as np
import pytest

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.numeric.experiment import run_experiment


def points(tmp_path, target, N=60, d=2):
    """A CSV file of points in a square, and what `target` makes of them."""
    X = np.random.default_rng(0).uniform(-1, 1, (N, d))
    lines = [",".join(map(repr, [*map(float, x), target(x)])) for x in X]
    path = tmp_path / "points.csv"
    path.write_text("\n".join(lines))
    return path


def test_digits_are_learnt(tmp_path):
    heard = []
    net = Architecture("64-16-10", "tanh,softmax", "cross-entropy")
    found = run_experiment(net, out=tmp_path / "w.npz", report=heard.append)
    last = re.fullmatch(r"classification error out of sample: (\d+\.\d\d) %", heard[-1])
    assert last
    assert float(last[1]) == round(100 * found.classification_error, 2) < 5
    assert any("epoch 40 of 40" in line for line in heard)
    with np.load(tmp_path / "w.npz") as saved:
        assert [saved[f"W{l}"].shape for l in (1, 2)] == [(65, 16), (17, 10)]
        assert np.array_equal(saved["W2"], found.trained.weights[1])
    assert [p.name for p in tmp_path.iterdir()] == ["w.npz"]


@pytest.mark.parametrize(
    ("sizes", "names", "loss", "target"),
    [
        ([2, 3], "softmax", "cross entropy", lambda x: int(x[0] > 0) + int(x[0] > 0.5)),
        ([2, 1], "sigmoid", "binary cross entropy", lambda x: int(x[0] > 0)),
        ([2, 1], "identity", "logistic", lambda x: int(x[0] > 0)),
        ([2, 1], "identity", "logistic", lambda x: 2 * int(x[0] > 0) - 1),
        ([2, 1], "tanh", "squared error", lambda x: 2 * int(x[0] > 0) - 1),
        ([2, 2], "identity", "logistic", lambda x: int(x[0] > 0)),
    ],
)
def test_classes_are_learnt(tmp_path, sizes, names, loss, target):
    data = points(tmp_path, target, N=400)
    heard = []
    found = run_experiment(
        Architecture(sizes, names, loss), data, epochs=60, rate=0.2, report=heard.append
    )
    assert found.classification_error < 0.1
    assert (
        heard[-1] == f"classification error out of sample: {100 * found.classification_error:.2f} %"
    )


def test_the_classification_error_is_counted_right(tmp_path):
    """Nothing can be learnt from a rate so small; so the outputs of W, counted by hand, decide."""
    data = points(tmp_path, lambda x: int(x[0] > 0.3))
    net = Architecture([2, 2], "identity")
    found = run_experiment(net, data, epochs=1, rate=1e-12, seed=3, report=lambda line: None)
    rows = np.loadtxt(data, delimiter=",")
    order = np.random.default_rng((3, 2)).permutation(60)[:12]
    wrong = 0
    for x1, x2, label in rows[order]:
        out = found.trained.weights[0].T @ np.array([1, x1, x2])
        wrong += int((out[1] > out[0]) != bool(label))
    assert found.classification_error == wrong / 12


def test_targets_report_the_mean_error(tmp_path):
    data = points(tmp_path, lambda x: float(2 * x[0] - x[1] + 0.25))
    heard = []
    found = run_experiment(Architecture([2, 1], "identity"), data, epochs=80, report=heard.append)
    assert found.classification_error is None
    assert found.error < 1e-8
    assert heard[-1] == f"mean error out of sample: {found.error:.6g}"
    assert np.allclose(found.trained.weights[0].ravel(), [0.25, 2, -1], atol=1e-3)


def test_runs_repeat_by_seed(tmp_path):
    data = points(tmp_path, lambda x: int(x[0] > 0))
    net = Architecture([2, 3, 2], "tanh,softmax", "cross entropy")
    paths = [tmp_path / f"{k}.npz" for k in range(3)]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        run_experiment(net, data, epochs=2, seed=seed, out=path, report=lambda line: None)
    contents = [p.read_bytes() for p in paths]
    assert contents[0] == contents[1] != contents[2]


def test_digits_need_a_net_that_fits():
    with pytest.raises(InputError, match=r"sizes 2-3-1: expected 64-…-10 for the digits"):
        run_experiment(Architecture([2, 3, 1]))


def test_unwritable_output_is_told_before_training(tmp_path):
    heard = []
    (tmp_path / "file").write_text("")
    net = Architecture("64-10", "softmax", "cross entropy")
    for out in (tmp_path, tmp_path / "no" / "w.npz", tmp_path / "file" / "w.npz"):
        with pytest.raises(InputError, match=re.escape(str(out))):
            run_experiment(net, out=out, report=heard.append)
    assert heard == []


def test_a_failed_run_leaves_the_old_file_alone(tmp_path):
    out = tmp_path / "w.npz"
    out.write_bytes(b"old")
    net = Architecture("64-10", "identity")

    def stop(line):
        raise KeyboardInterrupt

    with pytest.raises(InputError, match="diverged"):
        run_experiment(net, rate=1e9, out=out, report=lambda line: None)
    with pytest.raises(KeyboardInterrupt):
        run_experiment(net, out=out, report=stop)
    assert out.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["w.npz"]


def test_a_broken_pipe_is_not_blamed_on_the_weights(tmp_path):
    def stop(line):
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run_experiment(
            Architecture("64-10", "softmax", "cross entropy"), out=tmp_path / "w", report=stop
        )
