"""What a term or a statement needs in order to be defined: t /= 0 for t^-1, t > 0 for log(t), down through the definitions."""

from __future__ import annotations

from typing import Any

from .conditions import conditions
from .context import Context, Definition, free_of
from .derivative import Props, ranged, slope
from .integers import *
from .laws import DOMAINS
from .terms import *


def definedness(ctx: Context, t: Node, deep: bool = True) -> frozenset[Prop]:
    """What a term or a statement needs in order to be defined: t /= 0 for t^-1, t > 0 for log(t); deep: by definition, too."""
    key = ("defined", t, deep)
    if key not in ctx.memo:
        needs: Props = set()
        inner = list(children(t))
        if type(t) is Pow and t.exponent < 0:
            needs = {Nonzero(t.base)}
        elif type(t) is App and t.name in DOMAINS:
            needs = set(DOMAINS[t.name](t.args[0]))
        elif type(t) is App:
            for f in [f for (name, _), f in ctx.functions.items() if name == t.name]:
                ctx.ring.spend(2_000)
                body, own = slope(ctx, App(f.name, t.orders, t.args, f.index))
                needs |= own
                inner.append(body)
        elif type(t) is Sym and deep:
            inner = [ctx.symbols[t]] if t in ctx.symbols else []
            needs = set() if inner else _family(ctx, t.name)
        out = conditions(ctx, needs).union(*[definedness(ctx, u, deep) for u in inner])
        if type(t) in BINDERS:
            out = frozenset([ranged(t, p) for p in out])
        ctx.memo[key] = out
    found: frozenset[Prop] = ctx.memo[key]
    return found


def ready(ctx: Context) -> Context:
    """What each symbol needs, in the order of the definitions, so that this recursion stays shallow."""
    for symbol in ctx.symbols:
        definedness(ctx, symbol)
    return ctx


def _family(ctx: Context, name: str) -> Props:
    """What the definitions of a family, and of those that they reach, need everywhere."""
    own = [d for n in sorted(ctx.reach.get(name, ())) for d in ctx.families.get(n, ())]
    return {_everywhere(d, p) for d in own for p in definedness(ctx, d.term, False)}


def _everywhere(d: Definition, p: Any) -> Prop:
    """What a definition needs, for all values of its variables: each from one end in `where` to another."""
    for n in reversed(range(len(d.over))):
        v: Any = d.over[n]
        low = free_of([whole(v, minus(k)) for k in d.where], d.over[n:])
        high = free_of([whole(v, k) for k in d.where], d.over[n:])
        if v in subterms(p):
            if not low or not high:
                raise KernelError("definition", f"both ends of {v}", d.symbol)
            p = All(low[0], high[0], closed(p, v))
    found: Prop = p
    return found
