"""Terms as a reader expects them: signs and numbers pulled out, factors and summands in the lecture's order.

Only what the ring axioms allow is done: flattening, reordering, x x as x^2, and leaving out 1 in products and 0 in sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..kernel import Add, App, Bound, D, Int, Mul, Num, Pow, Prop, Sum, Sym, Term
from ..kernel.integers import combination
from ..kernel.terms import ARITY, ONE, subterms

Powers = tuple[tuple[Term, int], ...]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Product:
    """A number times factors, over factors; each with a positive exponent."""

    coefficient: Fraction
    top: Powers
    bottom: Powers


def summands(t: Term) -> list[Term]:
    """The terms of a sum, flattened, without zeros; a term that is no sum is its own only summand."""
    if not isinstance(t, Add):
        return [] if product(t).coefficient == 0 else [t]
    return [v for u in t.terms for v in summands(u)]


def single(t: Term) -> Term:
    """The only summand of a sum that has one; 0 where it has none; else the term."""
    if not isinstance(t, Add):
        return t
    parts = summands(t)
    return parts[0] if len(parts) == 1 else t if parts else Num(Fraction(0))


def _factors(t: Term, exponent: int = 1) -> Iterator[tuple[Term, int]]:
    t = single(t)
    if isinstance(t, Mul):
        for u in t.factors:
            yield from _factors(u, exponent)
    elif isinstance(t, Pow) and t.exponent * exponent != 0:
        yield from _factors(t.base, t.exponent * exponent)
    elif isinstance(t, Pow):
        yield Num(Fraction(1)), 1
    elif isinstance(t, Sum) and exponent == 1 and product(t.body).coefficient < 0:
        yield Num(Fraction(-1)), 1  # the sum of -a is minus the sum of a
        yield Sum(t.low, t.high, Mul((Num(Fraction(-1)), t.body))), 1
    else:
        yield t, exponent


def _power(value: Fraction, exponent: int) -> Fraction:
    return (
        Fraction(0) if value == 0 and exponent < 0 else value**exponent
    )  # 0^-1 is 0 in the kernel


def product(t: Term) -> Product:
    """A term as a product; top and bottom are never cancelled against each other, for that needs a condition."""
    coefficient, top, bottom = Fraction(1), dict[Term, int](), dict[Term, int]()
    for u, n in _factors(t):
        if isinstance(u, Num):
            coefficient *= _power(u.value, n)
        else:
            side = top if n > 0 else bottom
            side[u] = side.get(u, 0) + abs(n)
    return Product(coefficient, tuple(top.items()), tuple(bottom.items()))


# --- the order of indices --------------------------------------------------------------------------------------


def rank(k: Any) -> int:
    """Where an index stands in order: a number by itself, l before l + 1 before L; letters come after numbers."""
    if isinstance(k, int):
        return k
    return sum(c * (1 if a == ONE else _weight(a)) for a, c in combination(k).items())


def _weight(a: Term) -> int:
    """Far more than any number; of two bound variables the outer one comes first."""
    if isinstance(a, Bound):
        return 1_000_000 - a.level
    return 2_000_000 if isinstance(a, Int) and a.name.isupper() else 1_000_000


def placed(index: tuple[Any, ...]) -> Key:
    """Indices as a key to sort by."""
    return tuple([(rank(k), "" if isinstance(k, int) else str(k)) for k in index])


# --- the order of factors --------------------------------------------------------------------------------------


def is_slope(t: Term) -> bool:
    """Whether t is g'(s) for an s of the network; exp' is the kernel's own function, and no activation's slope."""
    if not isinstance(t, App) or t.orders != (1,) or _signal(t) is None:
        return False
    return t.name == "sin" or t.name not in ARITY


def _signal(t: App) -> Sym | None:
    arg = t.args[0] if len(t.args) == 1 else None
    return arg if isinstance(arg, Sym) and arg.name == "s" and len(arg.index) == 2 else None


def _layer(t: Term) -> int:
    """The layer of a symbol, or of the s that a function is applied to."""
    symbol = _signal(t) if isinstance(t, App) else t
    return rank(symbol.index[0]) if isinstance(symbol, Sym) and symbol.index else 0


def _named(t: Term, name: str) -> bool:
    return isinstance(t, Sym) and t.name == name and len(t.index) > 1


def _weights(t: Term) -> list[Key]:
    return [placed(u.index) for u in subterms(t) if isinstance(u, Sym) and _named(u, "w")]


def _weighty(t: Term) -> bool:
    """A sum over weights: what stands in the parentheses of the recursion."""
    return isinstance(t, Add | Sum) and bool(_weights(t))


def climbs(factors: Powers) -> bool:
    """Whether a product is of the recursion's kind (it has a δ, or a sum over weights), and not a path."""
    return any(_named(t, "delta") or _weighty(t) for t, _ in factors)


def chained(factors: Powers) -> list[tuple[Term, int]]:
    """Factors as they were written, derivatives last: each ∂a/∂b before the ∂b/∂c that goes on from it."""
    out = [f for f in factors if not isinstance(f[0], D)]
    left = [f for f in factors if isinstance(f[0], D)]
    while left:
        inner = {t.by for t, _ in left if isinstance(t, D)}
        first = (f for f in left if isinstance(f[0], D) and f[0].term not in inner)
        here: tuple[Term, int] | None = next(first, left[0])
        while here is not None:
            left.remove(here)
            out.append(here)
            last = here[0]
            goes_on = (
                f
                for f in left
                if isinstance(last, D) and isinstance(f[0], D) and f[0].term == last.by
            )
            here = next(goes_on, None)
    return out


def _family(t: Term) -> str:
    return t.name if isinstance(t, Sym) else ""


KINDS: dict[type, int] = {Sym: 1, D: 2, App: 3, Add: 4}
SPECIAL_KINDS: tuple[tuple[Callable[[Term], bool], float], ...] = (
    (lambda t: isinstance(t, Sym) and t.name == "y", 0),
    (lambda t: isinstance(t, D) and t.term == Sym("e"), 1.5),  # de/dx before dx/ds
    (lambda t: isinstance(t, D) and _family(t.term) == "s", 1.7),  # then ds/dx, dx/ds
    (lambda t: isinstance(t, App) and t.name == "log", 6),  # (1 - y) ln(1 - x)
)


def _plain_key(t: Term) -> Key:
    """Of the factors that belong to no layer: y, x, then functions, sums in parentheses last."""
    kind: float = KINDS.get(type(t), 5)
    for test, value in SPECIAL_KINDS:
        kind = value if test(t) else kind
    return (kind, symbols(t), str(t))


def path_key(t: Term) -> Key:
    """A path is read from the output down: the loss's derivative, then g' and w by turns, then x."""
    l = _layer(t)
    if _named(t, "w"):
        return (1, 1 - 2 * l, placed(t.index) if isinstance(t, Sym) else ())
    if is_slope(t):
        return (1, -2 * l)
    if _named(t, "x"):
        return (1, -0.5 - 2 * l)
    return (0, _plain_key(t))


def climb_key(t: Term) -> Key:
    """The recursion is read from the node up: g', then (within a sum) w, δ of the layer above, what the loss gives; x last."""
    l = _layer(t)
    if _named(t, "w"):
        return (1, 2 * l)
    if is_slope(t) or _named(t, "delta"):
        return (1, 2 * l + 0.5)
    if _weighty(t):
        return (1, 2 * min(w[0][0] for w in _weights(t)) - 0.25)
    return (3,) if _named(t, "x") else (2, _plain_key(t))


# --- the order of summands -------------------------------------------------------------------------------------

RANKS = {"w": 0, "s": 1, "x": 2, "y": 3}


def symbols(t: Term | Prop) -> tuple[Key, ...]:
    """The symbols in t, sorted: families in the lecture's order, then by index."""
    found = {u for u in subterms(t) if isinstance(u, Sym)}
    return tuple(sorted((RANKS.get(u.name, 4), u.name, placed(u.index)) for u in found))


def summand_key(t: Term) -> Key:
    """Numbers first, then by the indices of the weights, then by those of the other symbols."""
    top = [u for u, _ in product(t).top if isinstance(u, Sym) and _named(u, "w")]
    weights = sorted(placed(u.index) for u in top)
    return (tuple(weights), symbols(t), len(str(t)))


def _whole(t: Term) -> bool:
    """Whether a sum is one of indices."""
    atoms = [u for p in map(product, summands(t)) for u, _ in p.top]
    return bool(atoms) and all(isinstance(u, Int | Bound) for u in atoms)


def ordered(t: Term) -> list[Term]:
    """The summands in order, but with a positive one first where there is one."""
    parts = sorted(summands(t), key=summand_key)
    if _whole(t):
        parts = sorted(parts, key=lambda u: isinstance(u, Num))  # i + 1, l - 1: the number is last
    first = next((k for k, u in enumerate(parts) if product(u).coefficient > 0), 0)
    return [parts[first], *parts[:first], *parts[first + 1 :]] if parts else parts
