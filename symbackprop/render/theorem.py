"""A theorem as a page: definitions, hypotheses, conclusions, laws; letters for indices with the ranges that they run over.

`general_derivation` is the lecture's page for every depth and width: each of its equations is the conclusion of a theorem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..kernel import App, AtLeast, Bracket, D, Definition, Eq, Int, Prop, Slope, Term, Theorem
from ..kernel.integers import combination, minus, whole
from ..kernel.sequents import Sequent
from ..kernel.terms import parameter, subterms
from .conditions import assumptions
from .facts import law_equations
from .page import Block, Content, Display, Glyph, Heading, Page, Para, Row
from .writer import LATEX, TEXT, Writer


def theorem_page(theorem: Theorem) -> Page:
    """A theorem as a page."""
    others: tuple[Content, ...] = tuple(c for c in theorem.conclusions if _sides(c) is None)
    rows = [r for s in theorem.sequents for r in conclusion_rows(s, "claim")]
    laws = [Row((e.left,), e.right, "", when) for e, when in law_equations(theorem.laws)]
    blocks: list[Block] = [Para("Let"), Display(definition_rows(theorem))]
    if any(isinstance(u, Bracket) for f in theorem.proof.functions for u in subterms(f.term)):
        blocks.append(Para("where a condition in brackets is 1 where it holds, and 0 elsewhere."))
    blocks += [*assumptions(theorem), Para("Then"), Display(tuple(rows))]
    if others:
        blocks.append(Para("and {all}.", {"all": others}))
    blocks += [Para("by the laws"), Display(tuple(laws))] if laws else []
    return Page("Theorem", tuple(blocks))


def definition_rows(theorem: Theorem) -> tuple[Row, ...]:
    """Functions, then families, each with the ranges for which it is so defined."""
    functions = [Row((_head(f.name, f.arity, f.index),), f.term) for f in theorem.proof.functions]
    return (*functions, *[_definition(d) for d in theorem.proof.definitions])


def _definition(d: Definition) -> Row:
    variables = [v for v in d.over if isinstance(v, Int)]
    return Row((d.symbol,), d.term, "", ranges([AtLeast(k) for k in d.where], variables))


def _head(name: str, arity: int, index: tuple[int, ...]) -> Term:
    return App(name, (0,) * arity, tuple([parameter(k + 1) for k in range(arity)]), index)


def conclusion_rows(s: Sequent, label: str) -> list[Row]:
    """An equation that was proved, with the ranges of its letters; none for what is no equation."""
    sides = _sides(s.conclusion)
    variables = [u for u in subterms(s.conclusion) if isinstance(u, Int) and not u.index]
    limits = [h for h in sorted(s.hypotheses, key=str) if isinstance(h, AtLeast)]
    return [] if sides is None else [Row((sides[0],), sides[1], label, ranges(limits, variables))]


def _sides(p: Prop) -> tuple[Term, Term] | None:
    if isinstance(p, Slope):
        return D(p.term, p.by), p.value
    return (p.left, p.right) if isinstance(p, Eq) else None


def ranges(limits: Iterable[AtLeast], variables: Iterable[Int]) -> tuple[Content, ...]:
    """l = 1, …, L and the like, one for each variable that is limited."""
    left, out = list(limits), list[Content]()
    for v in reversed(list(variables)):
        ends: dict[int, Term] = {}
        for p in list(left):
            way = combination(p.low).get(v, 0)
            if way in (1, -1) and way not in ends:
                ends[way] = whole(v, minus(p.low)) if way == 1 else whole(v, p.low)
                left.remove(p)
        if ends:
            out.append(_range(v, ends))
    return tuple(out[::-1])


def _range(v: Int, ends: Mapping[int, Term]) -> Glyph:
    if len(ends) == 2:
        low, high = ends[1], ends[-1]
        return Glyph(
            rf"{v} = {_index(LATEX, low)}, \dots, {_index(LATEX, high)}",
            f"{v} = {_index(TEXT, low)}..{_index(TEXT, high)}",
        )
    ((way, end),) = ends.items()
    sign = (r"\ge", "≥") if way == 1 else (r"\le", "≤")
    return Glyph(rf"{v} {sign[0]} {_index(LATEX, end)}", f"{v} {sign[1]} {_index(TEXT, end)}")


def _index(writer: Writer, t: Term) -> str:
    return writer.box(t).body.replace(" ", "")


# --- the lecture's page for every network -------------------------------------------------------------------------


@dataclass(frozen=True)
class GeneralDerivation:
    """The derivation for every depth and width, from its theorems, by name; `.latex()`, `.document()`, `.text()`."""

    theorems: Mapping[str, Theorem]

    @cached_property
    def page(self) -> Page:
        """Its headings, sentences and equations."""
        whole_ = self.theorems["backpropagation"]
        count = sum(len(t.proof.steps) for t in self.theorems.values())
        blocks: list[Block] = [
            Para(OPENING + f" The kernel checked these theorems in {count} steps."),
            Heading("Definitions"),
            Para(
                "Node 0 of a layer is the bias. The weighted inputs and the outputs, from the bottom up; then the error:"
            ),
            Display(tuple([r for r in definition_rows(whole_) if not _about(r, "delta")])),
            Para("and, from the top down,"),
            Display(tuple([r for r in definition_rows(whole_) if _about(r, "delta")])),
            *assumptions(whole_),
        ]
        for heading, sentence, name in PARTS:
            rows = [r for s in self.theorems[name].sequents for r in conclusion_rows(s, name)]
            blocks += [Heading(heading)] if heading else []
            blocks += [Para(sentence), Display(tuple(rows))]
        return Page("Backpropagation, for every depth and every width", tuple(blocks))

    def latex(self) -> str:
        """LaTeX without a preamble; needs amsmath."""
        return self.page.latex()

    def document(self) -> str:
        """A whole LaTeX article."""
        return self.page.document()

    def text(self) -> str:
        """Unicode text, at most 100 columns wide."""
        return self.page.text()


def _about(row: Row, family: str) -> bool:
    return any(getattr(t, "name", "") == family for t in row.left)


OPENING = (
    "Every equation below is a definition, or the conclusion of a theorem that was proved by induction over the layers: "
    "for every number of layers, every width, any activations, another one in each layer, and any error of the outputs."
)
PARTS = (
    ("Base step", "For the nodes of the last layer:", "base step"),
    (
        "Induction step",
        "A weighted input acts on the error through all nodes of the next layer:",
        "induction step",
    ),
    ("", "so that, by induction from the last layer down,", "delta"),
    ("The gradient", "A weight acts on the error through one weighted input:", "weight gradient"),
    ("", "and so, for every weight,", "backpropagation"),
)
"""Heading, sentence, and the theorem whose conclusions follow."""


def general_derivation(theorems: Mapping[str, Theorem]) -> GeneralDerivation:
    """The page from its theorems.  KeyError where one of them is missing."""
    return GeneralDerivation({name: theorems[name] for _, _, name in PARTS})
