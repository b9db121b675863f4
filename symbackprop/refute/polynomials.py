"""Polynomials in several variables over ℚ: what an opaque function is instantiated by, so that g and g' agree with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from random import Random
from typing import Any

import sympy as sp


@dataclass(frozen=True)
class Polynomial:
    """Σ c x^a over pairs (exponents a, coefficient c)."""

    arity: int
    terms: tuple[tuple[tuple[int, ...], Fraction], ...]

    def partial(self, orders: Sequence[int]) -> Polynomial:
        """The partial derivative of these orders."""
        out = self
        for k, n in enumerate(orders):
            for _ in range(n):
                out = out._once(k)
        return out

    def _once(self, k: int) -> Polynomial:
        terms = [((*a[:k], a[k] - 1, *a[k + 1 :]), c * a[k]) for a, c in self.terms if a[k]]
        return Polynomial(self.arity, tuple(terms))

    def __call__(self, args: Sequence[Any], number: Any) -> Any:
        """The value at numbers of any kind; `number` makes one of that kind from a Fraction."""
        total = number(Fraction(0))
        for exponents, c in self.terms:
            term = number(c)
            for x, n in zip(args, exponents, strict=True):
                for _ in range(n):
                    term = term * x
            total = total + term
        return total

    def formula(self, names: Sequence[Any]) -> sp.Expr:
        """As a SymPy expression in these symbols."""
        return sp.Add(
            *[
                sp.Rational(c.numerator, c.denominator)
                * sp.Mul(*[x**n for x, n in zip(names, a, strict=True)])
                for a, c in self.terms
            ]
        )


def random_polynomial(random: Random, arity: int, degree: int) -> Polynomial:
    """Small nonzero coefficients for every monomial up to the degree (each variable alone in a polynomial of many)."""
    terms = []
    for total in range(degree + 1):
        for choice in combinations_with_replacement(range(arity), total):
            exponents = tuple(choice.count(k) for k in range(arity))
            if arity <= 4 or max(exponents, default=0) == total:
                terms.append(
                    (
                        exponents,
                        Fraction(random.choice((-3, -2, -1, 1, 2, 3)), random.choice((1, 2))),
                    )
                )
    return Polynomial(arity, tuple(terms))
