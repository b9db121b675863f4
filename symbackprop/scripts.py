"""Proof scripts run one after the other, each in a process of its own; what they say by their exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError

VERDICTS = {0: "proved", 1: "refuted", 2: "bad input", 3: "unknown"}
CRASHED, MAX_SECONDS = "failed", 600
ORDER = ("proved", "unknown", "refuted", "bad input", CRASHED)
"""From the best to the worst."""


@dataclass(frozen=True)
class Outcome:
    """What one script said: the verdict, all that it printed, the last complaint, and how long it took."""

    script: str
    verdict: str
    output: str
    complaint: str
    seconds: float


def run_script(path: str) -> Outcome:
    """Runs one script.  An exit code other than those of a verdict, or a traceback, is a failure.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
    ...     _ = file.write("raise SystemExit(3)")
    >>> run_script(file.name).verdict
    'unknown'
    """
    start = time.perf_counter()
    own = str(Path(__file__).parent.parent)
    paths = [own, *[p for p in [os.environ.get("PYTHONPATH")] if p]]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(
            [sys.executable, path],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=MAX_SECONDS,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return Outcome(path, CRASHED, "", f"no end within {MAX_SECONDS} s", MAX_SECONDS)
    lines = done.stderr.strip().splitlines()
    crashed = any(line.startswith("Traceback ") for line in lines)
    verdict = CRASHED if crashed else VERDICTS.get(done.returncode, CRASHED)
    complaint = lines[-1] if lines else ""
    return Outcome(path, verdict, done.stdout, complaint, time.perf_counter() - start)


def check_scripts(paths: Iterable[str]) -> list[str]:
    """The paths, if each is a file.  Raises InputError with the first that is none."""
    found = list(paths)
    for path in found:
        if not Path(path).is_file():
            raise InputError(
                f"{path}: expected a proof script, a Python file; there is no such file"
            )
    return found


def run_scripts(paths: list[str], progress: Callable[[int, int], None]) -> Iterator[Outcome]:
    """The outcomes, one by one."""
    for done, path in enumerate(paths):
        progress(done, len(paths))
        yield run_script(path)


def worst(verdicts: Iterable[str]) -> str:
    """The worst of several verdicts.

    >>> worst(["proved", "refuted", "unknown"])
    'refuted'
    """
    return max(verdicts, key=ORDER.index, default="proved")
