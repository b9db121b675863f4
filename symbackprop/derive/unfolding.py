"""A recursion unfolded: every δ and every ∂e/∂w in the symbols of the forward pass, in the recursion's own factored form."""

from __future__ import annotations

from typing import Any

from ..kernel import Add, App, Bracket, D, Mul, Pow, Sym, Term
from ..kernel.terms import parts, rebuild, subterms
from ..network.architecture import Architecture
from ..network.recursion import Recursion, read_recursion
from ..network.symbols import quantity
from ..network.theory import theory
from .builder import Builder


def backpropagation_terms(net: Architecture, recursion: Recursion) -> dict[Any, Term]:
    """{symbol: term}; δ in δ are replaced by what they are, ∂e/∂x and ∂x/∂s by their derivatives."""
    believed, own = read_recursion(net, recursion), theory(net)
    b = Builder(own.functions, own.definitions)
    known: dict[Term, Term] = {}
    out: dict[Any, Term] = {}
    for index, t in believed.deltas.items():
        out[quantity("delta", *index)] = known[Sym("delta", index)] = _put(b, t, known)
    for edge, t in believed.weights.items():
        out[quantity("w", *edge)] = _put(b, t, known)
    return out


def _put(b: Builder, t: Term, known: dict[Term, Term]) -> Term:
    for u in subterms(t):
        if isinstance(u, D) and u not in known:
            known[u] = b.equation(b.derivative(u.term, u.by)).right
    return _replaced(t, known)


def _replaced(t: Term, known: dict[Term, Term]) -> Term:
    if t in known:
        return known[t]
    if isinstance(t, Add | Mul | Pow | App | Bracket):
        return rebuild(t, tuple([_replaced(u, known) for u in parts(t)]))
    return t
