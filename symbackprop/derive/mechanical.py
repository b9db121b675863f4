"""The mechanical derivative in two ways that share no code: the chain rule on the graph, and `diff` of the composed e(w)."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..kernel import Sym, Term
from ..network.architecture import Architecture
from ..network.symbols import quantity
from ..network.theory import theory
from .builder import Builder
from .chain import chain_rule


def gradient_terms(net: Architecture) -> dict[Any, Term]:
    """{weight symbol: ∂e/∂w as a sum over all paths}, forward from each weight."""
    own = theory(net)
    b = Builder(own.functions, own.definitions)
    out: dict[Any, Term] = {}
    for index in net.weight_indices:
        out[quantity("w", *index)] = b.equation(chain_rule(b, Sym("w", index))).right
    return out


def gradient_by_diff(net: Architecture) -> dict[Any, sp.Expr]:
    """{weight symbol: diff(e(w), w)}, by SymPy alone, in w, x^(0) and y."""
    error = net.error
    return {w: sp.diff(error, w) for w in net.weights}
