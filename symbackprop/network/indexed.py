"""A network of any depth, or with letters for widths: the lecture's symbols with letters for indices, in and out of SymPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import D, Int, KernelError, Kron, Num, Sym, Term
from ..kernel import Sum as KernelSum
from ..kernel.integers import closed, combination, index, minus, whole
from ..kernel.terms import ONE, num
from .gate import Reader
from .symbols import Quantity, quantity

DEPTH = sp.Symbol("L", integer=True, positive=True)
L, I, J = (sp.Symbol(name, integer=True) for name in "lij")


@dataclass(frozen=True)
class IndexedFamily:
    """The members of a family in one layer: `f[i]`, `f[i, j]`, for numbers and for expressions in index symbols."""

    name: str
    layer: tuple[Any, ...]
    count: int

    def __getitem__(self, at: Any) -> sp.Expr:
        nodes = at if isinstance(at, tuple) else (at,)
        if len(nodes) != self.count:
            raise InputError(f"{self.name} takes {self.count} node indices, got {len(nodes)}")
        lowest = [
            0 if self.name == "x" or (self.name == "w" and k == 0) else 1 for k in range(self.count)
        ]
        for k, node in enumerate(nodes):
            if isinstance(node, int | sp.Integer) and int(node) < lowest[k]:
                raise InputError(f"{self.name}: expected an index from {lowest[k]}, got {node}")
        if self.name == "x" and nodes[0] == 0:
            return sp.Integer(1)
        return quantity(self.name, *self.layer, *nodes)

    def __iter__(self) -> Any:
        raise TypeError(f"{self.name} has no order of its own: write {self.name}[…]")


@dataclass(frozen=True)
class IndexedLayers:
    """A family over the layers: `family[l]` is its members in layer l."""

    name: str
    count: int

    def __getitem__(self, layer: Any) -> IndexedFamily:
        if not isinstance(layer, int | sp.Expr):
            raise InputError(
                f"{self.name}[{layer!r}]: expected a layer, got {type(layer).__name__}"
            )
        _in_depth(self.name, sp.sympify(layer))
        return IndexedFamily(self.name, (sp.sympify(layer),), self.count)


def _in_depth(name: str, layer: Any) -> None:
    """InputError for a layer below the first, or above L."""
    low = 0 if name == "x" else 1
    gap = layer - DEPTH
    if (layer.is_Integer and int(layer) < low) or (gap.is_Integer and int(gap) > 0):
        raise InputError(f"{name}[{layer}]: expected a layer from {low} to L, got {layer}")


@dataclass(frozen=True)
class Widths:
    """`d[l]`: a number where it is known, else the letter d^(l)."""

    known: Mapping[int, int]

    def __getitem__(self, layer: Any) -> Any:
        if isinstance(layer, int | sp.Integer) and int(layer) in self.known:
            return self.known[int(layer)]
        return quantity("d", layer)


@dataclass(frozen=True)
class IndexedView:
    """What a recursion's functions see of such a network, their `n`; the names are those of `View`."""

    depth: int | None
    widths: Mapping[int, int]
    mixes: bool

    @property
    def L(self) -> Any:
        return DEPTH if self.depth is None else self.depth

    @property
    def d(self) -> Widths:
        return Widths(self.widths)

    w = property(lambda self: IndexedLayers("w", 2))
    s = property(lambda self: IndexedLayers("s", 1))
    x = property(lambda self: IndexedLayers("x", 1))
    delta = property(lambda self: IndexedLayers("delta", 1))
    y = property(lambda self: IndexedFamily("y", (), 1))

    def dg(self, l: Any, j: Any) -> Any:
        """g_l'(s_j^(l))."""
        self.s[l][j]
        return quantity("dg", l, j)

    def dloss(self, j: Any) -> Any:
        """∂e/∂x_j^(L)."""
        return quantity("dloss", self.L, j)

    def dx(self, k: Any, j: Any) -> Any:
        """∂x_k^(L)/∂s_j^(L)."""
        return quantity("dx", self.L, k, j)


# --- SymPy expressions with letters for indices into kernel terms -------------------------------------------------


@dataclass(frozen=True)
class IndexReader(Reader):
    """Reads expressions in which indices may be letters: `letters` says what each stands for, `lowest` from where it runs.

    `slope(l, j)` and `outer(j)` are what g_l'(s_j^(l)) and ∂e/∂x_j^(L) are in the network's definitions.
    """

    letters: Mapping[Any, Int] = field(default_factory=dict)
    lowest: Mapping[Int, int] = field(default_factory=dict)
    slope: Callable[[Any, Any], Term] = lambda l, j: ONE
    outer: Callable[[Any], Term] = lambda j: ONE
    depth: Any = None
    level: int = 0
    """How many binders there are around."""

    def term(self, e: Any) -> Term:
        row = INDEXED.get(type(e))
        return super().term(e) if row is None else row(self, e)

    def at(self, e: Any, inside: Any) -> Any:
        """An index or a limit: an int, or a kernel term of letters and widths."""
        try:
            return index(self._integer(e))
        except (KernelError, InputError):
            raise InputError(
                f"{inside}: expected an integer, or letters for integers, in place of {e}"
            ) from None

    def _integer(self, e: Any) -> Any:
        if isinstance(e, int | sp.Integer):
            return int(e)
        if e in self.letters:
            return self.letters[e]
        if e == DEPTH:
            return self.depth
        if isinstance(e, Quantity) and e.family == "d":
            return Int("d", (self.at(e.indices[0], e),))
        if type(e) is sp.Add:
            return whole(*[self._integer(a) for a in e.args])
        if type(e) is sp.Mul and isinstance(e.args[0], sp.Integer) and len(e.args) == 2:
            return num(int(e.args[0])) * whole(self._integer(e.args[1]))
        raise InputError(f"{e}")

    def number(self, e: Any) -> Fraction | None:
        return None if isinstance(e, sp.Basic) and e.free_symbols else super().number(e)

    def least(self, k: Any) -> float:
        """The smallest value of an index, as far as the letters' ranges tell."""
        rows = combination(k).items()
        if any(c < 0 for a, c in rows if a != ONE):
            return float("-inf")
        return sum(
            c * (1 if a == ONE or not isinstance(a, Int) else self.lowest.get(a, 1))
            for a, c in rows
        )


def _letter(r: IndexReader, e: Any) -> Term:
    if e in r.letters or e == DEPTH:
        return whole(r._integer(e))
    return r.free(e)


def _summed(r: IndexReader, e: sp.Sum) -> Term:
    """Sums over letters, the outermost limit last as SymPy has it."""
    inner, ranges = r, []
    for limit in reversed(e.limits):
        if len(limit) != 3 or type(limit[0]) not in (sp.Symbol, sp.Dummy):
            raise InputError(f"{e}: expected limits (index, from, to), got {limit}")
        low, high = (whole(inner.at(k, e)) for k in limit[1:])
        v = Int(f"'{inner.level}")  # no letter has such a name
        ranges.append((v, low, high))
        start = int(low.value) if isinstance(low, Num) else 0
        letters, lowest = {**inner.letters, limit[0]: v}, {**inner.lowest, v: start}
        inner = replace(inner, letters=letters, lowest=lowest, level=inner.level + 1)
    out = inner.term(e.function)
    for v, low, high in reversed(ranges):
        out = KernelSum(low, high, closed(out, v))
    return out


FAMILIES = {"w": 3, "s": 2, "x": 2, "y": 1, "delta": 2, "dg": 2, "dloss": 2, "dx": 3, "d": 1}
"""How many indices a family has."""


def member(r: IndexReader, e: sp.Indexed) -> Term:
    base = e.base.label if isinstance(e.base, sp.IndexedBase) else e.base
    name, at = str(base), tuple([r.at(k, e) for k in e.indices])
    if FAMILIES.get(name) != len(at):
        raise InputError(
            f"{e} is no symbol of the network: expected w, s, x, y or delta, with its indices"
        )
    if name == "d":
        return Int("d", at)
    if name == "dg":
        return r.slope(*at)
    if name == "dloss":
        return r.outer(whole(at[1]))
    if name == "dx":
        return D(Sym("x", at[:2]), Sym("s", (at[0], at[2])))
    if name == "x" and at[1] == 0:
        return ONE
    return Sym(name, at)


def _same_index(r: IndexReader, e: sp.KroneckerDelta) -> Term:
    return equal(r, e.args[0], e.args[1], e)


def equal(r: IndexReader, a: Any, b: Any, inside: Any) -> Term:
    """[a = b] for two indices: 0 or 1 where their ranges tell."""
    gap = index(r.at(a, inside), minus(r.at(b, inside)))
    if type(gap) is int:
        return num(int(gap == 0))
    if r.least(gap) > 0 or r.least(index(minus(gap))) > 0:
        return num(0)
    return Kron(whole(r.at(a, inside)), whole(r.at(b, inside)))


def _cases(r: IndexReader, e: sp.Piecewise) -> Term:
    """Cases on indices, [c] t + (1 - [c]) (the rest); other cases as for numbers."""
    pairs = list(e.args)
    if not all(type(p.cond) in (sp.Eq, sp.Ne) and _on_indices(r, p.cond) for p in pairs[:-1]):
        return Reader.term(r, e)
    if pairs[-1].cond != sp.true:
        raise InputError(f"{e}: expected the last condition to be True, got {pairs[-1].cond}")
    out = r.term(pairs[-1].expr)
    for p in reversed(pairs[:-1]):
        c = equal(r, p.cond.lhs, p.cond.rhs, e)
        c = ONE - c if type(p.cond) is sp.Ne else c
        if c in (num(1), num(0), ONE - num(1), ONE - num(0)):
            out = r.term(p.expr) if c in (num(1), ONE - num(0)) else out
        else:
            out = c * r.term(p.expr) + (ONE - c) * out
    return out


def _on_indices(r: IndexReader, c: Any) -> bool:
    try:
        r.at(c.lhs, c)
        r.at(c.rhs, c)
    except InputError:
        return False
    return True


def _refused(r: IndexReader, e: Any) -> Term:
    raise InputError(
        f"{e}: a product over a range is not in the language where indices are letters"
    )


INDEXED: dict[type, Callable[[Any, Any], Term]] = {
    sp.Symbol: _letter,
    sp.Dummy: _letter,
    sp.Sum: _summed,
    sp.Indexed: member,
    Quantity: member,
    sp.KroneckerDelta: _same_index,
    sp.Piecewise: _cases,
    sp.Product: _refused,
}
"""What is read otherwise where indices are letters."""
