"""The lecture's page for every depth and width: each of its equations is a definition, or the conclusion of a theorem."""

from __future__ import annotations

from collections.abc import Mapping

from ..kernel import Sym, Theorem
from .conditions import assumptions
from .page import Block, Display, Figure, Heading, Inline, Para, Ref, Row
from .picture import general_picture
from .proof import proof_blocks
from .reasons import SUMMARY
from .theorem import conclusion_rows, definition_rows
from .typeset import Typeset

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
    (
        "Conclusion",
        "From {base} on, {step} gives every {delta}, layer by layer, from the last one down. "
        "A weight acts on the error through one weighted input:",
        "weight gradient",
    ),
    ("", "and so, for every node and every weight,", "backpropagation"),
)
"""Heading, sentence, and the theorem whose conclusions follow."""


def general_derivation(theorems: Mapping[str, Theorem], detail: str = SUMMARY) -> Typeset:
    """The page from its theorems.  KeyError where one of them is missing."""
    whole = theorems["backpropagation"]
    count = sum(len(theorems[name].proof.steps) for _, _, name in PARTS)
    blocks: list[Block] = [
        Para(OPENING + f" The kernel checked these theorems in {count} steps."),
        Figure(general_picture),
        Heading("Definitions"),
        *_definitions(whole),
        *assumptions(whole),
    ]
    for heading, sentence, name in PARTS:
        rows = [r for s in theorems[name].sequents for r in conclusion_rows(s, name)]
        refs: dict[str, Inline] = {
            "base": Ref(("base step",)),
            "step": Ref(("induction step",)),
            "delta": Sym("delta"),
        }
        used = {k: v for k, v in refs.items() if "{" + k + "}" in sentence}
        blocks += [Heading(heading)] if heading else []
        blocks += [Para(sentence, used), Display(tuple(rows))]
    blocks += proof_blocks(whole, detail)
    return Typeset("Backpropagation, for every depth and every width", tuple(blocks))


def _definitions(whole: Theorem) -> list[Block]:
    """Upwards, then downwards."""
    rows = definition_rows(whole)
    up = tuple([r for r in rows if not _about(r, "delta")])
    down = tuple([r for r in rows if _about(r, "delta")])
    return [
        Para("The weighted inputs and the outputs, from the bottom up; then the error:"),
        Display(up),
        Para("and, from the top down,"),
        Display(down),
    ]


def _about(row: Row, family: str) -> bool:
    return any(getattr(t, "name", "") == family for t in row.left)
