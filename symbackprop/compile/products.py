"""Products of nodes: their factors, their sign, and which of them a sum ties together."""

from __future__ import annotations

from .nodes import Axes, Call, Contract, Node, union


def contracted(factors: list[Node], bound: Axes) -> Node:
    return Contract(
        tuple(factors), tuple([a for a in union(f.axes for f in factors) if a not in bound])
    )


def tied(factors: list[Node], bound: Axes) -> list[list[Node]]:
    """The factors that have bound indices, in groups that have none in common."""
    groups: list[list[Node]] = []
    for f in factors:
        own = {*f.axes} & {*bound}
        touched = [g for g in groups if own & {a for n in g for a in n.axes}]
        if own:
            groups = [g for g in groups if g not in touched]
            groups.append([*[n for g in touched for n in g], f])
    return groups


def signed(node: Node) -> tuple[int, Node]:
    """A node without the minus sign before it, or before one of its factors."""
    if isinstance(node, Call) and node.op == "negative":
        sign, inner = signed(node.args[0])
        return -sign, inner
    if isinstance(node, Call) and node.op == "multiply":
        parts = [signed(a) for a in node.args]
        sign = 1
        for s, _ in parts:
            sign *= s
        return sign, node if sign == 1 and all(s == 1 for s, _ in parts) else product(
            [n for _, n in parts]
        )
    return 1, node


def negated(node: Node, sign: int = -1) -> Node:
    """The node times 1 or -1."""
    if sign == 1:
        return node
    inner, out = signed(node)
    return out if inner < 0 else Call("negative", (out,))


def undivided(f: Node, bound: Axes) -> tuple[Node, ...]:
    """A diagonal that a sum runs along is summed at once: Σ_i w_ii."""
    diagonal = isinstance(f, Contract) and len(f.factors) == 1
    along = diagonal and {*f.parts[0].axes} == {*f.axes} and {*f.axes} & {*bound}
    return f.parts if along else (f,)


def factors_of(node: Node) -> tuple[Node, ...]:
    return node.args if isinstance(node, Call) and node.op == "multiply" else (node,)


def product(factors: list[Node]) -> Node:
    return factors[0] if len(factors) == 1 else Call("multiply", tuple(factors))
