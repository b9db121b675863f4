"""PDF by pdflatex, by Chromium, or a line that says what to install; nothing stays behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from symbackprop.errors import InputError
from symbackprop.render import pdf as module
from symbackprop.render.html import html_page, math_block
from symbackprop.render.pdf import pdf

sys.path.insert(0, str(Path(__file__).parent))
from browsing import needs_browser

DOCUMENT = r"""\documentclass{article}
\usepackage{amsmath}
\begin{document}
Some words of LaTeX.
\begin{align*} a &= b \tag{17} \end{align*}
BODY
\end{document}
"""
needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not here")
on_posix = pytest.mark.skipif(os.name != "posix", reason="the programs are scripts of a shell")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made; empty after each test."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing in it but what a test puts there, and the shell's own programs."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    return programs


def program(path: Path, name: str, script: str) -> None:
    file = path / name
    file.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    file.chmod(0o755)


def no_page() -> str:
    raise AssertionError("the page is not to be made")


def words(tmp_path: Path, made: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    file = tmp_path / "made.pdf"
    file.write_bytes(made)
    return subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True).stdout


@needs_latex
def test_latex(tmp_path: Path, folder: Path) -> None:
    made = pdf(DOCUMENT, no_page)
    assert made.startswith(b"%PDF")
    assert b"CreationDate" not in made
    assert not list(folder.iterdir())
    assert {"Some words of LaTeX.", "(17)"} <= set(words(tmp_path, made).splitlines())


@needs_latex
def test_same_document_same_bytes() -> None:
    first = pdf(DOCUMENT, no_page)
    time.sleep(1.1)  # dates in a PDF count seconds
    assert pdf(DOCUMENT, no_page) == first


@needs_latex
def test_references_take_a_second_run(tmp_path: Path) -> None:
    made = pdf(DOCUMENT.replace("BODY", r"\section{A}\label{a} See section~\ref{a}."), no_page)
    assert "See section 1." in words(tmp_path, made)


@needs_latex
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (r"\oops", r"pdflatex: Undefined control sequence. (line 6: \oops)"),
        ("$a", "pdflatex: Missing $ inserted. (line 7: \\end{document})"),
    ],
)
def test_an_error_is_one_line(folder: Path, body: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        pdf(DOCUMENT.replace("BODY", body), no_page)
    assert str(raised.value) == message
    assert not list(folder.iterdir())


@needs_latex
def test_a_package_that_is_not_installed() -> None:
    with pytest.raises(InputError) as raised:
        pdf(DOCUMENT.replace("amsmath", "nosuch"), no_page)
    assert str(raised.value) == (
        "pdflatex: LaTeX Error: File `nosuch.sty' not found. "
        "(apt install texlive-latex-base texlive-pictures)"
    )


@needs_latex
def test_latex_reads_no_other_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("A secret.")
    with pytest.raises(InputError, match=r"secret.tex' not found"):
        pdf(DOCUMENT.replace("BODY", rf"\input{{{secret}}}"), no_page)


def test_nothing_installed(path: Path) -> None:
    with pytest.raises(InputError) as raised:
        pdf(DOCUMENT, no_page)
    assert "apt install texlive-latex-base texlive-pictures" in str(raised.value)
    assert "apt install chromium" in str(raised.value)


@pytest.fixture
def no_latex(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "pdflatex" else which(name))


@needs_browser
@pytest.mark.usefixtures("no_latex")
def test_browser(tmp_path: Path, folder: Path) -> None:
    page = html_page("T", "<p>Some words of HTML.</p>" + math_block(r"a = \alpha \tag{17}"))
    made = pdf(DOCUMENT, lambda: page)
    time.sleep(1.1)
    assert pdf(DOCUMENT, lambda: page) == made
    assert made.startswith(b"%PDF")
    assert not list(folder.iterdir())
    text = words(tmp_path, made)
    assert "Some words of HTML." in text
    assert "(17)" in text
    assert re.search("[α𝛼]", text)
    assert r"\alpha" not in text


@needs_browser
@pytest.mark.usefixtures("no_latex")
def test_a_large_display_stays_on_its_page(tmp_path: Path) -> None:
    wide = " + ".join([r"w_{1}x_{1}"] * 40)
    rows = [rf"\frac{{a}}{{b}} &= {n} \tag{{{n}}}" for n in range(1, 61)]
    parts = [["s &= " + wide + r"\tag{99}"], rows]
    shown = [math_block(r"\begin{align*}" + "\\\\\n".join(p) + r"\end{align*}") for p in parts]
    made = pdf(DOCUMENT, lambda: html_page("T", "".join(shown) + "<p>The end.</p>"))
    pages = words(tmp_path, made).split("\f")
    assert "(99)" in pages[0]
    assert any(all(f"({n})" in page for n in range(1, 61)) for page in pages)
    assert any("The end." in page for page in pages)


@on_posix
def test_browser_that_fails(path: Path, folder: Path) -> None:
    program(path, "chromium", "echo first; echo 'no display' >&2; exit 3")
    with pytest.raises(InputError, match=r"^chromium: exit code 3: no display$"):
        pdf(DOCUMENT, lambda: "<p>")
    program(path, "chromium", "exit 0")
    with pytest.raises(InputError, match=r"^chromium: it made no PDF$"):
        pdf(DOCUMENT, lambda: "<p>")
    assert not list(folder.iterdir())


@on_posix
@pytest.mark.parametrize("name", ["pdflatex", "google-chrome"])
def test_too_long(
    path: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    child = tmp_path / "child"
    program(path, name, f"sleep 300 & echo $! > {child}; wait")
    monkeypatch.setattr(module, "LIMIT", 1.0)
    with pytest.raises(InputError, match=f"^{name}: not done after 1 seconds$"):
        pdf(DOCUMENT, lambda: "<p>")
    assert not list(folder.iterdir())
    assert gone(int(child.read_text()))


@on_posix
def test_ctrl_c(path: Path, folder: Path, tmp_path: Path) -> None:
    child = tmp_path / "child"
    program(path, "pdflatex", f"sleep 300 & echo $! > {child}.part; mv {child}.part {child}; wait")
    code = "from symbackprop.render.pdf import pdf; pdf('', str)"
    run = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(folder)},
        stderr=subprocess.PIPE,
    )
    assert soon(child.exists)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=30)
    assert b"KeyboardInterrupt" in said
    assert gone(int(child.read_text()))
    assert not list(folder.iterdir())


def gone(pid: int) -> bool:
    return soon(lambda: not alive(pid))


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended, but that nobody has asked for its exit code, does not."""
    state = subprocess.run(
        ["/bin/ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True
    )
    return state.stdout.strip()[:1] not in {"", "Z"}


def soon(true: object) -> bool:
    """Whether something becomes true within seconds."""
    assert callable(true)
    end = time.monotonic() + 20
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
