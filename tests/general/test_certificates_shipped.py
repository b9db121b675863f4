"""The certificates that the package ships: made from the proofs, always the same, and checked by the kernel alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import symbackprop
from symbackprop.certificates import check, write
from symbackprop.derive.named import THEOREMS
from symbackprop.kernel import read
from symbackprop.library import theorem, theorems

ROOT = Path(symbackprop.__file__).parent
ENTRIES = {entry.name: entry.certificate for entry in theorems()}

BACKPROPAGATION = """\
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
"""The lecture's theorem: L >= 1, d >= 1, and E and each g_l are differentiable where they are used; no more is assumed."""


def run(*arguments: object, cwd: Path | None = None, **variables: str) -> tuple[int, str, str]:
    """A Python process: its exit code, and what it prints."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Path:
    """A folder with a copy of the kernel and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    copied = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "kernel", folder / "kernel", ignore=copied)
    return folder


def test_each_theorem_has_a_certificate_and_no_file_is_left_over():
    assert list(ENTRIES) == list(THEOREMS)
    assert sorted((ROOT / "data" / "theorems").iterdir()) == sorted(ENTRIES.values())


@pytest.mark.parametrize("name", THEOREMS)
def test_the_certificate_is_the_proof(name):
    source = ENTRIES[name].read_text(encoding="utf-8")
    assert write(check(THEOREMS[name].prove())) == source
    assert write(read(source)) == source


@pytest.mark.parametrize("seed", ["1", "2"])
def test_certificates_do_not_depend_on_the_order_of_sets(seed, tmp_path):
    code = (
        "from pathlib import Path; from symbackprop.library import make; make(Path('made')); "
        "import sys; assert not {'sympy', 'numpy'} & {*sys.modules}"
    )
    status, _, errors = run("-c", code, cwd=tmp_path, PYTHONHASHSEED=seed)
    assert (status, errors) == (0, "")
    for path in ENTRIES.values():
        assert (tmp_path / "made" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", THEOREMS)
def test_the_kernel_alone_accepts_it(name, alone):
    expected = (0, f"{theorem(name)}\n", "")
    assert run("-I", "-S", "kernel", ENTRIES[name], cwd=alone) == expected


def test_the_kernel_alone_needs_no_assertions(alone):
    certificate = ENTRIES["mixed output"]
    expected = run("-I", "-S", "kernel", certificate, cwd=alone)
    assert run("-I", "-S", "-O", "kernel", certificate, cwd=alone) == expected
    assert run("-I", "-S", "-OO", "kernel", certificate, cwd=alone) == expected


def test_checking_imports_neither_sympy_nor_numpy():
    certificate = ENTRIES["backpropagation"]
    status, printed, times = run("-X", "importtime", "-m", "symbackprop.kernel", certificate)
    imported = {line.split("|")[-1].strip().split(".")[0] for line in times.splitlines()}
    assert (status, printed) == (0, BACKPROPAGATION)
    assert "symbackprop" in imported
    assert not {"sympy", "numpy", "mpmath"} & imported


def test_what_is_printed_has_no_path_and_no_time(alone, tmp_path):
    """The same bytes from two folders, file names and hash seeds."""
    for name in ("backpropagation", "softmax with cross entropy"):
        source, printed = ENTRIES[name].read_bytes(), set()
        for k, place in enumerate(("here.json", "in/another folder/q.txt")):
            path = tmp_path / name / place
            path.parent.mkdir(parents=True)
            path.write_bytes(source)
            seed = str(k + 1)
            printed.add(run("-m", "symbackprop.kernel", path, PYTHONHASHSEED=seed))
            printed.add(run("-I", "-S", alone / "kernel", path.name, cwd=path.parent))
        assert printed == {(0, f"{theorem(name)}\n", "")}


def test_backpropagation_says_what_the_lecture_says():
    assert f"{theorem('backpropagation')}\n" == BACKPROPAGATION
