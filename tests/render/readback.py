"""Reads printed equations back, and compares what they say with the kernel's statement, in random models.

The grammar is its own and shares no code with the printer.  In matrix form vectors and matrices are matrices of rationals, whose
shapes must fit in sums and products; entry by entry the left side tells which instance of the kernel's statement it is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from grammar import (
    RELATIONS,
    SIGNS,
    Ast,
    Reader,
    Token,
    UnreadableError,
    fail,
    free,
    integral,
    tokens,
)
from random_models import (
    Id,
    Letters,
    Model,
    Pairs,
    assignments,
    inverse,
    kernel_pairs,
    kernel_value,
    models,
    power,
    shown,
    statement,
    whole,
)

Functions = Mapping[str, Mapping[int, str]]
"""What a printed letter of an activation is called by the kernel, by the layer of its argument: {"g": {1: "tanh"}}."""


# --- rows ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """An equation as printed: its sides are equal where the conditions hold.  Prose has no sides."""

    text: str
    convention: Any
    sides: tuple[Ast, ...] = ()
    where: tuple[Ast, ...] = ()
    number: int | None = None
    reason: str = ""

    @property
    def prose(self) -> bool:
        return not self.sides

    def between(self, left: int, right: int) -> Printed:
        """Two of the sides."""
        return replace(self, sides=(self.sides[left], self.sides[right]))

    def __str__(self) -> str:
        return self.text


@dataclass
class Line:
    """What stands in the lines of a row: `left` is None where there is no &=."""

    left: str | None
    body: str
    number: int | None = None
    reason: str = ""


def equations(latex: str, convention: Any) -> list[Printed]:
    """The rows of all displays of a fragment, in order."""
    latex = latex.replace("\\\\*", "\\\\").replace(r"\mathrm{e}^", "e^")
    if latex.count("{") != latex.count("}"):
        fail("braces without a partner")
    displays = re.findall(r"\\begin\{(align\*|aligned)\}(.*?)\\end\{\1\}", latex, re.DOTALL)
    marks = re.findall(r"\\(?:begin|end)\{(?:align\*?|aligned)\}", latex)
    if len(marks) != 2 * len(displays):
        fail("displays that do not begin and end")
    return [row for _, body in displays for row in _display(body, convention)]


def _display(body: str, convention: Any) -> list[Printed]:
    rows: list[Line] = []
    for line in _lines(body):
        _read_line(line, rows)
    out: list[Printed] = []
    for row in rows:
        out.append(_printed(row, convention, out[-1] if out else None))
    return _inherited(out, rows)


def _lines(body: str) -> list[str]:
    """What \\\\ separates, but within cases."""
    lines, depth = [""], 0
    for part in re.split(r"(\\begin\{cases\}|\\end\{cases\}|\\\\)", body):
        depth += {r"\begin{cases}": 1, r"\end{cases}": -1}.get(part, 0)
        if part == "\\\\" and not depth:
            lines.append("")
        else:
            lines[-1] += part
    return lines


def _read_line(line: str, rows: list[Line]) -> None:
    """A line begins a row, or goes on with the last."""
    number, reason = None, ""
    if found := re.search(r"\s*\\tag\{(\d+)\}\s*$", line):
        number, line = int(found[1]), line[: found.start()]
    line, *notes = line.split("&&")
    for note in notes:
        if found := re.fullmatch(r"\s*\\text\{(.*)\}\s*", note, re.DOTALL):
            reason = found[1]
        elif found := re.fullmatch(r"\s*\((\d+)\)\s*", note):
            number = int(found[1])
        elif note.strip():
            fail(f"a second column that is no reason: {note!r}")
    line = line.strip()
    if line.replace(r"\begin{cases}", "").count("&") != 1 and "cases" not in line:
        fail(f"expected one & in {line!r}")
    if found := re.fullmatch(r"&\s*(?:\\quad|(?=\\qquad)|$)(.*)", line, re.DOTALL):
        if not rows:
            fail(f"nothing goes on with {line!r}")
        last = rows[-1]
        if last.number is not None:
            fail(f"a row goes on after its number: {line!r}")
        last.body += " " + found[1]
        last.number = number
        last.reason = f"{last.reason} {reason}".strip()
        return
    left, _, body = line.partition("&")
    if body.startswith("="):
        rows.append(Line(left.strip(), body[1:], number, reason))
    elif left.strip():
        fail(f"a left side without an equals sign: {line!r}")
    else:
        rows.append(Line(None, body, number, reason))


def _printed(row: Line, convention: Any, before: Printed | None) -> Printed:
    text = f"{row.left or ''} {'=' if row.left is not None else ''} {row.body}".strip()
    bare = Printed(text, convention, (), (), row.number, row.reason)
    if r"\text" in row.body or r"\begin{cases}" in row.body:
        return bare
    body, *conditions = row.body.split(r"\qquad")
    if len(conditions) > 1:
        fail(f"two conditions in {text!r}")
    if row.left is None and not _equal(body):
        return bare
    sides = Reader(body, convention).chain()
    if row.left:
        sides = Reader(row.left, convention).chain() + sides
    elif row.left == "":
        if before is None or before.prose:
            fail(f"nothing goes on with {text!r}")
        sides = [*before.sides[:1], *sides]
    where = [k for c in conditions for k in _conditions(c.strip(), convention)]
    return replace(bare, sides=tuple(sides), where=tuple(where))


def _equal(body: str) -> bool:
    """Whether there is an equals sign outside all brackets."""
    depth = 0
    for t in tokens(body):
        depth += (t.text in ("(", "[", "{")) - (t.text in (")", "]", "}"))
        if t.text == "=" and not depth:
            return True
    return False


def _conditions(text: str, convention: Any) -> list[Ast]:
    """(l = 1, \\dots, L,\\ j = 1, 2; …) as ranges and relations."""
    if not (text.startswith("(") and text.endswith(")")):
        fail(f"no condition: {text!r}")
    parts: list[str] = []
    for piece in _pieces(text[1:-1]):
        if any(t.text in SIGNS for t in _outer(piece)):
            parts.append(piece)
        elif parts:
            parts[-1] += "," + piece
        else:
            fail(f"no condition: {text!r}")
    return [Reader(p, convention).condition() for p in parts]


def _pieces(text: str) -> list[str]:
    out, depth = [""], 0
    for c in re.split(r"(\\[,;]|[(){}\[\],;])", text):
        depth += (c in ("(", "[", "{")) - (c in (")", "]", "}"))
        if c in (",", ";") and not depth:
            out.append("")
        else:
            out[-1] += c
    return out


def _outer(text: str) -> list[Token]:
    out, depth = [], 0
    for t in tokens(text):
        depth += (t.text in ("(", "[", "{")) - (t.text in (")", "]", "}"))
        if not depth:
            out.append(t)
    return out


def _inherited(found: list[Printed], rows: list[Line]) -> list[Printed]:
    """A chain has one condition, wherever in it that stands."""
    out = list(found)
    start = 0
    for k in range(1, len(rows) + 1):
        if k < len(rows) and rows[k].left == "":
            continue
        own = [p.where for p in out[start:k] if p.where]
        if own:
            out[start:k] = [replace(p, where=p.where or own[0]) for p in out[start:k]]
        start = k
    return out


# --- values ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matrix:
    """Rows of numbers, or of members."""

    rows: tuple[tuple[Any, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0]) if self.rows else 0

    def each(self, f: Callable[[Any], Any]) -> Matrix:
        return Matrix(tuple([tuple(map(f, row)) for row in self.rows]))

    def zipped(self, other: Matrix, f: Callable[[Any, Any], Any]) -> Matrix:
        if self.shape != other.shape:
            fail(f"shapes {self.shape} and {other.shape}")
        pairs = zip(self.rows, other.rows, strict=True)
        return Matrix(tuple([tuple(map(f, a, b)) for a, b in pairs]))

    def turned(self) -> Matrix:
        return Matrix(tuple(zip(*self.rows, strict=True)))

    def times(self, other: Matrix) -> Matrix:
        if self.shape[1] != other.shape[0]:
            fail(f"a product of shapes {self.shape} and {other.shape}")
        columns = other.turned().rows
        return Matrix(
            tuple(
                [
                    tuple(
                        [
                            sum([a * b for a, b in zip(r, c, strict=True)], Fraction(0))
                            for c in columns
                        ]
                    )
                    for r in self.rows
                ]
            )
        )

    def entries(self) -> list[Any]:
        return [v for row in self.rows for v in row]


Value = Fraction | Matrix
WHOLE = ("E", "E_y", "G")
"""Functions of a whole layer; all others act entry by entry."""


@dataclass(frozen=True)
class Frame:
    """Where a printed formula has a value: a model, and values of its letters."""

    model: Model
    convention: Any
    letters: Letters
    functions: Functions

    def value(self, node: Ast) -> Value:
        return VALUES[node[0]](self, *node[1:])

    def number(self, node: Ast) -> Fraction:
        found = self.value(node)
        return found if isinstance(found, Fraction) else fail("a matrix where a number should be")

    def integer(self, node: Ast) -> int:
        return whole(self.number(node))

    def identities(self, node: Ast) -> Id | Matrix:
        """The member that is meant, or those of a vector or a matrix."""
        if node[0] == "named":
            return (node[1], *map(self.integer, node[2]))
        if node[0] != "member" or node[1] == "d":
            fail(f"{node[0]} where a member should be")
        _, family, layer, nodes = node
        at = () if layer is None else (self.integer(layer),)
        if nodes is not None:
            return (family, *at, *map(self.integer, nodes))
        return self.weights(at[0]) if family == "W" else self.vector(family, at)

    def widths(self, l: int) -> range:
        return range(1, self.model.width("d", (l,)) + 1)

    def vector(self, family: str, at: tuple[int, ...]) -> Matrix:
        inside = self.widths(at[0] if at else self.model.depth)
        name = ("w", *at, 0) if family == "b" else (family, *at)
        column = Matrix(tuple([((*name, j),) for j in inside]))
        return column.turned() if self.convention.vectors == "row" else column

    def weights(self, l: int) -> Matrix:
        rows = [tuple([("w", l, i, j) for j in self.widths(l)]) for i in self.widths(l - 1)]
        found = Matrix(tuple(rows))
        return found if self.convention.order == "ij" else found.turned()

    # the kinds of nodes

    def member(self, family: str, layer: Any, nodes: Any) -> Value:
        if family == "d":
            return Fraction(self.model.width("d", (self.integer(layer),)))
        own = self.identities(("member", family, layer, nodes))
        return own.each(self.model.member) if isinstance(own, Matrix) else self.model.member(own)

    def named(self, name: str, index: Iterable[Ast]) -> Value:
        return self.model.member((name, *map(self.integer, index)))

    def letter(self, name: str) -> Value:
        known = {**self.letters, "L": self.model.depth}
        return Fraction(known[name]) if name in known else fail(f"{name} has no value")

    def sum(self, rows: Sequence[tuple[int, Ast]]) -> Value:
        return added([_scaled(Fraction(sign), self.value(t)) for sign, t in rows])

    def times(self, a: Ast, b: Ast) -> Value:
        return _product(self.value(a), self.value(b))

    def odot(self, a: Ast, b: Ast) -> Value:
        left, right = self.value(a), self.value(b)
        if not isinstance(left, Matrix) or not isinstance(right, Matrix):
            fail("\\odot of a number")
        return left.zipped(right, lambda u, v: u * v)

    def over(self, a: Ast, b: Ast) -> Value:
        return _product(inverse(self.number(b)), self.value(a))

    def power(self, a: Ast, n: int) -> Value:
        return power(self.number(a), n)

    def transposed(self, a: Ast) -> Value:
        found = self.value(a)
        return found.turned() if isinstance(found, Matrix) else fail("the transpose of a number")

    def bracket(self, sign: str, a: Ast, b: Ast) -> Value:
        if sign == "==" and not (integral(a) and integral(b)):
            fail("[a = b] of what are no integers")
        return Fraction(RELATIONS[sign](self.number(a), self.number(b)))

    def series(self, letter: str, low: Ast | None, high: Ast | None, body: Ast) -> Value:
        if low is None or high is None:
            fail(f"a sum over {letter} without a range")
        inside = range(self.integer(low), self.integer(high) + 1)
        every = [replace(self, letters={**self.letters, letter: k}).value(body) for k in inside]
        return added(every) if every else Fraction(0)

    def partial(self, of: Ast, by: Ast) -> Value:
        own = self.identities(by)
        if of[0] == "function":
            index = tuple(map(self.integer, of[2] or ()))
            return _mapped(own, lambda v: self.model.slope(of[1], index, v))
        if of[0] == "group":
            key: Any = ("value", self.number(of))
        else:
            key = self.identities(of)
        if isinstance(key, Matrix):
            fail("the derivative of a vector")
        return _mapped(own, lambda v: self.model.partial(key, v))

    def gradient(self, of: Ast, by: Ast) -> Value:
        found = self.partial(of, by)
        return found if isinstance(found, Matrix) else fail("a gradient by a number")

    def call(self, name: str, index: Any, orders: tuple[int, ...], args: tuple[Ast, ...]) -> Value:
        at = tuple(map(self.integer, index or ()))
        values = self.arguments(args)
        name, at = self.activation(name, at, args)
        if len(values) == 1 and isinstance(values[0], Matrix) and name not in WHOLE:
            return values[0].each(lambda v: self.model.applied(name, at, orders, (v,)))
        flat = [v for u in values for v in (u.entries() if isinstance(u, Matrix) else [u])]
        if any(isinstance(u, Matrix) and 1 not in u.shape for u in values):
            fail(f"{name} of a matrix")
        if orders == (0,):
            orders = (0,) * len(flat)
        if len(orders) != len(flat):
            fail(f"{name}: {len(orders)} orders of {len(flat)} arguments")
        return self.model.applied(name, at, orders, flat)

    def activation(
        self, name: str, at: tuple[int, ...], args: tuple[Ast, ...]
    ) -> tuple[str, tuple[int, ...]]:
        """What the kernel calls an activation, by the layer of its argument."""
        known = self.functions.get(name)
        if known and len(args) == 1 and args[0][0] == "member" and args[0][2] is not None:
            l = self.integer(args[0][2])
            if l in known and at in ((), (l,)):
                return known[l], ()
        return name, at

    def arguments(self, args: tuple[Ast, ...]) -> list[Value]:
        """The values, a, \\dots, b as all from the one to the other."""
        if ("dots",) not in args:
            return [self.value(a) for a in args]
        if len(args) != 3 or args[1] != ("dots",):
            fail("dots that are not between two arguments")
        first, last = self.identities(args[0]), self.identities(args[2])
        if isinstance(first, Matrix) or isinstance(last, Matrix) or first[:-1] != last[:-1]:
            fail(f"dots between {first} and {last}")
        return [self.model.member((*first[:-1], k)) for k in range(first[-1], last[-1] + 1)]

    # conditions

    def holds(self, condition: Ast) -> bool:
        if condition[0] == "relation":
            _, sign, left, right = condition
            return RELATIONS[sign](self.number(left), self.number(right))
        _, letter, values = condition
        k = self.letters[letter]
        if ("dots",) not in values:
            return k in [self.integer(v) for v in values]
        *start, dots, last = values
        first = [self.integer(v) for v in start]
        if (
            dots != ("dots",)
            or ("dots",) in start
            or first != [*range(first[0], first[0] + len(first))]
        ):
            fail(f"a range of {letter} that does not count up")
        return first[0] <= k <= self.integer(last)


VALUES: dict[str, Callable[..., Value]] = {
    "num": lambda frame, q: q,
    "group": lambda frame, t: frame.value(t),
    "member": Frame.member,
    "named": Frame.named,
    "letter": Frame.letter,
    "sum": Frame.sum,
    "times": Frame.times,
    "odot": Frame.odot,
    "over": Frame.over,
    "power": Frame.power,
    "transposed": Frame.transposed,
    "bracket": Frame.bracket,
    "series": Frame.series,
    "partial": Frame.partial,
    "gradient": Frame.gradient,
    "call": Frame.call,
}


def added(values: Sequence[Value]) -> Value:
    out = values[0]
    for v in values[1:]:
        if isinstance(out, Matrix) and isinstance(v, Matrix):
            out = out.zipped(v, lambda a, b: a + b)
        elif isinstance(out, Fraction) and isinstance(v, Fraction):
            out += v
        else:
            fail("a number and a matrix, added")
    return out


def _scaled(q: Fraction, v: Value) -> Value:
    return v.each(lambda u: q * u) if isinstance(v, Matrix) else q * v


def _product(a: Value, b: Value) -> Value:
    if isinstance(a, Matrix) and isinstance(b, Matrix):
        return a.times(b)
    return _scaled(a, b) if isinstance(a, Fraction) else _scaled(b, a)  # type: ignore[arg-type]


def _mapped(own: Any, f: Callable[[Any], Fraction]) -> Value:
    return own.each(f) if isinstance(own, Matrix) else f(own)


# --- comparison ------------------------------------------------------------------------------------------------


def printed_pairs(p: Printed, model: Model, functions: Functions | None = None) -> Pairs:
    """What a printed row says in a model: its first side with each other one, entry by entry, without what holds of itself."""
    conditions = [c for c in p.where if integral(c)]
    letters = sorted(set().union(*map(free, p.sides), *map(free, conditions), _ranged(p)))

    def frame(values: Letters) -> Frame:
        return Frame(model, p.convention, values, functions or {})

    def condition(c: Ast) -> tuple[set[str], Callable[[Letters], bool]]:
        return free(c) | _letters(c), lambda values: frame(values).holds(c)

    out: Pairs = {}
    for values in assignments(letters, model.span, [condition(c) for c in conditions]):
        own = frame(values)
        first, *others = [own.value(side) for side in p.sides]
        for other in others:
            for pair in _entries(first, other):
                if pair[0] != pair[1]:
                    out[pair] = shown(values)
    return out


def _letters(condition: Ast) -> set[str]:
    return {condition[1]} if condition[0] == "range" else set()


def _ranged(p: Printed) -> set[str]:
    return set().union(*map(_letters, p.where))


def _entries(left: Value, right: Value) -> Iterable[tuple[Fraction, Fraction]]:
    if isinstance(left, Matrix) and isinstance(right, Matrix):
        return left.zipped(right, lambda a, b: (a, b)).entries()
    if isinstance(left, Matrix) or isinstance(right, Matrix):
        fail("a number equal to a matrix")
    return [(left, right)]


def same_statement(
    printed: Sequence[Printed], said: Any, model: Model, functions: Functions | None = None
) -> None:
    """The rows together say what the kernel's statement says, for the same indices.  Raises AssertionError."""
    own = statement(said)
    assert own is not None, f"no equation: {said}"
    wanted = kernel_pairs(own, model)
    found: Pairs = {}
    for p in printed:
        found |= printed_pairs(p, model, functions)
    rows = "; ".join(map(str, printed))
    missing = [where for pair, where in wanted.items() if pair not in found]
    assert not missing, f"{own}\nis not printed for {missing[0]} (widths {model.widths}): {rows}"
    extra = [where for pair, where in found.items() if pair not in wanted]
    assert not extra, f"{own}\nis printed for {extra[0]} too (widths {model.widths}): {rows}"


def read_back(
    printed: Sequence[Printed],
    said: Sequence[Any],
    chosen: Sequence[Model],
    functions: Functions | None = None,
) -> list[list[Printed]]:
    """For each statement the rows that say it, or a part of it; AssertionError where a part of it is not said.

    A row may say several of the statements.  One that says anything else, in any model, is not among those found.
    """
    rows = [p for p in printed if not p.prose]
    values: list[list[Pairs]] = []
    notes: list[str] = []
    for p in rows:
        try:
            values.append([printed_pairs(p, m, functions) for m in chosen])
        except AssertionError as error:
            values.append([])
            notes.append(f"{p}: {error}")
    statements = [statement(one) for one in said]
    assert None not in statements, "what is no equation is not read back"
    wanted = [[kernel_pairs(one, m) for m in chosen] for one in statements if one]
    every = [set().union(*[pairs[k] for pairs in wanted]) for k in range(len(chosen))]
    good = [bool(v) and all(a.keys() <= b for a, b in zip(v, every, strict=True)) for v in values]
    out = []
    for one, pairs in zip(statements, wanted, strict=True):
        about = [k for k, v in enumerate(values) if any(map(_about, v, pairs))]
        own = [k for k in about if good[k]]
        for n, model in enumerate(chosen):
            found = set().union(*[values[k][n] for k in own])
            missing = [where for pair, where in pairs[n].items() if pair not in found]
            near = [str(rows[k]) for k in about] or ["nothing about it"]
            first = f"{one}: not printed for {missing[:1]} (widths {model.widths}); printed are"
            assert not missing, "\n".join([first, *near, *notes])
        out.append([rows[k] for k in own])
    return out


def _about(found: Pairs, wanted: Pairs) -> bool:
    """Whether two are about the same left sides."""
    return not {a for a, _ in found}.isdisjoint({a for a, _ in wanted})


__all__ = [
    "Model",
    "Printed",
    "UnreadableError",
    "equations",
    "kernel_value",
    "models",
    "printed_pairs",
    "read_back",
    "same_statement",
    "statement",
]
