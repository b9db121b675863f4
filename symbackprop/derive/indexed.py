"""A network with letters for indices, and a recursion on it, as kernel terms; what their tables say is read by the gate."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from sympy.core.basic import Basic

from ..errors import InputError
from ..kernel import Function, Sym, Term
from ..kernel.terms import num
from ..network.activations import Activation
from ..network.activations import activation as activation_row
from ..network.architecture import Architecture
from ..network.functions import definitions as library
from ..network.indexed import I, IndexedView, IndexReader, J, L
from ..network.losses import Loss
from ..network.losses import loss as loss_row
from ..network.recursion import BACKPROPAGATION, Recursion
from ..network.sizes import check_sizes
from ..network.symbols import ERROR
from ..network.theory import BUILT_IN, parametric
from .believed import IndexedRecursion
from .layers import DEPTH, FROM, LAYER, TO, B, Layered, member, named, opaque, softmax, total, width
from .losses import INDEXED_LOSSES


@dataclass(frozen=True)
class General:
    """A network of which the depth may be any (`depth` None), or the widths: those in `widths` are known.

    `hidden` is the activation of the layers below the last, `last` that of the last.
    """

    hidden: Activation
    last: Activation
    loss: Loss
    depth: int | None = None
    widths: dict[int, int] = field(default_factory=dict)

    letters: tuple[str, ...] = ()
    """What the widths are called, layer by layer, where the depth is known."""

    def shown(self) -> list[Any]:
        """The sizes as a user gave them."""
        return [self.widths.get(l, name) for l, name in enumerate(self.letters)]

    @property
    def view(self) -> IndexedView:
        """What a recursion's functions see, their `n`."""
        return IndexedView(self.depth, {} if self.instance else self.widths, self.last.mixes)

    @property
    def instance(self) -> bool:
        """Whether all sizes are numbers: its proof is that for all sizes, applied to these."""
        return self.depth is not None and len(self.widths) == self.depth + 1

    @property
    def kernel_depth(self) -> Term:
        return DEPTH if self.depth is None else num(self.depth)

    def layered(self) -> Layered:
        """The network's definitions.  Raises InputError for a loss that is no sum over the outputs."""
        read = reader(None)
        names = [_function(a, "g" if k == 0 else "h", read) for k, a in enumerate(self._kinds)]
        own = [f for _, f in names if f is not None]
        error = _error(self.loss, self.kernel_depth)
        functions = (*library(read.functions), *dict.fromkeys(own))
        hidden, last = names[0][0], names[-1][0]
        depth = self.kernel_depth
        other = self.last != self.hidden or (self.depth == 1 and self.last.mixes)
        mixed = softmax(depth) if self.last.mixes else None
        own_last = (opaque if last is None else named(last)) if other and mixed is None else None
        return Layered(
            depth,
            opaque if hidden is None else named(hidden),
            error,
            own_last,
            mixed,
            functions,
            {} if self.instance else self.widths,
        )

    @property
    def _kinds(self) -> list[Activation]:
        return [self.hidden] if self.last == self.hidden else [self.hidden, self.last]


def general_of(sizes: Any, activation: Any, loss: Any) -> General:
    """From what a user gives: no sizes, for any depth, or widths of which some are letters.

    Raises InputError for names that are none, and for widths that are neither letters nor positive integers.
    """
    rows = [
        activation_row(a)
        for a in (activation.split(",") if isinstance(activation, str) else _listed(activation))
    ]
    depth = None if sizes is None else len(sizes) - 1
    if len(rows) > 2 and len(set(rows[:-1])) == 1 and len(rows) == depth:
        rows = rows[-2:]
    if len(rows) > 2:
        raise InputError(
            f"activation: expected one for all layers, or two, of the hidden layers and of the last; got {len(rows)}"
        )
    if (rows[0].mixes and len(rows) == 2) or (rows[0].mixes and depth != 1):
        raise InputError(
            f"activation {rows[0].name!r}: expected in the last layer alone (for instance tanh,{rows[0].name})"
        )
    if depth is None:
        return _checked(General(rows[0], rows[-1], loss_row(loss)))
    names = [str(d) for d in sizes]
    if depth < 1:
        raise InputError(
            f"sizes {names}: expected at least two layers, the inputs and the outputs, got {len(names)}"
        )
    for name, d in zip(names, sizes, strict=True):
        if isinstance(d, str | sp.Symbol) and not name.isidentifier():
            raise InputError(
                f"sizes {names}: expected a letter or a positive integer, got {name!r}"
            )
    numbers = {l: d for l, d in enumerate(sizes) if not isinstance(d, str | sp.Symbol)}
    whole = check_sizes([numbers.get(l, 1) for l in range(len(names))], "-".join(names))
    widths = {l: whole[l] for l in numbers}
    return _checked(General(rows[0], rows[-1], loss_row(loss), depth, widths, tuple(names)))


def _checked(net: General) -> General:
    """A network whose definitions can be written; InputError for one whose can't."""
    net.layered()
    return net


def _listed(activation: Any) -> list[Any]:
    return list(activation) if isinstance(activation, list | tuple) else [activation]


def general(net: Architecture) -> General:
    """The same of a network of given sizes.  Raises InputError where its hidden layers have several activations."""
    hidden = set(net.activations[:-1]) or {net.activations[-1]}
    if len(hidden) > 1:
        raise InputError(f"{net!r}: expected one activation in all hidden layers")
    widths = dict(enumerate(net.d))
    letters = tuple(map(str, net.d))
    return General(hidden.pop(), net.activations[-1], net.loss, net.L, widths, letters)


def _function(a: Activation, letter: str, read: IndexReader) -> tuple[str | None, Function | None]:
    """What an activation is called, and its definition; None for one without a formula."""
    if a.definition is None or a.mixes:
        return None, None
    if a.name in BUILT_IN:
        read.functions.add(a.name)
        return a.name, None
    name = letter if a.custom else a.name.replace(" ", "_")
    return name, Function(name, 1, parametric(a.definition, read))


def _error(loss: Loss, depth: Term) -> Term | None:
    """e as a sum over the outputs; None for a loss without a formula."""
    if loss.definition is None:
        return None
    if loss.name in INDEXED_LOSSES:
        return INDEXED_LOSSES[loss.name].error(depth)
    x, y, u, v = (sp.Dummy(name, real=True) for name in "xyuv")
    letters = {x: member("x", depth, B), y: Sym("y", (B,))}
    try:
        one, other = loss.definition([x], [y]), loss.definition([u], [v])
        if loss.definition([x, u], [y, v]) != sp.Add(one, other):
            raise InputError("no sum over the outputs")
        summand = reader(None, letters).term(one)
    except (InputError, IndexError):
        raise InputError(
            f"loss {loss.name}: expected a formula of one output and one target, summed over the outputs"
        ) from None
    return total(B, 1, width(depth), summand)


def reader(net: General | None, others: Mapping[Any, Term] | None = None) -> IndexReader:
    """Reads expressions in the lecture's symbols, with l, i, j for their letters."""
    known = {ERROR: Sym("e"), **(others or {})}

    def free(symbol: Any) -> Term:
        if symbol in known:
            return known[symbol]
        raise InputError(
            f"the symbol {symbol} has no meaning here: expected the network's symbols, or a sum's index"
        )

    letters = {L: LAYER, I: FROM, J: TO}
    lowest = {LAYER: 1, FROM: 1, TO: 1, DEPTH: 1}
    if net is None:
        return IndexReader(_nothing, free, letters=letters, lowest=lowest)
    own = net.layered()
    return IndexReader(
        _nothing,
        free,
        letters=letters,
        lowest=lowest,
        slope=own.slope,
        outer=own.outer,
        depth=net.kernel_depth,
    )


def _nothing(name: str, index: tuple[int, ...]) -> Term:
    raise InputError(f"{name}{list(index)} has no meaning here")


# --- a recursion in letters -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """A recursion's formulas in SymPy, in the letters l, i, j; `bias` is that of a weight with i = 0."""

    base: Any
    step: Any
    weight: Any
    bias: Any


def written(net: General, recursion: Recursion) -> Written:
    """What a recursion's functions say of letters.  Raises InputError where one fails, or gives no expression."""
    n = net.view
    if (
        recursion is BACKPROPAGATION
    ):  # the same for all widths, so letters stand for those that are known
        n = IndexedView(net.depth, {}, net.last.mixes)
    base = _called("base", recursion.base, n, J)
    own = recursion if net.depth != 1 else BACKPROPAGATION  # one layer has no step
    step = _called("step", own.step, n, L, I)
    weight = _called("weight", recursion.weight, n, L, I, J)
    return Written(base, step, weight, _called("weight", recursion.weight, n, L, 0, J))


BRANCHES = (
    "compares an index with a number, and a letter takes no such branch: "
    "write a case with Piecewise, or i == 0 in the gradient of a weight"
)


@contextmanager
def watched() -> Iterator[list[Any]]:
    """What is compared, with == or in, in code that is neither SymPy's nor this package's: terms with letters and other things.

    SymPy answers False at once where a letter is compared with a number; a function that does so branches on what it
    does not know.  Its comparison of objects is replaced meanwhile, for there is no other place where all of them pass.
    """
    seen: list[Any] = []
    own: Any = Basic.__eq__

    def watching(self: Any, other: Any) -> Any:
        where = sys._getframe(1).f_globals.get("__name__", "").partition(".")[0]
        if where not in ("sympy", "symbackprop") and self.free_symbols and self is not other:
            seen.append((self, other))
        return own(self, other)

    Basic.__eq__ = watching
    try:
        yield seen
    finally:
        Basic.__eq__ = own


def _harmless(pair: tuple[Any, Any]) -> bool:
    """A letter is never the number 0, nor below: they all run from 1 where a function is called with them."""
    term, other = pair
    return term in (L, I, J) and isinstance(other, int | sp.Integer) and int(other) < 1


def _called(part: str, function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        with watched() as seen:
            value = function(*arguments)
    except InputError as error:
        raise InputError(f"recursion, {part}: {error}") from None
    except Exception as error:
        raise InputError(f"recursion, {part}: raised {type(error).__name__}: {error}") from None
    if not all(map(_harmless, seen)):
        raise InputError(f"recursion, {part}: {BRANCHES}")
    if isinstance(value, bool) or not isinstance(value, int | float | sp.Expr):
        raise InputError(f"recursion, {part}: expected a SymPy expression, got {value!r}")
    return value


def read_written(net: General, own: Written) -> tuple[IndexedRecursion, IndexReader]:
    """The formulas as kernel terms, and the reader with the functions and the decimals that it met."""
    r = reader(net)

    def term(part: str, e: Any) -> Term:
        try:
            return r.term(e)
        except InputError as error:
            raise InputError(f"recursion, {part}: {error}") from None

    parts = {name: term(name, getattr(own, name)) for name in ("base", "step", "weight", "bias")}
    return IndexedRecursion(**parts), r
