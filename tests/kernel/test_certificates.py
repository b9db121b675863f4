"""Certificates made to deceive or to exhaust: each is refused, or read for what it is, within seconds and in one line."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from kernel_oracle import (
    add,
    app,
    every,
    fam,
    given,
    inv,
    mul,
    neg,
    num,
    par,
    prove,
    total,
    x,
    y,
)
from kernel_worlds import World
from mutants import changed, leaves, outcomes

import symbackprop.kernel
from symbackprop.certificates import encode, write
from symbackprop.kernel import (
    ARITY,
    Add,
    All,
    App,
    Bound,
    Bracket,
    Definition,
    Eq,
    Function,
    Int,
    KernelError,
    Mul,
    Nonzero,
    Num,
    Pow,
    Proof,
    Slope,
    Step,
    Sum,
    Sym,
    Term,
    Theorem,
    Vec,
    minus,
    read,
    rebuild,
    subterms,
    whole,
)
from symbackprop.kernel.certificate import text

KERNEL = Path(symbackprop.kernel.__file__).parent
THEOREMS = sorted((KERNEL.parent / "data" / "theorems").glob("*.json"))
SECONDS = 10
i, j, k, l, n, L = [Int(name) for name in "ijklnL"]


def honest() -> str:
    """A short certificate with a bit of everything."""
    t = total(1, n, i, mul(fam("x", i), fam("a", l)))
    steps = [
        Step("derivative", (), Slope(t, fam("a", l), total(1, n, i, fam("x", i)))),
        Step(
            "generalize",
            (0,),
            every(1, 3, l, Slope(t, fam("a", l), total(1, n, i, fam("x", i)))),
            (l,),
        ),
        Step("unfold", (), Eq(app("f", x), mul(num(1, 2), x))),
        given(Nonzero(x)),
        Step("law bracket", (), Eq(Bracket(neg(x)), add(num(1), neg(Bracket(x)))), (x,), (3,)),
    ]
    functions = [Function("f", 1, mul(par(1), num(1, 2)))]
    definitions = [Definition(fam("b", l), fam("a", l), (l,), (l,))]
    return write(prove(*steps, functions=functions, definitions=definitions, claims=(1, 2, 4)))


def data() -> Any:
    return json.loads(honest())


def with_(key: str, value: Any) -> str:
    return text({**data(), key: value})


def nodes(*rows: Any) -> str:
    """A certificate of these nodes and nothing else."""
    return text(
        {
            **data(),
            "nodes": list(rows),
            "functions": [],
            "definitions": [],
            "steps": [],
            "claims": [],
        }
    )


def node(row: Any) -> str:
    """One in which the first node is another."""
    return nodes(["Sym", "x", []], row)


def early() -> str:
    """The other side of an equation first."""
    proof = {"functions": [], "definitions": [], "steps": [["hypothesis", [], 2, [], []]]}
    rows = [["Sym", "y", []], ["Sym", "x", []]]
    assert read(text({**data(), **proof, "nodes": [*rows, ["Eq", 0, 1]], "claims": [0]}))
    return text({**data(), **proof, "nodes": [*rows, ["Eq", 1, 0]], "claims": [0]})


def inner(name: str) -> str:
    """An index that the statement does not name, by another name than k1."""
    steps = [
        given(Eq(fam("x", Int("k1")), y)),
        Step("instantiate", (0,), Eq(fam("x", 5), y), (Int("k1"), num(5))),
    ]
    return write(prove(*steps)).replace('"k1"', f'"{name}"')


TEXTS: dict[str, Callable[[], str | bytes]] = {
    "nothing": lambda: "",
    "a blank": lambda: "\n",
    "null": lambda: "null\n",
    "a number": lambda: "1\n",
    "a list": lambda: "[]\n",
    "an empty object": lambda: "{}\n",
    "half a file": lambda: honest()[: len(honest()) // 2],
    "a last line without its end": lambda: honest()[:-1],
    "a blank more": lambda: honest() + " ",
    "a line more": lambda: honest() + "\n",
    "a text more": lambda: honest() + honest(),
    "a comment": lambda: honest() + "# fine\n",
    "a byte order mark": lambda: "\ufeff" + honest(),
    "lines of another system": lambda: honest().replace("\n", "\r\n"),
    "no lines": lambda: json.dumps(data()),
    "an indent": lambda: json.dumps(data(), indent=1) + "\n",
    "an escaped letter": lambda: honest().replace('"x"', '"\\u0078"', 1),
    "no UTF-8": lambda: honest().encode().replace(b'"x"', b'"\xff"'),
    "UTF-16": lambda: honest().encode("utf-16"),
    "a zero byte": lambda: honest() + "\0",
    "half a surrogate pair": lambda: honest().replace('"x"', '"\\ud800"'),
    "another version": lambda: with_("symbackprop certificate", 2),
    "a version that is true": lambda: with_("symbackprop certificate", True),
    "a version with a point": lambda: with_("symbackprop certificate", 1.0),
    "a key twice": lambda: honest().replace('"claims"', '"claims": [0],\n"claims"'),
    "a key too many": lambda: text({**data(), "checked": 1}),
    "a key missing": lambda: text({k: v for k, v in data().items() if k != "functions"}),
    "keys in another order": lambda: text(dict(sorted(data().items()))),
    "not a number": lambda: honest().replace('["Num", "1"]', '["Num", NaN]'),
    "infinity": lambda: honest().replace('["Num", "1"]', '["Num", -Infinity]'),
    "a float": lambda: honest().replace('["Num", "1"]', '["Num", 1.0]'),
    "an integer for a string": lambda: honest().replace('["Num", "1"]', '["Num", 1]'),
    "steps by name": lambda: with_("steps", {}),
    "nodes by name": lambda: with_("nodes", {"0": ["Num", "1"]}),
    "a claim that is true": lambda: with_("claims", [True]),
    "a claim with a point": lambda: with_("claims", [1.0]),
    "a claim beyond the last": lambda: with_("claims", [9]),
    "the last claim, counted backwards": lambda: with_("claims", [-1]),
    "a claim of huge number": lambda: with_("claims", [10**30]),
    "no claims": lambda: with_("claims", []),
    "a step of no use": lambda: with_("steps", [*data()["steps"], data()["steps"][0]]),
    "a step that uses itself": lambda: with_("steps", [["ring", [0], 0, [], []]]),
    "a step without its last field": lambda: with_("steps", [row[:-1] for row in data()["steps"]]),
    "a step that is a number": lambda: with_("steps", [5]),
    "a step that is empty": lambda: with_("steps", [[]]),
    "a rule that is a list": lambda: with_("steps", [[["ring"], [], 0, [], []]]),
    "a conclusion that is a term": lambda: with_("steps", [["hypothesis", [], 0, [], []]]),
    "nodes in another order": lambda: with_("nodes", data()["nodes"][::-1]),
    "a node before it is needed": lambda: early(),
    "a name for an inner index": lambda: inner("j"),
    "a number left out for one": lambda: inner("k2"),
    "claims in another order": lambda: with_("claims", data()["claims"][::-1]),
    "a claim twice": lambda: with_("claims", [*data()["claims"], data()["claims"][-1]]),
    "a node of no use": lambda: with_("nodes", [*data()["nodes"], ["Sym", "z", []]]),
    "a node twice": lambda: nodes(["Sym", "x", []], ["Sym", "x", []], ["Eq", 0, 1]),
    "a type that is none": lambda: node(["Axiom", 0]),
    "a type that is a base": lambda: node(["Term"]),
    "a type that is a list": lambda: node([["Num"], "1"]),
    "a type that is an object": lambda: node([{}, "1"]),
    "a type that is null": lambda: node([None, "1"]),
    "a node that is a string": lambda: node("Num"),
    "a node that is empty": lambda: node([]),
    "a field too few": lambda: node(["Pow", 0]),
    "a field too many": lambda: node(["Pow", 0, 2, 2]),
    "itself": lambda: node(["Bracket", 1]),
    "a node to come": lambda: node(["Bracket", 2]),
    "a node counted backwards": lambda: node(["Bracket", -1]),
    "a node with a point": lambda: node(["Bracket", 0.0]),
    "a node that is true": lambda: node(["Bracket", False]),
    "a node that is a list": lambda: node(["Bracket", [0]]),
    "terms that are an object": lambda: node(["Add", {"0": 0}]),
    "terms that are a string": lambda: node(["Add", "00"]),
    "terms of terms": lambda: node(["Add", [[0]]]),
    "an exponent of 10^9": lambda: node(["Pow", 0, 10**9]),
    "an exponent that is a string": lambda: node(["Pow", 0, "2"]),
    "a level below 0": lambda: node(["Bound", -1]),
    "a negative order": lambda: node(["App", "g", [-1], [0], []]),
    "an order of 10^9": lambda: node(["App", "g", [10**9], [0], []]),
    "an order of a number by a component": lambda: node(["App", "g", [[1]], [0], []]),
    "orders without arguments": lambda: node(["App", "g", [0], [], []]),
    "an index of lists": lambda: node(["Sym", "y", [[[0]]]]),
    "an index that is a string": lambda: node(["Sym", "y", ["0"]]),
    "an index of two": lambda: node(["Sym", "y", [[0, 0]]]),
    "an index that is no integer": lambda: node(["Sym", "y", [[0]]]),
    "an index that is huge": lambda: node(["Sym", "y", [10**10]]),
    "an empty name": lambda: node(["Sym", "", []]),
    "a long name": lambda: node(["Sym", "x" * 10**6, []]),
    "a name of two lines": lambda: node(["Sym", "x\ny", []]),
    "a name that looks like another": lambda: node(["Sym", "\u0430", []]),
    "a name that is a number": lambda: node(["Sym", 5, []]),
    "a derivative by a number": lambda: nodes(["Num", "1"], ["D", 0, 0]),
    "a differentiable symbol": lambda: node(["Differentiable", 0]),
    "a proposition in a term": lambda: nodes(["Sym", "x", []], ["Positive", 0], ["Bracket", 1]),
    **{
        f"a rational {q[:9]}": lambda q=q: node(["Num", q])
        for q in [
            *(
                "",
                "x",
                "1.0",
                "1e3",
                "+1",
                " 1",
                "1 ",
                "01",
                "-0",
                "2/4",
                "1/1",
                "1/0",
                "0/5",
                "1/-2",
            ),
            *("1/2/3", "\u0661", "1_0", "0x1", "9" * 5000, "1/" + "9" * 5000, "9" * 10**6),
        ]
    },
    "many brackets": lambda: "[" * 10**6,
    "many objects": lambda: '{"a":' * 10**6,
    "many brackets in a node": lambda: nodes(json.loads("[" * 900 + "]" * 900)),
    "a number of many digits": lambda: honest().replace('"claims": [', '"claims": [' + "9" * 10**6),
    "a list of a million zeros": lambda: with_("claims", [0] * 10**6),
    "a long text": lambda: '"' + "x" * 10**8 + '"',
}
"""What is no certificate, as text or as bytes; each must be refused."""


def sums(n_: int, t: Term, high: Term = n) -> Term:
    for _ in range(n_):
        t = Sum(num(1), high, t)
    return t


def nest(t: Term, depth: int, f: Callable[[Term], Term]) -> Term:
    for _ in range(depth):
        t = f(t)
    return t


def twice(t: Term) -> Term:
    return Add((t, t))


def at(*levels: int) -> Sym:
    return Sym("w", tuple([Bound(k) for k in levels]))


def claim(t: Term) -> Proof:
    """t is x: false, but a checker must look at t to say so."""
    return Proof((), (), (Step("ring", (), Eq(t, x)),), (0,))


def true(t: Term, count: int = 1) -> Proof:
    """t is itself, so many times: the whole of it is to be checked, written and printed."""
    return Proof((), (), (Step("ring", (), Eq(t, t)),) * count, tuple(range(count)))


def chain(rule: str, f: Callable[[Sym], Term], count: int = 60) -> Proof:
    """a[k] = f(a[k - 1]), unfolded all at once: the term doubles each time."""
    members = [fam("a", k) for k in range(count)]
    definitions = [Definition(members[k], f(members[k - 1])) for k in range(1, count)]
    steps = [Step("definition", (), Eq(d.symbol, d.term)) for d in definitions[::-1]]
    last = Step(rule, tuple(range(count - 1)), Eq(members[-1], x))
    return Proof((), tuple(definitions), (*steps, last), (count - 1,))


def limits(count: int) -> Proof:
    """Twice as many conditions on integers, all on one index."""
    p = every(k, n, i, Eq(fam("x", i), x))
    at_ = [whole(l, minus(Int(f"v{k}")), k) for k in range(count)]
    steps = [given(p), *[Step("specialize", (0,), Eq(fam("x", u), x), (u,)) for u in at_]]
    joined = Eq(Add(tuple([fam("x", u) for u in at_])), mul(num(count), x))
    last = Step("combine", tuple(range(1, count + 1)), joined, (num(1),) * count)
    return Proof((), (), (*steps, last), (count + 1,))


def functions(count: int, f: Callable[[App], Term]) -> Proof:
    rows = [Function("f0", 1, par(1))]
    rows += [Function(f"f{k}", 1, f(app(f"f{k - 1}", par(1)))) for k in range(1, count)]
    t = app(f"f{count - 1}", x, orders=(1,))
    return Proof(tuple(rows), (), (Step("unfold", (), Eq(t, num(1))),), (0,))


CYCLE = [at(q, (q + 1) % 10) for q in range(10)]
LIKE = app("g", Add(tuple([at(q) for q in range(10)])))
EXHAUSTING: dict[str, Callable[[], Proof]] = {
    "a sum of 10^9 terms": lambda: claim(Sum(num(0), num(10**9), at(0))),
    "a sum of 10^7 terms": lambda: claim(Sum(num(0), num(10**7), at(0))),
    "a sum of 10^7 numbers": lambda: claim(Sum(num(0), num(10**7), Bound(0))),
    "a sum of 10^6 terms": lambda: claim(Sum(num(0), num(10**6), at(0))),
    "a sum of 10^3000 terms": lambda: claim(Sum(num(0), num(10**3000), at(0))),
    "a sum from -10^3000": lambda: claim(Sum(num(-(10**3000)), num(10**3000), at(0))),
    "sums within sums, of 10 terms each": lambda: claim(sums(9, at(*range(9)), num(10))),
    "a triangle of sums": lambda: claim(
        Sum(
            num(1),
            num(30),
            Sum(num(1), Bound(0), Sum(num(1), Bound(0), Sum(num(1), Bound(0), at(0, 1, 2, 3)))),
        )
    ),
    "9 variables in a circle": lambda: claim(
        sums(9, Mul(tuple([at(q, (q + 1) % 9) for q in range(9)])))
    ),
    "10 variables in a circle": lambda: claim(sums(10, Mul(tuple(CYCLE)))),
    "12 like factors": lambda: claim(sums(10, Mul((LIKE,) * 12))),
    "12 like factors that are unlike": lambda: claim(
        sums(
            10,
            Mul(
                tuple(
                    [
                        app("g", add(at(q % 10), at((q + 1) % 10), at((3 * q + 2) % 10)))
                        for q in range(12)
                    ]
                )
            ),
        )
    ),
    "an 8th power of a sum under a sum": lambda: claim(
        Sum(num(1), n, Pow(Sum(num(1), n, at(0, 1)), 8))
    ),
    "a 1000th power of a sum": lambda: claim(Pow(Sum(num(1), n, at(0)), 1000)),
    "a 1000th power of a sum under a sum": lambda: claim(
        Sum(num(1), n, Pow(Sum(num(1), n, at(0, 1)), 1000))
    ),
    "numbers that hash alike": lambda: claim(
        Add(tuple([num(k * (2**61 - 1) + 5) for k in range(20_000)]))
    ),
    "a product of long numbers": lambda: claim(Mul((num(10**3000 + 1),) * 100_000)),
    "a complaint about a shared term": lambda: Proof(
        (),
        (),
        (
            Step("hypothesis", (), Eq(nest(x, 16, lambda t: Add((t, t))), x)),
            Step(
                "cases",
                (0,) * 400,
                All(num(1), n, Eq(nest(x, 16, lambda t: Add((t, t))), at(0))),
            ),
        ),
        (1,),
    ),
    "140 sums": lambda: claim(sums(140, at(*range(140)))),
    "70 sums of sums": lambda: claim(sums(70, Add((at(*range(70)), x)))),
    "140 ranges of each other": lambda: claim(
        nest(at(0), 140, lambda t: Sum(num(1), Bound(0), t)).body
    ),
    "a large function under sums": lambda: claim(
        sums(3, mul(at(0, 1, 2), nest(at(0), 15, lambda t: app("h", t, t))))
    ),
    "functions 40 deep under sums": lambda: claim(
        sums(2, mul(at(0, 1), nest(Sym("x", (Bound(0),)), 40, lambda t: app("sin", t))))
    ),
    "a tower of powers": lambda: claim(nest(num(2), 4, lambda t: Pow(t, 1000))),
    "a power of a long sum": lambda: claim(Pow(Add(tuple(map(Sym, "abcdef"))), 1000)),
    "a power of a long number": lambda: claim(nest(num(10**3000 + 1), 3, lambda t: Pow(t, 900))),
    "a product of sums": lambda: claim(
        Mul(tuple([add(fam("x", k), fam("y", k)) for k in range(100)]))
    ),
    "an inverse of that": lambda: Proof(
        (),
        (),
        (
            Step(
                "ring",
                (),
                Eq(Add(tuple([inv(add(fam("x", k), fam("y", k))) for k in range(60)])), x),
            ),
        ),
        (0,),
    ),
    "a shared term of size 2^100": lambda: true(nest(x, 100, twice)),
    "a shared term of size 2^17": lambda: true(nest(x, 16, twice)),
    "200 of them": lambda: true(nest(x, 15, twice), 200),
    "a shared term in an error": lambda: Proof(
        (), (), (Step("law exp zero", (), Eq(nest(x, 15, twice), x)),), (0,)
    ),
    "a shared term as a hypothesis": lambda: Proof(
        (), (), (given(Nonzero(nest(x, 15, twice))),), (0,)
    ),
    "shared functions as a hypothesis": lambda: Proof(
        (), (), (given(Nonzero(nest(x, 15, lambda t: app("h", t, t)))),), (0,)
    ),
    "a shared term differentiated": lambda: Proof(
        (), (), (Step("derivative", (), Slope(nest(x, 16, lambda t: Mul((t, t))), x, x)),), (0,)
    ),
    "shared functions differentiated": lambda: Proof(
        (), (), (Step("derivative", (), Slope(nest(x, 15, lambda t: app("h", t, t)), x, x)),), (0,)
    ),
    "doubling sums": lambda: chain("ring", twice),
    "doubling products": lambda: chain("ring", lambda t: Mul((t, t))),
    "doubling functions": lambda: chain(
        "ring", lambda t: add(app("g", t), app("g", mul(num(2), t)))
    ),
    "doubling inverses": lambda: chain("ring", lambda t: add(inv(t), inv(add(t, x)))),
    "functions that double": lambda: functions(40, lambda t: rebuild(t, (app(t.name, par(1)),))),
    "a chain of 2000 functions": lambda: functions(2000, lambda t: t),
    "a chain of 3000 definitions": lambda: Proof(
        (),
        tuple([Definition(fam("a", k), add(fam("a", k - 1), x)) for k in range(1, 3000)]),
        (Step("derivative", (), Slope(fam("a", 2999), x, num(2999))),),
        (0,),
    ),
    "2000 steps of one premise": lambda: Proof(
        (),
        (),
        (given(Eq(x, y)), *[Step("combine", (k,), Eq(x, y), (num(1),)) for k in range(2000)]),
        (2000,),
    ),
    "120 conditions on integers": lambda: limits(60),
    "400 conditions on integers": lambda: limits(200),
    "deep in deep": lambda: Proof(
        (Function("f", 1, nest(par(1), 140, lambda t: app("sin", t))),),
        (),
        (Step("unfold", (), Eq(app("f", nest(x, 140, lambda t: app("sin", t))), x)),),
        (0,),
    ),
    "as deep as may be": lambda: true(nest(x, 147, lambda t: app("sin", t))),
    "brackets as deep as may be": lambda: true(nest(x, 147, Bracket)),
    "inverses as deep as may be": lambda: true(nest(x, 70, lambda t: inv(add(t, y)))),
    "1000 brackets": lambda: claim(Pow(Add(tuple([Bracket(fam("x", k)) for k in range(30)])), 30)),
    "roots of roots": lambda: claim(
        Pow(nest(num(2), 40, lambda t: app("sqrt", add(t, num(1)))), 900)
    ),
    "an index of many parts": lambda: claim(
        Sym("x", (whole(*[Int(f"v{k}") for k in range(3000)]),))
    ),
    "a width of a width": lambda: claim(nest(l, 140, lambda t: Int("d", (t,)))),
    "an order of many components": lambda: claim(
        App("E", ((1,) * 20_000,), (Vec(num(1), num(3), at(0)),))
    ),
    "a layer of 20,000 arguments": lambda: claim(App("g", (0,) * 20_000, (x,) * 20_000)),
    "many definitions of one family": lambda: Proof(
        (),
        tuple([Definition(fam("a", k, l), x, (l,)) for k in range(1500)]),
        (Step("ring", (), Eq(x, x)),),
        (0,),
    ),
    "a long circle": lambda: Proof(
        (),
        tuple(
            [
                Definition(fam(f"a{k}", l), fam(f"a{(k + 1) % 600}", whole(l, -1)), (l,), (l,))
                for k in range(600)
            ]
        ),
        (Step("ring", (), Eq(x, x)),),
        (0,),
    ),
    "a step that uses 100,000": lambda: Proof(
        (), (), (given(Eq(x, y)), Step("ring", (0,) * 100_000, Eq(x, y))), (1,)
    ),
    "mixed derivatives of a defined function": lambda: Proof(
        (Function("f", 4, inv(Add(tuple([mul(par(k), par(k), num(k)) for k in range(1, 5)])))),),
        (),
        (Step("unfold", (), Eq(app("f", x, x, x, x, orders=(9, 9, 9, 9)), x)),),
        (0,),
    ),
}
"""Proofs made to be slow: each must come to an end, whatever it is."""


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[int, str, str]]:
    """A copy of the kernel alone, started with Python's bare library; ten seconds of the processor's time."""
    folder = tmp_path_factory.mktemp("alone")
    shutil.copytree(KERNEL, folder / "kernel", ignore=shutil.ignore_patterns("__pycache__"))

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    def run(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "kernel", *arguments],
            capture_output=True,
            text=True,
            cwd=folder,
            preexec_fn=bounded,
        )
        return done.returncode, done.stdout, done.stderr

    return run


Outcomes = dict[str, tuple[int, str, str]]


def checked(checker: Any, folder: Path, texts: dict[str, Callable[[], str | bytes]]) -> Outcomes:
    """What is said of each, two at a time."""

    def one(item: tuple[int, Callable[[], str | bytes]]) -> tuple[int, str, str]:
        number, make = item
        content = make()
        path = folder / f"{number}.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        out = checker(str(path))
        path.unlink()
        return out

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(texts, pool.map(one, enumerate(texts.values())), strict=True))


@pytest.fixture(scope="module")
def of_texts(checker: Any, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return checked(checker, tmp_path_factory.mktemp("texts"), TEXTS)


@pytest.fixture(scope="module")
def of_proofs(checker: Any, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    texts = {name: lambda make=make: text(encode(make())) for name, make in EXHAUSTING.items()}
    return checked(checker, tmp_path_factory.mktemp("proofs"), texts)


def one_line(outcome: tuple[int, str, str]) -> bool:
    """Refused in one line on stderr, which is no traceback."""
    code, out, err = outcome
    head = {1: "refused: ", 2: "not read: "}.get(code, "?")
    return out == "" and err.startswith(head) and err.count("\n") == 1 and len(err) < 1000


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_certificate_is_refused_in_one_line(name: str, of_texts: Outcomes) -> None:
    assert one_line(of_texts[name]), of_texts[name]


@pytest.mark.parametrize("name", EXHAUSTING)
def test_no_certificate_hangs_or_crashes(name: str, of_proofs: Outcomes) -> None:
    code, out, err = of_proofs[name]
    assert one_line((code, out, err)) or ((code, err) == (0, "") and out), (
        code,
        out[:200],
        err[-500:],
    )


def test_an_honest_certificate_is_printed(checker: Any, tmp_path: Path) -> None:
    path = tmp_path / "honest.json"
    path.write_text(honest())
    assert checker(str(path)) == (0, str(read(honest())) + "\n", "")
    assert write(read(honest())) == honest()


def test_usage_and_files_that_are_none(checker: Any, tmp_path: Path) -> None:
    for arguments in [(), ("a.json", "b.json")]:
        code, out, err = checker(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith("usage: ")
    for path in [str(tmp_path), str(tmp_path / "none.json"), "", "\udcff"]:
        assert one_line(checker(path)), path


@pytest.mark.parametrize("path", THEOREMS, ids=lambda p: p.stem)
def test_theorems_of_the_package_are_checked_by_the_kernel_alone(path: Path, checker: Any) -> None:
    code, out, err = checker(str(path))
    assert (code, err) == (0, "")
    assert out == str(read(path.read_text())) + "\n"


@pytest.mark.parametrize("path", THEOREMS, ids=lambda p: p.stem)
def test_theorems_of_the_package_hold_in_worlds(path: Path) -> None:
    """Up to 3 layers of up to 2 nodes; those that speak of no known function, which has no exact values."""
    theorem = read(path.read_text())
    nodes = [u for d in theorem.proof.definitions for u in subterms(d.term)]
    nodes += [
        u for s in theorem.sequents for p in (s.conclusion, *s.hypotheses) for u in subterms(p)
    ]
    nodes += [u for f in theorem.proof.functions for u in subterms(f.term)]
    if any(isinstance(u, App) and u.name in ARITY for u in nodes):
        pytest.skip("known functions")
    letters = sorted({u.name for u in nodes if isinstance(u, Int) and not u.index})
    real = 0
    for seed in range(80):
        r = random.Random(seed)
        integers = {name: r.randint(0, 3) for name in letters}
        world = World(
            seed,
            theorem.proof.definitions,
            theorem.proof.functions,
            {**integers, "L": r.randint(1, 3)},
        )
        for s in theorem.sequents:
            if all(world.holds(h) for h in s.hypotheses):
                real += 1
                assert world.holds(s.conclusion), f"{s.conclusion} in {world.integers}"
    assert real


# --- every leaf matters ----------------------------------------------------------------------------------------


def test_a_changed_leaf_of_a_short_certificate_is_noticed() -> None:
    counts, unnoticed = outcomes(honest())
    assert unnoticed == []
    assert counts["refused"] > 300
    assert counts["another statement"] > 10
    assert counts["another proof"] < 20


@pytest.mark.parametrize("path", THEOREMS, ids=lambda p: p.stem)
def test_a_changed_leaf_of_a_theorem_is_noticed(path: Path) -> None:
    """A sample; all of them with MUTANTS=all in the environment."""
    sample = None if os.environ.get("MUTANTS") == "all" else 60
    counts, unnoticed = outcomes(path.read_text(), sample)
    assert unnoticed == []
    assert counts["refused"] > 0.9 * counts.total()


HOSTILE = [None, True, 1.5, -1, 10**12, "", "x", "'", [], [[]], [[[0]]], [0, 0], {}, {"a": 1}]


def test_nothing_in_place_of_a_leaf_does_more_than_be_refused() -> None:
    """No other exception than the kernel's own; a traceback is no answer."""
    source = honest()
    data, tried = json.loads(source), 0
    for place, value in leaves(data):
        for other in HOSTILE:
            if other != value:
                tried += 1
                with contextlib.suppress(KernelError):
                    read(json.dumps(changed(data, place, other)))
    assert tried > 2_000


WRITTEN: dict[str, Callable[[], Theorem]] = {
    "an index renamed past another": lambda: prove(
        given(Eq(fam("x", whole(Int("a1"), j)), y)),
        Step("instantiate", (0,), Eq(fam("x", whole(j, 5)), y), (Int("a1"), num(5))),
    ),
    "indices called as they would be": lambda: prove(
        given(Eq(fam("x", Int("k2"), Int("k1"), k), y)),
        Step("instantiate", (0,), Eq(fam("x", 1, Int("k1"), 2), y), (Int("k2"), num(1), k, num(2))),
    ),
    "no claims": lambda: prove(claims=()),
    "a number of 3,000 digits": lambda: prove(given(Eq(Num(Fraction(10**2999, 7)), x))),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_is_read_again(name: str) -> None:
    theorem = WRITTEN[name]()
    again = read(write(theorem))
    assert str(again) == str(theorem)
    assert write(again) == write(theorem)
