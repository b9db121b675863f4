"""Weights, inputs and targets for a network, of kinds that are hard on rounding."""

from __future__ import annotations

from itertools import pairwise

import numpy as np


def _plain(d, N, random):
    W = [random.normal(size=(a + 1, b)) / np.sqrt(a) for a, b in pairwise(d)]
    return W, random.normal(size=(N, d[0])), random.uniform(0.1, 0.9, (N, d[-1]))


def _steep(d, N, random):
    W, X, Y = _plain(d, N, random)
    return [10 * w for w in W], X, Y


def _layer(d, N, random):
    """Every unit of layer 1 saturated, in every example."""
    W, X, Y = _plain(d, N, random)
    W[0][0] = random.choice([-25.0, 25.0], d[1])
    return W, X, Y


def _units(d, N, random):
    """Half the units of each layer."""
    W, X, Y = _plain(d, N, random)
    for w in W:
        w[0, ::2] = random.choice([-30.0, 30.0], len(w[0, ::2]))
    return W, X, Y


def _examples(d, N, random):
    """Half the examples, by their inputs."""
    W, X, Y = _plain(d, N, random)
    X[::2] *= 50
    return W, X, Y


def _far(d, N, random):
    """So far out that a slope falls below the smallest number."""
    W, X, Y = _plain(d, N, random)
    return W, X * 1e4, Y


def _unlike(d, N, random):
    """Half the examples saturated and with errors a million times those of the others."""
    W, X, Y = _examples(d, N, random)
    Y[::2] *= 1e6
    Y[1::2] *= 1e-6
    return W, X, Y


def _large(d, N, random):
    W, X, Y = _plain(d, N, random)
    W[0][1:] *= 1e30
    return W, X * 1e-30, Y


def _tiny(d, N, random):
    W, X, Y = _plain(d, N, random)
    return [w * 1e-12 for w in W], X * 1e-12, Y


def _vanishing(d, N, random, tiny=1e-37):
    """Products that fall below the smallest float32."""
    W, X, Y = _plain(d, N, random)
    return [w * tiny for w in W], X * tiny, Y * tiny


def _vanishing_far(d, N, random):
    """Products that fall below the smallest double."""
    return _vanishing(d, N, random, 1e-300)


def _cancelling(d, N, random):
    """Signals that are small differences of large products."""
    W, X, Y = _plain(d, N, random)
    X[:, 0] = 1000 + random.uniform(size=N)
    W[0][0] -= 1000 * W[0][1]
    return W, X, Y


def _targets(d, N, random):
    """Targets of 0 and 1, and in between next to nothing."""
    W, X, Y = _plain(d, N, random)
    return W, X, random.choice([0.0, 1.0, 1e-30], Y.shape)


KINDS = {
    "ordinary": _plain,
    "large signals": _steep,
    "a saturated layer": _layer,
    "saturated units": _units,
    "saturated examples": _examples,
    "saturated examples of great weight": _unlike,
    "far out": _far,
    "large weights, tiny inputs": _large,
    "tiny weights and inputs": _tiny,
    "products below 1e-38": _vanishing,
    "products below 1e-308": _vanishing_far,
    "signals that cancel": _cancelling,
    "extreme targets": _targets,
}


def example(kind, d, N, seed, dtype=np.float64):
    """W, X, Y as arrays of a kind of number."""
    random = np.random.default_rng((seed, list(KINDS).index(kind)))
    W, X, Y = KINDS[kind](d, N, random)
    return [w.astype(dtype) for w in W], X.astype(dtype), Y.astype(dtype)
