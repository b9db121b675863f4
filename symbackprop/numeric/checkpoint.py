"""Where a training stands after an epoch, and the file that holds it: all that the epochs to come depend on.

The file is NumPy's .npz, without pickles: `about` (JSON: what the training was asked for), `order` (JSON: the state of the
random generator), the vectors `weights`, `best`, `memory`, and the errors by epoch.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..compile.special import Array
from ..errors import InputError
from ..files import write_with

VERSION = 1
Place = str | os.PathLike[str]


@dataclass(frozen=True)
class State:
    """A training after some epochs: nothing in it is changed later.

    `weights`, `best` (those of the least validation error; else the same) have shape (size,), `memory` (k, size);
    all are of one type.  `steps` counts changes of the weights; `order` is the state of the generator that orders the examples.
    """

    weights: Array
    memory: Array
    best: Array
    steps: int
    order: Mapping[str, Any]
    errors: tuple[float, ...] = ()
    validation_errors: tuple[float, ...] = ()

    @property
    def epoch(self) -> int:
        return len(self.errors)

    @property
    def best_epoch(self) -> int:
        """The first epoch with the least validation error; without a validation set, the last."""
        held = self.validation_errors
        return 1 + held.index(min(held)) if held else self.epoch


def save(place: Place, about: Mapping[str, Any], state: State) -> None:
    """Writes the file, whole or not at all.  Raises InputError where it can't be written."""
    texts = {
        "about": json.dumps({"symbackprop checkpoint": VERSION, **about}),
        "order": json.dumps({**state.order}),
    }
    arrays: dict[str, Any] = {
        **{name: np.array(text) for name, text in texts.items()},
        **{name: getattr(state, name) for name in ("weights", "best", "memory")},
        **{name: np.array(getattr(state, name)) for name in ("errors", "validation_errors")},
        "steps": np.array(state.steps),
    }
    write_with(place, lambda file: np.savez(file, **arrays))


def load(place: Place, about: Mapping[str, Any], start: State) -> State:
    """The state in a file that was written of a training of the same kind: `about` and the shapes of `start` must agree.

    Raises InputError for anything else, and says what differs.
    """
    try:
        with np.load(place, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
        written, state = json.loads(str(found["about"])), _state(found)
        generator_at(state.order)
    except OSError as error:
        raise InputError(f"checkpoint {str(place)!r}: {error.strerror or error}") from None
    except Exception:  # of a file that may be anything, nothing is known that could go wrong
        raise _no_checkpoint(place) from None
    _compare(place, written, about)
    if not _fits(state, start):
        raise _no_checkpoint(place)
    return state


def _no_checkpoint(place: Place) -> InputError:
    return InputError(f"checkpoint {str(place)!r}: expected a file that a training has saved")


def _state(found: Mapping[str, Any]) -> State:
    weights, memory, best = (found[name] for name in ("weights", "memory", "best"))
    errors, held = (tuple(map(float, found[name])) for name in ("errors", "validation_errors"))
    steps, order = int(found["steps"]), json.loads(str(found["order"]))
    return State(weights, memory, best, steps, order, errors, held)


def _fits(state: State, start: State) -> bool:
    """Whether the file's arrays have the shapes of this training's, and its numbers are such as a training leaves."""
    names = ("weights", "memory", "best")
    pairs = [(getattr(state, n), getattr(start, n)) for n in names]
    errors = [*state.errors, *state.validation_errors]
    return (
        all((a.shape, a.dtype) == (b.shape, b.dtype) for a, b in pairs)
        and all(bool(np.isfinite(a).all()) for a, _ in pairs)
        and bool(np.isfinite(errors).all())
        and len(state.validation_errors) in (0, state.epoch)
        and state.steps >= state.epoch >= 1
    )


def _compare(place: Place, written: Any, about: Mapping[str, Any]) -> None:
    """InputError for the first thing in which the training of the file differs from the one that is asked for."""
    if not isinstance(written, dict) or written.get("symbackprop checkpoint") != VERSION:
        raise _no_checkpoint(place)
    for name, value in json.loads(json.dumps(about)).items():
        if written.get(name) != value:
            raise InputError(
                f"checkpoint {str(place)!r}: is of another training: expected {name} {_shown(value)}, as asked for now,"
                f" got {_shown(written.get(name))}"
            )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "-".join(map(str, value))
    return "none" if value is None else str(value)[:60]


def generator_at(state: Mapping[str, Any]) -> np.random.Generator:
    """A generator that goes on where another one stood."""
    random = np.random.Generator(np.random.PCG64())
    random.bit_generator.state = dict(state)
    return random


def digest(*arrays: Array) -> str:
    """A short name of the numbers in arrays of known shapes."""
    found = hashlib.sha256()
    for a in arrays:
        found.update(np.ascontiguousarray(a).data)
    return found.hexdigest()[:16]


def same_file(a: Place, b: Place) -> bool:
    return Path(os.path.realpath(a)) == Path(os.path.realpath(b))
