"""The command line as a person uses it: what it prints, its exit codes, and one clear line for bad input."""

from __future__ import annotations

import json
import os
import shutil
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


def recheck(certificate: Path | str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "symbackprop.kernel", str(certificate)]
    return subprocess.run(command, capture_output=True, text=True)


def test_prove_prints_the_gradient() -> None:
    done = run("prove", "--sizes", "2-3-1")
    assert done.returncode == 0
    assert done.stdout.startswith(
        "PROVED  all 13 weights and 4 δ of the network 2-3-1 (tanh, squared error)"
    )
    assert "∂e/∂w_02^(1) = δ_2^(1)" in done.stdout
    assert done.stdout.count("∂e/∂w_") == 13
    assert "\nby expansion; checked by the kernel: " in done.stdout


STATEMENT = """\
For all functions E_y, g; integers L; numbers w; widths d, each at least 1; all that is not defined here of delta, s, x
where
  x[l,0] = 1   for l = 0..L-1
  s[l,j] = sum(i = 0..d[l-1]: w[l,i,j] * x[l-1,i])   for l = 1..L, j = 1..d[l]
  x[l,j] = g[l](s[l,j])   for l = 1..L, j = 1..d[l]
  e = E_y(x[L,i] for i = 1..d[L])
  delta[L,j] = E_y'[j](x[L,i] for i = 1..d[L]) * g[L]'(s[L,j])   for j = 1..d[L]
  delta[l-1,i] = g[l-1]'(s[l-1,i]) * sum(j = 1..d[l]: w[l,i,j] * delta[l,j])   for l = L down to 2, i = 1..d[l-1]
If
  E_y is differentiable at (x[L,i] for i = 1..d[L])
  g[l] is differentiable at (s[l,i]) for all i = 1..d[l] for all l = 1..L
then
  d(e)/d(w[l,i,j]) exists and is delta[l,j] * x[l-1,i]   for l = L down to 1, i = 0..d[l-1], j = 1..d[l]
  d(e)/d(s[l,j]) exists and is delta[l,j]   for l = L down to 1, j = 1..d[l]
By the laws: apart, contract, split
"""
"""The lecture's theorem, word for word: nothing missing, nothing more assumed."""


def test_prove_without_sizes_proves_it_for_every_depth_and_width() -> None:
    done = run("prove")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    head, statement, foot = done.stdout.partition(STATEMENT)
    assert (
        head == "PROVED  every weight and every δ of every network, of any depth and any widths\n\n"
    )
    assert statement
    assert foot.startswith("\nchecked by the kernel: ")


def test_the_certificate_is_checked_by_the_kernel_alone(tmp_path: Path) -> None:
    file = tmp_path / "backpropagation.json"
    done = run("prove", "-o", str(file))
    assert done.returncode == 0
    assert STATEMENT in done.stdout
    checked = recheck(file)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, STATEMENT, "")
    changed = tmp_path / "changed.json"
    text = file.read_text()
    assert '["ring", ' in text
    changed.write_text(text.replace('["ring", ', '["combine", ', 1))
    assert_refused(recheck(changed), 1, "refused: ")
    changed.write_text(text[: len(text) // 2])
    assert_refused(recheck(changed), 1, "refused: ")
    changed.write_bytes(b"\xff\xfe")
    assert_refused(recheck(changed), 2, "not read: ")
    assert_refused(recheck(tmp_path / "absent.json"), 2, "not read: ")
    assert_refused(recheck(tmp_path), 2, "not read: ")


def assert_refused(done: subprocess.CompletedProcess[str], code: int, start: str) -> None:
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith(start)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--sizes", "2-3-1"],
        ["--sizes", "2-3-1", "--by", "instantiation"],
        ["--sizes", "n-m-1"],
        ["--activation", "tanh,softmax", "--loss", "cross-entropy"],
        ["--format", "json"],
    ],
    ids=" ".join,
)
def test_every_proof_has_a_certificate(arguments: list[str], tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    done = run("prove", *arguments, "-o", str(file))
    assert done.returncode == 0, done.stderr
    checked = recheck(file)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith("For all ")


def test_what_is_not_proved_has_no_certificate(tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    file.write_text("old")
    arguments = ["--sizes", "2-3-1", "--activation", "tanh,softmax", "--loss", "bce"]
    assert run("prove", *arguments, "-o", str(file)).returncode == 3
    assert file.read_text() == "old"


def test_a_file_that_can_not_be_written_is_told_before_the_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from symbackprop import certificates, cli, proving

    def worked(*_: object, **__: object) -> None:
        raise AssertionError("the work began")

    monkeypatch.setattr(certificates, "check", worked)
    monkeypatch.setattr(proving, "prove", worked)
    for arguments in (["prove"], ["prove", "--sizes", "2-3-1"], ["prove", "--activation", "tanh"]):
        assert cli.main([*arguments, "-o", "/no/such/folder/c.json"]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.strip() == (
            "symbackprop: output '/no/such/folder/c.json': the folder '/no/such/folder' does not exist"
        )


LARGE = [
    *("prove", "--sizes", "784-128-10"),
    *("--activation", "relu,softmax", "--loss", "cross-entropy"),
]


def test_a_large_network_is_proved_by_instantiation() -> None:
    done = run(*LARGE)
    assert done.returncode == 0, done.stderr
    first, *_, last = done.stdout.splitlines()
    assert first == (
        "PROVED  every weight and every δ of the network 784-128-10 (relu, softmax, cross entropy)"
    )
    assert "\n  s[l,i] /= 0 for all i = 1..d[l] for all l = 1..1\n" in done.stdout
    assert "  d(e)/d(w[l,i,j]) exists and is delta[l,j] * x[l-1,i] " in done.stdout
    assert last.startswith("by instantiation; checked by the kernel: ")


def test_a_large_network_in_json() -> None:
    data = json.loads(run(*LARGE, "--format", "json").stdout)
    assert (data["verdict"], data["by"], data["claims"]) == ("proved", "instantiation", [])
    assert "784-128-10" in data["statement"]
    assert len(data["hypotheses"]) == 1
    assert data["hypotheses"][0].startswith("s_i^(l) ≠ 0 for i = 1..d^(l)")
    assert "log slope" not in data["theorem"].splitlines()[0]
    assert "\nthen\n  d(e)/d(w[l,i,j]) exists and is " in data["theorem"]


@pytest.mark.parametrize("by", ["expansion", "instantiation"])
def test_by_says_how(by: str) -> None:
    done = run("prove", "--sizes", "2-3-1", "--by", by)
    assert done.returncode == 0, done.stderr
    assert f"\nby {by}; checked by the kernel: " in done.stdout
    assert (done.stdout.count("∂e/∂w_") == 13) == (by == "expansion")


def test_letters_for_widths() -> None:
    done = run("prove", "--sizes", "n-m-1", "--activation", "tanh", "--loss", "squared-error")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("PROVED  every weight and every δ of the network ")
    assert "integers L" not in done.stdout
    assert "for l = 2 down to 1" in done.stdout
    assert "\nby induction over the layers; checked by the kernel: " in done.stdout


def test_every_network_with_given_functions() -> None:
    done = run("prove", "--activation", "relu,softmax", "--loss", "cross-entropy")
    assert done.returncode == 0, done.stderr
    assert (
        "every network, of any depth and any widths (relu, softmax, cross entropy)"
        in (done.stdout.splitlines()[0])
    )
    assert "where s_i^(l) ≠ 0 for i = 1..d^(l), l = 1..L-1" in done.stdout


def test_every_network_in_json() -> None:
    data = json.loads(run("prove", "--format", "json").stdout)
    assert data["verdict"] == "proved"
    assert data["by"] == "induction over the layers"
    assert len(data["hypotheses"]) == 2
    assert data["laws"] == ["apart", "contract", "split"]
    assert data["theorem"].splitlines()[-3:] == STATEMENT.splitlines()[-3:]


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
    keys = ["verdict", "statement", "claims", "hypotheses", "laws", "seconds", "by"]
    assert list(data) == keys
    assert data["verdict"] == "proved"
    assert data["by"] == "expansion"
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
    derived("--sizes", "2-3-1", form=form, part=part, out=tmp_path / "out")


def derived(*arguments: str, form: str, part: str, out: Path) -> str:
    """What `derive` prints, which has a part; to a file it writes the same."""
    command = ["derive", *arguments, "--format", form]
    printed = run(*command)
    assert printed.returncode == 0, printed.stderr
    assert part in printed.stdout
    written = run(*command, "-o", str(out))
    assert written.returncode == 0
    assert written.stdout == ""
    assert out.read_text().strip() == printed.stdout.strip()
    return printed.stdout


GENERAL_TEXT = "    ∂e/∂s_i^(l-1) = g_(l-1)'(s_i^(l-1))·Σ_{j=1..d^(l)} w_ij^(l)·δ_j^(l)"


@pytest.mark.parametrize(
    ("form", "part"),
    [("latex", r"\begin{align"), ("document", r"\documentclass"), ("text", GENERAL_TEXT)],
)
def test_derive_for_every_network(form: str, part: str, tmp_path: Path) -> None:
    page = derived(form=form, part=part, out=tmp_path / "out")
    for heading in ("Definitions", "Base step", "Induction step", "Conclusion"):
        assert heading in page
    functions = ["--activation", "relu,softmax", "--loss", "cross-entropy"]
    page = derived(*functions, form=form, part=part.split("\n")[0][:10], out=tmp_path / "relu")
    assert "relu" in page


def test_derive_for_a_network_too_large_for_a_page_of_its_paths() -> None:
    done = run("derive", *LARGE[1:])
    assert done.returncode == 0, done.stderr
    assert "∂e/∂w_ij^(l) = δ_j^(l)·x_i^(l-1)   (l = 1..2, i = 0..d^(l-1), j = 1..d^(l))" in (
        done.stdout
    )


FRAME = r"\documentclass{article}\usepackage{amsmath}\begin{document}%s\end{document}"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not here")
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--activation", "relu,softmax", "--loss", "cross-entropy"],
        ["--sizes", "n-m-1"],
    ],
    ids=lambda a: " ".join(a) or "every network",
)
def test_derived_latex_compiles(arguments: list[str], tmp_path: Path) -> None:
    document = run("derive", *arguments, "--format", "document").stdout
    fragment = run("derive", *arguments, "--format", "latex").stdout
    for name, source in (("document", document), ("fragment", FRAME.replace("%s", fragment))):
        (tmp_path / f"{name}.tex").write_text(source, encoding="utf-8")
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stdout[-2000:].decode(errors="replace")
        log = (tmp_path / f"{name}.log").read_text(errors="replace")
        assert "undefined" not in log.lower()
        assert name == "fragment" or "Overfull" not in log


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
    (["prove", "--sizes", "2-3.5-1"], "'3.5'", "positive integers"),
    (["prove", "--sizes", "2-x y-1"], "'x y'", "positive integers"),
    (["derive", "--sizes", "2-3.5-1"], "'3.5'", "positive integers"),
    (["run", "--sizes", "2-x-1"], "'x'", "positive integers"),
    (["prove", "--sizes", "n-0-1"], "got 0", "at least 1 node"),
    (["prove", "--sizes", "n"], "'n'", "at least two layers"),
    (["prove", "--sizes", "n-m-1", "--by", "expansion"], "--by expansion", "numbers"),
    (["prove", "--sizes", "n-m-1", "--by", "instantiation"], "--by instantiation", "numbers"),
    (["prove", "--by", "instantiation"], "--by instantiation", "numbers"),
    (["prove", "--by", "induction"], "induction", "choose from"),
    (["prove", "--sizes", "2-2-2", "--activation", "relu,tanh,tanh,tanh"], "got 4", "2 layers"),
    (["prove", "--activation", "softmax"], "softmax", "last layer"),
    (["prove", "--activation", "softmax,tanh"], "softmax", "last layer"),
    (["prove", "--activation", "relu,tanh,relu"], "got 3", "hidden layers"),
    (["prove", "-o", "/"], "'/'", "got a directory"),
    (["prove", "-o", "/no/such/folder/c.json"], "/no/such/folder", "does not exist"),
    (["derive", "--activation", "tahn"], "'tahn'", "did you mean 'tanh'"),
    (["derive", "--by", "expansion"], "--by", "unrecognized"),
    (["prove", "--sizes", "3"], "'3'", "at least two layers"),
    (["prove", "--sizes", ""], "''", "positive integers"),
    (["prove", "--sizes", "2--1"], "''", "positive integers"),
    (["prove", "--activation", ""], "''", "unknown activation"),
    (["prove", "--loss", ""], "''", "unknown loss"),
    (["derive", "--sizes", ""], "''", "positive integers"),
    (["derive", "--loss", ""], "''", "unknown loss"),
    (["run", "--activation", ""], "''", "unknown activation"),
    (["prove", "--activation", "tahn"], "'tahn'", "did you mean 'tanh'"),
    (["prove", "--loss", "squarederor"], "'squarederor'", "did you mean 'squared error'"),
    (["prove", "--activation", "softmax", "--sizes", "2-2-2"], "softmax", "output layer"),
    (["prove", "--sizes", "2-3-1", "--activation", "tanh,tanh,tanh"], "got 3", "of 2 layers"),
    (["prove", "--sizes", "784-128-64-10", "--by", "expansion"], "paths", "expected at most"),
    (
        [
            *("prove", "--sizes", "784-128-64-10", "--by", "instantiation"),
            *("--activation", "relu,tanh,softmax"),
        ],
        "relu",
        "one activation in all hidden layers",
    ),
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
        ["prove", "--sizes", "2-3-1", "--loss", "no"],
        ["prove", "--by", "expansion"],
        ["prove", "--sizes", "n-m-1", "--by", "expansion"],
        ["prove"],
        ["nothing"],
    ],
    ids=" ".join,
)
def test_help_usage_errors_and_the_theorem_do_not_import_sympy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom symbackprop.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "sys.exit(not {'sympy', 'numpy', 'mpmath'}.isdisjoint(sys.modules))"
    )
    command = [sys.executable, "-c", code, *arguments]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_a_certificate_is_written_and_checked_without_sympy(tmp_path: Path) -> None:
    file = str(tmp_path / "c.json")
    writes = f"from symbackprop.cli import main; code = main(['prove', '-o', {file!r}])"
    reads = f"from symbackprop.kernel.__main__ import main; code = main([{file!r}])"
    for way in (writes, reads):
        code = (
            f"import sys; {way}; sys.exit(code or not {{'sympy', 'numpy'}}.isdisjoint(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True)
        assert done.returncode == 0, done.stderr


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


@pytest.mark.parametrize("arguments", ["derive --sizes 3-3-3-1", "prove", "derive"])
def test_a_closed_pipe_is_no_error(arguments: str) -> None:
    command = f"{sys.executable} -m symbackprop {arguments} | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


def test_a_device_is_not_replaced_and_a_link_is_written_through(tmp_path: Path) -> None:
    refused = run("derive", "--sizes", "2-3-1", "-o", "/dev/null")
    assert refused.returncode == 2
    assert "'/dev/null'" in refused.stderr
    assert not Path("/dev/null").is_file()
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    assert run("derive", "--sizes", "2-3-1", "-o", str(tmp_path / "link")).returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert "δ_1^(2)" in (tmp_path / "target").read_text()
    assert run("prove", "-o", str(tmp_path / "link")).returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert recheck(tmp_path / "target").stdout == STATEMENT


def test_what_can_not_be_decided_has_its_exit_code() -> None:
    """Softmax of one output is 1, so ln(1 - x) is defined nowhere: no point satisfies the hypotheses."""
    functions = ["--activation", "tanh,softmax", "--loss", "bce"]
    done = run("prove", "--sizes", "2-3-1", *functions, "--format", "json")
    assert done.returncode == 3
    data = json.loads(done.stdout)
    assert data["verdict"] == "unknown"
    assert "no point was found" in data["reason"]


EITHER_WAY = [["prove", "--sizes", "2-3-1"], ["prove"]]


@pytest.mark.parametrize("arguments", EITHER_WAY, ids=" ".join)
def test_ctrl_c_is_one_line(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from symbackprop import certificates, cli, proving

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(proving, "prove", interrupted)
    monkeypatch.setattr(certificates, "check", interrupted)
    assert cli.main(arguments) == 130
    assert capsys.readouterr().err.strip() == "symbackprop: interrupted"


@pytest.mark.parametrize("arguments", EITHER_WAY, ids=" ".join)
def test_an_internal_error_is_one_line(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from symbackprop import certificates, cli, proving

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(proving, "prove", broken)
    monkeypatch.setattr(certificates, "check", broken)
    assert cli.main(arguments) == 4
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
    for arguments in (["prove"], ["prove", "--activation", "relu"], ["derive"]):
        done = run(*arguments, env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
        assert done.returncode == 0
        assert "delta" in done.stdout
        assert "?" not in done.stdout


@pytest.mark.parametrize("arguments", EITHER_WAY, ids=" ".join)
def test_a_full_disk_is_told(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "symbackprop", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("symbackprop: output: ")
