"""Rules with one part changed at random: none is proved that differs from the derivative where the verdict's conditions hold."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import mpmath as mp
import pytest
import sympy as sp
from corpus_rules import RULES, assumed

from symbackprop.errors import InputError
from symbackprop.trace.elementwise import prove_derivative
from symbackprop.trace.grammar import Formula, number, parse
from symbackprop.trace.knowledge import every
from symbackprop.trace.search import satisfies
from symbackprop.verdict import Proved

HEADS = ("number", "name", "+", "*", "/", "**", "neg", "exp", "log", "sqrt", "sin", "cos", "tanh")
CHANGES = 3
SEEDS = range(40)


def changed(f: Formula, choose: random.Random) -> Formula:
    """A formula with one part changed."""
    old = choose.choice([p for p in every(f) if p.head in HEADS])
    options = [Formula("neg", (old,)), Formula("*", (number(2), old))]
    if old.head in ("+", "*", "/", "**"):
        options += [old.args[0], old.args[1], Formula(old.head, old.args[::-1])]
    if len(old.args) == 1:
        options += [old.args[0], Formula(choose.choice(("sin", "exp", "tanh")), old.args)]
    return put(f, old, choose.choice(options))


def put(f: Formula, old: Formula, new: Formula) -> Formula:
    if f == old:
        return new
    return Formula(f.head, tuple([put(a, old, new) for a in f.args]), f.value, f.text)


NAMES = {n: getattr(sp, n) for n in ("Rational", "Piecewise", "Eq", "Max", "Min", "Mod", "pi")}
PLAIN = (
    "autograd/sin",
    "chainrules/exp10",
    "nnlib/sigmoid",
    "pytorch/rsqrt",
    "jax/erf_inv",
    "chainrules/abs",
)
PLAIN += (
    "pytorch/pow/x",
    "jax/pow/y",
    "autograd/norm.pdf/x",
    "pytorch/mish_backward",
    "chainrules/asinh",
)
PLAIN += (
    "nnlib/softsign",
    "pytorch/selu",
    "autograd/maximum/x",
    "chainrules/clamp/x",
    "pytorch/logit_backward",
)


def sides(row: dict[str, Any], backward: str, at: dict[str, Fraction]) -> tuple[Any, Any]:
    """The derivative by SymPy's differences, and what the rule gives, both by SymPy's values."""
    from sympy.parsing.sympy_parser import parse_expr

    symbols = {n: sp.Symbol(n, real=True) for n in (*row["args"], "g", "ans")}
    forward = parse_expr(row["forward"], local_dict={**NAMES, **symbols})
    believed = parse_expr(backward, local_dict={**NAMES, **symbols})
    numbers = {symbols[n]: sp.Rational(str(v)) for n, v in at.items()}
    v, h = symbols[row["wrt"]], sp.Rational(1, 10**15)
    high, low = (forward.subs({**numbers, v: numbers[v] + s * h}).evalf(50) for s in (1, -1))
    value = forward.subs(numbers).evalf(50)
    given = believed.subs({**numbers, symbols["g"]: 1, symbols["ans"]: value}).evalf(50)
    return (high - low) / (2 * h), given


@pytest.mark.parametrize("seed", SEEDS)
def test_no_wrong_mutant_is_proved(seed: int) -> None:
    choose = random.Random(seed)
    row = next(r for r in RULES if r["id"] == PLAIN[seed % len(PLAIN)])
    mp.mp.dps = 50
    for _ in range(CHANGES):
        backward = str(changed(parse(row["backward"]), choose))
        try:
            verdict = prove_derivative(
                row["forward"], backward, row["wrt"], assumed(row), args=row["args"], diagnose=False
            )
        except InputError:
            continue
        if not isinstance(verdict, Proved):
            continue
        points = [
            {n: Fraction(choose.randrange(-40, 41), 16) for n in row["args"]} for _ in range(80)
        ]
        met = [p for p in points if all(satisfies(parse(c), p) for c in verdict.hypotheses)]
        assert met
        for at in met[:3]:
            left, right = sides(row, backward, at)
            assert abs(left - right) < 1e-9 * (1 + abs(left)), (backward, at, str(verdict))
