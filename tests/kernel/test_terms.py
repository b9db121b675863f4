"""The term language: equality, the gate, substitution, and how terms print."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from kernel_oracle import a, add, app, inv, mul, neg, num, par, x, y, z

from symbackprop.kernel import (
    Add,
    App,
    Bracket,
    D,
    Differentiable,
    Eq,
    KernelError,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Prop,
    Sym,
    Term,
)
from symbackprop.kernel.terms import (
    CHILDREN,
    MAX_DEPTH,
    SHOW,
    WELL_FORMED,
    rebuild,
    require,
    substitute,
    subterms,
)

EXAMPLES = [
    num(1, 2),
    Sym("w", (1, 0, 2)),
    add(x, y),
    mul(x, y),
    Pow(x, -3),
    app("h", x, y, orders=(1, 0)),
    Bracket(x),
    D(mul(x, y), x),
    Eq(x, y),
    Positive(x),
    Nonzero(x),
    Differentiable(app("g", x)),
]


def test_every_node_type_has_an_example_and_every_table_has_every_type() -> None:
    types = {type(t) for t in EXAMPLES}
    assert types == set(CHILDREN) == set(WELL_FORMED) == set(SHOW)


@pytest.mark.parametrize("t", EXAMPLES, ids=str)
def test_nodes_are_equal_where_their_fields_are(t: Term) -> None:
    again = dataclasses.replace(t)
    assert again is not t
    assert again == t
    assert hash(again) == hash(t)
    assert all((u == t) == (u is t) for u in EXAMPLES)


@pytest.mark.parametrize(
    ("t", "u"),
    [
        (add(x, y), add(y, x)),
        (add(x, y), mul(x, y)),
        (Pow(x, 2), Pow(x, 3)),
        (app("g", x), app("g", x, orders=(1,))),
        (app("g", x), app("k", x)),
        (Sym("x", (1,)), Sym("x", (2,))),
        (Sym("x"), Sym("x", (0,))),
        (D(x, y), D(y, x)),
        (Positive(x), Nonzero(x)),
        (num(1, 2), num(-1, 2)),
    ],
    ids=str,
)
def test_unlike_nodes_are_unequal(t: Term, u: Term) -> None:
    assert t != u


@pytest.mark.parametrize("t", EXAMPLES, ids=str)
def test_nodes_are_frozen(t: Term) -> None:
    for name in type(t).__slots__:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(t, name, x)


@pytest.mark.parametrize(
    ("t", "shown"),
    [
        (num(-1, 2), "-1/2"),
        (Sym("w", (1, 0, 2)), "w[1,0,2]"),
        (add(x, mul(y, z)), "(x + (y * z))"),
        (Pow(add(x, y), -1), "(x + y)^-1"),
        (app("g", x, orders=(2,)), "g''(x)"),
        (app("h", x, y, orders=(1, 0)), "h^[1,0](x, y)"),
        (app("h", x, y), "h(x, y)"),
        (Bracket(x), "[x > 0]"),
        (Eq(D(mul(x, y), x), y), "d((x * y))/d(x) = y"),
        (Positive(x), "x > 0"),
        (Nonzero(x), "x /= 0"),
        (Differentiable(app("g", x, orders=(1,))), "g' is differentiable at (x)"),
    ],
    ids=str,
)
def test_nodes_print(t: Term, shown: str) -> None:
    assert str(t) == shown


@pytest.mark.parametrize("t", [*EXAMPLES, App("pi", (), ()), Add(()), Mul(())], ids=str)
def test_the_gate_lets_well_formed_nodes_in(t: Term) -> None:
    assert require(t, Term if isinstance(t, Term) else Prop, {})[0] >= 1


def test_the_gate_gives_the_depth() -> None:
    assert require(x, Term, {}) == (1, 1)
    assert require(Eq(add(x, Pow(y, 2)), x), Prop, {})[0] == 4


def nested(depth: int) -> Term:
    t: Term = x
    for _ in range(depth - 1):
        t = Add((t,))
    return t


def test_the_gate_bounds_the_depth() -> None:
    assert require(nested(MAX_DEPTH), Term, {})[0] == MAX_DEPTH
    with pytest.raises(KernelError, match="depth"):
        require(nested(MAX_DEPTH + 1), Term, {})


def test_the_gate_takes_the_hash_again() -> None:
    t = add(x, y)
    object.__setattr__(t, "_hash", 5)
    require(t, Term, {})
    assert t == add(x, y)
    assert hash(t) == hash(add(x, y))


def test_a_proposition_is_no_term_though_it_was_seen_as_one() -> None:
    seen: dict[int, int] = {}
    p = Positive(x)
    require(p, Prop, seen)
    with pytest.raises(KernelError):
        require(p, Term, seen)


def test_substitution_is_simultaneous() -> None:
    t = add(mul(x, y), app("g", x))
    assert substitute(t, {x: y, y: x}) == add(mul(y, x), app("g", y))
    assert substitute(par(1), {par(1): par(2), par(2): x}) == par(2)


@pytest.mark.parametrize("t", [D(Pow(x, 2), x), D(mul(x, y), y), add(x, D(y, x))], ids=str)
def test_nothing_is_put_into_a_derivative(t: Term) -> None:
    with pytest.raises(KernelError, match="substitution"):
        substitute(t, {x: z})


def test_a_derivative_that_does_not_mention_the_symbol_stays() -> None:
    assert substitute(mul(x, D(y, y)), {x: z}) == mul(z, D(y, y))


def test_substitution_keeps_what_is_no_child() -> None:
    t = Pow(app("h", x, Bracket(inv(x)), orders=(1, 2)), -4)
    assert substitute(t, {x: a}) == Pow(app("h", a, Bracket(inv(a)), orders=(1, 2)), -4)


def test_subterms_come_once() -> None:
    t = add(mul(x, y), mul(x, y), neg(x))
    assert sorted(map(str, subterms(t))) == sorted(map(str, [t, mul(x, y), x, y, neg(x), num(-1)]))


@pytest.mark.parametrize("t", [u for u in EXAMPLES if isinstance(u, Term)], ids=str)
def test_rebuilding_with_the_same_children_gives_the_same_node(t: Term) -> None:
    assert rebuild(t, CHILDREN[type(t)](t)) == t


def test_an_error_says_what_was_expected_and_what_came() -> None:
    e = KernelError("ring", Num(Fraction(1)), Sym("x"))
    assert (e.rule, e.expected, e.got) == ("ring", num(1), x)
    assert str(e) == "ring: expected 1; got x"


def test_two_terms_of_unlike_values_do_not_print_alike() -> None:
    assert str(Pow(num(-1), 2)) != str(neg(Pow(num(1), 2)))
    for t in [Pow(num(-1), 2), Pow(num(2, 3), 2), Pow(Pow(x, 2), 3)]:
        base = str(t.base)
        assert str(t).startswith("("), f"the power of {base} must print its base in brackets: {t}"


def test_a_name_that_is_no_identifier_is_refused() -> None:
    """A statement is believed as it prints; a name such as `x = 0 |- 1` would forge it."""
    for name in ["", "x + y", "1", "x = 0\n |- 1", "x[1]", "exp'"]:
        for t in [Sym(name), App(name, (0,), (x,))]:
            with pytest.raises(KernelError):
                require(t, Term, {})
    assert Mul((x,)) != x
