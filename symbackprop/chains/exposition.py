"""A derivation that was proved, as a page: its definitions, its lines with their reasons, where they hold, and the proof."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import NotProvedError
from ..kernel import AtLeast, Int, Sequent, Term, Theorem, substitute
from ..kernel.conditions import reduced
from ..kernel.terms import subterms
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
        said = f"{found.title}: {found.word}, so it is not typeset as proved: {summary(found)}"
        raise NotProvedError(said, found.word)
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
    """What all steps need that prove a line, from the first line or from the one before it; of all steps, where none does."""
    lines = [chain.first, *[j.line for j in chain.judgements]]
    terms = [_wide(line.term, known) for line in lines if line]
    pairs = [(a, b) for k, b in enumerate(terms[1:], 1) for a in (terms[0], terms[k - 1])]
    own = [known[p] for p in pairs if p in known] or list(known.values())
    limits = {h for s in own for h in s.hypotheses if isinstance(h, AtLeast)} | set(read)
    named = list(dict.fromkeys(v for t in terms for v in letters(t)))
    strictest = sorted(reduced(frozenset(limits)), key=str)
    every = [h for h in strictest if isinstance(h, AtLeast)]
    about = [h for h in every if {*letters(h)} & {*named}]
    return conditions(about, named)


def _wide(t: Term, known: dict[Equation, Sequent]) -> Term:
    """A line with its widths as the kernel has them: n[0] for n."""
    nodes = {u for pair in known for side in pair for u in subterms(side)}
    wide = {Int(u.name): u for u in nodes if isinstance(u, Int) and u.index == (0,)}
    out: Term = substitute(t, dict(wide)) if wide else t
    return out


def _row(chain: ChainVerdict, k: int, j: Judgement) -> Row:
    """The first line at the left, each further one after an =."""
    left = (chain.first.term,) if k == 0 and chain.first is not None else ()
    reason = Para("{why}", {"why": Words(j.line.by or j.reason)})
    return Row(left, j.line.term, f"{chain.name} {j.number}", (), reason)
