"""The gradient of a tanh network under the mean of (x-y)²/2, written by hand in NumPy as well as can be, in several ways.

A maker takes the widths d and the batch size N, prepares what may be kept between calls, and gives `gradient(W, X, Y)`:
fresh arrays shaped as W, which share no memory with what is kept, and ValueError for other shapes.  W[l-1] is of shape
(d^(l-1)+1, d^(l)), row 0 the biases.
Which of them is best depends on the network; `numeric.py` measures all.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Gradient = Callable[[list[Array], Array, Array], list[Array]]
Maker = Callable[[tuple[int, ...], int], Gradient]


def expected(d: tuple[int, ...], N: int) -> tuple[tuple[int, int], ...]:
    """The shapes of X, Y and W, which every contestant checks."""
    return ((N, d[0]), (N, d[-1]), *[(n + 1, m) for n, m in pairwise(d)])


def plain(d: tuple[int, ...], N: int) -> Gradient:
    """As the formulas stand."""

    shapes = expected(d, N)

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        if (X.shape, Y.shape, *[w.shape for w in W]) != shapes:
            raise ValueError("shapes")
        x = [X]
        for w in W:
            x.append(np.tanh(x[-1] @ w[1:] + w[0]))
        δ = (x[-1] - Y) * (1 - x[-1] ** 2) / N
        G = []
        for l in range(len(W) - 1, -1, -1):
            G.append(np.vstack([δ.sum(axis=0), x[l].T @ δ]))
            if l:
                δ = (δ @ W[l][1:].T) * (1 - x[l] ** 2)
        return G[::-1]

    return gradient


def in_place(d: tuple[int, ...], N: int) -> Gradient:
    """Each layer computed where it stands; g' overwrites x once the weights' gradient has used it."""

    shapes = expected(d, N)

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        if (X.shape, Y.shape, *[w.shape for w in W]) != shapes:
            raise ValueError("shapes")
        x = [X]
        for w in W:
            a = x[-1] @ w[1:]
            a += w[0]
            x.append(np.tanh(a, out=a))
        δ, slope = x[-1] - Y, x.pop()
        G: list[Any] = [None] * len(W)
        for l in range(len(W) - 1, -1, -1):
            np.multiply(slope, slope, out=slope)
            np.subtract(1, slope, out=slope)
            δ *= slope
            if l == len(W) - 1:
                δ /= N
            G[l] = np.empty_like(W[l])
            np.matmul(x[l].T, δ, out=G[l][1:])
            np.add.reduce(δ, axis=0, out=G[l][0])
            if l:
                δ, slope = δ @ W[l][1:].T, x[l]
        return G

    return gradient


def workspaces(d: tuple[int, ...], N: int) -> Gradient:
    """Every array between the arguments and the results is kept; g' overwrites x."""
    x = [np.empty((N, n)) for n in d[1:]]
    delta = [np.empty((N, n)) for n in d[1:]]
    last, one, part = len(d) - 2, np.array(1.0), np.array(1 / N)

    shapes = expected(d, N)

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        if (X.shape, Y.shape, *[w.shape for w in W]) != shapes:
            raise ValueError("shapes")
        below = X
        for w, a in zip(W, x, strict=True):
            np.matmul(below, w[1:], a)
            np.add(a, w[0], a)
            below = np.tanh(a, a)
        G = [np.empty((n + 1, m)) for n, m in pairwise(d)]
        δ = np.subtract(below, Y, delta[last])
        if N > 1:
            np.multiply(δ, part, δ)
        for l in range(last, -1, -1):
            slope = np.multiply(x[l], x[l], x[l])
            np.subtract(one, slope, slope)
            np.multiply(δ, slope, δ)
            np.matmul((x[l - 1] if l else X).T, δ, G[l][1:])
            np.add.reduce(δ, 0, None, G[l][0])
            if l:
                δ = np.matmul(δ, W[l][1:].T, delta[l - 1])
        return G

    return gradient


def ones_column(d: tuple[int, ...], N: int) -> Gradient:
    """[1 x] as one array a layer: one product for S, one for a gradient with its biases; no array is kept."""

    shapes = expected(d, N)

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        if (X.shape, Y.shape, *[w.shape for w in W]) != shapes:
            raise ValueError("shapes")
        x = [np.empty((N, n + 1)) for n in d[:-1]]
        x[0][:, 1:] = X
        for a in x:
            a[:, 0] = 1
        for l in range(len(W) - 1):
            np.tanh(x[l] @ W[l], out=x[l + 1][:, 1:])
        out = np.tanh(x[-1] @ W[-1])
        δ = (out - Y) / N
        δ -= δ * out * out
        G = [x[-1].T @ δ]
        for l in range(len(W) - 1, 0, -1):
            δ = δ @ W[l][1:].T
            slope = x[l][:, 1:] * x[l][:, 1:]
            slope *= δ
            δ -= slope
            G.append(x[l - 1].T @ δ)
        return G[::-1]

    return gradient


def kept_ones(d: tuple[int, ...], N: int) -> Gradient:
    """[1 x] as one array a layer, kept, with its transpose and its view without the ones; no scalar in an operation."""
    x = [np.ones((N, n + 1)) for n in d[:-1]]
    inner, across = [a[:, 1:] for a in x], [a.T for a in x]
    delta = [np.empty((N, n)) for n in d[1:]]
    slope = [np.empty((N, n)) for n in d[1:]]
    last, part = len(d) - 2, np.array(1 / N)
    matmul, tanh, multiply, subtract = np.matmul, np.tanh, np.multiply, np.subtract

    shapes = expected(d, N)

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        if (X.shape, Y.shape, *[w.shape for w in W]) != shapes:
            raise ValueError("shapes")
        inner[0][...] = X
        for l in range(last):
            tanh(matmul(x[l], W[l], slope[l]), inner[l + 1])
        out = slope[last]
        tanh(matmul(x[last], W[last], out), out)
        δ = subtract(out, Y, delta[last])
        if N > 1:
            multiply(δ, part, δ)
        multiply(out, out, out)
        multiply(out, δ, out)
        subtract(δ, out, δ)
        G: list[Any] = [None] * len(W)
        G[last] = matmul(across[last], δ)
        for l in range(last, 0, -1):
            a, δ = inner[l], matmul(δ, W[l][1:].T, delta[l - 1])
            t = multiply(a, a, slope[l - 1])
            multiply(t, δ, t)
            subtract(δ, t, δ)
            G[l - 1] = matmul(across[l - 1], δ)
        return G

    return gradient


def kept_ones_dot(d: tuple[int, ...], N: int) -> Gradient:
    """The same with `dot`, which takes less time to start than `matmul` but writes to whole arrays alone."""
    x = [np.ones((N, n + 1)) for n in d[:-1]]
    inner, across = [a[:, 1:] for a in x], [a.T for a in x]
    dots, adots = [a.dot for a in x], [a.dot for a in across]
    delta = [np.empty((N, n)) for n in d[1:]]
    slope = [np.empty((N, n)) for n in d[1:]]
    last, part = len(d) - 2, np.array(1 / N)
    tanh, multiply, subtract = np.tanh, np.multiply, np.subtract

    shapes = expected(d, N)

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        if (X.shape, Y.shape, *[w.shape for w in W]) != shapes:
            raise ValueError("shapes")
        inner[0][...] = X
        for l in range(last):
            tanh(dots[l](W[l], slope[l]), inner[l + 1])
        out = slope[last]
        tanh(dots[last](W[last], out), out)
        δ = subtract(out, Y, delta[last])
        if N > 1:
            multiply(δ, part, δ)
        multiply(out, out, out)
        multiply(out, δ, out)
        subtract(δ, out, δ)
        G: list[Any] = [None] * len(W)
        G[last] = adots[last](δ)
        for l in range(last, 0, -1):
            a, δ = inner[l], δ.dot(W[l][1:].T, delta[l - 1])
            t = multiply(a, a, slope[l - 1])
            multiply(t, δ, t)
            subtract(δ, t, δ)
            G[l - 1] = adots[l - 1](δ)
        return G

    return gradient


def transposed(d: tuple[int, ...], N: int) -> Gradient:
    """A column an example, [1; x] kept: rows as long as the batch, for layers narrower than it."""
    x = [np.ones((n + 1, N)) for n in d[:-1]]
    inner = [a[1:] for a in x]
    delta = [np.empty((n, N)) for n in d[1:]]
    slope = [np.empty((n, N)) for n in d[1:]]
    last, part = len(d) - 2, np.array(1 / N)
    across = [a.T for a in delta]
    dots = [a.dot for a in x]
    tanh, multiply, subtract = np.tanh, np.multiply, np.subtract

    shapes = expected(d, N)

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        if (X.shape, Y.shape, *[w.shape for w in W]) != shapes:
            raise ValueError("shapes")
        inner[0][...] = X.T
        for l in range(last):
            tanh(W[l].T.dot(x[l], slope[l]), inner[l + 1])
        out = slope[last]
        tanh(W[last].T.dot(x[last], out), out)
        δ = subtract(out, Y.T, delta[last])
        if N > 1:
            multiply(δ, part, δ)
        multiply(out, out, out)
        multiply(out, δ, out)
        subtract(δ, out, δ)
        G: list[Any] = [None] * len(W)
        G[last] = dots[last](across[last])
        for l in range(last, 0, -1):
            δ = W[l][1:].dot(δ, delta[l - 1])
            t = multiply(inner[l], inner[l], slope[l - 1])
            multiply(t, δ, t)
            subtract(δ, t, δ)
            G[l - 1] = dots[l - 1](across[l - 1])
        return G

    return gradient


def row_blocks(d: tuple[int, ...], N: int, size: int = 8192) -> Gradient:
    """As `workspaces`, but what is elementwise runs over a few rows at a time, which stay in the nearest cache."""
    x = [np.empty((N, n)) for n in d[1:]]
    delta = [np.empty((N, n)) for n in d[1:]]
    last, one, part = len(d) - 2, np.array(1.0), np.array(1 / N)
    rows = [max(1, size // n) for n in d[1:]]
    parts = [[slice(r, min(r + n, N)) for r in range(0, N, n)] for n in rows]
    layers = [[(a[p], δ[p]) for p in ps] for a, δ, ps in zip(x, delta, parts, strict=True)]

    shapes = expected(d, N)

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        if (X.shape, Y.shape, *[w.shape for w in W]) != shapes:
            raise ValueError("shapes")
        below = X
        for w, a, blocks in zip(W, x, layers, strict=True):
            np.matmul(below, w[1:], a)
            for b, _ in blocks:
                np.add(b, w[0], b)
                np.tanh(b, b)
            below = a
        G = [np.empty((n + 1, m)) for n, m in pairwise(d)]
        δ = np.subtract(below, Y, delta[last])
        np.multiply(δ, part, δ)
        for l in range(last, -1, -1):
            for b, c in layers[l]:
                np.multiply(b, b, b)
                np.subtract(one, b, b)
                np.multiply(c, b, c)
            np.matmul((x[l - 1] if l else X).T, delta[l], G[l][1:])
            np.add.reduce(delta[l], 0, None, G[l][0])
            if l:
                np.matmul(delta[l], W[l][1:].T, delta[l - 1])
        return G

    return gradient


VARIANTS: dict[str, Maker] = {
    "plain": plain,
    "in place": in_place,
    "workspaces": workspaces,
    "ones column": ones_column,
    "kept ones": kept_ones,
    "kept ones, dot": kept_ones_dot,
    "transposed": transposed,
    "row blocks": row_blocks,
}


def products(d: tuple[int, ...], N: int) -> Gradient:
    """The matrix products alone, into arrays that are kept: no gradient, but a line below which none comes."""
    x = [np.ones((N, n)) for n in d]
    delta = [np.ones((N, n)) for n in d]
    kept = [np.empty((n, m)) for n, m in pairwise(d)]

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        for l, w in enumerate(W):
            np.matmul(x[l], w[1:], delta[l + 1])
        for l in range(len(W) - 1, -1, -1):
            np.matmul(x[l].T, delta[l + 1], kept[l])
            if l:
                np.matmul(delta[l + 1], W[l][1:].T, delta[l])
        return kept

    return gradient
