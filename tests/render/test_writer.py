"""Printed terms are read back by a reader that shares no code with the printer, and evaluate to the same rationals."""

from __future__ import annotations

import random
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from symbackprop.kernel import (
    Add,
    All,
    App,
    AtLeast,
    Bound,
    Bracket,
    D,
    Differentiable,
    Eq,
    Int,
    Kron,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Slope,
    Sum,
    Sym,
    Term,
    Vec,
)
from symbackprop.render.writer import LATEX, TEXT

sys.path.insert(0, str(Path(__file__).parent))
import reading

E = Sym("e")
W, X0, X2 = Sym("w", (1, 0, 2)), Sym("x", (0, 1)), Sym("x", (2, 1))
S, Y, DELTA = Sym("s", (1, 1)), Sym("y", (1,)), Sym("delta", (2, 1))
LEAVES = [W, Sym("w", (2, 1, 10)), X0, X2, S, Sym("s", (2, 1)), Y, DELTA, D(E, W), D(E, X2)]
FUNCTIONS = ["tanh", "exp", "log", "sin", "gelu", "sigmoid", "g_1"]


def num(p: int, q: int = 1) -> Num:
    return Num(Fraction(p, q))


def minus(t: Term) -> Term:
    return Mul((num(-1), t))


def some_term(r: random.Random, depth: int) -> Term:
    """A term of every kind, with needless ones, zeros, signs and nestings."""
    if depth == 0 or r.random() < 0.15:
        return r.choice([*LEAVES, num(r.randrange(-3, 4), r.randrange(1, 4))])
    parts = tuple([some_term(r, depth - 1) for _ in range(r.randrange(1, 4))])
    kind = r.randrange(6)
    if kind < 2:
        return Add(parts)
    if kind < 4:
        return Mul(parts)
    if kind == 4:
        return Pow(parts[0], r.choice([-2, -1, 2, 3]))
    if r.random() < 0.2:
        return Bracket(parts[0])
    return App(r.choice(FUNCTIONS), (r.randrange(3) // 2,), (parts[0],))


@pytest.mark.parametrize("seed", range(400))
def test_read_back(seed: int) -> None:
    term = some_term(random.Random(seed), 4)
    expected = reading.value(term)
    assert reading.read(TEXT.box(term).body, reading.TEXT) == expected, TEXT.box(term).body
    assert reading.read(LATEX.box(term).body, reading.LATEX) == expected, LATEX.box(term).body


@pytest.mark.parametrize("seed", range(400))
def test_well_set(seed: int) -> None:
    body = LATEX.box(some_term(random.Random(seed), 4)).body
    for noise in (r"\left(", r"1 \cdot", "+ -", "- -", "--", "-+", "+ +"):
        assert noise not in body
    assert body.count("{") == body.count("}")
    for size in ("", r"\bigl", r"\Bigl", r"\biggl"):
        right = size.replace("l", "r") if size else ""
        assert body.count(size + "(") == body.count(right + ")") or not size


PRINTED = [
    (Add((minus(Y), X2)), "x_1^(2) - y_1", "x_{1}^{(2)} - y_{1}"),
    (Mul((X0, DELTA)), "δ_1^(2)·x_1^(0)", r"\delta_{1}^{(2)}\, x_{1}^{(0)}"),
    (D(E, W), "∂e/∂w_02^(1)", r"\frac{\partial e}{\partial w_{02}^{(1)}}"),
    (App("tanh", (1,), (S,)), "tanh'(s_1^(1))", r"\tanh'(s_{1}^{(1)})"),
    (Pow(App("tanh", (0,), (S,)), 2), "tanh²(s_1^(1))", r"\tanh^{2}(s_{1}^{(1)})"),
    (Pow(S, 2), "(s_1^(1))²", "(s_{1}^{(1)})^{2}"),
    (Pow(Y, 2), "y_1²", "y_{1}^{2}"),
    (
        Mul((num(1, 2), Pow(Add((X2, minus(Y))), 2))),
        "(1/2)·(x_1^(2) - y_1)²",
        r"\frac{1}{2}\, (x_{1}^{(2)} - y_{1})^{2}",
    ),
    (Mul((num(-1), Y, Pow(X2, -1))), "-y_1/x_1^(2)", r"-\frac{y_{1}}{x_{1}^{(2)}}"),
    (Bracket(S), "[s_1^(1) > 0]", "[s_{1}^{(1)} > 0]"),
    (Bracket(minus(S)), "[s_1^(1) < 0]", "[s_{1}^{(1)} < 0]"),
    (App("log", (0,), (X2,)), "ln(x_1^(2))", r"\ln(x_{1}^{(2)})"),
    (App("exp", (0,), (minus(S),)), "exp(-s_1^(1))", r"\mathrm{e}^{-s_{1}^{(1)}}"),
    (App("E", (1, 0), (X2, Y)), "∂E/∂x_1^(2)", r"\frac{\partial E}{\partial x_{1}^{(2)}}"),
    (Sym("w", (2, 1, 10)), "w_1,10^(2)", "w_{1,10}^{(2)}"),
    (Mul((num(1), X0, num(1))), "x_1^(0)", "x_{1}^{(0)}"),
    (Mul((num(0), X0)), "0", "0"),
    (Add(()), "0", "0"),
    (Eq(X0, num(1)), "x_1^(0) = 1", "x_{1}^{(0)} = 1"),
    (Nonzero(S), "s_1^(1) ≠ 0", r"s_{1}^{(1)} \ne 0"),
    (Positive(X2), "x_1^(2) > 0", "x_{1}^{(2)} > 0"),
    (
        Differentiable(App("g_1", (0,), (S,))),
        "g_1 is differentiable at s_1^(1)",
        r"g_1 \text{ is differentiable at } s_{1}^{(1)}",
    ),
    (
        Slope(E, W, X0),
        "∂e/∂w_02^(1) = x_1^(0)",
        r"\frac{\partial e}{\partial w_{02}^{(1)}} = x_{1}^{(0)}",
    ),
]

L, I, J = Int("l"), Int("i"), Int("j")
BELOW = Add((L, num(-1)))
WIDTH, LAST = Int("d", (L,)), Int("d", (Int("L"),))
OUTPUTS = Vec(num(1), LAST, Sym("x", (Int("L"), Bound(0))))
STEP = Sum(num(1), WIDTH, Mul((Sym("w", (L, I, Bound(0))), Sym("delta", (L, Bound(0))))))
LETTERS = [
    (Sym("w", (L, I, J)), "w_ij^(l)", "w_{ij}^{(l)}"),
    (Sym("delta", (BELOW, I)), "δ_i^(l-1)", r"\delta_{i}^{(l-1)}"),
    (Sym("x", (L, WIDTH)), "x_{d^(l)}^(l)", "x_{d^{(l)}}^{(l)}"),
    (Sym("y", (J,)), "y_j", "y_{j}"),
    (WIDTH, "d^(l)", "d^{(l)}"),
    (Kron(I, J), "[i = j]", "[i = j]"),
    (App("g", (1,), (Sym("s", (L, J)),), (L,)), "g_l'(s_j^(l))", "g_{l}'(s_{j}^{(l)})"),
    (
        App("g", (0,), (Sym("s", (BELOW, J)),), (BELOW,)),
        "g_(l-1)(s_j^(l-1))",
        "g_{l-1}(s_{j}^{(l-1)})",
    ),
    (
        Mul((STEP, App("g", (1,), (Sym("s", (BELOW, I)),), (BELOW,)))),
        "g_(l-1)'(s_i^(l-1))·Σ_{j=1..d^(l)} w_ij^(l)·δ_j^(l)",
        r"g_{l-1}'(s_{i}^{(l-1)})\, \sum_{j=1}^{d^{(l)}} w_{ij}^{(l)}\, \delta_{j}^{(l)}",
    ),
    (
        Mul((STEP, Sym("x", (L, I)))),
        "(Σ_{j=1..d^(l)} w_ij^(l)·δ_j^(l))·x_i^(l)",
        r"\bigl(\sum_{j=1}^{d^{(l)}} w_{ij}^{(l)}\, \delta_{j}^{(l)}\bigr)\, x_{i}^{(l)}",
    ),
    (
        Sum(num(1), WIDTH, Sum(num(0), WIDTH, Add((Sym("y", (Bound(0),)), Sym("y", (Bound(1),)))))),
        "Σ_{i=1..d^(l)} Σ_{j=0..d^(l)} (y_i + y_j)",
        r"\sum_{i=1}^{d^{(l)}} \sum_{j=0}^{d^{(l)}} (y_{i} + y_{j})",
    ),
    (
        App("E", ((),), (OUTPUTS,)),
        "E(x_1^(L), …, x_{d^(L)}^(L))",
        r"E(x_{1}^{(L)}, \dots, x_{d^{(L)}}^{(L)})",
    ),
    (
        App("E", ((J,),), (OUTPUTS,)),
        "∂E/∂x_j^(L)",
        r"\frac{\partial E}{\partial x_{j}^{(L)}}",
    ),
    (AtLeast(Add((Int("L"), Mul((num(-1), L))))), "L ≥ l", r"L \ge l"),
    (AtLeast(BELOW), "l ≥ 1", r"l \ge 1"),
    (
        All(
            num(1),
            Int("L"),
            All(num(1), Int("d", (Bound(0),)), Nonzero(Sym("s", (Bound(1), Bound(0))))),
        ),
        "s_i^(l) ≠ 0 for i = 1..d^(l), l = 1..L",
        r"s_{i}^{(l)} \ne 0 \text{ for } i = 1, \dots, d^{(l)},\ l = 1, \dots, L",
    ),
]


@pytest.mark.parametrize(
    ("term", "text", "latex"), PRINTED + LETTERS, ids=[p[1] for p in PRINTED + LETTERS]
)
def test_printed(term: Term, text: str, latex: str) -> None:
    assert (TEXT.box(term).body, LATEX.box(term).body) == (text, latex)


def test_path_is_read_from_the_output_down() -> None:
    slopes = [App("tanh", (1,), (Sym("s", (l, 1)),)) for l in (1, 2)]
    path = Mul((X0, *slopes, Sym("w", (2, 1, 1)), Add((X2, minus(Y)))))
    expected = "(x_1^(2) - y_1)·tanh'(s_1^(2))·w_11^(2)·tanh'(s_1^(1))·x_1^(0)"
    assert TEXT.box(path).body == expected


def test_order_does_not_depend_on_how_a_term_was_built() -> None:
    r = random.Random(7)
    parts = [Mul((Sym("w", (2, 1, j)), Sym("delta", (2, j)))) for j in range(1, 12)]
    forms = set()
    for _ in range(20):
        r.shuffle(parts)
        forms.add(TEXT.box(Mul((Add(tuple(parts)), App("tanh", (1,), (S,))))).body)
    assert len(forms) == 1
