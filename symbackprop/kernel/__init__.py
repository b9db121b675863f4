"""The trusted kernel: what a PROVED rests on.  It imports the standard library alone.

From the ground up: `terms` and `integers`, the language; `laws`, what is known of exp, log, sums, ...; `sums` and `normal`,
normal forms; `rewriting`; `context`, definitions; `conditions`, `derivative`, `definedness`; `rules` and `sequents`, what
follows from what; `statement`, what a theorem says; `certificate`, proofs as text; `checker`, a `Theorem`.

To believe a theorem: read its definitions and its statement, and believe these files and Python.
Engines elsewhere find proofs; they are not trusted, for a wrong step raises `KernelError` here.
`python -m symbackprop.kernel FILE` checks a certificate; a copy of this folder alone does, too.
"""

from .certificate import Proof as Proof
from .certificate import Step as Step
from .checker import Theorem as Theorem
from .checker import read as read
from .context import Definition as Definition
from .context import Function as Function
from .integers import *
from .sequents import Sequent as Sequent
from .terms import *
