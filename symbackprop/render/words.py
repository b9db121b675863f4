r"""Letters and words that LaTeX must be told otherwise: Greek, signs, and what it would take for commands."""

from __future__ import annotations

GREEK_LETTERS = "αβγδεζηθικλμνξρστυφχψωΓΔΘΛΞΥΦΨΩ"
GREEK_NAMES = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon varphi chi psi "
    "omega Gamma Delta Theta Lambda Xi Upsilon Phi Psi Omega"
)
GREEK = dict(zip(GREEK_LETTERS, GREEK_NAMES.split(), strict=True))
"""The Greek letters that have a command of their own in LaTeX."""
SPELLED = {name.removeprefix("var"): letter for letter, name in GREEK.items()}
"""The Greek letters by the names that users type."""
SIGNS = {
    "∂": "partial",
    "∇": "nabla",
    "≥": "ge",
    "≤": "le",
    "≠": "ne",
    "≈": "approx",
    "·": "cdot",
    "×": "times",
    "∈": "in",
    "→": "to",
    "⊙": "odot",
    "∞": "infty",
    "√": "surd",
    "✓": "checkmark",
    "Σ": "Sigma",
    "Π": "Pi",
    "π": "pi",
}
ESCAPES = {
    **{c: rf"$\{name}$" for c, name in {**GREEK, **SIGNS}.items()},
    **{c: "\\" + c for c in "#$%&_{}"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{c: rf"$^{{{d}}}$" for c, d in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", [*"0123456789", "-"], strict=True)},
    **{c: f"$_{d}$" for c, d in zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)},
    "ᵀ": r"$^{\top}$",
    "′": "$'$",
    "’": "'",
    "−": "-",
    "–": "--",
    "—": "---",
    "…": r"\dots{}",
}


def printable(text: str) -> str:
    r"""A user's words in one line, without what no page can show: control characters, marks of direction.

    >>> printable("two\n lines\x00")
    'two lines'
    """
    return "".join([c for c in " ".join(text.split()) if c.isprintable()])


def escaped(text: str) -> str:
    r"""A user's words, safe in LaTeX text; ? for a character that pdflatex does not know.

    >>> escaped("50% of_it, δ")
    '50\\% of\\_it, $\\delta$'
    """
    return "".join([ESCAPES.get(c) or (c if c < "\u0180" else "?") for c in text])


def greek(letter: str) -> str:
    r"""A letter in LaTeX.

    >>> greek("σ"), greek("z")
    ('\\sigma', 'z')
    """
    known = {**GREEK, "π": "pi"}
    return "\\" + known[letter] if letter in known else letter
