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

from symbackprop.kernel import *
from symbackprop.kernel.rules import implied, reduced

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
    attack("n exponentials are positive", Step("sign", (), Positive(total(1, n, i, Pow(num(2), 3))))),
    attack("n squares and 1 are", Step("sign", (), Positive(total(1, n, i, add(mul(X, X), ONE))))),
    attack("no terms are nonzero", Step("sign", (), Nonzero(total(1, 0, i, ONE)))),
    attack(
        "d - 1 terms are positive", Step("sign", (), Positive(total(2, width(1), i, ONE)))
    ),
    attack("a sum of squares is", Step("sign", (), Positive(total(1, width(1), i, mul(X, X))))),
    # sums
    attack("a product of sums is a sum", ring(mul(XS, XS), total(1, n, i, mul(X, X)))),
    attack("indices are swapped", ring(total(1, n, i, total(1, m, j, W)), total(1, n, i, total(1, m, j, fam("w", j, i))))),
    attack("a function of a sum", ring(app("g", XS), total(1, n, i, app("g", X)))),
    attack("an inverse of a sum", ring(inv(XS), total(1, n, i, inv(X)))),
    attack("a sum is drawn into a bracket", ring(total(1, n, i, Bracket(X)), Bracket(XS))),
    attack("a factor that varies is drawn out", ring(total(1, n, i, mul(X, fam("u", i))), mul(X, total(1, n, i, fam("u", i))))),
    attack(
        "inner range that varies", ring(total(1, n, i, total(1, i, j, X)), total(1, n, i, mul(n, X)))
    ),
    attack("mixed derivatives commute", ring(e_by(i, j), e_by(j, i))),
    attack("a component is another", ring(e_by(i), e_by(j))),
    attack("a vector of one is a number", ring(App("E", ((),), (Vec(ONE, ONE, y),)), app("E", y))),
    attack("functions of two layers are one", ring(App("g", (0,), (x,), (l,)), App("g", (0,), (x,), (k,)))),
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
        "a constant by induction",
        defined(a, fam("x", L)),
        Step("instantiate", (0,), Eq(a, fam("x", 0)), (L, ZERO)),
        given(Eq(a, fam("x", L))),
        Step("ring", (2,), Eq(a, fam("x", whole(L, 1)))),
        Step("induction", (1, 3), Eq(a, fam("x", L)), (L, ZERO)),
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
        defined(fam("r", 0), num(3)),
        given(Slope(fam("r", l), fam("w", 0), ZERO)),
        slope(fam("r", whole(l, 1)), fam("w", 0), mul(ZERO, fam("w", 0))),
        Step("induction", (0, 2), Slope(fam("r", l), fam("w", 0), ZERO), (l, ZERO)),
        definitions=PRODUCT,
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
    attack("a definition with an index hides it", slope(fam("a", k), fam("w", n), ZERO), definitions=[COPY]),
    attack("at the same index", slope(fam("a", k), fam("w", k), ZERO), definitions=[COPY]),
    attack("at a number", slope(fam("a", 3), fam("w", 3), ZERO), definitions=[COPY]),
    attack("at a number, by an index", slope(fam("a", 3), fam("w", n), ZERO), definitions=[COPY]),
    attack("at an index, by a number", slope(fam("a", k), fam("w", 3), ZERO), definitions=[COPY]),
    attack("under a sum", slope(total(1, 3, i, fam("a", i)), fam("w", n), ZERO), definitions=[COPY]),
    attack("through a recursion", slope(fam("r", L), fam("w", 1), ZERO), definitions=PRODUCT),
    attack("through three layers", slope(fam("r", 3), fam("w", 1), ZERO), definitions=PRODUCT),
    attack("where a recursion begins", slope(fam("r", 1), fam("r", 0), ZERO), definitions=PRODUCT[1:]),
    attack("far below", slope(fam("r", k), fam("r", 0), ZERO), definitions=PRODUCT[1:]),
    attack(
        "a member of which only some are defined",
        slope(fam("a", k), x, ZERO),
        definitions=[where(fam("a", 1), x)],
    ),
    attack(
        "and one of them",
        slope(fam("a", k), x, ZERO),
        Step("instantiate", (0,), Slope(fam("a", 1), x, ZERO), (k, ONE)),
        definitions=[where(fam("a", 1), x)],
    ),
    attack(
        "under a sum over some",
        slope(total(1, n, i, fam("a", i)), x, ZERO),
        definitions=[where(fam("a", 1), x)],
    ),
    attack(
        "of which only some are defined by another",
        slope(fam("a", k), x, ZERO),
        definitions=[where(fam("a", 1), x), where(fam("a", l), y, l, limits=(whole(l, -2),))],
    ),
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
