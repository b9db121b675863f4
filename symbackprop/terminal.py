"""Output for every terminal: where one lacks a letter of the formulas, it gets a spelling of it; and progress."""

from __future__ import annotations

import codecs
import math
import os
import sys
import time

SPELLINGS = {
    "δ": "delta",
    "∂": "d",
    "Σ": "sum",
    "π": "pi",
    "σ": "sigma",
    "·": "*",
    "∇": "grad ",
    "ᵀ": "^T",
    "×": "*",
    "⊙": "*",
    "½": "1/2",
    "²": "^2",
    "³": "^3",
    "√": "sqrt",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "…": "...",
    "→": "->",
    "←": "<-",
    "⇒": "=>",
    "–": "-",
    "—": "-",
    "−": "-",
    "∎": "(proved)",
    "✓": "ok",
    "✗": "FALSE",
    "₀": "0",
    "₁": "1",
    "₂": "2",
    "₃": "3",
    "λ": "lambda",
    "μ": "mu",
    "η": "eta",
    "ε": "epsilon",
    "φ": "phi",
    "α": "alpha",
    "β": "beta",
    "θ": "theta",
    "′": "'",
    "“": '"',
    "”": '"',
    "’": "'",
}


PAUSE = 0.05
"""Seconds between two shows of the progress, at least: nobody reads faster."""


def _spelled(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    part = error.object[error.start : error.end]
    return "".join(SPELLINGS.get(c, "?") for c in part), error.end


def make_lenient() -> None:
    """Standard output and error spell what they can't encode."""
    codecs.register_error("symbackprop", _spelled)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="symbackprop")


def say(text: str) -> None:
    """Prints; where nobody reads on (`| head`), says no more."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def duration(seconds: float) -> str:
    """A length of time in the two units that matter.

    >>> [duration(s) for s in (0.2, 59.4, 61, 7261)]
    ['0 s', '59 s', '1 min 1 s', '2 h 1 min']
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return (
        f"{whole // 60} min {whole % 60} s"
        if whole < 3600
        else f"{whole // 3600} h {whole % 3600 // 60} min"
    )


class Progress:
    """How far long work is, on standard error where that is a terminal, from the first second on."""

    def __init__(self, what: str) -> None:
        self.what, self.start, self.shown = what, time.monotonic(), False
        self.first: tuple[int, float] | None = None
        self.last = -math.inf

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Shows that so much is done; a `note` comes with an estimate of the time that is left."""
        now = time.monotonic()
        self.first = self.first or (done, now)
        if sys.stderr.isatty() and now - self.start > 1 and now - self.last > PAUSE:
            self.last = now
            rest = f", {note}{self._left(done, total, now)}" if note else " "
            print(
                f"\r\x1b[K{self.what}: {done} of {total}{rest}", end="", file=sys.stderr, flush=True
            )
            self.shown = True

    def _left(self, done: int, total: int, now: float) -> str:
        """From what was done since the first call, which tells where the work began."""
        first, then = self.first or (done, now)
        return (
            f", {duration((now - then) / (done - first) * (total - done))} left"
            if done > first
            else ""
        )

    def _clear(self) -> None:
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self.shown = False

    def line(self, text: str) -> None:
        """A line of its own, at once."""
        self._clear()
        say(text)
