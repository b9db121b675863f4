"""Random index expressions, with ranges that fit their arrays, for the compiler to be tried on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import sympy as sp
from entries import World, entries

D, N, M = sp.symbols("d n m", integer=True)
WIDTHS = {"d": 3, "n": 2, "m": 4}
INDICES = {"i": ("d", D), "j": ("n", N), "k": ("m", M)}
ARRAYS = {"a": "i", "b": "j", "c": "k", "u": "ij", "v": "ji", "q": "ii", "r": "ijk", "w": "ki"}
"""Of each array, the index that runs over each dimension, from 0 to the width and one more: shifts by 1 stay inside."""
SMALL = [-2, -1, Fraction(-1, 2), Fraction(1, 3), 1, 2, 3]


class Expressions:
    """One random expression a call; the names in scope are those that a sum around has bound, or that are free."""

    def __init__(self, seed: int, rational: bool = False, shifts: bool = True) -> None:
        self.random = Random(seed)
        self.rational, self.shifts = rational, shifts

    def term(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        """`scope`: of each range (i, j, k), the symbols that run over it."""
        kinds = [self.leaf] if depth == 0 else self.kinds()
        return self.random.choice(kinds)(depth - 1, scope)

    def kinds(self) -> list[Any]:
        both = [self.add, self.add, self.multiply, self.multiply, self.multiply, self.sum, self.sum]
        both += [
            self.sum,
            self.leaf,
            self.cases,
            self.extreme,
            self.square,
            self.divided,
            self.same,
        ]
        return both if self.rational else [*both, self.function, self.function, self.root]

    def symbol(self, at: str, scope: dict[str, list[Any]]) -> Any:
        symbols = scope.get(at) or []
        if not symbols or self.random.random() < 0.1:
            return sp.Integer(self.random.choice([1, 1, 2]))
        shift = self.random.choice([0] * 8 + [1, -1]) if self.shifts else 0
        return self.random.choice(symbols) + shift

    def leaf(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        draw = self.random.random()
        inside = [s for symbols in scope.values() for s in symbols]
        if draw < 0.1:
            return sp.Rational(self.random.choice(SMALL))
        if draw < 0.2 and inside:
            return self.random.choice(inside)
        if draw < 0.25:
            return sp.Symbol("z", real=True)
        name = self.random.choice([*ARRAYS])
        return sp.IndexedBase(name, real=True)[tuple(self.symbol(s, scope) for s in ARRAYS[name])]

    def add(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        return self.term(depth, scope) + self.random.choice([1, -1]) * self.term(depth, scope)

    def multiply(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        return self.term(depth, scope) * self.term(depth, scope)

    def divided(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        return self.term(depth, scope) / (self.term(depth, scope) ** 2 + 1)

    def square(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        return self.term(depth, scope) ** self.random.choice([2, 2, 3])

    def sum(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        """A sum whose index may bear a name that is in scope already, or free elsewhere."""
        at = self.random.choice([*INDICES])
        index = sp.Symbol(self.random.choice([at, at, f"{at}1", "l"]), integer=True)
        hidden = {k: [s for s in v if s != index] for k, v in scope.items()}
        inner = {**hidden, at: [*hidden.get(at, []), index]}
        width: Any = INDICES[at][1]
        end = self.random.choice([width, width, width, width - 1, WIDTHS[INDICES[at][0]], 2])
        start = self.random.choice([1, 1, 1, 2]) if end == width else 1
        return sp.Sum(self.term(depth, inner), (index, start, end))

    def condition(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        kind = self.random.choice([sp.Gt, sp.Lt, sp.Ge, sp.Le])
        return kind(self.term(min(depth, 1), scope), self.term(0, scope))

    def cases(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        cond = self.condition(depth, scope)
        return sp.Piecewise((self.term(depth, scope), cond), (self.term(depth, scope), True))

    def extreme(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        return self.random.choice([sp.Max, sp.Min])(self.term(depth, scope), self.term(0, scope))

    def same(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        at = self.random.choice([*INDICES])
        delta = sp.KroneckerDelta(self.symbol(at, scope), self.symbol(at, scope))
        return delta * self.term(depth, scope)

    def function(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        t = self.term(depth, scope)
        bounded = t / (1 + t**2)
        return self.random.choice([sp.exp, sp.tanh, sp.sin, sp.cos])(bounded)

    def root(self, depth: int, scope: dict[str, list[Any]]) -> Any:
        t = self.term(depth, scope) ** 2 + 1
        return self.random.choice(
            [sp.sqrt(t), 1 / sp.sqrt(t), sp.log(t), t ** sp.Rational(2, 3), t ** sp.Rational(-3, 4)]
        )


class Unfit(Exception):  # noqa: N818 - no fault: two places ask for different lengths
    """No shapes fit the expression."""


def places(e: Any, scope: dict[Any, Any]) -> Iterator[tuple[str, int, Any, int, Any]]:
    """Of each index in the expression: array, dimension, symbol, shift, and the limits of the sum that binds it."""
    if isinstance(e, sp.Sum):
        for index, low, high in reversed(e.limits):
            scope = {**scope, index: (low, high)}
        yield from places(e.function, scope)
    elif isinstance(e, sp.Indexed):
        for k, at in enumerate(e.indices):
            shift, symbol = at.as_coeff_Add()
            bound = isinstance(symbol, sp.Symbol)
            yield str(e.base.label), k, symbol if bound else None, int(shift), scope.get(symbol)
    else:
        for a in e.args:
            yield from places(a, scope)


def fitted(e: Any, widths_given: bool) -> tuple[World, list[tuple[str, range]]]:
    """Arrays as long as the widths and the indices of the result say, and where those run."""
    at = [*places(e, {})]
    firsts: dict[tuple[str, int], int] = {}
    ends: dict[tuple[str, int], dict[str, int]] = {}
    for name, k, symbol, shift, limits in at:
        low, (word, high) = (1, ("", 0)) if symbol is None else (1, (f"last {symbol}", 0))
        if limits is not None:
            more, width = limits[1].as_coeff_Add()
            low, word, high = int(limits[0]), str(width) if width != 0 else "", int(more)
        low, high = (shift, shift) if symbol is None else (low + shift, high + shift)
        firsts[name, k] = min(low, firsts.get((name, k), 1))
        reach = ends.setdefault((name, k), {})
        reach[word] = max(high, reach.get(word, high))
    values = {**WIDTHS, "": 0, **{f"last {s}": WIDTHS[INDICES[s][0]] for s in INDICES}}
    shapes = {}
    for place, reach in ends.items():
        sure = {w: values[w] + m for w, m in reach.items()}
        free = {n for w, n in sure.items() if w.startswith("last") or (w and not widths_given)}
        if len(free) > 1 or any(n > max(free, default=n) for n in sure.values()):
            raise Unfit
        shapes[place] = max(free or {max(sure.values()) + 1})
    return _world(shapes, firsts), _ranges(at, firsts)


def _world(shapes: dict[tuple[str, int], int], firsts: dict[tuple[str, int], int]) -> World:
    random = Random(str(shapes))
    arrays, starts = {}, {}
    for name in sorted({name for name, _ in shapes}):
        low = [min(firsts[name, k], 1) for k in range(len(ARRAYS[name]))]
        shape = [shapes[name, k] - low[k] + 1 for k in range(len(low))]
        n = int(np.prod(shape))
        flat = [Fraction(random.randint(-4, 4), random.choice([1, 2, 4])) for _ in range(n)]
        arrays[name] = np.array(flat, dtype=object).reshape(shape)
        starts[name] = tuple(low)
    return World(arrays, starts, {**WIDTHS, "z": Fraction(3, 4)}, {})


def _ranges(at: Any, firsts: dict[tuple[str, int], int]) -> list[tuple[str, range]]:
    low: dict[str, int] = {}
    for name, k, symbol, shift, limits in at:
        if symbol is not None and limits is None:
            start = min(firsts[name, k], 1) - shift
            low[symbol.name] = max(start, low.get(symbol.name, start))
    return [(s, range(low[s], WIDTHS[INDICES[s][0]] + 1)) for s in sorted(low)]


def tried(e: Any, seed: int, lambdify: Any) -> tuple[Any, Any, Any]:
    """The compiled function, what the oracle says, and what it gave."""
    given = seed % 2 == 0
    world, free = fitted(e, given)
    names = [*world.arrays]
    scalars = [
        s for s in sorted(e.free_symbols, key=str) if str(s) in {"z", *(WIDTHS if given else ())}
    ]
    bases = [sp.IndexedBase(n, real=True) for n in names]
    f = lambdify(e, [*bases, *scalars], starts=world.starts)
    want = entries(e, world, free)
    got = f(*world.arrays.values(), *[world.numbers[str(s)] for s in scalars])
    return f, want, got


def close(got: Any, want: Any, exact: bool) -> bool:
    if np.shape(got) != want.shape:
        return False
    if exact and got.__class__ is not np.float64:
        return all(
            g == v and isinstance(g, Fraction | int)
            for g, v in zip(np.ravel(got), want.ravel(), strict=True)
        )
    far = np.array(want, dtype=float)
    return bool(np.allclose(np.asarray(got, dtype=float), far, rtol=1e-9, atol=1e-9))
