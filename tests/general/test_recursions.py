"""Recursions in letters, for every depth and width: rewrites are Proved, mutants never.

Each witness against a mutant is evaluated anew by an oracle that shares no code with the package.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import oracle
import pytest
from oracle import mp
from recursion_tables import NETWORKS, mutants

import symbackprop as sb

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


def test_most_mutants_are_refuted():
    words = Counter(verdict(*case).word for case in MUTANTS)
    assert words["proved"] == 0
    assert words.total() >= 200
    assert words["refuted"] >= 0.95 * words.total()
