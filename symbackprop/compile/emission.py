"""Nodes as lines of array code: one expression a line, what is used twice under a name of its own.

The axes of all that is computed come in one order, that of the result and then that of the sums; an argument keeps the order of
its dimensions and is turned where it is used otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from string import ascii_letters
from typing import Any

from .nodes import (
    Along,
    Axes,
    Call,
    Contract,
    Count,
    Node,
    Number,
    Part,
    Pick,
    Size,
    Stack,
    Value,
    inside,
    plus,
    union,
)
from .targets import COMPARED, INFIX, Target

ATOM, POWER, UNARY, PRODUCT, SUM, OTHER = 9, 5, 4, 2, 1, 0


@dataclass(frozen=True)
class Code:
    """A piece of code: its text, how tightly it binds, and the axes of the array that it is."""

    text: str
    binds: int
    axes: Axes = ()

    def within(self, binds: int) -> str:
        return self.text if self.binds >= binds else f"({self.text})"


@dataclass
class Emission:
    """Lines of code in the making; `named` are nodes that have been computed under a name."""

    target: Target
    order: Axes
    named: dict[Node, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    twice: frozenset[Node] = frozenset()
    like: str = ""

    def assign(self, name: str, node: Node, says: str = "") -> None:
        """`name = …`; what occurs twice in it comes before, as t1, t2, …."""
        self.share(node)
        code = self.aligned(node, self.sorted(node.axes))
        self.lines += [f"# {says}"] if says else []
        self.lines.append(f"{name} = {code.text}")
        self.named[node] = name

    def share(self, *nodes: Node) -> None:
        for alike in self.alike(nodes):
            self.name(alike)
        for node in shared(nodes):
            if node not in self.named:
                self.name([node])

    def name(self, alike: Sequence[Node]) -> None:
        """One line for nodes that are the same array, whatever their axes are called."""
        code = self.aligned(alike[0], self.sorted(alike[0].axes))
        name = f"t{len({n for n in self.named.values() if n.startswith('t')}) + 1}"
        self.lines.append(f"{name} = {code.text}")
        self.named |= dict.fromkeys(alike, name)

    def alike(self, nodes: Sequence[Node]) -> list[list[Node]]:
        """Rows of numbers put to the same function under different indices: softmax at i and at j."""
        groups: dict[str, list[Node]] = {}
        for n in dict.fromkeys(m for node in nodes for m in inside(node)):
            plain = isinstance(n, Along) and isinstance(n.array, Value | Part)
            if plain and n not in self.named:
                code = self.aligned(n, self.sorted(n.axes))
                groups.setdefault(code.text, []).append(n)
        return [group for group in groups.values() if len(group) > 1]

    def sorted(self, axes: Iterable[str]) -> Axes:
        return tuple(sorted(axes, key=self.order.index))

    def code(self, node: Node) -> Code:
        if node in self.named:
            return Code(self.named[node], ATOM, self.sorted(node.axes))
        row: Any = ROWS[type(node)]
        out: Code = row(self, node)
        return out

    def aligned(self, node: Node, axes: Axes) -> Code:
        """The node as it broadcasts with arrays of these axes."""
        code = self.code(node)
        own = self.sorted(code.axes)
        if own != code.axes:
            turn = tuple([code.axes.index(a) for a in own])
            text = code.within(ATOM)
            text = f"{text}.T" if turn == (1, 0) else self.target.turned(text, turn)
            code = Code(text, ATOM, own)
        rest = list(axes)
        while rest and rest[0] not in own:
            rest.pop(0)
        if tuple(rest) == own or not own:
            return code
        picks = ", ".join(":" if a in own else "None" for a in rest)
        return Code(f"{code.within(ATOM)}[{picks}]", ATOM, tuple(rest))


def shared(nodes: Sequence[Node]) -> list[Node]:
    """What is computed and occurs more than once, those within others first."""
    every = [n for node in dict.fromkeys(nodes) for n in inside(node)]
    counts = Counter(p for n in dict.fromkeys(every) for p in n.parts)
    computed = (Call, Contract, Along)
    return [n for n in dict.fromkeys(every) if counts[n] > 1 and isinstance(n, computed)]


# --- a row a kind of node ----------------------------------------------------------------------------------------


def _value(e: Emission, node: Value) -> Code:
    text = node.name if node.axes or not e.target.exact else f"Fraction({node.name})"
    return Code(text, ATOM, node.dimensions)


def _number(e: Emission, node: Number) -> Code:
    if isinstance(node.value, float):
        return Code(repr(node.value), ATOM if node.value >= 0 else UNARY)
    n, d = node.value.numerator, node.value.denominator
    if e.target.exact:
        return Code(f"Fraction({n}, {d})", ATOM)
    if d == 1:
        return Code(str(n), ATOM if n >= 0 else UNARY)
    return Code(f"{n} / {d}", PRODUCT)


def _size(e: Emission, node: Size) -> Code:
    text = plus(node.high, 1 - node.low)
    if e.target.exact:
        return Code(f"Fraction({text})", ATOM)
    return Code(text, SUM if " " in text else ATOM)


def _count(e: Emission, node: Count) -> Code:
    text = e.target.call("arange", [str(node.low), plus(node.high, 1)])
    return Code(_typed(e, node, text), ATOM, node.axes)


def _typed(e: Emission, node: Node, text: str) -> str:
    """Numbers of no array's own, in the type of an array where the target does not see to that."""
    like = _like(e, node)
    return f"{text}.to({like})" if like and e.target.typed else text


def _like(e: Emission, node: Node) -> str:
    """An array that the node is computed from, or else one of the arguments."""
    for n in inside(node):
        if n in e.named:
            return e.named[n]
        if isinstance(n, Value) and n.axes:
            return n.name
    return e.like


def _part(e: Emission, node: Part) -> Code:
    picks = [_pick(p) for p in node.picks]
    while picks and picks[-1] == ":":
        picks.pop()
    return Code(f"{e.code(node.array).within(ATOM)}[{', '.join(picks)}]", ATOM, node.dimensions)


def _pick(pick: Pick) -> str:
    if pick is None:
        return ":"
    if isinstance(pick, int):
        return str(pick)
    first, end = pick
    return f"{first or ''}:{'' if end is None else end}"


def _contract(e: Emission, node: Contract) -> Code:
    axes = e.sorted(node.axes)
    codes = [e.code(f) for f in node.factors]
    if len(codes) == 1 and len(set(codes[0].axes)) == len(codes[0].axes):
        return _total(e, codes[0], axes)
    found = _matrix_product(e, codes, axes)
    if found is not None:
        return found
    letters = dict(zip(union([c.axes for c in codes]), ascii_letters, strict=False))
    inputs = ",".join("".join(letters[a] for a in c.axes) for c in codes)
    form = f"{inputs}->{''.join(letters[a] for a in axes)}"
    arrays = ", ".join(c.text for c in codes)
    return Code(f'{e.target.short}.einsum("{form}", {arrays})', ATOM, axes)


def _total(e: Emission, code: Code, axes: Axes) -> Code:
    if not axes:
        return Code(e.target.call("total", [code.text]), ATOM)
    gone = [k for k, a in enumerate(code.axes) if a not in axes]
    which = str(gone[0]) if len(gone) == 1 else str(tuple(gone))
    left = tuple([a for a in code.axes if a in axes])
    return Code(e.target.call("sum", [code.text, which]), ATOM, left)


def _matrix_product(e: Emission, codes: list[Code], axes: Axes) -> Code | None:
    """`a @ b @ c` where factors of at most two axes share one by one the axes that are summed, in a row."""
    row = _in_a_row(codes, axes)
    if row is None:
        return None
    text, binds = row[0].text, row[0].binds
    for k, (last, code) in enumerate(pairwise(row)):
        (shared,) = {*last.axes} & {*code.axes}
        left = text if binds >= PRODUCT else f"({text})"
        if k == 0 and len(last.axes) == 2 and last.axes[0] == shared:
            left = f"{last.within(ATOM)}.T"
        turned = len(code.axes) == 2 and code.axes[1] == shared
        right = f"{code.within(ATOM)}.T" if turned else code.within(UNARY)
        text, binds = f"{left} @ {right}", PRODUCT
    return Code(text, PRODUCT, axes)


def _in_a_row(codes: list[Code], axes: Axes) -> list[Code] | None:
    """The factors ordered so that each shares one summed axis with the next, and none with any other; else None."""
    ends = Counter(a for c in codes for a in c.axes)
    once = all(ends[a] == (1 if a in axes else 2) for a in ends)
    if len(codes) < 2 or not once or any(not 1 <= len(c.axes) <= 2 for c in codes):
        return None
    first = _start(codes, axes)
    if first is None:
        return None
    row, rest = [first], [c for c in codes if c is not first]
    while rest:
        following = [c for c in rest if {*c.axes} & {*row[-1].axes}]
        if len(following) != 1 or len({*following[0].axes} & {*row[-1].axes}) != 1:
            return None
        row += following
        rest.remove(following[0])
    return row


def _start(codes: list[Code], axes: Axes) -> Code | None:
    """Of two factors the one with the first axis of the result; of more a vector, so that all products are of vectors."""
    has = [c for c in codes if axes and axes[0] in c.axes]
    vectors = [c for c in codes if len(c.axes) == 1]
    if len(codes) > 2 and len(axes) == 1:
        has = [v for v in vectors if not {*v.axes} & {*axes}]
    return next(iter(has or vectors), None)


def _along(e: Emission, node: Along) -> Code:
    code = e.code(node.array)
    axis = code.axes.index(node.axis)
    left = (
        code.axes
        if node.op in ("softmax", "surprise")
        else tuple([a for a in code.axes if a != node.axis])
    )
    return Code(e.target.call(node.op, [code.text, str(axis - len(code.axes))]), ATOM, left)


def _stack(e: Emission, node: Stack) -> Code:
    parts = ", ".join(e.aligned(a, node.axes[:-1]).text for a in node.arrays)
    return Code(e.target.call("stack", [parts]), ATOM, node.axes)


def _call(e: Emission, node: Call) -> Code:
    axes = e.sorted(node.axes)
    args = [e.aligned(a, axes) for a in node.args]
    out = union([a.axes for a in args])
    axes = tuple([a for a in axes if a in out])
    if node.op in INFIX:
        sign, binds = INFIX[node.op]
        texts = [args[0].within(binds)]
        texts += [a.within(binds if node.op in ("add",) else binds + 1) for a in args[1:]]
        return Code(f" {sign} ".join(texts), binds, axes)
    if node.op in COMPARED:
        return Code(f"{args[0].within(SUM)} {COMPARED[node.op]} {args[1].within(SUM)}", OTHER, axes)
    if node.op == "negative":
        return Code(f"-{args[0].within(UNARY)}", UNARY, axes)
    if node.op == "square" and "square" not in e.target.calls:
        return Code(f"{args[0].within(ATOM)} ** 2", POWER, axes)
    if node.op == "power":
        return Code(f"{args[0].within(ATOM)} ** {args[1].within(ATOM)}", POWER, axes)
    texts = [a.text for a in args]
    if node.op == "where" and all(isinstance(a, Number) for a in node.args[1:]):
        texts[1:] = [_constant(e, node, t) for t in texts[1:]]
    text = e.target.call(node.op, texts)
    return Code(_typed(e, node, text) if node.op == "number" else text, ATOM, axes)


def _constant(e: Emission, node: Node, text: str) -> str:
    like = _like(e, node)
    return f"{like}.new_tensor({text})" if like and e.target.typed else text


ROWS = {
    Value: _value,
    Number: _number,
    Size: _size,
    Count: _count,
    Part: _part,
    Contract: _contract,
    Along: _along,
    Stack: _stack,
    Call: _call,
}


def emitted(
    target: Target, node: Node, axes: Axes, says: str = "", result: str = "out"
) -> list[str]:
    """The lines that compute a node, the result with its axes in the order asked."""
    order = union([axes, *[n.axes for n in inside(node)]])
    arrays = [n.name for n in inside(node) if isinstance(n, Value) and n.axes]
    e = Emission(target, order, like=next(iter(arrays), ""))
    e.assign(result, node, says)
    return e.lines


__all__ = ["Code", "Emission", "emitted", "shared"]
