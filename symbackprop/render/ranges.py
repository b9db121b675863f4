"""Letters for indices: sums, layers as arguments, and what holds for all of a range, in the lecture's layout."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..kernel import All, App, AtLeast, Bound, Int, Kron, Sum, Sym, Term, Vec
from ..kernel.integers import combination, minus, opened, whole
from ..kernel.terms import subterms
from .boxes import ATOM, FACTOR, PRODUCT, SUM, Box, Chunk, deeper, enclosed, kept, led, small_width
from .conventions import lowered, spelled

if TYPE_CHECKING:
    from .writer import Writer

LAYERS, NODES = "lmhk", "ijknpqrt"
"""What bound variables are called: those of a range of layers, those of a range of nodes."""


def index(w: Writer, k: Any) -> str:
    """An index without spaces: 3, j, l-1; a width in braces, for it has a superscript itself."""
    body = str(k) if type(k) is int else w.box(k).body.replace(" ", "")
    return f"{{{body}}}" if "^" in body and not w.style.latex else body


def integer(w: Writer, t: Int) -> Box:
    """An index by its name; the width of a layer as d^(l)."""
    if w.names is not None:
        own = spelled(w.names.get(t.name, t.name), w.style.latex)
        inside = [
            index(w, k) for k in t.index if k != 0
        ]  # a letter for a width is n[0] in the kernel
        return w.atom(own + lowered(inside, w.style.latex))
    if not t.index:
        return w.atom(t.name)
    inside = [index(w, k) for k in t.index]
    if t.name == "d" and len(inside) == 1:
        return w.atom(w.convention.member("d", inside, w.style.latex))
    return w.atom(t.name + subscript(w, ",".join(inside)))


def subscript(w: Writer, inside: str) -> str:
    r"""g_{l-1} in LaTeX, g_(l-1) in text."""
    if w.style.latex:
        return f"_{{{inside}}}"
    single = [k for k in inside.split(",") if len(k) == 1]
    if len(single) == inside.count(",") + 1:
        return f"_{''.join(single)}"
    return f"_{inside}" if inside.replace(",", "").isalnum() else f"_({inside})"


def bound(w: Writer, t: Bound) -> Box:
    return w.atom(w.bound[t.level] if t.level < len(w.bound) else f"i_{t.level}")


def letter(w: Writer, node: Sum | Vec | All) -> str:
    """A name that is not in use: l for a layer, in what holds for all up to another end than a width; else i, j, ..."""
    used = {*_names(node), *w.bound, *w.taken, *w.convention.letters, *(w.names or {}).values()}
    width = any(isinstance(u, Int) and u.index for u in subterms(node.high))
    layers = isinstance(node, All) and not width
    free = [c for c in (LAYERS + NODES if layers else NODES) if c not in used]
    return free[0] if free else f"i_{len(w.bound)}"


def _names(node: Sum | Vec | All) -> set[str]:
    """The names in a node."""
    return {u.name for u in subterms(node) if isinstance(u, Int | Sym | App)}


def within(w: Writer, name: str, node: Sum | All) -> Writer:
    """The writer for the body of a binder whose variable has this name; what stands in its range is not called so again."""
    return replace(w, bound=(name, *w.bound), taken=w.taken | _names(node))


def summed(w: Writer, t: Sum) -> Box:
    r"""\sum_{i=1}^{d^{(l)}} body; a sum in parentheses."""
    name = letter(w, t)
    low, high = ends(w, t)
    head = (
        rf"\sum_{{{name}={low}}}^{{{high}}} " if w.style.latex else f"Σ_{{{name}={low}..{high}}} "
    )
    inner = within(w, name, t)
    body = kept(deeper(inner.tight(inner.box(t.body))), FACTOR)
    ends_ = max(small_width(f"{name}={low}"), small_width(high), 14.5)
    width = ends_ + 2.5 if w.style.latex else float(len(head))
    return Box(enclosed(body, head, "", width), PRODUCT, max(1, body.height), True)


def layer(w: Writer, t: Vec) -> Box:
    """The components one by one: the first, dots, the last."""
    first, last = (w.box(opened(t.body, k)) for k in (t.low, t.high))
    dots = r"\dots" if w.style.latex else "…"
    box = w.atom(f"{first.body}, {dots}, {last.body}", 0, first.width + last.width + 20.0)
    return replace(box, height=first.height)


def ends(w: Writer, node: Sum | Vec | All) -> tuple[str, str]:
    """Where a range begins, and where it ends."""
    low, high = (w.box(k).body.replace(" ", "") for k in (node.low, node.high))
    return low, high


def same(w: Writer, t: Kron) -> Box:
    left, right = apart(w, whole(t.low, minus(t.high)))
    return w.atom(f"[{left} = {right}]")


def unequal(w: Writer, k: Term) -> Box:
    """That an integer is not 0, as two others that differ."""
    left, right = apart(w, k)
    return w.atom(left + w.style.signs["ne"] + right)


def apart(w: Writer, k: Term) -> tuple[str, str]:
    """What is added and what is subtracted in an integer, the shorter one first."""
    left, right = sorted([index(w, side) for side in balanced(k)], key=lambda s: (len(s), s))
    return left, right


def balanced(k: Term) -> tuple[Term, Term]:
    """What is added in k, and what is subtracted."""
    rows = combination(k)
    left = whole(*[_times(a, c) for a, c in rows.items() if c > 0])
    right = whole(*[minus(_times(a, c)) for a, c in rows.items() if c < 0])
    return left, right


def at_least(w: Writer, p: AtLeast) -> Box:
    """k ≥ n, where what is subtracted stands on the right."""
    left, right = balanced(p.low)
    return w.atom(f"{w.box(left).body}{w.style.signs['ge']}{w.box(right).body}")


def _times(t: Term, n: int) -> Term:
    """A multiple of an index, as kernel integers have it."""
    return whole(*[t] * n) if n > 0 else whole(*[minus(t)] * -n)


def every(w: Writer, p: All) -> Box:
    """The body, and for which of a range."""
    name = letter(w, p)
    low, high = ends(w, p)
    body = within(w, name, p).box(p.body)
    text, dots = (r" \text{ for } ", r", \dots, ") if w.style.latex else (" for ", "..")
    one = index(w, p.low) == index(w, p.high)
    if isinstance(p.body, All):  # of two ranges the inner one is said first
        text = r",\ " if w.style.latex else ", "
    tail = f"{text}{name} = {low}" if one else f"{text}{name} = {low}{dots}{high}"
    last = Chunk(tail, w.style.width(tail))
    chunks = (*body.chunks, *led(Box((last,)), SUM, "", "", 0.0))
    return Box(chunks, SUM, body.height)


def slope_of(w: Writer, t: App) -> Box | None:
    r"""\frac{\partial E}{\partial x_{j}}: a function of a layer, differentiated by one of the layer's symbols."""
    places = [k for k, o in enumerate(t.orders) if o]
    if len(places) != 1:
        return None
    order, arg = t.orders[places[0]], t.args[places[0]]
    if not isinstance(arg, Vec) or len(order) != 1:
        return None
    by = w.box(opened(arg.body, order[0]))
    return w.partial(w.name(t), by.body) if by.binds == ATOM else None


def orders(w: Writer, t: App) -> str:
    """How often by each argument; of a layer, by which of its components."""
    shown = [
        "[" + ",".join([index(w, k) for k in o]) + "]" if isinstance(o, tuple) else str(o)
        for o in t.orders
    ]
    return f"({','.join(shown)})"
