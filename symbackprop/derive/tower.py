"""The laws of known functions, put to work: every term as a fraction in few generators.

`Tower.rewritten(t)` gives a term in the generators (symbols, exp of basic arguments, log, erf, brackets, opaque functions)
and the steps that prove, leaf by leaf, that it is t.  tanh, σ, softplus' and the like become rational functions of
exp(s/q); exp(a + b/2) becomes a product of powers of exp(a) and exp(b/2), so that two exps are never dependent unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd

from ..kernel import Add, App, Bracket, Mul, Nonzero, Positive, Pow, Prop, Sym, Term
from ..kernel.sums import Poly
from ..kernel.terms import rebuild
from ..network.functions import exp, minus, num, times
from .builder import Builder

Leaf = tuple[Term, int | None]
Opens = Callable[[Sym], bool]
SLOPES = {"exp", "log", "sin", "cos", "erf", "sqrt"}
ODD = {"sin": "sin odd", "cos": "cos even", "erf": "erf odd"}


MAX_POWER = 400
"""Of a generator: an exp that would be a higher power of another one stays by itself."""


def common_unit(a: Fraction, b: Fraction) -> Fraction:
    """The largest number of which both are whole multiples."""
    n, m = a.numerator * b.denominator, b.numerator * a.denominator
    return Fraction(gcd(n, m), a.denominator * b.denominator)


class FinerNeeded(Exception):  # noqa: N818 - no error, a restart
    """An exp whose argument is no whole multiple of a generator's: the generators must be made finer."""


class Tower:
    """Leaves in their generators.  `opens` says which defined symbols are replaced by their definitions."""

    def __init__(self, b: Builder, opens: Opens) -> None:
        self.b, self.opens = b, opens
        self.leaves: dict[Term, Leaf] = {}
        self.finer: dict[Term, Fraction] = {}

    def rewritten(self, t: Term) -> tuple[Term, list[int]]:
        """t in the generators, and the steps to rewrite by."""
        while True:
            uses: dict[int, None] = {}
            try:
                return self._walk(t, uses), list(uses)
            except FinerNeeded:
                self.leaves.clear()

    def _walk(self, t: Term, uses: dict[int, None]) -> Term:
        match t:
            case Add(children) | Mul(children):
                return rebuild(t, tuple([self._walk(u, uses) for u in children]))
            case Pow(base, _):
                return rebuild(t, (self._walk(base, uses),))
        form, step = self.leaf(t)
        if step is not None:
            uses[step] = None
        return form

    def leaf(self, t: Term) -> Leaf:
        """A leaf in the generators, and the step that proves it (None where it stays)."""
        if t not in self.leaves:
            self.leaves[t] = self._leaf(t)
        return self.leaves[t]

    def _leaf(self, t: Term) -> Leaf:
        match t:
            case Sym() if self.opens(t) and self.b.defined(t):
                return self._via(self.b.definition(t))
            case App() if self.b.ctx.function(t) is not None:
                return self._via(self.b.unfold(t))
            case App(name, (1,), (a,)) if name in SLOPES:
                return self._via(self.b.law(f"{name} slope", a))
            case App("exp", (0,), (a,)):
                return self._exp(t, a)
            case App(name, (0,), (a,)) if name in ODD:
                return self._odd(t, name, a)
            case App("log", (0,), (a,)):
                return self._log(t, a)
            case Bracket(a):
                return self._bracket(t, a)
        return t, None

    def _via(self, step: int) -> Leaf:
        """The right side of an equation in the generators, so the left side too."""
        e = self.b.equation(step)
        uses: dict[int, None] = {}
        form = self._walk(e.right, uses)
        return form, self.b.ring_step(e.left, form, [step, *uses]) if uses else step

    def _negative(self, a: Term) -> Term | None:
        """-a where a has a negative leading coefficient, else None."""
        p = self.b.ring.poly(a)
        if p and p[min(p)] < 0:
            return self.b.ring.term(self.b.ring.scale(p, -1))
        return None

    def _odd(self, t: Term, name: str, a: Term) -> Leaf:
        opposite = self._negative(a)
        if opposite is None:
            return t, None
        law = self.b.law(ODD[name], opposite)
        right = self.b.equation(law).right
        return right, self.b.combine(t, right, [(law, num(1))])

    def _log(self, t: Term, a: Term) -> Leaf:
        """log(exp(b)) = b; log(1 + exp(-b)) = log(1 + exp(b)) - b is left to those who need it."""
        p = self.b.ring.poly(a)
        if len(p) == 1 and next(iter(p.values())) == 1 and len(min(p)) == 1:
            inner = self.b.ring.atoms[min(p)[0]]
            if isinstance(inner, App) and inner.name == "exp" and inner.orders == (0,):
                law = self.b.law("log exp", inner.args[0])
                step = self.b.combine(t, inner.args[0], [(law, num(1))])
                return self._via(step)
        return t, None

    def _bracket(self, t: Term, a: Term) -> Leaf:
        inner, uses = self.rewritten(a)
        if uses:
            return self._via(self.b.ring_step(t, Bracket(inner), uses))
        simpler = self._multiple(t, a)
        if simpler is not None:
            return simpler
        opposite = self._negative(a)
        if opposite is None:
            return t, None
        law = self.b.law("bracket", opposite)
        right = self.b.equation(law).right
        return right, self.b.combine(t, right, [(law, num(1))])

    def _multiple(self, t: Term, a: Term) -> Leaf | None:
        """[s q > 0] = [s > 0] where q is plainly positive, or is [s > 0] itself."""
        ring = self.b.ring
        p = ring.poly(a)
        for k in sorted(set.intersection(*[set(m) for m in p])) if p else ():
            rest = {m[: m.index(k)] + m[m.index(k) + 1 :]: c for m, c in p.items()}
            s, q = ring.atoms[k], ring.term(rest)
            if rest == ring.poly(Bracket(s)):
                law = self.b.law("bracket of a ramp", s)
            elif len(p) > 1 and ring.positive(rest):
                law = self.b.law("bracket of a multiple", s, q)
            else:
                continue
            return self._via(self.b.combine(t, Bracket(s), [(law, num(1))]))
        return None

    # --- exp ---------------------------------------------------------------------------------------------------

    def _exp(self, t: Term, a: Term) -> Leaf:
        """exp(Σ c_k m_k) as a product of powers of generators exp(q_k m_k), one a monomial; exp(log(a)) = a."""
        inner, uses = self.rewritten(a)
        if uses:
            return self._via(self.b.ring_step(t, exp(inner), uses))
        parts = [self._part(m, c) for m, c in sorted(self.b.ring.poly(a).items())]
        if any(abs(n) > MAX_POWER for _, n in parts):
            return t, None
        if not parts:
            law = self.b.law("exp zero")
            return num(1), self.b.combine(t, num(1), [(law, num(1))])
        form, step = self._powers(parts)
        return (form, self.b.combine(t, form, [(step, num(1))])) if step is not None else (t, None)

    def _part(self, m: tuple[int, ...], c: Fraction | int) -> tuple[Term, int]:
        """A generator's argument, and how many times it is taken."""
        monomial = self.b.ring.term({m: 1})
        unit = self.finer.setdefault(monomial, abs(Fraction(c)))
        n = Fraction(c) / unit
        if n.denominator != 1:
            self.finer[monomial] = common_unit(unit, Fraction(c))
            raise FinerNeeded
        return self.b.ring.term({m: unit}), int(n)

    def _powers(self, parts: list[tuple[Term, int]]) -> tuple[Term, int | None]:
        """exp(n_1 u_1 + …) = exp(u_1)^n_1 · …, by the law for sums."""
        (u, n), rest = parts[0], parts[1:]
        form, step = self._power(u, n)
        if not rest:
            return form, step
        other_form, other = self._powers(rest)
        first = times(num(n), u)
        second = Add(tuple([times(num(k), v) for v, k in rest]))
        law = self.b.law("exp sum", first, second)
        steps: list[tuple[int, Term]] = [(law, num(1))]
        steps += [] if step is None else [(step, exp(second))]
        steps += [] if other is None else [(other, form)]
        whole = times(form, other_form)
        return whole, self.b.combine(exp(Add((first, second))), whole, steps)

    def _power(self, u: Term, n: int) -> tuple[Term, int | None]:
        """exp(n u) = exp(u)^n; no step for n = 1, but for exp(log(a)) = a."""
        if n == 1 and isinstance(u, App) and u.name == "log" and u.orders == (0,):
            return u.args[0], self.b.law("exp log", u.args[0])
        if n == 1:
            return exp(u), None
        if n < 0:
            return self._inverse_power(u, -n)
        k = n // 2
        (low, low_step), (_, high_step) = self._power(u, k), self._power(u, n - k)
        first, second = times(num(k), u), times(num(n - k), u)
        law = self.b.law("exp sum", first, second)
        parts: list[tuple[int, Term]] = [(law, num(1))]
        parts += [] if low_step is None else [(low_step, exp(second))]
        parts += [] if high_step is None else [(high_step, low)]
        form = Pow(self._power(u, 1)[0], n)
        return form, self.b.combine(exp(times(num(n), u)), form, parts)

    def _inverse_power(self, u: Term, n: int) -> tuple[Term, int | None]:
        form, step = self._power(u, n)
        v = times(num(n), u) if n > 1 else u
        law = self.b.law("exp negative", v)
        left = exp(minus(v))
        out = Pow(form, -1)
        return out, self.b.ring_step(left, out, [law] if step is None else [law, step])


def settle_with(b: Builder, towers: list[Tower]) -> Callable[[Prop], int | None]:
    """Proves t > 0 and t /= 0 where the generators show it, or where a condition already there implies it."""

    def settle(condition: Prop) -> int | None:
        if not isinstance(condition, Positive | Nonzero):
            return None
        implied = [p for p in b.conditions if isinstance(p, Positive) and p != condition]
        for tower in towers:
            _, uses = tower.rewritten(condition.term)
            step = b.sign(condition, uses)
            if step is not None:
                return step
        for p in implied if isinstance(condition, Nonzero) else []:
            if proportional(b, p.term, condition.term):
                return b.sign(condition, [b.assume(p)])
        return None

    return settle


def proportional(b: Builder, s: Term, t: Term) -> bool:
    """Whether one term is a number times the other."""
    p, q = b.ring.poly(s), b.ring.poly(t)
    return (
        bool(p) and p.keys() == q.keys() and len({Fraction(p[m]) / Fraction(q[m]) for m in p}) == 1
    )


def _circle(t: Term) -> Term:
    """A sine counts as the cosine of its angle: the two depend on each other."""
    return (
        App("cos", (0,), t.args)
        if isinstance(t, App) and t.name == "sin" and t.orders == (0,)
        else t
    )


def generators(b: Builder, p: Poly) -> set[Term]:
    """The atoms that a polynomial is made of, those under t^-1 too; not what stands inside a function's argument."""
    out: set[Term] = set()
    for k in {k for m in p for k in m}:
        t = b.ring.atoms[k]
        out |= generators(b, b.ring.poly(t.base)) if isinstance(t, Pow) else {_circle(t)}
    return out
