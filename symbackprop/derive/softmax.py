"""The base step of a softmax output with cross-entropy: ∂e/∂s_n^(L) = x_n^(L) Σ_k y_k - y_n."""

from __future__ import annotations

from ..kernel import App, D, KernelError, Kron, Term
from ..kernel.integers import minus, whole
from ..kernel.terms import ARITY, subterms
from .backprop import Base
from .forward import E, Forward, nodes
from .layers import B, M, N, member, total, width
from .losses import y
from .script import Script
from .sums import contracted


def known_slopes(b: Script, t: Term) -> list[int]:
    """The laws of exp', log', ... for those in t."""
    found = [u for u in subterms(t) if isinstance(u, App) and u.name in ARITY and u.orders == (1,)]
    return [b.law(f"{u.name} slope", *u.args) for u in sorted(found, key=str)]


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


class Mixing(Forward):
    """The forward pass of a network, which knows this form of the base step where its last layer mixes."""

    def signals(self) -> list[int]:
        """After a softmax with a cross-entropy, x_n Σ_k y_k - y_n."""
        try:
            return [softmax_base(self)] if self.net.mixed is not None else []
        except KernelError:
            return []
