"""The command line as a person uses it: what it prints, its exit codes, and one clear line for bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.losses import LOSSES
from symbackprop.network.names import ACTIVATION_NAMES, LOSS_NAMES


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "symbackprop", *arguments]
    return subprocess.run(command, capture_output=True, text=True, **options)  # type: ignore[call-overload]


def test_prove_prints_the_gradient() -> None:
    done = run("prove")
    assert done.returncode == 0
    assert done.stdout.startswith(
        "PROVED  all 13 weights and 4 δ of the network 2-3-1 (tanh, squared error)"
    )
    assert "∂e/∂w_02^(1) = δ_2^(1)" in done.stdout
    assert done.stdout.count("∂e/∂w_") == 13


def test_prove_as_json() -> None:
    done = run(
        "prove",
        "--sizes",
        "2-2-2",
        "--activation",
        "relu,softmax",
        "--loss",
        "cross_entropy",
        "--format",
        "json",
    )
    data = json.loads(done.stdout)
    assert list(data) == ["verdict", "statement", "claims", "hypotheses", "laws", "seconds"]
    assert data["verdict"] == "proved"
    assert len(data["claims"]) == 12 + 4
    assert {c["verdict"] for c in data["claims"]} == {"proved"}
    assert all((c["from"] is None) == (c["of"] == "delta") for c in data["claims"])
    weights = {(c["layer"], c["from"], c["to"]) for c in data["claims"] if c["of"] == "weight"}
    assert weights == {(l, i, j) for l in (1, 2) for i in (0, 1, 2) for j in (1, 2)}
    assert data["hypotheses"] == ["s_1^(1) ≠ 0", "s_2^(1) ≠ 0"]


@pytest.mark.parametrize(
    ("form", "part"),
    [("latex", r"\begin{align"), ("document", r"\documentclass"), ("text", "δ_1^(2)")],
)
def test_derive(form: str, part: str, tmp_path: Path) -> None:
    printed = run("derive", "--format", form)
    assert printed.returncode == 0
    assert part in printed.stdout
    written = run("derive", "--format", form, "-o", str(tmp_path / "out"))
    assert written.returncode == 0
    assert written.stdout == ""
    assert (tmp_path / "out").read_text().strip() == printed.stdout.strip()


def test_run_on_own_data(tmp_path: Path) -> None:
    rows = [f"{a},{b},{int(a != b)}" for a in (0, 1) for b in (0, 1)] * 10
    (tmp_path / "xor.csv").write_text("a,b,class\n" + "\n".join(rows) + "\n")
    arguments = [
        "--sizes",
        "2-4-2",
        "--activation",
        "tanh,softmax",
        "--loss",
        "cross entropy",
        "--epochs",
        "200",
        "--rate",
        "0.1",
    ]
    done = run(
        "run", *arguments, "--data", str(tmp_path / "xor.csv"), "-o", str(tmp_path / "w.npz")
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "classification error out of sample: 0.00 %"
    assert (tmp_path / "w.npz").stat().st_size > 0
    again = run("run", *arguments, "--data", str(tmp_path / "xor.csv"))
    assert again.stdout.splitlines()[-1] == done.stdout.splitlines()[-1]


BAD = [
    (["prove", "--sizes", "2-0-1"], "'2-0-1'", "at least 1 node"),
    (["prove", "--sizes", "2-x-1"], "'x'", "positive integers"),
    (["prove", "--sizes", "3"], "'3'", "at least two layers"),
    (["prove", "--sizes", ""], "''", "positive integers"),
    (["prove", "--sizes", "2--1"], "''", "positive integers"),
    (["prove", "--activation", "tahn"], "'tahn'", "did you mean 'tanh'"),
    (["prove", "--loss", "squarederor"], "'squarederor'", "did you mean 'squared error'"),
    (["prove", "--activation", "softmax", "--sizes", "2-2-2"], "softmax", "output layer"),
    (["prove", "--activation", "tanh,tanh,tanh"], "got 3", "one for each of 2 layers"),
    (["prove", "--sizes", "784-128-64-10"], "paths", "expected at most"),
    (["prove", "--format", "xml"], "xml", "choose from"),
    (["derive", "-o", "/no/such/folder/x.tex"], "/no/such/folder", "does not exist"),
    (["derive", "-o", "/"], "'/'", "got a directory"),
    (["run", "--data", "/no/such.csv"], "/no/such.csv", ""),
    (["run", "--epochs", "x"], "--epochs", "invalid int"),
    (["run", "--epochs", "0"], "epochs", "expected"),
    (["run", "--rate", "nan"], "rate", "expected"),
    (["run", "--sizes", "3-4-2"], "3-4-2", "expected 64"),
    (["run", "--activation", "opaque"], "opaque", ""),
    (["fly"], "fly", "invalid choice"),
    ([], "COMMAND", "required"),
]


@pytest.mark.parametrize(
    ("arguments", "culprit", "expected"),
    BAD,
    ids=lambda v: " ".join(v) if isinstance(v, list) else None,
)
def test_bad_input_is_one_line(arguments: list[str], culprit: str, expected: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert culprit in done.stderr
    assert expected in done.stderr


def test_nothing_is_half_written(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("1,2,0\n1,oops,1\n")
    done = run(
        "run",
        "--sizes",
        "2-2-2",
        "--data",
        str(tmp_path / "bad.csv"),
        "-o",
        str(tmp_path / "w.npz"),
    )
    assert done.returncode == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.csv"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["prove", "--help"],
        ["prove", "--sizes", "2-0-1"],
        ["prove", "--activation", "tahn"],
        ["nothing"],
    ],
)
def test_help_and_usage_errors_do_not_import_sympy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom symbackprop.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "sys.exit('sympy' in sys.modules or 'numpy' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True).returncode
        == 0
    )


def test_the_names_told_without_sympy_are_the_tables() -> None:
    assert tuple(ACTIVATIONS) == ACTIVATION_NAMES
    assert tuple(LOSSES) == LOSS_NAMES


def test_a_terminal_without_unicode() -> None:
    done = run(
        "prove",
        "--sizes",
        "1-1",
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert done.returncode == 0
    assert "PROVED" in done.stdout


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m symbackprop derive --sizes 3-3-3-1 | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


def test_a_device_is_not_replaced_and_a_link_is_written_through(tmp_path: Path) -> None:
    refused = run("derive", "-o", "/dev/null")
    assert refused.returncode == 2
    assert "'/dev/null'" in refused.stderr
    assert not Path("/dev/null").is_file()
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    assert run("derive", "-o", str(tmp_path / "link")).returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert "δ_1^(2)" in (tmp_path / "target").read_text()


def test_what_can_not_be_decided_has_its_exit_code() -> None:
    """Softmax of one output is 1, so ln(1 - x) is defined nowhere: no point satisfies the hypotheses."""
    done = run("prove", "--activation", "tanh,softmax", "--loss", "bce", "--format", "json")
    assert done.returncode == 3
    data = json.loads(done.stdout)
    assert data["verdict"] == "unknown"
    assert "no point was found" in data["reason"]


def test_ctrl_c_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from symbackprop import cli, proving

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(proving, "prove", interrupted)
    assert cli.main(["prove"]) == 130
    assert capsys.readouterr().err.strip() == "symbackprop: interrupted"


def test_an_internal_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from symbackprop import cli, proving

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(proving, "prove", broken)
    assert cli.main(["prove"]) == 4
    error = capsys.readouterr().err.strip()
    assert error.startswith("symbackprop: internal error: RuntimeError: two lines")
    assert len(error.splitlines()) == 1


def test_letters_are_spelled_where_a_terminal_lacks_them() -> None:
    done = run(
        "prove",
        "--sizes",
        "1-1",
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert "de/dw_11^(1) = delta_1^(1)*x_1^(0)" in done.stdout
    assert "?" not in done.stdout


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "symbackprop", "prove"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("symbackprop: output: ")
