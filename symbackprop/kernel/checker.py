"""A proof is data; `check` replays it, and only `check` makes a `Theorem`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from .rules import Context, apply_rule, canonical, definedness, plain
from .terms import (
    ARITY,
    App,
    KernelError,
    Measure,
    Positive,
    Prop,
    Sym,
    Term,
    is_name,
    require,
    subterms,
)

MAX_STEPS, MAX_ARITY = 500_000, 1_000


@dataclass(frozen=True)
class Step:
    """One line: the rule, the numbers of the earlier steps that it uses, what it concludes, and extra terms for the rule."""

    rule: str
    uses: tuple[int, ...]
    conclusion: Prop
    extra: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Definition:
    """a := t.  The symbols in t are variables, or defined before."""

    symbol: Sym
    term: Term


@dataclass(frozen=True)
class Function:
    """f(#1, ..., #n) := t, a term in the parameters alone."""

    name: str
    arity: int
    term: Term


@dataclass(frozen=True)
class Proof:
    """Definitions, steps, and the numbers of the steps that are the theorem."""

    functions: tuple[Function, ...]
    definitions: tuple[Definition, ...]
    steps: tuple[Step, ...]
    claims: tuple[int, ...]


@dataclass(frozen=True)
class Sequent:
    """hypotheses |- conclusion, with the laws that were used on the way."""

    hypotheses: frozenset[Prop]
    conclusion: Prop
    laws: frozenset[str]


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
        return tuple(s.conclusion for s in self.sequents)

    @property
    def hypotheses(self) -> tuple[Prop, ...]:
        """Of all sequents, each once, in the order in which they come."""
        every = [h for s in self.sequents for h in sorted(s.hypotheses, key=str)]
        return tuple(dict.fromkeys(every))

    @property
    def laws(self) -> tuple[str, ...]:
        return tuple(sorted(frozenset[str]().union(*[s.laws for s in self.sequents])))

    def __str__(self) -> str:
        lines = [
            f"{f.name}({', '.join(f'#[{k + 1}]' for k in range(f.arity))}) := {f.term}"
            for f in self.functions
        ]
        lines += [f"{d.symbol} := {d.term}" for d in self.definitions]
        lines += [
            f"{', '.join(sorted(map(str, s.hypotheses)))} |- {s.conclusion}" for s in self.sequents
        ]
        return "\n".join(lines)


def check(proof: Proof) -> Theorem:
    """The theorem that a proof proves; KernelError where a step does not follow."""
    try:
        _gate(proof)
        return _checked(proof)
    except RecursionError:
        raise KernelError("check", "what fits into Python's stack", "a deeper proof") from None
    except AttributeError as error:
        raise KernelError("gate", "whole nodes and steps", error) from None


def _checked(proof: Proof) -> Theorem:
    ctx = context(proof.functions, proof.definitions)
    sequents: list[Sequent] = []
    facts: dict[Prop, Sequent] = {}
    for number in range(len(proof.steps)):
        sequent = _replay(ctx, number, proof.steps, sequents, facts)
        sequents.append(sequent)
        facts.setdefault(canonical(ctx, sequent.conclusion), sequent)
    theorem: Theorem = object.__new__(Theorem)
    claims = tuple([_stated(ctx, sequents[k], facts) for k in proof.claims])
    parts = {"functions": proof.functions, "definitions": proof.definitions}
    for name, value in {**parts, "sequents": claims, "proof": proof}.items():
        object.__setattr__(theorem, name, value)
    return theorem


def _replay(
    ctx: Context,
    number: int,
    steps: tuple[Step, ...],
    done: list[Sequent],
    facts: dict[Prop, Sequent],
) -> Sequent:
    step = steps[number]
    if any(k >= number for k in step.uses):
        raise KernelError(f"step {number}", "earlier steps", step.uses)
    if step.rule == "derivative" and any(steps[k].rule != "derivative" for k in step.uses):
        raise KernelError("derivative", "premises that the rule derivative proved", step.uses)
    used = [done[k] for k in step.uses]
    needs = apply_rule(ctx, step.rule, [s.conclusion for s in used], step.conclusion, step.extra)
    own = {step.rule[4:]} if step.rule.startswith("law ") else set()
    grounds = _grounds(ctx, needs, {} if step.rule == "hypothesis" else facts)
    return _joined(step.conclusion, frozenset(own), used + grounds)


def _joined(conclusion: Prop, laws: frozenset[str], grounds: list[Sequent]) -> Sequent:
    hypotheses = frozenset[Prop]().union(*[s.hypotheses for s in grounds])
    return Sequent(hypotheses, conclusion, laws.union(*[s.laws for s in grounds]))


def _grounds(ctx: Context, needs: Iterable[Prop], facts: dict[Prop, Sequent]) -> list[Sequent]:
    """What conditions rest on: nothing where they are plain, the earlier step that proved them, else themselves."""
    ordered = sorted(
        needs, key=str
    )  # a set's order is another in each process, and so would be the forms
    rest = dict.fromkeys(canonical(ctx, p) for p in ordered if not plain(ctx, p))
    return [facts.get(p, Sequent(frozenset({p}), p, frozenset())) for p in rest]


def _stated(ctx: Context, s: Sequent, facts: dict[Prop, Sequent]) -> Sequent:
    """A claim says too what its terms, and those of its hypotheses, need in order to be defined."""
    needs = definedness(ctx, s.conclusion).union(*[definedness(ctx, h) for h in s.hypotheses])
    return _joined(s.conclusion, s.laws, [s, *_grounds(ctx, needs, facts)])


def _gate(proof: Proof) -> None:
    """Every part of a proof has exactly the type that it should have."""
    seen: dict[int, Measure] = {}
    _exact("proof", proof, Proof)
    for part, kind in (
        (proof.functions, Function),
        (proof.definitions, Definition),
        (proof.steps, Step),
    ):
        _exact("proof", part, tuple)
        for item in part:
            _exact("proof", item, kind)
    if len(proof.steps) > MAX_STEPS:
        raise KernelError("proof", f"at most {MAX_STEPS} steps", len(proof.steps))
    for f in proof.functions:
        _exact("function", f.arity, int)
        if not is_name(f.name) or not 1 <= f.arity <= MAX_ARITY:
            raise KernelError("function", f"a name and at most {MAX_ARITY} parameters", f.arity)
        require(f.term, Term, seen)
    for d in proof.definitions:
        require(d.symbol, Term, seen)
        _exact("definition", d.symbol, Sym)
        require(d.term, Term, seen)
    for s in proof.steps:
        _gate_step(s, seen)
    _numbers(proof.claims, len(proof.steps))


def _gate_step(s: Step, seen: dict[int, Measure]) -> None:
    _exact("step", s.rule, str)
    _exact("step", s.extra, tuple)
    require(s.conclusion, Prop, seen)
    for t in s.extra:
        require(t, Term, seen)
    _numbers(s.uses, MAX_STEPS)


def _numbers(value: object, below: int) -> None:
    _exact("proof", value, tuple)
    if not isinstance(value, tuple) or not all(type(k) is int and 0 <= k < below for k in value):
        raise KernelError("proof", "numbers of steps", value)


def _exact(rule: str, value: object, kind: type) -> None:
    if type(value) is not kind:
        raise KernelError(rule, f"a {kind.__name__}", type(value).__name__)


def context(functions_: Iterable[Function], definitions: Iterable[Definition]) -> Context:
    """The definitions, each made once, of what no definition before it mentions."""
    functions: dict[str, tuple[int, Term]] = {}
    named = set(ARITY)
    for f in functions_:
        named |= {u.name for u in subterms(f.term) if type(u) is App}
        if f.name in functions or f.name in named:
            raise KernelError("function", "a name that has no meaning yet", f.name)
        allowed = {Sym("#", (k + 1,)) for k in range(f.arity)}
        _arities(f.term, functions)
        if not all(u in allowed for u in subterms(f.term) if type(u) is Sym):
            raise KernelError("function", f"a term in the parameters of {f.name}", f.term)
        functions[f.name] = (f.arity, f.term)
    symbols: dict[Sym, Term] = {}
    mentioned: set[Term] = set()
    for d in definitions:
        _arities(d.term, functions)
        mentioned |= {u for u in subterms(d.term) if type(u) is Sym}
        if d.symbol in symbols or d.symbol in mentioned or d.symbol.name == "#":
            raise KernelError("definition", "a symbol that nothing before it mentions", d.symbol)
        symbols[d.symbol] = d.term
    ctx = Context(symbols, functions)
    for symbol in symbols:  # in this order, so that these recursions stay shallow
        ctx.support(symbol)
        definedness(ctx, Positive(symbol))
    return ctx


def _arities(t: Term, functions: dict[str, tuple[int, Term]]) -> None:
    for u in subterms(t):
        if type(u) is App and u.name in functions and len(u.args) != functions[u.name][0]:
            raise KernelError("definition", f"{functions[u.name][0]} arguments of {u.name}", u)


__all__ = ["Definition", "Function", "Proof", "Sequent", "Step", "Theorem", "check"]
