"""The grammar of formulas and conditions that users write, and its parser; no text is ever evaluated.

::

    condition  ::= conjunction { ("|" | "or") conjunction }
    conjunction::= negation { ("&" | "and") negation }
    negation   ::= ("~" | "not") negation | comparison
    comparison ::= sum { ("<" | "<=" | ">" | ">=" | "==" | "!=") sum }       0 < x < 1 is 0 < x & x < 1
    sum        ::= product { ("+" | "-") product }
    product    ::= sign { ("*" | "/") sign }
    sign       ::= ("-" | "+") sign | power
    power      ::= atom [ "**" sign ]
    atom       ::= number | name | name "(" arguments ")" | "(" condition ")" | "|" sum "|"

A pair (value, condition), as in `Piecewise((x, x > 0), (0, True))`, is an argument too.  Decimals are exact rationals.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..errors import InputError

MAX_LENGTH, MAX_DEPTH, MAX_ROW, MAX_DIGITS = 20_000, 50, 100, 400
RELATIONS = ("<=", ">=", "==", "!=", "<", ">")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)"
    r"|(?P<op>\*\*|<=|>=|==|!=|[-+*/()<>,&|~≤≥≠]))"
)
WORDS = {"and": "&", "or": "|", "not": "~", "≤": "<=", "≥": ">=", "≠": "!="}


@dataclass(frozen=True)
class Formula:
    """A formula or a condition: what its head makes of its arguments.

    Heads are "number", "name", the operators + * / ** neg, the relations, & | ~, "pair", and the names of functions.
    `text` is what was written of a number or a name; `at` is where it stands, counted from 1.
    """

    head: str
    args: tuple[Formula, ...] = ()
    value: Fraction | None = None
    text: str = ""
    at: int = 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Formula):
            return NotImplemented
        return bool(self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def key(self) -> Any:
        """What makes two formulas the same, wherever they stand."""
        return self.head, self.args, self.value, self.text if self.head == "name" else ""

    def __str__(self) -> str:
        return shown(self)


def number(value: Fraction | int, text: str = "", at: int = 0) -> Formula:
    return Formula("number", (), Fraction(value), text, at)


def name(text: str, at: int = 0) -> Formula:
    return Formula("name", (), None, text, at)


TRUE, FALSE = Formula("true"), Formula("false")


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    at: int


def tokens(source: str) -> list[Token]:
    """The words of a formula, with where each stands.  InputError names a sign that is not in the grammar."""
    if not isinstance(source, str):
        raise InputError(f"expected a formula as text, got {type(source).__name__}")
    if len(source) > MAX_LENGTH:
        raise InputError(f"expected a formula of at most {MAX_LENGTH} signs, got {len(source)}")
    found, at, end = [], 0, len(source.rstrip())
    while at < end:
        match = _TOKEN.match(source, at)
        if match is None:
            at += len(source[at:]) - len(source[at:].lstrip())
            hint = "; a power is written **" if source[at] == "^" else ""
            raise InputError(f"{brief(source)}: unexpected {source[at]!r} at sign {at + 1}{hint}")
        kind = str(match.lastgroup)
        text = WORDS.get(match[kind], match[kind])
        found.append(Token("op" if text in WORDS.values() else kind, text, match.start(kind) + 1))
        at = match.end()
    return found


def brief(source: str) -> str:
    return source if len(source) <= 60 else f"{source[:57]}..."


class Parser:
    """Recursive descent, a method for each line of the grammar."""

    def __init__(self, source: str) -> None:
        self.source, self.tokens = source, tokens(source)
        self.place, self.depth = 0, 0

    @property
    def next(self) -> Token:
        end = Token("end", "the end", len(self.source) + 1)
        return self.tokens[self.place] if self.place < len(self.tokens) else end

    def fail(self, expected: str) -> InputError:
        t = self.next
        return InputError(f"{brief(self.source)}: expected {expected} at sign {t.at}, got {t.text}")

    def take(self, *texts: str) -> Token | None:
        t = self.next
        if t.kind != "op" or t.text not in texts:
            return None
        self.place += 1
        return t

    def need(self, text: str) -> None:
        if self.take(text) is None:
            raise self.fail(repr(text))

    def whole(self) -> Formula:
        out = self.condition()
        if self.place < len(self.tokens):
            raise self.fail("an operator or the end")
        return out

    def joined(self, head: str, texts: tuple[str, ...], part: Callable[[], Formula]) -> Formula:
        out = part()
        row = 0
        while (t := self.take(*texts)) is not None:
            row = self.more(row)
            out = Formula(head, (out, part()), at=t.at)
        return out

    def more(self, row: int) -> int:
        """One operator more in a row."""
        if row >= MAX_ROW:
            raise InputError(f"{brief(self.source)}: expected at most {MAX_ROW} operators in a row")
        return row + 1

    def condition(self) -> Formula:
        return self.joined("|", ("|",), self.conjunction)

    def conjunction(self) -> Formula:
        return self.joined("&", ("&",), self.negation)

    def negation(self) -> Formula:
        t = self.take("~")
        return (
            self.comparison() if t is None else Formula("~", (self.deeper(self.negation),), at=t.at)
        )

    def comparison(self) -> Formula:
        left, out = self.sum(), None
        while (t := self.take(*RELATIONS)) is not None:
            right = self.sum()
            link = Formula(t.text, (left, right), at=t.at)
            out = link if out is None else Formula("&", (out, link), at=t.at)
            left = right
        return left if out is None else out

    def sum(self) -> Formula:
        out, row = self.product(), 0
        while (t := self.take("+", "-")) is not None:
            row = self.more(row)
            right = self.product()
            right = right if t.text == "+" else Formula("neg", (right,), at=t.at)
            out = Formula("+", (out, right), at=t.at)
        return out

    def product(self) -> Formula:
        out, row = self.sign(), 0
        while (t := self.take("*", "/")) is not None:
            row = self.more(row)
            out = Formula(t.text, (out, self.sign()), at=t.at)
        return out

    def sign(self) -> Formula:
        t = self.take("-", "+")
        if t is None:
            return self.power()
        inner = self.deeper(self.sign)
        return inner if t.text == "+" else Formula("neg", (inner,), at=t.at)

    def power(self) -> Formula:
        base = self.deeper(self.atom)
        t = self.take("**")
        return base if t is None else Formula("**", (base, self.deeper(self.sign)), at=t.at)

    def deeper(self, part: Callable[[], Formula]) -> Formula:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InputError(f"{brief(self.source)}: expected at most {MAX_DEPTH} levels")
        out = part()
        self.depth -= 1
        return out

    def atom(self) -> Formula:
        t = self.next
        if t.kind == "number":
            self.place += 1
            return number(_value(t, self.source), t.text, t.at)
        if t.kind == "name":
            self.place += 1
            return self.called(t) if self.take("(") else _named(t)
        if self.take("("):
            out = self.condition()
            self.need(")")
            return out
        if self.take("|"):
            out = self.sum()
            self.need("|")
            return Formula("Abs", (out,), at=t.at)
        raise self.fail("a number, a name or '('")

    def called(self, t: Token) -> Formula:
        """The arguments after a name and its parenthesis."""
        args: list[Formula] = []
        while not self.take(")"):
            if args:
                self.need(",")
            args.append(self.argument())
        return Formula(t.text, tuple(args), at=t.at)

    def argument(self) -> Formula:
        """A condition, or a pair of a value and a condition."""
        start, opening = self.place, self.take("(")
        if opening is not None:
            first = self.deeper(self.condition)
            if self.take(","):
                pair = Formula("pair", (first, self.deeper(self.condition)), at=opening.at)
                self.need(")")
                return pair
            self.place = start
        return self.deeper(self.condition)


def _named(t: Token) -> Formula:
    return {"True": TRUE, "False": FALSE}.get(t.text, name(t.text, t.at))


def _value(t: Token, source: str) -> Fraction:
    _, _, exponent = t.text.lower().partition("e")
    if len(t.text) > MAX_DIGITS or len(exponent) > 4:
        raise InputError(f"{brief(source)}: expected a shorter number at sign {t.at}")
    return Fraction(t.text if t.text[-1] != "." else t.text[:-1])


def parse(source: str) -> Formula:
    """The formula or the condition that a text is.  InputError says what was expected, and where.

    >>> str(parse("g/(1+exp(-x))")), str(parse("|x| < 1 & 0 < y <= 2"))
    ('g/(1 + exp(-x))', 'Abs(x) < 1 & (0 < y & y <= 2)')
    """
    return Parser(source).whole()


# --- text ---------------------------------------------------------------------------------------------------------

TIGHT = {"|": 1, "&": 2, "~": 3, **dict.fromkeys(RELATIONS, 4), "+": 5, "neg": 6, "*": 7, "/": 7}


def shown(f: Formula, tight: int = 0) -> str:
    """A formula as text that the grammar reads back as the same formula."""
    if f.head == "number":
        value = f.value or Fraction(0)
        text = f.text or (str(value) if value >= 0 else f"({value})")
        return f"({text})" if "/" in text and tight > 7 and text[0] != "(" else text
    if f.head == "name":
        return f.text
    if f.head in ("true", "false"):
        return f.head.title()
    level = 8 if f.head == "**" else TIGHT.get(f.head)
    if level is None:
        inside = ", ".join([shown(a) for a in f.args])
        return f"({inside})" if f.head == "pair" else f"{f.head}({inside})"
    text = _operation(f, level)
    return f"({text})" if level < tight or (f.head == "neg" and tight == 6) else text


def _operation(f: Formula, level: int) -> str:
    if f.head == "neg":
        return f"-{shown(f.args[0], 8)}"
    if f.head == "~":
        return f"~{shown(f.args[0], 4)}"
    left, right = f.args
    if f.head == "+" and right.head == "neg":
        return f"{shown(left, 5)} - {shown(right.args[0], 6)}"
    if f.head == "**":
        return f"{shown(left, 9)}**{shown(right, 9)}"
    space = "" if f.head in "*/" else " "
    return f"{shown(left, level)}{space}{f.head}{space}{shown(right, level + 1)}"
