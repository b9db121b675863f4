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


def main(arguments: list[str]) -> int:
    """Prints the statement of the certificate in a file, if it is checked; the exit code."""
    if len(arguments) != 1:
        print("usage: python -m symbackprop.kernel CERTIFICATE.json", file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8", newline="") as file:
            source = file.read(MAX_TEXT + 1)
    except (OSError, ValueError) as error:
        print(
            f"not read: {getattr(error, 'strerror', None) or 'no text in UTF-8'}", file=sys.stderr
        )
        return 2
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, too_long)
        signal.alarm(MAX_SECONDS)
    try:
        theorem = read(source)
        if hasattr(signal, "SIGALRM"):
            signal.alarm(0)
    except KernelError as error:
        print(f"refused: {' '.join(str(error).split())[:400]}", file=sys.stderr)
        return 1
    try:
        print(theorem, flush=True)
    except OSError:  # nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
