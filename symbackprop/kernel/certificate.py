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

Each node stands where it is first needed, and once; a row a line.  A reader writes what it has read again and compares: there is
one text for a proof, so nothing in it is of no account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import gcd

from .context import Definition, Function
from .terms import *

MAX_DEPTH, MAX_SIZE, MAX_TOTAL, MAX_TEXT = 150, 200_000, 100_000_000, 100_000_000
"""Of a node, as a tree; of all nodes in steps; of a file.  MAX_DEPTH is what Python's stack is sure to hold."""


@dataclass(frozen=True)
class Step:
    """One line: the rule, the numbers of the earlier steps that it uses, what it concludes, extra terms for the rule,
    and the numbers of earlier steps that conclude hypotheses, which this line then has no more.
    """

    rule: str
    uses: tuple[int, ...]
    conclusion: Prop
    extra: tuple[Term, ...] = ()
    grounds: tuple[int, ...] = ()


@dataclass(frozen=True)
class Proof:
    """Definitions, steps, and the numbers of the steps that are the theorem."""

    functions: tuple[Function, ...]
    definitions: tuple[Definition, ...]
    steps: tuple[Step, ...]
    claims: tuple[int, ...]


TYPES: dict[str, Any] = {
    t.__name__: t
    for t in (Num, Sym, Int, Bound, Add, Mul, Pow, App, Bracket, Kron, Sum, Vec, D, Eq, Positive)
    + (Nonzero, AtLeast, Differentiable, Slope, All)
}


# --- out ---------------------------------------------------------------------------------------------------------


class Writer:
    """Numbers nodes as they are needed."""

    def __init__(self) -> None:
        self.rows = list[Any]()
        self._numbers: dict[Node, int] = {}

    def node(self, node: Any) -> int:
        number = self._numbers.get(node)
        if number is None:
            row = [type(node).__name__, *map(self.field, node.kinds, node.values())]
            number = self._numbers[node] = len(self.rows)
            self.rows.append(row)
        return number

    def field(self, kind: str, value: Any) -> Any:
        if kind in INTEGERS:
            return [self.index(k) for k in value]
        if kind == "Terms":
            return [self.node(u) for u in value]
        return (
            str(value)
            if kind == "Fraction"
            else value
            if kind in ("str", "int")
            else self.node(value)
        )

    def index(self, k: Any) -> Any:
        if type(k) is tuple:
            return [self.index(u) for u in k]
        return k if type(k) is int else [self.node(k)]


def encode(proof: Proof) -> dict[str, Any]:
    """A proof as numbers, strings and lists."""
    w = Writer()
    functions = [[f.name, f.arity, w.node(f.term), list(f.index)] for f in proof.functions]
    definitions = [
        [w.node(d.symbol), w.node(d.term), [*map(w.node, d.over)], [*map(w.node, d.where)]]
        for d in proof.definitions
    ]
    steps = [
        [s.rule, list(s.uses), w.node(s.conclusion), [*map(w.node, s.extra)], list(s.grounds)]
        for s in proof.steps
    ]
    rows = {"nodes": w.rows, "functions": functions, "definitions": definitions, "steps": steps}
    return {"symbackprop certificate": 1, **rows, "claims": list(proof.claims)}


def text(data: dict[str, Any]) -> str:
    """The one text of a certificate."""

    def shown(value: Any) -> str:
        if type(value) is not list or not any(type(row) is list for row in value):
            return json.dumps(value)
        return "[\n" + ",\n".join([json.dumps(row) for row in value]) + "\n]"

    return "{" + ",\n".join([f"{json.dumps(k)}: {shown(v)}" for k, v in data.items()]) + "}\n"


# --- in ----------------------------------------------------------------------------------------------------------


def wrong(expected: str, got: object) -> KernelError:
    return KernelError("gate", expected, str(got)[:80])


def exact(value: Any, kind: type, length: int | None = None) -> Any:
    if type(value) is not kind or (length is not None and len(value) != length):
        raise wrong(f"a {kind.__name__}{f' of {length}' if length is not None else ''}", value)
    return value


def integer(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise wrong(f"an integer from {low} to {high}", value)
    return value


def name(value: Any) -> str:
    """An identifier: what is printed can't be taken for something else."""
    good = type(value) is str and len(value) <= 100 and value.isascii()
    if not good or not (value.isidentifier() or value == "#"):
        raise wrong("a name", value)
    return value


def rational(value: Any) -> Fraction:
    if (
        type(value) is not str
        or len(value) > 6_100
        or not re.fullmatch(r"-?[0-9]+(/[0-9]+)?", value)
    ):
        raise wrong("a rational number", value)
    p, _, q = value.partition("/")
    if max(len(p), len(q)) > 3_010 or not (n := int(q or 1)) or gcd(int(p), n) != 1:
        raise wrong("a rational number of moderate length, in lowest terms", value)
    return Fraction(int(p), n)


class Reader:
    """Nodes by number, each with its depth, its size as a tree, and how many binders it lacks."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.sizes: list[tuple[int, int, int]] = []
        self.total = 0
        self.kinds: dict[str, Any] = {}

    def node(self, k: Any, kind: type = Term, loose: int = 0) -> Any:
        """The k-th node, of a kind, in which so many binders may be lacking."""
        integer(k, 0, len(self.nodes) - 1)
        node, inside = self.nodes[k], loose == MAX_DEPTH
        if (
            not isinstance(node, kind)
            or self.sizes[k][2] > loose
            or (type(node) is Vec and not inside)
        ):
            raise wrong(f"a {kind.__name__.lower()} by itself", type(node).__name__)
        return node

    def add(self, row: Any) -> None:
        kind = TYPES.get(exact(row[0], str) if exact(row, list) else "")
        if kind is None or len(row) != len(kind.names) + 1:
            raise wrong("a type of node and its fields", row)
        used: list[int] = []
        values = [self.field(k, v, used) for k, v in zip(kind.kinds, row[1:], strict=True)]
        node = kind(*values)
        depths, sizes, loose = (
            zip(*[self.sizes[k] for k in used], strict=True) if used else ((0,), (0,), (0,))
        )
        binders = list(loose)
        if kind in BINDERS:
            binders[2] -= 1
        lacks = max(0, node.level + 1 if kind is Bound else 0, *binders)
        size = (1 + max(depths), 1 + sum(sizes), lacks)
        if size[0] > MAX_DEPTH or size[1] > MAX_SIZE:
            raise wrong(f"a depth of at most {MAX_DEPTH}, a size of {MAX_SIZE}", size)
        self.check(node, used)
        self.nodes.append(node)
        self.sizes.append(size)

    def field(self, kind: str, value: Any, used: list[int]) -> Any:
        if kind in FIELDS:
            return FIELDS[kind](value)
        if kind in INTEGERS:
            return tuple([self.index(k, kind, used) for k in exact(value, list)])
        if kind == "Terms":
            return tuple([self.field("Term", k, used) for k in exact(value, list)])
        node = self.node(value, KINDS[kind], MAX_DEPTH)
        used.append(value)
        return node

    def index(self, value: Any, kind: str, used: list[int]) -> Any:
        if type(value) is int:
            return integer(value, -(10**9), 10**9)
        if kind == "Orders":
            return tuple([self.index(k, "Indices", used) for k in exact(value, list)])
        return self.field("Term", exact(value, list, 1)[0], used)

    def check(self, node: Any, used: list[int]) -> None:
        """Integers in normal form, as many orders as arguments, vectors in functions alone."""
        kind = type(node)
        vectors = any(type(self.nodes[k]) is Vec for k in used)
        if kind is App:
            pairs = zip(node.orders, node.args, strict=False)
            fits = all((type(o) is tuple) == (type(u) is Vec) for o, u in pairs)
            count = ARITY.get(node.name, len(node.args))
            plain = [o for o in node.orders if type(o) is int and not 0 <= o <= 9]
            if (
                not fits
                or plain
                or (vectors and node.name in ARITY)
                or not len(node.orders) == len(node.args) == count
            ):
                raise wrong("as many orders as arguments", node.name)
        if kind in (Sym, Int, App) and node.name != "#":
            if self.kinds.setdefault(node.name, kind) is not kind or (
                node.name in ARITY and node.index
            ):
                raise wrong("one use of a name", node.name)
        elif (kind is Bound and node.level < 0) or (vectors and kind is not App):
            raise wrong("a vector as argument of a function, a variable of a binder", kind.__name__)
        rows = zip(node.names, node.kinds, node.values(), strict=True)
        for field, form, value in [r for r in rows if r[0] in ("low", "high") or r[1] in INTEGERS]:
            if any(k != (index(k) if form in INTEGERS else whole(k)) for k in inside(value)):
                raise wrong("integers in normal form", field)


FIELDS: dict[str, Callable[[Any], Any]] = {
    "Fraction": rational,
    "str": name,
    "int": lambda value: integer(value, -1000, 1000),
}
KINDS: dict[str, type] = {"Term": Term, "Prop": Prop, "Sym": Sym, "App": App}
LOOSE = ("law contract", "law split", "law empty")
"""Laws that take what a sum sums."""


def decode(data: Any) -> Proof:
    """The proof, if it is one in every part; else a KernelError."""
    keys = ["symbackprop certificate", "nodes", "functions", "definitions", "steps", "claims"]
    if list(exact(data, dict)) != keys or type(data[keys[0]]) is not int or data[keys[0]] != 1:
        raise wrong(f"an object with {', '.join(keys)}, of version 1", data)
    r = Reader()
    for row in exact(data["nodes"], list):
        r.add(row)
    functions = [_function(r, *exact(row, list, 4)) for row in exact(data["functions"], list)]
    definitions = [_definition(r, *exact(row, list, 4)) for row in exact(data["definitions"], list)]
    steps = [_step(r, k, *exact(row, list, 5)) for k, row in enumerate(exact(data["steps"], list))]
    claims = _steps(data["claims"], len(steps))
    return Proof(tuple(functions), tuple(definitions), tuple(steps), claims)


def _steps(value: Any, below: int) -> tuple[int, ...]:
    return tuple([integer(k, 0, below - 1) for k in exact(value, list)])


def _function(r: Reader, called: Any, arity: Any, term: Any, at: Any) -> Function:
    numbers = tuple([integer(k, 0, 10**9) for k in exact(at, list)])
    return Function(name(called), integer(arity, 1, 1_000), r.node(term), numbers)


def _definition(r: Reader, symbol: Any, term: Any, over: Any, where: Any) -> Definition:
    variables = tuple([r.node(k, Int) for k in exact(over, list)])
    limits = tuple([whole(r.node(k)) for k in exact(where, list)])
    return Definition(r.node(symbol, Sym), r.node(term), variables, limits)


def _step(
    r: Reader, k: int, rule: Any, uses: Any, conclusion: Any, extra: Any, grounds: Any
) -> Step:
    loose = int(exact(rule, str) in LOOSE)
    terms = tuple([r.node(n, Term, loose) for n in exact(extra, list)])
    for n in (conclusion, *extra):
        r.node(n, Node, loose)
        r.total += r.sizes[n][1]
    if r.total > MAX_TOTAL:
        raise wrong(f"a size of at most {MAX_TOTAL}", r.total)
    return Step(rule, _steps(uses, k), r.node(conclusion, Prop), terms, _steps(grounds, k))


def parse(source: str) -> Any:
    """The data in a text; KernelError where it is none."""
    if len(source) > MAX_TEXT:
        raise wrong(f"a text of at most {MAX_TEXT} characters", len(source))
    try:
        return json.loads(source)
    except (ValueError, RecursionError) as error:
        raise wrong("JSON", error) from None
