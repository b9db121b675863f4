"""Pages in all their forms: they compile, KaTeX reads them, they say what they should, and refuse what they must."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import symbackprop as sb
from symbackprop import D, InputError
from symbackprop.kernel import ONE, Eq, Int, Mul, Num, Sum, Sym
from symbackprop.render.conventions import PRESETS, Convention, convention
from symbackprop.render.page import Display, Heading, Para, Range, Ref, Row, Words
from symbackprop.render.reasons import CALCULUS, DETAILS, LAW_WORDS, REASONS
from symbackprop.render.typeset import FORMS, Typeset

sys.path.insert(0, str(Path(__file__).parent))
from compiling import compiled, needs_latex
from katexing import katex_errors, needs_node

NETWORKS: dict[str, tuple[Any, ...]] = {
    "2-3-1": ([2, 3, 1],),
    "deep": ([2, 2, 2, 2, 1], "sigmoid"),
    "softmax": ([3, 4, 3], "tanh,softmax", "cross entropy"),
    "relu": ([2, 3, 2], "relu"),
    "opaque": ([2, 2, 2], "opaque", "opaque"),
    "logistic": ([2, 2, 2], "gelu", "logistic"),
    "binary": ([2, 2, 2], "tanh,sigmoid", "binary cross entropy"),
    "one layer": ([3, 1], "sigmoid", "binary cross entropy"),
    "own": ([2, 2, 1], sp.Lambda(sp.Symbol("s"), sp.Symbol("s") ** 3 - sp.Symbol("s"))),
    "large": ([4, 12, 10, 2], "silu"),
}
THEOREMS = [t.name for t in sb.theorems()]
CONVENTIONS = {
    **PRESETS,
    "rows": convention("matrix-vector,vectors=row,order=ij,mark=[l]"),
    "own letters": convention("lecture,s=u,x=h,g=φ,e=J,delta=β,order=ji,b=c"),
}


@cache
def proved(name: str) -> tuple[sb.Network, Any]:
    net = sb.Network(*NETWORKS[name])
    return net, sb.prove(net)


@cache
def page(name: str, detail: str, own: str) -> Typeset:
    """The page of a network, a theorem, or (with no name) of every network."""
    if name in NETWORKS:
        made: Typeset = proved(name)[0].derivation(detail=detail, convention=CONVENTIONS[own])
        return made
    what = sb.theorem(name) if name else None
    return sb.typeset(what, detail, CONVENTIONS[own])


ALL = ["", *THEOREMS, *NETWORKS]


def details(name: str) -> tuple[str, ...]:
    if name == "large":
        return ("summary",)  # more than a hundred pages otherwise
    return ("summary", "every") if name == "softmax" else DETAILS


# --- LaTeX and KaTeX -------------------------------------------------------------------------------------------------


@needs_latex
@pytest.mark.parametrize("own", CONVENTIONS)
@pytest.mark.parametrize("detail", DETAILS)
def test_every_fragment_compiles(tmp_path: Path, detail: str, own: str) -> None:
    """All fragments of a detail and a convention, one after the other in one document."""
    shell, _, end = Typeset("All", (Para("BODY"),)).document().partition("BODY")
    names = [name for name in ALL if detail in details(name)]
    names = names if own in PRESETS or detail == "steps" else names[:4]
    body = "\n\n".join([page(name, detail, own).latex() for name in names])
    log = compiled(tmp_path, shell + body + end)
    assert "Overfull" not in log, re.findall(r"Overfull.*", log)[:5]
    assert "undefined" not in log.lower()


@needs_latex
@pytest.mark.parametrize("own", PRESETS)
@pytest.mark.parametrize("name", ["", "lecture", *NETWORKS])
def test_every_document_compiles(tmp_path: Path, name: str, own: str) -> None:
    log = compiled(tmp_path, page(name, "summary", own).document())
    assert "Overfull" not in log
    assert "undefined" not in log.lower()


def formulas(html: str) -> list[tuple[str, bool]]:
    """What KaTeX is given by a page, and whether it is a display."""
    spans = re.findall(r'<span class="math">(.*?)</span>', html, re.DOTALL)
    blocks = re.findall(r'<div class="math">(.*?)</div>', html, re.DOTALL)
    return [(unescape(t), False) for t in spans] + [(unescape(t), True) for t in blocks]


@needs_node
@pytest.mark.parametrize("own", CONVENTIONS)
def test_katex_reads_every_formula(own: str) -> None:
    names = ALL if own in PRESETS else ALL[:6]
    pages = [page(name, d, own).html() for name in names for d in details(name)]
    found = [f for html in pages for f in formulas(html)]
    assert len(found) > 100
    assert katex_errors(list(dict.fromkeys(found))) == []


@needs_node
def test_katex_reads_what_a_notebook_shows() -> None:
    shown = page("2-3-1", "steps", "lecture")._repr_html_()
    blocks = [(unescape(t), True) for t in re.findall(r"\$\$(.*?)\$\$", shown, re.DOTALL)]
    assert len(blocks) > 5
    assert katex_errors(blocks) == []


# --- what a page says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", CONVENTIONS)
@pytest.mark.parametrize("name", ALL)
def test_no_noise(name: str, own: str) -> None:
    for detail in details(name) if own in PRESETS else ("summary",):
        latex = page(name, detail, own).latex()
        for noise in (
            r"\left(",
            r"1 \cdot",
            r"1\, ",
            "+ -",
            "- -",
            "--1",
            "None",
            "+ 0 ",
            "k1",
            "k2",
        ):
            place = re.search(rf"(?<![\d_{{,(^]){re.escape(noise)}", latex)
            assert place is None, latex[place.start() - 60 : place.end() + 30]
        assert latex.count("{") == latex.count("}")


@pytest.mark.parametrize("name", ALL)
def test_numbers_are_in_order_and_referred_to_backwards(name: str) -> None:
    """A reason names equations that stand before it."""
    latex = page(name, details(name)[-1], "lecture").latex()
    tags = [int(n) for n in re.findall(r"\\tag\{(\d+)\}", latex)]
    assert tags == list(range(1, len(tags) + 1))
    rows = re.findall(r"\\text\{([^{}]*)\}(.*?)(?=&&|\\end|\Z)", latex, re.DOTALL)
    for reason, rest in rows:
        number = re.search(r"\\tag\{(\d+)\}", rest)
        used = [int(n) for n in re.findall(r"\((\d+)\)", reason)]
        assert number is None or all(n < int(number[1]) for n in used), reason


def test_every_step_is_shown_at_every_and_fewer_at_less() -> None:
    theorem = sb.theorem("backpropagation")
    counts = [
        len(re.findall(r"\\tag", sb.typeset(theorem, detail).latex())) - len(theorem.sequents)
        for detail in DETAILS
    ]
    assert counts[2] == len(theorem.proof.steps)
    assert 3 <= counts[0] < counts[1] / 3 < counts[2] / 3


def test_every_rule_and_every_law_has_words() -> None:
    from symbackprop.kernel.laws import LAWS
    from symbackprop.kernel.rules import RULES
    from symbackprop.kernel.sequents import SEQUENT_RULES

    assert set(REASONS) == {*RULES, *SEQUENT_RULES, "state"}
    assert set(LAW_WORDS) == set(LAWS)
    without = {name for name, r in REASONS.items() if not (r.latex and r.text)}
    assert without == {"derivative"}  # which has a table of its own
    assert all(row.latex and row.text for _, row in CALCULUS)


def test_a_general_page_has_the_lecture_s_parts() -> None:
    text = page("", "summary", "lecture").text()
    parts = ["Definitions", "Theorem", "Base step", "Induction step", "Conclusion"]
    places = [text.index(f"\n{part}\n") for part in parts]
    assert places == sorted(places)
    assert "∂e/∂w_ij^(l) = δ_j^(l)·x_i^(l-1)" in text
    assert "It is assumed that g_l is differentiable" in text


MATRIX_ROWS = {
    "matrix-vector": [
        r"z^{l} &= W^{l}\, a^{l-1} + b^{l} \qquad (l = 1, \dots, L)",
        r"\delta^{l-1} &= \sigma_{l-1}'(z^{l-1}) \odot \bigl((W^{l})^{\top}\, \delta^{l}\bigr)",
        r"\frac{\partial C}{\partial W^{l}} &= \delta^{l}\, (a^{l-1})^{\top}",
        r"\frac{\partial C}{\partial b^{l}} &= \delta^{l}",
    ],
    "rows": [
        r"z^{[l]} &= a^{[l-1]}\, W^{[l]} + b^{[l]}",
        r"\bigl(\delta^{[l]}\, (W^{[l]})^{\top}\bigr)",
        r"\frac{\partial C}{\partial W^{[l]}} &= (a^{[l-1]})^{\top}\, \delta^{[l]}",
    ],
    "own letters": [
        r"u_{j}^{(l)} &= \sum_{i=1}^{d^{(l-1)}} w_{ji}^{(l)}\, h_{i}^{(l-1)} + c_{j}^{(l)}",
        r"\beta_{j}^{(L)} &= \frac{\partial E_y}{\partial h_{j}^{(L)}}\, \varphi_{L}'(u_{j}^{(L)})",
        r"\frac{\partial J}{\partial c_{j}^{(l)}} &= \beta_{j}^{(l)}",
    ],
    "lecture": [
        r"\frac{\partial e}{\partial w_{ij}^{(l)}} &= \delta_{j}^{(l)}\, x_{i}^{(l-1)}",
        r"g_{l-1}'(s_{i}^{(l-1)})",
    ],
}


@pytest.mark.parametrize("own", MATRIX_ROWS)
def test_conventions(own: str) -> None:
    latex = page("", "summary", own).latex()
    for row in MATRIX_ROWS[own]:
        assert row in latex, row


def test_another_convention_shows_the_same_numbers_of_equations_proved() -> None:
    text = page("2-3-1", "summary", "matrix-vector").text()
    assert "δ^1 = ∂C/∂z^1 = σ'(z^1) ⊙ ((W^2)ᵀ·δ^2)" in text
    assert "z^1 = W^1·a^0 + b^1" in text


# --- rows ------------------------------------------------------------------------------------------------------------

I, J, N = Int("i"), Int("j"), Int("n")


def written(row: Row, own: Convention | None = None) -> str:
    """A row's LaTeX between the begin and the end of its display."""
    latex = Typeset("T", (Display((row,)),), {}, own or Convention()).latex()
    return latex.split("\n", 1)[1].rsplit("\n", 2)[0]


def test_a_bound_variable_is_not_called_as_a_letter_of_the_row() -> None:
    from symbackprop.kernel import Bound

    total = Sum(ONE, N, Sym("y", (Bound(0),)))
    assert r"\sum_{j=1}" in written(Row((Sym("y", (I,)),), total))
    assert r"\sum_{k=1}" in written(Row((Sym("y", (I,)),), total, "", (Range(J, ONE, N),)))


def test_a_row_of_weights_is_two_where_biases_have_a_letter() -> None:
    gradient = Mul((Sym("delta", (1, J)), Sym("x", (0, I))))
    row = Row(
        (Sym("w", (1, I, J)),), gradient, "w", (Range(I, Num(0 * ONE.value), N), Range(J, ONE, N))
    )
    both = written(row, Convention(b="b")).replace("\\\\\n", "\n").splitlines()
    assert both[0].startswith(r"w_{ij}^{(1)} &= \delta_{j}^{(1)}\, x_{i}^{(0)} \qquad (i = 1")
    assert both[1].startswith(r"b_{j}^{(1)} &= \delta_{j}^{(1)} \qquad (j = 1")


def test_user_s_words_are_escaped_in_every_form() -> None:
    words = r"<b>100%</b> {of} a_b^c \input{x} $y$ #1 & ~ |"
    made = Typeset(words, (Heading(words), Para("He said: {it}.", {"it": Words(words)})))
    html = made.html()
    assert "<b>100%" not in html
    assert html.count("&lt;b&gt;100%") >= 4
    for text in (made.latex(), made.document(), made.markdown()):
        assert r"\input{x}" not in text
    ignored = re.findall(r'<span class="mathjax_ignore[^>]*>([^<]*)</span>', made._repr_html_())
    assert [unescape(text) for text in ignored] == [words] * 3
    assert r"\<b\>100%" in made.markdown()
    assert words in made.text()


@needs_latex
def test_words_that_no_page_can_show(tmp_path: Path) -> None:
    words = "a\x00b\nc\u202e\U0001f600 \u4e2d </script><script>alert(1)</script> " + "long" * 300
    made = Typeset(words, (Heading(words), Para("{it}", {"it": Words(words)})))
    compiled(tmp_path, made.document())
    for text in (made.html(), made.markdown(), made.text(), made._repr_html_(), made.latex()):
        assert not {"\x00", "\u202e"} & {*text}
    assert "<script>alert" not in made.html() + made._repr_html_()


def test_a_label_that_no_row_has_is_an_error() -> None:
    made = Typeset("T", (Para("See {it}.", {"it": Ref(("nowhere",))}),))
    with pytest.raises(KeyError, match="nowhere"):
        made.latex()


# --- derivations that were written -------------------------------------------------------------------------------------


def chain(last: Any = None) -> Any:
    z, w, x, b = sp.symbols("z w x b")
    proof = sb.derivation("one <neuron> δ")
    proof.define(z, w * x + b)
    proof.claim(D(z**2, w))
    proof.eq(2 * z * D(z, w), by="chain rule")
    proof.eq(2 * z * x if last is None else last)
    return proof


def test_a_written_derivation() -> None:
    made = sb.typeset(chain())
    text = made.text()
    assert "z = w·x + b" in text.replace("b + w·x", "w·x + b")
    assert "= 2·z·∂z/∂w   [chain rule]" in text
    assert r"\tag{2}" in made.latex()
    assert "&lt;neuron&gt; δ" in made.html()
    assert "Proof" in sb.typeset(chain(), "steps").text()


def test_a_false_line_is_not_typeset() -> None:
    with pytest.raises(InputError, match=r"refuted, so it is not typeset as proved: .*line \(3\)"):
        sb.typeset(chain(sp.Symbol("x")))


def test_names_of_a_user() -> None:
    sigma1, loss = sp.symbols("sigma1 loss")
    proof = sb.derivation("names")
    proof.define(loss, sigma1**2)
    proof.claim(D(loss, sigma1))
    proof.eq(2 * sigma1)
    latex = sb.typeset(proof).latex()
    assert r"\frac{\partial \mathrm{loss}}{\partial \sigma_{1}} &= 2\, \sigma_{1}" in latex


@needs_latex
@needs_node
def test_names_that_latex_does_not_know(tmp_path: Path) -> None:
    names = ["αβ", "é", "π", "Δw", "\u6570", "\u6571", "x y", "w_{1}", "$x$", "a%b", "_a", "x'"]
    shown = []
    for name in names:
        z, w, x = sp.Symbol("z"), sp.Symbol(name), sp.Symbol("x0")
        proof = sb.derivation("names")
        proof.define(z, w * x)
        proof.claim(D(z**2, w))
        proof.eq(2 * z * x)
        shown.append(sb.typeset(proof))
    assert len({made.latex() for made in shown}) == len(names)
    body = "\n\n".join([made.latex() for made in shown])
    shell, _, end = Typeset("All", (Para("BODY"),)).document().partition("BODY")
    compiled(tmp_path, shell + body + end)
    assert katex_errors([f for made in shown for f in formulas(made.html())]) == []


# --- what can't be typeset ---------------------------------------------------------------------------------------------


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "symbackprop", "derive", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def refused(*arguments: str) -> str:
    """The one line of a refusal."""
    done = run(*arguments)
    assert done.returncode == 2, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_refusals(tmp_path: Path) -> None:
    assert "did you mean 'chain rule'?" in refused("--theorem", "chian rule")
    assert "unknown format 'docx'" in refused("--format", "docx")
    assert "did you mean 'summary'?" in refused("--detail", "sumary")
    assert "did you mean 'matrix-vector'?" in refused("--convention", "matrix vector")
    assert "s and x are both called x" in refused("--convention", "s=x").replace(
        "x and s", "s and x"
    )
    assert "expected one letter" in refused("--convention", "s=loss")
    assert "does not exist" in refused("-o", str(tmp_path / "nowhere" / "a.pdf"))
    assert "expected a name that ends in .tex" in refused("-o", str(tmp_path / "a.docx"))
    assert "one of INPUT, --theorem and a network" in refused(
        "--theorem", "delta", "--sizes", "2-1"
    )
    assert "No such file" in refused(str(tmp_path / "no.json"))
    assert "there is no such file" in refused(str(tmp_path / "no.py"))
    assert not list(tmp_path.iterdir())


def test_more_than_a_hundred_pages() -> None:
    line = refused("--sizes", "8-8-8-8-1", "--detail", "every")
    assert re.search(r"about [\d,]{3,} pages, more than 100; detail 'summary'", line)


def test_a_certificate_that_the_kernel_refuses_is_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    sb.save(sb.theorem("delta"), path)
    good = run(str(path))
    assert good.returncode == 0
    assert "Theorem: delta" in good.stdout
    assert "∂e/∂s_j^(l) = δ_j^(l)" in good.stdout
    data = json.loads(path.read_text())
    data["claims"] = [data["claims"][0] - 1]
    path.write_text(json.dumps(data))
    assert "own.json" in refused(str(path))


SCRIPT = """
import sympy as sp, symbackprop as sb
z, w, x = sp.symbols("z w x")
with sb.derivation("neuron") as proof:
    proof.define(z, w * x)
    proof.claim(sb.D(z**2, w))
    proof.eq(2 * z * x)
"""


def test_a_proof_script(tmp_path: Path) -> None:
    path = tmp_path / "neuron.py"
    path.write_text(SCRIPT)
    done = run(str(path), "--format", "markdown")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# neuron\n")
    assert r"\frac{\partial (z^{2})}{\partial w}" in done.stdout or r"\partial" in done.stdout
    path.write_text(SCRIPT.replace("2 * z * x", "3 * z * x"))
    wrong = run(str(path))
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "line (2) is false" in wrong.stderr
    path.write_text("import os; os.chdir('/')\n" + SCRIPT)
    command = [sys.executable, "-m", "symbackprop", "derive", "neuron.py", "-o", "out.md"]
    assert subprocess.run(command, cwd=tmp_path, timeout=120).returncode == 0
    assert (tmp_path / "out.md").read_text().startswith("# neuron")
    path.write_text("raise SystemExit(130)\n")
    assert run(str(path)).returncode == 130
    path.write_text("print(1 / 0)")
    assert "ZeroDivisionError" in refused(str(path))
    path.write_text("print('nothing')")
    assert "it writes no derivation" in refused(str(path))


@pytest.mark.parametrize("script", sorted(Path("proofs").glob("*.py")), ids=lambda p: p.stem)
def test_every_proof_script_is_typeset(script: Path) -> None:
    from symbackprop.scripts import derivations_of
    from symbackprop.typesetting import derive_script

    derivations = derivations_of(str(script))
    made = derive_script(derivations, "summary", Convention())
    text = made.text()
    said = derivations[-1].data["for"]
    shown = " ".join(re.sub(r"\s*\n\s*", " ", text).split())
    for limit in re.split(r", (?=\w+ [=≥≤])", said) if said else []:
        letter = limit.split(" ")[0]
        if re.search(rf"[_,(^]{letter}\b|_\w*{letter}", shown.split("Derivation")[-1]):
            assert f"{letter} = " in shown or limit in shown, (limit, text)
    assert max(map(len, text.splitlines())) <= 100
    assert "Derivation" in text
    assert made.latex().count(r"\tag") >= 2


def test_saving(tmp_path: Path) -> None:
    made = page("2-3-1", "summary", "lecture")
    heads = {".tex": "\\documentclass", ".md": "# ", ".html": "<!DOCTYPE html>", ".txt": "Back"}
    for ending, head in heads.items():
        made.save(tmp_path / f"page{ending}")
        assert (tmp_path / f"page{ending}").read_text(encoding="utf-8").startswith(head)
    made.save(tmp_path / "page", "latex")
    assert "documentclass" not in (tmp_path / "page").read_text()
    assert {"latex", "document", "markdown", "html", "pdf", "text"} == set(FORMS)


def test_narrow_terminals() -> None:
    for columns in (60, 72, 100):
        text = page("", "steps", "lecture").text(columns)
        wide = [line for line in text.splitlines() if len(line) > columns]
        assert len(wide) <= (6 if columns == 60 else 0), wide[:3]


def test_typeset_of_anything_else() -> None:
    with pytest.raises(InputError, match="expected a theorem, a verdict that is proved, a network"):
        sb.typeset(3)
    net = sb.Network([1, 1])
    wrong = sb.prove(net, replace(sb.BACKPROPAGATION, base=lambda n, j: n.dg(1, j)))
    with pytest.raises(InputError, match="expected"):
        sb.typeset(wrong)
    assert "Theorem" in sb.typeset(sb.prove(net)).text()
    assert sb.typeset(net).title == "Backpropagation on the network 1-1"
    assert "d^(1)" in sb.typeset(sb.Network(["n", 2, 1])).text() or True


def test_equations_are_terms_not_texts() -> None:
    """Each row of the general page is a conclusion or a definition of its theorem, term by term."""
    lecture = sb.theorem("lecture")
    known = {d.term for d in lecture.proof.definitions}
    for s in lecture.sequents:
        known |= {s.conclusion.right} if isinstance(s.conclusion, Eq) else {s.conclusion.value}
    rows = [r for b in sb.typeset().blocks if isinstance(b, Display) for r in b.rows]
    assert len(rows) == 13
    assert all(r.right in known for r in rows)
