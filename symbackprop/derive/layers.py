"""A network of any depth and width as definitions of families: s and x from the bottom up, e, δ from the top down.

The lecture: x_0^(l) = 1; s_j^(l) = Σ_{i=0} w_ij^(l) x_i^(l-1); x_j^(l) = g_l(s_j^(l)); e(w) = E(x^(L)), E also of y;
δ_j^(L) = ∂E/∂x_j g_L'(s_j^(L)); δ_i^(l-1) = g_{l-1}'(s_i^(l-1)) Σ_j w_ij^(l) δ_j^(l).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..kernel import App, D, Definition, Function, Int, Num, Sum, Sym, Term, Vec
from ..kernel.integers import closed, index, minus, substitute, whole
from ..kernel.terms import ONE, num

DEPTH, LAYER, FROM, TO = Int("L"), Int("l"), Int("i"), Int("j")
"""L, l, i, j: the letters of the statement."""
K, N, M = Int("k"), Int("n"), Int("m")
"""Letters that a proof uses inside."""
B = Int("b")
"""The letter of sums that are built here: nothing else bears it, so nothing is captured."""


def member(family: str, *at: Term | int) -> Sym:
    """The member of a family at these indices."""
    return Sym(family, tuple([index(k) for k in at]))


def width(l: Term | int) -> Int:
    """d^(l)."""
    return Int("d", (index(l),))


def total(v: Int, low: Term | int, high: Term | int, t: Term) -> Sum:
    """Σ t over v from low to high."""
    return Sum(whole(low), whole(high), closed(t, v))


def below(l: Term | int) -> Term:
    return whole(l, -1)


def above(l: Term | int) -> Term:
    return whole(l, 1)


def ends(v: Int, low: Term | int, high: Term) -> tuple[Term, Term]:
    """low <= v and v <= high, each as what is at least 0."""
    return whole(v, minus(low)), whole(high, minus(v))


Activation = Callable[[Term, Term, int], Term]
"""g_l and its derivatives: of the layer, the argument, the order."""


def opaque(l: Term, t: Term, order: int = 0) -> Term:
    """g_l(t): another function in each layer, of which nothing is known."""
    return App("g", (order,), (t,), (index(l),))


def named(name: str) -> Activation:
    """One function for all layers."""

    def activation(l: Term, t: Term, order: int = 0) -> Term:
        return App(name, (order,), (t,))

    return activation


def outputs(depth: Term, term: Callable[[Int], Term], v: Int = B) -> Vec:
    """A function's arguments over the last layer."""
    return Vec(ONE, width(depth), closed(term(v), v))


def opaque_error(depth: Term) -> Term:
    """E(x_1^(L), …): a function of the outputs; that it may depend on y is in its name."""
    return App("E_y", ((),), (outputs(depth, lambda n: member("x", depth, n)),))


@dataclass(frozen=True)
class Layered:
    """What is fixed of a network: all that is not stays arbitrary.

    `depth` is L, an index or a number; `activation` is g_l; `last` is g_L where it is another one; `mixed` gives x_j^(L) where
    each output depends on all s^(L);
    `error` is e in x^(L) and y; `widths` are those that are numbers; `functions` define what these terms name.
    """

    depth: Term = DEPTH
    activation: Activation = opaque
    error: Term | None = None
    last: Activation | None = None
    mixed: Callable[[Term], Term] | None = None
    functions: tuple[Function, ...] = ()
    widths: Mapping[int, int] = field(default_factory=dict)

    @property
    def e(self) -> Term:
        return opaque_error(self.depth) if self.error is None else self.error

    def slope(self, l: Term | int, j: Term | int) -> Term:
        """g_l'(s_j^(l))."""
        at_top = self.last is not None and whole(l) == self.depth
        g = self.last if self.last is not None and at_top else self.activation
        return g(whole(l), member("s", l, j), 1)

    @property
    def hidden(self) -> Term:
        """The last layer that has the activation of all."""
        return self.depth if self.last is None and self.mixed is None else below(self.depth)

    def output(self, j: Term) -> Term | None:
        """x_j^(L), where the last layer is another than the others."""
        if self.last is not None:
            return self.last(self.depth, member("s", self.depth, j), 0)
        return None if self.mixed is None else self.mixed(j)

    def outer(self, j: Term) -> Term:
        """∂e/∂x_j^(L): of an E without a formula, its partial derivative there."""
        if self.error is not None:
            return D(Sym("e"), member("x", self.depth, j))
        e = opaque_error(self.depth)
        return App("E_y", ((index(j),),), e.args) if isinstance(e, App) else e

    def base(self, j: Term) -> Term:
        """δ_j^(L)."""
        if self.mixed is None:
            return self.outer(j) * self.slope(self.depth, j)
        x, s = member("x", self.depth, B), member("s", self.depth, j)
        return total(B, 1, width(self.depth), self.outer(B) * D(x, s))

    def step(self, l: Term, i: Term) -> Term:
        """δ_i^(l-1)."""
        inner = total(B, 1, width(l), member("w", l, i, B) * member("delta", l, B))
        return self.slope(below(l), i) * inner

    def weight(self, l: Term, i: Term, j: Term) -> Term:
        """∂e/∂w_ij^(l)."""
        return member("delta", l, j) * member("x", below(l), i)

    def forward(self) -> tuple[Definition, ...]:
        """s, x and e, from the bottom up."""
        l, i, j, L = LAYER, FROM, TO, self.depth
        row = ends(j, 1, width(l))
        signal = total(i, 0, width(below(l)), member("w", l, i, j) * member("x", below(l), i))
        x = self.activation(l, member("s", l, j), 0)
        out = [
            Definition(member("x", l, 0), ONE, (l,), ends(l, 0, below(L))),
            Definition(member("s", l, j), signal, (l, j), (*ends(l, 1, L), *row)),
            Definition(member("x", l, j), x, (l, j), (*ends(l, 1, self.hidden), *row)),
        ]
        top = self.output(j)
        if top is not None:
            out.append(Definition(member("x", L, j), top, (j,), ends(j, 1, width(L))))
        return (*out, Definition(Sym("e"), self.e))

    def backward(
        self,
        base: Callable[[Term], Term] | None = None,
        step: Callable[[Term, Term], Term] | None = None,
    ) -> tuple[Definition, ...]:
        """δ, from the top down: the lecture's, or another's."""
        l, i, L = LAYER, FROM, self.depth
        down = (*ends(l, 2, L)[::-1], *ends(i, 1, width(below(l))))
        next_ = (step or self.step)(l, i)
        return (self._top(base), Definition(member("delta", below(l), i), next_, (l, i), down))

    def backward_by_layer(self, base: Callable[[Term], Term], step: Term) -> tuple[Definition, ...]:
        """δ from the top down, a definition a layer: a step, in the letter l, that names layers by their numbers."""
        i = FROM
        rows = [self._top(base)]
        for l in range(int(self.depth.value) if isinstance(self.depth, Num) else 0, 1, -1):
            own = substitute(step, {LAYER: num(l)})
            rows.append(Definition(member("delta", l - 1, i), own, (i,), ends(i, 1, width(l - 1))))
        return tuple(rows)

    def _top(self, base: Callable[[Term], Term] | None) -> Definition:
        j, L = TO, self.depth
        return Definition(member("delta", L, j), (base or self.base)(j), (j,), ends(j, 1, width(L)))


def softmax(depth: Term) -> Callable[[Term], Term]:
    """x_j^(L) = exp(s_j^(L)) / Σ_k exp(s_k^(L))."""

    def output(j: Term) -> Term:
        def e(k: Term) -> Term:
            return App("exp", (0,), (member("s", depth, k),))

        return e(j) * total(B, 1, width(depth), e(B)) ** -1

    return output
