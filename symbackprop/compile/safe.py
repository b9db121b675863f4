"""Formulas that overflow or cancel as they are written, put in a form that does neither.

Each row is an identity of real numbers; the tests evaluate both sides in 50 digits.  The functions on the right are computed by
`helpers`, on whole arrays, without overflow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp


class sigmoid(sp.Function):  # type: ignore[misc] # noqa: N801
    """1 / (1 + exp(-s))."""

    nargs = 1


class softplus(sp.Function):  # type: ignore[misc] # noqa: N801
    """log(1 + exp(s))."""

    nargs = 1


class bell(sp.Function):  # type: ignore[misc] # noqa: N801
    """σ(s) σ(-s), the slope of σ."""

    nargs = 1


class erfc(sp.Function):  # type: ignore[misc] # noqa: N801
    """1 - erf(t); SymPy's own writes erfc(-t) as 2 - erfc(t), which cancels."""

    nargs = 1


class log1p(sp.Function):  # type: ignore[misc] # noqa: N801
    """log(1 + t), for small t too."""

    nargs = 1


class expm1(sp.Function):  # type: ignore[misc] # noqa: N801
    """exp(t) - 1, for small t too."""

    nargs = 1


class gauss(sp.Function):  # type: ignore[misc] # noqa: N801
    """exp(-t²), with t² never rounded."""

    nargs = 1


@dataclass(frozen=True)
class Row:
    """A safe form: `naive` = `safe`, both functions of one number; `rewrite` finds the first in a term and puts the second."""

    name: str
    naive: Callable[[Any], Any]
    safe: Callable[[Any], Any]
    rewrite: Callable[[Any], Any]


def _exponent(e: Any) -> Any:
    """u where the term is 1 + exp(u), else None."""
    if isinstance(e, sp.Add) and len(e.args) == 2 and sp.S.One in e.args:
        other = e.args[0] if e.args[1] is sp.S.One else e.args[1]
        return other.args[0] if isinstance(other, sp.exp) else None
    return None


def _power_of_sigmoid(e: Any) -> Any:
    """(1 + exp(u))^-n = σ(-u)^n."""
    if isinstance(e, sp.Pow) and e.exp.is_Integer and e.exp < 0:
        u = _exponent(e.base)
        return None if u is None else sigmoid(-u) ** -e.exp
    return None


def _exp_with_sigmoid(e: Any) -> Any:
    """exp(u) σ(-u) = σ(u)."""
    if not isinstance(e, sp.Mul):
        return None
    for factor in e.args:
        if isinstance(factor, sp.exp):
            u = factor.args[0]
            for other in e.args:
                base, n = other.as_base_exp()
                if isinstance(base, sigmoid) and base.args[0] == -u and n.is_Integer and n > 0:
                    return e / factor / base * sigmoid(u)
    return None


def _one_minus(kind: Any, turned: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """1 - f(u), where that is another function of u."""

    def rewrite(e: Any) -> Any:
        if isinstance(e, sp.Add) and len(e.args) == 2 and sp.S.One in e.args:
            other = e.args[0] if e.args[1] is sp.S.One else e.args[1]
            if isinstance(-other, kind):
                return turned((-other).args[0])
        return None

    return rewrite


def _one_and_erf(e: Any) -> Any:
    """c ± c erf(u) = c erfc(∓u), among other terms too."""
    if not isinstance(e, sp.Add) or not e.args[0].is_Rational:
        return None
    c = e.args[0]
    for term in e.args[1:]:
        factor, function = term.as_coeff_Mul()
        if isinstance(function, sp.erf) and abs(factor) == abs(c):
            u = function.args[0]
            return e - c - term + c * erfc(-u if factor == c else u)
    return None


def _one_and_tanh(e: Any) -> Any:
    """c ± c tanh(u) = 2c σ(±2u), among other terms too."""
    if not isinstance(e, sp.Add) or not e.args[0].is_Rational:
        return None
    c = e.args[0]
    for term in e.args[1:]:
        factor, function = term.as_coeff_Mul()
        if isinstance(function, sp.tanh) and abs(factor) == abs(c):
            u = 2 * function.args[0]
            return e - c - term + 2 * c * sigmoid(u if factor == c else -u)
    return None


def _two_exponentials(e: Any) -> Any:
    """exp(u) + exp(-u) = 2 cosh(u), exp(u) - exp(-u) = 2 sinh(u)."""
    if not (isinstance(e, sp.Add) and len(e.args) == 2):
        return None
    plus = [t for t in e.args if isinstance(t, sp.exp)]
    minus = [-t for t in e.args if isinstance(-t, sp.exp)]
    if len(plus) == 2 and plus[0].args[0] == -plus[1].args[0]:
        return 2 * sp.cosh(plus[0].args[0])
    if len(plus) == len(minus) == 1 and plus[0].args[0] == -minus[0].args[0]:
        return 2 * sp.sinh(plus[0].args[0])
    return None


def _sinh_over_cosh(e: Any) -> Any:
    """sinh(u) / cosh(u) = tanh(u)."""
    if not isinstance(e, sp.Mul):
        return None
    for f in e.args:
        if isinstance(f, sp.sinh) and 1 / sp.cosh(f.args[0]) in e.args:
            return e / f * sp.cosh(f.args[0]) * sp.tanh(f.args[0])
    return None


def _logarithm(e: Any) -> Any:
    """log(1 + exp(u)), log(1 + t), and log σ(u) = -log(1 + exp(-u))."""
    if not isinstance(e, sp.log):
        return None
    t = e.args[0]
    if isinstance(t, sigmoid):
        return -softplus(-t.args[0])
    u = _exponent(t)
    if u is not None:
        return softplus(u)
    if isinstance(t, sp.Add) and sp.S.One in t.args:
        return log1p(t - 1)
    return None


def _exp_minus_one(e: Any) -> Any:
    if isinstance(e, sp.Add) and len(e.args) == 2 and sp.S.NegativeOne in e.args:
        other = e.args[0] if e.args[1] is sp.S.NegativeOne else e.args[1]
        return expm1(other.args[0]) if isinstance(other, sp.exp) else None
    return None


def _slope_of_sigmoid(e: Any) -> Any:
    """σ(u) σ(-u)."""
    if not isinstance(e, sp.Mul):
        return None
    found = [f for f in e.args if isinstance(f, sigmoid)]
    for f in found:
        if sigmoid(-f.args[0]) in found:
            return e / f / sigmoid(-f.args[0]) * bell(f.args[0])
    return None


def _slope_of_tanh(e: Any) -> Any:
    """1 - tanh²(u) = 4 σ(2u) σ(-2u)."""
    if isinstance(e, sp.Add) and len(e.args) == 2 and sp.S.One in e.args:
        other = -(e.args[0] if e.args[1] is sp.S.One else e.args[1])
        if isinstance(other, sp.Pow) and other.exp == 2 and isinstance(other.base, sp.tanh):
            return 4 * bell(2 * other.base.args[0])
    return None


def _gauss(e: Any) -> Any:
    """exp(-t²), t a number times a symbol."""
    if not isinstance(e, sp.exp):
        return None
    c, rest = (-e.args[0]).as_coeff_Mul()
    if c.is_positive and isinstance(rest, sp.Pow) and rest.exp == 2:
        return gauss(sp.sqrt(c) * rest.base)
    return None


ROWS = (
    Row("sigmoid", lambda u: 1 / (1 + sp.exp(-u)), sigmoid, _power_of_sigmoid),
    Row("exp over one plus exp", lambda u: sp.exp(u) * sigmoid(-u), sigmoid, _exp_with_sigmoid),
    Row(
        "one minus sigmoid",
        lambda u: 1 - sigmoid(u),
        lambda u: sigmoid(-u),
        _one_minus(sigmoid, lambda u: sigmoid(-u)),
    ),
    Row("slope of sigmoid", lambda u: sigmoid(u) * sigmoid(-u), bell, _slope_of_sigmoid),
    Row("softplus", lambda u: sp.log(1 + sp.exp(u)), softplus, _logarithm),
    Row("slope of tanh", lambda u: 1 - sp.tanh(u) ** 2, lambda u: 4 * bell(2 * u), _slope_of_tanh),
    Row("one minus tanh", lambda u: 1 - sp.tanh(u), lambda u: 2 * sigmoid(-2 * u), _one_and_tanh),
    Row(
        "difference of exponentials",
        lambda u: sp.exp(u) - sp.exp(-u),
        lambda u: 2 * sp.sinh(u),
        _two_exponentials,
    ),
    Row("sinh over cosh", lambda u: sp.sinh(u) / sp.cosh(u), sp.tanh, _sinh_over_cosh),
    Row("gauss", lambda u: sp.exp(-(u**2)), gauss, _gauss),
    Row("exp minus one", lambda u: sp.exp(u) - 1, expm1, _exp_minus_one),
    Row("one minus erf", lambda u: 1 - sp.erf(u), erfc, _one_and_erf),
)


def safe(e: Any) -> Any:
    """The expression with every naive form in it put in its safe form.

    >>> s = sp.Symbol("s")
    >>> safe(sp.log(1 + sp.exp(s))), safe(1 / (1 + sp.exp(-s))), safe(1 - 1 / (1 + sp.exp(-s)))
    (softplus(s), sigmoid(s), sigmoid(-s))
    """
    if not e.args or isinstance(e, sp.Indexed):
        return e
    if isinstance(e, sp.Sum):
        return sp.Sum(safe(e.function), *e.limits)
    if isinstance(e, sp.Piecewise):
        return sp.Piecewise(*[(safe(p.expr), p.cond) for p in e.args])
    out = e.func(*[safe(a) for a in e.args])
    while (better := next(filter(None, (row.rewrite(out) for row in ROWS)), None)) is not None:
        out = better
    return out
