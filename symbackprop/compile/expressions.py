"""An index expression and its arguments, put in order for lowering: indices that differ bear different names, each with its run.

An index that a sum binds runs as the sum says; any other is an index of the result, and runs over all entries that the
arguments have for it.  Widths that are no arguments, such as the d of Σ_{j=1}^{d}, are read from the arguments' shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..errors import InputError
from .lowering import Input, Lowering, Run, name, plus
from .nodes import Axes, Node
from .safe import safe


@dataclass(frozen=True)
class Length:
    """How long a dimension is: the index's last number is its length plus `more`."""

    source: str
    dimension: int
    more: int


@dataclass(frozen=True)
class Lowered:
    """An expression in arrays: its node, the result's axes, and for each index or width the lengths that must agree on it."""

    node: Node
    axes: Axes
    inputs: tuple[Input, ...]
    dimensions: Mapping[str, int]
    lengths: Mapping[str, tuple[Length, ...]]


def lowered(
    e: Any,
    inputs: Sequence[Input],
    find: Callable[[Any], tuple[Input, tuple[Any, ...]] | None],
    order: Sequence[Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    scalars: Mapping[Any, Node] | None = None,
) -> Lowered:
    """The expression in whole arrays; `order` are the result's indices, by default as they come up in it."""
    e = safe(_apart(e))
    bound = {limit[0]: limit for s in e.atoms(sp.Sum) for limit in s.limits}
    widths = {sp.sympify(high).as_coeff_Add()[1] for _, _, high in bound.values()}
    uses = list(_uses(e, find, widths))
    free = _free(e, uses, {*bound}, order)
    found = _starts(uses, bound, inputs)
    runs, lengths = _runs(uses, bound, free, found, scalars or {})

    def located(member: Any) -> tuple[Input, tuple[Any, ...]] | None:
        hit = find(member)
        return None if hit is None else (found[hit[0].name], hit[1])

    low = Lowering(located, runs, scalars or {}, functions or {}, frozenset(lengths))
    return Lowered(
        low.node(e),
        tuple([name(i) for i in free]),
        tuple(found.values()),
        {
            source: max(u.dimension for u in uses if u.source == source) + 1
            for source in found
            if any(u.source == source for u in uses)
        },
        lengths,
    )


# --- names ---------------------------------------------------------------------------------------------------------


def _apart(e: Any) -> Any:
    """The same with every bound index under a name of its own, so that none is taken for another."""
    taken = {name(s) for s in e.free_symbols}

    def walk(t: Any) -> Any:
        if isinstance(t, sp.Sum):
            inner, limits = walk(t.function), []
            for limit in t.limits:
                if len(limit) != 3:
                    raise InputError(f"{t}: expected limits (index, from, to), got {limit}")
                fresh = sp.Symbol(_fresh(name(limit[0]), taken), integer=True)
                inner = inner.xreplace({limit[0]: fresh})
                limits.append((fresh, *limit[1:]))
            return sp.Sum(inner, *limits)
        if not t.args or isinstance(t, sp.Indexed):
            return t
        return t.func(*[walk(a) for a in t.args])

    return walk(sp.sympify(e))


def _fresh(wanted: str, taken: set[str]) -> str:
    k = 1
    while (found := wanted if k == 1 else f"{wanted}{k}") in taken:
        k += 1
    taken.add(found)
    return found


# --- where each index runs -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """An index, or a number where `symbol` is None, in one dimension of an array: symbol + shift."""

    source: str
    dimension: int
    symbol: Any
    shift: int


def _uses(e: Any, find: Callable[[Any], Any], widths: set[Any]) -> Iterator[Use]:
    for member in sorted(e.atoms(sp.Indexed), key=sp.default_sort_key):
        hit = find(member)
        if hit is None and member in widths:
            continue
        if hit is None:
            raise InputError(f"{member}: no argument has it; expected it among the arguments")
        for k, at in enumerate(hit[1]):
            symbol, shift = _split(at, member)
            yield Use(hit[0].name, k, symbol, shift)


def _split(at: Any, member: Any) -> tuple[Any, int]:
    at = sp.sympify(at)
    shift, symbol = at.as_coeff_Add()
    if at.is_Integer:
        return None, int(at)
    if isinstance(symbol, sp.Symbol) and shift.is_Integer:
        return symbol, int(shift)
    raise InputError(f"{member}: expected a number, an index, or an index plus a number, got {at}")


def _free(e: Any, uses: list[Use], bound: set[Any], order: Sequence[Any] | None) -> tuple[Any, ...]:
    """The result's indices."""
    found = list(dict.fromkeys(u.symbol for u in uses if u.symbol is not None))
    found = [s for s in found if s not in bound]
    if order is None:
        return tuple(sorted(found, key=name))
    asked = [sp.sympify(i) for i in order]
    if {*asked} != {*found} or len({*asked}) < len(asked):
        said, got = ", ".join(map(name, asked)) or "none", ", ".join(map(name, found)) or "none"
        raise InputError(f"indices: expected those of the result, each once ({got}), got {said}")
    return tuple(asked)


def _starts(uses: list[Use], bound: Mapping[Any, Any], inputs: Sequence[Input]) -> dict[str, Input]:
    """Each argument with the index of its first entry in each dimension: as given, else 0 where 0 is used, else 1."""
    out = {}
    for source in inputs:
        dimensions = 1 + max((u.dimension for u in uses if u.source == source.name), default=-1)
        starts = []
        for k in range(dimensions):
            own = [u for u in uses if (u.source, u.dimension) == (source.name, k)]
            lows = [low for u in own if (low := _least(u, bound)) is not None]
            starts.append(0 if any(low <= 0 for low in lows) else 1)
        given = source.starts or tuple(starts)
        out[source.name] = Input(source.name, given, source.base, source.fixed)
    return out


def _least(u: Use, bound: Mapping[Any, Any]) -> int | None:
    if u.symbol is None:
        return u.shift
    if u.symbol in bound and sp.sympify(bound[u.symbol][1]).is_Integer:
        return int(bound[u.symbol][1]) + u.shift
    return None


def _runs(
    uses: list[Use],
    bound: Mapping[Any, Any],
    free: Sequence[Any],
    found: Mapping[str, Input],
    scalars: Mapping[Any, Node],
) -> tuple[dict[Any, Run], dict[str, tuple[Length, ...]]]:
    runs: dict[Any, Run] = {}
    lengths: dict[str, tuple[Length, ...]] = {}
    for i in (*free, *bound):
        most = _most([u for u in uses if u.symbol == i])
        whole = [
            Length(source, k, found[source].starts[k] - 1 - shift)
            for (source, k), shift in most.items()
        ]
        if i in bound:
            low, high = bound[i][1], sp.sympify(bound[i][2])
            if not sp.sympify(low).is_Integer:
                raise InputError(
                    f"a sum over {name(i)} from {low}: expected a number to start from"
                )
            shift, width = high.as_coeff_Add()
            known = high.is_Integer or width in scalars or not whole
            text = str(high) if high.is_Integer else plus(name(width), int(shift))
            runs[i] = Run(int(low), text, frozenset() if known else _covered(most))
            if not high.is_Integer and width not in scalars:
                if not (isinstance(width, sp.Symbol | sp.Indexed) and shift.is_Integer):
                    raise InputError(
                        f"a sum over {name(i)} to {high}: expected a number or a width"
                    )
                lengths[name(width)] = lengths.get(name(width), ()) + tuple(
                    [Length(n.source, n.dimension, n.more - int(shift)) for n in whole]
                )
        else:
            start = max(
                (found[u.source].starts[u.dimension] - u.shift for u in uses if u.symbol == i),
                default=1,
            )
            runs[i] = Run(start, f"last_{name(i)}", _covered(most))
            lengths[f"last_{name(i)}"] = tuple(whole)
    for width, known_by in lengths.items():
        if not known_by:
            raise InputError(f"{width}: no array tells it; expected it among the arguments")
    return runs, lengths


def _most(uses: list[Use]) -> dict[tuple[str, int], int]:
    """For each dimension that an index runs over, the largest number that is added to it."""
    out: dict[tuple[str, int], int] = {}
    for u in uses:
        out[u.source, u.dimension] = max(u.shift, out.get((u.source, u.dimension), u.shift))
    return out


def _covered(most: Mapping[tuple[str, int], int]) -> frozenset[tuple[str, int, int]]:
    return frozenset((source, k, shift) for (source, k), shift in most.items())
