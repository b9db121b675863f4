"""Lines as Unicode text, as one would write them: Σ_{j=1..n} w_ij·δ_j, x², z_j."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import sympy as sp
from sympy.printing.precedence import PRECEDENCE, precedence
from sympy.printing.str import StrPrinter

from ..network.symbols import joined
from .language import Partial

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def _greek() -> dict[str, str]:
    """The Greek letters by their names; lambda, which the standard spells otherwise, too."""
    names = "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi pi rho sigma tau upsilon phi chi psi omega"
    small = {n: unicodedata.lookup(f"GREEK SMALL LETTER {n}") for n in names.split()}
    large = {n.title(): unicodedata.lookup(f"GREEK CAPITAL LETTER {n}") for n in names.split()}
    return {**small, **large, "lambda": small["lamda"], "Lambda": large["Lamda"]}


GREEK = _greek()


def shown(e: Any) -> str:
    """An expression as text.

    >>> j, n = sp.symbols("j n", integer=True)
    >>> w, x = sp.IndexedBase("w"), sp.IndexedBase("x")
    >>> shown(2 * sp.Sum(w[j, 1] * x[j] ** 2, (j, 1, n)))
    '2·Σ_{j=1..n} w_j1·x_j²'
    """
    return str(Printer().doprint(sp.sympify(e)))


class Printer(StrPrinter):  # type: ignore[misc]
    """SymPy's text with Σ, indices below, and · between factors; sums last in a product, so that they need no brackets."""

    printmethod = "_symbackprop_text"
    """No expression has its own: an Indexed is printed here, too."""

    def _print_Symbol(self, e: Any) -> str:
        return letter(e.name)

    def _print_Dummy(self, e: Any) -> str:
        return letter(e.name)

    def _print_Function(self, e: Any) -> str:
        inside = ", ".join([str(self._print(a)) for a in e.args])
        return f"{letter(e.func.__name__)}({inside})"

    def _print_Sum(self, e: Any) -> str:
        ranges = "".join(
            [f"Σ_{{{v}={self._end(a)}..{self._end(b)}}} " for v, a, b in e.limits[::-1]]
        )
        return ranges + self._factor(e.function, last=True)

    def _end(self, k: Any) -> str:
        return str(self._print(k)).replace(" ", "")

    def _print_Indexed(self, e: Any) -> str:
        inside = joined(e.indices, lambda k: str(self._print(k)).replace(" ", ""))
        plain = re.fullmatch(r"[\w,]+", inside)
        return f"{self._print(e.base.label)}_{inside if plain else f'({inside})'}"

    def _print_Mul(self, e: Any) -> str:
        c, rest = e.as_coeff_Mul()
        if c.is_Rational and c < 0:
            return "-" + (self._factor(rest, last=True) if c == -1 else str(self._print(-e)))
        factors = _chained(e.as_ordered_factors())
        under = [f for f in factors if isinstance(f, sp.Pow) and _negative(f)]
        sums = [f for f in factors if isinstance(f, sp.Sum)]
        over = [f for f in factors if f not in under and f not in sums]
        rows = [self._factor(f) for f in (*over, *sums[:-1])]
        rows += [self._factor(f, last=not under) for f in sums[-1:]]
        text = "·".join(rows) or "1"
        below = [self._factor(1 / f, tight=True) for f in under]
        if not below:
            return text
        return f"{text}/{below[0]}" if len(below) == 1 else f"{text}/({'·'.join(below)})"

    def _factor(self, e: Any, last: bool = False, tight: bool = False) -> str:
        """A factor, in brackets where it needs them; a sum needs none where nothing follows it."""
        text = str(self._print(e))
        if isinstance(e, sp.Sum):
            return text if last else f"({text})"
        loose = precedence(e) < PRECEDENCE["Mul"] or (tight and isinstance(e, sp.Mul))
        return f"({text})" if loose else text

    def _print_Pow(self, e: Any, rational: bool = False) -> str:
        if _negative(e):
            return f"1/{self._factor(1 / e, tight=True)}"
        if e.exp == sp.Rational(1, 2):
            return f"√({self._print(e.base)})"
        base = str(self._print(e.base))
        bare = (e.base.is_Atom or isinstance(e.base, sp.Indexed | sp.Function)) and "^" not in base
        base = base if bare else f"({base})"
        if e.exp.is_Integer:
            return base + str(e.exp).translate(SUPERSCRIPTS)
        return f"{base}^{self._factor(e.exp, tight=True)}"

    def _print_Quantity(self, e: Any) -> str:
        return str(e._sympystr(self))

    def _print_Partial(self, e: Any) -> str:
        return str(e._sympystr(self))

    def _print_Applied(self, e: Any) -> str:
        return str(e._sympystr(self))

    def _print_Over(self, e: Any) -> str:
        return str(e._sympystr(self))

    def _print_KroneckerDelta(self, e: Any) -> str:
        a, b = (self._end(k) for k in e.args[:2])
        return f"[{a}={b}]"


def letter(name: str) -> str:
    """A name as it is written: δ for delta, w₁ for w1, σ' for sigma'.

    >>> letter("delta"), letter("w1"), letter("sigma'")
    ('δ', 'w₁', "σ'")
    """
    found = re.fullmatch(r"([^\W\d_]+)_?(\d*)('*)", name)
    if found is None:
        return name
    base, digits, primes = found.groups()
    return GREEK.get(base, base) + digits.translate(SUBSCRIPTS) + primes


def _chained(factors: list[Any]) -> list[Any]:
    """Derivatives last, each ∂a/∂b before the ∂b/∂c that goes on from it."""
    rest = [f for f in factors if not isinstance(f, Partial)]
    left = [f for f in factors if isinstance(f, Partial)]
    while left:
        inner = {f.by for f in left}
        here: Any = next((f for f in left if f.of not in inner), left[0])
        while here is not None:
            left.remove(here)
            rest.append(here)
            here = next((f for f in left if f.of == here.by), None)
    return rest


def _negative(e: Any) -> bool:
    return bool(e.exp.is_number and e.exp.is_negative)
