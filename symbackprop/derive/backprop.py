"""Backpropagation for every depth and every width: a proof that trusts the forward rules of calculus and three inductions.

Let v be one weight w_ij^(l), or one s_j^(l) with the weights held, and ∂ = ∂/∂v.  With u_n = ∂s_n^(l):
- below: ∂x_n^(k) = 0 for k < l, by induction from the inputs up;
- live: each s_n^(k) is differentiable in v for k >= l, by induction from layer l up;
- level: T_k = Σ_n δ_n^(k) ∂s_n^(k) is the same for all k >= l, by induction; T_l = Σ_n δ_n^(l) u_n is the claim's right side;
- top: ∂e = T_L.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..kernel import D, Eq, Kron, Prop, Slope, Sym, Term
from ..kernel.rules import conditions, differentiable
from ..kernel.terms import ONE, ZERO, closed, minus, num, opened, shift, whole
from .layers import FROM, LAYER, TO, K, Layered, M, N, above, below, member, total, width
from .script import Range, Script

E = Sym("e")
"""e(w), the error on one example."""


def nodes(l: Term | int, low: Term = ONE) -> Range:
    """1..d^(l), or from 0."""
    return Range(low, width(l))


class Forward:
    """What is used of the forward pass whatever varies: definitions, and where the activations are differentiable."""

    def __init__(self, net: Layered, script: Script) -> None:
        self.net, self.b, self.L = net, script, net.depth

    @cached_property
    def smooth(self) -> list[int]:
        """For all l and j: what makes g_l differentiable at s_j^(l); steps that assume it."""
        app = self.net.activation(LAYER, member("s", LAYER, TO), 0)
        needs = conditions(self.b.ctx, differentiable(self.b.ctx, app))  # type: ignore[arg-type]
        return [self.b.assume(self._everywhere(p)) for p in sorted(needs, key=str)]

    def _everywhere(self, p: Prop) -> Prop:
        top = self.L if self.net.mixed is None else below(self.L)
        return Range(ONE, top).all(LAYER, nodes(LAYER).all(TO, p))

    def grounded(self, step: int, l: Term, n: Term) -> int:
        """A step that needs g_l to be differentiable at s_n^(l), resting on that."""
        return self.b.ground(step, *[self.b.at(h, l, n) for h in self.smooth])

    def apart(self, a: Term, c: Term, higher: bool) -> int:
        """[a = c] = 0, as a derivative has it; a is the higher one, or c."""
        law = self.b.law("apart", *((a, c) if higher else (c, a)))
        return self.b.combine(Kron(whole(a, minus(c)), ZERO), ZERO, [(law, ONE)])


@dataclass(frozen=True)
class Seed:
    """What varies: v, and u_n = ∂s_n^(l) in its layer l; Σ_n δ_n u_n = δ_j `factor`."""

    v: Sym
    factor: Term

    def at(self, n: Term) -> Term:
        return Kron(whole(n, minus(TO)), ZERO) * self.factor


WEIGHT = Seed(member("w", LAYER, FROM, TO), member("x", below(LAYER), FROM))
SIGNAL = Seed(member("s", LAYER, TO), ONE)


class Variation:
    """The derivatives of everything by one v; each property is the number of a step."""

    def __init__(self, forward: Forward, seed: Seed) -> None:
        self.f, self.b, self.L, self.net = forward, forward.b, forward.L, forward.net
        self.seed, self.v = seed, seed.v

    def slopes(self, family: str, l: Term, zero: bool, low: Term = ONE) -> Prop:
        """∂ of a family's members in layer l is 0, or exists, for all of the layer."""
        t = member(family, l, N)
        return nodes(l, low).all(N, Slope(t, self.v, ZERO if zero else D(t, self.v)))

    def layer(self, step: int, l: Term, low: Term = ONE) -> int:
        return self.b.generalize(step, N, nodes(l, low))

    # --- below layer l nothing varies -----------------------------------------------------------------------------

    @cached_property
    def below(self) -> int:
        """∂x_n^(k) = 0 for k = 0..l-1 and all n."""
        b, v = self.b, self.v
        inputs = self.layer(b.slope(member("x", 0, N), v), ZERO)
        bias = b.slope(member("x", 0, 0), v)
        base = b.cases(self.slopes("x", ZERO, True, ZERO), [bias, inputs])  # type: ignore[arg-type]
        hypothesis = b.assume(self.slopes("x", K, True, ZERO))
        far = self.f.apart(above(K), LAYER, False)
        s = b.slope(member("s", above(K), N), v, [hypothesis, far])
        x = self.f.grounded(b.slope(member("x", above(K), N), v, [s]), above(K), N)
        bias = b.slope(member("x", above(K), 0), v)
        goal = self.slopes("x", above(K), True, ZERO)
        step = b.cases(goal, [bias, self.layer(x, above(K))])  # type: ignore[arg-type]
        return b.induction(base, step, K, ZERO, below(LAYER))

    # --- layer l --------------------------------------------------------------------------------------------------

    @cached_property
    def own(self) -> int:
        """∂s_n^(l) = u_n."""
        b = self.b
        resting = b.instance(self.below, {K: below(LAYER)})
        s = b.slope(member("s", LAYER, N), self.v, [resting])
        value, goal = b.conclusion(s).value, self.seed.at(N)
        if b.ring_.poly(value) != b.ring_.poly(goal):
            f = Kron(whole(N, minus(TO)), ZERO) * member("x", below(LAYER), M)
            law = b.law("contract", ZERO, width(below(LAYER)), FROM, closed(f, M))
            return b.step(
                "derivative",
                Slope(member("s", LAYER, N), self.v, goal),
                (s, b.combine(value, goal, [(law, ONE)])),
            )
        return s

    # --- from layer l up everything has a derivative --------------------------------------------------------------

    def output(self, l: Term, live: int) -> int:
        """∂x_n^(l) = g_l'(s_n^(l)) ∂s_n^(l), where all s^(l) are live."""
        x = self.b.slope(member("x", l, N), self.v, [self.b.at(live, N)])
        return self.f.grounded(x, l, N)

    @cached_property
    def _step_parts(self) -> tuple[int, int, int]:
        """From live s^(k): ∂x_0^(k), ∂x_n^(k), ∂s_n^(k+1)."""
        b = self.b
        hypothesis = b.assume(self.slopes("s", K, False))
        x, bias = self.output(K, hypothesis), b.slope(member("x", K, 0), self.v)
        every = b.cases(
            self.slopes("x", K, False, ZERO),  # type: ignore[arg-type]
            [b.exists(bias), self.layer(b.exists(x), K)],
        )
        far = self.f.apart(above(K), LAYER, True)
        return bias, x, b.slope(member("s", above(K), N), self.v, [every, far])

    @cached_property
    def live(self) -> int:
        """∂s_n^(k) exists for k = l..L and all n."""
        b = self.b
        base = self.layer(b.exists(self.own), LAYER)
        step = self.layer(b.exists(self._step_parts[2]), above(K))
        return b.induction(base, step, K, LAYER, self.L)

    # --- T_k is level ---------------------------------------------------------------------------------------------

    def T(self, l: Term) -> Term:
        """Σ_n δ_n^(l) ∂s_n^(l)."""
        t = member("delta", l, N) * D(member("s", l, N), self.v)
        return total(N, 1, width(l), t)

    @cached_property
    def target(self) -> Term:
        """δ_j^(l) times the seed's factor."""
        delta = member("delta", LAYER, TO)
        return delta if self.seed.factor == ONE else delta * self.seed.factor

    @cached_property
    def level(self) -> int:
        """T_k = T_l = the claim's right side, for k = l..L."""
        b = self.b
        rest = self.sum_of_outputs
        up = b.ring(
            self.T(above(K)),
            total(N, 1, width(above(K)), member("delta", above(K), N) * b.conclusion(rest).right),
            [self.layer(rest, above(K))],
        )
        down = b.normal(self.T(K), [self.layer(self.recursion, K)])
        hypothesis = b.assume(Eq(self.T(K), self.target))
        rows = [(up, ONE), (down, num(-1)), (hypothesis, ONE)]
        step = b.ground(b.combine(self.T(above(K)), self.target, rows), self.live)
        return b.induction(self.bottom, step, K, LAYER, self.L)

    @cached_property
    def bottom(self) -> int:
        """T_l = δ_j^(l) times the factor: the bracket [n = j] contracts."""
        b = self.b
        seeded = total(N, 1, width(LAYER), member("delta", LAYER, N) * self.seed.at(N))
        first = b.ring(self.T(LAYER), seeded, [self.layer(self.own, LAYER)])
        f = member("delta", LAYER, N) * self.seed.factor
        law = b.law("contract", ONE, width(LAYER), TO, closed(f, N))
        return b.chain(first, b.combine(seeded, self.target, [(law, ONE)]))

    @cached_property
    def recursion(self) -> int:
        """δ_n^(k) = g_k'(s_n^(k)) Σ_m w_nm^(k+1) δ_m^(k+1)."""
        return self.b.definition(member("delta", K, N))

    @cached_property
    def sum_of_outputs(self) -> int:
        """∂s_n^(k+1) = Σ_{m=1} w_mn^(k+1) g_k'(s_m^(k)) ∂s_m^(k): the bias has no derivative."""
        b = self.b
        bias, x, s = self._step_parts
        inner = member("w", above(K), M, N) * D(member("x", K, M), self.v)
        law = b.law("split", ZERO, width(K), closed(inner, M))
        slope = self.net.slope(K, M) * D(member("s", K, M), self.v)
        rest = total(M, 1, width(K), member("w", above(K), M, N) * slope)
        parted = b.ring(b.conclusion(law).right, rest, [bias, self.layer(x, K)])
        whole_ = b.ring(b.conclusion(s).value, b.conclusion(law).left)
        return b.chain(
            b.ring(D(member("s", above(K), N), self.v), b.conclusion(s).value, [s]),
            whole_,
            law,
            parted,
        )

    # --- the top --------------------------------------------------------------------------------------------------

    @cached_property
    def top(self) -> int:
        """∂e = the claim's right side."""
        b, L = self.b, self.L
        live = b.instance(self.live, {K: L})
        x = self.layer(self.output(L, live), L)
        e = b.slope(E, self.v, [x])
        e = b.ground(e, *[b.assume(h) for h in sorted(b.hypotheses(e), key=str) if _smooth(h)])
        delta = b.normal(self.T(L), [self.layer(b.definition(member("delta", L, N)), L)])
        value = b.conclusion(e).value
        rows = [(delta, num(-1)), (b.instance(self.level, {K: L}), ONE)]
        return b.step(
            "derivative", Slope(E, self.v, self.target), (e, b.combine(value, self.target, rows))
        )


def _smooth(h: Prop) -> bool:
    return False


__all__ = ["SIGNAL", "WEIGHT", "Forward", "Variation", "opened", "shift"]
