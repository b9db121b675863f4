"""The losses over indices: e as a sum over the nodes of the last layer, and the base step that a textbook writes for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..kernel import App, Sym, Term
from ..kernel.integers import index
from ..kernel.terms import ONE, num
from .layers import B, member, total, width

Pair = Callable[[Term, Term], Term]


def y(j: Term) -> Sym:
    """The target y_j."""
    return Sym("y", (index(j),))


def log(t: Term) -> Term:
    return App("log", (0,), (t,))


def exp(t: Term) -> Term:
    return App("exp", (0,), (t,))


@dataclass(frozen=True)
class IndexedLoss:
    """What is summed over the outputs, and its derivative by the output, each of one output x and one target y."""

    of: Pair
    slope: Pair

    def error(self, depth: Term) -> Term:
        """e = Σ_n of(x_n^(L), y_n)."""
        return total(B, 1, width(depth), self.of(member("x", depth, B), y(B)))


INDEXED_LOSSES = {
    "squared error": IndexedLoss(lambda x, y: num(1, 2) * (x - y) ** 2, lambda x, y: x - y),
    "binary cross entropy": IndexedLoss(
        lambda x, y: -(y * log(x) + (ONE - y) * log(ONE - x)),
        lambda x, y: (ONE - y) * (ONE - x) ** -1 - y * x**-1,
    ),
    "cross entropy": IndexedLoss(lambda x, y: -y * log(x), lambda x, y: -y * x**-1),
    "logistic": IndexedLoss(
        lambda x, y: log(ONE + exp(-y * x)),
        lambda x, y: -y * exp(-y * x) * (ONE + exp(-y * x)) ** -1,
    ),
}
"""By name; the rows are those of network.losses, and the tests hold both against each other."""
