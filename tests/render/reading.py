"""An oracle that shares no code with the printer: reads printed formulas back and evaluates them at rationals.

Functions that a formula applies, and derivatives that it names, get values that depend on their name and arguments alone; the
same is done with the kernel's terms, by a walk of its own.
"""

from __future__ import annotations

import re
import zlib
from fractions import Fraction
from typing import Any

from symbackprop.kernel import Add, App, Bracket, D, Mul, Num, Pow, Sym

SYMBOL = r"(?:[wsxyeabE]|δ)(?:_\d+(?:,\d+)?)?(?:\^\(\d+\))?"
TEXT = re.compile(
    rf"(?P<partial>∂{SYMBOL}/∂{SYMBOL})|(?P<function>[a-zσ_]+'*[²³⁴⁵⁶⁷⁸⁹]*(?=\()|g_\d'*(?=\()|√|π)"
    rf"|(?P<symbol>{SYMBOL})|(?P<number>\d+)|(?P<power>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<sign>[-+·/()\[\]<>])|\s+"
)
NAME = r"(?:[wsxyeab]|\\delta)(?:_\{\d+(?:,\d+)?\})?(?:\^\{\(\d+\)\})?"
COMMAND = r"\\(?:tanh|sin|cos|ln|exp|sigma|sqrt)|\\operatorname\{[a-z\\,]+\}|g_\d|g(?=')|g(?=\()"
LATEX = re.compile(
    rf"(?P<partial>\\frac\{{\\partial {NAME}\}}\{{\\partial {NAME}\}})|(?P<fraction>\\frac)"
    rf"|(?P<exponential>e\^(?=\{{(?!\(\d+\)\}})))|(?P<function>(?:{COMMAND})'*)|(?P<pi>\\pi)|(?P<symbol>{NAME})"
    r"|(?P<number>\d+)|(?P<power>\^\{\d+\})|(?P<sign>[-+/()\[\]<>{}])|\\[Bb]igg?[lr]|\\,|\s+"
)
DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NAMES = {r"\ln": "log", "ln": "log", "σ": "sigmoid", r"\sigma": "sigmoid", "√": "sqrt"}


def chance(*key: Any) -> Fraction:
    """A rational that depends on the key alone."""
    seed = zlib.crc32(repr(key).encode())
    return Fraction(seed % 41 - 20, seed // 41 % 7 + 1) or Fraction(1, 3)


def plain(name: str) -> str:
    r"""w_{02}^{(1)} as w_02^(1); \operatorname{gelu}' as gelu'."""
    bare = re.sub(r"\\operatorname|[{}]|\\,", "", name).replace(r"\delta", "δ")
    stem = bare.rstrip("'")
    return NAMES.get(stem, stem.lstrip("\\")) + bare[len(stem) :]


def names(text: str) -> list[str]:
    """The symbols in a symbol or in a derivative, of either style."""
    bare = text.replace(r"\frac", "").replace(r"\partial ", "∂")
    return (
        bare.strip("{}∂").replace("}{∂", "/").replace("/∂", "/").split("/")
        if "∂" in bare
        else [text]
    )


class Reading:
    """A recursive descent over tokens (kind, text)."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at = tokens, 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, text: str | None = None) -> str:
        _, found = self.peek()
        assert text is None or found == text, f"expected {text}, got {found}"
        self.at += 1
        return found

    def sum(self) -> Fraction:
        total = self.term(self.sign())
        while self.peek()[1] in ("+", "-"):
            total += self.term(self.sign())
        return total

    def sign(self) -> int:
        if self.peek()[1] not in ("+", "-"):
            return 1
        return -1 if self.take() == "-" else 1

    def term(self, sign: int) -> Fraction:
        value = sign * self.factor()
        while self.peek()[0] not in ("end",) and self.peek()[1] not in (*"+-)]}<>",):
            divide = self.peek()[1] == "/"
            if self.peek()[1] in ("·", "/"):
                self.take()
            other = self.factor()
            value = value * other if not divide else value / other if other else Fraction(0)
        return value

    def factor(self) -> Fraction:
        value = self.atom()
        while self.peek()[0] == "power":
            value **= int(self.take().translate(DIGITS).strip("^{}"))
        return value

    def group(self, left: str, right: str) -> Fraction:
        self.take(left)
        value = self.sum()
        self.take(right)
        return value

    def atom(self) -> Fraction:
        kind, text = self.peek()
        if text == "(":
            return self.group("(", ")")
        if text == "[":
            return self.bracket()
        self.take()
        if kind == "number":
            return Fraction(int(text))
        if kind in ("symbol", "partial"):
            return chance(
                "symbol", "/".join(["∂" * (kind == "partial") + plain(v) for v in names(text)])
            )
        if kind == "pi" or text == "π":
            return chance("pi", ())
        if kind == "fraction":
            top, bottom = self.group("{", "}"), self.group("{", "}")
            return top / bottom if bottom else Fraction(0)
        if kind == "exponential":
            return chance("exp", (self.group("{", "}"),))
        assert kind == "function", (kind, text)
        return self.function(text)

    def function(self, text: str) -> Fraction:
        power = 1
        raised = re.search(r"[²³⁴⁵⁶⁷⁸⁹]$", text)
        if raised:
            power, text = int(raised[0].translate(DIGITS)), text[:-1]
        if self.peek()[0] == "power":
            power = int(self.take().strip("^{}"))
        delimiters = ("{", "}") if self.peek()[1] == "{" else ("(", ")")
        argument = self.group(*delimiters) if self.peek()[1] in "{(" else self.atom()
        return chance(plain(text), (argument,)) ** power

    def bracket(self) -> Fraction:
        self.take("[")
        left = self.sum()
        relation = self.take()
        right = self.sum()
        self.take("]")
        return Fraction(left > right if relation == ">" else left < right)


def read(printed: str, pattern: re.Pattern[str]) -> Fraction:
    """The value of a printed formula; AssertionError where it is none."""
    printed = printed.replace(r"\mathrm{e}^", "e^")
    tokens, at = [], 0
    while at < len(printed):
        m = pattern.match(printed, at)
        assert m, f"cannot read {printed[at : at + 30]!r} in {printed!r}"
        if m.lastgroup:
            tokens.append((m.lastgroup, m[0]))
        at = m.end()
    reading = Reading(tokens)
    value = reading.sum()
    assert reading.peek()[0] == "end", reading.peek()
    return value


def name_of(t: Sym) -> str:
    up = t.index[:1] if t.name != "y" else ()
    down = [str(k) for k in t.index[len(up) :]]
    inside = ("" if all(len(k) == 1 for k in down) else ",").join(down)
    letter = "δ" if t.name == "delta" else t.name
    return letter + f"_{inside}" * bool(down) + "".join(f"^({k})" for k in up)


def value(t: Any) -> Fraction:
    """The value of a kernel term, with 0^-1 = 0."""
    match t:
        case Num(q):
            return q
        case Sym():
            return chance("symbol", name_of(t))
        case D(Sym() as u, by):
            return chance("symbol", f"∂{name_of(u)}/∂{name_of(by)}")
        case Add(terms):
            return sum((value(u) for u in terms), Fraction(0))
        case Mul(factors):
            out = Fraction(1)
            for u in factors:
                out *= value(u)
            return out
        case Pow(base, n):
            v = value(base)
            return Fraction(0) if n < 0 and not v else v**n
        case Bracket(u):
            return Fraction(value(u) > 0)
        case App("pi", _, _):
            return chance("pi", ())
        case App(name, orders, args):
            return chance(name + "'" * sum(orders), tuple(value(a) for a in args))
    raise AssertionError(t)
