"""The lecture's letters as SymPy symbols: w_ij^(l), s_j^(l), x_j^(l), y_j, δ_j^(l), g'(s_j^(l)), ∂e/∂x_j^(L).

Each is a `Quantity`, an `Indexed` whose first indices are layers and whose other indices are nodes.
SymPy's `latex` and `str` print a Quantity as the lecture does: `w_{02}^{(1)}`, and `w_{1,10}^{(2)}` from 10 up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.printing.precedence import PRECEDENCE

from ..errors import InputError

ERROR = sp.Symbol("e", real=True)
"""e(w), the error on one example."""


def joined(indices: Sequence[Any], text: Callable[[Any], str] = str) -> str:
    """Indices side by side where each is one character, else with commas.

    >>> joined([0, 2]), joined([1, 10])
    ('02', '1,10')
    """
    parts = [text(i) for i in indices]
    return ("" if all(len(p) == 1 for p in parts) else ",").join(parts)


@dataclass(frozen=True)
class Letter:
    """How a family is printed: {up} is the layer, {down} the node or nodes, {first} and {last} of them."""

    latex: str
    text: str
    layered: bool = True


LETTERS = {
    "w": Letter("w_{{{down}}}^{{({up})}}", "w_{down}^({up})"),
    "s": Letter("s_{{{down}}}^{{({up})}}", "s_{down}^({up})"),
    "x": Letter("x_{{{down}}}^{{({up})}}", "x_{down}^({up})"),
    "y": Letter("y_{{{down}}}", "y_{down}", layered=False),
    "delta": Letter(r"\delta_{{{down}}}^{{({up})}}", "δ_{down}^({up})"),
    "d": Letter("d^{{({up})}}", "d^({up})"),
    "dg": Letter("g'(s_{{{down}}}^{{({up})}})", "g'(s_{down}^({up}))"),
    "dloss": Letter(
        r"\frac{{\partial e}}{{\partial x_{{{down}}}^{{({up})}}}}", "∂e/∂x_{down}^({up})"
    ),
    "dx": Letter(
        r"\frac{{\partial x_{{{first}}}^{{({up})}}}}{{\partial s_{{{last}}}^{{({up})}}}}",
        "∂x_{first}^({up})/∂s_{last}^({up})",
    ),
}


class Quantity(sp.Indexed):  # type: ignore[misc]
    """One symbol of the lecture: its family, then its indices, the layer first.

    >>> sp.latex(quantity("w", 1, 0, 2)), str(quantity("delta", 2, 1))
    ('w_{02}^{(1)}', 'δ_1^(2)')
    """

    precedence = PRECEDENCE[
        "Pow"
    ]  # a superscript is there already, so a power of it needs brackets

    @property
    def family(self) -> str:
        return str(self.base.label)

    def _written(self, form: str, text: Callable[[Any], str]) -> str:
        layered = LETTERS[self.family].layered
        up, nodes = (self.indices[0], self.indices[1:]) if layered else ("", self.indices)
        down = joined(nodes, text)
        return form.format(
            up=text(up), down=down, first=joined(nodes[:1], text), last=joined(nodes[1:], text)
        )

    def _latex(self, printer: Any) -> str:
        return self._written(LETTERS[self.family].latex, lambda i: sp.latex(i).replace(" ", ""))

    def _sympystr(self, printer: Any) -> str:
        return self._written(LETTERS[self.family].text, lambda i: str(i).replace(" ", ""))


def quantity(family: str, *indices: Any) -> Quantity:
    """The member of a family with these indices (ints, or SymPy expressions in index symbols)."""
    return Quantity(sp.IndexedBase(family, real=True), *[sp.sympify(i) for i in indices])


@dataclass(frozen=True)
class Family:
    """The members of a family in one layer: `f[i]`, `f[i, j]`.  `ranges` says from where to where each index runs."""

    name: str
    layer: tuple[Any, ...]
    ranges: tuple[tuple[int, int], ...]

    def __getitem__(self, index: Any) -> sp.Expr:
        nodes = index if isinstance(index, tuple) else (index,)
        if len(nodes) != len(self.ranges):
            raise InputError(f"{self.name} takes {len(self.ranges)} node indices, got {len(nodes)}")
        check_range(self.name, self.layer, nodes, self.ranges)
        if self.name == "x" and nodes[0] == 0:
            return sp.Integer(1)
        return quantity(self.name, *self.layer, *nodes)

    def __iter__(self) -> Any:
        raise TypeError(f"{self.name} has no order of its own: write {self.name}[…]")


def check_range(
    name: str, layer: Sequence[Any], nodes: Sequence[Any], ranges: Sequence[tuple[int, int]]
) -> None:
    """InputError where an index is a number out of its range."""
    for node, (low, high) in zip(nodes, ranges, strict=True):
        if isinstance(node, int | sp.Integer) and not low <= int(node) <= high:
            letter = LETTERS[name].text
            first, last = str(nodes[0]), str(nodes[-1])
            up = layer[0] if layer else ""
            what = letter.format(
                up=up, down=joined([_name(n) for n in nodes]), first=first, last=last
            )
            raise InputError(
                f"the network has no {what}: expected an index from {low} to {high}, got {node}"
            )


def _name(index: Any) -> str:
    """An index as it is written: a Dummy without its underscore."""
    return str(getattr(index, "name", index))


def by_layer(what: str, layer: Any, low: int, high: int) -> None:
    """InputError where a layer is a number out of its range."""
    if isinstance(layer, int | sp.Integer) and not low <= int(layer) <= high:
        raise InputError(f"{what}[{layer}]: expected a layer from {low} to {high}, got {layer}")
    if not isinstance(layer, int | sp.Expr):
        raise InputError(f"{what}[{layer!r}]: expected a layer, an int, got {type(layer).__name__}")


def written(index: tuple[Any, ...], family: str, latex: bool = False) -> str:
    """The printed name of a family's member, without building it; indices are ints, or texts of letters."""
    letter = LETTERS[family]
    up, nodes = (index[0], index[1:]) if letter.layered else ("", index)
    form = letter.latex if latex else letter.text
    down, first, last = (_tied(joined(ns), latex) for ns in (nodes, nodes[:1], nodes[1:]))
    return form.format(up=up, down=down, first=first, last=last)


def _tied(indices: str, latex: bool) -> str:
    """A sum as an index, in parentheses where no braces hold it together.

    >>> _tied("j+1", False), _tied("1,10", False)
    ('(j+1)', '1,10')
    """
    return f"({indices})" if not latex and {*"+-"} & {*indices} else indices


__all__ = [
    "ERROR",
    "LETTERS",
    "Family",
    "Letter",
    "Quantity",
    "by_layer",
    "check_range",
    "joined",
    "quantity",
    "written",
]
