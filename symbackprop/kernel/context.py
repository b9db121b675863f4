"""What a proof may take as given: definitions of functions and of families, each checked to define something.

A family may be defined by recursion over its first index, its layer: upwards from below, or downwards from above.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import permutations
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

    The indices of a are integers, or one of the variables each (with a number added).  A member of the family that
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
        """What s may be defined as; nothing where no definition is known to cover it."""
        if s in self.symbols:
            return [(self.symbols[s], ())]
        own = [d for d in self.instances(s) if d.symbol == s]
        return [(d.term, tuple([AtLeast(k) for k in d.where if type(k) is not Num])) for d in own]

    def undefined(self, s: Sym) -> tuple[Prop, ...]:
        """What makes s a variable, where no definition is known to cover it: one index is greater than the other."""
        rows = [map(_gap, s.index, d.symbol.index) for d in self.instances(s)]
        gaps = [next(filter(None, row)) for row in rows]
        return tuple([AtLeast(whole(max(k, index(minus(k)), key=str), -1)) for k in gaps])

    def instances(self, s: Sym) -> list[Definition]:
        """What the definitions that may cover s say there; nothing where it is a variable, or in `symbols`."""
        own = self.families.get(s.name, ())
        found = [_instance(d, s) for d in own if children(s) or children(d.symbol)]
        return [d for d in found if d is not None]

    def function(self, t: App) -> Function | None:
        return self.functions.get((t.name, t.index))

    def support(self, t: Node) -> frozenset[Any]:
        """What t is made of, down through the definitions: members by number, families where the index is not known."""
        known = self.support_.get(t)
        if known is None:
            own, inner = frozenset[Any](), children(t)
            if type(t) is Sym:
                variable = t not in self.symbols and not inner and not self.instances(t)
                plain = variable or t in self.symbols
                own = frozenset([t] if plain else self.reach.get(t.name, {t.name}))
                inner = (self.symbols[t],) if t in self.symbols else ()
            known = self.support_[t] = own.union(*[self.support(u) for u in inner])
            self.ring.spend(len(known) // 2)
        return known

    def depends(self, t: Term, v: Sym) -> bool:
        """Whether v may occur in t, down through the definitions."""
        found = self.support(t)
        if v in found or v.name in found:
            return True
        return bool(children(v)) and any(type(u) is Sym and u.name == v.name for u in found)


def _gap(k: Any, p: Any) -> Any:
    return index(k, minus(p))


def _instance(d: Definition, s: Sym) -> Definition | None:
    """What d says where its variables are what the indices of s make them; None where it says nothing of s."""
    values: dict[Any, Any] = {}
    if len(s.index) != len(d.symbol.index):
        return None
    for p, k in zip(d.symbol.index, s.index, strict=True):
        gap = _gap(k, p)
        own = [v for v in d.over if v in combination(p)]
        if own:
            values[own[0]] = whole(own[0], gap)
        elif type(gap) is int and gap:
            return None
    where = [whole(substitute(k, values)) for k in d.where]
    if any(type(k) is Num and k.value < 0 for k in where):
        return None
    return Definition(substitute(d.symbol, values), substitute(d.term, values), (), tuple(where))


def context(functions: Iterable[Function], definitions: Iterable[Definition]) -> Context:
    """The definitions, if each defines something that nothing before it mentions, and all together are no circle."""
    ctx, functions, definitions = Context(), list(functions), list(definitions)
    named = set(ARITY)
    for f in functions:
        named |= {u.name for u in subterms(f.term) if type(u) is App}
        known = [at for name, at in ctx.functions if name == f.name]
        if f.name in named or any(at == f.index or () in (at, f.index) for at in known):
            raise KernelError("function", "a name that has no meaning yet", f.name)
        allowed = {parameter(k + 1) for k in range(f.arity)}
        others = [u for u in subterms(f.term) if type(u) in (Sym, Int) and u not in allowed]
        if others or children(Sym("", f.index)) or f.arity < 1 or f.name == "#":
            raise KernelError("function", f"a term in the parameters of {f.name}", f.term)
        ctx.functions[f.name, f.index] = f
    arities = {f.name: f.arity for f in functions}
    terms = [f.term for f in functions] + [d.term for d in definitions]
    for u in [u for t in terms for u in subterms(t)]:
        if type(u) is App and len(u.args) != arities.get(u.name, len(u.args)):
            raise KernelError("definition", f"{arities[u.name]} arguments of {u.name}", u)
    _define(ctx, definitions)
    for symbol in ctx.symbols:  # in this order, so that this recursion stays shallow
        ctx.support(symbol)
    return ctx


def _define(ctx: Context, definitions: list[Definition]) -> None:
    """Each member is defined once, from what is defined before it or lies in a layer nearer to where its recursion begins."""
    last: dict[Any, int] = {}
    mentions = [[u for u in subterms(d.term) if type(u) is Sym] for d in definitions]
    for k, d in enumerate(definitions):
        _check_head(d)
        last[d.symbol] = last[d.symbol.name] = k
        ctx.reach.setdefault(d.symbol.name, {d.symbol.name}).update([u.name for u in mentions[k]])
        inside = [u for t in (d.symbol, d.term, *d.where) for u in subterms(t)]
        ctx.constants |= {u for u in inside if type(u) is Int and not u.index} - {*d.over}
    if not ctx.constants.isdisjoint([v for d in definitions for v in d.over]):
        raise KernelError("definition", "variables that are no constants of another", ctx.constants)
    lettered = {d.symbol.name for d in definitions if children(d.symbol)}
    if max(len(ctx.reach), sum(d.symbol.name in lettered for d in definitions)) > MAX_FAMILIES:
        raise KernelError("definition", f"at most {MAX_FAMILIES} families", len(ctx.reach))
    for _ in ctx.reach:
        for names in ctx.reach.values():
            names.update(*[ctx.reach.get(n, ()) for n in names])
    ways: dict[frozenset[str], set[int]] = {}
    for k, d in enumerate(definitions):
        name = d.symbol.name
        own = ctx.families.setdefault(name, [])
        if d.symbol in ctx.symbols or any(overlap(c, d) for c in own if name in lettered):
            raise KernelError("definition", "a member that nothing before it defines", d.symbol)
        own.append(d)
        if not children(d.symbol):
            ctx.symbols[d.symbol] = d.term
        circle = frozenset([n for n in ctx.reach[name] if name in ctx.reach.get(n, ())])
        for u in mentions[k]:
            plain = u.name not in lettered and not children(u)
            if u.name in circle and not (plain and lettered.isdisjoint(circle)):
                ways.setdefault(circle, set()).add(_direction(d, u, last[u.name] < k))
            elif last.get(u if plain else u.name, -1) >= k:
                raise KernelError("definition", "a symbol that nothing before it mentions", u)
    if any({1, -1} <= ways[circle] for circle in ways):
        raise KernelError("definition", "a recursion in one direction", "both")


def _check_head(d: Definition) -> None:
    """An index is a number, or a variable and a number; each variable is in one index, in their order."""
    inside = [(p, v) for p in d.symbol.index for v in subterms(whole(p)) if v in d.over]
    fits = all(type(v) is Int and not v.index and type(_gap(p, v)) is int for p, v in inside)
    once = [v for _, v in inside] == [*d.over] == [*dict.fromkeys(d.over)]
    bare = bool(d.where) and not (d.over or children(d.symbol))  # it would hold whatever it says
    if d.symbol.name == "#" or bare or not (fits and once):
        raise KernelError("definition", "a member whose indices are variables, each once", d.symbol)

    def last(k: Term) -> int:
        return max([n for n, v in enumerate(d.over) if v in combination(k)], default=-1)

    if [*d.where] != sorted(dict.fromkeys(map(whole, d.where)), key=last):
        raise KernelError("definition", "conditions in the order of variables", d.where)


def free_of(ends: Iterable[Term], variables: Iterable[Node]) -> list[Term]:
    """Those integers in which none of the variables is."""
    return [k for k in ends if {*variables}.isdisjoint(subterms(k))]


def overlap(c: Definition, d: Definition) -> bool:
    """Whether two definitions may cover one member, as far as the indices and conditions tell."""
    heads = [replace(c, term=ZERO), replace(d, term=ZERO)]
    return all(_instance(a, b.symbol) is not None for a, b in permutations(heads))


def _direction(d: Definition, u: Sym, before: bool) -> int:
    """1 where d goes up from a layer below its own, -1 where it goes down, 0 in its own layer from a family before it."""
    layers = [index(*t.index[:1]) for t in (d.symbol, u) if t.index]
    gap = _gap(*layers) if len(layers) == 2 else None
    if type(gap) is not int or (gap == 0 and not before):
        raise KernelError("definition", "a symbol that nothing before it mentions", u)
    way = (gap > 0) - (gap < 0)
    ends = [whole(k, num(-way) * whole(layers[0])) for k in (ZERO, *d.where)]
    if way and not free_of(ends, d.over):
        raise KernelError("definition", "a recursion that ends", d.symbol)
    return way
