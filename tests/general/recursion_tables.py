"""Recursions in letters: rewrites of the lecture's that mean the same, and mutants that do not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import sympy as sp

import symbackprop as sb

k, m = sp.symbols("k m", integer=True)
Formula = Callable[..., Any]


def base(n: Any, j: Any) -> sp.Expr:
    """The lecture's base step, written here."""
    return n.dloss(j) * n.dg(n.L, j)


def softmax_base(n: Any, j: Any) -> sp.Sum:
    return nodes(n, n.L, n.dloss(k) * n.dx(k, j))


def step(n: Any, l: Any, i: Any) -> sp.Expr:
    return n.dg(l - 1, i) * total(n, l, i)


def weight(n: Any, l: Any, i: Any, j: Any) -> sp.Expr:
    return n.delta[l][j] * n.x[l - 1][i]


def recursion(mixes: bool = False, **parts: Formula) -> sb.Recursion:
    """The lecture's recursion with some of its parts replaced."""
    own = {"base": softmax_base if mixes else base, "step": step, "weight": weight}
    return sb.Recursion(**{**own, **parts})


def nodes(n: Any, l: Any, summand: Any, low: Any = 1, high: Any = None) -> sp.Sum:
    """The sum over the nodes k of layer l, or over another range."""
    return sp.Sum(summand, (k, low, n.d[l] if high is None else high))


def product(n: Any, l: Any, i: Any, at: Any = k) -> sp.Expr:
    """w_ik^(l) δ_k^(l)."""
    return n.w[l][i, at] * n.delta[l][at]


def total(n: Any, l: Any, i: Any) -> sp.Sum:
    """Σ_k w_ik^(l) δ_k^(l)."""
    return nodes(n, l, product(n, l, i))


def summed(low: int, high: Formula, at: Formula) -> Formula:
    """g' times a sum of w_i· δ· over another range."""

    def formula(n: Any, l: Any, i: Any) -> sp.Expr:
        return n.dg(l - 1, i) * nodes(n, l, product(n, l, i, at(n, l)), low, high(n, l))

    return formula


def inner(term: Formula) -> Formula:
    """g' times the sum of a term of n, l, i."""
    return lambda n, l, i: n.dg(l - 1, i) * nodes(n, l, term(n, l, i))


def one_if(a: Any, b: Any) -> sp.Expr:
    return sp.KroneckerDelta(a, b)


# --- mutants -----------------------------------------------------------------------------------------------------

BASE: dict[str, Formula] = {
    "g' dropped": lambda n, j: n.dloss(j),
    "g' squared": lambda n, j: base(n, j) * n.dg(n.L, j),
    "g' of node 1": lambda n, j: n.dloss(j) * n.dg(n.L, 1),
    "g' of the mirrored node": lambda n, j: n.dloss(j) * n.dg(n.L, n.d[n.L] + 1 - j),
    "g' of the layer below": lambda n, j: n.dloss(j) * n.dg(n.L - 1, j),
    "x for g'": lambda n, j: n.dloss(j) * n.x[n.L][j],
    "1+x² for g'": lambda n, j: n.dloss(j) * (1 + n.x[n.L][j] ** 2),
    "loss dropped": lambda n, j: n.dg(n.L, j),
    "loss squared": lambda n, j: base(n, j) * n.dloss(j),
    "loss of node 1": lambda n, j: n.dloss(1) * n.dg(n.L, j),
    "loss of the last node": lambda n, j: n.dloss(n.d[n.L]) * n.dg(n.L, j),
    "losses summed": lambda n, j: nodes(n, n.L, n.dloss(k)) * n.dg(n.L, j),
    "summed over nodes": lambda n, j: nodes(n, n.L, n.dloss(k) * n.dg(n.L, k)),
    "sign": lambda n, j: -base(n, j),
    "2 missing": lambda n, j: base(n, j) / 2,
    "1/2 missing": lambda n, j: 2 * base(n, j),
    "y-x for the loss": lambda n, j: (n.y[j] - n.x[n.L][j]) * n.dg(n.L, j),
    "plus y": lambda n, j: base(n, j) + n.y[j],
    "divided by the width": lambda n, j: base(n, j) / n.d[n.L],
    "times the depth": lambda n, j: base(n, j) * n.L,
    "node 1 left out": lambda n, j: base(n, j) * (1 - one_if(j, 1)),
    "if j == 1": lambda n, j: base(n, j) * (2 if j == 1 else 1),
    "if j == d": lambda n, j: base(n, j) * (2 if j == n.d[n.L] else 1),
    "if L == 1": lambda n, j: base(n, j) * (2 if n.L == 1 else 1),
    "if L == 3": lambda n, j: base(n, j) * (2 if n.L == 3 else 1),
    "if j == 4": lambda n, j: base(n, j) * (2 if j == 4 else 1),
}

SOFTMAX: dict[str, Formula] = {
    "diagonal alone": lambda n, j: n.dloss(j) * n.dx(j, j),
    "diagonal left out": lambda n, j: softmax_base(n, j) - n.dloss(j) * n.dx(j, j),
    "from 2": lambda n, j: nodes(n, n.L, n.dloss(k) * n.dx(k, j), 2),
    "to d-1": lambda n, j: nodes(n, n.L, n.dloss(k) * n.dx(k, j), 1, n.d[n.L] - 1),
    "loss of node j": lambda n, j: nodes(n, n.L, n.dloss(j) * n.dx(k, j)),
    "column 1": lambda n, j: nodes(n, n.L, n.dloss(k) * n.dx(k, 1)),
    "x-y, targets of any sum": lambda n, j: n.x[n.L][j] - n.y[j],
    "y-xΣy": lambda n, j: n.y[j] - n.x[n.L][j] * nodes(n, n.L, n.y[k]),
    "xΣy": lambda n, j: n.x[n.L][j] * nodes(n, n.L, n.y[k]),
    "sign": lambda n, j: -softmax_base(n, j),
}

STEP: dict[str, Formula] = {
    "g' dropped": total,
    "g' squared": lambda n, l, i: step(n, l, i) * n.dg(l - 1, i),
    "g' of node 1": lambda n, l, i: n.dg(l - 1, 1) * total(n, l, i),
    "g' of the mirrored node": lambda n, l, i: n.dg(l - 1, n.d[l - 1] + 1 - i) * total(n, l, i),
    "g' of the node of the sum": lambda n, l, i: nodes(n, l, product(n, l, i) * n.dg(l - 1, k)),
    "x for g'": lambda n, l, i: n.x[l - 1][i] * total(n, l, i),
    "1-s² for g'": lambda n, l, i: (1 - n.s[l - 1][i] ** 2) * total(n, l, i),
    "sum dropped": lambda n, l, i: n.dg(l - 1, i),
    "sum squared": lambda n, l, i: step(n, l, i) * total(n, l, i),
    "sums of the factors": lambda n, l, i: (
        n.dg(l - 1, i) * nodes(n, l, n.w[l][i, k]) * nodes(n, l, n.delta[l][k])
    ),
    "w dropped": inner(lambda n, l, i: n.delta[l][k]),
    "w squared": inner(lambda n, l, i: n.w[l][i, k] ** 2 * n.delta[l][k]),
    "w transposed": inner(lambda n, l, i: n.w[l][k, i] * n.delta[l][k]),
    "w of row 1": inner(lambda n, l, i: n.w[l][1, k] * n.delta[l][k]),
    "w of the bias": inner(lambda n, l, i: n.w[l][0, k] * n.delta[l][k]),
    "w of the row above": inner(lambda n, l, i: n.w[l][i - 1, k] * n.delta[l][k]),
    "w to node 1": inner(lambda n, l, i: n.w[l][i, 1] * n.delta[l][k]),
    "w to the mirrored node": inner(lambda n, l, i: n.w[l][i, n.d[l] + 1 - k] * n.delta[l][k]),
    "w of the layer below": inner(lambda n, l, i: n.w[l - 1][i, k] * n.delta[l][k]),
    "w of layer 1": inner(lambda n, l, i: n.w[1][i, k] * n.delta[l][k]),
    "w of the top layer": inner(lambda n, l, i: n.w[n.L][i, k] * n.delta[l][k]),
    "bias row added": inner(lambda n, l, i: (n.w[l][i, k] + n.w[l][0, k]) * n.delta[l][k]),
    "δ dropped": inner(lambda n, l, i: n.w[l][i, k]),
    "δ squared": inner(lambda n, l, i: n.w[l][i, k] * n.delta[l][k] ** 2),
    "δ of node 1": inner(lambda n, l, i: n.w[l][i, k] * n.delta[l][1]),
    "δ of node i": inner(lambda n, l, i: n.w[l][i, k] * n.delta[l][i]),
    "δ of the mirrored node": inner(lambda n, l, i: n.w[l][i, k] * n.delta[l][n.d[l] + 1 - k]),
    "δ of the top layer": inner(lambda n, l, i: n.w[l][i, k] * n.delta[n.L][k]),
    "s for δ": inner(lambda n, l, i: n.w[l][i, k] * n.s[l][k]),
    "from 2": summed(2, lambda n, l: n.d[l], lambda n, l: k),
    "from 3, shifted by 1": summed(3, lambda n, l: n.d[l] + 1, lambda n, l: k - 1),
    "to d-1": summed(1, lambda n, l: n.d[l] - 1, lambda n, l: k),
    "from 1 to d-1, shifted by 1": summed(1, lambda n, l: n.d[l] - 1, lambda n, l: k + 1),
    "to the width below": summed(1, lambda n, l: n.d[l - 1], lambda n, l: k),
    "to i": lambda n, l, i: n.dg(l - 1, i) * nodes(n, l, product(n, l, i), 1, i),
    "node 1 alone": lambda n, l, i: n.dg(l - 1, i) * product(n, l, i, 1),
    "node 1 twice": lambda n, l, i: step(n, l, i) + n.dg(l - 1, i) * product(n, l, i, 1),
    "last term dropped": lambda n, l, i: step(n, l, i) - n.dg(l - 1, i) * product(n, l, i, n.d[l]),
    "sign": lambda n, l, i: -step(n, l, i),
    "doubled": lambda n, l, i: 2 * step(n, l, i),
    "times l": lambda n, l, i: l * step(n, l, i),
    "divided by the width": lambda n, l, i: step(n, l, i) / n.d[l],
    "plus g'": lambda n, l, i: step(n, l, i) + n.dg(l - 1, i),
    "plus δ": lambda n, l, i: step(n, l, i) + n.delta[l][1],
    "layer 1 doubled": lambda n, l, i: step(n, l, i) * (1 + one_if(l, 2)),
    "node 1 doubled": lambda n, l, i: step(n, l, i) * (1 + one_if(i, 1)),
    "if l == 2": lambda n, l, i: step(n, l, i) * (2 if l == 2 else 1),
    "if l == 3": lambda n, l, i: step(n, l, i) * (2 if l == 3 else 1),
    "if l == 9": lambda n, l, i: step(n, l, i) * (2 if l == 9 else 1),
    "if l == L": lambda n, l, i: step(n, l, i) * (2 if l == n.L else 1),
    "if l is a number": lambda n, l, i: step(n, l, i) * (2 if isinstance(l, int) and l > 2 else 1),
    "if i == 1": lambda n, l, i: step(n, l, i) * (2 if i == 1 else 1),
    "if i == 2": lambda n, l, i: step(n, l, i) * (2 if i == 2 else 1),
    "if i == 4": lambda n, l, i: step(n, l, i) * (2 if i == 4 else 1),
}

WEIGHT: dict[str, Formula] = {
    "x dropped": lambda n, l, i, j: n.delta[l][j],
    "x squared": lambda n, l, i, j: weight(n, l, i, j) * n.x[l - 1][i],
    "x of node 1": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][1],
    "x of node j": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][j],
    "x of the mirrored node": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][n.d[l - 1] - i],
    "x of the layer itself": lambda n, l, i, j: n.delta[l][j] * n.x[l][i],
    "x of node j of the layer itself": lambda n, l, i, j: n.delta[l][j] * n.x[l][j],
    "x of the inputs": lambda n, l, i, j: n.delta[l][j] * n.x[0][i],
    "x summed": lambda n, l, i, j: n.delta[l][j] * nodes(n, l - 1, n.x[l - 1][k]),
    "s for x": lambda n, l, i, j: n.delta[l][j] * n.s[l][j],
    "w for x": lambda n, l, i, j: n.delta[l][j] * n.w[l][i, j],
    "δ dropped": lambda n, l, i, j: n.x[l - 1][i],
    "δ squared": lambda n, l, i, j: weight(n, l, i, j) * n.delta[l][j],
    "δ of node 1": lambda n, l, i, j: n.delta[l][1] * n.x[l - 1][i],
    "δ of the mirrored node": lambda n, l, i, j: n.delta[l][n.d[l] + 1 - j] * n.x[l - 1][i],
    "δ of the top layer": lambda n, l, i, j: n.delta[n.L][j] * n.x[l - 1][i],
    "δ of the layer below": lambda n, l, i, j: n.delta[l - 1][j] * n.x[l - 1][i],
    "δ summed": lambda n, l, i, j: nodes(n, l, n.delta[l][k]) * n.x[l - 1][i],
    "transposed": lambda n, l, i, j: n.delta[l][i] * n.x[l - 1][j],
    "sign": lambda n, l, i, j: -weight(n, l, i, j),
    "halved": lambda n, l, i, j: weight(n, l, i, j) / 2,
    "divided by the width": lambda n, l, i, j: weight(n, l, i, j) / n.d[l],
    "weight decay": lambda n, l, i, j: weight(n, l, i, j) + n.w[l][i, j] / 100,
    "plus δ": lambda n, l, i, j: weight(n, l, i, j) + n.delta[l][j],
    "bias 0": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][i] if i != 0 else 0,
    "bias doubled": lambda n, l, i, j: weight(n, l, i, j) * (2 if i == 0 else 1),
    "bias alone": lambda n, l, i, j: weight(n, l, i, j) * one_if(i, 0),
    "bias of node 1": lambda n, l, i, j: n.delta[l][1] if i == 0 else weight(n, l, i, j),
    "input 1 negated": lambda n, l, i, j: weight(n, l, i, j) * (1 - 2 * one_if(i, 1)),
    "if l == 1": lambda n, l, i, j: weight(n, l, i, j) * (2 if l == 1 else 1),
    "if j == 1": lambda n, l, i, j: weight(n, l, i, j) * (2 if j == 1 else 1),
    "if i == j": lambda n, l, i, j: weight(n, l, i, j) * (2 if i == j else 1),
    "if i > j": lambda n, l, i, j: weight(n, l, i, j) * (2 if sp.Gt(i, j) == True else 1),  # noqa: E712
    "if l == 5": lambda n, l, i, j: weight(n, l, i, j) * (2 if l == 5 else 1),
}

FAR, FAR_AWAY = 37, {"layer": 29, "node": sp.Integer(100)}


def far(l: Any) -> int:
    return 2 if l == 41 else 1


def doubled_at(at: int, n: Any, l: Any, i: Any) -> sp.Expr:
    return step(n, l, i) * (2 if l == at else 1)


class Doubled:
    """A step that is a method, with a number of its own."""

    def __init__(self, at: int) -> None:
        self.at = at

    def step(self, n: Any, l: Any, i: Any) -> sp.Expr:
        return doubled_at(self.at, n, l, i)


HIDDEN: dict[str, Formula] = {
    "a global": lambda n, l, i: doubled_at(FAR, n, l, i),
    "a global of globals": lambda n, l, i: doubled_at(FAR_AWAY["layer"], n, l, i),
    "SymPy's 100": lambda n, l, i: step(n, l, i) * (2 if i == FAR_AWAY["node"] else 1),
    "1000": lambda n, l, i: doubled_at(1000, n, l, i),
    "in another function": lambda n, l, i: step(n, l, i) * far(l),
    "an argument given": partial(doubled_at, 31),
    "an attribute": Doubled(43).step,
    "a square": lambda n, l, i: step(n, l, i) * (2 if l * l == 121 else 1),
    "a sum": lambda n, l, i: step(n, l, i) * (2 if i + l == 70 else 1),
    "one of several": lambda n, l, i: step(n, l, i) * (2 if l in {23, 47} else 1),
    "a remainder": lambda n, l, i: step(n, l, i) * (2 if l % 13 == 0 else 1),
    "above": lambda n, l, i: step(n, l, i) * (2 if (l > 60) == True else 1),  # noqa: E712
    "a width": lambda n, l, i: step(n, l, i) * (2 if n.d[0] == 9 and n.d[l] == 4 else 1),
    "a type": lambda n, l, i: step(n, l, i) * (2 if isinstance(l, int) and l > 20 else 1),
}
"""Steps with a branch on a number that no small network reaches, where it does not stand in the function's code."""

NETWORKS = {
    "opaque": ("opaque", "opaque"),
    "tanh": ("tanh", "squared error"),
    "sigmoid": ("sigmoid", "binary cross entropy"),
    "softmax": ("tanh,softmax", "cross entropy"),
}


def mutants(network: str) -> dict[tuple[str, str], sb.Recursion]:
    """All mutants that a network may have, by part and name."""
    mixes = network == "softmax"
    own = {"base": SOFTMAX if mixes else BASE, "step": STEP, "weight": WEIGHT}
    return {
        (part, name): recursion(mixes, **{part: f})
        for part, table in own.items()
        for name, f in table.items()
    }


# --- rewrites ----------------------------------------------------------------------------------------------------


def sigma(s: Any) -> sp.Expr:
    return 1 / (1 + sp.exp(-s))


def by_slope(slope: Formula, loss: Formula | None = None) -> dict[str, Formula]:
    """The base step and the step with g' written out, in s and x; and with ∂e/∂x_j, in x and y, written out."""

    def g(n: Any, l: Any, j: Any) -> Any:
        return slope(n.s[l][j], n.x[l][j])

    def own_base(n: Any, j: Any) -> Any:
        outer = n.dloss(j) if loss is None else loss(n.x[n.L][j], n.y[j])
        return outer * g(n, n.L, j)

    return {"base": own_base, "step": lambda n, l, i: g(n, l - 1, i) * total(n, l, i)}


def of_targets(n: Any) -> sp.Sum:
    """Σ_k y_k."""
    return nodes(n, n.L, n.y[k])


def unit_targets(n: Any) -> sp.Eq:
    """Σ_k y_k = 1."""
    return sp.Eq(of_targets(n), 1)


STEP_REWRITES: dict[str, Formula] = {
    "factors the other way": lambda n, l, i: (
        nodes(n, l, n.delta[l][k] * n.w[l][i, k]) * n.dg(l - 1, i)
    ),
    "g' inside": lambda n, l, i: nodes(n, l, n.dg(l - 1, i) * product(n, l, i)),
    "another letter": lambda n, l, i: n.dg(l - 1, i) * sp.Sum(product(n, l, i, m), (m, 1, n.d[l])),
    "from 0": summed(0, lambda n, l: n.d[l] - 1, lambda n, l: k + 1),
    "from -2": summed(-2, lambda n, l: n.d[l] - 3, lambda n, l: k + 3),
    "from 3": summed(3, lambda n, l: n.d[l] + 2, lambda n, l: k - 2),
    "reversed": summed(1, lambda n, l: n.d[l], lambda n, l: n.d[l] + 1 - k),
    "reversed, from 0": summed(0, lambda n, l: n.d[l] - 1, lambda n, l: n.d[l] - k),
    "the first term apart": lambda n, l, i: (
        n.dg(l - 1, i) * (product(n, l, i, 1) + nodes(n, l, product(n, l, i), 2))
    ),
    "the last term apart": lambda n, l, i: (
        n.dg(l - 1, i) * (nodes(n, l, product(n, l, i), 1, n.d[l] - 1) + product(n, l, i, n.d[l]))
    ),
    "two halves": lambda n, l, i: step(n, l, i) / 2 + n.dg(l - 1, i) * total(n, l, i) / 2,
    "halves as decimals": lambda n, l, i: 0.5 * step(n, l, i) + step(n, l, i) / 2,
    "bias row added and taken away": lambda n, l, i: (
        n.dg(l - 1, i)
        * (
            nodes(n, l, (n.w[l][i, k] + n.w[l][0, k]) * n.delta[l][k])
            - nodes(n, l, n.w[l][0, k] * n.delta[l][k])
        )
    ),
    "δ picked": lambda n, l, i: (
        n.dg(l - 1, i)
        * nodes(n, l, n.w[l][i, k] * sp.Sum(one_if(k, m) * n.delta[l][m], (m, 1, n.d[l])))
    ),
    "w picked from all rows": lambda n, l, i: (
        n.dg(l - 1, i)
        * sp.Sum(one_if(i, m) * n.w[l][m, k] * n.delta[l][k], (m, 0, n.d[l - 1]), (k, 1, n.d[l]))
    ),
    "an empty sum": lambda n, l, i: step(n, l, i) + nodes(n, l, product(n, l, i), 1, 0),
    "times d over d": lambda n, l, i: n.d[l] * step(n, l, i) / n.d[l],
    "alike in both cases": lambda n, l, i: sp.Piecewise(
        (STEP_REWRITES["g' inside"](n, l, i), sp.Eq(i, 1)), (step(n, l, i), True)
    ),
    "alike in both branches": lambda n, l, i: (
        STEP_REWRITES["g' inside"](n, l, i) if i == 1 else step(n, l, i)
    ),
    "alike in the top layer": lambda n, l, i: (
        STEP_REWRITES["g' inside"](n, l, i) if l == n.L else step(n, l, i)
    ),
}

WEIGHT_REWRITES: dict[str, Formula] = {
    "the other way": lambda n, l, i, j: n.x[l - 1][i] * n.delta[l][j],
    "bias by Piecewise": lambda n, l, i, j: sp.Piecewise(
        (n.delta[l][j], sp.Eq(i, 0)), (weight(n, l, i, j), True)
    ),
    "bias by Ne": lambda n, l, i, j: sp.Piecewise(
        (weight(n, l, i, j), sp.Ne(i, 0)), (n.delta[l][j], True)
    ),
    "bias by if": lambda n, l, i, j: n.delta[l][j] if i == 0 else weight(n, l, i, j),
    "bias by brackets": lambda n, l, i, j: (
        n.delta[l][j] * (one_if(i, 0) + (1 - one_if(i, 0)) * n.x[l - 1][i])
    ),
    "x picked": lambda n, l, i, j: (
        n.delta[l][j] * sp.Sum(one_if(i, k) * n.x[l - 1][k], (k, 0, n.d[l - 1]))
    ),
    "δ picked": lambda n, l, i, j: nodes(n, l, one_if(k, j) * n.delta[l][k]) * n.x[l - 1][i],
}

BASE_REWRITES: dict[str, Formula] = {
    "the other way": lambda n, j: n.dg(n.L, j) * n.dloss(j),
    "∂x_j/∂s_j": lambda n, j: n.dloss(j) * n.dx(j, j),
    "the lecture's sum": softmax_base,
    "picked": lambda n, j: nodes(n, n.L, one_if(j, k) * n.dloss(k)) * n.dg(n.L, j),
}

SLOPES: dict[str, tuple[str, Formula]] = {
    "σ: x(1-x)": ("sigmoid", lambda s, x: x * (1 - x)),
    "σ: x-x²": ("sigmoid", lambda s, x: x - x**2),
    "σ: σ(s)(1-σ(s))": ("sigmoid", lambda s, x: sigma(s) * (1 - sigma(s))),
    "σ: σ(s)σ(-s)": ("sigmoid", lambda s, x: sigma(s) * sigma(-s)),
    "tanh: 1-x²": ("tanh", lambda s, x: 1 - x**2),
    "tanh: (1-x)(1+x)": ("tanh", lambda s, x: (1 - x) * (1 + x)),
    "tanh: 1-tanh²": ("tanh", lambda s, x: 1 - sp.tanh(s) ** 2),
    "tanh: sech²": ("tanh", lambda s, x: sp.sech(s) ** 2),
    "softplus: σ": ("softplus", lambda s, x: sigma(s)),
    "softplus: e^s/(1+e^s)": ("softplus", lambda s, x: sp.exp(s) / (1 + sp.exp(s))),
    "silu: x+σ(1-x)": ("silu", lambda s, x: x + sigma(s) * (1 - x)),
    "sin: cos": ("sin", lambda s, x: sp.cos(s)),
    "relu: H": ("relu", lambda s, x: sp.Heaviside(s)),
    "identity: 1": ("identity", lambda s, x: 1),
}

LOSSES: dict[str, tuple[str, Formula]] = {
    "squared error": ("tanh", lambda x, y: x - y),
    "binary cross entropy": ("sigmoid", lambda x, y: (1 - y) / (1 - x) - y / x),
    "cross entropy": ("sigmoid", lambda x, y: -y / x),
    "logistic": ("tanh", lambda x, y: -y / (1 + sp.exp(y * x))),
}

SOFTMAX_REWRITES: dict[str, tuple[Formula, bool]] = {
    "x-y": (lambda n, j: n.x[n.L][j] - n.y[j], True),
    "-(y-x)": (lambda n, j: -(n.y[j] - n.x[n.L][j]), True),
    "xΣy-y": (lambda n, j: n.x[n.L][j] * of_targets(n) - n.y[j], False),
    "Σ(x y)-y": (lambda n, j: nodes(n, n.L, n.x[n.L][j] * n.y[k]) - n.y[j], False),
    "Σy([k = j]-x) negated": (
        lambda n, j: -nodes(n, n.L, n.y[k] * (one_if(k, j) - n.x[n.L][j])),
        False,
    ),
    "e^s over their sum": (
        lambda n, j: (
            sp.exp(n.s[n.L][j]) / nodes(n, n.L, sp.exp(n.s[n.L][k])) * of_targets(n) - n.y[j]
        ),
        False,
    ),
    "Jacobian transposed": (lambda n, j: nodes(n, n.L, n.dloss(k) * n.dx(j, k)), False),
    "Jacobian written out": (
        lambda n, j: nodes(n, n.L, n.dloss(k) * n.x[n.L][k] * (one_if(k, j) - n.x[n.L][j])),
        False,
    ),
}
"""The base step after a softmax, and whether it takes the targets to add up to 1."""

FIXED_REWRITES: dict[str, dict[str, Formula]] = {
    "δ_1 alone": {"step": lambda n, l, i: n.dg(1, i) * n.w[2][i, 1] * n.delta[2][1]},
    "node 1 of the last layer": {"step": lambda n, l, i: n.dg(l - 1, i) * product(n, l, i, 1)},
    "the base step of node 1": {"base": lambda n, j: n.dloss(1) * n.dg(2, 1)},
    "both": {
        "base": lambda n, j: n.dloss(1) * n.dg(2, 1),
        "step": lambda n, l, i: n.dg(1, i) * n.w[2][i, 1] * n.delta[2][1],
    },
    "a sum to 1": {"step": lambda n, l, i: n.dg(1, i) * nodes(n, l, product(n, l, i), 1, 1)},
}
"""With numbers for indices, where the last of two layers has one node."""
