"""The rules: each row says what may be concluded from what.

A rule gets the context (definitions), the sequents of the steps it uses, the conclusion that the proof claims and extra
terms; it returns the hypotheses of the conclusion, or raises `KernelError`.  It never makes up a conclusion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .context import Context, Definition, deep
from .laws import DOMAINS, instance
from .normal import Fractions, Poly
from .rewriting import Rewriting, inmost, sides
from .sums import depends, least
from .terms import *

Props = set[Prop]


@dataclass(frozen=True)
class Sequent:
    """hypotheses |- conclusion, with the laws that were used on the way."""

    hypotheses: frozenset[Prop]
    conclusion: Prop
    laws: frozenset[str] = frozenset()


# --- the derivative ----------------------------------------------------------------------------------------------


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
        if not self.ctx.depends(t, self.v):
            return ZERO
        if t not in self.known:
            known = self.given.right(D(t, self.v)) if t in self.given.derived else None
            self.known[t] = self._of(t) if known is None else known
        return self.known[t]

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
        slope: Term = ZERO
        cases = self.ctx.cases(t)
        if cases:
            self.needs |= set(cases[0][1])
            slope = self(cases[0][0])
        else:
            self.needs |= self.ctx.undefined(t)
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


# --- conditions --------------------------------------------------------------------------------------------------


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
    for p in sorted([p for p in kept if type(p) is AtLeast], key=str):
        if implied(p, kept - {p}):
            kept.discard(p)
    return frozenset(kept)


def implied(p: AtLeast, given: Iterable[Prop]) -> bool:
    """k >= 0, where k is the sum of at most three given ones, of widths, and of a number that is not negative."""
    rows = [combination(q.low) for q in given if type(q) is AtLeast]

    def follows(k: dict[Term, int], most: int) -> bool:
        if least(k) >= 0 or not most:
            return least(k) >= 0
        a = next((a for a in k if a != ONE and not (type(a) is Int and a.index and k[a] > 0)), ONE)
        return any(follows(_less(k, r), most - 1) for r in rows if r.get(a, 0) * k.get(a, 0) > 0)

    return follows(combination(p.low), 3)


def _less(k: dict[Term, int], r: dict[Term, int]) -> dict[Term, int]:
    gaps = {a: k.get(a, 0) - r.get(a, 0) for a in (*k, *r)}
    return {a: c for a, c in gaps.items() if c}


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


def ranged(t: Any, p: Prop) -> Prop:
    """p for all of a binder's range; p itself where the variable is not in it, be the range empty or not."""
    out: Prop = All(t.low, t.high, p) if depends(p) else shift(p, -1)
    return out


def _family(ctx: Context, name: str) -> Props:
    """What the definitions of a family, and of those that they reach, need everywhere."""
    own = [d for n in sorted(ctx.reach.get(name, ())) for d in ctx.families.get(n, ())]
    return {_everywhere(d, p) for d in own for p in definedness(ctx, d.term, False)}


def _everywhere(d: Definition, p: Any) -> Prop:
    """What a definition needs, for all values of its variables: each from one end in `where` to another."""
    inner: set[Node] = set()
    for v in [v for v in d.over[::-1] if type(v) is Int]:
        rows = [
            (combination(k).get(v), k)
            for k in d.where
            if not inner & {*subterms(k)} and not deep(v, k)
        ]
        low = [whole(v, minus(k)) for c, k in rows if c == 1]
        high = [whole(v, k) for c, k in rows if c == -1]
        inner.add(v)
        if v in subterms(p):
            if not low or not high:
                raise KernelError("definition", f"both ends of {v}", d.symbol)
            p = All(low[0], high[0], closed(p, v))
    found: Prop = p
    return found


# --- the rules ---------------------------------------------------------------------------------------------------

Premises = Sequence[Sequent]
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
    put = Rewriting(premises)
    own = [p if type(inmost(p)) is Slope else Nonzero(ONE) for p in premises]
    given = put if own == premises else Rewriting(own, put.used)
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


def cases(ctx: Context, premises: list[Prop], conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p(i) for all i of m..n, from p(m), p(m + 1), ... and, where these are not all, p(i) for all i of the rest."""
    if type(conclusion) is not All or not premises:
        raise KernelError("cases", "what holds for all of a range", conclusion)
    low, high, body = conclusion.values()
    n = len(premises) - 1
    found = [opened(body, whole(low, k)) for k in range(n)]
    last = opened(body, high) if index(high, minus(low)) == n else All(whole(low, n), high, body)
    if premises != [*found, last]:
        raise KernelError("cases", [*found, last], premises)
    return ()


def one(values: Sequence[Any], n: int = 1) -> Sequence[Any]:
    if len(values) != n:
        raise KernelError("rule", f"{n} premises or terms", len(values))
    return values


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


# --- rules about sequents ----------------------------------------------------------------------------------------


def instantiate(ctx: Context, premises: Premises, conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p(k), from p(v) for any v: an integer for an index, in the hypotheses too."""
    (s,) = one(premises)
    values = dict(zip(extra[::2], extra[1::2], strict=False))
    inside = {u for p in (s.conclusion, *s.hypotheses) for u in subterms(p)}
    for v, k in values.items():
        _variable(ctx, v)
        combination(k)
    good = 2 * len(values) == len(extra) > 0 and inside.issuperset(values)
    if not good or substitute(s.conclusion, values) != conclusion:
        raise KernelError("instantiate", "the premise with integers for indices", conclusion)
    return [canonical(ctx, substitute(h, values)) for h in s.hypotheses]


def generalize(ctx: Context, premises: Premises, conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p(i) for all i of a range, from p(v) for any v in it."""
    (s,), (v,) = one(premises), one(extra)
    _variable(ctx, v)
    if type(conclusion) is not All or closed(s.conclusion, v) != conclusion.body:
        raise KernelError("generalize", "the premise for all of a range", conclusion)
    return without(s.hypotheses, v, conclusion.low, conclusion.high)


def induction(ctx: Context, premises: Premises, conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p(v) for v >= m (and v <= n), from p(m) and p(v) |- p(v + 1) for v >= m (and v < n)."""
    (base, step), (v, low, *high) = one(premises, 2), extra if len(extra) > 1 else (None, None)
    _variable(ctx, v)
    if base.conclusion != substitute(conclusion, {v: low}):
        raise KernelError("induction", substitute(conclusion, {v: low}), base.conclusion)
    if step.conclusion != substitute(conclusion, {v: whole(v, 1)}):
        raise KernelError("induction", substitute(conclusion, {v: whole(v, 1)}), step.conclusion)
    if (
        any(v in subterms(p) for p in (*base.hypotheses, *map(AtLeast, (low, *high))))
        or len(high) > 1
    ):
        raise KernelError("induction", "a base without the variable", base.hypotheses)
    ends = [AtLeast(whole(v, minus(low))), *[AtLeast(whole(n, minus(v))) for n in high]]
    rest = step.hypotheses - {canonical(ctx, conclusion)}
    if rest == step.hypotheses:
        raise KernelError("induction", "a step that uses its hypothesis", conclusion)
    top = whole(high[0], -1) if high else None
    return [*ends, *base.hypotheses, *without(rest, v, low, top)]


def _variable(ctx: Context, v: Any) -> None:
    if type(v) is not Int or v.index or v in ctx.constants:
        raise KernelError("rule", "an index that no definition mentions", v)


def without(hypotheses: Iterable[Prop], v: Int, low: Term, high: Term | None) -> Iterator[Prop]:
    """Hypotheses that say as much for every v of a range: k + c v >= 0 at that end of it where k + c v is least."""
    if any(v in subterms(k) for k in (low, high or low)):
        raise KernelError("rule", "a range without its variable", v)
    for h in hypotheses:
        if v in subterms(h):
            c = combination(h.low).get(v, 0) if type(h) is AtLeast else 0
            end = low if c > 0 else high
            deep = type(h) is not AtLeast or any(
                v in subterms(a) for a in combination(h.low) if a != v
            )
            h = h if end is None or deep else substitute(h, {v: end})
            if v in subterms(h):
                raise KernelError("rule", f"no hypotheses on {v} but of its range", h)
        yield h


SEQUENT_RULES: dict[str, Callable[[Context, Premises, Any, Extra], Iterable[Prop]]] = {
    "instantiate": instantiate,
    "generalize": generalize,
    "induction": induction,
}


def state(ctx: Context, s: Sequent) -> frozenset[Prop]:
    """What a claim, its terms and those of its hypotheses need in order to be defined."""
    return definedness(ctx, s.conclusion).union(*[definedness(ctx, h) for h in s.hypotheses])


def apply_rule(
    ctx: Context, name: str, premises: Premises, conclusion: Prop, extra: Extra
) -> tuple[frozenset[Prop], frozenset[str]]:
    """The hypotheses and the laws of a step; a rule is a name of a table, or `law` and a law's name.

    A step has nothing that its rule does not look at.
    """
    conclusions = [s.conclusion for s in premises]
    inherited = frozenset[Prop]().union(*[s.hypotheses for s in premises])
    laws = frozenset[str]().union(*[s.laws for s in premises])
    if name in SEQUENT_RULES:
        own = SEQUENT_RULES[name](ctx, premises, conclusion, extra)
        return reduced(conditions(ctx, own)), laws
    if premises and (name in WITHOUT_PREMISES or name.startswith("law ")):
        raise KernelError(name, "a step that uses no other", len(premises))
    if name == "state":
        (s,) = one(premises)
        if s.conclusion != conclusion:
            raise KernelError("state", s.conclusion, conclusion)
        needs: Iterable[Prop] = state(ctx, s)
    elif name.startswith("law "):
        found, needs = instance(name[4:], extra)
        laws |= {name[4:]}
        if found != conclusion:
            raise KernelError(name, found, conclusion)
    elif name not in RULES:
        raise KernelError("rule", "a rule of the kernel", name)
    else:
        if extra and name not in ("combine", "specialize"):
            raise KernelError(name, "a step without extra terms", len(extra))
        needs = RULES[name](ctx, conclusions, conclusion, extra)
    return reduced(inherited | conditions(ctx, needs)), laws
