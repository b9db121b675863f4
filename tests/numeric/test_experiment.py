"""The whole of `run`: what it reports, what it writes, and what it refuses before it starts."""

from __future__ import annotations

import re

import numpy as np
import pytest

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.numeric.compiled import compile_network
from symbackprop.numeric.experiment import run_experiment
from symbackprop.numeric.training import DivergedError, train


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


def test_an_early_stop_keeps_a_part_apart(tmp_path):
    """Of 60 points, 12 are held out and 10 of the 48 choose the weights; the examples held out are those of every run."""
    data = points(tmp_path, lambda x: float(np.random.default_rng(abs(hash(x[0]))).normal()))
    net, heard = Architecture([2, 8, 1], "tanh,identity"), []
    found = run_experiment(net, data, epochs=500, patience=4, report=heard.append)
    assert heard[0].endswith("38 examples to learn from, 10 to stop early by, 12 held out (seed 0)")
    k, n = found.trained.epoch, len(found.trained.errors)
    assert n == k + 4 < 500
    assert any(line.startswith(f"stopped after epoch {n} of 500") for line in heard)
    rows = np.loadtxt(data, delimiter=",")
    order = np.random.default_rng((0, 2)).permutation(60)
    chosen, learn = rows[order[12:22]], rows[order[22:]]
    own = train(
        net,
        learn[:, :2],
        learn[:, 2:],
        epochs=500,
        validation=(chosen[:, :2], chosen[:, 2:]),
        patience=4,
    )
    assert own.errors == found.trained.errors
    held = rows[order[:12]]
    assert found.error == compile_network(net).error(own.weights, held[:, :2], held[:, 2:])


def test_too_few_examples_to_stop_early_by(tmp_path):
    data = points(tmp_path, lambda x: 0.5, N=2)
    with pytest.raises(
        InputError, match="expected at least 3 examples, to stop early by one, got 2"
    ):
        run_experiment(Architecture([2, 1]), data, patience=2)


def test_curves_change_nothing(tmp_path):
    pytest.importorskip("matplotlib")
    data = points(tmp_path, lambda x: int(x[0] > 0))
    net, quiet = Architecture([2, 3, 2], "tanh,softmax", "cross entropy"), lambda line: None
    plain = run_experiment(net, data, epochs=3, report=quiet)
    drawn = run_experiment(net, data, epochs=3, report=quiet, plot=tmp_path / "a.svg")
    assert drawn.trained.errors == plain.trained.errors
    assert drawn.trained.validation_errors[-1] == drawn.error == plain.error
    assert (tmp_path / "a.svg").stat().st_size > 0


def interrupt_at(start):
    def report(line):
        if line.startswith(start):
            raise KeyboardInterrupt

    return report


def test_an_interrupt_saves_the_weights_or_the_checkpoint(tmp_path):
    data = points(tmp_path, lambda x: int(x[0] > 0))
    net, out, file = Architecture([2, 3, 2]), tmp_path / "w.npz", tmp_path / "c.npz"
    with pytest.raises(
        KeyboardInterrupt, match=r"after epoch 4 of 40; weights of epoch 4: .*w\.npz"
    ):
        run_experiment(net, data, out=out, report=interrupt_at("epoch  4"))
    expected = run_experiment(net, data, epochs=4, report=lambda line: None).trained
    with np.load(out) as saved:
        assert all(np.array_equal(saved[f"W{l}"], w) for l, w in enumerate(expected.weights, 1))
    out.unlink()
    with pytest.raises(KeyboardInterrupt, match=r"after epoch 8 of 40; checkpoint: .*c\.npz$"):
        run_experiment(net, data, out=out, checkpoint=file, report=interrupt_at("epoch  8"))
    assert not out.exists()
    heard = []
    resumed = run_experiment(net, data, checkpoint=file, resume=True, report=heard.append)
    assert heard[1] == "resumed after epoch 8 of 40"
    assert resumed.trained.errors == run_experiment(net, data, report=heard.append).trained.errors


def test_divergence_saves_the_last_good_weights(tmp_path):
    data = points(tmp_path, lambda x: float(x[0]))
    out = tmp_path / "w.npz"
    with pytest.raises(
        DivergedError, match=r"diverged in epoch .*; weights of epoch \d+: "
    ) as problem:
        run_experiment(
            Architecture([2, 1], "identity"),
            data,
            out=out,
            rate=50,
            batch=48,
            epochs=900,
            report=str,
        )
    with np.load(out) as saved:
        assert np.array_equal(saved["W1"], problem.value.trained.weights[0])
        assert np.isfinite(saved["W1"]).all()


def test_one_file_is_not_two_things(tmp_path):
    data = points(tmp_path, lambda x: 0.5)
    before = data.read_bytes()
    for files in (
        {"out": data},
        {"out": tmp_path / "a.npz", "checkpoint": tmp_path / "." / "a.npz"},
        {"out": tmp_path / "a.png", "plot": tmp_path / "a.png"},
    ):
        with pytest.raises(InputError, match="expected another name, for it is named twice"):
            run_experiment(Architecture([2, 1]), data, **files)
    assert data.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1
