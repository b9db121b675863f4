"""One row for a whole layer: a formula with letters for indices, shown only where it stands for every one of its instances."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product as tuples

from ..kernel import (
    Add,
    App,
    Bound,
    D,
    Int,
    Mul,
    Num,
    Pow,
    Sum,
    Sym,
    Term,
    num,
    opened,
    substitute,
)
from ..kernel.integers import transform
from ..network.theory import E
from .facts import Facts
from .page import Range, Row
from .writer import TEXT

I, J, K = Int("i"), Int("j"), Bound(0)


@dataclass(frozen=True)
class Pattern:
    """The general row of a layer: its left sides and its right side with letters for nodes, and the range of each letter."""

    left: tuple[Term, ...]
    right: Term
    over: tuple[tuple[Int, int, int], ...]

    def instances(self) -> Iterator[Term]:
        """The right sides that the row stands for, in the order of the layer's nodes."""
        for values in tuples(*[range(low, high + 1) for _, low, high in self.over]):
            names = {v: num(k) for (v, _, _), k in zip(self.over, values, strict=True)}
            yield unrolled(substitute(self.right, dict(names)))

    def row(self, found: Sequence[Term], label: str) -> Row | None:
        """The row, if its instances are what was found, one for one."""
        own = [TEXT.box(t).body for t in self.instances()]
        if own != [TEXT.box(t).body for t in found]:
            return None
        when = tuple([Range(v, num(low), num(high)) for v, low, high in self.over])
        return Row(self.left, self.right, label, when)


def unrolled(t: Term) -> Term:
    """With sums between numbers written out, and 1 for x_0."""

    def moved(u: Term, depth: int) -> Term | None:
        if isinstance(u, Sym) and u.name == "x" and u.index[1:] == (0,):
            return num(1)
        if not isinstance(u, Sum):
            return None
        low, high = (int(k.value) for k in (u.low, u.high) if isinstance(k, Num))
        return Add(tuple([unrolled(opened(u.body, k)) for k in range(low, high + 1)]))

    out: Term = transform(t, moved)
    return out


def general_row(f: Facts, about: str, l: int, found: Sequence[Term], label: str) -> Row | None:
    """The general row of a layer for what was found in it; None where none stands for all of it."""
    rows = [make(f, l).row(found, label) for name, make in PATTERNS if name == about]
    return next((row for row in rows if row), None)


# --- the rows of the lecture ----------------------------------------------------------------------------------------


def _nodes(f: Facts, l: int, v: Int = J) -> tuple[tuple[Int, int, int], ...]:
    return ((v, 1, f.net.d[l]),)


def _sum(f: Facts, l: int, body: Term, low: int = 1) -> Sum:
    return Sum(num(low), num(f.net.d[l]), body)


def _g(f: Facts, l: int, j: Int, order: int = 0) -> Term:
    """g(s_j^(l)) or its derivative, by the name that the theorem has for g."""
    t = f.defined[Sym("x", (l, 1))]
    plain = isinstance(t, App) and t.args == (Sym("s", (l, 1)),)
    name = t.name if isinstance(t, App) and plain else "?"
    return App(name, (order,), (Sym("s", (l, j)),))


def _s(l: int, j: Term = J) -> Sym:
    return Sym("s", (l, j))


def _x(l: int, j: Term = J) -> Sym:
    return Sym("x", (l, j))


def _signals(f: Facts, l: int) -> Pattern:
    body = Mul((Sym("w", (l, K, J)), _x(l - 1, K)))
    return Pattern((_s(l),), _sum(f, l - 1, body, 0), _nodes(f, l))


def _outputs(f: Facts, l: int) -> Pattern:
    return Pattern((_x(l),), _g(f, l, J), _nodes(f, l))


def _softmax(f: Facts, l: int) -> Pattern:
    total = _sum(f, l, App("exp", (0,), (_s(l, K),)))
    right = Mul((App("exp", (0,), (_s(l),)), Pow(total, -1)))
    return Pattern((_x(l),), right, _nodes(f, l))


def _outer(term: Callable[[int], Term]) -> Callable[[Facts, int], Pattern]:
    return lambda f, l: Pattern((D(E, _x(l)),), term(l), _nodes(f, l))


def _base(f: Facts, l: int) -> Pattern:
    right = Mul((_error(l), _g(f, l, J, 1)))
    return Pattern((_delta(l), D(E, _s(l))), right, _nodes(f, l))


def _mixed(f: Facts, l: int) -> Pattern:
    body = Mul((D(E, _x(l, K)), D(_x(l, K), _s(l))))
    return Pattern((_delta(l), D(E, _s(l))), _sum(f, l, body), _nodes(f, l))


def _step(f: Facts, l: int) -> Pattern:
    body = Mul((Sym("w", (l + 1, I, K)), Sym("delta", (l + 1, K))))
    right = Mul((_g(f, l, I, 1), _sum(f, l + 1, body)))
    return Pattern((_delta(l, I), D(E, _s(l, I))), right, _nodes(f, l, I))


def _gradient(f: Facts, l: int) -> Pattern:
    right = Mul((_delta(l), _x(l - 1, I)))
    over = ((I, 0, f.net.d[l - 1]), *_nodes(f, l))
    return Pattern((D(E, Sym("w", (l, I, J))),), right, over)


def _delta(l: int, j: Int = J) -> Sym:
    return Sym("delta", (l, j))


def _error(l: int) -> Term:
    return Add((_x(l), Mul((num(-1), Sym("y", (J,))))))


PATTERNS: tuple[tuple[str, Callable[[Facts, int], Pattern]], ...] = (
    ("s", _signals),
    ("x", _outputs),
    ("x", _softmax),
    ("outer", _outer(_error)),
    ("outer", _outer(lambda l: Mul((num(-1), Sym("y", (J,)), Pow(_x(l), -1))))),
    ("base", _base),
    ("base", _mixed),
    ("step", _step),
    ("weight", _gradient),
)
"""By what the row is about.  A loss without a row here has its base step written out node by node."""
