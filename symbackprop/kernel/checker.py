"""A proof is data; `check` replays it, and only `check` makes a `Theorem`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

from .certificate import Proof, Step, decode, encode, parse, text
from .conditions import canonical, conditions, reduced
from .context import Context, Definition, Function, context
from .definedness import ready
from .integers import *
from .sequents import Sequent, apply_rule, state
from .statement import statement
from .terms import *

MAX_SAID = 300_000
"""Of all claims of a certificate, as trees: what is printed."""


class Theorem:
    """What the kernel has checked: definitions, and sequents that follow from them.  Made by `check` alone."""

    __slots__ = ("definitions", "functions", "proof", "sequents")
    functions: tuple[Function, ...]
    definitions: tuple[Definition, ...]
    sequents: tuple[Sequent, ...]
    proof: Proof

    def __new__(cls) -> Theorem:
        raise KernelError("theorem", "a proof given to check", "a call of Theorem")

    def __init_subclass__(cls) -> None:
        raise KernelError("theorem", "a proof given to check", "a subclass of Theorem")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise KernelError("theorem", "a theorem left as it is", f"a new value of {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise KernelError("theorem", "a theorem left as it is", f"{name} deleted")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise KernelError("theorem", "a proof given to check", "a copy or a pickle of a Theorem")

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
        return statement(self.functions, self.definitions, self.sequents, self.laws)


def check(proof: Proof) -> Theorem:
    """The theorem that a proof proves; KernelError where a step does not follow.

    The proof is written down as numbers and strings and read anew: what a caller's objects may hide is left behind.
    """
    try:
        return _checked(decode(encode(proof)))
    except (AttributeError, TypeError, ValueError) as error:
        raise KernelError("gate", "whole nodes and steps", error) from None
    except RecursionError:
        raise KernelError("check", "what fits into Python's stack", "a deeper proof") from None


def _checked(proof: Proof) -> Theorem:
    ctx = ready(context(proof.functions, proof.definitions))
    done: list[Sequent] = []
    for step in proof.steps:
        done.append(replay(ctx, step, done))
    theorem: Theorem = object.__new__(Theorem)
    claims = tuple([_stated(ctx, done[k], proof.steps[k], done) for k in proof.claims])
    parts = {"functions": proof.functions, "definitions": proof.definitions}
    for name, value in {**parts, "sequents": claims, "proof": proof}.items():
        object.__setattr__(theorem, name, value)
    return theorem


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


def write(theorem: Theorem) -> str:
    """The certificate of a theorem.  The indices of which its statement does not speak are called k1, k2, ..."""
    proof = replace(theorem.proof, claims=tuple(sorted({*theorem.proof.claims})))
    said: list[Node] = [p for s in theorem.sequents for p in (s.conclusion, *s.hypotheses)]
    said += [t for d in proof.definitions for t in (d.symbol, d.term, *d.over, *d.where)]
    spoken = _indices(said)
    inner = sorted(_indices([t for s in proof.steps for t in (s.conclusion, *s.extra)]) - spoken)
    fresh = [f"k{n}" for n in range(1, len(inner) + len(spoken) + 1) if f"k{n}" not in spoken]
    if inner != sorted(fresh[: len(inner)]):
        names: dict[Any, Any] = {Int(a): Int(b) for a, b in zip(inner, fresh, strict=False)}
        steps = [_renamed(s, names) for s in proof.steps]
        proof = replace(proof, steps=tuple(steps))
    return text(encode(proof))


def _indices(terms: list[Node]) -> set[str]:
    return {u.name for t in terms for u in subterms(t) if type(u) is Int and not u.index}


def _renamed(s: Step, names: dict[Any, Any]) -> Step:
    extra = tuple([substitute(t, names) for t in s.extra])
    return Step(s.rule, s.uses, substitute(s.conclusion, names), extra, s.grounds)


def read(source: str) -> Theorem:
    """The theorem of a certificate; KernelError where there is a better text for it, or a step of no use."""
    try:
        theorem = _checked(decode(parse(source)))
        used, steps = set(theorem.proof.claims), theorem.proof.steps
        for k in reversed(range(len(steps))):
            used |= {*steps[k].uses, *steps[k].grounds} if k in used else set()
        if sum([size(s.conclusion) for s in theorem.sequents]) > MAX_SAID:
            raise KernelError("certificate", f"claims of at most {MAX_SAID} nodes", "more")
        if len(used) != len(steps) or write(theorem) != source:
            raise KernelError("certificate", "the one text of a proof, and no step more", "another")
    except RecursionError:
        raise KernelError("check", "what fits into Python's stack", "a deeper proof") from None
    return theorem
