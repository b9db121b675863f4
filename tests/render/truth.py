"""A model in which everything is what it is called: a real network with polynomials for g_l and E, and exact derivatives.

Whatever a page says of a network that has these functions, steps of proofs included, is true there, or the page lies.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from random_models import Id, Model, called

Values = dict[Id, Fraction]


def polynomial(coefficients: Sequence[Fraction], at: Fraction, order: int) -> Fraction:
    """A polynomial (the constant first), or a derivative of it, at a point."""
    for _ in range(order):
        coefficients = [k * c for k, c in enumerate(coefficients)][1:]
    return sum([c * at**k for k, c in enumerate(coefficients)], Fraction(0))


@dataclass(frozen=True)
class Truth(Model):
    """`widths` and `seed` give weights, inputs, targets and functions; all else is computed."""

    identity: bool = False
    """Whether g is the identity and E half the sum of squares, as a network of the tables has them."""

    def small(self, *key: Any) -> Fraction:
        return Fraction(int(self.chance(*key)) % 7 - 3, 2) or Fraction(1, 3)

    # functions

    def g(self, l: int) -> list[Fraction]:
        own = [self.small("g", l, k) for k in range(4)]
        return [Fraction(0), Fraction(1)] if self.identity else own

    def applied(
        self, name: str, index: tuple[int, ...], orders: Iterable[int], args: Iterable[Fraction]
    ) -> Fraction:
        name, index = called(name, index)
        values, by = list(args), list(orders)
        if name == "g" and len(values) == 1:
            return polynomial(self.g(index[0]), values[0], by[0])
        if name.partition("_")[0] == "E" and not any(by):
            return self.error(values[: self.widths[-1]])  # of the outputs, and maybe of y
        if name == "identity":
            return polynomial([Fraction(0), Fraction(1)], values[0], by[0])
        raise AssertionError(f"no such function: {name} {index} {by}")

    def error(self, x: Sequence[Fraction]) -> Fraction:
        y = [self.member(("y", k)) for k in range(1, len(x) + 1)]
        if self.identity:
            return sum([(a - b) ** 2 / 2 for a, b in zip(x, y, strict=True)], Fraction(0))
        mixed = x[0] * x[-1] * self.small("mixed")
        every = [
            self.small("E", k) * a**3 + (a - b) ** 2
            for k, (a, b) in enumerate(zip(x, y, strict=True))
        ]
        return sum(every, mixed)

    def slope(self, name: str, index: tuple[int, ...], by: Id) -> Fraction:
        """∂E/∂x_j, by the polynomial's own rules."""
        assert name.partition("_")[0] == "E", name
        assert by[:2] == ("x", self.depth), by
        n, j = self.widths[-1], by[2]
        x = [self.values["x", self.depth, k] for k in range(1, n + 1)]
        own = x[j - 1]
        out = own - self.member(("y", j))
        if self.identity:
            return out
        mixed = sum([x[b] for a, b in ((0, n - 1), (n - 1, 0)) if a == j - 1], Fraction(0))
        return 2 * out + 3 * self.small("E", j - 1) * own**2 + self.small("mixed") * mixed

    # members

    @cached_property
    def values(self) -> Values:
        """w, x^(0), then all that the definitions say, δ from the top down."""
        out: Values = {}
        for l, n in enumerate(self.widths):
            for j in range(1, n + 1):
                if l == 0:
                    out["x", 0, j] = self.small("x", j)
                    continue
                weights = {i: self.small("w", l, i, j) for i in range(self.widths[l - 1] + 1)}
                out.update({("w", l, i, j): q for i, q in weights.items()})
                s = sum([q * out["x", l - 1, i] for i, q in weights.items()], Fraction(0))
                out["s", l, j], out["x", l, j] = s, polynomial(self.g(l), s, 0)
            out["x", l, 0] = Fraction(1)
        return out

    @cached_property
    def deltas(self) -> Values:
        top = self.depth
        out = {
            ("delta", top, j): self.slope("E_y", (), ("x", top, j)) * self.steep(top, j)
            for j in range(1, self.widths[top] + 1)
        }
        for l in range(top - 1, 0, -1):
            for i in range(1, self.widths[l] + 1):
                above = range(1, self.widths[l + 1] + 1)
                total = sum([self.values["w", l + 1, i, j] * out["delta", l + 1, j] for j in above])
                out["delta", l, i] = self.steep(l, i) * total
        return out

    def steep(self, l: int, j: int) -> Fraction:
        return polynomial(self.g(l), self.values["s", l, j], 1)

    def member(self, own: Id) -> Fraction:
        if own == ("e",):
            n = self.widths[-1]
            return self.error([self.values["x", self.depth, k] for k in range(1, n + 1)])
        if own[0] == "delta":
            return self.deltas.get(own, self.chance("member", own))
        if own[0] == "y":
            return self.small("y", own)
        known: Values = self.values if own[0] in ("w", "s", "x") else {}
        return known.get(own, self.chance("member", own))

    # derivatives: what varies is changed, and the change is followed upwards

    def partial(self, of: Any, by: Id) -> Fraction:
        if of == by:
            return Fraction(1)
        if by not in self.values or (of != ("e",) and of not in self.values):
            return Fraction(0)  # of no network: a variable, and none acts on another
        if of[0] == "e":
            return sum(
                [
                    self.slope("E_y", (), ("x", self.depth, k))
                    * self.partial(("x", self.depth, k), by)
                    for k in range(1, self.widths[-1] + 1)
                ],
                Fraction(0),
            )
        if of[0] not in ("s", "x") or of[1] < by[1] or (of[0] == "x" and of[2] == 0):
            return Fraction(0)
        return self.changed(of, by)

    def changed(self, of: Id, by: Id) -> Fraction:
        """∂s or ∂x of a layer at or above that of the variable."""
        kind, l, j = of
        if kind == "x":
            if l == 0 or (by[0] == "x" and l == by[1]):
                return Fraction(0)
            return self.steep(l, j) * self.partial(("s", l, j), by)
        if by[0] == "s" and l == by[1]:
            return Fraction(0)
        if by[0] == "w" and l == by[1]:
            return self.values["x", l - 1, by[2]] * (j == by[3])
        if l == by[1]:
            return Fraction(0)
        below = range(self.widths[l - 1] + 1)
        rows = [self.values["w", l, i, j] * self.partial(("x", l - 1, i), by) for i in below]
        return sum(rows, Fraction(0))
