"""The package's own KaTeX reads formulas, all of them in one run of node."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import symbackprop

KATEX = Path(symbackprop.__file__).parent / "data" / "katex"
CHECK = Path(__file__).parent / "katex_check.js"

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not here")


def katex_errors(formulas: list[tuple[str, bool]]) -> list[str]:
    """A message for each (formula, whether it is a display) that KaTeX does not take, with the formula."""
    command = ["node", str(CHECK), str(KATEX / "katex.min.js")]
    asked = json.dumps(formulas)
    done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    said = zip(formulas, json.loads(done.stdout), strict=True)
    return [f"{message}: {formula}" for (formula, _), message in said if message]
