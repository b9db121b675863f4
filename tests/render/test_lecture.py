"""The lecture's page: what it must hold, checked against path sums and counts that the tests work out themselves."""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.network.recursion import BACKPROPAGATION, Recursion
from symbackprop.proving import prove
from symbackprop.render.lecture import derivation
from symbackprop.render.typeset import Typeset

sys.path.insert(0, str(Path(__file__).parent))
import reading

s = sp.Symbol("s")
CASES: dict[str, tuple[Any, ...]] = {
    "tanh": ([2, 3, 1],),
    "deep sigmoid": ([2, 2, 2, 2, 1], "sigmoid"),
    "softmax": ([2, 3, 3], "tanh,softmax", "cross entropy"),
    "opaque": ([2, 2, 2], "opaque", "opaque"),
    "relu": ([2, 3, 2], "relu"),
    "leaky relu": ([1, 2, 1], "leaky relu"),
    "gelu": ([2, 2, 1], "gelu", "logistic"),
    "binary cross entropy": ([2, 2, 2], "tanh,sigmoid", "binary cross entropy"),
    "own formulas": ([2, 2, 1], sp.Lambda(s, s**3 / 3 - s), lambda x, y: (x - y) ** 4 + x**2),
    "one layer": ([3, 1], "sigmoid", "binary cross entropy"),
    "large": ([4, 8, 6, 2], "silu"),
    "large softmax": ([5, 7, 10], "sin,softmax", "cross entropy"),
}


def page(name: str, weight: Any = None) -> Typeset:
    net = Architecture(*CASES[name])
    return derivation(net, prove(net).theorem, weight)


@pytest.fixture(scope="module", params=list(CASES))
def derived(request: pytest.FixtureRequest) -> Typeset:
    return page(request.param)


@pytest.fixture
def layers(derived: Typeset, request: pytest.FixtureRequest) -> int:
    return len(CASES[request.node.callspec.params["derived"]][0]) - 1


def test_text_fits_a_terminal(derived: Typeset) -> None:
    lines = derived.text().splitlines()
    assert max(map(len, lines)) <= 100
    numbers = [int(m[1]) for line in lines if (m := re.search(r"\s\((\d+)\)$", line))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_headings(derived: Typeset, layers: int) -> None:
    latex = derived.latex()
    parts = ["Forward pass", "Chain rule", "Base step", "The gradient", "One weight", "Hypotheses"]
    parts += ["Induction step"] * (layers > 1)
    for heading in parts:
        assert rf"\subsection*{{{heading}" in latex
        assert heading in derived.text()


def test_latex_is_well_formed(derived: Typeset) -> None:
    latex = derived.latex()
    for noise in (r"\left(", r"1 \cdot", "+ -", "- -", "None", r"\intertext", r"\[", "&="):
        assert (noise in latex) == (noise == "&=")
    assert latex.count("{") == latex.count("}")
    begun = re.findall(r"\\begin\{(.*?)\}", latex)
    assert sorted(begun) == sorted(re.findall(r"\\end\{(.*?)\}", latex))
    assert {"align*"} <= set(begun) <= {"align*", "cases"}
    tags = [int(n) for n in re.findall(r"\\tag\{(\d+)\}", latex)]
    assert tags == list(range(1, len(tags) + 1))


def test_for_a_notebook(derived: Typeset) -> None:
    shown = derived._repr_markdown_()
    assert "align" not in shown.replace("aligned", "")
    assert r"\tag" not in shown
    assert shown.count("$$") % 2 == 0


def test_str_is_the_text() -> None:
    derived = page("tanh")
    assert str(derived) == derived.text()


def right_side(text: str, left: str, which: int) -> str:
    """What stands right of the last = of the which-th block of lines that begins with `left`."""
    blocks = re.findall(rf"^    {re.escape(left)} +=(.*(?:\n {{8,}}.*)*)", text, re.M)
    block = re.sub(r"\s\(\d+\)$", "", blocks[which], flags=re.M)
    return " ".join(block.split("=")[-1].split())


def path_sum(net: Architecture, weight: tuple[int, int, int]) -> Fraction:
    """∂e/∂w for squared error: the product of w and g' over each path from the weight to the outputs."""
    l, i, j = weight
    total = Fraction(0)
    value = reading.chance
    for path in product(*[range(1, d + 1) for d in net.d[l + 1 :]]):
        nodes = (j, *path)
        out = Fraction(1) if i == 0 else value("symbol", f"x_{i}^({l - 1})")
        for k, node in enumerate(nodes):
            out *= value("g'", (value("symbol", f"s_{node}^({l + k})"),))
            if k:
                out *= value("symbol", f"w_{nodes[k - 1]}{node}^({l + k})")
        last = nodes[-1]
        total += out * (value("symbol", f"x_{last}^({net.L})") - value("symbol", f"y_{last}"))
    return total


@pytest.mark.parametrize(
    ("sizes", "weight"),
    [
        ([2, 3, 1], (1, 1, 1)),
        ([2, 3, 1], (1, 0, 2)),
        ([2, 3, 1], (2, 3, 1)),
        ([3, 3, 3, 1], (1, 2, 3)),
        ([2, 2, 2, 2, 1], (1, 1, 2)),
        ([2, 3, 4], (1, 1, 1)),
        ([4, 4, 4, 1], (2, 0, 4)),
    ],
)
def test_paths_and_factored_form_are_the_path_sum(
    sizes: list[int], weight: tuple[int, int, int]
) -> None:
    net = Architecture(sizes)
    text = derivation(net, prove(net).theorem, weight).text()
    l, i, j = weight
    part = text[text.index("One weight") :]
    expected = path_sum(net, weight)
    for which in (0, 1):
        shown = right_side(part, f"∂e/∂w_{i}{j}^({l})", which)
        assert reading.read(shown, reading.TEXT) == expected, shown


def test_every_weight_is_listed() -> None:
    text = page("tanh").text()
    part = text[text.index("The gradient") : text.index("One weight")]
    for l, i, j in Architecture([2, 3, 1]).weight_indices:
        x = f"·x_{i}^({l - 1})" if i else ""
        assert re.search(rf"∂e/∂w_{i}{j}\^\({l}\) = {re.escape(f'δ_{j}^({l}){x}')} ", part)


def test_a_large_network_has_general_rows_and_counts() -> None:
    derived = page("large")
    text = derived.text()
    assert "∂e/∂w_ij^(2) = δ_j^(2)·x_i^(1)   (i = 0..8, j = 1..6)" in text
    assert "one row for all 54 weights, each of which was proved" in text
    assert "g'(s_i^(1))·Σ_{j=1..6} w_ij^(2)·δ_j^(2)   (i = 1..8)" in text
    assert "derivative of the error with respect to each of 108 weights" in " ".join(text.split())


def test_a_general_row_is_refused_where_one_instance_differs() -> None:
    """The δ of node 3 is written otherwise (the same number), so no one row stands for all of its layer."""

    def step(n: Any, l: Any, i: Any) -> Any:
        j = sp.Dummy("j", integer=True)
        same = 1 - sp.tanh(n.s[l - 1][i]) ** 2 - n.dg(l - 1, i)
        factor = n.w[l][i, j] + sp.KroneckerDelta(i, 3) * same
        return n.dg(l - 1, i) * sp.Sum(factor * n.delta[l][j], (j, 1, n.d[l]))

    net = Architecture([9, 8, 1])
    verdict = prove(net, Recursion(BACKPROPAGATION.base, step, BACKPROPAGATION.weight))
    text = derivation(net, verdict.theorem).text()
    assert "δ_i^(1) = " not in text[text.index("From layer 2") :]
    assert "δ_3^(1) = ∂e/∂s_3^(1)" in text


def test_hypotheses_in_words() -> None:
    opaque = page("opaque").text()
    assert "g_1 is differentiable at s_1^(1), s_2^(1)." in opaque
    assert "s_1^(1) ≠ 0, s_2^(1) ≠ 0, s_3^(1) ≠ 0, s_1^(2) ≠ 0, s_2^(2) ≠ 0." in page("relu").text()
    assert "Nothing is assumed" in page("tanh").text()


def test_activation_by_the_book() -> None:
    assert r"g(s) &= \max(0, s)" in page("relu").latex()
    assert r"g'(s) &= 1 - g(s)^{2}" in page("tanh").latex()
    assert r"g'(s) &= g(s)\, (1 - g(s))" in page("deep sigmoid").latex()
    assert r"g_2'(s) &= g_2(s)\, (1 - g_2(s))" in page("binary cross entropy").latex()


@pytest.mark.parametrize("weight", [(0, 1, 1), (1, 3, 1), (1, 1, 0), (3, 1, 1), (2, 1, 2)])
def test_a_weight_that_the_network_lacks(weight: tuple[int, int, int]) -> None:
    with pytest.raises(InputError, match="expected"):
        page("tanh", weight)
