"""What goes into a compiled function and what comes out: precision, memory, shapes, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from symbackprop.compile.function import lambdify
from symbackprop.errors import InputError

A, B, C, W, X = (sp.IndexedBase(n, real=True) for n in "abcwx")
i, j, k, l, n, d, m = sp.symbols("i j k l n d m", integer=True)
t = sp.Symbol("t", real=True)
LAYER = sp.tanh(W[0, j] + sp.Sum(W[i, j] * X[n, i], (i, 1, d)))


def line(e, arguments, **more):
    """The line that computes the result."""
    return lambdify(e, arguments, **more).source.splitlines()[-2].strip()


@pytest.mark.parametrize(
    ("e", "arguments", "expected"),
    [
        (sp.Sum(A[i, k] * B[k, j], (k, 1, d)), [A, B], "out = a @ b"),
        (sp.Sum(A[i, k] * B[j, k], (k, 1, d)), [A, B], "out = a @ b.T"),
        (sp.Sum(A[k, i] * B[k], (k, 1, d)), [A, B], "out = a.T @ b"),
        (sp.Sum(A[i] * B[i, j] * C[j], (i, 1, d), (j, 1, m)), [A, B, C], "out = a @ b @ c"),
        (sp.Sum(A[i, k] * B[k, l] * C[l], (k, 1, d), (l, 1, m)), [A, B, C], "out = c @ b.T @ a.T"),
        (sp.Sum(A[i] * B[j], (i, 1, d), (j, 1, m)), [A, B], "out = np.sum(a) * np.sum(b)"),
        (sp.Sum(A[i, i], (i, 1, d)), [A], 'out = np.einsum("aa->", a)'),
        (sp.Sum(A[n, i] * B[n, i], (i, 1, d)), [A, B], 'out = np.einsum("ab,ab->a", a, b)'),
        (A[i] * B[j], [A, B], "out = a[:, None] * b"),
        (sp.Sum(-A[i] * B[i], (i, 1, d)), [A, B], "out = -(a @ b)"),
        (-sp.Sum(-A[i] * B[i], (i, 1, d)), [A, B], "out = a @ b"),
        (A[i] - A[i - 1], [A], "out = a[1:] - a[:-1]"),
    ],
    ids=str,
)
def test_the_code_is_what_one_would_write(e, arguments, expected):
    assert line(e, arguments) == expected


def test_a_sum_that_occurs_twice_is_computed_once_whatever_its_index_is_called():
    S, T = sp.Sum(A[i] * B[i], (i, 1, d)), sp.Sum(A[k] * B[k], (k, 1, d))
    f = lambdify(S / (1 + T**2), [A, B])
    assert f.source.count("a @ b") == 1
    assert f([1.0, 2.0], [3.0, 4.0]) == 11 / 122


def test_a_softmax_at_two_indices_is_computed_once():
    S = sp.Sum(sp.exp(A[k]), (k, 1, d))
    p, q = sp.exp(A[i]) / S, sp.exp(A[j]) / S
    f = lambdify(q * (sp.KroneckerDelta(i, j) - p), [A])
    assert f.source.split("def function")[1].count("softmax(") == 1
    a = np.array([0.1, 0.7, -0.3])
    s = np.exp(a) / np.exp(a).sum()
    assert np.allclose(f(a), np.diag(s) - np.outer(s, s))


def test_the_comment_is_the_equation_and_is_wrapped():
    f = lambdify(LAYER, [W, X], indices=[n, j])
    assert "    # out[n, j] = tanh(w[0, j] + Σ_{i=1..d} w[i, j]*x[n, i])\n" in f.source
    long = lambdify(sp.Add(*[A[i] ** k for k in range(1, 40)]), [A]).source
    assert max(map(len, long.split("out = ")[0].splitlines())) <= 100


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_precision_of_the_arrays_is_that_of_the_result(kind):
    f = lambdify(LAYER, [W, X], indices=[n, j])
    assert f(np.ones((4, 2), kind), np.ones((5, 3), kind)).dtype == kind
    g = lambdify(t * A[i] * i, [A, t])
    assert g(np.ones(3, kind), 0.5).dtype == kind
    assert g(np.ones(3, int), 2).dtype == np.float64


def test_the_order_of_the_memory_does_not_matter():
    f = lambdify(LAYER, [W, X], indices=[n, j])
    w, x = (
        np.random.default_rng(0).normal(size=(4, 2)),
        np.random.default_rng(1).normal(size=(5, 3)),
    )
    expected = np.tanh(w[0] + x @ w[1:])
    wide = np.zeros((8, 4))
    wide[::2, ::-2] = w
    for a, b in [(np.asfortranarray(w), np.asfortranarray(x)), (wide[::2, ::-2], x[::1])]:
        assert np.allclose(f(a, b), expected, rtol=1e-14)
    assert np.allclose(f(w.tolist(), x.tolist()), expected, rtol=1e-14)


@pytest.mark.parametrize(
    "e", [A[i, j], A[j, i], A[1, i], A[i, i], A[i + 1, j], sp.Max(A[i, j], 0), A[1, 2]], ids=str
)
def test_a_result_has_memory_of_its_own_and_arguments_stay(e):
    a = np.arange(9.0).reshape(3, 3)
    out = lambdify(e, [A])(a)
    assert not np.may_share_memory(out, a)
    if np.ndim(out):
        out[...] = -1
    assert (a == np.arange(9.0).reshape(3, 3)).all()


def test_a_scalar_result_is_a_scalar():
    assert type(lambdify(sp.Sum(A[i] ** 2, (i, 1, d)), [A])([3.0, 4.0])) is np.float64
    assert type(lambdify(A[1] * t, [A, t])(np.ones(2, np.float32), 2.0)) is np.float32
    exact = lambdify(sp.Sum(A[i] / 3, (i, 1, d)), [A])(np.array([Fraction(1, 2)] * 2))
    assert exact == Fraction(1, 3)
    assert type(exact) is Fraction


def test_fractions_stay_exact_among_numbers_indices_and_widths():
    e = sp.Sum(A[i] * i / 3 + sp.Rational(1, 7), (i, 1, d)) / d + sp.KroneckerDelta(j, 1) * B[j] / 9
    a, b = np.array([Fraction(1, 2), Fraction(2, 5)]), np.array([Fraction(1), Fraction(3)])
    mean = sum((a[k] * (k + 1) / 3 + Fraction(1, 7) for k in range(2)), Fraction(0)) / 2
    assert lambdify(e, [A, B])(a, b).tolist() == [mean + Fraction(1, 9), mean]


def test_fractions_become_floats_where_the_formula_is_not_rational():
    got = lambdify(sp.exp(A[i]), [A])(np.array([Fraction(1, 2)]))
    assert got.dtype == np.float64
    assert got[0] == pytest.approx(np.exp(0.5), rel=1e-15)


def test_a_softmax_of_fractions_is_one_of_floats():
    e = sp.exp(A[i]) / sp.Sum(sp.exp(A[k]), (k, 1, d))
    assert lambdify(e, [A])(np.array([Fraction(1, 2)] * 2)).tolist() == [0.5, 0.5]


def test_division_of_fractions_by_zero_is_refused():
    with pytest.raises(InputError, match="division by 0"):
        lambdify(1 / A[i], [A])(np.array([Fraction(0)]))


@pytest.mark.parametrize(
    ("e", "shapes", "expected"),
    [
        (sp.Sum(A[i], (i, 1, d)), [(0,)], 0.0),
        (sp.Sum(A[i] * B[i, j], (i, 1, d)), [(0,), (0, 2)], [0, 0]),
        (sp.Sum(A[i] * B[i, j] * C[j], (i, 1, d), (j, 1, m)), [(0,), (0, 2), (2,)], 0.0),
        (A[i] * B[j], [(0,), (2,)], np.zeros((0, 2))),
        (A[i] - A[i - 1], [(1,)], []),
        (A[i] - A[i - 1], [(0,)], []),
        (sp.Sum(i * A[i], (i, 1, d)), [(0,)], 0.0),
        (sp.Sum(A[i + 1] * A[i], (i, 1, d - 1)), [(1,)], 0.0),
    ],
    ids=str,
)
def test_an_empty_range_sums_to_nothing(e, shapes, expected):
    arguments = [A, B, C][: len(shapes)]
    got = lambdify(e, arguments)(*[np.zeros(s) for s in shapes])
    assert np.shape(got) == np.shape(expected)
    assert np.asarray(got).tolist() == np.asarray(expected).tolist()


def f_layer(*values):
    return lambdify(LAYER, [W, X], indices=[n, j])(*values)


def opaque(t):
    return sp.Function("g")(t)


ERRORS = {
    "dimensions": (
        lambda: f_layer(np.ones(3), np.ones((5, 3))),
        r"w: expected 2 dimensions, got shape \(3,\)",
    ),
    "length": (
        lambda: f_layer(np.ones((4, 2)), np.ones((5, 2))),
        r"x: expected 3 entries in dimension 1 \(index d, as w has them\), got 2",
    ),
    "count": (lambda: f_layer(1.0), r"expected 2 arguments \(w, x\), got 1"),
    "no numbers": (lambda: f_layer("w", 1), "w: expected an array of real numbers, got 'w'"),
    "ragged": (lambda: f_layer([[1], [1, 2]], 1), "w: expected an array of real numbers"),
    "complex": (lambda: f_layer(np.ones((4, 2)) * 1j, 1), "w: expected an array of real numbers"),
    "objects": (
        lambda: lambdify(A[i], [A])(np.array([None, "x"], dtype=object)),
        "a: expected an array of real numbers",
    ),
    "argument missing": (lambda: lambdify(LAYER, [W]), r"x\[n, i\]: no argument has it"),
    "symbol missing": (lambda: lambdify(t * A[i], [A]), "t: expected an argument, or an index"),
    "not in it": (lambda: lambdify(A[i], [A, B]), "expected what the expression has, got b"),
    "no list": (lambda: lambdify(A[i], A), "arguments: expected a list of symbols"),
    "no symbol": (lambda: lambdify(A[i], [A, 3]), "arguments: expected symbols, families or names"),
    "twice": (lambda: lambdify(A[i], [A, "a"]), "arguments: expected each once, got a, a"),
    "half an index": (
        lambda: lambdify(A[2 * i], [A]),
        r"a\[2\*i\]: expected a number, an index, or an index plus a number, got 2\*i",
    ),
    "an entry as index": (
        lambda: lambdify(A[B[i]], [A, B]),
        "expected a number, an index, or an index plus a number",
    ),
    "a fraction as index": (
        lambda: lambdify(A[sp.Rational(1, 2)], [A]),
        "expected a number, an index, or an index plus a number, got 1/2",
    ),
    "negative index": (
        lambda: lambdify(A[-1] + A[0], [A]),
        "a: expected an index from 0, got -1",
    ),
    "opaque": (lambda: lambdify(opaque(A[i]), [A]), r"functions=\{'g': …\} can say what it is"),
    "opaque number": (lambda: lambdify(opaque(1) * A[i], [A]), r"functions=\{'g'"),
    "unknown activation": (
        lambda: lambdify(opaque(A[i]), [A], functions={"g": "tahn"}),
        "tanh",
    ),
    "no function": (
        lambda: lambdify(opaque(A[i]), [A], functions={"g": 3}),
        r"functions\['g'\]: expected a name or a callable, got 3",
    ),
    "function raises": (
        lambda: lambdify(opaque(A[i]), [A], functions={"g": lambda a, b: a}),
        r"functions\['g'\]: expected a callable of 1 expression",
    ),
    "function of no formula": (
        lambda: lambdify(opaque(A[i]), [A], functions={"g": lambda a: "a"}),
        r"functions\['g'\]: expected a SymPy expression, got str",
    ),
    "target": (
        lambda: lambdify(A[i], [A], target="fortran"),
        "target: expected one of numpy, jax, torch, got 'fortran'",
    ),
    "indices": (
        lambda: lambdify(A[i] * B[j], [A, B], indices=[i]),
        r"indices: expected those of the result, each once \(i, j\), got i",
    ),
    "no indices": (
        lambda: lambdify(A[i], [A], indices=i),
        "indices: expected a list of symbols, got i",
    ),
    "text": (lambda: lambdify("a[i]", [A]), "expected a SymPy expression or a theorem, got str"),
    "condition": (lambda: lambdify(A[i] > 0, [A]), "expected a SymPy expression or a theorem"),
    "claim": (
        lambda: lambdify(__import__("symbackprop").theorem("delta"), ["delta"], claim=9),
        "claim: expected a number from 0 to 0, got 9",
    ),
    "infinity": (lambda: lambdify(A[i] + sp.oo * t, [A, t]), "expected a real number"),
    "imaginary": (lambda: lambdify(A[i] + sp.I, [A]), "expected a real number"),
    "matrix": (
        lambda: lambdify(sp.Matrix([t]), [t]),
        "Matrix has no array code",
    ),
    "integral": (
        lambda: lambdify(sp.Integral(sp.exp(t**3), t), [t]),
        "Integral has no array code",
    ),
    "derivative": (
        lambda: lambdify(sp.Derivative(opaque(t), t), [t]),
        "has no array code",
    ),
    "sum of no end": (
        lambda: lambdify(sp.Sum(A[i], (i, 1, sp.oo)), [A]),
        "a sum over i to oo: expected a number or a width",
    ),
    "softmax of nothing": (
        lambda: lambdify(sp.exp(A[i]) / sp.Sum(sp.exp(A[k]), (k, 1, d)), [A])([]),
        "no value for arrays of these shapes",
    ),
    "starts": (
        lambda: lambdify(A[i], [A], starts={"a": (0, 0)}),
        r"starts of a: expected 1 numbers?, got \(0, 0\)",
    ),
    "starts of nothing": (lambda: lambdify(A[i], [A], starts={"b": 0}), "starts of b"),
    "start of a letter": (lambda: lambdify(A[i], [A], starts={"a": "x"}), "starts of a: expected"),
    "dimensions differ": (lambda: lambdify(A[i] + A[i, j], [A]), r"a: expected .* indices"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_mistake_is_one_clear_line(case):
    call, message = ERRORS[case]
    with pytest.raises(InputError, match=message) as found:
        call()
    assert "\n" not in str(found.value)


RESERVED = ["np", "out", "t1", "exp", "softmax", "lambda", "sum", "function", "last_i", "Fraction"]


@pytest.mark.parametrize("name", RESERVED)
def test_any_name_will_do_for_an_argument(name):
    family = sp.IndexedBase(name, real=True)
    S = sp.Sum(sp.exp(family[k]), (k, 1, d))
    e = sp.exp(family[i]) / S + i * S + family[i] * sp.Rational(1, 3)
    a = np.array([0.3, 0.7])
    total = np.exp(a).sum()
    assert np.allclose(lambdify(e, [family])(a), np.exp(a) / total + [total, 2 * total] + a / 3)
    exact = lambdify(family[i] + sp.Rational(1, 3), [family])(np.array([Fraction(2, 3)]))
    assert exact[0] == 1


def test_a_width_and_an_array_of_one_name_are_refused():
    D = sp.IndexedBase("d", real=True)
    with pytest.raises(InputError, match="d: an array and the end of a sum have one name"):
        lambdify(sp.Sum(D[i] * d, (i, 1, d)), [D])
