"""An oracle that shares no code with the package: networks in plain Python over mpmath, derivatives by central differences.

A recursion is read by a view of its own, which hands out undefined SymPy functions `w(l, i, j)`, and by a small evaluator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy as sp
from mpmath.ctx_mp import MPContext
from sympy.core.function import AppliedUndef

mp = MPContext()
mp.dps = 600
STEP = mp.mpf(10) ** -200
"""A central difference then errs by about 10^-400, in truncation and in rounding."""


class Missing(Exception):  # noqa: N818 - an answer: the network has no such quantity
    """A recursion names what the network lacks."""


def number(q: Any) -> Any:
    """A rational of any kind as an mpmath number."""
    q = Fraction(int(q.p), int(q.q)) if isinstance(q, sp.Rational) else Fraction(q)
    return mp.mpf(q.numerator) / q.denominator


def slope(f: Callable[[Any], Any], at: Any) -> Any:
    return (f(at + STEP) - f(at - STEP)) / (2 * STEP)


def _sigmoid(s: Any) -> Any:
    return 1 / (1 + mp.exp(-s))


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda s: s,
    "tanh": lambda s: mp.sinh(s) / mp.cosh(s) if abs(s) < 50 else mp.tanh(s),
    "sigmoid": _sigmoid,
    "relu": lambda s: s if s > 0 else mp.zero,
    "leaky relu": lambda s: s if s > 0 else s / 100,
    "softplus": lambda s: mp.log1p(mp.exp(s)),
    "silu": lambda s: s * _sigmoid(s),
    "gelu": lambda s: s * mp.erfc(-s / mp.sqrt(2)) / 2,
    "sin": mp.sin,
}

SLOPES: dict[str, Callable[[Any], Any]] = {
    "identity": lambda s: mp.one,
    "tanh": lambda s: 1 / mp.cosh(s) ** 2,
    "sigmoid": lambda s: 1 / (2 * mp.cosh(s / 2)) ** 2,
    "relu": lambda s: mp.mpf(s > 0),
    "leaky relu": lambda s: mp.one if s > 0 else mp.one / 100,
    "softplus": _sigmoid,
    "silu": lambda s: _sigmoid(s) + s / (2 * mp.cosh(s / 2)) ** 2,
    "gelu": lambda s: mp.erfc(-s / mp.sqrt(2)) / 2 + s * mp.npdf(s),
    "sin": mp.cos,
}
"""g' in closed forms that stay exact far out, where a difference of g is lost in rounding."""


def _times(factor: Any, other: Callable[[], Any]) -> Any:
    """A factor that is 0 makes the product 0: a saturated output rounds to 1 where 1 - x is tiny, and not 0."""
    return factor * other() if factor else mp.mpf(0)


LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "squared error": lambda x, y: (x - y) ** 2 / 2,
    "binary cross entropy": lambda x, y: (
        _times(-y, lambda: mp.log(x)) - _times(1 - y, lambda: mp.log(1 - x))
    ),
    "cross entropy": lambda x, y: -y * mp.log(x),
    "logistic": lambda x, y: mp.log1p(mp.exp(-y * x)),
}

LOSS_SLOPES: dict[str, Callable[[Any, Any], Any]] = {
    "squared error": lambda x, y: x - y,
    "binary cross entropy": lambda x, y: (
        _times(1 - y, lambda: 1 / (1 - x)) - _times(y, lambda: 1 / x)
    ),
    "cross entropy": lambda x, y: -y / x,
    "logistic": lambda x, y: -y / (1 + mp.exp(y * x)),
}


@dataclass
class Net:
    """Widths, one activation a layer, a loss: by name.  `point` gives w[l, i, j], x[0, i], y[j] and the opaque functions."""

    sizes: list[int]
    activations: list[str]
    loss: str
    point: dict[Any, Any] = field(default_factory=dict)

    @property
    def L(self) -> int:
        return len(self.sizes) - 1

    def activation(self, l: int) -> Callable[[Any], Any]:
        name = self.activations[l - 1]
        return self.point[f"g_{l}"] if name == "opaque" else ACTIVATIONS[name]

    def outputs(self, l: int, signals: list[Any]) -> list[Any]:
        if self.activations[l - 1] == "softmax":
            powers = [mp.exp(s) for s in signals]
            return [p / sum(powers) for p in powers]
        return [self.activation(l)(s) for s in signals]

    def error_of(self, outputs: list[Any]) -> Any:
        targets = [self.point["y", j] for j in range(1, self.sizes[-1] + 1)]
        if self.loss == "opaque":
            return self.point["E"](*outputs, *targets)
        return sum(LOSSES[self.loss](x, y) for x, y in zip(outputs, targets, strict=True))

    def run(self, moved: dict[Any, Any] | None = None) -> dict[Any, Any]:
        """All s and x, and e.  `moved` adds to a weight ("w", l, i, j) or to a signal ("s", l, j)."""
        moved = moved or {}
        found: dict[Any, Any] = {}
        below = [mp.one] + [self.point["x", 0, i] for i in range(1, self.sizes[0] + 1)]
        for l in range(1, self.L + 1):
            signals = []
            for j in range(1, self.sizes[l] + 1):
                s = moved.get(("s", l, j), mp.zero)
                for i, x in enumerate(below):
                    s += (self.point["w", l, i, j] + moved.get(("w", l, i, j), 0)) * x
                found["s", l, j] = s
                signals.append(s)
            above = self.outputs(l, signals)
            found |= {("x", l, j): x for j, x in enumerate(above, 1)}
            below = [mp.one, *above]
        found["e"] = self.error_of(below[1:])
        return found

    def slope_of(self, l: int, s: Any) -> Any:
        """g' of a layer: in closed form, or by a central difference of a witness's polynomial."""
        name = self.activations[l - 1]
        return slope(self.activation(l), s) if name == "opaque" else SLOPES[name](s)

    def loss_slope(self, outputs: list[Any], j: int) -> Any:
        """∂e/∂x_j."""
        if self.loss != "opaque":
            return LOSS_SLOPES[self.loss](outputs[j - 1], self.point["y", j])
        moved = [[x + h if k == j else x for k, x in enumerate(outputs, 1)] for h in (STEP, -STEP)]
        return (self.error_of(moved[0]) - self.error_of(moved[1])) / (2 * STEP)

    def tangent(self, *of: Any) -> Any:
        """The same as `derivative`, by tangents pushed forward."""
        found = self.run()
        below = [mp.zero] * (self.sizes[0] + 1)
        for l in range(1, self.L + 1):
            values = [mp.one] + [
                self.point["x", 0, i] if l == 1 else found["x", l - 1, i]
                for i in range(1, self.sizes[l - 1] + 1)
            ]
            here = [mp.mpf(of == ("s", l, j)) for j in range(1, self.sizes[l] + 1)]
            for j in range(1, self.sizes[l] + 1):
                for i, (x, dx) in enumerate(zip(values, below, strict=True)):
                    here[j - 1] += self.point["w", l, i, j] * dx
                    here[j - 1] += x if of == ("w", l, i, j) else 0
            below = [mp.zero, *self._moved_outputs(l, found, here)]
        top = [found["x", self.L, j] for j in range(1, self.sizes[-1] + 1)]
        return mp.fsum(self.loss_slope(top, j) * dx for j, dx in enumerate(below) if j)

    def _moved_outputs(self, l: int, found: dict[Any, Any], moves: list[Any]) -> list[Any]:
        if self.activations[l - 1] == "softmax":
            x = [found["x", l, j] for j in range(1, self.sizes[l] + 1)]
            mean = mp.fdot(x, moves)
            return [v * (m - mean) for v, m in zip(x, moves, strict=True)]
        return [self.slope_of(l, found["s", l, j]) * m for j, m in enumerate(moves, 1)]

    def derivative(self, *of: Any) -> Any:
        """∂e by a weight ("w", l, i, j), or by a shift of one signal ("s", l, j) alone."""
        return slope(lambda h: self.run({of: h})["e"], mp.zero)


def function(arguments: Any, body: sp.Expr) -> Callable[..., Any]:
    """A polynomial that a witness shows, as a function of numbers."""
    return lambda *values: evaluate(body, dict(zip(arguments, values, strict=True)), None)


def with_values(net: Net, values: dict[Any, Any]) -> Net:
    """The network at a witness."""
    point: dict[Any, Any] = {}
    for key, value in values.items():
        if isinstance(key, AppliedUndef):
            point[key.func.__name__] = function(key.args, sp.sympify(value))
        else:
            name = str(key.base.label)
            point[(name, *[int(i) for i in key.indices])] = number(value)
    return Net(net.sizes, net.activations, net.loss, point)


# --- a recursion, read independently ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nodes:
    """`w[l]`: `w[l][i, j]` is the undefined function w(l, i, j)."""

    name: str
    layer: tuple[int, ...]

    def __getitem__(self, index: Any) -> sp.Expr:
        nodes = index if isinstance(index, tuple) else (index,)
        return sp.Function(self.name)(*self.layer, *nodes)


@dataclass(frozen=True)
class LayersOf:
    name: str

    def __getitem__(self, layer: int) -> Nodes:
        return Nodes(self.name, (layer,))


class Seen:
    """What a recursion's functions see: a network's widths and undefined functions."""

    def __init__(self, net: Net) -> None:
        self.L, self.d = net.L, tuple(net.sizes)
        self.w, self.s, self.x = LayersOf("w"), LayersOf("s"), LayersOf("x")
        self.delta, self.y = LayersOf("delta"), Nodes("y", ())

    def dg(self, l: int, j: Any) -> sp.Expr:
        return sp.Function("dg")(l, j)

    def dloss(self, j: Any) -> sp.Expr:
        return sp.Function("dloss")(j)

    def dx(self, k: Any, j: Any) -> sp.Expr:
        return sp.Function("dx")(k, j)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{n: getattr(mp, n) for n in ("exp", "log", "sin", "cos", "tanh", "sinh", "cosh", "sech")},
    "erf": mp.erf,
    "Abs": abs,
    "sign": mp.sign,
    "Max": max,
    "Min": min,
    "Heaviside": lambda t, zero: mp.mpf(t > 0) if t else zero,
}


def evaluate(e: Any, env: dict[Any, Any], atom: Callable[..., Any] | None) -> Any:
    """A SymPy expression as a number; `atom(name, indices)` values the undefined functions."""
    if e in env:
        return env[e]
    if isinstance(e, sp.Rational):
        return number(e)
    if isinstance(e, sp.Float):
        return mp.mpf(str(e))
    if e == sp.pi:
        return +mp.pi
    if isinstance(e, sp.Sum):
        return mp.fsum(_terms(e, list(e.limits), env, atom))
    if isinstance(e, sp.Product):
        return mp.fprod(_terms(e, list(e.limits), env, atom))
    if isinstance(e, sp.Piecewise):
        return _piecewise(e, env, atom)
    parts = [evaluate(a, env, atom) for a in e.args]
    if isinstance(e, sp.Add):
        return mp.fsum(parts)
    if isinstance(e, sp.Mul):
        return mp.fprod(parts)
    if isinstance(e, sp.Pow):
        return parts[0] ** parts[1]
    if isinstance(e, sp.KroneckerDelta):
        return mp.mpf(int(parts[0] == parts[1]))
    if isinstance(e, AppliedUndef) and atom is not None:
        return atom(e.func.__name__, tuple(int(p) for p in parts))
    return FUNCTIONS[e.func.__name__](*parts)


def _terms(e: Any, limits: list[Any], env: dict[Any, Any], atom: Any) -> list[Any]:
    """The terms of a sum or a product, the last limit outermost."""
    if not limits:
        return [evaluate(e.function, env, atom)]
    index, low, high = limits[-1]
    first, last = (int(evaluate(sp.sympify(end), env, atom)) for end in (low, high))
    each = [_terms(e, limits[:-1], {**env, index: mp.mpf(k)}, atom) for k in range(first, last + 1)]
    return [term for terms in each for term in terms]


def _piecewise(e: sp.Piecewise, env: dict[Any, Any], atom: Any) -> Any:
    for value, condition in e.args:
        if condition == True:  # noqa: E712 - SymPy's own True
            return evaluate(value, env, atom)
        a, b = (evaluate(side, env, atom) for side in condition.args)
        if {">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b}[condition.rel_op]:
            return evaluate(value, env, atom)
    raise ValueError(f"{e}: no case applies")


class Believed:
    """What a recursion says at a point: every δ and every ∂e/∂w as a number.  Raises Missing for what the network lacks."""

    def __init__(self, net: Net, recursion: Any) -> None:
        self.net, self.recursion, self.seen = net, recursion, Seen(net)
        self.values = net.run()
        self.deltas: dict[tuple[int, int], Any] = {}
        top = [self.values["x", net.L, j] for j in range(1, net.sizes[-1] + 1)]
        self.top = top

    def delta(self, l: int, j: int) -> Any:
        if (l, j) not in self.deltas:
            self.deltas[l, j] = None
            n, r = self.seen, self.recursion
            e = r.base(n, sp.Integer(j)) if l == n.L else r.step(n, l + 1, sp.Integer(j))
            self.deltas[l, j] = evaluate(sp.sympify(e), {}, self._atom)
        if self.deltas[l, j] is None:
            raise Missing(f"delta {l} {j} is made from itself")
        return self.deltas[l, j]

    def weight(self, l: int, i: int, j: int) -> Any:
        e = self.recursion.weight(self.seen, l, sp.Integer(i), sp.Integer(j))
        return evaluate(sp.sympify(e), {}, self._atom)

    def _atom(self, name: str, index: tuple[int, ...]) -> Any:
        return getattr(self, f"_{name}")(*index)

    def _in_layer(self, l: int, low: int, *nodes: int) -> None:
        if not 0 <= l <= self.net.L or any(not low <= k <= self.net.sizes[l] for k in nodes):
            raise Missing(f"layer {l}, nodes {nodes}")

    def _w(self, l: int, i: int, j: int) -> Any:
        if ("w", l, i, j) not in self.net.point:
            raise Missing(f"w {l} {i} {j}")
        return self.net.point["w", l, i, j]

    def _s(self, l: int, j: int) -> Any:
        self._in_layer(l, 1, j)
        if l == 0:
            raise Missing("s of the inputs")
        return self.values["s", l, j]

    def _x(self, l: int, i: int) -> Any:
        self._in_layer(l, 0, i)
        if i == 0:
            if l == self.net.L:
                raise Missing("a bias node in the output layer")
            return mp.one
        return self.net.point["x", 0, i] if l == 0 else self.values["x", l, i]

    def _y(self, j: int) -> Any:
        self._in_layer(self.net.L, 1, j)
        return self.net.point["y", j]

    def _delta(self, l: int, j: int) -> Any:
        self._in_layer(l, 1, j)
        if l == 0:
            raise Missing("delta of the inputs")
        return self.delta(l, j)

    def _dg(self, l: int, j: int) -> Any:
        s = self._s(l, j)
        if self.net.activations[l - 1] == "softmax":
            raise Missing("g' of softmax")
        return self.net.slope_of(l, s)

    def _dloss(self, j: int) -> Any:
        self._in_layer(self.net.L, 1, j)
        return self.net.loss_slope(self.top, j)

    def _dx(self, k: int, j: int) -> Any:
        L = self.net.L
        self._in_layer(L, 1, k, j)
        s = [self.values["s", L, m] for m in range(1, self.net.sizes[-1] + 1)]

        def moved(h: Any) -> Any:
            return self.net.outputs(L, [v + h if m == j else v for m, v in enumerate(s, 1)])[k - 1]

        return slope(moved, mp.zero)


def encloses(shown: Any, value: Any, digits: int = 30) -> bool:
    """Whether a witness's side, a Fraction or the two ends of an interval, is this number up to relative rounding."""
    slack = mp.mpf(10) ** -digits * abs(value)
    low, high = (
        [mp.make_mpf(v._mpf_) for v in shown] if isinstance(shown, tuple) else [number(shown)] * 2
    )
    return bool(low - slack <= value <= high + slack)
