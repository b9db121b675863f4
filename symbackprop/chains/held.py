"""∂a/∂b where some of what leads from b to a is held fixed; and where ∂a/∂b alone would leave open which is meant.

In a recursion such as s_t = w h_{t-1} + u x_t, w acts at step t, and through h_{t-1} at all steps before.  Of ∂s_t/∂w some
mean both, others what w does at this step alone: h_{t-1}.  Neither is to be guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..kernel import All, AtLeast, Int, KernelError, Num, Prop, Sym, Term
from ..kernel.conditions import conditions
from ..kernel.context import Context
from ..kernel.derivative import Differentiation, matches
from ..kernel.integers import closed, combination, index, minus, whole
from ..kernel.rewriting import Rewriting
from ..kernel.terms import ZERO, num, subterms
from .layers import circle, entry


def through(ctx: Context, a: Term, b: Sym) -> list[str]:
    """The families of a recursion through which b acts on a member, where it acts on it directly too; else none."""
    names = circle(ctx, a.name) if isinstance(a, Sym) and a.name in ctx.families else set[str]()
    cases = ctx.cases(a) if isinstance(a, Sym) and names else []
    inside = [u for t, _ in cases for u in subterms(t) if isinstance(u, Sym)]
    if a == b or not any(matches(u, b) != ZERO for u in inside):
        return []
    others = [u for u in inside if u.name in names and matches(u, b) == ZERO and ctx.cases(u)]
    return sorted({u.name for u in others if _leads(ctx, names, b, u, set())})


def _leads(ctx: Context, names: Collection[str], b: Sym, u: Sym, seen: set[Sym]) -> bool:
    """Whether b leads to a member of a recursion, which is in the layer in which b comes in or in another."""
    low = entry(ctx, {*names}, b)
    gap = None if low is None or not u.index else index(u.index[0], minus(low))
    if not isinstance(gap, int):
        return ctx.depends(u, b)
    if gap < 0 or u in seen:
        return False
    seen.add(u)
    inside = [w for t, _ in ctx.cases(u) for w in subterms(t) if isinstance(w, Sym)]
    return any(
        matches(w, b) != ZERO or (w.name in names and _leads(ctx, names, b, w, seen))
        for w in inside
    )


Ranges = Mapping[Int, tuple[Term, Term]]
"""From where to where the letters of the sums around something run, the outermost first."""


@dataclass(frozen=True)
class Reading:
    """What a derivative with something held fixed was read as, and what that needs: as SymPy has it, and as terms."""

    expression: Any
    term: Term
    needs: tuple[Prop, ...]


def held(ctx: Context, kept: Context, a: Term, b: Sym) -> tuple[Term, list[Prop]]:
    """∂a/∂b by the definition of a, other members varying as `kept` defines them; and what it needs.

    InputError where it is no formula.
    """
    cases = ctx.cases(a) if isinstance(a, Sym) and a != b else []
    body, within = cases[0] if len(cases) == 1 else (a, ())
    by = Differentiation(kept, b, Rewriting(()))
    try:
        value = kept.ring.normal(by(body))
        return value, sorted(conditions(ctx, {*within, *by.needs}), key=str)
    except (KernelError, RecursionError):
        raise InputError(
            "expected families to hold such that a formula is left, without a recursion in it"
        ) from None


def everywhere(p: Any, ranges: Ranges) -> Prop | None:
    """A condition for all letters of sums around it; None where it says nothing.  InputError where a range goes too far."""
    for v, (low, high) in reversed([*ranges.items()]):
        if v not in subterms(p):
            continue
        if not isinstance(p, AtLeast):
            p = All(low, high, closed(p, v))
            continue
        c = combination(p.low).get(v, 0)
        p = AtLeast(whole(p.low, num(-c) * v, num(c) * (low if c > 0 else high)))
        if v in subterms(p) or (isinstance(p.low, Num) and p.low.value < 0):
            raise InputError("the sum goes further than the definition that is differentiated")
    known = isinstance(p, AtLeast) and isinstance(p.low, Num) and p.low.value >= 0
    return None if known else p
