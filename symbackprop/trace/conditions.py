"""Conditions on inputs as text: chains of comparisons between an input, entry by entry, and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import ge, gt, le, lt, ne
from typing import Any

from ..errors import InputError
from ..kernel import Nonzero, Positive, Prop, Sym, Term
from ..kernel.terms import num

COMPARED = {">": gt, ">=": ge, "<": lt, "<=": le, "!=": ne}
TOKEN = re.compile(
    r"\s*(?:(<=|>=|!=|<|>)|([A-Za-z_]\w*)|([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?(?:/\d+)?))"
)


@dataclass(frozen=True)
class Condition:
    """left ? right, where one of the two is the name of an input, and the other a number or a name."""

    left: str | Fraction
    sign: str
    right: str | Fraction

    def speaks_of(self, name: str) -> bool:
        """Whether it is about one input alone, and this one."""
        return [s for s in (self.left, self.right) if isinstance(s, str)] == [name]

    def holds(self, name: str, value: Fraction) -> bool:
        left, right = [value if s == name else s for s in (self.left, self.right)]
        return bool(COMPARED[self.sign](left, right))

    def met(self, point: Mapping[Any, Fraction]) -> bool:
        """Whether it holds of all pairs of entries of the inputs that it speaks of."""
        rows = [
            [v for (n, _), v in point.items() if n == s] if isinstance(s, str) else [s]
            for s in (self.left, self.right)
        ]
        return all(COMPARED[self.sign](a, b) for a in rows[0] for b in rows[1])

    def props(self, entries: Mapping[str, Sequence[Sym]]) -> list[Prop]:
        """What it says of each entry, where that is a strict inequality."""
        rows: list[list[Term]] = []
        for s in (self.left, self.right):
            rows.append(list(entries[s]) if isinstance(s, str) else [num(s)])
        pairs = [(a, b) for a in rows[0] for b in rows[1]]
        kind: Any = Nonzero if self.sign == "!=" else Positive
        turned = self.sign == "<"
        return [kind(b - a if turned else a - b) for a, b in pairs if self.sign in ("<", ">", "!=")]


def read(texts: str | Iterable[str], inputs: Sequence[str]) -> list[Condition]:
    """Conditions such as "x > 0", "0 < p < 1" and "x != 0", several joined by &.

    >>> read("0 < p < 1 & x != 0", ["p", "x"])[0]
    Condition(left=Fraction(0, 1), sign='<', right='p')
    """
    rows = [texts] if isinstance(texts, str) else list(texts)
    return [c for text in rows for part in str(text).split("&") for c in _chain(part, inputs)]


def _chain(text: str, inputs: Sequence[str]) -> list[Condition]:
    words: list[Any] = []
    place = 0
    while text[place:].strip():
        found = TOKEN.match(text, place)
        if found is None:
            raise InputError(
                f"assume {text.strip()!r}: expected comparisons such as 'x > 0' or '0 < p < 1'"
            )
        place = found.end()
        sign, name, number = found.groups()
        if name and name not in inputs:
            raise InputError(
                f"assume {text.strip()!r}: expected one of the inputs {', '.join(inputs)}, got {name}"
            )
        words.append(sign or name or Fraction(number))
    fits = (
        len(words) > 2
        and len(words) % 2 == 1
        and all((w in COMPARED) == bool(k % 2) for k, w in enumerate(words))
    )
    if not fits:
        raise InputError(
            f"assume {text.strip()!r}: expected comparisons such as 'x > 0' or '0 < p < 1'"
        )
    return [Condition(*words[k : k + 3]) for k in range(0, len(words) - 1, 2)]
