"""Recursions of one's own: which ∂a/∂b is meant, widths and functions of layers, and which rule of calculus a line uses."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

import symbackprop as sb
from symbackprop import D, Functions, InputError, Over, prime
from symbackprop.chains.reasons import reason

i, j, k, l, t = sp.symbols("i j k l t", integer=True)
L, T, n = sp.symbols("L T n", integer=True, positive=True)
d = sp.IndexedBase("d", integer=True, positive=True)
a, b, c, h, s, w, x, y, z = sp.symbols("a b c h s w x y z", cls=sp.IndexedBase)
e, p, q, r = sp.symbols("e p q r")
E, f = sp.symbols("E f", cls=sp.Function)
g, G = Functions("g"), Functions("G")


def judged(*lines: Any, define: Any, by: str | None = None) -> Any:
    """The verdict on lines, each equal to the one before it."""
    made = sb.Derivation("lines")
    define(made)
    made.claim(lines[0])
    for line in lines[1:]:
        made.eq(line, by=by)
    return made.judged


def recurrence(made: Any) -> None:
    made.define(s[t], p * h[t - 1] + x[t], (t, 1, T))
    made.define(h[t], f(s[t]), (t, 1, T))
    made.define(e, E(h[T]))


# --- which sense of ∂a/∂b is meant -------------------------------------------------------------------------------


def test_both_senses_are_what_sympy_finds() -> None:
    """s_2 = p h_1 + x_2 with h_1 = s_1^2 and s_1 = p h_0 + x_1, written out."""
    h0, x1, x2, held = sp.symbols("h0 x1 x2 held")
    h1 = (p * h0 + x1) ** 2
    all_steps = sp.diff(p * h1 + x2, p)
    this_step = sp.diff(p * held + x2, p).subs(held, h1)

    def squares(made: Any) -> None:
        made.define(s[t], p * h[t - 1] + x[t], (t, 1, T))
        made.define(h[t], s[t] ** 2, (t, 1, T))

    values = {h0: h[0], x1: x[1], x2: x[2]}
    for hold, value in (([], all_steps), (h, this_step)):
        own = judged(D(s[2], p, hold=hold), value.xreplace(values), define=squares)
        assert own.word == "proved", str(own)
    crossed = judged(D(s[2], p, hold=h), all_steps.xreplace(values), define=squares)
    assert crossed.word == "refuted"


@pytest.mark.parametrize(
    ("of", "by", "ways"),
    [
        (s[t], p, "h"),
        (s[T], p, "h"),
        (s[t + 1], p, "h"),
    ],
)
def test_where_both_senses_are_in_use_one_must_be_said(of: Any, by: Any, ways: str) -> None:
    with pytest.raises(InputError) as error:
        judged(D(of, by), of, define=recurrence)
    said = str(error.value)
    assert f"depends on {by} directly, and through {ways}" in said
    assert f"hold=[]) for both, or D({of}, {by}, hold=[{ways}]) for the direct part" in said


@pytest.mark.parametrize(
    ("of", "by"),
    [
        (e, p),
        (h[t], p),
        (s[1], p),
        (s[t], x[t]),
        (s[t], h[t - 1]),
        (h[t], s[t]),
        (s[t], s[t]),
        (h[0], p),
        (e, h[t]),
    ],
)
def test_elsewhere_it_says_itself(of: Any, by: Any) -> None:
    assert judged(D(of, by), D(of, by), define=recurrence).word == "proved"


def test_a_regularized_error_is_not_asked_about() -> None:
    """p acts on e directly and through h, but nothing is made of e: ∂e/∂p is the gradient."""

    def define(made: Any) -> None:
        recurrence(made)
        made.define(r, e + p**2)

    assert judged(D(r, p), D(e, p) + 2 * p, define=define).word == "proved"


def test_what_was_held_is_told() -> None:
    made = sb.Derivation("held")
    recurrence(made)
    made.claim(D(s[t], p, hold=h))
    made.eq(h[t - 1])
    assert "(∂s_t/∂p)|h was read as h_(t-1)" in str(made)
    assert made.data["read"] == ["(∂s_t/∂p)|h as h_(t-1)"]


def steps(made: Any) -> None:
    made.define(h[t], p * h[t - 1] + x[t], (t, 1, T))


@pytest.mark.parametrize(
    "line",
    [
        sp.Sum(D(h[t], p, hold=h), (t, 0, T)),
        sp.Sum(D(h[t], p, hold=h), (t, 1, T + 1)),
        sp.Sum(y[t] * D(h[t - 1], p, hold=h), (t, 1, T)),
        sp.Sum(sp.Sum(D(h[k], p, hold=h), (k, 0, t)), (t, 1, T)),
    ],
    ids=str,
)
def test_what_is_held_is_not_differentiated_where_nothing_defines_it(line: Any) -> None:
    with pytest.raises(InputError, match="the sum goes further than the definition"):
        judged(line, line, define=steps)


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (D(h[t], p, hold=h), h[t - 1], "for t = 1..T"),
        (sp.Sum(y[t] * D(h[t], p, hold=h), (t, 1, T)), sp.Sum(y[t] * h[t - 1], (t, 1, T)), ""),
        (
            sp.Sum(D(h[k], p, hold=h), (k, t + 1, T)),
            sp.Sum(h[k - 1], (k, t + 1, T)),
            "for t ≥ 0",
        ),
    ],
    ids=str,
)
def test_what_was_held_holds_where_it_is_defined(left: Any, right: Any, said: str) -> None:
    made = sb.Derivation("held")
    steps(made)
    made.claim(left)
    made.eq(right, by="partial derivatives")
    lines = str(made).splitlines()
    assert "PROVED" in lines
    assert [line.strip() for line in lines if line.startswith("   for")] == [said] * bool(said)
    assert lines[-1].endswith("was read as h_(t-1)") or "h_(k-1)" in lines[-1]


def test_what_was_held_must_be_differentiable() -> None:
    made = sb.Derivation("held")
    recurrence(made)
    made.claim(D(h[t], p, hold=h))
    made.eq(prime(f)(s[t]) * h[t - 1])
    assert "   where f is differentiable at s_t" in str(made).splitlines()


def test_before_the_first_step_nothing_varies() -> None:
    assert judged(D(h[0], p, hold=h), sp.Integer(0), define=steps).word == "proved"


# --- widths and functions of layers ------------------------------------------------------------------------------


def layers(made: Any) -> None:
    made.define(
        z[l, j], sp.Sum(w[l, j, k] * a[l - 1, k], (k, 1, d[l - 1])), (l, 1, L), (j, 1, d[l])
    )
    made.define(a[l, j], g[l](z[l, j]), (l, 1, L), (j, 1, d[l]))
    made.define(e, E(Over(a[L, j], (j, 1, d[L]))))


NEXT = sp.Sum(D(e, z[l, j]) * w[l, j, i], (j, 1, d[l]))


def test_the_induction_step_with_widths_and_functions_of_each_layer() -> None:
    found = judged(D(e, z[l - 1, i]), prime(g[l - 1])(z[l - 1, i]) * NEXT, define=layers)
    assert found.word == "proved"


def test_that_line_is_true_of_three_layers_of_different_widths() -> None:
    """The line itself for l = L = 3 and d = (2, 2, 3, 1): all that it names by SymPy, where z^2 varies and a^2, z^3, e follow."""
    hidden, top = sp.symbols("z_1:4"), sp.Symbol("top")
    weights = [sp.Rational(1, 2), sp.Integer(-1), sp.Rational(2, 3)]
    inner, error = sp.Lambda(top, top**3 / 3 - top), sp.Lambda(top, (top**2 - top) ** 2 + top)
    signal = sum(v * inner(u) for v, u in zip(weights, hidden, strict=True))
    line = (prime(g[l - 1])(z[l - 1, i]) * NEXT).xreplace({l: sp.Integer(3)})
    line = line.xreplace({d[3]: sp.Integer(1)}).doit()
    by_signal = sp.diff(error(top), top).subs(top, signal)
    for n, u in enumerate(hidden, 1):
        values = {
            D(e, z[3, 1]): by_signal,
            prime(g[2])(z[2, n]): sp.diff(inner(u), u),
            w[3, 1, n]: weights[n - 1],
        }
        right = line.xreplace({i: sp.Integer(n)}).xreplace(values)
        assert right.free_symbols <= {*hidden}
        assert sp.expand(sp.diff(error(signal), u) - right) == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (prime(g[l])(z[l - 1, i]) * NEXT, "the index l of g_l' should be l - 1"),
        (g[l - 1](z[l - 1, i]) * NEXT, "g_(l-1) where g_(l-1)' belongs"),
        (
            prime(g[l - 1])(z[l - 1, i]) * sp.Sum(D(e, z[l, j]) * w[l, i, j], (j, 1, d[l])),
            "swapped",
        ),
    ],
)
def test_slips_with_them_are_named(line: Any, words: str) -> None:
    found = judged(D(e, z[l - 1, i]), line, define=layers)
    (row,) = found.chains[-1].judgements
    assert row.word == "false"
    assert words in (row.diagnosis or "")
    assert row.witness is not None
    assert any(name.startswith("d_") for name in row.witness.integers)


def test_outputs_of_any_kind() -> None:
    def mixed(made: Any) -> None:
        made.define(y[k], G[k](Over(s[j], (j, 1, n))), (k, 1, n))
        made.define(e, E(Over(y[k], (k, 1, n))))

    line = sp.Sum(D(e, y[k]) * D(y[k], s[j]), (k, 1, n))
    assert judged(D(e, s[j]), line, define=mixed).word == "proved"
    crossed = sp.Sum(D(e, y[j]) * D(y[k], s[j]), (k, 1, n))
    assert judged(D(e, s[j]), crossed, define=mixed).word == "refuted"


def test_how_functions_of_a_family_print() -> None:
    assert str(prime(G[k], 2)(q)) == "G_k''(q)"
    assert sp.latex(prime(G[l - 1])(q)) == r"G_{l - 1}'{\left(q \right)}"
    assert str(G[i, j](q)) == "G_(i,j)(q)"


def linear(made: Any) -> None:
    made.define(
        a[l, j], sp.Sum(w[l, j, k] * a[l - 1, k], (k, 1, d[l - 1])), (l, 1, L), (j, 1, d[l])
    )
    made.define(e, sp.Sum((a[L, j] - y[j]) ** 2, (j, 1, d[L])) / 2)
    made.define(b[l, j], D(e, a[l, j]), (l, 1, L), (j, 1, d[l]))


@pytest.mark.parametrize(
    "lines",
    [
        (D(e, w[l, j, k]), D(e, a[l, j]) * D(a[l, j], w[l, j, k]), D(e, a[l, j]) * a[l - 1, k]),
        (D(e, w[l, j, k]), b[l, j] * a[l - 1, k]),
        (b[l - 1, i], sp.Sum(b[l, j] * w[l, j, i], (j, 1, d[l]))),
        (b[L, i], a[L, i] - y[i]),
    ],
    ids=str,
)
def test_a_deep_linear_net_with_widths_of_its_own(lines: Any) -> None:
    """Where brackets would be contracted in every layer, k would have to be a node of each."""
    assert judged(*lines, define=linear).word == "proved"


# --- two families carried on together ----------------------------------------------------------------------------


def pair(made: Any) -> None:
    made.define(c[t], h[t - 1] * c[t - 1] + x[t], (t, 1, T))
    made.define(h[t], f(c[t]) * h[t - 1], (t, 1, T))
    made.define(e, E(h[T]))


def test_the_error_by_one_from_all_that_it_acts_on() -> None:
    """c_(t-1) acts on c_t and on h_(t-1), as SymPy finds for T = 3, t = 2."""
    line = D(e, c[t]) * h[t - 1] + D(e, h[t - 1]) * prime(f)(c[t - 1]) * h[t - 2]
    assert judged(D(e, c[t - 1]), line, define=pair).word == "proved"
    first, before, second, third = sp.symbols("c1 h0 x2 x3")

    def later(c1: Any, h1: Any) -> Any:
        c2 = h1 * c1 + second
        h2 = sp.exp(c2) * h1
        return sp.sin(sp.exp(h2 * c2 + third) * h2)

    held, output = sp.symbols("held output")
    whole = sp.diff(later(first, sp.exp(first) * before), first)
    c2 = sp.Symbol("c2")
    h2 = sp.exp(c2) * output
    by_next = sp.diff(sp.sin(sp.exp(h2 * c2 + third) * h2), c2)
    own = by_next * output + sp.diff(later(held, output), output) * sp.exp(first) * before
    own = own.subs(c2, output * first + second).subs({held: first, output: sp.exp(first) * before})
    numbers = {first: 0.3, before: 0.7, second: -0.2, third: 0.1}
    assert abs(sp.N((whole - own).subs(numbers))) < 1e-12


@pytest.mark.parametrize(
    "line",
    [
        D(e, c[t]) * h[t - 1],
        D(e, c[t]) * h[t] + D(e, h[t - 1]) * prime(f)(c[t - 1]) * h[t - 2],
        D(e, c[t]) * h[t - 1] + D(e, h[t]) * prime(f)(c[t - 1]) * h[t - 2],
        D(e, c[t]) * h[t - 1] - D(e, h[t - 1]) * prime(f)(c[t - 1]) * h[t - 2],
    ],
    ids=str,
)
def test_a_path_that_is_lost_is_missed(line: Any) -> None:
    assert judged(D(e, c[t - 1]), line, define=pair).word == "refuted"


def test_a_member_is_not_held_by_its_own_family() -> None:
    def leaky(made: Any) -> None:
        made.define(z[t], f(p * h[t - 1]), (t, 1, T))
        made.define(h[t], (1 - z[t]) * h[t - 1], (t, 1, T))

    line = -prime(f)(p * h[t - 1]) * h[t - 1] ** 2
    assert judged(D(h[t], p, hold=h), line, define=leaky).word == "proved"
    assert judged(D(h[t], p, hold=h), sp.Integer(0), define=leaky).word == "refuted"


# --- which rule of calculus a line uses --------------------------------------------------------------------------

RULES = ["chain rule", "product rule", "quotient rule", "power rule", "sum rule"]
USES: list[tuple[Any, Any, tuple[str, ...]]] = [
    (q * r, r, ()),
    (q + 3 * r, 3, ("sum rule",)),
    (q * f(q), f(q) + q * prime(f)(q), ("product rule", "chain rule")),
    (q**2, 2 * q, ("power rule",)),
    (1 / q, -1 / q**2, ("quotient rule", "product rule", "power rule")),
    (f(q**2), 2 * q * prime(f)(q**2), ("chain rule", "power rule")),
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("term", "value", "rules"), USES[2:], ids=str)
def test_a_rule_is_accepted_where_it_is_used(
    term: Any, value: Any, rules: tuple[str, ...], rule: str
) -> None:
    found = judged(D(term, q), value, define=lambda made: None, by=rule)
    assert found.word == ("proved" if rule in rules else "refuted"), str(found)


@pytest.mark.parametrize(
    ("term", "value", "name"),
    [
        (q * f(q), f(q) + q * prime(f)(q), "product rule"),
        (q**2, 2 * q, "power rule"),
        (f(q**2), 2 * q * prime(f)(q**2), "chain rule"),
        (r * q, r, "linearity of the derivative"),
        (f(q), prime(f)(q), "partial derivatives"),
    ],
)
def test_the_reason_that_holds_is_offered(term: Any, value: Any, name: str) -> None:
    found = judged(D(term, q), value, define=lambda made: None)
    assert [row.reason for row in found.chains[-1].judgements] == [name]


def test_reasons_may_be_joined() -> None:
    found = reason("chain rule and Kronecker delta")
    assert [p.kind for p in found.parts] == ["calculus", "contraction"]


def test_a_repair_is_not_the_line_before() -> None:
    """∂e/∂h_(t-1) = 2 ∂e/∂h_(t-1): to strike the factor makes it true, and says nothing."""
    before = D(e, h[t - 1])
    found = judged(before, 2 * before, define=recurrence)
    (row,) = found.chains[-1].judgements
    assert row.word == "false"
    assert row.repaired != before
