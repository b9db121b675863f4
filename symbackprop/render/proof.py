"""A proof as blocks: its own steps, each with its rule in words and the numbers of those that it rests on.

Inductions are told as such: what is claimed, the base step, what is supposed, the induction step.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..kernel import ZERO, AtLeast, Eq, Int, Kron, Prop, Slope, Sym, Term, Theorem
from ..kernel.conditions import implied
from ..kernel.integers import minus, whole
from .limits import conditions, ends, letters, unbound
from .page import Block, Content, Display, Glyph, Heading, Inline, Para, Range, Ref, Row
from .ranges import unequal
from .reasons import DETAILS, EVERY, STEPS, SUMMARY, Reason, calculus, reason
from .steps import Line, Steps
from .theorem import sides


def proof_blocks(theorem: Theorem, detail: str) -> list[Block]:
    """The proof, under a heading, at a detail; at `summary` how many steps it has, for a page that tells the rest itself."""
    return [] if detail == SUMMARY else outline(theorem, detail)


def outline(theorem: Theorem, detail: str) -> list[Block]:
    """The proof at any detail; at `summary` its inductions and its claims."""
    return Telling(Steps(theorem, detail)).blocks()


BY, ASSUMED = "by", "as assumed"
"""What is said of equals put for equals."""


NOTHING = "The kernel checked {} steps, none of them an induction; they are written out at a finer detail."


class Telling:
    """Tells steps in the order in which they are needed."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self.told: set[int] = set()
        self.rows: list[Row] = []
        self.above: tuple[Term, tuple[Content, ...]] | None = None
        """The left side of the last row, and where it holds."""
        self.out: list[Block] = [Heading("Proof"), Para(_manner(steps))]
        self.used = {v.name for line in steps.lines for v in letters(line.says)}
        self.claimed = {k: frozenset(steps.lines[k].limits) for k in steps.claims}
        self.supposed: frozenset[AtLeast] = frozenset()
        """What is known of letters: by each of the claims, and in an induction's step."""
        self.lemmas = self.ended = self.depth = 0
        """How many lemmas were told, which one ended just now, and within how many others this is told."""
        self.rules: list[Reason] = []

    def blocks(self) -> list[Block]:
        for k in sorted(self.steps.claims):
            self.tell(k)
        self.flush()
        if not any(isinstance(b, Display) for b in self.out):
            return [Heading("Proof"), Para(NOTHING.format(len(self.steps.lines)))]
        return [*self.out, *self.legend()]

    def legend(self) -> list[Block]:
        """The rules that were used, in words and in symbols, where each step is shown."""
        rows = [_in_symbols(r) for r in dict.fromkeys(self.rules) if r.latex]
        if self.steps.detail != EVERY or not rows:
            return []
        return [Heading("Rules"), Para("The rules that the steps name:"), Display(tuple(rows))]

    def flush(self) -> None:
        if self.rows:
            self.out.append(Display(tuple(self.rows)))
            self.rows = []

    def tell(self, k: int) -> None:
        """What a step needs, then the step."""
        if k in self.told:
            return
        self.told.add(k)
        line = self.steps.lines[k]
        if line.rule == "induction" and self._at_length(k):
            self.induction(k, line)
            return
        for u in self._in_order(line):
            self.tell(u)
        if k in self.steps.shown:
            if self.ended and not self.depth:
                self.say(f"With Lemma {self.ended}:", {})
                self.ended = 0
            self.rows.append(self.row(k))

    def _at_length(self, k: int) -> bool:
        """Whether an induction is told with its base and its step."""
        return k in self.steps.shown and any(a in self.steps.shown for a in self._supposed(k))

    def _supposed(self, k: int) -> list[int]:
        return [h for h, of in self.steps.assumed.items() if of == k]

    def _in_order(self, line: Line) -> list[int]:
        """What is needed; last what has the same left side, from which the line goes on."""
        own = left_of(line.says)
        needed = (*line.grounds, *line.uses)
        return sorted(needed, key=lambda u: left_of(self.steps.lines[u].says) == own is not None)

    def induction(self, k: int, line: Line) -> None:
        """Claim, base step, induction step, conclusion; before them the inductions that it needs."""
        v, low, *high = (t for t in line.extra if isinstance(t, Term))
        half = len(line.uses) // 2
        self.each(self._lemmas_of(k))
        self.lemmas += 1
        own, self.ended = self.lemmas, 0
        self.depth += 1
        self.flush()
        self.out.append(Heading(f"Lemma {self.lemmas}", 3))
        self.claim(line, v, low, high)
        self.say("Base step, {at}.", {"at": Eq(v, low)})
        self.base(k, line.uses[:half])
        up: dict[str, Inline] = {"v": v, "next": whole(v, 1)}
        if isinstance(v, Int):
            up["over"] = Range(v, low, whole(high[0], -1) if high else None)
        self.say("Induction step, from {v} to {next}, for {over}.", up)
        before, self.supposed = self.supposed, _between(v, low, high)
        self.each([*self._supposed(k), *line.grounds, *line.uses[half:]])
        self.supposed = before
        self.say("So, by induction,", {})
        self.rows.append(self.row(k))
        self.flush()
        self.depth -= 1
        self.ended = own

    def base(self, k: int, steps: Iterable[int]) -> None:
        """The base step; where its lines were told before, which they are."""
        self.each(steps)
        if self.rows:
            return
        shown = [
            u for b in steps for u in ([b] if b in self.steps.shown else self.steps.sources(b))
        ]
        if shown:
            self.say("This is {refs}.", {"refs": Ref(tuple([f"step {u}" for u in shown]))})

    def claim(self, line: Line, v: Term, low: Term, high: list[Term]) -> None:
        """What is to be shown, for what, and over what the induction goes."""
        claim, over = unbound(line.says, self.used)
        own = Range(v, low, high[0] if high else None) if isinstance(v, Int) else None
        ranges_: tuple[Content, ...] = (*([own] if own else []), *over)
        values: dict[str, Inline] = {"v": v, "claim": claim, "over": ranges_}
        self.say("Claim: {claim} for {over}. By induction over {v}.", values)

    def _lemmas_of(self, k: int) -> list[int]:
        """The inductions that are needed and do not need what is supposed here."""
        own = self._supposed(k)
        return [
            u
            for u in sorted(self.steps.needs(k))
            if self.steps.lines[u].rule == "induction"
            and self._at_length(u)
            and not self.steps.needs(u).intersection(own)
        ]

    def each(self, steps: Iterable[int]) -> None:
        for u in steps:
            self.tell(u)

    def say(self, template: str, values: dict[str, Inline]) -> None:
        self.flush()
        self.out.append(Para(template, values))

    # rows

    def row(self, k: int) -> Row:
        """The line of a step."""
        line = self.steps.lines[k]
        body, over = unbound(line.says, self.used)
        bound = {r.letter for r in over} | self.steps.constants
        known = {u for s in self.claimed.values() for p in s for u in letters(p)}
        over_ = (
            line.extra[:1] if line.rule == "induction" else ()
        )  # its range is the one to be told
        own = [v for v in letters(body) if v not in bound]
        own = sorted(own, key=lambda v: (v in over_, v not in known))
        told = [self._unknown(k, c) for c in conditions(line.limits, own)]
        limits = [c for c in told if c is not None]
        both = sides(body)
        left: tuple[Content, ...] = () if both is None else (both[0],)
        when = (*limits, *over)
        above = self.above if self.rows else None
        self.above = (both[0], when) if both else None
        right: Content = body if both is None else both[1]
        if both and above == self.above:
            left = ()
        label, why, taken = f"step {k}", self.reason(k, line), self.taken()
        apart = _apart(body)
        if apart is not None:
            return Row((), apart, label, when, why, alone=True, taken=taken)
        return Row(left, right, label, when, why, taken=taken)

    def taken(self) -> frozenset[str]:
        """The letters of the claims and of what is supposed."""
        own = [p for s in (*self.claimed.values(), self.supposed) for p in s]
        claims = [v.name for k in self.claimed for v in letters(self.steps.lines[k].says)]
        return frozenset([*claims, *[v.name for p in own for v in letters(p)]])

    def _unknown(self, k: int, c: Content) -> Content | None:
        """What of a condition does not follow from those of the claims that need the step, and what is supposed."""
        claims = [own for n, own in self.claimed.items() if k == n or k in self.steps.needs(n)]

        def known(p: AtLeast) -> bool:
            return all(implied(p, own | self.supposed) for own in claims)

        if isinstance(c, AtLeast):
            return None if known(c) else c
        if not isinstance(c, Range):
            return c
        left = [e for e in (Range(c.letter, low=c.low), Range(c.letter, high=c.high)) if ends(e)]
        left = [e for e in left if not all(map(known, ends(e)))]
        return c if len(left) == len(ends(c)) else left[0] if left else None

    def reason(self, k: int, line: Line) -> Para:
        """The rule in words, and what it rests on."""
        words = self.words(k, line)
        labels = tuple([f"step {u}" for u in self.steps.sources(k)])
        if not labels:
            return Para(words)
        return Para(words + (" " if words == BY else ", ") + "{refs}", {"refs": Ref(labels)})

    def words(self, k: int, line: Line) -> str:
        if k in self.steps.assumed:
            return "induction hypothesis"
        if line.rule == "derivative" and isinstance(line.says, Slope):
            return self.differentiated(line, line.says)
        if line.rule in ("ring", "combine") and self.steps.sources(k):
            self.named(reason(line.rule))
            return ASSUMED if self._assumes(k) else BY
        return self.named(reason(line.rule))

    def differentiated(self, line: Line, p: Slope) -> str:
        """By which rule of calculus; where a premise has the derivative already, what is put into it."""
        if p.value == ZERO and not line.uses:
            return self.named(calculus(ZERO))
        if isinstance(p.value, Kron):
            return self.named(calculus(None))
        if any(left_of(self.steps.lines[u].says) == left_of(p) for u in line.uses):
            return BY
        return self.named(calculus(self.defined(p.term)))

    def named(self, r: Reason) -> str:
        """The words of a rule, which is noted."""
        self.rules.append(r)
        return r.words

    def _assumes(self, k: int) -> bool:
        """Whether a step uses a hypothesis of the theorem, an equation."""
        for u in self.steps.lines[k].uses:
            line = self.steps.lines[u]
            if line.rule == "hypothesis" and u not in self.steps.assumed:
                return isinstance(line.says, Eq)
        return False

    def defined(self, t: Term) -> Term | None:
        """What a family is defined as; the term itself, where it is no symbol; None for a variable."""
        if not isinstance(t, Sym):
            return t
        own = [d for d in self.steps.theorem.proof.definitions if d.symbol.name == t.name]
        fitting = [d for d in own if _fits(d.symbol, t)]
        return (fitting or own)[0].term if own else None


def _in_symbols(r: Reason) -> Row:
    shown = Glyph(lambda w: w.atom(r.latex if w.style.latex else r.text, 2, 200.0))
    return Row((), shown, "", (), Para(r.words), alone=True)


def _apart(p: Prop) -> Glyph | None:
    """[k = n] = 0 as k ≠ n."""
    if not isinstance(p, Eq) or not isinstance(p.left, Kron) or p.right != ZERO:
        return None
    difference = whole(p.left.low, minus(p.left.high))
    return Glyph(lambda w: unequal(w, difference))


def _between(v: Term, low: Term, high: list[Term]) -> frozenset[AtLeast]:
    """The range of an induction's variable, in its step: it ends one below."""
    ends = [whole(v, minus(low)), *[whole(h, minus(v), -1) for h in high]]
    return frozenset([AtLeast(k) for k in ends])


def _fits(head: Sym, t: Sym) -> bool:
    """Whether the numbers in a definition's head are those of a member."""
    pairs = zip(head.index, t.index, strict=False)
    return all(a == b or not isinstance(a, int) for a, b in pairs)


def _manner(steps: Steps) -> str:
    total = len(steps.lines)
    said = {
        SUMMARY: f"The kernel checked {total} steps; these are the inductions and the claims.",
        STEPS: f"The kernel checked {total} steps. Those that only restate a line for other indices are left out.",
        EVERY: f"All {total} steps, as the kernel checked them.",
    }
    return said[steps.detail]


def left_of(p: Prop) -> Term | None:
    """The left side of an equation."""
    found = sides(p)
    return found[0] if found else None


__all__ = ["DETAILS", "outline", "proof_blocks"]
