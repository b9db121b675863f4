"""What a training needs before it can start: everything is checked, and what is to be read is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..compile.special import Array
from ..errors import InputError
from ..files import check_writable
from ..network.architecture import Architecture
from .checkpoint import Place, State, digest, load, same_file
from .compiled import Compiled, compile_network, finite, generator, initial_weights
from .flat import joined
from .settings import Settings, in_range

Examples = tuple[Array, Array]
ORDER = 1
"""The stream of random numbers that orders the examples; stream 0 makes the initial weights."""


@dataclass(frozen=True)
class Training:
    """A training that can start; `prepare` makes it, and `about` is what its course depends on."""

    f: Compiled
    examples: Examples
    validation: Examples | None
    settings: Settings
    start: State
    about: dict[str, Any]
    checkpoint: Place | None


def prepare(
    net: Architecture,
    X: Any,
    Y: Any,
    settings: Settings,
    W: Any = None,
    validation: tuple[Any, Any] | None = None,
    checkpoint: Place | None = None,
    resume: bool | Place = False,
) -> Training:
    """Checks and reads what `run` needs.

    `batch` examples make a step, the last of an epoch perhaps fewer.  `optimizer` is a name in `OPTIMIZERS`, with settings
    after commas (`"adam,beta1=0.8"`).  `decay` is λ of w ← w - rate λ w at each step, of weights and not of biases, apart
    from the gradient.  (Source: I. Loshchilov, F. Hutter, Decoupled weight decay regularization, 2019.)
    With `patience` the training stops after so many epochs without a lower validation error, and gives the best weights.
    `checkpoint` is a file to save the state to, about once a second and at every end; `resume` goes on from it, or from
    another one, and gives bit by bit what the uninterrupted training gives.  `epochs` may have changed.
    Raises InputError, for a checkpoint of another training too, and for one that exists unless it is resumed.
    """
    f = compile_network(net)
    examples = _examples(net, f, "", X, Y)
    held = None if validation is None else _held_out(net, f, validation)
    if settings.patience is not None and held is None:
        raise InputError("patience: expected a validation set (X, Y) too, got none")
    given = f.weights(initial_weights(net, settings.seed) if W is None else W)
    v = joined([finite(f"W[{l}]", w) for l, w in enumerate(given)])
    examples, held = _as(v.dtype, examples), None if held is None else _as(v.dtype, held)
    start = _start(v, settings)
    about = _about(net, settings, examples, held, v)
    source = _source(checkpoint, resume)
    place = source if checkpoint is None else checkpoint
    _check_place(place, source)
    if source is not None:
        start = _resumed(load(source, about, start), source, settings)
    return Training(f, examples, held, settings, start, about, place)


def _examples(net: Architecture, f: Compiled, kind: str, X: Any, Y: Any) -> Examples:
    inputs = finite(f"{kind}X", f.inputs(X))
    targets = in_range(f"{kind}Y", net, finite(f"{kind}Y", f.targets(Y, len(inputs))))
    if not len(inputs):
        raise InputError(f"{kind}X: expected at least one example, got none")
    return inputs, targets


def _as(kind: Any, examples: Examples) -> Examples:
    X, Y = (a.astype(kind, copy=False) for a in examples)
    return X, Y


def _held_out(net: Architecture, f: Compiled, validation: Any) -> Examples:
    if not isinstance(validation, list | tuple) or len(validation) != 2:
        raise InputError("validation: expected a pair of arrays (X, Y)")
    try:
        return _examples(net, f, "", *validation)
    except InputError as problem:
        raise InputError(f"validation {problem}") from None


def _start(v: Array, settings: Settings) -> State:
    random = generator(settings.seed, ORDER).bit_generator.state
    return State(v, np.zeros((settings.optimizer.vectors, len(v)), v.dtype), v, 0, random)


def _about(
    net: Architecture, settings: Settings, examples: Examples, held: Examples | None, v: Array
) -> dict[str, Any]:
    """All that the course of a training depends on; how many epochs it has is no part of that."""
    shape = [len(examples[0]), net.d[0], net.d[-1]]
    return {
        "sizes": list(net.d),
        "activations": ",".join(a.name for a in net.activations),
        "loss": net.loss.name,
        "numbers": v.dtype.name,
        "examples": shape,
        "validation examples": None if held is None else [len(held[0]), *shape[1:]],
        "optimizer": str(settings.optimizer),
        **{k: getattr(settings, k) for k in ("rate", "batch", "decay", "patience", "seed")},
        "data of digest": digest(*examples, *(held or ())),
        "weights to start from of digest": digest(v),
    }


def _source(checkpoint: Place | None, resume: bool | Place | None) -> Place | None:
    """The file to go on from, if any."""
    if resume is True and checkpoint is None:
        raise InputError("resume: expected a checkpoint to go on from, got none")
    return None if resume is None or resume is False else checkpoint if resume is True else resume


def _check_place(place: Place | None, source: Place | None) -> None:
    """A checkpoint is hours of work: one that is not gone on from is not overwritten."""
    check_writable(place)
    if place is None or not Path(place).exists():
        return
    if source is None or not same_file(place, source):
        raise InputError(
            f"checkpoint {str(place)!r}: there is one already; expected resume, to go on from it, or another name"
        )


def _resumed(state: State, source: Place, settings: Settings) -> State:
    if state.epoch > settings.epochs:
        raise InputError(
            f"checkpoint {str(source)!r}: is of epoch {state.epoch}; expected epochs from there up, got {settings.epochs}"
        )
    return state
