"""What is tried where two sides did not meet: functions shifted, roots split, angles expanded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from ..derive.tower import common_unit
from ..kernel import App, Term
from .leaves import Leaves, family


def shifting(leaves: Leaves, inside: Sequence[Term]) -> bool:
    """Whether one function stands at arguments that are a whole number apart: gamma(x + 1) by gamma(x)."""
    lowest: dict[Term, list[Fraction]] = {}
    for t in inside:
        own = family(leaves, t)
        if own is not None:
            lowest.setdefault(own[0], []).append(own[1])
    leaves.lowest = {f: min(found) for f, found in lowest.items() if len(found) > 1}
    return bool(leaves.lowest)


def pairing(leaves: Leaves, inside: Sequence[Term]) -> bool:
    """Whether a root is the product of two others: sqrt(x^2 - 1) by sqrt(x - 1) and sqrt(x + 1)."""
    ring = leaves.b.ring
    roots = [t.args[0] for t in inside if isinstance(t, App) and t.name == "sqrt"]
    products = {ring.normal(a * b): (a, b) for a, b in combinations(roots, 2)}
    leaves.pairs = {u: products[u] for u in roots if u in products and u not in products[u]}
    return bool(leaves.pairs)


def expanding(leaves: Leaves, inside: Sequence[Term]) -> bool:
    """Whether there are angles that may be sums of others, or multiples."""
    angles = {t.args[0] for t in inside if isinstance(t, App) and t.name in ("sin", "cos")}
    if len(angles) < 2:
        return False
    units: dict[Term, Fraction] = {}
    for a in sorted(angles, key=str):
        for m, c in leaves.b.ring.poly(a).items():
            key, size = leaves.b.ring.term({m: 1}), abs(Fraction(c))
            units[key] = common_unit(units.get(key, size), size)
    leaves.units = units
    return True
