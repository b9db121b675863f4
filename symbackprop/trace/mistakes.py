"""What is wrong with a refuted rule: common mistakes, each undone; said only where the rule, so mended, is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..kernel import KernelError
from .aliases import put, unaliased
from .grammar import Formula, name, number
from .knowledge import every
from .refuting import Refuting
from .rule import VALUE, Rule, names_of
from .search import INCOMING, Places

Mended = tuple[str, Formula]
Mistake = Callable[[Rule], Iterator[Mended]]
MAX_TRIED = 250


def diagnosis(rule: Rule, places: Places, proved: Callable[[Rule], bool]) -> str | None:
    """The first mistake whose repair is proved, with the rule as it should be; None where there is none."""
    points = places.few(4) + list(places.points(40, wide=True))[:4]
    tried = 0
    for mistake in MISTAKES:
        for sentence, backward in mistake(rule):
            tried += 1
            if tried > MAX_TRIED:
                return None
            own = replace(rule, backward=backward, texts=("", ""))
            refuting = Refuting(own)
            if any(refuting.differs(p) is not None for p in points) or not _holds(own, proved):
                continue
            return f"{sentence}: it is {backward}"
    return None


def _holds(rule: Rule, proved: Callable[[Rule], bool]) -> bool:
    try:
        return proved(rule)
    except (KernelError, ValueError, RecursionError):
        return False


def _times(a: Formula, b: Formula) -> Formula:
    return Formula("*", (a, b))


def _sign(rule: Rule) -> Iterator[Mended]:
    yield "the sign is wrong", Formula("neg", (rule.backward,))


def _factor(rule: Rule) -> Iterator[Mended]:
    for n in (2, 3, 4):
        yield f"a factor {n} is missing", _times(number(n), rule.backward)
        yield f"a factor {n} is too much", Formula("/", (rule.backward, number(n)))


def _incoming(rule: Rule) -> Iterator[Mended]:
    if INCOMING not in names_of(rule.backward):
        yield "the incoming gradient is missing", _times(name(INCOMING), rule.backward)


def _value(rule: Rule) -> Iterator[Mended]:
    """The argument where the forward's value is meant, and the reverse."""
    if VALUE in names_of(rule.backward):
        swapped = put(rule.backward, {VALUE: name(rule.wrt)})
        yield f"it has the forward's value in place of {rule.wrt}", swapped
    swapped = put(rule.backward, {rule.wrt: name(VALUE)})
    yield f"it has {rule.wrt} in place of the forward's value", swapped


def _other(rule: Rule) -> Iterator[Mended]:
    """Two arguments exchanged."""
    for other in [n for n in rule.names if n != rule.wrt]:
        swapped = put(rule.backward, {rule.wrt: name(other), other: name(rule.wrt)})
        yield f"{rule.wrt} and {other} are exchanged", swapped


def _twice(rule: Rule) -> Iterator[Mended]:
    """f(f(u)) for f(u)."""
    yield from _parts(
        rule,
        lambda f: f.args[0] if len(f.args) == 1 and f.args[0].head == f.head else None,
        "{0} is applied twice",
    )


def _branch_signs(rule: Rule) -> Iterator[Mended]:
    yield from _parts(rule, _flipped, "a sign in it is wrong, at {0}")


def _flipped(f: Formula) -> Formula | None:
    if f.head == "neg":
        return f.args[0]
    if f.head == "+":
        return Formula("+", (f.args[0], Formula("neg", (f.args[1],))))
    return None


def _comparisons(rule: Rule) -> Iterator[Mended]:
    turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
    yield from _parts(
        rule,
        lambda f: Formula(turned[f.head], f.args) if f.head in turned else None,
        "the condition {0} is turned round",
    )


def _exponents(rule: Rule) -> Iterator[Mended]:
    for step in (1, -1):

        def moved(f: Formula, step: int = step) -> Formula | None:
            if f.head != "**" or f.args[1].value is None:
                return None
            return Formula("**", (f.args[0], number(f.args[1].value + step)))

        yield from _parts(rule, moved, "an exponent is off by one, at {0}")


def _conditions(rule: Rule) -> Iterator[Mended]:
    """A condition on the forward's value where one on an argument is meant."""

    def moved(f: Formula) -> Formula | None:
        inside = f.head in ("<", ">", "<=", ">=") and VALUE in names_of(f)
        return put(f, {VALUE: name(rule.wrt)}) if inside else None

    yield from _parts(
        rule, moved, "a condition on the forward's value is meant for the argument, at {0}"
    )


def _special(rule: Rule) -> Iterator[Mended]:
    """A case too much: one of the rule's cases for all."""
    for f in [f for f in every(rule.backward) if f.head == "Piecewise"]:
        for pair in f.args:
            if pair.head == "pair":
                yield "a case in it is wrong", _replaced(rule.backward, f, pair.args[0])


def _chain(rule: Rule) -> Iterator[Mended]:
    """The derivative of an inner function missing, for what stands in a function in the forward formula."""
    for f in dict.fromkeys(every(unaliased(rule.forward))):
        inner = [a for a in f.args if rule.wrt in names_of(a) and a.head not in ("name", "pair")]
        for a in inner if f.head not in ("pair", "Piecewise") else []:
            for factor in _slopes(a, rule.wrt):
                yield f"the derivative of {a} is missing", _times(rule.backward, factor)


def _slopes(a: Formula, wrt: str) -> Iterator[Formula]:
    """What may be the derivative of a simple inner formula."""
    from .slopes import slope

    found = slope(a, wrt)
    if found is not None and found != number(1):
        yield found


def _true(rule: Rule) -> Iterator[Mended]:
    """Nothing of the above: what it should be, where that is short."""
    from .slopes import slope

    found = slope(unaliased(rule.forward), rule.wrt)
    if found is not None and len(str(found)) < 100:
        yield "it is none of the common mistakes", _times(name(INCOMING), found)


def _parts(rule: Rule, change: Callable[[Formula], Formula | None], says: str) -> Iterator[Mended]:
    """The rule with one part of it changed, for each part that can be."""
    for f in dict.fromkeys(every(rule.backward)):
        new = change(f)
        if new is not None:
            yield says.format(f), _replaced(rule.backward, f, new)


def _replaced(f: Formula, old: Formula, new: Formula) -> Formula:
    if f == old:
        return new
    args = tuple([_replaced(a, old, new) for a in f.args])
    return f if args == f.args else Formula(f.head, args, f.value, f.text, f.at)


MISTAKES: tuple[Mistake, ...] = (
    _sign,
    _factor,
    _incoming,
    _value,
    _other,
    _twice,
    _conditions,
    _comparisons,
    _branch_signs,
    _exponents,
    _special,
    _chain,
    _true,
)
"""In this order."""
