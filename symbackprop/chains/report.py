"""What a judged derivation looks like: text for a terminal, Markdown for a notebook, data for a program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

import sympy as sp

from ..kernel import AtLeast, Int, Sym
from ..kernel.conditions import reduced
from ..kernel.integers import combination, substitute, transform
from ..kernel.terms import ONE, subterms
from ..render.formulas import text as formula
from ..render.limits import ranges
from ..render.media import ranged
from ..render.words import escaped
from ..render.writer import TEXT
from ..verdict import shown as values_shown
from .judge import ChainVerdict, Judged
from .lines import Judgement
from .plain import letter, shown
from .world import is_letter

MARKS = {"proved": "✓", "false": "✗", "wrong reason": "✗", "unknown": "?"}
SIGNS = {"proved": r"\checkmark", "false": r"\times", "wrong reason": r"\times", "unknown": "?"}
WIDTH = 96
GREEK = {
    "sigma",
    "phi",
    "psi",
    "rho",
    "tau",
    "alpha",
    "beta",
    "gamma",
    "theta",
    "eta",
    "kappa",
    "Phi",
    "Psi",
}
OF_SUMS = ("apart", "contract", "split", "split last", "reverse", "empty", "count")
"""Laws of sums, which nobody needs to be told."""


def as_text(found: Judged) -> str:
    """The chains line by line, then the verdict and what it rests on."""
    lines: list[str] = []
    for chain in found.chains:
        lines += [chain.name, *_chain(chain)]
    read = [f"   {p} was read as {t}" for p, t in _held(found)]
    rows = [[*_verdict(found)], read]
    first, last = rows if found.word == "proved" else rows[::-1]
    return "\n".join([*lines, *first, *last])


def _chain(chain: ChainVerdict) -> Iterator[str]:
    if chain.first is not None:
        yield from _wrapped("  (1)  ", shown(chain.first.expression))
    for j in chain.judgements:
        reason = j.line.by or j.reason
        mark = MARKS[j.word] if not reason else f"[{reason}] {MARKS[j.word]}".replace(" ", "\xa0")
        body = f"= {shown(j.line.expression)}"
        yield from _wrapped(f"  ({j.number + 1})  ", f"{body}   {mark}")
        yield from [
            f"       {line}" for about in _about(j) for line in wrap(about, WIDTH - 10) or [""]
        ]
    if chain.complaint:
        yield f"       {chain.complaint}"


def _wrapped(head: str, body: str) -> Iterator[str]:
    rows = wrap(body, WIDTH - len(head), break_long_words=False, break_on_hyphens=False)
    for k, row in enumerate(rows or [""]):
        yield (head if k == 0 else " " * (len(head) + 2)) + row.replace("\xa0", " ")


def _about(j: Judgement) -> Iterator[str]:
    """What is wrong with a line, and where it stands."""
    against = "" if j.against == j.number - 1 else f", compared with ({j.against + 1})"
    match j.word:
        case "false" if j.witness is not None:
            at = f": at {j.witness}" if str(j.witness) else ""
            yield f"{j.line.place}: false{against}{at}"
            left, right = values_shown(j.witness.left, j.witness.right)
            yield f"({j.against + 1}) is {left}, ({j.number + 1}) is {right}"
            yield from _repair(j)
        case "wrong reason":
            yield f"{j.line.place}: the line is true, but its reason is {j.reason!r}, not {j.line.by!r}"
        case "unknown":
            yield f"{j.line.place}: between ({j.against + 1}) and ({j.number + 1}): {j.why}"
            yield from _repair(j)
        case "proved" if against:
            yield f"{j.line.place}: it follows from ({j.against + 1})"


def _repair(j: Judgement) -> Iterator[str]:
    if j.diagnosis:
        yield f"diagnosis: {j.diagnosis}"
    if j.repaired is not None:
        yield f"this is true: {shown(j.repaired)}"


def _verdict(found: Judged) -> Iterator[str]:
    if found.word == "proved" and found.theorem is not None:
        yield "PROVED"
        yield from [f"   for {ranges}" for ranges in [_ranges(found)] if ranges]
        yield from [f"   where {h}" for h in _hypotheses(found)]
        laws = [law for law in found.theorem.laws if law not in OF_SUMS]
        yield from [f"   by the laws: {', '.join(laws)}"] if laws else []
    elif found.word == "refuted":
        wrong = [
            (c, j)
            for c in found.chains
            for j in c.judgements
            if j.word in ("false", "wrong reason")
        ]
        yield "REFUTED  " + "; ".join([_named(found, c, j) for c, j in wrong])
    else:
        open_ = [(c, j) for c in found.chains for j in c.judgements if j.word == "unknown"]
        why = [f"between ({j.against + 1}) and ({j.number + 1}){_of(found, c)}" for c, j in open_]
        yield "  ".join(["UNKNOWN", found.complaint or "; ".join(why)]).rstrip()


def _of(found: Judged, c: ChainVerdict) -> str:
    return "" if c.name == found.title else f" of {c.name}"


def summary(found: Judged) -> str:
    """What is wrong, in one line: which line, where, and the diagnosis."""
    wrong = [(c, j) for c in found.chains for j in c.judgements if j.word != "proved"]
    if not wrong:
        return found.complaint
    c, j = wrong[0]
    what = {"false": " is false", "wrong reason": f": another reason holds, {j.reason}"}.get(
        j.word, f": {j.why}"
    )
    more = f": {j.diagnosis}" if j.diagnosis else ""
    return f"{j.line.place}: {found.title}, line ({j.number + 1}){_of(found, c)}{what}{more}"


def _named(found: Judged, c: ChainVerdict, j: Judgement) -> str:
    return f"line ({j.number + 1}){_of(found, c)}" + (
        ": another reason holds" if j.word == "wrong reason" else " is false"
    )


def _hypotheses(found: Judged) -> list[str]:
    """What the theorem assumes, in the user's names; ranges of letters left out."""
    theorem = found.theorem
    if theorem is None:
        return []
    known = [*theorem.hypotheses, *[p for p in found.read if p not in theorem.hypotheses]]
    every = [_unwidened(h) for h in known if not isinstance(h, AtLeast)]
    texts = [formula(h if found.network else _unlayered(h)).replace(JOINER, "") for h in every]
    return [_in_names(t, found.names) for t in texts]


def _held(found: Judged) -> list[tuple[str, str]]:
    """Derivatives with something held fixed, and what they were read as, which is not in the theorem."""
    every = [line for c in found.chains for line in (c.first, *[j.line for j in c.judgements])]
    rows = [(shown(r.expression), r.term) for line in every if line is not None for r in line.held]
    texts = [(p, TEXT.box(_unlayered(_unwidened(t))).body.replace(JOINER, "")) for p, t in rows]
    return list(dict.fromkeys((p, _in_names(t, found.names)) for p, t in texts))


JOINER = "\u2060"


def _unlayered(h: Any) -> Any:
    """A proposition whose families are no network's, whatever they are called: their first index is no layer."""

    def other(u: Any, depth: int) -> Any:
        return Sym(u.name + JOINER, u.index) if isinstance(u, Sym) and u.index else None

    return transform(h, other)


def _ranges(found: Judged) -> str:
    """For which indices, widths and depths the claims hold: i = 1..n, n ≥ 2."""
    if found.theorem is None:
        return ""
    sequents = found.theorem.sequents
    nodes = [u for p in (*found.theorem.conclusions, *found.read) for u in subterms(p)]
    letters = list(dict.fromkeys(u for u in nodes if isinstance(u, Int) and not u.index))
    limits = {h for s in sequents for h in s.hypotheses if isinstance(h, AtLeast)}
    strictest = reduced(limits | {p for p in found.read if isinstance(p, AtLeast)})
    own = [AtLeast(_unwidened(h.low)) for h in sorted(strictest, key=str) if isinstance(h, AtLeast)]
    texts = [ranged(TEXT, r) for r in ranges(own, letters)]
    others = [h for h in own if not any(combination(h.low).get(v) in (1, -1) for v in letters)]
    return _in_names(", ".join([*texts, *map(_limit, others)]), found.names)


def _unwidened(t: Any) -> Any:
    """A term with the widths as the letters that they were."""
    widths = [u for u in subterms(t) if isinstance(u, Int) and u.index and is_letter(u)]
    return substitute(t, {u: Int(u.name) for u in widths}) if widths else t


def _limit(h: AtLeast) -> str:
    """n ≥ 2 for n - 2 >= 0."""
    rows = combination(h.low)
    (first, *rest) = [a for a in rows if a != ONE] or [ONE]
    if rest or rows.get(first) != 1:
        return formula(h)
    return f"{formula(first)} ≥ {-rows.get(ONE, 0)}"


def _in_names(text: str, names: dict[str, str]) -> str:
    """A text with the user's names for the kernel's."""
    for own, name in {"E_y": "E", **names}.items():
        if own != letter(name):
            text = re.sub(rf"(?<![^\W_]){re.escape(own)}(?![^\W_])", letter(name), text)
    return text


def as_markdown(found: Judged) -> str:
    """The same with formulas in LaTeX, for a notebook."""
    out = []
    for chain in found.chains:
        rows = [] if chain.first is None else [f"& {_latex(chain.first.expression)}"]
        rows += [_row(j) for j in chain.judgements]
        body = " \\\\\n".join(rows)
        out.append(f"**{chain.name}**\n\n$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$\n")
        out += [f"- {about}" for j in chain.judgements for about in _about(j)]
    first, *rest = [*_verdict(found), *[f"{p} was read as {t}" for p, t in _held(found)]]
    return "\n".join([*out, "", f"**{first}**", "", *[f"- {line.strip()}" for line in rest]])


def _row(j: Judgement) -> str:
    reason = j.line.by or j.reason
    return rf"& = {_latex(j.line.expression)} && \text{{{escaped(reason)}}}\; {SIGNS[j.word]}"


def _latex(e: Any) -> str:
    r"""LaTeX of an expression; σ' for the derivative of sigma.

    >>> _latex(sp.Function("sigma'")(sp.Symbol("s")))
    "\\sigma'{\\left(s \\right)}"
    """
    return re.sub(r"\\operatorname\{([A-Za-z]+)('+)\}", _primed, str(sp.latex(e, ln_notation=True)))


def _primed(found: re.Match[str]) -> str:
    name, primes = found.groups()
    if name in GREEK:
        return rf"\{name}{primes}"
    return name + primes if len(name) == 1 else rf"\mathrm{{{name}}}{primes}"


def as_data(found: Judged) -> dict[str, Any]:
    """The same for a program."""
    return {
        "title": found.title,
        "verdict": found.word,
        "chains": [
            {"name": c.name, "verdict": c.word, "lines": [_data(j) for j in c.judgements]}
            for c in found.chains
        ],
        "for": _ranges(found),
        "hypotheses": _hypotheses(found),
        "read": [f"{p} as {t}" for p, t in _held(found)],
        "laws": [] if found.theorem is None else list(found.theorem.laws),
        "statement": str(found.theorem) if found.word == "proved" else None,
    }


def _data(j: Judgement) -> dict[str, Any]:
    return {
        "number": j.number + 1,
        "line": str(j.line.expression),
        "place": str(j.line.place),
        "verdict": j.word,
        "against": j.against + 1,
        "reason": j.reason,
        "given": j.line.by,
        "witness": None if j.witness is None else str(j.witness),
        "diagnosis": j.diagnosis,
        "repaired": None if j.repaired is None else str(j.repaired),
    }
