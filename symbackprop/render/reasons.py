"""How each rule of the kernel reads in a sentence: a row a rule, and at which detail its steps are shown."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel import Add, App, Bracket, Kron, Mul, Num, Pow, Sum, Sym, Term

SUMMARY, STEPS, EVERY = "summary", "steps", "every"
DETAILS = (SUMMARY, STEPS, EVERY)
"""From the shortest to the whole proof."""


@dataclass(frozen=True)
class Reason:
    """What is said of a step, and the least detail at which it is shown."""

    words: str
    detail: str


REASONS = {
    "definition": Reason("definition", STEPS),
    "unfold": Reason("definition", STEPS),
    "derivative": Reason("derivative", STEPS),
    "smooth": Reason("differentiable, as it is defined", EVERY),
    "ring": Reason("algebra", STEPS),
    "combine": Reason("algebra", STEPS),
    "sign": Reason("by its sign", EVERY),
    "hypothesis": Reason("assumed", EVERY),
    "specialize": Reason("for one of them", EVERY),
    "generalize": Reason("for each of them", EVERY),
    "cases": Reason("one by one", EVERY),
    "instantiate": Reason("for these indices", EVERY),
    "induction": Reason("induction", SUMMARY),
    "signs": Reason("for either sign", STEPS),
    "state": Reason("where all is defined", EVERY),
}
LAW_WORDS = {
    "exp slope": "derivative of exp",
    "log slope": "derivative of ln",
    "sin slope": "derivative of sin",
    "cos slope": "derivative of cos",
    "erf slope": "derivative of erf",
    "sqrt slope": "derivative of the root",
    "exp zero": "exp at 0",
    "exp sum": "exp of a sum",
    "exp negative": "exp of a negative",
    "log exp": "ln undoes exp",
    "exp log": "exp undoes ln",
    "pythagoras": "Pythagoras",
    "sin sum": "sin of a sum",
    "cos sum": "cos of a sum",
    "sin odd": "sin is odd",
    "cos even": "cos is even",
    "erf odd": "erf is odd",
    "sqrt square": "square of a root",
    "bracket of a ramp": "max(0, a) > 0 where a > 0",
    "bracket of a multiple": "a positive factor keeps the sign",
    "bracket": "one of two signs",
    "apart": "different indices",
    "contract": "only one summand is left",
    "split": "the first summand apart",
    "reverse": "counted from the end",
    "empty": "an empty sum",
    "count": "a sum of ones",
}
"""What a law of the kernel says, in a few words."""

CALCULUS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    ((Num, Kron, Bracket), "derivative of a constant"),
    (App, "chain rule"),
    (Sum, "derivative of a sum"),
    (Add, "derivative of a sum"),
    (Mul, "product rule"),
    (Pow, "power rule"),
    (Sym, "derivative of a variable"),
)
"""The rule of calculus by the head of what is differentiated."""


def calculus(t: Term | None) -> str:
    """How a term is differentiated, by its head; t is None for a variable."""
    if t is None:
        return "derivative of a variable"
    return next(words for kind, words in CALCULUS if isinstance(t, kind))


def reason(rule: str) -> Reason:
    """The row of a rule; of a law its words.

    >>> reason("law contract").words, reason("induction").detail
    ('only one summand is left', 'summary')
    """
    if rule.startswith("law "):
        return Reason(LAW_WORDS[rule[4:]], STEPS)
    return REASONS[rule]
