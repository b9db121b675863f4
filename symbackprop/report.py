"""A verdict for a person (text) and for a program (JSON)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .derive.claims import Claim
from .general import statement as claimed
from .kernel import Step, Theorem
from .network.architecture import Architecture
from .record import record
from .render.formulas import text
from .statements import statement
from .terminal import make_lenient, say
from .verdict import Proved, Refuted, Verdict, shown

MAX_LINES = 60
"""A longer list of equations is cut, and says so."""


def as_text(verdict: Verdict, seconds: float) -> str:
    """The verdict; if proved, the equations that were proved, and what checked them."""
    if not isinstance(verdict, Proved):
        return str(verdict)
    theorem = verdict.theorem
    lines = _equations(verdict) if verdict.claims else str(theorem).splitlines()
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"  … and {len(lines) - MAX_LINES} more"]
    checked = f"checked by the kernel: {len(theorem.proof.steps)} steps; {seconds:.2f} s in all"
    return "\n".join([str(verdict), "", *lines, "", f"by {verdict.by}; {checked}"])


def _equations(verdict: Proved) -> list[str]:
    deltas = [d for d in verdict.theorem.proof.definitions if d.symbol.name == "delta"]
    lines = [f"  {text(d.symbol)} = {text(d.term)}" for d in deltas]
    weights = [
        c
        for (k, _), c in zip(verdict.claims, verdict.theorem.conclusions, strict=True)
        if k.source is not None
    ]
    return lines + [f"  {text(c)}" for c in weights]


def as_json(net: Any, verdict: Verdict, seconds: float) -> dict[str, Any]:
    """The verdict as data; `claims` in the order in which they were judged, none where one statement is about all."""
    out: dict[str, Any] = {
        "verdict": verdict.word,
        "statement": statement(net) if isinstance(net, Architecture) else claimed(net.general),
        "claims": [_claim(c, v) for c, v in verdict.claims],
        "hypotheses": list(getattr(verdict, "hypotheses", ())),
        "laws": list(getattr(verdict, "laws", ())),
        "seconds": round(seconds, 3),
    }
    if isinstance(verdict, Proved):
        out["by"] = verdict.by
        out |= {} if verdict.claims else {"theorem": str(verdict.theorem)}
    if isinstance(verdict, Refuted):
        left, right = shown(verdict.left, verdict.right)
        values = {str(k): str(v) for k, v in verdict.values.items()}
        out |= {"claim": str(verdict.claim), "values": values, "left": left, "right": right}
        out |= {"diagnosis": verdict.diagnosis, "network": verdict.network}
    if hasattr(verdict, "reason"):
        out["reason"] = verdict.reason
    return out


def _claim(claim: Claim, verdict: Verdict) -> dict[str, Any]:
    return {
        "of": claim.of,
        "layer": claim.layer,
        "from": claim.source,
        "to": claim.target,
        "verdict": verdict.word,
    }


EXIT_CODES = {"proved": 0, "refuted": 1, "unknown": 3}


def present(verdict: Verdict, of: str | None = None, layer: int | None = None) -> int:
    """Prints what a proof script shows: the claims chosen, on what hypotheses, each step that leads to them, the verdict.

    `of` ("weight" or "delta") and `layer` choose among the claims of a network of given sizes; where one statement is about
    all, it is printed first, as the kernel puts it.  The result is the script's exit code: 0 only if all
    claims of the network, chosen or not, are proved; 1 if one is refuted; 3 if one is unknown.
    """
    make_lenient()
    if isinstance(verdict, Proved):
        lines = [] if verdict.claims else [str(verdict.theorem), ""]
        say("\n".join([*lines, *_steps(verdict.theorem, _chosen(verdict, of, layer)), ""]))
    say(str(verdict))
    record(getattr(verdict, "statement", "") or str(getattr(verdict, "claim", "")), verdict.word)
    return EXIT_CODES[verdict.word]


def _chosen(verdict: Proved, of: str | None, layer: int | None) -> list[int]:
    """The steps of the claims that are to be shown."""
    numbers = verdict.theorem.proof.claims
    if not verdict.claims:
        return list(numbers)
    return [
        k
        for k, (claim, _) in zip(numbers, verdict.claims, strict=True)
        if of in (None, claim.of) and layer in (None, claim.layer)
    ]


def _steps(theorem: Theorem, chosen: list[int]) -> list[str]:
    """The steps that the chosen ones rest on, numbered anew; what states a claim anew is one with the claim's step."""
    steps = list(theorem.proof.steps)
    claimed = [_restated(steps, k) for k in chosen]
    needed, todo = set[int](), list(claimed)
    while todo:
        k = todo.pop()
        if k not in needed:
            needed.add(k)
            todo += [*steps[k].uses, *steps[k].grounds]
    numbers = {k: n for n, k in enumerate(sorted(needed), 1)}
    return [_step(steps[k], n, numbers, k in claimed) for k, n in numbers.items()]


def _restated(steps: list[Step], claim: int) -> int:
    """The step that concludes the claim first, with the grounds of the one that only states it anew."""
    step = steps[claim]
    if step.rule != "state":
        return claim
    k = step.uses[0]
    grounds = tuple(dict.fromkeys([*steps[k].grounds, *step.grounds]))
    steps[k] = replace(steps[k], grounds=grounds)
    return k


def _step(step: Step, here: int, numbers: dict[int, int], claimed: bool) -> str:
    uses, grounds = (
        ", ".join(f"({numbers[k]})" for k in found) for found in (step.uses, step.grounds)
    )
    reason = REASONS.get(step.rule, step.rule)
    reason = f"{reason} {uses}" if uses else reason.removesuffix(", by")
    reason += f"; where {grounds}" if grounds else ""
    return f"({here}) {text(step.conclusion)}   [{reason}]{'  ∎' if claimed else ''}"


REASONS = {
    "definition": "by definition",
    "unfold": "by definition of the function",
    "derivative": "chain rule",
    "ring": "algebra with",
    "combine": "algebra with",
    "sign": "sign, by",
    "hypothesis": "assumed",
    "smooth": "by its definition",
    "specialize": "one of",
    "generalize": "for all, by",
    "instantiate": "another index in",
    "cases": "case by case,",
    "induction": "induction over the layers,",
}
