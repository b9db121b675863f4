"""Each step of each named theorem is true in random networks of numbers, where its hypotheses are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import pytest
from models import Env, Model, choices

import symbackprop as sb
from symbackprop.derive.named import THEOREMS
from symbackprop.kernel import AtLeast, Eq, Node, Sequent, Slope, Sym, num, whole
from symbackprop.kernel.checker import replay
from symbackprop.kernel.context import context
from symbackprop.library import theorem

DEPTHS = (2, 3, 1, 4, 2, 3, 0)
ROUNDS, MOST, TRIES, FEW = 6, 40, 12, 3
"""So many models for every step; so many until a step was evaluated; so many choices of letters tried in each, so many taken."""


OF_USERS = {
    "tanh with squared error": ("tanh", "squared error"),
    "softplus with logistic": ("softplus", "logistic"),
    "relu with squared error": ("relu", "squared error"),
    "gelu with squared error": ("gelu", "squared error"),
    "sigmoid with binary cross entropy": ("sigmoid", "binary cross entropy"),
    "tanh and softmax with cross entropy": ("tanh,softmax", "cross entropy"),
}
"""What `prove` proves for every depth, with definitions of activations."""


@cache
def sequents(name: str) -> tuple[Any, tuple[Sequent, ...]]:
    """A certificate's proof, or that of a network of any depth, and what each of its steps says."""
    own = OF_USERS.get(name)
    found = sb.prove(sb.Network.any_depth(*own)).theorem if own else theorem(name)
    proof = found.proof
    ctx, done = context(proof.functions, proof.definitions), list[Sequent]()
    for step in proof.steps:
        done.append(replay(ctx, step, done))
    return proof, tuple(done)


@cache
def models(name: str) -> tuple[Model, ...]:
    """Networks for the theorem; some have outputs between 0 and 1, some targets that add up to 1, a few no layer at all."""
    p, _ = sequents(name)
    return tuple(
        [
            Model(p.functions, p.definitions, n, DEPTHS[n % len(DEPTHS)], n % 2 == 1, n % 3 > 0)
            for n in range(MOST)
        ]
    )


def situations(model: Model, s: Sequent) -> Iterator[Env]:
    """Letters for which the hypotheses hold in the model."""
    hypotheses = sorted(s.hypotheses, key=str)
    found = islice(choices(model, hypotheses, s.conclusion), TRIES)
    return islice((e for e in found if all(model.holds(h, e) for h in hypotheses)), FEW)


@cache
def evaluated(name: str) -> Counter[int]:
    """How often each step was found true; a step that is false in a model fails here."""
    _, steps = sequents(name)
    found: Counter[int] = Counter()
    rounds = ROUNDS if name in THEOREMS else 2
    for n, model in enumerate(models(name)):
        for k, s in enumerate(steps):
            for env in situations(model, s) if n < rounds or not found[k] else ():
                assert model.holds(s.conclusion, env), f"{name}, step {k}, {model.seed}, {env}: {s}"
                found[k] += 1
    return found


@pytest.mark.parametrize("name", [*THEOREMS, *OF_USERS])
def test_every_step_is_true(name):
    missing = set(range(len(sequents(name)[1]))) - set(evaluated(name))
    assert not missing


def test_enough_was_evaluated():
    assert sum(evaluated(name).total() for name in THEOREMS) >= 10_000


# --- what is false is noticed ------------------------------------------------------------------------------------


def right_side(p: Any) -> Any:
    return p.right if isinstance(p, Eq) else p.value


def with_right_side(p: Any, t: Any) -> Any:
    return Eq(p.left, t) if isinstance(p, Eq) else Slope(p.term, p.by, t)


def replaced(t: Any, f: Any) -> Any:
    """A term with f(u) for each member u in it."""
    if isinstance(t, tuple):
        return tuple([replaced(u, f) for u in t])
    if isinstance(t, Sym):
        return f(t)
    return type(t)(*[replaced(u, f) for u in t.values()]) if isinstance(t, Node) else t


def moved(place: int, by: int) -> Any:
    """Members with one of their indices moved."""

    def f(s: Sym) -> Sym:
        at = list(s.index)
        if len(at) > 1 and s.name != "#":
            at[place] = whole(at[place], by)
        return Sym(s.name, tuple(at))

    return lambda t: replaced(t, f)


def swapped(t: Any) -> Any:
    """The two nodes of each weight swapped, and x for δ."""
    other = {"w": lambda a: (a[0], *a[:0:-1]), "delta": tuple}
    return replaced(
        t, lambda s: Sym("x" if s.name == "delta" else s.name, other.get(s.name, tuple)(s.index))
    )


TAMPERED = {
    "sign": lambda t: -t,
    "doubled": lambda t: num(2) * t,
    "one more": lambda t: t + num(1),
    "the layer above": moved(0, 1),
    "the layer below": moved(0, -1),
    "the next node": moved(-1, 1),
    "w transposed, x for δ": swapped,
}


def noticed(name: str, s: Sequent) -> bool:
    """Whether some model shows that a sequent is false."""
    return any(
        not model.holds(s.conclusion, env) for model in models(name) for env in situations(model, s)
    )


def claims(name: str) -> Iterator[Sequent]:
    proof, steps = sequents(name)
    yield from [steps[k] for k in proof.claims]


@pytest.mark.parametrize("how", TAMPERED)
@pytest.mark.parametrize("name", THEOREMS)
def test_a_tampered_claim_is_noticed(name, how):
    for s in claims(name):
        wrong = TAMPERED[how](right_side(s.conclusion))
        if wrong != right_side(s.conclusion):
            conclusion = with_right_side(s.conclusion, wrong)
            assert noticed(name, Sequent(s.hypotheses, conclusion)), str(conclusion)


TRUE_BEYOND = {
    "weight gradient": "both sides are 0 where the weight is none of the network's",
    "chain rule": "both sides are 0 where the weight is none of the network's",
    "induction step": "both sides are 0 where the node is none of the network's",
    "softmax with cross entropy": "a softmax of the inputs has the same slope",
    "softmax with cross entropy, unit targets": "a softmax of the inputs has the same slope",
}
"""Theorems that hold in a little more than their ranges, and why."""


@pytest.mark.parametrize("name", [name for name in THEOREMS if name not in TRUE_BEYOND])
def test_each_range_is_needed(name):
    """Without one of its conditions on indices a claim is false somewhere."""
    beyond = {s.conclusion for other in TRUE_BEYOND for s in claims(other)}
    needed = [s for s in claims(name) if s.conclusion not in beyond]
    assert needed
    for s in needed:
        for h in [h for h in s.hypotheses if isinstance(h, AtLeast)]:
            assert noticed(name, Sequent(s.hypotheses - {h}, s.conclusion)), str(h)


def test_unit_targets_are_needed():
    (s,) = claims("softmax with cross entropy, unit targets")
    (unit,) = [h for h in s.hypotheses if isinstance(h, Eq)]
    assert noticed(
        "softmax with cross entropy, unit targets", Sequent(s.hypotheses - {unit}, s.conclusion)
    )
