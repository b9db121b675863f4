"""A forward pass in mpmath, node by node, straight from the lecture: what the NumPy code is compared with."""

from __future__ import annotations

from mpmath import mp, mpf

DIGITS = 45

CURVES = {
    "identity": lambda s: s,
    "tanh": mp.tanh,
    "sigmoid": lambda s: 1 / (1 + mp.exp(-s)),
    "relu": lambda s: max(s, mpf(0)),
    "leaky relu": lambda s: s if s > 0 else s / 100,
    "softplus": lambda s: mp.log(1 + mp.exp(s)),
    "silu": lambda s: s / (1 + mp.exp(-s)),
    "gelu": lambda s: s * mp.ncdf(s),
    "sin": mp.sin,
}

LOSSES = {
    "squared error": lambda x, y: (x - y) ** 2 / 2,
    "binary cross entropy": lambda x, y: -y * mp.log(x) - (1 - y) * mp.log(1 - x),
    "cross entropy": lambda x, y: -y * mp.log(x),
    "logistic": lambda x, y: mp.log(1 + mp.exp(-y * x)),
}


def layer(name, signals):
    if name == "softmax":
        powers = [mp.exp(s) for s in signals]
        return [p / mp.fsum(powers) for p in powers]
    return [CURVES[name](s) for s in signals]


def matrices(W):
    """Weights as lists of lists of mpf; doubles are exact in them."""
    return [[[mpf(float(v)) for v in row] for row in w] for w in W]


def outputs(names, W, x):
    below = [mpf(float(v)) for v in x]
    for name, w in zip(names, W, strict=True):
        rows = [mpf(1), *below]
        width = len(w[0])
        below = layer(
            name, [mp.fsum(r * w[i][j] for i, r in enumerate(rows)) for j in range(width)]
        )
    return below


def error(names, loss, W, x, y):
    pairs = zip(outputs(names, W, x), y, strict=True)
    return mp.fsum(LOSSES[loss](a, mpf(float(b))) for a, b in pairs)


def gradient(names, loss, W, x, y):
    """Central differences in every weight, h = 10⁻¹⁵ at 45 digits: good to about 28."""
    with mp.workdps(DIGITS):
        exact, h = matrices(W), mpf(10) ** -15
        return [
            [
                [_slope(names, loss, exact, (l, i, j), h, x, y) for j in range(len(w[0]))]
                for i in range(len(w))
            ]
            for l, w in enumerate(exact)
        ]


def _slope(names, loss, W, at, h, x, y):
    l, i, j = at
    kept = W[l][i][j]
    ends = []
    for moved in (kept + h, kept - h):
        W[l][i][j] = moved
        ends.append(error(names, loss, W, x, y))
    W[l][i][j] = kept
    return (ends[0] - ends[1]) / (2 * h)
