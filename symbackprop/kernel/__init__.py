"""The trusted kernel: what a PROVED rests on.  It imports the standard library alone.

- `terms`: the language.  - `normal`: polynomials, fractions, sums.  - `laws`: what is known of exp, log, sums, ...
- `context`: definitions.  - `rules`: what follows from what.  - `certificate`: proofs as text.
- `checker`: `check(proof) -> Theorem`.  - `statement`: what a theorem says.

To believe a theorem: read its definitions and its statement, and believe these files and Python.
Engines elsewhere find proofs; they are not trusted, for a wrong step raises `KernelError` here.
`python -m symbackprop.kernel FILE` checks a certificate; a copy of this folder alone does, too.
"""

from .certificate import Definition, Function, Proof, Step
from .checker import Theorem, check, read, write
from .rules import Sequent
from .terms import *
