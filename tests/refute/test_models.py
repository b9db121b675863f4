"""Exact values in small models: against hand, mpmath and SymPy; a theorem holds in them, its mutants don't."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from itertools import product

import mpmath
import pytest
import sympy as sp

from symbackprop.derive.layers import Layered, ends, member, total, width
from symbackprop.kernel import (
    All,
    App,
    AtLeast,
    Bound,
    Bracket,
    D,
    Definition,
    Differentiable,
    Eq,
    Function,
    Int,
    Kron,
    Mul,
    Node,
    Nonzero,
    Positive,
    Slope,
    Sum,
    Sym,
    Vec,
)
from symbackprop.kernel.context import context
from symbackprop.kernel.terms import num, parameter
from symbackprop.library import theorem
from symbackprop.refute.models import (
    Evaluation,
    Model,
    Undefined,
    apart,
    confirmed,
    holds,
    opaque,
    rational,
    value,
)

A, B_, C = Sym("a"), Sym("b"), Sym("c")
L, l, i, j = (Int(n) for n in "Llij")
HALF = Fraction(1, 2)


def bare(values=None, functions=(), definitions=(), integers=None, seed=0):
    return Model(context(functions, definitions), integers or {}, values or {}, seed)


def known(name, t, order=0):
    return App(name, (order,), (t,))


def encloses(interval, x):
    with mpmath.workdps(50):
        if isinstance(interval, Fraction):
            return abs(mpmath.mpf(interval.numerator) / interval.denominator - x) < 1e-45
        low, high = (mpmath.make_mpf(e) for e in interval._mpi_)
        slack = mpmath.mpf(10) ** -45
        return low - slack <= x <= high + slack and high - low < mpmath.mpf(10) ** -40


# --- values ------------------------------------------------------------------------------------------------------


def test_closed_forms_by_hand():
    m = bare({A: Fraction(2), B_: Fraction(-1, 3)}, integers={L: 3, Int("d", (2,)): 4})
    for t, expected in [
        (A * B_ + num(1), Fraction(1, 3)),
        (A**-2, Fraction(1, 4)),
        (Sum(num(1), L, Bound(0) * Bound(0)), 14),
        (Sum(num(1), num(3), Sum(num(1), Bound(0), Bound(1))), 14),
        (Sum(num(2), num(1), A), 0),
        (Sum(num(1), width(2), num(1)), 4),
        (Kron(L, num(3)) + Kron(L, num(2)), 1),
        (Bracket(A) + Bracket(B_) + Bracket(num(0)), 1),
        (D(A**3 * B_, A), -4),
        (D(D(A**3 * B_, A), A), -4),
        (D(D(A**3 * B_, A), B_), 12),
        (D(A**-1, A), Fraction(-1, 4)),
        (D(D(A**-1, A), A), Fraction(1, 4)),
        (D(Bracket(A) * A, A), 1),
        (known("exp", num(0)) + known("log", num(1)) + known("sqrt", num(9, 4)), Fraction(5, 2)),
        (D(Sum(num(1), num(3), Mul((Bound(0), A, A))), A), 24),
    ]:
        assert value(m, t) == expected, str(t)
        assert type(value(m, t)) is Fraction


def test_a_variable_is_of_the_member_at_its_values():
    t = Sum(num(1), num(2), Sym("v", (Bound(0),)))
    e = Evaluation(bare({Sym("v", (1,)): Fraction(5)}, seed=3))
    assert e.value(t) == 5 + rational(3, "v", (2,))
    assert e.variables == {Sym("v", (1,)): 5, Sym("v", (2,)): rational(3, "v", (2,))}


ORACLE = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "erf": mpmath.erf,
    "sqrt": mpmath.sqrt,
}


@pytest.mark.parametrize("name", ORACLE)
@pytest.mark.parametrize("at", [Fraction(1, 3), Fraction(7, 2)])
def test_known_functions_against_mpmath(name, at):
    m = bare({A: at})
    for n in range(4):
        with mpmath.workdps(120):
            x = mpmath.mpf(at.numerator) / at.denominator
            expected = mpmath.diff(ORACLE[name], x, n)
        nested = known(name, A)
        for _ in range(n):
            nested = D(nested, A)
        assert encloses(value(m, known(name, A, n)), expected)
        assert encloses(value(m, nested), expected)


def test_pi_and_a_composition():
    m = bare({A: HALF})
    with mpmath.workdps(60):
        pi = +mpmath.pi
        slope = mpmath.diff(lambda a: mpmath.log(1 + mpmath.exp(mpmath.sin(a) * mpmath.pi)), 0.5)
    assert encloses(value(m, App("pi", (), ())), pi)
    t = known("log", num(1) + known("exp", known("sin", A) * App("pi", (), ())))
    found = value(m, D(t, A))
    assert abs(float(sum(map(float, (found.a, found.b))) / 2) - float(slope)) < 1e-14


def test_defined_functions_and_their_derivatives():
    x = parameter(1)
    f = Function("cube", 1, x**3)
    h = Function("h", 2, known("cube", x * parameter(2)) + parameter(2))
    ramp = Function("ramp", 1, x * Bracket(x))
    m = bare({A: Fraction(2), B_: Fraction(3)}, (f, h, ramp))
    assert [value(m, known("cube", A, n)) for n in range(5)] == [8, 12, 12, 6, 0]
    a, b = sp.symbols("a b")
    e = (a * b) ** 3 + b
    for orders in product(range(3), repeat=2):
        expected = sp.diff(e, a, orders[0], b, orders[1]).subs({a: 2, b: 3})
        assert value(m, App("h", orders, (A, B_))) == int(expected)
        assert value(m, D(App("h", orders, (A, B_)), A)) == int(
            sp.diff(e, a, orders[0] + 1, b, orders[1]).subs({a: 2, b: 3})
        )
    assert value(m, D(known("ramp", A * B_), A)) == 3
    assert value(m, D(known("ramp", A * num(-1), 1), A)) == 0


# --- opaque functions --------------------------------------------------------------------------------------------


def formula(f, symbols):
    return f.polynomial.formula(symbols)


def test_opaque_functions_are_polynomials_and_their_partials_are_theirs():
    e = Evaluation(bare({A: Fraction(2), B_: Fraction(-1, 3)}))
    e.value(App("f", (0, 0), (A, B_)))
    a, b = sp.symbols("a b")
    p = formula(e.functions["f", ()], (a, b))
    at = {a: 2, b: sp.Rational(-1, 3)}
    assert sp.Poly(p, a, b).total_degree() <= 3
    for n, k in product(range(4), repeat=2):
        expected = sp.diff(p, a, n, b, k).subs(at)
        assert e.value(App("f", (n, k), (A, B_))) == Fraction(int(expected.p), int(expected.q))
    slope = sp.diff(p.subs(b, a * a), a).subs(a, 2)
    assert e.value(D(App("f", (0, 0), (A, A * A)), A)) == Fraction(int(slope.p), int(slope.q))


def test_a_function_of_a_layer_is_not_symmetric_and_grows_with_the_layer():
    v = {Sym("v", (n,)): Fraction(n, 2) for n in (1, 2, 3)}
    layer = Vec(num(1), num(3), Sym("v", (Bound(0),)))
    e = Evaluation(bare(v))
    xs = sp.symbols("x1:4")
    at = {x: sp.Rational(n, 2) for n, x in enumerate(xs, 1)}
    e.value(App("E", ((),), (layer,)))
    p = formula(e.functions["E", ()], xs)
    for by in [(), (1,), (2,), (2, 1), (3, 3), (1, 2, 3)]:
        expected = sp.diff(p, *[xs[k - 1] for k in by]).subs(at) if by else p.subs(at)
        assert e.value(App("E", (by,), (layer,))) == Fraction(int(expected.p), int(expected.q))
    assert sp.expand(p - p.subs({xs[0]: xs[1], xs[1]: xs[0]}, simultaneous=True)) != 0
    fewer = formula(opaque(0, "E", (), ((1, 1), (1, 2))), xs[:2])
    assert sp.expand(p.subs(xs[2], 0) - fewer) == 0
    with pytest.raises(Undefined):
        e.value(App("E", ((4,),), (layer,)))


def test_each_index_has_its_own_function():
    shown = {str(opaque(0, "g", (n,), ((1,),))) for n in range(5)}
    assert len(shown) == 5
    assert str(opaque(0, "E", (), ((1, 1), (2,)))).count("t1[1]")


# --- derivatives through definitions ------------------------------------------------------------------------------


def test_what_is_differentiated_by_is_left_aside():
    """c = b², b = a²: dc/db is 2b whatever b is, dc/da = 4a³, db/db = 1."""
    m = bare({A: Fraction(3)}, (), [Definition(B_, A * A), Definition(C, B_ * B_)])
    for t, expected in [
        (B_, 9),
        (D(C, B_), 18),
        (D(C, A), 108),
        (D(B_, B_), 1),
        (D(A, B_), 0),
        (D(D(C, A), A), 108),
        (D(D(C, B_), A), 12),
        (D(D(C, A), B_), 12),
        (D(C * D(C, B_), B_), 18 * 18 + 81 * 2),
    ]:
        assert value(m, t) == expected, str(t)


def network(seed=0, depth=2, widths=(2, 2, 1), **own):
    net = Layered(**own)
    integers = {L: depth} | {Int("d", (n,)): k for n, k in enumerate(widths)}
    ctx = context(net.functions, (*net.forward(), *net.backward()))
    return Model(ctx, integers, {}, seed)


def composed(m, widths):
    """e and all members as SymPy expressions in the weights, by loops; opaque functions as polynomials."""
    w, x, depth = {}, {}, len(widths) - 1
    for n in range(1, depth + 1):
        for q, p in product(range(widths[n - 1] + 1), range(1, widths[n] + 1)):
            w[n, q, p] = sp.Symbol(f"w_{n}_{q}_{p}")
    inputs = [rational(m.seed, "x", (0, q)) for q in range(1, widths[0] + 1)]
    x = [sp.Integer(1), *[sp.Rational(q.numerator, q.denominator) for q in inputs]]
    t = sp.Symbol("t")
    for n in range(1, depth + 1):
        g = formula(opaque(m.seed, "g", (n,), ((1,),)), (t,))
        s = [sum(w[n, q, p] * x[q] for q in range(len(x))) for p in range(1, widths[n] + 1)]
        x = [sp.Integer(1), *[g.subs(t, u) for u in s]]
    names = sp.symbols(f"o1:{widths[-1] + 1}")
    labels = tuple((1, k) for k in range(1, widths[-1] + 1))
    error = formula(opaque(m.seed, "E_y", (), labels), names)
    at = {}
    for key, symbol in w.items():
        q = rational(m.seed, "w", key)
        at[symbol] = sp.Rational(q.numerator, q.denominator)
    return error.subs(dict(zip(names, x[1:], strict=True)), simultaneous=True), w, at


@pytest.mark.parametrize("widths", [(2, 2, 1), (1, 2, 2)])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_network_against_sympy(seed, widths):
    m = network(seed, 2, widths)
    e = Evaluation(m)
    error, w, at = composed(m, widths)
    for key, symbol in w.items():
        slope = sp.Rational(sp.diff(error, symbol).subs(at))
        claim = member("delta", key[0], key[2]) * member("x", key[0] - 1, key[1])
        assert e.value(D(Sym("e"), Sym("w", key))) == Fraction(int(slope.p), int(slope.q))
        assert e.value(claim) == Fraction(int(slope.p), int(slope.q))
    a, b = (1, 1, 1), (2, 1, 1)
    second = sp.Rational(sp.diff(error, w[a], w[b]).subs(at))
    found = e.value(D(D(Sym("e"), Sym("w", a)), Sym("w", b)))
    assert found == Fraction(int(second.p), int(second.q))


def test_members_outside_the_definitions_are_variables():
    e = Evaluation(network())
    for s in [Sym("x", (0, 1)), Sym("s", (1, 3)), Sym("delta", (3, 1)), Sym("x", (2, 0))]:
        assert e.value(s) == rational(0, s.name, s.index) == e.variables[s]
    assert e.value(Sym("x", (1, 0))) == 1


@pytest.mark.parametrize("depth", [2, 3])
def test_a_definition_holds_where_it_says(depth):
    """u[L, i] is defined for one value of its first index, the value of L; for i = 1, 2."""
    definitions = [Definition(Sym("u", (L, i)), num(7), (i,), ends(i, 1, num(2)))]
    e = Evaluation(bare((), (), definitions, {L: depth}))
    assert e.value(Sym("u", (3, 2))) == (7 if depth == 3 else rational(0, "u", (3, 2)))
    assert e.value(Sym("u", (depth, 3))) == rational(0, "u", (depth, 3))


def test_a_deep_recursion():
    """Depth 100: the sum of products of a linear network, and its slope by the first weight."""
    identity = Function("g", 1, parameter(1))
    net = Layered(activation=lambda l, t, n=0: App("g", (n,), (t,)), functions=(identity,))
    ctx = context(net.functions, (*net.forward(), *net.backward()))
    integers = {L: 100} | {Int("d", (n,)): 1 for n in range(101)}
    weights = {Sym("w", (n, k, 1)): Fraction(k) for n in range(1, 101) for k in (0, 1)}
    m = Model(ctx, integers, weights | {Sym("x", (0, 1)): Fraction(5)}, 0)
    e = Evaluation(m)
    assert e.value(Sym("s", (100, 1))) == 5
    assert e.value(D(Sym("s", (100, 1)), Sym("w", (1, 1, 1)))) == 5
    assert e.value(member("delta", 1, 1) - D(Sym("e"), Sym("s", (1, 1)))) == 0


# --- what is undefined -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "t",
    [
        num(0) ** -1,
        (A - A) ** -1,
        known("log", num(0)),
        known("log", num(-1)),
        known("sqrt", num(-1)),
        D(Bracket(A - num(2)), A),
        D(Bracket((A - num(2)) ** 2) * A, A),
        Bracket(known("exp", num(1)) - known("exp", num(1))),
        (known("exp", num(1)) - known("exp", num(1))) ** -1,
        known("exp", num(10**9)),
        num(3) ** 10**6,
        Sum(num(1), num(10**9), A),
        App("E", ((),), (Vec(num(1), num(10**9), A),)),
        App("E", ((),), (Vec(num(1), num(1000), A),)),
        A * Int("absent"),
        Sum(num(1), width(7), A),
    ],
    ids=str,
)
def test_undefined(t):
    m = bare({A: Fraction(2)})
    with pytest.raises(Undefined):
        value(m, t)
    assert not confirmed(m, t, num(1))


# --- propositions -------------------------------------------------------------------------------------------------


def test_propositions():
    x = parameter(1)
    functions = (Function("ramp", 1, x * Bracket(x)),)
    m = bare({A: Fraction(2), B_: Fraction(0)}, functions, integers={L: 3})
    e = known("exp", num(1))
    everything = {
        Eq(A * A, num(4)): True,
        Eq(A, B_): False,
        Eq(e, num(2)): False,
        Eq(e * e, known("exp", num(2))): None,
        Positive(A): True,
        Positive(B_): False,
        Positive(e): True,
        Positive(e - e): None,
        Nonzero(B_): False,
        Nonzero(-A): True,
        Nonzero(e - e): None,
        AtLeast(L - num(3)): True,
        AtLeast(L - num(4)): False,
        All(num(1), L, AtLeast(Bound(0) - num(1))): True,
        All(num(1), L, AtLeast(Bound(0) - num(2))): False,
        All(num(1), num(0), Eq(A, B_)): True,
        All(num(1), num(2), Positive(e - e)): None,
        Differentiable(known("f", A)): True,
        Differentiable(known("log", A)): True,
        Differentiable(known("log", B_)): False,
        Differentiable(known("exp", B_)): True,
        Differentiable(known("ramp", A)): True,
        Slope(A**3, A, num(12)): True,
        Slope(A**3, A, num(11)): False,
    }
    for p, expected in everything.items():
        assert holds(m, p) is expected, str(p)
    with pytest.raises(Undefined):
        holds(m, Differentiable(known("ramp", B_)))


def test_too_much_work():
    with pytest.raises(Undefined):
        holds(bare(), All(num(1), num(10**9), AtLeast(Bound(0))))
    for t in (A, D(A, A)):
        for _ in range(2000):
            t = Bracket(t)
        with pytest.raises(Undefined):
            value(bare(), t)


def test_apart():
    assert apart(HALF, HALF) is False
    assert apart(value(bare(), known("exp", num(1))), Fraction(2)) is True


# --- a theorem, and its mutants -----------------------------------------------------------------------------------

CHAIN = theorem("chain rule")
CTX = context(CHAIN.proof.functions, CHAIN.proof.definitions)
SHAPES = [(2, (2, 2, 1)), (2, (1, 2, 2)), (3, (1, 2, 1, 2))]


def situations(seed, s):
    """Models with letters for which the hypotheses hold, from a few."""
    depth, widths = SHAPES[seed % len(SHAPES)]
    names = sorted({u.name for p in (s.conclusion, *s.hypotheses) for u in letters(p)} - {"L"})
    fixed = {L: depth} | {Int("d", (n,)): k for n, k in enumerate(widths)}
    for at in product(range(depth + 1), repeat=len(names)):
        m = Model(CTX, fixed | {Int(n): k for n, k in zip(names, at, strict=True)}, {}, seed)
        if all(true_here(m, h) for h in sorted(s.hypotheses, key=lambda h: (len(str(h)), str(h)))):
            yield m


def true_here(m, p):
    try:
        return holds(m, p)
    except Undefined:
        return False


def letters(p):
    own = p.values() if isinstance(p, Node) else p
    inner = [u for v in own if isinstance(v, Node | tuple) for u in letters(v)]
    return [p, *inner] if isinstance(p, Int) and not p.index else inner


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("claim", range(len(CHAIN.sequents)))
def test_a_theorem_holds(seed, claim):
    s = CHAIN.sequents[claim]
    found = [holds(m, s.conclusion) for m in situations(seed, s)]
    assert found
    assert all(f is True for f in found)


def changed(p, old, new):
    """p with a term for another, wherever it stands."""
    if p == old:
        return new
    if isinstance(p, tuple):
        return tuple([changed(u, old, new) for u in p])
    return type(p)(*[changed(u, old, new) for u in p.values()]) if isinstance(p, Node) else p


def mutants(p):
    yield "a factor 2", Eq(p.left, num(2) * p.right)
    yield "a sign", Eq(p.left, -p.right)
    yield "the sum from 2", Eq(p.left, Sum(num(2), p.right.high, p.right.body))
    one, other = p.right.body.factors
    yield "by itself", Eq(p.left, Sum(p.right.low, p.right.high, one * one))
    yield "a factor less", Eq(p.left, Sum(p.right.low, p.right.high, other))
    yield "another node", Eq(changed(p.left, j, num(1)), p.right)


@pytest.mark.parametrize("claim", range(len(CHAIN.sequents)))
def test_its_mutants_fail_somewhere_and_that_is_confirmed(claim):
    s = CHAIN.sequents[claim]
    for name, p in mutants(s.conclusion):
        wrong = (m for k in range(3) for m in situations(k, s) if holds(m, p) is False)
        m = next(wrong, None)
        assert m is not None, name
        assert confirmed(m, p.left, p.right), name
        assert not confirmed(m, s.conclusion.left, s.conclusion.right)


# --- the second look ----------------------------------------------------------------------------------------------


def test_confirmed_works_derivatives_out_again():
    x = parameter(1)
    f = Function("q", 1, known("exp", x) * x)
    m = bare({A: HALF, B_: Fraction(3)}, (f,), [Definition(C, A * B_)])
    rows = [
        (D(known("q", C), A), known("q", C, 1) * B_),
        (D(D(known("q", A), A), A), known("q", A, 2)),
        (D(D(known("h", A), A), A), known("h", A, 2)),
        (D(known("erf", A), A), known("erf", A, 1)),
        (D(D(A**3 * B_, A), B_), num(3) * A * A),
        (D(A * Bracket(A), A), num(1)),
        (D(known("log", A), A), A**-1),
        (App("pi", (), ()), App("pi", (), ())),
    ]
    for left, right in rows:
        assert not confirmed(m, left, right), str(left)
        assert confirmed(m, left, right + num(1, 10**9)), str(left)
    assert not confirmed(m, A, A + num(1, 10**20))


def test_confirmed_distrusts_a_derivative_that_disagrees(monkeypatch):
    m = bare({A: HALF})
    left, right = D(A * A, A), num(3)
    assert confirmed(m, left, right)
    exact = Evaluation.slope
    monkeypatch.setattr(Evaluation, "slope", lambda *a: exact(*a) + exact(*a))
    assert not confirmed(m, left, right)


# --- the same in every process ------------------------------------------------------------------------------------

SCRIPT = """
from symbackprop.kernel import *
from symbackprop.kernel.context import Context
from symbackprop.refute.models import Evaluation, Model
e = Evaluation(Model(Context(), {}, {}, 5))
layer = Vec(Num(Fraction(1)), Num(Fraction(3)), Sym("v", (Bound(0),)))
t = App("f", (0, 1), (Sym("a"), Sym("b", (1,)))) * App("E", ((2,),), (layer,))
print(e.value(t), e.variables, *[f"{k} {v}" for k, v in e.functions.items()])
"""


def test_the_same_in_every_process():
    found = set()
    for seed in ("0", "1", "12345"):
        done = subprocess.run(
            [sys.executable, "-c", "from fractions import Fraction" + SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        found.add(done.stdout)
    assert len(found) == 1


def test_a_sum_of_members_by_an_index():
    """d/dv of a sum where the member is met once: a Kronecker δ."""
    t = total(i, 1, 3, Sym("v", (i,)) * num(1))
    m = bare(integers={j: 2})
    assert value(m, D(t, Sym("v", (j,)))) == 1
    assert value(m, Sum(num(1), num(3), D(t, Sym("v", (Bound(0),))))) == 3
