"""Lines, which are SymPy expressions, as kernel terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ..derive.layers import Layered
from ..errors import InputError
from ..kernel import App, D, Int, Num, Sum, Sym, Term, Vec
from ..kernel.context import context
from ..kernel.integers import closed, combination, substitute, whole
from ..kernel.terms import ONE
from ..network.gate import ROWS, Reader
from ..network.indexed import DEPTH, INDEXED, IndexReader
from ..network.indexed import member as network_member
from ..network.symbols import Quantity
from ..network.theory import E, resolve
from .held import Reading, everywhere, held, through
from .language import Applied, Over, Partial
from .world import Kind, World, function_of


@dataclass(frozen=True)
class LineReader(IndexReader):
    """Reads expressions about a world; letters that are bound in a sum are in `letters`, all others are the world's."""

    world: World = field(default_factory=World)
    ranges: Mapping[Int, tuple[Term, Term]] = field(default_factory=dict)
    """Where the letters run that are bound around what is read."""

    def term(self, e: Any) -> Term:
        row = LINES.get(AppliedUndef if isinstance(e, AppliedUndef) else type(e))
        return super().term(e) if row is None else row(self, e)

    def _integer(self, e: Any) -> Any:
        if isinstance(e, sp.Symbol) and e not in self.letters and not self._is_depth(e):
            if self.world.concrete is not None:
                raise InputError(
                    f"{e}: on a network of given sizes an index is a number, or a sum's"
                )
            self.world.same(e)
            return self.world.letter(e)
        if type(e) is sp.Indexed and e.is_integer:
            return self._width(e)
        return super()._integer(e)

    def _width(self, e: sp.Indexed) -> Int:
        """A width of its own for each layer, d_l: at least 1."""
        if not e.is_positive:
            hint = f"sp.IndexedBase({str(e.base)!r}, integer=True, positive=True)"
            raise InputError(f"{e}: expected a width, at least 1: write {hint}")
        at = tuple([self.at(k, e) for k in e.indices])
        return Int(self.world.name(str(e.base.label), Kind("widths", len(at))), at)

    def _is_depth(self, e: Any) -> bool:
        """Whether a symbol is the network's L."""
        return bool(self.world.general is not None and e == DEPTH)

    def number(self, e: Any) -> Any:
        return Reader.number(self, e)

    def at(self, e: Any, inside: Any) -> Any:
        for u in e.atoms(sp.Indexed) if isinstance(e, sp.Expr) else ():
            if type(u) is sp.Indexed and u.is_integer and self.world.concrete is None:
                self._width(u)  # what is wrong with it is told by itself
        try:
            return super().at(e, inside)
        except InputError as error:
            plain = isinstance(e, sp.Symbol) and not e.is_integer and self.world.concrete is None
            hint = f": write sp.Symbol({e.name!r}, integer=True)" if plain else ""
            raise InputError(f"{error}{hint}") from None

    def least(self, k: Any) -> float:
        """The smallest value of an index: of a sum's as its limits tell, of any other letter nothing is known."""
        total = 0
        for a, c in combination(k).items():
            low = 1 if a == ONE else self.lowest.get(a) if isinstance(a, Int) else None
            if low is None or (c < 0 and a != ONE):
                return float("-inf")
            total += c * low
        return total

    def bound(self, symbol: Any, low: Any, high: Any) -> tuple[Int, LineReader]:
        """A variable of a binder, by a name that no user's letter has, and the reader within."""
        self.world.same(symbol)
        v = Int(f"'{self.level}")
        lowest = {u: n for u, n in self.lowest.items() if u != v}
        if isinstance(low, Num):
            lowest[v] = int(low.value)
        return v, replace(
            self,
            letters={**self.letters, symbol: v},
            lowest=lowest,
            level=self.level + 1,
            ranges={**self.ranges, v: (low, high)},
        )


def reader(world: World) -> LineReader:
    """The reader of a world's lines."""
    own: Layered | None = world.layered()
    net, general = world.concrete, world.general
    parts: dict[str, Any] = {}
    if own is not None and general is not None:
        parts = {"slope": own.slope, "outer": own.outer, "depth": general.kernel_depth}
    return LineReader(
        _nothing if net is None else resolve(net),
        lambda s: _number(world, s),
        functions=world.used,
        world=world,
        **parts,
    )


def _nothing(name: str, index: tuple[int, ...]) -> Term:
    raise InputError(f"{name}{list(index)} has no meaning here")


def _number(world: World, symbol: Any) -> Term:
    if world.net is not None and symbol.name == "e":
        return E
    return world.family(symbol.name)


def _symbol(r: LineReader, e: Any) -> Term:
    if e.is_commutative is False:
        raise InputError(f"{e}: expected a number, got a symbol that does not commute")
    r.world.same(e)
    if e in r.letters or r._is_depth(e):
        return whole(r._integer(e))
    if e in r.numbers:
        return Reader.term(r, e)
    return r.world.letter(e) if r.world.is_index(e) else r.free(e)


def _sum(r: LineReader, e: sp.Sum) -> Term:
    """Sums over letters, the outermost limit last as SymPy has it; written out on a network of given sizes."""
    if r.world.concrete is not None:
        return ROWS[sp.Sum](r, e)
    inner, ranges = r, []
    for limit in reversed(e.limits):
        if len(limit) != 3 or type(limit[0]) not in (sp.Symbol, sp.Dummy):
            raise InputError(f"{e}: expected limits (index, from, to), got {limit}")
        low, high = (whole(inner.at(k, e)) for k in limit[1:])
        v, inner = inner.bound(limit[0], low, high)
        ranges.append((v, low, high))
    out = inner.term(e.function)
    for v, low, high in reversed(ranges):
        out = Sum(low, high, closed(out, v))
    return out


def _alone(r: LineReader, e: Over) -> Term:
    raise InputError(f"{e}: expected it as a function's argument, such as C(Over(a[j], (j, 1, n)))")


def _over(r: LineReader, e: Over) -> Term:
    symbol, *limits = e.args[1]
    low, high = (whole(r.at(k, e)) for k in limits)
    v, inner = r.bound(symbol, low, high)
    return Vec(low, high, closed(inner.term(e.args[0]), v))


def _indexed(r: LineReader, e: Any) -> Term:
    if isinstance(e, Quantity):
        row: Callable[..., Term] = (
            ROWS[Quantity] if r.world.concrete is not None else network_member
        )
        return row(r, e)
    if e.is_integer and e.is_positive:
        return whole(r._width(e))
    base = e.base.label if isinstance(e.base, sp.IndexedBase) else e.base
    at = tuple([r.numbers[k] if k in r.numbers else r.at(k, e) for k in e.indices])
    out = r.world.family(str(base), at)
    _in_range(r.world, out, e)
    return out


def _in_range(world: World, t: Sym, e: Any) -> None:
    """InputError where an index is a number outside the range of what was defined, and no recursion begins there."""
    if t.name in world.shifted():
        return
    for k, ends in zip(t.index, world.ranges.get(t.name, ()), strict=False):
        if ends is None or not isinstance(k, int):
            continue
        low, high = (getattr(end, "value", None) for end in ends)
        if (low is not None and k < low) or (high is not None and k > high):
            raise InputError(f"{e}: expected an index from {ends[0]} to {ends[1]}, got {k}")


def _partial(r: LineReader, e: Partial) -> Term:
    by = r.term(e.by)
    if not isinstance(by, Sym):
        raise InputError(f"{e}: expected a symbol to differentiate by, got {e.by}, which is fixed")
    of = r.term(e.of)
    if e.hold is None:
        _one_sense(r.world, of, by, e)
    if not e.hold:
        return D(of, by)
    if r.world.net is not None:
        raise InputError(f"{e}: expected it without hold, which is for definitions of your own")
    names = {r.world.names.get(str(name), "") for name in e.hold}
    if r.world.context is None or not names <= r.world.families():
        raise InputError(f"{e}: expected families to hold that are defined, got {list(e.hold)}")
    kept = [d for d in r.world.definitions() if d.symbol.name not in names]
    try:
        value, needs = held(r.world.context, context(r.world.all_functions(), kept), of, by)
        every = [everywhere(p, r.ranges) for p in needs]
    except InputError as error:
        raise InputError(f"{e}: {error}") from None
    shown = {v: Int(s.name) for s, v in r.letters.items() if v in r.ranges}
    found = tuple([p for p in every if p is not None])
    r.world.readings.append(Reading(e, substitute(value, shown), found))
    return value


def _one_sense(world: World, of: Term, by: Sym, e: Partial) -> None:
    """InputError where a member depends on what varies directly, and through its recursion, too."""
    if world.net is not None or world.context is None:
        return
    found = [world.shown(name) for name in through(world.context, of, by)]
    if found:
        a, b, every = e.of, e.by, ", ".join(found)
        raise InputError(
            f"D({a}, {b}): {a} depends on {b} directly, and through {every}: write "
            f"D({a}, {b}, hold=[]) for both, or D({a}, {b}, hold=[{every}]) for the direct part"
        )


def _applied(r: LineReader, e: AppliedUndef) -> Term:
    """f(a, b), and f'(a); of a whole layer, C(a_1, …, a_n)."""
    name, order = function_of(e)
    wrong = [a for a in e.args if isinstance(a, sp.IndexedBase | sp.Tuple)]
    if wrong:
        raise InputError(
            f"{e}: a whole layer as argument is written {e.func}(Over(a[j], (j, 1, n)))"
        )
    args = tuple([_over(r, a) if isinstance(a, Over) else r.term(a) for a in e.args])
    if order and len(args) != 1:
        raise InputError(f"{e}: expected one argument of what has a prime, got {len(args)}")
    orders = tuple([() if isinstance(a, Vec) else order for a in args])
    return App(r.world.name(name, Kind("function", len(args))), orders, args)


def _of_family(r: LineReader, e: Applied) -> Term:
    """g_l(s), and g_l'(s)."""
    args = tuple([_over(r, a) if isinstance(a, Over) else r.term(a) for a in e.arguments])
    if e.order and (len(args) != 1 or isinstance(args[0], Vec)):
        raise InputError(f"{e}: expected one argument of what has a prime, got {len(args)}")
    at = tuple([r.at(k, e) for k in e.indices])
    kind = Kind("function", len(args), len(at))
    orders = tuple([() if isinstance(a, Vec) else e.order for a in args])
    return App(r.world.name(e.name, kind), orders, args, at)


def _derivative(r: LineReader, e: sp.Derivative) -> Term:
    """f'(u) where f(u) is differentiated by what stands in an argument's place; else ∂/∂v."""
    if not all(isinstance(n, int | sp.Integer) for _, n in e.variable_count):
        raise InputError(f"{e}: expected a number of times to differentiate")
    if _by_arguments(e):
        return _raised(r, e, e.expr.args)
    ((by, order),) = e.variable_count if len(e.variable_count) == 1 else ((None, 0),)
    if order == 1:
        return r.term(Partial(e.expr, by))
    raise InputError(
        f"{e}: expected a first derivative; give it a name with define, and differentiate that"
    )


def _by_arguments(e: sp.Derivative) -> bool:
    f = e.expr
    return isinstance(f, AppliedUndef) and all(_one_place(f.args, v) for v in e.variables)


def _one_place(args: Any, v: Any) -> bool:
    """Whether v is one of the arguments, and in no other."""
    return args.count(v) == 1 and not any(a.has(v) for a in args if a != v)


def _raised(r: LineReader, e: sp.Derivative, args: Any) -> Term:
    """A function's derivative by its arguments, at these."""
    name, order = function_of(e.expr)
    counts = [int(sum(n for v, n in e.variable_count if v == a)) + order for a in e.expr.args]
    own = r.world.name(name, Kind("function", len(counts)))
    return App(own, tuple(counts), tuple([r.term(a) for a in args]))


def _substituted(r: LineReader, e: sp.Subs) -> Term:
    """f'(u), as SymPy writes it: the derivative at a letter, then u for the letter."""
    inner = e.expr
    if not isinstance(inner, sp.Derivative) or not _by_arguments(inner):
        raise InputError(f"{e}: expected a derivative of a function at a point")
    values = dict(zip(e.variables, e.point, strict=True))
    bound = {l[0] for a in inner.expr.args for u in a.atoms(sp.Sum) for l in u.limits}
    if any(bound & t.free_symbols for t in values.values()):
        raise InputError(f"{e}: expected a point without the index of a sum in it")
    return _raised(r, inner, [a.xreplace(values) for a in inner.expr.args])


def _cases(r: LineReader, e: sp.Piecewise) -> Term:
    """Cases on indices, where all that stands in a condition is one; else on numbers."""
    conditions = [p.cond for p in e.args if type(p.cond) in (sp.Eq, sp.Ne)]
    letters = {s for c in conditions for s in c.free_symbols if isinstance(s, sp.Symbol)}
    on_indices = all(s in r.letters or r._is_depth(s) or r.world.is_index(s) for s in letters)
    if r.world.concrete is None and on_indices:
        return INDEXED[sp.Piecewise](r, e)
    return ROWS[sp.Piecewise](r, e)


def _kronecker(r: LineReader, e: sp.KroneckerDelta) -> Term:
    row = INDEXED if r.world.concrete is None else ROWS
    return row[sp.KroneckerDelta](r, e)


LINES: dict[type, Callable[[Any, Any], Term]] = {
    **INDEXED,
    sp.Piecewise: _cases,
    sp.KroneckerDelta: _kronecker,
    sp.Symbol: _symbol,
    sp.Dummy: _symbol,
    sp.Sum: _sum,
    sp.Indexed: _indexed,
    Quantity: _indexed,
    Partial: _partial,
    Over: _alone,
    AppliedUndef: _applied,
    Applied: _of_family,
    sp.Derivative: _derivative,
    sp.Subs: _substituted,
}
"""What is read otherwise in lines."""
