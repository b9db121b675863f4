"""Printed equations, read back by a grammar that shares no code with the printer, say what the kernel's theorems say.

And the oracle can fail: whoever changes an index, a sign, a range or a transposition in a formula is noticed.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.kernel import App, D, Sym, Theorem
from symbackprop.network.architecture import Architecture
from symbackprop.proving import prove
from symbackprop.render.conventions import LECTURE, MATRIX_VECTOR, Convention, convention
from symbackprop.render.everywhere import general_derivation
from symbackprop.render.formulas import theorem_page
from symbackprop.render.lecture import derivation

sys.path.insert(0, str(Path(__file__).parent))
from readback import (
    Model,
    Printed,
    UnreadableError,
    equations,
    models,
    printed_pairs,
    read_back,
    same_statement,
    statement,
)

CONVENTIONS = (
    "lecture",
    "matrix-vector",
    "matrix-vector,vectors=row",
    "matrix-vector,order=ij",
    "matrix-vector,vectors=row,order=ij",
    "matrix-vector,mark=(l)",
    "matrix-vector,form=entries",
    "lecture,b=b,mark=[l]",
    "lecture,b=β,form=matrix,w=θ,delta=ε",
    "lecture,order=ji,mark=l,s=z,w=θ,e=J",
)


@cache
def theorem(name: str) -> Theorem:
    return sb.theorem(name)


def said(t: Theorem) -> list[Any]:
    """Every definition of a family, and every conclusion that is an equation."""
    return [*t.proof.definitions, *[s for s in t.sequents if statement(s)]]


def printed(of: Theorem | str, c: Convention) -> list[Printed]:
    """The rows of a theorem's page; of the page for every depth and width."""
    page = general_derivation(theorem("lecture")) if of == "general" else theorem_page(of)
    return equations(page.within(c).latex(), c)


def unused(rows: list[Printed], found: list[list[Printed]]) -> list[str]:
    """Rows that say nothing of what was found, but for the laws of known functions."""
    own = [p for one in found for p in one]
    laws = (r"\ln'", r"\exp'", r"\sin'", r"\cos'")
    return [str(p) for p in rows if p not in own and not str(p).startswith(laws)]


@pytest.mark.parametrize("text", CONVENTIONS)
@pytest.mark.parametrize("name", [entry.name for entry in sb.theorems()])
def test_theorems(name: str, text: str) -> None:
    t, c = theorem(name), convention(text)
    rows = printed(t, c)
    found = read_back(rows, said(t), models(bool(c.b)))
    skipped = [one for one, rows in zip(said(t), found, strict=True) if not rows]
    assert all(bool(c.b) and d.symbol.name == "x" for d in skipped)  # x_0 = 1
    assert not unused(rows, found)


def test_what_users_call() -> None:
    for entry in sb.theorems():
        t = theorem(entry.name)
        assert all(read_back(equations(sb.latex(t), LECTURE), said(t), models()))


@pytest.mark.parametrize("text", CONVENTIONS)
def test_the_page_for_every_depth(text: str) -> None:
    c, t = convention(text), theorem("lecture")
    rows = printed("general", c)
    found = read_back(rows, said(t), models(bool(c.b)))
    numbers = [p.number for p in rows if p.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert not unused(rows, found)


NETWORKS: dict[str, tuple[Any, ...]] = {
    "tanh": ([2, 3, 1],),
    "softmax": ([2, 3, 3], "tanh,softmax", "cross entropy"),
    "opaque": ([2, 2, 2], "opaque", "opaque"),
    "mixed": ([2, 2, 2, 1], "tanh,sigmoid,identity"),
    "large": ([5, 7, 10], "sin,softmax", "cross entropy"),
}


@cache
def proved(name: str) -> tuple[Architecture, Theorem]:
    net = Architecture(*NETWORKS[name])
    return net, prove(net).theorem


@pytest.mark.parametrize("text", ["lecture", "matrix-vector", "matrix-vector,vectors=row,order=ij"])
@pytest.mark.parametrize("name", NETWORKS)
def test_networks(name: str, text: str) -> None:
    """The definitions of the forward pass, and every conclusion about a weight."""
    (net, t), c = proved(name), convention(text)
    rows = equations(derivation(net, t).within(c).latex(), c)
    by = {Sym("w", index) for index in net.weight_indices}
    up = [d for d in t.proof.definitions if d.symbol.name in ("s", "x", "e")]
    weights = [s for s in t.sequents if _by(s) in by]
    outer = [d for d in up if d.symbol.name == "x" and isinstance(d.term, App)]
    names = {int(d.symbol.index[0]): d.term.name for d in outer}
    assert len(weights) == len(net.weight_indices)
    found = read_back(rows, [*up, *weights], [Model(tuple(net.d), 3, True)], {"g": names})
    assert all(found)


def _by(said: Any) -> Any:
    """The variable by which a conclusion is a derivative of the error."""
    one = statement(said)
    left = one.left if one else None
    return left.by if isinstance(left, D) and left.term == Sym("e") else None


# --- the oracle itself -----------------------------------------------------------------------------------------

ROW = convention("matrix-vector,vectors=row,order=ij")
SAID: dict[str, tuple[str, int]] = {"e/w": ("backpropagation", 0), "e/s": ("backpropagation", 1)}
"""Conclusions by name: a theorem, and which of its conclusions."""
SAID |= {"step": ("induction step", 0), "s/w": ("weight gradient", 0), "base": ("base step", 0)}
SQUARES = ("base step, squared error", 0)
DEFINED = {"s": 1, "x": 2, "e": 3, "top": 4, "down": 5}
"""Definitions of the lecture's theorem by name."""


def kernel(name: str) -> Any:
    if name in DEFINED:
        return theorem("lecture").proof.definitions[DEFINED[name]]
    where, k = SQUARES if name == "squares" else SAID[name]
    return theorem(where).sequents[k]


def holds(rows: str, name: str, c: Convention) -> None:
    """Raises AssertionError where the rows do not say what the kernel does."""
    read = equations(f"\\begin{{align*}}\n{rows}\n\\end{{align*}}", c)
    for model in models(bool(c.b)):
        same_statement(read, kernel(name), model)


L_NODES = r"\qquad (l = 1, \dots, L,\ j = 1, \dots, d^{(l)})"
BELOW = r"\qquad (l = 2, \dots, L,\ i = 1, \dots, d^{(l-1)})"
ENTRIES = {
    "s": r"s_{j}^{(l)} &= \sum_{i=0}^{d^{(l-1)}} w_{ij}^{(l)}\, x_{i}^{(l-1)} " + L_NODES,
    "x": r"x_{j}^{(l)} &= g_{l}(s_{j}^{(l)}) " + L_NODES,
    "e": r"e &= E_y(x_{1}^{(L)}, \dots, x_{d^{(L)}}^{(L)})",
    "top": r"\delta_{j}^{(L)} &= \frac{\partial E_y}{\partial x_{j}^{(L)}}\, g_{L}'(s_{j}^{(L)})"
    r" \qquad (j = 1, \dots, d^{(L)})",
    "down": r"\delta_{i}^{(l-1)} &= g_{l-1}'(s_{i}^{(l-1)})\, \sum_{j=1}^{d^{(l)}} w_{ij}^{(l)}\, \delta_{j}^{(l)} "
    + BELOW,
    "e/w": r"\frac{\partial e}{\partial w_{ij}^{(l)}} &= \delta_{j}^{(l)}\, x_{i}^{(l-1)}"
    r" \qquad (l = 1, \dots, L,\ i = 0, \dots, d^{(l-1)};\ j = 1, \dots, d^{(l)}) \tag{3}",
    "base": r"\frac{\partial e}{\partial s_{j}^{(L)}} &= \frac{\partial E_y}{\partial x_{j}^{(L)}}\, g_{L}'(s_{j}^{(L)})"
    r" \qquad (L \ge 1,\ j = 1, \dots, d^{(L)})",
    "squares": r"\frac{\partial e}{\partial s_{j}^{(L)}} &= (x_{j}^{(L)} - y_{j})\, g_{L}'(s_{j}^{(L)})"
    r" \qquad (L \ge 1,\ j = 1, \dots, d^{(L)})",
}
LAYERS, BELOW_L = r"\qquad (l = 1, \dots, L)", r"\qquad (l = 2, \dots, L)"
COLUMNS = {
    "s": r"z^{l} &= W^{l}\, a^{l-1} + b^{l} " + LAYERS,
    "x": r"a^{l} &= \sigma_{l}(z^{l}) " + LAYERS,
    "e": r"C &= E_y(a^{L})",
    "top": r"\delta^{L} &= \nabla_{a^{L}} E_y \odot \sigma_{L}'(z^{L})",
    "down": r"\delta^{l-1} &= \bigl((W^{l})^{\top} \delta^{l}\bigr) \odot \sigma_{l-1}'(z^{l-1}) "
    + BELOW_L,
    "e/w": r"\frac{\partial C}{\partial W^{l}} &= \delta^{l}\, (a^{l-1})^{\top} "
    + LAYERS
    + "\\\\\n"
    + r"\frac{\partial C}{\partial b^{l}} &= \delta^{l} "
    + LAYERS,
    "squares": r"\frac{\partial C}{\partial z^{L}} &= (a^{L} - y) \odot \sigma_{L}'(z^{L}) \qquad (L \ge 1)",
    "step": r"\frac{\partial C}{\partial z_{i}^{l-1}} &= \sum_{j=1}^{d^{l}} \frac{\partial C}{\partial z_{j}^{l}}\, "
    r"\frac{\partial z_{j}^{l}}{\partial a_{i}^{l-1}}\, \frac{\partial a_{i}^{l-1}}{\partial z_{i}^{l-1}} "
    r"\qquad (l = 2, \dots, L,\ i = 1, \dots, d^{l-1})",
}
ROWS = {
    "s": r"z^{l} &= a^{l-1}\, W^{l} + b^{l} " + LAYERS,
    "down": r"\delta^{l-1} &= \bigl(\delta^{l} (W^{l})^{\top}\bigr) \odot \sigma_{l-1}'(z^{l-1}) "
    + BELOW_L,
    "e/w": r"\frac{\partial C}{\partial W^{l}} &= (a^{l-1})^{\top} \delta^{l} "
    + LAYERS
    + "\\\\\n"
    + r"\frac{\partial C}{\partial b^{l}} &= \delta^{l} "
    + LAYERS,
}
PAGES = {"entries": (LECTURE, ENTRIES), "columns": (MATRIX_VECTOR, COLUMNS), "rows": (ROW, ROWS)}
MUTANTS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "entries": {
        "s": [
            ("w_{ij}", "w_{ji}"),
            ("i=0", "i=1"),
            ("}^{d^{(l-1)}}", "}^{d^{(l)}}"),
            ("}^{d^{(l-1)}}", "}^{d^{(l-1)}-1}"),
            ("x_{i}^{(l-1)}", "x_{i}^{(l)}"),
            ("x_{i}", "x_{j}"),
            (r"\, x_{i}^{(l-1)}", ""),
            ("w_{ij}^{(l)}", "w_{ij}^{(l-1)}"),
            (r"\, x", " + x"),
            ("(l = 1", "(l = 2"),
            (r"\dots, L,", r"\dots, L-1,"),
            ("j = 1", "j = 0"),
            ("d^{(l)})", "d^{(l-1)})"),
            ("s_{j}^{(l)}", "x_{j}^{(l)}"),
            (L_NODES, ""),
        ],
        "x": [("g_{l}", "g_{l-1}"), ("(s_", "'(s_"), ("g_{l}(", "("), ("s_{j}", "s_{1}")],
        "e": [
            ("d^{(L)}}^{(L)}", "d^{(L-1)}}^{(L)}"),
            ("x_{1}", "x_{0}"),
            ("{(L)}", "{(L-1)}"),
            ("E_y", "E"),
        ],
        "top": [
            ("E_y", "e"),
            ("g_{L}'", "g_{L}"),
            ("g_{L}'", "g_{L}''"),
            ("x_{j}", "s_{j}"),
            (r"\, g", r" - g"),
            ("&= ", "&= -"),
        ],
        "down": [
            ("w_{ij}", "w_{ji}"),
            ("g_{l-1}'", "g_{l}'"),
            ("'(s_{i}^{(l-1)})", "'(s_{i}^{(l)})"),
            (r"\delta_{j}^{(l)}", r"\delta_{i}^{(l)}"),
            (r"\, \delta_{j}^{(l)}", ""),
            ("j=1", "j=0"),
            ("l = 2", "l = 1"),
            (r"\delta_{i}^{(l-1)} &", r"\delta_{i}^{(l)} &"),
            (r"\sum_{j=1}^{d^{(l)}}", r"\sum_{j=1}^{d^{(l)}} 2\, "),
        ],
        "e/w": [
            (r"\delta_{j}", r"\delta_{i}"),
            ("x_{i}^{(l-1)}", "x_{i}^{(l)}"),
            ("i = 0", "i = 1"),
            (r"\partial w_{ij}", r"\partial w_{ji}"),
            (r"\delta_{j}^{(l)}\,", r"\delta_{j}^{(l)} +"),
            ("&= ", "&= -"),
            (r"\partial e", r"\partial s_{j}^{(l)}"),
        ],
        "base": [(r"L \ge 1,\ ", ""), (r"L \ge 1", r"L \ge 2"), (r"L \ge 1", r"L \le 1")],
        "squares": [("- y", "+ y"), ("y_{j}", "y_{1}"), ("(x_{j}^{(L)} - y_{j})", "(x_{j}^{(L)})")],
    },
    "columns": {
        "s": [
            (r"W^{l}\, a^{l-1}", r"(W^{l})^{\top}\, a^{l-1}"),
            (r"W^{l}\, a^{l-1}", r"a^{l-1}\, W^{l}"),
            ("W^{l}", "W^{l-1}"),
            ("a^{l-1}", "a^{l}"),
            ("+ b", "- b"),
            (" + b^{l}", ""),
            ("+ b^{l}", r"+ (b^{l})^{\top}"),
            (r"\, a", r" \odot a"),
            ("l = 1", "l = 2"),
            ("z^{l}", r"(z^{l})^{\top}"),
        ],
        "x": [(r"\sigma_{l}", r"\sigma"), ("(z", "'(z"), ("z^{l}", r"(z^{l})^{\top}")],
        "e": [("E_y(a^{L})", "E_y(z^{L})"), ("E_y(a^{L})", r"\nabla_{a^{L}} E_y")],
        "top": [
            (r" \odot", r"\,"),
            (r"\nabla_{a^{L}}", r"\nabla_{z^{L}}"),
            (r"\nabla_{a^{L}} E_y", r"\frac{\partial C}{\partial a^{L}}"),
        ],
        "down": [
            (r"(W^{l})^{\top}", "W^{l}"),
            (r"(W^{l})^{\top} \delta^{l}", r"\delta^{l} (W^{l})^{\top}"),
            (r"(W^{l})^{\top}", r"(W^{l-1})^{\top}"),
            (r"_{l-1}'", r"_{l-1}"),
            ("(z^{l-1})", "(z^{l})"),
            (r"\odot", r"+"),
            ("l = 2", "l = 1"),
        ],
        "e/w": [
            (r"\delta^{l}\, (a^{l-1})^{\top}", r"a^{l-1}\, (\delta^{l})^{\top}"),
            (r"(a^{l-1})^{\top}", r"(a^{l})^{\top}"),
            (r"(a^{l-1})^{\top}", "a^{l-1}"),
            (r"\partial b^{l}", r"\partial z^{l}"),
            (r"\frac{\partial C}{\partial b^{l}} &= \delta^{l} " + LAYERS, r"0 &= 0"),
            (r"\partial W^{l}", r"\partial W^{l-1}"),
        ],
        "squares": [("- y", "+ y"), ("- y", r"- y^{\top}"), (r" \qquad (L \ge 1)", "")],
        "step": [("z_{j}^{l}}{", "z_{i}^{l}}{"), ("j=1", "j=2")],
    },
    "rows": {
        "s": [
            (r"a^{l-1}\, W^{l}", r"W^{l}\, a^{l-1}"),
            (r"\, W^{l}", r"\, (W^{l})^{\top}"),
            ("+ b^{l}", r"+ (b^{l})^{\top}"),
        ],
        "down": [
            (r"\delta^{l} (W^{l})^{\top}", r"(W^{l})^{\top} \delta^{l}"),
            (r"(W^{l})^{\top}", "W^{l}"),
            ("(z^{l-1})", r"((z^{l-1})^{\top})"),
        ],
        "e/w": [
            (r"(a^{l-1})^{\top} \delta^{l}", r"(\delta^{l})^{\top} a^{l-1}"),
            (r"(a^{l-1})^{\top} \delta^{l}", r"a^{l-1} \delta^{l}"),
            (r"(a^{l-1})^{\top} \delta^{l}", r"a^{l-1} (\delta^{l})^{\top}"),
        ],
    },
}


def test_what_is_right_is_accepted() -> None:
    for c, rows in PAGES.values():
        for name, row in rows.items():
            holds(row, name, c)


OTHER_WORDS = (
    ("entries", "s", (r"w_{ij}^{(l)}\, x_{i}^{(l-1)}", r"x_{i}^{(l-1)} \cdot w_{ij}^{(l)}")),
    ("entries", "s", ("i=0", "n=0"), ("w_{ij}", "w_{nj}"), ("x_{i}", "x_{n}")),
    ("entries", "x", ("x_{j}", "x_{k}"), ("s_{j}", "s_{k}"), ("j = 1", "k = 1")),
    ("columns", "s", (r"W^{l}\, a^{l-1}", r"\bigl((a^{l-1})^{\top}\, (W^{l})^{\top}\bigr)^{\top}")),
    ("columns", "s", ("z^{l} &= ", r"z^{l} &= b^{l} + "), (" + b^{l} ", "")),
)


@pytest.mark.parametrize(("page", "name", "changes"), [(p, n, c) for p, n, *c in OTHER_WORDS])
def test_the_same_in_other_words_is_accepted(
    page: str, name: str, changes: list[tuple[str, str]]
) -> None:
    c, rows = PAGES[page]
    row = rows[name]
    for old, new in changes:
        assert old in row
        row = row.replace(old, new)
    holds(row, name, c)


@pytest.mark.parametrize(
    ("page", "name", "old", "new"),
    [
        (page, name, old, new)
        for page, rows in MUTANTS.items()
        for name, changes in rows.items()
        for old, new in changes
    ],
)
def test_what_is_wrong_is_noticed(page: str, name: str, old: str, new: str) -> None:
    c, rows = PAGES[page]
    mutant = rows[name].replace(old, new, 1)
    assert mutant != rows[name]
    with pytest.raises(AssertionError):
        holds(mutant, name, c)


@pytest.mark.parametrize("page", ["columns", "rows"])
@pytest.mark.parametrize("name", ["s", "down", "e/w"])
def test_equal_widths_hide_no_transposition(page: str, name: str) -> None:
    c, rows = PAGES[page]
    square = Model((2, 2, 2), 5, True)
    right = rows[name].partition("\\\\")
    product = {"s": "W^{l}", "down": r"(W^{l})^{\top}", "e/w": r"(a^{l-1})^{\top}"}[name]
    other = {"s": r"(W^{l})^{\top}", "down": "W^{l}", "e/w": "a^{l-1}"}[name]
    for first in (right[0], right[0].replace(product, other)):
        read = equations(rf"\begin{{align*}}{first}{''.join(right[1:])}\end{{align*}}", c)
        if first == right[0]:
            same_statement(read, kernel(name), square)
        else:
            with pytest.raises(AssertionError):
                same_statement(read, kernel(name), square)


FLIPPED = {"ij": "ji", "ji": "ij", "row": "column", "column": "row", "l": "(l)", "(l)": "[l]"}
CHOICES = [(page, choice) for page in PAGES for choice in ("order", "vectors", "mark")]


@pytest.mark.parametrize(("page", "choice"), [c for c in CHOICES if c != ("entries", "vectors")])
def test_another_convention_is_noticed(page: str, choice: str) -> None:
    """What is right in one convention is wrong, or cannot be read, in another."""
    c, rows = PAGES[page]
    with pytest.raises(AssertionError):
        holds(rows["s"], "s", replace(c, **{choice: FLIPPED[getattr(c, choice)]}))


def test_a_theorem_with_a_wrong_row_is_noticed() -> None:
    t = theorem("backpropagation")
    latex = sb.latex(t)
    for old, new in ((r"\delta_{j}^{(l)}\, x_{i}", r"\delta_{j}^{(l)}\, x_{j}"), ("l-1", "l")):
        with pytest.raises(AssertionError, match="not printed for"):
            read_back(equations(latex.replace(old, new), LECTURE), said(t), models())


UNREADABLE = (
    r"e &= x_{1}^{(L)})",
    r"e &= (x_{1}^{(L)}",
    r"e &= x_{1}^{(L)} y_{1} \foo",
    r"e &= {x_{1}^{(L)}",
    r"e &= w_{ijk}^{(l)}",
    r"e &= w_{i}^{(l)}",
    r"e &= x_{1}^{L}",
    r"e &= x_{1}^{[L]}",
    r"e &= x_{1}",
    r"e &= x^{(L)}",
    r"e &= x_{1}^{(L)}^{2}",
    r"e &= x_{1}^{(L)} +",
    r"e &= + + y_{1}",
    r"e &= g_{l}",
    r"e &= \frac{1}",
    r"e &= [y_{1}]",
    r"e &= y_{1} \qquad l = 1",
    r"e &= y_{1} \qquad (l)",
    r"e &= y_{1} \qquad (l = \dots, L)",
    r"e &= y_{1} && because",
    r"e = y_{1}",
    r"e &= y_{1} & y_{2}",
    r"e &= y_{1} \tag{1} \\ &\quad + y_{2}",
    r"&\quad + y_{2}",
    r"&= y_{2}",
)


@pytest.mark.parametrize("row", UNREADABLE)
def test_what_is_no_formula_is_refused(row: str) -> None:
    with pytest.raises(UnreadableError):
        equations(rf"\begin{{align*}}{row}\end{{align*}}", LECTURE)


SHAPES = (
    r"z^{1} + 1",
    r"z^{1} + C",
    r"z^{1}\, z^{1}",
    r"W^{1} + W^{2}",
    r"z^{1} \odot 2",
    r"(z^{1})^{2}",
    r"C^{\top}",
    r"\frac{1}{z^{1}}",
    r"W^{1}\, z^{1}",
    r"\sum_{j} z_{j}^{1}",
)


@pytest.mark.parametrize("side", SHAPES)
def test_what_has_no_value_is_refused(side: str) -> None:
    (row,) = equations(rf"\begin{{align*}}z^{{1}} &= {side}\end{{align*}}", MATRIX_VECTOR)
    with pytest.raises(AssertionError):
        printed_pairs(row, Model((2, 3, 1)))


def test_rows() -> None:
    text = r"""Words, $x$.
    \begin{align*}
    \delta_{1}^{(1)} = \frac{\partial e}{\partial s_{1}^{(1)}} &= y_{1} && \text{by \emph{words}}\\
    &\quad {} + y_{2} && \text{that go on} \tag{1}\\
    &= y_{3} \qquad (l = 1, 2)\\
    & e = y_{1}\\
    &\quad = y_{2}\\
    & \qquad (l = 1, \dots, L;\ j \ge 1) \tag{2}\\
    &g_{l} \text{ is differentiable at } s_{1}^{(l)} \text{ for } l = 1, \dots, L\\
    g'(s) &= \begin{cases}1 & \text{if } s > 0\\ 0 & \text{otherwise}\end{cases}
    \end{align*}"""
    first, second, third, smooth, cases = equations(text, LECTURE)
    assert [len(p.sides) for p in (first, second, third)] == [3, 2, 3]
    assert (first.number, third.number, first.reason) == (1, 2, r"by \emph{words} that go on")
    assert second.sides[0] == first.sides[0]
    assert first.where == second.where
    assert len(first.where) == 1
    assert len(third.where) == 2
    assert smooth.prose
    assert cases.prose
    assert first.between(1, 2).sides == first.sides[1:]
