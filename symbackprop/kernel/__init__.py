"""The trusted kernel: what a PROVED rests on.  It imports the standard library alone.

- `terms`: the language.  - `normal`: polynomials, fractions, sums.  - `laws`: what is known of exp, log, sums, ...
- `context`: definitions.  - `rules`: what follows from what.  - `certificate`: proofs as text.
- `checker`: `check(proof) -> Theorem`.  - `statement`: what a theorem says.

To believe a theorem: read its definitions and its statement, and believe these files and Python.
Engines elsewhere find proofs; they are not trusted, for a wrong step raises `KernelError` here.
`python -m symbackprop.kernel FILE` checks a certificate; a copy of this folder alone does, too.
"""

from .certificate import Proof as Proof
from .certificate import Step as Step
from .checker import Theorem as Theorem
from .checker import check as check
from .checker import read as read
from .checker import write as write
from .context import Definition as Definition
from .context import Function as Function
from .rules import Sequent as Sequent
from .terms import *
