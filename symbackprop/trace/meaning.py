"""Propositions about traced terms: whether they hold at the trace's point, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..kernel import (
    Add,
    App,
    Bracket,
    Differentiable,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Prop,
    Sym,
    Term,
    substitute,
)
from ..kernel.normal import Ring
from ..kernel.terms import size, subterms
from ..refute.numbers import IV, Undefined, plus, raised, sign_of, times
from .duals import known

MAX_SHOWN = 60


def value(t: Term, numbers: Mapping[Term, Any]) -> Any:
    """The number that a term is, where its symbols are these."""
    match t:
        case Num(q):
            return q
        case Sym():
            return numbers[t]
        case Add(terms):
            total: Any = Fraction(0)
            for u in terms:
                total = plus(total, value(u, numbers))
            return total
        case Mul(factors):
            product: Any = Fraction(1)
            for u in factors:
                product = times(product, value(u, numbers))
            return product
        case Pow(base, n):
            return raised(value(base, numbers), n)
        case Bracket(u):
            sign = sign_of(value(u, numbers))
            if sign is None:
                raise Undefined("a sign that is not known")
            return Fraction(int(sign > 0))
        case App("pi", _, _):
            return IV.pi
        case App(name, (0,), (u,)):
            return known(name, value(u, numbers))
    raise Undefined(f"the value of {t}")


def holds(p: Prop, numbers: Mapping[Term, Any]) -> bool:
    """Whether a hypothesis holds, for sure, where its symbols are these numbers."""
    try:
        match p:
            case Positive(t):
                return sign_of(value(t, numbers)) == 1
            case Nonzero(t):
                return bool(sign_of(value(t, numbers)))
            case Differentiable():
                return True
    except (Undefined, ArithmeticError, KeyError):
        return False
    return False


def in_words(
    props: Sequence[Prop], definitions: Mapping[Sym, Term], entries: Mapping[str, list[Sym]]
) -> tuple[str, ...]:
    """Hypotheses in words, those that hold of every entry of an input as one."""
    ring = Ring()
    texts: dict[str, None] = {}
    single: dict[tuple[str, str], set[Sym]] = {}
    above = {ring.normal(p.term) for p in props if isinstance(p, Positive)}
    above |= {ring.normal(-t) for t in above}
    kept = [p for p in props if not (isinstance(p, Nonzero) and ring.normal(p.term) in above)]
    simple = [q for p in kept for q in _parts(_in_inputs(p, definitions, ring), ring)]
    for q in simple:
        _note(q, ring, entries, single, texts)
    for (name, own), symbols in sorted(single.items(), key=lambda row: row[0]):
        if len(symbols) == len(entries.get(name, ())) > 1:
            texts[f"{name}{own}, for every entry"] = None
        else:
            texts.update(dict.fromkeys(f"{s}{own}" for s in sorted(symbols, key=lambda s: s.index)))
    return tuple(texts)


def _note(
    p: Prop,
    ring: Ring,
    entries: Mapping[str, list[Sym]],
    single: dict[tuple[str, str], set[Sym]],
    texts: dict[str, None],
) -> None:
    """As one of those of an entry, or as a text."""
    symbol, own = _of_one_entry(p, ring)
    if symbol is not None and symbol.name in entries:
        single.setdefault((symbol.name, own), set()).add(symbol)
    else:
        texts[_text(p, ring)] = None


def _parts(p: Prop, ring: Ring) -> list[Prop]:
    """a b /= 0 as a /= 0 and b /= 0; a - b /= 0 as b - a /= 0 is."""
    if not isinstance(p, Nonzero):
        return [p]
    poly = ring.poly(p.term)
    if len(poly) == 1:
        return [Nonzero(ring.atoms[k]) for k in dict.fromkeys(min(poly))]
    lead = poly[min(poly)]
    return [Nonzero(ring.term(ring.scale(poly, Fraction(1 if lead > 0 else -1))))]


def _in_inputs(p: Prop, definitions: Mapping[Sym, Term], ring: Ring) -> Prop:
    return (
        type(p)(ring.normal(opened(p.term, definitions)))
        if isinstance(p, Positive | Nonzero)
        else p
    )


def _of_one_entry(p: Prop, ring: Ring) -> tuple[Sym | None, str]:
    """x and " > 0" of x[0] > 0, and x and " < 1" of 1 - x[0] > 0."""
    if not isinstance(p, Positive | Nonzero):
        return None, ""
    poly = ring.poly(p.term)
    atoms = {k for m in poly for k in m}
    if len(atoms) != 1 or any(len(m) > 1 for m in poly):
        return None, ""
    (k,) = atoms
    symbol = ring.atoms[k]
    if not isinstance(symbol, Sym):
        return None, ""
    c, end = Fraction(poly[(k,)]), Fraction(poly.get((), 0))
    sign = "≠" if isinstance(p, Nonzero) else ">" if c > 0 else "<"
    return symbol, f" {sign} {-end / c}"


def _text(p: Prop, ring: Ring) -> str:
    if not isinstance(p, Positive | Nonzero):
        return str(p)
    t = p.term
    sign = ">" if isinstance(p, Positive) else "≠"
    poly = ring.poly(t)
    plus_rows = {m: c for m, c in poly.items() if c > 0}
    minus_rows = {m: -c for m, c in poly.items() if c < 0}
    if minus_rows and plus_rows:
        return f"{ring.term(plus_rows)} {sign} {ring.term(minus_rows)}"
    if minus_rows:
        return f"{ring.term(minus_rows)} {'<' if sign == '>' else sign} 0"
    return f"{t} {sign} 0"


def opened(t: Term, definitions: Mapping[Sym, Term]) -> Term:
    """A term in the inputs, as far as it stays short."""
    for _ in range(20):
        own = {u: definitions[u] for u in subterms(t) if isinstance(u, Sym) and u in definitions}
        new = substitute(t, own) if own else t
        if not own or size(new) > MAX_SHOWN:
            break
        t = new
    return t
