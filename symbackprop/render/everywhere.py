"""The lecture's page for every depth and width: each of its equations is a definition, or a conclusion of `lecture`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..kernel import App, D, Int, Sym, Term, Theorem, whole
from ..kernel.terms import subterms
from .conditions import assumptions
from .page import Block, Display, Figure, Glyph, Heading, Inline, Para, Ref, Row
from .picture import general_picture
from .proof import proof_blocks
from .reasons import SUMMARY
from .theorem import conclusion_rows, definition_rows
from .typeset import Typeset

LAYER, L = Int("l"), Int("L")
BELOW = whole(LAYER, -1)
OPENING = (
    "Every equation below is a definition, or a conclusion of one theorem that was proved by induction over the layers: "
    "for every number of layers, every width, any activation functions, one for each layer, and any error function. "
    "The kernel checked its {count} steps."
)
PARTS: tuple[tuple[str, str, Callable[[Term, Term], bool]], ...] = (
    (
        "Theorem",
        "Then, for every weight and every weighted input,",
        lambda a, b: _layer(a) == LAYER and not _derived(b) and _of_error(a),
    ),
    ("Base step", "For the nodes of the last layer:", lambda a, b: _layer(a) == L),
    (
        "Induction step",
        "A weighted input acts on the error through all nodes of the next layer:",
        lambda a, b: _layer(a) == BELOW,
    ),
    (
        "Conclusion",
        "Starting from {base}, {step} give every {delta}, layer by layer, from the last one down. "
        "A weight acts on the error through one weighted input:",
        lambda a, b: True,
    ),
)
"""Heading, sentence, and which conclusions follow (of those that are left), by their sides."""


LETTERS = (
    "There are {L} layers; {d} is the number of nodes of layer {l}, {x} an input, and {E} the error as a function of the "
    "outputs, for targets {y}. The weight {w} leads from node {i} of layer {below} to node {j} of layer {l}."
)


def _letters() -> dict[str, Inline]:
    i, j = Int("i"), Int("j")
    return {
        "L": L,
        "d": Int("d", (LAYER,)),
        "l": LAYER,
        "x": Sym("x", (0, i)),
        "E": Glyph(lambda w: w.atom(w.name(App("E_y", (), ())))),
        "y": Sym("y", (j,)),
        "w": Sym("w", (LAYER, i, j)),
        "i": i,
        "j": j,
        "below": BELOW,
    }


def general_derivation(lecture: Theorem, detail: str = SUMMARY) -> Typeset:
    """The page from its theorem."""
    blocks: list[Block] = [
        Para(OPENING.format(count=len(lecture.proof.steps))),
        Para(LETTERS, _letters()),
        Figure(general_picture),
        Heading("Definitions"),
        *_definitions(lecture),
    ]
    left = [r for s in lecture.sequents for r in conclusion_rows(s, "")]
    for heading, sentence, fits in PARTS:
        own = [r for r in left if fits(r.left[0], r.right)]  # type: ignore[arg-type]
        left = [r for r in left if r not in own]
        blocks.append(Heading(heading))
        blocks += assumptions(lecture) if heading == "Theorem" else []
        blocks += [Para(sentence, _values(sentence)), _display(own, heading)]
    last: dict[str, Inline] = {"delta": Sym("delta"), "theorem": Ref(("Theorem",))}
    blocks.append(Para("With every {delta} known, this is the theorem, {theorem}.", last))
    blocks += proof_blocks(lecture, detail)
    return Typeset("Backpropagation, for every depth and every width", tuple(blocks))


def _display(rows: list[Row], heading: str) -> Display:
    """Rows with the part's label: derivatives of the error last, and what has derivatives at the right first."""
    ordered = sorted(rows, key=lambda r: (_of_error(r.left[0]), not _derived(r.right)))  # type: ignore[arg-type]
    return Display(tuple([replace(r, label=heading) for r in ordered]))


def _values(sentence: str) -> dict[str, Inline]:
    refs: dict[str, Inline] = {
        "base": Ref(("Base step",)),
        "step": Ref(("Induction step",)),
        "delta": Sym("delta"),
    }
    return {k: v for k, v in refs.items() if "{" + k + "}" in sentence}


def _layer(t: Term) -> object:
    """The layer of the variable by which t is a derivative."""
    return t.by.index[0] if isinstance(t, D) else None


def _of_error(t: Term) -> bool:
    return isinstance(t, D) and t.term == Sym("e")


def _derived(t: object) -> bool:
    return isinstance(t, Term) and any(isinstance(u, D) for u in subterms(t))


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
