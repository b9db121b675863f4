"""A network's gradient in mpmath, and with it how far rounding alone may move each entry of it.

Every quantity is a value and a bound: |computed - value| ≤ bound·u, u the unit of rounding (2⁻⁵³ or 2⁻²⁴), to first order in
u.  A sum of n products errs by at most n u Σ|a b| in any order (N. Higham, Accuracy and Stability of Numerical Algorithms, 3.1);
a function of s by |g'(s)| times the error of s, and by K u |g(s)| of its own; what falls below the smallest normal
number may be lost, which is `lost`·u.  So the bound grows with depth, width and the number of examples as theory has it,
and where terms cancel.  A strict bound grants a slope no more than K u |g'(s)|, however far the node is saturated; one
that is not grants what 1 - x² and x (1 - x) lose, in a batch in which the slopes of no node are below 1/64 in the mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mpmath import mp, mpf

DIGITS = 50
K = 8
"""What a library's function may err by, in u: 4 units in the last place."""
ZERO, ONE = mpf(0), mpf(1)


@dataclass(frozen=True)
class Near:
    """A number, and the bound of its error in units of u."""

    v: mpf
    c: mpf = ZERO


@dataclass(frozen=True)
class Kind:
    """The arithmetic: u, the largest number, and the smallest normal one in units of u."""

    u: mpf
    largest: mpf
    lost: mpf


def kind(finfo):
    u = mpf(float(finfo.eps)) / 2
    return Kind(u, mpf(float(finfo.max)), mpf(float(finfo.tiny)) / u)


@dataclass
class Model:
    """One network's forward and backward pass on one example."""

    names: list
    loss: str
    kind: Kind
    by_x: bool = False
    overflows: bool = False
    layers: list = field(default_factory=list)

    # --- arithmetic

    def made(self, v, c):
        self.overflows |= abs(v) > self.kind.largest
        return Near(v, c + self.kind.lost)

    def dot(self, rows):
        """Σ a b."""
        v = mp.fsum(a.v * b.v for a, b in rows)
        size = mp.fsum(abs(a.v * b.v) for a, b in rows)
        moved = mp.fsum(abs(a.v) * b.c + abs(b.v) * a.c for a, b in rows)
        self.overflows |= size > self.kind.largest
        return self.made(v, moved + len(rows) * size + len(rows) * self.kind.lost)

    def times(self, a, b):
        return self.dot([(a, b)])

    def of(self, g, slope, s, size=None):
        """g(s): the error of s, one more rounding of s, and K u of what g is the sum of."""
        v, reach = g(s.v), s.c * self.kind.u
        steep = max(abs(slope(t)) for t in (s.v, s.v - reach, s.v + reach))
        return self.made(v, steep * (s.c + abs(s.v)) + K * (abs(v) if size is None else size(s.v)))

    # --- the pass

    def up(self, W, x):
        below = [Near(ONE), *map(Near, x)]
        self.layers = [below]
        for name, w in zip(self.names, W, strict=True):
            ends = range(len(w[0]))
            s = [self.dot([(b, Near(r[j])) for b, r in zip(below, w, strict=True)]) for j in ends]
            outputs = self.softmax(s) if name == "softmax" else [self.value(name, t) for t in s]
            below = [Near(ONE), *outputs]
            self.layers += [s, below]

    def value(self, name, s):
        if name in ("identity", "relu", "leaky relu"):
            g, slope, *_ = CURVES[name]
            return Near(g(s.v), abs(slope(s.v)) * s.c + abs(g(s.v)))
        return self.of(*CURVES[name][:2], s)

    def slope(self, name, s, x):
        _, first, second, size = CURVES[name]
        if self.by_x and name in BY_X:
            return self.made(first(s.v), abs(BY_X[name](x.v)) * x.c + 3)
        if name in ("identity", "relu", "leaky relu"):
            return Near(first(s.v), ONE)
        return self.of(first, second, s, size)

    def softmax(self, s):
        top = max(t.v for t in s)
        powers = [mp.exp(t.v - top) for t in s]
        x = [p / mp.fsum(powers) for p in powers]
        mean = mp.fsum(a * t.c for a, t in zip(x, s, strict=True))
        own = [K + len(s) + abs(t.v - top) for t in s]
        most = max(own)
        return [
            self.made(a, a * (t.c + mean + o + most)) for a, t, o in zip(x, s, own, strict=True)
        ]

    def top(self, y):
        """δ^(L)."""
        last, s, x = self.names[-1], self.layers[-2], self.layers[-1][1:]
        y = [mpf(t) for t in y]
        total = Near(mp.fsum(y), len(y) * mp.fsum(map(abs, y)))
        if (last, self.loss) == ("softmax", "cross entropy"):
            rows = [self.times(a, total) for a in x]
            return [self.made(a.v - b, a.c + abs(a.v - b)) for a, b in zip(rows, y, strict=True)]
        if (last, self.loss) == ("sigmoid", "binary cross entropy"):
            return [self.made(a.v - b, a.c + abs(a.v - b)) for a, b in zip(x, y, strict=True)]
        if (last, self.loss) == ("sigmoid", "cross entropy"):
            other = [self.value("sigmoid", Near(-t.v, t.c)) for t in s]
            return [self.times(Near(-b), a) for a, b in zip(other, y, strict=True)]
        outer = [self.outer(a, b) for a, b in zip(x, y, strict=True)]
        if last == "softmax":
            mean = self.dot(list(zip(outer, x, strict=True)))
            less = [self.made(o.v - mean.v, o.c + mean.c + abs(o.v - mean.v)) for o in outer]
            return [self.times(a, b) for a, b in zip(x, less, strict=True)]
        return [self.times(o, self.slope(last, t, a)) for o, t, a in zip(outer, s, x, strict=True)]

    def outer(self, x, y):
        """∂e/∂x_j."""
        slope, second = OUTER[self.loss]
        v = slope(x.v, y)
        more = abs(x.v) if self.loss == "logistic" else 0  # x y is rounded, in an exponential
        return self.made(v, abs(second(x.v, y)) * (x.c + more) + K * abs(v))

    def down(self, W, y):
        """δ^(1), …, δ^(L)."""
        found = [self.top(y)]
        for l in range(len(W) - 1, 0, -1):
            s = self.layers[2 * l - 1]
            back = [
                self.dot([(Near(w), d) for w, d in zip(row, found[0], strict=True)])
                for row in W[l][1:]
            ]
            x = self.layers[2 * l][1:]
            slopes = [self.slope(self.names[l - 1], t, a) for t, a in zip(s, x, strict=True)]
            found.insert(0, [self.times(a, b) for a, b in zip(slopes, back, strict=True)])
        return found


def sigma(s):
    return 1 / (1 + mp.exp(-s))


def bell(s):
    return sigma(s) * sigma(-s)


def phi(s):
    return mp.exp(-s * s / 2) / mp.sqrt(2 * mp.pi) if abs(s) < 10**6 else ZERO


def cdf(s):
    return mp.erfc(-s / mp.sqrt(2)) / 2 if abs(s) < 10**6 else mpf(s > 0)


CURVES = {
    "identity": (lambda s: s, lambda s: ONE, lambda s: ZERO, None),
    "relu": (lambda s: max(s, ZERO), lambda s: mpf(s > 0), lambda s: ZERO, None),
    "leaky relu": (
        lambda s: s if s > 0 else s / 100,
        lambda s: ONE if s > 0 else ONE / 100,
        lambda s: ZERO,
        None,
    ),
    "tanh": (
        mp.tanh,
        lambda s: 4 * bell(2 * s),
        lambda s: -8 * mp.tanh(s) * bell(2 * s),
        None,
    ),
    "sigmoid": (sigma, bell, lambda s: bell(s) * mp.tanh(s / 2), None),
    "softplus": (lambda s: max(s, ZERO) + mp.log1p(mp.exp(-abs(s))), sigma, bell, None),
    "silu": (
        lambda s: s * sigma(s),
        lambda s: sigma(s) + s * bell(s),
        lambda s: (2 - s * mp.tanh(s / 2)) * bell(s),
        lambda s: sigma(s) + abs(s) * bell(s),
    ),
    "gelu": (
        lambda s: s * cdf(s),
        lambda s: cdf(s) + s * phi(s),
        lambda s: (2 - s * s) * phi(s),
        lambda s: cdf(s) + abs(s) * phi(s),
    ),
    "sin": (mp.sin, mp.cos, mp.sin, None),
}
"""g, g', the size of g'', and what g' is the sum of where that is more than |g'|."""

OUTER = {
    "squared error": (lambda x, y: x - y, lambda x, y: ONE),
    "logistic": (lambda x, y: -y * sigma(-y * x), lambda x, y: y * y * bell(y * x)),
    "cross entropy": (lambda x, y: -y / x, lambda x, y: y / x**2),
    "binary cross entropy": (
        lambda x, y: (x - y) / (x * (1 - x)),
        lambda x, y: abs(y / x**2) + abs((1 - y) / (1 - x) ** 2),
    ),
}
"""∂e/∂x_j and ∂²e/∂x_j²."""


BY_X = {"tanh": lambda x: 2 * x, "sigmoid": lambda x: 1 - 2 * x}
"""The slopes that are computed from x where nothing is saturated, with their derivatives in x."""
PAIRS = {
    ("softmax", "cross entropy"),
    ("sigmoid", "binary cross entropy"),
    ("sigmoid", "cross entropy"),
}
SATURATED = mpf(1) / 64


@dataclass(frozen=True)
class Entry:
    """An entry of the mean gradient: its value, the sum of the sizes of its terms, and the bound in units of u."""

    v: mpf
    size: mpf
    bound: mpf


def gradient(names, loss, W, X, Y, finfo, strict=True):
    """The entries of ∂e/∂W^(l), and whether some value on the way is beyond the largest number."""
    with mp.workdps(DIGITS):
        exact = [[[mpf(float(v)) for v in row] for row in w] for w in W]
        models = [Model(list(names), loss, kind(finfo)) for _ in X]
        for m, x in zip(models, X, strict=True):
            m.up(exact, [mpf(float(v)) for v in x])
        by_x = not strict and not _saturated(names, loss, models)
        for m in models:
            m.by_x = by_x
        passes = [(m, m.down(exact, list(map(float, y)))) for m, y in zip(models, Y, strict=True)]
        sums = Model([], "", kind(finfo))
        entries = [
            [[_entry(sums, passes, l, i, j) for j in range(len(w[0]))] for i in range(len(w))]
            for l, w in enumerate(exact)
        ]
        return entries, any(m.overflows for m in (*models, sums))


def error(names, loss, W, X, Y, finfo):
    """The mean of e, from the signals where the outputs would have lost what it needs."""
    with mp.workdps(DIGITS):
        exact = [[[mpf(float(v)) for v in row] for row in w] for w in W]
        total = ZERO
        for x, y in zip(X, Y, strict=True):
            m = Model(list(names), loss, kind(finfo))
            m.up(exact, [mpf(float(v)) for v in x])
            s, x = ([t.v for t in row] for row in (m.layers[-2], m.layers[-1][1:]))
            cost = FROM_SIGNALS.get((names[-1], loss))
            y = [mpf(float(v)) for v in y]
            total += cost(s, y) if cost else mp.fsum(map(OF_OUTPUTS[loss], x, y))
        return total / len(X)


def _softplus(s):
    return CURVES["softplus"][0](s)


def _surprise(s, y):
    top = max(s)
    whole = mp.log(mp.fsum(mp.exp(t - top) for t in s))
    return mp.fsum(b * (whole - (t - top)) for t, b in zip(s, y, strict=True))


FROM_SIGNALS = {
    ("softmax", "cross entropy"): _surprise,
    ("sigmoid", "cross entropy"): lambda s, y: mp.fsum(
        b * _softplus(-t) for t, b in zip(s, y, strict=True)
    ),
    ("sigmoid", "binary cross entropy"): lambda s, y: mp.fsum(
        b * _softplus(-t) + (1 - b) * _softplus(t) for t, b in zip(s, y, strict=True)
    ),
}
OF_OUTPUTS = {
    "squared error": lambda x, y: (x - y) ** 2 / 2,
    "logistic": lambda x, y: _softplus(-y * x),
    "cross entropy": lambda x, y: -y * mp.log(x),
}


def _saturated(names, loss, models):
    """Whether the slopes of some node are below 1/64 in the mean of the batch."""
    checked = [l for l, name in enumerate(names, 1) if name in BY_X]
    if (names[-1], loss) in PAIRS and len(names) in checked:
        checked.remove(len(names))
    for l in checked:
        rows = zip(*[m.layers[2 * l - 1] for m in models], strict=True)
        slope = CURVES[names[l - 1]][1]
        if any(mp.fsum(slope(t.v) for t in row) / len(models) < SATURATED for row in rows):
            return True
    return False


def _entry(sums, passes, l, i, j):
    rows = [(m.layers[2 * l][i], d[l][j]) for m, d in passes]
    total, N = sums.dot(rows), len(rows)
    size = mp.fsum(abs(a.v * b.v) for a, b in rows)
    return Entry(total.v / N, size / N, (total.c + 3 * size) / N)


def worst(got, entries, finfo):
    """The largest error in units of u Σ|δ x|, and in units of the bound; infinite where a value is no number."""
    with mp.workdps(DIGITS):
        k = kind(finfo)
        by_size = by_bound = ZERO
        for g, table in zip(got, entries, strict=True):
            for computed, e in zip(g.ravel(), (e for row in table for e in row), strict=True):
                off = abs(mpf(float(computed)) - e.v)
                if mp.isnan(off) or mp.isinf(off):
                    return mp.inf, mp.inf
                by_size = max(
                    by_size, max(off - k.lost * k.u, 0) / (k.u * e.size) if e.size else ZERO
                )
                by_bound = max(by_bound, off / (k.u * e.bound))
        return by_size, by_bound
