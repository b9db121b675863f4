"""Bad input is told in one line: where it stands, what was wrong, what was expected; never a traceback, never a hang."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.errors import MAX_LENGTH

SYMBOLS = """
import sympy as sp
import symbackprop as sb
from symbackprop import D, Over, prime
i, j, k, l, q, t = sp.symbols("i j k l q t", integer=True)
n, m, T = sp.symbols("n m T", integer=True, positive=True)
s, u, v, w, x, y, z = sp.symbols("s u v w x y z", cls=sp.IndexedBase)
C, S, c, p, r = sp.symbols("C S c p r")
E, f, g = sp.symbols("E f g", cls=sp.Function)
net, net_L = sb.Network("2-3-1"), sb.Network.any_depth()
"""
OWN = """
with sb.derivation("bad") as d:
    d.define(z[j], sp.Sum(w[i, j] * x[i], (i, 1, n)))
    d.define(y[j], f(z[j]), (j, 1, m))
"""
AGAIN = """
with sb.derivation("bad") as d:
    d.define(u[t], r * u[t - 1] + p * x[t], (t, 1, T))
    d.define(v[t], v[t - 1] + r * u[t], (t, 1, T))
    d.define(C, u[T])
"""
GIVEN = """
with sb.derivation("bad", net) as d:
"""
ANY = """
with sb.derivation("bad", net_L) as d:
"""
SECONDS = 60


@dataclass(frozen=True)
class Bad:
    """The lines of a derivation of which the last one is bad; words of the complaint; what the engine does instead."""

    name: str
    code: str
    words: tuple[str, ...]
    about: str = OWN
    bug: str = ""
    early: bool = False
    """Refused while the expression is made, before it becomes a line."""

    @property
    def source(self) -> str:
        return SYMBOLS + self.about + "".join(f"    {row}\n" for row in self.code.split("\n"))

    @property
    def line(self) -> int:
        return self.source.rstrip("\n").count("\n") + 1

    def __str__(self) -> str:
        return self.name


EXPRESSION = "expected a SymPy expression"
ENDS = "expected limits (index, from, to)"
INTEGER = "expected an integer, or letters for integers"
LANGUAGE = "not in the language of terms"
DIFFERENTIATE = "expected a symbol to differentiate by"
CLAIM = "d.claim(y[j])\n"

TABLE = [
    # --- indices
    Bad("an index below its range", "d.claim(y[0])", ("y[0]", "from 1 to m", "got 0")),
    Bad(
        "an index above its range",
        "d.define(u[k], x[k], (k, 1, 3))\nd.claim(u[4])",
        ("u[4]", "from 1 to 3", "got 4"),
    ),
    Bad("an index that is a float", "d.claim(x[1.5])", ("x[1.5]", INTEGER)),
    Bad("an index that is a fraction", "d.claim(x[sp.Rational(1, 2)])", ("x[1/2]", INTEGER)),
    Bad("an index that is a product", "d.claim(x[i * j])", ("x[i*j]", INTEGER)),
    Bad("an index that is a member", "d.claim(x[y[1]])", ("x[y[1]]", INTEGER)),
    Bad("an index that is infinite", "d.claim(x[sp.oo])", ("x[oo]", INTEGER)),
    Bad("an index of 5,000 digits", "d.claim(x[10**5000])", ("digits",)),
    Bad("a free index", CLAIM + "d.eq(f(z[k]))", ("the index k is free on this side only",)),
    Bad("a free index as a number", CLAIM + "d.eq(k * y[j])", ("the index k is free on this",)),
    Bad(
        "an index that is bound on the other side",
        "d.claim(sp.Sum(D(y[j], x[i]), (i, 1, n)))\nd.eq(D(y[j], x[i]))",
        ("the index i is free on this side only",),
    ),
    # --- names
    Bad("an undefined family", CLAIM + "d.eq(prime(f)(u[j]))", ("u is not defined",)),
    Bad("an undefined number", CLAIM + "d.eq(p)", ("p is not defined",)),
    Bad("an undefined function", CLAIM + "d.eq(g(z[j]))", ("g", "is not defined")),
    Bad("a number that is an index", "d.claim(r * y[j])\nd.eq(y[r])", ("y[r]", INTEGER)),
    Bad("a family that is a number", "d.claim(sp.Symbol('x'))", ("x", "got a number")),
    Bad("too many indices", "d.claim(x[i, j])", ("x", "a family with 2 indices")),
    Bad("too many arguments", "d.claim(f(z[j], z[i]))", ("f", "a function of 1 argument", "got")),
    Bad("a prime of two", "d.claim(prime(g)(r, p))", ("expected one argument", "got 2")),
    Bad(
        "symbols that do not commute",
        "d.claim(sp.Symbol('A', commutative=False))",
        ("A",),
    ),
    # --- recursions, layers, functions of a family
    Bad(
        "both ways in a recursion",
        "d.claim(D(u[t], r))",
        ("u[t] depends on r directly, and through u", "hold=[]", "hold=[u]"),
        AGAIN,
    ),
    Bad(
        "held what is not defined",
        "d.claim(D(u[t], r, hold=x))",
        ("expected families to hold that are defined", "x"),
        AGAIN,
    ),
    Bad(
        "held too little",
        "d.claim(D(v[t], r, hold=C))",
        ("expected families to hold such that a formula is left",),
        AGAIN,
    ),
    Bad(
        "held a number",
        "d.claim(D(u[t], r, hold=3))",
        ("hold: expected a symbol",),
        AGAIN,
        early=True,
    ),
    Bad(
        "held on a network",
        "d.claim(D(net.e, net.x[0][1], hold=x))",
        ("without hold",),
        GIVEN,
    ),
    Bad(
        "a width that may be 0",
        "d.claim(sp.Sum(x[i], (i, 1, sp.IndexedBase('p', integer=True)[l])))",
        ("p[l]: expected a width, at least 1", "positive=True"),
    ),
    Bad(
        "a width that is a family",
        "d.claim(sp.Sum(x[i], (i, 1, sp.IndexedBase('x', integer=True, positive=True)[l])))",
        ("x", "got a width of each layer"),
    ),
    Bad(
        "a family of functions without an index",
        "sb.Functions('G')(r)",
        ("expected an index, such as G[l](s)",),
        early=True,
    ),
    Bad(
        "held in a definition",
        "d.define(z[t], D(u[t], r, hold=u))",
        ("hold: expected in the lines",),
        AGAIN,
    ),
    Bad("functions without a name", "sb.Functions('')[1](r)", ("expected a name",), early=True),
    Bad(
        "a function and a family of functions",
        "G = sb.Functions('f')\nd.claim(G[1](r))",
        ("f: expected a function of 1 argument", "with 1 index"),
    ),
    Bad(
        "a prime of two, in a family",
        "d.claim(prime(sb.Functions('G')[1])(r, p))",
        ("expected one argument", "got 2"),
    ),
    Bad(
        "a family of functions defined",
        "d.define(sb.Functions('G')[k](r), r)",
        ("expected a symbol or an indexed one to define",),
    ),
    # --- definitions
    Bad("defined by itself", "d.define(C, C + 1)", ("C is defined by itself",)),
    Bad(
        "a circular definition",
        "d.define(u[j], v[j])\nd.define(v[j], u[j])",
        ("v[j]", "circular"),
    ),
    Bad("defined by what comes later", "d.define(u[j], v[j])\nd.define(v[j], x[j])", ("v[j]",)),
    Bad("defined twice", "d.define(y[j], x[j])", ("y[j] is defined already",)),
    Bad(
        "defined twice with another letter",
        "d.define(z[k], x[k])",
        ("z[k]", "already"),
    ),
    Bad("a function twice", "d.define(g(r), r)\nd.define(g(r), r + 1)", ("g(r)", "no meaning yet")),
    Bad("a function by itself", "d.define(g(r), g(r) + 1)", ("g(r)", LANGUAGE)),
    Bad("a function of a number", "d.define(g(3), 3)", ("different symbols", "g(3)")),
    Bad("a function of r and r", "d.define(g(r, r), r)", ("different symbols", "g(r, r)")),
    Bad("a function of more", "d.define(g(r), p)", ("g(r) is a function of its symbols", "p")),
    Bad("a derivative", "d.define(prime(g)(r), r)", ("expected a function", "g'(r)")),
    Bad("a library function", "d.define(sp.exp(r), r)", ("expected a symbol", "exp(r)")),
    Bad(
        "a library function by its name",
        "d.define(sp.Function('tanh')(r), r)",
        ("tanh",),
    ),
    Bad("a number as a head", "d.define(3, r)", ("expected a symbol", "got 3")),
    Bad("a sum as a head", "d.define(r + p, C)", ("expected a symbol", "got p + r")),
    Bad("an index as a head", "d.define(j, 3)", ("expected a symbol", "got j")),
    Bad("a width as a head", "d.define(n, 3)", ("expected a symbol", "got n")),
    Bad("text as a head", "d.define('r', C)", (EXPRESSION, "'r'")),
    Bad("defined as text", "d.define(u[j], 'x')", (EXPRESSION, "'x'")),
    Bad("defined as nothing", "d.define(u[j], None)", (EXPRESSION, "None")),
    Bad("a head's index a product", "d.define(u[2 * j], x[j])", ("u[2*j]", "other indices")),
    Bad("a head's letters the same", "d.define(u[j, j], x[j])", ("u[j, j]", "other indices")),
    Bad("a recursion without end", "d.define(u[t], u[t - 1])", ("u[t]", "no end", "range")),
    Bad(
        "a recursion up and down",
        "d.define(u[t], u[t + 1] + u[t - 1], (t, 1, n))",
        ("u[t]", "up and down"),
    ),
    # --- ranges
    Bad("a range of two", "d.define(u[j], x[j], (j, 1))", (ENDS, "(j, 1)")),
    Bad("a range that begins otherwise", "d.define(u[j], x[j], (1, j, n))", (ENDS, "(1, j, n)")),
    Bad("a range that is a list", "d.define(u[j], x[j], [j, 1, n])", (ENDS, "[j, 1, n]")),
    Bad("a range that is a number", "d.define(u[j], x[j], 3)", (ENDS, "got 3")),
    Bad("a range of halves", "d.define(u[j], x[j], (j, 1, n / 2))", (INTEGER, "n/2")),
    Bad("a range with a float", "d.define(u[j], x[j], (j, 1, 2.5))", (INTEGER, "2.5")),
    Bad("a range without end", "d.define(u[j], x[j], (j, 1, sp.oo))", (INTEGER, "oo")),
    Bad(
        "a range of another letter",
        "d.define(u[j], x[j], (k, 1, n))",
        ("k",),
    ),
    Bad("a sum without end", "d.claim(sp.Sum(x[i], (i, 1, sp.oo)))", ("Sum(", INTEGER, "oo")),
    Bad("a sum of halves", "d.claim(sp.Sum(x[i], (i, 1, n / 2)))", ("Sum(", INTEGER, "n/2")),
    Bad("a sum to a float", "d.claim(sp.Sum(x[i], (i, 1, 2.5)))", ("Sum(", INTEGER, "2.5")),
    Bad("a sum to a member", "d.claim(sp.Sum(x[i], (i, 1, x[1])))", ("Sum(", INTEGER, "x[1]")),
    # --- lines
    Bad("text", "d.claim('y')", (EXPRESSION, "'y'")),
    Bad("nothing", CLAIM + "d.eq(None)", (EXPRESSION, "None")),
    Bad("a list", CLAIM + "d.eq([y[j]])", (EXPRESSION, "[y[j]]")),
    Bad("an equation", "d.claim(sp.Eq(y[j], z[j]))", (EXPRESSION, "Eq(y[j], z[j])")),
    Bad("a truth", "d.claim(True)", (EXPRESSION, "True")),
    Bad("a matrix", "d.claim(sp.Matrix([1, 2]))", (EXPRESSION, "Matrix")),
    Bad("a family without index", "d.claim(y)", ("y", LANGUAGE)),
    Bad("a function without arguments", "d.claim(f)", (EXPRESSION, "got f")),
    Bad("a complex number", "d.claim(1j)", (EXPRESSION, "1j")),
    Bad("the imaginary unit", "d.claim(y[j] * sp.I)", ("I", LANGUAGE)),
    Bad("a plain infinity", "d.claim(float('inf'))", ("oo", "expected")),
    Bad("an infinity in a product", "d.claim(y[j] * float('inf'))", ("oo", "expected")),
    Bad("SymPy's infinity", CLAIM + "d.eq(sp.oo)", ("oo", "expected")),
    Bad("a complex infinity", CLAIM + "d.eq(sp.zoo)", ("zoo", "expected")),
    Bad("not a number", CLAIM + "d.eq(float('nan'))", ("nan", "expected")),
    Bad("a power by a symbol", "d.claim(r**p)", ("r**p", "expected a rational exponent")),
    Bad("a power too high", "d.claim(r**100000)", ("r**100000", "up to 1000")),
    Bad("a third root", "d.claim(r ** sp.Rational(1, 3))", ("r**(1/3)", "half-integer exponent")),
    Bad("a number of 5,000 digits", "d.claim(r * 10**5000)", ("digits",)),
    Bad(
        "a Piecewise without a default",
        "d.claim(sp.Piecewise((r, r > 0)))",
        ("Piecewise", "expected the last condition to be True", "got r > 0"),
    ),
    Bad(
        "a definition by a Piecewise without a default",
        "d.define(u[j], sp.Piecewise((x[j], x[j] > 0)))",
        ("expected the last condition to be True",),
    ),
    Bad("an unknown function of SymPy's", "d.claim(sp.gamma(r))", ("gamma(r)", LANGUAGE)),
    Bad("an integral", "d.claim(sp.Integral(r, r))", ("Integral", LANGUAGE)),
    Bad("a limit", "d.claim(sp.Limit(r, r, 0))", ("Limit", LANGUAGE)),
    Bad("a product", "d.claim(sp.Product(x[i], (i, 1, n)))", ("Product", "not in the language")),
    Bad("a matrix's element", "d.claim(sp.MatrixSymbol('A', 2, 2)[0, 0])", ("A[0, 0]", LANGUAGE)),
    Bad(
        "a second derivative",
        "d.claim(sp.Derivative(y[j], z[j], 2))",
        ("expected a first derivative", "give it a name with define"),
    ),
    # --- derivatives, and whole layers
    Bad("D by a number", "d.claim(D(y[j], 3))", (DIFFERENTIATE, "got 3"), early=True),
    Bad("D by a float", "d.claim(D(y[j], 0.5))", (DIFFERENTIATE, "got 0.5"), early=True),
    Bad("D by a sum", "d.claim(D(y[j], z[j] + 1))", (DIFFERENTIATE, "z[j] + 1"), early=True),
    Bad("D by an index", "d.claim(D(y[j], j))", (DIFFERENTIATE, "got j")),
    Bad("D of text", "d.claim(D('y', z[j]))", (EXPRESSION, "'y'"), early=True),
    Bad("D of a function", "d.claim(D(f, z[j]))", (EXPRESSION, "got f"), early=True),
    Bad("a prime of exp", "d.claim(prime(sp.exp)(r))", ("prime", "exp"), early=True),
    Bad("a prime of a number", "d.claim(prime(r)(p))", ("prime", "got r"), early=True),
    Bad("half a prime", "d.claim(prime(f, 1.5)(z[j]))", ("prime",), early=True),
    Bad("less than no prime", "d.claim(prime(f, -1)(z[j]))", ("prime",), early=True),
    Bad("Over without ends", "d.define(C, E(Over(y[j], j)))", ("Over", ENDS), early=True),
    Bad(
        "Over by a number",
        "d.define(C, E(Over(y[j], (1, 1, m))))",
        (ENDS,),
        early=True,
    ),
    Bad("Over without end", "d.define(C, E(Over(y[j], (j, 1, sp.oo))))", (INTEGER, "oo")),
    Bad("Over alone", "d.claim(Over(y[j], (j, 1, m)))", ("argument",)),
    Bad("Over in a sum", "d.claim(r + Over(y[j], (j, 1, m)))", ("argument",)),
    Bad("Over in exp", "d.claim(sp.exp(Over(y[j], (j, 1, m))))", ("exp",)),
    # --- reasons
    Bad("an unknown reason", CLAIM + "d.eq(f(z[j]), by='magic')", ("'magic'", "expected a reason")),
    Bad(
        "a reason misspelt",
        CLAIM + "d.eq(f(z[j]), by='chian rule')",
        ("'chian rule'", "did you mean 'chain rule'?"),
    ),
    Bad("no reason", CLAIM + "d.eq(f(z[j]), by='')", ("expected a reason",)),
    Bad("a number as reason", CLAIM + "d.eq(f(z[j]), by=3)", ("expected a reason in words", "3")),
    Bad("an unknown lemma", CLAIM + "d.eq(f(z[j]), by='lemma first')", ("no lemma of this name",)),
    Bad(
        "an unknown theorem",
        CLAIM + "d.eq(f(z[j]), by='theorem of Pythagoras')",
        ("no theorem of this name", "expected one of backpropagation"),
    ),
    Bad(
        "a theorem misspelt",
        CLAIM + "d.eq(f(z[j]), by='theorem backpropogation')",
        ("did you mean 'backpropagation'?",),
    ),
    Bad(
        "an unknown definition",
        CLAIM + "d.eq(f(z[j]), by='definition of q')",
        ("nothing is defined that is called 'q'", "expected one of"),
    ),
    # --- chains
    Bad("a claim twice", CLAIM + "d.claim(z[j])", ("this chain has its claim",)),
    Bad("a line without a claim", "d.eq(y[j])", ("expected a claim first",)),
    Bad(
        "a lemma without a claim",
        "with d.lemma('one') as o:\n    o.eq(y[j])",
        ("expected a claim first",),
    ),
    Bad(
        "a lemma twice",
        "with d.lemma('one') as o:\n    o.claim(y[j])\nd.lemma('one').__enter__()",
        ("one",),
    ),
    Bad("a lemma by a number", "d.lemma(3).__enter__()", ("3",)),
    Bad("an induction without an equation", "d.induction('a', (t, 0, T), t)", ("equation", "t")),
    Bad("an induction of a truth", "d.induction('a', (t, 0, T), True)", ("equation", "True")),
    Bad("an induction over two", "d.induction('a', (t, 0), sp.Eq(x[t], 0))", (ENDS, "(t, 0)")),
    Bad("an induction over 0", "d.induction('a', (0, t, T), sp.Eq(x[t], 0))", (ENDS,)),
    Bad("cases of text", "d.cases('a', 'r > 0')", (EXPRESSION, "'r > 0'")),
    Bad("cases of a relation", "d.cases('a', r > 0)", (EXPRESSION, "r > 0")),
    Bad("an assumption that is text", "d.assume('y > 0')", ("assume: expected Eq, Ne",)),
    Bad("an assumption that is a truth", "d.assume(True)", ("assume: expected", "True")),
    Bad("an assumption that is a number", "d.assume(r)", ("assume: expected Eq, Ne", "got r")),
    Bad("an assumption that is false", "d.assume(sp.Eq(1, 2))", ("assume: expected", "False")),
    Bad("two assumptions in one", "d.assume(sp.And(r > 0, p > 0))", ("assume: expected",)),
    # --- networks
    Bad("no such layer", "d.claim(net.w[9][1, 1])", ("w[9]", "1 to 2"), GIVEN, early=True),
    Bad("no such node", "d.claim(net.x[0][7])", ("x_7^(0)", "from 0 to 2"), GIVEN, early=True),
    Bad("a letter as a node", "d.claim(net.x[0][j])", ("x_j^(0)", "expected an integer"), GIVEN),
    Bad("a letter as a layer", "d.claim(net.x[l][1])", ("x_1^(l)", "expected an integer"), GIVEN),
    Bad("a member of another network", "d.claim(net_L.x[net_L.L][1])", ("expected an",), GIVEN),
    Bad(
        "a sum of too many terms",
        "d.claim(sp.Sum(j * net.x[0][1], (j, 1, 10**9)))",
        ("expected at most 200,000 terms",),
        GIVEN,
    ),
    Bad("the error defined", "d.define(net.e, net.x[0][1])", ("e",), GIVEN),
    Bad(
        "D by the input that is 1", "d.claim(D(net.e, net.x[0][0]))", ("got 1",), GIVEN, early=True
    ),
    Bad(
        "an unknown symbol on a network",
        "d.claim(net.x[0][1])\nd.eq(x[1] * C)",
        ("is not defined",),
        GIVEN,
    ),
    Bad("too few indices", "d.claim(net_L.w[1][1])", ("w takes 2", "got 1"), ANY, early=True),
    Bad("node 0 of a layer", "d.claim(net_L.w[l][1, 0])", ("from 1", "got 0"), ANY, early=True),
    Bad("layer 0 has no s", "d.claim(net_L.s[0][1])", ("s",), ANY, early=True),
    Bad("a layer below", "d.claim(net_L.s[-1][1])", ("s",), ANY, early=True),
    Bad("a layer above", "d.claim(net_L.s[net_L.L + 1][1])", ("s",), ANY, early=True),
    Bad("a network's signal defined", "d.define(net_L.s[l][j], net_L.x[l][j])", ("s_j^(l)",), ANY),
]


def marked(rows: list[Bad]) -> list[Any]:
    """The rows, and what the engine does not do yet."""
    return [
        pytest.param(
            b, id=str(b), marks=[pytest.mark.xfail(strict=True, reason=b.bug)] * bool(b.bug)
        )
        for b in rows
    ]


@pytest.mark.parametrize("b", marked(TABLE))
def test_one_line_says_where_and_what(b: Bad, tmp_path: Path) -> None:
    """As an interpreter or a notebook sees it: InputError, in one line that begins with the place.

    What is refused before it becomes a line has its place in the traceback.
    """
    path = tmp_path / "bad.py"
    path.write_text(b.source, encoding="utf-8")
    with pytest.raises(sb.InputError) as caught:
        exec(compile(b.source, str(path), "exec"), {"__name__": "cell"})
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) <= MAX_LENGTH
    places = [row.lineno + 1 for row in caught.traceback if str(row.path) == str(path)]
    assert places[-1] == b.line
    assert message.startswith(f"bad.py:{b.line}: ") != b.early, message
    assert [w for w in b.words if w not in message] == [], message
    assert [w for w in ("Int(", "Sym(", "index=()", "'0", "Traceback") if w in message] == [], (
        message
    )


KINDS = (
    "an index below its range",
    "an undefined family",
    "a circular definition",
    "defined twice",
    "text",
    "a free index",
    "an unknown reason",
    "a claim twice",
    "a line without a claim",
    "a sum of too many terms",
    "D by a number",
    "Over by a number",
    "no such node",
    "a layer above",
)


def left(path: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, timeout=SECONDS
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", KINDS)
def test_a_script_ends_with_exit_code_2(name: str, tmp_path: Path) -> None:
    b = next(b for b in TABLE if b.name == name)
    path = tmp_path / "bad.py"
    path.write_text(b.source + "print('not reached')\n", encoding="utf-8")
    code, _, complaints = left(path)
    assert code == 2
    (line,) = complaints.splitlines()
    assert line.startswith(f"bad: bad.py:{b.line}: ")
    assert all(w in line for w in b.words)


@pytest.mark.parametrize(
    "made",
    [
        'sb.derivation("bad", 3)',
        'sb.derivation("bad", "2-3-1")',
        'sb.derivation("bad", [2, 3, 1])',
        "sb.derivation(3)",
        "sb.derivation(None)",
    ],
)
def test_what_is_no_title_and_what_is_no_network(made: str) -> None:
    with pytest.raises(sb.InputError, match=r"derivation: expected a (title|Network), got "):
        eval(made, {"sb": sb})


def test_a_script_with_no_network_ends_with_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(SYMBOLS + 'with sb.derivation("bad", 3) as d:\n    d.claim(r)\n')
    code, _, complaints = left(path)
    assert code == 2
    (line,) = complaints.splitlines()
    assert f"bad.py:{SYMBOLS.count(chr(10)) + 1}: derivation: expected a Network" in line


def test_what_is_no_seed() -> None:
    with pytest.raises(sb.InputError, match="seed"):
        sb.derivation("bad", seed="x")  # type: ignore[arg-type]


NO_TRACEBACKS = [
    Bad("an integer that is false", "d.define(C, r)\nd.claim(C - r)\nd.eq(1)", ()),
    Bad("a float that is false", "d.define(C, r)\nd.claim(C - r)\nd.eq(0.5)", ()),
    Bad("a high power", "d.claim((r + p) ** 200)\nd.eq((r - p) ** 200)", ()),
    Bad("a tower", "d.claim(sp.exp(sp.exp(sp.exp(100 * c))))\nd.eq(c)", ()),
    Bad("a member far out", "d.claim(x[10**12])\nd.eq(2 * x[10**12])", ()),
    Bad("a name of nothing", "d.claim(sp.Symbol(''))\nd.eq(2 * sp.Symbol(''))", ()),
    Bad("a name of a sign", "d.claim(sp.Symbol('#'))\nd.eq(2 * sp.Symbol('#'))", ()),
    Bad("a claim alone", "d.claim(y[j])", ()),
    Bad("nothing at all", "pass", ()),
    Bad("the hypothesis of no induction", CLAIM + "d.eq(f(z[j]), by='induction hypothesis')", ()),
    Bad("the assumption of none", CLAIM + "d.eq(f(z[j]), by='assumption')", ()),
    Bad("a theorem about networks", CLAIM + "d.eq(f(z[j]), by='theorem delta')", ()),
    Bad("a lemma that is empty", "with d.lemma('one') as o:\n    pass\n" + CLAIM, ()),
]


@pytest.mark.parametrize("b", marked(NO_TRACEBACKS))
def test_a_strange_chain_is_judged_and_not_proved(b: Bad) -> None:
    names: dict[str, Any] = {"__name__": "cell"}
    exec(compile(b.source, "bad.py", "exec"), names)
    assert names["d"].judged.word in ("refuted", "unknown")


def test_a_huge_sum_does_not_hang(tmp_path: Path) -> None:
    total = "sp.Sum(x[i], (i, 1, 10**9))"
    b = Bad("a huge sum", f"d.claim({total})\nd.eq(2 * {total})", ())
    path = tmp_path / "bad.py"
    path.write_text(b.source, encoding="utf-8")
    done = subprocess.run([sys.executable, str(path)], capture_output=True, timeout=20)
    assert done.returncode in (1, 3)
