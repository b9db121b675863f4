"""Lines as they were written, and what is found of each."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from ..kernel import Term
from .held import Reading
from .reasons import Reason

PACKAGE = str(Path(__file__).parent.parent)
HERE = (PACKAGE, contextlib.__file__)


@dataclass(frozen=True)
class Place:
    """Where something was written."""

    file: str
    line: int

    @property
    def name(self) -> str:
        """The file, or that it is a line of an interpreter."""
        if "ipykernel_" in self.file:
            return "cell, line "
        return "line " if self.file.startswith("<") else f"{Path(self.file).name}:"

    def __str__(self) -> str:
        return f"{self.name}{self.line}"


def here() -> Place:
    """The place in the user's code that is being run."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(HERE):
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno)


def own(trace: TracebackType) -> bool:
    """Whether a traceback's frame is in this package, or in SymPy."""
    file = trace.tb_frame.f_code.co_filename
    return file.startswith(PACKAGE) or "sympy" in Path(file).parts


@dataclass(frozen=True)
class Line:
    """One expression of a chain, with the reason that was given for it."""

    expression: Any
    term: Term
    place: Place
    reason: Reason | None = None
    by: str | None = None
    held: tuple[Reading, ...] = ()
    """The derivatives with something held fixed, and what they were read as."""


@dataclass(frozen=True)
class Witness:
    """A small instance in which two lines differ: sizes and indices, variables, functions, and both values."""

    integers: dict[str, int]
    values: dict[str, Any]
    left: Any
    right: Any

    def __str__(self) -> str:
        shown = {**self.integers, **self.values}
        return ", ".join([f"{name} = {value}" for name, value in shown.items()])


@dataclass(frozen=True)
class Judgement:
    """What was found of one line: proved, false, unknown, or true by another reason than was given.

    `against` is the number of the line that it was compared with (from 0); `reason` the reason that holds.
    """

    number: int
    line: Line
    word: str
    against: int
    reason: str = ""
    witness: Witness | None = None
    diagnosis: str | None = None
    repaired: Any = None
    why: str = ""
    step: int | None = field(default=None, compare=False)


WORDS = ("proved", "wrong reason", "false", "unknown")
"""What may be found of a line."""
