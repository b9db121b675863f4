"""What a theorem says, as text: its definitions, its hypotheses, its conclusions, the laws it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .certificate import Proof
from .context import Definition, Function
from .integers import *
from .sequents import Sequent
from .terms import *


def statement(proof: Proof, sequents: Sequence[Sequent], laws: Sequence[str]) -> str:
    """The whole of it; an index ranges over integers, and all that has no definition is arbitrary."""
    lines = [_arbitrary(proof, sequents)]
    lines += ["where"] if proof.functions or proof.definitions else []
    lines += [f"  {_function(f)}" for f in proof.functions]
    lines += [f"  {_definition(d)}" for d in proof.definitions]
    groups: dict[tuple[str, ...], list[str]] = {}
    for s in sequents:
        variables = [u for u in subterms(s.conclusion) if type(u) is Int and not u.index]
        known, ranges = _ranges(sorted(s.hypotheses, key=str), variables, True)
        others = sorted(map(show, s.hypotheses - known))
        groups.setdefault(tuple(others), []).append(f"  {show(s.conclusion)}{_for(ranges)}")
    for hypotheses, conclusions in groups.items():
        lines += ["If", *[f"  {h}" for h in hypotheses], "then"] if hypotheses else ["Then"]
        lines += conclusions
    used = ", ".join(laws)
    return "\n".join([*lines, f"By the laws: {used}" if laws else "By no law of a known function."])


def spoken(proof: Proof, sequents: Sequence[Sequent]) -> tuple[set[Any], set[Any]]:
    """Every node of the definitions, and every node of the sequents."""
    terms: list[Node] = [f.term for f in proof.functions]
    terms += [t for d in proof.definitions for t in (d.symbol, d.term, *d.where)]
    props = [p for s in sequents for p in (s.conclusion, *s.hypotheses)]
    return {u for t in terms for u in subterms(t)}, {u for p in props for u in subterms(p)}


def _arbitrary(proof: Proof, sequents: Sequence[Sequent]) -> str:
    """What the statement is about: all that it does not define, or not everywhere."""
    given, others = spoken(proof, sequents)
    constants = given - {v for d in proof.definitions for v in d.over}
    known = {*ARITY, "#", *[f.name for f in proof.functions if not f.index]}
    families = {d.symbol.name for d in proof.definitions}
    partly = {d.symbol.name for d in proof.definitions if d.symbol.index}
    rows: dict[str, set[str]] = {}
    for u in given | others:
        kind = {Sym: "numbers", App: "functions"}.get(type(u))
        if type(u) is Int:
            kind = "widths" if u.index else "integers" if u in constants else None
        if kind is not None and u.name not in known | families:
            rows.setdefault(kind, set()).add(u.name)
    texts = [f"{kind} {', '.join(sorted(rows[kind]))}" for kind in sorted(rows)]
    texts = [f"{t}, each at least 1" if t.startswith("widths") else t for t in texts]
    texts += [f"all that is not defined here of {', '.join(sorted(partly))}"] if partly else []
    return f"For all {'; '.join(texts)}" if texts else "For all that is here"


def _function(f: Function) -> str:
    values = tuple([parameter(k + 1) for k in range(f.arity)])
    return f"{App(f.name, (0,) * f.arity, values, f.index)} = {show(f.term)}"


def _definition(d: Definition) -> str:
    limits = [AtLeast(k) for k in d.where]
    known, ranges = _ranges(limits, d.over)
    return f"{d.symbol} = {show(d.term)}{_for(ranges + [str(p) for p in limits if p not in known])}"


def _for(ranges: list[str]) -> str:
    return f"   for {', '.join(ranges)}" if ranges else ""


def _ranges(
    limits: Iterable[Prop], variables: Sequence[Term], turned: bool = False
) -> tuple[set[Prop], list[str]]:
    """Limits as ranges of variables, n..m from the limit named first; and which limits these are.

    Turned: layers from the last to the first, nodes as they are counted.
    """
    used: set[Prop] = set()
    texts = []
    for v in reversed(variables):
        ends: dict[int, str] = {}
        for p in [p for p in limits if type(p) is AtLeast and p not in used]:
            way = combination(p.low).get(v, 0)
            if way in (1, -1) and way not in ends:
                end = whole(v, minus(p.low)) if way == 1 else whole(v, p.low)
                ends[way] = show(end).replace(" ", "")
                used.add(p)
        if len(ends) == 2:
            upwards = "d[" in ends[-1] if turned else [*ends] == [1, -1]
            between = f"{ends[1]}..{ends[-1]}" if upwards else f"{ends[-1]} down to {ends[1]}"
            texts.append(f"{v} = {between}")
        else:
            texts += [f"{v} {'>=' if way == 1 else '<='} {end}" for way, end in ends.items()]
    return used, texts[::-1]
