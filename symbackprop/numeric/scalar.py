"""The gradient of a tiny network on one example: each node's number a Python float, no array on the way.

NumPy takes about a microsecond a call, whatever the size; a product of floats takes thirty times less.
"""

from __future__ import annotations

from itertools import pairwise

from ..compile.emission import Emission
from ..compile.nodes import Axes, Call, Node, Number, Value, inside, replaced
from ..compile.targets import Target
from .functional import signal_says, step_says, top_says, value_says, weight_says
from .program import Layer, Program

MATH = Target(
    "math",
    ("import math",),
    "math",
    {
        "absolute": "abs({0})",
        "maximum": "max({0}, {1})",
        "minimum": "min({0}, {1})",
        "where": "({1} if {0} else {2})",
        "tanh": "tanh({0})",
        "bell": "bell({0})",
        "square": "({0} * {0})",
    },
)
COMPUTED = frozenset(
    ["add", "subtract", "multiply", "divide", "negative", "square", "tanh", "absolute", "bell"]
)
COMPUTED |= frozenset(["where", "greater", "less", "maximum", "minimum"])
"""What Python computes of floats as NumPy does of doubles, without an error where a value is beyond the largest."""
SATURATED = 1 / 64
"""Below this a node's slope is computed from s, where nothing cancels."""
LARGEST = 60
"""More weights than this are faster in arrays."""


def suits(p: Program) -> bool:
    """Whether the network is tiny, and its functions such as Python's floats have."""
    weights = sum((a + 1) * b for a, b in zip(p.d, p.d[1:], strict=False))
    if weights > LARGEST or p.domain or p.delta is not None:
        return False
    nodes: list[Node] = [p.outer]
    for layer in p.layers:
        if layer.slope is None:
            return False
        nodes += [layer.value, layer.slope]
        nodes += [layer.careful] if layer.cancels and layer.careful is not None else []
    return all(_of_floats(n) for node in nodes for n in inside(node))


def _of_floats(n: Node) -> bool:
    """Whether it is a float's function; a quotient by what may be 0 is none, for Python refuses it."""
    if isinstance(n, Call):
        return n.op in COMPUTED and (n.op != "divide" or isinstance(n.args[1], Number))
    return isinstance(n, Value | Number)


def source(p: Program) -> str:
    """The whole source, for doubles: imports, and the gradient of one example."""
    body = _function(p)
    parts = [HEAD + _layouts(p), *([BELL] if "bell(" in body else []), body, _checked(p)]
    return "\n\n\n".join(parts) + "\n"


def _checked(p: Program) -> str:
    """The gradient of arguments that are looked at first: bytes of another kind of number would be read as doubles."""
    shapes = [(a + 1, b) for a, b in pairwise(p.d)]
    every = f"({', '.join(map(str, [*shapes, (1, p.d[0]), (1, p.d[-1])]))})"
    return "\n".join(
        [
            "def gradient(W, X, Y, mean=True):",
            '    """∂e/∂w of one example, a list of arrays shaped as W; X and Y have one row."""',
            "    arrays = [np.ascontiguousarray(a, float) for a in (*W, X, Y)]",
            f"    if tuple(a.shape for a in arrays) != {every}:",
            f"        raise ValueError('expected the shapes {every}')",
            "    *W, X, Y = arrays",
            "    return one_example(W, X, Y)",
        ]
    )


HEAD = """from math import exp, tanh
from struct import Struct

import numpy as np
from numpy import empty
"""


BELL = '''def bell(s):
    """σ(s) σ(-s), without the cancellation of σ(1-σ)."""
    e = exp(-abs(s))
    return e / (1 + e) ** 2'''


def _layouts(p: Program) -> str:
    """How many numbers an array has, for taking them out and putting them in."""
    sizes = sorted({*_sizes(p)})
    return "".join([f'\nnumbers{n} = Struct("{n}d")' for n in sizes])


def _sizes(p: Program) -> list[int]:
    weights = [(a + 1) * b for a, b in zip(p.d, p.d[1:], strict=False)]
    return [*weights, p.d[0], p.d[-1]]


def _function(p: Program) -> str:
    lines = _taken(p)
    for layer in p.layers:
        lines += _up(p, layer)
    lines += _top(p)
    for layer in p.layers[-2::-1]:
        lines += _down(p, layer)
    lines += _results(p)
    head = [
        "def one_example(W, X, Y):",
        '    """The gradient of doubles in rows without gaps."""',
    ]
    return "\n".join([*head, *[f"    {line}" for line in lines]])


def _taken(p: Program) -> list[str]:
    """The numbers of the arguments, by name."""
    L = len(p.d) - 1
    lines = [f"{', '.join(f'W{l}' for l in range(1, L + 1))}{',' if L == 1 else ''} = W"]
    for l in range(1, L + 1):
        names = [_w(l, i, j) for i in range(p.d[l - 1] + 1) for j in range(1, p.d[l] + 1)]
        lines.append(_unpacked(names, f"W{l}"))
    lines.append(_unpacked([f"x0_{i}" for i in range(1, p.d[0] + 1)], "X"))
    lines.append(_unpacked([f"y_{j}" for j in range(1, p.d[-1] + 1)], "Y"))
    return lines


def _unpacked(names: list[str], array: str) -> str:
    return f"{', '.join(names)}{',' if len(names) == 1 else ''} = numbers{len(names)}.unpack_from({array})"


def _w(l: int, i: int, j: int) -> str:
    return f"w{l}_{i}_{j}"


def _text(node: Node, values: dict[Value, str]) -> str:
    """One node's number, from the names of the numbers of its arrays."""
    scalar = replaced(node, {v: Value(name) for v, name in values.items()})
    order: Axes = ()
    return Emission(MATH, order).code(scalar).text


def _up(p: Program, layer: Layer) -> list[str]:
    l = layer.l
    lines = [f"# {signal_says(l)}"]
    for j in range(1, p.d[l] + 1):
        terms = [_w(l, 0, j), *[f"{_w(l, i, j)} * x{l - 1}_{i}" for i in range(1, p.d[l - 1] + 1)]]
        lines.append(f"s{l}_{j} = {' + '.join(terms)}")
    lines.append(f"# {value_says(layer)}")
    for j in range(1, p.d[l] + 1):
        lines.append(f"x{l}_{j} = {_text(layer.value, {layer.s: f's{l}_{j}'})}")
    return lines


def _slopes(p: Program, layer: Layer) -> list[str]:
    l, names = layer.l, range(1, p.d[layer.l] + 1)
    assert layer.slope is not None  # `suits` has seen to it
    lines = []
    for j in names:
        values = {layer.s: f"s{l}_{j}", layer.x: f"x{l}_{j}"}
        lines.append(f"g{l}_{j} = {_text(layer.slope, values)}")
        if layer.cancels:  # saturated: its slope from x has lost digits
            assert layer.careful is not None
            careful = _text(layer.careful, values)
            lines.append(f"if g{l}_{j} < {SATURATED}: g{l}_{j} = {careful}")
    return lines


def _top(p: Program) -> list[str]:
    top, l = p.layers[-1], len(p.d) - 1
    lines = [f"# {top_says(p)}", *_slopes(p, top)]
    for j in range(1, p.d[l] + 1):
        outer = _text(p.outer, {top.x: f"x{l}_{j}", p.y: f"y_{j}"})
        lines.append(f"d{l}_{j} = ({outer}) * g{l}_{j}")
    return lines


def _down(p: Program, layer: Layer) -> list[str]:
    l = layer.l
    lines = [f"# {step_says(layer)}", *_slopes(p, layer)]
    for i in range(1, p.d[l] + 1):
        terms = [f"{_w(l + 1, i, j)} * d{l + 1}_{j}" for j in range(1, p.d[l + 1] + 1)]
        body = " + ".join(terms)
        lines.append(f"d{l}_{i} = g{l}_{i} * {body if len(terms) == 1 else f'({body})'}")
    return lines


def _results(p: Program) -> list[str]:
    """Arrays of their own, each over the bytes of its numbers."""
    lines, made = [], []
    for l in range(1, len(p.d)):
        below = ["1", *[f"x{l - 1}_{i}" for i in range(1, p.d[l - 1] + 1)]]
        above = [f"d{l}_{j}" for j in range(1, p.d[l] + 1)]
        terms = [d if x == "1" else f"{x} * {d}" for x in below for d in above]
        shape = (p.d[l - 1] + 1, p.d[l])
        lines += [
            f"# {weight_says(l).removesuffix(': over the batch')}",
            f"g{l} = empty({shape})",
            f"numbers{len(terms)}.pack_into(g{l}, 0, {', '.join(terms)})",
        ]
        made.append(f"g{l}")
    return [*lines, f"return [{', '.join(made)}]"]
