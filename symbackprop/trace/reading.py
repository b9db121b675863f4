"""Formulas as kernel terms, a row for each head; conditions become brackets.

A piece of a formula that counts under a condition alone, such as `log(x)` in `Piecewise((log(x), x > 0), (0, True))`, is
read so that it has a meaning everywhere: log([x > 0] x + (1 - [x > 0]) 1).  Where the condition holds it is log(x), and where
it does not, it is multiplied by 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce

from ..errors import InputError
from ..kernel import App, Bracket, Mul, Num, Pow, Sym, Term
from ..kernel.terms import ONE, ZERO
from ..network.functions import LIBRARY, apply, minus, num, plus, times
from .aliases import unaliased
from .facts import PARTIAL, arities
from .grammar import RELATIONS, Formula, parse

PI = App("pi", (), ())
MAX_POWER = 200
CONSTANTS = {"pi": PI, "E": App("exp", (0,), (ONE,))}
TOTAL = ("exp", "sin", "cos", "erf")
DEFINED = frozenset(LIBRARY) - {"abs", "sign"}
POLES = {"coth", "csch", "cot", "csc"}


@dataclass(frozen=True)
class Reader:
    """Reads formulas; `names` are the terms that names stand for, `integers` those names that stand for integers.

    `guard` is a product of brackets: where it is 0, what is read does not count.
    """

    names: Mapping[str, Term]
    integers: frozenset[str] = frozenset()
    guard: Term | None = None
    used: set[str] = field(default_factory=set)

    def term(self, f: Formula) -> Term:
        """The kernel term of a formula.  InputError names what is not in the language, and where it stands."""
        f = unaliased(f)
        row = ROWS.get(f.head)
        if row is not None:
            return row(self, f)
        if f.head in RELATIONS or f.head in ("&", "|", "~", "true", "false", "pair", "integer"):
            raise InputError(f"expected a value in place of the condition {f} at sign {f.at}")
        return self.call(f)

    def call(self, f: Formula) -> Term:
        counts = {**dict.fromkeys((*DEFINED, *TOTAL, "log", "sqrt"), 1), **arities()}
        if f.head not in counts:
            raise InputError(f"{f.head} at sign {f.at} is no function of the language{nearest(f)}")
        self.count(f, counts[f.head])
        if f.head in DEFINED:
            self.used.add(f.head)
        args = [self.term(a) for a in f.args]
        if f.head == "floor" and self.whole(f.args[0]):
            return args[0]
        if f.head == "floor":
            args = [self.safe(args[0], Fraction(1, 2))]
        elif f.head in ("log", "sqrt", *POLES):
            args = [self.safe(a) for a in args]
        elif f.head in PARTIAL:
            args = [self.safe(args[0], value_of(parse(PARTIAL[f.head])) or Fraction(1))]
        elif f.head in arities() and len(args) > 1:
            args = [self.safe(a, _inner(f.head, k)) for k, a in enumerate(args)]
        return apply(f.head, *args)

    def count(self, f: Formula, *counts: int) -> None:
        if len(f.args) not in counts:
            wanted = " or ".join(map(str, counts)) + (
                " argument" if counts == (1,) else " arguments"
            )
            raise InputError(f"{f.head} at sign {f.at}: expected {wanted}, got {len(f.args)}")

    def whole(self, f: Formula) -> bool:
        """Whether a formula is an integer wherever its integers are: sums and products of them."""
        if f.head == "number":
            return f.value is not None and f.value.denominator == 1
        if f.head == "name":
            return f.text in self.integers
        if f.head == "/" and f.args[1].value == 1:
            return self.whole(f.args[0])
        return f.head in ("+", "*", "neg", "Abs", "sign", "Max", "Min", "floor") and all(
            map(self.whole, f.args)
        )

    def safe(self, t: Term, elsewhere: Fraction = Fraction(1)) -> Term:
        """t where it counts, else a number at which all is smooth."""
        if self.guard is None:
            return t
        return plus(times(self.guard, t), times(plus(ONE, minus(self.guard)), num(elsewhere)))

    def inverse(self, f: Formula) -> Term:
        """1/f; of a product and of a power by its factors, so that each asks for its own condition."""
        f = unaliased(f)
        if f.head == "*":
            return times(*map(self.inverse, f.args))
        if f.head == "neg":
            return minus(self.inverse(f.args[0]))
        n = value_of(f.args[1]) if f.head == "**" else None
        if n is not None and 0 < n <= MAX_POWER and n.denominator <= 2:
            base = self.safe(self.term(f.args[0]))
            whole = n.denominator == 1
            return Pow(base if whole else apply("sqrt", base), int(-n if whole else -2 * n))
        t = self.term(f)
        return Pow(t if isinstance(t, Num) else self.safe(t), -1)

    def under(self, c: Term) -> Reader:
        return replace(self, guard=c if self.guard is None else times(self.guard, c))

    def condition(self, f: Formula) -> Term:
        """A condition as a term that is 1 where it holds and 0 elsewhere."""
        row = CONDITIONS.get(f.head)
        if row is None:
            raise InputError(f"expected a condition in place of {f} at sign {f.at}")
        return row(self, f)


def nearest(f: Formula) -> str:
    """What a misspelt name may have meant."""
    from difflib import get_close_matches

    from .aliases import FORMULAS, NAMES

    known = [*ROWS, *DEFINED, *TOTAL, *arities(), *NAMES, *[s.split("(")[0] for s in FORMULAS]]
    close = get_close_matches(f.head, [k for k in known if k.isalnum()], 1)
    return f"; did you mean {close[0]}?" if close else ""


def _inner(name: str, k: int) -> Fraction:
    """A value of the k-th argument at which a function of several is smooth."""
    if name == "betainc":
        return Fraction(1, 2) if k == 2 else Fraction(1)
    return Fraction(1, 2) if name == "polylog" and k == 1 else Fraction(2 if name == "zeta" else 1)


FOLDS: dict[str, Callable[[list[Fraction]], Fraction | None]] = {
    "+": lambda v: v[0] + v[1],
    "*": lambda v: v[0] * v[1],
    "neg": lambda v: -v[0],
    "/": lambda v: v[0] / v[1] if v[1] else None,
    "Rational": lambda v: v[0] / v[1] if v[1] else None,
    "**": lambda v: v[0] ** int(v[1]) if _small(v) else None,
}


def _small(v: list[Fraction]) -> bool:
    return v[1].denominator == 1 and abs(v[1]) <= 64 and (v[0] != 0 or v[1] > 0)


def value_of(f: Formula) -> Fraction | None:
    """The number that a formula of numbers alone is.

    >>> value_of(parse("-Rational(1, 3)**2"))
    Fraction(-1, 9)
    """
    if f.head == "number":
        return f.value
    parts = [value_of(a) for a in f.args] if f.head in FOLDS else []
    known = [p for p in parts if p is not None]
    wanted = 1 if f.head == "neg" else 2
    return FOLDS[f.head](known) if len(known) == len(parts) == wanted else None


# --- rows -----------------------------------------------------------------------------------------------------------


def _name(r: Reader, f: Formula) -> Term:
    if f.text in r.names:
        return r.names[f.text]
    if f.text in CONSTANTS:
        return CONSTANTS[f.text]
    known = ", ".join(r.names)
    raise InputError(f"the name {f.text} at sign {f.at} has no meaning: expected one of {known}")


def _rational(r: Reader, f: Formula) -> Term:
    r.count(f, 2)
    value = value_of(f)
    if value is None:
        raise InputError(f"{f} at sign {f.at}: expected two numbers, the second not 0")
    return Num(value)


def _quotient(r: Reader, f: Formula) -> Term:
    top = r.term(f.args[0])
    if value_of(f.args[1]) == 0:
        raise InputError(f"{f} at sign {f.at}: expected no division by 0")
    return times(top, r.inverse(f.args[1]))


def _power(r: Reader, f: Formula) -> Term:
    base, exponent = f.args
    n = value_of(exponent)
    b = r.term(base)
    if n is not None and n.denominator <= 2 and abs(n) <= MAX_POWER:
        whole = n.denominator == 1
        t = b if whole and n >= 0 else r.safe(b)
        if n < 0 and value_of(base) == 0:
            raise InputError(f"{f} at sign {f.at}: expected no division by 0")
        return Pow(t if whole else apply("sqrt", t), int(n if whole else 2 * n))
    if base == Formula("name", text="E"):
        return apply("exp", r.term(exponent))
    return apply("exp", times(r.term(exponent), apply("log", r.safe(b))))


def _largest(r: Reader, f: Formula, sign: int = 1) -> Term:
    """max(a, b) = b + (a - b) [a - b > 0]."""

    def two(a: Term, b: Term) -> Term:
        gap = plus(a, minus(b))
        return plus(b, times(gap, Bracket(gap if sign == 1 else minus(gap))))

    if not f.args:
        raise InputError(f"{f.head} at sign {f.at}: expected arguments")
    return reduce(two, [r.term(a) for a in f.args])


def _sign(r: Reader, f: Formula) -> Term:
    r.count(f, 1)
    t = r.term(f.args[0])
    return plus(Bracket(t), minus(Bracket(minus(t))))


def _abs(r: Reader, f: Formula) -> Term:
    """|t| = t ([t > 0] - [-t > 0])."""
    return times(r.term(f.args[0]), _sign(r, f))


def _step(r: Reader, f: Formula) -> Term:
    """H(t) = [t > 0] + H(0) (1 - [t > 0] - [-t > 0])."""
    r.count(f, 1, 2)
    t = r.term(f.args[0])
    at_zero = r.term(f.args[1]) if len(f.args) > 1 else num(Fraction(1, 2))
    zero = plus(ONE, minus(Bracket(t)), minus(Bracket(minus(t))))
    return plus(Bracket(t), times(at_zero, zero))


def pieces(f: Formula) -> list[tuple[Formula, Formula]]:
    """The (value, condition) pairs of a Piecewise or a where.  InputError where they are none, or none is left at last."""
    pairs = f.args
    if f.head == "where" and len(f.args) == 3:
        c, a, b = f.args
        pairs = (Formula("pair", (a, c)), Formula("pair", (b, Formula("true"))))
    if not pairs or any(p.head != "pair" for p in pairs):
        raise InputError(f"{f.head} at sign {f.at}: expected pairs (value, condition)")
    if pairs[-1].args[1].head != "true":
        raise InputError(f"{f.head} at sign {f.at}: expected True as the last condition")
    return [(p.args[0], p.args[1]) for p in pairs]


def _piecewise(r: Reader, f: Formula) -> Term:
    """The value of the first condition that holds."""
    terms: list[Term] = []
    rest: Term | None = None
    for value, when in pieces(f):
        if when.head == "true":
            terms.append(_weighted(r, rest, value))
            break
        c = r.condition(when)
        terms.append(_weighted(r, c if rest is None else times(rest, c), value))
        rest = negation(c) if rest is None else times(rest, negation(c))
    return plus(*terms)


def _weighted(r: Reader, c: Term | None, value: Formula) -> Term:
    return r.term(value) if c is None else times(c, r.under(c).term(value))


Row = Callable[[Reader, Formula], Term]

ROWS: dict[str, Row] = {
    "number": lambda r, f: Num(f.value if f.value is not None else Fraction(0)),
    "name": _name,
    "Rational": _rational,
    "+": lambda r, f: plus(*map(r.term, f.args)),
    "neg": lambda r, f: minus(r.term(f.args[0])),
    "*": lambda r, f: times(*map(r.term, f.args)),
    "/": _quotient,
    "**": _power,
    "Max": _largest,
    "Min": lambda r, f: _largest(r, f, -1),
    "Abs": _abs,
    "sign": _sign,
    "Heaviside": _step,
    "Piecewise": _piecewise,
    "where": _piecewise,
}


def negation(c: Term) -> Term:
    return plus(ONE, minus(c))


def above(a: Term, b: Term) -> Term:
    """[a > b]."""
    return Bracket(a if b == ZERO else plus(a, minus(b)))


def _sides(r: Reader, f: Formula) -> tuple[Term, Term]:
    r.count(f, 2)
    left, right = f.args
    return r.term(left), r.term(right)


def _equal(r: Reader, f: Formula) -> Term:
    a, b = _sides(r, f)
    return times(negation(above(a, b)), negation(above(b, a)))


def _either(r: Reader, f: Formula) -> Term:
    return negation(Mul(tuple([negation(r.condition(a)) for a in f.args])))


def _integer(r: Reader, f: Formula) -> Term:
    """[t is an integer] = [t = floor(t)]."""
    return r.condition(Formula("==", (f.args[0], Formula("floor", f.args, at=f.at)), at=f.at))


CONDITIONS: dict[str, Row] = {
    "true": lambda r, f: ONE,
    "false": lambda r, f: ZERO,
    ">": lambda r, f: above(*_sides(r, f)),
    "<": lambda r, f: above(*_sides(r, f)[::-1]),
    ">=": lambda r, f: negation(above(*_sides(r, f)[::-1])),
    "<=": lambda r, f: negation(above(*_sides(r, f))),
    "==": _equal,
    "!=": lambda r, f: negation(_equal(r, f)),
    "&": lambda r, f: Mul(tuple([r.condition(a) for a in f.args])),
    "|": _either,
    "~": lambda r, f: negation(r.condition(f.args[0])),
    "integer": _integer,
}
CONDITIONS |= {new: CONDITIONS[old] for new, old in {"Eq": "==", "Ne": "!=", "Gt": ">"}.items()}
CONDITIONS |= {new: CONDITIONS[old] for new, old in {"Lt": "<", "Ge": ">=", "Le": "<="}.items()}
CONDITIONS |= {new: CONDITIONS[old] for new, old in {"And": "&", "Or": "|", "Not": "~"}.items()}


def variables(names: tuple[str, ...]) -> dict[str, Term]:
    """Each name as a symbol of the kernel's."""
    return {name: Sym(name) for name in names}
