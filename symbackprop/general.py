"""`prove` where the depth or the widths are letters: by induction; and for networks too large to be expanded, by instantiation.

Proved only through the kernel's `check`.  Refuted only by a witness on a small network that instantiates the claim, and is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import sympy as sp

from .certificates import check
from .derive.believed import Believed
from .derive.indexed import General, Written, read_written, written
from .derive.letters import agrees, numbered
from .errors import InputError
from .expansion import prove_by_expansion
from .kernel import AtLeast, Eq, KernelError, Prop, Theorem
from .network.architecture import Architecture
from .network.indexed import I, IndexReader, J
from .network.recursion import BACKPROPAGATION, Part, Recursion
from .network.sizes import paths
from .network.theory import reader as numbers_reader
from .render.formulas import text
from .verdict import Proved, Refuted, Unknown, Verdict

SHAPES = (
    *((2, 2), (1, 1), (2, 2, 2), (2, 1, 2), (1, 2, 1), (2, 3, 1), (3, 2, 2)),
    *((2, 2, 2, 2), (2, 1, 3, 2), (1, 2, 2, 1)),
)
"""The networks on which a claim about every depth is tried."""
PATTERNS = ((2, 2, 2, 2), (1, 1, 1, 1), (2, 1, 2, 2), (2, 3, 1, 2), (3, 1, 2, 2))
"""What letters for widths are tried as, in turn."""
MOST_PATHS = 3_000
UNDECIDED = "no proof found by the known laws, and no small network found on which it fails"
BRANCHES = (
    "its functions say something else of numbers than of letters (a branch on an index?): "
    "write a case with Piecewise, or i == 0"
)


def prove_general(
    net: General,
    recursion: Recursion,
    assume: Any = (),
    seed: int = 0,
    diagnose: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """The verdict on a recursion for every value of the letters.  Raises InputError for what has no meaning on the network."""
    small, reason = list(small_networks(net)), UNDECIDED
    try:
        own = written(net, recursion)
        theorem = _theorem(net, own, assume)
        if theorem is not None and not _same_for_numbers(net, own, recursion, seed):
            theorem, reason = None, BRANCHES
    except InputError as error:
        theorem, reason = None, str(error)
    tried = small[:1] or [_reduced(net)] if theorem is not None else small
    found = _on_small(tried, recursion, assume, seed, diagnose, progress)
    if isinstance(found, Refuted):
        return found
    if theorem is None and not small and reason == UNDECIDED:
        reason = _too_large(_reduced(net), recursion, assume, seed, diagnose)
    if theorem is None or not isinstance(found, Proved):
        return Unknown(
            None,
            reason if theorem is None else "no point was found that satisfies every hypothesis",
        )
    words = tuple([text(h) for h in theorem.hypotheses if not isinstance(h, AtLeast)])
    how = "instantiation" if net.instance else "induction over the layers"
    return Proved(theorem, statement(net), words, theorem.laws, found.example, (), how)


def _same_for_numbers(net: General, own: Written, recursion: Recursion, seed: int) -> bool:
    return recursion is BACKPROPAGATION or agrees(net, own, recursion, seed)


def _theorem(net: General, own: Written, assume: Any) -> Theorem | None:
    terms, r = read_written(net, own)
    layered = net.layered()
    try:
        believed = Believed(layered, terms, read_conditions(r, assume))
        return check(believed.proof())
    except (KernelError, RecursionError):
        return None


def read_conditions(r: IndexReader, assume: Any) -> list[Prop]:
    """Equations assumed, in the network's symbols.  Raises InputError for anything else."""
    relations: list[Any] = [assume] if isinstance(assume, sp.Basic | bool) else list(assume)
    for a in relations:
        if not isinstance(a, sp.Eq):
            raise InputError(f"assumption {a}: expected equations where sizes are letters")
    return [Eq(r.term(a.lhs), r.term(a.rhs)) for a in relations]


def statement(net: General) -> str:
    """What is claimed, in one line."""
    names = list(dict.fromkeys([net.hidden.name, net.last.name]))
    if net.depth is None:
        return f"every weight and every δ of every network, of any depth and any widths ({', '.join([*names, net.loss.name])})"
    shape = "-".join(str(net.widths.get(l, f"d^({l})")) for l in range(net.depth + 1))
    return f"every weight and every δ of the network {shape} ({', '.join([*names, net.loss.name])})"


# --- small networks that instantiate a claim ------------------------------------------------------------------------


def small_networks(net: General) -> Iterator[Architecture]:
    """Networks of numbers, all that the letters allow, the smallest first."""
    shapes: Iterable[tuple[int, ...]] = SHAPES
    if net.depth is not None:
        shapes = dict.fromkeys(tuple(_filled(net, p)) for p in PATTERNS)
    for shape in shapes:
        if net.last.mixes and shape[-1] < 2 and net.widths.get(len(shape) - 1) is None:
            continue
        if paths(shape) <= MOST_PATHS:
            rows = [net.hidden] * (len(shape) - 2) + [net.last]
            yield Architecture(list(shape), rows, net.loss)


def _filled(net: General, pattern: tuple[int, ...]) -> Iterator[int]:
    for l in range((net.depth or 0) + 1):
        yield net.widths.get(l, pattern[l % len(pattern)])


def _reduced(net: General) -> Architecture:
    """Layers of at most two nodes.  A point there that satisfies the hypotheses is one of the network: let its further nodes be
    copies of the first, with weights 0 to the layer above.
    """
    widths = [min(2, net.widths.get(l, 2)) for l in range((net.depth or 0) + 1)]
    return Architecture(widths, [net.hidden] * (len(widths) - 2) + [net.last], net.loss)


def _too_large(
    narrow: Architecture, recursion: Recursion, assume: Any, seed: int, diagnose: bool
) -> str:
    """Why nothing is known of a network too large to be searched: where the recursion fails on a narrow one, that is told."""
    reason = "no proof found by the known laws, and the network is too large for a search"
    found = None
    if paths(narrow.d) <= MOST_PATHS:
        with suppress(InputError):
            found = _on_small([narrow], recursion, assume, seed, diagnose, None)
    if not isinstance(found, Refuted):
        return reason
    wrong = f"{found.claim} is false" + (f" ({found.diagnosis})" if found.diagnosis else "")
    return f"{reason}; on {'-'.join(map(str, narrow.d))}, {wrong}"


def _on_small(
    small: list[Architecture],
    recursion: Recursion,
    assume: Any,
    seed: int,
    diagnose: bool,
    progress: Callable[[int, int], None] | None,
) -> Verdict | None:
    """A refutation on a small network, named; else the first verdict.  Raises InputError where it fits none of them."""
    first, misfit = None, None
    for done, net in enumerate(small):
        if progress is not None:
            progress(done, len(small))
        try:
            verdict = _tried(net, recursion, _fitting(net, assume), seed, diagnose)
        except InputError as error:
            misfit = misfit or error
            continue
        if isinstance(verdict, Refuted):
            return replace(verdict, network=f"{'-'.join(map(str, net.d))} ({net.loss.name})")
        first = verdict if first is None else first
    if first is None and misfit is not None:
        raise misfit
    return first


def _tried(
    net: Architecture, recursion: Recursion, assume: Any, seed: int, diagnose: bool
) -> Verdict:
    """The verdict on one network; a gradient that names what the network lacks is left out, and all others are judged."""
    try:
        return prove_by_expansion(net, recursion, assume, seed, diagnose)
    except InputError:

        def weight(n: Any, l: Any, i: Any, j: Any) -> Any:
            own = Part("weight", recursion.weight, n, (l,), (I, J), numbers_reader(net), {})
            try:
                own.at(i, j)
            except InputError:
                return BACKPROPAGATION.weight(n, l, i, j)
            return recursion.weight(n, l, i, j)

        verdict = prove_by_expansion(net, replace(recursion, weight=weight), assume, seed, diagnose)
        if isinstance(verdict, Refuted):
            return verdict
        raise


def _fitting(net: Architecture, assume: Any) -> list[Any]:
    """Assumptions in letters, on a network of numbers."""
    relations = [assume] if isinstance(assume, sp.Basic | bool) else list(assume)
    return [numbered(net, a, {}) for a in relations]


__all__ = ["prove_general", "statement"]
