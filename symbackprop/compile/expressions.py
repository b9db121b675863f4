"""An index expression and its arguments, put in order for lowering: indices that differ bear different names, each with its run.

An index that a sum binds runs as the sum says; any other is an index of the result, and runs over all entries that the
arguments have for it.  Widths that are no arguments, such as the d of Σ_{j=1}^{d}, are read from the arguments' shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from ..errors import InputError
from .apart import apart
from .lowering import Input, Lowering, Run
from .names import name
from .nodes import Axes, Node, Value, plus
from .safe import safe


@dataclass(frozen=True)
class Length:
    """How long a dimension is: the index's last number is its length plus `more`."""

    source: str
    dimension: int
    more: int


@dataclass(frozen=True)
class Need:
    """A dimension has at least `width` + `more` entries; without a source, the width is at least `least`."""

    source: str
    dimension: int
    width: str
    more: int
    least: int = 0


@dataclass(frozen=True)
class Lowered:
    """An expression in arrays: its node, the result's axes, and for each index or width the lengths that must agree on it."""

    node: Node
    axes: Axes
    inputs: tuple[Input, ...]
    dimensions: Mapping[str, int]
    lengths: Mapping[str, tuple[Length, ...]]
    needs: tuple[Need, ...] = ()


def lowered(
    e: Any,
    inputs: Sequence[Input],
    find: Callable[[Any], tuple[Input, tuple[Any, ...]] | None],
    order: Sequence[Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    scalars: Mapping[Any, Node] | None = None,
    firsts: Mapping[str, int] | None = None,
) -> Lowered:
    """The expression in whole arrays; `order` are the result's indices, by default as they come up in it.

    `firsts`: of indices of the result, by name, the first number where all arrays have more.
    """
    scalars, firsts = scalars or {}, firsts or {}
    e = safe(apart(e))
    bound = {limit[0]: limit for s in e.atoms(sp.Sum) for limit in s.limits}
    widths = {sp.sympify(high).as_coeff_Add()[1] for _, _, high in bound.values()}
    uses = list(_uses(e, find, {*widths, *scalars}))
    free = _free(e, uses, {*bound}, order)
    lows = {i: bound[i][1] for i in bound} | {i: firsts[name(i)] for i in free if name(i) in firsts}
    found = _starts(uses, lows, inputs)
    runs, reaches = _runs(uses, bound, free)
    runs |= {i: replace(runs[i], low=_first(i, uses, found, firsts)) for i in free}
    known = {node.name for node in (scalars).values() if isinstance(node, Value)}
    lengths = _lengths(reaches, found, known)
    runs = {i: _whole(run, lengths, found) for i, run in runs.items()}
    _told(runs, lengths, known)
    for width in {*lengths} & {*found}:
        raise InputError(f"{width}: an array and the end of a sum have one name")

    def located(member: Any) -> tuple[Input, tuple[Any, ...]] | None:
        hit = find(member)
        return None if hit is None else (found[hit[0].name], hit[1])

    low = Lowering(located, runs, scalars, functions or {}, frozenset(lengths))
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
        _needs(uses, reaches, found, runs),
    )


# --- where each index runs -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """An index, or a number where `symbol` is None, in one dimension of an array: symbol + shift."""

    source: str
    dimension: int
    symbol: Any
    shift: int


def _uses(e: Any, find: Callable[[Any], Any], widths: set[Any]) -> Iterator[Use]:
    counts: dict[str, int] = {}
    for member in sorted(e.atoms(sp.Indexed), key=sp.default_sort_key):
        hit = find(member)
        if hit is None and member in widths:
            continue
        if hit is None:
            raise InputError(f"{member}: no argument has it; expected it among the arguments")
        if counts.setdefault(hit[0].name, len(hit[1])) != len(hit[1]):
            known = counts[hit[0].name]
            raise InputError(f"{hit[0].name}: expected {known} indices everywhere, got {member}")
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
    if not isinstance(order, list | tuple):
        raise InputError(f"indices: expected a list of symbols, got {order!r}")
    named = {name(i): i for i in found}
    asked = [named.get(str(i), i) for i in order]
    if {*asked} != {*found} or len({*asked}) < len(asked):
        said, got = ", ".join(map(name, asked)) or "none", ", ".join(map(name, found)) or "none"
        raise InputError(f"indices: expected those of the result, each once ({got}), got {said}")
    return tuple(asked)


def _starts(uses: list[Use], lows: Mapping[Any, Any], inputs: Sequence[Input]) -> dict[str, Input]:
    """Each argument with the index of its first entry in each dimension: as given, else 0 where 0 is used, else 1."""
    out = {}
    for source in inputs:
        own = [u for u in uses if u.source == source.name]
        count = 1 + max((u.dimension for u in own), default=-1)
        least = [_least([u for u in own if u.dimension == k], lows) for k in range(count)]
        given = source.starts or tuple(least)
        if own and len(given) != count:
            raise InputError(f"starts of {source.name}: expected {count} numbers, got {given}")
        one = source.one and least == [0]
        out[source.name] = replace(source, starts=(0,) if one else given, one=one)
    return out


def _least(uses: list[Use], lows: Mapping[Any, Any]) -> int:
    """0 where an index of a dimension comes to 0, else 1."""
    starts = [(u.shift, sp.Integer(0) if u.symbol is None else lows.get(u.symbol)) for u in uses]
    firsts = [shift + int(low) for shift, low in starts if isinstance(low, int | sp.Integer)]
    return 0 if min(firsts, default=1) <= 0 else 1


@dataclass(frozen=True)
class Reach:
    """The last entry of a dimension that an index comes to: the number `end`, by its name, plus `more`."""

    source: str
    dimension: int
    end: str
    more: int


def _runs(
    uses: list[Use],
    bound: Mapping[Any, Any],
    free: Sequence[Any],
) -> tuple[dict[Any, Run], list[Reach]]:
    """Where each index runs, and how far that reaches in the arrays."""
    runs = {i: _bound_run(i, bound[i], {*bound, *free}) for i in bound}
    runs |= {i: Run(1, f"last_{name(i)}") for i in free}
    reaches = [
        Reach(u.source, u.dimension, *_end(runs[u.symbol].high, u.shift))
        for u in uses
        if u.symbol is not None
    ]
    return runs, reaches


def _first(i: Any, uses: list[Use], found: Mapping[str, Input], firsts: Mapping[str, int]) -> int:
    """The first number of an index of the result: all arrays have entries from there on."""
    own = [u for u in uses if u.symbol == i]
    starts = [found[u.source].starts[u.dimension] - u.shift for u in own]
    return max([*starts, firsts.get(name(i), starts[0])])


def _told(
    runs: Mapping[Any, Run], lengths: Mapping[str, tuple[Length, ...]], known: set[str]
) -> None:
    for run in runs.values():
        end, _ = _end(run.high, 0)
        if end and end not in lengths and end not in known:
            raise InputError(f"{end}: no array tells it; expected it among the arguments")


def _bound_run(i: Any, limit: Any, indices: set[Any]) -> Run:
    low, high = sp.sympify(limit[1]), sp.sympify(limit[2])
    if not low.is_Integer:
        raise InputError(f"a sum over {name(i)} from {low}: expected a number to start from")
    shift, width = high.as_coeff_Add()
    if high.is_Integer:
        return Run(int(low), str(high))
    told = isinstance(width, sp.Symbol | sp.Indexed) and shift.is_Integer
    if not told or {width, *getattr(width, "indices", ())} & indices:
        raise InputError(f"a sum over {name(i)} to {high}: expected a number or a width")
    return Run(int(low), plus(name(width), int(shift)))


def _end(high: str, shift: int) -> tuple[str, int]:
    """The text of a width plus a number as both; of a number as "" and that.

    >>> _end("d - 1", 1), _end("3", 1)
    (('d', 0), ('', 4))
    """
    word, _, _ = high.partition(" ")
    if word.lstrip("-").isdigit():
        return "", int(word) + shift
    whole = plus(high, shift)
    return word, 0 if whole == word else int(whole.removeprefix(word).replace(" ", ""))


def _lengths(
    reaches: list[Reach], found: Mapping[str, Input], known: set[str]
) -> dict[str, tuple[Length, ...]]:
    """Of each width that is no argument, and of each index of the result, the dimensions that tell how long it is."""
    most: dict[tuple[str, int, str], int] = {}
    for r in reaches:
        if r.end and r.end not in known:
            at = (r.source, r.dimension, r.end)
            most[at] = max(r.more, most.get(at, r.more))
    out: dict[str, tuple[Length, ...]] = {}
    for (source, k, end), more in most.items():
        told = Length(source, k, found[source].starts[k] - 1 - more)
        out[end] = (*out.get(end, ()), told)
    return out


def _whole(run: Run, lengths: Mapping[str, tuple[Length, ...]], found: Mapping[str, Input]) -> Run:
    """The run with the dimensions that it may cover to their ends."""
    word, more = _end(run.high, 0)
    covered = [
        (n.source, n.dimension, found[n.source].starts[n.dimension] - 1 - n.more - more)
        for n in lengths.get(word, ())
    ]
    return replace(run, whole=frozenset(covered))


def _needs(
    uses: list[Use], reaches: list[Reach], found: Mapping[str, Input], runs: Mapping[Any, Run]
) -> tuple[Need, ...]:
    """What must hold so that no index leaves an array, and no sum ends before it starts."""
    out = {
        Need(r.source, r.dimension, r.end, r.more + 1 - found[r.source].starts[r.dimension])
        for r in reaches
    }
    for u in uses:
        start = found[u.source].starts[u.dimension]
        if u.symbol is None and u.shift < start:
            raise InputError(f"{u.source}: expected an index from {start}, got {u.shift}")
        if u.symbol is None:
            out.add(Need(u.source, u.dimension, "", u.shift + 1 - start))
    ends = {(i, _end(run.high, 0), run.low) for i, run in runs.items() if not _is_last(run)}
    out |= {Need("", 0, end, 0, low - 1 - more) for _, (end, more), low in ends if end}
    return tuple(sorted(out, key=repr))


def _is_last(run: Run) -> bool:
    return run.high.startswith("last_")
