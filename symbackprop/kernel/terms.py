"""The term language: immutable values with structural equality.

::

    t ::= q                       a rational constant                                   Num
        | a[k, ...]               a member of a family: a variable, or defined          Sym
        | n[k, ...]               an integer; with an index, a width                    Int
        | #n                      the variable of the n-th binder around it             Bound
        | t + ... + t                                                                   Add
        | t * ... * t                                                                   Mul
        | t ^ n                   n an integer; t^-1 is 0 where t = 0                   Pow
        | f[k, ...]^o(t, ...)     a function, or a partial derivative of it             App
        | [t > 0]                 1 where t > 0, else 0 (Iverson)                       Bracket
        | [k = k]                 1 where two integers are equal, else 0 (Kronecker)    Kron
        | sum(k..k: t)            a finite sum; 0 where the range is empty              Sum
        | t for k..k              the arguments of a function of a whole layer          Vec
        | dt/dv                   the partial derivative by the member v                D

    p ::= t = t | t > 0 | t /= 0 | k >= 0             Eq, Positive, Nonzero, AtLeast
        | f is differentiable at t, ...               Differentiable
        | dt/dv = t, and t is differentiable in v     Slope
        | p for all k..k                              All

    k ::= an integer, or a sum of multiples of integers, indices and widths

A Sum, a Vec and an All bind one variable, which has no name: in their bodies #0 is the innermost.  A width is at least 1.
Every function is total: where mathematics leaves a value undefined (t^-1 at 0, log below 0) it has some
value of which nothing is known but that 0^-1 = 0.  What a statement needs to be defined is among its hypotheses.
A node's type is compared exactly; a subclass is no term.  This module imports the standard library alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import fields as _fields
from fractions import Fraction
from itertools import chain, count
from typing import Any, ClassVar, dataclass_transform


class KernelError(Exception):
    """A proof was refused: which rule refused it, what it expected and what came."""

    def __init__(self, rule: str, expected: object, got: object) -> None:
        super().__init__(rule, expected, got)
        self.rule, self.expected, self.got = rule, expected, got

    def __str__(self) -> str:
        return f"{self.rule}: expected {self.expected}; got {self.got}"


@dataclass_transform(frozen_default=True, eq_default=False)
class Node:
    """What terms and propositions share: the hash is taken once, equal nodes have equal fields.

    `names` and `kinds` are those of the fields; `form` says how the node prints.
    """

    names: ClassVar[tuple[str, ...]]
    kinds: ClassVar[tuple[str, ...]]
    form: ClassVar[str]
    _values: tuple[Any, ...]
    _hash: int
    _shown: str
    _size: int

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, eq=False, repr=False)(cls)
        own = _fields(cls)  # type: ignore[arg-type]
        cls.names, cls.kinds = tuple([f.name for f in own]), tuple([str(f.type) for f in own])

    def __post_init__(self) -> None:
        values = tuple(vars(self).values())  # the fields, in their order: nothing else is set yet
        object.__setattr__(self, "_values", values)
        key: Any = values
        if type(self) is Num and type(getattr(values[0], "numerator", 0.5)) is int:
            key = hex(
                values[0].numerator
            )  # numbers that hash alike are made with ease, texts are not
        object.__setattr__(self, "_hash", hash((type(self).__name__, key)))

    def values(self) -> tuple[Any, ...]:
        return self._values

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: Any) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or self._hash != other._hash:
            return False
        return self._values == other._values

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        if "_shown" not in vars(self):
            short = size(self) <= MAX_SHOWN
            object.__setattr__(self, "_shown", show(self) if short else f"<{size(self)} nodes>")
        return self._shown


class Term(Node):
    """A real number, as a function of the variables."""

    def __add__(self, other: Term) -> Term:
        return Add((self, other))

    def __sub__(self, other: Term) -> Term:
        return Add((self, -other))

    def __mul__(self, other: Term) -> Term:
        return Mul((self, other))

    def __neg__(self) -> Term:
        return Mul((num(-1), self))

    def __pow__(self, n: int) -> Term:
        return Pow(self, n)


class Prop(Node):
    """What a step of a proof concludes, or a theorem assumes."""


Indices = tuple[Any, ...]
"""Integers: each an int or, in normal form, a term that is none (see `index`)."""
Orders = tuple[Any, ...]
"""For each argument of a function how often it is differentiated by it; of a Vec, by which components."""
Terms = tuple[Term, ...]
Whole = Term
"""An integer as a term, in normal form (see `whole`)."""


class Num(Term):
    value: Fraction
    form = "{value}"


class Sym(Term):
    name: str
    index: Indices = ()
    form = "{name}{index}"


class Int(Term):
    name: str
    index: Indices = ()
    form = "{name}{index}"


class Bound(Term):
    level: int
    form = "#{level}"


class Add(Term):
    terms: Terms
    form = "{terms}"


class Mul(Term):
    factors: Terms
    form = "{factors}"


class Pow(Term):
    base: Term
    exponent: int
    form = "{base}^{exponent}"


class App(Term):
    name: str
    orders: Orders
    args: Terms
    index: Indices = ()
    form = "{name}{index}{orders}({args})"


class Bracket(Term):
    term: Term
    form = "[{term} > 0]"


class Kron(Term):
    low: Whole
    high: Whole
    form = "[{low} = {high}]"


class Binder(Term):
    low: Whole
    high: Whole
    body: Term


class Sum(Binder):
    form = "sum({var} = {low}..{high}: {body})"


class Vec(Binder):
    form = "{body} for {var} = {low}..{high}"


class D(Term):
    term: Term
    by: Sym
    form = "d({term})/d({by})"


class Eq(Prop):
    left: Term
    right: Term
    form = "{left} = {right}"


class Positive(Prop):
    term: Term
    form = "{term} > 0"


class Nonzero(Prop):
    term: Term
    form = "{term} /= 0"


class AtLeast(Prop):
    low: Whole
    form = "{low} >= 0"


class Differentiable(Prop):
    """f is (totally) differentiable at the arguments; of a derivative f': f is so near them, and f' at them."""

    at: App
    form = "{name}{index}{orders} is differentiable at ({args})"


class Slope(Prop):
    """The term is differentiable in `by` at the value that it has, and this is its derivative there."""

    term: Term
    by: Sym
    value: Term
    form = "d({term})/d({by}) exists and is {value}"


class All(Prop):
    low: Whole
    high: Whole
    body: Prop
    form = "{body} for all {var} = {low}..{high}"


def num(p: int | Fraction, q: int = 1) -> Num:
    return Num(Fraction(p, q))


ZERO, ONE = num(0), num(1)
MAX_BITS, MAX_SHOWN = 10_000, 50_000
ARITY = {"exp": 1, "log": 1, "sin": 1, "cos": 1, "erf": 1, "sqrt": 1, "pi": 0}
"""The known functions (see laws.py), and how many arguments they take."""


def parameter(k: int) -> Sym:
    """The k-th parameter (from 1) of the function that a definition defines."""
    return Sym("#", (k,))


# --- the parts of a node -----------------------------------------------------------------------------------------

BINDERS = (Sum, Vec, All)
VALUES: tuple[type, ...] = (Add, Mul, Pow, App, Bracket, Sum, Vec)
PLACES = dict(
    zip(VALUES, ("terms", "factors", "base", "args", "term", "body", "body"), strict=True)
)
"""Where the numbers stand that a term is a function of: what equals may be put for."""


def parts(t: Term) -> Terms:
    """The terms of whose values the value of t is a function; none of a derivative, nor of an index."""
    value = getattr(t, PLACES[type(t)]) if type(t) in PLACES else ()
    return value if type(value) is tuple else (value,)


def rebuild(t: Term, new: Terms) -> Term:
    """The term t with other parts."""
    if not new:
        return t
    place = PLACES[type(t)]
    value = new if type(getattr(t, place)) is tuple else new[0]
    return type(t)(*[value if n == place else getattr(t, n) for n in t.names])


def inside(values: Iterable[Any]) -> tuple[Any, ...]:
    """The nodes among values, those in tuples too."""
    found: list[Any] = []
    for v in values:
        if isinstance(v, Node):
            found.append(v)
        elif type(v) is tuple:
            found += inside(v)
    return tuple(found)


def children(node: Node) -> tuple[Any, ...]:
    """All nodes in a node's fields, those in its indices too."""
    return inside(node.values())


def size(t: Node) -> int:
    """How many nodes t has as a tree, where a shared part counts as often as it is met."""
    if "_size" not in vars(t):
        object.__setattr__(t, "_size", 1 + sum(map(size, children(t))))
    return t._size


def subterms(t: Node) -> Iterator[Any]:
    """t and every node in it, from left to right, a shared one once."""
    seen: set[Node] = set()
    todo = [t]
    while todo:
        u = todo.pop()
        if u not in seen:
            seen.add(u)
            yield u
            todo.extend(children(u)[::-1])


# --- text --------------------------------------------------------------------------------------------------------

TIGHT: dict[Any, int] = {Mul: 2, Pow: 3, Add: 1}
"""What is tight wants parentheses around what is less so; of all else the parts stand alone."""


def show(node: Any, names: tuple[str, ...] = (), tight: int = 0) -> str:
    """A node as plain text, unambiguous rather than beautiful; `names` are those of the binders around it."""
    if type(node) is Bound and node.level < len(names):
        return names[node.level]
    words, inner = {}, names
    if "{var}" in node.form:
        words["var"] = _letter(node, names)
        inner = (words["var"], *names)
    shown = node.at if type(node) is Differentiable else node
    for name, value in zip(shown.names, shown.values(), strict=True):
        words[name] = _text(value, inner if name == "body" else names, name, type(node))
    text = node.form.format(**words)
    loose = {Add: 1, Mul: 2, Pow: 3, Num: 4 if text.isdigit() else 3}.get(type(node), 4)
    return f"({text})" if loose <= tight else text


def _letter(node: Any, names: tuple[str, ...]) -> str:
    """A name that is not in use; l for a layer, i and j for nodes."""
    used = {u.name for u in subterms(node) if type(u) in (Sym, Int, App)}.union(names)
    width = any(type(u) is Int and u.index for u in subterms(node.high))
    letters = "ijknpqrtuv" if width else "lmhijknpqrtuv"
    return next(c for c in chain(letters, (f"i{n}" for n in count())) if c not in used)


def _text(value: Any, names: tuple[str, ...], field: str, kind: type) -> str:
    """A field as text."""
    if isinstance(value, Node):
        text = show(value, names, TIGHT.get(kind, 0))
        return text.replace(" ", "") if field in ("low", "high") and kind is not Kron else text
    if type(value) is Fraction:
        return str(value) if max(map(abs, value.as_integer_ratio())) >> MAX_BITS == 0 else "<long>"
    if type(value) is not tuple:
        return str(value)
    if field == "orders" and len(value) == 1:
        order = (value[0], "") if type(value[0]) is int else (len(value[0]), value[0])
        return "'" * order[0] + _text(order[1], names, "index", kind)
    if field == "orders":
        own = [_text(v, names, "index", kind) or "[]" for v in value]
        return f"^({','.join(own)})" if any(value) else ""
    texts = [_text(v, names, field, kind) for v in value]
    if field in ("terms", "factors") and len(texts) == 1:
        return f"({texts[0]})"
    if field == "terms":
        text = "".join([f" + {x}" if x[0] != "-" else f" - {x[1:]}" for x in texts]) or "   0"
        return text[3:] if text[1] != "-" else "-" + text[3:]
    if field == "factors":
        return ("-" * (texts[:1] == ["-1"]) + " * ".join(texts[texts[:1] == ["-1"] :])) or "1"
    inside = ",".join(texts).replace(" ", "")
    if field == "args":
        return ", ".join(texts)
    return f"[{inside}]" if value else ""
