"""Sums in another order, grouping, range or letter have one normal form; terms of unlike values have another.

Terms are shuffled by rules that keep their value, which worlds confirm; the value of a normal form is compared there, too.
"""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from kernel_oracle import fam, num, total
from kernel_worlds import World
from random_sums import EVERY, PLAIN, k, n, term

from symbackprop.kernel import (
    Add,
    App,
    Bound,
    Bracket,
    Int,
    KernelError,
    Kron,
    Mul,
    Num,
    Pow,
    Sum,
    Sym,
    Term,
    opened,
    rebuild,
    shift,
    subterms,
    transform,
    whole,
)
from symbackprop.kernel.normal import Ring


def shuffled(r: random.Random, t: Term) -> Term:
    """A term of the same value: parts in another order, products and sums distributed, ranges shifted, sums swapped."""
    match t:
        case Add(parts) | Mul(parts):
            new = [shuffled(r, u) for u in parts]
            r.shuffle(new)
            return regrouped(r, type(t), new)
        case Pow(base, e) if e > 1:
            return Mul((Pow(shuffled(r, base), e - 1), shuffled(r, base)))
        case Sum(low, high, body):
            return moved(r, low, high, shuffled(r, body))
        case App() | Bracket() | Pow():
            return rebuild(t, tuple([shuffled(r, u) for u in parts_of(t)]))
        case Kron(low, high) if r.random() < 0.5:
            return Kron(high, low)
    return t


def parts_of(t: Term) -> tuple[Term, ...]:
    return t.args if isinstance(t, App) else (t.term if isinstance(t, Bracket) else t.base,)


def regrouped(r: random.Random, kind: type, new: list[Term]) -> Term:
    sums = [u for u in new if isinstance(u, Sum)]
    if kind is Mul and sums and r.random() < 0.5:
        u = r.choice(sums)
        new.remove(u)
        return Sum(u.low, u.high, Mul((*[shift(v) for v in new], u.body)))
    added = [u for u in new if isinstance(u, Add)]
    if kind is Mul and added and r.random() < 0.5:
        u = r.choice(added)
        new.remove(u)
        return Add(tuple([Mul((v, *new)) for v in u.terms]))
    cut = r.randint(0, len(new))
    return kind((kind(tuple(new[:cut])), *new[cut:]))


def moved(r: random.Random, low: Term, high: Term, body: Term) -> Term:
    if isinstance(body, Add) and r.random() < 0.5:
        return Add(tuple([moved(r, low, high, u) for u in body.terms]))
    if isinstance(body, Sum) and r.random() < 0.7:
        v, u = Int("outer"), Int("inner")
        inner = opened(body, v)
        if v not in {*subterms(inner.low), *subterms(inner.high)}:
            return total(inner.low, inner.high, u, total(low, high, v, opened(inner.body, u)))
    by = r.randint(-2, 2)
    v = Int("moved")
    return total(whole(low, by), whole(high, by), v, opened(body, whole(v, -by)))


def changed(r: random.Random, t: Term) -> Term:
    """Nearly the same: one leaf is another."""
    leaves = [u for u in subterms(t) if isinstance(u, Sym | Bound | Num | Int)]
    old = r.choice(leaves)
    if isinstance(old, Bound):
        other = Bound(old.level ^ 1)
        return transform(t, lambda u, depth: other if u == old and other.level < depth else None)
    new: Term = {Sym: fam("x", k), Num: num(3), Int: n}[type(old)]
    return transform(t, lambda u, _: new if u == old and r.random() < 0.7 else None)


def terms(seed: int, heads: str, count: int, depth: int = 4) -> list[Term]:
    r = random.Random(seed)
    return [term(r, heads, r.randint(1, depth), []) for _ in range(count)]


def worlds(count: int) -> list[World]:
    return [
        World(seed, integers={"n": seed % 4, "m": seed % 3 + 1, "k": 1}) for seed in range(count)
    ]


def values(t: Term, count: int = 3) -> list[Fraction]:
    return [world.value(t) for world in worlds(count)]


@pytest.mark.parametrize("seed", range(5))
def test_one_normal_form(seed: int) -> None:
    r = random.Random(seed)
    for t in terms(seed, PLAIN, 100, 4):
        ring, u = Ring(), shuffled(r, t)
        assert values(u, 1) == values(t, 1), f"the shuffle of {t} is no good: {u}"
        assert ring.poly(u) == ring.poly(t), f"{t} and {u}"


@pytest.mark.parametrize("seed", range(5))
def test_one_normal_form_with_functions(seed: int) -> None:
    r = random.Random(50 + seed)
    for t in terms(50 + seed, EVERY, 100, 3):
        ring, u = Ring(), shuffled(r, t)
        assert values(u, 1) == values(t, 1), f"the shuffle of {t} is no good: {u}"
        assert ring.poly(u) == ring.poly(t), f"{t} and {u}"


@pytest.mark.parametrize("seed", range(5))
def test_a_normal_form_has_the_value_of_its_term(seed: int) -> None:
    for t in terms(100 + seed, EVERY + "d", 100, 3):
        assert values(Ring().normal(t)) == values(t), t


@pytest.mark.parametrize("seed", range(5))
def test_a_normal_form_is_its_own(seed: int) -> None:
    for t in terms(150 + seed, EVERY + "d", 40, 3):
        ring = Ring()
        normal = ring.normal(t)
        assert ring.normal(normal) == normal
        fresh = Ring()
        assert fresh.poly(normal) == fresh.poly(t)


@pytest.mark.parametrize("seed", range(5))
def test_terms_of_unlike_values_have_unlike_normal_forms(seed: int) -> None:
    r = random.Random(200 + seed)
    same = 0
    for t in terms(200 + seed, EVERY + "d", 120, 3):
        ring, u = Ring(), changed(r, t)
        try:
            equal = ring.poly(u) == ring.poly(t)
        except KernelError:
            continue
        same += equal and u != t
        assert not equal or values(u, 4) == values(t, 4), f"{t} and {u}"
    assert same < 60
