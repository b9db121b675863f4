"""Random terms with sums within sums, for the tests of this folder."""

from __future__ import annotations

import random

from kernel_oracle import add, app, fam, inv, num, total, width, y

from symbackprop.kernel import Add, Bracket, Int, Kron, Mul, Pow, Term, whole

n, m, k = Int("n"), Int("m"), Int("k")
RANGES = [(1, width(1)), (0, width(2)), (1, n), (0, m), (1, 3), (n, m), (2, 1), (0, whole(n, -1))]
PLAIN, EVERY = "wxuKBc", "wxuKBcgGi[^"
"""The factors of random terms: members, brackets of integers, integers, constants; functions, inverses, brackets, powers."""


def factor(r: random.Random, heads: str, scope: list[Int]) -> Term:
    """One factor in which variables of `scope`, and free ones, may occur."""

    def at() -> Int:
        return r.choice([*scope, *scope, *scope, k])

    match r.choice(heads):
        case "w":
            return fam("w", at(), at())
        case "x":
            return fam("x", at())
        case "u":
            return fam("u", whole(at(), r.randint(-1, 1)))
        case "K":
            return Kron(at(), r.choice([at(), num(1)]))
        case "B":
            return at()
        case "c" | "d":
            return r.choice([y, num(2), num(-1, 2)])
        case "g":
            return app("g", factor(r, "wxuB", scope))
        case "G":
            return app("h", factor(r, "wx", scope), factor(r, "wx", scope))
        case "i":
            return inv(add(factor(r, "wx", scope), y))
        case "[":
            return Bracket(add(factor(r, "wx", scope), num(r.randint(-1, 1))))
    return Pow(factor(r, "wx", scope), r.randint(2, 3))


def term(r: random.Random, heads: str, depth: int, scope: list[Int]) -> Term:
    """A sum of products of factors and of sums within, up to `depth` binders deep; d: ranges may depend on variables."""
    rows = []
    for _ in range(r.choice([1, 1, 2])):
        parts = [factor(r, heads, scope) for _ in range(r.randint(1, 3))]
        if depth and r.random() < 0.9:
            v = Int(f"v{depth}")
            low, high = r.choice(
                [*RANGES, (1, width(r.choice(scope)))] if scope and "d" in heads else RANGES
            )
            parts.append(total(low, high, v, term(r, heads, depth - 1, [*scope, v])))
        rows.append(Mul(tuple(parts)))
    return Add(tuple(rows))
