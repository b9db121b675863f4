"""∂a/∂b where some of what leads from b to a is held fixed; and where ∂a/∂b alone would leave open which is meant.

In a recursion such as s_t = w h_{t-1} + u x_t, w acts at step t, and through h_{t-1} at all steps before.  Of ∂s_t/∂w some
mean both, others what w does at this step alone: h_{t-1}.  Neither is to be guessed.
"""

from __future__ import annotations

from collections.abc import Collection

from ..errors import InputError
from ..kernel import Definition, Function, KernelError, Sym, Term
from ..kernel.context import Context, context
from ..kernel.derivative import Differentiation, matches
from ..kernel.integers import index, minus
from ..kernel.rewriting import Rewriting
from ..kernel.terms import ZERO, subterms
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


def held(
    functions: Collection[Function],
    definitions: Collection[Definition],
    a: Term,
    b: Sym,
    names: Collection[str],
) -> Term:
    """∂a/∂b, members of these families not varying, but for a itself.  InputError where it is no formula."""
    kept = [d for d in definitions if d.symbol.name not in names]
    try:
        cases = context(functions, definitions).cases(a) if isinstance(a, Sym) and a != b else []
        body = cases[0][0] if len(cases) == 1 else a
        ctx = context(functions, kept)
        return ctx.ring.normal(Differentiation(ctx, b, Rewriting(()))(body))
    except (KernelError, RecursionError):
        raise InputError(
            "expected families to hold such that a formula is left, without a recursion in it"
        ) from None
