"""Facts that are no laws of the kernel, for they follow from those that are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kernel_oracle import add, inv, mul, neg, num, prove, x, y

from symbackprop.kernel import (
    AtLeast,
    Bound,
    Eq,
    Int,
    Nonzero,
    Positive,
    Prop,
    Step,
    Sum,
    Sym,
    Term,
    minus,
    opened,
    whole,
)
from symbackprop.kernel.laws import ONE, ZERO, cos, exp, instance, log, sin

LESS = num(-1)
m, n = Int("m"), Int("n")


def law(name: str, *terms: Term) -> Step:
    return Step(f"law {name}", (), instance(name, terms)[0], terms)


def ring(left: Term, right: Term, *uses: int) -> Step:
    return Step("ring", uses, Eq(left, right))


def combined(p: Prop, **rows: Term) -> Step:
    """p as a sum of multiples of earlier steps: s3=q is q times step 3."""
    return Step("combine", tuple([int(k[1:]) for k in rows]), p, tuple(rows.values()))


def log_one() -> list[Step]:
    return [
        law("log exp", ZERO),
        law("exp zero"),
        ring(log(exp(ZERO)), log(ONE), 1),
        combined(Eq(log(ONE), ZERO), s0=ONE, s2=LESS),
    ]


def log_product(a: Term = x, b: Term = y) -> list[Step]:
    total, product = add(log(a), log(b)), mul(a, b)
    return [
        law("exp sum", log(a), log(b)),
        law("exp log", a),
        law("exp log", b),
        law("log exp", total),
        ring(log(exp(total)), log(product), 0, 1, 2),
        combined(Eq(log(product), total), s3=ONE, s4=LESS),
    ]


def log_inverse() -> list[Step]:
    product = mul(x, inv(x))
    return [
        *log_product(x, inv(x)),
        Step("hypothesis", (), Positive(x)),
        Step("sign", (6,), Nonzero(x)),
        combined(Eq(product, ONE), s7=ONE),
        law("exp zero"),
        law("log exp", ZERO),
        ring(log(exp(ZERO)), log(product), 9, 8),
        combined(Eq(log(inv(x)), neg(log(x))), s5=LESS, s10=ONE, s11=LESS),
    ]


def at_zero() -> list[Step]:
    """sin(0) = 0 and cos(0) = 1, from s = 2 s c, c = c^2 - s^2 and s^2 + c^2 = 1."""
    s, c = sin(ZERO), cos(ZERO)
    return [
        law("sin sum", ZERO, ZERO),
        law("cos sum", ZERO, ZERO),
        law("pythagoras", ZERO),
        combined(Eq(s, ZERO), s0=neg(c), s1=s, s2=neg(s)),
        combined(Eq(c, ONE), s1=ONE, s2=ONE, s3=mul(num(-2), s)),
    ]


def last_apart() -> list[Step]:
    """Turned about, the last term is the first."""
    f = Sym("f", (Bound(0),)) * Bound(0)
    turned = law("reverse", m, n, f)
    assert isinstance(turned.conclusion, Eq)
    assert isinstance(turned.conclusion.right, Sum)
    body = turned.conclusion.right.body
    rest = Sum(m, whole(n, -1), f)
    return [
        turned,
        law("split", m, n, body),
        law("reverse", whole(m, 1), n, body),
        combined(Eq(Sum(m, n, f), add(rest, opened(f, n))), s0=ONE, s1=ONE, s2=ONE),
    ]


DERIVED: list[tuple[Callable[[], list[Step]], str, set[Prop]]] = [
    (log_one, "log(1) = 0", set()),
    (
        log_product,
        "log(x * y) = log(x) + log(y)",
        {Positive(x), Positive(y), Positive(mul(x, y))},
    ),
    (log_inverse, "log(x^-1) = -log(x)", {Positive(x), Positive(inv(x)), Nonzero(x)}),
    (at_zero, "cos(0) = 1", set()),
    (lambda: at_zero()[:4], "sin(0) = 0", set()),
    (
        last_apart,
        "sum(l = m..n: f[l] * l) = sum(l = m..n-1: f[l] * l) + f[n] * n",
        {AtLeast(whole(n, minus(m)))},
    ),
]
"""What is proved, as it prints, and what it needs, its being defined included."""


@pytest.mark.parametrize(("steps", "said", "needs"), DERIVED, ids=[row[1] for row in DERIVED])
def test_a_fact_that_is_no_law_follows(
    steps: Callable[[], list[Step]], said: str, needs: set[Prop]
) -> None:
    theorem = prove(*steps())
    assert str(theorem.conclusions[-1]) == said
    assert set(theorem.hypotheses) == needs
