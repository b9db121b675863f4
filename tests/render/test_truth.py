"""Every equation that a page prints, at every detail, is true: of a real network, evaluated exactly from what is printed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.kernel import ONE, Int, Prop, Term, whole
from symbackprop.kernel.terms import subterms
from symbackprop.render.conventions import Convention, convention
from symbackprop.render.page import Block, Display, Para, Range, Row
from symbackprop.render.typeset import Typeset

sys.path.insert(0, str(Path(__file__).parent))
from readback import equations, printed_pairs
from truth import Truth

L, LAYER, FROM, TO = (Int(name) for name in ("L", "l", "i", "j"))
OPAQUE = (
    "backpropagation",
    "lecture",
    "delta",
    "weight gradient",
    "signal by output",
    "chain rule",
    "induction step",
    "base step",
)
SHAPES = ((2, 3, 1, 2), (1, 2, 3), (2, 2))
CONVENTIONS = ("lecture", "matrix-vector", "matrix-vector,vectors=row,order=ij")


def ambient(name: str) -> dict[str, Range]:
    """The ranges of a claim's own letters, which the lines of its proof do not repeat."""
    first = 2 if name in ("induction step", "lecture") else 1
    if name == "base step":
        return {"j": Range(TO, ONE, Int("d", (L,)))}
    return {
        "l": Range(LAYER, whole(first), L),
        "i": Range(FROM, ONE, Int("d", (whole(LAYER, -1),))),
        "j": Range(TO, ONE, Int("d", (LAYER,))),
        "k": Range(Int("k"), LAYER, L),
    }


def letters(row: Row) -> set[str]:
    found = {v.letter.name for v in row.when if isinstance(v, Range) and v.low and v.high}
    terms = [t for t in (*row.left, row.right) if isinstance(t, Term | Prop)]
    nodes = [u for t in (*terms, *_ends(row)) for u in subterms(t)]
    return {u.name for u in nodes if isinstance(u, Int) and not u.index} - found - {"L"}


def _ends(row: Row) -> Iterator[Term]:
    for v in row.when:
        if isinstance(v, Range):
            yield from [k for k in (v.low, v.high) if k is not None]


def lines(blocks: tuple[Block, ...], known: dict[str, Range]) -> Iterator[Row]:
    """All rows with the ranges of all their letters; the variable of an induction's step ends one below."""
    known = dict(known)
    for b in blocks:
        if isinstance(b, Para) and b.template.startswith("Claim"):
            over: Any = b.values["over"]
            v = over[0]
            known[v.letter.name] = replace(v, high=v.high and whole(v.high, -1))
        if isinstance(b, Display):
            above: tuple[Any, ...] = ()
            for row in b.rows:
                above = row.left or above
                row = replace(row, left=above) if not row.bare else row
                more = {name: known[name] for name in sorted(letters(row)) if name in known}
                todo, done = list(more), set(more)
                while todo:  # the ends of a range may speak of another letter
                    r = more[todo.pop()]
                    for end in (r.low, r.high):
                        for u in subterms(end) if end is not None else ():
                            if (
                                isinstance(u, Int)
                                and not u.index
                                and u.name in known
                                and u.name not in done
                            ):
                                own = {v.letter.name for v in row.when if isinstance(v, Range)}
                                if u.name not in own:
                                    more[u.name] = known[u.name]
                                    todo.append(u.name)
                                done.add(u.name)
                yield replace(row, when=(*row.when, *more.values()), reason=None)


def false_lines(
    blocks: tuple[Block, ...], known: dict[str, Range], c: Convention, own: Any
) -> list[str]:
    """The equations that do not hold in a network, read from their LaTeX."""
    out = []
    for row in lines(blocks, known):
        if row.bare:
            continue
        latex = Typeset("", (Display((row,)),), own.get("letters", {}), c).latex()
        for p in equations(latex, c):
            if p.prose:
                continue
            for truth in own["models"]:
                pairs = printed_pairs(p, truth, own.get("functions"))
                if pairs:
                    out.append(f"{p}: {next(iter(pairs.items()))}, widths {truth.widths}")
                    break
    return out


@cache
def truths(identity: bool = False) -> tuple[Truth, ...]:
    return tuple([Truth(w, 5 + k, True, identity) for k, w in enumerate(SHAPES)])


def count(blocks: tuple[Block, ...]) -> int:
    return sum(len(b.rows) for b in blocks if isinstance(b, Display))


@pytest.mark.parametrize("text", CONVENTIONS[:2])
@pytest.mark.parametrize("name", OPAQUE)
def test_every_line_of_a_proof(name: str, text: str) -> None:
    page = sb.typeset(sb.theorem(name), "every")
    assert count(page.blocks) > len(sb.theorem(name).proof.steps)
    own = {"models": truths()}
    known = ambient(name)
    if name != "chain rule":
        known.pop("k", None)
    assert false_lines(page.blocks, known, convention(text), own) == []


@pytest.mark.parametrize("text", CONVENTIONS)
def test_the_page_for_every_depth(text: str) -> None:
    page = sb.typeset(detail="steps")
    known = ambient("lecture")
    del known["k"]
    assert false_lines(page.blocks, known, convention(text), {"models": truths()}) == []


NETWORKS: dict[str, tuple[Any, ...]] = {
    "2-3-1": ([2, 3, 1], "opaque", "opaque"),
    "2-2-3": ([2, 2, 3], "opaque", "opaque"),
    "identity": ([2, 3, 2], "identity", "squared error"),
    "deep": ([1, 2, 2, 1], "opaque", "opaque"),
}


@pytest.mark.parametrize("text", CONVENTIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_line_about_a_network(name: str, text: str) -> None:
    """The rows with letters for indices too: they hold of each network."""
    net = sb.Network(*NETWORKS[name])
    page = net.derivation(detail="every", convention=text)
    models = (Truth(tuple(net.d), 3, True, name == "identity"),)
    names = dict.fromkeys(range(1, net.L + 1), "identity") if name == "identity" else {}
    own = {"models": models, "functions": {"g": names}, "letters": page.letters}
    skipped = [b for b in page.blocks if not _about_activations(b)]
    known = ambient("induction step")
    del known["k"]
    assert false_lines(tuple(skipped), known, convention(text), own) == []


def _about_activations(b: Block) -> bool:
    """The rows g(s) = … of an activation, for any s."""
    return (
        isinstance(b, Display)
        and bool(b.rows)
        and any(type(t).__name__ == "App" for t in b.rows[0].left)
    )


def test_a_false_line_is_noticed() -> None:
    """Whichever index is changed in whichever line."""
    page = sb.typeset(sb.theorem("lecture"), "steps")
    known = ambient("lecture")
    rows = [b for b in page.blocks if isinstance(b, Display)]
    caught = 0
    for b in rows:
        for row in b.rows:
            if row.bare or not isinstance(row.right, Term):
                continue
            wrong = replace(row, right=row.right + ONE)
            block = (Display((replace(wrong, left=row.left or (ONE,)),)),)
            caught += bool(false_lines(block, known, Convention(), {"models": truths()[:1]}))
    assert caught > 60
