"""Theorems of the package in a derivation: their certificates, replayed where the definitions are the same."""

from __future__ import annotations

from ..derive.script import Script
from ..errors import InputError
from ..library import theorem


def replayed(b: Script, name: str) -> tuple[int, ...]:
    """The steps of a theorem's claims in a script.  InputError where it is about other definitions."""
    proof = theorem(name).proof
    same = set(proof.definitions) <= set(b.definitions) and set(proof.functions) <= set(b.functions)
    if not same:
        raise InputError(
            f"theorem {name!r} is about any activations and any error: expected a derivation on Network.any_depth()"
        )
    numbers: list[int] = []
    for s in proof.steps:
        uses, grounds = ([numbers[k] for k in ks] for ks in (s.uses, s.grounds))
        numbers.append(b.step(s.rule, s.conclusion, uses, s.extra, grounds))
    return tuple([numbers[k] for k in proof.claims])
