"""log(a b / c) = log(a) + log(b) - log(c) for positive a, b, c: by the laws of exp, which the kernel has.

E, the sum of the logarithms, has exp(E) = a b / c, and log(exp(E)) = E.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

from ..kernel import App, Pow, Term
from ..kernel.terms import ONE, num, parts
from .script import Script


def opened(b: Script, u: App) -> int | None:
    """The step that says what the logarithm of a product is; None of what is none."""
    found = _factors(b, u.args[0])
    if found is None or len(found) < 2:
        return None
    logs = [_log(t) if up else -_log(t) for t, up in found]
    sums = [*accumulate(logs, lambda so_far, last: so_far + last)]
    whole, pairs = sums[-1], zip(sums[-2::-1], logs[:0:-1], strict=True)
    uses = [b.law("exp sum", so_far, last) for so_far, last in pairs]
    uses += [b.law("exp negative", _log(t)) for t, up in found if not up]
    uses += [b.law("exp log", t) for t, _ in found if not _is_exp(t)]
    power = b.ring(_of("exp", whole), u.args[0], uses)
    inside = b.ring(_of("log", _of("exp", whole)), u, [power])
    return b.combine(u, whole, [(inside, num(-1)), (b.law("log exp", whole), ONE)])


def _factors(b: Script, t: Term) -> list[tuple[Term, bool]] | None:
    """What a product is made of, each above or below the fraction's line; None of a sum."""
    poly = b.ring_.poly(t)
    if len(poly) != 1:
        return None
    ((m, c),) = poly.items()
    c = Fraction(c)
    out: list[tuple[Term, bool]] = [(num(c.numerator), True), (num(c.denominator), False)]
    out = [(n, up) for n, up in out if n != ONE]
    for atom in [b.ring_.atoms[k] for k in m]:
        below = isinstance(atom, Pow) and atom.exponent == -1
        out.append((parts(atom)[0] if below else atom, not below))
    return out if c > 0 else None


def _is_exp(t: Term) -> bool:
    return isinstance(t, App) and t.name == "exp" and t.orders == (0,)


def _log(t: Term) -> Term:
    """log(t), or a for exp(a)."""
    return t.args[0] if isinstance(t, App) and _is_exp(t) else _of("log", t)


def _of(name: str, t: Term) -> App:
    return App(name, (0,), (t,))
