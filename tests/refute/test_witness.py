"""Witnesses and diagnoses: the model of dual numbers against mpmath, hypotheses at a witness, and what is named as wrong."""

from __future__ import annotations

from fractions import Fraction

import oracle
import pytest
import sympy as sp
from oracle import mp

import symbackprop as sb
from symbackprop.kernel import (
    App,
    Bracket,
    Differentiable,
    Eq,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Sym,
)
from symbackprop.network.architecture import Architecture
from symbackprop.network.theory import E, theory
from symbackprop.refute.polynomials import Polynomial
from symbackprop.refute.witness import Intervals, Model, Rationals, Undecided, apart

LECTURE = sb.BACKPROPAGATION
k = sp.Symbol("k")
U, V = Sym("u"), Sym("v")


# --- the model -----------------------------------------------------------------------------------------------------------


def model(sizes, activations, loss, arithmetic, polynomials=None):
    """The kernel's definitions of a network at a fixed point, and the oracle's network at the same point."""
    own = theory(Architecture(sizes, activations, loss))
    net = oracle.Net(sizes, activations, loss)
    inputs, count = {}, 0
    for l in range(1, net.L + 1):
        for i in range(sizes[l - 1] + 1):
            for j in range(1, sizes[l] + 1):
                count += 1
                inputs[Sym("w", (l, i, j))] = Fraction((-1) ** count * (count + 3), 2 * count + 5)
    inputs |= {Sym("x", (0, i)): Fraction(2 * i - 5, 3) for i in range(1, sizes[0] + 1)}
    inputs |= {Sym("y", (j,)): Fraction(j, 7) for j in range(1, sizes[-1] + 1)}
    net.point = {(s.name, *s.index): oracle.number(q) for s, q in inputs.items()}
    functions = {f.name: f for f in own.functions}
    definitions = {d.symbol: d.term for d in own.definitions}
    return Model(functions, definitions, inputs, polynomials or {}, arithmetic), net


def ends(interval):
    """The two ends of an interval, as the oracle's numbers."""
    low, high = interval._mpi_
    return mp.make_mpf(low), mp.make_mpf(high)


@pytest.mark.parametrize(
    ("sizes", "activations", "loss"),
    [
        ([2, 3, 1], ["tanh", "tanh"], "squared error"),
        ([2, 2, 2], ["sigmoid", "sigmoid"], "binary cross entropy"),
        ([2, 2, 3], ["softplus", "softmax"], "cross entropy"),
        ([1, 2, 2, 1], ["gelu", "silu", "sin"], "logistic"),
        ([2, 2, 2], ["relu", "leaky relu"], "squared error"),
    ],
    ids=str,
)
@pytest.mark.parametrize("digits", [40, 120])
def test_model_encloses_the_derivatives(sizes, activations, loss, digits):
    """Intervals around e and its slopes hold the central differences, and are narrow."""
    m, net = model(sizes, activations, loss, Intervals(digits))
    low, high = ends(m.value(E))
    assert low <= net.run()["e"] <= high
    slack = mp.mpf(10) ** -300
    for l in range(1, net.L + 1):
        for j in range(1, sizes[l] + 1):
            for variable in (("s", l, j), ("w", l, 0, j), ("w", l, 1, j)):
                low, high = ends(m.slope(E, Sym(variable[0], variable[1:])))
                assert low - slack <= net.derivative(*variable) <= high + slack
                assert high - low < mp.mpf(10) ** (8 - digits)


def test_model_is_exact_over_the_rationals():
    cubic = Polynomial(1, (((3,), Fraction(1, 2)), ((1,), Fraction(-3)), ((0,), Fraction(1))))
    m, net = model(
        [2, 2, 1], ["opaque"] * 2, "squared error", Rationals(), {"g_1": cubic, "g_2": cubic}
    )
    net.point |= {f"g_{l}": lambda t: t**3 / 2 - 3 * t + 1 for l in (1, 2)}
    for variable in (("s", 1, 2), ("w", 1, 2, 1), ("s", 2, 1), ("w", 2, 0, 1)):
        exact = m.slope(E, Sym(variable[0], variable[1:]))
        assert isinstance(exact, Fraction)
        assert abs(oracle.number(exact) - net.derivative(*variable)) < mp.mpf(10) ** -150


def bare(arithmetic, **values):
    return Model({}, {}, {Sym(n): Fraction(v) for n, v in values.items()}, {}, arithmetic)


@pytest.mark.parametrize(
    ("name", "f"),
    [
        ("exp", mp.exp),
        ("log", mp.log),
        ("sin", mp.sin),
        ("cos", mp.cos),
        ("sqrt", mp.sqrt),
        ("erf", mp.erf),
    ],
)
@pytest.mark.parametrize("at", [Fraction(1, 3), Fraction(7, 2), Fraction(1, 1000)])
def test_slopes_of_known_functions(name, f, at):
    m = bare(Intervals(60), u=at)
    low, high = ends(m.value(App(name, (0,), (U,))))
    x, slack = oracle.number(at), mp.mpf(10) ** -300
    assert low <= f(x) <= high
    exact = (f(x + oracle.STEP) - f(x - oracle.STEP)) / (2 * oracle.STEP)
    for low, high in (
        ends(m.slope(App(name, (0,), (U,)), U)),
        ends(m.value(App(name, (1,), (U,)))),
    ):
        assert low - slack <= exact <= high + slack
        assert high - low < mp.mpf(10) ** -50 * max(1, abs(exact))


def test_no_value_is_made_up():
    """1/0, log of 0, a bracket at its kink, an interval across 0: Undecided, not a number."""
    for arithmetic in (Rationals(), Intervals(40)):
        m = bare(arithmetic, u=0, v=1)
        with pytest.raises(Undecided):
            m.value(Pow(U, -1))
        with pytest.raises(Undecided):
            m.slope(Bracket(U), U)
        with pytest.raises(Undecided):
            m.value(App("log", (0,), (U,)))
        with pytest.raises(Undecided):
            m.value(Sym("absent"))
    third = Mul((Num(Fraction(1, 3)), U))
    m = bare(Intervals(40), u=3)
    zero = m.value(third) - m.arithmetic.number(Fraction(1))
    with pytest.raises(Undecided):
        m.arithmetic.inverse(zero)


def test_hypotheses_are_judged_exactly():
    m = bare(Rationals(), u=Fraction(1, 2), v=0)
    assert m.holds(Positive(U))
    assert not m.holds(Positive(V))
    assert m.holds(Nonzero(U))
    assert not m.holds(Nonzero(V))
    assert m.holds(Eq(Mul((Num(Fraction(2)), U)), Num(Fraction(1))))
    assert not m.holds(Eq(U, V))
    assert not m.holds(Differentiable(App("h", (0,), (U,))))


def test_apart():
    iv = Intervals(40)
    third, other = iv.number(Fraction(1, 3)), iv.number(Fraction(1, 3) + Fraction(1, 10**30))
    assert apart(third, other, iv)
    assert not apart(third, third, iv)
    assert not apart(third, iv.number(Fraction(1, 3) + Fraction(1, 10**60)), iv)
    assert apart(Fraction(1), Fraction(10**99 + 1, 10**99), Rationals())


def test_polynomial():
    p = Polynomial(2, (((2, 1), Fraction(3)), ((0, 3), Fraction(-1, 2)), ((0, 0), Fraction(5))))
    a, b = sp.symbols("a b")
    formula = p.formula([a, b])
    for orders in ((0, 0), (1, 0), (0, 2), (2, 1), (3, 0)):
        expected = sp.diff(formula, (a, orders[0]), (b, orders[1])).subs(
            {a: 3, b: sp.Rational(2, 7)}
        )
        found = p.partial(orders)([Fraction(3), Fraction(2, 7)], lambda q: q)
        assert sp.Rational(found.numerator, found.denominator) == expected


# --- witnesses -------------------------------------------------------------------------------------------------------------


def refuted(net, recursion, **options):
    verdict = sb.prove(net, recursion, **options)
    assert verdict.word == "refuted", str(verdict)
    return verdict


def doubled(n, l, i):
    return 2 * LECTURE.step(n, l, i)


def test_a_witness_keeps_off_the_kink():
    """A recursion that differs at the kink alone is proved; one that differs elsewhere has a witness off the kink."""
    net = sb.Network([2, 2, 1], "relu,identity")
    assert sb.prove(net).hypotheses == ("s_1^(1) ≠ 0", "s_2^(1) ≠ 0")
    verdict = refuted(net, sb.Recursion(LECTURE.base, doubled, LECTURE.weight))
    found = oracle.with_values(
        oracle.Net([2, 2, 1], ["relu", "identity"], "squared error"), verdict.values
    ).run()
    assert found["s", 1, 1] != 0 != found["s", 1, 2]

    def at_the_kink(n, l, i):
        s = n.s[l - 1][i]
        return LECTURE.step(n, l, i) + 7 * sp.Piecewise((1, sp.Eq(s, 0)), (0, True))

    assert sb.prove(net, sb.Recursion(LECTURE.base, at_the_kink, LECTURE.weight)).word == "proved"


def test_a_witness_lies_in_the_domain():
    """Binary cross-entropy of an identity output: 0 < x < 1 at the witness."""
    net = sb.Network([2, 2, 1], "identity", "binary cross-entropy")
    verdict = refuted(net, sb.Recursion(LECTURE.base, doubled, LECTURE.weight))
    found = oracle.with_values(
        oracle.Net([2, 2, 1], ["identity"] * 2, "binary cross entropy"), verdict.values
    ).run()
    assert 0 < found["x", 2, 1] < 1


def test_an_assumption_holds_at_the_witness():
    net = sb.Network([2, 2, 1], "tanh")
    verdict = refuted(
        net,
        sb.Recursion(LECTURE.base, doubled, LECTURE.weight),
        assume=[sp.Eq(net.y[1], 3), net.w[1][0, 1] > 2, sp.Ne(net.x[0][1], 1)],
    )
    assert verdict.values[net.y[1]] == 3
    assert verdict.values[net.w[1][0, 1]] > 2


def test_an_assumption_can_make_a_recursion_true():
    net = sb.Network([2, 2, 1], "tanh")
    recursion = sb.Recursion(lambda n, j: n.x[n.L][j] * n.dg(n.L, j), LECTURE.step, LECTURE.weight)
    assert sb.prove(net, recursion).word == "refuted"
    assert sb.prove(net, recursion, assume=[sp.Eq(net.y[1], 0)]).word == "proved"


@pytest.mark.parametrize(
    "assumed",
    [
        lambda net: [net.y[1] > 1, net.y[1] < 0],
        lambda net: [sp.Ne(net.y[1] * net.x[0][1], net.x[0][1] * net.y[1], evaluate=False)],
        lambda net: [sp.Gt(0, net.w[1][0, 1] ** 2 + 1, evaluate=False)],
        lambda net: [sp.Eq(net.y[1], 0), net.y[1] > 0],
    ],
)
def test_contradictory_hypotheses_prove_and_refute_nothing(assumed):
    """What is proved under them is proved without them; nothing can be refuted, for no point satisfies them."""
    net = sb.Network([1, 1, 1], "tanh")
    verdict = sb.prove(net, assume=assumed(net))
    assert verdict.word == "unknown" or verdict.hypotheses == ()
    verdict = sb.prove(
        net, sb.Recursion(LECTURE.base, doubled, LECTURE.weight), assume=assumed(net)
    )
    assert verdict.word == "unknown", str(verdict)


def test_a_witness_never_violates_an_assumption():
    """|w| for w is right under w > 0, where no proof uses the assumption: it may stay open, and is not refuted."""
    net = sb.Network([2, 2, 1], "tanh")
    absolute = sb.Recursion(
        LECTURE.base,
        lambda n, l, i: (
            n.dg(l - 1, i) * sp.Sum(sp.Abs(n.w[l][i, k]) * n.delta[l][k], (k, 1, n.d[l]))
        ),
        LECTURE.weight,
    )
    assert sb.prove(net, absolute).word == "refuted"
    positive = [net.w[2][1, 1] > 0, net.w[2][2, 1] > 0]
    assert sb.prove(net, absolute, assume=positive).word != "refuted"


def test_a_rounded_constant_is_never_refuted():
    """1/√(2π) rounded in gelu' is not refuted; a constant that is off by more is."""
    net = sb.Network([1, 1, 1], "gelu")

    def slope_with(constant):
        def base(n, j):
            s = n.s[n.L][j]
            normal = (1 + sp.erf(s / sp.sqrt(2))) / 2
            return n.dloss(j) * (normal + s * sp.exp(-(s**2) / 2) * constant)

        return sb.Recursion(base, LECTURE.step, LECTURE.weight)

    assert sb.prove(net, slope_with(0.3989422804)).word != "refuted"
    assert sb.prove(net, slope_with(0.39894)).word != "refuted"
    assert sb.prove(net, slope_with(0.3989422704)).word == "refuted"
    assert sb.prove(net, slope_with(0.4)).word != "refuted"
    assert sb.prove(net, slope_with(0.41)).word == "refuted"


def test_a_float_is_read_as_its_decimals():
    net = sb.Network([1, 1, 1], "tanh")
    for value, verdict in ((0.1, "proved"), (0.3, "refuted")):
        tenth = sb.Recursion(
            lambda n, j, v=value: 10 * v * LECTURE.base(n, j), LECTURE.step, LECTURE.weight
        )
        assert sb.prove(net, tenth).word == verdict


def test_the_same_seed_gives_the_same_witness():
    net = sb.Network([2, 2, 1], "tanh")
    wrong = sb.Recursion(LECTURE.base, doubled, LECTURE.weight)
    first, second = refuted(net, wrong, seed=5), refuted(net, wrong, seed=5)
    assert first.values == second.values
    assert refuted(net, wrong, seed=6).values != first.values


# --- diagnoses -------------------------------------------------------------------------------------------------------------


def total(n, l, i, j):
    return sp.Sum(n.w[l][i, j] * n.delta[l][j], (j, 1, n.d[l]))


def step(f):
    return sb.Recursion(LECTURE.base, f, LECTURE.weight)


def base(f):
    return sb.Recursion(f, LECTURE.step, LECTURE.weight)


def weight(f):
    return sb.Recursion(LECTURE.base, LECTURE.step, f)


DIAGNOSES = {
    "g' in the base": (base(lambda n, j: n.dloss(j)), "base step: a factor g'(s) is missing"),
    "g' in the step": (
        step(lambda n, l, i: total(n, l, i, k)),
        "induction step: a factor g'(s) is missing",
    ),
    "g' twice": (
        step(lambda n, l, i: n.dg(l - 1, i) ** 2 * total(n, l, i, k)),
        "induction step: a factor g'(s) too many",
    ),
    "transposed": (
        step(lambda n, l, i: n.dg(l - 1, i) * sp.Sum(n.w[l][k, i] * n.delta[l][k], (k, 1, n.d[l]))),
        "induction step: the weight is transposed",
    ),
    "bias row as node 1": (
        step(
            lambda n, l, i: (
                n.dg(l - 1, i) * sp.Sum(n.w[l][i - 1, k] * n.delta[l][k], (k, 1, n.d[l]))
            )
        ),
        "induction step: the bias row is left out: node i's weights are in row i, row 0 holds the biases",
    ),
    "sign of the base": (base(lambda n, j: -LECTURE.base(n, j)), "base step: the sign is wrong"),
    "y-x": (
        base(lambda n, j: (n.y[j] - n.x[n.L][j]) * n.dg(n.L, j)),
        "base step: the sign is wrong",
    ),
    "sign of the step": (
        step(lambda n, l, i: -LECTURE.step(n, l, i)),
        "induction step: the sign is wrong",
    ),
    "twice": (base(lambda n, j: 2 * LECTURE.base(n, j)), "base step: a factor 2 too many"),
    "a third": (
        step(lambda n, l, i: LECTURE.step(n, l, i) / 3),
        "induction step: a factor 3 is missing",
    ),
    "two fifths of a weight": (
        weight(lambda n, l, i, j: LECTURE.weight(n, l, i, j) * sp.Rational(2, 5)),
        "gradient of the weight: a factor 5/2 is missing",
    ),
    "the sum from 2": (
        step(lambda n, l, i: n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 2, n.d[l]))),
        "induction step: the sum must run over all nodes, from 1 to the width of the layer",
    ),
    "x": (
        weight(lambda n, l, i, j: n.delta[l][j]),
        "gradient of the weight: the input x_i of the weight is missing",
    ),
    "δ": (
        weight(lambda n, l, i, j: n.x[l - 1][i]),
        "gradient of the weight: the δ_j of the weight is missing",
    ),
    "loss": (
        base(lambda n, j: n.dg(n.L, j)),
        "base step: the derivative of the loss is missing",
    ),
}


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "opaque"])
@pytest.mark.parametrize("name", DIAGNOSES)
def test_diagnosis(name, activation):
    recursion, sentence = DIAGNOSES[name]
    verdict = refuted(sb.Network([2, 2, 2], activation), recursion)
    assert verdict.diagnosis == sentence
    assert f"diagnosis: {sentence}" in str(verdict)


def test_no_diagnosis_where_it_was_not_asked_for_or_would_not_help():
    net = sb.Network([2, 2, 2], "tanh")
    wrong = base(lambda n, j: n.dloss(j))
    assert refuted(net, wrong, diagnose=False).diagnosis is None
    both = sb.Recursion(lambda n, j: n.y[j], lambda n, l, i: 0, lambda n, l, i, j: 1)
    sentence = refuted(net, both).diagnosis
    assert sentence is None or sentence.startswith("base step: with")
