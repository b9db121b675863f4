"""A training that is stopped and goes on is, bit by bit, the one that was not; and no other training goes on from its file."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.numeric import training as training_room
from symbackprop.numeric.compiled import compile_network
from symbackprop.numeric.training import Interrupted, train

RANDOM = np.random.default_rng(5)
X, HELD_X = RANDOM.normal(size=(23, 2)), RANDOM.normal(size=(9, 2))
Y, HELD_Y = ((np.prod(x, axis=1, keepdims=True) > 0) * 1.0 for x in (X, HELD_X))
NET = Architecture([2, 4, 1], "tanh,sigmoid", "binary cross entropy")
EPOCHS = 12
WAYS = [
    {},
    {"batch": 5, "optimizer": "momentum", "rate": 0.1, "decay": 0.01},
    {"batch": 23, "optimizer": "nesterov", "seed": 3},
    {"batch": 4, "optimizer": "adam", "rate": 0.05, "validation": (HELD_X, HELD_Y), "patience": 6},
    {"optimizer": "adam,beta1=0.5", "rate": 0.2, "validation": (HELD_X, HELD_Y), "patience": 2},
]


def stop_after(last):
    def progress(epoch, epochs, error):
        if epoch == last:
            raise KeyboardInterrupt

    return progress


def same(a, b):
    return (
        all(np.array_equal(v, w) for v, w in zip(a.weights, b.weights, strict=True))
        and a.errors == b.errors
        and a.validation_errors == b.validation_errors
        and a.epoch == b.epoch
    )


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.get("optimizer", "one at a time"))
def test_going_on_is_bit_by_bit_not_having_stopped(tmp_path, way):
    whole = train(NET, X, Y, epochs=EPOCHS, **way)
    file = tmp_path / "c.npz"
    resume = False
    for last in (1, 2, 7):
        if last >= len(whole.errors):
            break
        with pytest.raises(KeyboardInterrupt):
            train(
                NET,
                X,
                Y,
                epochs=EPOCHS,
                progress=stop_after(last),
                checkpoint=file,
                resume=resume,
                **way,
            )
        resume = True
    assert same(train(NET, X, Y, epochs=EPOCHS, checkpoint=file, resume=True, **way), whole)
    assert same(train(NET, X, Y, epochs=EPOCHS, resume=file, **way), whole)
    assert [p.name for p in tmp_path.iterdir()] == ["c.npz"]


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_an_interrupt_within_an_epoch_leaves_the_epoch_before(tmp_path, monkeypatch, optimizer):
    """Ctrl-C comes anywhere: here in the 60th step of 23 an epoch, so after two whole ones."""
    steps, gradient = [], training_room.joined

    def interrupted(arrays):
        steps.append(None)
        if len(steps) == 60:
            raise KeyboardInterrupt
        return gradient(arrays)

    file, way = tmp_path / "c.npz", {"optimizer": optimizer}
    whole = train(NET, X, Y, epochs=EPOCHS, **way)
    monkeypatch.setattr(training_room, "joined", interrupted)
    with pytest.raises(Interrupted, match=r"after epoch 2 of 12; checkpoint: .*c\.npz") as stop:
        train(NET, X, Y, epochs=EPOCHS, checkpoint=file, **way)
    monkeypatch.undo()
    assert same(stop.value.trained, train(NET, X, Y, epochs=2, **way))
    assert same(train(NET, X, Y, epochs=EPOCHS, resume=file, **way), whole)


def test_an_interrupt_in_the_first_epoch_writes_nothing(tmp_path, monkeypatch):
    def interrupted(arrays):
        raise KeyboardInterrupt

    monkeypatch.setattr(training_room, "joined", interrupted)
    with pytest.raises(Interrupted, match="nothing to save yet") as stop:
        train(NET, X, Y, checkpoint=tmp_path / "c.npz")
    assert stop.value.trained is None
    assert list(tmp_path.iterdir()) == []


def test_each_epoch_is_saved_where_epochs_are_long(tmp_path, monkeypatch):
    monkeypatch.setattr(training_room, "SECONDS", -1.0)
    file, lengths = tmp_path / "c.npz", []

    def look(epoch, epochs, error):
        with np.load(file) as saved:
            lengths.append(len(saved["errors"]))

    train(NET, X, Y, epochs=3, checkpoint=file, progress=look)
    assert lengths == [1, 2, 3]


def test_more_epochs_than_before(tmp_path):
    file = tmp_path / "c.npz"
    train(NET, X, Y, epochs=3, checkpoint=file)
    longer = train(NET, X, Y, epochs=5, checkpoint=file, resume=True)
    assert same(longer, train(NET, X, Y, epochs=5))


def test_single_precision_stays_single(tmp_path):
    W = [np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4), np.ones((5, 1), np.float32)]
    if compile_network(NET).weights(W)[0].dtype != np.float32:
        pytest.skip("computed in doubles")
    way, file = {"W": W, "optimizer": "adam", "decay": 0.1}, tmp_path / "c.npz"
    whole = train(NET, X, Y, epochs=4, **way)
    train(NET, X, Y, epochs=2, checkpoint=file, **way)
    assert same(train(NET, X, Y, epochs=4, resume=file, **way), whole)
    assert {w.dtype for w in whole.weights} == {np.dtype(np.float32)}
    double = train(NET, X, Y, epochs=4, **way | {"W": [w.astype(float) for w in W]})
    for a, b in zip(whole.weights, double.weights, strict=True):
        assert 0 < np.abs(a - b).max() < 1e-4
    with pytest.raises(InputError, match=r"numbers float64, .* got float32"):
        train(NET, X, Y, resume=file, **way | {"W": [w.astype(float) for w in W]})


def test_a_copy_may_go_on_elsewhere(tmp_path):
    first, second = tmp_path / "a.npz", tmp_path / "b.npz"
    train(NET, X, Y, epochs=3, checkpoint=first)
    before = first.read_bytes()
    train(NET, X, Y, epochs=3, resume=first, checkpoint=second)
    assert second.read_bytes() == before
    second.unlink()
    train(NET, X, Y, epochs=4, resume=first, checkpoint=second)
    assert first.read_bytes() == before
    with np.load(second) as saved:
        assert len(saved["errors"]) == 4


OTHER = Y.copy()
OTHER[7] = 1 - OTHER[7]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"net": Architecture([2, 5, 1], "tanh,sigmoid", "bce")}, "sizes 2-5-1, .* got 2-4-1"),
        ({"net": Architecture([2, 4, 1], "relu,sigmoid", "bce")}, "activations relu,sigmoid"),
        ({"net": Architecture([2, 4, 1], "tanh,sigmoid")}, "loss squared error, .* got binary"),
        ({"X": X[:22], "Y": Y[:22]}, "examples 22-2-1, .* got 23-2-1"),
        ({"Y": OTHER}, "data of digest"),
        ({"W": [np.ones((3, 4)), np.ones((5, 1))]}, "weights to start from of digest"),
        ({"rate": 0.1}, "rate 0.1, as asked for now, got 0.05"),
        ({"batch": 2}, "batch 2, .* got 1"),
        ({"optimizer": "momentum", "rate": 0.05}, "optimizer momentum,momentum=0.9, .* got sgd"),
        ({"decay": 0.1}, "decay 0.1, .* got 0.0"),
        ({"seed": 1}, "seed 1, .* got 0"),
        ({"validation": (HELD_X, HELD_Y)}, "validation examples 9-2-1, .* got none"),
        ({"epochs": 2}, "is of epoch 3; expected epochs from there up, got 2"),
        ({"resume": False}, "there is one already; expected resume"),
        (
            {"resume": True, "checkpoint": None},
            "resume: expected a checkpoint to go on from, got none",
        ),
    ],
)
def test_another_training_is_refused_and_nothing_is_overwritten(tmp_path, change, message):
    file = tmp_path / "c.npz"
    train(NET, X, Y, epochs=3, checkpoint=file)
    before = file.read_bytes()
    given = {"net": NET, "X": X, "Y": Y, "epochs": 4, "checkpoint": file, "resume": True} | change
    with pytest.raises(InputError, match=message) as refused:
        train(**given)
    assert len(str(refused.value).splitlines()) == 1
    assert file.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["c.npz"]


def changed(**changes):
    """A way to spoil a checkpoint: some of its arrays are others."""

    def spoil(file):
        with np.load(file) as saved:
            arrays = {**saved, **changes}
        np.savez(file, **{k: v for k, v in arrays.items() if v is not None})

    return spoil


SPOILT = {
    "empty": lambda file: file.write_bytes(b""),
    "text": lambda file: file.write_text("hello"),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:-200]),
    "an array": lambda file: np.save(file.open("wb"), np.zeros(3)),
    "weights": lambda file: np.savez(file, W1=np.zeros((3, 4))),
    "objects": changed(weights=np.array([{}], dtype=object)),
    "no memory": changed(memory=None),
    "shape": changed(weights=np.zeros(3)),
    "not finite": changed(best=np.full(17, np.nan)),
    "complex": changed(weights=np.zeros(17) + 1j),
    "no JSON": changed(about=np.array("{")),
    "no table": changed(about=np.array("[]")),
    "version": changed(about=np.array(json.dumps({"symbackprop checkpoint": 2}))),
    "generator": changed(order=np.array(json.dumps({"bit_generator": "PCG64", "state": {}}))),
    "deep": changed(about=np.array("[" * 100_000)),
    "no errors": changed(errors=np.array([])),
    "steps": changed(steps=np.array("many")),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, name):
    file = tmp_path / "c.npz"
    train(NET, X, Y, epochs=2, checkpoint=file)
    SPOILT[name](file)
    before = file.read_bytes()
    with pytest.raises(InputError, match=r"c\.npz': expected a file that a training has saved"):
        train(NET, X, Y, epochs=4, checkpoint=file, resume=True)
    assert file.read_bytes() == before


def test_no_file_and_no_folder(tmp_path):
    with pytest.raises(InputError, match=r"c\.npz': No such file"):
        train(NET, X, Y, resume=tmp_path / "c.npz")
    with pytest.raises(InputError, match="does not exist"):
        train(NET, X, Y, checkpoint=tmp_path / "no" / "c.npz")
    with pytest.raises(InputError, match="expected a file, got a directory"):
        train(NET, X, Y, checkpoint=tmp_path)


def test_divergence_leaves_the_last_good_epoch_in_the_checkpoint(tmp_path):
    """The steps of a linear layer grow by a factor each epoch, until a number is too large for a double."""
    net, file = Architecture([2, 1], "identity"), tmp_path / "c.npz"
    way = {"rate": 50, "batch": 23}
    with pytest.raises(
        InputError, match=r"diverged in epoch \d+ of 900: .*; checkpoint: "
    ) as problem:
        train(net, X, Y, epochs=900, checkpoint=file, **way)
    good = problem.value.trained
    k = len(good.errors)
    assert f"in epoch {k + 1} of" in str(problem.value)
    assert same(good, train(net, X, Y, epochs=k, **way))
    shutil.copy(file, tmp_path / "copy.npz")
    assert same(train(net, X, Y, epochs=k, resume=tmp_path / "copy.npz", **way), good)
    with pytest.raises(InputError, match=f"diverged in epoch {k + 1} of"):
        train(net, X, Y, epochs=900, checkpoint=file, resume=True, **way)
