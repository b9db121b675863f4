"""What a derivation is about: the network or the user's own definitions, and what SymPy's names are in the kernel."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy.core.function import AppliedUndef

from ..derive.indexed import General
from ..derive.layers import Layered
from ..errors import InputError
from ..kernel import ARITY, Add, Definition, Function, Int, KernelError, Sym, Term
from ..kernel.context import Context, context, overlap
from ..kernel.integers import minus, substitute, whole
from ..kernel.terms import subterms
from ..network.architecture import Architecture
from ..network.functions import LIBRARY
from ..network.functions import definitions as library
from ..network.indexed import DEPTH
from ..network.recursion import BACKPROPAGATION, read_recursion
from ..network.theory import theory

NETWORK = ("w", "s", "x", "y", "delta", "e", "d", "L")
"""The families of a network, which its users write by these letters."""


WIDTHS = "width_"
"""Before a name of widths that differ from layer to layer, in the kernel."""


def is_letter(u: Int) -> bool:
    """Whether an integer is a user's letter, be it a width in the kernel, which has the index 0; and none of a layer."""
    return not u.index or (u.index == (0,) and u.name != "d" and not u.name.startswith(WIDTHS))


@dataclass(frozen=True)
class Kind:
    """What a name stands for: an index, a family with so many indices (0: a number), or a function of so many arguments.

    Functions of a family have so many indices, too; so have the widths of layers.
    """

    what: str
    count: int = 0
    indices: int = 0

    def __str__(self) -> str:
        if self.what == "index":
            return "an index"
        if self.what == "family":
            plural = "index" if self.count == 1 else "indices"
            return f"a family with {self.count} {plural}" if self.count else "a number"
        if self.what == "widths":
            return "a width of each layer"
        several = f" with {self.indices} ind{'ices' if self.indices > 1 else 'ex'}"
        own = several if self.indices else ""
        return f"a function{own} of {self.count} argument" + "s" * (self.count > 1)


@dataclass
class World:
    """Definitions in the order in which they were given, and one kernel name for each name of SymPy's."""

    net: Any = None
    functions: list[Function] = field(default_factory=list)
    own: list[Definition] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, tuple[tuple[Term, Term] | None, ...]] = field(default_factory=dict)
    """From where to where the indices of a defined family run, where that was said."""
    symbols: dict[str, Any] = field(default_factory=dict)
    positive: set[str] = field(default_factory=set)
    """The letters that are positive, by their SymPy symbols."""
    used: set[str] = field(default_factory=set)
    """The library's functions that were met."""
    readings: list[Any] = field(default_factory=list)
    """What derivatives with something held fixed were read as, in the line that is being read."""
    context: Context | None = None
    """The definitions that there are, once there is one."""

    @property
    def concrete(self) -> Architecture | None:
        return self.net if isinstance(self.net, Architecture) else None

    @property
    def general(self) -> General | None:
        found = getattr(self.net, "general", None)
        return found if isinstance(found, General) else None

    def layered(self) -> Layered | None:
        """A network with letters for its sizes, as definitions."""
        return None if self.general is None else self.general.layered()

    def with_widths(self, widths: dict[Any, Term]) -> World:
        """The same world, in which these letters are widths, at least 1 each."""
        if not widths:
            return self

        def own(t: Any) -> Any:
            return substitute(t, widths)

        rows = [
            Definition(own(d.symbol), own(d.term), d.over, tuple([own(k) for k in d.where]))
            for d in self.own
        ]
        return replace(self, own=rows)

    def same(self, symbol: Any) -> None:
        """InputError where another symbol of the same name was met before."""
        if self.general is not None and symbol.name == "L" and symbol != DEPTH:
            raise InputError("the symbol L: expected net.L, the network's depth")
        if symbol.name == "e" and self.net is not None:
            return
        known = self.symbols.setdefault(symbol.name, symbol)
        if known != symbol:
            raise InputError(
                f"two symbols are called {symbol.name}, with different assumptions: declare it once"
            )

    # --- names ----------------------------------------------------------------------------------------------------

    def name(self, name: str, kind: Kind) -> str:
        """The kernel's name for it.  InputError where it stood for something else before."""
        key = f"{name}()" if kind.what == "function" else name
        known = self.kinds.setdefault(key, kind)
        if known != kind:
            raise InputError(
                f"{name}: expected {known}, as it was before, got {kind}{_hint(known, kind, name)}"
            )
        if key not in self.names:
            plain = WIDTHS + ascii_name(name) if kind.what == "widths" else ascii_name(name)
            taken = {*self.names.values(), *ARITY, *LIBRARY, "#", *self._reserved()}
            while plain in taken:
                plain += "_"
            self.names[key] = plain
        return self.names[key]

    def shown(self, own: str) -> str:
        """The user's name for a kernel's."""
        return next((name for name, kernel in self.names.items() if kernel == own), own)

    def _reserved(self) -> Iterable[str]:
        own = (*NETWORK, "g", "h", "E", "E_y", "G", "dg", "dloss", "dx")
        return ("d",) if self.net is None else own  # d is printed, and drawn, as a network's width

    def own_names(self) -> set[str]:
        """The names of a network's symbols; none without one."""
        return set() if self.net is None else {*NETWORK}

    def letter(self, symbol: Any) -> Int:
        """A letter for an integer: an index, a width."""
        name = self.name(symbol.name, Kind("index"))
        self.positive |= {name} if symbol.is_positive else set()
        return Int(name)

    def family(self, name: str, at: tuple[Any, ...] = ()) -> Sym:
        return Sym(self.name(name, Kind("family", len(at))), at)

    def widths(self) -> list[str]:
        """The kernel's names of widths that differ from layer to layer."""
        return [self.names[name] for name, kind in self.kinds.items() if kind.what == "widths"]

    def is_index(self, symbol: Any) -> bool:
        return bool(symbol.is_integer) or self.kinds.get(symbol.name) == Kind("index")

    # --- definitions ----------------------------------------------------------------------------------------------

    def define(
        self, head: Term, term: Term, ranges: dict[Int, tuple[Term, Term]], shown: str
    ) -> None:
        """One more definition, checked with all before it.  InputError where it makes none."""
        if not isinstance(head, Sym):
            raise InputError(f"define: expected a symbol or an indexed one to define, got {shown}")
        idle = [v for v in ranges if v not in _letters(head)]
        if idle:
            raise InputError(f"define: {shown} has no index {idle[0]}, for which a range was given")
        fixed = self._constants() - {*ranges}
        over = tuple([u for u in _letters(head) if u not in fixed])
        where = tuple(k for v in over if v in ranges for k in _ends(v, *ranges[v]))
        new = Definition(head, term, over, where)
        self._checked(new, shown)
        self.own.append(new)
        if len(head.index) and all(k in ranges for k in head.index):
            self.ranges[head.name] = tuple(ranges[k] for k in head.index)

    def _constants(self) -> set[Int]:
        """Letters that are one number throughout: widths, and what stood in a definition without being in its head."""
        rows = [(d.over, u) for d in self.own for t in (d.term, *d.where) for u in subterms(t)]
        stood = {u for over, u in rows if isinstance(u, Int) and not u.index and u not in over}
        return stood | {Int(name) for name in self.positive}

    def define_function(self, name: str, arity: int, term: Term, shown: str) -> None:
        """f(t) := a term in t."""
        if shown.partition("(")[0] in {*ARITY, *LIBRARY}:
            raise InputError(f"define: {shown} has a meaning already")
        try:
            context((*self.all_functions(), *self.functions, Function(name, arity, term)), ())
        except KernelError as error:
            raise InputError(f"define {shown}: {_plain(error)}") from None
        self.functions.append(Function(name, arity, term))

    def _checked(self, new: Definition, shown: str) -> None:
        if any(d.symbol == new.symbol for d in self.own):
            raise InputError(f"define: {shown} is defined already")
        if any(d.symbol.name == new.symbol.name and overlap(d, new) for d in self.own):
            raise InputError(f"define: {shown} is defined already")
        if any(u == new.symbol for u in subterms(new.term)):
            raise InputError(f"define: {shown} is defined by itself")
        try:
            self.context = context(self.all_functions(), (*self.base(), *self.own, new))
        except KernelError as error:
            raise InputError(f"define: {shown} {_plain(error)}") from None

    @cached_property
    def _base(self) -> tuple[Definition, ...]:
        """The network's definitions."""
        if self.concrete is not None:
            deltas = read_recursion(self.concrete, BACKPROPAGATION).deltas
            rows = [Definition(Sym("delta", k), t) for k, t in deltas.items()]
            return (*theory(self.concrete).definitions, *rows)
        layered = self.layered()
        return () if layered is None else (*layered.forward(), *layered.backward())

    def all_functions(self) -> tuple[Function, ...]:
        """The functions that are defined: the library's, the network's, the user's."""
        found: tuple[Function, ...] = ()
        if self.concrete is not None:
            found = theory(self.concrete).functions
        elif self.general is not None:
            found = self.general.layered().functions
        known = {f.name for f in found}
        return (*[f for f in library(self.used) if f.name not in known], *found, *self.functions)

    def base(self) -> tuple[Definition, ...]:
        """The network's definitions."""
        return self._base

    def definitions(self) -> tuple[Definition, ...]:
        return (*self.base(), *self.own)

    def shifted(self) -> set[str]:
        """The families that a definition mentions one index before or after."""
        members = [u for d in self.own for u in subterms(d.term) if isinstance(u, Sym)]
        return {u.name for u in members if any(isinstance(k, Add) for k in u.index)}

    def families(self) -> set[str]:
        """The families that have a definition."""
        return {d.symbol.name for d in self.definitions()}


def _letters(head: Sym) -> list[Int]:
    """The letters in a head's indices, in their order."""
    found = [u for k in head.index if not isinstance(k, int) for u in subterms(k)]
    return list(dict.fromkeys(u for u in found if isinstance(u, Int) and not u.index))


def _ends(v: Int, low: Term, high: Term) -> tuple[Term, Term]:
    return whole(v, minus(low)), whole(high, minus(v))


def _plain(error: KernelError) -> str:
    """A kernel's refusal of a definition in a user's words."""
    words = {
        "a symbol that nothing before it mentions": (
            f"is circular, or comes after what uses it ({error.got}): define what is used first"
        ),
        "a member that nothing before it defines": "is defined already",
        "a recursion that ends": "is defined by a recursion that has no end: give its index a range",
        "a recursion in one direction": "is defined by a recursion up and down",
        "a member whose indices are variables, each once": "has other indices than letters, numbers, a letter plus a number",
    }
    return words.get(str(error.expected), f"can't be defined: expected {error.expected}")


def _hint(known: Kind, kind: Kind, name: str) -> str:
    mixed = {known.what, kind.what} == {"index", "family"} and known.count == kind.count == 0
    return f" (declare it at once: sp.Symbol({name!r}, integer=True))" if mixed else ""


def ascii_name(name: str) -> str:
    """A name as the kernel takes it.

    >>> ascii_name("δ"), ascii_name("W_out"), ascii_name("a b")
    ('delta', 'W_out', 'a_b')
    """
    out = "".join([c if c.isascii() and (c.isalnum() or c == "_") else _spelled(c) for c in name])
    return out if out.isidentifier() else f"v{out}"


def _spelled(c: str) -> str:
    words = unicodedata.name(c, "").split()
    if words[:1] == ["GREEK"]:
        return words[-1].lower() if "SMALL" in words else words[-1].capitalize()
    return "_"


def function_of(e: AppliedUndef) -> tuple[str, int]:
    """The name of a function and how often it is differentiated: g'' is g, twice."""
    name = e.func.__name__
    plain = name.rstrip("'′")
    return plain, len(name) - len(plain)
