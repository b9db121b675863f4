"""The tutorial runs from scratch, and what is stored in it is what it says.

`python tests/test_tutorial.py` runs `proofs/tutorial.ipynb` and stores its outputs anew.
"""

from __future__ import annotations

import html
import json
import os
import re
import sys
import tempfile
from itertools import groupby
from pathlib import Path

import matplotlib.font_manager  # noqa: F401  (its cache is made here, not in a cell)
import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).parent / "render"))

from katexing import katex_errors, needs_node

ROOT = Path(__file__).parent.parent
TUTORIAL = ROOT / "proofs" / "tutorial.ipynb"
MAX_BYTES, MAX_OUTPUT, MAX_PLAIN, MAX_SECONDS = 400_000, 60_000, 200, 60
RICHEST = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png")
"""What a notebook shows of an output in several forms: the first of these."""
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def stored() -> NotebookNode:
    return nbformat.read(TUTORIAL, as_version=4)


def run(folder: Path) -> NotebookNode:
    """The tutorial after a run in a new process and a folder of its own, with outputs as they are stored."""
    notebook = stored()
    env = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    env["IPYTHONDIR"] = str(folder / "ipython")
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=MAX_SECONDS,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env=env)
    for cell in code_cells(notebook):
        cell.outputs = [slim(o) for o in joined(cell.outputs)]
        cell.metadata = {}
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [c for c in notebook.cells if c.cell_type == "code"]


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """A stream that came in pieces is one."""
    out = []
    for name, pieces in groupby(outputs, lambda o: o.get("name")):
        found = list(pieces)
        if name is None:
            out += found
        else:
            text = "".join(o.text for o in found)
            out.append(nbformat.v4.new_output("stream", name=name, text=text))
    return out


def slim(output: NotebookNode) -> NotebookNode:
    """An output in the form that is shown, and as plain text where that is short."""
    if "data" in output:
        shown = next((k for k in RICHEST if k in output.data), "text/plain")
        plain = {"text/plain"} if len(output.data.get("text/plain", "")) <= MAX_PLAIN else set()
        output.data = {k: v for k, v in output.data.items() if k in {shown, *plain}}
        output.metadata = {}
    return output


def read(outputs: list[NotebookNode]) -> list[tuple[str, str]]:
    """What a reader sees of outputs: their texts; of a plot, that it is there."""
    found = []
    for o in outputs:
        for kind, text in o.data.items() if "data" in o else [(o.get("name", "error"), o.text)]:
            found.append((kind, "" if kind == "image/png" else visible(kind, text)))
    return sorted(found)


def visible(kind: str, text: str) -> str:
    """The text of HTML and SVG without the tags; elsewhere, a cell has no name of its own."""
    if kind in ("text/html", "image/svg+xml"):
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())
    return re.sub(r"\b\d+\.py:", "cell ", text)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    return run(tmp_path_factory.mktemp("tutorial"))


def test_outputs_are_those_of_a_run(fresh: NotebookNode) -> None:
    """That it runs at all is tested too: a cell that raises ends the run."""
    pairs = zip(code_cells(stored()), code_cells(fresh), strict=True)
    stale = [old.id for old, new in pairs if read(old.outputs) != read(new.outputs)]
    assert not stale, "python tests/test_tutorial.py stores the outputs anew"


def test_a_stale_output_is_noticed(fresh: NotebookNode) -> None:
    outputs = [o for c in code_cells(fresh) for o in c.outputs]
    assert {"stream", "execute_result", "display_data"} == {o.output_type for o in outputs}
    for change in ("stdout", "text/markdown", "text/latex", "text/html", "image/svg+xml"):
        output = next(o for o in outputs if change in o.get("data", {}) or o.get("name") == change)
        before = read([output])
        changed = nbformat.from_dict(json.loads(json.dumps(output)))
        if "data" in changed:
            changed.data[change] += "<p>more</p>"
        else:
            changed.text += "more"
        assert read([changed]) != before, change


def test_it_is_a_valid_notebook_with_little_about_it() -> None:
    notebook = stored()
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == METADATA
    assert not [c.id for c in notebook.cells if c.metadata]


def test_cells_have_names_and_an_order() -> None:
    notebook = stored()
    names = [c.id for c in notebook.cells]
    assert len(names) == len({*names})
    assert not [name for name in names if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)]
    counts = [c.execution_count for c in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    for c in code_cells(notebook):
        numbers = [o.execution_count for o in c.outputs if o.output_type == "execute_result"]
        assert numbers in ([], [c.execution_count])


def test_outputs_are_small_and_say_nothing_of_a_machine() -> None:
    assert TUTORIAL.stat().st_size < MAX_BYTES
    private = [
        r"(?<![\w.])/(home|tmp|root|usr|var|opt|work|mnt|private|Users)/",
        r"\b[A-Za-z]:\\\w",
        r"\b0x[0-9a-f]{6,}",
        r"ipykernel_\d+",
    ]
    for cell in code_cells(stored()):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name", "stdout") == "stdout", cell.id
            text = json.dumps(output, ensure_ascii=False)
            assert len(text.encode()) < MAX_OUTPUT, cell.id
            texts = [v for k, v in output.get("data", {}).items() if k != "image/png"]
            said = "\n".join(texts or [output.get("text", "")])
            assert not [p for p in private if re.search(p, said)], cell.id
            assert str(ROOT) not in said, cell.id


def formulas(text: str) -> list[tuple[str, bool]]:
    """What stands between dollars in Markdown, code left out, and whether it is a display."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    found = re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", prose, flags=re.DOTALL)
    return [(display or inline, bool(display)) for display, inline in found]


def test_formulas_are_found() -> None:
    text = "a $x_1$, `$no` and\n$$\ny\n$$\nthen $z$"
    assert formulas(text) == [("x_1", False), ("\ny\n", True), ("z", False)]


@needs_node
def test_formulas_are_read_by_katex() -> None:
    texts = [c.source for c in stored().cells if c.cell_type == "markdown"]
    assert not [text for text in texts if text.replace("$$", "").count("$") % 2]
    for cell in code_cells(stored()):
        for o in cell.outputs:
            data = o.get("data", {})
            texts += [data[k] for k in ("text/markdown", "text/latex") if k in data]
            texts += [html.unescape(data["text/html"])] if "text/html" in data else []
    every = [f for text in texts for f in formulas(text)]
    assert len(every) > 60
    unmarked = [(re.sub("[✓✗]", "", f), display) for f, display in every]
    assert not katex_errors(unmarked), "marks of a line aside, which only strict KaTeX refuses"


def test_links_lead_somewhere() -> None:
    texts = [c.source for c in stored().cells if c.cell_type == "markdown"]
    headings = {h.replace(" ", "-") for t in texts for h in re.findall(r"^#+ (.+)$", t, re.M)}
    links = [link for t in texts for link in re.findall(r"\]\(#([^)]+)\)", t)]
    assert links
    assert not {*links} - headings
    scripts = {s for t in texts for s in re.findall(r"`(\w+\.py)`", t)}
    assert scripts
    assert not [s for s in scripts if not (TUTORIAL.parent / s).exists()]


def refresh() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fresh = run(Path(folder))
    nbformat.write(fresh, TUTORIAL)


if __name__ == "__main__":
    refresh()
