"""What must be trusted stays small: the standard library alone, no `assert`, and not many lines of code."""

from __future__ import annotations

import ast
import io
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

import symbackprop.kernel

KERNEL = Path(symbackprop.kernel.__file__).parent
FILES = sorted(KERNEL.rglob("*.py"))
MAX_LINES = 1681
FORBIDDEN = {"eval", "exec", "compile", "__import__", "open", "globals", "setattr", "pickle"}
ALLOWED = {"__main__.py": {"open", "__import__"}}
"""Where files are read, and where a copy of the folder finds itself."""
ORDER = ["terms", "integers", "laws", "sums", "normal", "rewriting", "context", "conditions"]
ORDER += ["derivative", "definedness", "rules", "sequents", "certificate", "statement", "checker"]
BLANK = {tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT}


def docstring_lines(tree: ast.Module) -> set[int]:
    """The lines of docstrings, those that follow an assignment included."""
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def lines_of_code(source: str) -> int:
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in BLANK and token.type != tokenize.ENDMARKER:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - docstring_lines(ast.parse(source)))


def test_lines_of_code_are_counted() -> None:
    source = """'Doc.'

# why
x = 1  # so
'''What x is,
at length.'''

def f():
    'Law.'
    return (
        x
    )
"""
    assert lines_of_code(source) == 5


def test_the_kernel_is_small() -> None:
    counts = {p.name: lines_of_code(p.read_text()) for p in FILES}
    assert sum(counts.values()) <= MAX_LINES, counts


def test_the_lines_are_not_stretched() -> None:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--check",
        "--line-length",
        "100",
        str(KERNEL),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_the_kernel_imports_the_standard_library_and_itself_alone(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert {n.name.split(".")[0] for n in node.names} <= sys.stdlib_module_names
        if isinstance(node, ast.ImportFrom):
            own = node.level == 1 and (KERNEL / f"{(node.module or '').split('.')[0]}.py").exists()
            assert own or (
                node.level == 0 and str(node.module).split(".")[0] in sys.stdlib_module_names
            )


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_the_kernel_has_no_assert_and_evaluates_nothing(path: Path) -> None:
    """`assert` is gone under -O; the names in FORBIDDEN have no business in a checker."""
    tree = ast.parse(path.read_text())
    assert not [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Assert)]
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert names & FORBIDDEN <= ALLOWED.get(path.name, set())


def test_the_kernel_imports_downwards() -> None:
    assert {p.stem for p in FILES} == {*ORDER, "__init__", "__main__"}
    for path in FILES:
        own = ORDER.index(path.stem) if path.stem in ORDER else len(ORDER)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert ORDER.index(str(node.module)) < own, f"{path.name} imports {node.module}"


def test_a_copy_of_the_kernel_alone_checks_a_proof(tmp_path: Path) -> None:
    shutil.copytree(KERNEL, tmp_path / "alone")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from alone import *\n"
        "nodes = [['Sym', 'x', []], ['Add', [0, 0]], ['Pow', 0, 0], ['Add', [2, 2]], ['Mul', [0, 3]]]\n"
        "data = {'symbackprop certificate': 1, 'nodes': [*nodes, ['Eq', 1, 4]], 'functions': []}\n"
        "data |= {'definitions': [], 'steps': [['ring', [], 5, [], []]], 'claims': [0]}\n"
        "print(Theorem(data))\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('symbackprop', 'sympy', 'numpy')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    shown = "For all numbers x\nThen\n  x + x = x * (x^0 + x^0)\nBy no law of a known function.\n"
    assert done.stdout == shown + "[]\n", done.stderr
