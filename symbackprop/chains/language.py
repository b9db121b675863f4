"""What lines are written with, beside SymPy: ∂a/∂b in a computation, a function's derivative, a whole layer as an argument."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sympy as sp
from sympy.core.symbol import Str
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from ..errors import InputError


class Partial(sp.Expr):  # type: ignore[misc]
    """∂a/∂b; made by `D`.  A third argument is what is held fixed, as a tuple of symbols."""

    is_commutative = True
    precedence = PRECEDENCE["Atom"]

    @property
    def of(self) -> Any:
        return self.args[0]

    @property
    def by(self) -> Any:
        return self.args[1]

    @property
    def hold(self) -> Any:
        """What is held fixed; None where nothing was said."""
        return self.args[2] if len(self.args) > 2 else None

    def _sympystr(self, printer: Any) -> str:
        sign = "d" if self.hold == sp.Tuple() else "∂"
        body = f"{sign}{_tight(self.of, printer._print(self.of))}/{sign}{printer._print(self.by)}"
        return f"({body})|{','.join(map(printer._print, self.hold))}" if self.hold else body

    def _latex(self, printer: Any) -> str:
        sign = r"\mathrm{d}" if self.hold == sp.Tuple() else r"\partial"
        top, below = printer._print(self.of), printer._print(self.by)
        body = rf"\frac{{{sign} {top}}}{{{sign} {below}}}"
        if not self.of.is_Atom and not isinstance(self.of, sp.Indexed):
            body = rf"\frac{{{sign}}}{{{sign} {below}}} \left({top}\right)"
        held = ", ".join(map(printer._print, self.hold or ()))
        return rf"\left.{body}\right|_{{{held}}}" if held else body


def _tight(e: Any, text: str) -> str:
    return text if e.is_Atom or isinstance(e, sp.Indexed | sp.Function) else f"({text})"


def D(a: Any, b: Any, hold: Any = None) -> Partial:
    """∂a/∂b in the computation's own sense: b varies, what b is defined as is left aside, and all that is defined from b follows.

    So ∂e/∂s_j^(l) is taken with the weights above held fixed.  `a` is any expression, `b` a symbol or an indexed one.  `hold`
    are families that do not follow, one or several: with s_t = w h_{t-1}, D(s[t], w, hold=h) is h_{t-1}, what w does at this step
    alone; D(s[t], w, hold=[]), where nothing is held, has all steps in it.  Where a member of a recursion depends on b in both
    ways, one of them must be said.
    Raises InputError where b is no symbol, and where what is to be held is none.

    >>> z, w = sp.symbols("z w")
    >>> D(z, w)
    ∂z/∂w
    >>> h, t = sp.IndexedBase("h"), sp.Symbol("t", integer=True)
    >>> D(h[t], w, hold=z), D(h[t], w, hold=[])
    ((∂h[t]/∂w)|z, dh[t]/dw)
    """
    a, b = (_expression(t) for t in (a, b))
    if not isinstance(b, sp.Symbol | sp.Indexed):
        raise InputError(
            f"D({a}, {b}): expected a symbol to differentiate by, such as w or x[i], got {b}"
        )
    if hold is None:
        return Partial(a, b)
    rows = hold if isinstance(hold, list | tuple | set) else [hold]
    return Partial(a, b, sp.Tuple(*sorted(map(_family, rows), key=str)))


def _family(t: Any) -> Any:
    """The name of a family, or of a number."""
    name = t.base.label if isinstance(t, sp.Indexed) else getattr(t, "label", t)
    if not isinstance(name, sp.Symbol):
        raise InputError(f"hold: expected a symbol or a family to hold fixed, got {t!r}")
    return name


def has_held(*expressions: Any) -> bool:
    """Whether something is held fixed in a derivative."""
    return any(p.hold for e in expressions for p in e.atoms(Partial))


def _expression(t: Any) -> Any:
    if isinstance(t, bool) or not isinstance(t, int | float | sp.Expr):
        raise InputError(f"D: expected a SymPy expression, got {t!r}")
    return sp.sympify(t)


class Over(sp.Expr):  # type: ignore[misc]
    """All members of a range as the arguments of one function: `C(Over(a[j], (j, 1, n)))` is C(a_1, …, a_n).

    >>> j, n = sp.symbols("j n", integer=True)
    >>> sp.Function("C")(Over(sp.IndexedBase("a")[j], (j, 1, n)))
    C(a[j] for j = 1..n)
    """

    is_commutative = True

    def __new__(cls, member: Any, limits: Any) -> Over:
        fits = isinstance(limits, tuple | sp.Tuple) and len(limits) == 3
        if not fits or not isinstance(limits[0], sp.Symbol):
            raise InputError(f"Over: expected limits (index, from, to), got {limits}")
        made: Over = super().__new__(cls, sp.sympify(member), sp.Tuple(*limits))
        return made

    def _sympystr(self, printer: Any) -> str:
        v, low, high = (printer._print(k) for k in self.args[1])
        return f"{printer._print(self.args[0])} for {v} = {low}..{high}"

    def _latex(self, printer: Any) -> str:
        v, low, high = self.args[1]
        first, last = (printer._print(self.args[0].xreplace({v: k})) for k in (low, high))
        return rf"{first}, \dots, {last}"


class Applied(sp.Expr):  # type: ignore[misc]
    """g_l(s), a function of a family at its arguments: name, indices, how often it is differentiated, arguments."""

    is_commutative = True
    precedence = PRECEDENCE["Atom"]

    @property
    def name(self) -> str:
        return str(self.args[0])

    @property
    def indices(self) -> Any:
        return self.args[1]

    @property
    def order(self) -> int:
        return int(self.args[2])

    @property
    def arguments(self) -> Any:
        return self.args[3:]

    @property
    def head(self) -> str:
        """What is applied: g_l', g_(l-1)."""
        return self._head(StrPrinter())

    def _head(self, printer: Any) -> str:
        at = ",".join([str(printer._print(k)).replace(" ", "") for k in self.indices])
        name = printer._print(sp.Symbol(self.name))
        return f"{name}_{at if at.isalnum() else f'({at})'}" + "'" * self.order

    def _sympystr(self, printer: Any) -> str:
        return f"{self._head(printer)}({', '.join(map(printer._print, self.arguments))})"

    def _latex(self, printer: Any) -> str:
        at, inside = (", ".join(map(printer._print, row)) for row in (self.indices, self.arguments))
        name = printer._print(sp.Symbol(self.name))
        return rf"{name}_{{{at}}}{chr(39) * self.order}{{\left({inside} \right)}}"


@dataclass(frozen=True)
class Family:
    """One function of a family, to be applied: g[l](s)."""

    name: str
    indices: tuple[Any, ...]
    order: int = 0

    def __call__(self, *arguments: Any) -> Applied:
        at = sp.Tuple(*map(sp.sympify, self.indices))
        own = [_expression(a) for a in arguments]
        return Applied(Str(self.name), at, sp.Integer(self.order), *own)


@dataclass(frozen=True)
class Functions:
    """Functions that differ from layer to layer, or from node to node, each any differentiable one: `g[l](s)` is g_l(s).

    >>> G, k = Functions("G"), sp.Symbol("k", integer=True)
    >>> G[k](sp.Symbol("s")), prime(G[k])(sp.Symbol("s"))
    (G_k(s), G_k'(s))
    """

    name: str

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.isidentifier():
            raise InputError(f"Functions: expected a name, got {self.name!r}")

    def __getitem__(self, at: Any) -> Family:
        return Family(self.name, at if isinstance(at, tuple) else (at,))

    def __call__(self, *arguments: Any) -> Any:
        raise InputError(
            f"{self.name}: expected an index, such as {self.name}[l](s), for it is a family"
        )

    def __iter__(self) -> Any:
        raise TypeError(f"{self.name} has no order of its own: write {self.name}[k]")


def prime(f: Any, order: int = 1) -> Any:
    """The derivative of a function of one variable, as a function: `prime(g)(s)` is g'(s), `prime(g[l])(s)` is g_l'(s).

    Raises InputError for what is no undefined SymPy function.

    >>> prime(sp.Function("g"))(sp.Symbol("s"))
    g'(s)
    """
    if isinstance(f, Family) and type(order) is int and 1 <= order <= 9:
        return replace(f, order=f.order + order)
    if not isinstance(f, sp.core.function.UndefinedFunction):
        raise InputError(f"prime: expected a function such as sp.Function('g'), got {f!r}")
    if type(order) is not int or not 1 <= order <= 9:
        raise InputError(f"prime: expected an order from 1 to 9, got {order!r}")
    return sp.Function(f.__name__ + "'" * order)


__all__ = ["D", "Functions", "Over", "Partial", "prime"]
