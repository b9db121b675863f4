"""Attacks by indices, sums, families and inductions: each tries to have something false proved.  All must be refused."""

from __future__ import annotations

import random
from itertools import permutations, product

import pytest
from kernel_oracle import (
    Attack,
    a,
    add,
    app,
    at_least,
    attack,
    b,
    every,
    fam,
    given,
    inv,
    mul,
    neg,
    num,
    par,
    prove,
    total,
    width,
    x,
    y,
)
from kernel_worlds import World

from symbackprop.certificates import check
from symbackprop.kernel import (
    Add,
    All,
    App,
    AtLeast,
    Bound,
    Bracket,
    D,
    Definition,
    Differentiable,
    Eq,
    Function,
    Int,
    KernelError,
    Kron,
    Mul,
    Nonzero,
    Positive,
    Pow,
    Proof,
    Prop,
    Slope,
    Step,
    Sum,
    Sym,
    Term,
    Vec,
    closed,
    index,
    minus,
    whole,
)
from symbackprop.kernel.conditions import implied, reduced

h, i, j, k, l, m, n, L = [Int(name) for name in "hijklmnL"]
ZERO, ONE = num(0), num(1)


def ring(left: Term, right: Term, *uses: int) -> Step:
    return Step("ring", uses, Eq(left, right))


def slope(t: Term, v: Sym, value: Term, *uses: int) -> Step:
    return Step("derivative", uses, Slope(t, v, value))


def defined(t: Sym, value: Term) -> Step:
    return Step("definition", (), Eq(t, value))


def where(symbol: Sym, term: Term, *over: Int, limits: tuple[Term, ...] = ()) -> Definition:
    return Definition(symbol, term, over, limits)


def below(t: object) -> object:
    return whole(index(t), -1)


X, W = fam("x", i), fam("w", i, j)
XS = total(1, n, i, X)
ARGUMENTS = Vec(ONE, n, closed(X, i))
E = App("E", ((),), (ARGUMENTS,))


def e_by(*components: Int) -> App:
    return App("E", (components,), (ARGUMENTS,))


PRODUCT = (
    where(fam("r", 0), num(3)),
    where(fam("r", l), mul(fam("r", below(l)), fam("w", l)), l, limits=(below(l),)),
)
"""r[l] = 3 w[1] ... w[l]."""
COPY = where(fam("a", l), fam("w", l), l)
HALF = where(fam("a", l), add(Bracket(x), num(-1, 2)), l)
"""Has a jump at x = 0, and is nowhere 0."""
CONSTANT = where(a, fam("x", L))
DEFINED = Eq(fam("r", l), mul(fam("r", below(l)), fam("w", l)))

FALSE = [
    # capture
    attack(
        "j := i in a sum over i",
        given(Eq(total(1, n, i, W), y)),
        Step("instantiate", (0,), Eq(total(1, n, i, fam("w", i, i)), y), (j, i)),
    ),
    attack(
        "the same by specializing",
        given(every(1, n, j, Eq(total(1, n, i, W), y))),
        Step("specialize", (0,), Eq(total(1, n, i, fam("w", i, i)), y), (i,)),
    ),
    attack(
        "the same by contracting",
        Step(
            "law contract",
            (),
            Eq(
                total(1, 3, j, mul(Kron(j, num(2)), total(1, 3, i, W))),
                total(1, 3, i, fam("w", i, i)),
            ),
            (ONE, num(3), num(2), closed(total(1, 3, i, W), j)),
        ),
    ),
    attack(
        "an argument under the sum of a function's body",
        Step("unfold", (), Eq(app("f", X), total(1, 3, i, mul(X, i)))),
        functions=[Function("f", 1, Sum(ONE, num(3), mul(par(1), Bound(0))))],
    ),
    attack(
        "a rule about one index put under the sum over it",
        given(Eq(X, y)),
        ring(XS, total(1, n, i, y), 0),
    ),
    attack(
        "a rule about one index put under a function",
        given(Eq(X, y)),
        ring(E, App("E", ((),), (Vec(ONE, n, y),)), 0),
    ),
    attack(
        "a rule for a range put under another range",
        given(every(1, 2, i, Eq(X, y))),
        ring(total(1, 3, i, X), mul(num(3), y), 0),
    ),
    attack(
        "a rule for the outer variable put under the inner",
        given(every(1, n, i, Eq(fam("w", i, 1), y))),
        ring(total(1, n, i, total(1, 2, j, fam("w", j, 1))), total(1, n, i, mul(num(2), y)), 0),
    ),
    attack(
        "two indices become one",
        defined(W, X),
        Step("generalize", (0,), every(1, 3, i, Eq(fam("w", i, j), fam("x", j))), (i,)),
        definitions=[where(W, X, i, j)],
    ),
    attack(
        "both indices at once",
        defined(W, X),
        Step("instantiate", (0,), Eq(fam("w", j, i), X), (i, j, j, i)),
        definitions=[where(W, X, i, j)],
    ),
    attack("by x[i] under the sum over i", slope(XS, X, total(1, n, i, ONE))),
    attack("its own index in each component", slope(E, X, total(1, n, i, e_by(i)))),
    attack(
        "a definition's variable is the proof's",
        defined(fam("a", 3), fam("x", l)),
        definitions=[where(fam("a", l), fam("x", l), l)],
    ),
    # brackets of two integers
    attack("a contraction out of range", ring(total(1, n, i, mul(Kron(i, k), X)), fam("x", k))),
    attack("with known ends", ring(total(1, 3, i, mul(Kron(i, k), X)), fam("x", k))),
    attack("without its other factor", ring(total(1, n, i, Kron(i, k)), ONE)),
    attack("[k = n] is 1", ring(Kron(k, n), ONE)),
    attack("[k = n] is 0", ring(Kron(k, n), ZERO)),
    attack("[k = n] is [k > n]", ring(Kron(k, n), Bracket(add(k, neg(n))))),
    attack("[k = n] x is x", ring(mul(Kron(k, n), X), X)),
    attack("two widths are apart", ring(Kron(width(1), width(2)), ZERO)),
    attack("two widths are one", ring(width(1), width(2))),
    attack("a width is not 1", ring(Kron(width(1), ONE), ZERO)),
    attack("a width is 1", ring(Kron(width(1), ONE), ONE)),
    attack(
        "apart, the other way round",
        Step("law apart", (), Eq(Kron(num(1), num(2)), ONE), (num(2), num(1))),
    ),
    # empty ranges
    attack("an empty sum has its first member", ring(total(1, 0, i, X), fam("x", 1))),
    attack("a sum backwards is a sum", ring(total(3, 1, i, X), total(1, 3, i, X))),
    attack("a sum backwards is minus one", ring(total(3, 1, i, X), neg(fam("x", 2)))),
    attack("n terms of 1 are n", ring(total(1, n, i, ONE), n)),
    attack("n terms of y are n y", ring(total(1, n, i, y), mul(n, y))),
    attack("the first of n", ring(XS, add(fam("x", 1), total(2, n, i, X)))),
    attack("the last of n", ring(XS, add(fam("x", n), total(1, below(n), i, X)))),
    attack("n and then m", ring(add(XS, total(whole(n, 1), m, i, X)), total(1, m, i, X))),
    attack("another range", ring(XS, total(0, n, i, X))),
    attack("a range that is moved alone", ring(XS, total(2, whole(n, 1), i, X))),
    attack(
        "n exponentials are positive", Step("sign", (), Positive(total(1, n, i, Pow(num(2), 3))))
    ),
    attack("n squares and 1 are", Step("sign", (), Positive(total(1, n, i, add(mul(X, X), ONE))))),
    attack("no terms are nonzero", Step("sign", (), Nonzero(total(1, 0, i, ONE)))),
    attack("d - 1 terms are positive", Step("sign", (), Positive(total(2, width(1), i, ONE)))),
    attack("a sum of squares is", Step("sign", (), Positive(total(1, width(1), i, mul(X, X))))),
    # sums
    attack("a product of sums is a sum", ring(mul(XS, XS), total(1, n, i, mul(X, X)))),
    attack(
        "indices are swapped",
        ring(total(1, n, i, total(1, m, j, W)), total(1, n, i, total(1, m, j, fam("w", j, i)))),
    ),
    attack("a function of a sum", ring(app("g", XS), total(1, n, i, app("g", X)))),
    attack("an inverse of a sum", ring(inv(XS), total(1, n, i, inv(X)))),
    attack("a sum is drawn into a bracket", ring(total(1, n, i, Bracket(X)), Bracket(XS))),
    attack(
        "a factor that varies is drawn out",
        ring(total(1, n, i, mul(X, fam("u", i))), mul(X, total(1, n, i, fam("u", i)))),
    ),
    attack(
        "inner range that varies",
        ring(total(1, n, i, total(1, i, j, X)), total(1, n, i, mul(n, X))),
    ),
    attack("a component is another", ring(e_by(i), e_by(j))),
    attack("a vector of one is a number", ring(App("E", ((),), (Vec(ONE, ONE, y),)), app("E", y))),
    attack(
        "functions of two layers are one",
        ring(App("g", (0,), (x,), (l,)), App("g", (0,), (x,), (k,))),
    ),
    # integers
    attack("an integer is positive", Step("sign", (), Positive(n))),
    attack("its square is", Step("sign", (), Positive(Pow(n, 2)))),
    attack("a width is more than 1", Step("sign", (), Positive(whole(width(1), -1)))),
    attack("a width is not 1, by sign", Step("sign", (), Nonzero(whole(width(1), -1)))),
    attack("a width is negative", Step("sign", (), Positive(neg(width(1))))),
    attack("a member named like a width", Step("sign", (), Positive(fam("d", 1)))),
    attack("a difference of widths", Step("sign", (), Nonzero(whole(width(1), minus(width(2)))))),
    # for all of a range
    attack(
        "an instance of another",
        given(every(1, 3, i, Eq(X, y))),
        Step("specialize", (0,), Eq(fam("x", 5), y), (num(2),)),
    ),
    attack(
        "an instance where there is no number",
        given(every(1, 3, i, Eq(X, y))),
        Step("specialize", (0,), Eq(fam("x", 2), y), (y,)),
    ),
    attack(
        "generalized over what a hypothesis is about",
        given(Eq(fam("x", m), y)),
        Step("generalize", (0,), every(1, 3, i, Eq(X, y)), (m,)),
    ),
    attack(
        "over what a hypothesis for all of a range is about",
        given(every(1, m, i, Eq(X, y))),
        Step("generalize", (0,), every(1, 3, m, every(1, m, i, Eq(X, y))), (m,)),
    ),
    attack(
        "over a hypothesis on its width",
        given(AtLeast(whole(width(m), minus(m), -1))),
        Step("generalize", (0,), every(1, n, m, AtLeast(whole(width(m), minus(m), -1))), (m,)),
    ),
    attack(
        "over a hypothesis on its width, with the other sign",
        given(AtLeast(whole(m, minus(width(m)), 1))),
        Step("generalize", (0,), every(1, n, m, AtLeast(whole(m, minus(width(m)), 1))), (m,)),
    ),
    attack(
        "over a range in which it is",
        given(at_least(3, m)),
        Step("generalize", (0,), All(m, whole(m, 5), at_least(3, Bound(0))), (m,)),
    ),
    attack(
        "over a constant of a definition",
        defined(a, fam("x", L)),
        Step("generalize", (0,), every(1, 3, L, Eq(a, fam("x", L))), (L,)),
        definitions=[CONSTANT],
    ),
    attack(
        "another constant",
        defined(a, fam("x", L)),
        Step("instantiate", (0,), Eq(a, fam("x", 7)), (L, num(7))),
        definitions=[CONSTANT],
    ),
    attack(
        "a constant in a condition",
        defined(fam("a", 2), x),
        Step("instantiate", (0,), Eq(fam("a", 2), x), (L, ZERO)),
        definitions=[where(fam("a", l), x, l, limits=(whole(L, minus(l)),))],
    ),
    attack(
        "cases without the middle",
        given(Eq(fam("x", 1), y)),
        given(Eq(fam("x", 3), y)),
        Step("cases", (0, 1), every(1, 3, i, Eq(X, y))),
    ),
    attack(
        "cases without the last",
        given(Eq(fam("x", 1), y)),
        given(Eq(fam("x", 2), y)),
        Step("cases", (0, 1), every(1, 3, i, Eq(X, y))),
    ),
    attack(
        "cases without the first",
        given(Eq(fam("x", 2), y)),
        given(Eq(fam("x", 3), y)),
        Step("cases", (0, 1), every(1, 3, i, Eq(X, y))),
    ),
    attack(
        "cases with a gap before the rest",
        given(Eq(fam("x", 1), y)),
        given(every(3, n, i, Eq(X, y))),
        Step("cases", (0, 1), every(1, n, i, Eq(X, y))),
    ),
    attack(
        "cases with a shorter rest",
        given(Eq(fam("x", 1), y)),
        given(every(2, n, i, Eq(X, y))),
        Step("cases", (0, 1), every(1, whole(n, 1), i, Eq(X, y))),
    ),
    attack(
        "cases of an unknown number",
        given(Eq(fam("x", 1), y)),
        given(Eq(fam("x", n), y)),
        Step("cases", (0, 1), every(1, n, i, Eq(X, y))),
    ),
    # induction
    attack(
        "no base",
        given(Eq(fam("x", l), y)),
        Step("ring", (0,), Eq(fam("x", l), y)),
        Step("induction", (1,), Eq(fam("x", l), y), (l, ZERO)),
    ),
    attack(
        "a step that is its hypothesis",
        given(Eq(fam("x", 0), y)),
        given(Eq(fam("x", l), y)),
        Step("induction", (0, 1), Eq(fam("x", l), y), (l, ZERO)),
    ),
    attack(
        "a step by a hypothesis on the same index",
        given(Eq(fam("x", 0), y)),
        given(Eq(fam("x", l), y)),
        given(Eq(fam("x", whole(l, 1)), fam("x", l))),
        Step("ring", (2, 1), Eq(fam("x", whole(l, 1)), y)),
        Step("induction", (0, 3), Eq(fam("x", l), y), (l, ZERO)),
    ),
    attack(
        "a base at another place",
        given(Eq(fam("x", 0), y)),
        given(Eq(fam("x", l), y)),
        given(every(-9, 9, l, Eq(fam("x", whole(l, 1)), fam("x", l)))),
        Step("specialize", (2,), Eq(fam("x", whole(l, 1)), fam("x", l)), (l,)),
        Step("ring", (3, 1), Eq(fam("x", whole(l, 1)), y)),
        Step("induction", (0, 4), Eq(fam("x", l), y), (l, num(-1), num(9))),
    ),
    attack(
        "a base that assumes it",
        given(Eq(fam("x", l), y)),
        given(Eq(fam("x", 0), y)),
        given(Eq(fam("x", whole(l, 1)), fam("x", l))),
        Step("ring", (2, 0), Eq(fam("x", whole(l, 1)), y)),
        Step("induction", (0, 3), Eq(fam("x", l), y), (l, l)),
    ),
    attack(
        "a step of two",
        given(Eq(fam("x", 0), y)),
        given(Eq(fam("x", l), y)),
        given(every(0, 9, l, Eq(fam("x", whole(l, 2)), fam("x", l)))),
        Step("specialize", (2,), Eq(fam("x", whole(l, 2)), fam("x", l)), (l,)),
        Step("ring", (3, 1), Eq(fam("x", whole(l, 2)), y)),
        Step("induction", (0, 4), Eq(fam("x", l), y), (l, ZERO)),
    ),
    attack(
        "steps up to 2 reach no further",
        given(Eq(fam("x", 0), y)),
        given(Eq(fam("x", l), y)),
        given(every(0, 2, l, Eq(fam("x", whole(l, 1)), fam("x", l)))),
        Step("specialize", (2,), Eq(fam("x", whole(l, 1)), fam("x", l)), (l,)),
        Step("ring", (3, 1), Eq(fam("x", whole(l, 1)), y)),
        Step("induction", (0, 4), Eq(fam("x", l), y), (l, ZERO)),
    ),
    # the derivative
    attack("x[k] by x[n] is 1", slope(fam("x", k), fam("x", n), ONE)),
    attack("x[k] by x[n] is 0", slope(fam("x", k), fam("x", n), ZERO)),
    attack("x[k] by x[k + 1]", slope(fam("x", k), fam("x", whole(k, 1)), ONE)),
    attack("w[i,j] by w[i,k]", slope(W, fam("w", i, k), ZERO)),
    attack("a changed value", slope(fam("x", k), fam("x", n), mul(num(2), Kron(k, n)))),
    attack("a sum by one of its members", slope(XS, fam("x", k), ONE)),
    attack("a sum by its last", slope(XS, fam("x", n), ONE)),
    attack("a sum by its first", slope(XS, fam("x", 1), ZERO)),
    attack("a sum of one variable", slope(total(1, n, i, y), y, ONE)),
    attack("a component that may be out of range", slope(E, fam("x", k), e_by(k))),
    attack("a function of a layer hides it", slope(E, fam("x", k), ZERO)),
    attack(
        "a definition with an index hides it",
        slope(fam("a", k), fam("w", n), ZERO),
        definitions=[COPY],
    ),
    attack("at the same index", slope(fam("a", k), fam("w", k), ZERO), definitions=[COPY]),
    attack("at a number", slope(fam("a", 3), fam("w", 3), ZERO), definitions=[COPY]),
    attack("at a number, by an index", slope(fam("a", 3), fam("w", n), ZERO), definitions=[COPY]),
    attack("at an index, by a number", slope(fam("a", k), fam("w", 3), ZERO), definitions=[COPY]),
    attack(
        "under a sum", slope(total(1, 3, i, fam("a", i)), fam("w", n), ZERO), definitions=[COPY]
    ),
    attack("through a recursion", slope(fam("r", L), fam("w", 1), ZERO), definitions=PRODUCT),
    attack("through three layers", slope(fam("r", 3), fam("w", 1), ZERO), definitions=PRODUCT),
    attack(
        "where a recursion begins", slope(fam("r", 1), fam("r", 0), ZERO), definitions=PRODUCT[1:]
    ),
    attack("far below", slope(fam("r", k), fam("r", 0), ZERO), definitions=PRODUCT[1:]),
    attack(
        "a weight in the loss",
        slope(b, fam("w", 1), mul(app("g", a, orders=(1,)), y)),
        definitions=[
            where(a, mul(fam("w", 1), y)),
            where(b, add(app("g", a), total(1, 2, i, Pow(fam("w", i), 2)))),
        ],
    ),
    attack(
        "an equation for each member is differentiated",
        given(every(1, n, i, Eq(X, y))),
        slope(XS, y, total(1, n, i, ONE), 0),
    ),
    attack(
        "an equation between derivatives stands for a slope",
        ring(D(fam("a", l), x), D(fam("a", l), x)),
        slope(mul(x, Bracket(fam("a", l))), x, Bracket(fam("a", l)), 0),
        definitions=[HALF],
    ),
    attack(
        "the same for all of a range",
        ring(D(fam("a", l), x), D(fam("a", l), x)),
        Step("generalize", (0,), every(1, 3, l, Eq(D(fam("a", l), x), D(fam("a", l), x))), (l,)),
        slope(
            total(1, 3, l, mul(x, Bracket(fam("a", l)))),
            x,
            total(1, 3, l, Bracket(fam("a", l))),
            1,
        ),
        definitions=[HALF],
    ),
    attack(
        "a slope for another range",
        slope(X, X, ONE),
        Step("generalize", (0,), every(1, 2, i, Slope(X, X, ONE)), (i,)),
        slope(total(1, 3, i, X), fam("x", k), num(3), 1),
    ),
    attack(
        "a slope by each is one by one",
        slope(X, X, ONE),
        Step("generalize", (0,), every(1, n, i, Slope(X, X, ONE)), (i,)),
        slope(XS, fam("x", k), total(1, n, i, ONE), 1),
    ),
    # functions
    attack(
        "another function's definition",
        Step("unfold", (), Eq(App("g", (0,), (x,), (2,)), mul(x, x))),
        functions=[Function("g", 1, Pow(par(1), 2), (1,))],
    ),
    attack(
        "a function with an index that is not known",
        Step("unfold", (), Eq(App("g", (0,), (x,), (l,)), mul(x, x))),
        functions=[Function("g", 1, Pow(par(1), 2), (1,))],
    ),
    attack(
        "a function without an index",
        Step("unfold", (), Eq(app("g", x), mul(x, x))),
        functions=[Function("g", 1, Pow(par(1), 2), (1,))],
    ),
    attack(
        "smooth whatever its index",
        Step("smooth", (), Differentiable(App("g", (0,), (ZERO,), (l,)))),
        Step("instantiate", (0,), Differentiable(App("g", (0,), (ZERO,), (1,))), (l, ONE)),
        functions=[Function("g", 1, mul(par(1), Bracket(par(1))), (1,))],
    ),
    attack(
        "a known function with an index is known",
        Step("sign", (), Positive(App("exp", (0,), (x,), (1,)))),
    ),
    attack(
        "so is its square",
        ring(Pow(App("sqrt", (0,), (num(4),), (1,)), 2), num(4)),
    ),
    attack(
        "a definition for a layer",
        Step("unfold", (), Eq(E, XS)),
        functions=[Function("E", 1, par(1))],
    ),
]
"""Each claim is false in some world that has these definitions, though all that is assumed holds in it."""


@pytest.mark.parametrize("attack", FALSE, ids=str)
def test_what_does_not_follow_is_refused(attack: Attack) -> None:
    with pytest.raises(KernelError):
        prove(*attack.steps, definitions=attack.definitions, functions=attack.functions)


@pytest.mark.parametrize("attack", FALSE, ids=str)
def test_what_is_attacked_is_false_somewhere(attack: Attack) -> None:
    """Else an attack that is refused shows nothing."""
    for seed in range(400):
        world = World(seed, attack.definitions, attack.functions)
        if not world.holds(attack.steps[-1].conclusion):
            return
    raise AssertionError(attack.steps[-1].conclusion)


# --- definitions that define nothing ---------------------------------------------------------------------------

U, V = fam("a", l), fam("b", l)
FROM_0, UP_TO_L = l, whole(L, minus(l))


def up(t: Term) -> Definition:
    """a[l] := t for l >= 0."""
    return where(U, t, l, limits=(FROM_0,))


def down(t: Term) -> Definition:
    """a[l] := t for l <= L."""
    return where(U, t, l, limits=(UP_TO_L,))


def a_at(t: object) -> Sym:
    return fam("a", t)


def b_at(t: object) -> Sym:
    return fam("b", t)


def c_at(t: object) -> Sym:
    return fam("c", t)


def three(first: Term, second: Term, third: Term) -> tuple[Definition, ...]:
    return up(first), where(V, second, l), where(c_at(l), third, l)


next_, last_ = whole(l, 1), below(l)
l_ = Int("l_")

CIRCLES: dict[str, tuple[Definition, ...]] = {
    "of itself": (up(add(U, ONE)),),
    "of the next, without an end": (up(a_at(next_)),),
    "of the last, without a beginning": (down(a_at(last_)),),
    "of the last, without any": (where(U, a_at(last_), l),),
    "of the next and the last": (
        where(U, add(a_at(next_), a_at(last_)), l, limits=(FROM_0, UP_TO_L)),
    ),
    "of the next here and the last there": (
        where(U, a_at(last_), l, limits=(FROM_0, whole(num(4), minus(l)))),
        where(U, a_at(next_), l, limits=(whole(l, -5), whole(num(9), minus(l)))),
    ),
    "of a constant member": (up(a_at(0)),),
    "of a member at a constant": (up(a_at(L)),),
    "of one twice as high": (up(a_at(mul(num(2), l))),),
    "of one at its width": (up(a_at(width(l))),),
    "of the whole family": (up(total(0, l, i, a_at(i))),),
    "of the members below, by a sum": (up(total(0, last_, i, a_at(i))),),
    "of itself, as an argument": (up(App("E", ((),), (Vec(ONE, ONE, U),))),),
    "of its own derivative": (up(D(U, x)),),
    "of a derivative by itself": (up(D(x, U)),),
    "of a derivative of the next": (up(D(a_at(next_), x)),),
    "of a derivative by the next": (up(D(x, a_at(next_))),),
    "of itself in a bracket": (up(Bracket(U)),),
    "of itself times 0": (up(mul(ZERO, U)),),
    "of each other": (up(V), where(V, U, l)),
    "of each other's next": (up(b_at(next_)), where(V, a_at(next_), l, limits=(FROM_0,))),
    "down and up": (up(b_at(last_)), where(V, a_at(next_), l)),
    "down and up, with ends": (
        up(b_at(last_)),
        where(V, a_at(next_), l, limits=(FROM_0, UP_TO_L)),
    ),
    "down one and up two": (up(b_at(last_)), where(V, a_at(whole(l, 2)), l)),
    "down one and up again by way of a third": three(b_at(last_), c_at(next_), U),
    "down one and up two by way of a third": three(b_at(last_), c_at(whole(l, 2)), U),
    "a third that stays": three(V, c_at(l), U),
    "a third without a bound": (
        where(U, b_at(last_), l),
        where(V, c_at(last_), l),
        where(c_at(l), a_at(last_), l),
    ),
    "through a symbol": (up(b), where(b, a_at(3))),
    "through a member": (up(b_at(1)), where(b_at(1), a_at(3))),
    "through a member of its own": (up(mul(b, a_at(last_))), where(b, a_at(3))),
    "through a symbol and a third": (
        where(c_at(l), add(a_at(last_), ONE), l, limits=(FROM_0,)),
        where(b, c_at(3)),
        where(U, b, l),
    ),
    "through members of numbers": (
        where(c_at(l), add(a_at(last_), ONE), l, limits=(FROM_0,)),
        where(a_at(9), c_at(6)),
        where(a_at(5), a_at(9)),
    ),
    "through members of numbers, at one layer": (
        where(c_at(l), a_at(l), l, limits=(FROM_0,)),
        where(a_at(9), c_at(9)),
    ),
    "members of numbers": (where(a_at(9), a_at(5)), where(a_at(5), a_at(9))),
    "members of numbers, of two families": (where(a_at(9), b_at(5)), where(b_at(5), a_at(9))),
    "through a derivative": (up(b), where(b, D(a_at(3), x))),
    "through the variable of a derivative": (up(b), where(b, D(x, a_at(3)))),
    "bounded by its own width": (where(U, a_at(last_), l, limits=(whole(l, width(l)),)),),
    "bounded by its own width, twice": (
        where(U, a_at(last_), l, limits=(whole(l, width(width(l))),)),
    ),
    "bounded by another variable": (
        where(fam("a", l, j), fam("a", last_, whole(j, 1)), l, j, limits=(whole(l, j),)),
    ),
    "bounded by the width of another": (
        where(fam("a", l, j), fam("a", last_, whole(j, 1)), l, j, limits=(whole(l, width(j)),)),
    ),
    "the other variable is bounded": (
        where(fam("a", l, j), fam("a", last_, j), l, j, limits=(j,)),
    ),
    "the bound is on no variable": (where(U, a_at(last_), l, limits=(L,)),),
    "the bound is on the other side": (where(U, a_at(last_), l, limits=(minus(l),)),),
    "the second index goes down alone": (
        where(fam("a", l, j), fam("a", l, below(j)), l, j, limits=(l, j)),
    ),
    "mentioned before its definition": (where(b, a_at(0)), up(x)),
    "mentioned before, at an index": (where(V, U, l), up(x)),
    "a member mentioned before": (where(b, a_at(0)), where(a_at(0), x)),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_a_circle_of_definitions_is_refused(name: str) -> None:
    """In each order in which it may be written down."""
    for definitions in permutations(CIRCLES[name]):
        if "mentioned before" in name and definitions != CIRCLES[name]:
            continue
        with pytest.raises(KernelError):
            prove(ring(x, x), definitions=definitions)


FOUNDED: dict[str, tuple[Definition, ...]] = {
    "of the last": (up(a_at(last_)),),
    "of the one before the last": (up(a_at(whole(l, -2))),),
    "of the next": (down(a_at(next_)),),
    "of the last of each other": (up(b_at(last_)), where(V, a_at(last_), l, limits=(FROM_0,))),
    "of the last, and of that": (up(b_at(last_)), where(V, U, l)),
    "two indices": (where(fam("a", l, j), fam("a", last_, whole(j, 9)), l, j, limits=(l,)),),
    "a sum over the layer below": (
        where(fam("a", l, j), total(0, width(last_), i, fam("a", last_, i)), l, j, limits=(l,)),
    ),
    "a base and a step": PRODUCT,
    "of a constant family": (where(b, y), up(mul(b, a_at(last_)))),
}


@pytest.mark.parametrize("name", FOUNDED)
def test_a_recursion_that_ends_is_taken(name: str) -> None:
    assert prove(ring(x, x), definitions=FOUNDED[name]).proof.definitions == FOUNDED[name]


NO_HEADS: dict[str, tuple[Definition, ...]] = {
    "a variable of which it has two": (where(fam("a", l, l), x, l),),
    "two variables in one index": (where(fam("a", whole(l, j)), x, l, j),),
    "twice a variable": (where(fam("a", mul(num(2), l)), x, l),),
    "minus a variable": (where(fam("a", minus(l)), x, l),),
    "a variable that is not there": (where(fam("a", l), x, l, j),),
    "a variable that is nowhere": (where(a, x, l),),
    "the same variable twice": (where(fam("a", l), x, l, l),),
    "a width for a variable": (where(fam("a", width(1)), x, width(1)),),
    "a width named like a variable": (where(fam("a", l), x, l, Int("l", (1,))),),
    "a width for a variable, named alike": (where(fam("a", Int("l", (1,))), x, Int("l", (1,))),),
    "a variable in a width": (where(fam("a", l, width(l)), x, l),),
    "a variable in a width alone": (where(fam("a", width(l)), x, l),),
    "a parameter": (where(Sym("#", (l,)), x, l),),
    "a condition on one member": (where(a_at(1), x, limits=(whole(l, -3),)),),
    "a condition on a symbol": (where(a, x, limits=(whole(width(1), -3),)),),
    "a vector": (where(a, ARGUMENTS),),
    "a vector, by an index": (where(fam("a", n), ARGUMENTS, n),),
}


@pytest.mark.parametrize("name", NO_HEADS)
def test_a_member_that_is_no_pattern_is_refused(name: str) -> None:
    with pytest.raises(KernelError):
        prove(ring(x, x), definitions=NO_HEADS[name])


A_AT_1, A_AT_2 = where(a_at(1), ONE), where(a_at(2), ONE)
TWICE: dict[str, tuple[Definition, ...]] = {
    "a member after another": (
        where(U, ONE, l, limits=(whole(l, -5),)),
        where(a_at(0), num(2)),
        where(a_at(7), num(3)),
    ),
    "the same": (where(U, ONE, l), where(U, num(2), l)),
    "another variable": (where(U, ONE, l), where(a_at(k), num(2), k)),
    "a member of it": (where(U, ONE, l), where(a_at(3), num(2))),
    "two rays": (up(ONE), where(U, num(2), l, limits=(whole(l, -1),))),
    "two rays that meet": (up(ONE), where(U, num(2), l, limits=(minus(l),))),
    "at the same end": (down(ONE), where(U, num(2), l, limits=(whole(l, minus(L)),))),
    "an end that may be a member": (up(ONE), where(a_at(L), num(2))),
    "a constant that may be a number": (where(a_at(L), ONE), where(a_at(3), num(2))),
    "two constants": (where(a_at(L), ONE), where(a_at(n), num(2))),
    "a width that may be a number": (where(a_at(width(1)), ONE), where(a_at(3), num(2))),
    "two widths": (where(a_at(width(1)), ONE), where(a_at(width(2)), num(2))),
    "the edge of a layer": (
        where(fam("a", l, 0), ONE, l),
        where(fam("a", l, j), num(2), l, j, limits=(j,)),
    ),
    "two edges": (where(fam("a", l, 0), ONE, l), where(fam("a", 0, j), num(2), j)),
    "a diagonal": (
        where(fam("a", l, j), ONE, l, j, limits=(whole(l, minus(j)),)),
        where(fam("a", l, j), num(2), l, j, limits=(whole(j, minus(l)),)),
    ),
    "up to a width and from it": (
        where(fam("a", l, j), ONE, l, j, limits=(whole(width(l), minus(j)),)),
        where(fam("a", l, j), num(2), l, j, limits=(whole(j, minus(width(l))),)),
    ),
    "a variable named like the other with a mark": (
        where(U, ONE, l, limits=(l,)),
        where(fam("a", whole(l_, 1)), num(2), l_, limits=(l_,)),
    ),
    "the mark on the first": (
        where(fam("a", whole(l_, 1)), num(2), l_, limits=(l_,)),
        where(U, ONE, l, limits=(l,)),
    ),
    "a constant with a mark": (
        where(U, ONE, l, limits=(whole(l, -3),)),
        where(fam("a", l_), num(2)),
    ),
    "a constant with a mark in a condition": (
        where(U, ONE, l, limits=(whole(l, minus(l_), -1),)),
        where(fam("a", 0), num(2)),
    ),
    "a shift": (
        where(fam("a", whole(l, 1)), ONE, l, limits=(l,)),
        where(fam("a", below(l)), num(2), l, limits=(l,)),
    ),
}


@pytest.mark.parametrize("name", TWICE)
def test_two_definitions_of_one_member_are_refused(name: str) -> None:
    for definitions in permutations(TWICE[name]):
        with pytest.raises(KernelError):
            prove(ring(x, x), definitions=definitions)


APART: dict[str, tuple[Definition, Definition]] = {
    "two numbers": (A_AT_1, A_AT_2),
    "a base and a step": (A_AT_1, where(U, ONE, l, limits=(whole(l, -2),))),
    "two layers": (where(fam("a", 0, j), ONE, j), where(fam("a", 1, j), ONE, j)),
    "the edge and the rest": (
        where(fam("a", l, 0), ONE, l),
        where(fam("a", l, j), num(2), l, j, limits=(below(j),)),
    ),
    "one index and two": (where(U, ONE, l), where(fam("a", l, j), ONE, l, j)),
}


@pytest.mark.parametrize("name", APART)
def test_definitions_of_members_apart_are_taken(name: str) -> None:
    for definitions in permutations(APART[name]):
        assert prove(ring(x, x), definitions=definitions)


# --- conditions that must not get lost -------------------------------------------------------------------------

LOG_X = app("log", X)
KEPT = [
    (
        [slope(total(1, n, i, inv(mul(X, y))), y, neg(total(1, n, i, mul(X, Pow(mul(X, y), -2)))))],
        every(1, n, i, Nonzero(mul(y, X))),
    ),
    ([slope(total(1, n, i, LOG_X), y, ZERO)], every(1, n, i, Positive(X))),
    ([ring(total(1, n, i, LOG_X), total(1, n, i, LOG_X))], every(1, n, i, Positive(X))),
    ([ring(total(1, n, i, inv(X)), total(1, n, i, inv(X)))], every(1, n, i, Nonzero(X))),
    (
        [
            ring(
                App("E", ((),), (Vec(ONE, n, inv(fam("x", Bound(0)))),)),
                App("E", ((),), (Vec(ONE, n, inv(fam("x", Bound(0)))),)),
            )
        ],
        every(1, n, i, Nonzero(X)),
    ),
    ([given(every(1, n, i, Positive(inv(X))))], every(1, n, i, Nonzero(X))),
    ([slope(total(1, n, i, Bracket(mul(X, y))), y, ZERO)], every(1, n, i, Nonzero(mul(X, y)))),
    ([slope(E, fam("x", k), total(1, n, i, mul(e_by(i), Kron(i, k))))], Differentiable(E)),
    (
        [
            slope(
                total(1, n, i, app("g", X)),
                fam("x", 0),
                total(1, n, i, mul(app("g", X, orders=(1,)), Kron(i, ZERO))),
            )
        ],
        every(1, n, i, Differentiable(app("g", X))),
    ),
    (
        [given(every(1, 3, i, Eq(X, y))), Step("specialize", (0,), Eq(fam("x", 5), y), (num(5),))],
        AtLeast(num(-2)),
    ),
    (
        [given(every(1, 0, i, Eq(X, y))), Step("specialize", (0,), Eq(fam("x", 1), y), (ONE,))],
        AtLeast(num(-1)),
    ),
    (
        [given(every(1, n, i, Eq(X, y))), Step("specialize", (0,), Eq(fam("x", 1), y), (ONE,))],
        at_least(n, 1),
    ),
    (
        [given(every(1, n, i, Eq(X, y))), Step("specialize", (0,), Eq(fam("x", n), y), (n,))],
        at_least(n, 1),
    ),
    (
        [
            given(every(2, width(1), i, Eq(X, y))),
            Step("specialize", (0,), Eq(fam("x", 2), y), (num(2),)),
        ],
        at_least(width(1), 2),
    ),
    (
        [
            Step(
                "law contract",
                (),
                Eq(total(1, 3, i, mul(Kron(i, num(5)), X)), fam("x", 5)),
                (ONE, num(3), num(5), fam("x", Bound(0))),
            )
        ],
        AtLeast(num(-2)),
    ),
    (
        [
            Step(
                "law contract",
                (),
                Eq(total(1, n, i, mul(Kron(i, k), X)), fam("x", k)),
                (ONE, n, k, fam("x", Bound(0))),
            )
        ],
        at_least(n, k),
    ),
    (
        [
            Step(
                "law split",
                (),
                Eq(total(1, 0, i, X), add(fam("x", 1), total(2, 0, i, X))),
                (ONE, ZERO, fam("x", Bound(0))),
            )
        ],
        AtLeast(num(-1)),
    ),
    (
        [Step("law count", (), Eq(total(1, num(-3), i, ONE), num(-3)), (ONE, num(-3)))],
        AtLeast(num(-3)),
    ),
    ([Step("law apart", (), Eq(Kron(l, k), ZERO), (l, k))], at_least(l, whole(k, 1))),
    ([Step("law apart", (), Eq(Kron(ONE, ONE), ZERO), (ONE, ONE))], AtLeast(num(-1))),
    (
        [given(at_least(k, m)), Step("generalize", (0,), every(1, n, m, at_least(k, m)), (m,))],
        at_least(k, n),
    ),
    (
        [given(at_least(m, k)), Step("generalize", (0,), every(1, n, m, at_least(m, k)), (m,))],
        at_least(1, k),
    ),
    (
        [
            given(AtLeast(mul(num(2), m))),
            Step("generalize", (0,), every(1, n, m, AtLeast(mul(num(2), m))), (m,)),
        ],
        None,
    ),
    (
        [given(at_least(k, m)), Step("instantiate", (0,), at_least(k, 7), (m, num(7)))],
        at_least(k, 7),
    ),
    (
        [given(Eq(X, y)), Step("instantiate", (0,), Eq(fam("x", 1), y), (i, ONE))],
        Eq(fam("x", 1), y),
    ),
    (
        [
            given(at_least(k, 5)),
            given(at_least(k, 3)),
            given(every(5, k, i, Eq(X, y))),
            Step("specialize", (2,), Eq(fam("x", 5), y), (num(5),)),
        ],
        at_least(k, 5),
    ),
]
"""Steps, and a hypothesis that the last one must have (None: no more than it has)."""


@pytest.mark.parametrize(
    ("steps", "kept"), KEPT, ids=lambda v: str(v[-1].conclusion) if isinstance(v, list) else str(v)
)
def test_a_condition_is_among_the_hypotheses(steps: list[Step], kept: Prop | None) -> None:
    hypotheses = prove(*steps).hypotheses
    assert kept is None or kept in hypotheses


LOG_BASE = (
    where(fam("a", 0), app("log", y)),
    where(fam("a", l), mul(fam("a", below(l)), inv(x)), l, limits=(below(l),)),
)
DEFINED_SOMEWHERE = [
    (fam("a", L), LOG_BASE, {Positive(y), Nonzero(x)}),
    (fam("a", below(l)), LOG_BASE, {Positive(y), Nonzero(x)}),
    (fam("a", 2), LOG_BASE, {Positive(y), Nonzero(x)}),
    (fam("a", 0), LOG_BASE, {Positive(y)}),
    (total(0, 3, i, fam("a", i)), LOG_BASE, {Positive(y), Nonzero(x)}),
    (fam("a", k), (where(fam("a", 1), inv(y)),), {Nonzero(y)}),
    (fam("b", k), (where(fam("a", 1), inv(y)), where(fam("b", l), fam("a", l), l)), {Nonzero(y)}),
    (
        fam("b", k),
        (where(fam("c"), inv(y)), up(mul(fam("c"), a_at(last_))), where(fam("b", l), a_at(l), l)),
        {Nonzero(y)},
    ),
]


@pytest.mark.parametrize(
    ("t", "definitions", "needs"),
    DEFINED_SOMEWHERE,
    ids=lambda value: (
        " and ".join(sorted(map(str, value))) if isinstance(value, set) else str(value)
    ),
)
def test_what_a_family_needs_to_be_defined_is_said(
    t: Term, definitions: tuple[Definition, ...], needs: set[Prop]
) -> None:
    theorem = prove(ring(t, t), definitions=definitions)
    assert needs <= set(theorem.hypotheses)


@pytest.mark.parametrize(
    "first", [fam("a", L), fam("a", below(l)), fam("a", l), fam("a", 3)], ids=str
)
def test_what_it_needs_does_not_depend_on_what_was_said_before(first: Sym) -> None:
    """Each claim has its needs, though those of the family were found on the way of another."""
    for second in [fam("a", L), fam("a", below(l)), fam("a", l), fam("a", 2)]:
        steps = [ring(first, first), ring(second, second)]
        theorem = prove(*steps, definitions=LOG_BASE, claims=(0, 1))
        for s in theorem.sequents:
            assert s.hypotheses >= {Positive(y), Nonzero(x)}


def test_a_function_needs_what_it_needs_at_any_index() -> None:
    f = Function("g", 1, app("log", par(1)), (1,))
    t = App("g", (0,), (x,), (l,))
    assert Positive(x) in prove(ring(t, t), functions=[f]).hypotheses


def test_an_indexed_function_made_definite_keeps_its_hypothesis() -> None:
    ramp = Function("g", 1, mul(par(1), Bracket(par(1))), (1,))
    t = App("g", (0,), (x,), (l,))
    at_1 = App("g", (0,), (x,), (1,))
    slope_1 = Slope(at_1, x, App("g", (1,), (x,), (1,)))
    theorem = prove(
        slope(t, x, App("g", (1,), (x,), (l,))),
        Step("instantiate", (0,), slope_1, (l, ONE)),
        functions=[ramp],
    )
    assert Differentiable(at_1) in theorem.hypotheses


def test_the_step_state_says_what_its_grounds_bring_in() -> None:
    """y = log z > 0 makes y nonzero; that z > 0 must still be said."""
    z = fam("z")
    log_z = app("log", z)
    theorem = prove(
        ring(inv(y), inv(y)),
        given(Positive(log_z)),
        given(Eq(y, log_z)),
        Step("sign", (2, 1), Nonzero(y)),
        Step("state", (0,), Eq(inv(y), inv(y)), (), (3,)),
    )
    assert Positive(z) in theorem.hypotheses


SOME = (where(fam("a", 1), x), where(fam("a", 4), y))


@pytest.mark.parametrize("definitions", [SOME, (*SOME, where(U, y, l, limits=(whole(l, -5),)))])
def test_a_member_is_no_variable_where_it_may_be_defined(
    definitions: tuple[Definition, ...],
) -> None:
    """That a[k] does not vary with x holds for some k alone; for all k of a range, if none of these is in it."""
    at_1 = World(0, definitions, integers={"k": 1, "n": 3})
    first = slope(fam("a", k), x, ZERO)
    for steps in [
        [first],
        [first, Step("instantiate", (0,), Slope(fam("a", 1), x, ZERO), (k, ONE))],
        [slope(total(1, n, i, fam("a", i)), x, ZERO)],
    ]:
        theorem = prove(*steps, definitions=definitions)
        assert not all(at_1.holds(h) for h in theorem.hypotheses)


def test_induction_is_not_over_a_constant() -> None:
    steps = [
        ring(fam("u", 0), fam("u", 0)),
        given(Eq(fam("u", L), fam("u", L))),
        Step("ring", (1,), Eq(fam("u", L), fam("u", L))),
        Step("induction", (0, 2), Eq(fam("u", L), fam("u", L)), (L, ZERO)),
    ]
    with pytest.raises(KernelError, match="definition"):
        prove(*steps, definitions=[CONSTANT])


# --- what the hypotheses on integers say -----------------------------------------------------------------------

CHOICES = [dict(zip("ijk", at, strict=True)) for at in product(range(-3, 4), repeat=3)]


def holding(hypotheses: frozenset[Prop]) -> list[bool]:
    return [
        all(World(seed, integers=at).holds(p) for p in hypotheses)
        for at in CHOICES
        for seed in range(2)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_hypotheses_that_are_left_out_follow_from_the_others(seed: int) -> None:
    r = random.Random(seed)
    parts = [i, j, k, minus(i), minus(j), minus(k), width(i), minus(width(i)), mul(num(2), i)]
    hypotheses = frozenset(
        [AtLeast(whole(*r.sample(parts, r.randint(1, 3)), r.randint(-2, 2))) for _ in range(5)]
    )
    assert holding(reduced(hypotheses)) == holding(hypotheses)


@pytest.mark.parametrize(
    ("p", "others", "follows"),
    [
        (at_least(i, k), [at_least(i, j), at_least(j, k)], True),
        (at_least(i, 0), [at_least(i, 1)], True),
        (at_least(width(1), 1), [], True),
        (at_least(i, 1), [at_least(i, 0)], False),
        (at_least(i, k), [at_least(i, j), at_least(k, j)], False),
        (at_least(i, j), [at_least(j, i)], False),
        (at_least(i, 0), [], False),
        (at_least(width(1), 2), [], False),
        (at_least(1, width(1)), [], False),
        (AtLeast(num(-1)), [at_least(i, 0)], False),
        (at_least(mul(num(-1), width(i)), -5), [at_least(width(i), 1)], False),
    ],
    ids=str,
)
def test_an_integer_is_at_least_0_where_others_are(
    p: AtLeast, others: list[Prop], follows: bool
) -> None:
    assert implied(p, others) is follows


# --- what is not closed ----------------------------------------------------------------------------------------

LOOSE = fam("x", Bound(0))
PLACES = {
    "a conclusion": Proof((), (), (given(Eq(LOOSE, LOOSE)),), (0,)),
    "an extra term": Proof(
        (),
        (),
        (given(Eq(x, y)), Step("combine", (0,), Eq(mul(x, LOOSE), mul(y, LOOSE)), (LOOSE,))),
        (1,),
    ),
    "an instance": Proof(
        (),
        (),
        (given(every(1, 2, i, Eq(x, y))), Step("specialize", (0,), Eq(x, y), (Bound(0),))),
        (1,),
    ),
    "an index": Proof(
        (), (), (given(Eq(X, X)), Step("instantiate", (0,), Eq(LOOSE, LOOSE), (i, Bound(0)))), (1,)
    ),
    "a variable": Proof(
        (),
        (),
        (given(Eq(X, X)), Step("generalize", (0,), every(1, 2, i, Eq(X, X)), (Bound(0),))),
        (1,),
    ),
    "a definition": Proof((), (where(a, LOOSE),), (ring(x, x),), (0,)),
    "a defined member": Proof((), (where(fam("a", Bound(0)), x),), (ring(x, x),), (0,)),
    "a variable of a definition": Proof(
        (), (where(fam("a", Bound(0)), x, Bound(0)),), (ring(x, x),), (0,)
    ),
    "a condition of a definition": Proof(
        (), (where(U, x, l, limits=(Bound(0),)),), (ring(x, x),), (0,)
    ),
    "a function": Proof((Function("f", 1, mul(par(1), Bound(0))),), (), (ring(x, x),), (0,)),
    "a function's index": Proof((Function("f", 1, par(1), (Bound(0),)),), (), (ring(x, x),), (0,)),
    "what a law sums, two deep": Proof(
        (),
        (),
        (Step("law empty", (), Eq(total(1, 0, i, x), ZERO), (ONE, ZERO, fam("x", Bound(1)))),),
        (0,),
    ),
    "where a law contracts": Proof(
        (),
        (),
        (
            Step(
                "law contract",
                (),
                Eq(total(1, 3, i, mul(Kron(i, Bound(0)), X)), LOOSE),
                (ONE, num(3), Bound(0), LOOSE),
            ),
        ),
        (0,),
    ),
    "from where a law splits": Proof(
        (),
        (),
        (
            Step(
                "law split",
                (),
                Eq(Sum(Bound(0), n, x), add(x, Sum(whole(Bound(0), 1), n, x))),
                (Bound(0), n, x),
            ),
        ),
        (0,),
    ),
    "a law that takes no sum": Proof(
        (),
        (),
        (
            Step(
                "law exp negative", (), Eq(app("exp", neg(LOOSE)), inv(app("exp", LOOSE))), (LOOSE,)
            ),
        ),
        (0,),
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_variable_without_its_binder_is_refused(name: str) -> None:
    with pytest.raises(KernelError):
        check(PLACES[name])


UNUSED = {
    "ring": Step("ring", (0, 1), Eq(mul(x, num(2)), add(y, y))),
    "combine, to put for equals": Step("combine", (1, 0), Eq(x, y), (ONE,)),
    "combine, of equals put for equals": Step("combine", (0, 1), Eq(x, y), (ONE,)),
    "sign": Step("sign", (1, 2), Positive(X)),
    "the same twice": Step("sign", (2, 2), Positive(X)),
    "combine": Step("combine", (0, 1), Eq(x, y), (ONE, ZERO)),
    "derivative": Step("derivative", (0,), Slope(mul(x, x), x, mul(num(2), x))),
    "specialize": Step("specialize", (0, 1), Eq(x, y), (ONE,)),
    "hypothesis": Step("hypothesis", (0,), Eq(x, y)),
    "definition": Step("definition", (0,), Eq(x, y)),
    "law": Step("law exp zero", (0,), Eq(app("exp", ZERO), ONE)),
    "state": Step("state", (0, 1), Eq(x, y)),
    "generalize": Step("generalize", (0, 1), every(1, 2, i, Eq(x, y)), (i,)),
    "an instance of nothing": Step("instantiate", (0,), Eq(x, y), (i, j)),
    "an index too many": Step("instantiate", (2,), Positive(fam("x", j)), (i, j, k, j)),
}


@pytest.mark.parametrize("name", UNUSED)
def test_a_step_has_nothing_that_its_rule_does_not_look_at(name: str) -> None:
    with pytest.raises(KernelError):
        prove(given(Eq(x, y)), given(Eq(fam("u"), y)), given(Positive(X)), UNUSED[name])


NO_FUNCTIONS = {
    "a known name, with an index": [Function("exp", 1, par(1), (1,))],
    "pi, with an index": [Function("pi", 1, par(1), (1,))],
    "a parameter's name": [Function("#", 1, par(1))],
    "with an index and without": [Function("f", 1, par(1)), Function("f", 1, ZERO, (1,))],
    "without an index and with": [Function("f", 1, par(1), (1,)), Function("f", 1, ZERO)],
    "twice at one index": [Function("f", 1, par(1), (1,)), Function("f", 1, ZERO, (1,))],
    "of its own next": [Function("f", 1, App("f", (0,), (par(1),), (2,)), (1,))],
    "of its own last": [
        Function("f", 1, par(1), (1,)),
        Function("f", 1, App("f", (0,), (par(1),), (1,)), (2,)),
    ],
    "of each other, at indices": [
        Function("f", 1, App("g", (0,), (par(1),), (1,)), (1,)),
        Function("g", 1, App("f", (0,), (par(1),), (1,)), (1,)),
    ],
    "of an index": [Function("f", 1, mul(par(1), l))],
    "of a width": [Function("f", 1, mul(par(1), width(1)))],
    "of a member": [Function("f", 1, mul(par(1), X))],
    "of a member in a sum": [Function("f", 1, Sum(ONE, num(3), fam("x", Bound(0))))],
    "up to an index": [Function("f", 1, Sum(ONE, n, par(1)))],
    "of a derivative by a member": [Function("f", 1, D(par(1), x))],
    "an index that is no number": [Function("f", 1, par(1), (l,))],
    "of a vector": [Function("f", 1, Vec(ONE, num(3), par(1)))],
}


@pytest.mark.parametrize("name", NO_FUNCTIONS)
def test_what_is_no_function_is_refused(name: str) -> None:
    with pytest.raises(KernelError):
        prove(ring(x, x), functions=NO_FUNCTIONS[name])


def test_a_layer_is_no_argument_of_a_defined_function() -> None:
    f = Function("E", 1, Pow(par(1), 2))
    for step in [
        slope(E, fam("x", 1), ZERO),
        slope(E, fam("x", k), total(1, n, i, mul(e_by(i), Kron(i, k)))),
        Step("smooth", (), Differentiable(E)),
        ring(E, E),
    ]:
        with pytest.raises(KernelError):
            prove(step, functions=[f])


# --- statements that read alike --------------------------------------------------------------------------------


def text(*steps: Step, definitions: tuple[Definition, ...] = ()) -> str | None:
    try:
        return str(prove(*steps, definitions=definitions))
    except KernelError:
        return None


VECTOR = Vec(num(0), num(1), Sym("x", (Bound(0),)))


def f_of(*orders: object) -> App:
    """A derivative of f of a layer and y, by components of the layer, and by y."""
    return App("f", orders, (VECTOR, y))


ALIKE = {
    "twice by a component, or thrice": (
        text(given(Eq(f_of((0, 0), 0), y))),
        text(given(Eq(f_of((0, 0, 0), 0), y))),
    ),
    "by a component, or not": (
        text(given(Eq(f_of((), 1), y))),
        text(given(Eq(f_of((0, 0), 1), y))),
    ),
    "a product of one factor": (text(given(Eq(Mul((x,)), y))), text(given(Eq(x, y)))),
    "a sum of one term": (text(given(Eq(Add((x,)), y))), text(given(Eq(x, y)))),
    "minus one, and nothing": (
        text(given(Eq(Mul((num(-1),)), y))),
        text(given(Eq(Mul((num(-1), num(1))), y))),
    ),
    "a range and its reverse": (
        text(
            ring(x, x),
            definitions=(where(U, x, l, limits=(whole(1, minus(l)), whole(l, minus(L)))),),
        ),
        text(ring(x, x), definitions=(where(U, x, l, limits=(whole(l, -1), whole(L, minus(l)))),)),
    ),
    "a third limit": (
        text(ring(x, x), definitions=(where(U, x, l, limits=(l, UP_TO_L)),)),
        text(ring(x, x), definitions=(where(U, x, l, limits=(l, UP_TO_L, whole(l, -5))),)),
    ),
    "a limit on twice a variable": (
        text(ring(x, x), definitions=(where(U, x, l, limits=(l,)),)),
        text(ring(x, x), definitions=(where(U, x, l, limits=(l, mul(num(2), l))),)),
    ),
    "a limit on a constant": (
        text(ring(x, x), definitions=(where(U, x, l, limits=(l,)),)),
        text(ring(x, x), definitions=(where(U, x, l, limits=(whole(L, -3), l)),)),
    ),
    "a width and a member": (
        text(given(Positive(fam("d", 1)))),
        text(given(Positive(width(1)))),
    ),
    "an index and a variable": (text(given(Eq(fam("l"), x))), text(given(Eq(l, x)))),
    "a variable of a sum and another": (
        text(given(Eq(Sum(ONE, num(3), mul(Sym("l"), fam("x", Bound(0)))), x))),
        text(given(Eq(Sum(ONE, num(3), mul(Bound(0), fam("x", Bound(0)))), x))),
    ),
}


@pytest.mark.parametrize("name", ALIKE)
def test_two_statements_do_not_read_alike(name: str) -> None:
    first, second = ALIKE[name]
    assert first is None or first != second


def test_a_hypothesis_is_printed_to_its_end() -> None:
    """Of two long numbers one may be left out, and the other not be told from it."""
    long = add(x, mul(num(10), Pow(num(10**3000), 4)))
    assert "<" not in (text(given(Positive(long))) or "")
