r"""How formulas are written: letters, indices, marks of layers, entries or matrices.  What is proved is the same.

>>> LECTURE.member("w", ("l", "i", "j"), latex=True), MATRIX_VECTOR.member("w", ("l", "i", "j"), latex=True)
('w_{ij}^{(l)}', 'w_{ji}^{l}')
>>> MATRIX_VECTOR.member("s", ("l-1", "j"), latex=False)
'z_j^(l-1)'
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, fields

from ..errors import InputError
from ..network.names import suggestion
from .words import GREEK, SPELLED, escaped, greek

LAYERED = ("w", "s", "x", "delta", "d", "W", "b")
"""The families whose first index is a layer."""
ARITIES = {"w": 3, "s": 2, "x": 2, "y": 1, "delta": 2}
"""How many indices a family of the lecture has."""
LETTERS = ("s", "x", "g", "e", "w", "b", "y", "delta", "d", "E")
CHOICES = {
    "order": ("ij", "ji"),
    "mark": ("(l)", "l", "[l]"),
    "form": ("entries", "matrix"),
    "vectors": ("column", "row"),
}
ASCII = {*string.ascii_letters}
TAKEN = {*"ijklmnpqrtL", "π", "∂", "Σ"}
"""What indices, the depth, a function's argument and signs are called."""


@dataclass(frozen=True)
class Convention:
    """Letters are single, Latin or Greek (σ); `b` empty keeps the biases among the weights, with x_0 = 1.

    `order` of a weight's nodes: w_ij from i to j, or w_ji.  `mark` of a layer: s^(l), s^l, s^[l].  `form`: entries, or matrices
    where an equation is one of vectors (then biases need a letter), `vectors` being columns or rows.
    Raises InputError where two things would be called the same, or a choice is none.

    >>> Convention(s="z", b="b", form="matrix").member("s", ("l", "j"), latex=True)
    'z_{j}^{(l)}'
    """

    s: str = "s"
    x: str = "x"
    g: str = "g"
    e: str = "e"
    w: str = "w"
    b: str = ""
    y: str = "y"
    delta: str = "δ"
    d: str = "d"
    E: str = "E"
    order: str = "ij"
    mark: str = "(l)"
    form: str = "entries"
    vectors: str = "column"

    def __post_init__(self) -> None:
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise InputError(
                    f"convention: {name} = {getattr(self, name)!r}: expected one of {', '.join(known)}"
                )
        if self.matrix and not self.b:
            raise InputError("convention: form = 'matrix' expects a letter for the biases: b = 'b'")
        seen: dict[str, str] = {}
        for name in (*LETTERS, *["W"] * self.matrix):
            _check(name, self.letter(name, latex=False), seen)

    @property
    def matrix(self) -> bool:
        return self.form == "matrix"

    @property
    def letters(self) -> tuple[str, ...]:
        """All letters that stand for something."""
        return tuple([getattr(self, name) for name in LETTERS])

    def letter(self, name: str, latex: bool) -> str:
        r"""The letter for one of the lecture's: σ or \sigma."""
        own: str = self.w.upper() if name == "W" else getattr(self, name)
        return greek(own) if latex else own

    def layer(self, index: str, latex: bool) -> str:
        """A layer's mark: (2), 2, [2]; a sum in parentheses in text."""
        if self.mark == "l":
            return index if latex or index.isalnum() else f"({index})"
        return self.mark.replace("l", index)

    def member(self, family: str, index: Sequence[str], latex: bool) -> str:
        """A member of a family, its indices as texts, the layer first."""
        up, nodes = (index[0], index[1:]) if family in LAYERED else ("", index)
        name = self.letter(family, latex)
        if family == "w" and self.b and nodes[:1] == ("0",):
            name, nodes = self.letter("b", latex), nodes[1:]
        if family == "w" and self.order == "ji":
            nodes = tuple(nodes)[::-1]
        return name + lowered(nodes, latex) + raised(self.layer(up, latex) if up else "", latex)


def lowered(nodes: Sequence[str], latex: bool) -> str:
    """Indices below, side by side where each is one character, else with commas."""
    inside = ("" if all(len(k) == 1 for k in nodes) else ",").join(nodes)
    if not inside or latex:
        return f"_{{{inside}}}" if inside else ""
    return f"_({inside})" if {*"+-"} & {*inside} else f"_{inside}"


def raised(mark: str, latex: bool) -> str:
    return (f"^{{{mark}}}" if latex else f"^{mark}") if mark else ""


def spelled(name: str, latex: bool) -> str:
    r"""A user's name as it is written: δ for delta, w_1 for w1, σ' for sigma'.

    >>> spelled("delta", True), spelled("w1", False), spelled("sigma'", False), spelled("loss", True)
    ('\\delta', 'w_1', "σ'", '\\mathrm{loss}')
    """
    found = re.fullmatch(r"([^\W\d_]+)_?(\d*)('*)", name)
    if found is None:
        return _upright(name) if latex else name
    base, digits, primes = found.groups()
    letter = SPELLED.get(base, base)
    shown = letter if not latex or letter in ASCII else _upright(letter)
    if latex and letter in {*GREEK, "π"}:
        shown = greek(letter)
    return shown + (lowered((digits,), latex) if digits else "") + primes


def _upright(name: str) -> str:
    """A name of several letters; by its number, a character that pdflatex does not know, so that no two look the same."""
    if name.isascii():
        return rf"\mathrm{{{escaped(name)}}}"
    known = [c if escaped(c) != "?" else f"U{ord(c):X}" for c in name]
    return rf"\textrm{{{escaped(''.join(known))}}}"


def _check(name: str, letter: str, seen: dict[str, str]) -> None:
    if not letter and name == "b":
        return
    good = (len(letter) == 1 and letter.isascii() and letter.isalpha()) or letter in GREEK
    if not good or letter in TAKEN:
        raise InputError(
            f"convention: {name} = {letter!r}: expected one letter, Latin or Greek, other than {' '.join(sorted(TAKEN))}"
        )
    if letter in seen:
        raise InputError(f"convention: {name} and {seen[letter]} are both called {letter}")
    seen[letter] = name


LECTURE = Convention()
"""The lecture's: s, x, g, e; w_ij from i to j; x_0 = 1."""
MATRIX_VECTOR = Convention(s="z", x="a", g="σ", e="C", b="b", order="ji", mark="l", form="matrix")
"""With z, a, σ, C, biases b, and columns: z^l = W^l a^(l-1) + b^l."""
PRESETS = {"lecture": LECTURE, "matrix-vector": MATRIX_VECTOR}


def convention(text: str) -> Convention:
    """A convention from its name, and what is changed in it: `matrix-vector,vectors=row,e=J`.

    >>> convention("lecture,s=z,mark=[l]").member("s", ("2", "1"), latex=False)
    'z_1^[2]'

    Raises InputError for what is none.
    """
    first, *changes = [part.strip() for part in text.split(",")]
    if "=" in first:
        first, changes = "lecture", [first, *changes]
    if first not in PRESETS:
        raise InputError(f"unknown convention {first!r}{suggestion(first, PRESETS)}")
    own = {f.name: getattr(PRESETS[first], f.name) for f in fields(Convention)}
    for change in changes:
        name, sign, value = (part.strip() for part in change.partition("="))
        if not sign:
            raise InputError(f"convention: {change!r}: expected NAME=VALUE")
        if name not in own:
            raise InputError(f"convention: unknown name {name!r}{suggestion(name, own)}")
        own[name] = SPELLED.get(value, value)
    return Convention(**own)
