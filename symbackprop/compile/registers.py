"""An expression entry by entry as calls that each write into an array that is there: no array is made on the way.

Intermediate results go into the result's own array where its old contents are no longer needed, else into temporaries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

from .nodes import Call, Node, Number, Part, Value, inside, number

ONE, ZERO = number(1), number(0)

UFUNCS = frozenset(
    [
        "add",
        "subtract",
        "multiply",
        "divide",
        "negative",
        "square",
        "exp",
        "log",
        "log1p",
        "expm1",
        "sin",
        "cos",
        "tan",
        "tanh",
        "sinh",
        "cosh",
        "sqrt",
        "absolute",
        "maximum",
        "minimum",
        "power",
        "sign",
        "arctan",
        "reciprocal",
        "logaddexp",
        "greater",
    ]
)
"""What NumPy writes into an array that it is given."""
BY_NAME = {"maximum", "minimum"}
"""These take the array that they write into by its name alone."""


def simplified(node: Node) -> Node:
    """The node in functions that NumPy writes in place, each of at most two arguments, as far as there are such."""
    if not isinstance(node, Call):
        return node
    args = tuple([simplified(a) for a in node.args])
    row = REWRITTEN.get(node.op)
    if row is not None:
        found = row(args)
        return found if found is not None else Call(node.op, args)
    first, *rest = args
    if len(rest) > 1 and node.op in ("add", "multiply"):
        for other in rest:
            first = Call(node.op, (first, other))
        return first
    return Call(node.op, args)


def _sigmoid(args: tuple[Node, ...]) -> Node:
    """1 / (1 + exp(-s)): beyond -709 the exponential is infinite, and the value 0."""
    return Call("reciprocal", (Call("add", (Call("exp", (Call("negative", args),)), ONE)),))


def _choice(args: tuple[Node, ...]) -> Node | None:
    """1 where a > b, else 0."""
    condition, yes, no = args
    plain = isinstance(condition, Call) and condition.op == "greater"
    return condition if plain and (yes, no) == (ONE, ZERO) else None


REWRITTEN: dict[str, Callable[[tuple[Node, ...]], Node | None]] = {
    "sigmoid": _sigmoid,
    "softplus": lambda args: Call("logaddexp", (ZERO, *args)),
    "where": _choice,
}


def in_place(node: Node) -> bool:
    """Whether `calls` can do it: functions that NumPy writes in place, of arrays, rows and numbers."""
    return all(
        n.op in UFUNCS if isinstance(n, Call) else isinstance(n, Value | Number | Part)
        for n in inside(node)
    )


@dataclass(frozen=True)
class Temporaries:
    """What may be written to on the way: `name(k)` is the k-th array, `constant(c)` the text of a number."""

    name: Callable[[int], str]
    constant: Callable[[Fraction | float], str]


def calls(node: Node, into: str, temporaries: Temporaries) -> list[str]:
    """Lines that leave the node's value in the array `into`, which may be among what the value is computed from.

    >>> x, t = Value("x"), Temporaries("t{}".format, str)
    >>> calls(Call("subtract", (ONE, Call("square", (x,)))), "x", t)
    ['square(x, x)', 'subtract(1, x, x)']
    >>> calls(Call("multiply", (x, Call("subtract", (ONE, x)))), "x", t)
    ['subtract(1, x, t1)', 'multiply(x, t1, x)']
    """
    steps = [n for n in inside(node) if isinstance(n, Call)]
    if not steps:
        return [f"copyto({into}, {_leaf(node, temporaries)})"]
    last = {p: k for k, n in enumerate(steps) for p in n.args}
    held: dict[Node, str] = {n: n.name for n in inside(node) if isinstance(n, Value)}
    busy = {into} if into in held.values() else set()
    ours = {into}
    lines = []
    for k, step in enumerate(steps):
        args = [held[a] if a in held else _leaf(a, temporaries) for a in step.args]
        done = {held[a] for a in step.args if a in held and last[a] == k}
        busy -= done & ours
        target = into if k == len(steps) - 1 or into not in busy else _free(busy, temporaries)
        busy.add(target)
        ours.add(target)
        held[step] = target
        out = "out=" if step.op in BY_NAME else ""
        lines.append(f"{step.op}({', '.join(args)}, {out}{target})")
    return lines


def _free(busy: set[str], temporaries: Temporaries) -> str:
    return next(name for k in count(1) if (name := temporaries.name(k)) not in busy)


def _leaf(node: Node, temporaries: Temporaries) -> str:
    if isinstance(node, Number):
        return temporaries.constant(node.value)
    assert isinstance(node, Part | Value)
    if isinstance(node, Value):
        return node.name
    assert isinstance(node.array, Value)
    return f"{node.array.name}[{node.picks[0]}]"
