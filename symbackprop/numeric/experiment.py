"""What `symbackprop run` does: read data, hold a part out, train, and tell the error on the part held out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..compile.special import Array
from ..errors import InputError
from ..files import check_writable, write_with
from ..network.architecture import Architecture
from .compiled import compile_network
from .datasets import Codes, Examples, Labels, classified, read_csv, split
from .digits import CLASSES, PIXELS, load_digits
from .training import EPOCHS, RATE, Trained, checked_epochs, checked_rate, train

Report = Callable[[str], None]
REPORTS = 10
"""How many lines of progress, at most."""


@dataclass(frozen=True)
class Outcome:
    """What a run found: the training, and on the examples held out the mean error and, for classes, the share mistaken."""

    trained: Trained
    error: float
    classification_error: float | None


def run_experiment(
    net: Architecture,
    data: str | Path | None = None,
    epochs: int | None = None,
    rate: float | None = None,
    seed: int = 0,
    out: str | Path | None = None,
    report: Report = print,
) -> Outcome:
    """Train a network on a CSV file, or on the digits of the package, and report line by line how it does.

    A fifth of the examples, drawn by the seed, is held out; epochs and rate are those of `training` where they are None.
    For classes the last line reported is `classification error out of sample: X %`, else `mean error out of sample: X`.
    With `out`, the weights are written there as NumPy's .npz, arrays W1, …, WL: the whole file or, whatever happens, none.
    Raises InputError for data that does not fit the network, and before training for a file that can't be written.
    """
    epochs = checked_epochs(EPOCHS if epochs is None else epochs)
    rate = checked_rate(RATE if rate is None else rate)
    f = compile_network(net)
    name, examples = _examples(net, data)
    learn, held = split(len(examples.X), seed)
    check_writable(out)
    report(f"{name}: {len(learn)} examples to learn from, {len(held)} held out (seed {seed})")
    trained = train(
        net,
        examples.X[learn],
        examples.Y[learn],
        rate=rate,
        epochs=epochs,
        seed=seed,
        progress=_progress(report),
    )
    if out is not None:
        arrays: dict[str, Any] = {f"W{l}": w for l, w in enumerate(trained.weights, 1)}
        write_with(out, lambda file: np.savez(file, **arrays))
        report(f"weights: {out}")
    X, Y = examples.X[held], examples.Y[held]
    error = f.error(trained.weights, X, Y)
    if examples.labels is None:
        report(f"mean error out of sample: {error:.6g}")
        return Outcome(trained, error, None)
    mistaken = _mistaken(f.forward(trained.weights, X), examples.labels[held], examples.codes)
    report(f"classification error out of sample: {100 * mistaken:.2f} %")
    return Outcome(trained, error, mistaken)


CODES: dict[str, Codes] = {
    "logistic": (-1, 1),
    "binary cross entropy": (0, 1),
    "cross entropy": (0, 1),
}
"""How a loss wants classes coded; the others take the targets that the data has."""


def _examples(net: Architecture, data: str | Path | None) -> tuple[str, Examples]:
    if data is not None:
        examples = read_csv(data, net.d[0], net.d[-1], CODES.get(net.loss.name))
        _check_targets(net, str(data), examples)
        return str(data), examples
    if (net.d[0], net.d[-1]) != (PIXELS, CLASSES):
        raise InputError(
            f"sizes {'-'.join(map(str, net.d))}: expected {PIXELS}-…-{CLASSES} for the digits of the package,"
            f" or a data file (--data FILE.csv) of {net.d[0]} inputs and {net.d[-1]} targets"
        )
    X, labels = load_digits()
    codes = CODES.get(net.loss.name, (0, 1))
    return "handwritten digits", classified(X, labels, CLASSES, codes)


def _check_targets(net: Architecture, data: str, examples: Examples) -> None:
    """InputError for targets that are no classes and lie out of the range that the loss is made for."""
    if net.loss.name not in CODES or examples.labels is not None:
        return
    low, high = CODES[net.loss.name]
    wrong = examples.Y[(low > examples.Y) | (high < examples.Y)]
    if wrong.size:
        raise InputError(
            f"{data}: targets of {net.loss.name}: expected classes, or numbers from {low} to {high}, got {wrong[0]:g}"
        )


def _mistaken(outputs: Array, labels: Labels, codes: Codes) -> float:
    """The share of examples whose largest output, or side of the middle for one output, is not the class."""
    one = outputs.shape[1] == 1
    guessed = outputs[:, 0] > sum(codes) / 2 if one else outputs.argmax(axis=1)
    return float(np.mean(guessed != labels))


def _progress(report: Report) -> Callable[[int, int, float], None]:
    def progress(epoch: int, epochs: int, error: float) -> None:
        every = -(-epochs // REPORTS)
        if epoch % every == 0 or epoch in (1, epochs):
            report(f"epoch {epoch:{len(str(epochs))}} of {epochs}: mean error {error:.6f}")

    return progress
