"""Fractions: what is left once inverses are cleared is right at every point, and the factors prove it to the kernel."""

from __future__ import annotations

import random

import pytest
from kernel_oracle import a, add, app, exact, inv, mul, neg, num, random_point, random_term, x, y, z

from symbackprop.certificates import check
from symbackprop.derive.builder import Builder
from symbackprop.derive.fractions import cleared
from symbackprop.kernel import (
    Bracket,
    Eq,
    KernelError,
    Nonzero,
    Positive,
    Pow,
    Term,
    Theorem,
    subterms,
)
from symbackprop.kernel.normal import Ring


def fractions(seed: int) -> list[Term]:
    """Random terms with inverses that have a normal form."""
    r, out = random.Random(seed), list[Term]()
    while len(out) < 30:
        t = random_term(r, 3, "++**-^-[g", (x, y, z))
        try:
            if len(Ring().poly(t)) <= 200:
                out.append(t)
        except KernelError:
            continue
    return out


@pytest.mark.parametrize("seed", range(6))
def test_what_is_cleared_has_the_value_of_its_term_where_nothing_is_divided_by_0(seed: int) -> None:
    r = random.Random(5000 + seed)
    compared = 0
    for t in fractions(400 + seed):
        ring = Ring()
        top, under, factors = cleared(ring, ring.poly(t))
        assert not any(isinstance(ring.atoms[k], Pow) for m in top for k in m)
        gaps = [(mul(d, inv(d)), q) for d, q in factors]
        whole = add(
            mul(ring.term(top), ring.term(under)), *[mul(q, add(g, num(-1))) for g, q in gaps]
        )
        assert ring.poly(whole) == ring.poly(t)
        for _ in range(12):
            at = random_point(r, (x, y, z))
            if all(exact(d, at) for d, _ in factors):
                assert exact(t, at) == exact(mul(ring.term(top), ring.term(under)), at)
                compared += bool(factors)
    assert compared > 50


def proved(left: Term, right: Term) -> Theorem | None:
    """The theorem that left = right as fractions; None where they are not equal."""
    b = Builder((), ())
    step = b.fraction(left, right, [])
    return None if step is None else check(b.proof([step]))


@pytest.mark.parametrize(
    ("left", "right", "needs"),
    [
        (mul(x, inv(x)), num(1), {Nonzero(x)}),
        (add(inv(x), inv(y)), mul(add(x, y), inv(mul(x, y))), {Nonzero(x), Nonzero(y)}),
        (mul(app("exp", x), inv(app("exp", x))), num(1), set()),
        (inv(add(num(1), inv(x))), mul(x, inv(add(x, num(1)))), {Nonzero(x)}),
        (Pow(inv(x), 0), num(1), {Nonzero(x)}),
        (inv(mul(add(x, y), add(x, z))), mul(inv(add(x, y)), inv(add(x, z))), {Nonzero(add(x, y))}),
        (mul(inv(x), inv(add(x, num(1)))), add(inv(x), neg(inv(add(x, num(1))))), {Nonzero(x)}),
        (
            mul(add(Pow(x, 3), neg(Pow(y, 3))), inv(add(x, neg(y)))),
            add(Pow(x, 2), mul(x, y), Pow(y, 2)),
            set(),
        ),
        (
            inv(add(x, inv(add(x, inv(x))))),
            mul(add(Pow(x, 2), num(1)), inv(add(Pow(x, 3), mul(num(2), x)))),
            {Nonzero(x)},
        ),
        (inv(app("sqrt", num(2))), mul(num(1, 2), app("sqrt", num(2))), set()),
    ],
    ids=lambda value: (
        " and ".join(sorted(map(str, value))) if isinstance(value, set) else str(value)
    ),
)
def test_equal_fractions(left: Term, right: Term, needs: set[Nonzero]) -> None:
    theorem = proved(left, right)
    assert theorem is not None
    assert theorem.conclusions == (Eq(left, right),)
    assert needs <= set(theorem.hypotheses)
    assert all(isinstance(p, Nonzero) for p in theorem.hypotheses)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (inv(x), x),
        (mul(x, inv(y)), mul(y, inv(x))),
        (inv(add(x, y)), add(inv(x), inv(y))),
        (inv(Pow(x, 2)), inv(x)),
        (Bracket(mul(x, inv(x))), num(1)),
        (add(inv(x), num(1)), inv(x)),
        (inv(add(x, neg(x))), num(0)),
    ],
    ids=str,
)
def test_unequal_fractions(left: Term, right: Term) -> None:
    assert proved(left, right) is None


@pytest.mark.parametrize(
    ("p", "shows"),
    [
        (Positive(add(num(1), neg(inv(add(num(1), app("exp", x)))))), True),
        (Nonzero(add(inv(add(num(1), app("exp", x))), num(-1))), True),
        (Positive(add(inv(add(num(1), app("exp", x))), num(-1))), False),
        (Positive(add(num(1), neg(mul(num(2), inv(add(num(1), app("exp", x))))))), False),
        (Positive(add(num(1), neg(inv(add(num(1), x))))), False),
        (Nonzero(a), False),
    ],
    ids=str,
)
def test_the_sign_of_a_fraction(p: Positive | Nonzero, shows: bool) -> None:
    b = Builder((), ())
    step = b.sign(p)
    assert (step is not None) == shows
    if step is not None:
        theorem = check(b.proof([step]))
        assert theorem.conclusions == (p,)
        assert theorem.hypotheses == ()


def test_no_condition_but_on_what_stands_under_the_line() -> None:
    theorem = proved(mul(x, y, inv(x)), y)
    assert theorem is not None
    assert theorem.hypotheses == (Nonzero(x),)
    assert y in subterms(theorem.conclusions[0])
