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

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from dataclasses import fields as _fields
from fractions import Fraction
from itertools import chain, count
from operator import is_
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
    _heads: frozenset[str]

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, eq=False)(cls)
        own = _fields(cls)  # type: ignore[arg-type]
        cls.names, cls.kinds = tuple([f.name for f in own]), tuple([str(f.type) for f in own])

    def __post_init__(self) -> None:
        values = tuple(vars(self).values())  # the fields, in their order: nothing else is set yet
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_hash", hash((type(self).__name__, values)))

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
INTEGERS = ("Indices", "Orders")
"""The kinds of fields that hold integers."""


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
    low: Term
    high: Term
    form = "[{low} = {high}]"


class Binder(Term):
    low: Term
    high: Term
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
    low: Term
    form = "{low} >= 0"


class Differentiable(Prop):
    """f is (totally) differentiable at the arguments; of a derivative f': f is so near them, and f' at them."""

    at: App
    form = "{at}"


class Slope(Prop):
    """The term is differentiable in `by` at the value that it has, and this is its derivative there."""

    term: Term
    by: Sym
    value: Term
    form = "d({term})/d({by}) exists and is {value}"


class All(Prop):
    low: Term
    high: Term
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


def head(t: Term) -> str:
    """What a term is at first sight: its name, else its type's."""
    return getattr(t, "name", type(t).__name__)


def heads(t: Term) -> frozenset[str]:
    """Those of t and of the terms in it for which equals may be put."""
    try:
        return t._heads
    except AttributeError:
        found = frozenset([head(t)]).union(*[heads(u) for u in parts(t)])
        object.__setattr__(t, "_heads", found)
        return found


def rebuild(t: Term, new: Terms) -> Term:
    """The term t with other parts."""
    if not new:
        return t
    place = PLACES[type(t)]
    value = new if type(getattr(t, place)) is tuple else new[0]
    return type(t)(*[value if n == place else getattr(t, n) for n in t.names])


def inside(value: Any) -> tuple[Any, ...]:
    """The nodes in a field, tuples opened."""
    if isinstance(value, Node):
        return (value,)
    return tuple([u for v in value for u in inside(v)]) if type(value) is tuple else ()


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


# --- integers and binders ----------------------------------------------------------------------------------------


def combination(k: Any) -> dict[Term, int]:
    """An integer as a sum of multiples of what stands for itself; of ONE, for the constant."""
    kind = type(k)
    if kind is Int or kind is Bound:
        return {k: 1}
    if kind is int or (kind is Num and k.value.denominator == 1):
        return {ONE: int(k if kind is int else k.value)} if k not in (0, ZERO) else {}
    if kind is Add:
        return summed_up([(1, u) for u in k.terms])
    if kind is Mul and len(k.factors) == 2 and type(k.factors[0]) is Num:
        q = k.factors[0].value
        if q.denominator == 1:
            return summed_up([(int(q), k.factors[1])])
    raise KernelError("integer", "a sum of multiples of indices and widths", k)


def summed_up(rows: Iterable[tuple[int, Any]]) -> dict[Term, int]:
    """A sum of multiples of integers, without what is 0."""
    out: dict[Term, int] = {}
    for n, k in rows:
        for a, c in combination(k).items():
            out[a] = out.get(a, 0) + n * c
    return {a: c for a, c in out.items() if c}


def index(*summands: Any) -> Any:
    """The normal form of a sum of integers: an int, or a term without a part that is 0."""
    out = summed_up([(1, k) for k in summands])
    constant = out.pop(ONE, 0)
    order = sorted(out, key=lambda a: (out[a] < 0, str(a))) if len(out) > 1 else [*out]
    terms = [a if out[a] == 1 else num(out[a]) * a for a in order]
    terms += [num(constant)] if constant and terms else []
    return Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else constant


def whole(*summands: Any) -> Term:
    """The same as a term."""
    k = index(*summands)
    return num(k) if type(k) is int else k


def minus(k: Any) -> Any:
    return -k if type(k) is int else num(-1) * k


def transform(t: Any, f: Callable[[Any, int], Any], depth: int = 0, memo: Any = None) -> Any:
    """t with f(u, n) for each node u under n binders where f gives one; integers stay in normal form."""
    memo = {} if memo is None else memo
    if (t, depth) not in memo:
        out = f(t, depth)
        if out is None:
            old = t.values()
            rows = zip(t.names, t.kinds, old, strict=True)
            new = [_moved(n, k, v, f, depth + (n == "body"), memo) for n, k, v in rows]
            out = t if all(map(is_, new, old)) else type(t)(*new)
        memo[t, depth] = out
    return memo[t, depth]


def _moved(name: str, kind: str, value: Any, f: Any, depth: int, memo: Any) -> Any:
    """A field of a node transformed; the same object where nothing changes."""
    if type(value) is tuple:
        new = [_moved(name, kind, v, f, depth, memo) for v in value]
        return value if all(map(is_, new, value)) else tuple(new)
    if not isinstance(value, Node):
        return value
    out = transform(value, f, depth, memo)
    if out is value:
        return out
    integer = index if kind in INTEGERS else whole if name in ("low", "high") else None
    return integer(out) if integer else out


def shift(t: Any, by: int = 1, above: int = 0) -> Any:
    """t under so many binders more, or less; no variable in it may be of a binder that is taken away."""

    def moved(u: Any, depth: int) -> Any:
        if type(u) is not Bound or u.level < depth + above:
            return None
        if u.level + by < depth + above:
            raise KernelError("binder", "a term without the binder's variable", t)
        return Bound(u.level + by)

    return transform(t, moved)


def opened(body: Any, k: Any) -> Any:
    """A body with the integer k for the variable of its binder."""

    def moved(u: Any, depth: int) -> Any:
        if type(u) is not Bound or u.level < depth:
            return None
        return Bound(u.level - 1) if u.level > depth else shift(whole(k), depth)

    return transform(body, moved)


def closed(t: Any, v: Int) -> Any:
    """The body of a binder: its variable stands where v stood."""
    return transform(shift(t), lambda u, depth: Bound(depth) if u == v else None)


def substitute(t: Any, values: dict[Any, Any]) -> Any:
    """t with terms in place of symbols, at once.  Into a derivative go integers alone: all else would change its meaning."""

    def moved(u: Any, depth: int) -> Any:
        if u in values:
            return shift(values[u], depth)
        if type(u) is D and any(v in values and type(v) is not Int for v in subterms(u)):
            raise KernelError("substitution", "a term without derivatives", u)
        return None

    return transform(t, moved)


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
    for name, value in zip(node.names, node.values(), strict=True):
        words[name] = _text(value, inner if name == "body" else names, name, type(node))
    if type(node) is Differentiable:
        at, args = node.at, ", ".join([show(u, names) for u in node.at.args])
        return f"{show(App(at.name, at.orders, (), at.index), names)[:-2]} is differentiable at ({args})"
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
    texts = [_text(v, names, field, kind) for v in value]
    if field == "terms":
        text = "".join([f" + {x}" if x[0] != "-" else f" - {x[1:]}" for x in texts]) or "   0"
        return text[3:] if text[1] != "-" else "-" + text[3:]
    if field == "factors":
        return ("-" * (texts[:1] == ["-1"]) + " * ".join(texts[texts[:1] == ["-1"] :])) or "1"
    inside = ",".join(texts).replace(" ", "")
    if field == "args":
        return ", ".join(texts)
    if field == "orders":
        return f"^({inside})" if any(value) else ""
    return f"[{inside}]" if value else ""
