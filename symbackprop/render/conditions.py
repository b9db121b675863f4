"""The hypotheses of a theorem in words: differentiability function by function, then the rest."""

from __future__ import annotations

from ..kernel import All, App, AtLeast, Differentiable, Sym, Theorem
from .order import Key, placed, symbols
from .page import Block, Content, Glyph, Para


def assumptions(theorem: Theorem) -> list[Block]:
    """Sentences for all hypotheses; none where there are none."""
    smooth = [h for h in theorem.hypotheses if isinstance(h, Differentiable) and _of_numbers(h)]
    others = [h for h in theorem.hypotheses if h not in smooth and not isinstance(h, AtLeast)]
    blocks = _smooth(smooth)
    every = [h for h in others if isinstance(h, All)]
    plain: tuple[Content, ...] = (*sorted([h for h in others if h not in every], key=symbols),)
    if plain:
        blocks.append(Para("It is assumed that {props}.", {"props": plain}))
    if every:
        values = {f"p{k}": (h,) for k, h in enumerate(sorted(every, key=symbols))}
        listed = ", and that ".join([f"{{{name}}}" for name in values])
        blocks.append(Para(f"It is assumed that {listed}.", dict(values)))
    return blocks


def _of_numbers(p: Differentiable) -> bool:
    """Whether the function and its arguments have no letters for indices."""
    return not p.at.index and all(isinstance(n, int) for n in p.at.orders)


def _smooth(props: list[Differentiable]) -> list[Block]:
    """Differentiability, one sentence a function."""
    places: dict[str, list[Differentiable]] = {}
    for p in props:
        order = p.at.orders[0] if len(p.at.orders) == 1 else 0
        primes = "'" * (order if isinstance(order, int) else len(order))
        places.setdefault(p.at.name + primes, []).append(p)
    return [_sentence(name, own) for name, own in sorted(places.items())]


def _sentence(name: str, props: list[Differentiable]) -> Para:
    at: tuple[Content, ...] = (*sorted((t for p in props for t in p.at.args), key=_index),)
    stem = name.rstrip("'")
    primes = name[len(stem) :]
    shown = Glyph(lambda w: w.atom(w.name(App(stem, (0,), ())) + primes))
    where = "at" if len(props[0].at.args) == 1 else "at the point"
    return Para(
        f"It is assumed that {{f}} is differentiable {where} {{at}}.", {"f": shown, "at": at}
    )


def _index(t: object) -> tuple[str, Key]:
    return (t.name, placed(t.index)) if isinstance(t, Sym) else ("~", ())
