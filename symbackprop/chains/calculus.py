"""Which rules of calculus stand behind a line: seen from what its derivatives are taken of."""

from __future__ import annotations

from collections.abc import Iterator

from ..kernel import Add, App, Bracket, D, Mul, Pow, Sum, Sym, Term
from ..kernel.context import Context
from ..kernel.terms import parts, subterms

RULES: dict[str, str] = {
    "chain": "chain rule",
    "product": "product rule",
    "quotient": "quotient rule",
    "power": "power rule",
    "linear": "linearity of the derivative",
    "plain": "partial derivatives",
}
"""What each rule is called; the first of those that a line uses is what is offered for it."""


class Calculus:
    """The rules that derivatives use, by the definitions of one derivation."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def used(self, left: Term, right: Term) -> set[str]:
        """The rules that a step from one line to the other may use: of what varies, and of all that it is made of."""
        found = {r for d in _changed(left, right) for r in self._deep(d.term, d.by)}
        return found | ({"chain"} if "plain" in found else set())  # f'(s) ∂s/∂s, as some write it

    def named(self, left: Term, right: Term) -> str:
        """What the step is called: by the first of its rules, those of what is differentiated itself before others."""
        own = {r for d in _changed(left, right) for r in self._own(d.term, d.by)}
        every = own or self.used(left, right)
        return next(RULES[r] for r in RULES if r in every or r == "plain")

    def _deep(self, t: Term, v: Sym) -> set[str]:
        """The rules for a term, and for the members that it is made of, one of each family."""
        found, seen, todo = set[str](), set[str](), [t]
        while todo:
            u = todo.pop()
            found |= {*self._own(u, v)}
            new = [w for w in self._varying(self._body(u, v), v) if w.name not in seen]
            seen |= {w.name for w in new}
            todo += new
        return found

    def _body(self, t: Term, v: Sym) -> Term:
        """What a member is defined as; else the term itself."""
        cases = self.ctx.cases(t) if isinstance(t, Sym) and t != v else []
        return cases[0][0] if len(cases) == 1 else t

    def _varying(self, t: Term, v: Sym) -> list[Sym]:
        """The members in a term that are not v, and depend on it."""
        inside = [u for u in subterms(t) if isinstance(u, Sym) and u.name != v.name]
        return [u for u in inside if self.ctx.depends(u, v) and self.ctx.cases(u)]

    def _own(self, t: Term, v: Sym) -> Iterator[str]:
        """The rules for a term, or for what defines it."""
        body = self._body(t, v)
        if self._varying(body, v):
            yield "chain"
        for u in subterms(body):
            yield from self._head(u, v)

    def _head(self, u: Term, v: Sym) -> Iterator[str]:
        """The rules for one node."""
        if not isinstance(u, Add | Mul | Pow | App | Bracket | Sum):
            return
        varying = [p for p in parts(u) if self.ctx.depends(p, v)]
        if not varying:
            return
        match u:
            case Add() | Sum():
                yield "linear"
            case Mul():
                yield "product" if len(varying) > 1 else "linear"
            case Pow(base, n):
                yield "quotient" if n < 0 else "power"
                yield from ("chain",) if not isinstance(base, Sym) else ()
                yield from ("product", "power") if n < 0 else ()
            case App() | Bracket():
                plain = all(isinstance(a, Sym) for a in parts(u))
                yield "plain" if plain and isinstance(u, App) else "chain"


def _changed(left: Term, right: Term) -> list[D]:
    """The derivatives on one side that are not on the other; all, where there is none."""
    sides = [{u for u in subterms(t) if isinstance(u, D)} for t in (left, right)]
    return sorted(sides[0] ^ sides[1] or sides[0], key=str)
