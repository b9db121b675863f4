"""What a proof may take as given: definitions of functions and of families, each checked to define something.

A family may be defined by recursion over its first index, its layer: upwards from below, or downwards from above.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .integers import *
from .normal import Ring
from .terms import *


@dataclass(frozen=True)
class Function:
    """f[index](#1, ..., #n) := t, a term in the parameters alone."""

    name: str
    arity: int
    term: Term
    index: Indices = ()


@dataclass(frozen=True)
class Definition:
    """a := t for all values of the variables `over` for which each of `where` is at least 0.

    The indices of a are integers, or one of the variables each (with an integer added).  A member of the family that
    no definition covers is a variable.
    """

    symbol: Sym
    term: Term
    over: Terms = ()
    where: Terms = ()


MAX_FAMILIES = 100
"""And as many definitions of members whose indices are variables."""
Case = tuple[Term, tuple[Prop, ...]]
"""What a member is defined as, and what that needs of the indices."""


@dataclass
class Context:
    """The definitions that a proof may use, read once, and the ring of its normal forms."""

    symbols: dict[Sym, Term] = field(default_factory=dict)
    families: dict[str, list[Definition]] = field(default_factory=dict)
    functions: dict[tuple[str, Indices], Function] = field(default_factory=dict)
    reach: dict[str, set[str]] = field(default_factory=dict)
    constants: set[Node] = field(default_factory=set)
    ring: Ring = field(default_factory=Ring)
    memo: dict[Any, Any] = field(default_factory=dict)
    support_: dict[Node, frozenset[Any]] = field(default_factory=dict)

    def cases(self, s: Sym) -> list[Case]:
        """What s may be defined as; nothing where it is a variable."""
        if s in self.symbols:
            return [(self.symbols[s], ())]
        return [case for case in self._matches(s) if isinstance(case, tuple)]

    def undefined(self, s: Sym) -> set[Prop]:
        """What makes s a variable, where no definition is known to cover it."""
        return {AtLeast(k) for k in self._matches(s) if isinstance(k, Term)}

    def _matches(self, s: Sym) -> list[Case | Term | None]:
        ground = not children(s)
        own = self.families.get(s.name, ())
        return [_matched(d, s.index) for d in own if not (ground and is_ground(d))]

    def function(self, t: App) -> Function | None:
        return self.functions.get((t.name, t.index))

    def support(self, t: Node) -> frozenset[Any]:
        """What t is made of, down through the definitions: members by number, families where the index is not known."""
        known = self.support_.get(t)
        if known is None:
            own: frozenset[Any] = frozenset()
            inner = children(t)
            if type(t) is Sym:
                ground = not inner
                own = frozenset([t]) if ground else frozenset(self.reach.get(t.name, {t.name}))
                if ground and t not in self.symbols and any(self._matches(t)):
                    own |= self.reach[t.name]
                inner = (self.symbols[t],) if t in self.symbols else ()
            known = self.support_[t] = own.union(*[self.support(u) for u in inner])
        return known

    def depends(self, t: Term, v: Sym) -> bool:
        """Whether v may occur in t, down through the definitions."""
        found = self.support(t)
        if v in found or v.name in found:
            return True
        ground = not any(isinstance(k, Node) for k in v.index)
        return not ground and any(type(u) is Sym and u.name == v.name for u in found)


def _matched(d: Definition, at: Indices) -> Case | Term | None:
    """The definition at these indices; None where it does not cover them; k, where it covers them unless k >= 0."""
    values: dict[Any, Any] = {}
    if len(at) != len(d.symbol.index):
        return None
    for p, k in zip(d.symbol.index, at, strict=True):
        own = [v for v in d.over if v in combination(p)]
        if own:
            values[own[0]] = whole(k, own[0], minus(p))
        elif type(gap := index(k, minus(p))) is not int:
            return whole(minus(gap) if _negative(gap) else gap, -1)
        elif gap:
            return None
    needs = [whole(substitute(k, values)) for k in d.where]
    if any(type(k) is Num and k.value < 0 for k in needs):
        return None
    return substitute(d.term, values), tuple([AtLeast(k) for k in needs if type(k) is not Num])


def _negative(k: Any) -> bool:
    """Which of two opposite integers is taken for the smaller one: by the sum of its multiples first."""
    total = sum(c for a, c in combination(k).items() if a != ONE)
    return total < 0 or (total == 0 and str(k)[0] == "-")


def context(functions: Iterable[Function], definitions: Iterable[Definition]) -> Context:
    """The definitions, if each defines something that nothing before it mentions, and all together are no circle."""
    ctx = Context()
    named = set(ARITY)
    for f in functions:
        named |= {u.name for u in subterms(f.term) if type(u) is App}
        known = {name for name, _ in ctx.functions}
        single = f.name in known and (not f.index or (f.name, ()) in ctx.functions)
        if f.name in named or single or (f.name, f.index) in ctx.functions:
            raise KernelError("function", "a name that has no meaning yet", f.name)
        allowed = {parameter(k + 1) for k in range(f.arity)}
        others = [u for u in subterms(f.term) if type(u) in (Sym, Int) and u not in allowed]
        _arities(ctx, f.term)
        if others or children(Sym("", f.index)) or f.arity < 1 or f.name == "#":
            raise KernelError("function", f"a term in the parameters of {f.name}", f.term)
        ctx.functions[f.name, f.index] = f
    _define(ctx, list(definitions))
    for symbol in ctx.symbols:  # in this order, so that this recursion stays shallow
        ctx.support(symbol)
    return ctx


def _arities(ctx: Context, t: Node) -> None:
    arities = {name: f.arity for (name, _), f in ctx.functions.items()}
    for u in subterms(t):
        if type(u) is App and len(u.args) != arities.get(u.name, len(u.args)):
            raise KernelError("definition", f"{arities[u.name]} arguments of {u.name}", u)


def is_ground(d: Definition) -> bool:
    """Whether a definition is of one member, whose indices are numbers."""
    return not d.over and not children(d.symbol)


def _define(ctx: Context, definitions: list[Definition]) -> None:
    """Each member is defined once, from what is defined before it or lies in a layer nearer to where its recursion begins."""
    mentions = [[u for u in subterms(d.term) if type(u) is Sym] for d in definitions]
    for k, d in enumerate(definitions):
        _arities(ctx, d.term)
        _check_head(d)
        ctx.reach.setdefault(d.symbol.name, {d.symbol.name}).update([u.name for u in mentions[k]])
        inside = [u for t in (d.symbol, d.term, *d.where) for u in subterms(t)]
        ctx.constants |= {u for u in inside if type(u) is Int and not u.index} - {*d.over}
    lettered = {d.symbol.name for d in definitions if not is_ground(d)}
    if max(len(ctx.reach), sum(d.symbol.name in lettered for d in definitions)) > MAX_FAMILIES:
        raise KernelError("definition", f"at most {MAX_FAMILIES} families", len(ctx.reach))
    for _ in ctx.reach:
        for names in ctx.reach.values():
            names.update(*[ctx.reach.get(n, ()) for n in names])
    order = {d.symbol: k for k, d in enumerate(definitions)}
    last = {d.symbol.name: k for k, d in enumerate(definitions)}
    ways: set[tuple[frozenset[str], int]] = set()
    for k, d in enumerate(definitions):
        name = d.symbol.name
        own = ctx.families.setdefault(name, [])
        if d.symbol in ctx.symbols or any(_overlap(c, d) for c in own if name in lettered):
            raise KernelError("definition", "a member that nothing before it defines", d.symbol)
        own.append(d)
        if is_ground(d):
            ctx.symbols[d.symbol] = d.term
        circle = frozenset([n for n in ctx.reach[name] if name in ctx.reach.get(n, ())])
        for u in mentions[k]:
            plain = u.name not in lettered and not children(u)
            if u.name in circle and not (plain and lettered.isdisjoint(circle)):
                ways.add((circle, _direction(d, u, last[u.name] < k)))
            elif (order.get(u, -1) if plain else last.get(u.name, -1)) >= k:
                raise KernelError("definition", "a symbol that nothing before it mentions", u)
    if any((circle, -way) in ways for circle, way in ways if way):
        raise KernelError("definition", "a recursion in one direction", "both")


def _check_head(d: Definition) -> None:
    """An index is a number, or has one variable, once and outermost; each variable is in one index."""
    rows = [[v for v in d.over if v in {*subterms(whole(p))}] for p in d.symbol.index]
    flat = [v for row in rows for v in row if type(v) is Int and not v.index]
    unit = all(
        combination(p).get(row[0]) == 1 for p, row in zip(d.symbol.index, rows, strict=True) if row
    )
    once = len(flat) == len({*flat}) == len(d.over) == sum(map(bool, rows))
    inside = [v for p, row in zip(d.symbol.index, rows, strict=True) for v in row if deep(v, p)]
    places = [[n for n, v in enumerate(d.over) if v in combination(k)] for k in d.where]
    owners = [max(row, default=-1) for row in places]
    ordered = owners == sorted(owners) and len(d.where) == len({*d.where})
    normal = all(whole(k) == k for k in d.where)
    bare = bool(d.where) and not (d.over or children(d.symbol))  # it would hold whatever it says
    if d.symbol.name == "#" or inside or bare or not (unit and once and ordered and normal):
        raise KernelError("definition", "a member whose indices are variables, each once", d.symbol)


def deep(v: Node, k: Any) -> bool:
    """Whether v is in an integer in another way than as one of its summands."""
    return any(v in {*subterms(a)} for a in combination(k) if a != v)


def _overlap(c: Definition, d: Definition) -> bool:
    """Whether two definitions may cover one member, as far as the indices and conditions tell."""
    other: dict[Any, Any] = {v: Int(f"'{v}") for v in c.over}  # no certificate has such a name
    one: Any = substitute(c.symbol, other)
    where = [*d.where, *[substitute(k, other) for k in c.where]]
    free = {*d.over, *other.values()}
    if len(one.index) != len(d.symbol.index):
        return False
    for p, q in zip(one.index, d.symbol.index, strict=True):
        gap = combination(index(p, minus(q)))
        v = next((a for a, n in gap.items() if a in free and abs(n) == 1), None)
        if v is None and set(gap) == {ONE}:
            return False
        if v is not None:
            value = whole(v, *[minus(whole(p, minus(q)))] if gap[v] == 1 else [whole(p, minus(q))])
            where = [substitute(k, {v: value}) for k in where]
    return not any(type(k) is Num and k.value < 0 for k in map(whole, where))


def _direction(d: Definition, u: Sym, before: bool) -> int:
    """1 where d goes up from a layer below its own, -1 where it goes down, 0 in its own layer from a family before it."""
    own = d.symbol.index
    layer = next((v for v in d.over if own and v in combination(own[0])), None)
    gap = index(own[0], minus(u.index[0])) if own and u.index else None
    if type(gap) is not int or (gap == 0 and not before):
        raise KernelError("definition", "a symbol that nothing before it mentions", u)
    way = (gap > 0) - (gap < 0)
    if way and layer is not None:
        ends = [k for k in d.where if combination(k).get(layer) == way and not deep(layer, k)]
        if all(({*d.over} - {layer}) & {*subterms(k)} for k in ends):
            raise KernelError("definition", "a recursion that ends", d.symbol)
    return way
