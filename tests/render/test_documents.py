"""Documents compile, without an error and without a line that runs into the margin."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.network.symbols import quantity
from symbackprop.proving import prove
from symbackprop.render.formulas import latex, text, theorem_page
from symbackprop.render.lecture import derivation
from symbackprop.render.page import Para, Words
from symbackprop.render.typeset import Typeset

sys.path.insert(0, str(Path(__file__).parent))
from compiling import compiled, needs_latex

s = sp.Symbol("s")
CASES: list[tuple[Any, ...]] = [
    ([2, 3, 1],),
    ([3, 3, 3, 1],),
    ([2, 2, 2, 2, 1], "sigmoid"),
    ([4, 4, 4, 1],),
    ([3, 4, 3], "tanh,softmax", "cross entropy"),
    ([2, 12, 10], "relu,softmax", "cross entropy"),
    ([2, 2, 2], "opaque", "opaque"),
    ([2, 2, 2], "gelu", "logistic"),
    ([2, 2, 2], "silu", "binary cross entropy"),
    ([2, 3, 2], "leaky relu"),
    ([1, 14, 1], "softplus,sin"),
    ([2, 2, 1], sp.Lambda(s, s**3 / 3 - s * sp.exp(-(s**2)))),
]


@needs_latex
@pytest.mark.parametrize("case", CASES, ids=[str(c[:2]) for c in CASES])
def test_compiles(tmp_path: Path, case: tuple[Any, ...]) -> None:
    net = Architecture(*case)
    theorem = prove(net).theorem
    for document in (derivation(net, theorem).document(), theorem_page(theorem).document()):
        log = compiled(tmp_path, document)
        assert "Overfull" not in log
        assert "undefined" not in log.lower()


@needs_latex
def test_words_of_a_user_are_no_commands(tmp_path: Path) -> None:
    words = r"100% {of} a_b^c \input{x} $y$ #1 & ~ <|>"
    page = Typeset("A & B_1", (Para("He said: {it}.", {"it": Words(words)}),))
    compiled(tmp_path, page.document())
    assert words in page.text()


@needs_latex
def test_sympy_expressions_compile(tmp_path: Path) -> None:
    net = Architecture([2, 3, 1])
    w, x, dg = quantity("w", 1, 0, 2), quantity("x", 0, 1), quantity("dg", 1, 1)
    j = sp.Symbol("j", integer=True)
    total = sp.Sum(quantity("w", 2, 1, j) * quantity("delta", 2, j), (j, 1, 3))
    shown = [net.error, w**2 * x, 1 / w**3, dg**2 * total, sp.Derivative(sp.Function("g")(x), x)]
    body = "\n\n".join([f"${latex(e)}$" for e in shown])
    log = compiled(tmp_path, Typeset("T", ()).document().replace(r"\maketitle", body))
    assert "Double superscript" not in log


def test_latex_of_sympy() -> None:
    w, x = quantity("w", 1, 0, 2), quantity("x", 0, 1)
    assert latex(w**2 * x) == "(w_{02}^{(1)})^{2} x_{1}^{(0)}"
    assert latex(sp.log(x)) == r"\ln(x_{1}^{(0)})"
    assert latex(quantity("w", 2, 1, 10)) == "w_{1,10}^{(2)}"


def test_latex_of_what_has_latex() -> None:
    net = Architecture([1, 1])
    theorem = prove(net).theorem
    derived = derivation(net, theorem)
    assert latex(derived) == derived.latex()
    assert text(derived) == derived.text()
    assert (
        latex(theorem.conclusions[0])
        == r"\frac{\partial e}{\partial s_{1}^{(1)}} = \delta_{1}^{(1)}"
    )


def test_latex_of_a_theorem() -> None:
    theorem = prove(Architecture([1, 1], "relu")).theorem
    shown = latex(theorem)
    assert shown.index("Definitions") < shown.index(r"s_{1}^{(1)} \ne 0") < shown.index("Then")
    for c in theorem.conclusions:
        assert latex(c).split(" = ")[1] in shown


def test_latex_of_anything_else() -> None:
    with pytest.raises(
        InputError, match="expected an expression, a theorem or a derivation, got int"
    ):
        latex(3)
