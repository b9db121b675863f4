"""What is to be read, in every form: LaTeX, a document, PDF, Markdown, HTML, text, a notebook's cell."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace

from ..errors import InputError
from ..files import write_with
from ..network.names import look_up
from .conventions import LECTURE, Convention
from .html import escaped_html, html_page
from .media import (
    COLUMNS,
    DOCUMENT,
    DocumentMedium,
    HtmlMedium,
    LatexMedium,
    MarkdownMedium,
    NotebookMedium,
    TextMedium,
    plainly,
    untouched,
)
from .page import Block, Figure, Letters, Numbers
from .rows import conventional
from .words import escaped, printable
from .writer import LATEX, TEXT, Writer

TIKZ = "\\usepackage{tikz}\n"


@dataclass(frozen=True, repr=False)
class Typeset:
    """A page in its convention.  In a notebook it shows itself.

    >>> from symbackprop.kernel import Num, Sym
    >>> from symbackprop.render.page import Display, Row
    >>> page = Typeset("Bias", (Display((Row((Sym("x", (0, 0)),), Num(1), "x"),)),))
    >>> print(page.latex(), end="")
    \\begin{align*}
    x_{0}^{(0)} &= 1 \\tag{1}
    \\end{align*}
    """

    title: str
    blocks: tuple[Block, ...]
    letters: Letters = field(default_factory=dict)
    convention: Convention = LECTURE

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", printable(self.title))

    def latex(self) -> str:
        """A fragment for a document with amsmath and amssymb; without the pictures, which need TikZ."""
        medium = LatexMedium(self._writer(LATEX), self._numbers)
        return _joined(medium.blocks(self._written)) + "\n"

    def document(self) -> str:
        """A standalone LaTeX article."""
        medium = DocumentMedium(self._writer(LATEX), self._numbers)
        drawn = any(isinstance(b, Figure) for b in self.blocks)
        filled = {"PICTURES": TIKZ if drawn else "", "TITLE": escaped(self.title)}
        body = _joined(medium.blocks(self._written)) + "\n"
        out = DOCUMENT
        for name, value in {**filled, "BODY": body}.items():
            out = out.replace(name, value, 1)
        return out

    def markdown(self) -> str:
        """Markdown with mathematics between dollars."""
        medium = MarkdownMedium(self._writer(LATEX), self._numbers)
        return "\n\n".join([f"# {plainly(self.title)}", *medium.blocks(self._written)]) + "\n"

    def html(self) -> str:
        """One HTML page that needs nothing else, with KaTeX in it."""
        medium = HtmlMedium(self._writer(LATEX), self._numbers)
        body = "\n".join([f"<h1>{escaped_html(self.title)}</h1>", *medium.blocks(self._written)])
        return html_page(self.title, body)

    def text(self, columns: int = COLUMNS) -> str:
        """Unicode text, as wide as that many columns."""
        medium = TextMedium(self._writer(TEXT), self._numbers, columns=columns)
        top = f"{self.title}\n{'=' * len(self.title)}"
        return "\n\n".join([top, *medium.blocks(self._written)]) + "\n"

    def pdf(self) -> bytes:
        """The document by pdflatex, or the HTML page by Chromium.  Raises InputError where neither is there."""
        from .pdf import pdf

        return pdf(self.document(), self.html)

    def written(self, form: str, columns: int = COLUMNS) -> bytes:
        """One of latex, document, markdown, html, pdf, text.  Raises InputError for another form."""
        forms = {name: getattr(self, name) for name in FORMS}
        make = look_up("format", form, {**forms, "text": lambda: self.text(columns)})
        made: str | bytes = make()
        return made if isinstance(made, bytes) else made.encode()

    def save(self, path: str | os.PathLike[str], form: str | None = None) -> None:
        """Writes a file, in the form that its ending tells.  Raises InputError where that fails."""
        made = self.written(form_of(form, path))
        write_with(path, lambda file: file.write(made))

    def within(self, convention: Convention) -> Typeset:
        """The same page in another convention."""
        return replace(self, convention=convention)

    @property
    def _written(self) -> list[Block]:
        return conventional(self.blocks, self.convention)

    @property
    def _numbers(self) -> Numbers:
        return Numbers(self._written)

    def _writer(self, style: Writer) -> Writer:
        return replace(style, letters=self.letters, convention=self.convention)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<page {self.title!r}>"

    def _repr_html_(self) -> str:
        medium = NotebookMedium(self._writer(LATEX), self._numbers)
        return "\n".join([f"<h3>{untouched(self.title)}</h3>", *medium.blocks(self._written)])

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def _repr_latex_(self) -> str:
        return self.latex()


FORMS = ("latex", "document", "markdown", "html", "pdf", "text")
ENDINGS = {
    ".tex": "document",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".txt": "text",
}


def form_of(form: str | None, path: str | os.PathLike[str] | None) -> str:
    """The form that is asked for, or that the ending of a file tells; else text.  Raises InputError for an unknown form."""
    if form is not None:
        return look_up("format", form, {name: name for name in FORMS})
    ending = os.path.splitext(path)[1].lower() if path else ""
    if ending and ending not in ENDINGS:
        raise InputError(
            f"output {str(path)!r}: expected a name that ends in {', '.join(ENDINGS)}, or a format"
        )
    return ENDINGS.get(ending, "text")


def _joined(texts: list[str]) -> str:
    """Blocks of LaTeX: a display belongs to the paragraph before it; an empty line would set it apart."""
    out = ""
    for text in texts:
        out += ("\n" if text.startswith(r"\begin{align") else "\n\n") + text
    return out.lstrip()
