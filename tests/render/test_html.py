r"""The page needs nothing else, trusts nothing, and is readable on a phone, in the dark and on paper."""

from __future__ import annotations

import base64
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from symbackprop.render.html import escaped_html, html_page, math_block, math_span

sys.path.insert(0, str(Path(__file__).parent))
from browsing import dom, measured, needs_browser
from katexing import KATEX, katex_errors, needs_node

DISPLAY = r"""\begin{align*}
\frac{\partial e}{\partial s_{j}^{(l)}} &= \sum_{i=0}^{d^{(l-1)}} w_{ij}^{(l)}\, x_{i}^{(l-1)}
  && \text{by (1), the chain rule} \tag{12}\\
x &\ne 0,\quad \boldsymbol{W} \mathbf{x} \in \mathbb{R} \tag{13}
\end{align*}"""
WIDE = r"\begin{align*} s &= " + " + ".join(["w_{1}x_{1}"] * 40) + r" \tag{99} \end{align*}"
PLAIN = r"\begin{align*} s_{1} &= x_{1}^{2} \end{align*}"
BODY = f"<h1>T</h1><p>Let {math_span('a < b')}.</p>" + "".join(
    map(math_block, (DISPLAY, WIDE, PLAIN))
)
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "p", "span", "div", "script")
}
UNTRUSTED = [
    r"\href{javascript:alert(1)}{a}",
    r"\url{https://example.org}",
    r"\includegraphics{https://example.org/a.png}",
    r"\htmlClass{c}{a}",
    r"\htmlStyle{color: red}{a}",
]


class Parts(HTMLParser):
    """Elements with their attributes, and the text of each kind of element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img"}:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[self.inside[-1]] = self.texts.get(self.inside[-1], "") + data


def test_nothing_is_loaded() -> None:
    page = html_page("T", BODY)
    parts = Parts(page)
    assert not parts.inside
    assert {tag for tag, _ in parts.tags} <= ELEMENTS
    for _, attributes in parts.tags:
        assert not {"src", "href", "srcset", "action", "data"} & set(attributes)
    style = parts.texts["style"]
    assert "@import" not in style
    urls = re.findall(r"url\(([^)]*)\)", style)
    assert urls
    assert all(u.startswith("data:font/woff2;base64,") for u in urls)


def test_policy_allows_nothing_from_a_network() -> None:
    parts = Parts(html_page("T", BODY))
    policy = next(a["content"] for tag, a in parts.tags if tag == "meta" and "http-equiv" in a)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["font-src"] == rules["img-src"] == "data:"
    assert "unsafe" not in rules["script-src"]
    assert not re.search(r"https?:|//|\*", policy.replace(rules["script-src"], ""))


def test_what_is_written_is_text() -> None:
    evil = "<script>alert(1)</script>"
    page = html_page(evil, math_span(r"a<b & \text{<i>}") + math_block(evil), language='en"><i>')
    parts = Parts(page)
    assert parts.texts["title"] == evil
    assert parts.texts["span"] == r"a<b & \text{<i>}"
    assert parts.texts["div"] == evil
    assert sum(tag == "script" for tag, _ in parts.tags) == 2
    assert "i" not in {tag for tag, _ in parts.tags}
    assert dict(parts.tags)["html"] == {"lang": 'en"><i>'}
    assert escaped_html("\"'<&>") == "&quot;&#x27;&lt;&amp;&gt;"


def test_braces_of_a_body_are_its_own() -> None:
    assert "<p>{title} {0} \\g<1></p>" in html_page("T", "<p>{title} {0} \\g<1></p>")


def test_fonts() -> None:
    """Each family that a rule asks for is there, and is a font."""
    style = Parts(html_page("T", "")).texts["style"]
    faces = re.findall(r"@font-face\{[^}]*\}", style)
    there = {m[1] for face in faces if (m := re.search(r"font-family:\"?(KaTeX_\w+)", face))}
    asked = set(re.findall(r"KaTeX_\w+", re.sub(r"@font-face\{[^}]*\}", "", style)))
    assert asked == there
    for face in faces:
        found = re.search(r"base64,([^)]*)\)", face)
        assert found is not None
        assert base64.b64decode(found[1], validate=True)[:4] == b"wOF2"
    assert len(faces) == len(list(KATEX.glob("*.woff2")))


def test_one_page_is_of_modest_size() -> None:
    assert 300_000 < len(html_page("T", "").encode()) < 650_000


def test_licence_goes_with_it() -> None:
    version = re.search(r'version\W+"(\d+\.\d+\.\d+)"', (KATEX / "katex.min.css").read_text())
    licence = (KATEX / "LICENSE-katex.txt").read_text()
    page = html_page("T", "")
    assert "Khan Academy and other contributors" in page
    assert "Permission is hereby granted" in page
    assert licence.startswith("KaTeX 0.")
    assert version is None or version[1] in licence.splitlines()[0]
    assert "SIL OPEN FONT LICENSE" in (KATEX / "LICENSE-katex-fonts.txt").read_text()


@needs_node
def test_katex_reads_what_it_should() -> None:
    assert not katex_errors([("a < b", False), (DISPLAY, True), (WIDE, True)])


@needs_node
def test_katex_errors_are_errors() -> None:
    bad = [(r"\frac{1", False), (r"\nosuch", False), (r"\begin{align*} a \tag{1}", True)]
    bad += [(r"\mathcal{L}", False), ("a × б", False), *((u, False) for u in UNTRUSTED)]
    errors = katex_errors([bad[0], ("x", False), *bad[1:]])
    assert len(errors) == len(bad)
    assert all(formula in error for (formula, _), error in zip(bad, errors, strict=True))
    assert "no font for \\mathcal" in errors[3]


@needs_browser
def test_browser_typesets(tmp_path: Path) -> None:
    shown = dom(tmp_path, html_page("T", BODY))
    assert len(re.findall(r'class="katex"', shown)) == 4
    assert len(re.findall(r'class="katex-display"', shown)) == 3
    assert 'class="katex-error"' not in shown


@needs_browser
def test_browser_trusts_nothing(tmp_path: Path) -> None:
    smuggled = (
        "<script>document.title = 'smuggled'</script><img src='x' onerror='document.title=1'>"
    )
    formulas = "".join(map(math_span, [*UNTRUSTED, r"\frac{1", "x"]))
    shown = dom(tmp_path, html_page("T", formulas + smuggled))
    body = shown[shown.index("<body>") : shown.index("<script>!function")]
    assert "<title>T</title>" in shown
    assert len(re.findall('class="katex-error"', body)) == 1
    assert len(re.findall('class="katex"', body)) == len(UNTRUSTED) + 1
    parts = Parts(body)
    assert not {"a", "iframe", "object", "link"} & {tag for tag, _ in parts.tags}
    for _, attributes in parts.tags:
        assert not {"href", "xlink:href"} & set(attributes)
        assert attributes.get("src", "x") == "x"
        assert attributes.get("class") != "c"
        assert "red" not in str(attributes.get("style"))


@needs_browser
@pytest.mark.parametrize("width", [360, 700, 1100])
def test_only_displays_scroll(tmp_path: Path, width: int) -> None:
    """The page is not wider than its window; a number stands within the window and on no equation that ends before it."""
    measure = """{
      page: page.documentElement.scrollWidth,
      boxes: [...page.querySelectorAll("div.math")].map(d => d.scrollWidth > d.clientWidth),
      tags: [...page.querySelectorAll(".katex-tag")].map(t => t.getBoundingClientRect().right),
      free: [...page.querySelectorAll(".katex-tag")].map(t => {
        t.style.position = "static";
        const before = t.previousElementSibling.getBoundingClientRect();
        return t.getBoundingClientRect().left - before.right;
      }),
    }"""
    found = measured(tmp_path, html_page("T", BODY), measure, width)
    assert found["page"] <= width
    assert found["boxes"] == [width == 360, True, False]
    assert len(found["tags"]) == 2
    assert all(width / 2 < right <= width for right in found["tags"])
    assert all(gap > -1 for gap in found["free"])


@needs_browser
def test_words_and_formulas_are_of_one_size(tmp_path: Path) -> None:
    measure = (
        """["p", "span.math .katex"].map(s => getComputedStyle(page.querySelector(s)).fontSize)"""
    )
    words, formulas = measured(tmp_path, html_page("T", BODY), measure, 1100)
    assert words == formulas
