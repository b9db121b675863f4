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
from collections.abc import Callable
from dataclasses import dataclass, fields
from fractions import Fraction
from math import gcd
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


NODES = (Num, Sym, Int, Bound, Add, Mul, Pow, App, Bracket, Kron, Sum, Vec, D, Eq, Positive)
TYPES: dict[str, Any] = {
    t.__name__: t for t in (*NODES, Nonzero, AtLeast, Differentiable, Slope, All)
}
WHOLE = {t for t in TYPES.values() if {"low", "high"} & {*t.names} or {*INTEGERS} & {*t.kinds}}
"""Those with integers in them."""
PARTS: dict[str, Any] = {"functions": Function, "definitions": Definition, "steps": Step}
HEAD = "symbackprop certificate"


def kinds(row: type) -> list[str]:
    """The kinds of a row's fields, as it annotates them."""
    return [str(f.type) for f in fields(row)]


# --- out ---------------------------------------------------------------------------------------------------------


class Writer:
    """Numbers nodes as they are needed."""

    def __init__(self) -> None:
        self.rows = list[Any]()
        self._numbers: dict[Any, int] = {}  # by identity and by row: to compare nodes may take long

    def node(self, node: Any) -> int:
        number = self._numbers.get(id(node))
        if number is None:
            row = [type(node).__name__, *map(self.field, node.kinds, node.values())]
            number = self._numbers[id(node)] = self._numbers.setdefault(str(row), len(self.rows))
            self.rows += [row] if number == len(self.rows) else []
        return number

    def field(self, kind: str, value: Any) -> Any:
        if kind in INTEGERS:
            return [self.index(k) for k in value]
        if kind == "Terms":
            return [self.node(u) for u in value]
        if kind == "Numbers":
            return list(value)
        return str(value) if kind == "Fraction" else value if kind in PLAIN else self.node(value)

    def index(self, k: Any) -> Any:
        if type(k) is tuple:
            return [self.index(u) for u in k]
        return k if type(k) is int else [self.node(k)]


def encode(proof: Proof) -> dict[str, Any]:
    """A proof as numbers, strings and lists."""
    w, out = Writer(), dict[str, Any]()
    for part, kind in PARTS.items():
        names = [f.name for f in fields(kind)]
        rows = [[getattr(r, n) for n in names] for r in getattr(proof, part)]
        out[part] = [list(map(w.field, kinds(kind), row)) for row in rows]
    return {HEAD: 1, "nodes": w.rows, **out, "claims": list(proof.claims)}


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


def exact(value: Any, kind: type[Any], length: int | None = None) -> Any:
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
    return str(value)


def rational(value: Any) -> Fraction:
    if len(exact(value, str)) > 6_100 or not re.fullmatch(r"-?[0-9]+(/[0-9]+)?", value):
        raise wrong("a rational number", value)
    p, _, q = value.partition("/")
    if max(len(p), len(q)) > 3_010 or not (n := int(q or 1)) or gcd(int(p), n) != 1:
        raise wrong("a rational number of moderate length, in lowest terms", value)
    return Fraction(int(p), n)


PLAIN: dict[str, Callable[[Any], Any]] = {
    "Fraction": rational,
    "str": name,
    "int": lambda value: integer(value, -1000, 1000),
    "Label": lambda value: exact(value, str),
    "Numbers": lambda value: tuple([integer(k, 0, 10**9) for k in exact(value, list)]),
}
KINDS: dict[str, type] = {"Term": Term, "Prop": Prop, "Sym": Sym, "App": App}


class Reader:
    """Nodes by number, each with its depth, its size as a tree, and how many binders it lacks."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.sizes: list[tuple[int, int, int]] = []
        self.uses: dict[str, type] = {}
        self.rows = set[str]()
        self.total = 0

    def node(self, k: Any, kind: type, loose: int) -> Any:
        """The k-th node, of a kind, in which so many binders may be lacking; a Vec only within another node."""
        node = self.nodes[integer(k, 0, len(self.nodes) - 1)]
        whole_ = self.sizes[k][2] <= loose and (type(node) is not Vec or loose == MAX_DEPTH)
        if not isinstance(node, kind) or not whole_:
            raise wrong(f"a {kind.__name__.lower()} by itself", type(node).__name__)
        return node

    def fields(self, row: list[Any], kinds: Any, loose: int, used: list[int]) -> list[Any]:
        """The fields of a row, by their kinds; `used` collects the numbers of nodes."""
        if len(row) != len(kinds):
            raise wrong(f"{len(kinds)} fields", row)
        return [self.field(k, v, loose, used) for k, v in zip(kinds, row, strict=True)]

    def field(self, kind: str, value: Any, loose: int, used: list[int]) -> Any:
        if kind in PLAIN:
            return PLAIN[kind](value)
        if kind in INTEGERS:
            return tuple([self.index(k, kind, loose, used) for k in exact(value, list)])
        if kind == "Terms":
            used += exact(value, list)
            return tuple([self.node(k, Term, loose) for k in value])
        used.append(value)
        return self.node(value, KINDS[kind], loose)

    def index(self, value: Any, kind: str, loose: int, used: list[int]) -> Any:
        if type(value) is int:
            return integer(value, -(10**9), 10**9)
        if kind == "Orders":
            return tuple([self.index(k, "Indices", loose, used) for k in exact(value, list)])
        return self.field("Term", exact(value, list, 1)[0], loose, used)

    def add(self, row: Any) -> None:
        """One node more."""
        kind = TYPES.get(exact(row[0], str) if exact(row, list) else "")
        if kind is None or (line := str(row)) in self.rows:
            raise wrong("a type of node, and a node that is new", row)
        self.rows.add(line)
        used: list[int] = []
        node = kind(*self.fields(row[1:], kind.kinds, MAX_DEPTH, used))
        sizes = [self.sizes[k] for k in used]
        lacks = [n - (kind in BINDERS and k == 2) for k, (_, _, n) in enumerate(sizes)]
        lacks += [node.level + 1] if kind is Bound else [0]
        depth, size = (
            1 + max([d for d, _, _ in sizes], default=0),
            1 + sum([n for _, n, _ in sizes]),
        )
        if depth > MAX_DEPTH or size > MAX_SIZE:
            raise wrong(f"a depth of at most {MAX_DEPTH}, a size of {MAX_SIZE}", (depth, size))
        self.check(node, kind, any(type(self.nodes[k]) is Vec for k in used))
        self.nodes.append(node)
        self.sizes.append((depth, size, max(lacks)))

    def check(self, node: Any, kind: type, vectors: bool) -> None:
        """Integers in normal form, as many orders as arguments, vectors in functions alone, one use of a name."""
        if kind is App:
            pairs = zip(node.orders, node.args, strict=False)
            fits = all((type(o) is tuple) == (type(u) is Vec) for o, u in pairs)
            count = ARITY.get(node.name, len(node.args))
            plain = [o for o in node.orders if type(o) is int and not 0 <= o <= 9]
            known = node.name in ARITY and (vectors or node.index)
            if not fits or plain or known or not len(node.orders) == len(node.args) == count:
                raise wrong("as many orders as arguments", node.name)
        elif vectors or (kind is Bound and node.level < 0):
            raise wrong("a vector as argument of a function, a variable of a binder", kind.__name__)
        if (
            kind in (Sym, Int, App)
            and node.name != "#"
            and self.uses.setdefault(node.name, kind) is not kind
        ):
            raise wrong("one use of a name", node.name)
        rows = zip(node.names, node.kinds, node.values(), strict=True) if kind in WHOLE else ()
        for field, form, value in [r for r in rows if r[0] in ("low", "high") or r[1] in INTEGERS]:
            if any(k != (index(k) if form in INTEGERS else whole(k)) for k in inside(value)):
                raise wrong("integers in normal form", field)

    def row(self, part: str, number: int, row: Any) -> Any:
        """A function, a definition or a step; a step uses earlier ones, and a law may take what a sum sums."""
        used: list[int] = []
        loose = int(
            part == "steps" and len(exact(row, list)) > 0 and str(row[0]).startswith("law ")
        )
        out = PARTS[part](*self.fields(exact(row, list), kinds(PARTS[part]), loose, used))
        self.total += sum([self.sizes[k][1] for k in used])
        if self.total > MAX_TOTAL:
            raise wrong(f"a size of at most {MAX_TOTAL}", self.total)
        if part == "steps":
            self.node(row[2], Prop, 0)
            for k in (*out.uses, *out.grounds):
                integer(k, 0, number - 1)
        return out


def decode(data: Any) -> Proof:
    """The proof, if it is one in every part; else a KernelError."""
    keys = [HEAD, "nodes", *PARTS, "claims"]
    if list(exact(data, dict)) != keys or type(data[HEAD]) is not int or data[HEAD] != 1:
        raise wrong(f"an object with {', '.join(keys)}, of version 1", data)
    r = Reader()
    for row in exact(data["nodes"], list):
        r.add(row)
    parts = [[r.row(p, k, row) for k, row in enumerate(exact(data[p], list))] for p in PARTS]
    claims = [integer(k, 0, len(parts[2]) - 1) for k in PLAIN["Numbers"](data["claims"])]
    return Proof(*map(tuple, (*parts, claims)))


def parse(source: str) -> Any:
    """The data in a text; KernelError where it is none."""
    if len(source) > MAX_TEXT:
        raise wrong(f"a text of at most {MAX_TEXT} characters", len(source))
    try:
        return json.loads(source)
    except (ValueError, RecursionError) as error:
        raise wrong("JSON", error) from None
