"""Whether a recursion's functions say of numbers what they say of letters.

A function may branch on an index in Python, and a letter takes no branch that is meant for a number.  So the functions are
called with numbers too: small ones, and all that stand in their code, with those next to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from types import CodeType, FunctionType, MethodType
from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import KernelError
from ..kernel.normal import Ring
from ..network.architecture import Architecture
from ..network.indexed import DEPTH, I, J, L
from ..network.recursion import Part, Recursion, View
from ..network.symbols import Quantity
from ..network.theory import reader
from .indexed import General, Written

LARGEST, MOST, SMALL = 60, 2_000, (1, 2, 3, 4)
"""Numbers of up to so much are tried, found in so many values that a function refers to; and these in any case."""


def agrees(net: General, own: Written, recursion: Recursion, seed: int = 0) -> bool:
    """Whether the formulas in letters are what the functions give for numbers, wherever that was tried."""
    numbers = _numbers(recursion)
    random = Random(seed)
    try:
        return all(
            _agrees_on(n, own, recursion, numbers, random) for n in _networks(net, numbers, random)
        )
    except (InputError, KernelError):
        return False


def _numbers(recursion: Recursion) -> list[int]:
    """What indices, depths and widths are tried as."""
    functions = (recursion.base, recursion.step, recursion.weight)
    found = {k for f in functions for k in _constants(f)}
    near = {a + b for a in found for b in (-2, -1, 0, 1, 2)} | {a + b for a in found for b in found}
    return sorted({*SMALL, *[k for k in near if 1 <= k <= LARGEST]})


def _constants(f: Callable[..., Any]) -> Iterator[int]:
    """The integers that a function may know: in its code, its closure, its globals, its defaults, its bound arguments."""
    todo, seen = [f], set[int]()
    while todo and len(seen) < MOST:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if (
            isinstance(value, int | sp.Integer)
            and not isinstance(value, bool)
            and abs(value) <= LARGEST
        ):
            yield int(value)
        todo += _known_to(value)


def _known_to(value: Any) -> list[Any]:
    """What a value refers to: functions, code, containers and instances are looked into."""
    if isinstance(value, CodeType):
        return list(value.co_consts)
    if isinstance(value, FunctionType):
        cells = [c.cell_contents for c in value.__closure__ or () if _filled(c)]
        used = [value.__globals__.get(name) for name in value.__code__.co_names]
        return [value.__code__, *(value.__defaults__ or ()), *cells, *used]
    if isinstance(value, MethodType):
        return (
            [value.__func__, *vars(value.__self__).values()]
            if hasattr(value.__self__, "__dict__")
            else [value.__func__]
        )
    if isinstance(value, partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, dict):
        return [*value, *value.values()]
    return list(value) if isinstance(value, tuple | list | set | frozenset) else []


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - an empty cell raises
    except ValueError:
        return False
    return True


def _networks(net: General, numbers: list[int], random: Random) -> Iterator[Architecture]:
    """Networks whose depth, or whose widths, are each of the numbers."""
    depths = numbers if net.depth is None else [net.depth]
    for depth in depths:
        yield _network(net, depth, lambda: random.choice(numbers[-4:]))
    for width in numbers:
        yield _network(net, depths[min(1, len(depths) - 1)], partial(int, width))


def _network(net: General, depth: int, width: Callable[[], int]) -> Architecture:
    widths = [net.widths.get(l) or width() for l in range(depth + 1)]
    if net.last.mixes and net.widths.get(depth) is None:
        widths[-1] = max(2, widths[-1])
    return Architecture(widths, [net.hidden] * (depth - 1) + [net.last], net.loss)


SAMPLES = 10


def _agrees_on(
    net: Architecture, own: Written, recursion: Recursion, numbers: list[int], random: Random
) -> bool:
    """The same on one network, for some of its layers and nodes."""
    ring, read, n = Ring(), reader(net), View(net)

    def same(part: str, f: Any, formula: Any, layer: tuple[int, ...], at: dict[Any, int]) -> bool:
        called = Part(part, f, n, layer, tuple(at), read, {}).at(*at.values())
        letters = {**at, **({L: layer[0]} if layer else {})}
        return ring.poly(called) == ring.poly(read.term(numbered(net, formula, letters)))

    def some(low: int, high: int) -> int:
        near = [k for k in numbers if low <= k <= high]
        return random.choice(near) if near and random.random() < 0.8 else random.randint(low, high)

    for _ in range(SAMPLES):
        l = some(1, net.L)
        i, j = some(0, net.d[l - 1]), some(1, net.d[l])
        formula = own.weight if i else own.bias
        good = same("base", recursion.base, own.base, (), {J: some(1, net.d[net.L])})
        good = good and same("weight", recursion.weight, formula, (l,), {I: i, J: j})
        if l > 1:
            good = good and same("step", recursion.step, own.step, (l,), {I: some(1, net.d[l - 1])})
        if not good:
            return False
    return True


def numbered(net: Architecture, e: Any, numbers: dict[Any, int]) -> Any:
    """An expression in letters with numbers for L, for widths, and for the letters in `numbers`."""
    if not isinstance(e, sp.Basic):
        return e
    e = e.xreplace({DEPTH: sp.Integer(net.L), **{k: sp.Integer(v) for k, v in numbers.items()}})
    widths = {
        q: q.indices[0] for q in e.atoms(Quantity) if q.family == "d" and q.indices[0].is_Integer
    }
    return e.xreplace(
        {q: sp.Integer(net.d[int(l)]) for q, l in widths.items() if 0 <= int(l) <= net.L}
    )
