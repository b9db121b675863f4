"""The theorems with names: each a function that gives its proof, for every depth and every width.

The lecture's own derivation is here, step by step, as theorems about e(w) itself: base step, chain rule, induction step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..kernel import App, D, Eq, Kron, Proof, Slope, Sym, Term, Vec
from ..kernel.integers import closed, index, minus, opened, whole
from ..kernel.terms import ARITY, ONE, num, subterms
from .backprop import OUTPUT, SIGNAL, WEIGHT, Base, Variation, claims
from .forward import E, Forward, nodes
from .layers import (
    DEPTH,
    FROM,
    LAYER,
    TO,
    B,
    K,
    Layered,
    M,
    N,
    above,
    below,
    member,
    softmax,
    total,
    width,
)
from .losses import INDEXED_LOSSES, y
from .script import Script
from .sums import contracted

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
    b, w, s = f.b, Variation(f, WEIGHT), Variation(f, SIGNAL)
    own = _signal_by_weight(w)
    known = [
        b.ring(_de(WEIGHT.v), WEIGHT.right, [w.top]),
        b.ring(_de(SIGNAL.v), SIGNAL.right, [s.top]),
    ]
    product = _de(SIGNAL.v) * D(SIGNAL.v, WEIGHT.v)
    last = b.ring(product, WEIGHT.right, [known[1], own])
    return _proof(f, own, b.combine(_de(WEIGHT.v), product, [(known[0], ONE), (last, num(-1))]))


def _signal_by_weight(w: Variation) -> int:
    """∂s_j^(l)/∂w_ij^(l) = x_i^(l-1)."""
    s = w.b.instance(w.own, {N: TO})
    return w.b.slope(SIGNAL.v, WEIGHT.v, [s], member("x", below(LAYER), FROM))


def signal_by_output() -> Proof:
    """∂s_j^(l)/∂x_i^(l-1) = w_ij^(l) for i >= 1."""
    f = begin(Layered())
    return _proof(f, _signal_by_output(f))


def _signal_by_output(f: Forward) -> int:
    """The same as a step; there it is layer l+1 first."""
    b, v = f.b, Variation(f, OUTPUT)
    output = f.grounded(b.slope(member("x", LAYER, N), v.v, [v.own]), LAYER, N)
    bias = b.slope(member("x", LAYER, 0), v.v)
    value = b.conclusion(output).value
    bias = b.slope(member("x", LAYER, 0), v.v, [], opened(closed(value, N), 0))
    goal = nodes(LAYER, whole(0)).all(N, Slope(member("x", LAYER, N), v.v, value))
    every = b.cases(goal, [bias, v.layer(output, LAYER)])
    far = f.apart(above(LAYER), LAYER, True)
    s = v.contracted(b.slope(member("s", above(LAYER), N), v.v, [every, far]))
    return b.instance(s, {LAYER: below(LAYER), TO: FROM, N: TO})


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
    b, lower = f.b, below(LAYER)
    top = Variation(f, SIGNAL).top
    here = b.instance(top, {LAYER: lower, TO: FROM})
    above_ = b.generalize(b.instance(top, {TO: N}), N, nodes(LAYER))
    by_output = b.generalize(b.instance(_signal_by_output(f), {TO: N}), N, nodes(LAYER))
    by_signal = _output_by_signal(f)
    s, x = member("s", lower, FROM), member("x", lower, FROM)
    term = _de(member("s", LAYER, N)) * D(member("s", LAYER, N), x) * D(x, s)
    lecture = total(N, 1, width(LAYER), term)
    product = f.net.step(LAYER, FROM)
    known = b.definition(member("delta", lower, FROM))
    first = b.ring(_de(s), product, [here, known])
    written = b.ring(lecture, product, [above_, by_output, by_signal])
    return _proof(f, b.combine(_de(s), lecture, [(first, ONE), (written, num(-1))]), first)


def _output_by_signal(f: Forward) -> int:
    """∂x_i^(l-1)/∂s_i^(l-1) = g'(s_i^(l-1))."""
    v = Variation(f, SIGNAL)
    s = f.b.instance(v.own, {N: TO})
    x = f.b.slope(member("x", LAYER, TO), SIGNAL.v, [s])
    return f.b.instance(f.grounded(x, LAYER, TO), {LAYER: below(LAYER), TO: FROM})


def base_step() -> Proof:
    """∂e/∂s_j^(L) = ∂E/∂x_j g_L'(s_j^(L)), for every differentiable E."""
    net = Layered()
    return _based(net, net.outer(TO) * net.slope(L, TO))


def _based(net: Layered, right: Term) -> Proof:
    """∂e/∂s_j^(L) = what is given, by algebra and the slopes of known functions."""
    f = begin(net)
    b = f.b
    e = b.instance(Base(f).signal, {N: TO})
    value = b.conclusion(e).value
    equal = b.ring(value, right, known_slopes(b, value))
    step = f.specialized(b.slope(E, b.conclusion(e).by, [e, equal], right))
    return b.proof([f.specialized(f.stated(step))])


def known_slopes(b: Script, t: Term) -> list[int]:
    """The laws of exp', log', ... for those in t."""
    found = [u for u in subterms(t) if isinstance(u, App) and u.name in ARITY and u.orders == (1,)]
    return [b.law(f"{u.name} slope", *u.args) for u in sorted(found, key=str)]


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


def softmax_base(f: Forward) -> int:
    """∂e/∂s_n^(L) = x_n^(L) Σ_k y_k - y_n, as a step."""
    b, base, top = f.b, Base(f), f.L
    x, s, xj = member("x", top, M), member("s", top, N), member("x", top, N)
    slope = App("log", (1,), (x,))
    ratio = Kron(whole(M, minus(N)), whole(0)) - xj
    known = [b.law("log slope", x), b.definition(x), b.definition(xj)]
    named_ = b.ring(D(x, s), b.conclusion(base.mixing).value, [base.mixing])
    equal = f.settled(
        b.fraction(
            slope * D(x, s), ratio, [named_, *known, *known_slopes(b, b.conclusion(named_).right)]
        )
    )
    every = b.generalize(equal, M, nodes(top))
    exists = b.generalize(b.exists(base.mixing), M, nodes(top))
    value = total(M, 1, width(top), -y(M) * (slope * D(x, s)))
    e = f.settled(b.slope(E, s, [exists], value))
    bracketed = b.normal(value, [every])
    last = contracted(b, b.conclusion(bracketed).right)
    right = xj * total(B, 1, width(top), y(B)) - y(N)
    joined = b.chain(bracketed, last, b.ring(b.conclusion(last).right, right))
    return b.slope(E, s, [e, joined], right)


@dataclass(frozen=True)
class Named:
    """What a theorem says, in one line, and how it is proved."""

    says: str
    prove: Callable[[], Proof]


def _first_line(f: Callable[..., Proof]) -> str:
    return (f.__doc__ or "").splitlines()[0]


THEOREMS: dict[str, Named] = {
    "backpropagation": Named(_first_line(backpropagation), backpropagation),
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
