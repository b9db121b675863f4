"""Fractions: a polynomial cleared of the inverses in it by d d^-1 = 1, and the factors that prove it.

The kernel knows no fractions.  It checks that one polynomial is another one plus multiples of d d^-1 - 1, where d /= 0.
"""

from __future__ import annotations

from ..kernel import Pow, Term, size
from ..kernel.normal import UNIT, Ring
from ..kernel.sums import Poly

Factors = list[tuple[Term, Term]]
"""Terms d that must be nonzero, each with what d d^-1 - 1 is multiplied by."""


def cleared(ring: Ring, p: Poly) -> tuple[Poly, Poly, Factors]:
    """n, u and factors, such that p = n u + the multiples of d d^-1 - 1; u is a product of inverses, in n there are none.

    An inverse that stands within another one comes after it.
    """
    under, factors = UNIT, Factors()
    while inverses := {k for m in p for k in m if isinstance(ring.atoms[k], Pow)}:
        own = max(inverses, key=lambda k: (size(ring.atoms[k]), k))
        (base,) = [t.base for t in [ring.atoms[own]] if isinstance(t, Pow)]
        p, power, factor = _without(ring, p, own, ring.poly(base))
        factors.append((base, ring.term(ring.mul(under, factor))))
        under = ring.mul(under, power)
    return p, under, factors


def _without(ring: Ring, p: Poly, own: int, base: Poly) -> tuple[Poly, Poly, Poly]:
    """n, i^e and q, where p = n i^e + q (d i - 1), for one inverse i of d, whose highest power in p is i^e.

    With p = Σ c_k i^k, n_0 = c_0 and n_k = n_(k-1) d + c_k: q = -Σ_{k < e} n_k i^k, and n = n_e.
    """
    parts: dict[int, Poly] = {}
    for m, c in p.items():
        parts.setdefault(m.count(own), {})[tuple([k for k in m if k != own])] = c
    top, power, factor = parts.get(0, {}), UNIT, Poly()
    for k in range(1, max(parts) + 1):
        factor = ring.add(factor, ring.scale(ring.mul(top, power), -1))
        top = ring.add(ring.mul(top, base), parts.get(k, {}))
        power = ring.mul(power, {(own,): 1})
    return top, power, factor
