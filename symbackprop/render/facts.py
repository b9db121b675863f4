"""What a theorem about a network holds, looked up by what it is about; and the forms in which a page shows it.

Each change of form puts equals for equals: a δ for its definition, exp' for exp by the kernel's law, and common
factors of a sum over paths drawn together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property

from ..kernel import Add, App, D, Eq, Mul, Num, Pow, Slope, Sym, Term, Theorem
from ..kernel.laws import instance
from ..kernel.terms import ARITY, parts, rebuild, subterms
from ..network.architecture import Architecture
from ..network.theory import E
from .conventions import LECTURE, Convention
from .order import is_slope, product, summands
from .page import Content

LONG = 3
"""A derivative of the loss with more summands than these keeps its name in a longer formula."""


class Facts:
    """A theorem's definitions, claims and derivatives, to be told in a convention."""

    def __init__(
        self, net: Architecture, theorem: Theorem, convention: Convention = LECTURE
    ) -> None:
        self.net, self.theorem, self.convention = net, theorem, convention
        self.mixes = net.activation(net.L).mixes
        self.defined = {d.symbol: d.term for d in theorem.proof.definitions}
        equations = [c for c in theorem.conclusions if isinstance(c, Eq)]
        self.claims = {e.left: e.right for e in equations if isinstance(e.left, D)}
        found = [s.conclusion for s in theorem.proof.steps if s.rule == "derivative"]
        self.derivatives: dict[Term, Term] = {
            D(p.term, p.by): p.value for p in found if isinstance(p, Slope)
        }

    @property
    def weights(self) -> list[Sym]:
        """The weights that the theorem speaks of, layer by layer."""
        return self._variables("w")

    @property
    def nodes(self) -> list[Sym]:
        """The s that the theorem speaks of."""
        return self._variables("s")

    def _variables(self, name: str) -> list[Sym]:
        found = {t.by for t in self.claims if isinstance(t, D) and t.by.name == name}
        return sorted(found, key=lambda v: v.index)

    @cached_property
    def laws(self) -> list[str]:
        """The laws that the proof uses, and those by which this page writes exp' and its kin out."""
        every = [self.derivatives[t] for t in self._shown]
        primed = {u.name for t in every for u in subterms(t) if isinstance(u, App) and _primed(u)}
        return sorted({*self.theorem.laws, *[f"{name} slope" for name in primed]})

    @property
    def _shown(self) -> list[Term]:
        outputs = [Sym("x", (self.net.L, j)) for j in self.net.nodes(self.net.L)]
        return [D(E, x) for x in outputs if D(E, x) in self.derivatives]

    def slopes(self, terms: Iterable[D]) -> list[tuple[tuple[Content, ...], Term]]:
        """Those derivatives that a step of the proof has, with what they are."""
        known = [t for t in terms if t in self.derivatives]
        return [((t,), unprimed(self.derivatives[t])) for t in known]

    def inlined(self, t: Term) -> Term:
        """With short derivatives of the loss written out, where the proof has them."""
        if self.mixes:
            return t
        return replaced(t, self._short)

    @cached_property
    def _short(self) -> dict[Term, Term]:
        shown = {d: unprimed(self.derivatives[d]) for d in self._shown}
        return {d: t for d, t in shown.items() if len(summands(t)) <= LONG}

    def composed(self, t: Term) -> Term:
        """With every δ replaced by what defines it, down to the loss; after a softmax, down to ∂e/∂s^(L)."""
        deltas = {u for u in subterms(t) if isinstance(u, Sym) and u.name == "delta"}
        return self.inlined(replaced(t, {d: self._delta(d) for d in deltas})) if deltas else t

    def _delta(self, d: Sym) -> Term:
        if self.mixes and d.index[0] == self.net.L:
            return D(E, Sym("s", d.index))
        return self.composed(self.defined[d])

    def by_path(self, weight: tuple[int, ...]) -> Term:
        """The chain rule's ∂e/∂w with what the summands of one path share drawn out."""
        l, i, _ = weight
        start = Sym("x", (l - 1, i))
        groups: dict[frozenset[tuple[Term, int]], list[Term]] = {}
        for u in summands(unprimed(self.derivatives[D(E, Sym("w", weight))])):
            p = product(u)
            path = frozenset(f for f in p.top if _on_path(f[0], start))
            rest = [_power(t, n) for t, n in p.top if (t, n) not in path]
            under = [Pow(t, -n) for t, n in p.bottom]
            groups.setdefault(path, []).append(Mul((Num(p.coefficient), *rest, *under)))
        return Add(tuple([self._path(path, rest) for path, rest in groups.items()]))

    def _path(self, path: frozenset[tuple[Term, int]], rest: list[Term]) -> Term:
        outer: Term = Add(tuple(rest))
        if len(rest) > LONG or self.mixes:
            outer = self._names.get(_polynomial(outer), outer)
        return Mul((outer, *[_power(t, n) for t, n in path]))

    @cached_property
    def _names(self) -> dict[frozenset[tuple[object, Fraction]], Term]:
        """The derivatives by the last layer's x and s, by their polynomials: long ones are called by name."""
        L = self.net.L
        every = [D(E, Sym(f, (L, j))) for f in ("s", "x") for j in self.net.nodes(L)]
        return {
            _polynomial(unprimed(self.derivatives[d])): d for d in every if d in self.derivatives
        }


def _on_path(t: Term, start: Sym) -> bool:
    return is_slope(t) or t == start or (isinstance(t, Sym) and t.name == "w")


def _power(t: Term, n: int) -> Term:
    return t if n == 1 else Pow(t, n)


def _polynomial(t: Term) -> frozenset[tuple[object, Fraction]]:
    """A sum of products, so that equal ones are found whatever their order."""
    found: defaultdict[object, Fraction] = defaultdict(Fraction)
    for u in summands(t):
        p = product(u)
        found[frozenset(p.top), frozenset(p.bottom)] += p.coefficient
    return frozenset((m, c) for m, c in found.items() if c)


def replaced(t: Term, values: dict[Term, Term]) -> Term:
    """t with terms for terms, outermost first; nothing is put into a derivative."""
    if t in values:
        return values[t]
    return rebuild(t, tuple([replaced(u, values) for u in parts(t)]))


def _primed(t: App) -> bool:
    """A first derivative of a function that the kernel's laws know."""
    return t.name in ARITY and t.orders == (1,) and not is_slope(t)


def unprimed(t: Term) -> Term:
    """t with exp'(a) = exp(a), log'(a) = 1/a and the like put in, by the kernel's laws."""
    t = rebuild(t, tuple([unprimed(u) for u in parts(t)]))
    if not isinstance(t, App) or not _primed(t):
        return t
    return instance(f"{t.name} slope", t.args)[0].right
