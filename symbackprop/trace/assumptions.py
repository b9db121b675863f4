"""Conditions that a user states, as the kernel's propositions where it has them; and propositions back as conditions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain, product

from ..derive.builder import Builder
from ..errors import InputError
from ..kernel import App, Eq, KernelError, Nonzero, Positive, Prop, Sym, Term, substitute
from ..kernel.sums import Poly
from ..network.functions import minus, plus
from .aliases import unaliased
from .grammar import RELATIONS, Formula, number, parse
from .knowledge import Knowledge, every, written
from .numbers import SAME
from .reading import Reader
from .search import border
from .signs import Signs

MAX_DISJUNCTS = 16
OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
Clause = tuple[Formula, ...]


def stated(assume: str | Formula | Iterable[str | Formula] | None) -> Formula:
    """One condition of a text, or of several; True of none.  InputError where a text is no condition."""
    if assume is None:
        return Formula("true")
    if isinstance(assume, str | Formula):
        assume = [assume]
    out = Formula("true")
    for a in assume:
        c = parse(a) if isinstance(a, str) else a
        if not is_condition(c):
            raise InputError(f"assume: expected a condition such as 'x > 0', got {c}")
        out = c if out.head == "true" else Formula("&", (out, c))
    return out


def is_condition(c: Formula) -> bool:
    return SAME.get(c.head, c.head) in (*RELATIONS, "&", "|", "~", "true", "false", "integer")


def clauses(c: Formula, holds: bool = True) -> list[Clause]:
    """A condition as alternatives, each a list of comparisons that hold together.

    >>> [[str(p) for p in clause] for clause in clauses(parse("x > 0 & |y| < 1"))]
    [['x > 0', 'y < 1', '-1 < y']]
    """
    c = unaliased(c)
    head = SAME.get(c.head, c.head)
    if head in ("true", "false"):
        return [()] if (head == "true") == holds else []
    if head == "~":
        return clauses(c.args[0], not holds)
    if head in "&|":
        parts = [clauses(a, holds) for a in c.args]
        if (head == "&") == holds:
            return [tuple(chain(*row)) for row in product(*parts)][:MAX_DISJUNCTS]
        return [*chain(*parts)][:MAX_DISJUNCTS]
    if head == "integer" and c.args[0].value is not None:
        return [()] if (c.args[0].value.denominator == 1) == holds else []
    if head == "integer":
        return [(c if holds else Formula("~", (c,)),)]
    return _compared(Formula(head if holds else OPPOSITE[head], c.args))


def _compared(c: Formula) -> list[Clause]:
    """A comparison; |a| < b as -b < a < b, and |a| > b as two alternatives."""
    left, right = c.args
    if c.head in (">", ">="):
        return [(c,)] if left.head != "Abs" else _outside(c.head, left.args[0], right)
    if right.head == "Abs" and c.head in ("<", "<="):
        return _outside({"<": ">", "<=": ">="}[c.head], right.args[0], left)
    if left.head == "Abs" and c.head in ("<", "<="):
        below = Formula(c.head, (_negative(right), left.args[0]))
        return [(Formula(c.head, (left.args[0], right)), below)]
    if c.head == "!=" and left.head == "Abs" and right == number(0):
        return [(Formula("!=", (left.args[0], right)),)]
    return [(c,)]


def _outside(head: str, a: Formula, b: Formula) -> list[Clause]:
    """|a| > b: as a^2 > b^2 where b is a number that is not negative, which is one alternative."""
    if b.value is not None:
        squares = [Formula("**", (t, number(2))) for t in (a, b)]
        return [(Formula(head, tuple(squares)),)]
    flipped = {">": "<", ">=": "<="}[head]
    return [(Formula(head, (a, b)),), (Formula(flipped, (a, _negative(b))),)]


def _negative(f: Formula) -> Formula:
    return f.args[0] if f.head == "neg" else Formula("neg", (f,))


@dataclass(frozen=True)
class Assumed:
    """What is assumed: the condition, and what of it the kernel has words for.

    `strict` are propositions that hold; `closed` those that hold but on a border (x > 0 of x >= 0).
    """

    condition: Formula
    strict: tuple[Prop, ...] = ()
    closed: tuple[Prop, ...] = ()
    integers: frozenset[str] = frozenset()


def assumed(condition: Formula, names: dict[str, Term]) -> Assumed:
    """What a condition says in the kernel's words; of several alternatives nothing."""
    alternatives = clauses(condition)
    if not alternatives:
        raise InputError(f"assume: {condition} holds nowhere")
    whole = [{c.args[0].text for c in row if c.head == "integer"} for row in alternatives]
    integers = frozenset(set.intersection(*whole) & names.keys())
    reader = Reader(names, integers)
    strict, closed = list[Prop](), list[Prop]()
    for row in alternatives:
        for c in row:
            reader_checks(reader, c)
    if len(alternatives) == 1:
        for c in alternatives[0]:
            (closed if c.head in ("<=", ">=") else strict).extend(props(reader, c))
    return Assumed(condition, tuple(strict), tuple(closed), integers)


def reader_checks(reader: Reader, c: Formula) -> None:
    """InputError where a condition speaks of what is not in the language."""
    for a in c.args:
        if is_condition(a):
            reader_checks(reader, a)
        else:
            reader.term(a)


def props(reader: Reader, c: Formula) -> list[Prop]:
    """A comparison as propositions; those that the kernel has no words for are left out."""
    if c.head not in RELATIONS:
        return []
    a, b = map(reader.term, c.args)
    gap = plus(a, minus(b)) if b != number(0) else a
    if c.head in (">", ">="):
        return [Positive(gap)]
    if c.head in ("<", "<="):
        return [Positive(plus(b, minus(a)))]
    if c.head == "!=":
        return [Nonzero(gap)]
    return [Eq(a, b)] if isinstance(a, Sym) else [Eq(b, a)] if isinstance(b, Sym) else []


# --- back ---------------------------------------------------------------------------------------------------------------


def condition_of(b: Builder, p: Prop) -> Formula:
    """A proposition as a condition: x - 1 > 0 as x > 1."""
    if isinstance(p, Eq):
        return Formula("==", (written(p.left), written(p.right)))
    if not isinstance(p, Positive | Nonzero):
        return parse("True")
    poly: Poly = {m: Fraction(c) for m, c in b.ring.poly(p.term).items()}
    inner = _exponent(b, poly) if isinstance(p, Nonzero) else None
    if inner is not None:
        return condition_of(b, Nonzero(inner))
    if len(poly) == 1 and isinstance(p, Nonzero):
        poly = {m: Fraction(1) for m in poly}
    above = {m: c for m, c in poly.items() if c > 0}
    below = {m: -c for m, c in poly.items() if c < 0}
    head = ">" if isinstance(p, Positive) else "!="
    if not set(above) - {()}:
        above, below = below, above
        head = "<" if head == ">" else head
    return Formula(head, (_written(b, above), _written(b, below)))


def _exponent(b: Builder, p: Poly) -> Term | None:
    """u, where a polynomial is a multiple of exp(u) - 1: the two are 0 together."""
    if len(p) != 2 or () not in p or sum(p.values()) != 0:
        return None
    (m,) = [m for m in p if m]
    atom = b.ring.atoms[m[0]]
    own = len(m) == 1 and isinstance(atom, App) and atom.name == "exp" and atom.orders == (0,)
    return atom.args[0] if own and isinstance(atom, App) else None


def _written(b: Builder, p: Poly) -> Formula:
    return written(b.ring.term(p)) if p else number(0)


def words(c: Formula) -> str:
    """A condition as people read it; the grammar reads it, too."""
    return str(c).replace("!=", "≠").replace(">=", "≥").replace("<=", "≤")


def entailed(c: Formula, given: Iterable[Formula], names: dict[str, Term]) -> bool:
    """Whether a condition is shown to hold in every case of what is given."""
    whole = Formula("true")
    for g in given:
        whole = g if whole.head == "true" else Formula("&", (whole, g))
    try:
        cases = [case for clause in clauses(whole) for case in _cases(clause, names)]
        return bool(cases) and all(_shown(c, case, names) for case in cases)
    except (KernelError, InputError, ArithmeticError):
        return False


def _cases(clause: Clause, names: dict[str, Term]) -> list[tuple[list[Term], Clause]]:
    """The terms that are positive under a clause, with those that are not 0 above and below it."""
    reader = Reader(names)
    own = [p for c in clause if c.head not in ("<=", ">=") for p in props(reader, c)]
    positive = [p.term for p in own if isinstance(p, Positive)]
    signs = [[p.term, minus(p.term)] for p in own if isinstance(p, Nonzero)][:3]
    return [([*positive, *row], clause) for row in product(*signs)]


def _shown(c: Formula, case: tuple[list[Term], Clause], names: dict[str, Term]) -> bool:
    known, clause = case
    if c in clause:
        return True
    for alternative in clauses(c):
        b = Builder((), ())
        signs = Signs(b, known, ())
        signs.bounded = partial(Knowledge().bounded, b, holds=signs.holds)
        b.settle = signs.settle
        found = [
            a in clause
            or any(
                signs.settle(p) is not None or excluded(b, p, known)
                for p in props(Reader(names), a)
            )
            for a in alternative
        ]
        if all(found):
            return True
    return _by_signs(c, case, names)


def _by_signs(c: Formula, case: tuple[list[Term], Clause], names: dict[str, Term]) -> bool:
    """The same for a name above and below 0, where it can't be 0."""
    known, clause = case
    b = Builder((), ())
    for n in dict.fromkeys([f.text for f in every(c) if f.head == "name" and f.text in names]):
        t = names[n]
        signed = any(k in (t, minus(t)) for k in known)
        if not signed and excluded(b, Nonzero(t), known):
            return all(_shown(c, ([*known, s], clause), names) for s in (t, minus(t)))
    return False


def excluded(b: Builder, p: Prop, known: Iterable[Term]) -> bool:
    """Whether t /= 0 is plain since one of the positive terms would not be positive where t = 0."""
    solved = border(b, p.term) if isinstance(p, Nonzero) else None
    if solved is None:
        return False
    values = {Sym(solved[0]): solved[1]}
    at_zero = [b.ring.poly(substitute(k, values)) for k in known]
    return any(not q or b.ring.sign(q) == -1 for q in at_zero)
