"""What a proof script finds, told to the process that runs it: a line of JSON for each verdict, in a file that it names."""

from __future__ import annotations

import json
import os

VARIABLE = "SYMBACKPROP_VERDICTS"
"""The environment variable with the file's name; where it is not set, nobody asks."""


def record(title: str, verdict: str, says: str = "") -> None:
    """One verdict more.

    >>> record("nobody asks", "proved")
    """
    path = os.environ.get(VARIABLE)
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"title": title, "verdict": verdict, "says": says}) + "\n")
