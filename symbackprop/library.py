"""The theorems with names as certificates: package data, which anyone can re-check; and the writing of certificates.

No SymPy here: a certificate is read, checked and written by the kernel alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .certificates import check, write
from .derive.named import THEOREMS, file_name
from .errors import InputError
from .files import write_aside
from .kernel import KernelError, Theorem, read
from .network.names import suggestion

FOLDER = Path(__file__).parent / "data" / "theorems"


@dataclass(frozen=True)
class Entry:
    """A theorem of the package: its name, what it says in one line, and its certificate."""

    name: str
    says: str
    certificate: Path

    @property
    def statement(self) -> str:
        """The theorem in full, as the kernel prints it once the certificate is checked."""
        return str(load(self.certificate))


def theorems() -> tuple[Entry, ...]:
    """The theorems that the package ships, in the order in which they are told.

    >>> print(theorems()[0].name, "-", theorems()[0].says)
    backpropagation - ∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1) and ∂e/∂s_j^(l) = δ_j^(l).
    """
    return tuple([Entry(n, t.says, FOLDER / file_name(n)) for n, t in THEOREMS.items()])


def theorem(name: str) -> Theorem:
    """A theorem of the package, from its certificate, which the kernel checks.

    >>> print(str(theorem("delta")).splitlines()[-2])
      d(e)/d(s[l,j]) exists and is delta[l,j]   for l = L down to 1, j = 1..d[l]

    Raises InputError for a name that is none, with the nearest one.
    """
    if name not in THEOREMS:
        raise InputError(f"unknown theorem {name!r}{suggestion(name, THEOREMS)}")
    return load(FOLDER / file_name(name))


def load(path: str | os.PathLike[str]) -> Theorem:
    """The theorem of a certificate in a file.  Raises InputError where it is refused or can't be read."""
    try:
        return read(Path(path).read_text(encoding="utf-8"))
    except KernelError as error:
        raise InputError(f"certificate {str(path)!r}: {error}") from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"certificate {str(path)!r}: {getattr(error, 'strerror', None) or 'no text in UTF-8'}"
        ) from None


def save(theorem: Theorem, path: str | os.PathLike[str]) -> None:
    """Writes the certificate of a theorem; `python -m symbackprop.kernel FILE` checks it.

    Raises InputError where the file can't be written, or the argument is no theorem.
    """
    if not isinstance(theorem, Theorem):
        raise InputError(f"save: expected a theorem, got {type(theorem).__name__}")
    write_aside(path, write(theorem))


def make(folder: Path = FOLDER) -> None:
    """Proves every theorem anew and writes its certificate: `python -m symbackprop.library`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, row in THEOREMS.items():
        save(check(row.prove()), folder / file_name(name))


if __name__ == "__main__":
    make()
