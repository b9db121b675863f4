r"""What users call: `latex` and `text` of whatever they have at hand."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import App, AtLeast, Bracket, Definition, Function, Prop, Term, Theorem
from ..kernel.normal import sides
from ..kernel.terms import parameter, subterms
from ..network.symbols import Quantity
from .conditions import assumptions
from .facts import law_equations
from .page import Block, Content, Display, Page, Para, Row
from .writer import LATEX, TEXT


def latex(obj: Any) -> str:
    r"""LaTeX of a SymPy expression in the network's symbols, a term, a proposition, a theorem, or what has a `latex` method.

    >>> from symbackprop.network.symbols import quantity
    >>> latex(quantity("w", 1, 0, 2) ** 2)
    '(w_{02}^{(1)})^{2}'

    Raises InputError for anything else.
    """
    if isinstance(obj, Theorem):
        return statement(obj).latex()
    if isinstance(obj, Term | Prop):
        return LATEX.box(obj).body
    if isinstance(obj, sp.Basic | sp.MatrixBase):
        return _sympy(obj)
    if callable(getattr(obj, "latex", None)):
        return str(obj.latex())
    raise InputError(
        f"latex: expected an expression, a theorem or a derivation, got {type(obj).__name__}"
    )


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
        return statement(obj).text()
    if isinstance(obj, Term | Prop):
        return TEXT.box(obj).body
    return str(obj.text()) if callable(getattr(obj, "text", None)) else str(obj)


def statement(theorem: Theorem) -> Page:
    """A theorem as a page: its definitions, its hypotheses, its conclusions, its laws."""
    functions = [Row((_head(f),), f.term) for f in theorem.functions]
    definitions = [_family(d) for d in theorem.definitions]
    equations = [pair for c in theorem.conclusions if (pair := sides(c))]
    conclusions = [Row((left,), right, "claim") for left, right in equations]
    others: tuple[Content, ...] = tuple(c for c in theorem.conclusions if sides(c) is None)
    laws = [Row((e.left,), e.right, "", when) for e, when in law_equations(theorem.laws)]
    blocks: list[Block] = [Para("Let"), Display((*functions, *definitions))]
    if any(isinstance(u, Bracket) for f in theorem.functions for u in subterms(f.term)):
        blocks.append(Para("where a condition in brackets is 1 where it holds, and 0 elsewhere."))
    blocks += [*assumptions(theorem), Para("Then"), Display(tuple(conclusions))]
    if others:
        blocks.append(Para("and {all}.", {"all": others}))
    blocks += [Para("by the laws"), Display(tuple(laws))] if laws else []
    return Page("Theorem", tuple(blocks))


def _head(f: Function) -> Term:
    return App(f.name, (0,) * f.arity, tuple([parameter(k + 1) for k in range(f.arity)]), f.index)


def _family(d: Definition) -> Row:
    """What a symbol, or each member of a family, is defined as; and for which indices."""
    when: tuple[Content, ...] = tuple([AtLeast(k) for k in d.where])
    return Row((d.symbol,), d.term, "", when)
