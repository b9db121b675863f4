"""PDF: a LaTeX document by pdflatex where it is installed, else the same page by a headless Chromium."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..errors import InputError

LIMIT: Final = 120.0
"""Seconds for a whole run of a program."""
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES: Final = "apt install texlive-latex-base texlive-pictures"
NOTHING: Final = (
    f"PDF: neither pdflatex nor Chromium is installed ({PACKAGES}, or apt install chromium)"
)
NO_DATES: Final = r"\pdfinfoomitdate=1\pdftrailerid{}"
"""The same document gives the same bytes.  It goes before the first line, for the lines' numbers to stay."""
LATEX: Final = (
    "pdflatex",
    "-interaction=nonstopmode",
    "-halt-on-error",
    "-no-shell-escape",
    "page.tex",
)
LATEX_PLACE: Final = {
    "max_print_line": "10000",  # messages in one line
    "openin_any": "p",  # a document reads and writes its own folder, no other
    "openout_any": "p",
}
BROWSER_FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-extensions",
    "--disable-breakpad",
    "--no-pdf-header-footer",
    "--virtual-time-budget=20000",  # the page's own clock: until its scripts and fonts are done
)


def pdf(document: str, page: Callable[[], str]) -> bytes:
    """The LaTeX `document` as PDF, or the HTML of `page` where there is no LaTeX; InputError where there is neither."""
    if shutil.which("pdflatex"):
        return _in_folder(lambda folder: _compiled(folder, document))
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise InputError(NOTHING)
    return _in_folder(lambda folder: _printed(folder, browser, page()))


def _in_folder(make: Callable[[Path], bytes]) -> bytes:
    """What `make` gives from an empty folder, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="symbackprop-") as folder:
        return make(Path(folder))


def _compiled(folder: Path, document: str) -> bytes:
    (folder / "page.tex").write_text(NO_DATES + document, encoding="utf-8")
    log = _latex_log(folder)
    if re.search("Rerun to get|Rerun LaTeX|No file page.toc", log):
        _latex_log(folder)
    return _result(folder, "pdflatex")


def _latex_log(folder: Path) -> str:
    """The log of one run; InputError with its first error."""
    code, output = _run(LATEX, folder, LATEX_PLACE)
    file = folder / "page.log"
    log = file.read_text(encoding="utf-8", errors="replace") if file.exists() else output
    if code != 0:
        raise InputError(f"pdflatex: {_first_error(log)}")
    return log


def _first_error(log: str) -> str:
    r"""The first line that begins with !, with the line of the document that it is about.

    >>> _first_error("(page.aux)\n! Undefined control sequence.\nl.5 \\oops\n          !\n")
    'Undefined control sequence. (line 5: \\oops)'
    >>> _first_error("! LaTeX Error: File `tikz.sty' not found.\n")
    "LaTeX Error: File `tikz.sty' not found. (apt install texlive-latex-base texlive-pictures)"
    """
    error = re.search(r"^! *(.+)", log, re.MULTILINE)
    if error is None:
        return "no PDF, and no error in its log"
    if re.search(r"File `\S+\.sty' not found", error[1]):
        return f"{error[1]} ({PACKAGES})"
    place = re.search(r"^l\.(\d+) *(.*)", log[error.end() :], re.MULTILINE)
    return error[1] if place is None else f"{error[1]} (line {place[1]}: {place[2].strip()})"


def _printed(folder: Path, browser: str, html: str) -> bytes:
    (folder / "page.html").write_text(html, encoding="utf-8")
    code, output = _run(_browser_command(folder, browser), folder, _own_settings(folder))
    if code != 0:
        raise InputError(f"{Path(browser).name}: exit code {code}: {_last_line(output)}")
    return _undated(_result(folder, Path(browser).name))


def _browser_command(folder: Path, browser: str) -> list[str]:
    # As root Chromium does not run in its sandbox; the page is ours, and loads nothing.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    ways = [f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={folder / 'page.pdf'}"]
    return [browser, *BROWSER_FLAGS, *root, *ways, (folder / "page.html").as_uri()]


def _own_settings(folder: Path) -> dict[str, str]:
    """Nothing is left in a user's settings and caches."""
    return {name: str(folder / "settings") for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME")}


def _undated(made: bytes) -> bytes:
    """Without its dates, in as many bytes, since a PDF tells where each of its objects begins."""
    return re.sub(rb"/(Creation|Mod)Date \(D:[^)]*\)", lambda m: b" " * len(m[0]), made)


def _last_line(output: str) -> str:
    return next((line for line in reversed(output.splitlines()) if line.strip()), "no message")


def _result(folder: Path, program: str) -> bytes:
    made = folder / "page.pdf"
    if not made.exists():
        raise InputError(f"{program}: it made no PDF")
    return made.read_bytes()


def _run(command: Sequence[str], folder: Path, place: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and output of a program.  However this ends, no process of it stays."""
    name = Path(command[0]).name
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **place},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group of its own, which can be ended as a whole
        )
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from None
    try:
        output, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise InputError(f"{name}: not done after {LIMIT:g} seconds") from None
    finally:
        _end(process)
    return process.returncode, output.decode(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a program and all that it started."""
    process.kill()
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):  # none of the group may be left
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()
