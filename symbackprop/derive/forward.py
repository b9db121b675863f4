"""What every derivation uses of the forward pass: definitions, where the activations are differentiable, signs of outputs."""

from __future__ import annotations

from functools import cached_property

from ..kernel import (
    All,
    App,
    Differentiable,
    Int,
    KernelError,
    Kron,
    Nonzero,
    Positive,
    Prop,
    Sym,
    Term,
)
from ..kernel.conditions import canonical, conditions
from ..kernel.derivative import differentiable
from ..kernel.integers import minus, opened, whole
from ..kernel.rewriting import Rewriting
from ..kernel.terms import ONE, ZERO, subterms
from .layers import LAYER, TO, K, Layered, N, member, width
from .script import Range, Script

E = Sym("e")
"""e(w), the error on one example."""


def nodes(l: Term | int, low: Term = ONE) -> Range:
    """1..d^(l), or from 0."""
    return Range(low, width(l))


class Forward:
    """The definitions of a network in a proof, and what follows from them whatever varies."""

    def __init__(self, net: Layered, script: Script) -> None:
        self.net, self.b, self.L = net, script, net.depth

    def equal(self, left: Term, right: Term) -> int:
        """left = right, by algebra.  Raises KernelError where that does not show it."""
        return self.b.ring(left, right)

    def signals(self) -> list[int]:
        """∂e/∂s_n^(L) in other forms than the mechanical one, where such are known."""
        return []

    @cached_property
    def recursion(self) -> int:
        """δ_n^(k) = g_k'(s_n^(k)) Σ_m w_nm^(k+1) δ_m^(k+1)."""
        return self.b.definition(member("delta", K, N))

    def apart(self, a: Term, c: Term, higher: bool) -> int:
        """[a = c] = 0, as a derivative has it; a is the higher one, or c."""
        law = self.b.law("apart", *((a, c) if higher else (c, a)))
        return self.b.combine(Kron(whole(a, minus(c)), ZERO), ZERO, [(law, ONE)])

    # --- where the activations are differentiable -----------------------------------------------------------------

    @cached_property
    def smooth(self) -> list[int]:
        """For all l and j: what makes g_l differentiable at s_j^(l); steps that assume it."""
        everywhere = Range(ONE, self.net.hidden)
        needs = self._needs(self.net.activation(LAYER, member("s", LAYER, TO), 0))
        rows = [everywhere.all(LAYER, nodes(LAYER).all(TO, p)) for p in needs]
        return [self.b.assume(p) for p in rows]

    @cached_property
    def smooth_last(self) -> list[int]:
        """The same of g_L, where it is another than the others."""
        top = self.net.output(TO)
        needs = self._needs(top) if self.net.last is not None and top is not None else []
        return [self.b.assume(nodes(self.L).all(TO, p)) for p in needs]

    def _needs(self, t: Term) -> list[Prop]:
        found = conditions(self.b.ctx, differentiable(self.b.ctx, t)) if isinstance(t, App) else ()
        return sorted(found, key=str)

    def grounded(self, step: int, l: Term, n: Term) -> int:
        """A step that needs g_l to be differentiable at s_n^(l), resting on that."""
        return self.b.ground(step, *[self.b.at(h, l, n) for h in self.smooth])

    def grounded_output(self, step: int, n: Int = N) -> int:
        """The same of the last layer, whose outputs may be functions of all its s."""
        if self.net.hidden == self.L:
            return self.grounded(step, self.L, n)
        if self.net.last is not None:
            return self.b.ground(step, *[self.b.at(h, n) for h in self.smooth_last])
        own = [
            h for h in self.b.hypotheses(step) if isinstance(h, Differentiable) and n in subterms(h)
        ]
        every = [self.b.assume(nodes(self.L).all(n, h)) for h in own]
        return self.settled(self.b.ground(step, *[self.b.at(k, n) for k in every]))

    def stated(self, step: int) -> int:
        """A claim, with what its definitions need to be defined resting on where the activations are differentiable."""
        b = self.b
        k = b.step("state", b.conclusion(step), [step])
        found = [self._sign(h) for h in sorted(b.hypotheses(k), key=str)]
        found += [self._elsewhere(h) for h in sorted(b.hypotheses(k) - b.hypotheses(step), key=str)]
        return b.ground(k, *[g for g in found if g is not None])

    def _elsewhere(self, h: Prop) -> int | None:
        """A condition on all s of some layers, from that on the s of all layers."""
        p, ranges, b = h, list[tuple[Int, Range]](), self.b
        nested = isinstance(h, All) and isinstance(h.body, All)
        for v in (LAYER, TO) if nested else (TO,):
            if not isinstance(p, All):
                return None
            ranges.append((v, Range(p.low, p.high)))
            p = opened(p.body, v)
        at = {u.index for u in subterms(p) if isinstance(u, Sym) and u.name == "s"}
        if len(at) != 1:
            return None
        ((l, n),) = at
        found = [b.at(k, whole(n)) for k in self.smooth_last if whole(l) == self.L]
        for k in [*found, *[b.at(k, whole(l), whole(n)) for k in self.smooth]]:
            if canonical(b.ctx, b.conclusion(k)) == p:
                for v, r in reversed(ranges):
                    k = b.generalize(k, v, r)
                return k
        return None

    # --- signs ----------------------------------------------------------------------------------------------------

    def settled(self, step: int) -> int:
        """A step resting on what is proved of its conditions t > 0 and t ≠ 0; the others stay hypotheses."""
        found = [self._sign(h) for h in sorted(self.b.hypotheses(step), key=str)]
        return self.b.ground(step, *[k for k in found if k is not None])

    def specialized(self, step: int) -> int:
        """A step whose conditions on one output rest on those on all outputs, where it has these too."""
        b, hypotheses = self.b, self.b.hypotheses(step)
        every = [b.assume(h) for h in sorted(hypotheses, key=str) if isinstance(h, All)]
        signs = [b.at(k, TO) for k in every if isinstance(b.conclusion(k).body, Positive)]
        for k in list(signs):
            signs.append(b.step("sign", Nonzero(b.conclusion(k).term), [k]))
        return b.ground(step, *signs)

    def _sign(self, h: Prop) -> int | None:
        b = self.b
        p = opened(h.body, N) if isinstance(h, All) else h
        if not isinstance(p, Positive | Nonzero):
            return None
        try:
            k = b.sign(p, self._written_out(p.term))
        except KernelError:
            return None
        return b.generalize(k, N, Range(h.low, h.high)) if isinstance(h, All) else k

    def _written_out(self, t: Term) -> list[int]:
        """Equations for the outputs and the defined functions in t, down to known functions of s."""
        b, steps = self.b, list[int]()
        for _ in range(6):
            t = Rewriting([b.conclusion(k) for k in steps])(t)
            for u in sorted([u for u in subterms(t) if self._opens(u)], key=str):
                steps.append(b.definition(u) if isinstance(u, Sym) else b.unfold(u))
        return steps

    def _opens(self, u: Term) -> bool:
        output = isinstance(u, Sym) and u.name == "x" and len(self.b.ctx.cases(u)) == 1
        return output or (isinstance(u, App) and self.b.ctx.function(u) is not None)
