"""Python functions of scalars as formulas: each is run once, on scalars that note what is done to them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import InputError
from .aliases import FORMULAS, NAMES
from .facts import arities
from .grammar import Formula, name, number
from .reading import ROWS
from .rule import VALUE
from .search import INCOMING

UFUNCS = {
    "add": "+",
    "multiply": "*",
    "divide": "/",
    "true_divide": "/",
    "negative": "neg",
    "power": "**",
    "float_power": "**",
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
    "logical_and": "&",
    "bitwise_and": "&",
    "logical_or": "|",
    "bitwise_or": "|",
    "logical_not": "~",
    "invert": "~",
    "arctan2": "atan2",
    "floor_divide": "//",
}
NATIVE = {"exp", "log", "sin", "cos", "tan", "sqrt", "sinh", "cosh", "tanh", "erf", "sign", "floor"}
CONDITIONS = {">", ">=", "<", "<=", "==", "!=", "&", "|", "~"}


class Scalar:
    """A number that is not known, or a condition on such: what was done to it, as a formula."""

    __array_priority__ = 1000

    def __init__(self, formula: Formula) -> None:
        self.formula = formula

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            raise InputError(f"np.{ufunc.__name__}: expected a plain call, on scalars")
        return called(ufunc.__name__, inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        own = {"where": "where", "clip": "clip", "real": "", "maximum": "Max"}.get(
            function.__name__
        )
        if own is None or options or (own == "where" and len(args) != 3):
            raise InputError(f"np.{function.__name__}: expected a function of scalars")
        return Scalar(Formula(own, tuple(map(formula, args)))) if own else args[0]

    def __bool__(self) -> bool:
        raise InputError("a branch on data: expected np.where or Piecewise in its place")

    def __float__(self) -> float:
        raise InputError("a number of an unknown: expected functions of NumPy's, not of math's")

    def __add__(self, other: Any) -> Scalar:
        return called("add", (self, other))

    def __radd__(self, other: Any) -> Scalar:
        return called("add", (other, self))

    def __sub__(self, other: Any) -> Scalar:
        return called("subtract", (self, other))

    def __rsub__(self, other: Any) -> Scalar:
        return called("subtract", (other, self))

    def __mul__(self, other: Any) -> Scalar:
        return called("multiply", (self, other))

    def __rmul__(self, other: Any) -> Scalar:
        return called("multiply", (other, self))

    def __truediv__(self, other: Any) -> Scalar:
        return called("divide", (self, other))

    def __rtruediv__(self, other: Any) -> Scalar:
        return called("divide", (other, self))

    def __pow__(self, other: Any) -> Scalar:
        return called("power", (self, other))

    def __rpow__(self, other: Any) -> Scalar:
        return called("power", (other, self))

    def __mod__(self, other: Any) -> Scalar:
        return called("mod", (self, other))

    def __neg__(self) -> Scalar:
        return called("negative", (self,))

    def __pos__(self) -> Scalar:
        return self

    def __abs__(self) -> Scalar:
        return called("absolute", (self,))

    def __lt__(self, other: Any) -> Scalar:
        return called("less", (self, other))

    def __le__(self, other: Any) -> Scalar:
        return called("less_equal", (self, other))

    def __gt__(self, other: Any) -> Scalar:
        return called("greater", (self, other))

    def __ge__(self, other: Any) -> Scalar:
        return called("greater_equal", (self, other))

    def __eq__(self, other: object) -> Any:
        return called("equal", (self, other))

    def __ne__(self, other: object) -> Any:
        return called("not_equal", (self, other))

    def __and__(self, other: Any) -> Scalar:
        return called("logical_and", (self, other))

    __rand__ = __and__

    def __or__(self, other: Any) -> Scalar:
        return called("logical_or", (self, other))

    __ror__ = __or__

    def __invert__(self) -> Scalar:
        return called("logical_not", (self,))

    __hash__ = None  # type: ignore[assignment]


def formula(x: Any) -> Formula:
    """A scalar or a number as a formula; of a condition, 1 where it holds and 0 elsewhere."""
    if isinstance(x, Scalar):
        return x.formula
    if isinstance(x, bool | np.bool_):
        return Formula("true" if x else "false")
    if isinstance(x, int | np.integer):
        return number(int(x)) if x >= 0 else Formula("neg", (number(-int(x)),))
    if isinstance(x, float | np.floating) and np.isfinite(x):
        text = repr(abs(float(x)))
        own = number(Fraction(text), text)
        return own if x >= 0 else Formula("neg", (own,))
    if isinstance(x, np.ndarray) and x.shape == ():
        return formula(x.item())
    raise InputError(f"expected a number or a scalar, got {type(x).__name__}")


def valued(f: Formula) -> Formula:
    """A condition as a number, for arithmetic on masks."""
    if f.head not in CONDITIONS and f.head not in ("true", "false"):
        return f
    pairs = ((number(1), f), (number(0), Formula("true")))
    return Formula("Piecewise", tuple([Formula("pair", p) for p in pairs]))


def called(ufunc: str, inputs: Sequence[Any]) -> Scalar:
    """What a function of NumPy's makes of scalars."""
    args = tuple(map(formula, inputs))
    if ufunc == "subtract":
        args, ufunc = (args[0], Formula("neg", (valued(args[1]),))), "add"
    head = UFUNCS.get(ufunc, ufunc)
    known = head in ROWS or head in NATIVE or head in NAMES or head in arities()
    known = known or head in CONDITIONS or any(k.startswith(f"{head}(") for k in FORMULAS)
    if not known:
        raise InputError(f"np.{ufunc} is no function of the language")
    return Scalar(Formula(head, args if head in ("&", "|", "~") else tuple(map(valued, args))))


def formulas(forward: Any, backward: Any, args: Sequence[str] | None) -> tuple[Any, Any]:
    """Both as formulas; backward takes the incoming gradient first, then arguments of forward and `ans`, by their names."""
    names = list(args or ())
    if callable(forward):
        names = _parameters(forward, "forward")
        forward = _run(forward, [Scalar(name(n)) for n in names], "forward")
    if callable(backward):
        first, *rest = _parameters(backward, "backward") or [""]
        if not first:
            raise InputError(
                "backward: expected a function of the incoming gradient and the arguments"
            )
        own = {"out": VALUE, "y_": VALUE}
        backward = _run(
            backward,
            [Scalar(name(n)) for n in (INCOMING, *[own.get(n, n) for n in rest])],
            "backward",
        )
    return forward, backward


def _parameters(f: Callable[..., Any], what: str) -> list[str]:
    try:
        found = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        raise InputError(f"{what}: expected a function with named parameters") from None
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in found):
        raise InputError(f"{what}: expected named parameters, without * and **")
    return [p.name for p in found if p.default is p.empty]


def _run(f: Callable[..., Any], inputs: list[Scalar], what: str) -> Formula:
    """The formula of what a function returns."""
    try:
        with np.errstate(all="ignore"):
            out = f(*inputs)
    except InputError as error:
        raise InputError(f"{what}: {error}") from None
    except TypeError as error:
        raise InputError(f"{what}: {error}") from None
    if isinstance(out, tuple) and len(out) == 1:
        out = out[0]
    try:
        return valued(formula(out))
    except InputError as error:
        raise InputError(f"{what} returns no scalar: {error}") from None
