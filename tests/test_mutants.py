"""Mutants of the recursion over several networks: none is Proved, all are Refuted but for those that are the same function.

Each witness is evaluated anew by an oracle that shares no code with the package: ∂e by central differences, and the mutant's
own value by an independent reading of its three functions.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import oracle
import pytest
import sympy as sp
from oracle import mp

import symbackprop as sb

k = sp.Symbol("k", integer=True)
TINY = 1 + sp.Rational(1, 10**60)
FAR = 10**9


# --- the lecture's recursion, written here -----------------------------------------------------------------------------


def base(n, j):
    return n.dloss(j) * n.dg(n.L, j)


def softmax_base(n, j):
    return sp.Sum(n.dloss(k) * n.dx(k, j), (k, 1, n.d[n.L]))


def step(n, l, i):
    return n.dg(l - 1, i) * total(n, l, i)


def weight(n, l, i, j):
    return n.delta[l][j] * n.x[l - 1][i]


def total(n, l, i):
    return over_nodes(n, l, n.w[l][i, k] * n.delta[l][k])


def over_nodes(n, l, summand):
    return sp.Sum(summand, (k, 1, n.d[l]))


def beyond(s):
    """0 but far out."""
    return sp.Max(0, s - FAR)


# --- mutants ---------------------------------------------------------------------------------------------------------------

BASE = {
    "g' dropped": lambda n, j: n.dloss(j),
    "g' squared": lambda n, j: n.dloss(j) * n.dg(n.L, j) ** 2,
    "divided by g'": lambda n, j: n.dloss(j) / n.dg(n.L, j),
    "loss dropped": lambda n, j: n.dg(n.L, j),
    "loss squared": lambda n, j: n.dloss(j) ** 2 * n.dg(n.L, j),
    "zero": lambda n, j: 0,
    "one": lambda n, j: 1,
    "doubled": lambda n, j: 2 * base(n, j),
    "halved": lambda n, j: base(n, j) / 2,
    "sign": lambda n, j: -base(n, j),
    "sum for product": lambda n, j: n.dloss(j) + n.dg(n.L, j),
    "times 1 + 10^-60": lambda n, j: TINY * base(n, j),
    "plus 10^-40": lambda n, j: base(n, j) + sp.Rational(1, 10**40),
    "plus max(0, s - 10^9)": lambda n, j: base(n, j) + beyond(n.s[n.L][j]),
    "times 1 + max(0, -s - 10^9)": lambda n, j: base(n, j) * (1 + beyond(-n.s[n.L][j])),
    "loss of node 1": lambda n, j: n.dloss(1) * n.dg(n.L, j),
    "loss of the last node": lambda n, j: n.dloss(n.d[n.L]) * n.dg(n.L, j),
    "loss of the mirrored node": lambda n, j: n.dloss(n.d[n.L] + 1 - j) * n.dg(n.L, j),
    "loss of the next node": lambda n, j: n.dloss(j + 1) * n.dg(n.L, j),
    "g' of node 1": lambda n, j: n.dloss(j) * n.dg(n.L, 1),
    "g' of the mirrored node": lambda n, j: n.dloss(j) * n.dg(n.L, n.d[n.L] + 1 - j),
    "g' of the layer below": lambda n, j: n.dloss(j) * n.dg(n.L - 1, j),
    "s for g'": lambda n, j: n.dloss(j) * n.s[n.L][j],
    "x for g'": lambda n, j: n.dloss(j) * n.x[n.L][j],
    "x(1-x) for g'": lambda n, j: n.dloss(j) * n.x[n.L][j] * (1 - n.x[n.L][j]),
    "1-x² for g'": lambda n, j: n.dloss(j) * (1 - n.x[n.L][j] ** 2),
    "1+x² for g'": lambda n, j: n.dloss(j) * (1 + n.x[n.L][j] ** 2),
    "1-s² for g'": lambda n, j: n.dloss(j) * (1 - n.s[n.L][j] ** 2),
    "H(s) for g'": lambda n, j: n.dloss(j) * sp.Heaviside(n.s[n.L][j]),
    "H(-s) for g'": lambda n, j: n.dloss(j) * sp.Heaviside(-n.s[n.L][j]),
    "x-y for the loss": lambda n, j: (n.x[n.L][j] - n.y[j]) * n.dg(n.L, j),
    "y-x for the loss": lambda n, j: (n.y[j] - n.x[n.L][j]) * n.dg(n.L, j),
    "s-y for the loss": lambda n, j: (n.s[n.L][j] - n.y[j]) * n.dg(n.L, j),
    "x+y for the loss": lambda n, j: (n.x[n.L][j] + n.y[j]) * n.dg(n.L, j),
    "x for the loss": lambda n, j: n.x[n.L][j] * n.dg(n.L, j),
    "half a square for the loss": lambda n, j: (n.x[n.L][j] - n.y[j]) ** 2 / 2 * n.dg(n.L, j),
    "x-y alone": lambda n, j: n.x[n.L][j] - n.y[j],
    "the target of node 1": lambda n, j: (n.x[n.L][j] - n.y[1]) * n.dg(n.L, j),
    "summed over nodes": lambda n, j: over_nodes(n, n.L, n.dloss(k) * n.dg(n.L, k)),
    "losses summed": lambda n, j: over_nodes(n, n.L, n.dloss(k)) * n.dg(n.L, j),
    "node 1 alone": lambda n, j: sp.KroneckerDelta(j, 1) * base(n, j),
    "divided by the width": lambda n, j: base(n, j) / n.d[n.L],
    "plus y": lambda n, j: base(n, j) + n.y[j],
    "plus s": lambda n, j: base(n, j) + n.s[n.L][j],
    "absolute": lambda n, j: sp.Abs(base(n, j)),
}

SOFTMAX = {
    "transposed": lambda n, j: sp.Sum(n.dloss(k) * n.dx(j, k), (k, 1, n.d[n.L])),
    "diagonal alone": lambda n, j: n.dloss(j) * n.dx(j, j),
    "diagonal left out": lambda n, j: softmax_base(n, j) - n.dloss(j) * n.dx(j, j),
    "from 2": lambda n, j: sp.Sum(n.dloss(k) * n.dx(k, j), (k, 2, n.d[n.L])),
    "to d-1": lambda n, j: sp.Sum(n.dloss(k) * n.dx(k, j), (k, 1, n.d[n.L] - 1)),
    "from 0": lambda n, j: sp.Sum(n.dloss(k) * n.dx(k, j), (k, 0, n.d[n.L])),
    "loss of node j": lambda n, j: sp.Sum(n.dloss(j) * n.dx(k, j), (k, 1, n.d[n.L])),
    "column 1": lambda n, j: sp.Sum(n.dloss(k) * n.dx(k, 1), (k, 1, n.d[n.L])),
    "g' of softmax": lambda n, j: n.dloss(j) * n.dg(n.L, j),
    "x(1-x) for the Jacobian": lambda n, j: n.dloss(j) * n.x[n.L][j] * (1 - n.x[n.L][j]),
    "loss alone": lambda n, j: n.dloss(j),
    "x-y": lambda n, j: n.x[n.L][j] - n.y[j],
    "y-x": lambda n, j: n.y[j] - n.x[n.L][j],
    "xΣy-y": lambda n, j: n.x[n.L][j] * over_nodes(n, n.L, n.y[k]) - n.y[j],
    "xΣy": lambda n, j: n.x[n.L][j] * over_nodes(n, n.L, n.y[k]),
    "doubled": lambda n, j: 2 * softmax_base(n, j),
    "sign": lambda n, j: -softmax_base(n, j),
    "times 1 + 10^-60": lambda n, j: TINY * softmax_base(n, j),
    "plus max(0, s - 10^9)": lambda n, j: softmax_base(n, j) + beyond(n.s[n.L][j]),
}

STEP = {
    "g' dropped": lambda n, l, i: total(n, l, i),
    "g' squared": lambda n, l, i: n.dg(l - 1, i) ** 2 * total(n, l, i),
    "divided by g'": lambda n, l, i: total(n, l, i) / n.dg(l - 1, i),
    "sum dropped": lambda n, l, i: n.dg(l - 1, i),
    "sum squared": lambda n, l, i: n.dg(l - 1, i) * total(n, l, i) ** 2,
    "zero": lambda n, l, i: 0,
    "doubled": lambda n, l, i: 2 * step(n, l, i),
    "halved": lambda n, l, i: step(n, l, i) / 2,
    "sign": lambda n, l, i: -step(n, l, i),
    "times 1 + 10^-60": lambda n, l, i: TINY * step(n, l, i),
    "plus 10^-40": lambda n, l, i: step(n, l, i) + sp.Rational(1, 10**40),
    "plus max(0, s - 10^9)": lambda n, l, i: step(n, l, i) + beyond(n.s[l - 1][i]),
    "times 1 + max(0, s - 10^9)": lambda n, l, i: step(n, l, i) * (1 + beyond(n.s[l - 1][i])),
    "w dropped": lambda n, l, i: n.dg(l - 1, i) * over_nodes(n, l, n.delta[l][k]),
    "w squared": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, k] ** 2 * n.delta[l][k])
    ),
    "w transposed": lambda n, l, i: n.dg(l - 1, i) * over_nodes(n, l, n.w[l][k, i] * n.delta[l][k]),
    "w of node 1": lambda n, l, i: n.dg(l - 1, i) * over_nodes(n, l, n.w[l][1, k] * n.delta[l][k]),
    "w of the bias": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l][0, k] * n.delta[l][k])
    ),
    "w of the row above": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i - 1, k] * n.delta[l][k])
    ),
    "w of the row below": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i + 1, k] * n.delta[l][k])
    ),
    "w to node 1": lambda n, l, i: n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, 1] * n.delta[l][k]),
    "w to the mirrored node": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, n.d[l] + 1 - k] * n.delta[l][k])
    ),
    "w of the layer below": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l - 1][i, k] * n.delta[l][k])
    ),
    "w of the layer below, transposed": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l - 1][k, i] * n.delta[l][k])
    ),
    "w of the top layer": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[n.L][i, k] * n.delta[l][k])
    ),
    "bias row added": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, (n.w[l][i, k] + n.w[l][0, k]) * n.delta[l][k])
    ),
    "δ dropped": lambda n, l, i: n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, k]),
    "δ squared": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, k] * n.delta[l][k] ** 2)
    ),
    "δ of node 1": lambda n, l, i: n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, k] * n.delta[l][1]),
    "δ of node i": lambda n, l, i: n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, k] * n.delta[l][i]),
    "δ of the mirrored node": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, k] * n.delta[l][n.d[l] + 1 - k])
    ),
    "δ of the top layer": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, k] * n.delta[n.L][k])
    ),
    "δ of its own layer": lambda n, l, i: (
        n.dg(l - 1, i) * over_nodes(n, l, n.w[l][i, k] * n.delta[l - 1][k])
    ),
    "from 0": lambda n, l, i: n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 0, n.d[l])),
    "from 2": lambda n, l, i: n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 2, n.d[l])),
    "to d-1": lambda n, l, i: (
        n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 1, n.d[l] - 1))
    ),
    "to d+1": lambda n, l, i: (
        n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 1, n.d[l] + 1))
    ),
    "to the width below": lambda n, l, i: (
        n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 1, n.d[l - 1]))
    ),
    "to i": lambda n, l, i: n.dg(l - 1, i) * sp.Sum(n.w[l][i, k] * n.delta[l][k], (k, 1, i)),
    "node 1 alone": lambda n, l, i: n.dg(l - 1, i) * n.w[l][i, 1] * n.delta[l][1],
    "node 1 twice": lambda n, l, i: (
        n.dg(l - 1, i) * (total(n, l, i) + n.w[l][i, 1] * n.delta[l][1])
    ),
    "g' of node 1": lambda n, l, i: n.dg(l - 1, 1) * total(n, l, i),
    "g' of the mirrored node": lambda n, l, i: n.dg(l - 1, n.d[l - 1] + 1 - i) * total(n, l, i),
    "g' of the layer above": lambda n, l, i: n.dg(l, i) * total(n, l, i),
    "g' of the layer above, inside": lambda n, l, i: over_nodes(
        n, l, n.w[l][i, k] * n.delta[l][k] * n.dg(l, k)
    ),
    "x for g'": lambda n, l, i: n.x[l - 1][i] * total(n, l, i),
    "1-s² for g'": lambda n, l, i: (1 - n.s[l - 1][i] ** 2) * total(n, l, i),
    "product for the sum": lambda n, l, i: (
        n.dg(l - 1, i) * sp.Product(n.w[l][i, k] * n.delta[l][k], (k, 1, n.d[l]))
    ),
    "divided by the width": lambda n, l, i: step(n, l, i) / n.d[l],
    "plus δ": lambda n, l, i: step(n, l, i) + n.delta[l][1],
    "plus g'": lambda n, l, i: step(n, l, i) + n.dg(l - 1, i),
    "clipped at 0": lambda n, l, i: n.dg(l - 1, i) * sp.Max(0, total(n, l, i).doit()),
    "wrong in layer 1 alone": lambda n, l, i: step(n, l, i) * (2 if l == 2 else 1),
    "wrong at node 1 alone": lambda n, l, i: step(n, l, i) * (1 + sp.KroneckerDelta(i, 1)),
}

WEIGHT = {
    "x dropped": lambda n, l, i, j: n.delta[l][j],
    "x squared": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][i] ** 2,
    "δ dropped": lambda n, l, i, j: n.x[l - 1][i],
    "δ squared": lambda n, l, i, j: n.delta[l][j] ** 2 * n.x[l - 1][i],
    "zero": lambda n, l, i, j: 0,
    "doubled": lambda n, l, i, j: 2 * weight(n, l, i, j),
    "halved": lambda n, l, i, j: weight(n, l, i, j) / 2,
    "sign": lambda n, l, i, j: -weight(n, l, i, j),
    "sum for product": lambda n, l, i, j: n.delta[l][j] + n.x[l - 1][i],
    "times 1 + 10^-60": lambda n, l, i, j: TINY * weight(n, l, i, j),
    "plus 10^-40": lambda n, l, i, j: weight(n, l, i, j) + sp.Rational(1, 10**40),
    "plus max(0, s - 10^9)": lambda n, l, i, j: weight(n, l, i, j) + beyond(n.s[l][j]),
    "plus max(0, w - 10^9)": lambda n, l, i, j: weight(n, l, i, j) + beyond(n.w[l][i, j]),
    "x of node 1": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][1],
    "x of the bias": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][0],
    "x of node j": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][j],
    "x of the mirrored node": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][n.d[l - 1] - i],
    "x of the node before": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][i - 1],
    "x of the node after": lambda n, l, i, j: n.delta[l][j] * n.x[l - 1][i + 1],
    "x of the layer itself": lambda n, l, i, j: n.delta[l][j] * n.x[l][i],
    "x_j of the layer itself": lambda n, l, i, j: n.delta[l][j] * n.x[l][j],
    "x of the inputs": lambda n, l, i, j: n.delta[l][j] * n.x[0][i],
    "s for x": lambda n, l, i, j: n.delta[l][j] * n.s[l][j],
    "w for x": lambda n, l, i, j: n.delta[l][j] * n.w[l][i, j],
    "δ of node 1": lambda n, l, i, j: n.delta[l][1] * n.x[l - 1][i],
    "δ of node i": lambda n, l, i, j: n.delta[l][i] * n.x[l - 1][i],
    "δ of the mirrored node": lambda n, l, i, j: n.delta[l][n.d[l] + 1 - j] * n.x[l - 1][i],
    "δ of the next node": lambda n, l, i, j: n.delta[l][j + 1] * n.x[l - 1][i],
    "δ of the top layer": lambda n, l, i, j: n.delta[n.L][j] * n.x[l - 1][i],
    "δ of the layer below": lambda n, l, i, j: n.delta[l - 1][j] * n.x[l - 1][i],
    "δ summed": lambda n, l, i, j: over_nodes(n, l, n.delta[l][k]) * n.x[l - 1][i],
    "x summed": lambda n, l, i, j: n.delta[l][j] * sp.Sum(n.x[l - 1][k], (k, 0, n.d[l - 1])),
    "divided by the width": lambda n, l, i, j: weight(n, l, i, j) / n.d[l],
    "divided by the outputs": lambda n, l, i, j: weight(n, l, i, j) / n.d[n.L],
    "weight decay": lambda n, l, i, j: weight(n, l, i, j) + n.w[l][i, j] / 100,
    "plus δ": lambda n, l, i, j: weight(n, l, i, j) + n.delta[l][j],
    "bias left out": lambda n, l, i, j: weight(n, l, i, j) * (1 - sp.KroneckerDelta(i, 0)),
    "bias alone": lambda n, l, i, j: weight(n, l, i, j) * sp.KroneckerDelta(i, 0),
    "bias doubled": lambda n, l, i, j: weight(n, l, i, j) * (1 + sp.KroneckerDelta(i, 0)),
    "input 1 negated": lambda n, l, i, j: weight(n, l, i, j) * (1 - 2 * sp.KroneckerDelta(i, 1)),
    "layer 1 doubled": lambda n, l, i, j: weight(n, l, i, j) * (2 if l == 1 else 1),
    "clipped at 0": lambda n, l, i, j: n.delta[l][j] * sp.Max(0, n.x[l - 1][i]),
    "g' too many": lambda n, l, i, j: weight(n, l, i, j) * n.dg(l, j),
}

NETWORKS = {
    "2-3-1 tanh": ([2, 3, 1], ["tanh"] * 2, "squared error"),
    "2-2-2 sigmoid": ([2, 2, 2], ["sigmoid"] * 2, "binary cross entropy"),
    "2-2-2-2 opaque": ([2, 2, 2, 2], ["opaque"] * 3, "opaque"),
    "2-2-1 relu": ([2, 2, 1], ["relu", "identity"], "squared error"),
    "2-2-2 softmax": ([2, 2, 2], ["tanh", "softmax"], "cross entropy"),
    "2-2-1 softplus": ([2, 2, 1], ["softplus", "silu"], "logistic"),
    "2-2-2 gelu": ([2, 2, 2], ["gelu", "sin"], "squared error"),
    "2-2-2-2 mixed": ([2, 2, 2, 2], ["leaky relu", "tanh", "identity"], "squared error"),
}
WHOLE = ("2-3-1 tanh",)
EVERYWHERE = ("times 1 + 10^-60", "plus max(0, s - 10^9)", "w transposed", "plus max(0, w - 10^9)")
"""One network gets every mutant, and these mutants every network; the other networks get every fourth."""


def recursion(part, name, network):
    own_base = softmax_base if "softmax" in network else base
    if part == "base":
        mutants = SOFTMAX if "softmax" in network else BASE
        return sb.Recursion(mutants[name], step, weight)
    if part == "step":
        return sb.Recursion(own_base, STEP[name], weight)
    return sb.Recursion(own_base, step, WEIGHT[name])


def cases():
    for place, network in enumerate(NETWORKS):
        mutants = {
            "base": SOFTMAX if "softmax" in network else BASE,
            "step": STEP,
            "weight": WEIGHT,
        }
        every = [(part, name) for part, names in mutants.items() for name in names]
        for number, (part, name) in enumerate(every):
            whole = network in WHOLE or (part == "base" and "softmax" in network)
            if whole or name in EVERYWHERE or number % 4 == place % 4:
                yield network, part, name


CASES = list(cases())

ONE_OUTPUT = "there is one output, so it is node 1, the last and its own mirror image"
TWO_LAYERS = "there is one step, from the top layer, l = L"
EQUAL_WIDTHS = "both layers are equally wide"
SQUARED = "∂e/∂x = x - y for the squared error"
IDENTITY = "g' = 1 in the output layer"
RELU = "δ has the bracket [s > 0] already, and its square is itself; the output layer has g' = 1"

SAME = {
    ("2-3-1 tanh", "base", "loss of node 1"): ONE_OUTPUT,
    ("2-3-1 tanh", "base", "loss of the last node"): ONE_OUTPUT,
    ("2-3-1 tanh", "base", "loss of the mirrored node"): ONE_OUTPUT,
    ("2-3-1 tanh", "base", "g' of node 1"): ONE_OUTPUT,
    ("2-3-1 tanh", "base", "g' of the mirrored node"): ONE_OUTPUT,
    ("2-3-1 tanh", "base", "1-x² for g'"): "tanh' = 1 - tanh²",
    ("2-3-1 tanh", "base", "x-y for the loss"): SQUARED,
    ("2-3-1 tanh", "base", "the target of node 1"): ONE_OUTPUT + "; " + SQUARED,
    ("2-3-1 tanh", "base", "summed over nodes"): ONE_OUTPUT,
    ("2-3-1 tanh", "base", "losses summed"): ONE_OUTPUT,
    ("2-3-1 tanh", "base", "node 1 alone"): ONE_OUTPUT,
    ("2-3-1 tanh", "base", "divided by the width"): "the width of the output layer is 1",
    ("2-3-1 tanh", "step", "w to node 1"): ONE_OUTPUT,
    ("2-3-1 tanh", "step", "w to the mirrored node"): ONE_OUTPUT,
    ("2-3-1 tanh", "step", "w of the top layer"): TWO_LAYERS,
    ("2-3-1 tanh", "step", "δ of node 1"): ONE_OUTPUT,
    ("2-3-1 tanh", "step", "δ of the mirrored node"): ONE_OUTPUT,
    ("2-3-1 tanh", "step", "δ of the top layer"): TWO_LAYERS,
    ("2-3-1 tanh", "step", "node 1 alone"): ONE_OUTPUT,
    ("2-3-1 tanh", "step", "product for the sum"): "a sum and a product of one term are that term",
    ("2-3-1 tanh", "step", "divided by the width"): "the width of the output layer is 1",
    ("2-3-1 tanh", "weight", "divided by the outputs"): "there is one output",
    ("2-2-2 sigmoid", "step", "w of the top layer"): TWO_LAYERS,
    ("2-2-2-2 opaque", "step", "to the width below"): EQUAL_WIDTHS,
    ("2-2-1 relu", "base", "loss of node 1"): ONE_OUTPUT,
    ("2-2-1 relu", "base", "losses summed"): ONE_OUTPUT,
    ("2-2-1 relu", "step", "δ of the mirrored node"): ONE_OUTPUT,
    ("2-2-2 softmax", "base", "transposed"): "the Jacobian of softmax is symmetric",
    ("2-2-2 softmax", "base", "xΣy-y"): "what cross-entropy after softmax gives for any y",
    ("2-2-1 softplus", "base", "loss of the mirrored node"): ONE_OUTPUT,
    ("2-2-1 softplus", "base", "divided by the width"): "the width of the output layer is 1",
    ("2-2-1 softplus", "step", "w to node 1"): ONE_OUTPUT,
    ("2-2-2 gelu", "base", "x-y for the loss"): SQUARED,
    ("2-2-2-2 mixed", "base", "g' of node 1"): IDENTITY,
    ("2-2-1 relu", "base", "g' of node 1"): ONE_OUTPUT,
    ("2-2-2 softmax", "step", "to the width below"): EQUAL_WIDTHS,
    ("2-2-1 softplus", "step", "w of the top layer"): TWO_LAYERS,
    ("2-2-1 softplus", "step", "δ of node 1"): ONE_OUTPUT,
    ("2-2-1 softplus", "step", "divided by the width"): "the width of the output layer is 1",
    ("2-2-2 gelu", "step", "to the width below"): EQUAL_WIDTHS,
}
"""The mutants that are the same function on their network, and why."""

PARTIAL = {
    ("2-2-1 relu", "step", "divided by g'"): "1/g' has no value for s < 0, and g' = 1 for s > 0",
}
"""The mutants that agree wherever they have a value, and have none elsewhere: there is no point to refute them by."""


# --- which mutants a network can have, and whether they are the same function: by the oracle alone -------------------------


def polynomial(random, arity):
    """A polynomial of small coefficients, with its mixed squares."""
    a = [[random.randint(1, 9) for _ in range(arity)] for _ in range(3)]

    def value(*t):
        first, second, third = (
            sum((c * v for c, v in zip(row, t, strict=True)), mp.zero) for row in a
        )
        return first + second**2 / 7 - first * second * third / 99

    return value


def somewhere(network, seed):
    """The network at a random point."""
    sizes, activations, loss = NETWORKS[network]
    random, net = Random(seed), oracle.Net(sizes, activations, loss)

    def q():
        return mp.mpf(random.choice((-1, 1)) * random.randint(1, 999)) / 700

    for l in range(1, net.L + 1):
        for j in range(1, sizes[l] + 1):
            net.point |= {("w", l, i, j): q() for i in range(sizes[l - 1] + 1)}
    net.point |= {("x", 0, i): q() for i in range(1, sizes[0] + 1)}
    net.point |= {("y", j): q() for j in range(1, sizes[-1] + 1)}
    net.point |= {f"g_{l}": polynomial(random, 1) for l in range(1, net.L + 1)}
    net.point["E"] = polynomial(random, 2 * sizes[-1])
    return net


def all_values(net, mutant):
    """Every δ and every ∂e/∂w that the mutant gives."""
    b = oracle.Believed(net, mutant)
    deltas = {("s", l, j): b.delta(l, j) for l in range(net.L, 0, -1) for j in nodes(net, l)}
    return deltas | {
        ("w", l, i, j): b.weight(l, i, j)
        for l in range(1, net.L + 1)
        for i in range(net.sizes[l - 1] + 1)
        for j in nodes(net, l)
    }


def nodes(net, l):
    return range(1, net.sizes[l] + 1)


@cache
def lacking(network, part, name):
    """Whether the mutant names what the network has not, such as δ_0."""
    try:
        all_values(somewhere(network, 1), recursion(part, name, network))
    except oracle.Missing:
        return True
    except ZeroDivisionError:
        pass  # it divides by a g' that is 0 there
    return False


def agrees(shown, values):
    return all(
        abs(shown[v] - values[v]) <= mp.mpf(10) ** -100 * (1 + abs(values[v])) for v in shown
    )


# --- tests -----------------------------------------------------------------------------------------------------------------


def check_witness(network, mutant, claim, refuted):
    """Both sides of a refuted claim at its witness, by the oracle."""
    net = oracle.with_values(oracle.Net(*NETWORKS[network]), refuted.values)
    believed = oracle.Believed(net, mutant)
    if claim.of == "delta":
        variable = ("s", claim.layer, claim.target)
        right = believed.delta(claim.layer, claim.target)
    else:
        variable = ("w", claim.layer, claim.source, claim.target)
        right = believed.weight(claim.layer, claim.source, claim.target)
    left = net.tangent(*variable)
    assert oracle.encloses(refuted.left, left)
    assert oracle.encloses(refuted.right, right)
    assert abs(left - right) > mp.mpf(10) ** -200 * max(abs(left), abs(right))
    if all(abs(v) < FAR for v in net.point.values() if not callable(v)):
        assert abs(left - net.derivative(*variable)) <= mp.mpf(10) ** -100 * (1 + abs(left))


@pytest.mark.parametrize("case", CASES, ids=" | ".join)
def test_mutant(case):
    network, part, name = case
    sizes, activations, loss = NETWORKS[network]
    net = sb.Network(sizes, activation=activations, loss=loss)
    mutant = recursion(part, name, network)
    if lacking(network, part, name):
        with pytest.raises(sb.InputError, match=f"recursion, {part}"):
            sb.prove(net, mutant)
        return
    verdict = sb.prove(net, mutant, diagnose=False)
    if case in SAME:
        assert verdict.word == "proved"
        return
    if case in PARTIAL:
        assert verdict.word == "unknown"
        return
    assert verdict.word == "refuted", str(verdict)
    check_witness(network, mutant, verdict.claim, verdict)
    refuted = [(c, v) for c, v in verdict.claims if isinstance(v, sb.Refuted)]
    check_witness(network, mutant, *refuted[-1])


@pytest.mark.parametrize("case", SAME, ids=" | ".join)
def test_same_function(case):
    """Those that are excepted do agree with the derivatives, at random points."""
    network, part, name = case
    for seed in (2, 3):
        net = somewhere(network, seed)
        values = all_values(net, recursion(part, name, network))
        assert agrees(values, {v: net.derivative(*v) for v in values})


def test_count():
    rest = [case for case in CASES if case not in SAME and case not in PARTIAL]
    kinds = Counter("lacking" if lacking(*case) else "refuted" for case in rest)
    assert kinds["refuted"] >= 200
    assert len(rest) == len(CASES) - len(SAME) - len(PARTIAL)
