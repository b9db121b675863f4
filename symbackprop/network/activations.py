"""The activations: one row each, with the definition and the derivative as a textbook writes them.

A row is proved in the tests: its derivative equals, by the kernel, the derivative of its definition off its kinks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..errors import InputError
from .names import look_up

Formula = Callable[[Any], Any]


@dataclass(frozen=True)
class Activation:
    """g and g', functions of SymPy expressions; `kinks` are the points where g has no derivative.

    An `opaque` activation has no formula: it is any differentiable function.  One that `mixes` (softmax) makes each
    output from all s of its layer; its formula takes the list of them and gives the list of outputs.

    >>> s = sp.Symbol("s")
    >>> ACTIVATIONS["tanh"].definition(s), ACTIVATIONS["tanh"].derivative(s)
    (tanh(s), 1 - tanh(s)**2)
    """

    name: str
    definition: Formula | None
    derivative: Formula | None
    kinks: tuple[int, ...] = ()
    mixes: bool = False
    custom: bool = False

    @property
    def opaque(self) -> bool:
        return self.definition is None


def _sigmoid(s: Any) -> Any:
    return 1 / (1 + sp.exp(-s))


def _softmax(s: Any) -> Any:
    total = sp.Add(*[sp.exp(t) for t in s])
    return [sp.exp(t) / total for t in s]


def _normal_cdf(s: Any) -> Any:
    return (1 + sp.erf(s / sp.sqrt(2))) / 2


LEAK = sp.Rational(1, 100)

ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation("identity", lambda s: s, lambda s: sp.Integer(1)),
        Activation("tanh", lambda s: sp.tanh(s), lambda s: 1 - sp.tanh(s) ** 2),
        Activation("sigmoid", _sigmoid, lambda s: _sigmoid(s) * (1 - _sigmoid(s))),
        Activation(
            "relu",
            lambda s: sp.Max(s, 0),
            lambda s: sp.Piecewise((1, s > 0), (0, True)),
            kinks=(0,),
        ),
        Activation(
            "leaky relu",
            lambda s: sp.Piecewise((s, s > 0), (LEAK * s, True)),
            lambda s: sp.Piecewise((1, s > 0), (LEAK, True)),
            kinks=(0,),
        ),
        Activation("softplus", lambda s: sp.log(1 + sp.exp(s)), _sigmoid),
        Activation(
            "silu",
            lambda s: s * _sigmoid(s),
            lambda s: _sigmoid(s) * (1 + s * (1 - _sigmoid(s))),
        ),
        Activation(
            "gelu",
            lambda s: s * _normal_cdf(s),
            lambda s: _normal_cdf(s) + s * sp.exp(-(s**2) / 2) / sp.sqrt(2 * sp.pi),
        ),
        Activation("sin", lambda s: sp.sin(s), lambda s: sp.cos(s)),
        Activation(
            "softmax",
            _softmax,
            lambda x: [[x[k] * (int(k == j) - x[j]) for j in range(len(x))] for k in range(len(x))],
            mixes=True,
        ),
        Activation("opaque", None, None),
    )
}
"""By name.  softmax's derivative is in its outputs x: the matrix of dx_k/ds_j."""


def activation(choice: Any) -> Activation:
    """The row of a name, or a row for a SymPy `Lambda` or a callable of one SymPy argument.

    Raises InputError for an unknown name (with the nearest one), or where a callable gives no expression in its argument.
    """
    if isinstance(choice, Activation):
        return _row(choice)
    if isinstance(choice, str):
        return look_up("activation", choice, ACTIVATIONS)
    if not callable(choice):
        raise InputError(f"activation: expected a name or a callable, got {choice!r}")
    return _custom(choice)


def _row(choice: Activation) -> Activation:
    """A row of the table as it is; of a user's own row, the definition counts, whatever its name."""
    if choice is ACTIVATIONS.get(choice.name):
        return choice
    if choice.definition is None:
        return ACTIVATIONS["opaque"]
    if choice.mixes:
        raise InputError("activation: expected softmax itself where a layer's outputs mix")
    return _custom(choice.definition)


def _custom(choice: Callable[[Any], Any]) -> Activation:
    s = sp.Symbol("s", real=True)
    try:
        formula = choice(s)
        formula = (
            sp.Float(formula)
            if isinstance(formula, float)
            else sp.Integer(formula)
            if type(formula) is int
            else formula
        )
    except Exception as error:
        raise InputError(
            f"activation: a callable must take a SymPy symbol and give an expression, but it raised {error}"
        ) from None
    if not isinstance(formula, sp.Expr) or formula.free_symbols - {s}:
        raise InputError(f"activation: expected an expression in its one argument, got {formula}")
    if {limit[0] for t in formula.atoms(sp.Sum, sp.Product) for limit in t.limits} & {s}:
        raise InputError(f"activation {formula}: expected another index of summation than s")
    try:
        slope = sp.diff(formula, s)
    except Exception as error:
        raise InputError(f"activation {formula}: SymPy can't differentiate it: {error}") from None
    return Activation(
        f"custom: {formula}",
        lambda t: formula.xreplace({s: t}),
        lambda t: slope.xreplace({s: t}),
        custom=True,
    )
