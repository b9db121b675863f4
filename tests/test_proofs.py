"""The proof scripts run, print their statement and steps, and exit 0; a false claim in one is not passed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROOFS = sorted((Path(__file__).parent.parent / "proofs").glob("*.py"))


def run(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, input=text)


def test_the_scripts_are_there() -> None:
    names = {p.stem for p in PROOFS}
    assert {"neuron", "base_step", "induction_step", "network_2_3_1"} <= names
    assert {"network_3_3_3_1", "network_2_2_2_2_1", "base_step_softmax_cross_entropy"} <= names
    assert {"base_step_sigmoid_binary_cross_entropy", "base_step_logistic"} <= names
    assert {"backpropagation", "softmax_cross_entropy"} <= names


@pytest.mark.parametrize("path", PROOFS, ids=lambda p: p.stem)
def test_script_proves_its_theorem(path: Path) -> None:
    done = run(str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Claim: ")
    assert "\n(1) " in done.stdout
    assert "∎" in done.stdout
    assert "PROVED" in done.stdout
    assert "REFUTED" not in done.stdout


@pytest.mark.parametrize("script", ["backpropagation", "softmax_cross_entropy"])
def test_what_is_proved_for_every_network_is_stated_and_proved_step_by_step(script: str) -> None:
    """The kernel's statement stands first; every step is numbered, uses steps before it, and the last one is a claim."""
    path = next(p for p in PROOFS if p.stem == script)
    lines = run(str(path)).stdout.splitlines()
    statement = lines.index("then")
    assert lines[2].startswith("For all functions ")
    assert lines[statement + 1].startswith(
        "  d(e)/d(w[l,i,j]) exists and is delta[l,j] * x[l-1,i] "
    )
    assert lines[statement + 2].startswith("  d(e)/d(s[l,j]) exists and is delta[l,j] ")
    steps = [line for line in lines if re.match(r"\(\d+\) ", line)]
    assert len(steps) > 100
    for number, step in enumerate(steps, 1):
        assert step.startswith(f"({number}) ")
        reason = step.rsplit("   [", 1)[1]
        assert all(int(k) < number for k in re.findall(r"\((\d+)\)", reason))
    assert [step.endswith("  ∎") for step in steps].count(True) == 2
    assert steps[-1].startswith(f"({len(steps)}) ∂e/∂s_j^(l) = δ_j^(l)   [")
    assert sum("[induction over the layers, " in step for step in steps) >= 4


@pytest.mark.parametrize(
    ("script", "true", "false"),
    [
        ("backpropagation", "n.w[l][i, j] * n.delta", "n.w[l][j, i] * n.delta"),
        ("backpropagation", "n.dg(l - 1, i)", "n.dg(l, i)"),
        ("backpropagation", "n.dg(l - 1, i) * ", ""),
        ("softmax_cross_entropy", "n.x[n.L][j] - n.y[j]", "n.y[j] - n.x[n.L][j]"),
        ("softmax_cross_entropy", "sp.Eq(total, 1)", "sp.Eq(total, 2)"),
        ("softmax_cross_entropy", ", assume=[sp.Eq(total, 1)]", ""),
        ("base_step", "n.x[n.L][j] - n.y[j]", "n.x[n.L][j] + n.y[j]"),
        ("base_step_logistic", "-n.y[j] / (1 + sp.exp", "-n.y[j] / (2 + sp.exp"),
        (
            "base_step_sigmoid_binary_cross_entropy",
            "n.x[n.L][j] - n.y[j])",
            "n.y[j] - n.x[n.L][j])",
        ),
        ("base_step_softmax_cross_entropy", "assume=[sp.Eq(total, 1)]", "assume=[sp.Eq(total, 2)]"),
    ],
)
def test_a_false_claim_fails(script: str, true: str, false: str) -> None:
    path = next(p for p in PROOFS if p.stem == script)
    code = path.read_text()
    assert true in code
    done = run("-", text=code.replace(true, false))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "REFUTED" in done.stdout
