"""How a page states an activation: g(s) and g'(s) from the table's row, with g(s) by name in g'(s) where it occurs."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import App, Sym, Term
from ..network.activations import Activation
from ..network.architecture import Architecture
from ..network.gate import Reader
from .boxes import Box
from .facts import replaced
from .page import Content, Glyph, Row
from .writer import Writer

S = Sym("s")


def activation_rows(net: Architecture) -> tuple[list[Row], list[str]]:
    """The definition and the derivative of each activation, and what is to be said in words."""
    layers = [l for l in range(1, net.L + 1) if not net.activation(l).mixes]
    shared = len({net.activation(l) for l in layers}) == 1
    opaque = [l for l in layers if net.activation(l).opaque]
    rows: list[Row] = []
    for l in layers[:1] if shared and not opaque else layers:
        rows += _rows(net.activation(l), "g" if shared else f"g_{l}")
    return rows, [note for note in (_opaque(opaque), _kinked(net, layers)) if note]


def _opaque(layers: list[int]) -> str:
    if not layers:
        return ""
    each = "g_l is any function, another one in each layer, differentiable where it is used."
    return each.replace(
        "g_l", "The activation of each layer" if len(layers) > 1 else "The activation"
    )


def _kinked(net: Architecture, layers: list[int]) -> str:
    kinks = {k for l in layers for k in net.activation(l).kinks}
    return (
        "Where the activation has a kink it has no derivative; the hypotheses exclude that."
        if kinks
        else ""
    )


def _rows(row: Activation, letter: str) -> list[Row]:
    """g(s) = …, g'(s) = …; none for an opaque g, no g' where SymPy's derivative is not in the language."""
    if row.definition is None or row.derivative is None:
        return []
    s = sp.Dummy("s", real=True)
    g, slope = App(letter, (0,), (S,)), App(letter, (1,), (S,))
    out = [Row((g,), _formula(sp.sympify(row.definition(s)), None, g), "forward")]
    try:
        own = _term(sp.sympify(row.definition(s)))
        out.append(Row((slope,), _formula(sp.sympify(row.derivative(s)), own, g), "forward"))
    except InputError:
        pass
    return out


def _term(e: Any) -> Term:
    def nothing(name: str, index: tuple[int, ...]) -> Term:
        raise InputError(f"{name}{list(index)}: expected an expression in s alone")

    return Reader(nothing, lambda symbol: S).term(e)


def _formula(e: Any, own: Term | None, g: App) -> Content:
    """max and cases as a textbook has them, else a term in which g(s) is called by name."""
    if isinstance(e, sp.Max):
        return _called("max", e.args)
    if isinstance(e, sp.Piecewise):
        return _cases(e)
    return replaced(_term(e), {own: g} if own is not None and own != S else {})


def _called(name: str, args: Any) -> Glyph:
    parts = [_term(a) for a in sorted(args, key=lambda a: bool(a.free_symbols))]

    def box(w: Writer) -> Box:
        command = "\\" * w.style.latex + name
        return w.atom(f"{command}({', '.join([w.box(t).body for t in parts])})")

    return Glyph(box)


def _cases(e: Any) -> Content:
    """Values and conditions, the last one otherwise."""
    pairs = [(_term(p.expr), p.cond) for p in e.args]
    if not all(isinstance(c, sp.StrictGreaterThan) or c == sp.true for _, c in pairs):
        return _term(e)
    rows = [(t, None if c == sp.true else _term(c.lhs - c.rhs)) for t, c in pairs]

    def box(w: Writer) -> Box:
        if not w.style.latex:
            return w.atom(", ".join([f"{w.box(t).body} {_condition(w, c)}" for t, c in rows]))
        lines = [rf"{w.box(t).body} & \text{{{_condition(w, c)}}}" for t, c in rows]
        body = r"\\ ".join(lines)
        return w.atom(rf"\begin{{cases}}{body}\end{{cases}}", 2, 150.0)

    return Glyph(box)


def _condition(w: Writer, c: Term | None) -> str:
    """if s > 0, in words."""
    if c is None:
        return "otherwise"
    shown = f"{w.box(c).body} > 0"
    return f"if ${shown}$" if w.style.latex else f"if {shown}"
