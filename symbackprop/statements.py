"""What a verdict says, in words: the statement and its hypotheses in the lecture's letters."""

from __future__ import annotations

from collections.abc import Iterable

from .kernel import Differentiable, Eq, Nonzero, Positive, Prop
from .network.architecture import Architecture
from .network.theory import Writer


def statement(net: Architecture) -> str:
    """All claims of a network in one line."""
    weights, deltas = len(net.weight_indices), len(net.node_indices)
    names = list(dict.fromkeys(a.name for a in net.activations))
    shape = "-".join(map(str, net.d))
    noun = "weights" if weights != 1 else "weight"
    return f"all {weights} {noun} and {deltas} δ of the network {shape} ({', '.join([*names, net.loss.name])})"


def hypotheses_in_words(net: Architecture, hypotheses: Iterable[Prop]) -> tuple[str, ...]:
    """Conditions as formulas; the differentiability of one function at many points in one phrase."""
    write = Writer(net, {})
    rows: dict[str, list[str]] = {}
    out: list[str] = []
    for p in hypotheses:
        if isinstance(p, Differentiable):
            at = ", ".join(str(write.expression(a)) for a in p.at.args)
            rows.setdefault(p.at.name, []).append(f"({at})" if len(p.at.args) > 1 else at)
        else:
            out.append(_formula(write, p))
    return (
        *out,
        *[f"{name} is differentiable at {' and '.join(points)}" for name, points in rows.items()],
    )


def _formula(write: Writer, p: Prop) -> str:
    match p:
        case Positive(t):
            return f"{write.expression(t)} > 0"
        case Nonzero(t):
            return f"{write.expression(t)} ≠ 0"
        case Eq(s, t):
            return f"{write.expression(s)} = {write.expression(t)}"
    return str(p)
