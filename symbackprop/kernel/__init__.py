"""The trusted kernel: what a PROVED rests on.  It imports the standard library alone.

- `terms`: the language.  - `normal`: polynomials and fractions.  - `laws`: what is known of exp, log, sin, …
- `rules`: what follows from what.  - `checker`: `check(proof) -> Theorem`.

To believe a theorem: read its definitions and its statement, and believe these files and Python.
Engines elsewhere find proofs; they are not trusted, for a wrong step raises `KernelError` here.
"""

from .checker import Definition, Function, Proof, Sequent, Step, Theorem, check
from .terms import (
    Add,
    App,
    Bracket,
    D,
    Differentiable,
    Eq,
    KernelError,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Prop,
    Sym,
    Term,
)

__all__ = [
    "Add",
    "App",
    "Bracket",
    "D",
    "Definition",
    "Differentiable",
    "Eq",
    "Function",
    "KernelError",
    "Mul",
    "Nonzero",
    "Num",
    "Positive",
    "Pow",
    "Proof",
    "Prop",
    "Sequent",
    "Step",
    "Sym",
    "Term",
    "Theorem",
    "check",
]
