r"""Terms and propositions of the kernel in the lecture's notation: one walk, two styles (LaTeX and text).

>>> from symbackprop.kernel import D, Mul, Sym
>>> w, x, delta = Sym("w", (1, 0, 2)), Sym("x", (0, 1)), Sym("delta", (1, 2))
>>> LATEX.box(D(Sym("e"), w)).body, LATEX.box(Mul((x, delta))).body
('\\frac{\\partial e}{\\partial w_{02}^{(1)}}', '\\delta_{2}^{(1)}\\, x_{1}^{(0)}')
>>> TEXT.box(D(Sym("e"), w)).body, TEXT.box(Mul((x, delta))).body
('∂e/∂w_02^(1)', 'δ_2^(1)·x_1^(0)')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from ..kernel import (
    Add,
    All,
    App,
    AtLeast,
    Bound,
    Bracket,
    D,
    Differentiable,
    Eq,
    Int,
    Kron,
    Mul,
    Nonzero,
    Num,
    Positive,
    Pow,
    Prop,
    Slope,
    Sum,
    Sym,
    Term,
    Vec,
)
from . import ranges
from .boxes import (
    ATOM,
    FACTOR,
    NEVER,
    PRODUCT,
    SUM,
    Box,
    Chunk,
    deeper,
    enclosed,
    kept,
    led,
)
from .conventions import ARITIES, LECTURE, LETTERS, Convention, lowered, spelled
from .order import Powers, chained, climb_key, climbs, is_slope, ordered, path_key, product, single
from .styles import LATEX_STYLE, OPERATORS, TEXT_STYLE, Style
from .words import escaped

WIDEST = 300.0
"""Of a fraction, in points; a wider one is written with a slash, so that it may break."""

Letters = Mapping[tuple[str, int], str]
"""What an activation is called in a layer: ("tanh", 1) is g, or g_1 where the layers differ."""


@dataclass(frozen=True)
class Writer:
    """Writes terms in a style and a convention.  `letters` names the activations; `climbing` is set within the recursion's sums;
    `script` within an exponent and `inline` within a sentence, where fractions are written with a slash; `bound` are the names
    of the variables of the binders around, the innermost first; what is `taken` is not given to another variable.  With
    `names`, what is written about is a user's own: no family is the lecture's, and each thing is called by the user's name.
    """

    style: Style
    convention: Convention = LECTURE
    letters: Letters = field(default_factory=dict)
    climbing: bool = False
    script: bool = False
    inline: bool = False
    bound: tuple[str, ...] = ()
    taken: frozenset[str] = frozenset()
    names: Mapping[str, str] | None = None

    def box(self, node: Term | Prop) -> Box:
        """The node as a box."""
        return WALK[type(node)](self, node)

    def atom(self, body: str, height: int = 0, width: float | None = None) -> Box:
        size = self.style.width(body) if width is None else width
        return Box((Chunk(body, size),), ATOM, height)

    def wrapped(self, box: Box) -> Box:
        """In parentheses, as large as what they enclose."""
        sizes = self.style.delimiters
        left, right = sizes[min(box.height, len(sizes) - 1)]
        chunks = enclosed(deeper(box), left, right, 4.0 if self.style.latex else 1.0)
        return Box(chunks, ATOM, box.height + 1)

    def tight(self, box: Box, binds: int = PRODUCT) -> Box:
        """In parentheses where it binds less than its place wants."""
        return self.wrapped(box) if box.binds < binds else box

    def name(self, t: App) -> str:
        """What a function is called."""
        known = _letter(self, t) or self.general(t.name) or self.style.functions.get(t.name)
        if self.names is not None and t.name in self.names:
            known = spelled(self.names[t.name], self.style.latex)
        if known is None and self.style.latex and len(t.name.partition("_")[0]) > 1:
            known = rf"\operatorname{{{escaped(t.name)}}}"
        inside = ",".join([ranges.index(self, k) for k in t.index])
        return (known or t.name) + (ranges.subscript(self, inside) if inside else "")

    def crossed(self) -> Writer:
        """The same with × between factors."""
        cross = (r" \times ", r"\times ") if self.style.latex else (" × ", "× ")
        style = replace(self.style, times=cross[0], times_head=cross[1])
        return replace(self, style=style)

    def general(self, name: str) -> str | None:
        """A function that has a letter of the convention's: any activation, any error; σ, where g is not called so."""
        stem, mark, rest = name.partition("_")
        if self.names is not None:
            return None
        if stem in ("g", "E") and (not mark or rest in ("y", *"0123456789")):
            return self.convention.letter(stem, self.style.latex) + mark + rest
        taken = name == "sigmoid" and self.convention.g == "σ"
        return self.style.operator(name) if taken else None

    def partial(self, of: str, by: str) -> Box:
        """∂of/∂by."""
        d = self.style.signs["d"]
        size = 4.0 + max(self.style.width(d + of), self.style.width(d + by))
        body = f"{d}{of}/{d}{by}" if self.inline else self.style.fraction(d + of, d + by)
        return self.atom(body, 2, size) if self.style.latex else self.atom(body)

    def listed(self, nodes: tuple[Term, ...]) -> Box:
        """The arguments of a function: one breakable box for one, one chunk for many."""
        boxes = [self.box(t) for t in nodes]
        if len(boxes) == 1:
            return boxes[0]
        body = ", ".join([b.body for b in boxes])
        width = sum(b.width for b in boxes) + 6.0 * len(boxes)
        return replace(self.atom(body, width=width), height=max(b.height for b in boxes))


# --- sums ------------------------------------------------------------------------------------------------------


def _sum(w: Writer, t: Add) -> Box:
    if single(t) is not t:
        return w.box(single(t))
    chunks: tuple[Chunk, ...] = ()
    height = 0
    for u in ordered(t):
        negative, box = _signed(w, u)
        box, sign = w.tight(box), "-" if negative else "+"
        height = max(height, box.height)
        gap = 12.3 if w.style.latex else 3.0
        if chunks:
            chunks += led(box, SUM, f" {sign} ", f"{w.style.plus_head}{sign} ", gap)
        else:
            chunks += enclosed(box, "-" * negative, "", 8.0 * negative)
    return Box(chunks, SUM, height)


def _signed(w: Writer, t: Term) -> tuple[bool, Box]:
    """Whether a minus sign is pulled out, and what is left."""
    p = product(t)
    if p.coefficient >= 0:
        return False, _positive(w, t)
    return True, _positive(w, Mul((Num(Fraction(-1)), t)))


# --- products --------------------------------------------------------------------------------------------------


def _product(w: Writer, t: Term) -> Box:
    negative, box = _signed(w, t)
    if not negative:
        return box
    return Box(enclosed(w.tight(box), "-", "", 8.0 if w.style.latex else 1.0), SUM, box.height)


def _sum_over(w: Writer, t: Sum) -> Box:
    """Σ a, or -Σ a for a sum of -a."""
    return _product(w, t) if product(t.body).coefficient < 0 else ranges.summed(w, t)


def _positive(w: Writer, t: Term) -> Box:
    """A product whose number is not negative: a fraction first where there is one, then the factors in order."""
    p = product(t)
    if p.coefficient == 0 or not (p.top or p.bottom):
        return _number(w, p.coefficient)
    if p.coefficient == 1 and not p.bottom and len(p.top) == 1 and p.top[0][1] == 1:
        return w.box(p.top[0][0])
    climbing = w.climbing or climbs(p.top)
    inner = replace(w, climbing=climbing)
    top = sorted(p.top, key=lambda f: (climb_key if climbing else path_key)(f[0]))
    if w.names is not None:
        top = chained(p.top)
    over, rest = _split(tuple(top), bool(p.bottom))
    q = p.coefficient
    first: list[Box] = []
    if not p.bottom and q.denominator != 1 and not any(_apart(t) for t, _ in top):
        over, rest = tuple(top), ()
    if p.bottom or over:
        first = [_quotient(inner, q, over, p.bottom)]
    elif q != 1:
        first = [_number(inner, q)]
    return _row(inner, [*first, *[_factor(inner, t, n) for t, n in rest]])


def _split(top: Powers, divided: bool) -> tuple[Powers, Powers]:
    """What goes above a fraction's bar, and what follows it: the factors of a path follow."""
    along = any(_along(t) for t, _ in top)
    if not divided:
        return (), top
    rest = tuple([f for f in top if _along(f[0]) or (along and _is_x(f[0]))])
    return tuple([f for f in top if f not in rest]), rest


def _along(t: Term) -> bool:
    """Whether a factor belongs to a path or to the recursion."""
    return is_slope(t) or isinstance(t, D) or (isinstance(t, Sym) and t.name in ("w", "delta"))


def _apart(t: Term) -> bool:
    """Whether a number stands before a factor, 1/2 (x - y)^2, and not below it, x/2."""
    return _along(t) or isinstance(t, Add) or (isinstance(t, App) and t.name not in ("sqrt", "pi"))


def _is_x(t: Term) -> bool:
    return isinstance(t, Sym) and t.name == "x"


def _row(w: Writer, boxes: list[Box]) -> Box:
    """Factors side by side."""
    if len(boxes) == 1:
        return boxes[0]
    tight = [w.tight(b, ATOM) for b in boxes[:-1]]
    tight.append(boxes[-1] if boxes[-1].trails else w.tight(boxes[-1], ATOM))
    chunks = tight[0].chunks
    for b in tight[1:]:
        gap = 2.5 if w.style.latex else 1.0
        chunks += led(b, FACTOR, w.style.times, w.style.times_head, gap)
    return Box(chunks, PRODUCT, max(b.height for b in tight))


def _factor(w: Writer, t: Term, exponent: int) -> Box:
    """One factor: a sum in parentheses, a power with its exponent."""
    base = w.box(t)
    if exponent == 1:
        return w.tight(base)
    raised = w.style.power(exponent)
    command = isinstance(t, App) and _powered(w, t, raised)
    if isinstance(command, Box):
        return command
    bare = base.binds == ATOM and (not isinstance(t, Sym) or "^" not in base.body)
    clear = bare and not isinstance(t, D) and not (w.style.latex and _is_exponential(t))
    box = base if clear and not _is_partial(t) else w.wrapped(base)
    width = 5.0 if w.style.latex else 1.0
    return replace(box, chunks=(*box.chunks[:-1], _longer(box.chunks[-1], raised, width)))


def _is_partial(t: Term) -> bool:
    if not isinstance(t, App) or not any(t.orders):
        return False
    return (len(t.args) > 1 and _once(t)) or isinstance(t.args[0], Vec)


def _longer(chunk: Chunk, tail: str, width: float) -> Chunk:
    return replace(chunk, body=chunk.body + tail, width=chunk.width + width)


def _is_exponential(t: Term) -> bool:
    return isinstance(t, App) and t.name == "exp" and t.orders == (0,)


def _powered(w: Writer, t: App, raised: str) -> Box | None:
    r"""\tanh^{2}(s): a named function carries its exponent."""
    if t.name in ("exp", "sqrt", "abs", "pi") or t.orders != (0,) or _letter(w, t):
        return None
    if t.name not in LATEX_STYLE.functions or t.name in OPERATORS:
        return None
    return _called(w, w.style.functions.get(t.name, t.name) + raised, t)


def _quotient(w: Writer, q: Fraction, top: Powers, bottom: Powers) -> Box:
    """q top / bottom as one fraction."""
    a = _side(w, q.numerator, top)
    b = _side(w, q.denominator, bottom)
    width = max(a.width, b.width) + 4.0
    if w.style.latex and not w.script and width < WIDEST:
        body = w.style.fraction(a.body, b.body)
        return w.atom(body, 1 + max(a.height, b.height, 1), width)
    over, under = w.tight(a, PRODUCT), w.tight(b, ATOM)
    if "/" in b.body and under is b:
        under = w.wrapped(b)  # a/(∂e/∂x)
    chunks = (*over.chunks, *led(under, NEVER, "/", "/", 6.0 if w.style.latex else 1.0))
    return Box(chunks, PRODUCT, max(over.height, under.height))


def _side(w: Writer, n: int, powers: Powers) -> Box:
    """Above or below the bar: a sum that stands alone needs no parentheses."""
    if n == 1 and len(powers) == 1 and powers[0][1] == 1:
        return w.box(powers[0][0])
    numbers = [_number(w, Fraction(n))] if n != 1 or not powers else []
    return _row(w, [*numbers, *[_factor(w, t, k) for t, k in powers]])


def _number(w: Writer, q: Fraction) -> Box:
    if q.denominator == 1:
        return replace(w.atom(str(q)), binds=ATOM if q >= 0 else SUM)
    if w.style.latex and not w.script:
        size = 4.0 + 5.6 * max(len(str(q.numerator)), len(str(q.denominator)))
        sign = "-" if q < 0 else ""
        box = w.atom(sign + w.style.fraction(str(abs(q.numerator)), str(q.denominator)), 2, size)
        return replace(box, binds=ATOM if q >= 0 else SUM)
    return replace(w.atom(str(q)), binds=PRODUCT if q >= 0 else SUM)


# --- symbols, functions, derivatives ---------------------------------------------------------------------------


def _symbol(w: Writer, t: Sym) -> Box:
    index = tuple([ranges.index(w, k) for k in t.index])
    if w.names is not None and t.name != "#":
        return w.atom(
            spelled(w.names.get(t.name, t.name), w.style.latex) + lowered(index, w.style.latex)
        )
    if ARITIES.get(t.name) == len(index):
        return w.atom(w.convention.member(t.name, index, w.style.latex))
    if t.name in LETTERS and not index and (own := w.convention.letter(t.name, w.style.latex)):
        return w.atom(own)  # the lecture has no letter for biases, so b is whose it is
    if t.name == "#":
        return w.atom("t" if t.index == (1,) else f"t_{t.index[0]}")
    name = rf"\mathrm{{{escaped(t.name)}}}" if w.style.latex and len(t.name) > 1 else t.name
    return w.atom(name + (ranges.subscript(w, ",".join(index)) if t.index else ""))


def _letter(w: Writer, t: App) -> str | None:
    """The letter of an activation at an s of its layer."""
    arg = t.args[0] if len(t.args) == 1 else None
    if w.names is None and isinstance(arg, Sym) and arg.name == "s" and arg.index:
        own = w.letters.get((t.name, arg.index[0]))
        return own and w.convention.letter("g", w.style.latex) + own[1:]
    return None


def _called(w: Writer, name: str, t: App) -> Box:
    """f(a): the parentheses belong to the call."""
    inside = kept(w.wrapped(w.listed(t.args)))
    chunks = enclosed(inside, name, "", w.style.width(name))
    return Box(chunks, ATOM, max(0, inside.height - 1))


def _applied(w: Writer, t: App) -> Box:
    special = SPECIAL.get(t.name) if not any(t.orders) else None
    if special:
        return special(w, t)
    if len(t.orders) == 1 and isinstance(t.orders[0], int):
        return _called(w, w.name(t) + "'" * t.orders[0], t)
    if _once(t) and all(isinstance(a, Sym) for a in t.args):
        return w.partial(w.name(t), w.box(t.args[t.orders.index(1)]).body)
    slope, orders = ranges.slope_of(w, t), ranges.orders(w, t)
    raised = (f"^{{{orders}}}" if w.style.latex else f"^{orders}") if any(t.orders) else ""
    return slope or _called(w, w.name(t) + raised, t)


def _once(t: App) -> bool:
    """Whether a function is differentiated once, by one of its arguments."""
    return [o for o in t.orders if o] == [1]


def _exponential(w: Writer, t: App) -> Box:
    if not w.style.latex:
        return _called(w, "exp", t)
    inside = replace(w, script=True).listed(t.args)
    return w.atom(rf"\mathrm{{e}}^{{{inside.body}}}", 1, 6.0 + 0.8 * inside.width)


def _root(w: Writer, t: App) -> Box:
    inside = w.listed(t.args)
    if w.style.latex:
        return w.atom(rf"\sqrt{{{inside.body}}}", max(1, inside.height), inside.width + 9.0)
    return w.atom("√" + w.tight(inside, ATOM).body)


def _modulus(w: Writer, t: App) -> Box:
    inside = w.listed(t.args)
    left, right = (r"\lvert ", r"\rvert ") if w.style.latex else ("|", "|")
    return w.atom(left + inside.body + right, inside.height, inside.width + 6.0)


SPECIAL: dict[str, Callable[[Writer, App], Box]] = {
    "exp": _exponential,
    "sqrt": _root,
    "abs": _modulus,
    "pi": lambda w, t: w.atom(w.style.signs["pi"]),
}


def _derivative(w: Writer, t: D) -> Box:
    if isinstance(t.term, Sym):
        return w.partial(w.box(t.term).body, w.box(t.by).body)
    outer, inner = w.partial("", w.box(t.by).body), w.wrapped(w.box(t.term))
    chunks = (*outer.chunks, *inner.chunks)
    return Box(chunks, ATOM, max(outer.height, inner.height))


def _bracket(w: Writer, t: Bracket) -> Box:
    """[t > 0]; [a > b] for a difference, [a < 0] for a negative term."""
    parts = ordered(t.term) if isinstance(single(t.term), Add) else [single(t.term)]
    signs = [product(u).coefficient < 0 for u in parts]
    boxes = [_signed(w, u)[1] for u in parts]
    if signs == [True]:
        shown = f"{boxes[0].body} < 0"
    elif signs == [False, True]:
        shown = f"{boxes[0].body} > {boxes[1].body}"
    else:
        shown = f"{w.box(t.term).body} > 0"
    width = sum(b.width for b in boxes) + 14.0 * len(boxes) + 14.0
    return w.atom(f"[{shown}]", max([b.height for b in boxes], default=0), width)


# --- propositions ----------------------------------------------------------------------------------------------


def _related(w: Writer, t: Term, tail: str) -> Box:
    box = w.box(t)
    width = 20.0 if w.style.latex else float(len(tail))
    return Box((*box.chunks[:-1], _longer(box.chunks[-1], tail, width)), SUM, box.height)


def _equation(w: Writer, p: Eq) -> Box:
    left, right = w.box(p.left), w.box(p.right)
    gap = 13.4 if w.style.latex else 3.0
    return Box(
        (*left.chunks, *led(right, SUM, " = ", "= ", gap)), SUM, max(left.height, right.height)
    )


def _sloped(w: Writer, p: Slope) -> Box:
    """∂t/∂v = u; where u is that derivative itself, that there is one."""
    own = D(p.term, p.by)
    if p.value != own:
        return _equation(w, Eq(own, p.value))
    return _related(w, own, r" \text{ exists}" if w.style.latex else " exists")


def _smooth(w: Writer, p: Differentiable) -> Box:
    order = p.at.orders[0] if len(p.at.orders) == 1 else 0
    name = w.name(p.at) + "'" * (order if isinstance(order, int) else len(order))
    at = w.listed(p.at.args)
    place = at if len(p.at.args) == 1 else w.wrapped(at)
    return w.atom(name + w.style.differentiable + place.body)


WALK: dict[type, Callable[[Writer, Any], Box]] = {
    Num: lambda w, t: _number(w, t.value),
    Sym: _symbol,
    Add: _sum,
    Mul: _product,
    Pow: _product,
    App: _applied,
    Bracket: _bracket,
    D: _derivative,
    Eq: _equation,
    Positive: lambda w, p: _related(w, p.term, " > 0"),
    Nonzero: lambda w, p: _related(w, p.term, w.style.signs["ne"] + "0"),
    Differentiable: _smooth,
    Slope: _sloped,
    Int: ranges.integer,
    Bound: ranges.bound,
    Kron: ranges.same,
    Sum: _sum_over,
    Vec: ranges.layer,
    All: ranges.every,
    AtLeast: ranges.at_least,
}

LATEX, TEXT = Writer(LATEX_STYLE), Writer(TEXT_STYLE)
