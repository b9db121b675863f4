"""A proof is data; to make a `Theorem` is to replay it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from .certificate import Proof, Step, decode, parse, text
from .conditions import canonical, conditions, reduced
from .context import Context, context
from .definedness import ready
from .integers import *
from .sequents import Sequent, apply_rule, state
from .statement import spoken, statement
from .terms import *

MAX_SAID = 300_000
"""Of all claims of a certificate, as trees: what is printed."""


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Theorem:
    """What the kernel has checked: definitions, and sequents that follow from them.

    Made from a certificate's data alone; KernelError where a step does not follow.
    """

    proof: Proof
    sequents: tuple[Sequent, ...]

    def __init__(self, data: Any = None) -> None:
        try:
            proof = decode(data)
            ctx = ready(context(proof.functions, proof.definitions))
            done: list[Sequent] = []
            for step in proof.steps:
                done.append(replay(ctx, step, done))
            claims = tuple([_stated(ctx, done[k], proof.steps[k], done) for k in proof.claims])
        except RecursionError:
            raise KernelError("check", "what fits into Python's stack", "a deeper proof") from None
        vars(self).update(proof=proof, sequents=claims)

    def __init_subclass__(cls) -> None:
        raise KernelError("theorem", "a proof to check", "a subclass of Theorem")

    def __reduce__(self) -> NoReturn:
        raise KernelError("theorem", "a proof to check", "a copy or a pickle of a Theorem")

    @property
    def conclusions(self) -> tuple[Prop, ...]:
        return tuple([s.conclusion for s in self.sequents])

    @property
    def hypotheses(self) -> tuple[Prop, ...]:
        """Of all sequents, each once, in the order in which they come."""
        every = [h for s in self.sequents for h in sorted(s.hypotheses, key=str)]
        return tuple(dict.fromkeys(every))

    @property
    def laws(self) -> tuple[str, ...]:
        return tuple(sorted(frozenset[str]().union(*[s.laws for s in self.sequents])))

    def __str__(self) -> str:
        return statement(self.proof, self.sequents, self.laws)


def replay(ctx: Context, step: Step, done: list[Sequent]) -> Sequent:
    """The sequent of a step; hypotheses that its grounds conclude are replaced by those of the grounds."""
    uses = [done[k] for k in step.uses]
    hypotheses, laws = apply_rule(ctx, step.rule, uses, step.conclusion, step.extra)
    for ground in [done[k] for k in step.grounds]:
        settled = canonical(ctx, ground.conclusion)
        if settled not in hypotheses:
            raise KernelError(step.rule, "grounds that are hypotheses of the step", settled)
        hypotheses = reduced((hypotheses - {settled}) | ground.hypotheses)
        laws |= ground.laws
    return Sequent(hypotheses, step.conclusion, laws)


def _stated(ctx: Context, s: Sequent, step: Step, done: list[Sequent]) -> Sequent:
    """A claim says too what its terms need in order to be defined, but what grounds of a step `state` have settled."""
    settled = [canonical(ctx, done[k].conclusion) for k in step.grounds if step.rule == "state"]
    needs = conditions(ctx, state(ctx, s)).difference(settled)
    return Sequent(reduced(s.hypotheses | needs), s.conclusion, s.laws)


def read(source: str) -> Theorem:
    """The theorem of a certificate; KernelError where there is a better text for it, or a step of no use."""
    data = parse(source)
    theorem = Theorem(data)
    steps, claims = theorem.proof.steps, theorem.proof.claims
    used = set(claims)
    for k in reversed(range(len(steps))):
        used |= {*steps[k].uses, *steps[k].grounds} if k in used else set()
    if (
        not len(used) == len(steps) == len({*steps})
        or list(claims) != sorted({*claims})
        or text(data) != source
    ):
        raise KernelError("certificate", "the one text of a proof, and no step more", "another")
    said = [u for part in spoken(theorem.proof, theorem.sequents) for u in part]
    own = {u.name for u in said if type(u) is Int and not u.index}
    inner = {row[1] for row in data["nodes"] if row[0] == "Int" and not row[2]} - own
    names = [f"k{n + 1}" for n in range(len(inner | own)) if f"k{n + 1}" not in own]
    if inner != {*names[: len(inner)]}:
        raise KernelError("certificate", "k1, k2, ... for what the statement does not name", inner)
    if sum([size(s.conclusion) for s in theorem.sequents]) > MAX_SAID:
        raise KernelError("certificate", f"claims of at most {MAX_SAID} nodes", "more")
    return theorem
