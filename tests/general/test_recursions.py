"""Recursions in letters, for every depth and width: rewrites are Proved, mutants never.

Each witness against a mutant is evaluated anew by an oracle that shares no code with the package.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import oracle
import pytest
from oracle import mp
from recursion_tables import (
    BASE_REWRITES,
    FIXED_REWRITES,
    HIDDEN,
    LOSSES,
    NETWORKS,
    SLOPES,
    SOFTMAX_REWRITES,
    STEP_REWRITES,
    WEIGHT_REWRITES,
    by_slope,
    mutants,
    recursion,
    unit_targets,
)

import symbackprop as sb

# --- rewrites ----------------------------------------------------------------------------------------------------

SHAPES = {"any depth": None, "d0-d1-1": ["d0", "d1", 1], "d0-d1-d2-2": ["d0", "d1", "d2", 2]}
ROWS = {"base": BASE_REWRITES, "step": STEP_REWRITES, "weight": WEIGHT_REWRITES}
OF_PARTS = [
    (shape, part, name)
    for part, rows in ROWS.items()
    for k, name in enumerate(rows)
    for shape in ("any depth", ("d0-d1-1", "d0-d1-d2-2")[k % 2])
]
OF_SLOPES = [(shape, "slope", name) for name in SLOPES for shape in ("any depth", "d0-d1-d2-2")]
OF_LOSSES = [(shape, "loss", name) for name in LOSSES for shape in ("any depth", "d0-d1-1")]
OF_SOFTMAX = [
    (s, "softmax", name) for name in SOFTMAX_REWRITES for s in ("any depth", "d0-d1-d2-2")
]
OF_FIXED = [("d0-d1-1", "fixed", name) for name in FIXED_REWRITES]
REWRITES = [*OF_PARTS, *OF_SLOPES, *OF_LOSSES, *OF_SOFTMAX, *OF_FIXED]

BRANCH = "a letter takes no Python branch, and that both branches are alike is not looked into"
CONTRACT = "the bracket in a user's sum is not contracted"
JACOBIAN = (
    "the Jacobian of softmax is not turned, and ∂e/∂x not written out, before sums are compared"
)
KNOWN = "a sum over a known width is written out, and no longer met by what holds for all nodes"
NUMBER = (
    "a number for a layer, or for the only node of a layer, is not seen to be the letter's value"
)
OWN = "∂x_j/∂s_j alone is not read as g'"
UNKNOWN = {
    ("base", "∂x_j/∂s_j"): OWN,
    ("step", "reversed, from 0"): "a sum is turned about its ends only where it begins at 1",
    ("step", "δ picked"): CONTRACT,
    ("step", "w picked from all rows"): CONTRACT,
    ("step", "alike in both branches"): BRANCH,
    ("step", "alike in the top layer"): BRANCH,
    ("weight", "x picked"): CONTRACT,
    ("weight", "δ picked"): CONTRACT,
    ("slope", "tanh: sech²"): "sech is not written in the exponentials of tanh",
    ("slope", "relu: H"): "that s ≠ 0 is not assumed for all nodes at once",
    ("softmax", "Jacobian transposed"): JACOBIAN,
    ("softmax", "Jacobian written out"): JACOBIAN,
    ("fixed", "the base step of node 1"): NUMBER,
    ("fixed", "both"): NUMBER,
}
"""What is true and not proved, and why: on every network, and on those with letters for widths alone."""
UNKNOWN_SIZED = {
    **dict.fromkeys((("base", "the lecture's sum"), ("base", "picked")), KNOWN),
    **dict.fromkeys(
        [("softmax", n) for n in SOFTMAX_REWRITES if n not in ("xΣy-y", "Σ(x y)-y")], KNOWN
    ),
}


def unknown(shape: str, part: str, name: str) -> bool:
    return (part, name) in UNKNOWN or (shape != "any depth" and (part, name) in UNKNOWN_SIZED)


def sized(shape: str, activation: str, loss: str) -> sb.networks.GeneralNetwork:
    """A network of any depth, or with letters for its widths."""
    if SHAPES[shape] is None:
        return sb.Network.any_depth(activation, loss)
    names = activation.split(",")
    rows = [names[0]] * (len(SHAPES[shape]) - 2) + [names[-1]]
    return sb.Network(SHAPES[shape], rows, loss)


def rewritten(shape: str, part: str, name: str) -> sb.Verdict:
    """The verdict on a rewrite."""
    activation, loss, assume = "opaque", "opaque", []
    if part == "slope":
        (activation, slope), loss = SLOPES[name], "squared error"
        own = recursion(**by_slope(slope))
    elif part == "loss":
        (activation, outer), loss = LOSSES[name], name
        own = recursion(base=lambda n, j: outer(n.x[n.L][j], n.y[j]) * n.dg(n.L, j))
    elif part == "softmax":
        activation, loss, (formula, unit) = "tanh,softmax", "cross entropy", SOFTMAX_REWRITES[name]
        own = recursion(True, base=formula)
        assume = [unit_targets(sized(shape, activation, loss))] if unit else []
    elif part == "fixed":
        own = recursion(**FIXED_REWRITES[name])
    else:
        own = recursion(**{part: ROWS[part][name]})
    return sb.prove(sized(shape, activation, loss), own, assume=assume, diagnose=False)


@pytest.mark.parametrize("case", REWRITES, ids=" | ".join)
def test_rewrite(case):
    found = rewritten(*case)
    assert found.word == ("unknown" if unknown(*case) else "proved"), str(found)


def test_most_rewrites_are_proved():
    assert {*UNKNOWN, *UNKNOWN_SIZED} <= {case[1:] for case in REWRITES}
    assert sum(not unknown(*case) for case in REWRITES) >= 80


# --- mutants -----------------------------------------------------------------------------------------------------

MUTANTS = [
    (network, part, name)
    for place, network in enumerate(NETWORKS)
    for number, (part, name) in enumerate(mutants(network))
    if number % 2 == place % 2
]
"""Each mutant of a part on two of the four networks."""

FAR_BRANCHES = {("base", "if j == 4"), ("step", "if l == 9"), ("step", "if i == 4")} | {
    ("weight", "if l == 5")
}
"""Branches on numbers that no small network reaches: they are noticed, yet there is no witness."""


@cache
def verdict(network: str, part: str, name: str) -> sb.Verdict:
    """The verdict on a mutant, for networks of every depth."""
    mutant = mutants(network)[part, name]
    return sb.prove(sb.Network.any_depth(*NETWORKS[network]), mutant, diagnose=False)


def named_network(network: str, shown: str, values: dict) -> oracle.Net:
    """The small network that a verdict names, at its witness."""
    sizes, loss = shown.removesuffix(")").split(" (")
    widths = [int(d) for d in sizes.split("-")]
    names = NETWORKS[network][0].split(",")
    activations = [names[0]] * (len(widths) - 2) + [names[-1]]
    return oracle.with_values(oracle.Net(widths, activations, loss), values)


def check_witness(network: str, mutant: sb.Recursion, found: sb.Refuted) -> None:
    """Both sides of a refuted claim, by the oracle; the derivative by tangents, and by a central difference."""
    net = named_network(network, found.network, found.values)
    believed, claim = oracle.Believed(net, mutant), found.claim
    place = (claim.layer, claim.target) if claim.of == "delta" else claim.index
    right = getattr(believed, claim.of)(*place)
    variable = ("s" if claim.of == "delta" else "w", *place)
    left = net.tangent(*variable)
    assert oracle.encloses(found.left, left)
    assert oracle.encloses(found.right, right)
    assert abs(left - right) > mp.mpf(10) ** -200 * max(abs(left), abs(right))
    assert abs(left - net.derivative(*variable)) <= mp.mpf(10) ** -100 * (1 + abs(left))


@pytest.mark.parametrize("case", MUTANTS, ids=" | ".join)
def test_mutant(case):
    network, part, name = case
    found = verdict(*case)
    if (part, name) in FAR_BRANCHES:
        assert found.word == "unknown"
        assert "branch" in found.reason
        return
    assert found.word == "refuted", str(found)
    check_witness(network, mutants(network)[part, name], found)


@pytest.mark.parametrize("name", HIDDEN)
def test_a_branch_on_a_number_far_away_is_never_proved(name):
    found = sb.prove(sb.Network.any_depth(), recursion(step=HIDDEN[name]), diagnose=False)
    assert found.word == "unknown", str(found)


def test_most_mutants_are_refuted():
    words = Counter(verdict(*case).word for case in MUTANTS)
    assert words["proved"] == 0
    assert words.total() >= 200
    assert words["refuted"] >= 0.95 * words.total()


# --- small networks: by instantiation and by expansion -----------------------------------------------------------

SMALL = (
    ([1, 1], "identity", "squared error"),
    ([2, 1], "sigmoid", "cross entropy"),
    ([1, 2], "opaque", "opaque"),
    ([2, 2, 1], "tanh", "logistic"),
    ([2, 1, 2], "sigmoid", "binary cross entropy"),
    ([1, 2, 2], "softplus", "squared error"),
    ([2, 2, 2], "silu", "logistic"),
    ([2, 2, 1], "sin", "squared error"),
    ([2, 2, 2], "gelu", "squared error"),
    ([2, 2, 1], ["relu", "identity"], "squared error"),
    ([2, 2, 2], ["tanh", "softmax"], "cross entropy"),
    ([1, 2, 1, 2], ["leaky relu", "leaky relu", "tanh"], "squared error"),
)
FALSE = (
    ("base", "sign"),
    ("step", "g' dropped"),
    ("step", "w squared"),
    ("step", "doubled"),
    ("weight", "x dropped"),
    ("weight", "bias doubled"),
    ("weight", "δ squared"),
)


@pytest.mark.parametrize("row", SMALL, ids=str)
def test_both_ways_prove_the_lecture(row):
    net = sb.Network(*row)
    for by in ("expansion", "instantiation"):
        found = sb.prove(net, by=by)
        assert (found.word, found.by) == ("proved", by), str(found)


@pytest.mark.parametrize("row", SMALL, ids=str)
def test_what_expansion_refutes_is_never_proved_by_instantiation(row):
    net = sb.Network(*row)
    table = mutants("softmax" if "softmax" in row[1] else "opaque")
    for case in FALSE if len(row[0]) > 2 else [c for c in FALSE if c[0] != "step"]:
        assert sb.prove(net, table[case], by="expansion", diagnose=False).word == "refuted", case
        found = sb.prove(net, table[case], by="instantiation", diagnose=False)
        assert found.word in ("refuted", "unknown"), f"{case}: {found}"
