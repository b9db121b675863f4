"""The proof scripts run, print their statement and steps, and exit 0; a false claim in one is not passed."""

from __future__ import annotations

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


@pytest.mark.parametrize("path", PROOFS, ids=lambda p: p.stem)
def test_script_proves_its_theorem(path: Path) -> None:
    done = run(str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Claim: ")
    assert "\n(1) " in done.stdout
    assert "∎" in done.stdout
    assert "PROVED" in done.stdout
    assert "REFUTED" not in done.stdout


@pytest.mark.parametrize(
    ("script", "true", "false"),
    [
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
