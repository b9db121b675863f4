"""`lambdify` on random index expressions, each entry against an evaluation one index value at a time."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import sympy as sp
from random_expressions import Expressions, Unfit, close, tried

from symbackprop.compile.function import lambdify
from symbackprop.errors import InputError

NOT_TOLD = ("no array tells it", "or an index that an argument has", "no number tells")


def expression(seed: int, rational: bool):
    random = Random(seed)
    free = [n for n in "ijk" if random.random() < 0.5]
    scope = {n: [sp.Symbol(n, integer=True)] for n in free}
    try:
        e = Expressions(seed, rational).term(random.choice([2, 3, 3, 4]), scope)
    except (
        ZeroDivisionError,
        TypeError,
        ValueError,
    ):  # SymPy's own: a Max of what it can't compare
        return None
    return e if e.free_symbols and not e.has(sp.nan, sp.zoo) else None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rational", [False, True], ids=["doubles", "fractions"])
@pytest.mark.parametrize("start", range(0, 240, 40))
def test_every_entry_is_right(start, rational):
    done = 0
    for seed in range(start, start + 40):
        e = expression(seed, rational)
        if e is None:
            continue
        try:
            f, want, got = tried(e, seed, lambdify)
        except Unfit:
            continue
        except InputError as error:
            if not any(s in str(error) for s in NOT_TOLD):
                raise
            continue
        done += 1
        assert close(got, want, rational), f"seed {seed}: {e}\n{f.source}\n{got}\n{want}"
        assert "for " not in f.source.split("def function")[1]
    assert done > 15


A, B, C = (sp.IndexedBase(n, real=True) for n in "abc")
i, j, k, l, d, n = sp.symbols("i j k l d n", integer=True)
"""What went wrong once, each under a name."""


def test_a_sum_inside_a_sum_over_the_same_name_is_apart():
    e = sp.Sum(B[i] * sp.Sum(A[i], (i, 1, d)), (i, 1, n))
    assert lambdify(e, [A, B])([1.0, 2.0], [3.0, 4.0, 5.0]) == 36


def test_one_name_twice_among_the_limits_is_bound_by_the_innermost():
    e = sp.Sum(A[i], (i, 1, 3), (i, 1, 2))
    assert lambdify(e, [A])([1.0, 2.0, 3.0]) == 12


def test_a_sum_over_a_diagonal_that_it_does_not_run_along_keeps_it():
    e = sp.Sum(A[i, i], (k, 1, 4))
    assert lambdify(e, [A])([[1.0, 2.0], [3.0, 4.0]]).tolist() == [4, 16]


def test_a_diagonal_in_a_sum_is_no_matrix_product():
    e = sp.Sum(A[i, i] * B[i], (i, 1, 2))
    assert lambdify(e, [A, B])([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0]) == 41


def test_how_many_indices_there_are_is_one_factor():
    e = A[j] * sp.Sum(1, (i, 1, d - 1))
    assert lambdify(e, [A, d])([2.0], 4).tolist() == [6]


def test_a_sum_of_numbers_is_summed_as_it_stands():
    e = A[i] - 2 * sp.Sum(-2, (k, 1, 4)) + sp.Sum(k, (k, 1, 3))
    assert lambdify(e, [A])([1.0]).tolist() == [23]


def test_a_shared_part_has_its_axes_in_the_order_of_the_result():
    t = sp.Sum(A[k, j, i], (k, 1, d))
    f = lambdify(sp.exp(t) + t * B[i, j], [A, B], indices=[i, j])
    a, b = np.arange(24.0).reshape(2, 4, 3) / 24, np.ones((3, 4))
    assert np.allclose(f(a, b), np.exp(a.sum(0).T) + a.sum(0).T)
    assert "t1" in f.source


def test_two_sums_of_one_array_to_different_ends_tell_one_width():
    e = sp.Sum(A[i] ** 2, (i, 1, d)) - sp.Sum(A[i], (i, 1, d - 1))
    assert lambdify(e, [A])([1.0, 2.0, 3.0]) == 11


def test_a_constant_whose_sign_sympy_does_not_know_is_a_number():
    c = sp.sqrt(5) * sp.log(sp.tanh(sp.Rational(1, 2)) ** 2 + 1)
    got = lambdify(c * A[i], [A])([1.0])[0]
    assert got == pytest.approx(float(c))


def test_a_sum_that_ends_at_another_index_is_refused():
    with pytest.raises(InputError, match="a sum over j to i"):
        lambdify(sp.Sum(A[j], (j, 1, i), (i, 1, n)), [A])


def test_an_array_too_short_for_a_number_or_an_argument_is_refused():
    with pytest.raises(InputError, match="a: expected at least 5 entries in dimension 0, got 3"):
        lambdify(sp.Sum(A[i], (i, 1, 5)), [A])(np.ones(3))
    with pytest.raises(InputError, match="a: expected at least 4 entries in dimension 0, got 3"):
        lambdify(A[4], [A])(np.ones(3))
    with pytest.raises(InputError, match="a: expected at least 7 entries"):
        lambdify(sp.Sum(A[i], (i, 1, n)), [A, n])(np.ones(3), 7)


def test_a_width_that_is_an_argument_is_an_integer():
    f = lambdify(sp.Sum(A[i], (i, 1, n)), [A, n])
    assert f(np.arange(4.0), 3) == 3
    assert f(np.arange(4.0), np.int64(2)) == 1
    with pytest.raises(InputError, match=r"n: expected an integer, got 2\.5"):
        f(np.arange(4.0), 2.5)
    with pytest.raises(InputError, match="n: expected at least 0, got -3"):
        f(np.arange(4.0), -3)
