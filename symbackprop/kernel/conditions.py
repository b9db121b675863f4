"""Conditions: which are plain, one form for each, and what linear arithmetic makes of those on integers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction

from .context import Context
from .integers import *
from .sums import least
from .terms import *

MAX_LIMITS = 60


def conditions(ctx: Context, needs: Iterable[Prop]) -> frozenset[Prop]:
    """Those that are not plain, each in one form."""
    ordered = sorted(needs, key=str)  # a set's order is another in each process
    return frozenset([canonical(ctx, p) for p in ordered if not plain(ctx, p)])


def plain(ctx: Context, p: Prop) -> bool:
    """Whether a condition needs no hypothesis."""
    match p:
        case All(_, _, body):
            return plain(ctx, body)
        case Positive(t):
            return ctx.ring.positive(ctx.ring.poly(t))
        case Nonzero(t):
            return ctx.ring.nonzero(ctx.ring.poly(t))
        case AtLeast(k):
            return least(k) >= 0
    return False


def canonical(ctx: Context, p: Prop) -> Prop:
    """One form for one condition: t /= 0 and t > 0 with t in normal form and its leading coefficient 1 (or -1)."""
    match p:
        case All(low, high, body):
            return All(low, high, canonical(ctx, body))
        case AtLeast(k):
            return AtLeast(whole(k))
        case Positive(t) | Nonzero(t):
            poly = ctx.ring.poly(t)
            lead = Fraction(poly[min(poly)]) if poly else Fraction(1)
            c = 1 / (lead if type(p) is Nonzero else abs(lead))
            return type(p)(ctx.ring.term(ctx.ring.scale(poly, c)))
    return p


def reduced(hypotheses: Iterable[Prop]) -> frozenset[Prop]:
    """Without what the others say of integers already."""
    kept = set(hypotheses)
    if sum(type(p) is AtLeast for p in kept) > MAX_LIMITS:
        raise KernelError("hypotheses", f"at most {MAX_LIMITS} conditions on integers", "more")
    for p in sorted([p for p in kept if type(p) is AtLeast], key=str):
        if implied(p, kept - {p}):
            kept.discard(p)
    return frozenset(kept)


def implied(p: AtLeast, given: Collection[Prop], most: int = 3) -> bool:
    """k >= 0, where k is the sum of at most three given ones, of widths, and of a number that is not negative."""
    k = combination(p.low)
    if least(k) >= 0 or not most:
        return least(k) >= 0
    a = next((a for a in k if a != ONE and not (type(a) is Int and a.index and k[a] > 0)), ONE)
    lows = [q.low for q in given if type(q) is AtLeast]
    near = [low for low in lows if combination(low).get(a, 0) * k.get(a, 0) > 0]
    return any(implied(AtLeast(whole(p.low, minus(low))), given, most - 1) for low in near)
