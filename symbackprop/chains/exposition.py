"""A derivation that was proved, as a page: its definitions, its lines with their reasons, where they hold, and the proof."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import InputError
from ..kernel import AtLeast, Sequent, Term, Theorem
from ..kernel.conditions import reduced
from ..render.conditions import assumptions
from ..render.conventions import LECTURE, Convention
from ..render.limits import conditions, letters
from ..render.page import Block, Content, Display, Heading, Own, Para, Row, Words
from ..render.proof import outline
from ..render.reasons import SUMMARY
from ..render.steps import sequents
from ..render.theorem import defined, sides
from ..render.typeset import Typeset
from .judge import ChainVerdict, Judged
from .lines import Judgement
from .report import summary


def exposition(found: Judged, detail: str = SUMMARY, convention: Convention = LECTURE) -> Typeset:
    """The page.  InputError where a line does not hold, or nothing was proved."""
    if found.word != "proved" or found.theorem is None:
        raise InputError(
            f"{found.title}: {found.word}, so it is not typeset as proved: {summary(found)}"
        )
    theorem = found.theorem
    blocks: list[Block] = [*defined(theorem), *assumptions(theorem), *_read(found)]
    blocks.append(Heading("Derivation"))
    known = _proved(theorem)
    for chain in found.chains:
        if len(found.chains) > 1:
            blocks.append(Heading("Conclusion" if chain.name == found.title else chain.name, 3))
        blocks += _chain(chain, known, found)
    blocks += outline(theorem, detail) if detail != SUMMARY else []
    own = tuple(blocks)
    every = own if found.network else (Own(dict(found.names), own),)
    return Typeset(found.title, every, {}, convention)


def _read(found: Judged) -> Iterator[Block]:
    """What is needed by derivatives with something held, which stand here as they were read."""
    needs: tuple[Content, ...] = tuple(p for p in found.read if not isinstance(p, AtLeast))
    if needs:
        held = "Derivatives with something held fixed are written as they were read; for that, it is assumed that {all}."
        yield Para(held, {"all": needs})


Equation = tuple[Term, Term]


def _proved(theorem: Theorem) -> dict[Equation, Sequent]:
    """The equations that steps of the proof conclude, with what they need."""
    found: dict[Equation, Sequent] = {}
    for s in sequents(theorem):
        both = sides(s.conclusion)
        if both is not None:
            found[both] = s
    return found


def _chain(chain: ChainVerdict, known: dict[Equation, Sequent], found: Judged) -> Iterator[Block]:
    """For which indices its lines hold, and the lines."""
    if chain.first is None:
        return
    over = _ranges(chain, known, [p for p in found.read if isinstance(p, AtLeast)])
    if over:
        yield Para("For {over}:", {"over": over})
    yield Display(tuple([_row(chain, k, j) for k, j in enumerate(chain.judgements)]))


def _ranges(
    chain: ChainVerdict, known: dict[Equation, Sequent], read: list[AtLeast]
) -> tuple[Content, ...]:
    """What all steps need that prove a line, from the first line or from the one before it."""
    terms = [line.term for line in (chain.first, *[j.line for j in chain.judgements]) if line]
    pairs = [
        pair
        for b in range(1, len(terms))
        for pair in ((terms[0], terms[b]), (terms[b - 1], terms[b]))
    ]
    limits = {h for p in pairs if p in known for h in known[p].hypotheses if isinstance(h, AtLeast)}
    limits |= set(read)
    own = list(dict.fromkeys(v for t in terms for v in letters(t)))
    strictest = sorted(reduced(frozenset(limits)), key=str)
    return conditions([h for h in strictest if isinstance(h, AtLeast)], own)


def _row(chain: ChainVerdict, k: int, j: Judgement) -> Row:
    """The first line at the left, each further one after an =."""
    left = (chain.first.term,) if k == 0 and chain.first is not None else ()
    reason = Para("{why}", {"why": Words(j.line.by or j.reason)})
    return Row(left, j.line.term, f"{chain.name} {j.number}", (), reason)
