"""Output for every terminal: where one lacks a letter of the formulas, it gets a spelling of it and no question mark."""

from __future__ import annotations

import codecs
import os
import sys

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
