"""Lines by which somebody tried to have something false proved, by how they are read: none is; what is true beside them is."""

from __future__ import annotations

import builtins
import subprocess
import sys
import types
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from sympy import Derivative, Eq, KroneckerDelta, Piecewise, Subs, Sum

import symbackprop as sb
from symbackprop import D
from symbackprop.chains.derivation import Derivation
from symbackprop.scripts import run_script

i, j, k, l, m, t = sp.symbols("i j k l m t", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
a, b, c = (sp.IndexedBase(name) for name in "abc")
X, Y, Z, W = sp.symbols("X Y Z W")
f = sp.Function("f")
net = sb.Network.any_depth()
x, s, w, d = net.x, net.s, net.w, net.d


def chain(*lines: Any, on: Any = None, given: Callable[[Derivation], Any] | None = None) -> Any:
    proof = sb.derivation("chain", on)
    if given is not None:
        given(proof)
    proof.claim(lines[0])
    for line in lines[1:]:
        proof.eq(line)
    return proof


def squares(p: Any, q: Any) -> Any:
    """Σ_k c_k Σ_k p_k Σ_k a_k b_j with one letter for three sums, or what it comes to."""
    return Sum(c[k] * Sum(p * Sum(q * b[j], (j, 1, n)), (k, 1, n)), (k, 1, n))


THREE = squares(a[k], a[k])
FALSE: dict[str, Callable[[], Any]] = {
    "a bracket at the start of a sum": lambda: chain(
        Sum(a[j] * KroneckerDelta(j, 0), (j, 0, n)), 0
    ),
    "a case at the start of a sum": lambda: chain(
        Sum(a[j] * Piecewise((0, Eq(j, 0)), (1, True)), (j, 0, n)), Sum(a[j], (j, 0, n))
    ),
    "a letter that may be -1": lambda: chain(a[i] * KroneckerDelta(i, -1), 0),
    "a bracket in a definition": lambda: chain(
        b[0], 0, given=lambda p: p.define(b[j], KroneckerDelta(j, 0) * X)
    ),
    "the bias": lambda: chain(Sum(x[l - 1][i] * KroneckerDelta(i, 0), (i, 0, d[l - 1])), 0, on=net),
    "the gradient of a bias": lambda: chain(
        D(s[l][j], w[l][i, j]), (1 - KroneckerDelta(i, 0)) * x[l - 1][i], on=net
    ),
    "one letter for three sums": lambda: chain(
        THREE, Sum(c[k], (k, 1, n)) * Sum(a[k], (k, 1, n)) * Sum(a[j] * b[j], (j, 1, n))
    ),
    "a function of x and of its square": lambda: chain(
        Derivative(f(X, X**2), X), Subs(Derivative(f(Y, X**2), Y), Y, X)
    ),
}
TRUE: dict[str, Callable[[], Any]] = {
    "a bracket at the start of a sum": lambda: chain(
        Sum(a[j] * KroneckerDelta(j, 0), (j, 0, n)), a[0]
    ),
    "one letter for three sums": lambda: chain(
        THREE, Sum(c[k], (k, 1, n)) * Sum(a[k] ** 2, (k, 1, n)) * Sum(b[j], (j, 1, n))
    ),
    "a known function in a later line": lambda: chain(D(sp.sin(X), X), sp.cos(X)),
    "a sign that is assumed": lambda: chain(sp.Abs(X), X, given=lambda p: p.assume(X > 0)),
}
REFUSED: dict[str, Callable[[], Any]] = {
    "two symbols of one name": lambda: chain(
        Sum(a[sp.Symbol("k")], (sp.Symbol("k"), 1, n)), n * a[k]
    ),
    "two dummies of one name": lambda: chain(sp.Dummy("x") - sp.Dummy("x"), 0),
    "a point with the index of a sum in it": lambda: chain(
        Subs(Derivative(f(t, Sum(a[k] * X, (k, 1, n))), t), (t, X), (Y, k)), 0
    ),
    "too deep": lambda: chain(reduce(lambda p, _: sp.exp(p + X), range(150), X), 0),
    "differentiated n times": lambda: chain(Derivative(f(X), (X, n)), 0),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_line_is_not_proved(name: str) -> None:
    assert FALSE[name]().judged.word in ("refuted", "unknown")


@pytest.mark.parametrize("name", TRUE)
def test_a_true_line_is_proved(name: str) -> None:
    assert TRUE[name]().judged.word == "proved"


@pytest.mark.parametrize("name", REFUSED)
def test_a_line_that_can_be_misread_is_refused(name: str) -> None:
    with pytest.raises(sb.InputError, match=r"test_attacks\.py:\d+: "):
        REFUSED[name]()


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        (lambda: chain(Sum(a[k], (k, 1, n)), a[1] + a[2] + Sum(a[k], (k, 3, n))), "n ≥ 2"),
        (lambda: chain(D(Sum(a[k], (k, 1, n)), a[2]), 1), "n ≥ 2"),
        (lambda: chain(Piecewise((5, Eq(X, 0)), (Y, True)), Y), "X ≠ 0"),
    ],
    ids=["two terms", "the second term", "a case left out"],
)
def test_what_a_proof_needs_is_said(proof: Callable[[], Any], said: str) -> None:
    found = proof()
    assert found.judged.word == "proved"
    assert said in str(found)


# --- scripts that prove nothing, and cells --------------------------------------------------------------------------

HEAD = "import sympy as sp, symbackprop as sb\nc, J = sp.symbols('c J')\n"
UNJUDGED = HEAD + "p = sb.derivation('x')\np.define(J, c**2)\np.claim(sb.D(J, c))\np.eq(3 * c)\n"


@pytest.mark.parametrize(
    ("code", "verdict"), [("print('hello')", "no proof"), (UNJUDGED, "unknown")]
)
def test_a_script_without_a_verdict_is_no_proof(code: str, verdict: str, tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(code)
    assert run_script(str(path)).verdict == verdict


def test_a_script_whose_lines_are_never_judged_says_so(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(UNJUDGED)
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (3, "")
    assert "never judged" in done.stderr


def test_a_cell_of_a_notebook_shows_formulas(monkeypatch: Any, capsys: Any) -> None:
    """With the two things of IPython that are used, in its place."""
    shown: list[Any] = []
    module = types.ModuleType("IPython.display")
    module.display = shown.append  # type: ignore[attr-defined]
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    monkeypatch.setattr(builtins, "get_ipython", lambda: shell, raising=False)
    with sb.derivation("cell") as proof:
        proof.claim(D(X**2, X))
        proof.eq(2 * X)
    assert shown == [proof]
    assert capsys.readouterr().out == ""
    assert r"\begin{aligned}" in proof._repr_markdown_()
