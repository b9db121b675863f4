"""A theorem as blocks: definitions, hypotheses, conclusions, laws; letters for indices with the ranges that they run over."""

from __future__ import annotations

from ..kernel import App, AtLeast, Bracket, D, Definition, Eq, Int, Prop, Slope, Term, Theorem
from ..kernel.sequents import Sequent
from ..kernel.terms import parameter, subterms
from .conditions import assumptions
from .laws import law_rows
from .limits import conditions, letters, unbound
from .page import Block, Display, Heading, Para, Row

OF_SUMS = ("apart", "contract", "split", "reverse", "empty", "count")
"""Laws of sums, which a proof names where it uses them."""


def theorem_blocks(theorem: Theorem) -> list[Block]:
    """The theorem in full: what it is about, what it assumes, what it says."""
    return [*defined(theorem), *stated(theorem)]


def defined(theorem: Theorem) -> list[Block]:
    """The definitions, under a heading; none where there are none."""
    rows = definition_rows(theorem)
    brackets = any(
        isinstance(u, Bracket) for f in theorem.proof.functions for u in subterms(f.term)
    )
    where = [Para("A condition in brackets is 1 where it holds, and 0 elsewhere.")] * brackets
    return [Heading("Definitions"), Display(rows), *where] if rows else []


def stated(theorem: Theorem) -> list[Block]:
    """Hypotheses, conclusions, and the laws of known functions that they rest on."""
    rows = [r for s in theorem.sequents for r in conclusion_rows(s, "claim")]
    assumed = assumptions(theorem)
    blocks: list[Block] = [Heading("Theorem"), *assumed]
    blocks += [Para("Then" if assumed else "It holds that")] * bool(rows)
    blocks.append(Display(tuple(rows)))
    laws = [name for name in theorem.laws if name not in OF_SUMS]
    if laws:
        blocks += [Para("Of the known functions this uses"), Display(law_rows(laws))]
    return blocks


def definition_rows(theorem: Theorem) -> tuple[Row, ...]:
    """Functions, then families, each with the ranges for which it is so defined."""
    functions = [Row((_head(f.name, f.arity, f.index),), f.term) for f in theorem.proof.functions]
    return (*functions, *[_definition(d) for d in theorem.proof.definitions])


def _definition(d: Definition) -> Row:
    variables = [v for v in d.over if isinstance(v, Int)]
    return Row((d.symbol,), d.term, "", conditions([AtLeast(k) for k in d.where], variables))


def _head(name: str, arity: int, index: tuple[int, ...]) -> Term:
    return App(name, (0,) * arity, tuple([parameter(k + 1) for k in range(arity)]), index)


def conclusion_rows(s: Sequent, label: str) -> list[Row]:
    """What was proved, an equation or another proposition, with the ranges of its letters."""
    body, over = unbound(s.conclusion, ())
    found = sides(body)
    limits = [h for h in sorted(s.hypotheses, key=str) if isinstance(h, AtLeast)]
    when = (*conditions(limits, letters(s.conclusion)), *over)
    left = () if found is None else (found[0],)
    return [Row(left, body if found is None else found[1], label, when)]


def sides(p: Prop) -> tuple[Term, Term] | None:
    """Left and right of an equation, or of what a derivative is; None for what is neither."""
    if isinstance(p, Slope):
        own = D(p.term, p.by)
        return (own, p.value) if p.value != own else None
    return (p.left, p.right) if isinstance(p, Eq) else None
