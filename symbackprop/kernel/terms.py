"""The term language: immutable values with structural equality.

::

    t ::= q                    a rational constant                          Num
        | a[k, ...]            a variable, or a symbol with a definition    Sym
        | t + ... + t                                                       Add
        | t * ... * t                                                       Mul
        | t ^ n                n an integer; t^-1 is 0 where t = 0          Pow
        | f^(k,...)(t, ...)    a function, or a partial derivative of it    App
        | [t > 0]              1 where t > 0, else 0 (Iverson)              Bracket
        | dt/dv                the partial derivative by the symbol v       D

    p ::= t = t | t > 0 | t /= 0 | f is differentiable at t, ...            Eq, Positive,
                                                                            Nonzero, Differentiable

Every function is total: where mathematics leaves a value undefined (t^-1 at 0, log below 0) it has some
value of which nothing is known but that 0^-1 = 0.  What a statement needs to be defined is among its hypotheses.
A node's type is compared exactly; a subclass is no term.  This module imports the standard library alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from operator import attrgetter
from typing import Any, ClassVar, cast


class KernelError(Exception):
    """A proof was refused: which rule refused it, what it expected and what came."""

    def __init__(self, rule: str, expected: object, got: object) -> None:
        super().__init__(rule, expected, got)
        self.rule, self.expected, self.got = rule, expected, got

    def __str__(self) -> str:
        return f"{self.rule}: expected {self.expected}; got {self.got}"


class Node:
    """What terms and propositions share: the hash is taken once, equal nodes have equal fields."""

    __slots__ = ("_hash",)
    _hash: int
    _fields: ClassVar[Callable[[Any], Any]]

    def __init_subclass__(cls) -> None:
        cls._fields = attrgetter(*cls.__slots__) if cls.__slots__ else id

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((type(self).__name__, type(self)._fields(self))))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or not isinstance(other, Node):
            return False
        same = type(self)._fields
        return self._hash == other._hash and bool(same(self) == same(other))

    def __str__(self) -> str:
        return show(self)


class Term(Node):
    """A real number, as a function of the variables."""

    __slots__ = ()


class Prop(Node):
    """What a step of a proof concludes, or a theorem assumes."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Num(Term):
    value: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Sym(Term):
    name: str
    index: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Add(Term):
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mul(Term):
    factors: tuple[Term, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pow(Term):
    base: Term
    exponent: int


@dataclass(frozen=True, slots=True, eq=False)
class App(Term):
    name: str
    orders: tuple[int, ...]
    args: tuple[Term, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bracket(Term):
    term: Term


@dataclass(frozen=True, slots=True, eq=False)
class D(Term):
    term: Term
    by: Sym


@dataclass(frozen=True, slots=True, eq=False)
class Eq(Prop):
    left: Term
    right: Term


@dataclass(frozen=True, slots=True, eq=False)
class Positive(Prop):
    term: Term


@dataclass(frozen=True, slots=True, eq=False)
class Nonzero(Prop):
    term: Term


@dataclass(frozen=True, slots=True, eq=False)
class Differentiable(Prop):
    """f is (totally) differentiable at the arguments; of a derivative f': f is so near them, and f' at them."""

    at: App


ZERO, ONE = Num(Fraction(0)), Num(Fraction(1))
MAX_BITS, MAX_SIZE = 10_000, 2_000_000
MAX_DEPTH = 150
"""Of a term: what the recursive functions of the kernel are sure to walk within Python's stack."""


ARITY = {"exp": 1, "log": 1, "sin": 1, "cos": 1, "erf": 1, "sqrt": 1, "pi": 0}
"""The known functions (see laws.py), and how many arguments they take."""


def parameter(k: int) -> Sym:
    """The k-th parameter (from 1) of the function that a definition defines."""
    return Sym("#", (k,))


# What each node type holds: the children, and a test of the rest.  The list is closed.
CHILDREN: dict[type, Callable[[Any], tuple[Term, ...]]] = {
    Num: lambda t: (),
    Sym: lambda t: (),
    Add: lambda t: t.terms,
    Mul: lambda t: t.factors,
    Pow: lambda t: (t.base,),
    App: lambda t: t.args,
    Bracket: lambda t: (t.term,),
    D: lambda t: (t.term, t.by),
    Eq: lambda p: (p.left, p.right),
    Positive: lambda p: (p.term,),
    Nonzero: lambda p: (p.term,),
    Differentiable: lambda p: (p.at,),
}


def _ints(value: object, most: int) -> bool:
    return type(value) is tuple and all(type(k) is int and 0 <= k <= most for k in value)


def _rational(q: object) -> bool:
    """A Fraction of two ints in lowest terms: one made by hand may be anything."""
    if type(q) is not Fraction or type(q.numerator) is not int or type(q.denominator) is not int:
        return False
    return _short(q) and q.denominator > 0 and gcd(q.numerator, q.denominator) == 1


def _short(q: Fraction) -> bool:
    return max(q.numerator.bit_length(), q.denominator.bit_length()) <= MAX_BITS


def is_name(value: object) -> bool:
    """An identifier: what is printed can't be taken for something else."""
    return type(value) is str and len(value) <= 100 and (value.isidentifier() or value == "#")


WELL_FORMED: dict[type, Callable[[Any], bool]] = {
    Num: lambda t: _rational(t.value),
    Sym: lambda t: is_name(t.name) and _ints(t.index, 10**9),
    Add: lambda t: type(t.terms) is tuple,
    Mul: lambda t: type(t.factors) is tuple,
    Pow: lambda t: type(t.exponent) is int and abs(t.exponent) <= 1000,
    App: lambda t: (
        is_name(t.name)
        and _ints(t.orders, 9)
        and type(t.args) is tuple
        and len(t.orders) == len(t.args) == ARITY.get(t.name, len(t.args))
    ),
    D: lambda t: type(t.by) is Sym,
    **dict.fromkeys((Bracket, Eq, Positive, Nonzero), lambda node: True),
    Differentiable: lambda p: type(p.at) is App,
}


Measure = tuple[int, int]
"""Of a node: its depth, and its size as a tree (a shared part counts as often as it is met)."""


def require(node: object, kind: type[Node], seen: dict[int, Measure]) -> Measure:
    """The measure of a well-formed node; else a KernelError.  `seen` remembers, by identity, what was looked at."""
    if id(node) in seen and isinstance(node, kind):
        return seen[id(node)]
    known = type(node) in CHILDREN and isinstance(node, kind)
    if not known or not WELL_FORMED[type(node)](node):
        expected = f"a well-formed {kind.__name__.lower()}"
        raise KernelError("gate", expected, f"a {type(node).__name__}")
    parts = [require(c, Term, seen) for c in CHILDREN[type(node)](node)]
    depth = 1 + max((d for d, _ in parts), default=0)
    size = 1 + sum(n for _, n in parts)
    if depth > MAX_DEPTH or size > MAX_SIZE:
        raise KernelError("gate", f"a depth of at most {MAX_DEPTH}, a size of {MAX_SIZE}", "more")
    Node.__post_init__(
        cast(Node, node)
    )  # the hash is taken again: a forged one would make unlike nodes equal
    seen[id(node)] = depth, size
    return depth, size


REBUILD: dict[type, Callable[[Any, Any], Term]] = {
    Add: lambda t, children: Add(children),
    Mul: lambda t, children: Mul(children),
    Pow: lambda t, children: Pow(children[0], t.exponent),
    App: lambda t, children: App(t.name, t.orders, children),
    Bracket: lambda t, children: Bracket(children[0]),
}


def rebuild(t: Term, children: tuple[Term, ...]) -> Term:
    """The node t with other children."""
    return REBUILD[type(t)](t, children) if type(t) in REBUILD else t


def substitute(t: Term, values: dict[Term, Term]) -> Term:
    """t with terms in place of symbols, at once; `values` grows by the terms met on the way.

    Nothing is put into a derivative: that would change its meaning.
    """
    if t not in values:
        children = CHILDREN[type(t)](t)
        if type(t) is D and any(type(u) is Sym and u in values for u in subterms(t)):
            raise KernelError("substitution", "a term without derivatives", t)
        if type(t) is D or not children:
            return t
        values[t] = rebuild(t, tuple([substitute(c, values) for c in children]))
    return values[t]


def subterms(t: Term) -> Iterator[Term]:
    """t and every term in it, a shared one once."""
    seen: set[Term] = set()
    todo = [t]
    while todo:
        u = todo.pop()
        if u not in seen:
            seen.add(u)
            yield u
            todo.extend(CHILDREN[type(u)](u))


def _index(index: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, index))}]" if index else ""


def _orders(orders: tuple[int, ...]) -> str:
    return "'" * orders[0] if len(orders) == 1 else f"^{_index(orders)}" if any(orders) else ""


def _base(t: Term) -> str:
    """What stands under an exponent, in brackets where the exponent would seem to belong to a part of it."""
    whole = isinstance(t, Num) and t.value >= 0 and t.value.denominator == 1
    return f"({t})" if isinstance(t, Num | Pow) and not whole else str(t)


SHOW: dict[type, Callable[[Any], str]] = {
    Num: lambda t: str(t.value) if _short(t.value) else "<a long number>",
    Sym: lambda t: t.name + _index(t.index),
    Add: lambda t: "(" + " + ".join(map(str, t.terms)) + ")",
    Mul: lambda t: "(" + " * ".join(map(str, t.factors)) + ")",
    Pow: lambda t: f"{_base(t.base)}^{t.exponent}",
    App: lambda t: f"{t.name}{_orders(t.orders)}({', '.join(map(str, t.args))})",
    Bracket: lambda t: f"[{t.term} > 0]",
    D: lambda t: f"d({t.term})/d({t.by})",
    Eq: lambda p: f"{p.left} = {p.right}",
    Positive: lambda p: f"{p.term} > 0",
    Nonzero: lambda p: f"{p.term} /= 0",
    Differentiable: lambda p: (
        f"{p.at.name}{_orders(p.at.orders)} is differentiable at ({', '.join(map(str, p.at.args))})"
    ),
}


def show(node: Node) -> str:
    """A node as plain text, unambiguous rather than beautiful."""
    return SHOW[type(node)](node)
