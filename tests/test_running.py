"""`symbackprop run` as a process: what it refuses, Ctrl-C, and going on; and the progress that a terminal shows."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from symbackprop import terminal
from symbackprop.terminal import Progress

COMMAND = [sys.executable, "-m", "symbackprop", "run", "--sizes", "2-3-1"]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, cwd=cwd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [f"{a / 7},{b / 5},{a / 7 * b / 5}" for a in range(7) for b in range(5)]
    (tmp_path / "d.csv").write_text("\n".join(rows))
    (tmp_path / "bad.npz").write_text("old")
    return tmp_path


BAD = [
    ("--batch 0", "batch: expected an integer from 1 up, got 0"),
    ("--batch x", "invalid int value: 'x'"),
    ("--optimizer adm", "unknown optimizer 'adm': did you mean 'adam'?"),
    ("--optimizer adam,beta1=2", "beta1: expected a number from 0 to below 1, got '2'"),
    ("--decay -1", "decay: expected a number from 0 to below 1/rate = 20, got -1.0"),
    ("--patience 0", "patience: expected an integer from 1 up, got 0"),
    ("--plot a.gif", "plot 'a.gif': expected a file that ends in .png, .svg or .pdf"),
    ("--plot no/a.png", "the folder 'no' does not exist"),
    ("--resume", "resume: expected a checkpoint to go on from"),
    ("--resume no.npz", "checkpoint 'no.npz': No such file"),
    ("--resume bad.npz", "checkpoint 'bad.npz': expected a file that a training has saved"),
    ("--checkpoint bad.npz", "checkpoint 'bad.npz': there is one already; expected resume"),
    ("--checkpoint no/c.npz", "the folder 'no' does not exist"),
    ("--checkpoint c.npz -o c.npz", "output 'c.npz': expected another name"),
    ("-o d.csv", "output 'd.csv': expected another name"),
    ("--loss bce --activation sigmoid --data t.csv", "targets of binary cross entropy"),
    ("--data n.csv", "n.csv, line 2, column 1: expected a finite number, got 'inf'"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[a for a, _ in BAD])
def test_bad_options_are_one_line(folder: Path, arguments: str, message: str) -> None:
    (folder / "t.csv").write_text("0,1,3\n1,1,0.5\n0,0,0.25")
    (folder / "n.csv").write_text("0,1,3\ninf,1,0.5\n0,0,0.25")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    given = arguments.split()
    done = run(*given, *([] if "--data" in given else ["--data", "d.csv"]), cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert message in done.stderr
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def interrupted(folder: Path, *arguments: str) -> tuple[int, str]:
    """Starts a run, and sends it Ctrl-C when it has told of its first epoch."""
    command = [*COMMAND, "--data", "d.csv", "--epochs", "1000000", *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # a job of a shell may ignore it
    ) as process:
        assert process.stdout is not None
        try:
            while not process.stdout.readline().startswith("epoch"):
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            return process.wait(60), process.communicate()[1]
        finally:
            process.kill()


def test_ctrl_c_saves_the_checkpoint_and_the_run_goes_on(folder: Path) -> None:
    way = ["--optimizer", "adam", "--batch", "4"]
    code, said = interrupted(folder, *way, "--checkpoint", "c.npz", "-o", "w.npz")
    assert code == 130
    assert "; checkpoint: c.npz" in said
    assert len(said.splitlines()) == 1
    assert sorted(p.name for p in folder.iterdir()) == ["bad.npz", "c.npz", "d.csv"]
    with np.load(folder / "c.npz") as saved:
        epochs = str(len(saved["errors"]) + 3)
    arguments = [*way, "--data", "d.csv", "--epochs", epochs]
    resumed = run(*arguments, "--checkpoint", "c.npz", "--resume", "-o", "a.npz", cwd=folder)
    whole = run(*arguments, "-o", "b.npz", cwd=folder)
    assert resumed.stdout.splitlines()[-1] == whole.stdout.splitlines()[-1]
    assert (folder / "a.npz").read_bytes() == (folder / "b.npz").read_bytes()
    other = run("--data", "d.csv", "--resume", "c.npz", cwd=folder)
    assert other.returncode == 2
    assert "is of another training: expected optimizer sgd" in other.stderr


def test_ctrl_c_saves_the_weights(folder: Path) -> None:
    code, said = interrupted(folder, "-o", "w.npz")
    assert code == 130
    assert "; weights of epoch " in said
    with np.load(folder / "w.npz") as saved:
        assert [saved[f"W{l}"].shape for l in (1, 2)] == [(3, 3), (4, 1)]


def test_curves_of_an_early_stop(folder: Path) -> None:
    pytest.importorskip("matplotlib")
    arguments = ["--data", "d.csv", "--patience", "3", "--epochs", "20", "--plot", "a.svg"]
    done = run(*arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "learning curves: a.svg" in done.stdout
    assert (folder / "a.svg").read_text().rstrip().endswith("</svg>")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_tells_the_error_and_the_time_that_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From epoch 11 on, resumed after 10: each takes 20 s by the clock, so 5 of them are 100 s."""
    screen, clock = Terminal(), iter([0.0, 20.0, 40.0, 60.0])
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    with Progress("training") as progress:
        for epoch in (11, 12, 13):
            progress(epoch, 18, "error 0.25")
        shown = screen.getvalue()
    lines = shown.split("\r\x1b[K")[1:]
    assert lines == [
        "training: 11 of 18, error 0.25",
        "training: 12 of 18, error 0.25, 2 min 0 s left",
        "training: 13 of 18, error 0.25, 1 min 40 s left",
    ]
    assert screen.getvalue() == shown + "\r\x1b[K"
