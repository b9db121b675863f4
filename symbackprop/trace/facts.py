"""What is known of functions that the kernel has no laws for: one row a fact, with where it holds and its source.

To the kernel these functions are opaque.  A theorem that rests on a fact has it among its hypotheses, word for word; a
verdict sorts them out and names them beside the laws.  So nothing here can make the kernel accept a wrong step, and a
reader sees each fact that a proof took.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .grammar import Formula, parse


@dataclass(frozen=True)
class Slope:
    """The derivative of a function by one of its arguments, where a condition holds."""

    function: str
    slope: str
    by: int = 1
    where: str = ""
    source: str = ""


POLES = "a > 0 | ~integer(a)"
SLOPES: tuple[Slope, ...] = (
    Slope("atan(a)", "1/(1 + a**2)", source="DLMF 4.24.9"),
    Slope("asin(a)", "1/sqrt(1 - a**2)", where="1 - a**2 > 0", source="DLMF 4.24.7"),
    Slope("acos(a)", "-1/sqrt(1 - a**2)", where="1 - a**2 > 0", source="DLMF 4.24.8"),
    Slope("asinh(a)", "1/sqrt(1 + a**2)", source="DLMF 4.38.9"),
    Slope("acosh(a)", "1/sqrt(a**2 - 1)", where="a - 1 > 0", source="DLMF 4.38.10"),
    Slope("atanh(a)", "1/(1 - a**2)", where="1 - a**2 > 0", source="DLMF 4.38.11"),
    Slope("atan2(a, b)", "b/(a**2 + b**2)", 1, "b > 0 | a != 0", "DLMF 4.24.9"),
    Slope("atan2(a, b)", "-a/(a**2 + b**2)", 2, "b > 0 | a != 0", "DLMF 4.24.9"),
    Slope("floor(a)", "0", where="~integer(a)", source="constant between the integers"),
    Slope("erfinv(a)", "sqrt(pi)/2*exp(erfinv(a)**2)", where="1 - a**2 > 0", source="DLMF 7.17.1"),
    Slope("erfi(a)", "2/sqrt(pi)*exp(a**2)", source="DLMF 7.2"),
    Slope("dawsn(a)", "1 - 2*a*dawsn(a)", source="DLMF 7.10.4"),
    Slope("gamma(a)", "gamma(a)*digamma(a)", where=POLES, source="DLMF 5.2.2"),
    Slope("loggamma(a)", "digamma(a)", where=POLES, source="DLMF 5.2.2"),
    Slope("digamma(a)", "polygamma(1, a)", where=POLES, source="DLMF 5.15"),
    Slope("polygamma(b, a)", "polygamma(b + 1, a)", 2, POLES, "DLMF 5.15"),
    Slope("zeta(a, b)", "-a*zeta(a + 1, b)", 2, "a > 1 & b > 0", "DLMF 25.11.17"),
    Slope("lowergamma(a, b)", "b**(a - 1)*exp(-b)", 2, "a > 0 & b > 0", "DLMF 8.8.13"),
    Slope(
        "betainc(a, b, c)",
        "c**(a - 1)*(1 - c)**(b - 1)*gamma(a + b)/(gamma(a)*gamma(b))",
        3,
        "a > 0 & b > 0 & c > 0 & 1 - c > 0",
        "DLMF 8.17.1",
    ),
    Slope(
        "besselj(a, b)",
        "(besselj(a - 1, b) - besselj(a + 1, b))/2",
        2,
        "b > 0 | integer(a)",
        "DLMF 10.6.1",
    ),
    Slope("bessely(a, b)", "(bessely(a - 1, b) - bessely(a + 1, b))/2", 2, "b > 0", "DLMF 10.6.1"),
    Slope(
        "besseli(a, b)",
        "(besseli(a - 1, b) + besseli(a + 1, b))/2",
        2,
        "b > 0 | integer(a)",
        "DLMF 10.29.1",
    ),
    Slope(
        "besselk(a, b)", "-(besselk(a - 1, b) + besselk(a + 1, b))/2", 2, "b > 0", "DLMF 10.29.1"
    ),
    Slope("airyai(a)", "airyaiprime(a)", source="DLMF 9.2"),
    Slope("airybi(a)", "airybiprime(a)", source="DLMF 9.2"),
    Slope("airyaiprime(a)", "a*airyai(a)", source="DLMF 9.2.1"),
    Slope("airybiprime(a)", "a*airybi(a)", source="DLMF 9.2.1"),
    Slope("Si(a)", "sin(a)/a", where="a != 0", source="DLMF 6.2.9"),
    Slope("Ci(a)", "cos(a)/a", where="a > 0", source="DLMF 6.2.11"),
    Slope("Shi(a)", "(exp(a) - exp(-a))/(2*a)", where="a != 0", source="DLMF 6.2.15"),
    Slope("Chi(a)", "(exp(a) + exp(-a))/(2*a)", where="a > 0", source="DLMF 6.2.16"),
    Slope("Ei(a)", "exp(a)/a", where="a != 0", source="DLMF 6.2.5"),
    Slope("li(a)", "1/log(a)", where="a > 0 & a != 1", source="DLMF 6.2.8"),
    Slope("fresnels(a)", "sin(pi*a**2/2)", source="DLMF 7.2.8"),
    Slope("fresnelc(a)", "cos(pi*a**2/2)", source="DLMF 7.2.7"),
    Slope(
        "LambertW(a)",
        "1/(exp(LambertW(a))*(1 + LambertW(a)))",
        where="exp(1)*a + 1 > 0",
        source="DLMF 4.13.4",
    ),
    Slope(
        "elliptic_k(a)",
        "(elliptic_e(a) - (1 - a)*elliptic_k(a))/(2*a*(1 - a))",
        where="a < 1 & a != 0",
        source="DLMF 19.4.1",
    ),
    Slope(
        "elliptic_e(a)",
        "(elliptic_e(a) - elliptic_k(a))/(2*a)",
        where="a < 1 & a != 0",
        source="DLMF 19.4.2",
    ),
    Slope("spence(a)", "log(a)/(1 - a)", where="a > 0 & a != 1", source="DLMF 25.12.2"),
    Slope("polylog(b, a)", "polylog(b - 1, a)/a", 2, "a < 1 & a != 0", "DLMF 25.12.10"),
)


@dataclass(frozen=True)
class Identity:
    """An equation between functions, read from left to right, where a condition holds."""

    left: str
    right: str
    where: str = ""
    source: str = ""


IDENTITIES: tuple[Identity, ...] = (
    Identity("tan(atan(a))", "a"),
    Identity("sin(atan(a))", "a/sqrt(1 + a**2)"),
    Identity("cos(atan(a))", "1/sqrt(1 + a**2)"),
    Identity("sin(asin(a))", "a", "1 - a**2 > 0"),
    Identity("cos(asin(a))", "sqrt(1 - a**2)", "1 - a**2 > 0"),
    Identity("sin(acos(a))", "sqrt(1 - a**2)", "1 - a**2 > 0"),
    Identity("cos(acos(a))", "a", "1 - a**2 > 0"),
    Identity("exp(asinh(a))", "a + sqrt(1 + a**2)"),
    Identity("exp(acosh(a))", "a + sqrt(a**2 - 1)", "a - 1 > 0"),
    Identity("exp(atanh(a))", "(1 + a)/sqrt(1 - a**2)", "1 - a**2 > 0"),
    Identity("erf(erfinv(a))", "a", "1 - a**2 > 0"),
    Identity("erfinv(erf(a))", "a"),
    Identity("exp(LambertW(a))", "a/LambertW(a)", "exp(1)*a + 1 > 0 & a != 0"),
    Identity("exp(loggamma(a))", "gamma(a)", "a > 0"),
    Identity("polygamma(0, a)", "digamma(a)", POLES),
)
"""Of a function of a function."""

SHIFTS: tuple[Identity, ...] = (
    Identity("gamma(a + 1)", "a*gamma(a)", POLES, "DLMF 5.5.1"),
    Identity("loggamma(a + 1)", "log(a) + loggamma(a)", "a > 0", "DLMF 5.5.1"),
    Identity("digamma(a + 1)", "1/a + digamma(a)", POLES, "DLMF 5.5.2"),
    Identity(
        "besselj(a + 1, b)", "2*a/b*besselj(a, b) - besselj(a - 1, b)", "b != 0", "DLMF 10.6.1"
    ),
    Identity(
        "bessely(a + 1, b)", "2*a/b*bessely(a, b) - bessely(a - 1, b)", "b > 0", "DLMF 10.6.1"
    ),
    Identity(
        "besseli(a + 1, b)", "besseli(a - 1, b) - 2*a/b*besseli(a, b)", "b != 0", "DLMF 10.29.1"
    ),
    Identity(
        "besselk(a + 1, b)", "besselk(a - 1, b) + 2*a/b*besselk(a, b)", "b > 0", "DLMF 10.29.1"
    ),
)
"""What a function is at one more: first argument one higher, by values at lower ones."""

REFLECTIONS: tuple[Identity, ...] = (
    Identity("besselj(-1, b)", "-besselj(1, b)", "", "DLMF 10.4.1"),
    Identity("bessely(-1, b)", "-bessely(1, b)", "b > 0", "DLMF 10.4.1"),
    Identity("besseli(-1, b)", "besseli(1, b)", "", "DLMF 10.27.1"),
    Identity("besselk(-1, b)", "besselk(1, b)", "b > 0", "DLMF 10.27.3"),
)

BOUNDS: tuple[tuple[str, str, str], ...] = (
    ("1 + erf(a)", "", "DLMF 7.2.1"),
    ("1 - erf(a)", "", "DLMF 7.2.1"),
    ("1 - erf(a)**2", "", "DLMF 7.2.1"),
    ("gamma(a)", "a > 0", "DLMF 5.2.1"),
    ("besselk(a, b)", "b > 0", "DLMF 10.32.9"),
    ("besseli(0, b)", "", "DLMF 10.25.2"),
)
"""Terms that are positive, where a condition holds."""

PARTIAL: dict[str, str] = {
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv", "elliptic_k", "elliptic_e"), "1/2"),
    **dict.fromkeys(("acosh", "gamma", "loggamma", "digamma", "Ci", "Chi", "Ei", "li"), "2"),
    **dict.fromkeys(("LambertW", "spence", "Si", "Shi"), "2"),
    "floor": "1/2",
}
"""Functions of one argument that are not smooth everywhere, with a place where they are."""


@cache
def slope_rows() -> dict[tuple[str, int], tuple[Slope, Formula]]:
    """By function and argument (from 0): the row, and the function's call with its letters."""
    calls = [(row, parse(row.function)) for row in SLOPES]
    return {(call.head, row.by - 1): (row, call) for row, call in calls}


@cache
def arities() -> dict[str, int]:
    """How many arguments each of these functions takes."""
    return {name: len(call.args) for (name, _), (_, call) in slope_rows().items()}
