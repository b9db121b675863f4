"""What can't be traced faithfully is refused, with the call and the line of the user's code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

from ..errors import InputError

PACKAGE = str(Path(__file__).parent.parent)


class Refused(InputError):  # noqa: N818 - what it is for the user
    """A call that can't be traced faithfully."""


class Followed(Exception):  # noqa: N818 - an answer of its own, not an error
    """A branch that can't be followed at this point: another point may do."""


def refuse(call: str, why: str) -> NoReturn:
    """Raises Refused, with the line of the innermost frame that is the user's."""
    place = user_line()
    where = f", {place}" if place else ""
    raise Refused(f"{call}{where}: {why}")


def user_line() -> str:
    """File and line of the innermost frame outside NumPy and this package; "" where there is none."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not is_own(name):
            return f"{Path(name).name}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""


def is_own(name: str) -> bool:
    """Whether a file is NumPy's, this package's or of the standard library's frozen part."""
    return name.startswith((PACKAGE, "<frozen", "<__array_function__")) or "/numpy/" in name
