"""Recursions and networks made to mislead: none may be Proved where it is false, Refuted where it is right, or crash.

What is true of each was worked out apart from the package: a central difference of the written-out error, or SymPy's own
value of the formula at the index.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from dataclasses import replace

import mpmath
import pytest
import sympy as sp

import symbackprop as sb

LECTURE = sb.BACKPROPAGATION
j, k = sp.symbols("j k")


def network(sizes=(1, 1), activation="tanh", loss="squared error"):
    return sb.Network(list(sizes), activation=activation, loss=loss)


def plus(extra):
    """The lecture's recursion with something added to every ∂e/∂w."""
    return replace(
        LECTURE, weight=lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][i] + extra(n, l, i, j)
    )


def base(slope):
    """The lecture's recursion with another g' in the last layer: slope(s, x)."""
    return replace(LECTURE, base=lambda n, j: n.dloss(j) * slope(n.s[n.L][j], n.x[n.L][j]))


def word(net, recursion=LECTURE, assume=()):
    """The verdict; "input" for one clear line about bad input.  Anything else that is raised fails the test."""
    try:
        return sb.prove(net, recursion, assume=assume).word
    except sb.InputError as error:
        complaint = str(error)
    assert "\n" not in complaint, complaint
    return "input"


def really_is(g, slope, at=("0.37", "-0.81", "1.3")):
    """Whether slope(s, x) is g' near some points: by central differences, in another arithmetic."""
    with mpmath.workdps(60):
        t = sp.Symbol("t", real=True)
        f = sp.lambdify(t, g(t), "mpmath")
        h = sp.lambdify(t, slope(t, g(t)), "mpmath")
        step = mpmath.mpf(10) ** -20
        return all(
            mpmath.almosteq((f(p + step) - f(p - step)) / (2 * step), h(p), mpmath.mpf(10) ** -14)
            for p in map(mpmath.mpf, at)
        )


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_a_float_below_the_range_of_doubles_is_not_nought():
    assert word(network(), plus(lambda n, l, i, j: sp.Float("1e-400"))) != "proved"


def test_a_tiny_float_in_the_loss_is_not_nought():
    net = network(loss=lambda x, y: (x - y) * sp.Float("1e-400"))
    assert word(net, replace(LECTURE, base=lambda n, j: 0)) != "proved"


ROUNDED = {
    "2/3 in double precision": (lambda s: s**2 / 3, lambda s, x: 2 / 3 * s),
    "0.1 + 0.2": (lambda s: s * sp.Rational(3, 10), lambda s, x: 0.1 + 0.2),
    "1 - 0.9": (lambda s: s / 10, lambda s, x: 1 - 0.9),
    "a decimal in the activation": (lambda s: 0.3333333333333333 * s**3, lambda s, x: s**2),
    "selu": (
        lambda s: 1.0507 * sp.Piecewise((s, s > 0), (1.67326 * (sp.exp(s) - 1), True)),
        lambda s, x: sp.Piecewise((1.0507, s > 0), (x + 1.0507 * 1.67326, True)),
    ),
}


@pytest.mark.parametrize("name", ROUNDED)
def test_a_rounding_refutes_nothing(name):
    g, slope = ROUNDED[name]
    assert really_is(g, slope)
    assert word(network(activation=g), base(slope)) != "refuted"


@pytest.mark.parametrize(
    "value", [sp.I, sp.oo, sp.nan, sp.zoo, sp.GoldenRatio, sp.EulerGamma, float("nan")], ids=str
)
def test_what_is_no_real_number_of_the_language_is_bad_input(value):
    assert word(network(), plus(lambda n, l, i, j: value)) == "input"


# --- indices ---------------------------------------------------------------------------------------------------------


def bound_target(n):
    """1 + 2 + 3, summed over an index that happens to be y_1."""
    y = n.y[1]
    return sp.Sum(y, (y, 1, 3))


def test_a_quantity_as_a_sums_index_is_bound():
    assert word(network(), plus(lambda n, l, i, j: bound_target(n) - 3 * n.y[1])) != "proved"
    assert word(network(), plus(lambda n, l, i, j: bound_target(n) - 6)) != "refuted"


def test_a_loss_that_sums_over_x_itself_is_refused():
    with pytest.raises(sb.InputError, match="another index of summation"):
        network(loss=lambda x, y: sp.Sum(x, (x, 1, 3)))


def test_a_kronecker_delta_with_a_range_is_nought_out_of_it():
    ranged = sp.Sum(sp.KroneckerDelta(j, k, (5, 6)), (j, 1, 1), (k, 1, 1))
    assert ranged.function.subs({j: 1, k: 1}) == 0
    assert word(network(), plus(lambda n, l, i, j: ranged)) != "refuted"
    assert word(network(), plus(lambda n, l, i, j: ranged - 1)) != "proved"


STEPS = {
    "a sum from below": (
        lambda n, l, i: sp.Sum(n.w[l][i, -j] * n.delta[l][-j], (j, -2, -1)),
        "proved",
    ),
    "limits that depend on each other": (
        lambda n, l, i: sp.Sum(
            n.w[l][i, j] * n.delta[l][j] * sp.KroneckerDelta(j, k), (j, 1, k), (k, 1, 2)
        ),
        "proved",
    ),
    "one letter bound twice": (
        lambda n, l, i: sp.Sum(n.delta[l][j] * sp.Sum(n.w[l][i, j], (j, 1, 2)), (j, 1, 2)),
        "refuted",
    ),
    "the free index as a sum's index": (
        lambda n, l, i: sp.Sum(n.w[l][i, j] * n.delta[l][j], (j, 1, 2)) * sp.Sum(1, (i, i, i)),
        "proved",
    ),
    "a set": (lambda n, l, i: sp.Sum(n.w[l][i, j] * n.delta[l][j], (j, sp.Range(1, 3))), "proved"),
    "the wrong order of an own base": (
        lambda n, l, i: sp.Sum(sp.IndexedBase("w")[i, j, l] * n.delta[l][j], (j, 1, 2)),
        "refuted",
    ),
    "half an index": (
        lambda n, l, i: sp.Sum(n.w[l][i, j] * n.delta[l][j], (j, 1, sp.Rational(5, 2))),
        "input",
    ),
    "without end": (lambda n, l, i: sp.Sum(n.w[l][i, j] * n.delta[l][j], (j, 1, sp.oo)), "input"),
}


@pytest.mark.parametrize("name", STEPS)
def test_sums(name):
    total, expected = STEPS[name]
    step = replace(LECTURE, step=lambda n, l, i: n.dg(l - 1, i) * total(n, l, i))
    assert word(network((2, 2, 2)), step) == expected


# --- rows and states -------------------------------------------------------------------------------------------------


def renamed(name, formula, slope):
    return replace(sb.ACTIVATIONS["sigmoid"], name=name, definition=formula, derivative=slope)


def test_a_row_by_the_name_of_another_function_is_what_it_says():
    cube = renamed("tanh", lambda s: s**3, lambda s: 3 * s**2)
    assert word(network(activation=cube), base(lambda s, x: 1 - x**2)) != "proved"
    assert word(network(activation=cube), base(lambda s, x: 3 * s**2)) != "refuted"


def test_an_opaque_layer_is_not_another_layers_function():
    square = renamed("g_2", lambda s: s**2, lambda s: 2 * s)
    net = network((1, 1, 1), activation=[square, "opaque"])
    assert word(net, base(lambda s, x: 2 * s)) != "proved"


@pytest.mark.parametrize("name", ["exp", "a(b", "sigmoid"])
def test_the_name_of_a_row_crashes_nothing(name):
    square = renamed(name, lambda s: s**2, lambda s: 2 * s)
    rows = [sb.ACTIVATIONS["sigmoid"], square]
    assert word(network((1, 1, 1), activation=rows)) in ("proved", "input")


def test_the_first_answer_of_a_recursion_is_what_is_judged():
    calls = []

    def slope(s, x):
        calls.append(s)
        return 2 * s / 3.0 if len(calls) == 1 else 5 * s

    assert word(network(activation=lambda s: s**2 / 3), base(slope)) != "refuted"


# --- kinks, domains, assumptions -------------------------------------------------------------------------------------

CONDITIONAL = {
    "1/s": (lambda s: 1 / s, lambda s, x: -(x**2), "s_1^(1) ≠ 0"),
    "log s": (sp.log, lambda s, x: 1 / s, "s_1^(1) > 0"),
    "|s|": (sp.Abs, lambda s, x: x / s, "s_1^(1) ≠ 0"),
    "a jump": (
        lambda s: sp.Piecewise((s, s < 0), (s + 5, True)),
        lambda s, x: sp.Integer(1),
        "s_1^(1) ≠ 0",
    ),
    "a removable hole": (
        lambda s: (s**2 - 1) / (s - 1),
        lambda s, x: sp.Integer(1),
        "1 - s_1^(1) ≠ 0",
    ),
}


@pytest.mark.parametrize("name", CONDITIONAL)
def test_where_a_slope_does_not_exist_is_said(name):
    g, slope, condition = CONDITIONAL[name]
    assert really_is(g, slope, at=("0.37", "1.3"))
    verdict = sb.prove(network(activation=g), base(slope))
    assert verdict.word == "proved"
    assert condition in verdict.hypotheses


def test_an_assumption_at_a_point_is_not_differentiated():
    net = network(activation="identity")
    nothing = replace(LECTURE, base=lambda n, j: sp.Integer(0))
    blind = replace(
        LECTURE, weight=lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][i] * sp.KroneckerDelta(i, 0)
    )
    assert word(net, nothing, [sp.Eq(net.w[1][0, 1], 5)]) == "refuted"
    assert word(net, blind, [sp.Eq(net.w[1][1, 1], 0)]) == "refuted"
    assert word(net, blind, [sp.Eq(net.x[0][1], 0)]) == "proved"


def test_nothing_follows_from_what_never_holds():
    net, wrong = network(), plus(lambda n, l, i, j: 1)
    y, x = net.y[1], net.x[1][1]
    for assume in ([sp.Eq(y, 0), sp.Eq(y, 1)], [y > 0, y < 0], [sp.Eq(x, 2)], [x > 1]):
        assert word(net, wrong, assume) == "unknown"


# --- crashes and hangs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("assume", [sp.Eq(sp.Symbol("y"), 0), None], ids=["bare", "None"])
def test_an_assumption_that_is_no_list_is_bad_input(assume):
    assert word(network(), LECTURE, assume) == "input"


def hidden_zero(t):
    return (t + 1) ** 2 - t**2 - 2 * t - 1


CRASHES = {
    "exp(2000 s)": (lambda s: sp.exp(2000 * s), lambda s, x: 2000 * x),
    "tanh(0.7978845608 s)": (
        lambda s: sp.tanh(0.7978845608 * s),
        lambda s, x: 0.7978845608 * (1 - sp.tanh(0.7978845608 * s) ** 2),
    ),
}


@pytest.mark.parametrize("name", CRASHES)
def test_long_decimals_in_exponents_crash_nothing(name):
    g, slope = CRASHES[name]
    assert word(network(activation=g), base(slope)) in ("proved", "unknown")


def test_a_division_by_a_hidden_zero_is_told():
    assert word(network(), plus(lambda n, l, i, j: n.y[1] / hidden_zero(n.s[1][1]))) in (
        "input",
        "unknown",
    )
    assert word(network(loss=lambda x, y: (x - y) / hidden_zero(x))) in ("input", "unknown")


def test_too_high_a_power_is_told():
    power = plus(lambda n, l, i, j: (n.s[1][1] + n.x[0][1] + n.y[1]) ** 1000)
    assert word(network(), power) in ("input", "unknown", "refuted")


def test_a_tower_of_exponentials_is_no_crash():
    def tower(s):
        for _ in range(5):
            s = sp.exp(s)
        return s

    nearly = replace(
        LECTURE, base=lambda n, j: n.dloss(j) * n.dg(1, j) * (1 + sp.Rational(1, 10**8))
    )
    assert word(network(activation=tower), nearly) in ("refuted", "unknown")


ENDLESS = {
    "a sum in a sum": """
        j, k = sp.symbols("j k")
        net = sb.Network([2, 2, 2])
        total = lambda n, l, i: sp.Sum(n.w[l][i, 1] * n.delta[l][1], (j, 1, 10**5), (k, 1, 10**5))
        own = replace(sb.BACKPROPAGATION, step=lambda n, l, i: n.dg(l - 1, i) * total(n, l, i))
    """,
    "sinh of sinh": """
        net = sb.Network([1, 1, 1], activation=sp.sinh)
        small = sp.Rational(1, 10**30)
        own = replace(
            sb.BACKPROPAGATION, weight=lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][i] + small
        )
    """,
}


@pytest.mark.parametrize("name", ENDLESS)
def test_there_is_an_end(name):
    """In a process of its own, which is given up after some seconds."""
    lines = [
        "from dataclasses import replace",
        "import sympy as sp, symbackprop as sb",
        textwrap.dedent(ENDLESS[name]),
        "try:",
        "    print(sb.prove(net, own).word)",
        "except sb.InputError:",
        "    print('input')",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        timeout=6,
        check=True,
    )
    assert done.stdout.strip() in ("input", "refuted", "unknown")


@pytest.mark.parametrize(
    "part",
    [
        lambda n, j: sp.Matrix([[1, 2], [3, 4]]),
        lambda n, j: sp.Determinant(sp.ImmutableMatrix([[n.s[1][j], 2], [3, 4]])),
        lambda n, j: int("no\nnumber"),
    ],
    ids=["matrix", "determinant", "exception"],
)
def test_a_complaint_is_one_line(part):
    def failing(n, j):
        try:
            return part(n, j)
        except ValueError:
            raise ValueError("no\nnumber") from None

    assert word(network(), replace(LECTURE, base=failing)) == "input"


def test_a_formula_without_a_value_on_a_region_is_not_proved():
    """1/g' of relu is right where s > 0 and has no value where s < 0; the derivative has one in both."""
    net = sb.Network([2, 2, 1], "relu")
    divided = replace(LECTURE, base=lambda n, j: n.dloss(j) / n.dg(n.L, j))
    verdict = sb.prove(net, divided)
    assert isinstance(verdict, sb.Unknown)
    assert "has no value elsewhere" in verdict.reason
    assert {v.word for _, v in verdict.claims} == {"unknown"}


def test_contradictory_assumptions_are_named():
    net = sb.Network([1, 1])
    verdict = sb.prove(net, assume=[net.y[1] > 1, net.y[1] < 0])
    assert isinstance(verdict, sb.Unknown)
    assert "y_1 - 1 > 0" in verdict.reason or "-1 + y_1 > 0" in verdict.reason
    assert "-y_1 > 0" in verdict.reason


BRANCHES = {
    "a wrong bias": (
        lambda n, l, i, j: -3 * n.delta[l][j] if i == 0 else LECTURE.weight(n, l, i, j),
        "refuted",
    ),
    "a right bias": (
        lambda n, l, i, j: n.delta[l][j] if i == 0 else LECTURE.weight(n, l, i, j),
        "proved",
    ),
    "a wrong node": (
        lambda n, l, i, j: 77 if (i, j) == (2, 1) else LECTURE.weight(n, l, i, j),
        "refuted",
    ),
    "a comparison": (lambda n, l, i, j: n.delta[l][j] * (n.x[l - 1][i] if i > 0 else 1), "proved"),
    "a table": (lambda n, l, i, j: {0: 0}.get(i, 1) * LECTURE.weight(n, l, i, j), "refuted"),
    "a formula for others": (
        lambda n, l, i, j: (
            n.delta[l][j] * sp.Piecewise((1, sp.Eq(i, 0)), (n.x[l - 1][i] + 0 * n.w[l][i, j], True))
        ),
        "proved",
    ),
}


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_on_an_index_is_judged(name):
    """`if i == 0:` means what it says: the functions are called with numbers."""
    weight, expected = BRANCHES[name]
    verdict = sb.prove(sb.Network([2, 2, 1]), replace(LECTURE, weight=weight))
    assert verdict.word == expected, str(verdict)
