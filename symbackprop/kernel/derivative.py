"""The derivative, one line a term head, with the conditions under which there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .conditions import conditions
from .context import Context
from .integers import *
from .laws import DOMAINS
from .rewriting import Rewriting
from .sums import depends
from .terms import *

Props = set[Prop]


def ranged(t: Any, p: Prop) -> Prop:
    """p for all of a binder's range; p itself where the variable is not in it, be the range empty or not."""
    out: Prop = All(t.low, t.high, p) if depends(p) else shift(p, -1)
    return out


@dataclass
class Differentiation:
    """d/dv, one line a term head.  What v is defined as is left aside: v varies, and all that is above it.

    `given` are derivatives by v that were worked out before; `needs` collects the conditions under which the term is
    differentiable.

    ::

        d(v)/dv = 1        d(q)/dv = 0 where v is not in q      d(a)/dv = d(definition of a)/dv
        d(a + b) = da + db          d(a b) = da b + a db        d(t^n) = n t^(n-1) dt
        d f(a, b) = f_1(a, b) da + f_2(a, b) db                 d[t > 0] = 0 where t /= 0, t differentiable
        d sum(i: t) = sum(i: dt)    d f(t for i..) = sum(i: f_i dt)
        d(a[k])/d(a[n]) = [k = n] + (1 - [k = n]) d(definition of a[k])/d(a[n])
    """

    ctx: Context
    v: Sym
    given: Rewriting
    needs: Props = field(default_factory=set)
    known: dict[Term, Term] = field(default_factory=dict)

    def __call__(self, t: Term) -> Term:
        if t not in self.known:
            self.known[t] = self._slope(t) if self.ctx.depends(t, self.v) else ZERO
        return self.known[t]

    def _slope(self, t: Term) -> Term:
        known = self.given.right(D(t, self.v)) if t in self.given.derived else None
        return known or self._of(t)

    def _of(self, t: Term) -> Term:
        match t:
            case Sym():
                return self._member(t)
            case Add(terms):
                return added([self(u) for u in terms])
            case Mul(factors):
                slopes = [self(u) for u in factors]
                rows = [times(*factors[:k], d, *factors[k + 1 :]) for k, d in enumerate(slopes)]
                return added(rows)
            case Pow(base, n):
                self.needs |= {Nonzero(base)} if n < 0 else set()
                return times(num(n), Pow(base, n - 1), self(base))
            case App():
                self.needs |= differentiable(self.ctx, t)
                return added([self._argument(t, k) for k in range(len(t.args))])
            case Bracket(u):
                self(u)  # that u is continuous there: what it needs, not what it is
                self.needs.add(Nonzero(u))
                return ZERO
            case Sum():
                body = self.within(t, lambda inner: inner(t.body))
                return ZERO if body == ZERO else Sum(t.low, t.high, body)
        raise KernelError("derivative", "a term that has no derivative in it", t)

    def _member(self, t: Sym) -> Term:
        same = matches(t, self.v)
        if same == ONE:
            return ONE
        cases = self.ctx.cases(t) or [(ZERO, self.ctx.undefined(t))]
        self.needs |= {*cases[0][1]}
        slope = self(cases[0][0])
        return slope if same == ZERO else added([same, times(ONE - same, slope)])

    def _argument(self, t: App, k: int) -> Term:
        """What the k-th argument contributes: f_k(...) times its derivative; of a Vec, the sum over its components."""
        u = t.args[k]
        if type(u) is not Vec:
            return times(raised(t, k, 1), self(u))
        body = self.within(u, lambda inner: times(raised(shift(t), k, Bound(0)), inner(u.body)))
        return ZERO if body == ZERO else Sum(u.low, u.high, body)

    def within(self, t: Any, f: Callable[[Differentiation], Term]) -> Term:
        """f under a binder; its conditions are needed for the whole range."""
        given = self.given.within(t.low, t.high)
        inner = Differentiation(self.ctx, shift(self.v), given)
        out = f(inner)
        self.needs |= {ranged(t, p) for p in inner.needs}
        return out


def matches(t: Sym, v: Sym) -> Term:
    """1 where t and v are one member, else 0."""
    if t.name != v.name or len(t.index) != len(v.index):
        return ZERO
    gaps = [index(a, minus(b)) for a, b in zip(t.index, v.index, strict=True)]
    if any(type(g) is int and g for g in gaps):
        return ZERO
    return times(*[Kron(whole(g), ZERO) for g in gaps if type(g) is not int])


def raised(t: App, k: int, by: Any) -> App:
    """The partial derivative of a function by its k-th argument; of a Vec, by one of its components."""
    own = (*t.orders[k], by) if type(t.orders[k]) is tuple else t.orders[k] + by
    return App(t.name, (*t.orders[:k], own, *t.orders[k + 1 :]), t.args, t.index)


def added(terms: list[Term]) -> Term:
    kept = [t for t in terms if t != ZERO]
    return kept[0] if len(kept) == 1 else Add(tuple(kept)) if kept else ZERO


def times(*factors: Term) -> Term:
    if ZERO in factors:
        return ZERO
    kept = [t for t in factors if t != ONE]
    return kept[0] if len(kept) == 1 else Mul(tuple(kept)) if kept else ONE


def differentiable(ctx: Context, t: App) -> frozenset[Prop]:
    """What makes the function differentiable at its arguments: by its domain, by its definition, or by hypothesis."""
    if ("smooth", t) not in ctx.memo:
        needs: Props = {Differentiable(t)}
        if t.name in DOMAINS:
            needs = set(DOMAINS[t.name](t.args[0]))
        elif ctx.function(t) is not None:
            needs = {p for k in range(len(t.args)) for p in slope(ctx, raised(t, k, 1))[1]}
        ctx.memo["smooth", t] = conditions(ctx, needs)
    out: frozenset[Prop] = ctx.memo["smooth", t]
    return out


def slope(ctx: Context, t: App) -> tuple[Term, Props]:
    """A defined function or its partial derivative at its arguments, from the definition: f'(a) = (d body / d#)[# := a]."""
    f = ctx.function(t)
    if f is None or len(t.args) != f.arity or any(type(u) is Vec for u in t.args):
        raise KernelError("unfold", "a function with a definition, and its arguments", t.name)
    key = ("slope", t.name, t.index, t.orders)
    if key not in ctx.memo:
        body, needs = f.term, set[Prop]()
        for k in [k for k, n in enumerate(t.orders) for _ in range(n)]:
            by = Differentiation(ctx, parameter(k + 1), Rewriting(()), needs)
            for u in [u for p in needs for u in children(p)]:
                by(u)  # what holds here must hold nearby
            body = ctx.ring.normal(by(body))
        ctx.memo[key] = body, frozenset(needs)
    values = {parameter(k + 1): a for k, a in enumerate(t.args)}
    body, needs = ctx.memo[key]
    return substitute(body, values), {substitute(p, values) for p in needs}
