"""One page of HTML that needs nothing else: KaTeX, its fonts and the style stand in it, and nothing is loaded from a network."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final

PAGE: Final = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<!--
{licence}-->
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
{scripts}
</body>
</html>
"""
POLICY: Final = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; font-src data:; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
SCRIPTS: Final = ("katex/katex.min.js", "page.js")
STYLES: Final = ("katex/katex.min.css", "page.css")


def html_page(title: str, body: str, language: str = "en") -> str:
    """A whole page: `title` is text for the browser's tab, `body` is HTML with its formulas in `math_span` and `math_block`."""
    values = {
        **_furniture(),
        "title": escaped_html(title),
        "language": escaped_html(language),
        "body": body,
    }
    return re.sub(r"\{(\w+)\}", lambda m: values[m[1]], PAGE)


def math_span(latex: str) -> str:
    """A formula within a line."""
    return f'<span class="math">{escaped_html(latex)}</span>'


def math_block(latex: str) -> str:
    """A display: a formula, or an environment such as align*."""
    return f'<div class="math">{escaped_html(latex)}</div>'


def escaped_html(text: str) -> str:
    """Text as HTML, within an element or an attribute's quotes."""
    return escape(text, quote=True)


@cache
def _furniture() -> Mapping[str, str]:
    """What is the same in every page."""
    scripts = [_no_end_tag(_data(name)) for name in SCRIPTS]
    return {
        "policy": POLICY.format(scripts=" ".join(map(_fingerprint, scripts))),
        "licence": _data("katex/LICENSE-katex.txt"),
        "style": _with_fonts("".join(map(_data, STYLES))),
        "scripts": "\n".join(f"<script>{s}</script>" for s in scripts),
    }


def _no_end_tag(script: str) -> str:
    r"""</ and <!-- in a script's strings, written as <\/ and <\!--, which JavaScript reads alike and HTML does not see."""
    return re.sub(r"<(/script|!--)", r"<\\\1", script, flags=re.IGNORECASE)


def _fingerprint(script: str) -> str:
    """What lets a browser run this script and no other, so that a body smuggles none in."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _with_fonts(style: str) -> str:
    """url(FONT.woff2) as the font itself."""
    return re.sub(r"url\(([\w-]+\.woff2)\)", lambda m: f"url({_font(m[1])})", style)


def _font(name: str) -> str:
    font = (files("symbackprop") / "data" / "katex" / name).read_bytes()
    return f"data:font/woff2;base64,{base64.b64encode(font).decode()}"


def _data(name: str) -> str:
    return (files("symbackprop") / "data").joinpath(*name.split("/")).read_text("utf-8")
