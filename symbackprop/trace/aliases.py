"""Functions that are formulas of others: what each means, in the grammar, and other names of one function.

A row is one line of mathematics; its letters are a, b, c.  What NumPy calls it stands beside SymPy's name.
"""

from __future__ import annotations

from functools import cache

from ..errors import InputError
from .grammar import Formula, parse

LETTERS = ("a", "b", "c", "d")

FORMULAS: dict[str, str] = {
    "log1p(a)": "log(1 + a)",
    "expm1(a)": "exp(a) - 1",
    "log2(a)": "log(a)/log(2)",
    "log10(a)": "log(a)/log(10)",
    "exp2(a)": "2**a",
    "exp10(a)": "10**a",
    "square(a)": "a**2",
    "reciprocal(a)": "1/a",
    "rsqrt(a)": "1/sqrt(a)",
    "pow(a, b)": "a**b",
    "cbrt(a)": "sign(a)*Abs(a)**(1/3)",
    "hypot(a, b)": "sqrt(a**2 + b**2)",
    "logaddexp(a, b)": "log(exp(a) + exp(b))",
    "logaddexp2(a, b)": "log(2**a + 2**b)/log(2)",
    "deg2rad(a)": "pi*a/180",
    "rad2deg(a)": "180*a/pi",
    "sigmoid(a)": "1/(1 + exp(-a))",
    "log_sigmoid(a)": "-log(1 + exp(-a))",
    "logit(a)": "log(a/(1 - a))",
    "softplus(a)": "log(1 + exp(a))",
    "relu(a)": "Max(a, 0)",
    "xlogy(a, b)": "a*log(b)",
    "xlog1py(a, b)": "a*log(1 + b)",
    "entr(a)": "-a*log(a)",
    "ndtr(a)": "(1 + erf(a/sqrt(2)))/2",
    "log_ndtr(a)": "log((1 + erf(a/sqrt(2)))/2)",
    "ndtri(a)": "sqrt(2)*erfinv(2*a - 1)",
    "erfc(a)": "1 - erf(a)",
    "erfcx(a)": "exp(a**2)*(1 - erf(a))",
    "erfcinv(a)": "erfinv(1 - a)",
    "trigamma(a)": "polygamma(1, a)",
    "factorial(a)": "gamma(1 + a)",
    "beta(a, b)": "gamma(a)*gamma(b)/gamma(a + b)",
    "betaln(a, b)": "loggamma(a) + loggamma(b) - loggamma(a + b)",
    "betainc_regularized(a, b, c, d)": "betainc(a, b, d) - betainc(a, b, c)",
    "uppergamma(a, b)": "gamma(a) - lowergamma(a, b)",
    "gammainc(a, b)": "lowergamma(a, b)/gamma(a)",
    "gammaincc(a, b)": "1 - lowergamma(a, b)/gamma(a)",
    "acot(a)": "atan(1/a)",
    "asec(a)": "acos(1/a)",
    "acsc(a)": "asin(1/a)",
    "acoth(a)": "atanh(1/a)",
    "asech(a)": "acosh(1/a)",
    "acsch(a)": "asinh(1/a)",
    "clip(a, b, c)": "Min(Max(a, b), c)",
    "frac(a)": "a - floor(a)",
    "round(a)": "floor(a + 1/2)",
    "ceiling(a)": "-floor(-a)",
    "Mod(a, b)": "a - b*floor(a/b)",
    "fmod(a, b)": "a - b*sign(a/b)*floor(Abs(a/b))",
    "trunc(a)": "sign(a)*floor(Abs(a))",
    "i0e(a)": "exp(-Abs(a))*besseli(0, a)",
    "i1e(a)": "exp(-Abs(a))*besseli(1, a)",
    "ive(a, b)": "exp(-Abs(b))*besseli(a, b)",
    "k0e(a)": "exp(a)*besselk(0, a)",
    "k1e(a)": "exp(a)*besselk(1, a)",
    "kve(a, b)": "exp(b)*besselk(a, b)",
}

NAMES: dict[str, str] = {
    "ln": "log",
    "abs": "Abs",
    "absolute": "Abs",
    "fabs": "Abs",
    "max": "Max",
    "maximum": "Max",
    "fmax": "Max",
    "min": "Min",
    "minimum": "Min",
    "fmin": "Min",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "power": "pow",
    "float_power": "pow",
    "expit": "sigmoid",
    "clamp": "clip",
    "ceil": "ceiling",
    "rint": "round",
    "mod": "Mod",
    "remainder": "Mod",
    "psi": "digamma",
    "lgamma": "loggamma",
    "gammaln": "loggamma",
    "lambertw": "LambertW",
    "heaviside": "Heaviside",
    "radians": "deg2rad",
    "degrees": "rad2deg",
    "log_expit": "log_sigmoid",
    "lowergammainc": "lowergamma",
    "jv": "besselj",
    "yv": "bessely",
    "iv": "besseli",
    "kv": "besselk",
}
"""Other names of one function."""

ORDERED = {"j0": ("besselj", 0), "j1": ("besselj", 1), "y0": ("bessely", 0), "y1": ("bessely", 1)}
ORDERED |= {"i0": ("besseli", 0), "i1": ("besseli", 1), "k0": ("besselk", 0), "k1": ("besselk", 1)}
"""Bessel functions of a given order."""
FORMULAS |= {f"{short}(a)": f"{long}({n}, a)" for short, (long, n) in ORDERED.items()}


@cache
def _rows() -> dict[str, tuple[int, Formula]]:
    """By name: how many letters, and the formula."""
    heads = {parse(left): parse(right) for left, right in FORMULAS.items()}
    return {left.head: (len(left.args), right) for left, right in heads.items()}


def put(f: Formula, values: dict[str, Formula]) -> Formula:
    """A formula with formulas for names."""
    if f.head == "name":
        return values.get(f.text, f)
    args = tuple([put(a, values) for a in f.args])
    return f if args == f.args else Formula(f.head, args, f.value, f.text, f.at)


def spelled(f: Formula) -> Formula | None:
    """What a call of an alias means; None of what is none.

    >>> str(spelled(parse("log1p(x)")))
    'log(1 + x)'
    """
    if f.head in NAMES:
        return Formula(NAMES[f.head], f.args, at=f.at)
    if f.head not in _rows():
        return None
    if f.head == "betainc_regularized" and len(f.args) == 4 and f.args[2].value == 0:
        return Formula("betainc", (*f.args[:2], f.args[3]), at=f.at)
    count, body = _rows()[f.head]
    if len(f.args) != count:
        raise InputError(f"{f.head}: expected {count} arguments, got {len(f.args)} in {f}")
    return put(body, dict(zip(LETTERS, f.args, strict=False)))


@cache
def unaliased(f: Formula) -> Formula:
    """A formula in the functions of the language alone.

    >>> str(unaliased(parse("relu(log1p(x))")))
    'Max(log(1 + x), 0)'
    """
    while (meant := spelled(f)) is not None:
        f = meant
    args = tuple([unaliased(a) for a in f.args])
    return f if args == f.args else Formula(f.head, args, f.value, f.text, f.at)
