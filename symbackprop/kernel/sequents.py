"""Sequents, the rules about them, and the one place where a rule is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .conditions import canonical, conditions, reduced
from .context import Context
from .definedness import definedness
from .integers import *
from .laws import instance
from .rules import RULES, WITHOUT_PREMISES, Extra, one
from .terms import *


@dataclass(frozen=True)
class Sequent:
    """hypotheses |- conclusion, with the laws that were used on the way."""

    hypotheses: frozenset[Prop]
    conclusion: Prop
    laws: frozenset[str] = frozenset()


Premises = Sequence[Sequent]


def instantiate(ctx: Context, premises: Premises, conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p(k), from p(v) for any v: an integer for an index, in the hypotheses too."""
    (s,) = one(premises)
    values = dict(zip(extra[::2], extra[1::2], strict=False))
    inside = {u for p in (s.conclusion, *s.hypotheses) for u in subterms(p)}
    for v, k in values.items():
        _variable(ctx, v)
        combination(k)
    good = 2 * len(values) == len(extra) > 0 and inside.issuperset(values)
    if not good or substitute(s.conclusion, values) != conclusion:
        raise KernelError("instantiate", "the premise with integers for indices", conclusion)
    return [canonical(ctx, substitute(h, values)) for h in s.hypotheses]


def generalize(ctx: Context, premises: Premises, conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p(i) for all i of a range, from p(v) for any v in it."""
    (s,), (v,) = one(premises), one(extra)
    _variable(ctx, v)
    if type(conclusion) is not All or closed(s.conclusion, v) != conclusion.body:
        raise KernelError("generalize", "the premise for all of a range", conclusion)
    return without(s.hypotheses, v, conclusion.low, conclusion.high)


def induction(ctx: Context, premises: Premises, conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p(v) for v >= m (and v <= n), from p(m) and p(v) |- p(v + 1) for v >= m (and v < n); or one of several p at once.

    The p beside the conclusion are found among the hypotheses of the steps.
    """
    half, (v, low, *high) = len(premises) // 2, extra if len(extra) > 1 else (None, None)
    _variable(ctx, v)
    bases, steps = one(premises, 2 * half)[:half], premises[half:]
    rest = frozenset[Prop]().union(*[s.hypotheses for s in steps])
    said = []
    for base, step in zip(bases, steps, strict=True):
        ends = [(base.conclusion, low), (step.conclusion, whole(v, 1))]
        found = [p for p in (conclusion, *rest) if all(substitute(p, {v: k}) == q for q, k in ends)]
        if not found:
            raise KernelError("induction", f"{conclusion}, at {low} and one further", ends)
        said.append(found[0])
    own, needs = {canonical(ctx, p) for p in said}, [h for s in bases for h in s.hypotheses]
    if conclusion not in said or len(high) > 1 or any(v in subterms(p) for p in needs):
        raise KernelError("induction", "its claim, and bases without the variable", conclusion)
    if not own <= rest:
        raise KernelError("induction", "steps that use what they assume", conclusion)
    needs += [AtLeast(whole(v, minus(low))), *[AtLeast(whole(n, minus(v))) for n in high]]
    return [*needs, *without(rest - own, v, low, whole(high[0], -1) if high else None)]


def signs(ctx: Context, premises: Premises, conclusion: Any, extra: Extra) -> Iterable[Prop]:
    """p for t /= 0, from p for t > 0 and p for -t > 0."""
    (t,), needs = one(extra), [Nonzero(extra[0])]
    for s, side in zip(one(premises, 2), (t, -t), strict=True):
        case = canonical(ctx, Positive(side))
        if s.conclusion != conclusion or case not in s.hypotheses:
            raise KernelError("signs", f"{conclusion}, where {case}", s.conclusion)
        needs += s.hypotheses - {case}
    return needs


def _variable(ctx: Context, v: Any) -> None:
    if type(v) is not Int or v.index or v in ctx.constants:
        raise KernelError("rule", "an index that no definition mentions", v)


def without(hypotheses: Iterable[Prop], v: Int, low: Term, high: Term | None) -> Iterator[Prop]:
    """Hypotheses that say as much for every v of a range: k + c v >= 0 at that end of it where k + c v is least."""
    if any(v in subterms(k) for k in (low, high or low)):
        raise KernelError("rule", "a range without its variable", v)
    for h in hypotheses:
        if type(h) is AtLeast and v in subterms(h):
            c = combination(h.low).get(v, 0)
            end = low if c > 0 else high
            h = h if end is None else AtLeast(whole(h.low, num(-c) * v, num(c) * end))
        if v in subterms(h):
            raise KernelError("rule", f"no hypotheses on {v} but of its range", h)
        yield h


SEQUENT_RULES: dict[str, Callable[[Context, Premises, Any, Extra], Iterable[Prop]]] = {
    "instantiate": instantiate,
    "generalize": generalize,
    "induction": induction,
    "signs": signs,
}


def state(ctx: Context, s: Sequent) -> frozenset[Prop]:
    """What a claim, its terms and those of its hypotheses need in order to be defined."""
    return definedness(ctx, s.conclusion).union(*[definedness(ctx, h) for h in s.hypotheses])


def apply_rule(
    ctx: Context, name: str, premises: Premises, conclusion: Prop, extra: Extra
) -> tuple[frozenset[Prop], frozenset[str]]:
    """The hypotheses and the laws of a step; a rule is a name of a table, or `law` and a law's name.

    A step has nothing that its rule does not look at.
    """
    conclusions = [s.conclusion for s in premises]
    inherited = frozenset[Prop]().union(*[s.hypotheses for s in premises])
    laws = frozenset[str]().union(*[s.laws for s in premises])
    if name in SEQUENT_RULES:
        own = SEQUENT_RULES[name](ctx, premises, conclusion, extra)
        return reduced(conditions(ctx, own)), laws
    if premises and (name in WITHOUT_PREMISES or name.startswith("law ")):
        raise KernelError(name, "a step that uses no other", len(premises))
    if name == "state":
        (s,) = one(premises)
        if s.conclusion != conclusion:
            raise KernelError("state", s.conclusion, conclusion)
        needs: Iterable[Prop] = state(ctx, s)
    elif name.startswith("law "):
        found, needs = instance(name[4:], extra)
        laws |= {name[4:]}
        if found != conclusion:
            raise KernelError(name, found, conclusion)
    elif name not in RULES:
        raise KernelError("rule", "a rule of the kernel", name)
    else:
        if bool(extra) != (name in ("combine", "specialize")):
            raise KernelError(name, "extra terms where a rule has a use for them", len(extra))
        needs = RULES[name](ctx, conclusions, conclusion, extra)
    return reduced(inherited | conditions(ctx, needs)), laws
