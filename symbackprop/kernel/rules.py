"""The rules: each row says what may be concluded from what.

A rule gets the context (definitions), the conclusions of the steps it uses, the conclusion that the proof claims and extra
terms; it returns the conditions that it adds, or raises `KernelError`.  It never makes up a conclusion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .conditions import canonical, conditions
from .context import Context
from .derivative import Differentiation, differentiable, slope
from .integers import *
from .rewriting import Rewriting, parted, sides
from .sums import Poly
from .terms import *

Extra = tuple[Any, ...]
Rule = Callable[[Context, list[Prop], Any, Extra], Iterable[Prop]]


def equation(rule: str, p: Prop) -> tuple[Term, Term]:
    """Both sides of what a rule concludes."""
    if type(p) is not Eq:
        raise KernelError(rule, "an equation to conclude", p)
    return p.left, p.right


def same(ctx: Context, rule: str, left: Poly, right: Poly) -> None:
    if left != right:
        raise KernelError(rule, ctx.ring.term(left), ctx.ring.term(right))


def all_used(rule: str, rewriting: Rewriting, premises: Sequence[Prop]) -> None:
    for k, p in enumerate(premises):
        if k not in rewriting.used:
            raise KernelError(rule, "premises that are of use", p)


def definition(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """a = t, where a definition covers a and says t."""
    left, right = equation("definition", conclusion)
    for term, needs in ctx.cases(left) if type(left) is Sym else ():
        if term == right:
            return needs
    raise KernelError("definition", "a symbol and what it is defined as", conclusion)


def unfold(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """f(a) = t[a], and f'(a) = (dt/d#)[a], where the context defines f(#) as t."""
    left, right = equation("unfold", conclusion)
    if type(left) is not App:
        raise KernelError("unfold", "a function applied", left)
    body, needs = slope(ctx, left)
    same(ctx, "unfold", ctx.ring.poly(body), ctx.ring.poly(right))
    return needs


def derive(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """dt/dv by the rules of calculus, from slopes that earlier steps derived, with equals put for equals in the result."""
    if type(conclusion) is not Slope:
        raise KernelError("derivative", "a derivative to conclude", conclusion)
    given, put = parted(premises)
    by = Differentiation(ctx, conclusion.by, given)
    found = put(by(conclusion.term))
    all_used("derivative", put, premises)
    same(ctx, "derivative", ctx.ring.poly(found), ctx.ring.poly(conclusion.value))
    return by.needs


def smooth(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """f is differentiable at a, where its definition is."""
    if type(conclusion) is not Differentiable or ctx.function(conclusion.at) is None:
        raise KernelError(
            "smooth", "that a function with a definition is differentiable", conclusion
        )
    return differentiable(ctx, conclusion.at)


def ring(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """a = b, where equals are put for equals in both, and a - b is then the sum of q_k (l_k - r_k) over the last premises.

    These are equations l_k = r_k, or a /= 0, which says a a^-1 = 1; the q_k are given, one for each.
    """
    r, count = ctx.ring, len(premises) - len(extra)
    put, pairs = Rewriting(premises[:count]), [_sides(p) for p in premises[count:]]
    left, right = [r.poly(put(t)) for t in equation("ring", conclusion)]
    all_used("ring", put, premises[:count])
    if count < 0 or not all(pairs):
        raise KernelError("combine", "equations, and one factor for each", premises)
    rows = [r.poly(q * (a - b)) for q, (a, b) in zip(extra, pairs, strict=True)]
    if not all(rows):
        raise KernelError("combine", "premises that are of use", premises)
    same(ctx, "ring", left, r.add(right, *rows))
    return ()


def _sides(p: Any) -> Any:
    return (p.term * p.term**-1, ONE) if type(p) is Nonzero else sides(p)


def sign(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """t > 0, or t /= 0: plainly, once equals are put for equals; or by a premise that says so of a multiple of t."""
    kind, put = type(conclusion), Rewriting(premises)
    if kind not in (Positive, Nonzero):
        raise KernelError("sign", "t > 0 or t /= 0", conclusion)
    found = conditions(ctx, [kind(put(conclusion.term))])
    given: list[Any] = [p for p in premises if type(p) in (Positive, Nonzero)]
    said = [canonical(ctx, Nonzero(p.term) if kind is Nonzero else p) for p in given]
    if said != [*found]:
        raise KernelError("sign", [*found], said)
    put.used |= {k for k, p in enumerate(premises) if p in given}
    all_used("sign", put, premises)
    return ()


def hypothesis(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p, assuming p.  It holds at a point: an equation is never differentiated, and a slope is a slope at this point."""
    return {conclusion}


def specialize(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p(k), from p(i) for all i of a range that k is in."""
    (p,), (k,) = one(premises), one(extra)
    if type(p) is not All or opened(p.body, k) != conclusion:
        raise KernelError("specialize", "an instance of what holds for all of a range", conclusion)
    return AtLeast(whole(k, minus(p.low))), AtLeast(whole(p.high, minus(k)))


def one(values: Sequence[Any], n: int = 1) -> Sequence[Any]:
    if len(values) != n:
        raise KernelError("rule", f"{n} premises or terms", len(values))
    return values


def cases(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p(i) for all i of m..n, from p(m), p(m + 1), ... and, where these are not all, p(i) for all i of the rest."""
    if type(conclusion) is not All:
        raise KernelError("cases", "what holds for all of a range", conclusion)
    low, high, body = conclusion.values()
    gap, n = index(high, minus(low)), len(premises) - 1
    ctx.ring.spend(50 * len(premises) * size(body))
    found = [opened(body, whole(low, k)) for k in range(n)]
    last = opened(body, high) if gap == n else All(whole(low, n), high, body)
    empty = n == -1 and type(gap) is int and gap < 0
    if premises != [*found, last] and not empty:
        raise KernelError("cases", "the members of the range, in their order", conclusion)
    return ()


RULES: dict[str, Rule] = {
    "definition": definition,
    "unfold": unfold,
    "derivative": derive,
    "smooth": smooth,
    "ring": ring,
    "combine": ring,
    "sign": sign,
    "hypothesis": hypothesis,
    "specialize": specialize,
    "cases": cases,
}
"""Rules that keep the hypotheses of their premises."""
WITHOUT_PREMISES = ("definition", "unfold", "smooth", "hypothesis")
