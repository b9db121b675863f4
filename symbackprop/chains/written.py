"""A derivation as it is written down: definitions, assumptions, chains of lines, inductions; read at once, judged later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ..derive.named import THEOREMS
from ..errors import InputError
from ..kernel import ARITY, App, AtLeast, Eq, Int, Nonzero, Positive, Prop, Sym, Term
from ..kernel.integers import minus, whole
from ..kernel.terms import Binder, subterms
from ..network.architecture import Architecture
from ..network.functions import LIBRARY
from ..network.gate import Reader
from ..network.names import suggestion
from .held import Reading
from .language import has_held
from .lines import Line, Place, here
from .plain import shown
from .reader import LineReader, reader
from .reasons import Reason, reason
from .world import Kind, World, function_of


@dataclass
class Chain:
    """A claim, and the lines that lead on from it; `name` is what other chains call it by."""

    name: str
    root: Written
    lines: list[Line] = field(default_factory=list)
    step_of: Induction | None = None
    """The induction of which this is the step: its statement may be used as induction hypothesis."""
    case: Positive | None = None
    """What is assumed in this chain alone."""

    def __enter__(self) -> Chain:
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool | None:
        """A chain needs no end; but `with base as b:` reads well."""
        return None

    def claim(self, expression: Any) -> None:
        """The first line: what the chain is about.  Raises InputError for what is no expression, and for a second claim."""
        place = here()
        if self.lines:
            raise InputError(
                f"{place}: claim: this chain has its claim; begin another derivation, or a lemma"
            )
        term = self.root.read(expression, place)
        self.root.check_claim(term, place)
        self.lines.append(Line(sp.sympify(expression), term, place, held=self.root.noted()))

    def eq(self, expression: Any, by: str | None = None) -> None:
        """The next line, equal to the one before it; `by` is the reason, in the words of a blackboard.

        Raises InputError for what is no expression, for an unknown reason, and for symbols that nothing before it explains.
        """
        place = here()
        if not self.lines:
            raise InputError(
                f"{place}: eq: expected a claim first, and then the lines that follow from it"
            )
        term = self.root.read(expression, place)
        held = self.root.noted()
        self.root.check_symbols(self.lines[0].term, term, place)
        given = self.root.reason(by, place)
        self.lines.append(Line(sp.sympify(expression), term, place, given, by, held))


@dataclass
class Induction:
    """P(k) for a range of k: a base, and a step from one k to the next; `down` goes from the end to the beginning."""

    name: str
    letter: Int
    low: Term
    high: Term
    statement: Eq
    others: tuple[tuple[Int, Term, Term], ...]
    down: bool
    base: Chain
    step: Chain
    place: Place


@dataclass
class Cases:
    """One equation in two cases, t > 0 and t < 0: proved in both, it holds for t ≠ 0."""

    name: str
    term: Term
    above: Chain
    below: Chain


class Written(Chain):
    """What a derivation holds before it is judged."""

    def __init__(self, title: str, net: Any = None, seed: int = 0) -> None:
        if not isinstance(title, str):
            raise InputError(f"derivation: expected a title, got {title!r}")
        known = net is None or isinstance(net, Architecture) or hasattr(net, "general")
        if not known:
            raise InputError(f"derivation: expected a Network, got {type(net).__name__}")
        if type(seed) is not int:
            raise InputError(f"derivation: expected an int as seed, got {seed!r}")
        super().__init__(title, self)
        self.net, self.seed, self.place = net, seed, here()
        self.world = World(net)
        self.reader: LineReader = reader(self.world)
        self.assumptions: list[Prop] = []
        self.blocks: list[Chain | Induction | Cases] = []
        """Lemmas and inductions, in their order."""

    # --- what is given --------------------------------------------------------------------------------------------

    def define(self, head: Any, expression: Any, *ranges: Any) -> None:
        """head := expression, for all values of the letters in the head, or for those in the ranges (index, from, to).

        `head` is a symbol, a member of a family such as z[j] or h[t + 1], or a function of symbols such as f(t).
        Raises InputError where it is defined already, or by itself, or by what is defined later.
        """
        place = here()
        with located(place):
            if isinstance(head, AppliedUndef):
                self._define_function(head, expression)
                return
            _in_no_line(expression)
            rows = [self._range(limits) for limits in ranges]
            own = {v: (low, high) for v, low, high in rows}
            self.world.define(self.read(head, place), self.read(expression, place), own, str(head))

    def _define_function(self, head: AppliedUndef, expression: Any) -> None:
        places = list(head.args)
        if not all(isinstance(a, sp.Symbol) for a in places) or len(set(places)) < len(places):
            raise InputError(
                f"define: expected a function of different symbols such as f(t), got {head}"
            )
        name, order = function_of(head)
        if order:
            raise InputError(f"define: expected a function, got its derivative {head}")
        values = {a: Sym("#", (k + 1,)) for k, a in enumerate(places)}
        read = Reader(_no_member, lambda s: _parameter(values, s, head), functions=self.world.used)
        own = self.world.name(name, Kind("function", len(places)))
        self.world.define_function(own, len(places), read.term(sp.sympify(expression)), str(head))

    def assume(self, *relations: Any) -> None:
        """Hypotheses of the statement: equations (`Eq`), or `>`, `<`, `Ne` between expressions."""
        place = here()
        for relation in relations:
            with located(place):
                self.assumptions.append(self._assumption(relation, place))

    def _assumption(self, a: Any, place: Place) -> Prop:
        _in_no_line(a)
        if isinstance(a, bool):
            raise InputError(
                f"assume: expected a relation such as sp.Eq(a, b), for a == b is {a} in Python"
            )
        if isinstance(a, sp.Eq):
            return Eq(self.read(a.lhs, place), self.read(a.rhs, place))
        if isinstance(a, sp.Ne):
            return Nonzero(self.read(a.lhs - a.rhs, place))
        if isinstance(a, sp.StrictGreaterThan):
            return Positive(self.read(a.lhs - a.rhs, place))
        if isinstance(a, sp.StrictLessThan):
            return Positive(self.read(a.rhs - a.lhs, place))
        if isinstance(a, sp.GreaterThan | sp.LessThan):
            numbers = [s for s in a.free_symbols if not self.world.is_index(s)]
            if numbers:
                raise InputError(f"assume: expected > or < between numbers, got {a}")
            low, high = (a.rhs, a.lhs) if isinstance(a, sp.GreaterThan) else (a.lhs, a.rhs)
            return AtLeast(whole(self.reader.at(high, a), minus(self.reader.at(low, a))))
        raise InputError(
            f"assume: expected Eq, Ne, >, < between expressions, or >=, <= between indices, got {a}"
        )

    @contextmanager
    def lemma(self, name: str) -> Iterator[Chain]:
        """A chain of its own, that the lines after it may use: by="lemma NAME"."""
        self._new_name(name)
        chain = Chain(name, self)
        self.blocks.append(chain)
        yield chain

    def cases(self, name: str, expression: Any) -> tuple[Chain, Chain]:
        """One equation where an expression is positive, and where it is negative: gives the two chains.

        Both must lead from one line to the same; then the equation holds where the expression is not 0, as by="lemma NAME".
        """
        place = here()
        self._new_name(name)
        t = self.read(expression, place)
        above, below = (Chain(f"{name}, {shown(expression)} {c} 0", self) for c in "><")
        above.case, below.case = Positive(t), Positive(-t)
        self.blocks.append(Cases(name, t, above, below))
        return above, below

    def induction(
        self, name: str, limits: Any, statement: Any, *others: Any, down: bool = False
    ) -> tuple[Chain, Chain]:
        """A statement for all k of a range (k, from, to), by induction: gives the chains of its base and of its step.

        The base leads from the statement's left side at the first k to its right side there; the step does the same for the next
        k, where by="induction hypothesis" is the statement for k.  `others` are ranges of the statement's other letters, for all
        values of which it is claimed and may be used.  `down`: the first k is the last of the range.
        """
        place = here()
        self._new_name(name)
        with located(place):
            if not isinstance(statement, sp.Eq):
                raise InputError(
                    f"induction: expected an equation, Eq(left, right), got {statement}"
                )
            _in_no_line(statement)
            (k, low, high), *rest = [self._range(r) for r in (limits, *others)]
            p = Eq(self.read(statement.lhs, place), self.read(statement.rhs, place))
        base, step = Chain(f"{name}, base", self), Chain(f"{name}, step", self)
        block = Induction(name, k, low, high, p, tuple(rest), down, base, step, place)
        step.step_of = block
        self.blocks.append(block)
        return base, step

    def _range(self, limits: Any) -> tuple[Int, Term, Term]:
        symbol, low, high = _limits(limits)
        ends = [whole(self.reader.at(k, limits)) for k in (low, high)]
        return self.world.letter(symbol), ends[0], ends[1]

    def widths(self) -> dict[Any, Term]:
        """The positive letters that end a range, or stand in no index: each is a width, at least 1, in the kernel."""
        own = self.world.own
        terms = [line.term for c in self.chains() for line in c.lines]
        terms += [t for d in own for t in (d.symbol, d.term)]
        nodes = [u for t in terms for u in subterms(t)]
        ends = {k for u in nodes if isinstance(u, Binder) for k in subterms(u.high)}
        ends |= {k for d in own for t in d.where for k in subterms(t)}
        inside = {
            k for u in nodes if isinstance(u, Sym) for i in u.index for k in subterms(whole(i))
        }
        running = {b.letter for b in self.blocks if isinstance(b, Induction)}
        running |= {v for d in own for v in d.over if isinstance(v, Int)}
        found = [Int(name) for name in sorted(self.world.positive)]
        kept = [k for k in found if k not in running and (k in ends or k not in inside)]
        return {k: Int(k.name, (0,)) for k in kept}

    def chains(self) -> Iterator[Chain]:
        """All chains, in their order, the main one last."""
        for block in self.blocks:
            yield from _chains(block)
        yield self

    # --- reading --------------------------------------------------------------------------------------------------

    def read(self, expression: Any, place: Place) -> Term:
        """A line as a kernel term; InputError, with the place, for what is none."""
        self.world.readings.clear()
        with located(place):
            if isinstance(expression, bool) or not isinstance(expression, int | float | sp.Expr):
                raise InputError(f"expected a SymPy expression, got {expression!r}")
            expression = sp.sympify(expression)
            numbers = [int(k) for q in expression.atoms(sp.Rational) for k in (q.p, q.q)]
            if any(k.bit_length() > MAX_BITS for k in numbers):
                raise InputError(
                    "expected numbers of moderate length, got one of more than 3,000 digits"
                )
            try:
                return self.reader.term(expression)
            except RecursionError:
                raise InputError(
                    "expected an expression of moderate depth, got a deeper one"
                ) from None

    def noted(self) -> tuple[Reading, ...]:
        """What was held fixed in the line that was read last."""
        return tuple(dict.fromkeys(self.world.readings))

    def reason(self, by: str | None, place: Place) -> Reason | None:
        """A reason that was given, with the kernel's name for what it names."""
        if by is None:
            return None
        with located(place):
            if not isinstance(by, str):
                raise InputError(f"by: expected a reason in words, got {by!r}")
            return self._named(reason(by), by)

    def _named(self, found: Reason, by: str) -> Reason:
        """A reason with the kernel's name for what it names."""
        if found.parts:
            return Reason("several", parts=tuple([self._named(p, by) for p in found.parts]))
        if found.kind == "definition" and found.of:
            return Reason("definition", self._defined(found.of))
        names = {"lemma": self.names(), "theorem": list(THEOREMS)}.get(found.kind)
        if names is not None and found.of not in names:
            near = suggestion(found.of, names) if names else f": there is no {found.kind} yet"
            raise InputError(f"by={by!r}: no {found.kind} of this name{near}")
        return found

    def _new_name(self, name: str) -> None:
        with located(here()):
            if not isinstance(name, str):
                raise InputError(f"expected a name in words, got {name!r}")
            if name in self.names():
                raise InputError(f"{name!r} is the name of another lemma already")

    def names(self) -> list[str]:
        """What lemmas and inductions before are called."""
        return [block.name for block in self.blocks]

    def _defined(self, name: str) -> str:
        """The family or function that a reason names."""
        plain = (
            name.partition("[")[0].partition("(")[0].partition("_")[0]
            if name not in self.world.names
            else name
        )
        own = self.world.names.get(plain, {"δ": "delta"}.get(plain, plain))
        known = {*self.world.families(), *[f.name for f in self.world.all_functions()]}
        if own not in known:
            raise InputError(
                f"by: nothing is defined that is called {name!r}{suggestion(own, known)}"
            )
        return own

    def check_claim(self, term: Term, place: Place) -> None:
        """InputError for a symbol of a claim about a network that is none of the network's, and not defined."""
        if self.world.net is not None:
            known = {n for t in self._given() for n in _names(t)} | self.world.own_names()
            self._explained(term, known, place, "is no symbol of the network, and is not defined")

    def check_symbols(self, first: Term, term: Term, place: Place) -> None:
        """InputError for an index or a symbol that neither the claim nor a definition has."""
        given = [first, *self._given()]
        letters, own = (
            free_indices(term),
            {u.name for t in given for u in subterms(t) if isinstance(u, Int)},
        )
        shown = {v: k for k, v in self.world.names.items()}
        for letter in sorted(letters - own):
            name = shown.get(letter, letter)
            raise InputError(
                f"{place}: the index {name} is free on this side only: the claim has no {name}"
            )
        known = {n for t in given for n in _names(t)} | self.world.own_names()
        self._explained(term, known, place, "is not defined, and the claim does not mention it")

    def _explained(self, term: Term, known: set[str], place: Place, why: str) -> None:
        shown = {v: k for k, v in self.world.names.items()}
        new = sorted(_names(term) - known - {*ARITY, *LIBRARY})
        if new:
            name = shown.get(new[0], new[0]).removesuffix("()")
            near = sorted(shown.get(n, n).removesuffix("()") for n in known)
            raise InputError(f"{place}: {name} {why}{suggestion(name, near)}")

    def _given(self) -> Iterator[Any]:
        for d in self.world.definitions():
            yield from (d.symbol, d.term)
        yield from [f.term for f in self.world.all_functions()]
        yield from [App(f.name, (0,) * f.arity, ()) for f in self.world.functions]
        yield from self.assumptions
        for block in self.blocks:
            yield from [line.term for chain in _chains(block) for line in chain.lines]
            yield from [block.statement] if isinstance(block, Induction) else []


def _chains(block: Chain | Induction | Cases) -> tuple[Chain, ...]:
    if isinstance(block, Chain):
        return (block,)
    return (block.base, block.step) if isinstance(block, Induction) else (block.above, block.below)


def _in_no_line(expression: Any) -> None:
    """InputError where something is held fixed in what is no line of a chain."""
    if isinstance(expression, sp.Basic) and has_held(expression):
        raise InputError("hold: expected in the lines of a chain alone; define a name for it")


def free_indices(t: Any) -> set[str]:
    """Letters that stand as indices, or as numbers; not those that are only the end of a sum's range."""
    found: set[str] = set()
    todo = [t]
    while todo:
        u = todo.pop()
        if isinstance(u, Int) and not u.index:
            found.add(u.name)
        values = [
            getattr(u, n) for n in u.names if not (isinstance(u, Binder) and n in ("low", "high"))
        ]
        todo += [v for value in values for v in _nodes(value)]
    return found


def _nodes(value: Any) -> list[Any]:
    if hasattr(value, "names"):
        return [value]
    return [u for v in value for u in _nodes(v)] if isinstance(value, tuple) else []


def _names(t: Any) -> set[str]:
    return {u.name for u in subterms(t) if isinstance(u, Sym | App)}


@contextmanager
def located(place: Place) -> Iterator[None]:
    """Complaints with the place in the user's code."""
    try:
        yield
    except InputError as error:
        text = str(error)
        raise InputError(text if text.startswith(str(place)) else f"{place}: {text}") from None


MAX_BITS = 10_000


def _limits(limits: Any) -> tuple[Any, Any, Any]:
    if (
        not isinstance(limits, tuple | sp.Tuple)
        or len(limits) != 3
        or not isinstance(limits[0], sp.Symbol)
    ):
        raise InputError(f"expected limits (index, from, to), got {limits}")
    return tuple(limits)


def _no_member(name: str, index: tuple[int, ...]) -> Term:
    raise InputError(f"{name}{list(index)}: expected the function's own symbols alone")


def _parameter(values: dict[Any, Sym], symbol: Any, head: Any) -> Term:
    if symbol not in values:
        raise InputError(f"define: {head} is a function of its symbols alone, got {symbol}")
    return values[symbol]
