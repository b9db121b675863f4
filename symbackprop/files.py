"""Writing files whole or not at all: aside in the same folder, then renamed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from .errors import InputError


def check_writable(path: str | os.PathLike[str] | None) -> None:
    """InputError where a file could not be written; to be asked before long work."""
    if path is None:
        return
    if not str(path):
        raise InputError("output '': expected the name of a file")
    target = Path(path)
    if target.exists() and not target.is_file():
        kind = "a directory" if target.is_dir() else "a device or a pipe"
        raise InputError(f"output {str(path)!r}: expected a file, got {kind}")
    folder = target.parent
    if not folder.is_dir():
        raise InputError(f"output {str(path)!r}: the folder {str(folder)!r} does not exist")
    if not os.access(folder, os.W_OK) or (target.exists() and not os.access(target, os.W_OK)):
        raise InputError(f"output {str(path)!r}: no permission to write there")


def write_with(path: str | os.PathLike[str], write: Callable[[IO[bytes]], object]) -> None:
    """Lets `write` fill a file aside, then puts it in the place of `path`.  InputError where that fails."""
    check_writable(path)
    target = Path(os.path.realpath(path))  # through a link, not over it
    aside: str | None = None
    try:
        handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            write(file)
        os.chmod(aside, 0o666 & ~_umask())
        os.replace(aside, target)
        aside = None
    except OSError as error:
        raise InputError(f"output {str(path)!r}: {error.strerror or error}") from None
    finally:
        if aside is not None:
            os.unlink(aside)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_aside(path: str | os.PathLike[str], text: str) -> None:
    """Writes a text as UTF-8, whole or not at all."""
    write_with(path, lambda file: file.write(text.encode()))
