"""Proof scripts run one after the other, each in a process of its own; what they say by their exit codes."""

from __future__ import annotations

import io
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import InputError
from .record import VARIABLE

if TYPE_CHECKING:
    from .chains.derivation import Derivation

VERDICTS = {0: "proved", 1: "refuted", 2: "bad input", 3: "unknown"}
NOTHING, CRASHED, INTERRUPTED, MAX_SECONDS = "no proof", "failed", 130, 600
ORDER = ("proved", "unknown", NOTHING, CRASHED, "refuted", "bad input")
"""From the best to the worst."""


@dataclass(frozen=True)
class Outcome:
    """What one script said: the verdict, what is wrong in a line, all that it printed, and how long it took."""

    script: str
    verdict: str
    says: str
    output: str
    seconds: float


def run_script(path: str) -> Outcome:
    """Runs one script.  An exit code other than those of a verdict, or a traceback, is a failure; no verdict is no proof.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
    ...     _ = file.write("print('hello')")
    >>> run_script(file.name).verdict
    'no proof'
    """
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        verdicts = Path(folder) / "verdicts"
        try:
            done = _run(path, str(verdicts))
        except subprocess.TimeoutExpired:
            return Outcome(path, CRASHED, f"no end within {MAX_SECONDS} s", "", MAX_SECONDS)
        lines = verdicts.read_text(encoding="utf-8").splitlines() if verdicts.exists() else []
    if done.returncode == INTERRUPTED:
        raise KeyboardInterrupt
    verdict, says = _verdict(done, [json.loads(line) for line in lines])
    return Outcome(path, verdict, says, done.stdout, time.perf_counter() - start)


def _run(path: str, verdicts: str) -> subprocess.CompletedProcess[str]:
    own = str(Path(__file__).parent.parent)
    paths = [own, *[p for p in [os.environ.get("PYTHONPATH")] if p]]
    more = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8", VARIABLE: verdicts}
    return subprocess.run(
        [sys.executable, path],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=MAX_SECONDS,
        env={**os.environ, **more},
    )


def _verdict(done: subprocess.CompletedProcess[str], rows: list[dict[str, str]]) -> tuple[str, str]:
    """The worst of what was recorded, unless the script ended otherwise."""
    lines = done.stderr.strip().splitlines()
    complaint = lines[-1] if lines else ""
    bad = max(rows, key=lambda row: ORDER.index(row["verdict"]), default=None)
    if bad is not None and bad["verdict"] in ("refuted", "bad input"):
        return bad["verdict"], bad["says"]
    if any(line.startswith("Traceback ") for line in lines) or done.returncode not in VERDICTS:
        return CRASHED, complaint or f"exit code {done.returncode}"
    if not rows:
        code = VERDICTS[done.returncode]
        return (NOTHING, "no derivation was judged") if code == "proved" else (code, complaint)
    return worst([bad["verdict"] if bad else "proved", VERDICTS[done.returncode]]), bad[
        "says"
    ] if bad else ""


def derivations_of(path: str) -> list[Derivation]:
    """The derivations of a script, which is run in this process; what it prints is dropped.

    Raises InputError, with what it complained of, where it fails or writes no derivation.
    """
    from .chains.derivation import collected

    collected()
    out, complaints = io.StringIO(), io.StringIO()
    failure = ""
    with redirect_stdout(out), redirect_stderr(complaints), _as_started(path):
        try:
            runpy.run_path(path, run_name="__main__")
        except SystemExit as left:
            if left.code == INTERRUPTED:
                raise KeyboardInterrupt from None
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
    found = collected()
    lines = [failure, *complaints.getvalue().strip().splitlines()[-1:]]
    if any(lines) or not found:
        said = next((line for line in lines if line), "it writes no derivation")
        raise InputError(f"{path}: {said}")
    return found


@contextmanager
def _as_started(path: str) -> Iterator[None]:
    """With the arguments and the folder of a script that is started by itself; afterwards all is as it was."""
    arguments, folders, here = sys.argv, sys.path, os.getcwd()
    sys.argv, sys.path = [path], [str(Path(path).resolve().parent), *sys.path]
    try:
        yield
    finally:
        sys.argv, sys.path = arguments, folders
        os.chdir(here)


def check_scripts(paths: Iterable[str]) -> list[str]:
    """The paths, if each is a file.  Raises InputError with the first that is none."""
    found = list(paths)
    for path in found:
        if Path(path).is_dir():
            raise InputError(
                f"{path}: expected a proof script, got a folder: write {path.rstrip('/')}/*.py"
            )
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
