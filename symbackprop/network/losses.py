"""The losses: one row each, the error e on one example as a function of the outputs x and the targets y.

A row is proved in the tests: its derivative equals, by the kernel, that of its definition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from ..errors import InputError
from .names import look_up
from .symbols import Quantity

Vector = Sequence[Any]


@dataclass(frozen=True)
class Loss:
    """e(x, y) and ∂e/∂x_j (j from 0 here), for lists of SymPy expressions; `domain` says where it is defined.

    An `opaque` loss has no formula: it is any differentiable function of all x (and all y).

    >>> x, y = sp.symbols("x y")
    >>> LOSSES["squared error"].definition([x], [y]), LOSSES["squared error"].derivative([x], [y], 0)
    ((x - y)**2/2, x - y)
    """

    name: str
    definition: Callable[[Vector, Vector], Any] | None
    derivative: Callable[[Vector, Vector, int], Any] | None
    domain: str = ""
    custom: bool = False

    @property
    def opaque(self) -> bool:
        return self.definition is None


def _summed(one: Callable[[Any, Any], Any]) -> Callable[[Vector, Vector], Any]:
    return lambda x, y: sp.Add(*[one(a, b) for a, b in zip(x, y, strict=True)])


LOSSES: dict[str, Loss] = {
    row.name: row
    for row in (
        Loss(
            "squared error",
            _summed(lambda x, y: (x - y) ** 2 / 2),
            lambda x, y, j: x[j] - y[j],
        ),
        Loss(
            "binary cross entropy",
            _summed(lambda x, y: -(y * sp.log(x) + (1 - y) * sp.log(1 - x))),
            lambda x, y, j: (x[j] - y[j]) / (x[j] * (1 - x[j])),
            domain="0 < x < 1",
        ),
        Loss(
            "cross entropy",
            _summed(lambda x, y: -y * sp.log(x)),
            lambda x, y, j: -y[j] / x[j],
            domain="x > 0",
        ),
        Loss(
            "logistic",
            _summed(lambda x, y: sp.log(1 + sp.exp(-y * x))),
            lambda x, y, j: -y[j] / (1 + sp.exp(y[j] * x[j])),
        ),
        Loss("opaque", None, None),
    )
}


def loss(choice: Any) -> Loss:
    """The row of a name, or a row for a formula in the outputs x and the targets y.

    A formula is a SymPy `Lambda` or callable of (x_j, y_j), summed over the outputs; or an expression, in the plain
    symbols x and y (summed too) or in `IndexedBase` members x[1], y[1], … (the whole error; `Sum` over them is fine).
    Raises InputError for an unknown name (with the nearest one), and for a formula that mentions a weight or anything but x, y.
    """
    if isinstance(choice, Loss):
        return choice if choice is LOSSES.get(choice.name) else replace(choice, custom=True)
    if isinstance(choice, str):
        return look_up("loss", choice, LOSSES)
    if isinstance(choice, sp.Expr) and not isinstance(choice, sp.Lambda):
        return _from_expression(choice)
    if callable(choice):
        return _from_callable(choice)
    raise InputError(
        f"loss: expected a name, an expression in x and y, or a callable, got {choice!r}"
    )


def _from_callable(choice: Callable[[Any, Any], Any]) -> Loss:
    x, y = sp.Symbol("x", real=True), sp.Symbol("y", real=True)
    try:
        formula = sp.Integer(0) + choice(x, y)
    except Exception as error:
        raise InputError(
            f"loss: a callable must take SymPy symbols x, y and give an expression, but it raised {error}"
        ) from None
    if not isinstance(formula, sp.Expr):
        raise InputError(f"loss: expected an expression in x and y, got {formula!r}")
    return _pointwise(formula, x, y)


def _from_expression(formula: sp.Expr) -> Loss:
    if formula.atoms(sp.Indexed):
        return _whole(formula)
    named = {s.name: s for s in formula.free_symbols}
    return _pointwise(formula, named.get("x", sp.Symbol("x")), named.get("y", sp.Symbol("y")))


def refuse_weights(formula: sp.Expr, allowed: set[Any]) -> None:
    bases = {m.base.label for m in formula.free_symbols if isinstance(m, sp.Indexed)}
    strange = sorted(map(str, formula.free_symbols - allowed - bases))
    if any(name == "w" or name.startswith(("w[", "w_", "w^")) for name in strange):
        raise InputError(
            f"loss {formula}: mentions the weights {', '.join(strange)}, and then ∂e/∂w = δx is false; expected x and y alone"
        )
    if strange:
        raise InputError(
            f"loss {formula}: expected the outputs x and the targets y alone, got {', '.join(strange)}"
        )


def _pointwise(formula: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> Loss:
    """A formula in one x and one y, summed over the outputs."""
    refuse_weights(formula, {x, y})
    if {limit[0] for s in formula.atoms(sp.Sum, sp.Product) for limit in s.limits} & {x, y}:
        raise InputError(f"loss {formula}: expected another index of summation than x and y")
    slope = sp.diff(formula, x)
    return Loss(
        f"custom: {formula}",
        _summed(lambda a, b: formula.xreplace({x: a, y: b})),
        lambda a, b, j: slope.xreplace({x: a[j], y: b[j]}),
        custom=True,
    )


def _whole(formula: sp.Expr) -> Loss:
    """A formula in x[1], …, y[1], …: the error itself."""
    bound = {limit[0] for s in formula.atoms(sp.Sum) for limit in s.limits}
    plain = {s for s in formula.free_symbols if not isinstance(s, sp.Indexed)} - bound
    refuse_weights(formula, _members(formula) | plain_bases(plain) | bound)
    written = formula.doit()
    names = {(str(m.base.label), m.indices): m for m in written.atoms(sp.Indexed)}

    def values(x: Vector, y: Vector) -> dict[Any, Any]:
        lists = {"x": x, "y": y}
        return {m: _member(formula, lists[n], i) for (n, i), m in names.items()}

    def definition(x: Vector, y: Vector) -> Any:
        return written.xreplace(values(x, y))

    def derivative(x: Vector, y: Vector, j: int) -> Any:
        t = sp.Dummy("t", real=True)
        moved = [t if k == j else v for k, v in enumerate(x)]
        return sp.diff(definition(moved, y), t).xreplace({t: x[j]})

    return Loss(f"custom: {formula}", definition, derivative, custom=True)


def _members(formula: sp.Expr) -> set[Any]:
    """The members of x and y in a formula; a Quantity names a layer too, and is none of them."""
    return {
        m
        for m in formula.free_symbols
        if isinstance(m, sp.Indexed)
        and not isinstance(m, Quantity)
        and str(m.base.label) in ("x", "y")
    }


def plain_bases(symbols: set[Any]) -> set[Any]:
    """The symbols x and y that stand for the families themselves (SymPy counts a base among the free symbols)."""
    return {s for s in symbols if str(s) in ("x", "y")}


def _member(formula: sp.Expr, values: Vector, index: tuple[Any, ...]) -> Any:
    if len(index) != 1 or not index[0].is_Integer or not 1 <= int(index[0]) <= len(values):
        raise InputError(
            f"loss {formula}: expected one index from 1 to {len(values)}, got {', '.join(map(str, index))}"
        )
    return values[int(index[0]) - 1]
