"""What a question is answered with: Proved, Refuted or Unknown, and never a bare yes or no."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from textwrap import wrap
from typing import Any, NoReturn

from .kernel import Theorem

INDENTED: dict[str, Any] = {
    "initial_indent": "   ",
    "subsequent_indent": "      ",
    "break_long_words": False,
    "break_on_hyphens": False,
}


class Verdict:
    """One of Proved, Refuted, Unknown.  It has no truth value: `if verdict:` would hide Unknown."""

    claims: tuple[tuple[Any, Verdict], ...]
    word: str = ""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))  # in a notebook

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict has no truth value: match Proved, Refuted or Unknown")


@dataclass(frozen=True)
class Proved(Verdict):
    """A theorem that the kernel has checked; `example` is a point that satisfies all its hypotheses.

    `statement` says what was proved, of all claims together; `hypotheses` and `laws` are those of the theorem, in words.
    """

    theorem: Theorem
    statement: str = ""
    hypotheses: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    example: dict[Any, Any] = field(default_factory=dict, compare=False)
    claims: tuple[tuple[Any, Verdict], ...] = field(default=(), repr=False)
    by: str = "expansion"
    """How: by expansion over all paths, by instantiation of a general proof, or by induction over the layers."""
    word = "proved"

    def __str__(self) -> str:
        lines = [f"PROVED  {self.statement}"]
        lines += ["   where " + "; ".join(self.hypotheses)] if self.hypotheses else []
        lines += ["   by the laws: " + ", ".join(self.laws)] if self.laws else []
        return "\n".join(lines)


@dataclass(frozen=True)
class Refuted(Verdict):
    """A claim that is false: at `values`, exactly, `left` is not `right`.

    `claim` is that of a recursion or of a hand-written backward, and prints as what it claims.
    `values` maps symbols to rationals (and opaque functions to polynomials); `left` is ∂e/∂… as the forward pass gives it,
    `right` what was believed: rationals, or enclosing intervals (low, high) that are disjoint.
    `diagnosis` says what is wrong, and is given only where the claim, so mended, is proved.
    """

    claim: Any
    values: dict[Any, Any]
    left: Any
    right: Any
    diagnosis: str | None = None
    claims: tuple[tuple[Any, Verdict], ...] = field(default=(), repr=False)
    theorem: Theorem | None = field(default=None, repr=False)
    network: str | None = None
    """The network on which it fails, where the claim is about many."""
    word = "refuted"

    def __str__(self) -> str:
        at = ", ".join(
            f"{name} = {value}".replace(" ", "\xa0") for name, value in self.values.items()
        )
        lines = [
            f"REFUTED  {self.claim}" + (f", on the network {self.network}" if self.network else "")
        ]
        lines += [line.replace("\xa0", " ") for line in wrap(f"at {at}", 96, **INDENTED)]
        left, right = shown(self.left, self.right)
        lines += [f"   the derivative is {left}", f"   the formula gives {right}"]
        lines += [f"   diagnosis: {self.diagnosis}"] if self.diagnosis else []
        return "\n".join(lines)


@dataclass(frozen=True)
class Unknown(Verdict):
    """A claim neither proved nor refuted, and why."""

    claim: Any
    reason: str
    claims: tuple[tuple[Any, Verdict], ...] = field(default=(), repr=False)
    theorem: Theorem | None = field(default=None, repr=False)
    word = "unknown"

    def __str__(self) -> str:
        return f"UNKNOWN  {self.claim or 'the recursion'}\n   {self.reason}"


def shown(left: Any, right: Any) -> tuple[str, str]:
    """Both sides, to as many digits as it takes to see them differ: rationals as they are, intervals in decimals.

    >>> from fractions import Fraction
    >>> shown(Fraction(3, 4), Fraction(1))
    ('3/4', '1')
    """
    for digits in (12, 30, 90, 400):
        texts = _digits(left, digits), _digits(right, digits)
        if texts[0] != texts[1]:
            break
    return texts


LONG = 100
"""A fraction of so many digits is shown in decimals."""


def _decimal(value: Any, digits: int) -> str:
    """A long fraction to so many digits; it is no decimal of so many."""
    with localcontext() as own:
        own.prec = digits
        return f"{Decimal(value.numerator) / Decimal(value.denominator)}…"


def _digits(value: Any, digits: int) -> str:
    if not isinstance(value, tuple):
        text = str(value)
        if len(text) < 25:
            return text
        return f"{text} ≈ {float(value):.6g}" if len(text) < LONG else _decimal(value, digits)
    low, high = (v.context.nstr(v, digits) for v in value)
    if value[0] == value[1]:
        return str(low)
    return f"{low}…" if low == high else f"between {low} and {high}"
