r"""The grammar of printed equations, and a recursive descent that reads them into trees.

::

    row       ::= side = … = side  [\qquad (condition, …)]
    side      ::= [-] product (± product)*
    product   ::= factor ([\times | \cdot | \odot | /] factor)*
    factor    ::= atom [^{n} | ^{\top}]  |  \sum_{i=m}^{n} product
    atom      ::= number | member | f(side, …) | \frac{side}{side} | \frac{\partial a}{\partial b} | (side) | [side > side] | …
    condition ::= i = m, \dots, n  |  side \ge side

What the grammar does not have is an error: unknown commands, brackets without a partner, anything after the end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

Ast = tuple[Any, ...]
"""A kind, and parts: ("sum", ((1, a), (-1, b)))."""


class UnreadableError(AssertionError):
    """A text that is not of the grammar, or that has no value."""


def fail(message: str) -> NoReturn:
    raise UnreadableError(message)


# --- tokens ----------------------------------------------------------------------------------------------------

SPACE = re.compile(r"(?:\s|\\[,;:! ]|\\q?quad(?![A-Za-z])|\{\})+")
TOKEN = re.compile(
    r"(?:\\(?:[Bb]igg?[lr]|left|right)\s*)?([()\[\]])|(\\[A-Za-z]+|\d+|[A-Za-z]|[-+/={}<>^_',;])"
)


@dataclass(frozen=True)
class Token:
    """A token; `close` where nothing stands between it and the one before."""

    text: str
    close: bool


def tokens(text: str) -> list[Token]:
    out: list[Token] = []
    at = end = 0
    while at < len(text):
        if space := SPACE.match(text, at):
            at = space.end()
            continue
        found = TOKEN.match(text, at)
        if not found:
            fail(f"no token at {text[at : at + 30]!r} in {text!r}")
        out.append(Token(found[1] or found[2], at == end))
        at = end = found.end()
    return out


GREEK = {"lambda": "lamda", "varepsilon": "epsilon", "varphi": "phi"}


def greek(command: str) -> str:
    r"""The letter of \delta; nothing for what is no letter."""
    name = command.lstrip("\\")
    size = "CAPITAL" if name[:1].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {GREEK.get(name, name).upper()}")
    except KeyError:
        return ""


# --- the grammar -----------------------------------------------------------------------------------------------

LAYERED = ("w", "s", "x", "delta", "d", "b", "W")
NODES = {"w": 2, "s": 1, "x": 1, "delta": 1, "b": 1, "y": 1, "d": 0, "W": 0, "e": 0}
INDEX_LETTERS = {*"ijklmnpqrthL"}
COMMANDS = {
    **{rf"\{name}": name for name in ("sin", "cos", "tan", "cot", "sec", "csc", "exp", "max")},
    **{rf"\{name}h": f"{name}h" for name in ("sin", "cos", "tan", "cot")},
    r"\ln": "log",
}
OPERATORS = {"id": "identity", "sgn": "sign"}
SIGNS = {r"\ge": ">=", r"\le": "<=", r"\ne": "!=", ">": ">", "<": "<", "=": "=="}
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
}


class Reader:
    """A recursive descent over the tokens of a text."""

    def __init__(self, text: str, convention: Any) -> None:
        self.text, self.tokens, self.at = text, tokens(text), 0
        self.convention = convention
        names = ["w", "s", "x", "delta", "d", "y", "e", *["b"] * bool(convention.b)]
        self.families = {getattr(convention, n): n for n in names}
        if convention.form == "matrix":
            self.families[convention.w.upper()] = "W"

    # the tokens

    @property
    def next(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        found = self.next
        if not found or (expected and found != expected):
            done = " ".join([t.text for t in self.tokens[: self.at]])
            fail(f"expected {expected or 'more'}, got {found or 'the end'} after {done!r}")
        self.at += 1
        return found

    def skip(self, text: str) -> bool:
        found = self.next == text
        self.at += found
        return found

    def call_follows(self) -> bool:
        return self.next == "(" and self.tokens[self.at].close

    def grouped(self, read: Callable[[], Any]) -> Any:
        """What stands in braces."""
        self.take("{")
        found = read()
        self.take("}")
        return found

    def end(self) -> None:
        if self.next:
            fail(
                f"trailing {' '.join([t.text for t in self.tokens[self.at :]])!r} in {self.text!r}"
            )

    # sums and products

    def chain(self) -> list[Ast]:
        sides = [self.sum()]
        while self.skip("="):
            sides.append(self.sum())
        self.end()
        return sides

    def sum(self) -> Ast:
        rows = [(-1 if self.skip("-") else 1, self.product())]
        while self.next in ("+", "-"):
            rows.append((1 if self.take() == "+" else -1, self.product()))
        return rows[0][1] if len(rows) == 1 and rows[0][0] == 1 else ("sum", tuple(rows))

    def product(self) -> Ast:
        self.skip(r"\cdot")  # a line may break at it
        out = self.factor()
        while True:
            if self.skip("/"):
                out = ("over", out, self.factor())
            elif self.next == r"\odot":
                self.take()
                out = ("odot", out, self.factor())
            elif self.next in (r"\times", r"\cdot"):
                self.take()
                out = ("times", out, self.factor())
            elif not self.next or self.next in "+-=)]},;<>" or self.next in SIGNS:
                return out
            else:
                if out[0] == "odot":
                    fail(f"a product after \\odot without parentheses in {self.text!r}")
                out = ("times", out, self.factor())

    def factor(self) -> Ast:
        if self.next == r"\sum":
            return self.series()
        out, closed = self.atom()
        if self.next != "^":
            return out
        if closed:
            fail(f"a second exponent in {self.text!r}")
        self.take()
        if self.next != "{":
            return ("power", out, self.digits())
        self.take()
        out = ("transposed", out) if self.skip(r"\top") else ("power", out, self.digits())
        self.take("}")
        if self.next == "^":
            fail(f"a second exponent in {self.text!r}")
        return out

    def digits(self) -> int:
        sign, text = -1 if self.skip("-") else 1, self.take()
        return (
            sign * int(text) if text.isdigit() else fail(f"{text!r} for a number in {self.text!r}")
        )

    def series(self) -> Ast:
        self.take(r"\sum")
        self.take("_")
        self.take("{")
        letter = self.take()
        if not letter.isalpha():
            fail(f"a sum over {letter!r}")
        low = self.sum() if self.skip("=") else None
        self.take("}")
        high = None
        if low is not None:
            self.take("^")
            high = self.grouped(self.sum)
        return ("series", letter, low, high, self.product())

    # atoms: each with whether an exponent may no longer follow

    def atom(self) -> tuple[Ast, bool]:
        text = self.next
        if text.isdigit():
            return ("num", Fraction(int(self.take()))), False
        if text == "(":
            return self.parenthesised(), False
        if text == "[":
            return self.bracket(), False
        special = {
            r"\frac": self.fraction,
            r"\sqrt": self.root,
            r"\lvert": self.modulus,
            r"\nabla": self.gradient,
            r"\pi": self.pi,
            r"\mathrm": self.named,
        }
        if text in special:
            self.take()
            return special[text](), False
        if text in COMMANDS or text == r"\operatorname":
            self.take()
            name = COMMANDS.get(text) or self.operator()
            return self.called(name, None, named=True), False
        return self.lettered(self.letter())

    def parenthesised(self) -> Ast:
        self.take("(")
        out = self.sum()
        self.take(")")
        return ("group", out)

    def bracket(self) -> Ast:
        self.take("[")
        left = self.sum()
        sign = self.take()
        if sign not in ("=", ">", "<"):
            fail(f"{sign!r} within brackets in {self.text!r}")
        right = self.sum()
        self.take("]")
        return ("bracket", SIGNS[sign], left, right)

    def fraction(self) -> Ast:
        self.take("{")
        if self.next != r"\partial":
            top = self.sum()
            self.take("}")
            return ("over", top, self.grouped(self.sum))
        self.take()
        of = None if self.next == "}" else self.differentiated()
        self.take("}")
        self.take("{")
        self.take(r"\partial")
        by = self.lettered(self.letter())[0]
        self.take("}")
        return ("partial", self.parenthesised() if of is None else of, by)

    def differentiated(self) -> Ast:
        """A member, or a function by its name."""
        c = self.letter()
        if c in self.families:
            return self.lettered(c)[0]
        return ("function", *self.function(c))

    def gradient(self) -> Ast:
        self.take("_")
        by = self.grouped(lambda: self.lettered(self.letter())[0])
        return ("gradient", ("function", *self.function(self.letter())), by)

    def root(self) -> Ast:
        return ("call", "sqrt", None, (0,), (self.grouped(self.sum),))

    def modulus(self) -> Ast:
        inside = self.sum()
        self.take(r"\rvert")
        return ("call", "abs", None, (0,), (inside,))

    def pi(self) -> Ast:
        return ("call", "pi", None, (), ())

    def operator(self) -> str:
        self.take("{")
        name = ""
        while self.next != "}":
            gap = "" if not name or self.tokens[self.at].close else "_"
            name += gap + self.take().replace("_", "")
        self.take("}")
        return OPERATORS.get(name, name)

    def named(self) -> Ast:
        return ("named", self.operator(), self.subscripts() if self.next == "_" else ())

    def letter(self) -> str:
        text = self.take()
        found = text if len(text) == 1 and text.isalpha() else text[:1] == "\\" and greek(text)
        if not found:
            fail(f"unknown {text!r} in {self.text!r}")
        return str(found)

    def lettered(self, c: str) -> tuple[Ast, bool]:
        """What begins with a letter."""
        family = self.families.get(c)
        exponential = c == "e" and self.next == "^" and family not in LAYERED
        if exponential:
            self.take()
            return ("call", "exp", None, (0,), (self.grouped(self.sum),)), True
        if family is not None:
            return self.member(c, family)
        if c in (self.convention.g, self.convention.E):
            return self.called(*self.function(c)), False
        if c == "σ" and (self.next == "'" or self.call_follows() or self.next == "^"):
            return self.called("sigmoid", None, named=True), False
        if c in INDEX_LETTERS and self.next not in ("_", "'") and not self.call_follows():
            return ("letter", c), False
        index = self.subscripts() if self.next == "_" else ()
        if self.next == "'" or self.call_follows():
            return self.called(c, index), False
        return (
            ("named", "#", index or (("num", Fraction(1)),)) if c == "t" else ("named", c, index)
        ), False

    def member(self, c: str, family: str) -> tuple[Ast, bool]:
        nodes: tuple[Ast, ...] | None = None
        if self.next == "_":
            nodes = self.subscripts(NODES[family])
            if len(nodes) != NODES[family] or not nodes:
                fail(f"{len(nodes)} indices of {c} in {self.text!r}")
        matrix = self.convention.form == "matrix"
        if family not in LAYERED:
            if family == "e" or nodes is not None or matrix:
                return ("member", family, None, () if family == "e" else nodes), False
            return ("named", c, ()), False
        if self.next != "^":
            if nodes is not None:
                fail(f"{c} without a layer in {self.text!r}")
            return ("named", c, ()), False
        if nodes is None and not matrix and family in ("s", "x") and not self.marked():
            return ("named", c, ()), False  # a function's argument, raised to a power
        layer = self.mark()
        if family == "d":
            return ("member", "d", layer, ()), True
        if nodes is None and (not matrix or family == "w"):
            fail(f"{c} without a node in {self.text!r}")
        if family == "w" and nodes is not None and self.convention.order == "ji":
            nodes = nodes[::-1]
        if family == "b" and nodes is not None:
            family, nodes = "w", (("num", Fraction(0)), *nodes)
        return ("member", family, layer, nodes), True

    def marked(self) -> bool:
        """Whether the exponent has the brackets of a layer's mark."""
        return self.at + 2 < len(self.tokens) and self.tokens[self.at + 2].text in ("(", "[")

    def mark(self) -> Ast:
        """A layer's mark, in the form of the convention."""
        self.take("^")
        left, right = {"(l)": "()", "[l]": "[]", "l": ("", "")}[self.convention.mark]

        def inside() -> Ast:
            if left:
                self.take(left)
            found = self.sum()
            if left:
                self.take(right)
            return found

        return self.grouped(inside)

    def subscripts(self, count: int | None = None) -> tuple[Ast, ...]:
        """Indices with commas, or side by side, a character each, where there are to be several."""
        self.take("_")
        if self.next != "{":
            return (self.single(self.take()),)
        self.take("{")
        start = self.at
        out = [self.sum()]
        while self.skip(","):
            out.append(self.sum())
        if len(out) == 1 and (count or 1) > 1:
            inside = "".join([t.text for t in self.tokens[start : self.at]])
            out = [self.single(c) for c in inside]
        self.take("}")
        return tuple(out)

    def single(self, c: str) -> Ast:
        if c.isdigit():
            return ("num", Fraction(int(c)))
        if len(c) != 1 or not c.isalpha():
            fail(f"{c!r} for an index in {self.text!r}")
        return ("letter", c)

    # functions

    def function(self, c: str) -> tuple[str, tuple[Ast, ...] | None]:
        """A function's name and its indices."""
        name = {self.convention.g: "g", self.convention.E: "E"}.get(c, c)
        if self.next != "_":
            return name, None
        if [t.text for t in self.tokens[self.at + 1 : self.at + 4]] == ["{", "y", "}"]:
            self.at += 4
            return f"{name}_y", None
        index = self.subscripts()
        if index == (("letter", "y"),):
            return f"{name}_y", None
        return name, index

    def called(self, name: str, index: tuple[Ast, ...] | None, named: bool = False) -> Ast:
        """A function at its arguments; a named one may carry an exponent."""
        primes, orders, exponent = 0, None, None
        while self.skip("'"):
            primes += 1
        if self.next == "^":
            self.take()
            self.take("{")
            if self.skip("("):
                orders = [self.digits()]
                while self.skip(","):
                    orders.append(self.digits())
                self.take(")")
            elif named:
                exponent = self.digits()
            else:
                fail(f"an exponent of {name} in {self.text!r}")
            self.take("}")
        if not self.call_follows():
            fail(f"{name} without arguments in {self.text!r}")
        self.take("(")
        args = [self.argument()]
        while self.skip(","):
            args.append(self.argument())
        self.take(")")
        call = ("call", name, index, tuple(orders) if orders else (primes,), tuple(args))
        return call if exponent is None else ("power", call, exponent)

    def argument(self) -> Ast:
        return ("dots",) if self.skip(r"\dots") else self.sum()

    # conditions

    def condition(self) -> Ast:
        """i = m, \\dots, n, or a relation."""
        left = self.sum()
        sign = SIGNS.get(self.take()) or fail(f"no condition: {self.text!r}")
        right = [self.argument()]
        while self.skip(","):
            right.append(self.argument())
        self.end()
        if sign == "==":
            if left[0] != "letter" or right[0] == ("dots",) or right[-1] == ("dots",):
                fail(f"no range: {self.text!r}")
            return ("range", left[1], tuple(right))
        if len(right) != 1 or right[0] == ("dots",):
            fail(f"no condition: {self.text!r}")
        return ("relation", sign, left, right[0])


def free(node: Any) -> set[str]:
    """The letters for indices, other than L and those of sums."""
    if not isinstance(node, tuple):
        return set()
    if node[:1] == ("letter",):
        return {node[1]} - {"L"}
    if node[:1] == ("series",):
        return free(node[2]) | free(node[3]) | (free(node[4]) - {node[1]})
    return set().union(*map(free, node))


def integral(node: Any) -> bool:
    """Whether only letters, widths and numbers are in it."""
    if not isinstance(node, tuple):
        return True
    if node[:1] in (("member",), ("named",), ("call",), ("partial",), ("gradient",)):
        return node[:2] == ("member", "d")
    return all(map(integral, node))
