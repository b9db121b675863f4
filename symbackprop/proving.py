"""`prove`: the verdict on a recursion, by expansion over all paths, by instantiation of a general proof, or by induction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .derive.indexed import General, general
from .errors import InputError
from .expansion import MAX_PATHS, no_collection, prove_by_expansion
from .general import prove_general
from .network.architecture import Architecture
from .network.recursion import BACKPROPAGATION, Recursion
from .network.sizes import paths
from .verdict import Proved, Verdict

EXPANDED = 10_000
"""Networks of up to so many paths are expanded: every weight and every δ then has an equation of its own."""
WAYS = (None, "expansion", "instantiation")


def prove(
    net: Any,
    recursion: Recursion = BACKPROPAGATION,
    assume: Iterable[Any] = (),
    seed: int = 0,
    diagnose: bool = True,
    progress: Callable[[int, int], None] | None = None,
    by: str | None = None,
) -> Verdict:
    """The verdict on a recursion: the worst of its claims, with all of them inside.

    For every weight, ∂e(w)/∂w_ij^(l) is what `recursion.weight` gives; for every node, ∂e/∂s_j^(l) = δ_j^(l).
    A network of any depth, or with letters for widths, is proved by induction over its layers.  One of given sizes is
    expanded over all paths (`by="expansion"`), or the proof for all sizes is applied to it (`by="instantiation"`, which
    large networks get by themselves); `verdict.by` says which.
    `assume` are SymPy relations (`Eq`, `Ne`, `>`, `<`) in the network's symbols, and become hypotheses.
    `seed` fixes the search for counterexamples; `progress(done, claims)` is called before each claim.
    Raises InputError for what is no recursion on this network.

    >>> from symbackprop.networks import Network
    >>> print(prove(Network([1, 1])))
    PROVED  all 2 weights and 1 δ of the network 1-1 (tanh, squared error)
    >>> prove(Network.any_depth()).by
    'induction over the layers'
    """
    if not isinstance(seed, int):
        raise InputError(f"prove: expected an int as seed, got {seed!r}")
    if not isinstance(recursion, Recursion):
        raise InputError(f"prove: expected a Recursion, got {type(recursion).__name__}")
    if by not in WAYS:
        raise InputError(f"prove: expected by='expansion' or 'instantiation', got {by!r}")
    letters = getattr(net, "general", None)
    if isinstance(letters, General) and by is not None:
        raise InputError(f"prove: by={by!r} is for networks of given sizes, got {net!r}")
    if isinstance(letters, General):
        with no_collection():
            return prove_general(letters, recursion, assume, seed, diagnose, progress)
    if not isinstance(net, Architecture):
        raise InputError(f"prove: expected a Network, got {type(net).__name__}")
    if by == "instantiation" or (by is None and paths(net.d) > EXPANDED):
        verdict = _instantiated(net, recursion, assume, seed, diagnose, by)
        if verdict is not None:
            return verdict
    return prove_by_expansion(net, recursion, assume, seed, diagnose, progress)


def _instantiated(
    net: Architecture, recursion: Recursion, assume: Any, seed: int, diagnose: bool, by: str | None
) -> Verdict | None:
    """The verdict by the general proof; None where it is no proof and the network can be expanded instead."""
    small = by is None and paths(net.d) <= MAX_PATHS
    try:
        with no_collection():
            verdict = prove_general(general(net), recursion, assume, seed, diagnose)
    except InputError:
        if small:
            return None
        raise
    return None if small and not isinstance(verdict, Proved) else verdict
