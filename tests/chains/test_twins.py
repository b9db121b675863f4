"""Every proof script has broken twins: one line is changed, and that line alone is named."""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from symbackprop.chains import derivation as written

PROOFS = Path(__file__).parents[2] / "proofs"
FALSE, REASON = "is false", "another reason holds"
REFUTED = 1


@dataclass(frozen=True)
class Twin:
    """A script with one text in it replaced; which line of which chain is wrong then, and how."""

    script: str
    true: str
    false: str
    line: str
    what: str = FALSE

    @property
    def path(self) -> Path:
        return PROOFS / f"{self.script}.py"

    @property
    def code(self) -> str:
        return self.path.read_text(encoding="utf-8").replace(self.true, self.false)

    @property
    def verdict(self) -> str:
        """The last line of the derivation in which it stands."""
        return f"REFUTED  line {self.line}" + (
            f": {REASON}" if self.what == REASON else f" {FALSE}"
        )

    @property
    def place(self) -> int:
        """Where the statement begins that was changed."""
        code = self.path.read_text(encoding="utf-8")
        changed = code[: code.index(self.true)].count("\n") + 1
        changed += self.true[: _first_difference(self.true, self.false)].count("\n")
        return max(n.lineno for n in _calls(self.code) if n.lineno <= changed <= _end(n))

    def __str__(self) -> str:
        return f"{self.script}: {' '.join(self.false.split())}"


def _first_difference(a: str, b: str) -> int:
    same = [x == y for x, y in zip(a, b, strict=False)]
    return same.index(False) if False in same else len(same)


def _calls(code: str) -> Iterable[ast.Expr]:
    return [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Expr)]


def _end(n: ast.Expr) -> int:
    return n.end_lineno or n.lineno


TWINS = [
    Twin("backpropagation", "s[l][j]) * x[l - 1][i]", "s[l][j]) * x[l][i]", "(3)"),
    Twin("backpropagation", "Sum(w[l][i, j]", "Sum(w[l][j, i]", "(2) of induction step"),
    Twin("backpropagation", "dg(L, j), by", "dg(L, j) ** 2, by", "(2) of base step"),
    Twin("backpropagation", '"linearity of the derivative"', '"algebra"', "(3)", REASON),
    Twin("backpropagation", '"theorem delta"', '"theorem base step"', "(4)", REASON),
    Twin(
        "backpropagation_through_time",
        "one.eq(h[t - 1] +",
        "one.eq(h[t] +",
        "(2) of one time step",
    ),
    Twin(
        "backpropagation_through_time",
        "prime(f)(s[T]) * by_w(s[T])",
        "prime(f)(h[T]) * by_w(s[T])",
        "(3) of unrolling, base",
    ),
    Twin(
        "backpropagation_through_time",
        "delta[t] * w * prime(f)(s[t - 1]) * by_w(s[t - 1])",
        "delta[t] * prime(f)(s[t - 1]) * by_w(s[t - 1])",
        "(5) of unrolling, step",
    ),
    Twin("backpropagation_through_time", "proof.eq(unrolled(1)", "proof.eq(unrolled(2)", "(5)"),
    Twin(
        "backpropagation_through_time",
        '"induction hypothesis"',
        '"algebra"',
        "(2) of unrolling, step",
        REASON,
    ),
    Twin("base_step", "dg(L, j), by", "dg(L - 1, j), by", "(4)"),
    Twin("base_step", '"chain rule"', '"algebra"', "(3)", REASON),
    Twin("base_step_binary_cross_entropy", "(1 - y[j]) /", "(1 + y[j]) /", "(4)"),
    Twin("base_step_binary_cross_entropy", "(x[L][j] - y[j]) /", "(y[j] - x[L][j]) /", "(5)"),
    Twin("base_step_binary_cross_entropy", '"definition of δ"', '"algebra"', "(2)", REASON),
    Twin("base_step_cross_entropy", "-y[j] / x[L][j]", "y[j] / x[L][j]", "(4)"),
    Twin("base_step_cross_entropy", "D(x[L][j], s[L][j])", "D(x[L][j], s[L][j]) ** 2", "(3)"),
    Twin("base_step_cross_entropy", '"derivative of log"', '"algebra"', "(4)", REASON),
    Twin("base_step_logistic", "-y[j] / (1 + sp.exp(", "-y[j] / (2 + sp.exp(", "(5)"),
    Twin("base_step_logistic", "-y[j] * sp.exp(-y[j] *", "-y[j] * sp.exp(y[j] *", "(4)"),
    Twin("base_step_logistic", '"law of exp"', '"definition of x"', "(5)", REASON),
    Twin(
        "base_step_sigmoid_binary_cross_entropy",
        "proof.eq(x[L][j] - y[j]",
        "proof.eq(y[j] - x[L][j]",
        "(5)",
    ),
    Twin("base_step_sigmoid_binary_cross_entropy", "(1 - x[L][j])", "(1 + x[L][j])", "(4)"),
    Twin("base_step_sigmoid_binary_cross_entropy", '"chain rule"', '"algebra"', "(3)", REASON),
    Twin("base_step_squared_error", "/ 2, x[L][j])", "/ 3, x[L][j])", "(4)"),
    Twin("base_step_squared_error", "(x[L][j] - y[j]) *", "(x[L][j] + y[j]) *", "(5)"),
    Twin("base_step_squared_error", '"power rule"', '"definition of δ"', "(5)", REASON),
    Twin(
        "chain_rule",
        "dg(l, n) * sp.Sum(w[l + 1][n, k] * delta[l + 1][k]",
        "sp.Sum(w[l + 1][n, k] * delta[l + 1][k]",
        "(3) of the same sum in every layer, step",
    ),
    Twin("chain_rule", "D(e, s[l][n]) * D(s[l][n], v)", "D(e, s[l][n]) * D(s[m][n], v)", "(3)"),
    Twin(
        "chain_rule",
        'by="exchange the sums"',
        'by="chain rule"',
        "(4) of the same sum in every layer, step",
        REASON,
    ),
    Twin("delta", "* dg(L, j)", "* dg(L, j) * 2", "(3) of all layers, base"),
    Twin("delta", "D(e, s[l][i]) * D(s", "D(e, s[l - 1][i]) * D(s", "(2) of all layers, step"),
    Twin("delta", "* w[l][j, i] * dg", "* dg", "(4) of all layers, step"),
    Twin("delta", '"induction hypothesis"', '"algebra"', "(3) of all layers, step", REASON),
    Twin("four_equations", "D(C, a[j]) * prime(sigma)(z[j])", "D(C, a[j]) * sigma(z[j])", "(4)"),
    Twin("four_equations", "D(C, Z[i]) * W[i, j] * prime", "D(C, Z[i]) * W[j, i] * prime", "(4)"),
    Twin("four_equations", "proof.eq(D(C, z[j]), by", "proof.eq(2 * D(C, z[j]), by", "(4)"),
    Twin("four_equations", "x[k] * D(C, z[j])", "x[j] * D(C, z[k])", "(4)"),
    Twin("four_equations", '"factor out of the sum"', '"definition of z"', "(5)", REASON),
    Twin("induction_step", "w[l][i, j] * dg(l - 1, i)", "w[l][j, i] * dg(l - 1, i)", "(4)"),
    Twin("induction_step", "dg(l - 1, i) * sp.Sum(", "sp.Sum(", "(5)"),
    Twin("induction_step", '"factor out of the sum"', '"chain rule"', "(5)", REASON),
    Twin(
        "lecture", "proof.eq(D(e, s[l][j]) * x[l - 1][i]", "proof.eq(D(e, s[l][j]) * x[l][i]", "(3)"
    ),
    Twin("lecture", "Sum(w[l][i, j]", "Sum(w[l][j, i]", "(4) of induction step"),
    Twin("lecture", "dg(L, j), by", "dg(L - 1, j), by", "(3) of base step"),
    Twin("lecture", '"linearity of the derivative"', '"algebra"', "(3)", REASON),
    Twin("logistic_regression_gradient", "-sp.Sum(y[r] * x[r, j]", "sp.Sum(y[r] * x[r, j]", "(5)"),
    Twin("logistic_regression_gradient", "D(e, z[r]) * D(z[r], w[j])", "D(e, z[r]) * w[j]", "(2)"),
    Twin("logistic_regression_gradient", '"law of exp"', '"chain rule"', "(5)", REASON),
    Twin("logistic_regression_hessian", "x[r, j] * x[r, k]", "x[r, j] ** 2", "(3)"),
    Twin(
        "logistic_regression_hessian",
        "sigma[r] * (1 - sigma[r]) * x[r, j], by",
        "sigma[r] * (1 - sigma[r]), by",
        "(3) of slope",
    ),
    Twin(
        "logistic_regression_hessian", '"definition of G"', '"algebra"', "(4) of gradient", REASON
    ),
    Twin("lstm_cell", "by_w(F[t]) * c[t - 1]", "by_w(F[t]) * c[t]", "(2) of cell"),
    Twin("lstm_cell", "(h[t - 1] + w * D(", "(h[t - 1] - w * D(", "(2) of gate"),
    Twin("lstm_cell", "O[T] * prime(tau)(c[T])", "O[T] * tau(c[T])", "(3)"),
    Twin("lstm_cell", "D(e, c[t]) * F[t], by", "D(e, c[t]) * F[t - 1], by", "(2)"),
    Twin("lstm_cell", "D(e, h[t - 1]) * O[t - 1]", "D(e, h[t]) * O[t - 1]", "(2)"),
    Twin("lstm_cell", "proof.eq(F[t]", "proof.eq(I[t]", "(2)"),
    Twin(
        "mixed_output",
        "D(outputs[k], signals[j]), (k",
        "D(outputs[j], signals[k]), (k",
        "(2)",
    ),
    Twin("mixed_output", "D(x[L][k], s[L][j])", "D(x[L][k], s[L][k])", "(3)"),
    Twin("mixed_output", "(D(e, x[L][j]) - sp.Sum", "(D(e, x[L][j]) + sp.Sum", "(5)"),
    Twin("mixed_output", '"Kronecker delta"', '"definition of x"', "(5)", REASON),
    Twin("network_2_2_2_1", "D(e, s[2][2]) * D(s[2][2]", "D(e, s[2][1]) * D(s[2][2]", "(4)"),
    Twin("network_2_2_2_1", "w[3][2, 1] * dg(2, 2)", "w[3][2, 1] * dg(2, 1)", "(6)"),
    Twin(
        "network_2_2_2_1", 'x[0][1], by="definition of δ")', 'x[0][1], by="algebra")', "(8)", REASON
    ),
    Twin("network_2_3_1", "(1 - x[1][2] ** 2)", "(1 - x[1][2])", "(6)"),
    Twin(
        "network_2_3_1", "D(e, s[2][1]) * w[2][2, 1] * dg", "D(e, s[2][1]) * w[2][1, 1] * dg", "(4)"
    ),
    Twin("neuron", "dg(1, 1) *", "dg(1, 1) * 2 *", "(3)"),
    Twin("neuron", '"chain rule"', '"algebra"', "(2)", REASON),
    Twin(
        "recurrent_network",
        "KroneckerDelta(j, q) * h[t - 1, p]\n            +",
        "KroneckerDelta(j, p) * h[t - 1, q]\n            +",
        "(2) of one time step",
    ),
    Twin(
        "recurrent_network",
        "base.eq(through(T), by",
        "base.eq(through(T - 1), by",
        "(4) of unrolling, base",
    ),
    Twin(
        "recurrent_network",
        "step.eq(through(t - 1) +",
        "step.eq(through(t) +",
        "(7) of unrolling, step",
    ),
    Twin("recurrent_network", "(delta[1, q] * h[0, p] +", "(delta[1, p] * h[0, q] +", "(3)"),
    Twin("recurrent_network", "proof.eq(unrolled(1)", "proof.eq(unrolled(0)", "(4)"),
    Twin(
        "residual_network",
        "prime(f)(s[l, j]) * D(s[l, j]",
        "f(s[l, j]) * D(s[l, j]",
        "(2) of one layer",
    ),
    Twin("residual_network", "D(e, x[l, i]) + sp.Sum", "D(e, x[l - 1, i]) + sp.Sum", "(4)"),
    Twin("residual_network", '"Kronecker delta"', '"chain rule"', "(4)", REASON),
    Twin("residual_block", "D(C, h[k]) + sp.Sum(", "sp.Sum(", "(5)"),
    Twin("residual_block", "D(z[j], x[k])", "D(z[k], x[j])", "(3)"),
    Twin("residual_block", '"Kronecker delta"', '"chain rule"', "(5)", REASON),
    Twin("ridge_regression", "+ 2 * lam * w[j])\n", "+ lam * w[j])\n", "(3)"),
    Twin("ridge_regression", "(x[r, j] * x[r, i]) + lam", "(x[r, j] * x[r, j]) + lam", "(6)"),
    Twin("ridge_regression", '"definition of z"', '"algebra"', "(4)", REASON),
    Twin("safe_gauss", "+ (a - s) * (a + s)), by", "- (a - s) * (a + s)), by", "(2)"),
    Twin("safe_gauss", "proof.eq(2 - Q(s)", "proof.eq(1 - Q(s)", "(3)"),
    Twin("safe_gauss", '"law of exp"', '"algebra"', "(2)", REASON),
    Twin(
        "safe_sigmoid",
        'sp.exp(s) / (1 + sp.exp(s)), by="law',
        'sp.exp(s) / (1 + sp.exp(-s)), by="law',
        "(2) of either side, s < 0",
    ),
    Twin(
        "safe_sigmoid",
        "above.eq(small / (1 + small) ** 2",
        "above.eq(small / (1 - small) ** 2",
        "(3) of either side, s > 0",
    ),
    Twin(
        "safe_sigmoid",
        "proof.eq(4 * sigma(2 * s) * sigma(-2 * s)",
        "proof.eq(4 * sigma(s) * sigma(-s)",
        "(3)",
    ),
    Twin(
        "safe_sigmoid",
        'below.eq(safe, by="s < 0")',
        'below.eq(safe, by="algebra")',
        "(3) of either side, s < 0",
        REASON,
    ),
    Twin("safe_slopes", "1 - sp.exp(-x)", "1 - sp.exp(x)", "(4)"),
    Twin("safe_slopes", "(1, x > 0), (leak, True)", "(1, x > 0), (0, True)", "(3)"),
    Twin("safe_slopes", "proof.eq(-y * (1 - x)", "proof.eq(y * (1 - x)", "(3)"),
    Twin("safe_slopes", '"quotient rule"', '"algebra"', "(2)", REASON),
    Twin(
        "safe_softmax",
        "lemma.eq(sp.exp(s[k] - m) / S",
        "lemma.eq(sp.exp(s[k] + m) / S",
        "(4) of as a power",
    ),
    Twin("safe_softmax", "proof.eq(1 + sp.Sum(others", "proof.eq(2 + sp.Sum(others", "(3)"),
    Twin("safe_softmax", "(sp.log(S) - (s[k] - m))", "(sp.log(S) - (s[k] + m))", "(4)"),
    Twin(
        "safe_softmax",
        'proof.eq(-p[j], by="law of log")',
        'proof.eq(-p[j], by="algebra")',
        "(3)",
        REASON,
    ),
    Twin("safe_softplus", "sp.exp(s) * S, by", "sp.exp(-s) * S, by", "(2) of factored"),
    Twin(
        "safe_softplus", "proof.eq(-(y * c + (1 - y) * C)", "proof.eq(-(y * C + (1 - y) * c)", "(3)"
    ),
    Twin(
        "safe_softplus",
        'lemma.eq(a, by="law of log")',
        'lemma.eq(a, by="algebra")',
        "(4) of mirror",
        REASON,
    ),
    Twin("second_derivative", "w2 * x**2 * (w2", "w2 * x * (w2", "(4)"),
    Twin("second_derivative", "prime(g, 2)(s) * x)", "prime(g)(s) * x)", "(3)"),
    Twin("second_derivative", '"power rule"', '"algebra"', "(2) of first derivative", REASON),
    Twin("sigmoid_cross_entropy", "proof.eq(x - y", "proof.eq(x + y", "(5)"),
    Twin("sigmoid_cross_entropy", "slope.eq(x * (1 - x)", "slope.eq(x * (1 + x)", "(3) of slope"),
    Twin("sigmoid_cross_entropy", '"lemma slope"', '"algebra"', "(5)", REASON),
    Twin("signal_by_output", "(w[l][i, j], by", "(w[l][j, i], by", "(5)"),
    Twin("signal_by_output", "KroneckerDelta(k, i)", "KroneckerDelta(k, j)", "(4)"),
    Twin("signal_by_output", '"definition of s"', '"algebra"', "(2)", REASON),
    Twin("softmax_cross_entropy", "(y[k], (k, 1, d[L])) - y[j]", "(y[k], (k, 1, d[L]))", "(6)"),
    Twin("softmax_cross_entropy", "(sp.KroneckerDelta(k, j) - x[L][j])", "(1 - x[L][j])", "(5)"),
    Twin("softmax_cross_entropy_unit_targets", "(x[L][j] - y[j], by", "(y[j] - x[L][j], by", "(7)"),
    Twin("softmax_cross_entropy_unit_targets", '"assumption"', '"algebra"', "(7)", REASON),
    Twin("softmax_jacobian", "x[k] * (same - x[j])", "x[k] * (same - x[k])", "(5)"),
    Twin("softmax_jacobian", "sp.exp(z[j]) / S**2", "sp.exp(z[j]) / S", "(3)"),
    Twin("softmax_jacobian", '"definition of x"', '"algebra"', "(4)", REASON),
    Twin("weight_gradient", "s[l][j]) * x[l - 1][i]", "s[l][j]) * x[l - 1][j]", "(3)"),
    Twin("weight_gradient", "D(e, s[l][j]) * D(s[l][j],", "D(e, s[l][i]) * D(s[l][j],", "(2)"),
    Twin("weight_gradient", '"lemma input"', '"algebra"', "(3)", REASON),
    Twin("weight_gradient", '"definition of s"', '"definition of x"', "(2) of input", REASON),
]


def test_every_script_has_two_twins_of_different_kinds() -> None:
    twins = {p.stem: [t for t in TWINS if t.script == p.stem] for p in PROOFS.glob("*.py")}
    assert {t.script for t in TWINS} <= {*twins}
    assert [name for name, own in twins.items() if len(own) < 2] == []


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_the_changed_line_is_named_and_no_other(
    twin: Twin,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In this process, for speed: what the script would leave with is collected."""
    assert twin.path.read_text(encoding="utf-8").count(twin.true) == 1
    codes: list[int] = []
    monkeypatch.setattr(written, "_leave_with", codes.append)
    path = tmp_path / twin.path.name
    path.write_text(twin.code, encoding="utf-8")
    runpy.run_path(str(path), run_name="__main__")
    printed = capsys.readouterr().out
    assert max(codes, key=(0, 3, 1, 2).index) == REFUTED, printed
    verdicts = [line for line in printed.splitlines() if line.startswith("REFUTED")]
    assert {*verdicts} == {twin.verdict}, printed
    found = "false" if twin.what == FALSE else "the line is true, but its reason is"
    assert f"{path.name}:{twin.place}: {found}" in printed


def test_a_twin_ends_with_exit_code_1(tmp_path: Path) -> None:
    path = tmp_path / TWINS[0].path.name
    path.write_text(TWINS[0].code, encoding="utf-8")
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True)
    assert done.returncode == REFUTED, done.stdout + done.stderr
