"""How long proofs take and how much memory, as whole processes, beside a bare `import sympy` and the naive SymPy script.

    python tests/benchmarks/proving.py            # everything: some minutes
    python tests/benchmarks/proving.py --quick    # the bars alone

Each figure is the median of several runs, interleaved with runs of `import sympy`; ratios are of the same round.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys

import symbackprop as sb

BARE = "import sympy"
PROVE = (
    "import symbackprop as sb\n"
    "v = sb.prove(sb.Network({sizes!r}, {activation!r}, {loss!r}), by='expansion'); assert v.word == 'proved'"
)
LETTERS = "import symbackprop as sb; v = sb.prove(sb.Network({sizes!r}, 'opaque', 'opaque')); assert v.word == 'proved'"
THEOREM = "import sys; from symbackprop.cli import main; sys.exit(main(['prove']))"
RECHECK = (
    "import sys; from symbackprop.kernel.__main__ import main; sys.exit(main([{certificate!r}]))"
)
LARGE = (
    "import sys; from symbackprop.cli import main\n"
    "sys.exit(main('prove --sizes 784-128-10 --activation relu,softmax --loss cross-entropy'.split()))"
)
DERIVE = "import sys; from symbackprop.cli import main; main(['derive', '--format', 'latex'])"
HELP = "import sys; from symbackprop.cli import main; main(['--help'])"

# What everybody writes first: compose e(w), diff, and simplify the difference to the recursion.
NAIVE = """
import sympy as sp
sizes, by = {sizes!r}, {by!r}
g = sp.Function("g") if by == "expand" else sp.tanh
w = [sp.Matrix(sizes[l] + 1, sizes[l + 1], lambda i, j: sp.Symbol(f"w{{l}}_{{i}}_{{j}}")) for l in range(len(sizes) - 1)]
x = [sp.Matrix([[1] + [sp.Symbol(f"x{{i}}") for i in range(sizes[0])]])]
s = []
for m in w:
    s.append(x[-1] * m)
    x.append(sp.Matrix([[1] + [g(t) for t in s[-1]]]))
y = sp.symbols(f"y0:{{sizes[-1]}}")
e = sum((a - b) ** 2 for a, b in zip(list(x[-1])[1:], y)) / 2
t = sp.Dummy("t")
dg = lambda a: g(t).diff(t).subs(t, a)
delta = [[(a - b) * dg(c) for a, b, c in zip(list(x[-1])[1:], y, s[-1])]]
for l in range(len(w) - 1, 0, -1):
    delta.insert(0, [dg(s[l - 1][i]) * sum(w[l][i + 1, j] * delta[0][j] for j in range(sizes[l + 1])) for i in range(sizes[l])])
for l, m in enumerate(w):
    for i in range(m.rows):
        for j in range(m.cols):
            gap = e.diff(m[i, j]) - delta[l][j] * x[l][i]
            gap = sp.expand(gap.doit()) if by == "expand" else sp.simplify(gap)
            assert gap == 0 or gap.doit() == 0 or by == "expand", (l, i, j)
"""

MEASURE = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.call([sys.executable, "-c", sys.argv[1]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.perf_counter() - start
print(code, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def measure(code: str, limit: float = 600) -> tuple[float, float]:
    """Seconds and megabytes of a whole process; (inf, 0) where it takes longer than the limit."""
    command = [sys.executable, "-c", MEASURE, code]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        printed, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with the process that it measures
        process.communicate()
        return float("inf"), 0.0
    status, seconds, megabytes = printed.split()
    if status != "0":
        raise SystemExit(f"failed: {code}")
    return float(seconds), float(megabytes)


def row(name: str, code: str, bar: str, runs: int = 5) -> None:
    rounds = [(measure(code), measure(BARE)) for _ in range(runs)]
    seconds = statistics.median(a for (a, _), _ in rounds)
    megabytes = statistics.median(m for (_, m), _ in rounds)
    ratio = statistics.median(a / b for (a, _), (b, _) in rounds)
    print(
        f"{name:<44}{seconds:8.2f} s {megabytes:7.0f} MB {ratio:8.2f} x import sympy   bar: {bar}",
        flush=True,
    )


def bars() -> None:
    row("symbackprop --help", HELP, "0.15 s")
    row("prove: every depth and width", THEOREM, "1.3 x")
    certificate = str(sb.theorems()[0].certificate)
    row("derive: every depth and width, as LaTeX", DERIVE, "1.5 x")
    row("its certificate, by the kernel", RECHECK.format(certificate=certificate), "0.3 s")
    row("784-128-10 relu,softmax, by instantiation", LARGE, "no bar")
    row("2-2-1 tanh", PROVE.format(sizes=[2, 2, 1], activation="tanh", loss="squared error"), "3 x")
    for name, bar in (("opaque", "3 s, 300 MB"), ("tanh", "5 s"), ("sigmoid", "5 s")):
        code = PROVE.format(sizes=[8, 8, 8, 8, 1], activation=name, loss="squared error")
        row(f"8-8-8-8-1 {name}, 225 weights", code, bar)


def small_networks() -> None:
    """prove(net, recursion) in one process, true and false claims, on networks of up to 20 weights."""
    code = (
        "import dataclasses, statistics, time, symbackprop as sb\n"
        "B, times = sb.BACKPROPAGATION, {'proved': [], 'refuted': []}\n"
        "wrong = [dataclasses.replace(B, step=lambda n, l, i: 2 * B.step(n, l, i)),\n"
        "         dataclasses.replace(B, base=lambda n, j: -B.base(n, j)),\n"
        "         dataclasses.replace(B, base=lambda n, j: n.dloss(j)),\n"
        "         dataclasses.replace(B, weight=lambda n, l, i, j: n.delta[l][j])]\n"
        "for sizes in ([2, 2, 1], [2, 3, 1], [2, 2, 2], [2, 2, 2, 2]):\n"
        "    for activation in ('tanh', 'sigmoid', 'relu', 'gelu', 'opaque'):\n"
        "        net = sb.Network(sizes, activation)\n"
        "        for r in [B] * 4 + wrong:\n"
        "            start = time.perf_counter(); v = sb.prove(net, r)\n"
        "            times[v.word].append(time.perf_counter() - start)\n"
        "print(*[f'{k}: median {statistics.median(t):.3f} s, worst {max(t):.3f} s over {len(t)};' for k, t in times.items()])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print("prove() on up to 18 weights   ", done.stdout.strip(), "  bar: median 0.2 s", flush=True)


def depths() -> None:
    """Depth 2..6 with opaque functions: letters for all widths, by induction, beside width 4, by expansion."""
    print(f"\n{'depth':<8}{'letters, by induction':>24}{'width 4, by expansion':>24}", flush=True)
    for depth in range(2, 7):
        letters = LETTERS.format(sizes=[f"d{l}" for l in range(depth + 1)])
        numbers = PROVE.format(sizes=[4] * depth + [1], activation="opaque", loss="opaque")
        shown = [f"{measure(c)[0] - measure(BARE)[0]:.2f} s" for c in (letters, numbers)]
        print(f"{depth:<8}{shown[0]:>24}{shown[1]:>24}", flush=True)


def curve(limit: float) -> None:
    """Depth 1..6 and width 2..16 where there are at most 100,000 paths; the naive script beside, till it passes the limit."""
    from symbackprop.network.sizes import paths

    print(
        f"\n{'network':<24}{'paths':>9}{'prove':>9}{'per 1000':>10}{'expand':>9}{'simplify':>10}",
        flush=True,
    )
    tired = {"expand": False, "simplify": False}
    for width in (2, 4, 8, 16):
        tired = dict.fromkeys(tired, False)
        for depth in range(1, 7):
            sizes = [width] * depth + [1]
            if paths(sizes) > 100_000:
                break
            seconds = (
                measure(PROVE.format(sizes=sizes, activation="tanh", loss="squared error"))[0]
                - measure(BARE)[0]
            )
            naive = {}
            for by in tired:
                naive[by] = (
                    float("inf")
                    if tired[by]
                    else measure(NAIVE.format(sizes=sizes, by=by), limit)[0]
                )
                tired[by] = naive[by] == float("inf")
            shown = [f"{v:.1f} s" if v < limit else f"> {limit:.0f} s" for v in naive.values()]
            name = "-".join(map(str, sizes))
            count = paths(sizes)
            print(
                f"{name:<24}{count:>9}{seconds:>7.2f} s{1000 * seconds / count:>8.2f} s{shown[0]:>9}{shown[1]:>10}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="the bars alone")
    parser.add_argument(
        "--limit",
        type=float,
        default=60,
        help="seconds that the naive script may take; default: 60",
    )
    arguments = parser.parse_args()
    bars()
    small_networks()
    depths()
    if not arguments.quick:
        curve(arguments.limit)


if __name__ == "__main__":
    main()
