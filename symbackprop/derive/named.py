"""The theorems with names: each a function that gives its proof, for every depth and every width.

The lecture's own derivation is here, step by step, as theorems about e(w) itself: base step, chain rule, induction step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..kernel import App, D, Eq, Proof, Sym, Term, Vec
from ..kernel.integers import closed, index
from ..kernel.terms import ONE, num
from .backprop import SIGNAL, WEIGHT, Base, Variation, claims
from .forward import E, Forward, nodes
from .layers import (
    DEPTH,
    FROM,
    LAYER,
    TO,
    B,
    K,
    Layered,
    N,
    below,
    member,
    softmax,
    total,
    width,
)
from .losses import INDEXED_LOSSES, y
from .partials import Partials
from .script import Script
from .softmax import known_slopes, softmax_base

L = DEPTH


def begin(net: Layered) -> Forward:
    """An empty script over a network's definitions."""
    return Forward(net, Script(net.functions, (*net.forward(), *net.backward())))


def _proof(f: Forward, *steps: int) -> Proof:
    return f.b.proof([f.stated(k) for k in steps])


def _de(v: Sym) -> Term:
    return D(E, v)


# --- every differentiable activation, every differentiable loss --------------------------------------------------


def backpropagation(net: Layered | None = None) -> Proof:
    """∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1) and ∂e/∂s_j^(l) = δ_j^(l)."""
    f = begin(net or Layered())
    return f.b.proof(claims(f))


def delta() -> Proof:
    """∂e/∂s_j^(l) = δ_j^(l)."""
    f = begin(Layered())
    return _proof(f, Variation(f, SIGNAL).top)


def weight_gradient() -> Proof:
    """∂e/∂w_ij^(l) = ∂e/∂s_j^(l) ∂s_j^(l)/∂w_ij^(l), with ∂s_j^(l)/∂w_ij^(l) = x_i^(l-1)."""
    f = begin(Layered())
    return _proof(f, *_weight_gradient(f))


def _weight_gradient(f: Forward) -> tuple[int, int]:
    b, p = f.b, Partials(f)
    own = p.signal_by_weight
    known = [
        b.ring(_de(WEIGHT.v), WEIGHT.right, [p.error_by_weight]),
        b.ring(_de(SIGNAL.v), SIGNAL.right, [p.error_by_signal]),
    ]
    product = _de(SIGNAL.v) * D(SIGNAL.v, WEIGHT.v)
    last = b.ring(product, WEIGHT.right, [known[1], own])
    return own, b.combine(_de(WEIGHT.v), product, [(known[0], ONE), (last, num(-1))])


def signal_by_output() -> Proof:
    """∂s_j^(l)/∂x_i^(l-1) = w_ij^(l) for i >= 1."""
    f = begin(Layered())
    return _proof(f, Partials(f).signal_by_output)


def chain_rule() -> Proof:
    """∂e/∂v = Σ_n ∂e/∂s_n^(k) ∂s_n^(k)/∂v for v a weight or an s of a layer l at or below k."""
    f = begin(Layered())
    return _proof(f, *[_chained(f, Variation(f, seed)) for seed in (WEIGHT, SIGNAL)])


def _chained(f: Forward, v: Variation) -> int:
    b = f.b
    signal = Variation(f, SIGNAL).top
    every = b.generalize(b.instance(signal, {LAYER: K, TO: N}), N, nodes(K))
    right = total(N, 1, width(K), _de(member("s", K, N)) * D(member("s", K, N), v.v))
    replaced = b.ring(right, v.T(K), [every])
    left = b.ring(_de(v.v), v.seed.right, [v.top])
    return b.combine(_de(v.v), right, [(left, ONE), (v.level, num(-1)), (replaced, num(-1))])


def induction_step() -> Proof:
    """∂e/∂s_i^(l-1) = Σ_j ∂e/∂s_j^(l) ∂s_j^(l)/∂x_i^(l-1) ∂x_i^(l-1)/∂s_i^(l-1) = g'(s_i^(l-1)) Σ_j w_ij^(l) δ_j^(l)."""
    f = begin(Layered())
    return _proof(f, *_induction_step(f))


def _induction_step(f: Forward) -> tuple[int, int]:
    b, p, lower = f.b, Partials(f), below(LAYER)
    top = p.error_by_signal
    here = b.instance(top, {LAYER: lower, TO: FROM})
    above_ = b.generalize(b.instance(top, {TO: N}), N, nodes(LAYER))
    by_output = b.generalize(b.instance(p.signal_by_output, {TO: N}), N, nodes(LAYER))
    by_signal = b.instance(p.output_by_signal, {LAYER: lower, TO: FROM})
    s, x = member("s", lower, FROM), member("x", lower, FROM)
    term = _de(member("s", LAYER, N)) * D(member("s", LAYER, N), x) * D(x, s)
    lecture = total(N, 1, width(LAYER), term)
    product = f.net.step(LAYER, FROM)
    known = b.definition(member("delta", lower, FROM))
    first = b.ring(_de(s), product, [here, known])
    written = b.ring(lecture, product, [above_, by_output, by_signal])
    return b.combine(_de(s), lecture, [(first, ONE), (written, num(-1))]), first


def base_step() -> Proof:
    """∂e/∂s_j^(L) = ∂E/∂x_j g_L'(s_j^(L)), for every differentiable E."""
    net = Layered()
    return _based(net, net.outer(TO) * net.slope(L, TO))


def _based(net: Layered, right: Term) -> Proof:
    """∂e/∂s_j^(L) = what is given, by algebra and the slopes of known functions."""
    f = begin(net)
    return f.b.proof([_base_step(f, right)])


def _base_step(f: Forward, right: Term) -> int:
    b = f.b
    e = b.instance(Base(f).signal, {N: TO})
    value = b.conclusion(e).value
    equal = b.ring(value, right, known_slopes(b, value))
    step = f.specialized(b.slope(E, b.conclusion(e).by, [e, equal], right))
    return f.specialized(f.stated(step))


def lecture() -> Proof:
    """The lecture's derivation in one proof: the base step, the induction step, and the gradient."""
    net = Layered()
    f = begin(net)
    steps = [*_induction_step(f), *_weight_gradient(f)]
    base = _base_step(f, net.outer(TO) * net.slope(L, TO))
    return f.b.proof([base, *[f.stated(k) for k in steps], *claims(f)])


# --- each loss of the table ---------------------------------------------------------------------------------------


def loss_base_step(name: str) -> Proof:
    """∂e/∂s_j^(L) = (the loss's slope at x_j, y_j) g'(s_j^(L))."""
    loss = INDEXED_LOSSES[name]
    net = Layered(error=loss.error(L))
    return _based(net, loss.slope(member("x", L, TO), y(TO)) * net.slope(L, TO))


# --- an output layer that is a function of all its s --------------------------------------------------------------


def mixed_output() -> Proof:
    """Backpropagation with x_k^(L) = G_k(s^(L)): δ_j^(L) = Σ_k ∂E/∂x_k ∂G_k/∂s_j."""

    def output(k: Term) -> Term:
        s = Vec(ONE, width(L), closed(member("s", L, B), B))
        return App("G", ((),), (s,), (index(k),))

    return backpropagation(Layered(mixed=output))


def softmax_cross_entropy(unit: bool) -> Proof:
    """∂e/∂s_j^(L) = x_j^(L) Σ_k y_k - y_j; where Σ_k y_k = 1, it is x_j^(L) - y_j."""
    f = begin(Layered(error=INDEXED_LOSSES["cross entropy"].error(L), mixed=softmax(L)))
    b = f.b
    e = b.instance(softmax_base(f), {N: TO})
    value, s = b.conclusion(e).value, b.conclusion(e).by
    if unit:
        targets = b.assume(Eq(total(N, 1, width(L), y(N)), ONE))
        right = member("x", L, TO) - y(TO)
        e = b.slope(E, s, [e, b.ring(value, right, [targets])], right)
    return _proof(f, e)


@dataclass(frozen=True)
class Named:
    """What a theorem says, in one line, and how it is proved."""

    says: str
    prove: Callable[[], Proof]


def _first_line(f: Callable[..., Proof]) -> str:
    return (f.__doc__ or "").splitlines()[0]


THEOREMS: dict[str, Named] = {
    "backpropagation": Named(_first_line(backpropagation), backpropagation),
    "lecture": Named(_first_line(lecture), lecture),
    "delta": Named(_first_line(delta), delta),
    "weight gradient": Named(_first_line(weight_gradient), weight_gradient),
    "signal by output": Named(_first_line(signal_by_output), signal_by_output),
    "chain rule": Named(_first_line(chain_rule), chain_rule),
    "induction step": Named(_first_line(induction_step), induction_step),
    "base step": Named(_first_line(base_step), base_step),
    **{
        f"base step, {name}": Named(f"∂e/∂s_j^(L) for {name}.", partial(loss_base_step, name))
        for name in INDEXED_LOSSES
    },
    "mixed output": Named(_first_line(mixed_output), mixed_output),
    "softmax with cross entropy": Named(
        "∂e/∂s_j^(L) = x_j^(L) Σ_k y_k - y_j.", partial(softmax_cross_entropy, False)
    ),
    "softmax with cross entropy, unit targets": Named(
        "∂e/∂s_j^(L) = x_j^(L) - y_j, where Σ_k y_k = 1.", partial(softmax_cross_entropy, True)
    ),
}
"""By name, in the order in which they are told."""


def file_name(name: str) -> str:
    """The file of a theorem's certificate.

    >>> file_name("base step, squared error")
    'base_step_squared_error.json'
    """
    return name.replace(",", "").replace(" ", "_") + ".json"
