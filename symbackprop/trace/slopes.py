"""The derivative of a formula as a formula, by the kernel's own derivative; for words alone, nothing rests on it."""

from __future__ import annotations

from ..derive.builder import Builder
from ..errors import InputError
from ..kernel import Bracket, KernelError, Slope, Sym, Term
from ..kernel.terms import subterms
from ..network.functions import definitions
from .decide import Case, Decision
from .grammar import Formula
from .knowledge import written
from .reading import Reader
from .rule import names_of


def slope(f: Formula, wrt: str) -> Formula | None:
    """∂f/∂wrt; None of what has cases.

    >>> from symbackprop.trace.grammar import parse
    >>> str(slope(parse("sin(2*x)"), "x"))
    '2*cos(2*x)'
    """
    try:
        reader = Reader({n: Sym(n) for n in names_of(f)})
        t = reader.term(f)
        if any(isinstance(u, Bracket) for u in subterms(t)):
            return None
        by = Sym(wrt)
        whole = Decision(Slope(t, by, t), (), definitions(reader.used), ())
        case = Case(whole, (), ())
        return written(_known(case.b, case, t, by))
    except (KernelError, InputError, ArithmeticError, RecursionError):
        return None


def _known(b: Builder, case: Case, t: Term, by: Sym) -> Term:
    """The derivative with what is known of the functions in it."""
    value = b.conclusion(b.derivative(t, by)).value  # type: ignore[attr-defined]
    form, _ = case.leaves.rewritten(value)
    return b.ring.normal(form)
