"""`prove_derivative`: is a hand-written rule the derivative of its formula?  Proved, Refuted or Unknown."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

from ..errors import InputError
from ..verdict import Proved, Verdict
from .judging import Judge
from .rule import rule


def prove_derivative(
    forward: Any,
    backward: Any,
    wrt: str | None = None,
    assume: Any = None,
    args: Sequence[str] | None = None,
    seed: int = 0,
    diagnose: bool = True,
    limit: float = 60.0,
    again: str | None = None,
) -> Verdict:
    """The verdict on an elementwise rule: backward = g ∂forward/∂wrt, for every g.

    Both are formulas as text (`grammar.py` has the grammar), or Python functions of scalars: forward of the arguments,
    backward of the incoming gradient, then of the arguments and of `ans`, the forward's value, by their names.
    With `again`, one of the names, a proved rule is differentiated by it once more, each case for itself as automatic
    differentiation does, at points on the borders of its cases; it is Refuted where that is no derivative of the rule.
    `wrt` is one name; left out, it is the only one, or x.  `assume` is a condition as text or a list of them: `x > 0`,
    `0 < x < 1`, `sin(x) != 0`, `x > 0 | y != 0`, `integer(n)`.  `args` names arguments that the forward formula lacks.
    Conditions that the proof needs beyond these are found and stated, among the verdict's `hypotheses`; at kinks the
    rule's own value is told.  After `limit` seconds it is Unknown.  Raises InputError, with the place, where a formula
    can't be read.

    >>> print(prove_derivative("log(1 + exp(x))", "g/(1 + exp(-x))"))
    PROVED  g ∂/∂x (log(1 + exp(x))) = g/(1 + exp(-x))
       by the laws: exp negative, exp slope, log slope
    >>> print(prove_derivative("x**2", "-2*x*g"))
    REFUTED  g ∂/∂x (x**2) = -2*x*g
       at x = -5/4, g = 1
       the derivative is -5/2
       the formula gives 5/2
       diagnosis: the sign is wrong: it is -((-2)*x*g)
    """
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise InputError(f"prove_derivative: expected an int as seed, got {seed!r}")
    try:
        own = rule(*traced(forward, backward, args), wrt, assume, args)
    except RecursionError:
        raise InputError("prove_derivative: expected a formula of fewer levels") from None
    if not isinstance(limit, int | float) or isinstance(limit, bool) or not limit > 0:
        raise InputError(f"prove_derivative: expected a positive number as limit, got {limit!r}")
    if again is not None and again not in own.names:
        raise InputError(f"again: expected one of {', '.join(own.names)}, got {again!r}")
    judge = Judge(own, seed, monotonic() + limit)
    verdict = judge.verdict(diagnose)
    return judge.again(again, verdict) if again and isinstance(verdict, Proved) else verdict


def traced(forward: Any, backward: Any, args: Sequence[str] | None) -> tuple[Any, Any]:
    """Functions as formulas; texts as they are."""
    if not callable(forward) and not callable(backward):
        return forward, backward
    from .scalars import formulas

    return formulas(forward, backward, args)
