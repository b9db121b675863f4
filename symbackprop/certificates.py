"""Proofs written down, as the data of a certificate and as its text.  Not trusted: the kernel reads all of it anew.

>>> from symbackprop.kernel import Eq, Step, Sym
>>> print(check(Proof((), (), (Step("ring", (), Eq(Sym("x"), Sym("x"))),), (0,))))
For all numbers x
Then
  x = x
By no law of a known function.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from .kernel import Int, KernelError, Proof, Step, Theorem, substitute
from .kernel.certificate import HEAD, PARTS, text
from .kernel.statement import spoken
from .kernel.terms import subterms


class Writer:
    """Numbers nodes as they are needed."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._numbers: dict[Any, int] = {}  # by identity and by row: to compare nodes may take long

    def node(self, node: Any) -> int:
        number = self._numbers.get(id(node))
        if number is None:
            row = [type(node).__name__, *map(self.field, node.kinds, node.values())]
            number = self._numbers[id(node)] = self._numbers.setdefault(str(row), len(self.rows))
            self.rows += [row] if number == len(self.rows) else []
        return number

    def field(self, kind: str, value: Any) -> Any:
        if kind in ("Indices", "Orders"):
            return [self.index(k) for k in value]
        if kind == "Terms":
            return [self.node(u) for u in value]
        if kind == "Numbers":
            return list(value)
        if kind in ("str", "int", "Label"):
            return value
        return str(value) if kind == "Fraction" else self.node(value)

    def index(self, k: Any) -> Any:
        if type(k) is tuple:
            return [self.index(u) for u in k]
        return k if type(k) is int else [self.node(k)]


def encode(proof: Proof) -> dict[str, Any]:
    """A proof as numbers, strings and lists."""
    w, out = Writer(), dict[str, Any]()
    for part, kind in PARTS.items():
        own = [(f.name, str(f.type)) for f in fields(kind)]
        rows = getattr(proof, part)
        out[part] = [[w.field(kind, getattr(row, name)) for name, kind in own] for row in rows]
    return {HEAD: 1, "nodes": w.rows, **out, "claims": list(proof.claims)}


def check(proof: Proof) -> Theorem:
    """The theorem that a proof proves; KernelError where a step does not follow, or what is given is no proof."""
    try:
        data = encode(proof)
    except (AttributeError, TypeError, ValueError) as error:
        raise KernelError("proof", "whole nodes and steps", error) from None
    except RecursionError:
        raise KernelError("proof", "what fits into Python's stack", "a deeper proof") from None
    return Theorem(data)


def write(theorem: Theorem) -> str:
    """The certificate of a theorem.  The indices of which its statement does not speak are called k1, k2, ..."""
    proof = replace(theorem.proof, claims=tuple(sorted({*theorem.proof.claims})))
    said = set[Any]().union(*spoken(proof, theorem.sequents))
    own = _indices(said)
    terms = {t for s in proof.steps for t in (s.conclusion, *s.extra)}
    inner = sorted(_indices({u for t in terms for u in subterms(t)}) - own)
    fresh = [f"k{n}" for n in range(1, len(inner) + len(own) + 1) if f"k{n}" not in own]
    if inner != sorted(fresh[: len(inner)]):
        names: dict[Any, Any] = {Int(a): Int(b) for a, b in zip(inner, fresh, strict=False)}
        proof = replace(proof, steps=tuple([_renamed(s, names) for s in proof.steps]))
    return text(encode(proof))


def _indices(nodes: set[Any]) -> set[str]:
    return {u.name for u in nodes if type(u) is Int and not u.index}


def _renamed(s: Step, names: dict[Any, Any]) -> Step:
    extra = tuple([substitute(t, names) for t in s.extra])
    return Step(s.rule, s.uses, substitute(s.conclusion, names), extra, s.grounds)
