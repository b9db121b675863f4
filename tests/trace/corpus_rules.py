"""The corpus of real rules: its rows, and their domains as conditions of the grammar."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data"
RULES: list[dict[str, Any]] = json.loads((DATA / "elementwise.json").read_text())["rows"]
BUGS: list[dict[str, Any]] = json.loads((DATA / "scalar_bugs.json").read_text())["bugs"]
OTHERS = {"cos!=0": "cos(pi*x/180) != 0"}
"""Domains whose words are no condition."""


def assumed(row: dict[str, Any]) -> str | None:
    """The domain of a row as one condition; None of all reals."""
    found = [c for name, words in row["domain"].items() for c in conditions(name, words)]
    return " & ".join(f"({c})" for c in found) or None


def conditions(name: str, words: str) -> list[str]:
    words = re.sub(r"\(.*\)", "", words).strip()
    cut = re.fullmatch(r"(\w+)!=0 when (\w+)<=0", words)
    if cut:
        return [f"{cut[2]} > 0 | {cut[1]} != 0"]
    out = []
    for part in map(str.strip, words.split(",")):
        if part.startswith("integer"):
            out.append(f"integer({name})")
            part = part.removeprefix("integer").strip()
        part = part.replace("input_scale", name)
        part = f"{name}{part}" if part.startswith(">") else part
        out += [OTHERS.get(part, part)] if part not in ("", "real") else []
    return out
