"""Formulas that overflow or cancel as they are written: right at any finite number, and without a warning."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

from symbackprop.compile import safe
from symbackprop.compile.function import lambdify

A = sp.IndexedBase("a", real=True)
i, j, k, n, d, m = sp.symbols("i j k n d m", integer=True)
EXTREME = [1e308, -1e308, 800.0, -800.0, 40.0, -40.0, 1.0, -0.5, 1e-9, -1e-9, 5e-324, -5e-324, 0.0]
MP = mpmath.mp.clone()
MP.dps = 400


@pytest.fixture(autouse=True)
def _no_warnings():
    with np.errstate(over="warn", divide="warn", invalid="warn"):
        yield


def exp(v):
    """exp, of which the exponent is held where doubles would be long 0 or ∞."""
    return MP.exp(max(min(v, MP.mpf(10) ** 6), -(MP.mpf(10) ** 6)))


def big(v):
    return v > 1000


ONE = {
    "sigmoid": (lambda s: 1 / (1 + sp.exp(-s)), lambda s: 1 / (1 + exp(-s))),
    "sigmoid by exp": (lambda s: sp.exp(s) / (1 + sp.exp(s)), lambda s: 1 / (1 + exp(-s))),
    "sigmoid by tanh": (lambda s: (1 + sp.tanh(s / 2)) / 2, lambda s: 1 / (1 + exp(-s))),
    "one minus sigmoid": (lambda s: 1 - 1 / (1 + sp.exp(-s)), lambda s: 1 / (1 + exp(s))),
    "slope of sigmoid": (
        lambda s: sp.exp(-s) / (1 + sp.exp(-s)) ** 2,
        lambda s: 1 / (1 + exp(-s)) / (1 + exp(s)),
    ),
    "softplus": (lambda s: sp.log(1 + sp.exp(s)), lambda s: MP.ln(1 + exp(s)) if not big(s) else s),
    "log sigmoid": (
        lambda s: sp.log(1 / (1 + sp.exp(-s))),
        lambda s: -MP.ln(1 + exp(-s)) if not big(-s) else s,
    ),
    "one minus tanh squared": (
        lambda s: 1 - sp.tanh(s) ** 2,
        lambda s: 4 / (1 + exp(-2 * s)) / (1 + exp(2 * s)),
    ),
    "tanh": (sp.tanh, lambda s: 1 - 2 / (exp(2 * s) + 1)),
    "sinh over cosh": (lambda s: sp.sinh(s) / sp.cosh(s), lambda s: 1 - 2 / (exp(2 * s) + 1)),
    "one over cosh": (lambda s: 1 / sp.cosh(s), lambda s: 2 / (exp(s) + exp(-s))),
    "one over cosh squared": (
        lambda s: 1 / sp.cosh(s) ** 2,
        lambda s: 4 / (exp(s) + exp(-s)) ** 2,
    ),
    "tanh by exp": (
        lambda s: (sp.exp(s) - sp.exp(-s)) / (sp.exp(s) + sp.exp(-s)),
        lambda s: 1 - 2 / (exp(2 * s) + 1),
    ),
    "gauss": (lambda s: sp.exp(-(s**2)), lambda s: exp(-s * s)),
    "elu": (
        lambda s: sp.Piecewise((s, s > 0), (sp.exp(s) - 1, True)),
        lambda s: s if s > 0 else MP.expm1(max(s, MP.mpf(-(10**6)))),
    ),
    "log1p": (lambda s: sp.log(1 + s**2), lambda s: MP.ln(1 + s * s)),
    "swish": (
        lambda s: s / (1 + sp.exp(-s)),
        lambda s: s / (1 + exp(-s)) if not big(-s) else MP.mpf(0),
    ),
}
OVERFLOWS = {"log1p"}
"""s² itself is beyond the doubles at 1e308."""


def near(got, want):
    if abs(want) < 1e-307:
        return abs(got) <= 2e-307
    if abs(want) > 1.7976931348623158e308:
        return got == (np.inf if want > 0 else -np.inf)
    return abs(MP.mpf(float(got)) - want) <= 4e-15 * abs(want)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ONE)
def test_a_function_of_one_number(name):
    naive, exact = ONE[name]
    f = lambdify(naive(A[i]), [A])
    points = [p for p in EXTREME if name not in OVERFLOWS or abs(p) < 1e150]
    for at, got in zip(points, f(np.array(points)), strict=True):
        assert near(got, exact(MP.mpf(at))), f"{name} at {at}: {got}\n{f.source}"


FORMS = {
    safe.sigmoid: lambda t: 1 / (1 + sp.exp(-t)),
    safe.softplus: lambda t: sp.log(1 + sp.exp(t)),
    safe.bell: lambda t: sp.exp(-t) / (1 + sp.exp(-t)) ** 2,
    safe.erfc: lambda t: 1 - sp.erf(t),
    safe.log1p: lambda t: sp.log(1 + t),
    safe.expm1: lambda t: sp.exp(t) - 1,
    safe.gauss: lambda t: sp.exp(-(t**2)),
}


def in_full(e, at):
    """The value of a formula with the safe functions as they are defined."""
    if not e.args:
        return e if e.is_number else at
    args = [in_full(a, at) for a in e.args]
    return sp.N(FORMS.get(e.func, e.func)(*args), 50)


@pytest.mark.parametrize("row", safe.ROWS, ids=lambda r: r.name)
def test_both_sides_of_a_row_are_equal_and_it_is_found(row):
    t = sp.Symbol("t", real=True)
    for at in (sp.Rational(-7, 3), sp.Rational(1, 5), sp.Integer(2)):
        naive, better = in_full(row.naive(t), at), in_full(row.safe(t), at)
        assert abs(naive - better) < sp.Float(10) ** -40
    assert row.rewrite(row.naive(t)) == row.safe(t)


def row_sum(u, own):
    return sum(exp(MP.mpf(v) - MP.mpf(own)) for v in u)


ROWS = {
    "softmax": (
        lambda u, S: sp.exp(u) / S,
        lambda u, at: 1 / row_sum(u, u[at]),
    ),
    "log softmax": (
        lambda u, S: sp.log(sp.exp(u) / S),
        lambda u, at: -MP.ln(row_sum(u, max(u))) + MP.mpf(u[at]) - MP.mpf(max(u)),
    ),
    "log sum exp": (
        lambda u, S: sp.log(S) + 0 * u,
        lambda u, at: MP.ln(row_sum(u, max(u))) + MP.mpf(max(u)),
    ),
    "u minus log sum exp": (
        lambda u, S: sp.exp(u - sp.log(S)),
        lambda u, at: 1 / row_sum(u, u[at]),
    ),
}
U = [[1e308, -1e308, 0.0], [800.0, -800.0, 799.0], [5e-324, 1e-9, -3.0], [-1e308, -1e308, -1e308]]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ROWS)
def test_a_function_of_a_row(name):
    formula, exact = ROWS[name]
    flat = lambdify(formula(A[i], sp.Sum(sp.exp(A[k]), (k, 1, d))), [A])
    rows = lambdify(formula(A[n, i], sp.Sum(sp.exp(A[n, k]), (k, 1, d))), [A])
    columns = lambdify(formula(A[i, n], sp.Sum(sp.exp(A[k, n]), (k, 1, d))), [A])
    by_rows = np.array(rows(np.array(U)))
    by_columns = np.array(columns(np.array(U).T))
    for place, u in enumerate(U):
        for at in range(3):
            want = exact(u, at)
            for got in (
                flat(np.array(u)),
                by_rows_of(rows, by_rows, place),
                by_rows_of(columns, by_columns, place),
            ):
                one = got if np.ndim(got) == 0 else got[at]
                assert near(one, want), f"{name} at {u}, {at}: {one}, {want}\n{flat.source}"


def by_rows_of(f, out, place):
    return np.take(out, place, f.indices.index("n"))
