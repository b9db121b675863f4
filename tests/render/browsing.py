"""A page in a headless Chromium: the document after its scripts, and sizes in a window of a given width."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="Chromium is not here")

FRAME = """<!DOCTYPE html><title>frame</title>
<iframe width="{width}" height="900" style="border: 0" srcdoc="{page}"></iframe><p id="found"></p>
<script>
onload = () => {{
  const page = document.querySelector("iframe").contentDocument;
  document.querySelector("#found").textContent = JSON.stringify({measure});
}};
</script>"""


def dom(folder: Path, page: str) -> str:
    """The page's HTML once its scripts have run."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--dump-dom"]
    own = [f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=10000"]
    command = [str(BROWSER), *flags, *own, file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def measured(folder: Path, page: str, measure: str, width: int) -> Any:
    """What the JavaScript expression `measure` says of `page`, a document in a frame of that width."""
    framed = FRAME.format(width=width, page=html.escape(page), measure=measure)
    found = re.search(r'<p id="found">(.+?)</p>', dom(folder, framed))
    assert found is not None
    return json.loads(html.unescape(found[1]))
