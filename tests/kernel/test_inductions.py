"""Inductions over several statements at once: what their steps may rest on."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from symbackprop.certificates import check
from symbackprop.kernel import (
    Definition,
    Eq,
    Int,
    KernelError,
    Nonzero,
    Proof,
    Step,
    Sym,
    Term,
)
from symbackprop.kernel.integers import index, minus, whole
from symbackprop.kernel.terms import num

T, V = Int("T", (0,)), Int("v")


def a(k: Term | int) -> Sym:
    return Sym("a", (index(k),))


def b(k: Term | int) -> Sym:
    return Sym("b", (index(k),))


UP = Int("t")
RANGE = (whole(UP, -1), whole(T, minus(UP)))
BEFORE = whole(UP, -1)
DEFINITIONS = (
    Definition(a(UP), a(BEFORE) + b(BEFORE), (UP,), RANGE),
    Definition(b(UP), a(BEFORE) - b(BEFORE), (UP,), RANGE),
)
"""a and b are carried on together: if both are 0 at first, both are 0 for all t."""
NEXT = whole(V, 1)
ZERO = num(0)
STEPS = (
    Step("hypothesis", (), Eq(a(0), ZERO)),
    Step("hypothesis", (), Eq(b(0), ZERO)),
    Step("hypothesis", (), Eq(a(V), ZERO)),
    Step("hypothesis", (), Eq(b(V), ZERO)),
    Step("definition", (), Eq(a(NEXT), a(V) + b(V))),
    Step("definition", (), Eq(b(NEXT), a(V) - b(V))),
    Step("ring", (4, 2, 3), Eq(a(NEXT), ZERO)),
    Step("ring", (5, 2, 3), Eq(b(NEXT), ZERO)),
    Step("induction", (0, 1, 6, 7), Eq(a(V), ZERO), (V, ZERO, T)),
)


def proof(last: Step) -> Proof:
    steps = (*STEPS[:-1], last)
    return Proof((), DEFINITIONS, steps, (len(steps) - 1,))


def test_both_at_once() -> None:
    theorem = check(proof(STEPS[-1]))
    assert theorem.conclusions == (Eq(a(V), ZERO),)
    shown = {str(h) for h in theorem.hypotheses}
    assert shown == {"a[0] = 0", "b[0] = 0", "v >= 0", "T[0]-v >= 0"}


def test_the_other_one_too() -> None:
    other = replace(STEPS[-1], conclusion=Eq(b(V), ZERO))
    assert check(proof(other)).conclusions == (Eq(b(V), ZERO),)


@pytest.mark.parametrize("uses", [u for n in range(5) for u in product((0, 1, 6, 7), repeat=n)])
def test_bases_and_steps_belong_together(uses: tuple[int, ...]) -> None:
    """Each statement has its base and its step; what one step assumes of another is proved, too."""
    if uses in ((0, 1, 6, 7), (1, 0, 7, 6)):
        check(proof(replace(STEPS[-1], uses=uses)))
        return
    with pytest.raises(KernelError):
        check(proof(replace(STEPS[-1], uses=uses)))


@pytest.mark.parametrize(
    "change",
    [
        {"conclusion": Eq(a(NEXT), ZERO)},
        {"conclusion": Eq(a(V), num(1))},
        {"conclusion": Nonzero(a(V))},
        {"extra": (V, num(1), T)},
        {"extra": (V, num(-1), T)},
        {"extra": (V, ZERO, T, T)},
        {"extra": (V,)},
        {"extra": (T, ZERO, T)},
    ],
)
def test_what_it_says_and_from_where(change: dict[str, object]) -> None:
    with pytest.raises(KernelError):
        check(proof(replace(STEPS[-1], **change)))  # type: ignore[arg-type]
