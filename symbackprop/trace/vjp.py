"""`prove_vjp`: whether a backward, written in plain NumPy, is the vector-Jacobian product of its forward.

First the two are compared at a few points, exactly (points.py); a difference refutes.  Then they are traced (array.py,
entries.py), and the kernel proves what they compute to be equal, entry by entry (backward.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

from ..errors import InputError, NotProvedError
from ..expansion import no_collection
from ..verdict import Proved, Verdict
from .backward import Clock
from .conditions import read
from .judgement import Judging, VjpClaim, name_of, written
from .running import Function, Pair, Shape, names_of

Shapes = Mapping[str, Any]
SIZES = ((2, 3, 4, 5, 6, 7), (3, 2, 5, 4, 7, 6), (1, 4, 2, 3, 5, 6))
"""What the letters in shapes stand for, in the order in which they come: each choice is tried."""


def prove_vjp(
    forward: Function,
    backward: Function,
    shapes: Shapes,
    wrt: Sequence[str] | None = None,
    constants: Mapping[str, Any] | None = None,
    assume: str | Iterable[str] = (),
    seed: int = 0,
    time_limit: float = 60,
) -> Verdict:
    """Whether `backward` is the exact vector-Jacobian product of `forward`, at these shapes.

    `forward` returns its output, or a tuple of output and cache; `backward` takes the incoming gradient and the cache, or
    else the incoming gradient and all inputs, and returns the gradients as a tuple in the order of the inputs `wrt`
    (those with shapes), or as a dict by name.  `shapes` are tuples of numbers, {"x": (2, 3)}, or of letters, {"x": ("n", "d")}:
    then several choices of small numbers are tried.  Inputs that have no gradient are given by value as
    `constants`, or by shape and left out of `wrt`.  `assume` are conditions such as "x > 0" or "0 < p < 1", of every entry.
    Raises InputError for what can't be traced faithfully, with the call and the line; exceptions of the functions themselves
    are raised as they are.

    >>> import numpy as np
    >>> print(prove_vjp(lambda x: np.exp(x).sum(), lambda g, x: g * np.exp(x), {"x": (2,)}))
    PROVED  <lambda> is the vector-Jacobian product of <lambda>, exactly, at shapes x (2)
       by the laws: exp slope
    >>> print(prove_vjp(lambda x, w: x @ w, lambda g, x, w: (g @ w.T, g.T @ x), {"x": (2, 3), "w": (3, 2)}))
    REFUTED  <lambda>: the gradient of w has another shape than w, at shapes x (2, 3), w (3, 2)
       expected shape (3, 2), got shape (2, 3)
    """
    pair = read_pair(forward, backward, shapes, wrt, constants)
    conditions = read(assume, pair.inputs)
    clock = Clock(monotonic() + time_limit)
    found: list[tuple[dict[str, Shape], Verdict]] = []
    with no_collection():
        for own in chosen(shapes):
            verdict = Judging(pair, own, conditions, seed, clock).verdict()
            if not isinstance(verdict, Proved):
                return verdict
            found.append((own, verdict))
    return _together(pair, found)


def assert_vjp_proved(forward: Function, backward: Function, shapes: Shapes, **given: Any) -> None:
    """Raises AssertionError with the verdict where `prove_vjp` does not prove it; for a test suite.

    >>> import numpy as np
    >>> assert_vjp_proved(lambda x: x * x, lambda g, x: 2 * g * x, {"x": (3,)})
    """
    verdict = prove_vjp(forward, backward, shapes, **given)
    if not isinstance(verdict, Proved):
        raise NotProved(str(verdict), verdict.word)


class NotProved(NotProvedError, AssertionError):  # noqa: N818 - a test's failure
    """What a test suite sees."""

    def __init__(self, message: str, word: str) -> None:
        super().__init__(message, word)
        self.args = (message,)

    def __str__(self) -> str:
        return str(self.args[0])


# --- what was passed ---------------------------------------------------------------------------------------------------


def read_pair(
    forward: Function,
    backward: Function,
    shapes: Shapes,
    wrt: Sequence[str] | None,
    constants: Mapping[str, Any] | None,
) -> Pair:
    """The two functions with their inputs; InputError where the names do not fit."""
    for f in (forward, backward):
        if not callable(f):
            raise InputError(f"prove_vjp: expected functions, got {f!r}")
    if not isinstance(shapes, Mapping) or not shapes:
        raise InputError(f"prove_vjp: expected shapes such as {{'x': (2, 3)}}, got {shapes!r}")
    known = dict(constants or {})
    own, owner = names_of(forward), getattr(forward, "__self__", None)
    attributes = tuple([n for n in shapes if n not in own])
    for name in [*attributes, *[n for n in known if n not in own]]:
        if owner is None or name in known:
            raise InputError(
                f"prove_vjp: {name} is no parameter of the forward, which has {', '.join(own)}"
            )
    inputs = tuple([n for n in own if n in shapes]) + attributes
    chosen = inputs if wrt is None else ((wrt,) if isinstance(wrt, str) else tuple(wrt))
    for name in chosen:
        if name not in inputs:
            raise InputError(
                f"prove_vjp: wrt={name!r}: expected inputs with shapes: {', '.join(inputs)}"
            )
    order = tuple([n for n in inputs if n in chosen])
    return Pair(forward, backward, inputs, order, attributes, known)


def chosen(shapes: Shapes) -> list[dict[str, Shape]]:
    """The shapes with numbers for their letters: one choice, or several where there are letters.

    >>> chosen({"x": ("n", 3), "y": ("n",)})[:2]
    [{'x': (2, 3), 'y': (2,)}, {'x': (3, 3), 'y': (3,)}]
    """
    rows = {name: _shape(name, s) for name, s in shapes.items()}
    letters = list(dict.fromkeys(k for s in rows.values() for k in s if isinstance(k, str)))
    if len(letters) > len(SIZES[0]):
        raise InputError(
            f"shapes: expected at most {len(SIZES[0])} letters, got {', '.join(letters)}"
        )
    out = []
    for sizes in SIZES if letters else SIZES[:1]:
        put = dict(zip(letters, sizes, strict=False))
        out.append(
            {
                name: tuple([put[k] if isinstance(k, str) else k for k in s])
                for name, s in rows.items()
            }
        )
    return out


def _shape(name: str, s: Any) -> tuple[Any, ...]:
    own = (s,) if isinstance(s, int | str) else s
    try:
        found = tuple(own)
    except TypeError:
        raise InputError(f"shapes: {name}: expected a tuple such as (2, 3), got {s!r}") from None
    for k in found:
        if not (
            (isinstance(k, int) and not isinstance(k, bool) and k >= 0)
            or (isinstance(k, str) and k)
        ):
            raise InputError(f"shapes: {name}: expected numbers or letters, got {k!r}")
    return found


def _together(pair: Pair, found: list[tuple[dict[str, Shape], Verdict]]) -> Verdict:
    """One verdict on several choices of shapes."""
    _, first = found[0]
    if len(found) == 1 or not isinstance(first, Proved):
        return first
    texts = "; ".join(written(shapes) for shapes, _ in found)
    own = f"{pair.name} is the vector-Jacobian product of {name_of(pair.forward)}, exactly, at shapes {texts}"
    claims = tuple([(VjpClaim(pair.name, written(s)), v) for s, v in found])
    words = tuple(dict.fromkeys(w for _, v in found if isinstance(v, Proved) for w in v.hypotheses))
    return replace(first, statement=own, hypotheses=words, claims=claims)


__all__ = ["assert_vjp_proved", "prove_vjp"]
