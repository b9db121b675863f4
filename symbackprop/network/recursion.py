"""The δ-recursion as an object: what a user believes, to be judged.

The lecture's:  δ_j^(L) = Σ_k ∂e/∂x_k ∂x_k/∂s_j, which is ∂e/∂x_j g'(s_j) where each output depends on its own s alone;
δ_i^(l-1) = g'(s_i^(l-1)) Σ_j w_ij^(l) δ_j^(l);  ∂e/∂w_ij^(l) = δ_j^(l) x_i^(l-1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import Sym, Term
from ..kernel.terms import subterms
from .architecture import Architecture, Layers
from .gate import Reader
from .symbols import check_range, quantity
from .theory import mixes_message, reader


@dataclass(frozen=True)
class View:
    """What a recursion's functions see of a network, their `n`.

    `L`; `d[l]`; `w[l][i, j]`, `s[l][j]`, `x[l][i]` (x[l][0] is 1), `y[j]`, `delta[l][j]`; `dg(l, j)` = g'(s_j^(l));
    `dloss(j)` = ∂e/∂x_j^(L); `dx(k, j)` = ∂x_k^(L)/∂s_j^(L).
    """

    net: Architecture

    @property
    def L(self) -> int:
        return self.net.L

    @property
    def d(self) -> tuple[int, ...]:
        return self.net.d

    @property
    def w(self) -> Layers:
        return self.net.w

    @property
    def s(self) -> Layers:
        return self.net.s

    @property
    def x(self) -> Layers:
        return self.net.x

    @property
    def delta(self) -> Layers:
        return self.net.delta

    @property
    def y(self) -> Any:
        return self.net.y

    @property
    def mixes(self) -> bool:
        """Whether each output depends on all s of the last layer (softmax)."""
        return self.net.activation(self.L).mixes

    def dg(self, l: Any, j: Any) -> Any:
        """g'(s_j^(l)).  InputError for a softmax layer, which has no such derivative."""
        if (
            isinstance(l, int | sp.Integer)
            and 1 <= int(l) <= self.L
            and self.net.activation(int(l)).mixes
        ):
            raise InputError(mixes_message(self.net, int(l)))
        self.net.s[l][j]
        return quantity("dg", l, j)

    def dloss(self, j: Any) -> Any:
        """∂e/∂x_j^(L)."""
        check_range("dloss", (self.L,), (j,), self.net.ranges("dloss", self.L))
        return quantity("dloss", self.L, j)

    def dx(self, k: Any, j: Any) -> Any:
        """∂x_k^(L)/∂s_j^(L)."""
        check_range("dx", (self.L,), (k, j), self.net.ranges("dx", self.L))
        return quantity("dx", self.L, k, j)


@dataclass(frozen=True)
class Recursion:
    """Three functions that give SymPy expressions: δ_j^(L), δ_i^(l-1) and ∂e/∂w_ij^(l).

    `base(n, j)`, `step(n, l, i)` with l from L down to 2, `weight(n, l, i, j)` with i from 0; n is a `View`.
    Sums are SymPy's `Sum(…, (j, 1, n.d[l]))`, from any integer; an empty one is 0.  Indices are numbers where the
    functions have a value for them, else symbols: both `if i == 0:` and `Piecewise((…, Eq(i, 0)), …)` are understood.
    """

    base: Callable[[Any, Any], Any]
    step: Callable[[Any, Any, Any], Any]
    weight: Callable[[Any, Any, Any, Any], Any]


def _base(n: Any, j: Any) -> Any:
    if not n.mixes:
        return n.dloss(j) * n.dg(n.L, j)
    k = sp.Dummy("k", integer=True)
    return sp.Sum(n.dloss(k) * n.dx(k, j), (k, 1, n.d[n.L]))


def _step(n: Any, l: Any, i: Any) -> Any:
    j = sp.Dummy("j", integer=True)
    return n.dg(l - 1, i) * sp.Sum(n.w[l][i, j] * n.delta[l][j], (j, 1, n.d[l]))


def _weight(n: Any, l: Any, i: Any, j: Any) -> Any:
    return n.delta[l][j] * n.x[l - 1][i]


BACKPROPAGATION = Recursion(_base, _step, _weight)
"""The lecture's recursion."""


@dataclass(frozen=True)
class Believed:
    """A recursion read for one network: the term of each δ and of each ∂e/∂w, and the floats that stood in it."""

    deltas: dict[tuple[int, int], Term]
    weights: dict[tuple[int, int, int], Term]
    functions: frozenset[str]
    floats: tuple[Any, ...]
    sources: dict[tuple[int, ...], tuple[Any, dict[Any, int]]]
    """What each term was read from: an expression, and the values of its index symbols."""


I, J = sp.Dummy("i", integer=True), sp.Dummy("j", integer=True)


@dataclass(frozen=True)
class Part:
    """One function of a recursion, in one layer; `symbols` are its indices."""

    name: str
    function: Callable[..., Any]
    n: Any
    layer: tuple[int, ...]
    symbols: tuple[sp.Dummy, ...]
    read: Reader
    sources: dict[tuple[int, ...], tuple[Any, dict[Any, int]]]

    def at(self, *index: int) -> Term:
        """What the function gives at these indices.

        It is called with numbers, so that `if i == 0:` means what it says.  Where it fails on them (a case for other indices
        may name what the network lacks here), its formula in index symbols counts.
        """
        try:
            return self._read(self._called(*index), {}, index)
        except InputError:
            pass
        try:
            return self._read(self.formula, dict(zip(self.symbols, index, strict=True)), index)
        except InputError as error:
            raise InputError(f"recursion, {self.name}{self._where(index)}: {error}") from None

    @cached_property
    def formula(self) -> Any:
        return self._called(*self.symbols)

    def _read(self, e: Any, numbers: dict[Any, int], index: tuple[int, ...]) -> Term:
        term = self.read.bind(numbers).term(e)
        layer = self.layer or (self.n.L,)
        place = (layer[0] - 1, *index) if self.name == "step" else (*layer, *index)
        self.sources[place] = (e, numbers)
        return term

    def _where(self, index: tuple[int, ...]) -> str:
        names = ["l"] * len(self.layer) + [s.name for s in self.symbols]
        return ", " + ", ".join(
            f"{name} = {k}" for name, k in zip(names, (*self.layer, *index), strict=True)
        )

    def _called(self, *index: Any) -> Any:
        try:
            value = self.function(self.n, *self.layer, *index)
        except InputError:
            raise
        except AttributeError as error:
            raise InputError(f"{error}; n has {', '.join(VIEW_NAMES)}") from None
        except Exception as error:
            raise InputError(f"raised {type(error).__name__}: {error}") from None
        if isinstance(value, bool) or not isinstance(value, int | float | sp.Expr):
            raise InputError(f"expected a SymPy expression, got {value!r}")
        return value


VIEW_NAMES = ("L", "d", "w", "s", "x", "y", "delta", "dg", "dloss", "dx")


def read_recursion(net: Architecture, recursion: Recursion) -> Believed:
    """The terms that a recursion gives on a network.

    Raises InputError where a function of it fails, gives no expression, or names what the network lacks.
    """
    n, read = View(net), reader(net)
    sources: dict[tuple[int, ...], tuple[Any, dict[Any, int]]] = {}
    base = Part("base", recursion.base, n, (), (J,), read, sources)
    deltas = {(net.L, j): base.at(j) for j in net.nodes(net.L)}
    for l in range(net.L, 1, -1):
        step = Part("step", recursion.step, n, (l,), (I,), read, sources)
        deltas |= {(l - 1, i): step.at(i) for i in net.nodes(l - 1)}
    weights: dict[tuple[int, int, int], Term] = {}
    for l in range(1, net.L + 1):
        weight = Part("weight", recursion.weight, n, (l,), (I, J), read, sources)
        pairs = [(i, j) for i in range(net.d[l - 1] + 1) for j in net.nodes(l)]
        weights |= {(l, i, j): weight.at(i, j) for i, j in pairs}
    _check_order(net, deltas)
    return Believed(deltas, weights, frozenset(read.functions), tuple(read.floats), sources)


def read_loosely(net: Architecture, believed: Believed, floats: list[Any]) -> Believed:
    """The same expressions once more, with each decimal as a symbol; the user's functions are not called again."""
    read = reader(net, loose=True, floats=floats)

    def again(index: tuple[int, ...]) -> Term:
        e, numbers = believed.sources[index]
        return read.bind(numbers).term(e)

    return replace(
        believed,
        deltas={index: again(index) for index in believed.deltas},
        weights={index: again(index) for index in believed.weights},
        floats=tuple(floats),
    )


def _check_order(net: Architecture, deltas: dict[tuple[int, int], Term]) -> None:
    """A δ may use the δ of the layers above alone; else it would be no definition."""

    for (l, j), t in deltas.items():
        for u in subterms(t):
            if type(u) is Sym and u.name == "delta" and u.index[0] <= l:
                part = "base" if l == net.L else "step"
                raise InputError(
                    f"recursion, {part}: δ_{j}^({l}) is made from δ_{u.index[1]}^({u.index[0]}); expected layers above {l} alone"
                )
