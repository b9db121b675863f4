"""`typeset`: a page of whatever has a proof: every network, one network, a theorem, a verdict, a derivation that was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .certificates import write
from .errors import InputError
from .kernel import Theorem
from .kernel.terms import size
from .library import theorem, theorems
from .network.names import suggestion
from .render.conventions import LECTURE, Convention, convention
from .render.page import Para, Words, within
from .render.proof import outline
from .render.reasons import DETAILS, SUMMARY
from .render.theorem import defined, stated
from .render.typeset import Typeset

ANY = "Network.any_depth(activation='opaque', loss='opaque')"
MAX_PAGES, NODES_A_LINE, LINES_A_PAGE = 100, 10, 33
"""Longer derivations are refused, for nobody reads them; nodes of a line and lines of a page, as measured on long proofs."""


def typeset(
    what: Any = None, detail: str = SUMMARY, convention: Convention | str = LECTURE
) -> Typeset:
    """A page to read, to print, or for a notebook; its equations are those that the kernel checked.

    `what` is a theorem or its name, a verdict `Proved`, a network, or a derivation that was proved; by default, backpropagation
    on every network.  `detail` is `summary`, `steps` (the proof, its bookkeeping left out) or `every` (each step of the proof).
    `convention` is a `Convention`, or text such as `"matrix-vector,vectors=row"`; it changes how formulas are written alone.
    Raises InputError for what has no proof, an unknown detail or convention, and for more than 100 pages.

    >>> page = typeset(theorem("base step"))
    >>> print(page.text().splitlines()[0])
    Theorem: base step
    """
    chosen = checked(detail, convention)
    if what is None:
        return derive_everywhere(detail, chosen)
    if isinstance(what, str):
        return derive_theorem(theorem(what), detail, chosen)
    if hasattr(what, "judged"):
        return derive_written(what, detail, chosen)
    if isinstance(what, Theorem):
        return derive_theorem(what, detail, chosen)
    if getattr(what, "word", "") == "proved":
        return derive_theorem(what.theorem, detail, chosen)
    if hasattr(what, "derivation") or hasattr(what, "general"):
        return derive_any(what, detail, chosen)
    raise InputError(
        f"typeset: expected a theorem, a verdict that is proved, a network or a derivation, got {type(what).__name__}"
    )


def checked(detail: str, own: Convention | str) -> Convention:
    """The convention; InputError for an unknown detail too."""
    if detail not in DETAILS:
        raise InputError(f"unknown detail {detail!r}{suggestion(str(detail), DETAILS)}")
    return convention(own) if isinstance(own, str) else own


def derive_everywhere(detail: str = SUMMARY, own: Convention = LECTURE) -> Typeset:
    """The lecture's page for every network."""
    from .render.everywhere import general_derivation

    return general_derivation(theorem("lecture"), detail).within(own)


def derive_theorem(found: Theorem, detail: str, own: Convention) -> Typeset:
    """A theorem with its definitions, its hypotheses and its proof."""
    measured(found, detail)
    blocks = [*defined(found), *stated(found), *outline(found, detail)]
    name = known_name(found)
    return Typeset(f"Theorem: {name}" if name else "Theorem", tuple(blocks), {}, own)


def derive_written(found: Any, detail: str, own: Convention) -> Typeset:
    """The lines of a derivation that was proved, with its definitions before them."""
    from .chains.exposition import exposition

    page = exposition(found.judged, detail, own)
    measured(found.theorem, detail)
    return page


def derive_script(found: Sequence[Any], detail: str, own: Convention) -> Typeset:
    """All derivations of a script on one page."""
    pages = [derive_written(d, detail, own) for d in found]
    if len(pages) == 1:
        return pages[0]
    blocks = [b for k, p in enumerate(pages) for b in within(p.title, p.blocks, f"{k} ")]
    return Typeset("Derivations", tuple(blocks), {}, own)


def derive_any(net: Any, detail: str, own: Convention) -> Typeset:
    """A network that is given: its page, or its theorem where sizes are letters or paths too many."""
    from .expansion import MAX_PATHS
    from .network.sizes import paths

    if hasattr(net, "derivation") and paths(net.d) <= MAX_PATHS:
        return derive_network(net, None, detail, own)
    return derive_letters(net, detail, own)


def known_name(found: Theorem) -> str:
    """What the package calls a theorem that it ships; nothing for another."""
    own = write(found)
    return next((t.name for t in theorems() if t.certificate.read_text("utf-8") == own), "")


def derive_network(
    net: Any, weight: tuple[int, int, int] | None, detail: str, own: Convention | str
) -> Typeset:
    """The lecture's page for a network of given sizes."""
    from .expansion import prove_by_expansion
    from .render.lecture import derivation

    chosen = checked(detail, own)
    verdict: Any = prove_by_expansion(net)
    if verdict.word != "proved":
        raise InputError(_unproved(net, verdict))
    measured(verdict.theorem, detail)
    return derivation(net, verdict.theorem, weight, detail, chosen)


def derive_letters(net: Any, detail: str, own: Convention) -> Typeset:
    """The theorem about a network with letters for its sizes, or one too large to be expanded."""
    from .proving import prove

    general = getattr(net, "general", None)
    if general is not None and general.depth is None and repr(net) == ANY:
        return derive_everywhere(detail, own)
    verdict: Any = prove(net)
    if verdict.word != "proved":
        raise InputError(_unproved(net, verdict))
    page = derive_theorem(verdict.theorem, detail, own)
    shape = net.d if general is None else general.shown() if general.depth is not None else ()
    sizes = "-".join(str(n) for n in shape) if shape else "every depth and every width"
    about = Para("What is proved here is about {what}.", {"what": Words(verdict.statement)})
    return replace(page, title=f"Backpropagation: {sizes}", blocks=(about, *page.blocks))


def _unproved(net: Any, verdict: Any) -> str:
    return f"{net!r}: its gradient is not proved, so there is nothing to derive: {verdict}"


def measured(found: Theorem, detail: str) -> None:
    """InputError where the proof at this detail would take more pages than anybody reads."""
    if detail == SUMMARY:
        return
    lines = sum(size(s.conclusion) // NODES_A_LINE + 1 for s in found.proof.steps)
    pages = lines // LINES_A_PAGE
    if pages > MAX_PAGES:
        raise InputError(
            f"the proof at detail {detail!r} would take about {pages:,} pages, more than {MAX_PAGES}; "
            "detail 'summary' has a row for each layer"
        )
