"""A rule: a formula, what is believed of its derivative, and the names in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ..errors import InputError
from ..kernel import Slope, Sym, Term
from ..kernel.terms import Mul
from ..network.functions import definitions
from .aliases import put, unaliased
from .assumptions import Assumed, assumed, stated
from .grammar import Formula, number, parse
from .knowledge import every
from .reading import CONSTANTS, Reader
from .search import INCOMING

VALUE = "ans"


@dataclass(frozen=True)
class Rule:
    """backward = g ∂forward/∂wrt; `ans` in it is the forward's value."""

    forward: Formula
    backward: Formula
    wrt: str
    names: tuple[str, ...]
    assumed: Assumed
    texts: tuple[str, str] = field(default=("", ""), compare=False)

    def __str__(self) -> str:
        forward, backward = (
            t or str(f) for t, f in zip(self.texts, (self.forward, self.backward), strict=True)
        )
        return f"g ∂/∂{self.wrt} ({forward}) = {backward}"

    @property
    def symbols(self) -> dict[str, Term]:
        return {n: Sym(n) for n in (*self.names, INCOMING)}

    def reader(self) -> Reader:
        return Reader(self.symbols, self.assumed.integers)

    @property
    def own(self) -> Formula:
        """The backward formula with the forward's value spelt out."""
        return put(self.backward, {VALUE: self.forward})

    def goal(self) -> tuple[Slope, tuple[Any, ...]]:
        """d(g F)/dwrt = backward, and the definitions of the functions that stand in it."""
        reader = self.reader()
        forward = reader.term(self.forward)
        inner = Reader({**reader.names, VALUE: forward}, reader.integers, used=reader.used)
        backward = inner.term(self.backward)
        goal = Slope(Mul((Sym(INCOMING), forward)), Sym(self.wrt), backward)
        return goal, definitions(reader.used)


def rule(
    forward: Any, backward: Any, wrt: str | None, assume: Any, args: Sequence[str] | None
) -> Rule:
    """A rule from what a user gave.  InputError says what was wrong, and where."""
    first, second = (
        _formula(f, what) for f, what in ((forward, "forward"), (backward, "backward"))
    )
    condition = stated(assume)
    own = names_of(first)
    if args is not None:
        own = _checked(args, own)
    for name in (INCOMING, VALUE):
        if name in own:
            raise InputError(f"forward: the name {name} is kept for the backward formula")
    missing = [n for n in names_of(second) if n not in (*own, INCOMING, VALUE)]
    missing += [n for n in names_of(condition) if n not in own]
    if missing:
        raise InputError(f"{missing[0]}: expected a name that is in forward ({', '.join(own)})")
    if not own:
        raise InputError(f"forward: expected a formula with a variable in it, got {first}")
    by = own[0] if wrt is None and len(own) == 1 else "x" if wrt is None and "x" in own else wrt
    if by not in own:
        raise InputError(f"wrt: expected one of {', '.join(own)}, got {wrt!r}")
    known = assumed(condition, {n: Sym(n) for n in own})
    one, other = [t.strip() if isinstance(t, str) else "" for t in (forward, backward)]
    return Rule(first, second, by, own, known, (one, other))


def _checked(args: Sequence[str], own: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(args, str) or not all(isinstance(a, str) for a in args):
        raise InputError(f"args: expected a list of names, got {args!r}")
    missing = [n for n in own if n not in args]
    if missing:
        raise InputError(f"args: expected {missing[0]}, which is in forward, to be among them")
    return tuple(dict.fromkeys(args))


def _formula(f: Any, what: str) -> Formula:
    if isinstance(f, Formula):
        return f
    if isinstance(f, int | float) and not isinstance(f, bool):
        return number(Fraction(repr(f))) if f == f and abs(f) != float("inf") else _no(f, what)
    return parse(f) if isinstance(f, str) else _no(f, what)


def _no(f: Any, what: str) -> Formula:
    raise InputError(f"{what}: expected a formula as text or a function, got {type(f).__name__}")


def names_of(f: Formula) -> tuple[str, ...]:
    """The names in a formula that are no constants, in the order in which they come."""
    found = [g.text for g in every(f) if g.head == "name" and g.text not in CONSTANTS]
    return tuple(dict.fromkeys(found))


def decimals(fs: Iterable[Formula]) -> dict[str, tuple[Fraction, Fraction]]:
    """What each decimal may be a rounding of, by its text: half a unit of its last digit either way.

    Of six digits and more it is a whole unit, for some cut off what others round.

    Decimals of one digit that counts (0.1), and those that a float holds exactly (0.5), are what they say.

    >>> decimals([parse("0.045*x + 0.5 + 1e-5")])
    {'0.045': (Fraction(89, 2000), Fraction(91, 2000))}
    """
    out = {}
    for f in [g for h in fs for g in every(unaliased(h)) if g.head == "number" and g.text]:
        mantissa, _, exponent = f.text.lower().partition("e")
        digits = mantissa.replace(".", "").lstrip("0")
        value = f.value or Fraction(0)
        exact = "." not in mantissa or not value.denominator & (value.denominator - 1)
        if not exact and len(digits) > 1:
            places = len(mantissa.partition(".")[2]) - int(exponent or 0)
            half = Fraction(1 if len(digits) >= 6 else Fraction(1, 2)) * Fraction(10) ** -places
            if len(digits) >= 15:  # a double, and perhaps computed
                half = max(half, abs(value) * Fraction(8, 2**52))
            out[f.text] = (value - half, value + half)
    return out
