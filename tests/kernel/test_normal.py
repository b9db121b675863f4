"""Normal forms: one for equal terms, the right value at every point, and what they say of signs and fractions."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from kernel_oracle import (
    a,
    add,
    app,
    b,
    exact,
    inv,
    mul,
    neg,
    num,
    random_point,
    random_term,
    x,
    y,
    z,
)

from symbackprop.kernel import Add, App, Bracket, D, KernelError, Mul, Nonzero, Num, Pow, Term
from symbackprop.kernel.normal import Fractions, Ring, rewrite
from symbackprop.kernel.terms import rebuild

SYMBOLS = (x, y, z)
EVERY = "++**^-[g"
"""The heads of random terms: all that can be evaluated exactly."""


def terms(count: int, depth: int, heads: str, seed: int) -> list[Term]:
    """Random terms that have a normal form (0^-1 has none)."""
    r, out = random.Random(seed), list[Term]()
    while len(out) < count:
        t = random_term(r, depth, heads, SYMBOLS)
        try:
            if len(Ring().poly(t)) > 200:
                continue
        except KernelError:
            continue
        out.append(t)
    return out


def shuffled(r: random.Random, t: Term) -> Term:
    """The same term, its sums and products in another order and grouping."""
    if isinstance(t, Add | Mul):
        parts = [shuffled(r, u) for u in (t.terms if isinstance(t, Add) else t.factors)]
        r.shuffle(parts)
        if len(parts) > 2 and r.random() < 0.7:
            cut = r.randint(1, len(parts) - 1)
            parts = [type(t)(tuple(parts[:cut])), *parts[cut:]]
        if r.random() < 0.2:
            parts.insert(0, num(0) if isinstance(t, Add) else num(1))
        return type(t)(tuple(parts))
    if isinstance(t, Pow) and t.exponent > 1:
        base = shuffled(r, t.base)
        return mul(Pow(base, t.exponent - 1), base)
    if isinstance(t, Pow) and t.exponent < -1:
        base = shuffled(r, t.base)
        return mul(Pow(base, t.exponent + 1), inv(base))
    if isinstance(t, Bracket):
        return Bracket(mul(num(r.randint(1, 5), r.randint(1, 5)), shuffled(r, t.term)))
    if isinstance(t, App):
        return rebuild(t, tuple([shuffled(r, u) for u in t.args]))
    return t


@pytest.mark.parametrize("seed", range(8))
def test_confluence(seed: int) -> None:
    r = random.Random(1000 + seed)
    for t in terms(30, 3, EVERY, seed):
        ring = Ring()
        for _ in range(3):
            u = shuffled(r, t)
            assert ring.poly(u) == ring.poly(t), f"{t} and {u}"


@pytest.mark.parametrize("seed", range(8))
def test_a_normal_form_has_the_value_of_its_term_at_every_point(seed: int) -> None:
    r = random.Random(2000 + seed)
    for t in terms(30, 3, EVERY, 50 + seed):
        normal = Ring().normal(t)
        for _ in range(12):
            at = random_point(r, SYMBOLS)
            assert exact(normal, at) == exact(t, at), f"{t} at {at}"


@pytest.mark.parametrize("seed", range(4))
def test_a_normal_form_is_its_own(seed: int) -> None:
    for t in terms(30, 3, EVERY, 100 + seed):
        ring = Ring()
        u = ring.normal(t)
        assert ring.normal(u) == u
        fresh = Ring()
        assert fresh.poly(u) == fresh.poly(t)


@pytest.mark.parametrize("seed", range(4))
def test_polynomials_of_unlike_values_have_unlike_normal_forms(seed: int) -> None:
    """And of like values, like ones: for polynomials in variables the normal form decides."""
    r = random.Random(3000 + seed)
    both = {True: 0, False: 0}
    for t in terms(30, 3, "+*^", 150 + seed):
        other = add(t, r.choice([num(0), mul(x, add(y, neg(y))), x, num(1, 7)]))
        ring = Ring()
        same = ring.poly(t) == ring.poly(other)
        points = [random_point(r, SYMBOLS) for _ in range(20)]
        assert same == all(exact(t, p) == exact(other, p) for p in points)
        both[same] += 1
    assert all(both.values())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Pow(add(x, y), 2), add(Pow(x, 2), mul(num(2), x, y), Pow(y, 2))),
        (Pow(Bracket(x), 2), Bracket(x)),
        (Pow(Bracket(x), -1), Bracket(x)),
        (Bracket(mul(num(3), x)), Bracket(x)),
        (Bracket(num(1, 2)), num(1)),
        (Bracket(num(0)), num(0)),
        (Bracket(num(-1)), num(0)),
        (Bracket(neg(app("exp", x))), num(0)),
        (Bracket(add(num(1), Pow(x, 2))), num(1)),
        (inv(inv(x)), x),
        (inv(mul(num(2), x, y)), mul(num(1, 2), inv(x), inv(y))),
        (inv(add(mul(num(2), x), num(2))), mul(num(1, 2), inv(add(x, num(1))))),
        (Pow(x, 0), num(1)),
        (Pow(app("sqrt", num(2)), 3), mul(num(2), app("sqrt", num(2)))),
        (app("g", add(x, y)), app("g", add(y, x))),
        (Add(()), num(0)),
        (Mul(()), num(1)),
    ],
    ids=str,
)
def test_equal(left: Term, right: Term) -> None:
    ring = Ring()
    assert ring.poly(left) == ring.poly(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (mul(x, inv(x)), num(1)),  # false at 0
        (mul(Pow(x, 2), inv(x)), Pow(inv(x), -2)),
        (inv(add(x, y)), add(inv(x), inv(y))),
        (Bracket(neg(x)), add(num(1), neg(Bracket(x)))),  # false at 0
        (Bracket(neg(x)), Bracket(x)),
        (Bracket(Pow(x, 2)), num(1)),  # false at 0
        (Bracket(mul(x, y)), mul(Bracket(x), Bracket(y))),
        (Pow(app("sqrt", x), 2), x),  # unknown below 0
        (app("sqrt", Pow(x, 2)), x),
        (Pow(app("sqrt", x, orders=(1,)), 2), x),
        (app("g", x), app("g", y)),
        (app("g", x), app("g", x, orders=(1,))),
        (app("g", neg(x)), neg(app("g", x))),
        (app("h", x, y), app("h", y, x)),
        (app("exp", x, orders=(1,)), app("exp", x)),  # a law, not a normal form
        (D(add(x, y), x), D(add(y, x), y)),
        (D(x, x), num(1)),
        (x, y),
    ],
    ids=str,
)
def test_unequal(left: Term, right: Term) -> None:
    ring = Ring()
    assert ring.poly(left) != ring.poly(right)


@pytest.mark.parametrize("t", [num(0), add(x, neg(x)), mul(num(0), y), Bracket(num(-1))], ids=str)
def test_the_inverse_of_nothing_is_refused(t: Term) -> None:
    with pytest.raises(KernelError):
        Ring().poly(inv(t))
    with pytest.raises(KernelError):
        Fractions(Ring()).of(inv(t))


def test_a_ring_bounds_degree_and_size() -> None:
    with pytest.raises(KernelError, match="degree"):
        Ring().poly(Pow(Pow(x, 100), 100))
    long = Add(tuple([app("g", num(k)) for k in range(6000)]))
    with pytest.raises(KernelError, match="work"):
        Ring().poly(mul(long, long))


def test_many_brackets_are_reduced() -> None:
    """An honest step: 1,830 monomials, each with the square of one bracket."""
    long = Add(tuple([app("g", num(k)) for k in range(60)]))
    ring = Ring()
    once = mul(Bracket(x), long)
    assert ring.poly(mul(once, once)) == ring.poly(mul(Bracket(x), long, long))


# --- signs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_what_is_plainly_of_one_sign_is_so_at_every_point(seed: int) -> None:
    r = random.Random(4000 + seed)
    found = 0
    for t in terms(150, 2, "++*^^-[", 300 + seed):
        ring = Ring()
        p = ring.poly(t)
        sign, nonzero = ring.sign(p), ring.nonzero(p)
        assert nonzero or not sign
        for _ in range(20):
            value = exact(t, random_point(r, SYMBOLS))
            assert sign == 0 or sign * value > 0, t
            assert not nonzero or value != 0, t
        found += bool(sign)
    assert found


@pytest.mark.parametrize(
    ("t", "sign"),
    [
        (num(3), 1),
        (num(-1, 3), -1),
        (num(0), 0),
        (app("exp", x), 1),
        (neg(app("exp", x)), -1),
        (App("pi", (), ()), 1),
        (app("sqrt", add(num(1), Pow(x, 2))), 1),
        (app("sqrt", x), 0),
        (app("sqrt", Pow(x, 2)), 0),
        (inv(add(num(1), app("exp", x))), 1),
        (inv(x), 0),
        (Pow(x, 2), 0),
        (add(Pow(x, 2), num(1)), 1),
        (add(Pow(x, 2), num(-1)), 0),
        (add(x, num(1)), 0),
        (Bracket(x), 0),
        (add(Bracket(x), num(1)), 1),
        (add(neg(Bracket(x)), num(1)), 0),
        (app("log", x), 0),
        (app("g", x), 0),
        (app("exp", x, orders=(1,)), 0),
        (app("sqrt", num(2), orders=(1,)), 0),
        (mul(x, y), 0),
        (mul(Pow(x, 2), y), 0),
    ],
    ids=str,
)
def test_plain_signs(t: Term, sign: int) -> None:
    ring = Ring()
    assert ring.sign(ring.poly(t)) == sign


def test_what_is_known_to_be_positive_counts() -> None:
    ring = Ring()
    p = ring.poly(add(x, mul(x, y)))
    assert not ring.positive(p, frozenset({x}))
    assert ring.positive(p, frozenset({x, y}))
    assert not ring.positive(ring.poly(mul(x, z)), frozenset({x, y}))


# --- fractions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_fraction_has_the_value_of_its_term_where_its_needs_hold(seed: int) -> None:
    r = random.Random(5000 + seed)
    compared = 0
    for t in terms(30, 3, "++**-^-[g", 400 + seed):
        f = Fractions(Ring())
        try:
            top, bottom = f.of(t)
        except KernelError:
            continue
        numerator = f.ring.term(top)
        denominator = [Pow(f.ring.term(dict(d)), n) for d, n in bottom.items()]
        for _ in range(12):
            at = random_point(r, SYMBOLS)
            if any(exact(p.term, at) == 0 for p in f.needs if isinstance(p, Nonzero)):
                continue
            below = exact(Mul(tuple(denominator)), at)
            assert below != 0
            assert exact(t, at) == exact(numerator, at) / below
            compared += 1
    assert compared > 50


@pytest.mark.parametrize(
    ("left", "right", "needs"),
    [
        (mul(x, inv(x)), num(1), {Nonzero(x)}),
        (add(inv(x), inv(y)), mul(add(x, y), inv(mul(x, y))), {Nonzero(x), Nonzero(y)}),
        (mul(app("exp", x), inv(app("exp", x))), num(1), set()),
        (inv(add(num(1), inv(x))), mul(x, inv(add(x, num(1)))), {Nonzero(x)}),
        (Pow(inv(x), 0), num(1), {Nonzero(x)}),
    ],
    ids=str,
)
def test_fractions_are_equal_under_their_needs(
    left: Term, right: Term, needs: set[Nonzero]
) -> None:
    f = Fractions(Ring())
    assert f.equal(left, right)
    assert needs <= f.needs


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (inv(x), x),
        (mul(x, inv(y)), mul(y, inv(x))),
        (inv(add(x, y)), add(inv(x), inv(y))),
        (inv(Pow(x, 2)), inv(x)),
        (Bracket(mul(x, inv(x))), num(1)),
        (add(inv(x), num(1)), inv(x)),
    ],
    ids=str,
)
def test_unequal_fractions(left: Term, right: Term) -> None:
    assert not Fractions(Ring()).equal(left, right)


# --- rewriting -------------------------------------------------------------------------------------------------


def test_what_a_rule_put_there_is_open_to_later_rules_only() -> None:
    rules = {x: (0, add(x, y)), y: (1, add(x, z))}
    assert rewrite(x, rules, 0, {}) == add(x, add(x, z))
    assert rewrite(y, rules, 0, {}) == add(x, z)


@pytest.mark.parametrize("t", [D(Pow(x, 2), x), D(a, x), D(mul(x, y), y)], ids=str)
def test_nothing_is_rewritten_inside_a_derivative(t: Term) -> None:
    assert rewrite(t, {x: (0, y), a: (1, b)}, 0, {}) == t


@pytest.mark.parametrize("seed", range(4))
def test_rewriting_by_equations_that_hold_keeps_the_value(seed: int) -> None:
    r = random.Random(6000 + seed)
    changed = 0
    for t in terms(40, 3, EVERY, 500 + seed):
        at = random_point(r, SYMBOLS)
        at[z] = at[x] * at[y] + 1
        at[x] = at[y] ** 2
        at[z] = at[x] * at[y] + 1
        rules = {x: (0, Pow(y, 2)), z: (1, add(mul(x, y), num(1))), y: (2, y)}
        out = rewrite(t, rules, 0, {})
        assert exact(out, at) == exact(t, at)
        changed += out != t
    assert changed


def test_numbers_are_exact() -> None:
    big = 10**40
    ring = Ring()
    assert ring.poly(mul(num(1, big), num(big))) == ring.poly(num(1))
    assert ring.poly(add(num(big), num(1))) != ring.poly(num(big))
    assert ring.normal(Num(Fraction(4, 6))) == num(2, 3)
