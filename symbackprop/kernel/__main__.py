"""Checks certificates: `python -m symbackprop.kernel FILE`, or `python -I -S kernel FILE` with a copy of this folder alone.

Exit codes: 0 checked, and the statement is printed; 1 refused; 2 the file can't be read, or the usage is wrong.
"""

import os
import signal
import sys

if not __package__:
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    __package__ = os.path.basename(os.path.dirname(os.path.abspath(__file__)))
    __import__(__package__)

from .certificate import MAX_TEXT
from .checker import read
from .terms import KernelError

MAX_SECONDS = 60
"""The work of a check is counted, and refused beyond a bound; this is for what is not counted."""


def too_long(number: int, frame: object) -> None:
    """What the system calls when the time is over."""
    raise KernelError("check", f"an end within {MAX_SECONDS} s", "none")


def answer(arguments: list[str]) -> tuple[int, str]:
    """The exit code, and what is said of the certificate in a file: its statement, if it is checked."""
    if len(arguments) != 1:
        return 2, "usage: python -m symbackprop.kernel CERTIFICATE.json"
    try:
        with open(arguments[0], encoding="utf-8", newline="") as file:
            source = file.read(MAX_TEXT + 1)
    except (OSError, ValueError) as error:
        return 2, f"not read: {getattr(error, 'strerror', None) or 'no text in UTF-8'}"
    try:
        return 0, str(read(source))
    except (KernelError, MemoryError) as error:
        refused = error
    try:
        words = " ".join(str(refused).split())[:400] or "more than fits into memory"
    except KernelError:
        words = "its complaint is too long to tell"
    return 1, f"refused: {''.join([c if c.isprintable() else '?' for c in words])}"


def main(arguments: list[str]) -> int:
    """Prints the answer; the exit code."""
    timed = hasattr(signal, "SIGALRM")
    if timed:
        signal.signal(signal.SIGALRM, too_long)
        signal.alarm(MAX_SECONDS)
    code, said = answer(arguments)
    if timed:
        signal.alarm(0)
    try:
        print(said, file=sys.stderr if code else sys.stdout, flush=True)
    except OSError:  # nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
