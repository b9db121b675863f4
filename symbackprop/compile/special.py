"""erf, erfc and their kin on arrays: no loop over the samples, no warning on any finite input.

On [0, 1/2] erf is a series of positive terms; beyond, erfc is the trapezoidal sum of an integral, which converges
geometrically.  Neither loses digits by cancellation, so both are right to a few units in the last place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SPLIT = 0.5
"""Up to here the series, from here on the sum."""
FAR = 30.0
"""From here on erfc is below the smallest double."""
SERIES = 14
STEP = 0.5
NODES = (STEP * np.arange(1, 14)) ** 2
HEIGHTS = np.exp(-NODES)


def gauss(x: Array) -> Array:
    """exp(-x²) to full relative accuracy, for an array of any shape.

    x = a + b with a on a grid of 1/16, so that a² is exact: rounding x² itself would cost x² units in the last place.

    >>> float(gauss(np.array(1.0))) == float(np.exp(-1))
    True
    """
    near = np.clip(x, -FAR, FAR)
    a = np.round(near * 16) / 16
    out: Array = np.exp(-a * a) * np.exp((a - near) * (a + near))
    return out


def _series(x: Array) -> Array:
    """erf x = 2/√π exp(-x²) Σ_n 2ⁿ x^(2n+1) / (2n+1)!!  (Abramowitz & Stegun 7.1.6), for |x| ≤ SPLIT."""
    z = 2 * x * x
    total = np.ones_like(x)
    for n in range(SERIES, 0, -1):
        total = 1 + total * z / (2 * n + 1)
    out: Array = (2 / np.pi**0.5) * x * gauss(x) * total
    return out


def _tail(x: Array) -> Array:
    """erfc x = (2x/π) exp(-x²) ∫_0^∞ exp(-t²) / (x² + t²) dt, for x ≥ SPLIT.

    The trapezoidal sum with step h errs by exp(-π²/h²), and by the pole at t = ix, which lies inside the strip of
    convergence for x < π/h and whose part is known.  (D. B. Hunter, T. Regan, Math. Comp. 26 (1972) 539-541.)
    """
    square = x * x
    total = 0.5 / square
    for node, height in zip(NODES, HEIGHTS, strict=True):
        total = total + height / (square + node)
    turns = 2 * np.pi / STEP * x
    pole = np.where(x < np.pi / STEP, 2 / np.expm1(np.minimum(turns, 600.0)), 0.0)
    out: Array = (2 * STEP / np.pi) * x * gauss(x) * total - pole
    return out


def erf(x: Array) -> Array:
    """The error function, 2/√π ∫_0^x exp(-t²) dt, for an array of any shape.

    >>> float(erf(np.array(0.5))), float(erf(np.array(-1e300)))
    (0.5204998778130465, -1.0)
    """
    x = np.asarray(x, dtype=np.float64)
    size = np.abs(x)
    near = _series(np.clip(x, -SPLIT, SPLIT))
    far = np.copysign(1 - _tail(np.clip(size, SPLIT, FAR)), x)
    return np.where(size <= SPLIT, near, far)


def erfc(x: Array) -> Array:
    """1 - erf x, for an array of any shape; small values keep their relative accuracy.

    >>> float(erfc(np.array(10.0)))
    2.0884875837625446e-45
    """
    x = np.asarray(x, dtype=np.float64)
    size = np.abs(x)
    tail = _tail(np.clip(size, SPLIT, FAR))
    far = np.where(x > 0, tail, 2 - tail)
    return np.where(size <= SPLIT, 1 - _series(np.clip(x, -SPLIT, SPLIT)), far)


def sigmoid(s: Array) -> Array:
    """1 / (1 + exp(-s)); the exponential is of a number ≤ 0 on either side.

    >>> [float(v) for v in sigmoid(np.array([-1e300, 0.0, 1e300]))]
    [0.0, 0.5, 1.0]
    """
    e = np.exp(-np.abs(s))
    out: Array = np.where(s >= 0, 1, e) / (1 + e)
    return out


def bell(s: Array) -> Array:
    """σ(s) σ(-s) = e/(1+e)² with e = exp(-|s|): no cancellation where σ is near 1, as in σ(1-σ).

    >>> float(bell(np.array(1000.0)))
    0.0
    """
    e = np.exp(-np.abs(s))
    out: Array = e / (1 + e) ** 2
    return out


def softmax(s: Array, axis: int) -> Array:
    """exp(s_j) / Σ_k exp(s_k) along an axis; the largest s is taken off first.

    >>> softmax(np.array([[1e300, 0.0, 1e300]]), -1).tolist()
    [[0.5, 0.0, 0.5]]
    """
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    out: Array = e / e.sum(axis=axis, keepdims=True)
    return out


def logsumexp(s: Array, axis: int) -> Array:
    """ln Σ_k exp(s_k) along an axis; the largest s is taken off first.

    >>> float(logsumexp(np.array([1e300, 1e300]), -1))
    1e+300
    """
    top = s.max(axis=axis, keepdims=True)
    out: Array = np.log(np.exp(s - top).sum(axis=axis)) + top.squeeze(axis)
    return out


def surprise(s: Array, axis: int) -> Array:
    """-ln softmax(s)_k = ln(1 + Σ_{j≠m} exp(s_j - s_m)) - (s_k - s_m), s_m the largest: small ones stay exact.

    >>> float(surprise(np.array([40.0, 0.0]), -1)[0]) == float(np.exp(-40))
    True
    """
    top = np.expand_dims(s.argmax(axis=axis), axis)
    below = s - np.take_along_axis(s, top, axis)
    others = np.exp(below)
    np.put_along_axis(others, top, 0, axis)
    out: Array = np.log1p(others.sum(axis=axis, keepdims=True)) - below
    return out


def weighted(y: Array, cost: Array) -> Array:
    """y cost, where what has no weight costs nothing, be its cost infinite: 0·∞ = 0.

    >>> weighted(np.array([0.0, 2.0]), np.array([np.inf, 3.0])).tolist()
    [0.0, 6.0]
    """
    out: Array = np.multiply(y, cost, out=np.zeros_like(cost), where=y != 0)
    return out


def signals(x: Array, w: Array, rows: Array, nodes: Array) -> Array:
    """s_nj at some places (n, j), with row 0 of w the biases: from these rows alone, or where they are many, from all.

    >>> x, w = np.array([[1.0], [2.0]]), np.array([[10.0, 20.0], [3.0, 4.0]])
    >>> signals(x, w, np.array([1, 0]), np.array([0, 1])).tolist()
    [16.0, 24.0]
    """
    if len(rows) * len(w) > len(x) * w.shape[1]:
        out: Array = (x @ w[1:] + w[0])[rows, nodes]
    else:
        out = (x[rows] * w[1:, nodes].T).sum(axis=1) + w[0, nodes]
    return out


def tanh_is_slow() -> bool:
    """Whether this NumPy computes tanh of doubles one by one, as it does on x86 without AVX-512, but not exp."""
    try:
        from numpy.lib.introspect import opt_func_info

        found = opt_func_info("^tanh$", "float64")["tanh"]["dd"]["current"]
    except (ImportError, KeyError):
        return False
    return "V3" in found or "AVX2" in found


SLOW_TANH = tanh_is_slow()
NEAR_ZERO = 2.0**-6
"""Here 1 - 2 / (exp(2s) + 1) has a relative error of 54 units of 2⁻⁵², which falls as 1/s from here on."""
BLOCK = 16384


def tanh_in_place(x: Array, scratch: Array) -> Array:
    """tanh(x) in the place of x, an array without gaps: 1 - 2 / (exp(2x) + 1), but near 0, in blocks that a cache holds.

    `scratch` is an array of the same size, to be written on.

    >>> tanh_in_place(np.array([-1e300, 0.0, 1e300]), np.empty(3)).tolist()
    [-1.0, 0.0, 1.0]
    """
    if not SLOW_TANH or x.dtype != np.float64 or x.size < 2048:
        return np.tanh(x, x)
    flat, size = x.reshape(-1), scratch.reshape(-1)
    for start in range(0, x.size, BLOCK):
        s = flat[start : start + BLOCK]
        near = np.flatnonzero(np.abs(s, size[: s.size]) < NEAR_ZERO)
        exact = np.tanh(s[near])
        np.add(s, s, s)
        np.exp(s, s)
        np.add(s, 1, s)
        np.divide(2, s, s)
        np.subtract(1, s, s)
        s[near] = exact
    return x
