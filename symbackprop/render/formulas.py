r"""What users call: `latex` and `text` of whatever they have at hand."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import Prop, Term, Theorem
from ..network.symbols import Quantity
from .theorem import theorem_blocks
from .typeset import Typeset
from .writer import LATEX, TEXT


def latex(obj: Any) -> str:
    r"""LaTeX of a SymPy expression in the network's symbols, a term, a proposition, a theorem, or what has a `latex` method.

    >>> from symbackprop.network.symbols import quantity
    >>> latex(quantity("w", 1, 0, 2) ** 2)
    '(w_{02}^{(1)})^{2}'

    Raises InputError for anything else.
    """
    if isinstance(obj, Theorem):
        return theorem_page(obj).latex()
    if isinstance(obj, Term | Prop):
        return LATEX.box(obj).body
    if isinstance(obj, sp.Basic | sp.MatrixBase):
        return _sympy(obj)
    if callable(getattr(obj, "latex", None)):
        return str(obj.latex())
    raise InputError(
        f"latex: expected an expression, a theorem or a derivation, got {type(obj).__name__}"
    )


def theorem_page(theorem: Theorem) -> Typeset:
    """A theorem as a page: definitions, hypotheses, conclusions, laws."""
    return Typeset("Theorem", tuple(theorem_blocks(theorem)))


def _sympy(obj: Any) -> str:
    r"""SymPy's own printer, with ln; around the lecture's symbols \left( is noise, and a power needs parentheses."""
    body = str(sp.latex(obj, ln_notation=True))
    for symbol in obj.atoms(Quantity):
        inside = sp.latex(symbol)
        left, right = (r"\Bigl(", r"\Bigr)") if "frac" in inside else ("(", ")")
        body = body.replace(rf"{{\left({inside} \right)}}", f"({inside})")
        body = body.replace(rf"\left({inside}\right)", left + inside + right)
        if "^" in inside:
            body = body.replace(inside + "^{", f"{left}{inside}{right}^{{")
    return body


def text(obj: Any) -> str:
    """Unicode text of a term, a proposition, a theorem, or what has a `text` method; of anything else `str`.

    >>> from symbackprop.kernel import Nonzero, Sym
    >>> text(Nonzero(Sym("s", (1, 1))))
    's_1^(1) ≠ 0'
    """
    if isinstance(obj, Theorem):
        return theorem_page(obj).text()
    if isinstance(obj, Term | Prop):
        return TEXT.box(obj).body
    return str(obj.text()) if callable(getattr(obj, "text", None)) else str(obj)
