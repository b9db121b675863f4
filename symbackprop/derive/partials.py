"""∂a/∂b for neighbours in a network of any depth and width, and for e: each a step, made when it is first asked for."""

from __future__ import annotations

from functools import cached_property

from ..kernel import Slope, Sym, Term
from ..kernel.integers import closed, index, minus, opened, whole
from .backprop import OUTPUT, SIGNAL, WEIGHT, Base, Seed, Variation
from .forward import Forward, nodes
from .layers import FROM, LAYER, TO, K, M, N, above, below, member, total, width
from .sums import contracted


class Partials:
    """What the theorems say of one network, in the letters l, i and j."""

    def __init__(self, forward: Forward) -> None:
        self.f, self.b = forward, forward.b

    @cached_property
    def weight(self) -> Variation:
        return Variation(self.f, WEIGHT)

    @cached_property
    def signal(self) -> Variation:
        return Variation(self.f, SIGNAL)

    @cached_property
    def output(self) -> Variation:
        return Variation(self.f, OUTPUT)

    @cached_property
    def base(self) -> Base:
        return Base(self.f)

    @cached_property
    def error_by_weight(self) -> int:
        """∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1)."""
        return self.weight.top

    @cached_property
    def error_by_signal(self) -> int:
        """∂e/∂s_j^(l) = δ_j^(l)."""
        return self.signal.top

    @cached_property
    def signal_by_weight(self) -> int:
        """∂s_j^(l)/∂w_ij^(l) = x_i^(l-1)."""
        s = self.b.instance(self.weight.own, {N: TO})
        return self.b.slope(SIGNAL.v, WEIGHT.v, [s], member("x", below(LAYER), FROM))

    @cached_property
    def output_by_output(self) -> int:
        """∂x_n^(l)/∂x_j^(l) = [n = j] for n >= 1."""
        v = self.output
        return self.f.grounded(self.b.slope(member("x", LAYER, N), v.v, [v.own]), LAYER, N)

    @cached_property
    def outputs(self) -> int:
        """The same for all n from 0, below the last layer."""
        b, v = self.b, self.output
        value = b.conclusion(self.output_by_output).value
        bias = b.slope(member("x", LAYER, 0), v.v, [], opened(closed(value, N), 0))
        goal = nodes(LAYER, whole(0)).all(N, Slope(member("x", LAYER, N), v.v, value))
        return b.cases(goal, [bias, v.layer(self.output_by_output, LAYER)])

    @cached_property
    def next_by_output(self) -> int:
        """∂s_n^(l+1)/∂x_j^(l) = w_jn^(l+1) for j >= 1."""
        b, v, far = self.b, self.output, self.f.apart(above(LAYER), LAYER, True)
        s = b.slope(member("s", above(LAYER), N), v.v, [self.outputs, far])
        return v.contracted(s)

    @cached_property
    def signal_by_output(self) -> int:
        """∂s_j^(l)/∂x_i^(l-1) = w_ij^(l) for i >= 1."""
        return self._one_lower(self.next_by_output)

    @cached_property
    def error_by_output(self) -> int:
        """∂e/∂x_j^(l) = Σ_n w_jn^(l+1) δ_n^(l+1), below the last layer."""
        return FromAbove(self).top

    @cached_property
    def signal_by_signal(self) -> int:
        """∂s_j^(l)/∂s_i^(l-1) = w_ij^(l) g'(s_i^(l-1)); there it is layer l+1 first."""
        return self._one_lower(self._next_signal(self.signal))

    @cached_property
    def next_by_weight(self) -> int:
        """∂s_n^(l+1)/∂w_ij^(l) = w_jn^(l+1) g'(s_j^(l)) x_i^(l-1)."""
        return self._next_signal(self.weight)

    def _next_signal(self, v: Variation) -> int:
        """∂s_n^(l+1), where what varies is in layer l."""
        b = self.b
        rows = b.instance(v.sum_of_outputs, {K: LAYER})
        rows = b.ground(rows, v.layer(b.exists(v.own), LAYER))
        first = b.normal(b.conclusion(rows).right, [v.layer(v.own, LAYER)])
        last = contracted(b, b.conclusion(first).right)
        return b.chain(rows, first, last)

    def _one_lower(self, step: int) -> int:
        """What is said of layers l+1 and l, of layers l and l-1; from node i to node j."""
        return self.b.instance(step, {LAYER: below(LAYER), TO: FROM, N: TO})

    @cached_property
    def output_by_signal(self) -> int:
        """∂x_j^(l)/∂s_j^(l) = g'(s_j^(l))."""
        return self._output(self.signal)

    @cached_property
    def output_by_weight(self) -> int:
        """∂x_j^(l)/∂w_ij^(l) = g'(s_j^(l)) x_i^(l-1)."""
        return self._output(self.weight)

    def _output(self, v: Variation) -> int:
        """∂x_j^(l), where what varies is at node j of layer l."""
        s = self.b.instance(v.own, {N: TO})
        return self.f.grounded(self.b.slope(member("x", LAYER, TO), v.v, [s]), LAYER, TO)

    # --- by what is differentiated, and by what -------------------------------------------------------------------

    def found(self, t: Sym, v: Sym, by_delta: bool = True) -> int | None:
        """The step that says what ∂t/∂v is; None where no theorem speaks of it.

        `by_delta`: ∂e/∂s_j^(L) is δ_j^(L), though it may have a form of its own.
        """
        at, by = ([whole(k) for k in u.index] for u in (t, v))
        if v.name not in ("w", "s", "x") or len(by) != (3 if v.name == "w" else 2):
            return None
        if t.name == "e":
            return self._of_error(v.name, by, by_delta)
        if t.name not in ("s", "x") or len(at) != 2:
            return None
        gap = index(by[0], minus(at[0]))
        if type(gap) is not int:
            return self._higher(t.name, at, v.name, by)
        return (
            self._of_lower(t.name, at, v.name, by)
            if gap > 0
            else self._near(t.name, at, v.name, by)
        )

    def _of_error(self, family: str, by: list[Term], by_delta: bool) -> int | None:
        match family:
            case "w":
                return self.b.instance(self.error_by_weight, {LAYER: by[0], FROM: by[1], TO: by[2]})
            case "s" if by[0] == self.f.L and not by_delta and (known := self.f.signals()):
                return self.b.instance(known[0], {N: by[1]})
            case "s":
                return self.b.instance(self.error_by_signal, {LAYER: by[0], TO: by[1]})
            case "x" if by[0] == self.f.L:
                return self.b.instance(self.base.outer, {N: by[1]})
            case "x":
                return self.b.instance(self.error_by_output, {LAYER: by[0], TO: by[1]})
        return None

    def _of_lower(self, name: str, at: list[Term], family: str, by: list[Term]) -> int | None:
        """∂x_n^(k) = 0 where what varies is in a higher layer."""
        if name != "x":
            return None
        v = {"w": self.weight, "s": self.signal, "x": self.output}[family]
        values = {K: at[0], LAYER: by[0], TO: by[-1], **({FROM: by[1]} if family == "w" else {})}
        return self.b.at(self.b.instance(v.below, values), at[1])

    def _higher(self, name: str, at: list[Term], family: str, by: list[Term]) -> int:
        """By the layer below, where what varies is not above that.

        ∂s_n^(k) = Σ_m w_mn^(k) g'(s_m^(k-1)) ∂s_m^(k-1), and ∂x_n^(k) = g'(s_n^(k)) ∂s_n^(k).
        """
        b, v = self.b, {"w": self.weight, "s": self.signal, "x": self.output}[family]
        k = below(at[0]) if name == "s" else at[0]
        values = {LAYER: by[0], TO: by[-1], **({FROM: by[1]} if family == "w" else {})}
        step = v.sum_of_outputs if name == "s" else v.step_parts[1]
        live = b.instance(v.live, {K: k, **values})
        return b.ground(b.instance(step, {K: k, N: at[1], **values}), live)

    def _near(self, name: str, at: list[Term], family: str, by: list[Term]) -> int | None:
        """In the same layer, or one layer up."""
        i, j, same = (by[1] if family == "w" else None), by[-1], at[0] == by[0]
        row = self._same if same else self._next if below(at[0]) == by[0] else None
        return None if row is None else row(name, family, by[0], i, j, at[1])

    def _same(
        self, name: str, family: str, l: Term, i: Term | None, j: Term, n: Term
    ) -> int | None:
        """∂s_n^(l) or ∂x_n^(l), where what varies is in layer l."""
        plain = l != self.f.L or self.f.net.hidden == self.f.L
        match name, family:
            case "s", "w" if n == j:
                return self._at(self.signal_by_weight, l, i, j)
            case "s", "w" | "s":
                own = self.weight.own if family == "w" else self.signal.own
                return self._at(own, l, i, j, n)
            case "x", "x" if l == self.f.L:
                return self._at(self.output_by_output, l, None, j, n)
            case "x", "x":
                return self.b.at(self._at(self.outputs, l, None, j), n)
            case "x", "w" | "s" if n == j and plain:
                own = self.output_by_weight if family == "w" else self.output_by_signal
                return self._at(own, l, i, j)
            case "x", "s" if l == self.f.L:
                return self.b.instance(self.base.mixing, {M: n, N: j})
        return None

    def _next(
        self, name: str, family: str, l: Term, i: Term | None, j: Term, n: Term
    ) -> int | None:
        """∂s_n^(l+1), where what varies is in layer l."""
        if name != "s":
            return None
        if family == "w":
            return self._at(self.next_by_weight, l, i, j, n)
        step = self.signal_by_output if family == "x" else self.signal_by_signal
        return self._at(step, above(l), j, n)

    def _at(self, step: int, l: Term, i: Term | None, j: Term, n: Term | None = None) -> int:
        values = {LAYER: l, FROM: i, TO: j, N: n}
        return self.b.instance(step, {v: t for v, t in values.items() if t is not None})


class FromAbove(Variation):
    """The derivatives of everything by x_j^(l), for l < L: the s vary from layer l+1 on."""

    def __init__(self, known: Partials) -> None:
        l = above(LAYER)
        right = member("w", l, TO, N) * member("delta", l, N)
        super().__init__(known.f, Seed(OUTPUT.v, total(N, 1, width(l), right)))
        self.first, self.known = l, known

    @cached_property
    def own(self) -> int:
        return self.known.next_by_output
