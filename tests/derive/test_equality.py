"""The equality ladder: laws of exp and its kin find what is true, and nothing that is false."""

from __future__ import annotations

import pytest
import sympy as sp

from symbackprop.certificates import check
from symbackprop.derive.builder import Builder
from symbackprop.derive.equality import Equality, rational
from symbackprop.derive.tower import Tower, settle_with
from symbackprop.kernel import Eq, Positive, Sym
from symbackprop.network.functions import definitions
from symbackprop.network.gate import Reader

s, t, u, v = sp.symbols("s t u v", real=True)
exp, log, sqrt, tanh, cosh, sinh = sp.exp, sp.log, sp.sqrt, sp.tanh, sp.cosh, sp.sinh


def sigma(x):
    return 1 / (1 + exp(-x))


def theorem(left, right):
    """The theorem that the ladder makes of left = right, in free symbols; None where it finds none."""
    read = Reader(lambda name, index: Sym(name, index), lambda symbol: Sym(symbol.name))
    a, b = read.term(left), read.term(right)
    builder = Builder(definitions(read.functions), ())
    tower = Tower(builder, lambda symbol: False)
    builder.settle = settle_with(builder, [tower])
    step = Equality(builder, tower).prove(a, b, [])
    if step is None:
        return None
    proved = check(builder.proof([step]))
    assert proved.conclusions == (Eq(a, b),)
    return proved


TRUE = {
    "the same": (s * (t + 1), s * t + s),
    "a half twice": (exp(s / 2) ** 2, exp(s)),
    "a half and a third": (exp(s / 2) * exp(s / 3), exp(5 * s / 6)),
    "a sum": (exp(s + t), exp(s) * exp(t)),
    "a negative": (exp(-s) * exp(s), sp.Integer(1)),
    "a product of four": (exp(s - t) * exp(t - u), exp(s) * exp(-u)),
    "mixed denominators": (exp(s / 6 + t / 4) ** 12, exp(2 * s) * exp(3 * t)),
    "a product in the argument": (exp(s * t) * exp(-(s * t) / 2), exp(s * t / 2)),
    "σ + σ": (sigma(s) + sigma(-s), sp.Integer(1)),
    "σ and tanh": (tanh(s), 2 * sigma(2 * s) - 1),
    "tanh of twice": (tanh(2 * s), 2 * tanh(s) / (1 + tanh(s) ** 2)),
    "tanh of a sum": (
        tanh(s + t) * (1 + tanh(s) * tanh(t)),
        tanh(s) + tanh(t),
    ),
    "cosh² - sinh²": (cosh(s) ** 2 - sinh(s) ** 2, sp.Integer(1)),
    "cosh of a sum": (cosh(s + t), cosh(s) * cosh(t) + sinh(s) * sinh(t)),
    "tanh is odd": (tanh(-s), -tanh(s)),
    "sech²": (sp.sech(s) ** 2, 1 - tanh(s) ** 2),
    "a fraction": (1 / (1 + exp(s)) + 1 / (1 + exp(-s)), sp.Integer(1)),
    "a root": (sqrt(2) * sqrt(2), sp.Integer(2)),
    "a root below": (1 / sqrt(2), sqrt(2) / 2),
    "a root of a sum of squares": (sqrt(1 + s**2) * sqrt(1 + s**2), 1 + s**2),
    "log of exp": (log(exp(s)), s),
    "sin is odd": (sp.sin(-s), -sp.sin(s)),
    "cos is even": (sp.cos(t - s), sp.cos(s - t)),
    "erf is odd": (sp.erf(-s) + sp.erf(s), sp.Integer(0)),
    "a bracket twice": (sp.Heaviside(s, 0) ** 2, sp.Heaviside(s, 0)),
    "|s|²": (sp.Abs(s) ** 2, s**2),
    "max + min": (sp.Max(s, t) + sp.Min(s, t), s + t),
    "softmax sums to 1": (
        (exp(s) + exp(t) + exp(u)) / (exp(s) + exp(t) + exp(u)),
        sp.Integer(1),
    ),
    "softmax less the first": (
        exp(s - t) / (exp(s - t) + 1),
        exp(s) / (exp(s) + exp(t)),
    ),
}

CONDITIONS = {"max + min": 1}
"""Those whose proof needs a condition: the law [a > 0] + [a < 0] = 1 holds for a ≠ 0."""

FALSE = {
    "a half": (exp(s / 2), exp(s)),
    "a sum of exps": (exp(s) + exp(t), exp(s + t)),
    "tanh² + sech": (tanh(s) ** 2 + sp.sech(s), sp.Integer(1)),
    "σ twice": (sigma(2 * s), 2 * sigma(s)),
    "tanh and σ": (tanh(s), 2 * sigma(s) - 1),
    "off by 10^-60": (tanh(s), tanh(s) * (1 + sp.Rational(1, 10**60))),
    "s - 1": (log(exp(s)), s - 1),
    "√(s²) = s": (sqrt(s**2), s),
    "√s √t": (sqrt(2) * sqrt(3), sqrt(5)),
    "√2 is rational": (sqrt(2), sp.Rational(99, 70)),
    "|s| = s": (sp.Abs(s), s),
    "[s > 0] = 1": (sp.Heaviside(s, 0), sp.Integer(1)),
    "[s > 0] = [t > 0]": (sp.Heaviside(s, 0), sp.Heaviside(t, 0)),
    "π = 22/7": (sp.pi, sp.Rational(22, 7)),
    "sin = s": (sp.sin(s), s),
    "2^61 - 1 = 0": (sp.Integer(2**61 - 1) * s, sp.Integer(0)),
    "a product of the sampling primes is 0": (
        sp.Integer((2**61 - 1) * (2**89 - 1) * (2**107 - 1) * (2**127 - 1)) * exp(s),
        exp(s) - exp(s),
    ),
    "Fermat's little theorem": (exp(s) ** 7, exp(s)),
    "a constant": (exp(s) / exp(s), sp.Integer(2)),
    "half of the denominators": (1 / (1 + exp(s)), 1 / (2 + exp(s))),
}


@pytest.mark.parametrize("name", TRUE)
def test_true(name):
    left, right = TRUE[name]
    proved = theorem(left, right)
    assert proved is not None
    assert len(proved.hypotheses) == CONDITIONS.get(name, 0)


@pytest.mark.parametrize("name", FALSE)
def test_false(name):
    left, right = FALSE[name]
    assert theorem(left, right) is None


@pytest.mark.parametrize("name", TRUE)
def test_true_identities_are_true(name):
    """The table itself, at a random point: numbers of SymPy's own."""
    left, right = TRUE[name]
    point = {s: sp.Rational(3, 7), t: -sp.Rational(5, 4), u: sp.Rational(2, 9)}
    assert abs(sp.N((left - right).subs(point), 40)) < sp.Float(10) ** -35


@pytest.mark.parametrize("name", [n for n in FALSE if "prime" not in n])
def test_false_identities_are_false(name):
    left, right = FALSE[name]
    points = [{s: -sp.Rational(3, 7), t: sp.Rational(5, 4)}, {s: 2, t: -3}]
    assert any(abs(sp.N((left - right).subs(p), 90)) > sp.Float(10) ** -70 for p in points)


def test_a_condition_is_recorded_where_it_does_not_hold_always():
    """s/s = 1 needs s ≠ 0, and log s + log t - log s = log t needs positive s; (1+e^s)/(1+e^s) = 1 needs nothing."""
    proved = theorem(s * t / s * sp.Integer(1) + 1 / s - 1 / s, t)
    assert proved is not None
    assert len(theorem((s + t) / (s + t) ** 2, 1 / (s + t)).hypotheses) == 1
    assert theorem((1 + exp(s)) / (1 + exp(s)) ** 2, 1 / (1 + exp(s))).hypotheses == ()
    assert {type(h) for h in theorem(log(s) + t, t + log(s)).hypotheses} <= {Positive}


@pytest.mark.parametrize("numerator", [0, 1, -1, 355, -(10**6)])
@pytest.mark.parametrize("denominator", [1, 113, 9973])
def test_rational_reconstruction(numerator, denominator):
    prime = 2**61 - 1
    value = numerator * pow(denominator, -1, prime) % prime
    found = rational(value, prime)
    assert found is not None
    assert found * denominator == numerator
