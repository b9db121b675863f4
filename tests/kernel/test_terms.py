"""The term language: equality, the gate, substitution, and how terms print."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from kernel_oracle import a, add, app, inv, mul, neg, num, par, prove, x, y, z

from symbackprop.certificates import encode
from symbackprop.kernel import (
    ARITY,
    Add,
    All,
    App,
    AtLeast,
    Bound,
    Bracket,
    D,
    Differentiable,
    Eq,
    Int,
    KernelError,
    Kron,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Proof,
    Prop,
    Slope,
    Step,
    Sum,
    Sym,
    Term,
    Vec,
    closed,
    minus,
    opened,
    parts,
    rebuild,
    shift,
    substitute,
    subterms,
    whole,
)
from symbackprop.kernel.certificate import MAX_DEPTH, TYPES, decode

l, i = Int("l"), Int("i")

EXAMPLES = [
    num(1, 2),
    Sym("w", (1, 0, 2)),
    Int("d", (l,)),
    Bound(0),
    add(x, y),
    mul(x, y),
    Pow(x, -3),
    app("h", x, y, orders=(1, 0)),
    Bracket(x),
    Kron(l, i),
    Sum(num(1), Int("d", (l,)), Sym("w", (l, Bound(0)))),
    Vec(num(1), l, Sym("x", (Bound(0),))),
    D(mul(x, y), x),
    Eq(x, y),
    Positive(x),
    Nonzero(x),
    AtLeast(l),
    Differentiable(app("g", x)),
    Slope(mul(x, y), x, y),
    All(num(1), l, Positive(Sym("x", (Bound(0),)))),
]


def test_every_node_type_has_an_example() -> None:
    assert {type(t) for t in EXAMPLES} == set(TYPES.values())


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
    for name in t.names:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(t, name, x)


@pytest.mark.parametrize(
    ("t", "shown"),
    [
        (num(-1, 2), "-1/2"),
        (Sym("w", (1, 0, 2)), "w[1,0,2]"),
        (add(x, mul(y, z)), "x + y * z"),
        (mul(x, add(y, z)), "x * (y + z)"),
        (mul(x, mul(y, z)), "x * (y * z)"),
        (add(x, neg(mul(y, z)), num(-2)), "x - (y * z) - 2"),
        (add(add(x, y), neg(add(x, y))), "(x + y) - (x + y)"),
        (Pow(add(x, y), -1), "(x + y)^-1"),
        (Pow(neg(x), 2), "(-x)^2"),
        (app("g", x, orders=(2,)), "g''(x)"),
        (app("h", x, y), "h(x, y)"),
        (App("g", (1,), (x,), (l,)), "g[l]'(x)"),
        (Bracket(x), "[x > 0]"),
        (Kron(l, num(3)), "[l = 3]"),
        (Sum(num(1), Int("d", (l,)), Sym("w", (l, Bound(0)))), "sum(i = 1..d[l]: w[l,i])"),
        (app("E", Vec(num(1), l, Sym("x", (Bound(0),))), orders=((),)), "E(x[m] for m = 1..l)"),
        (
            app("E", Vec(num(1), l, Sym("x", (Bound(0),))), orders=((i,),)),
            "E'[i](x[m] for m = 1..l)",
        ),
        (Eq(D(mul(x, y), x), y), "d(x * y)/d(x) = y"),
        (Positive(x), "x > 0"),
        (Nonzero(x), "x /= 0"),
        (AtLeast(l), "l >= 0"),
        (Differentiable(app("g", x, orders=(1,))), "g' is differentiable at (x)"),
        (Slope(mul(x, y), x, y), "d(x * y)/d(x) exists and is y"),
        (All(num(1), l, Positive(Sym("x", (Bound(0),)))), "x[m] > 0 for all m = 1..l"),
    ],
    ids=str,
)
def test_nodes_print(t: Term, shown: str) -> None:
    assert str(t) == shown


# --- the gate --------------------------------------------------------------------------------------------------


def through(t: Term | Prop) -> Term | Prop:
    """What the gate makes of a node: it is written down as text and read anew."""
    p = t if isinstance(t, Prop) else Eq(t, t)
    back = decode(encode(Proof((), (), (Step("hypothesis", (), p),), (0,)))).steps[0].conclusion
    return back if isinstance(t, Prop) else back.left


CLOSED = [t for t in EXAMPLES if not isinstance(t, Bound | Vec)]


@pytest.mark.parametrize("t", [*CLOSED, App("pi", (), ()), Add(()), Mul(())], ids=str)
def test_the_gate_lets_well_formed_nodes_in(t: Term) -> None:
    assert through(t) == t


def nested(depth: int) -> Term:
    t: Term = x
    for _ in range(depth - 1):
        t = Add((t,))
    return t


def test_the_gate_bounds_the_depth() -> None:
    assert through(nested(MAX_DEPTH - 1)) == nested(MAX_DEPTH - 1)
    with pytest.raises(KernelError, match="depth"):
        through(nested(MAX_DEPTH))


def test_the_gate_takes_the_hash_again() -> None:
    t = add(x, y)
    object.__setattr__(t, "_hash", 5)
    assert hash(through(t)) == hash(add(x, y))


def test_the_gate_gives_a_depth_for_each_proof() -> None:
    """Depth is that of the node, however often a shared part stands in it."""
    t = add(nested(MAX_DEPTH - 3), nested(MAX_DEPTH - 3))
    assert through(t) == t


INTEGERS = [
    add(l, l),
    add(l, num(0)),
    mul(num(1), l),
    add(i, l, num(0)),
    add(num(1), l),
    mul(l, num(2)),
]


@pytest.mark.parametrize("k", INTEGERS, ids=str)
def test_an_integer_that_is_not_in_normal_form_is_refused(k: Term) -> None:
    for t in [
        Sym("x", (k,)),
        Int("d", (k,)),
        Kron(k, num(0)),
        Sum(k, l, x),
        Sum(l, k, x),
        App("g", (0,), (x,), (k,)),
        app("E", Vec(num(1), l, Sym("x", (Bound(0),))), orders=((k,),)),
    ]:
        with pytest.raises(KernelError, match=r"normal form|multiples"):
            through(t)


@pytest.mark.parametrize(
    "k", [x, num(1, 2), Pow(l, 2), mul(l, i), Bracket(l), app("g", l)], ids=str
)
def test_what_is_no_integer_is_no_index(k: Term) -> None:
    for t in [Sym("x", (k,)), Int("d", (k,)), Kron(k, num(0)), Sum(num(0), k, x)]:
        with pytest.raises(KernelError):
            through(t)
    with pytest.raises(KernelError):
        through(AtLeast(k))


@pytest.mark.parametrize(
    "t",
    [
        Bound(0),
        Sym("x", (Bound(0),)),
        Sum(num(0), Bound(0), x),
        Sum(Bound(0), num(3), x),
        Sum(num(0), num(3), Sym("x", (Bound(1),))),
        All(num(0), num(3), Positive(Sym("x", (Bound(1),)))),
        app("E", Vec(num(0), Bound(0), x), orders=((),)),
        app("E", Vec(num(0), num(3), x), orders=((Bound(0),),)),
        D(x, Sym("x", (Bound(0),))),
        App("g", (0,), (x,), (Bound(0),)),
        Kron(Bound(0), num(0)),
        Int("d", (Bound(2),)),
    ],
    ids=repr,
)
def test_a_variable_without_its_binder_is_refused(t: Term) -> None:
    with pytest.raises(KernelError):
        through(t)


@pytest.mark.parametrize(
    "t",
    [
        Vec(num(0), num(3), x),
        add(Vec(num(0), num(3), x), x),
        Sum(num(0), num(3), Vec(num(0), num(3), x)),
        app("E", Vec(num(0), num(3), Vec(num(0), num(3), x)), orders=((),)),
        app("E", Vec(num(0), num(3), x), orders=(0,)),
        app("E", Vec(num(0), num(3), x), orders=(((1,),),)),
        app("g", x, orders=((),)),
        app("g", x, orders=((1,),)),
        app("exp", Vec(num(0), num(3), x), orders=((),)),
    ],
    ids=repr,
)
def test_a_vector_is_an_argument_and_has_components_for_orders(t: Term) -> None:
    with pytest.raises(KernelError):
        through(t)


# --- substitution ----------------------------------------------------------------------------------------------


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


def test_integers_go_into_derivatives_and_indices() -> None:
    t = D(Sym("x", (l,)), Sym("x", (whole(l, 1),))) * Int("d", (l,)) * l
    assert substitute(t, {l: i}) == D(Sym("x", (i,)), Sym("x", (whole(i, 1),))) * Int("d", (i,)) * i
    assert substitute(Sym("x", (whole(l, minus(i)),)), {l: i}) == Sym("x", (0,))


W = Sum(
    num(1),
    num(3),
    Sym("w", (Bound(0), l)) * Sum(num(1), Bound(0), Sym("x", (Bound(1), l, Bound(0)))),
)


def test_substitution_under_binders_captures_nothing() -> None:
    """The variable of the other binder stays apart, at each depth."""
    outer = All(num(1), num(3), Eq(W, x))
    body = opened(closed(outer, l), Bound(0))  # under one more binder, l is now its variable
    inner = body.body.left.body
    assert inner.factors[0] == Sym("w", (Bound(0), Bound(2)))
    assert inner.factors[1].body == Sym("x", (Bound(1), Bound(3), Bound(0)))


def test_opening_what_was_closed_gives_it_back() -> None:
    for t in [W, Sym("x", (l,)), D(Sym("x", (l,)), Sym("x", (l,))), Int("d", (whole(l, i),)), x]:
        assert opened(closed(t, l), l) == t
        assert opened(closed(t, l), whole(i, 1)) == substitute(t, {l: whole(i, 1)})
        assert shift(shift(t, 2), -2) == t


def test_a_binder_does_not_let_its_variable_out() -> None:
    with pytest.raises(KernelError, match="binder"):
        shift(Sym("x", (Bound(0),)), -1)
    with pytest.raises(KernelError, match="binder"):
        shift(Sum(num(0), num(3), Sym("x", (Bound(1),))), -1)


def test_subterms_come_once() -> None:
    t = add(mul(x, y), mul(x, y), neg(x))
    assert sorted(map(str, subterms(t))) == sorted(map(str, [t, mul(x, y), x, y, neg(x), num(-1)]))
    assert l in set(subterms(W))


@pytest.mark.parametrize("t", [u for u in EXAMPLES if isinstance(u, Term)], ids=str)
def test_rebuilding_with_the_same_parts_gives_the_same_node(t: Term) -> None:
    assert rebuild(t, parts(t)) == t


def test_indices_and_derivatives_are_no_parts() -> None:
    """What equals may be put for are the numbers that a term is a function of."""
    for t in [D(x, x), Sym("x", (l,)), Int("d", (l,)), Kron(l, i), Bound(0)]:
        assert parts(t) == ()
    assert parts(Sum(l, i, x)) == (x,)
    assert parts(App("g", (0,), (x,), (l,))) == (x,)


def test_an_error_says_what_was_expected_and_what_came() -> None:
    e = KernelError("ring", Num(Fraction(1)), Sym("x"))
    assert (e.rule, e.expected, e.got) == ("ring", num(1), x)
    assert str(e) == "ring: expected 1; got x"


def test_two_terms_of_unlike_values_do_not_print_alike() -> None:
    assert str(Pow(num(-1), 2)) != str(neg(Pow(num(1), 2)))
    for t in [Pow(num(-1), 2), Pow(num(2, 3), 2), Pow(Pow(x, 2), 3)]:
        base = str(t.base)
        assert str(t).startswith("("), f"the power of {base} must print its base in brackets: {t}"


@pytest.mark.parametrize(
    ("t", "u"),
    [
        (Pow(x, 2) * y, Pow(x * y, 2)),
        (neg(Pow(x, 2)), Pow(neg(x), 2)),
        (neg(add(x, y)), add(neg(x), y)),
        (add(x, neg(add(y, z))), add(x, neg(y), z)),
        (mul(num(1, 2), x), Pow(mul(num(2), x), -1)),
        (app("h", x, y, orders=(0, 1)), App("h", (0, 0), (x, y), (0, 1))),
        (app("g", x, orders=(1,)), App("g", (0,), (x,), (1,))),
        (Sum(num(1), num(2), Sym("l")), Sum(num(1), num(2), Bound(0))),
        (
            Sum(num(1), num(2), Sym("i") * Int("d", (Bound(0),))),
            Sum(num(1), num(2), Bound(0) * Int("d", (Bound(0),))),
        ),
        (
            Sum(num(1), num(2), Sum(num(1), num(2), Sym("x", (Bound(0), Bound(1))))),
            Sum(num(1), num(2), Sum(num(1), num(2), Sym("x", (Bound(1), Bound(0))))),
        ),
        (Sum(num(1), num(2), x) * y, Sum(num(1), num(2), x * y)),
        (Sum(num(1), num(2), x) + y, Sum(num(1), num(2), x + y)),
        (Kron(l, num(0)), Bracket(l)),
        (Slope(x, x, num(1)), Eq(D(x, x), num(1))),
        (
            App("E", ((i, l),), (Vec(num(1), num(2), x),)),
            App("E", ((l, i),), (Vec(num(1), num(2), x),)),
        ),
        (
            App("E", ((),), (Vec(num(1), num(2), x),), (i,)),
            App("E", ((i,),), (Vec(num(1), num(2), x),)),
        ),
    ],
    ids=repr,
)
def test_unlike_nodes_print_unlike(t: Term, u: Term) -> None:
    assert str(t) != str(u)


def test_no_letter_is_used_for_two_binders_or_for_a_name() -> None:
    t: Term = Sym("x", tuple([Bound(k) for k in range(14)]))
    for _ in range(14):
        t = Sum(num(1), Int("i11"), t)
    letters = [row.split(" ")[0] for row in str(t).split("sum(")[1:]]
    assert len(set(letters)) == 14
    assert "i11" not in letters


def kept(*nodes: Term) -> None:
    prove(*[Step("ring", (), Eq(t, t)) for t in nodes])


@pytest.mark.parametrize(
    ("t", "u"),
    [(Sym("d", (1,)), Int("d", (1,))), (Sym("l"), Int("l")), (Sym("l"), Sym("x", (Int("l"),)))],
    ids=repr,
)
def test_a_name_is_of_one_kind(t: Term, u: Term) -> None:
    """Else a statement about an index, or a width, reads as one about a variable."""
    kept(t), kept(u)
    with pytest.raises(KernelError):
        kept(t, u)


NAMES = ["", "x + y", "1", "x = 0\n |- 1", "x[1]", "exp'", "\u0430", "x" * 101, "\u00aa"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_no_identifier_is_refused(name: str) -> None:
    """A statement is believed as it prints; a name such as `x = 0 |- 1` would forge it."""
    for t in [Sym(name), App(name, (0,), (x,)), Int(name), Int(name, (1,))]:
        with pytest.raises(KernelError):
            through(t)


def test_a_known_function_has_no_index() -> None:
    """exp[1] is a function of which nothing is known."""
    for name in ARITY:
        args = (x,) * ARITY[name]
        with pytest.raises(KernelError):
            through(App(name, (0,) * len(args), args, (1,)))
