"""The rules: each row says what may be concluded from what.

A rule gets the context (definitions), the conclusions of the steps it uses, the conclusion that the proof claims and extra
terms; it returns the hypotheses that it adds, or raises `KernelError`.  It never makes up a conclusion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from .laws import DOMAINS, LAWS
from .normal import MAX_WORK, Fractions, Poly, Ring, rewrite
from .terms import (
    CHILDREN,
    ONE,
    ZERO,
    Add,
    App,
    Bracket,
    D,
    Differentiable,
    Eq,
    KernelError,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Prop,
    Sym,
    Term,
    parameter,
    substitute,
)

Props = set[Prop]
MAX_UNFOLDED = 20_000


@dataclass
class Context:
    """The definitions that a proof may use, read once, and the ring of its normal forms."""

    symbols: dict[Sym, Term]
    functions: dict[str, tuple[int, Term]]
    ring: Ring = field(default_factory=Ring)
    needs: dict[Term, frozenset[Prop]] = field(default_factory=dict)
    smooth: dict[App, frozenset[Prop]] = field(default_factory=dict)
    _support: dict[Term, frozenset[Sym]] = field(default_factory=dict)
    _slopes: dict[tuple[str, tuple[int, ...]], tuple[Term, frozenset[Prop]]] = field(
        default_factory=dict
    )

    def support(self, t: Term) -> frozenset[Sym]:
        """The symbols that t is made of, down through the definitions; each defined symbol counts too."""
        known = self._support.get(t)
        if known is None:
            parts: Iterable[Term] = CHILDREN[type(t)](t)
            if type(t) is Sym:
                parts = [self.symbols[t]] if t in self.symbols else []
            own = frozenset({t}) if type(t) is Sym else frozenset()
            known = self._support[t] = own.union(*[self.support(u) for u in parts])
        return known


def derivative(ctx: Context, t: Term, v: Sym, known: dict[Term, Term], needs: Props) -> Term:
    """dt/dv, one line a term head.  What v is defined as is left aside: v varies, and all that is above it.
    `known` holds derivatives by v that were worked out before, and grows; `needs` collects the conditions.

    ::

        d(v)/dv = 1        d(q)/dv = 0 where v is not in q      d(a)/dv = d(definition of a)/dv
        d(a + b) = da + db          d(a b) = da b + a db        d(t^n) = n t^(n-1) dt
        d f(a, b) = f_1(a, b) da + f_2(a, b) db                 d[t > 0] = 0 where t /= 0, t differentiable
    """
    if v not in ctx.support(t):
        return ZERO
    if t not in known:
        known[t] = _derivative(ctx, t, v, known, needs)
    return known[t]


def _derivative(ctx: Context, t: Term, v: Sym, known: dict[Term, Term], needs: Props) -> Term:
    match t:
        case Sym():
            return ONE if t == v else derivative(ctx, ctx.symbols[t], v, known, needs)
        case Add(terms):
            return _sum([derivative(ctx, u, v, known, needs) for u in terms])
        case Mul(factors):
            slopes = [derivative(ctx, u, v, known, needs) for u in factors]
            return _sum([_times(*factors[:k], d, *factors[k + 1 :]) for k, d in enumerate(slopes)])
        case Pow(base, n):
            if n < 0:
                needs.add(Nonzero(base))
            return _times(
                Num(Fraction(n)), Pow(base, n - 1), derivative(ctx, base, v, known, needs)
            )
        case App(name, orders, args):
            needs |= differentiable(ctx, t)
            slopes = [derivative(ctx, u, v, known, needs) for u in args]
            partials = [App(name, raised(orders, k), args) for k in range(len(args))]
            return _sum([_times(p, d) for p, d in zip(partials, slopes, strict=True)])
        case Bracket(u):
            derivative(
                ctx, u, v, known, needs
            )  # that u is continuous there: what it needs, not what it is
            needs.add(Nonzero(u))
            return ZERO
    raise KernelError("derivative", "a term that has no derivative in it", t)


def raised(orders: tuple[int, ...], k: int) -> tuple[int, ...]:
    """The orders, the k-th one more."""
    return (*orders[:k], orders[k] + 1, *orders[k + 1 :])


def _sum(terms: list[Term]) -> Term:
    kept = [t for t in terms if t != ZERO]
    return kept[0] if len(kept) == 1 else Add(tuple(kept)) if kept else ZERO


def _times(*factors: Term) -> Term:
    if ZERO in factors:
        return ZERO
    kept = [t for t in factors if t != ONE]
    return kept[0] if len(kept) == 1 else Mul(tuple(kept)) if kept else ONE


def differentiable(ctx: Context, t: App) -> frozenset[Prop]:
    """What makes the function differentiable at its arguments: by its domain, by its definition, or by hypothesis."""
    if t not in ctx.smooth:
        ctx.smooth[t] = frozenset(
            canonical(ctx, p) for p in sorted(_smooth(ctx, t), key=str) if not plain(ctx, p)
        )
    return ctx.smooth[t]


def _smooth(ctx: Context, t: App) -> Props:
    if t.name in DOMAINS:
        return set(DOMAINS[t.name](t.args[0]))
    if t.name not in ctx.functions:
        return {Differentiable(t)}
    needs: Props = set()
    for k in range(len(t.args)):
        needs |= slope(ctx, App(t.name, raised(t.orders, k), t.args))[1]
    return needs


def slope(ctx: Context, t: App) -> tuple[Term, Props]:
    """A defined function or its partial derivative at its arguments, from the definition: f'(a) = (d body / d#)[# := a]."""
    body, needs = _parametric(ctx, t.name, t.orders)
    values: dict[Term, Term] = {parameter(k + 1): a for k, a in enumerate(t.args)}
    if len(t.args) != ctx.functions[t.name][0]:
        raise KernelError(
            "unfold", f"{ctx.functions[t.name][0]} arguments of {t.name}", len(t.args)
        )
    return substitute(body, values), {at(p, values) for p in needs}


def at(p: Prop, values: dict[Term, Term]) -> Prop:
    """A condition (on one term) with terms in place of the parameters."""
    return type(p)(*[substitute(t, values) for t in CHILDREN[type(p)](p)])


def _parametric(ctx: Context, name: str, orders: tuple[int, ...]) -> tuple[Term, frozenset[Prop]]:
    if name not in ctx.functions:
        raise KernelError("unfold", "a function with a definition", name)
    if (name, orders) not in ctx._slopes:
        body, needs = ctx.functions[name][1], set[Prop]()
        for k, n in enumerate(orders):
            for _ in range(n):
                for t in [t for p in needs for t in CHILDREN[type(p)](p)]:
                    derivative(
                        ctx, t, parameter(k + 1), {}, needs
                    )  # what holds here must hold nearby
                body = ctx.ring.normal(derivative(ctx, body, parameter(k + 1), {}, needs))
        ctx._slopes[name, orders] = body, frozenset(needs)
    return ctx._slopes[name, orders]


def plain(ctx: Context, p: Prop) -> bool:
    """Whether a condition needs no hypothesis."""
    match p:
        case Positive(t):
            return ctx.ring.positive(ctx.ring.poly(t))
        case Nonzero(t):
            return ctx.ring.nonzero(ctx.ring.poly(t))
    return False


def canonical(ctx: Context, p: Prop) -> Prop:
    """One form for one condition: t /= 0 and t > 0 with t in normal form and its leading coefficient 1 (or -1)."""
    if not isinstance(p, Positive | Nonzero):
        return p
    poly = ctx.ring.poly(p.term)
    if not poly:
        return type(p)(ZERO)
    lead = Fraction(poly[min(poly)])
    return type(p)(
        ctx.ring.term(ctx.ring.scale(poly, 1 / (lead if isinstance(p, Nonzero) else abs(lead))))
    )


def definedness(ctx: Context, p: Prop) -> Props:
    """What a statement needs in order to be defined, down through the definitions: t /= 0 for t^-1, t > 0 for log(t)."""
    return {q for t in CHILDREN[type(p)](p) for q in _defined(ctx, t)}


def _defined(ctx: Context, t: Term) -> frozenset[Prop]:
    if t in ctx.needs:
        return ctx.needs[t]
    needs, parts = _own_definedness(t), list(CHILDREN[type(t)](t))
    if type(t) is Sym and t in ctx.symbols:
        parts.append(ctx.symbols[t])
    if type(t) is App and t.name in ctx.functions:
        ctx.ring.spend(MAX_WORK // MAX_UNFOLDED)
        body, conditions = slope(ctx, t)
        needs |= conditions
        parts.append(body)
    needs = {canonical(ctx, q) for q in sorted(needs, key=str) if not plain(ctx, q)}
    ctx.needs[t] = frozenset(needs).union(*[_defined(ctx, u) for u in parts])
    return ctx.needs[t]


def _own_definedness(t: Term) -> Props:
    if type(t) is Pow and t.exponent < 0:
        return {Nonzero(t.base)}
    if type(t) is App and t.name in DOMAINS:
        return set(DOMAINS[t.name](t.args[0]))
    return set()


# --- the rules -------------------------------------------------------------------------------------------------

Premises = Sequence[Prop]
Extra = tuple[Term, ...]


def _equations(rule: str, premises: Premises) -> list[Eq]:
    for p in premises:
        if type(p) is not Eq:
            raise KernelError(rule, "an equation to use", p)
    return [p for p in premises if isinstance(p, Eq)]


def _conclude(rule: str, conclusion: Prop) -> Eq:
    if not isinstance(conclusion, Eq):
        raise KernelError(rule, "an equation to conclude", conclusion)
    return conclusion


def _same(ctx: Context, rule: str, left: Poly, right: Poly) -> None:
    if left != right:
        raise KernelError(rule, ctx.ring.term(left), ctx.ring.term(right))


def rewritten(equations: Sequence[Eq], *terms: Term) -> list[Term]:
    """The terms with the left sides of equations replaced; see `rewrite`."""
    rules: dict[Term, tuple[int, Term]] = {}
    for k, e in enumerate(equations):
        rules.setdefault(e.left, (k, e.right))
    memo: dict[tuple[Term, int], Term] = {}
    return [rewrite(t, rules, 0, memo) for t in terms] if rules else list(terms)


def definition(ctx: Context, premises: Premises, conclusion: Prop, extra: Extra) -> Props:
    """a = t, where the context defines a as t."""
    e = _conclude("definition", conclusion)
    if type(e.left) is not Sym or ctx.symbols.get(e.left) != e.right:
        raise KernelError("definition", "a symbol and what it is defined as", e)
    return set()


def unfold(ctx: Context, premises: Premises, conclusion: Prop, extra: Extra) -> Props:
    """f(a) = t[a], and f'(a) = (dt/d#)[a], where the context defines f(#) as t."""
    e = _conclude("unfold", conclusion)
    if not isinstance(e.left, App):
        raise KernelError("unfold", "a function applied", e.left)
    body, needs = slope(ctx, e.left)
    _same(ctx, "unfold", ctx.ring.poly(body), ctx.ring.poly(e.right))
    return needs


def law(ctx: Context, premises: Premises, conclusion: Prop, extra: Extra, name: str) -> Props:
    """An instance of a law of a known function."""
    try:
        equation, needs = LAWS[name](*extra)
    except TypeError:
        raise KernelError(
            f"law {name}", "as many terms as the law has letters", len(extra)
        ) from None
    if equation != conclusion:
        raise KernelError(f"law {name}", equation, conclusion)
    return set(needs)


def derive(ctx: Context, premises: Premises, conclusion: Prop, extra: Extra) -> Props:
    """dt/dv = its derivative by the rules of calculus, using da/dv = … for symbols a where an earlier step derived it.

    A premise that was not derived (but assumed, say) has no conditions that make a differentiable: the checker refuses it.
    """
    e = _conclude("derivative", conclusion)
    if not isinstance(e.left, D):
        raise KernelError("derivative", "a derivative on the left", e.left)
    known: dict[Term, Term] = {}
    for p in _equations("derivative", premises):
        if not isinstance(p.left, D) or p.left.by != e.left.by or not isinstance(p.left.term, Sym):
            raise KernelError("derivative", f"the derivative of a symbol by {e.left.by}", p)
        known[p.left.term] = p.right
    needs: Props = set()
    found = derivative(ctx, e.left.term, e.left.by, known, needs)
    _same(ctx, "derivative", ctx.ring.poly(found), ctx.ring.poly(e.right))
    return needs


def ring(ctx: Context, premises: Premises, conclusion: Prop, extra: Extra) -> Props:
    """a = b, where both have one normal form once equals are put for equals."""
    e = _conclude("ring", conclusion)
    left, right = rewritten(_equations("ring", premises), e.left, e.right)
    _same(ctx, "ring", ctx.ring.poly(left), ctx.ring.poly(right))
    return set()


def combine(ctx: Context, premises: Premises, conclusion: Prop, extra: Extra) -> Props:
    """a = b, where a - b is the sum of q_k (l_k - r_k) over equations l_k = r_k, with the given q_k."""
    e, equations, r = _conclude("combine", conclusion), _equations("combine", premises), ctx.ring
    if len(equations) != len(extra):
        raise KernelError(
            "combine", "one factor for each equation", f"{len(extra)} for {len(equations)}"
        )

    def difference(p: Eq) -> Poly:
        return r.add(r.poly(p.left), r.scale(r.poly(p.right), -1))

    parts = [r.mul(r.poly(q), difference(p)) for q, p in zip(extra, equations, strict=True)]
    _same(ctx, "combine", difference(e), r.add(*parts))
    return set()


def field_rule(ctx: Context, premises: Premises, conclusion: Prop, extra: Extra) -> Props:
    """a = b as fractions, where what stands under t^-1 is nonzero, once equals are put for equals."""
    e = _conclude("field", conclusion)
    left, right = rewritten(_equations("field", premises), e.left, e.right)
    fractions = Fractions(ctx.ring)
    if not fractions.equal(left, right):
        raise KernelError("field", left, right)
    return fractions.needs


def sign(ctx: Context, premises: Premises, conclusion: Prop, extra: Extra) -> Props:
    """t > 0, or t /= 0: t is a multiple of an a that is, or a fraction of plainly positive (nonzero) terms.

    Premises are equations, whose right sides are put for the left, and a > 0, b /= 0, ...
    """
    if not isinstance(conclusion, Positive | Nonzero):
        raise KernelError("sign", "t > 0 or t /= 0", conclusion)
    given = [p for p in premises if isinstance(p, Positive | Nonzero)]
    equations = _equations("sign", [p for p in premises if p not in given])
    (term,) = rewritten(equations, conclusion.term)
    if any(_multiple(ctx, conclusion, term, p) for p in given):
        return set()
    known = frozenset(p.term for p in given if isinstance(p, Positive))
    fractions = Fractions(ctx.ring, known)
    top, bottom = fractions.of(term)
    ok = ctx.ring.positive if isinstance(conclusion, Positive) else ctx.ring.nonzero
    if not ok(top, known) or not all(ok(dict(d), known) for d in bottom):
        raise KernelError("sign", "plainly " + str(conclusion), ctx.ring.term(top))
    return fractions.needs


def _multiple(ctx: Context, conclusion: Prop, term: Term, given: Positive | Nonzero) -> bool:
    """Whether the sign of t = c a follows from that of a."""
    p, q = ctx.ring.poly(term), ctx.ring.poly(given.term)
    if not q or p.keys() != q.keys():
        return False
    c = Fraction(p[min(p)]) / Fraction(q[min(q)])
    if isinstance(conclusion, Positive) and not (isinstance(given, Positive) and c > 0):
        return False
    return p == ctx.ring.scale(q, c)


def hypothesis(ctx: Context, premises: Premises, conclusion: Prop, extra: Extra) -> Props:
    """p, assuming p.  It holds at a point, and so is never differentiated."""
    return {conclusion}


Rule = Callable[[Context, Premises, Prop, Extra], Props]

RULES: dict[str, Rule] = {
    "definition": definition,
    "unfold": unfold,
    "derivative": derive,
    "ring": ring,
    "combine": combine,
    "field": field_rule,
    "sign": sign,
    "hypothesis": hypothesis,
}
WITHOUT_PREMISES = frozenset({"definition", "unfold", "hypothesis"})


def apply_rule(
    ctx: Context, name: str, premises: Premises, conclusion: Prop, extra: Extra
) -> Props:
    """The hypotheses that a step adds; a rule is a name of the table, or `law` and a law's name.

    A step has nothing that its rule does not look at.
    """
    if premises and (name in WITHOUT_PREMISES or name.startswith("law ")):
        raise KernelError(name, "a step that uses no other", len(premises))
    if extra and name != "combine" and not name.startswith("law "):
        raise KernelError(name, "a step without extra terms", len(extra))
    if name.startswith("law ") and name[4:] in LAWS:
        return law(ctx, premises, conclusion, extra, name[4:])
    if name not in RULES:
        raise KernelError("rule", "a rule of the kernel", name)
    return RULES[name](ctx, premises, conclusion, extra)
