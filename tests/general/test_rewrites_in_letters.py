"""Recursions in letters that mean the same as the lecture's: Proved, or known to be Unknown, and never Refuted."""

from __future__ import annotations

import pytest
from recursion_tables import (
    BASE_REWRITES,
    LOSSES,
    SLOPES,
    SOFTMAX_REWRITES,
    STEP_REWRITES,
    WEIGHT_REWRITES,
    by_slope,
    recursion,
    step,
    total,
    unit_targets,
)

import symbackprop as sb

NETWORKS = {
    "any depth": sb.Network.any_depth(),
    "d0-d1-1": sb.Network(["d0", "d1", 1], "opaque", "opaque"),
    "d0-d1-d2-2": sb.Network(["d0", "d1", "d2", 2], "opaque", "opaque"),
}
PARTS = {"base": BASE_REWRITES, "step": STEP_REWRITES, "weight": WEIGHT_REWRITES}
REWRITES = [(net, part, name) for part, rows in PARTS.items() for name in rows for net in NETWORKS]

BRANCH = "a Python branch on a letter: both branches are alike, which is not looked into"
CONTRACT = "a user's Σ [k = m] … is not contracted"
KNOWN = "a sum over a known width is written out before it is compared"
SLOPE = "∂x_j/∂s_j is not read as g'"
UNKNOWN = {
    ("any depth", "base", "∂x_j/∂s_j"): SLOPE,
}
"""True, and not proved: why."""


def judged(net, own, assume=()) -> sb.Verdict:
    return sb.prove(net, own, assume=assume, diagnose=False)


def check(case, verdict: sb.Verdict) -> None:
    assert verdict.word == ("unknown" if case in UNKNOWN else "proved"), str(verdict)


@pytest.mark.parametrize("case", REWRITES, ids=" | ".join)
def test_a_part_rewritten(case):
    net, part, name = case
    check(case, judged(NETWORKS[net], recursion(**{part: PARTS[part][name]})))


LETTERS = [(how, name) for name in SLOPES for how in ("any depth", "letters")]


def sized(how: str, activation: str, loss: str, sizes: list) -> sb.networks.GeneralNetwork:
    """A network of any depth, or with letters for its widths."""
    if how == "any depth":
        return sb.Network.any_depth(activation, loss)
    return sb.Network(sizes, activation.split(","), loss)


@pytest.mark.parametrize("case", LETTERS, ids=" | ".join)
def test_slopes_written_out(case):
    how, name = case
    activation, slope = SLOPES[name]
    net = sized(how, activation, "squared error", ["d0", "d1", "d2", 2])
    check(case, judged(net, recursion(**by_slope(slope))))
