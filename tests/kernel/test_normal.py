"""Normal forms: one for equal terms, the right value at every point, and what they say of signs."""

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

from symbackprop.kernel import (
    Add,
    All,
    App,
    Bound,
    Bracket,
    D,
    Eq,
    Int,
    KernelError,
    Kron,
    Mul,
    Num,
    Pow,
    Prop,
    Sum,
    Sym,
    Term,
    rebuild,
    whole,
)
from symbackprop.kernel.normal import Ring
from symbackprop.kernel.rewriting import Rewriting

SYMBOLS = (x, y, z)
m, n = Int("m"), Int("n")
XM, X0, X1 = [Sym("x", (k,)) for k in (m, Bound(0), Bound(1))]
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


def under(t: Term, high: Term = n) -> Term:
    return Sum(num(1), high, t)


L = Int("d", (Int("l"),))
LEVELS = (Bound(0), Bound(1))
W01, W10 = Sym("w", LEVELS), Sym("w", LEVELS[::-1])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (under(add(X0, y)), add(under(X0), under(y))),
        (under(mul(X0, y)), mul(y, under(X0))),
        (under(X0), Sum(num(0), whole(n, -1), Sym("x", (whole(Bound(0), 1),)))),
        (under(under(W01)), under(under(W10))),
        (under(under(mul(X0, Sym("x", (Bound(1),))))), Pow(under(X0), 2)),
        (under(under(W01, high=m)), Sum(num(1), m, under(W10))),
        (Sum(num(1), num(3), X0), Add(tuple([Sym("x", (k,)) for k in (1, 2, 3)]))),
        (Sum(n, whole(n, 1), X0), add(Sym("x", (n,)), Sym("x", (whole(n, 1),)))),
        (Sum(num(3), num(1), X0), num(0)),
        (Sum(n, whole(n, -1), X0), num(0)),
        (Sum(num(1), L, num(1)), L),
        (Sum(num(1), L, y), mul(L, y)),
        (Sum(num(1), num(4), Bound(0)), num(10)),
        (Kron(m, n), Kron(n, m)),
        (Kron(m, n), Kron(whole(m, 1), whole(n, 1))),
        (Pow(Kron(m, n), 2), Kron(m, n)),
        (Kron(m, m), num(1)),
        (Kron(m, whole(m, 2)), num(0)),
        (Kron(L, num(0)), num(0)),
        (under(app("g", add(X0, y))), under(app("g", add(y, X0)))),
    ],
    ids=str,
)
def test_equal_sums(left: Term, right: Term) -> None:
    ring = Ring()
    assert ring.poly(left) == ring.poly(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (under(num(1)), n),  # n may be below 0
        (under(y), mul(n, y)),
        (under(X0), Sum(num(1), m, X0)),
        (under(X0), add(Sym("x", (1,)), Sum(num(2), n, X0))),  # the range may be empty
        (under(mul(X0, X0)), Pow(under(X0), 2)),
        (under(under(W01)), under(under(Sym("w", (Bound(0), Bound(0)))))),
        (under(under(W01, high=m)), under(under(W10, high=m))),
        (under(mul(Kron(Bound(0), m), X0)), XM),  # m may be out of the range
        (Sum(num(1), L, mul(Kron(Bound(0), m), X0)), XM),
        (
            mul(Kron(m, n), XM),
            mul(Kron(m, n), Sym("x", (n,))),
        ),  # true, but no matter of a normal form
        (Kron(m, n), num(0)),
        (Kron(L, num(2)), num(0)),
        (Kron(L, num(1)), num(1)),
        (Kron(mul(num(2), m), num(1)), num(1)),
        (under(app("g", X0)), app("g", under(X0))),
        (under(Bracket(X0)), Bracket(under(X0))),
        (under(Pow(X0, -1)), Pow(under(X0), -1)),
        (under(Pow(X0, 2)), Pow(under(X0), 2)),
        (Sum(num(1), Int("d", (1,)), X0), Sum(num(1), Int("d", (2,)), X0)),
        (under(D(X0, y)), D(under(X0), y)),
    ],
    ids=str,
)
def test_unequal_sums(left: Term, right: Term) -> None:
    ring = Ring()
    assert ring.poly(left) != ring.poly(right)


@pytest.mark.parametrize("t", [num(0), add(x, neg(x)), mul(num(0), y), Bracket(num(-1))], ids=str)
def test_the_inverse_of_nothing_is_refused(t: Term) -> None:
    with pytest.raises(KernelError):
        Ring().poly(inv(t))


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
        (L, 1),
        (add(L, num(-1)), 0),
        (m, 0),
        (Pow(m, 2), 0),
        (add(Pow(m, 2), num(1)), 1),
        (Kron(m, n), 0),
        (Sum(num(1), L, app("exp", X0)), 1),
        (under(app("exp", X0)), 0),  # the range may be empty
        (Sum(num(1), num(0), app("exp", X0)), 0),
        (Sum(num(1), L, X0), 0),
        (Sum(num(1), L, Pow(X0, 2)), 0),
        (Sum(num(2), L, app("exp", X0)), 0),  # d may be 1
        (neg(Sum(num(1), L, app("exp", X0))), -1),
    ],
    ids=str,
)
def test_plain_signs(t: Term, sign: int) -> None:
    ring = Ring()
    assert ring.sign(ring.poly(t)) == sign


# --- rewriting -------------------------------------------------------------------------------------------------


def test_what_a_rule_put_there_is_open_to_later_rules_only() -> None:
    put = Rewriting([Eq(x, add(x, y)), Eq(y, add(x, z))])
    assert put(x) == add(x, add(x, z))
    assert put(y) == add(x, z)


def test_rules_that_do_nothing_are_told_from_others() -> None:
    put = Rewriting([Eq(x, y), Eq(z, y), Eq(y, a)])
    assert put(app("g", x)) == app("g", a)
    assert put.used == {0, 2}


@pytest.mark.parametrize("t", [D(Pow(x, 2), x), D(a, x), D(mul(x, y), y)], ids=str)
def test_nothing_is_rewritten_inside_a_derivative(t: Term) -> None:
    assert Rewriting([Eq(x, y), Eq(a, b)])(t) == t


@pytest.mark.parametrize(
    ("rule", "t", "out"),
    [
        (Eq(XM, y), under(X0), under(X0)),  # m is one index, not each
        (Eq(XM, y), under(XM), under(y)),
        (All(num(1), n, Eq(X0, y)), under(X0), under(y)),
        (All(num(1), n, Eq(X0, y)), under(X0, m), under(X0, m)),  # another range
        (All(num(0), n, Eq(X0, y)), under(X0), under(X0)),
        (All(num(1), n, Eq(X0, y)), XM, XM),  # m is in no range
        (All(num(1), n, Eq(X0, Bound(0))), under(under(X1)), under(under(Bound(1)))),
        (
            All(num(1), n, Eq(Sym("w", (Bound(0), m)), X0)),
            under(Sym("w", (Bound(0), m))),
            under(X0),
        ),
        (Eq(y, XM), under(mul(y, X0)), under(mul(XM, X0))),
        (
            All(num(1), n, All(num(1), m, Eq(Sym("w", (Bound(0), Bound(1))), y))),
            under(Sum(num(1), m, Sym("w", (Bound(0), Bound(1))))),
            under(Sum(num(1), m, y)),
        ),
        (
            All(num(1), n, All(num(1), m, Eq(Sym("w", (Bound(0), Bound(1))), y))),
            Sum(num(1), m, under(Sym("w", (Bound(0), Bound(1))))),
            Sum(num(1), m, under(Sym("w", (Bound(0), Bound(1))))),
        ),
        (All(num(1), n, Eq(Bound(0), y)), Sym("x", (n,)), Sym("x", (n,))),
        (All(num(1), n, Eq(Bound(0), y)), under(X0), under(X0)),  # nothing is put into an index
        (Eq(n, y), Sum(num(1), n, XM), Sum(num(1), n, XM)),  # nor into a range
        (Eq(Int("d", (m,)), y), Kron(Int("d", (m,)), n), Kron(Int("d", (m,)), n)),
    ],
    ids=str,
)
def test_rules_under_a_binder(rule: Prop, t: Term, out: Term) -> None:
    assert Rewriting([rule])(t) == out


@pytest.mark.parametrize("seed", range(4))
def test_rewriting_by_equations_that_hold_keeps_the_value(seed: int) -> None:
    r = random.Random(6000 + seed)
    changed = 0
    for t in terms(40, 3, EVERY, 500 + seed):
        at = random_point(r, SYMBOLS)
        at[x] = at[y] ** 2
        at[z] = at[x] * at[y] + 1
        put = Rewriting([Eq(x, Pow(y, 2)), Eq(z, add(mul(x, y), num(1))), Eq(y, y)])
        assert exact(put(t), at) == exact(t, at)
        changed += put(t) != t
    assert changed


def test_numbers_are_exact() -> None:
    big = 10**40
    ring = Ring()
    assert ring.poly(mul(num(1, big), num(big))) == ring.poly(num(1))
    assert ring.poly(add(num(big), num(1))) != ring.poly(num(big))
    assert ring.normal(Num(Fraction(4, 6))) == num(2, 3)
