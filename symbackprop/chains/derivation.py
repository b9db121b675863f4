"""`derivation`: write a chain of equalities; each line is proved, or the false one is named."""

from __future__ import annotations

import atexit
import builtins
import os
import sys
from importlib import import_module
from types import TracebackType
from typing import Any

from ..errors import InputError
from ..expansion import no_collection
from ..kernel import Theorem
from ..record import record
from ..terminal import make_lenient, say
from .judge import Judge, Judged
from .lines import Place, here, own
from .report import as_data, as_markdown, as_text, summary
from .written import Written

EXIT_CODES = {"proved": 0, "refuted": 1, "unknown": 3}
BAD_INPUT, INTERRUPTED = 2, 130


class Derivation(Written):
    """A derivation as it is written, and what is found of it; made by `derivation`."""

    def __init__(self, title: str, net: Any = None, seed: int = 0) -> None:
        super().__init__(title, net, seed)
        self._found: tuple[Any, Judged] | None = None
        self.begun = False
        """Whether it was entered, or asked for what it is worth."""

    @property
    def judged(self) -> Judged:
        """All lines, judged; anew only where something was written since."""
        self.begun = True
        state = (
            len(self.assumptions),
            len(self.world.own),
            len(self.world.functions),
            self._written(),
        )
        if self._found is None or self._found[0] != state:
            with no_collection():
                self._found = (state, Judge(self).judged())
        return self._found[1]

    def _written(self) -> int:
        """How many lines there are in all chains."""
        return sum(len(c.lines) for c in self.chains())

    @property
    def theorem(self) -> Theorem:
        """What was proved.  Raises InputError where the verdict is another."""
        if self.judged.word != "proved" or self.judged.theorem is None:
            raise InputError(f"{self.name}: {self.judged.word}, so there is no theorem")
        return self.judged.theorem

    @property
    def data(self) -> dict[str, Any]:
        """The verdict as plain data, for JSON."""
        return as_data(self.judged)

    def __str__(self) -> str:
        return as_text(self.judged)

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return as_markdown(self.judged)

    def __enter__(self) -> Derivation:
        self.begun = True
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Prints what was found; a script ends with its exit code, and bad input is told in one line."""
        if kind is not None and not isinstance(error, InputError):
            return False
        script = _script(sys._getframe(1).f_globals)
        if isinstance(error, InputError):
            if not script:
                return False
            complaint = _placed(error, trace)
            print(f"{self.name}: {complaint}", file=sys.stderr)
            record(self.name, "bad input", complaint)
            _leave_with(BAD_INPUT)
            return True
        try:
            _show(self)
        except KeyboardInterrupt:
            if not script:
                raise
            print(f"{self.name}: interrupted", file=sys.stderr)
            raise SystemExit(INTERRUPTED) from None
        if script:
            record(self.name, self.judged.word, summary(self.judged))
            _leave_with(EXIT_CODES[self.judged.word])
        return False


def derivation(title: str, net: Any = None, seed: int = 0) -> Derivation:
    """A derivation to write: in a `with` block, it is judged and printed at its end.

    `net` is a Network of given sizes or with letters for them, or nothing: then `define` says how things are computed.
    `seed` fixes the search for instances in which a line is false.  In a script that is run, the exit code is the worst
    verdict of its derivations: 0 proved, 1 a line is false or its reason is not the one that holds, 2 bad input, 3 unknown.
    Raises InputError, with file and line, for lines that are none.

    >>> import sympy as sp
    >>> from symbackprop.chains.language import D
    >>> z, w, x, b = sp.symbols("z w x b")
    >>> with derivation("one neuron") as d:
    ...     d.define(z, w * x + b)
    ...     d.claim(D(z**2, w))
    ...     d.eq(2 * z * D(z, w), by="chain rule")
    ...     d.eq(2 * z * x)
    one neuron
      (1)  ∂(z²)/∂w
      (2)  = 2·z·∂z/∂w   [chain rule] ✓
      (3)  = 2·x·z   [linearity of the derivative] ✓
    PROVED
    """
    script = _script(sys._getframe(1).f_globals)
    try:
        made = Derivation(title, net, seed)
        if script:
            _begun.append(made)
            _leave_with(0)
        return made
    except InputError as error:
        if not script:
            raise
        print(f"{here()}: {error}", file=sys.stderr)
        raise SystemExit(BAD_INPUT) from None


def _placed(error: InputError, trace: TracebackType | None) -> str:
    """A complaint with its place: that of the statement of the script in which it was raised, if it has none."""
    while trace is not None and trace.tb_next is not None and not own(trace.tb_next):
        trace = trace.tb_next
    if trace is None:
        return str(error)
    place = Place(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    return str(error) if str(error).startswith(place.name) else f"{place}: {error}"


def _show(found: Derivation) -> None:
    """Text, or formulas in a notebook's cell."""
    shell = getattr(builtins, "get_ipython", None)
    if shell is not None and type(shell()).__name__ == "ZMQInteractiveShell":
        import_module("IPython.display").display(found)
        return
    make_lenient()
    say(str(found))


def _script(names: dict[str, Any]) -> bool:
    """Whether the code that opened the block is a script that is run."""
    return names.get("__name__") == "__main__" and "__file__" in names and not sys.flags.interactive


_codes: list[int] = []
_begun: list[Derivation] = []
"""The derivations of a script."""


def collected() -> list[Derivation]:
    """The derivations of a script that ran in this process, which then leaves no exit code behind."""
    found = list(_begun)
    _begun.clear()
    _codes.clear()
    return found


def _leave_with(code: int) -> None:
    """The script's exit code is the worst of its derivations', if it comes to its end."""
    if not _codes:
        atexit.register(_leave)
    _codes.append(code)


def _leave() -> None:
    for d in _begun:
        if not d.begun and any(c.lines for c in d.chains()):
            print(
                f"{d.name}: written without `with`, so its lines were never judged", file=sys.stderr
            )
            record(d.name, "unknown", "written without `with`, so its lines were never judged")
            _codes.append(EXIT_CODES["unknown"])
    worst = max(_codes, key=(0, 3, 1, 2).index, default=0)
    if worst:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(worst)
