"""Small instances of what lines are about: numbers for letters, rationals for variables; one where lines differ is a witness.

An instance keeps to the ranges that the definitions and the lines themselves give: an index that a sum takes from 1 to n, and no
other; the layers and nodes of a network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from random import Random
from typing import Any

from ..kernel import Eq, Int, Nonzero, Positive, Prop, Sym, Term, Theorem
from ..kernel.context import Context
from ..kernel.integers import combination, minus, opened, substitute, whole
from ..kernel.terms import ONE, Binder, children, subterms
from ..network.symbols import joined
from ..refute.models import Evaluation, Model, Undefined, apart, confirmed
from ..refute.numbers import plain
from ..render.formulas import text
from .lines import Witness
from .plain import letter
from .world import WIDTHS, World, is_letter

TRIES, ENOUGH, SEEDS = 400, 6, 2
"""So many assignments of numbers to letters are tried, until so many fit; with so many choices of the variables each."""
MOST_SEEDS = 60
"""So many choices where some satisfy what is assumed, and others do not."""
MANY = 40
"""So many where a proof was sought in vain."""
MOST_VISITS, MOST_IN_REPAIRS = 40_000, 80_000
"""After so many nodes no more instances of two lines are looked at."""
Site = tuple[Term, Term]
Integers = dict[Int, int]


@dataclass
class Instances:
    """The instances of one derivation."""

    world: World
    context: Context
    assumptions: Sequence[Prop]
    seed: int = 0
    visits: int = 0
    """How many nodes were visited in the search for a difference."""
    sites: dict[tuple[str, int], list[Site]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for d in self.world.own:
            ranges = _ranges(d.over, d.where)
            for t in (d.symbol, d.term):
                self._collect(t, ranges, {*d.over} - {*ranges})
        for p in self.assumptions:
            self._collect(p, {}, None)

    def _collect(self, t: Any, ranges: dict[Any, Site], open_: AbstractSet[Any] | None) -> None:
        """From where to where indices run, by the binders and the ranges around a term; `open_` letters run everywhere.

        In what is no definition (`open_` None) one number is no range.
        """
        if isinstance(t, Binder):
            v = Int(f"'{len(ranges)}")
            self._collect(opened(t.body, v), {**ranges, v: (t.low, t.high)}, open_)
            return
        if isinstance(t, Sym):
            letters = _places(t, ranges)
            for place, k in enumerate(t.index):
                site = _site(k, ranges, open_, letters)
                known = self.sites.setdefault((t.name, place), [])
                known += [site] if site is not None and site not in known else []
        for u in children(t):
            self._collect(u, ranges, open_)

    # --- numbers for letters --------------------------------------------------------------------------------------

    def assignments(self, terms: Sequence[Any], most: int) -> Iterator[Integers]:
        """Numbers for all letters such that what stands in the terms is in range; different ones, the smaller first."""
        random = Random(self.seed)
        letters = _letters([*terms, *self._fixed(), *self._site_ends(terms)])
        ends = {k for t in (*terms, *self._fixed()) for k in _ends(t)}
        free = [u for t in terms for u in subterms(t) if isinstance(u, Sym)]
        found: set[tuple[Any, ...]] = set()
        for n in range(TRIES):
            own = self._drawn(letters, ends, random, 2 if n < TRIES // 4 else 4)
            key = tuple(sorted((str(k), v) for k, v in own.items()))
            if key not in found and all(self._fits(u, own) for u in free):
                found.add(key)
                yield own
            if len(found) == most:
                return

    def _site_ends(self, terms: Sequence[Any]) -> list[Any]:
        """The ends of the ranges of what stands in terms."""
        names = {u.name for t in terms for u in subterms(t) if isinstance(u, Sym)}
        return [
            k for (name, _), rows in self.sites.items() if name in names for r in rows for k in r
        ]

    def _fixed(self) -> list[Any]:
        return [t for d in self.world.own for t in (d.term, *d.where)]

    def _drawn(self, letters: list[Int], ends: set[Any], random: Random, most: int) -> Integers:
        """L and the widths first, then the rest."""
        general = self.world.general
        own: Integers = {}
        if general is not None:
            depth = random.randint(1, min(most, 3)) if general.depth is None else general.depth
            own |= {Int("L"): depth}
            for l in range(depth + 1):
                own[Int("d", (l,))] = general.widths.get(l, random.randint(1, min(most, 3)))
        for v in letters:
            if v not in own:
                own[v] = random.randint(1 if v.index or v in ends else 0, most)
        for name in self.world.widths():
            own |= {Int(name, (l,)): random.randint(1, min(most, 3)) for l in range(-1, most + 2)}
        return own

    def _fits(self, t: Sym, own: Integers) -> bool:
        """Whether a member that stands free of binders is in range."""
        try:
            at = tuple([_number(k, own) for k in t.index])
        except (KeyError, ValueError):
            return True  # it is under a binder, or its layer has no width here
        return self.in_range(Sym(t.name, at), own)

    def in_range(self, t: Sym, own: Integers) -> bool:
        """Whether a member is one of those that are meant."""
        if self.world.general is not None and t.name in NETWORK:
            return _in_network(t, own)
        own = own | {_place(n): int(k) for n, k in enumerate(t.index)}
        for place, k in enumerate(t.index):
            sites = self.sites.get((t.name, place), [])
            try:
                ends = [(_number(low, own), _number(high, own)) for low, high in sites]
            except (KeyError, ValueError):
                continue
            if ends and not min(low for low, _ in ends) <= k <= max(high for _, high in ends):
                return False
        return True

    # --- models ---------------------------------------------------------------------------------------------------

    def models(self, terms: Sequence[Any], most: int = ENOUGH) -> Iterator[Model]:
        """Models of the terms that satisfy what is assumed."""
        for own in self.assignments(terms, most):
            found = (
                self._satisfying(Model(self.context, own, {}, self.seed + k))
                for k in range(self._seeds)
            )
            yield from islice((m for m in found if m is not None), SEEDS)

    @property
    def _seeds(self) -> int:
        """So many choices of the variables are made, until enough satisfy what is assumed."""
        signs = any(isinstance(p, Positive | Nonzero) for p in self.assumptions)
        return MOST_SEEDS if signs else SEEDS

    def _satisfying(self, model: Model) -> Model | None:
        """The model, changed in some variables so that all equations assumed hold; None where that fails."""
        try:
            for p in self.assumptions:
                model = _solved(model, p) if isinstance(p, Eq) else model
            kept = all(Evaluation(model).holds(p) for p in self.assumptions)
        except (Undefined, ValueError):
            return None
        return model if kept else None

    def difference(
        self, left: Term, right: Term, given: Sequence[Prop] = (), thorough: bool = False
    ) -> Witness | None:
        """An instance that satisfies what is given and in which two lines differ, confirmed by other code; else None.

        `thorough`: many are looked at, and such in which functions lie between 0 and 1.
        """
        self._collect(left, {}, None)
        self.visits = 0
        models = self.models((left, right), MANY if thorough else ENOUGH)
        for model in models:
            for m in (model, replace(model, flat=True)) if thorough else (model,):
                found = self._differing(m, left, right, given)
                if found is not None:
                    return found
            if self.visits > MOST_VISITS:
                return None
        return None

    def _differing(
        self, model: Model, left: Term, right: Term, given: Sequence[Prop]
    ) -> Witness | None:
        evaluation = Evaluation(model)
        try:
            values = [evaluation.value(t) for t in (left, right)]
            if not apart(*values) or not all(evaluation.holds(p) for p in given):
                return None
        except (Undefined, ValueError):
            return None
        finally:
            self.visits += evaluation.visits
        if self._strays(evaluation) or not confirmed(model, left, right):
            return None
        return self._witness(model, evaluation, values, (left, right))

    def _strays(self, e: Evaluation) -> list[Sym]:
        """The members met in an evaluation that are not among those that are meant."""
        return [v for v in e.variables if not self.in_range(v, dict(e.model.integers))]

    def stray(self, t: Term) -> Sym | None:
        """A member that a line names in every instance, though there is none such; None where there is an instance without."""
        found: list[Sym] = []
        for model in self.models((t,)):
            evaluation = Evaluation(model)
            with suppress(Undefined, ValueError):
                evaluation.value(t)
                found = self._strays(evaluation)
                if not found:
                    return None
        return found[0] if found else None

    def judge(self, left: Term) -> Callable[[Term], bool]:
        """Tells of other terms whether they have the same values as this one, in all instances tried and in some at least."""
        rows = []
        self.visits = 0
        for model in self.models((left,)):
            with suppress(Undefined, ValueError):
                rows.append((model, Evaluation(model).value(left)))

        def same(right: Term) -> bool:
            return self.visits < MOST_IN_REPAIRS and self._agree(rows, right)

        return same

    def _agree(self, rows: list[tuple[Model, Any]], right: Term) -> bool:
        met = 0
        for model, value in rows:
            evaluation = Evaluation(model)
            try:
                other = evaluation.value(right)
            except (Undefined, ValueError):
                continue
            finally:
                self.visits += evaluation.visits
            if self._strays(evaluation):
                continue
            if apart(value, other):
                return False
            met += 1
        return met > 0

    def example(self, theorem: Theorem) -> dict[str, Any] | None:
        """An instance that satisfies all hypotheses; None where none was found."""
        every = list(theorem.hypotheses)
        first: Model | None = None
        for model in self.models([*every, *theorem.conclusions], MANY):
            first = model if first is None else first
            for m in (model, replace(model, flat=True)):
                found = self._satisfied(m, every)
                if found is not None:
                    return found
        others = [] if first is None else [replace(first, seed=k) for k in range(MOST_SEEDS)]
        rows = (self._satisfied(m, every) for m in others)
        return next((found for found in rows if found is not None), None)

    def _satisfied(self, model: Model, every: Sequence[Prop]) -> dict[str, Any] | None:
        """The values of a model in which all propositions hold; None of one in which they don't."""
        evaluation = Evaluation(model)
        with suppress(Undefined, ValueError):
            if all(evaluation.holds(p) for p in every):
                return self._shown(evaluation)
        return None

    def _name(self, own: str) -> str:
        """The user's name for a kernel's, as it is written."""
        return letter(self.names.get(own, own))

    @cached_property
    def names(self) -> dict[str, str]:
        return {own: name.removesuffix("()") for name, own in self.world.names.items()}

    def _member(self, v: Sym) -> str:
        """A member as the lines have it."""
        if self.world.net is not None and v.name in NETWORK:
            return text(v)
        return f"{self._name(v.name)}_{joined(v.index)}" if v.index else self._name(v.name)

    def _shown(self, e: Evaluation) -> dict[str, Any]:
        """The variables and the functions that were met, in the user's names."""
        rows = sorted(e.variables.items(), key=lambda row: str(row[0]))
        out: dict[str, Any] = {self._member(v): q for v, q in rows}
        for (name, index), f in sorted(e.functions.items()):
            own = "_".join([self._name("E" if name == "E_y" else name), *map(str, index)])
            inside = "t" if f.polynomial.arity == 1 else "t_1, …"
            formula = str(f).replace("*", "·").replace("[", "_").replace("]", "")
            out[f"{own}({inside})"] = formula
        return out

    def _integer(self, k: Int) -> str:
        """A letter or a width as the lines have it."""
        if k.name.startswith(WIDTHS):
            return f"{self._name(k.name)}_{joined(k.index)}"
        return self._name(k.name) if is_letter(k) else text(k)

    def _is_there(self, k: Int, model: Model) -> bool:
        """Whether a width is that of a layer, as far as the numbers of an instance go."""
        most = max([v for u, v in model.integers.items() if is_letter(u)], default=0)
        return not k.name.startswith(WIDTHS) or 0 <= k.index[0] <= most

    def _witness(
        self, model: Model, e: Evaluation, values: list[Any], terms: Sequence[Term]
    ) -> Witness:
        ends = [k for d in self.world.own for k in d.where]
        over = {v for d in self.world.own for v in d.over}
        used = {*_letters([*terms, *ends])} - (over - {*_letters(terms)})
        used |= {Int("L")} if self.world.general is not None else set()
        integers = {
            self._integer(k): v
            for k, v in model.integers.items()
            if k in used or (not is_letter(k) and self._is_there(k, model))
        }
        return Witness(integers, self._shown(e), *map(plain, values))


NETWORK = ("w", "s", "x", "y", "delta")


def _in_network(t: Sym, own: Integers) -> bool:
    """Whether a network has this member."""
    depth, last = own[Int("L")], {l: own.get(Int("d", (l,)), -1) for l in range(own[Int("L")] + 1)}
    match t.name, [int(k) for k in t.index]:
        case "w", [l, i, j]:
            return 1 <= l <= depth and 0 <= i <= last[l - 1] and 1 <= j <= last[l]
        case "x", [l, i]:
            return 0 <= l <= depth and int(l == depth) <= i <= last[l]
        case "y", [j]:
            return 1 <= j <= last[depth]
        case "s" | "delta", [l, j]:
            return 1 <= l <= depth and 1 <= j <= last[l]
    return False


def _letters(terms: Iterable[Any]) -> list[Int]:
    found = {u for t in terms for u in subterms(t) if isinstance(u, Int) and is_letter(u)}
    return sorted((u for u in found if not u.name.startswith("'")), key=str)


def _ends(t: Any) -> set[Any]:
    """The letters that end the range of a binder."""
    return {k for u in subterms(t) if isinstance(u, Binder) for k in subterms(u.high)}


def _ranges(over: Iterable[Any], where: Iterable[Any]) -> dict[Any, Site]:
    """The ranges of a definition's letters, from its conditions."""
    out = {}
    for v in over:
        ends: dict[int, Term] = {}
        for k in where:
            c = combination(k).get(v, 0)
            if c in (1, -1) and c not in ends:
                ends[c] = whole(v, minus(k)) if c == 1 else whole(v, k)
        if len(ends) == 2:
            out[v] = (ends[1], ends[-1])
    return out


def _place(n: int) -> Int:
    """What stands at the n-th place of a member's indices."""
    return Int(f"'@{n}")


def _places(t: Sym, ranges: dict[Any, Site]) -> dict[Any, Term]:
    """Bound letters by what stands at a place of a member: l is one more than that for z_(l-1)."""
    out: dict[Any, Term] = {}
    for n, k in enumerate(t.index):
        own = [v for v in ranges if combination(k).get(v) == 1]
        if len(own) == 1:
            out.setdefault(own[0], whole(_place(n), own[0], minus(k)))
    return out


def _site(
    k: Any, ranges: dict[Any, Site], open_: AbstractSet[Any] | None, letters: dict[Any, Term]
) -> Site | None:
    """The range of an index: of a bound letter, with a number added, or of one number alone in a definition; else None."""
    own = [v for v in ranges if v in subterms(whole(k))]
    if len(own) > 1 or (open_ or set()) & {*subterms(whole(k))}:
        return None
    if not own:
        return None if open_ is None else (whole(k), whole(k))
    if combination(k).get(own[0]) != 1:
        return None
    rest = whole(k, minus(own[0]))
    others = {v: t for v, t in letters.items() if v != own[0]}
    low, high = (whole(substitute(whole(end, rest), others)) for end in ranges[own[0]])
    bound = {u for t in (low, high) for u in subterms(t)} & {*ranges}
    return None if bound else (low, high)


def _number(k: Any, own: Integers) -> int:
    """The value of an integer; KeyError or ValueError where it has none."""
    if isinstance(k, int):
        return k
    total = 0
    for a, c in combination(k).items():
        if a == ONE:
            total += c
        elif isinstance(a, Int):
            total += c * own[Int(a.name, tuple([_number(n, own) for n in a.index]))]
        else:
            raise ValueError(str(k))
    return total


def _solved(model: Model, p: Eq) -> Model:
    """The model with one variable changed such that an equation holds, where it is linear in one."""

    def gap(m: Model) -> Any:
        e = Evaluation(m)
        return e.value(p.left) - e.value(p.right), e.variables

    now, variables = gap(model)
    if now == 0:
        return model
    for v in sorted(variables, key=str):
        values = [gap(_with(model, v, Fraction(k)))[0] for k in (0, 1)]
        if all(isinstance(x, Fraction) for x in values) and values[0] != values[1]:
            root = values[0] / (values[0] - values[1])
            changed = _with(model, v, root)
            if gap(changed)[0] == 0:
                return changed
    return model


def _with(model: Model, v: Sym, value: Fraction) -> Model:
    return replace(model, values={**model.values, v: value})
