"""pdflatex on a document, for tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not here")


def compiled(folder: Path, document: str) -> str:
    """The log of pdflatex; AssertionError where there is an error."""
    (folder / "page.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, timeout=240, check=False)
    assert run.returncode == 0, run.stdout[-2000:].decode(errors="replace")
    return (folder / "page.log").read_text(errors="replace")
