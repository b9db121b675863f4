"""A certificate with one leaf changed, each in turn, and what the kernel makes of it."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from symbackprop.kernel import KernelError, Theorem, read
from symbackprop.kernel.certificate import text

Place = tuple[Any, ...]


def leaves(data: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """All numbers, strings and lists, with where they stand."""
    yield place, data
    if isinstance(data, dict | list):
        for k in data if isinstance(data, dict) else range(len(data)):
            yield from leaves(data[k], (*place, k))


def others(value: Any, names: list[str]) -> Iterator[Any]:
    """What a leaf may be changed to."""
    if isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        yield names[(names.index(value) + 1) % len(names)]
        yield {"0": "1", "1": "-1"}.get(value, "2") if value[-1:].isdigit() else value + "_"
        yield value.swapcase()
    elif isinstance(value, list):
        for k, v in enumerate(value):
            yield value[:k] + value[k + 1 :]
            yield [*value[:k], v, *value[k:]]
            if k and value[k - 1] != v:
                yield [*value[: k - 1], v, value[k - 1], *value[k + 1 :]]


def changed(data: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    k, *rest = place
    new = dict(data) if isinstance(data, dict) else list(data)
    new[k] = changed(data[k], tuple(rest), value)
    return new


def changes(data: Any) -> Iterator[tuple[Place, Any]]:
    """Where a leaf may be changed, and to what."""
    names = sorted({v for _, v in leaves(data) if isinstance(v, str)})
    for place, value in leaves(data):
        yield from ((place, other) for other in others(value, names) if other != value)


def outcomes(source: str, sample: int | None = None) -> tuple[Counter[str], list[Any]]:
    """How many mutants are refused, say something else, prove it otherwise, or go unnoticed; and the last.

    Unnoticed is what changes the definitions, or what the theorem assumes or says, and not its text.
    """
    data, before = json.loads(source), read(source)
    every = [*changes(data)]
    chosen = every if sample is None else random.Random(source).sample(every, sample)
    counts, unnoticed = Counter[str](), list[Any]()
    for place, other in chosen:
        try:
            after = read(text(changed(data, place, other)))
        except KernelError:
            counts["refused"] += 1
            continue
        if str(after) != str(before):
            counts["another statement"] += 1
        elif said(after) == said(before):
            counts["another proof"] += 1
        else:
            counts["unnoticed"] += 1
            unnoticed.append((place, other))
    return counts, unnoticed


def said(theorem: Theorem) -> Any:
    return theorem.proof.functions, theorem.proof.definitions, theorem.sequents
