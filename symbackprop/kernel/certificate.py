"""Proofs as data, and certificates, their text: JSON of one shape, read by the grammar below and nothing else.

::

    certificate = {"symbackprop certificate": 1, "nodes": [node, ...], "functions": [function, ...],
                   "definitions": [definition, ...], "steps": [step, ...], "claims": [number of a step, ...]}
    node        = [type, field, ...]    the types and fields of terms.py; a term or a proposition is the number of a node before
    function    = [name, number of parameters, node, indices]
    definition  = [node, node, [node, ...], [node, ...]]             the member, its term, `over`, `where`
    step        = [rule, [step, ...], node, [node, ...], [step, ...]]   `uses`, the conclusion, `extra`, `grounds`
    indices     = [k, ...]      k an integer, or [node]
    orders      = [o, ...]      o an integer; of a Vec, indices
    a rational  = "p" or "p/q", in lowest terms

Each node stands where it is first needed, and once; a row a line.  There is one text for a proof, so all of it matters.
Who writes one is not trusted (see certificates.py, outside): what comes in is compared by exact type, and made anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .context import Definition, Function
from .integers import *
from .terms import *

MAX_DEPTH, MAX_SIZE, MAX_TOTAL, MAX_TEXT = 150, 200_000, 100_000_000, 100_000_000
"""Of a node, as a tree; of all nodes in steps; of a file.  MAX_DEPTH is what Python's stack is sure to hold."""

Numbers = tuple[int, ...]
Label = str


@dataclass(frozen=True)
class Step:
    """One line: the rule, the numbers of the earlier steps that it uses, what it concludes, extra terms for the rule,
    and the numbers of earlier steps that conclude hypotheses, which this line then has no more.
    """

    rule: Label
    uses: Numbers
    conclusion: Prop
    extra: Terms = ()
    grounds: Numbers = ()


@dataclass(frozen=True)
class Proof:
    """Definitions, steps, and the numbers of the steps that are the theorem."""

    functions: tuple[Function, ...]
    definitions: tuple[Definition, ...]
    steps: tuple[Step, ...]
    claims: Numbers


TERMS = (Num, Sym, Int, Bound, Add, Mul, Pow, App, Bracket, Kron, Sum, Vec, D)
PROPS = (Eq, Positive, Nonzero, AtLeast, Differentiable, Slope, All)
TYPES: dict[str, Any] = {t.__name__: t for t in (*TERMS, *PROPS)}
PARTS: dict[str, Any] = {"functions": Function, "definitions": Definition, "steps": Step}
HEAD = "symbackprop certificate"


def wrong(expected: str, got: object) -> KernelError:
    return KernelError("gate", expected, type(got).__name__ if type(got) is int else str(got)[:80])


def exact(value: Any, kind: type[Any]) -> Any:
    if type(value) is not kind:
        raise wrong(f"a {kind.__name__}", value)
    return value


def integer(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise wrong(f"an integer from {low} to {high}", value)
    return value


def name(value: Any) -> str:
    """An identifier: what is printed can't be taken for something else."""
    good = len(exact(value, str)) <= 100 and value.isascii()
    if not good or not (value.isidentifier() or value == "#"):
        raise wrong("a name", value)
    return str(value)


def rational(value: Any) -> Fraction:
    known = re.fullmatch(r"-?[0-9]{1,3010}(/[1-9][0-9]{0,3009})?", exact(value, str))
    if not known or str(Fraction(value)) != value:
        raise wrong("a rational number of moderate length, in lowest terms", value)
    return Fraction(value)


PLAIN: dict[str, Callable[[Any], Any]] = {
    "Fraction": rational,
    "str": name,
    "int": lambda value: integer(value, -1000, 1000),
    "Label": lambda value: exact(value, str),
}
LISTS = {"Indices": "Integer", "Orders": "Order", "Terms": "Term", "Numbers": "Number"}
KINDS = {"Term": Term, "Index": Term, "Whole": Term, "Prop": Prop, "Sym": Sym, "App": App}
"""The kinds of fields: what is no node; many of a kind; nodes."""


class Reader:
    """Nodes, each with its depth, its size as a tree, how many binders it lacks, and what is in it; what is needed so far."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.facts: dict[Node, tuple[int, int, int, Any]] = {}
        self.needed: set[Node] = set()
        self.names: dict[str, type] = {}
        self.steps = self.total = 0

    def fields(self, kinds: Collection[str], row: list[Any]) -> list[Any]:
        """The fields of a row, by their kinds."""
        if len(row) != len(kinds):
            raise wrong(f"{len(kinds)} fields", row)
        return [self.field(k, v) for k, v in zip(kinds, row, strict=True)]

    def field(self, kind: str, value: Any) -> Any:
        if kind in KINDS:
            return self.node(kind, value)
        if kind in PLAIN:
            return PLAIN[kind](value)
        if kind in LISTS:
            read = self.node if LISTS[kind] in KINDS else self.field
            return tuple([read(LISTS[kind], v) for v in exact(value, list)])
        if kind in PARTS:
            return tuple([self.row(PARTS[kind], row) for row in exact(value, list)])
        if kind == "Number":
            return integer(value, 0, self.steps - 1)
        if type(value) is int:
            return integer(value, -(10**9), 10**9)
        if kind == "Order":
            return self.field("Indices", value)
        return self.fields(["Index"], exact(value, list))[0]

    def node(self, kind: str, number: Any) -> Any:
        """A node of a kind; an integer in normal form."""
        node = self.nodes[integer(number, 0, len(self.nodes) - 1)]
        if not isinstance(node, KINDS[kind]) or (kind in FORMS and FORMS[kind](node) != node):
            raise wrong(f"a node in normal form for a field of kind {kind}", type(node).__name__)
        return node

    def add(self, row: Any) -> None:
        """One node more."""
        kind = TYPES.get(exact(row[0], str) if exact(row, list) else "")
        if kind is None:
            raise wrong("a type of node", row)
        node = kind(*self.fields(kind.kinds, row[1:]))
        inner = children(node)
        facts = [self.facts[u] for u in inner]
        depth, size = 1 + max([f[0] for f in facts], default=0), 1 + sum([f[1] for f in facts])
        lacks = [f[2] - (kind in BINDERS and k == 2) for k, f in enumerate(facts)]
        lacks.append(integer(node.level, 0, 1000) + 1 if kind is Bound else 0)
        if depth > MAX_DEPTH or size > MAX_SIZE:
            raise wrong(f"a depth of at most {MAX_DEPTH}, a size of {MAX_SIZE}", (depth, size))
        self.check(node, kind, any(type(u) is Vec for u in inner))
        self.nodes.append(node)
        self.facts[node] = depth, size, max(lacks), inner

    def check(self, node: Any, kind: type, vectors: bool) -> None:
        """A node is new, a name is of one kind; as many orders as arguments, and vectors there alone."""
        if node in self.facts or (vectors and kind is not App):
            raise wrong("a new node, and vectors in functions alone", kind.__name__)
        if kind in (Sym, Int, App) and self.names.setdefault(node.name, kind) is not kind:
            raise wrong("one use of a name", node.name)
        if kind is App:
            pairs = zip(node.orders, node.args, strict=False)
            good = [type(o) is tuple if type(u) is Vec else o in range(10) for o, u in pairs]
            count = ARITY.get(node.name, len(node.args))
            known = node.name in ARITY and (vectors or node.index)
            if known or not all(good) or not len(node.orders) == len(node.args) == count:
                raise wrong("as many orders as arguments", node.name)

    def row(self, kind: Any, row: Any) -> Any:
        """A function, a definition or a step, of terms by themselves; but what a law sums has the sum's variable."""
        values = self.fields(kind.__annotations__.values(), exact(row, list))
        law = kind is Step and values[0].startswith("law ")
        for u in inside(values):
            self.need(u)
            _, size, lacks, _ = self.facts[u]
            self.total += size
            loose = lacks > (law and isinstance(u, Term))
            if loose or type(u) is Vec or self.total > MAX_TOTAL:
                raise wrong(f"a term by itself, all of a size of {MAX_TOTAL}", type(u).__name__)
        self.steps += kind is Step
        return kind(*values)

    def need(self, node: Node) -> None:
        """Nodes are numbered as they are needed, what is in a node before it."""
        if node not in self.needed:
            for u in [u for u in self.facts[node][3] if u not in self.needed]:
                self.need(u)
            if self.nodes[len(self.needed)] is not node:
                raise wrong("nodes in the order in which they are needed", type(node).__name__)
            self.needed.add(node)


def decode(data: Any) -> Proof:
    """The proof, if it is one in every part; else a KernelError."""
    if list(exact(data, dict)) != [HEAD, "nodes", *PARTS, "claims"]:
        raise wrong(f"an object with {HEAD}, nodes, {', '.join(PARTS)}, claims", data)
    version, nodes, *parts = data.values()
    integer(version, 1, 1)
    r = Reader()
    for row in exact(nodes, list):
        r.add(row)
    proof = Proof(*r.fields([*PARTS, "Numbers"], parts))
    if len(r.needed) != len(r.nodes):
        raise wrong("no node more than is needed", len(r.nodes))
    return proof


def parse(source: str) -> Any:
    """The data in a text; KernelError where it is none."""
    if len(source) > MAX_TEXT:
        raise wrong(f"a text of at most {MAX_TEXT} characters", len(source))
    try:
        return json.loads(source)
    except (ValueError, RecursionError) as error:
        raise wrong("JSON", error) from None


def text(data: dict[str, Any]) -> str:
    """The one text of a certificate: a row a line."""

    def shown(value: Any) -> str:
        if type(value) is not list or not any(type(row) is list for row in value):
            return json.dumps(value)
        return "[\n" + ",\n".join([json.dumps(row) for row in value]) + "\n]"

    return "{" + ",\n".join([f"{json.dumps(k)}: {shown(v)}" for k, v in data.items()]) + "}\n"
