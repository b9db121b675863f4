"""Reasons: what people write beside a line, which means of proof each is, and in what order they are tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import get_close_matches

from ..errors import InputError
from ..kernel import App, Bracket, D, Kron, Pow, Sum, Sym, Term
from ..kernel.terms import ARITY, subterms
from .means import Means
from .plain import letter
from .prover import families_in, has


@dataclass(frozen=True)
class Reason:
    """A kind of reason and what it names: (definition, "z"), (lemma, "first"), (algebra, "")."""

    kind: str
    of: str = ""
    parts: tuple[Reason, ...] = ()
    """Of several reasons, each."""


CALCULUS = {
    "chain rule": "chain",
    "product rule": "product",
    "quotient rule": "quotient",
    "power rule": "power",
    "sum rule": "linear",
    "linearity of the derivative": "linear",
    "linearity": "linear",
}
"""The rules of calculus that are told apart."""

WORDS: dict[str, tuple[str, ...]] = {
    "algebra": (
        "algebra",
        "arithmetic",
        "rearranging",
        "expanding",
        "collecting terms",
        "factor out of the sum",
        "factoring",
        "distributivity",
        "simplifying",
        "linearity of the sum",
        "exchange of the sums",
        "renaming the index",
        "splitting the sum",
    ),
    "contraction": ("only one term of the sum is left", "contraction", "Kronecker delta"),
    "assumption": ("assumption", "hypothesis", "given"),
    "definition": ("definition", "forward pass"),
    "calculus": ("partial derivatives", "differentiation", *CALCULUS),
    "laws": ("known functions", "laws of exp and log", "identity", "derivative of the activation"),
    "induction hypothesis": ("induction hypothesis",),
    "lemma": ("lemma",),
    "theorem": ("theorem",),
}
"""By kind, the phrases that people use; the first one is what is offered."""

KNOWN = "exp|log|ln|tanh|sin|cos|sigmoid|softmax|softplus|relu|erf|gelu|activation"
OTHERS: dict[str, str] = {
    rf"(law|property|properties|rule|identity|derivative) of (the )?({KNOWN})\w*.*": "laws",
    r"(by )?(the )?induction( hypothesis)?": "induction hypothesis",
    r"(take|pull|move|factor)\w* .*(out|sum).*": "algebra",
    r"(exchange|swap|interchange)\w* .*(sum|summation)s?.*": "algebra",
    r"(expand|rearrange|collect|simplif|factor|distribut|commut|cancel|symmetr|split|renam|contract|reorder)\w*\b.*": "algebra",
    r".*kronecker.*|only .*": "contraction",
    r"linearity of (the )?sum(mation)?s?": "algebra",
    r"linearity of differentiation": "calculus",
    r"(derivative|differentiat)\w*\b.*": "calculus",
    r"(chain|product|quotient|power|sum) rule (for|of|with|by|and|over|in) .*": "calculus",
    r"assum\w*.*|.*\bcase\b.*|.*[<>].*": "assumption",
    r"(unfold|insert|substitut)\w* .*": "definition",
}
"""Other wordings, as patterns; tried in this order."""
EXAMPLES = (
    "definition of z",
    "chain rule",
    "factor out of the sum",
    "derivative of tanh",
    "assumption",
    "lemma NAME",
)
NAMED = re.compile(
    r"(?:by )?(?:the )?(definition|lemma|theorem)s?(?: of)?\s+(?P<of>.+)", re.IGNORECASE
)


BEGINNINGS = (
    "(?:the )?definition|chain|product|quotient|power|[kK]ronecker|known|algebra|lemma|assum"
)
"""What the second of two reasons begins with, after an "and"."""


def reason(text: str) -> Reason:
    """What a phrase means.  InputError for one that is no reason, with the nearest that is.

    >>> reason("definition of δ").of, reason("factor out of the sum").kind
    ('δ', 'algebra')
    """
    several = re.split(rf"\s*,\s*(?:and\s+)?|\s+and\s+(?={BEGINNINGS})", text)
    if len(several) > 1:
        return Reason("several", parts=tuple(map(reason, several)))
    words = " ".join(text.lower().split())
    for kind, phrases in WORDS.items():
        if words in map(str.lower, phrases) or words in [f"by {p}" for p in phrases]:
            return _of_kind(kind, words.removeprefix("by "))
    named = NAMED.fullmatch(" ".join(text.split()))
    if named:
        return Reason(named[1].lower(), _unquoted(named["of"]))
    for pattern, kind in OTHERS.items():
        if re.fullmatch(pattern, words):
            return _of_kind(kind, words)
    every = [p for phrases in WORDS.values() for p in phrases]
    near = get_close_matches(words, every, 1)
    hint = (
        f"; did you mean {near[0]!r}?"
        if near
        else f", for instance {', '.join(map(repr, EXAMPLES))}; it may be left out"
    )
    raise InputError(f"by={text!r}: expected a reason{hint}")


def _of_kind(kind: str, words: str) -> Reason:
    """A kind of reason; of calculus with the rule that is named, one of them only."""
    rules = [rule for phrase, rule in CALCULUS.items() if words.startswith(phrase)]
    several = " and " in words
    return Reason(kind, rules[0] if kind == "calculus" and rules and not several else "")


def _unquoted(name: str) -> str:
    """A name without quotes around it; e' keeps its prime."""
    quoted = len(name) > 2 and name[0] == name[-1] and name[0] in "'\""
    return name[1:-1] if quoted else name


def candidates(
    left: Term,
    right: Term,
    defined: set[str],
    assumed: bool,
    lemmas: tuple[str, ...],
    derived: AbstractSet[str] = frozenset(),
) -> Iterator[Means]:
    """The means worth a try for a pair of lines, from the least to the most; `derived` are families defined by derivatives."""
    slopes = has(D, left, right) or not derived.isdisjoint(families_in(left, right))
    delta = ["delta"] if slopes and "e" in families_in(left, right) else []
    found = dict.fromkeys([*delta, *families_in(left, right)])
    families = [f for f in found if f in defined]
    yield Means()
    if assumed:
        yield Means(assumed=True)
    yield from [Means(lemmas=(name,)) for name in lemmas]
    yield from [Means(frozenset([f])) for f in families]
    every = frozenset(defined)
    if slopes:
        yield Means(slopes=True)
        yield from [Means(frozenset([f]), slopes=True) for f in families]
    yield Means(frozenset(families))
    if lemmas:
        yield Means(slopes=slopes, assumed=assumed, lemmas=lemmas)
    if slopes or any(has(kind, left, right) for kind in (App, Pow, Bracket)):
        for more in sorted({False, assumed}):
            yield Means(laws=True, assumed=more)
            yield Means(laws=True, slopes=slopes, assumed=more)
            yield from [Means(frozenset([f]), slopes, more, laws=True) for f in families]
    yield Means(frozenset(families), slopes=slopes)
    yield Means(frozenset(families), slopes=slopes, assumed=assumed)
    yield Means(every, slopes=slopes, assumed=assumed, laws=True, lemmas=lemmas)


def is_brief(means: Means, left: Term, right: Term) -> bool:
    """Whether means are worth a try for one line of many: few definitions, and no laws where no known function is."""
    return len(means.families) < 2 and (not means.laws or _known(left) or _known(right))


def wanted(given: Reason, left: Term, right: Term, defined: set[str]) -> list[Means]:
    """The means that a reason stands for by itself."""
    match given.kind:
        case "several":
            rows = [wanted(p, left, right, defined) for p in given.parts]
            return [_together([row[0] for row in rows if row])]
        case "definition" if given.of == "delta" and has(D, left, right):
            if "delta" not in families_in(left, right):
                return []
            own = frozenset(["delta"])
            return [Means(own), Means(slopes=True), Means(own, slopes=True)]
        case "algebra":
            return [Means()]
        case "contraction":
            known = has(Sum, left, right) or has(Kron, left, right)
            return [Means(), Means(slopes=True)] if known else []
        case "assumption":
            return [
                Means(assumed=True),
                Means(assumed=True, laws=True),
                Means(slopes=True, assumed=True, laws=True),
            ]
        case "definition":
            families = frozenset([given.of] if given.of else sorted(defined))
            known = has(App, left, right) or has(Pow, left, right)
            return [Means(families), Means(families, laws=True)] if known else [Means(families)]
        case "calculus":
            return [Means(slopes=True), Means(slopes=True, laws=True)]
        case "laws":
            return [Means(laws=True), Means(slopes=True, laws=True)]
    return [Means(lemmas=(given.of or given.kind,))]


def _together(every: list[Means]) -> Means:
    families = frozenset[str]().union(*[m.families for m in every])
    lemmas = tuple([n for m in every for n in m.lemmas])
    slopes, assumed, laws = (
        any(getattr(m, name) for m in every) for name in ("slopes", "assumed", "laws")
    )
    return Means(families, slopes, assumed, laws, lemmas)


def fits(given: Reason, found: Means, left: Term, right: Term) -> bool:
    """Whether a reason names what a proof uses."""
    match given.kind:
        case "several":
            return all(fits(p, found, left, right) for p in given.parts if p.kind != "algebra")
        case "algebra":
            return found == Means()
        case "contraction":
            return found in (Means(), Means(slopes=True)) and has(Sum, left, right)
        case "assumption":
            return found.assumed
        case "definition":
            if found.slopes and (given.of == "delta" or _differentiated(given.of, left, right)):
                return given.of in families_in(left, right)
            return given.of in found.families if given.of else bool(found.families)
        case "calculus":
            return found.slopes
        case "laws":
            return found.laws
    return (given.of or given.kind) in found.lemmas


def _differentiated(name: str, left: Term, right: Term) -> bool:
    """Whether the definition is put in under a ∂: one side has ∂ of the member, the other ∂ of a term by the same."""
    rows = [[u for u in subterms(t) if isinstance(u, D)] for t in (left, right)]
    members = [
        [u.by for u in row if isinstance(u.term, Sym) and u.term.name == name] for row in rows
    ]
    terms = [
        [u.by for u in row if not isinstance(u.term, Sym) and name not in families_in(u.term)]
        for row in rows
    ]
    return any(v in terms[1 - k] for k in (0, 1) for v in members[k])


def _known(t: Term) -> bool:
    return any(isinstance(u, App) and u.name in ARITY for u in subterms(t))


def in_words(means: Means, shown: dict[str, str], rule: str) -> str:
    """What a proof uses, as a reason: "chain rule, definition of z"; `rule` is that of its derivatives."""
    parts = [rule] if means.slopes else []
    parts += [f"definition of {letter(shown.get(f, f))}" for f in sorted(means.families)]
    parts += [n if n == "induction hypothesis" else f"lemma {n}" for n in means.lemmas]
    parts += ["known functions"] if means.laws else []
    parts += ["assumption"] if means.assumed else []
    return ", ".join(parts) or "algebra"
