"""Sums with a Kronecker bracket in them: the bracket contracts, wherever its sum stands in a term."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..kernel import Add, Bound, Int, Kron, Mul, Num, Sum, Sym, Term
from ..kernel.integers import combination, minus, opened, shift, transform, whole
from ..kernel.sums import Monomial, Poly, depends
from ..kernel.terms import ONE, ZERO, num, subterms
from .script import Script


def contracted(b: Script, t: Term) -> int:
    """The step t = its normal form with every bracket contracted whose other index is free of the sum's variables."""
    rows: list[tuple[int, Term]] = []
    p = b.ring_.poly(t)
    while (found := _next(b, p)) is not None:
        m, k, law = found
        rest = b.ring_.term({_without(m, k): Fraction(p[m])})
        e = b.conclusion(law)
        rows.append((law, rest))
        change = b.ring_.poly(rest * (e.right - e.left))
        p = b.ring_.add(p, change)
    return b.combine(t, b.ring_.term(p), rows)


def written_out(b: Script, t: Term, widths: Mapping[int, int]) -> list[int]:
    """Each sum in t over a layer of known width, as its terms: Σ f = f(1) + …, the rest being empty for d^(l) <= width."""
    steps = []
    for u in sorted([u for u in subterms(t) if isinstance(u, Sum)], key=str):
        layer = u.high.index[0] if isinstance(u.high, Int) and u.high.index else -1
        if layer in widths and isinstance(u.low, Num) and not _open(u):
            steps.append(_terms(b, u, widths[layer]))
    return steps


def _open(t: Term) -> bool:
    return any(depends(t, k) for k in range(4))


def _terms(b: Script, t: Sum, last: int) -> int:
    """The sum as its terms up to the last."""
    rows, rest, values = [], t, list[Term]()
    while int(rest.low.value) <= last if isinstance(rest.low, Num) else False:
        rows.append(b.law("split", rest.low, rest.high, rest.body))
        values.append(opened(rest.body, rest.low))
        rest = Sum(whole(rest.low, 1), rest.high, rest.body)
    rows.append(b.law("empty", rest.low, rest.high, rest.body))
    return b.combine(t, Add(tuple(values)), [(k, ONE) for k in rows])


def first_apart(b: Script, t: Term) -> list[int]:
    """Each sum over a layer as its first term and the rest: Σ_{1..d} f = f(1) + Σ_{2..d} f."""
    return [b.law("split", u.low, u.high, u.body) for u in _layers(t)]


def last_apart(b: Script, t: Term) -> list[int]:
    """Each sum over a layer as the rest and its last term: Σ_{1..d} f = Σ_{1..d-1} f + f(d)."""
    return [split_last(b, u) for u in _layers(t)]


def split_last(b: Script, t: Sum) -> int:
    """Σ_{m..n} f = Σ_{m..n-1} f + f(n): turned about, the last term is the first."""
    turned = b.law("reverse", t.low, t.high, t.body)
    body = b.conclusion(turned).right.body
    first = b.law("split", t.low, t.high, body)
    back = b.law("reverse", whole(t.low, 1), t.high, body)
    rest = Sum(t.low, whole(t.high, -1), t.body)
    rows = [(k, ONE) for k in (turned, first, back)]
    return b.combine(t, rest + opened(t.body, t.high), rows)


def turned(b: Script, t: Term) -> list[int]:
    """Each sum that counts down, Σ_{1..d} f(d + 1 - i), counted up."""
    return [b.law("reverse", u.low, u.high, u.body) for u in _layers(t) if _down(u.body)]


def _layers(t: Term) -> list[Sum]:
    """The sums over a whole layer in t, no variable of another sum in them."""
    found = [u for u in subterms(t) if isinstance(u, Sum) and u.low == ONE and not _open(u)]
    return sorted([u for u in found if isinstance(u.high, Int)], key=str)


def _down(body: Term) -> bool:
    indices = [k for u in subterms(body) if isinstance(u, Sym) for k in u.index]
    return any(combination(k).get(Bound(0), 0) < 0 for k in indices)


def _without(m: Monomial, k: int) -> Monomial:
    first = m.index(k)
    return m[:first] + m[first + 1 :]


def _next(b: Script, p: Poly) -> tuple[Monomial, int, int] | None:
    """A monomial, the number of a sum in it, and the law that contracts this sum."""
    for m in p:
        for k in m:
            atom = b.ring_.atoms[k]
            terms = _contraction(atom) if type(atom) is Sum else None
            if terms is not None:
                return m, k, b.law("contract", *terms)
    return None


def _contraction(atom: Term) -> tuple[Term, Term, Term, Term] | None:
    """The terms of the law: the ends of the bracket's sum, what its variable is, and what else is summed."""
    tops, inside = [], atom
    while isinstance(inside, Sum):
        tops.append(inside.high)
        inside = inside.body
    n = len(tops)
    if any(depends(h, k) for p, h in enumerate(tops) for k in range(p)):
        return None
    free = [shift(h, -k) for k, h in enumerate(tops)]
    factors = list(inside.factors) if isinstance(inside, Mul) else [inside]
    for f in factors:
        found = _solved(f, n) if isinstance(f, Kron) else None
        if found is not None:
            level, value = found
            others = Mul(tuple([u for u in factors if u is not f]))
            return (
                ZERO,
                free[n - 1 - level],
                shift(value, -n),
                _moved_out(free, others, n - 1 - level),
            )
    return None


def _solved(f: Kron, n: int) -> tuple[int, Term] | None:
    """The level of a variable that the bracket ties to what is none of the n variables, and its value."""
    gap = combination(whole(f.low, minus(f.high)))
    bound = {a.level: c for a, c in gap.items() if isinstance(a, Bound) and a.level < n}
    if len(bound) != 1 or set(bound.values()) - {1, -1}:
        return None
    ((level, c),) = bound.items()
    rest = [
        num(-c * k) if a == ONE else num(-c * k) * a for a, k in gap.items() if a != Bound(level)
    ]
    return level, whole(*rest)


def _moved_out(free: list[Term], body: Term, first: int) -> Term:
    """The sums over all variables but one, which is the outermost now and stays open."""
    n = len(free)
    order = [first, *[k for k in range(n) if k != first]]
    place = {n - 1 - old: n - 1 - new for new, old in enumerate(order)}

    def moved(u: Term, depth: int) -> Term | None:
        if isinstance(u, Bound) and u.level - depth in place:
            return Bound(place[u.level - depth] + depth)
        return None

    out: Term = transform(body, moved)
    for new in range(n - 1, 0, -1):
        out = Sum(ZERO, shift(free[order[new]], new), out)
    return out


__all__ = ["contracted", "written_out"]
