"""A user's recursion for every depth and width, met with the proof where it says something.

The proof of backpropagation meets the recursion in the base step, the induction step and the gradients of a weight and of a bias.
Each is proved by algebra or by the ladder of laws; all else stands as it does for the lecture's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from ..kernel import Eq, KernelError, Num, Proof, Prop, Term
from ..kernel.integers import substitute
from ..kernel.terms import ONE, ZERO, num
from .backprop import SIGNAL, WEIGHT, Variation
from .forward import E, nodes
from .ladder import Ladder
from .layers import FROM, LAYER, K, Layered, N, above, below, member
from .script import Range, Script
from .softmax import Mixing
from .sums import first_apart, last_apart, turned, written_out

FEW, MANY_LAYERS = 6, 12
"""Sums over at most so many nodes are written out; so many layers are looked at one by one."""


@dataclass(frozen=True)
class IndexedRecursion:
    """What is believed of δ_j^(L), δ_i^(l-1), of ∂e/∂w_ij^(l) for i >= 1 and of ∂e/∂w_0j^(l), in the letters l, i, j."""

    base: Term
    step: Term
    weight: Term
    bias: Term


def _script(net: Layered, own: IndexedRecursion) -> Script:
    """An empty script over what is believed; layer by layer where the step names layers by their numbers."""
    forward = net.forward()
    try:
        backward = net.backward(lambda j: own.base, lambda l, i: own.step)
        return Script(net.functions, (*forward, *backward))
    except KernelError:
        if not isinstance(net.depth, Num) or net.depth.value > MANY_LAYERS:
            raise
    backward = net.backward_by_layer(lambda j: own.base, own.step)
    return Script(net.functions, (*forward, *backward))


class Believed(Mixing):
    """The forward pass of a network, with what is believed of δ as its definition."""

    def __init__(self, net: Layered, own: IndexedRecursion, assumed: Sequence[Prop] = ()) -> None:
        super().__init__(net, _script(net, own))
        self.own, self.assumed = own, tuple(assumed)
        self.given = [self.b.assume(p) for p in assumed if isinstance(p, Eq)]

    @cached_property
    def ladder(self) -> Ladder:
        return Ladder(self.b)

    def equal(self, left: Term, right: Term) -> int:
        """left = right by algebra, with few terms of sums written out, or by the ladder; else KernelError."""
        few = {l: d for l, d in self.net.widths.items() if d <= FEW}
        ways = [partial(written_out, self.b, widths=few)]
        ways += [partial(way, self.b) for way in (first_apart, last_apart, turned)]
        for way in ways:
            try:
                return self._by_algebra(left, right, way)
            except KernelError:
                continue
        return self._by_ladder(left, right, ways[0])

    def _by_algebra(self, left: Term, right: Term, way: Callable[[Term], list[int]]) -> int:
        sides, first, last = self._forms(left, right, way)
        return self._between(left, right, sides, self.b.ring(first, last))

    def _by_ladder(self, left: Term, right: Term, way: Callable[[Term], list[int]]) -> int:
        sides, first, last = self._forms(left, right, way)
        middle = self.ladder.prove(first, last, [p for p in self.assumed if isinstance(p, Eq)])
        return self._between(left, right, sides, middle)

    def _forms(
        self, left: Term, right: Term, way: Callable[[Term], list[int]]
    ) -> tuple[list[int], Term, Term]:
        """Both sides with sums written out and what is assumed put in: the steps, and what they come to."""
        sides = [self.b.normal(t, [*way(t), *self.given]) for t in (left, right)]
        first, last = (self.b.conclusion(k).right for k in sides)
        return sides, first, last

    def _between(self, left: Term, right: Term, sides: list[int], middle: int) -> int:
        rows = [(sides[0], ONE), (middle, ONE), (sides[1], num(-1))]
        return self.b.combine(left, right, rows)

    @cached_property
    def recursion(self) -> int:
        """δ_n^(k) = g_k'(s_n^(k)) Σ_m w_nm^(k+1) δ_m^(k+1), from what is believed; layer by layer where that is needed."""
        try:
            return self._recursion(K)
        except KernelError:
            if not isinstance(self.L, Num) or self.L.value > MANY_LAYERS:
                raise
        b = self.b
        rows = [
            b.generalize(self._recursion(num(l)), N, nodes(num(l)))
            for l in range(1, int(self.L.value))
        ]
        p = nodes(K).all(N, Eq(member("delta", K, N), self.net.step(above(K), N)))
        every = b.cases(Range(ONE, below(self.L)).all(K, p), rows)
        return b.at(every, K, N)

    def _recursion(self, l: Term) -> int:
        own = self.b.definition(member("delta", l, N))
        lecture = self.net.step(above(l), N)
        return self.b.chain(own, self.equal(self.b.conclusion(own).right, lecture))

    # --- the claims -----------------------------------------------------------------------------------------------

    def signal(self) -> int:
        """∂e/∂s_j^(l) = δ_j^(l)."""
        return self.stated(Variation(self, SIGNAL).top)

    def weights(self) -> Iterator[int]:
        """∂e/∂w_ij^(l) = what is believed; for i = 0 and i >= 1 apart where that is said apart."""
        top = Variation(self, WEIGHT).top
        if self._alike():
            yield self._gradient(top, self.own.weight)
            return
        bias = self.b.instance(top, {FROM: ZERO})
        yield self._gradient(bias, self.own.bias)
        yield self._gradient(top, self.own.weight)

    @cached_property
    def _one(self) -> int:
        """x_0^(l-1) = 1."""
        return self.b.definition(member("x", below(LAYER), 0))

    def _alike(self) -> bool:
        """Whether the formula for i >= 1 gives that of the bias at i = 0."""
        try:
            self.b.ring(substitute(self.own.weight, {FROM: ZERO}), self.own.bias, [self._one])
        except KernelError:
            return False
        return True

    def _gradient(self, top: int, own: Term) -> int:
        """∂e/∂w = what is believed, from what it is."""
        p = self.b.conclusion(top)
        if p.value == own:
            return self.stated(top)
        value = self.b.normal(p.value, [self._one])
        form = self.b.conclusion(value).right
        equal = self.b.chain(value, self.equal(form, own))
        return self.stated(self.b.slope(E, p.by, [top, equal], own))

    def proof(self) -> Proof:
        """Of all claims: of the weights, then of the δ.  Raises KernelError where none was found."""
        return self.b.proof([*self.weights(), self.signal()])
