"""The proof scripts run, print each line with its reason, and exit 0; `present` prints steps."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from symbackprop.derive.named import THEOREMS

PROOFS = sorted((Path(__file__).parent.parent / "proofs").glob("*.py"))
MAX_WIDTH = 100
OWN_DEFINITIONS = {
    "four_equations",
    "softmax_jacobian",
    "sigmoid_cross_entropy",
    "logistic_regression_gradient",
    "logistic_regression_hessian",
    "ridge_regression",
    "backpropagation_through_time",
    "residual_block",
    "second_derivative",
}


def run(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, input=text)


def test_the_scripts_are_there() -> None:
    """Every named theorem has a script, and so have those about definitions of one's own."""
    names = {p.stem for p in PROOFS}
    named = {_script(name) for name in THEOREMS}
    assert named | OWN_DEFINITIONS <= names


def _script(theorem: str) -> str:
    plain = theorem.replace("softmax with cross entropy", "softmax cross entropy")
    return plain.replace(",", "").replace(" ", "_")


@pytest.mark.parametrize("path", PROOFS, ids=lambda p: p.stem)
def test_script_proves_its_theorem(path: Path) -> None:
    done = run(str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr
    lines = done.stdout.splitlines()
    verdicts = [line for line in lines if line.isupper() or line.startswith("REFUTED")]
    assert verdicts
    assert {*verdicts} == {"PROVED"}
    assert not [line for line in lines if "✗" in line or "?" in line]
    chains = [line for line in lines if line.startswith("  (1)  ")]
    equations = [line for line in lines if re.match(r"  \(\d+\)  = ", line)]
    assert len(equations) >= len(chains) >= 1
    assert done.stdout.count("✓") == len(equations)
    assert max(len(line) for line in lines) <= MAX_WIDTH


BACKPROPAGATION = """
import sys, symbackprop as sb
sys.exit(sb.present(sb.prove(sb.Network.any_depth())))
"""
SOFTMAX = """
import dataclasses, sys, sympy as sp, symbackprop as sb
net = sb.Network.any_depth("opaque,softmax", "cross entropy")
k = sp.Symbol("k")
unit = sp.Eq(sp.Sum(net.y[k], (k, 1, net.d[net.L])), 1)
mine = dataclasses.replace(sb.BACKPROPAGATION, base=lambda n, j: n.x[n.L][j] - n.y[j])
sys.exit(sb.present(sb.prove(net, mine, assume=[unit])))
"""


@pytest.mark.parametrize("script", [BACKPROPAGATION, SOFTMAX], ids=["backpropagation", "softmax"])
def test_what_is_proved_for_every_network_is_stated_and_proved_step_by_step(script: str) -> None:
    """The kernel's statement stands first; steps are numbered and use steps before them."""
    done = run("-", text=script)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    statement = lines.index("then")
    assert lines[0].startswith("For all functions ")
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
    ("true", "false"),
    [("n.x[n.L][j] - n.y[j]", "n.y[j] - n.x[n.L][j]"), ("net.y[k]", "2 * net.y[k]")],
)
def test_a_false_claim_fails(true: str, false: str) -> None:
    assert true in SOFTMAX
    done = run("-", text=SOFTMAX.replace(true, false))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "REFUTED" in done.stdout
