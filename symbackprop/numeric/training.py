"""Gradient descent on batches of examples at random; as the course has it, one at a time.

An epoch makes a new state out of the last one, so whatever stops a training leaves the last whole epoch behind.
(Source: Y. Abu-Mostafa, Learning from Data, lectures 9 and 10.)
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..compile.special import Array
from ..errors import InputError
from ..network.architecture import Architecture
from .checkpoint import Place, State, generator_at, save
from .flat import biases, joined, views
from .preparing import Training, prepare
from .settings import checked_settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Progress = Callable[[int, int, float], None]
SECONDS = 1.0
"""Between two checkpoints, so that small epochs don't write all the time."""


@dataclass(frozen=True)
class Trained:
    """The weights, a list as `Compiled` takes it; the mean error over all examples after each epoch, and over the
    validation set where there is one; and the epoch that the weights are of: with `patience` the best, else the last."""

    weights: list[Array]
    errors: tuple[float, ...]
    validation_errors: tuple[float, ...] = ()
    epoch: int = 0

    def plot(self, path: Place | None = None) -> Figure:
        """The learning curves, a matplotlib Figure; with a path, written there as PNG, SVG or PDF, whole or not at all.

        Raises InputError for another ending, a file that can't be written, and where matplotlib is not installed.
        """
        from .curves import learning_curves, save_figure

        figure = learning_curves(self.errors, self.validation_errors, self.epoch)
        if path is not None:
            save_figure(path, figure)
        return figure


class DivergedError(InputError):
    """The error or a weight is no finite number any more; `trained` is what the last good epoch left, if there was one."""

    def __init__(self, message: object, trained: Trained | None) -> None:
        super().__init__(message)
        self.trained = trained


class Interrupted(KeyboardInterrupt):
    """Ctrl-C; `trained` is what the last whole epoch left, if there was one."""

    def __init__(self, message: object, trained: Trained | None) -> None:
        super().__init__(message)
        self.trained = trained


def train(
    net: Architecture,
    X: Any,
    Y: Any,
    rate: float | None = None,
    epochs: int | None = None,
    seed: int = 0,
    W: Any = None,
    progress: Progress | None = None,
    *,
    batch: int = 1,
    optimizer: Any = "sgd",
    decay: float = 0.0,
    validation: tuple[Any, Any] | None = None,
    patience: int | None = None,
    checkpoint: Place | None = None,
    resume: bool | Place = False,
) -> Trained:
    """w ← w - rate ∂e/∂w, e the mean error of one batch after the other; each epoch visits all examples in a new random order.

    X has shape (N, d^(0)), Y (N, d^(L)), `validation` a pair of such arrays; W, if given, is where to start (it is not
    changed, and all numbers are of its type), else `initial_weights`.  The usual rate is the optimizer's (sgd: 0.05), there
    are 40 epochs; see `prepare` for the rest.  After each epoch `progress(epoch, epochs, error)` is called.  The same
    arguments give the same weights.
    Raises InputError for bad shapes, for numbers that are not finite, for targets out of the loss's range; `DivergedError`, an
    InputError, where the training diverges; `Interrupted`, a KeyboardInterrupt, after Ctrl-C.

    >>> net = Architecture([1, 1], "identity")
    >>> X = np.array([[0.0], [1.0], [2.0]])
    >>> [w.round(3).tolist() for w in train(net, X, 3 * X + 1, rate=0.2, epochs=100).weights]
    [[[1.0], [3.0]]]
    """
    if not isinstance(net, Architecture):
        raise InputError(f"train: expected a network of given sizes, got {net!r}"[:200])
    settings = checked_settings(rate, epochs, seed, batch, optimizer, decay, patience)
    return run(prepare(net, X, Y, settings, W, validation, checkpoint, resume), progress)


# --- the course of a training ----------------------------------------------------------------------------------


def run(training: Training, progress: Progress | None = None) -> Trained:
    """Trains from where the training stands to its end; whatever stops it, the checkpoint has the last whole epoch."""
    t, state, last = training, training.start, time.monotonic()
    saved = state.epoch if t.checkpoint is not None and Path(t.checkpoint).exists() else 0
    try:
        while not _finished(t, state):
            state = _epoch(t, state)
            if t.checkpoint is not None and time.monotonic() - last > SECONDS:
                save(t.checkpoint, t.about, state)
                saved, last = state.epoch, time.monotonic()
            if progress is not None:
                progress(state.epoch, t.settings.epochs, state.errors[-1])
    except KeyboardInterrupt:
        raise Interrupted(_told(t, state), _left(t, state)) from None
    except DivergedError as problem:
        left = _kept(t, state) if state.epoch else "; no epoch was completed, so nothing is saved"
        raise DivergedError(f"{problem}{left}", _left(t, state)) from None
    finally:
        if t.checkpoint is not None and state.epoch > saved:
            save(t.checkpoint, t.about, state)
    return trained(t, state)


def trained(training: Training, state: State) -> Trained:
    """What a state gives back."""
    best = training.settings.patience is not None
    W = [w.copy() for w in views(training.f.d, state.best if best else state.weights)]
    epoch = state.best_epoch if best else state.epoch
    return Trained(W, state.errors, state.validation_errors, epoch)


def _left(t: Training, state: State) -> Trained | None:
    return trained(t, state) if state.epoch else None


def _told(t: Training, state: State) -> str:
    if not state.epoch:
        return "interrupted in the first epoch: nothing to save yet"
    return f"interrupted after epoch {state.epoch} of {t.settings.epochs}{_kept(t, state)}"


def _kept(t: Training, state: State) -> str:
    return f"; checkpoint: {t.checkpoint}" if t.checkpoint is not None and state.epoch else ""


def _finished(t: Training, state: State) -> bool:
    patience = t.settings.patience
    waited = state.epoch - state.best_epoch
    return state.epoch >= t.settings.epochs or (patience is not None and waited >= patience)


def _epoch(t: Training, state: State) -> State:
    """The state after one visit to each example."""
    epoch = state.epoch + 1
    # A rate too large runs the weights to infinity: told from the result, once an epoch, not by a warning.
    with np.errstate(all="ignore"):
        try:
            moved = _moved(t, state)
            W = views(t.f.d, moved.weights)
            error = t.f.error(W, *t.examples)
            held = () if t.validation is None else (t.f.error(W, *t.validation),)
        except InputError as problem:
            raise DivergedError(
                f"training, epoch {epoch} of {t.settings.epochs}: {problem}", None
            ) from None
    wrong = [e for e in (error, *held) if not math.isfinite(e)]
    if wrong or not np.isfinite(moved.weights).all():
        raise DivergedError(
            f"training diverged in epoch {epoch} of {t.settings.epochs}: expected finite weights and error,"
            f" got error {[*wrong, error][0]:g}; a rate below {t.settings.rate:g} may help",
            None,
        )
    better = not held or not state.validation_errors or held[0] < min(state.validation_errors)
    return replace(
        moved,
        best=moved.weights if better else state.best,
        errors=(*state.errors, error),
        validation_errors=(*state.validation_errors, *held),
    )


def _moved(t: Training, state: State) -> State:
    """The weights, the optimizer's memory and the generator after the steps of one epoch."""
    f, (X, Y), settings = t.f, t.examples, t.settings
    v, memory, random = state.weights.copy(), state.memory.copy(), generator_at(state.order)
    W, change, options = views(f.d, v), settings.optimizer.change, dict(settings.optimizer.settings)
    kept = np.where(biases(f.d), 1.0, 1 - settings.rate * settings.decay)
    order, step = random.permutation(len(X)), state.steps
    for first in range(0, len(X), settings.batch):
        rows = order[first : first + settings.batch]
        g, step = joined(f.gradient(W, X[rows], Y[rows])), step + 1
        if settings.decay:
            v *= kept
        v -= change(g, memory, step, settings.rate, **options)
    return replace(state, weights=v, memory=memory, steps=step, order=random.bit_generator.state)
