"""Judges what was written: each line against the one before it, lemmas and inductions first, and checks the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ..certificates import check
from ..derive.script import Script
from ..errors import InputError
from ..kernel import App, AtLeast, D, KernelError, Prop, Term, Theorem
from ..kernel.conditions import canonical
from ..kernel.integers import substitute
from ..kernel.terms import ONE, subterms
from ..render.formulas import text
from .calculus import Calculus
from .falsify import Instances
from .inductions import HYPOTHESIS, InductionProof
from .language import has_held
from .lines import Judgement, Line, Witness
from .means import Means
from .prover import Prover, has
from .reasons import Reason, candidates, fits, in_words, is_brief, wanted
from .repairs import repairs
from .theorems import replayed
from .written import Cases, Chain, Induction, Written


@dataclass(frozen=True)
class ChainVerdict:
    """The lines of one chain, judged; `step` is that of first = last, where all lines hold."""

    name: str
    first: Line | None
    judgements: tuple[Judgement, ...]
    step: int | None = None
    complaint: str = ""
    """What is wrong with the whole, where no line is: a base that is not the statement's, say."""

    @property
    def word(self) -> str:
        words = {j.word for j in self.judgements}
        for word in ("false", "wrong reason", "unknown"):
            if word in words:
                return word
        return "unknown" if self.complaint else "proved"


@dataclass(frozen=True)
class Judged:
    """All chains of a derivation in their order, the main one last; and the theorem, where one was proved."""

    title: str
    chains: tuple[ChainVerdict, ...]
    theorem: Theorem | None
    example: dict[str, Any] = field(default_factory=dict)
    complaint: str = ""
    names: dict[str, str] = field(default_factory=dict)
    """The user's name for each of the kernel's."""
    network: bool = False
    """Whether it is about a network."""
    read: tuple[Prop, ...] = ()
    """What is needed by derivatives that were taken as the lines were read: said with the theorem, as the hypotheses are."""

    @property
    def word(self) -> str:
        """proved, refuted (a line is false, or its reason is not the one that holds) or unknown."""
        words = [c.word for c in self.chains]
        if "false" in words or "wrong reason" in words:
            return "refuted"
        return (
            "unknown" if "unknown" in words or self.theorem is None or self.complaint else "proved"
        )


OF_HELD = "partial derivatives"
READ = ("calculus", "definition", "lemma")
"""Reasons that may be given for a line in which something is held fixed, for it was differentiated as it was read."""
UNDECIDED = "no proof was found, and no instance in which they differ; a line in between may help, such as the chain rule's sum"


ROUNDED = "not proved as written; its decimals may be roundings of other numbers"


class Judge:
    """The judgement of one derivation."""

    def __init__(self, written: Written) -> None:
        self.written = written
        self.widths = written.widths()
        self.world = written.world.with_widths(self.widths)
        self.assumptions = [self._own(p) for p in written.assumptions]
        self.prover = Prover(self.world, self.assumptions)
        self.done: list[ChainVerdict] = []

    @property
    def b(self) -> Script:
        return self.prover.b

    @cached_property
    def instances(self) -> Instances:
        """Small instances of what the lines are about."""
        ranges = [p for p in self.read if isinstance(p, AtLeast)]
        given = [*self.assumptions, *ranges]
        return Instances(self.world, self.prover.b.ctx, given, self.written.seed)

    @cached_property
    def read(self) -> list[Prop]:
        """What is needed by derivatives that were taken as the lines were read."""
        lines = [line for chain in self.written.chains() for line in chain.lines]
        return list(
            dict.fromkeys(self._own(p) for line in lines for r in line.held for p in r.needs)
        )

    def judged(self) -> Judged:
        for block in self.written.blocks:
            match block:
                case Induction():
                    self._induction(block)
                case Cases():
                    self._cases(block)
                case _:
                    self._lemma(block)
        if self.written.lines or not self.done:
            self.done.append(self._chain(self.written))
        return self._whole()

    def _own(self, t: Any) -> Any:
        """A term or a proposition, with what is known to be a width as one."""
        return substitute(t, self.widths) if self.widths else t

    def _term(self, line: Line) -> Term:
        term: Term = self._own(line.term)
        return term

    # --- chains ---------------------------------------------------------------------------------------------------

    def _lemma(self, block: Chain) -> None:
        found = self._chain(block)
        self.done.append(found)
        if found.step is not None and found.word == "proved":
            self.prover.lemmas[block.name] = (found.step,)

    def _cases(self, block: Cases) -> None:
        """Both cases as chains; then their equation where the term is not 0."""
        steps = []
        for chain in (block.above, block.below):
            found = self._chain(chain)
            self.done.append(found)
            steps += [found.step] if found.word == "proved" and found.step is not None else []
        free = [k for k in steps if self._free_of_case(k, block)]
        if len(steps) == 2 and len({self.b.conclusion(k) for k in steps}) == 2:
            why = "the two cases don't lead from the same line to the same"
            self.done[-1] = replace(self.done[-1], complaint=why)
            return
        if free or len(steps) < 2:
            self.prover.lemmas |= {block.name: (free[0],)} if free else {}
            return
        try:
            p, t = self.b.conclusion(steps[0]), self._own(block.term)
            self.prover.lemmas[block.name] = (self.b.step("signs", p, steps, [t]),)
        except KernelError as error:
            why = f"the cases don't lead to the same: {error.expected}"
            self.done[-1] = replace(self.done[-1], complaint=why)

    def _free_of_case(self, step: int, block: Cases) -> bool:
        """Whether what was proved in one case does not need it."""
        cases = [self._own(c.case) for c in (block.above, block.below)]
        return not {canonical(self.b.ctx, c) for c in cases} & self.b.hypotheses(step)

    def _chain(self, chain: Chain) -> ChainVerdict:
        """Each line against the last that holds, or an unknown one before it; a false one, against a false one before it."""
        lines, good, front, rows, steps = chain.lines, 0, 0, list[Judgement](), list[int]()
        self.prover.case = self._own(chain.case) if chain.case is not None else None
        for k in range(1, len(lines)):
            last = rows[-1] if rows else None
            found = self._judge(chain, front, k)
            if found.word == "false" and last is not None and last.word == "false":
                follows = self._judge(chain, k - 1, k)
                found = follows if follows.word == "proved" else found
            if found.step is not None and found.against == good:
                steps.append(found.step)
                good = k
            front = front if found.word == "false" else k
            rows.append(found)
        whole_ = bool(lines) and good == len(lines) - 1 and all(r.against <= good for r in rows)
        step = self._joined(lines, steps) if whole_ and steps else None
        first = lines[0] if lines else None
        complaint = "" if len(lines) > 1 else "expected a claim, and a line that follows from it"
        return ChainVerdict(chain.name, first, tuple(rows), step, complaint)

    def _joined(self, lines: list[Line], steps: list[int]) -> int:
        """first = last, from all lines."""
        if len(steps) == 1:
            return steps[0]
        return self.b.combine(
            self._term(lines[0]), self._term(lines[-1]), [(k, ONE) for k in steps]
        )

    def _judge(self, chain: Chain, against: int, k: int) -> Judgement:
        """One line against an earlier one."""
        line = chain.lines[k]
        left, right = self._term(chain.lines[against]), self._term(line)
        lemmas = self._lemmas(chain)
        witness = self.instances.difference(left, right, self._given(chain))
        if witness is not None:
            return self._false(chain, against, k, witness, lemmas)
        why = self._unusable(line.reason)
        if why:
            return Judgement(k, line, "unknown", against, why=why)
        given = line.reason if against == k - 1 else None
        step = None if given is None else self._by(given, left, right)
        if step is not None and self._rule_used(given, left, right):
            return Judgement(k, line, "proved", against, line.by or "", step=step)
        found = self._proved(left, right, lemmas)
        if found is None:
            witness = self.instances.difference(left, right, self._given(chain), thorough=True)
            if witness is not None:
                return self._false(chain, against, k, witness, lemmas)
            return self._undecided(chain, against, k, lemmas)
        means, step = found
        rule = self.calculus.named(left, right) if means.slopes else ""
        held = has_held(chain.lines[against].expression, line.expression)
        words = in_words(means, self._shown(), rule)
        words = OF_HELD if held and means == Means() else words
        holds = given is None or (
            fits(given, means, left, right) and self._rule_used(given, left, right)
        )
        read = held and given is not None and given.kind in READ
        word = "proved" if holds or read else "wrong reason"
        return Judgement(
            k, line, word, against, words if word != "proved" else line.by or words, step=step
        )

    @cached_property
    def calculus(self) -> Calculus:
        return Calculus(self.b.ctx)

    def _rule_used(self, given: Reason | None, left: Term, right: Term) -> bool:
        """Whether the rule of calculus that a reason names is one of those that the derivatives use."""
        if given is None or given.kind != "calculus" or not given.of:
            return True
        return given.of in self.calculus.used(left, right)

    def _given(self, chain: Chain) -> list[Prop]:
        """What a step of an induction, or a case, may take for true."""
        if chain.step_of is None:
            return [] if self.prover.case is None else [self.prover.case]
        return InductionProof(self.prover, chain.step_of, self._own).given()

    def _false(
        self, chain: Chain, against: int, k: int, witness: Witness, lemmas: tuple[str, ...]
    ) -> Judgement:
        """False; but not where a decimal may be a rounding of another number."""
        if self.written.reader.floats:
            return Judgement(k, chain.lines[k], "unknown", against, why=ROUNDED)
        diagnosis, better = self._mended(chain.lines[against], chain.lines[k], lemmas)
        return Judgement(k, chain.lines[k], "false", against, "", witness, diagnosis, better)

    def _undecided(self, chain: Chain, against: int, k: int, lemmas: tuple[str, ...]) -> Judgement:
        """Unknown; where the line names what is not there, that is said, and a line that is true is looked for."""
        line = chain.lines[k]
        stray = self.instances.stray(self._term(line))
        if stray is None or self.instances.stray(self._term(chain.lines[against])) is not None:
            return Judgement(k, line, "unknown", against, why=UNDECIDED)
        diagnosis, better = self._mended(chain.lines[against], line, lemmas)
        why = f"it names {text(stray)}, and there is none"
        return Judgement(k, line, "unknown", against, "", None, diagnosis, better, why)

    def _unusable(self, given: Reason | None) -> str:
        """Why a lemma or a theorem that was given as a reason can't be used; a theorem is looked up here."""
        if given is None or given.kind not in ("lemma", "theorem"):
            return ""
        if given.kind == "theorem" and given.of not in self.prover.lemmas:
            try:
                self.prover.lemmas[given.of] = replayed(self.b, given.of)
            except InputError as error:
                return str(error)
        return "" if given.of in self.prover.lemmas else f"{given.of} is not proved itself"

    def _mended(self, before: Line, line: Line, lemmas: tuple[str, ...]) -> tuple[str | None, Any]:
        """The first change of a false line that is proved, and what it means; nothing where none is."""
        left = self._term(before)
        judge = self.instances.judge(left)
        for expression, words in repairs(line.expression, before.expression):
            if expression == before.expression:
                continue  # true, and of no use
            try:
                term = self._own(self.written.reader.term(expression))
            except InputError:
                continue
            if judge(term) and self._proved(left, term, lemmas, brief=True) is not None:
                return words, expression
        return None, None

    def _lemmas(self, chain: Chain) -> tuple[str, ...]:
        names = list(self.prover.lemmas)
        if chain.step_of is not None:
            own = InductionProof(self.prover, chain.step_of, self._own).hypothesis()
            self.prover.lemmas[HYPOTHESIS] = (own,)
            return (*[n for n in names if n != HYPOTHESIS], HYPOTHESIS)
        return tuple([n for n in names if n != HYPOTHESIS])

    def _shown(self) -> dict[str, str]:
        return {own: name.removesuffix("()") for name, own in self.world.names.items()}

    def _proved(
        self, left: Term, right: Term, lemmas: tuple[str, ...], brief: bool = False
    ) -> tuple[Means, int] | None:
        """The least means that prove a pair, and the step; `brief`: by one source at a time, and laws where there are such."""
        assumed = bool(self.assumptions) or self.prover.case is not None
        tried = set[Means]()
        derived = {d.symbol.name for d in self.world.own if has(D, d.term)}
        for means in candidates(left, right, self.world.families(), assumed, lemmas, derived):
            if means in tried or (brief and not is_brief(means, left, right)):
                continue
            tried.add(means)
            step = self.prover.prove(left, right, means)
            if step is not None:
                return means, step
        return None

    def _by(self, given: Reason, left: Term, right: Term) -> int | None:
        """A proof by the reason that was given, where less is none."""
        if given.kind not in ("algebra", "contraction") and self._proves(left, right, Means()):
            return None
        for means in wanted(given, left, right, self.world.families()):
            step = self.prover.prove(left, right, means)
            if step is not None and not self._less(given, left, right, means):
                return step
        return None

    def _less(self, given: Reason, left: Term, right: Term, means: Means) -> bool:
        """Whether it is proved without what the reason names."""
        if given.kind == "assumption":
            return self._proves(left, right, replace(means, assumed=False))
        if given.kind == "laws":
            return self.world.net is None and not self._known_functions(left, right)
        rest = Means(laws=True, assumed=means.assumed)
        return means.laws and means != rest and self._proves(left, right, rest)

    def _known_functions(self, *lines: Term) -> bool:
        """Whether a function stands in lines or in the definitions."""
        terms = [*lines, *[d.term for d in self.world.own]]
        return any(isinstance(u, App) for t in terms for u in subterms(t))

    def _proves(self, left: Term, right: Term, means: Means) -> bool:
        return self.prover.prove(left, right, means) is not None

    def _induction(self, block: Induction) -> None:
        """Base and step as chains; then the statement for all k of the range, by the kernel's rule."""
        proof = InductionProof(self.prover, block, self._own)
        steps = []
        for chain, at in zip((block.base, block.step), proof.ends, strict=True):
            found = self._chain(chain)
            step = (
                None if found.word != "proved" or found.step is None else proof.end(found.step, at)
            )
            if found.word == "proved" and step is None:
                shown = "first" if chain is block.base else "next"
                found = replace(
                    found, complaint=f"it does not lead from side to side for the {shown} k"
                )
            steps += [] if step is None else [step]
            self.done.append(found)
        if len(steps) == 2:
            try:
                self.prover.lemmas[block.name] = (proof.whole(*steps),)
            except KernelError as error:
                why = f"base and step make no induction: {error.expected}"
                self.done[-1] = replace(self.done[-1], complaint=why)

    # --- the whole ------------------------------------------------------------------------------------------------

    def _whole(self) -> Judged:
        """The theorem: the claim first, then each line of it; with an instance that satisfies its hypotheses."""
        steps = list(dict.fromkeys(self._claims()))
        if not steps:
            return self._found(None)
        try:
            theorem = check(self.b.proof(self.prover.stated(steps)))
        except KernelError as error:
            return self._found(None, f"the kernel refused the proof: {error}")
        example = self.instances.example(theorem)
        if example is None:
            why = "no instance was found that satisfies every hypothesis"
            return self._found(theorem, why)
        return self._found(theorem, example=example)

    def _found(
        self, theorem: Theorem | None, complaint: str = "", example: dict[str, Any] | None = None
    ) -> Judged:
        title, chains = self.written.name, tuple(self.done)
        about = self.world.net is not None
        read = tuple(self.read)
        return Judged(title, chains, theorem, example or {}, complaint, self._shown(), about, read)

    def _claims(self) -> Iterator[int]:
        """The main chain's equation and each of its lines; where there is no main chain, what the lemmas say."""
        main = self.done[-1]
        if not self.written.lines:
            yield from [k for b in self.written.blocks for k in self.prover.lemmas.get(b.name, ())]
            return
        yield from [] if main.step is None else [main.step]
        yield from [j.step for j in main.judgements if j.step is not None]
