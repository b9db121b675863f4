"""One row for a whole layer: a formula with letters for indices, shown only where it stands for every one of its instances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..kernel import Add, App, D, Mul, Num, Pow, Sym, Term
from ..network.theory import E
from .facts import Facts
from .page import Content, Glyph, Row
from .writer import TEXT

Instances = Callable[[Facts, int], list[Term]]


@dataclass(frozen=True)
class Pattern:
    """The general row of a layer: {l} the layer, {k} the one below it, {m} the one above, {d…} their widths, {g} its activation.

    `instances` are the terms that the row stands for, in the order of the layer's nodes.
    """

    latex: tuple[str, ...]
    text: tuple[str, ...]
    instances: Instances

    def row(self, f: Facts, l: int, found: Sequence[Term], label: str) -> Row | None:
        """The row, if its instances are what was found, one for one."""
        if [TEXT.box(t).body for t in self.instances(f, l)] != [TEXT.box(t).body for t in found]:
            return None
        names = _names(f, l)
        parts = [
            Glyph(_filled(a, names, r"\dots"), _filled(b, names, "…"))
            for a, b in zip(self.latex, self.text, strict=True)
        ]
        *left, right, when = parts
        conditions: tuple[Content, ...] = (when,)
        return Row(tuple(left), right, label, conditions)


def _filled(form: str, names: dict[str, object], dots: str) -> str:
    ranges = {"1l": _range(1, names["dl"], dots), "0k": _range(0, names["dk"], dots)}
    for key, value in {**names, **ranges}.items():
        form = form.replace(f"<{key}>", str(value))
    return form


def _range(low: int, high: object, dots: str) -> str:
    """1, …, 5, or the numbers themselves where they are few."""
    top = int(str(high))
    return ", ".join(map(str, range(low, top + 1))) if top - low < 2 else f"{low}, {dots}, {top}"


def general_row(f: Facts, about: str, l: int, found: Sequence[Term], label: str) -> Row | None:
    """The general row of a layer for what was found in it; None where none stands for all of it."""
    rows = [p.row(f, l, found, label) for name, p in PATTERNS if name == about]
    return next((row for row in rows if row), None)


def _names(f: Facts, l: int) -> dict[str, object]:
    d = f.net.d
    shown = _letter(f, l)
    above = d[l + 1] if l < f.net.L else 0
    return {"l": l, "k": l - 1, "m": l + 1, "dk": d[l - 1], "dl": d[l], "dm": above, "g": shown}


def _letter(f: Facts, l: int) -> str:
    rows = {f.net.activation(k) for k in range(1, f.net.L + 1) if not f.net.activation(k).mixes}
    shared = len(rows) == 1 and not f.net.activation(l).opaque
    return "g" if shared else f"g_{l}"


def _x(l: int, i: int) -> list[Term]:
    return [Sym("x", (l, i))] if i else []


def _activation(f: Facts, l: int) -> str | None:
    """The function that makes x^(l) from s^(l), as the theorem defines it; None for a softmax."""
    t = f.defined[Sym("x", (l, 1))]
    return t.name if isinstance(t, App) and t.args == (Sym("s", (l, 1)),) else None


def _slope(f: Facts, l: int, j: int, order: int = 1) -> Term:
    return App(_activation(f, l) or "", (order,), (Sym("s", (l, j)),))


def _signals(f: Facts, l: int) -> list[Term]:
    def term(i: int, j: int) -> Term:
        return Mul((Sym("w", (l, i, j)), *_x(l - 1, i)))

    d = f.net.d[l - 1]
    return [Add(tuple([term(i, j) for i in range(d + 1)])) for j in f.net.nodes(l)]


def _outputs(f: Facts, l: int) -> list[Term]:
    return [_slope(f, l, j, 0) for j in f.net.nodes(l)] if _activation(f, l) else []


def _step(f: Facts, l: int) -> list[Term]:
    def term(i: int, j: int) -> Term:
        return Mul((Sym("w", (l + 1, i, j)), Sym("delta", (l + 1, j))))

    above = f.net.nodes(l + 1)
    return [Mul((_slope(f, l, i), Add(tuple([term(i, j) for j in above])))) for i in f.net.nodes(l)]


def _gradient(f: Facts, l: int) -> list[Term]:
    return [
        Mul((Sym("delta", (l, j)), *_x(l - 1, i)))
        for i in range(f.net.d[l - 1] + 1)
        for j in f.net.nodes(l)
    ]


def _softmax(f: Facts, l: int) -> list[Term]:
    def exp(j: int) -> Term:
        return App("exp", (0,), (Sym("s", (l, j)),))

    nodes = f.net.nodes(l)
    under = Pow(Add(tuple([exp(k) for k in nodes])), -1)
    return [Mul((exp(j), under)) for j in nodes]


def _mixed(f: Facts, l: int) -> list[Term]:
    def term(k: int, j: int) -> Term:
        x = Sym("x", (l, k))
        return Mul((D(E, x), D(x, Sym("s", (l, j)))))

    nodes = f.net.nodes(l)
    return [Add(tuple([term(k, j) for k in nodes])) for j in nodes]


def _error(f: Facts, l: int, j: int) -> Term:
    return Add((Sym("x", (l, j)), Mul((Num(Fraction(-1)), Sym("y", (j,))))))


def _ratio(f: Facts, l: int, j: int) -> Term:
    return Mul((Num(Fraction(-1)), Sym("y", (j,)), Pow(Sym("x", (l, j)), -1)))


def _each(term: Callable[[Facts, int, int], Term]) -> Instances:
    return lambda f, l: [term(f, l, j) for j in f.net.nodes(l)]


def _sloped(f: Facts, l: int, j: int) -> Term:
    return Mul((_error(f, l, j), _slope(f, l, j)))


PATTERNS: tuple[tuple[str, Pattern], ...] = (
    (
        "s",
        Pattern(
            (
                r"s_{j}^{(<l>)}",
                r"\sum_{i=0}^{<dk>} w_{ij}^{(<l>)}\, x_{i}^{(<k>)}",
                "j = <1l>",
            ),
            ("s_j^(<l>)", "Σ_{i=0..<dk>} w_ij^(<l>)·x_i^(<k>)", "j = <1l>"),
            _signals,
        ),
    ),
    (
        "x",
        Pattern(
            (r"x_{j}^{(<l>)}", r"<g>(s_{j}^{(<l>)})", "j = <1l>"),
            ("x_j^(<l>)", "<g>(s_j^(<l>))", "j = <1l>"),
            _outputs,
        ),
    ),
    (
        "outer",
        Pattern(
            (r"\frac{\partial e}{\partial x_{j}^{(<l>)}}", r"x_{j}^{(<l>)} - y_{j}", "j = <1l>"),
            ("∂e/∂x_j^(<l>)", "x_j^(<l>) - y_j", "j = <1l>"),
            _each(_error),
        ),
    ),
    (
        "outer",
        Pattern(
            (
                r"\frac{\partial e}{\partial x_{j}^{(<l>)}}",
                r"-\frac{y_{j}}{x_{j}^{(<l>)}}",
                "j = <1l>",
            ),
            ("∂e/∂x_j^(<l>)", "-y_j/x_j^(<l>)", "j = <1l>"),
            _each(_ratio),
        ),
    ),
    (
        "base",
        Pattern(
            (
                r"\delta_{j}^{(<l>)}",
                r"\frac{\partial e}{\partial s_{j}^{(<l>)}}",
                r"(x_{j}^{(<l>)} - y_{j})\, <g>'(s_{j}^{(<l>)})",
                "j = <1l>",
            ),
            ("δ_j^(<l>)", "∂e/∂s_j^(<l>)", "(x_j^(<l>) - y_j)·<g>'(s_j^(<l>))", "j = <1l>"),
            _each(_sloped),
        ),
    ),
    (
        "base",
        Pattern(
            (
                r"\delta_{j}^{(<l>)}",
                r"\frac{\partial e}{\partial s_{j}^{(<l>)}}",
                r"\sum_{k=1}^{<dl>} \frac{\partial e}{\partial x_{k}^{(<l>)}}\,"
                r" \frac{\partial x_{k}^{(<l>)}}{\partial s_{j}^{(<l>)}}",
                "j = <1l>",
            ),
            (
                "δ_j^(<l>)",
                "∂e/∂s_j^(<l>)",
                "Σ_{k=1..<dl>} ∂e/∂x_k^(<l>)·∂x_k^(<l>)/∂s_j^(<l>)",
                "j = <1l>",
            ),
            _mixed,
        ),
    ),
    (
        "x",
        Pattern(
            (
                r"x_{j}^{(<l>)}",
                r"\frac{e^{s_{j}^{(<l>)}}}{\sum_{k=1}^{<dl>} e^{s_{k}^{(<l>)}}}",
                "j = <1l>",
            ),
            ("x_j^(<l>)", "exp(s_j^(<l>))/Σ_{k=1..<dl>} exp(s_k^(<l>))", "j = <1l>"),
            _softmax,
        ),
    ),
    (
        "step",
        Pattern(
            (
                r"\delta_{i}^{(<l>)}",
                r"\frac{\partial e}{\partial s_{i}^{(<l>)}}",
                r"<g>'(s_{i}^{(<l>)}) \sum_{j=1}^{<dm>} w_{ij}^{(<m>)}\, \delta_{j}^{(<m>)}",
                "i = <1l>",
            ),
            (
                "δ_i^(<l>)",
                "∂e/∂s_i^(<l>)",
                "<g>'(s_i^(<l>))·Σ_{j=1..<dm>} w_ij^(<m>)·δ_j^(<m>)",
                "i = <1l>",
            ),
            _step,
        ),
    ),
    (
        "weight",
        Pattern(
            (
                r"\frac{\partial e}{\partial w_{ij}^{(<l>)}}",
                r"\delta_{j}^{(<l>)}\, x_{i}^{(<k>)}",
                r"i = <0k>;\ j = <1l>",
            ),
            ("∂e/∂w_ij^(<l>)", "δ_j^(<l>)·x_i^(<k>)", "i = <0k>; j = <1l>"),
            _gradient,
        ),
    ),
)
"""By what the row is about.  A loss without a row here has its base step written out node by node."""
