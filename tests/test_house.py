"""The house is in order: imports run downwards, public names load lazily, lint and types are clean, examples are true."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import symbackprop

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "symbackprop"

FLOORS = (
    ("errors", "terminal", "record"),
    ("kernel", "files"),
    ("certificates",),
    ("network",),
    ("compile",),
    ("derive", "render", "numeric"),
    ("refute", "library"),
    ("verdict", "statements"),
    ("expansion",),
    ("general", "chains", "trace"),
    ("proving",),
    ("typesetting",),
    ("report", "networks", "scripts"),
    ("running",),
    ("cli",),
    ("__main__",),
)
"""From the ground up.  A module imports from floors below its own, and from its own room."""


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """The rooms of the package that a file imports from, wherever in the file the import stands."""
    depth = len(path.relative_to(PACKAGE).parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            found |= {node.module.split(".")[0]} if node.module else {a.name for a in node.names}
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
            )
            if getattr(node, "level", 0) == 0:
                found |= {n.split(".")[1] for n in names if n.startswith("symbackprop.")}
    return found - {"__version__"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_downwards(path: Path) -> None:
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    here = room(path)
    assert here in floor, f"{here} has no floor"
    above = {r for r in imported_rooms(path) if r != here and floor[r] >= floor[here]}
    assert not above, f"{here} imports {above}, which is not below it"


def test_every_file_is_a_room_of_modest_size() -> None:
    long = {p.name: n for p in modules() if (n := len(p.read_text().splitlines())) > 500}
    assert not long


def test_functions_are_small() -> None:
    sizes = [
        node.end_lineno - node.lineno + 1
        for p in modules()
        for node in ast.walk(ast.parse(p.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
    assert max(sizes) <= 50
    assert sorted(sizes)[len(sizes) // 2] <= 8
    assert sorted(sizes)[int(len(sizes) * 0.9)] <= 20


def test_no_module_bears_the_name_of_a_public_function() -> None:
    names = {p.stem for p in PACKAGE.glob("*.py")} | {
        p.name for p in PACKAGE.iterdir() if p.is_dir()
    }
    assert not names & set(symbackprop.__all__)


def test_public_names_exist_and_are_documented() -> None:
    for name in symbackprop.__all__:
        assert getattr(symbackprop, name) is not None
    with pytest.raises(AttributeError):
        symbackprop.no_such_name  # noqa: B018


@pytest.mark.parametrize("module", ["sympy", "numpy"])
def test_importing_the_package_does_not_import(module: str) -> None:
    code = f"import sys, symbackprop, symbackprop.cli; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def doctest_modules() -> list[str]:
    return sorted(
        m.name
        for m in pkgutil.walk_packages([str(PACKAGE)], "symbackprop.")
        if "__main__" not in m.name
    )


@pytest.mark.parametrize("name", doctest_modules())
def test_docstring_examples(name: str) -> None:
    result = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert result.failed == 0


@pytest.mark.parametrize(
    "command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]]
)
def test_lint_format_types(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def readme_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def can_run(code: str) -> bool:
    """Whether what an example imports is here: scipy is no part of the package, and of no extra."""
    return "scipy" not in code or importlib.util.find_spec("scipy") is not None


def test_readme_examples_say_what_they_print() -> None:
    """Every python block that is followed by a text block prints exactly that."""
    pairs = re.findall(
        r"```python\n(.*?)```\s*\n```text\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL
    )
    assert pairs
    for code, expected in filter(lambda pair: can_run(pair[0]), pairs):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == expected.strip()


def test_readme_python_runs() -> None:
    for code in filter(can_run, readme_blocks("python")):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
        )
        assert done.returncode == 0, f"{code}\n{done.stderr}"
