"""A user's own activation or loss, a SymPy formula, as a NumPy row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy as sp

from ..errors import InputError
from ..network.activations import Activation
from ..network.losses import Loss
from .functions import Cost, Curve
from .special import Array, erf, erfc

MODULES = [{"erf": erf, "erfc": erfc}, "numpy"]


def custom_curve(row: Activation) -> Curve:
    """The row of an activation that has a formula.

    Raises InputError where NumPy lacks a function of the formula.

    >>> from symbackprop.network.activations import activation
    >>> custom_curve(activation(lambda s: s**2)).value(np.array([[3.0]])).tolist()
    [[9.0]]
    """
    if row.definition is None or row.derivative is None:
        raise InputError(f"activation {row.name}: has no formula, so there is nothing to compute")
    s = sp.Symbol("s", real=True)
    what = f"activation {row.name}"
    value = _compiled([s], row.definition(s), what)
    slope = _compiled([s], _off_kink(row.derivative(s)), what)
    return Curve(lambda t: _shaped(value(t), t.shape), lambda t, x: _shaped(slope(t), t.shape))


def custom_cost(row: Loss, d: int) -> Cost:
    """The row of a loss that has a formula, for d outputs.

    Raises InputError where NumPy lacks a function of the formula, or where it names an output beyond the d-th.

    >>> from symbackprop.network.losses import loss
    >>> custom_cost(loss(lambda x, y: (x - y)**4), 2).value(np.ones((1, 2)), np.zeros((1, 2))).tolist()
    [2.0]
    """
    if row.definition is None or row.derivative is None:
        raise InputError(f"loss {row.name}: has no formula, so there is nothing to compute")
    x, y = (list(sp.symbols(f"{letter}_1:{d + 1}", real=True)) for letter in "xy")
    what = f"loss {row.name}"
    one = _same_for_each(row.definition, x, y)
    if one is not None:
        return _pointwise_cost(one, row.derivative(x[:1], y[:1], 0), x[0], y[0], what)
    slopes = [row.derivative(x, y, j) for j in range(d)]
    return _whole_cost(row.definition(x, y), slopes, x, y, what)


def _same_for_each(definition: Callable[..., Any], x: list[Any], y: list[Any]) -> Any:
    """The formula f with e = Σ_j f(x_j, y_j), if that is what the loss is: then one function serves all outputs."""
    try:
        one = definition(x[:1], y[:1])
    except InputError:
        return None
    each = [one.xreplace({x[0]: a, y[0]: b}) for a, b in zip(x, y, strict=True)]
    return one if sp.Add(*each) == definition(x, y) else None


def _pointwise_cost(formula: Any, derivative: Any, x: Any, y: Any, what: str) -> Cost:
    value = _compiled([x, y], formula, what)
    slope = _compiled([x, y], _off_kink(derivative), what)
    return Cost(
        lambda a, b: np.asarray(_shaped(value(a, b), a.shape).sum(axis=1)),
        lambda a, b: _shaped(slope(a, b), a.shape),
    )


def _whole_cost(formula: Any, slopes: list[Any], x: list[Any], y: list[Any], what: str) -> Cost:
    value = _compiled([x, y], formula, what)
    slope = _compiled([x, y], [_off_kink(t) for t in slopes], what)

    def columns(a: Array, b: Array) -> Array:
        parts = slope(a.T, b.T)
        return np.stack([_shaped(part, a.shape[:1]) for part in parts], axis=1)

    return Cost(lambda a, b: _shaped(value(a.T, b.T), a.shape[:1]), columns)


def _off_kink(slope: Any) -> Any:
    """SymPy's derivative of Max has the value 1/2 on the kink; the table of activations has 0."""
    return sp.sympify(slope).replace(
        sp.Heaviside, lambda t, *rest: sp.Piecewise((1, t > 0), (0, True))
    )


def _shaped(values: Any, shape: tuple[int, ...]) -> Array:
    """A constant comes out of a compiled formula as one number."""
    out: Array = np.asarray(values, dtype=np.float64)
    return out if out.shape == shape else np.broadcast_to(out, shape).copy()


def _compiled(symbols: Sequence[Any], formula: Any, what: str) -> Callable[..., Any]:
    try:
        function: Callable[..., Any] = sp.lambdify(symbols, formula, modules=MODULES, cse=True)
        with np.errstate(all="ignore"):
            np.asarray(function(*[_sample(s) for s in symbols]), dtype=np.float64)
    except Exception as error:  # printing, compiling or running it: each fails in its own way
        raise InputError(f"{what}: expected a formula that NumPy computes ({error})") from None
    return function


def _sample(symbol: Any) -> Any:
    """One example to try a formula on: a matrix for a symbol, a row of columns for a list of them."""
    return np.full((len(symbol), 1) if isinstance(symbol, list) else (1, 1), 0.5)
