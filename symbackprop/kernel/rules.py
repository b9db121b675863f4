"""The rules: each row says what may be concluded from what.

A rule gets the context (definitions), the conclusions of the steps it uses, the conclusion that the proof claims and extra
terms; it returns the conditions that it adds, or raises `KernelError`.  It never makes up a conclusion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from .context import Context
from .derivative import Differentiation, differentiable, slope
from .integers import *
from .normal import Fractions
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
    """a = b, where both have one normal form once equals are put for equals."""
    put = Rewriting(premises)
    left, right = [put(t) for t in equation("ring", conclusion)]
    all_used("ring", put, premises)
    same(ctx, "ring", ctx.ring.poly(left), ctx.ring.poly(right))
    return ()


def combine(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """a = b, where a - b is the sum of q_k (l_k - r_k) over equations l_k = r_k, with the given q_k."""
    r, pairs = ctx.ring, [sides(p) for p in premises]
    if len(pairs) != len(extra) or not all(pairs):
        raise KernelError("combine", "equations, and one factor for each", len(extra))

    def difference(pair: Any) -> Poly:
        return r.add(r.poly(pair[0]), r.scale(r.poly(pair[1]), -1))

    rows = [r.mul(r.poly(q), difference(p)) for q, p in zip(extra, pairs, strict=True)]
    if not all(rows):
        raise KernelError("combine", "premises that are of use", premises)
    same(ctx, "combine", difference(equation("combine", conclusion)), r.add(*rows))
    return ()


def field_rule(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """a = b as fractions, where what stands under t^-1 is nonzero, once equals are put for equals."""
    put = Rewriting(premises)
    left, right = [put(t) for t in equation("field", conclusion)]
    all_used("field", put, premises)
    fractions = Fractions(ctx.ring)
    if not fractions.equal(left, right):
        raise KernelError("field", left, right)
    return fractions.needs


def sign(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """t > 0, or t /= 0: t is a multiple of an a that is, or a fraction of plainly positive (nonzero) terms.

    Premises are equations, whose right sides are put for the left, and a > 0, b /= 0, ...
    """
    if type(conclusion) not in (Positive, Nonzero):
        raise KernelError("sign", "t > 0 or t /= 0", conclusion)
    put = Rewriting(premises)
    term, given = put(conclusion.term), [p for p in premises if type(p) in (Positive, Nonzero)]
    put.used |= {k for k, p in enumerate(premises) if p in given}
    all_used("sign", put, premises)
    needs = _signed(ctx, conclusion, term, given)
    if needs is None or any(
        _signed(ctx, conclusion, term, given[:k] + given[k + 1 :]) is not None
        for k in range(len(given))
    ):
        raise KernelError("sign", f"plainly {conclusion}, and premises that are of use", term)
    return needs


def _signed(ctx: Context, conclusion: Prop, term: Term, given: list[Any]) -> Iterable[Prop] | None:
    """What t > 0 or t /= 0 needs beyond what is given; None where it does not follow."""
    if any(_multiple(ctx, conclusion, term, p) for p in given):
        return ()
    known = frozenset([p.term for p in given if type(p) is Positive])
    fractions = Fractions(ctx.ring, known)
    top, bottom = fractions.of(term)
    ok = ctx.ring.positive if type(conclusion) is Positive else ctx.ring.nonzero
    if not ok(top, known) or not all(ok(dict(d), known) for d in bottom):
        return None
    return fractions.needs


def _multiple(ctx: Context, conclusion: Prop, term: Term, given: Any) -> bool:
    """Whether the sign of t = c a follows from that of a."""
    p, q = ctx.ring.poly(term), ctx.ring.poly(given.term)
    if not q or p.keys() != q.keys():
        return False
    c = Fraction(p[min(p)]) / Fraction(q[min(q)])
    if type(conclusion) is Positive and not (type(given) is Positive and c > 0):
        return False
    return p == ctx.ring.scale(q, c)


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
    found = [opened(body, whole(low, k)) for k in range(n)]
    last = opened(body, high) if gap == n else All(whole(low, n), high, body)
    empty = n == -1 and type(gap) is int and gap < 0
    if premises != [*found, last] and not empty:
        raise KernelError("cases", [*found, last], premises)
    return ()


RULES: dict[str, Rule] = {
    "definition": definition,
    "unfold": unfold,
    "derivative": derive,
    "smooth": smooth,
    "ring": ring,
    "combine": combine,
    "field": field_rule,
    "sign": sign,
    "hypothesis": hypothesis,
    "specialize": specialize,
    "cases": cases,
}
"""Rules that keep the hypotheses of their premises."""
WITHOUT_PREMISES = ("definition", "unfold", "smooth", "hypothesis")
