"""The theorem for every depth beside its expansion at one depth, at letters for widths; whole processes beside `import sympy`.

    python tests/benchmarks/general.py            # depth 2 to 8, seven runs each
    python tests/benchmarks/general.py --quick    # depth 2 to 4, three runs each

By expansion: at depth L the derivative of e by w_ij^(1) is derived layer by layer, without induction, as a sum over all paths;
the recursion's side is unfolded from layer 1 up, and both are brought to normal form.  Ratios are of the same round.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import symbackprop
from symbackprop.certificates import check
from symbackprop.derive.forward import E, nodes
from symbackprop.derive.layers import FROM, TO, Layered, N, member, width
from symbackprop.derive.named import backpropagation, begin
from symbackprop.derive.sums import contracted
from symbackprop.kernel import D, Proof, Slope, Term, num, size
from symbackprop.kernel.terms import ONE, ZERO

CERTIFICATE = Path(symbackprop.__file__).parent / "data" / "theorems" / "backpropagation.json"
BARE = ["-c", "import sympy"]
PROVE = ["-c", "import sys; from symbackprop.cli import main; sys.exit(main(['prove']))"]
RECHECK = ["-m", "symbackprop.kernel", str(CERTIFICATE)]


# --- by expansion ------------------------------------------------------------------------------------------------


class Expansion:
    """∂e/∂w_ij^(1) = δ_j^(1) x_i^(0) at one depth, over all paths: each property and method gives the number of a step."""

    def __init__(self, depth: int) -> None:
        self.depth, self.f = depth, begin(Layered(depth=num(depth)))
        self.b, self.v = self.f.b, member("w", 1, FROM, TO)

    def every(self, step: int, l: int) -> int:
        """What a step says of node n, of all nodes of a layer."""
        return self.b.generalize(step, N, nodes(num(l)))

    def outputs(self, l: int, value: Callable[[Term], Term], steps: list[int]) -> int:
        """∂x_n^(l) for n from 0, from that of the bias and that of all others."""
        t = member("x", l, N)
        goal = nodes(num(l), ZERO).all(N, Slope(t, self.v, value(t)))
        return self.b.cases(goal, steps)

    def bias(self, l: int) -> int:
        return self.b.slope(member("x", l, 0), self.v)

    def first(self) -> int:
        """∂s_n^(1) = [n = j] x_i^(0)."""
        b = self.b
        inputs = self.every(b.slope(member("x", 0, N), self.v), 0)
        below = self.outputs(0, lambda t: ZERO, [self.bias(0), inputs])
        s = b.slope(member("s", 1, N), self.v, [below])
        return self.with_value(s, contracted(b, b.conclusion(s).value))

    def with_value(self, step: int, equal: int) -> int:
        """A slope with another value."""
        p = self.b.conclusion(step)
        return self.b.slope(p.term, p.by, [step, equal], self.b.conclusion(equal).right)

    def output(self, l: int, s: int) -> int:
        """∂x_n^(l), from ∂s_n^(l), written out."""
        return self.f.grounded(self.b.slope(member("x", l, N), self.v, [s]), num(l), N)

    def signal(self, l: int, x: int) -> int:
        """∂s_n^(l), from ∂x_n^(l-1), written out; the bias falls off."""
        b, bias = self.b, self.bias(l - 1)
        parts = [b.exists(bias), self.every(b.exists(x), l - 1)]
        s = b.slope(member("s", l, N), self.v, [self.outputs(l - 1, lambda t: D(t, self.v), parts)])
        value = b.conclusion(s).value
        split = b.law("split", ZERO, width(l - 1), value.body)
        parted = b.normal(b.conclusion(split).right, [bias, self.every(x, l - 1)])
        return self.with_value(s, b.chain(b.ring(value, b.conclusion(split).left), split, parted))

    def top(self) -> int:
        """The claim."""
        b, step = self.b, self.first()
        for l in range(1, self.depth):
            step = self.signal(l + 1, self.output(l, step))
        outputs = self.every(self.output(self.depth, step), self.depth)
        e = b.slope(E, self.v, [outputs])
        right = member("delta", 1, TO) * member("x", 0, FROM)
        rules = [b.definition(member("delta", 1, TO))]
        rules += [
            self.every(b.definition(member("delta", l, N)), l) for l in range(2, self.depth + 1)
        ]
        forth, back = contracted(b, b.conclusion(e).value), b.normal(right, rules)
        value = b.combine(b.conclusion(e).value, right, [(forth, ONE), (back, num(-1))])
        return b.slope(E, self.v, [e, value], right)

    def proof(self) -> Proof:
        return self.b.proof([self.f.stated(self.top())])


def seconds(prove: Callable[[], Proof]) -> tuple[float, int]:
    """How long a proof takes to be found and checked, and the nodes of its steps, a shared one as often as it is met."""
    start = time.perf_counter()
    proof = check(prove()).proof
    return time.perf_counter() - start, sum([size(s.conclusion) for s in proof.steps])


def depths(most: int, runs: int) -> None:
    """By expansion at each depth, and by induction for all of them."""
    print(
        f"{'depth':<8}{'expansion':>12}{'nodes':>10}{'induction':>12}{'nodes':>10}{'expansion / induction':>24}"
    )
    for depth in range(2, most + 1):
        rounds = [(seconds(Expansion(depth).proof), seconds(backpropagation)) for _ in range(runs)]
        (_, nodes_), (_, all_nodes) = rounds[0]
        slow, fast = (statistics.median([r[k][0] for r in rounds]) for k in (0, 1))
        ratio = statistics.median([a / b for (a, _), (b, _) in rounds])
        print(
            f"{depth:<8}{slow:>10.2f} s{nodes_:>10}{fast:>10.2f} s{all_nodes:>10}{ratio:>24.2f}",
            flush=True,
        )


# --- whole processes ---------------------------------------------------------------------------------------------


def process(arguments: list[str]) -> float:
    """Seconds of a whole Python process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def processes(runs: int) -> None:
    """`symbackprop prove` and the re-checking of its certificate, each beside `import sympy`, interleaved."""
    process(BARE)
    print(f"\n{'process':<44}{'median':>10}{'of import sympy':>18}")
    rows = {
        "symbackprop prove (every depth and width)": PROVE,
        "python -m symbackprop.kernel CERTIFICATE": RECHECK,
        "python -c 'pass'": ["-c", "pass"],
    }
    rounds = [{name: process(a) for name, a in {**rows, "bare": BARE}.items()} for _ in range(runs)]
    for name in rows:
        median = statistics.median([r[name] for r in rounds])
        ratio = statistics.median([r[name] / r["bare"] for r in rounds])
        print(f"{name:<44}{median:>8.2f} s{ratio:>16.2f} x", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="depth 2 to 4, three runs each")
    quick = parser.parse_args().quick
    depths(4 if quick else 8, 1 if quick else 3)
    processes(3 if quick else 7)


if __name__ == "__main__":
    main()
