"""Correct chains are proved, their theorems re-checked elsewhere and true of numbers; what is shown of them, and exit codes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from instances import BY_NAME, CHAINS, Chain, StrayError, instances, pairs, written
from models import choices
from test_broken import BROKEN, FALSE

import symbackprop.kernel
from symbackprop.certificates import write
from symbackprop.derive.named import THEOREMS

KERNEL = Path(symbackprop.kernel.__file__).parent
NAMES = [c.script for c in CHAINS]
PROVED, REFUTED, BAD, UNKNOWN = 0, 1, 2, 3

# --- what is proved ----------------------------------------------------------------------------------------------

HYPOTHESES: dict[str, list[str]] = {
    "any_depth_delta": [
        "E is differentiable at x_1^(L), …, x_{d^(L)}^(L)",
        "g_l is differentiable at s_i^(l) for i = 1..d^(l), l = 1..L",
    ],
    "any_depth_squared_error": [],
    "convolution": ["cost is differentiable at y_1, …, y_n"],
    "dense_layer": [
        "cost is differentiable at y_1, …, y_m",
        "f is differentiable at z_k for k = 1..m",
    ],
    "factorization": [],
    "gauss": [],
    "hidden_layer": ["f is differentiable at s_k for k = 1..m"],
    "lettered_widths": ["g_2 is differentiable at s_1^(2)"],
    "log_sum_exp": [],
    "network_1_2_2": [
        "g_1 is differentiable at s_2^(1)",
        "g_2 is differentiable at s_1^(2)",
        "g_2 is differentiable at s_2^(2)",
    ],
    "network_2_2_1": [],
    "own_layers": [
        "E is differentiable at a_T1, …, a_Tn",
        "f is differentiable at z_lm for m = 1..n, l = 1..T",
    ],
    "quadratic_form": [],
    "rectifier": ["s ≠ 0"],
    "recurrence": ["E is differentiable at h_T", "f is differentiable at s_k for k = 1..T"],
    "slope_over_time": [],
    "softmax_unit_targets": ["Σ_{k=1..n} y_k = 1"],
    "sum_to_the_end": ["f is differentiable at u·x_k for k = 0..T"],
    "swish": ["C is differentiable at y"],
    "two_carried": ["E is differentiable at h_T", "f is differentiable at c_k for k = 1..T"],
    "variance": [],
}
"""What each theorem assumes, beside the ranges of its letters; k is the letter of what is said for a range."""

WIDER = {
    "lettered_widths": "every activation is assumed to be differentiable, those of no effect too"
}


def in_k(text: str) -> str:
    """A hypothesis with k for the one letter that runs."""
    found = re.search(r"for (\w) = |Σ_\{(\w)=", text)
    if found is None or text.count("..") > 1:
        return text
    v = found[1] or found[2]
    text = re.sub(rf"(?<=_){v}\b", "k", text)
    text = text.replace(f"for {v} = ", "for k = ").replace(f"{{{v}=", "{k=")
    return text.replace("x_k·u", "u·x_k")


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_proved(name: str) -> None:
    judged = written(name).judged
    assert judged.word == "proved", str(written(name))
    assert [c.word for c in judged.chains] == ["proved"] * len(judged.chains)
    assert all(j.word == "proved" for c in judged.chains for j in c.judgements)


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_true_in_numbers(name: str) -> None:
    """Of the lines alone, by another evaluation than the engine's."""
    d = written(name)
    for chain in d.chains():
        terms = [line.term for line in chain.lines]
        for left, right in pairwise(terms):
            found = pairs(name, d, left, right, chain.case)
            assert len(found) >= 3
            assert all(found), f"{chain.name}: {left} = {right}"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            n, marks=[pytest.mark.xfail(strict=True, reason=WIDER[n])] if n in WIDER else []
        )
        for n in NAMES
    ],
)
def test_it_assumes_what_one_expects(name: str) -> None:
    assert sorted(map(in_k, written(name).data["hypotheses"])) == sorted(HYPOTHESES[name])


@pytest.fixture(scope="module")
def copied_kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checker alone, elsewhere."""
    folder = tmp_path_factory.mktemp("elsewhere") / "kernel"
    shutil.copytree(KERNEL, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_certificate_is_checked_elsewhere(
    name: str, copied_kernel: Path, tmp_path: Path
) -> None:
    """By a copy of the kernel, in a process without this package, without site packages."""
    theorem = written(name).theorem
    path = tmp_path / "theorem.json"
    path.write_text(write(theorem), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(copied_kernel), str(path)],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.splitlines()) == sorted(str(theorem).splitlines())


@pytest.mark.parametrize("c", CHAINS, ids=str)
def test_the_theorem_is_true_in_numbers(c: Chain) -> None:
    """Each conclusion, wherever the hypotheses hold, for letters of which nothing else is known."""
    theorem = written(c.script).theorem
    for conclusion in theorem.conclusions:
        assert list(islice(_truths(c, theorem, conclusion), 4)) == [True] * 4, str(conclusion)


def _truths(c: Chain, theorem: Any, conclusion: Any) -> Any:
    every = sorted(theorem.hypotheses, key=str)
    for model, _ in instances(c, theorem.proof.functions, theorem.proof.definitions):
        try:
            for env in islice(choices(model, every, conclusion, 60), 2):
                if all(model.holds(h, env) for h in every):
                    yield model.holds(conclusion, env)
        except StrayError:
            continue


@pytest.mark.parametrize("name", NAMES)
def test_the_theorem_says_first_what_is_claimed(name: str) -> None:
    """The first line is the last one; then, line by line, that each is the one before it."""
    d = written(name)
    found = d.theorem.conclusions
    ends = [str(c.left) for c in found if hasattr(c, "left")]
    assert len(found) >= 1
    assert len(ends) == len(found)
    assert len(found) <= len(d.lines)


# --- true lines that once were not proved, and such that are not yet ---------------------------

HEAD = """
import sympy as sp
import symbackprop as sb
from symbackprop import D, prime
i, j, k, l, t = sp.symbols("i j k l t", integer=True)
n, T = sp.symbols("n T", integer=True, positive=True)
c, h, p, x, y, z = sp.symbols("c h p x y z", cls=sp.IndexedBase)
S, e, r, w = sp.symbols("S e r w")
E, f = sp.symbols("E f", cls=sp.Function)
"""
ONCE_OPEN = {
    "the outputs of a layer before the last": """
net = sb.Network.any_depth()
with sb.derivation("chain", net) as proof:
    proof.claim(D(net.e, net.s[l - 1][i]))
    proof.eq(D(net.e, net.x[l - 1][i]) * net.dg(l - 1, i), by="chain rule")
""",
    "a layer of one node after one of m": """
net = sb.Network([2, "m", 1], activation="opaque", loss="squared error")
with sb.derivation("chain", net) as proof:
    proof.claim(D(net.e, net.s[1][j]))
    proof.eq(D(net.e, net.s[2][1]) * net.w[2][j, 1] * net.dg(1, j), by="chain rule")
""",
    "a recurrence by an earlier member": """
with sb.derivation("chain") as proof:
    proof.define(h[t], f(w * h[t - 1]), (t, 1, T))
    proof.define(e, E(h[T]))
    proof.claim(D(e, h[t - 1]))
    proof.eq(D(e, h[t]) * D(h[t], h[t - 1]), by="chain rule")
""",
    "a constant summed": """
with sb.derivation("chain") as proof:
    proof.define(S, sp.Sum(x[j], (j, 1, n)))
    proof.claim(sp.Sum(r, (j, 1, n)))
    proof.eq(n * r, by="algebra")
""",
}
OPEN = {
    "a Jacobian that is symmetric": """
with sb.derivation("chain") as proof:
    proof.define(S, sp.Sum(sp.exp(z[k]), (k, 1, n)))
    proof.define(x[k], sp.exp(z[k]) / S)
    proof.claim(sp.Sum(y[k] / x[k] * D(x[j], z[k]), (k, 1, n)))
    proof.eq(sp.Sum(y[k] * (sp.KroneckerDelta(k, j) - x[j]), (k, 1, n)), by="chain rule")
""",
}


@pytest.mark.xfail(strict=True, reason="not proved yet")
@pytest.mark.parametrize("name", OPEN)
def test_true_lines_that_are_not_proved_yet(name: str) -> None:
    assert word(OPEN[name]) == "proved"


@pytest.mark.parametrize("name", ONCE_OPEN)
def test_true_lines_that_once_were_not_proved(name: str) -> None:
    assert word(ONCE_OPEN[name]) == "proved"


def word(code: str) -> str:
    names: dict[str, Any] = {"__name__": "cell"}
    exec(compile(HEAD + code, "chain.py", "exec"), names)
    return str(names["proof"].judged.word)


# --- what is shown -----------------------------------------------------------------------------------------------

INTERNAL = re.compile(
    r"E_y|'\d|#|\bInt\(|\bSym\(|\bNum\(|Partial\(|_down|#\d|\bindex=|object at|Fraction\(|mpf|Dummy"
    r"|Traceback|\bNone\b|\bq_\d\b|\bd\(.*\)/d\("
)
EXAMPLES = {b.script: b for b in reversed(BROKEN) if b.word == FALSE and not b.bug}
"""A false line of each chain."""


@cache
def shown(name: str, broken: bool) -> Any:
    b = EXAMPLES[name]
    return written(name, b.true, b.false) if broken else written(name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("broken", [False, True])
def test_text(name: str, broken: bool) -> None:
    text = str(shown(name, broken))
    assert INTERNAL.findall(text) == []
    lines = text.splitlines()
    judged = shown(name, broken).judged
    assert [line for line in lines if line in {c.name for c in judged.chains}]
    assert sum(line.startswith("  (1)  ") for line in lines) == len(judged.chains)
    assert max(map(len, lines)) <= 100
    if broken:
        assert "✗" in text
        assert lines[-1].startswith("REFUTED  line (")
        assert re.search(rf"{name}\.py:\d+: false", text)
    else:
        assert "PROVED" in lines
        assert "?" not in text
        assert "✗" not in text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("broken", [False, True])
def test_markdown(name: str, broken: bool) -> None:
    """One aligned formula a chain, each line of it once; the verdict in words below."""
    d = shown(name, broken)
    text = d._repr_markdown_()
    assert INTERNAL.findall(text) == []
    assert text.count(r"\begin{aligned}") == text.count(r"\end{aligned}") == len(d.judged.chains)
    assert text.count("$$") == 2 * len(d.judged.chains)
    lines = sum(len(c.judgements) for c in d.judged.chains)
    assert text.count("\n& = ") == lines
    assert text.count("{") == text.count("}")
    assert ("REFUTED" if broken else "PROVED") in text
    for c in d.judged.chains:
        assert f"**{c.name}**" in text


def test_a_witness_without_letters() -> None:
    """S_0 = 1 is false whatever the numbers are."""
    text = str(written("gauss", "base.eq(0", "base.eq(sp.Integer(1)"))
    assert "is false" in text
    assert not re.search(r"\bat$", text, re.MULTILINE)


LINE = {
    "number": int,
    "line": str,
    "place": str,
    "verdict": str,
    "against": int,
    "reason": str,
    "given": (str, type(None)),
    "witness": (str, type(None)),
    "diagnosis": (str, type(None)),
    "repaired": (str, type(None)),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("broken", [False, True])
def test_data(name: str, broken: bool) -> None:
    """Plain data, as JSON keeps it; what is false has its witness."""
    d = shown(name, broken)
    data = json.loads(json.dumps(d.data))
    assert data == d.data
    assert data["title"] == d.name
    assert data["verdict"] == ("refuted" if broken else "proved")
    assert broken or data["statement"] == str(d.theorem)
    assert [c["name"] for c in data["chains"]] == [c.name for c in d.judged.chains]
    rows = [row for c in data["chains"] for row in c["lines"]]
    for row in rows:
        assert {k: isinstance(v, LINE[k]) for k, v in row.items()} == dict.fromkeys(LINE, True)
        assert re.fullmatch(rf"{name}\.py:\d+", row["place"])
        assert row["number"] > row["against"] >= 1
        assert (row["witness"] is not None) == (row["verdict"] == "false")
        assert row["reason"] or row["verdict"] != "proved"
        assert INTERNAL.findall(" ".join(str(row[k]) for k in ("reason", "witness"))) in (
            [],
            ["None"],
        )
    assert any(row["verdict"] == "false" for row in rows) == broken


# --- exit codes --------------------------------------------------------------------------------------------------

CLAIM_ALONE = """
import sympy as sp
import symbackprop as sb

with sb.derivation("nothing follows") as proof:
    proof.claim(sp.Symbol("x"))
"""
TWO_CLAIMS = CLAIM_ALONE + '    proof.claim(sp.Symbol("y"))\n'


def scripts(folder: Path) -> dict[int, Path]:
    """A script for each exit code."""
    b = EXAMPLES["gauss"]
    codes = {
        PROVED: BY_NAME["gauss"].code,
        REFUTED: BY_NAME["gauss"].code.replace(b.true, b.false),
        BAD: TWO_CLAIMS,
        UNKNOWN: CLAIM_ALONE,
    }
    names = {PROVED: "proved", REFUTED: "refuted", BAD: "bad", UNKNOWN: "unknown"}
    paths = {code: folder / f"{names[code]}.py" for code in codes}
    for code, path in paths.items():
        path.write_text(codes[code], encoding="utf-8")
    return paths


def run(*arguments: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=120
    )


def prove(*arguments: Any) -> subprocess.CompletedProcess[str]:
    return run("-m", "symbackprop", "prove", *arguments)


def test_a_script_leaves_with_its_verdict(tmp_path: Path) -> None:
    for code, path in scripts(tmp_path).items():
        done = run(path)
        assert done.returncode == code, done.stdout + done.stderr
        assert len(done.stderr.splitlines()) == (code == BAD)


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ([PROVED, UNKNOWN], UNKNOWN),
        ([REFUTED, UNKNOWN, PROVED], REFUTED),
        ([UNKNOWN, REFUTED], REFUTED),
        ([PROVED, BAD, REFUTED], BAD),
    ],
)
def test_a_script_of_several_leaves_with_the_worst(
    codes: list[int], worst: int, tmp_path: Path
) -> None:
    paths = scripts(tmp_path)
    path = tmp_path / "several.py"
    bodies = [paths[c].read_text(encoding="utf-8").replace("with sb", "with sb") for c in codes]
    path.write_text("\n".join(bodies), encoding="utf-8")
    assert run(path).returncode == worst


def test_a_table_of_scripts(tmp_path: Path) -> None:
    paths = scripts(tmp_path)
    done = prove(paths[PROVED], paths[REFUTED], paths[UNKNOWN])
    assert done.returncode == REFUTED, done.stdout + done.stderr
    rows = done.stdout.splitlines()
    for code, word in ((PROVED, "proved"), (REFUTED, "refuted"), (UNKNOWN, "unknown")):
        (row,) = [r for r in rows if r.startswith(str(paths[code]))]
        assert re.search(rf"  {word}\s+\d+\.\d\d s", row)
    assert re.fullmatch(r"REFUTED  1 of 3 proved; \d+\.\d s", rows[-1])
    assert "line (2) of sum, base" in done.stdout


def test_scripts_as_json(tmp_path: Path) -> None:
    paths = scripts(tmp_path)
    done = prove("--format", "json", *paths.values())
    assert done.returncode == BAD, done.stdout + done.stderr
    data = json.loads(done.stdout)
    assert data["verdict"] == "bad input"
    found = {row["proof"]: row["verdict"] for row in data["proofs"]}
    words = {PROVED: "proved", REFUTED: "refuted", BAD: "bad input", UNKNOWN: "unknown"}
    assert found == {str(paths[code]): word for code, word in words.items()}
    for row in data["proofs"]:
        assert {*row} == {"proof", "verdict", "seconds", "says", "output"}
    assert "PROVED" in data["proofs"][0]["output"]


def test_one_script_that_is_proved(tmp_path: Path) -> None:
    done = prove(scripts(tmp_path)[PROVED])
    assert done.returncode == PROVED
    assert done.stdout.splitlines()[-1].startswith("PROVED  1 of 1 proved; ")


def test_a_script_that_fails(tmp_path: Path) -> None:
    """Not a verdict: what was raised is told in its row."""
    path = tmp_path / "fails.py"
    path.write_text("raise ValueError('mine')\n")
    done = prove(path)
    assert done.returncode == BAD
    assert re.search(r"fails\.py  failed ", done.stdout)
    assert "ValueError: mine" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_all_theorems_of_the_package() -> None:
    done = prove("--all", "--format", "json")
    assert done.returncode == PROVED, done.stdout + done.stderr
    data = json.loads(done.stdout)
    assert data["verdict"] == "proved"
    assert [row["proof"] for row in data["proofs"]] == list(THEOREMS)
    assert {row["verdict"] for row in data["proofs"]} == {"proved"}
    assert all(row["says"] for row in data["proofs"])


@pytest.mark.parametrize(
    "more",
    [
        ["--sizes", "2-3-1"],
        ["--activation", "tanh"],
        ["--loss", "logistic"],
        ["--by", "expansion"],
        ["--all", "--sizes", "2-3-1"],
    ],
    ids=" ".join,
)
def test_scripts_and_a_network_are_not_mixed(more: list[str], tmp_path: Path) -> None:
    done = prove(scripts(tmp_path)[PROVED], *more)
    assert (done.returncode, done.stdout) == (BAD, "")
    (line,) = done.stderr.splitlines()
    assert "SCRIPTS or --all, or a network, not both" in line


def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    done = prove(scripts(tmp_path)[PROVED], tmp_path / "none.py")
    assert (done.returncode, done.stdout) == (BAD, "")
    (line,) = done.stderr.splitlines()
    assert "none.py: expected a proof script" in line
