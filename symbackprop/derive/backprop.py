"""Backpropagation for every depth and every width: a proof that trusts the forward rules of calculus and three inductions.

Let v be one weight w_ij^(l), or one s_j^(l) with the weights held, and ∂ = ∂/∂v.  With u_n = ∂s_n^(l):

- below: ∂x_n^(k) = 0 for k < l, by induction from the inputs up;
- live: each s_n^(k) is differentiable in v for k >= l, by induction from layer l up;
- level: T_k = Σ_n δ_n^(k) ∂s_n^(k) is the same for all k >= l, by induction; T_l = Σ_n δ_n^(l) u_n is the claim's right side;
- top: ∂e = T_L.

The recursion is met one layer down and at the top alone; another's is proved by what it says there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..kernel import All, D, Eq, Int, KernelError, Slope, Sym, Term
from ..kernel.integers import closed
from ..kernel.terms import ONE, ZERO, num
from .forward import E, Forward, nodes
from .layers import FROM, LAYER, TO, K, M, N, above, below, member, total, width
from .sums import contracted


@dataclass(frozen=True)
class Seed:
    """What varies, v; and what the claim says of it, ∂e/∂v = `right`."""

    v: Sym
    right: Term


INPUT = member("x", below(LAYER), FROM)
WEIGHT = Seed(member("w", LAYER, FROM, TO), member("delta", LAYER, TO) * INPUT)
SIGNAL = Seed(member("s", LAYER, TO), member("delta", LAYER, TO))
OUTPUT = Seed(member("x", LAYER, TO), ZERO)
"""No claim is made of it; ∂e/∂x_j^(L) is the base step's, ∂s_j^(l+1)/∂x_i^(l) the chain rule's."""


class Variation:
    """The derivatives of everything by one v; each property is the number of a step."""

    def __init__(self, forward: Forward, seed: Seed) -> None:
        self.f, self.b, self.L, self.net = forward, forward.b, forward.L, forward.net
        self.seed, self.v = seed, seed.v
        self.first: Term = LAYER
        """The layer from which on every s may vary."""

    def slopes(self, family: str, l: Term, zero: bool, low: Term = ONE) -> All:
        """∂ of a family's members in layer l is 0, or exists, for all of the layer."""
        t = member(family, l, N)
        return nodes(l, low).all(N, Slope(t, self.v, ZERO if zero else D(t, self.v)))

    def layer(self, step: int, l: Term, low: Term = ONE, v: Int = N) -> int:
        """What a step says of node n, of all nodes of a layer."""
        return self.b.generalize(step, v, nodes(l, low))

    def contracted(self, step: int) -> int:
        """A slope with its brackets contracted."""
        p = self.b.conclusion(step)
        e = contracted(self.b, p.value)
        value = self.b.conclusion(e).right
        return self.b.slope(p.term, p.by, (step, e), value)

    # --- below layer l nothing varies -----------------------------------------------------------------------------

    @cached_property
    def below(self) -> int:
        """∂x_n^(k) = 0 for k = 0..l-1 and all n."""
        b, v = self.b, self.v
        far = [self.f.apart(ZERO, LAYER, False)] if v.name == "x" else []
        inputs = self.layer(b.slope(member("x", 0, N), v, far), ZERO)
        bias = b.slope(member("x", 0, 0), v, far)
        base = b.cases(self.slopes("x", ZERO, True, ZERO), [bias, inputs])
        far = [self.f.apart(above(K), LAYER, False)]
        hypothesis = b.assume(self.slopes("x", K, True, ZERO))
        s = b.slope(member("s", above(K), N), v, [hypothesis, *far])
        x = self.f.grounded(b.slope(member("x", above(K), N), v, [s, *far]), above(K), N)
        bias = b.slope(member("x", above(K), 0), v, far)
        goal = self.slopes("x", above(K), True, ZERO)
        step = b.cases(goal, [bias, self.layer(x, above(K))])
        return b.induction(base, step, K, ZERO, below(LAYER))

    # --- layer l --------------------------------------------------------------------------------------------------

    @cached_property
    def own(self) -> int:
        """∂s_n^(l): [n = j] x_i^(l-1) for the weight, [n = j] for s_j^(l), 0 for x_j^(l)."""
        resting = self.b.instance(self.below, {K: below(LAYER)})
        return self.contracted(self.b.slope(member("s", LAYER, N), self.v, [resting]))

    # --- from layer l up everything has a derivative --------------------------------------------------------------

    @cached_property
    def step_parts(self) -> tuple[int, int, int]:
        """From live s^(k): ∂x_0^(k) = 0, ∂x_n^(k), ∂s_n^(k+1)."""
        b = self.b
        s = b.at(b.assume(self.slopes("s", K, False)), N)
        here = self.apart(K)
        x = self.f.grounded(b.slope(member("x", K, N), self.v, [s, *here]), K, N)
        bias = b.slope(member("x", K, 0), self.v, here)
        every = [b.exists(bias), self.layer(b.exists(x), K)]
        outputs = b.cases(self.slopes("x", K, False, ZERO), every)
        far = self.f.apart(above(K), LAYER, True)
        return bias, x, b.slope(member("s", above(K), N), self.v, [outputs, far])

    @cached_property
    def live(self) -> int:
        """∂s_n^(k) exists for k = l..L and all n."""
        b = self.b
        base = self.layer(b.exists(self.own), self.first)
        step = self.layer(b.exists(self.step_parts[2]), above(K))
        return b.induction(base, step, K, self.first, self.L)

    def apart(self, l: Term) -> list[int]:
        """That a layer is not the one in which what varies is, where that is below all that vary."""
        return [self.f.apart(l, LAYER, True)] if self.first != LAYER else []

    # --- T_k is level ---------------------------------------------------------------------------------------------

    def T(self, l: Term) -> Term:
        """Σ_n δ_n^(l) ∂s_n^(l)."""
        t = member("delta", l, N) * D(member("s", l, N), self.v)
        return total(N, 1, width(l), t)

    @cached_property
    def level(self) -> int:
        """T_k = the claim's right side, for k = l..L."""
        b = self.b
        rest = b.conclusion(self.sum_of_outputs).right
        higher = total(N, 1, width(above(K)), member("delta", above(K), N) * rest)
        up = b.ring(self.T(above(K)), higher, [self.layer(self.sum_of_outputs, above(K))])
        down = b.normal(self.T(K), [self.layer(self.f.recursion, K)])
        hypothesis = b.assume(Eq(self.T(K), self.seed.right))
        rows = [(up, ONE), (down, num(-1)), (hypothesis, ONE)]
        step = b.ground(b.combine(self.T(above(K)), self.seed.right, rows), self.live)
        return b.induction(self.bottom, step, K, self.first, self.L)

    @cached_property
    def bottom(self) -> int:
        """T_l = the claim's right side: the bracket [n = j] contracts."""
        b = self.b
        first = b.normal(self.T(self.first), [self.layer(self.own, self.first)])
        last = contracted(b, b.conclusion(first).right)
        return b.chain(first, last, b.ring(b.conclusion(last).right, self.seed.right))

    @cached_property
    def sum_of_outputs(self) -> int:
        """∂s_n^(k+1) = Σ_{m=1} w_mn^(k+1) g_k'(s_m^(k)) ∂s_m^(k): the bias has no derivative."""
        b = self.b
        bias, x, s = self.step_parts
        inner = member("w", above(K), M, N) * D(member("x", K, M), self.v)
        split = b.law("split", ZERO, width(K), closed(inner, M))
        slope = self.net.slope(K, M) * D(member("s", K, M), self.v)
        rest = total(M, 1, width(K), member("w", above(K), M, N) * slope)
        parted = b.ring(b.conclusion(split).right, rest, [bias, self.layer(x, K)])
        named = b.ring(D(member("s", above(K), N), self.v), b.conclusion(s).value, [s])
        joined = b.ring(b.conclusion(s).value, b.conclusion(split).left)
        return b.chain(named, joined, split, parted)

    # --- the top --------------------------------------------------------------------------------------------------

    def outputs(self, live: int) -> int:
        """∂x_n^(L) for all n, where all s^(L) are live."""
        known = [live, self.b.at(live, N), *self.apart(self.L)]
        x = self.b.slope(member("x", self.L, N), self.v, known)
        return self.layer(self.f.grounded_output(x), self.L)

    @cached_property
    def error(self) -> int:
        """∂e, by the derivatives of s^(L)."""
        live = self.b.instance(self.live, {K: self.L})
        return self.f.settled(self.b.slope(E, self.v, [self.outputs(live)]))

    @cached_property
    def top(self) -> int:
        """∂e = the claim's right side."""
        b = self.b
        delta = b.normal(self.T(self.L), [self.layer(Base(self.f).own, self.L)])
        rows = [(delta, num(-1)), (b.instance(self.level, {K: self.L}), ONE)]
        value = b.combine(b.conclusion(self.error).value, self.seed.right, rows)
        return b.slope(E, self.v, [self.error, value], self.seed.right)


class Base:
    """The base step: ∂e/∂s_n^(L) by the rules of calculus, and that the recursion begins with it."""

    def __init__(self, forward: Forward) -> None:
        self.f, self.b, self.L = forward, forward.b, forward.L

    def _last(self, varied: Variation, step: int) -> int:
        """What varied says of layer l, of the last layer, for all of its nodes; its own variable's index is n."""
        return self.b.instance(varied.layer(step, LAYER), {LAYER: self.L, TO: N})

    def _outputs(self, seed: Seed) -> int:
        """∂x_m^(L), where s_n^(L) or x_n^(L) varies."""
        varied = Variation(self.f, seed)
        own = self._last(varied, varied.own)
        v = member(seed.v.name, self.L, N)
        step = self.b.slope(member("x", self.L, M), v, [own, self.b.at(own, M)])
        return varied.contracted(self.f.grounded_output(step, M))

    @cached_property
    def mixing(self) -> int:
        """∂x_m^(L)/∂s_n^(L)."""
        return self._outputs(SIGNAL)

    @cached_property
    def outer(self) -> int:
        """∂e/∂x_n^(L)."""
        return self._error(OUTPUT, self._outputs(OUTPUT))

    @cached_property
    def signal(self) -> int:
        """∂e/∂s_n^(L)."""
        return self._error(SIGNAL, self.mixing)

    def _error(self, seed: Seed, outputs: int) -> int:
        varied = Variation(self.f, seed)
        every = varied.layer(outputs, self.L, ONE, M)
        e = self.b.slope(E, member(seed.v.name, self.L, N), [every])
        return varied.contracted(self.f.settled(e))

    @cached_property
    def own(self) -> int:
        """δ_n^(L) = ∂e/∂s_n^(L), the latter by the rules of calculus."""
        b, delta = self.b, member("delta", self.L, N)
        slopes = [
            b.generalize(self.outer, N, nodes(self.L)),
            b.generalize(self.mixing, M, nodes(self.L)),
        ]
        known = [b.definition(delta), self.outer, *slopes]
        first = b.normal(delta, known)
        last = contracted(b, b.conclusion(first).right)
        return self._joined(delta, [first, last])

    def _joined(self, delta: Sym, first: list[int]) -> int:
        """δ_n^(L) is what is said, that is one of the known forms of ∂e/∂s_n^(L), and that is the mechanical one."""
        b, said = self.b, self.b.conclusion(first[-1]).right
        mechanical = b.conclusion(self.signal).value
        rows = [(k, ONE) for k in first]
        for form in (self.signal, *self.f.signals()):
            try:
                rows.append((self.f.equal(said, b.conclusion(form).value), ONE))
            except KernelError:
                continue
            if form != self.signal:
                rows += [(form, num(-1)), (self.signal, ONE)]
            return b.combine(delta, mechanical, rows)
        raise KernelError("base step", mechanical, said)


def claims(forward: Forward) -> tuple[int, int]:
    """∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1) and ∂e/∂s_j^(l) = δ_j^(l), for all l, i and j."""
    weight, signal = Variation(forward, WEIGHT).top, Variation(forward, SIGNAL).top
    return forward.stated(weight), forward.stated(signal)
