"""What NumPy's functions give on traced arrays: the numbers by NumPy on floats, the slopes by difference quotients."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

from symbackprop.kernel import Sym
from symbackprop.refute.numbers import IV
from symbackprop.trace.array import plain, wrapped
from symbackprop.trace.duals import Dual
from symbackprop.trace.entries import Graph
from symbackprop.trace.meaning import value
from symbackprop.trace.points import Exact, as_float
from symbackprop.trace.refusing import Refused
from symbackprop.trace.standin import standing_in

A, B = np.array([[1.0, -2, 3], [0.5, 4, -1]]), np.array([2.0, 0.25, -0.5])


def stores(x: Any) -> Any:
    out = np.zeros((2, 3))
    out[0] = x[1]
    out[1, 1:] += x[0, :2] * 2
    out[:, 0] -= 1
    return out


def scattered(x: Any) -> Any:
    out = np.zeros(4)
    np.add.at(out, [0, 1, 1], x[0])
    out[[2, 2]] += x[1, :2]
    return out


def masked(x: Any) -> Any:
    y = x.copy()
    y[x < 0] *= 3
    y[(x > 0.7) & (x < 2)] = x[(x > 0.7) & (x < 2)] + 5
    return y


def in_place(x: Any) -> Any:
    y = x.astype(float)
    y *= 2
    y /= 3
    y -= x
    np.multiply(y, x, out=y)
    return y


def views(x: Any) -> Any:
    y = x.copy()
    top = y[0].reshape(3, 1).T
    top += 1
    y.T[2] = 7
    return y


TEXTS = """
x + 1; 2 * x; 1 - x; x / 4; 3 / x; -x; +x; x**2; x**3; x**-2; abs(x)
np.exp(x); np.expm1(x); np.exp2(x); np.tanh(x); np.sinh(x); np.cosh(x); np.sin(x); np.cos(x); np.tan(x)
np.log(x * x + 1); np.log1p(x * x); np.log2(x * x); np.log10(x * x); np.sqrt(x * x + 1); np.square(x)
np.arctan(x); np.arcsinh(x); np.arctanh(x / 9); np.arcsin(x / 9); np.arccosh(x * x + 2); np.reciprocal(x)
np.sign(x); np.abs(x); np.maximum(x, 0); np.minimum(x, 0.3); np.maximum(B, x); np.clip(x, -1.5, 2)
np.clip(x, 0, None); x.clip(max=1.5); np.where(x > 0, x, 2 * x); (x > 0) * x; np.heaviside(x, 0.5)
np.logaddexp(x, 1); np.hypot(x, 3); np.power(x * x, 1.5); (x * x) ** 0.3; 2.0**x; (x * x) ** x
x.sum(); x.sum(0); np.sum(x, axis=1, keepdims=True); x.mean(); np.mean(x, 0); x.var(axis=1)
np.var(x, ddof=1); x.std(0); np.prod(x); np.prod(x, axis=0); x.max(); x.min(1); np.max(x, axis=0, keepdims=True)
np.ptp(x, axis=1); np.cumsum(x); np.cumsum(x, 1); np.cumprod(x, axis=0); np.average(x, weights=[1, 2, 3], axis=1)
x @ B; B @ x.T; x.dot(B); np.dot(x, x.T); np.inner(x, x); np.outer(x[0], B); np.kron(x, x); np.vdot(x, x)
np.einsum("ij,kj->ik", x, x); np.einsum("ij->j", x); np.tensordot(x, x, axes=([1], [1])); np.trace(x @ x.T)
np.cross(x[0], B); np.diff(x); np.linalg.norm(x); np.linalg.norm(x, axis=1); np.linalg.norm(x, 1, axis=0)
np.linalg.matrix_power(x @ x.T, 3); np.multiply.outer(x[0], x[1]); np.add.reduce(x, 1); np.add.accumulate(x[0])
x.reshape(3, 2); x.T; x.ravel(); x.flatten(); x[::-1]; x[:, 1:]; x[..., None]; x[[0, 0, 1], 2]; np.swapaxes(x, 0, 1)
np.concatenate([x, x + 1]); np.stack([x, 2 * x], axis=1); np.vstack((x, B)); np.hstack([x, x]); np.split(x, 3, 1)[1]
np.pad(x, 1); np.pad(x, ((0, 1), (2, 0)), mode="edge"); np.pad(x, 1, mode="reflect"); np.roll(x, 1, axis=1)
np.repeat(x, 2, axis=0); np.tile(x, (2, 1)); np.flip(x, 1); np.rot90(x); np.expand_dims(x, 1); np.squeeze(x[:1])
np.broadcast_to(x[0], (2, 3)) + x; np.tril(x); np.triu(x, 1); np.diag(x[0]); np.diagonal(x); np.eye(2) @ x
np.take_along_axis(x, np.argmax(x, 1)[:, None], 1); x[np.arange(2), [2, 0]]; np.sort(x, axis=1); x[0].argsort()
np.zeros_like(x) + x; np.ones((2, 3)) * x; np.full((2, 3), 2.5) + x; np.full_like(x, 2) * x
np.linalg.inv(x[:, :2]); np.linalg.det(x[:, 1:]); np.linalg.solve(x[:, :2], x)
np.lib.stride_tricks.sliding_window_view(x, 2, axis=1).sum(-1); np.array([x[0, 0], x[1, 2]]); np.asarray(x)
np.array([[x[0, 0], 1.0], [2, x[1, 1]]]); sum(x); max(x[0, 0], x[0, 1]); np.sum([v * v for v in x[0]])
np.array([x[k] * 2 for k in np.ndindex(2, 3)]); x.item(1) * 2; math.exp(x[0, 0]); math.sqrt(2) * x; np.pi * x
np.where(x == x.max(axis=1, keepdims=True), x, 0); x.max() - x; x >= x.max(); x.any(); np.all(x > -9)
np.insert(x, 1, 0, axis=1); np.append(x, B); np.delete(x, 0, axis=1); np.moveaxis(x[None], 0, -1); np.atleast_3d(x)
stores(x); scattered(x); masked(x); in_place(x); views(x)
"""
"""As code, for NumPy on floats and for traced arrays alike."""
CASES = [text.strip() for line in TEXTS.strip().split("\n") for text in line.split("; ")]


def function(text: str) -> Any:
    space = {
        "np": np,
        "math": math,
        "B": B,
        **{f.__name__: f for f in (stores, scattered, masked, in_place, views)},
    }
    found = eval(f"lambda x: {text}", space)
    for name in ("stores", "scattered", "masked", "in_place", "views"):
        own = space[name]
        space[name] = type(own)(own.__code__, space)
    return found


def exactly(f: Any, x: Any) -> Any:
    world = Exact()
    own = np.empty(x.shape, dtype=object)
    for k in np.ndindex(x.shape):
        own[k] = Dual(Fraction(x[k]), {k: Fraction(1)})
    with standing_in(world, [f]):
        found = f(wrapped(world, own, view=True))
    return (
        np.asarray(plain(found)) if not isinstance(found, Dual) else np.array(found, dtype=object)
    )


@pytest.mark.parametrize("text", CASES)
def test_numbers_are_those_of_numpy_and_slopes_those_of_difference_quotients(text: str) -> None:
    f = function(text)
    found, expected = exactly(f, A), np.asarray(f(A.copy()), dtype=float)
    assert found.shape == expected.shape
    if found.dtype != object:
        assert (found == expected).all()
        return
    for k in np.ndindex(found.shape):
        assert as_float(found[k].number) == pytest.approx(expected[k], rel=1e-9, abs=1e-12)
    step = 2.0**-17
    for at in np.ndindex(A.shape):
        moved = [A.copy(), A.copy()]
        moved[0][at] += step
        moved[1][at] -= step
        quotient = (np.asarray(f(moved[0]), dtype=float) - np.asarray(f(moved[1]), dtype=float)) / (
            2 * step
        )
        for k in np.ndindex(found.shape):
            own = as_float(found[k].slopes.get(at, Fraction(0)))
            assert own == pytest.approx(quotient[k], rel=2e-4, abs=2e-4)


@pytest.mark.parametrize(
    "text", [t for t in CASES if "arg" not in t and "all" not in t and "any" not in t]
)
def test_terms_are_the_numbers_beside_them(text: str) -> None:
    f, graph = function(text), Graph(opaque=False)
    own = np.empty(A.shape, dtype=object)
    for k in np.ndindex(A.shape):
        own[k] = graph.variable(Sym("x", k), Fraction(A[k]))
    with standing_in(graph, [f]):
        found = plain(f(wrapped(graph, own, view=True)))
    numbers = dict(graph.numbers)
    for d in graph.definitions:
        numbers[d.symbol] = value(d.term, numbers)
    for v in np.asarray(found, dtype=object).ravel():
        if not isinstance(v, int | float | np.number):
            gap = as_float(value(v.term, numbers)) - as_float(v.number)
            assert abs(gap) < 1e-12 * (1 + abs(as_float(v.number)))


REFUSED = """
np.round(x); np.median(x); np.floor(x); np.sum(x, where=x > 0); np.sum(x, initial=1); x.astype(int); float(x[0, 0])
x.tolist(); np.linalg.eig(x[:, :2]); np.linalg.svd(x); np.fft.fft(x); np.histogram(x); np.unique(x); np.where(x > 0)
np.random.rand(2); np.load("x.npy"); open("x"); np.nonzero(x); x // 2; x % 2; np.interp(x, B, B)
np.add(x, x, where=x > 0); np.exp(x, dtype="int32"); np.percentile(x, 3); x.partition(1); np.trapezoid(x)
"""


@pytest.mark.parametrize(
    "text", [t.strip() for line in REFUSED.strip().split("\n") for t in line.split("; ")]
)
def test_what_is_not_traced_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        exactly(function(text), A)


def test_names_are_what_they_were_after_a_trace() -> None:
    space = {"np": np, "math": math, "zeros": np.zeros}
    f = eval("lambda x: zeros(3) + math.pi * np.exp(x)", space)
    before = dict(space)
    with pytest.raises(ValueError, match="shapes"):
        exactly(f, A[:, :2])
    assert all(space[k] is before[k] for k in before if k != "__builtins__")
    assert "open" not in space


def test_intervals_enclose_what_decimals_may_be_roundings_of() -> None:
    random = Random(1)
    for _ in range(50):
        x = random.random() * 10 ** random.randrange(-6, 6)
        found = Exact().lift(x).number
        inside = found == Fraction(repr(x)) if isinstance(found, Fraction) else IV.mpf(x) in found
        assert inside
