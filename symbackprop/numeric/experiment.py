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
from .checkpoint import Place, same_file
from .compiled import Compiled, compile_network
from .curves import check_plot, learning_curves, save_figure
from .datasets import Codes, Examples, Labels, classified, read_csv, split
from .digits import CLASSES, PIXELS, load_digits
from .preparing import Training, prepare
from .settings import RANGES, Settings, checked_settings
from .training import DivergedError, Interrupted, Progress, Trained, run

Report = Callable[[str], None]
REPORTS = 10
"""How many lines of progress, at most."""
VALIDATION = 0.2
"""The share of the examples to learn from that the best weights are chosen by."""


@dataclass(frozen=True)
class Outcome:
    """What a run found: the training, and on the examples held out the mean error and, for classes, the share mistaken."""

    trained: Trained
    error: float
    classification_error: float | None


def run_experiment(
    net: Architecture,
    data: str | Path | None = None,
    out: Place | None = None,
    report: Report = print,
    progress: Progress | None = None,
    checkpoint: Place | None = None,
    resume: bool | Place = False,
    plot: Place | None = None,
    **settings: Any,
) -> Outcome:
    """Train a network on a CSV file, or on the digits of the package, and report line by line how it does.

    A fifth of the examples, drawn by the seed, is held out; `settings` are those of `checked_settings`, `checkpoint` and
    `resume` those of `prepare`.  With `patience`, a fifth of the rest chooses the best weights.  `progress` hears each epoch.
    For classes the last line reported is `classification error out of sample: X %`, else `mean error out of sample: X`.
    With `out`, the weights are written there as NumPy's .npz, arrays W1, …, WL; with `plot`, the learning curves: the whole
    file or, whatever happens, none.  What stops the training (`DivergedError`, `Interrupted`) leaves the weights of the last
    good epoch in `out`; after Ctrl-C it does so where there is no checkpoint.
    Raises InputError for data that does not fit the network, and before training for a file that can't be written.
    """
    checked = checked_settings(**settings)
    f = compile_network(net)
    name, examples = _examples(net, data)
    _check_files(data, out, checkpoint, plot)
    learn, chosen, held = _parts(len(examples.X), checked)
    watched = chosen if len(chosen) else held  # always, for a checkpoint knows what was watched
    training = prepare(
        net,
        *_of(examples, learn),
        checked,
        validation=_of(examples, watched) if len(watched) else None,
        checkpoint=checkpoint,
        resume=resume,
    )
    extra = f", {len(chosen)} to stop early by" if len(chosen) else ""
    report(
        f"{name}: {len(learn)} examples to learn from{extra}, {len(held)} held out (seed {checked.seed})"
    )
    trained = _trained(training, out, report, progress)
    if plot is not None:
        kind = "validation" if len(chosen) else "held out"
        best = trained.epoch if len(chosen) else 0
        curves = learning_curves(trained.errors, trained.validation_errors, best, kind)
        save_figure(plot, curves)
        report(f"learning curves: {plot}")
    return _outcome(f, trained, examples, held, report)


def _check_files(data: Place | None, *outputs: Place | None) -> None:
    """InputError where a file can't be written, or one file is to be two things."""
    out, _, plot = outputs
    check_writable(out)
    check_plot(plot)
    given = [place for place in (data, *outputs) if place is not None]
    for k, place in enumerate(given):
        if any(same_file(place, other) for other in given[:k]):
            raise InputError(f"output {str(place)!r}: expected another name, for it is named twice")


def _parts(N: int, settings: Settings) -> tuple[Labels, Labels, Labels]:
    """Which examples to learn from, to choose the best weights by (none without `patience`), and to hold out."""
    learn, held = split(N, settings.seed)
    if settings.patience is None:
        return learn, learn[:0], held
    if len(learn) < 2:
        raise InputError(f"data: expected at least 3 examples, to stop early by one, got {N}")
    k = max(round(len(learn) * VALIDATION), 1)
    return learn[k:], learn[:k], held


def _of(examples: Examples, rows: Labels) -> tuple[Array, Array]:
    return examples.X[rows], examples.Y[rows]


def _trained(
    training: Training, out: Place | None, report: Report, progress: Progress | None
) -> Trained:
    """Trains, and writes the weights, those of the last good epoch too where something stops it."""
    epochs, start = training.settings.epochs, training.start.epoch
    if start:
        report(f"resumed after epoch {start} of {epochs}")
    try:
        trained = run(training, _progress(report, start, progress))
    except DivergedError as problem:
        raise DivergedError(f"{problem}{_rescued(out, problem.trained)}", problem.trained) from None
    except Interrupted as stop:
        kept = _rescued(out, stop.trained) if training.checkpoint is None else ""
        raise Interrupted(f"{stop}{kept}", stop.trained) from None
    if len(trained.errors) < epochs:
        report(
            f"stopped after epoch {len(trained.errors)} of {epochs}: the validation error was least after epoch"
            f" {trained.epoch}, {trained.validation_errors[trained.epoch - 1]:.6f}; its weights are kept"
        )
    if out is not None:
        _save_weights(out, trained)
        report(f"weights: {out}")
    return trained


def _rescued(out: Place | None, trained: Trained | None) -> str:
    if out is None or trained is None:
        return ""
    _save_weights(out, trained)
    return f"; weights of epoch {trained.epoch}: {out}"


def _save_weights(out: Place, trained: Trained) -> None:
    arrays: dict[str, Any] = {f"W{l}": w for l, w in enumerate(trained.weights, 1)}
    write_with(out, lambda file: np.savez(file, **arrays))


def _outcome(
    f: Compiled, trained: Trained, examples: Examples, held: Labels, report: Report
) -> Outcome:
    X, Y = _of(examples, held)
    error = f.error(trained.weights, X, Y)
    if examples.labels is None:
        report(f"mean error out of sample: {error:.6g}")
        return Outcome(trained, error, None)
    mistaken = _mistaken(f.forward(trained.weights, X), examples.labels[held], examples.codes)
    report(f"classification error out of sample: {100 * mistaken:.2f} %")
    return Outcome(trained, error, mistaken)


def _examples(net: Architecture, data: str | Path | None) -> tuple[str, Examples]:
    if data is not None:
        examples = read_csv(data, net.d[0], net.d[-1], RANGES.get(net.loss.name))
        _check_targets(net, str(data), examples)
        return str(data), examples
    if (net.d[0], net.d[-1]) != (PIXELS, CLASSES):
        raise InputError(
            f"sizes {'-'.join(map(str, net.d))}: expected {PIXELS}-…-{CLASSES} for the digits of the package,"
            f" or a data file (--data FILE.csv) of {net.d[0]} inputs and {net.d[-1]} targets"
        )
    X, labels = load_digits()
    codes = RANGES.get(net.loss.name, (0, 1))
    return "handwritten digits", classified(X, labels, CLASSES, codes)


def _check_targets(net: Architecture, data: str, examples: Examples) -> None:
    """InputError for targets that are no classes and lie out of the range that the loss is made for."""
    if net.loss.name not in RANGES or examples.labels is not None:
        return
    low, high = RANGES[net.loss.name]
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


def _progress(report: Report, start: int, also: Progress | None) -> Progress:
    def progress(epoch: int, epochs: int, error: float) -> None:
        every = -(-epochs // REPORTS)
        if epoch % every == 0 or epoch in (1, start + 1, epochs):
            report(f"epoch {epoch:{len(str(epochs))}} of {epochs}: mean error {error:.6f}")
        if also is not None:
            also(epoch, epochs, error)

    return progress
