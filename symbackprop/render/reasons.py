"""How each rule of the kernel reads in a sentence: a row a rule, and at which detail its steps are shown."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel import Add, App, Bracket, Kron, Mul, Num, Pow, Sum, Sym, Term

SUMMARY, STEPS, EVERY = "summary", "steps", "every"
DETAILS = (SUMMARY, STEPS, EVERY)
"""From the shortest to the whole proof."""


@dataclass(frozen=True)
class Reason:
    """What is said of a step, the least detail at which it is shown, and the rule in symbols, for LaTeX and for text."""

    words: str
    detail: str
    latex: str = ""
    text: str = ""


REASONS = {
    "definition": Reason(
        "definition",
        STEPS,
        r"a = t, \text{ where } t \text{ defines } a",
        "a = t, where t defines a",
    ),
    "unfold": Reason(
        "definition",
        STEPS,
        r"f(a) = t(a), \text{ where } t(x) \text{ defines } f(x)",
        "f(a) = t(a), where t(x) defines f(x)",
    ),
    "derivative": Reason("derivative", STEPS),
    "smooth": Reason(
        "differentiable, as it is defined",
        EVERY,
        r"f \text{ is differentiable where what defines it is}",
        "f is differentiable where what defines it is",
    ),
    "ring": Reason("algebra", STEPS, "a\\, (b + c) = a\\, b + a\\, c", "a·(b + c) = a·b + a·c"),
    "combine": Reason(
        "algebra",
        STEPS,
        r"a_k = b_k \;\Rightarrow\; \sum_{k} q_k\, a_k = \sum_{k} q_k\, b_k",
        "a_k = b_k ⇒ Σ_k q_k·a_k = Σ_k q_k·b_k",
    ),
    "sign": Reason("by its sign", EVERY, r"a > 0 \;\Rightarrow\; a \ne 0", "a > 0 ⇒ a ≠ 0"),
    "hypothesis": Reason("assumed", EVERY, r"p \;\Rightarrow\; p", "p ⇒ p"),
    "specialize": Reason(
        "one instance",
        EVERY,
        r"p_i \text{ for all } i \;\Rightarrow\; p_k",
        "p_i for all i ⇒ p_k",
    ),
    "generalize": Reason(
        "for all indices",
        EVERY,
        r"p_k \text{ for any } k \;\Rightarrow\; p_i \text{ for all } i",
        "p_k for any k ⇒ p_i for all i",
    ),
    "cases": Reason(
        "case by case",
        EVERY,
        r"p_m \text{ and } p_i \text{ for all } i > m \;\Rightarrow\; p_i \text{ for all } i \ge m",
        "p_m and p_i for all i > m ⇒ p_i for all i ≥ m",
    ),
    "instantiate": Reason(
        "for these indices",
        EVERY,
        r"p_v \text{ for any } v \;\Rightarrow\; p_k",
        "p_v for any v ⇒ p_k",
    ),
    "induction": Reason(
        "induction",
        SUMMARY,
        r"p_m \text{ and } (p_v \Rightarrow p_{v+1}) \;\Rightarrow\; p_v \text{ for all } v \ge m",
        "p_m and (p_v ⇒ p_(v+1)) ⇒ p_v for all v ≥ m",
    ),
    "signs": Reason(
        "for either sign",
        STEPS,
        r"p \text{ for } t > 0 \text{ and for } t < 0 \;\Rightarrow\; p \text{ for } t \ne 0",
        "p for t > 0 and for t < 0 ⇒ p for t ≠ 0",
    ),
    "state": Reason(
        "all terms are defined",
        EVERY,
        r"p \;\Rightarrow\; p, \text{ where each term of } p \text{ has a value}",
        "p ⇒ p, where each term of p has a value",
    ),
}
"""A row a rule of the kernel; of `derivative` see `CALCULUS`."""
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
    "bracket of exp": "exp is above 1 to the right of 0",
    "bracket": "one of two signs",
    "apart": "different indices",
    "contract": "only one summand is left",
    "split": "the first summand apart",
    "reverse": "counted from the end",
    "empty": "an empty sum",
    "count": "a sum of ones",
}
"""What a law of the kernel says, in a few words."""

CALCULUS: tuple[tuple[type | tuple[type, ...], Reason], ...] = (
    (
        (Num, Kron, Bracket),
        Reason(
            "derivative of a constant", STEPS, r"\frac{\partial c}{\partial v} = 0", "∂c/∂v = 0"
        ),
    ),
    (
        App,
        Reason(
            "chain rule",
            STEPS,
            r"\frac{\partial f(a)}{\partial v} = f'(a)\, \frac{\partial a}{\partial v}",
            "∂f(a)/∂v = f'(a)·∂a/∂v",
        ),
    ),
    (
        (Sum, Add),
        Reason(
            "derivative of a sum",
            STEPS,
            r"\frac{\partial (a + b)}{\partial v} = \frac{\partial a}{\partial v} + \frac{\partial b}{\partial v}",
            "∂(a + b)/∂v = ∂a/∂v + ∂b/∂v",
        ),
    ),
    (
        Mul,
        Reason(
            "product rule",
            STEPS,
            r"\frac{\partial (a\, b)}{\partial v} = a\, \frac{\partial b}{\partial v} + b\, \frac{\partial a}{\partial v}",
            "∂(a·b)/∂v = a·∂b/∂v + b·∂a/∂v",
        ),
    ),
    (
        Pow,
        Reason(
            "power rule",
            STEPS,
            r"\frac{\partial a^n}{\partial v} = n\, a^{n-1}\, \frac{\partial a}{\partial v}",
            "∂a^n/∂v = n·a^(n-1)·∂a/∂v",
        ),
    ),
    (
        Sym,
        Reason(
            "derivative of a variable", STEPS, r"\frac{\partial v}{\partial v} = 1", "∂v/∂v = 1"
        ),
    ),
)
"""The rule of calculus by the head of what is differentiated."""


def calculus(t: Term | None) -> Reason:
    """How a term is differentiated, by its head; t is None for a variable."""
    if t is None:
        return CALCULUS[-1][1]
    return next(row for kind, row in CALCULUS if isinstance(t, kind))


def reason(rule: str) -> Reason:
    """The row of a rule; of a law its words.

    >>> reason("law contract").words, reason("induction").detail
    ('only one summand is left', 'summary')
    """
    if rule.startswith("law "):
        return Reason(LAW_WORDS[rule[4:]], STEPS)
    return REASONS[rule]
