"""A network as kernel definitions, and kernel terms back as SymPy expressions.

The symbols are w[l,i,j], s[l,j], x[l,i], y[j], e and delta[l,j]; x[l,0] is the number 1.
An activation with a formula is a defined function (`tanh`, `gelu`, `g_2`), an opaque one a function without a definition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from ..errors import InputError
from ..kernel import Add, App, Bracket, D, Definition, Function, Mul, Num, Pow, Sym, Term
from .architecture import Architecture
from .functions import LIBRARY, ONE, T, apply, definitions
from .gate import Reader
from .symbols import ERROR, check_range, quantity

E = Sym("e")
BUILT_IN = frozenset({"tanh", "sin"})
"""Activations that are functions of the library or of the kernel already."""


@dataclass(frozen=True)
class Theory:
    """The definitions of a network: functions first, then s, x and e in the order of the forward pass."""

    functions: tuple[Function, ...]
    definitions: tuple[Definition, ...]
    floats: tuple[Any, ...] = ()
    """The decimals that stood in the activations and the loss."""


def function_name(net: Architecture, l: int) -> str:
    """What g_l is called in a proof."""
    g = net.activation(l)
    if g.opaque or g.custom:
        return net.opaque_name(l)
    return g.name.replace(" ", "_")


def resolve(net: Architecture) -> Callable[[str, tuple[int, ...]], Term]:
    """What a symbol of the lecture with known indices is, as a term; InputError for one that the network lacks."""

    def look_up(name: str, index: tuple[int, ...]) -> Term:
        if name not in FAMILIES:
            raise InputError(
                f"{name}{list(index)} is no symbol of the network: expected w, s, x, y or delta"
            )
        layered = name != "y"
        layer, nodes = (index[:1], index[1:]) if layered else ((), index)
        lowest = 0 if name == "x" else 1
        if layered and (not layer or not lowest <= layer[0] <= net.L):
            raise InputError(f"{name}{list(index)}: expected a layer from {lowest} to {net.L}")
        ranges = net.ranges(name, layer[0]) if layered else net.y.ranges
        if len(ranges) != len(nodes):
            raise InputError(
                f"{name}{list(index)}: expected {len(ranges)} node indices, got {len(nodes)}"
            )
        check_range(name, layer, nodes, ranges)
        return FAMILIES[name](net, index)

    return look_up


def _slope(net: Architecture, index: tuple[int, ...]) -> Term:
    l, j = index
    if net.activation(l).mixes:
        raise InputError(mixes_message(net, l))
    return App(function_name(net, l), (1,), (Sym("s", (l, j)),))


def mixes_message(net: Architecture, l: int) -> str:
    name = net.activation(l).name
    return f"dg({l}, j): each output of the {name} layer {l} depends on all its s; expected dx(k, j) = ∂x_k/∂s_j"


FAMILIES: dict[str, Callable[[Architecture, tuple[int, ...]], Term]] = {
    "w": lambda net, index: Sym("w", index),
    "s": lambda net, index: Sym("s", index),
    "x": lambda net, index: Sym("x", index) if index[1] else ONE,
    "y": lambda net, index: Sym("y", index),
    "delta": lambda net, index: Sym("delta", index),
    "dg": _slope,
    "dloss": lambda net, index: D(E, Sym("x", index)),
    "dx": lambda net, index: D(Sym("x", index[:2]), Sym("s", (index[0], index[2]))),
}


def reader(net: Architecture, **others: Any) -> Reader:
    """Reads SymPy expressions in the network's symbols."""

    def free(symbol: sp.Symbol) -> Term:
        if symbol == ERROR:
            return E
        raise InputError(
            f"the symbol {symbol} has no meaning here: expected the network's symbols, or a sum's index"
        )

    return Reader(resolve(net), free, **others)


def theory(net: Architecture, **others: Any) -> Theory:
    """The network's definitions, read from the same SymPy formulas that a user sees."""
    read = reader(net, **others)
    own = [f for l in range(1, net.L + 1) for f in _function(net, l, read)]
    found: list[Definition] = []
    for l in range(1, net.L + 1):
        found += [Definition(Sym("s", (l, j)), read.term(net.signal(l, j))) for j in net.nodes(l)]
        outputs = [Sym("x", (l, j)) for j in net.nodes(l)]
        found += [Definition(x, t) for x, t in zip(outputs, _outputs(net, l, read), strict=True)]
    found.append(Definition(E, _error(net, read)))
    functions = (*definitions(read.functions), *dict.fromkeys(own))
    return Theory(functions, tuple(found), tuple(read.floats))


def _function(net: Architecture, l: int, read: Reader) -> list[Function]:
    """The definition of g_l as a function of one parameter, where it is not known already."""
    g = net.activation(l)
    if g.definition is None or g.mixes:
        return []
    if g.name in BUILT_IN:
        if g.name in LIBRARY:
            read.functions.add(g.name)
        return []
    name = function_name(net, l)
    return [Function(name, 1, parametric(g.definition, read))]


def parametric(formula: Callable[[Any], Any], read: Reader) -> Term:
    """A formula of one argument as a term in the parameter."""
    s = sp.Dummy("s", real=True)
    body = replace(read, free=lambda symbol: T)
    return body.term(sp.sympify(formula(s)))


def _outputs(net: Architecture, l: int, read: Reader) -> list[Term]:
    signals = [quantity("s", l, j) for j in net.nodes(l)]
    if net.activation(l).mixes:
        return [read.term(x) for x in net.layer_outputs(l, signals)]
    return [apply(function_name(net, l), read.term(s)) for s in signals]


def _error(net: Architecture, read: Reader) -> Term:
    if net.loss.opaque:
        return apply("E", *[read.term(v) for v in (*net.outputs, *net.targets)])
    return read.term(net.definitions[ERROR])


# --- and back --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Writer:
    """Kernel terms as SymPy expressions; `values` maps the lecture's symbols to what shall stand in their stead."""

    net: Architecture
    values: dict[Any, Any]

    def expression(self, t: Term) -> Any:
        match t:
            case Num(q):
                return sp.Rational(q.numerator, q.denominator)
            case Sym():
                return self._symbol(t)
            case Add(terms):
                return sp.Add(*[self.expression(u) for u in terms])
            case Mul(factors):
                return sp.Mul(*[self.expression(u) for u in factors])
            case Pow(base, n):
                return sp.Pow(self.expression(base), n)
            case Bracket(u):
                return sp.Piecewise((1, self.expression(u) > 0), (0, True))
            case App(name, orders, args):
                return self._applied(name, orders, [self.expression(a) for a in args])
        raise InputError(f"{t} has no SymPy form")

    def _symbol(self, t: Sym) -> Any:
        symbol = ERROR if t == E else quantity(t.name, *t.index)
        return self.values.get(symbol, symbol)

    def _applied(self, name: str, orders: tuple[int, ...], args: list[Any]) -> Any:
        for l in range(1, self.net.L + 1):
            g = self.net.activation(l)
            own = function_name(self.net, l) == name and not g.mixes and sum(orders) < 2
            if own and g.definition and g.derivative:
                return (g.derivative if orders[0] else g.definition)(args[0])
        if name == "pi":
            return sp.pi
        function = getattr(sp, KNOWN[name]) if name in KNOWN else sp.Function(name, real=True)
        return _partial(function, orders, args)


def _partial(function: Any, orders: tuple[int, ...], args: list[Any]) -> Any:
    """A partial derivative of a function at its arguments."""
    if not any(orders):
        return function(*args)
    places = [sp.Dummy(f"t_{k + 1}", real=True) for k in range(len(args))]
    slope = sp.diff(function(*places), *[(p, n) for p, n in zip(places, orders, strict=True) if n])
    if not slope.has(sp.Derivative):
        return slope.xreplace(dict(zip(places, args, strict=True)))
    if all(a._diff_wrt for a in args) and len(set(args)) == len(args):
        return slope.xreplace(dict(zip(places, args, strict=True)))
    return sp.Subs(slope, places, args)


KNOWN = {
    **{n: n for n in ("exp", "log", "sin", "cos", "erf", "sqrt", "sinh", "cosh", "tanh", "coth")},
    **{n: n for n in ("sech", "csch", "tan", "cot", "sec", "csc", "sign")},
    "abs": "Abs",
}
