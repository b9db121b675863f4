"""An index expression as a line that is read: Σ_{i=1..d} w[i, j]·x[i]."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from sympy import Sum
from sympy.printing.str import StrPrinter


class _Printer(StrPrinter):  # type: ignore[misc]
    """SymPy's text with the field's signs for sums, for [i = j] and for cases."""

    def _print_Sum(self, e: Any) -> str:
        ends = [f"{self._print(i)}={self._print(a)}..{self._print(b)}" for i, a, b in e.limits]
        ends = [end.replace(" ", "") for end in ends]
        tight = not e.function.is_Add
        body = self._print(e.function) if tight else f"({self._print(e.function)})"
        return "".join(f"Σ_{{{end}}} " for end in reversed(ends)) + body

    def _print_KroneckerDelta(self, e: Any) -> str:
        return f"[{self._print(e.args[0])} = {self._print(e.args[1])}]"

    def _print_Piecewise(self, e: Any) -> str:
        cases = [f"{self._print(p.expr)} if {self._print(p.cond)}" for p in e.args[:-1]]
        last = e.args[-1]
        cases.append(
            f"{self._print(last.expr)} otherwise"
            if last.cond == True  # noqa: E712 - SymPy's True
            else f"{self._print(last.expr)} if {self._print(last.cond)}"
        )
        return f"{{{'; '.join(cases)}}}"

    def parenthesize(self, item: Any, level: int, strict: bool = False) -> str:
        """A sum binds all that follows it, so it is in parentheses wherever something may."""
        if isinstance(item, Sum):
            return f"({self._print(item)})"
        return str(super().parenthesize(item, level, strict))


def written(e: Any, indices: Sequence[str], width: int = 94) -> list[str]:
    """The lines of a comment: out[j] = ….

    >>> import sympy as sp
    >>> w, x = sp.IndexedBase("w"), sp.IndexedBase("x")
    >>> i, j, d = sp.symbols("i j d", integer=True)
    >>> written(sp.tanh(w[0, j] + sp.Sum(w[i, j] * x[i], (i, 1, d))), ["j"])
    ['# out[j] = tanh(w[0, j] + Σ_{i=1..d} w[i, j]*x[i])']
    """
    left = f"out[{', '.join(indices)}]" if indices else "out"
    text = f"{left} = {_Printer().doprint(e)}"
    lines = textwrap.wrap(text, width, subsequent_indent="    ", break_long_words=False)
    return [f"# {line}" for line in lines]
