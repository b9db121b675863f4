"""How fast the gradient functions are: beside the best NumPy written by hand, and beside other libraries.

    python tests/benchmarks/numeric.py                    # five networks, 60 rounds: some minutes
    python tests/benchmarks/numeric.py --only 2-3-1:64    # sizes, and examples in the batch
    python tests/benchmarks/numeric.py --markdown         # the table of the README

Everywhere tanh, squared error, doubles; W, X, Y come as NumPy arrays and results leave as fresh ones.  All contestants run in
short blocks in turn, and must have given the same gradient before.  The figure is the median over the rounds of the time
beside that of the best hand-written variant in the same round, then the median time itself.  Libraries that aren't
installed are skipped.  Where threads of several libraries meet, each waits until those of the last have gone to sleep.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import math
import os
import platform
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import handwritten
import numpy as np
import peers
from handwritten import Array, Gradient

import symbackprop as sb

NETWORKS = "2-3-1:1 2-3-1:64 10-16-16-1:32 784-128-10:64 512-512-512-512:256"
BLOCK, PARTS = 0.004, 4  # seconds
PAUSE = 0.03  # OpenBLAS's idle threads spin for 2²⁶ cycles, and would take the cores of the next library
BUSY = 0.75  # of the cores, by the load average; more than the one core that this takes by itself
TRIAL = 10  # rounds after which hopeless variants are left out
OURS, ALONE, BEST = "symbackprop", "products alone", "NumPy by hand"


@dataclass(frozen=True)
class Case:
    """One network with one batch."""

    d: tuple[int, ...]
    N: int

    @classmethod
    def read(cls, text: str) -> Case:
        """Raises ValueError unless the text is as 2-3-1:64."""
        sizes, colon, batch = text.partition(":")
        case = cls(tuple(map(int, sizes.split("-"))), int(batch) if colon else 1)
        if len(case.d) < 2 or min(*case.d, case.N) < 1:
            raise ValueError(text)
        return case

    @property
    def name(self) -> str:
        return "-".join(map(str, self.d))

    @property
    def wide(self) -> bool:
        """Whether arrays, and not calls, are what takes the time."""
        return self.N * max(self.d) >= 100_000

    def arguments(self, seed: int = 0) -> tuple[list[Array], Array, Array]:
        r = np.random.default_rng(seed)
        W = [r.normal(size=(n + 1, m)) / math.sqrt(n) for n, m in pairwise(self.d)]
        return W, r.normal(size=(self.N, self.d[0])), r.uniform(-1, 1, (self.N, self.d[-1]))

    def lambdify(self) -> Gradient:
        return sb.Network(list(self.d), "tanh", "squared error").lambdify().gradient

    def least_memory(self) -> int:
        """Bytes of all activations, all gradients and one temporary array of the widest layer."""
        gradients = sum((n + 1) * m for n, m in pairwise(self.d))
        return 8 * (self.N * (sum(self.d[1:]) + max(self.d[1:])) + gradients)


@dataclass(frozen=True)
class Result:
    """Of one case: times[name] has a time a round; `best` is the hand-written variant of least median time."""

    case: Case
    best: str
    times: dict[str, list[float]]
    lambdify: tuple[float, float] = (0.0, 0.0)
    peaks: dict[str, int] = field(default_factory=dict)

    def ratio(self, name: str) -> float:
        rounds = zip(self.times[name], self.times[self.best], strict=True)
        return statistics.median(a / b for a, b in rounds)

    def median(self, name: str) -> float:
        return statistics.median(self.times[name])


# --- contestants ---------------------------------------------------------------------------------------------------


def contestants(case: Case) -> dict[str, Gradient]:
    """All that can run this case, each checked: the same gradient, shapes as W, memory of its own."""
    found = {OURS: case.lambdify()}
    found |= {name: make(case.d, case.N) for name, make in handwritten.VARIANTS.items()}
    for name, peer in peers.PEERS.items():
        try:
            gradient = peer(case.d, case.N)
        except ImportError:
            continue
        if gradient is not None:
            found[name] = gradient
    for name, gradient in found.items():
        check(case, name, gradient, found["plain"])
    if case.wide:
        found[ALONE] = handwritten.products(case.d, case.N)
    return found


def check(case: Case, name: str, gradient: Gradient, plain: Gradient) -> None:
    """Raises SystemExit unless it gives what the formulas give, in arrays that the next call leaves alone."""
    arguments = case.arguments()
    first, second = ([np.asarray(g) for g in gradient(*arguments)] for _ in range(2))
    for l, (a, b, w) in enumerate(zip(first, plain(*arguments), arguments[0], strict=True)):
        if a.shape != w.shape or not np.allclose(a, b, rtol=1e-9, atol=1e-12 * abs(b).max()):
            raise SystemExit(f"{name}, {case.name}: another gradient in W[{l}]")
        if any(np.shares_memory(a, c) for c in (*second, *arguments[0])):
            raise SystemExit(f"{name}, {case.name}: the gradient in W[{l}] is no fresh array")


def pool(name: str) -> str:
    """Whose threads it uses."""
    return name.split(",")[0] if name.startswith(("JAX", "PyTorch")) else "NumPy"


# --- measurement ---------------------------------------------------------------------------------------------------


@contextmanager
def no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def block(gradient: Gradient, arguments: Any, calls: int) -> float:
    """Seconds a call, over a part of some calls, after one that isn't counted.

    Of short calls there are several parts, and the least counts: another process takes the core for longer than a part.
    """
    gradient(*arguments)
    return min(_part(gradient, arguments, calls) for _ in range(PARTS if calls > 1 else 1))


def _part(gradient: Gradient, arguments: Any, calls: int) -> float:
    repeat = range(calls)
    start = time.perf_counter()
    for _ in repeat:
        gradient(*arguments)
    return (time.perf_counter() - start) / calls


def calls_of(gradient: Gradient, arguments: Any) -> int:
    """How many calls a part of a block has."""
    calls, part = 1, BLOCK / PARTS
    while (seconds := block(gradient, arguments, calls)) * calls < part / 2 and calls < 10_000:
        calls *= 2
    return max(1, round(part / seconds))


def race(case: Case, found: dict[str, Gradient], rounds: int) -> Result:
    """All contestants in turn, in another order each round."""
    arguments = case.arguments()
    calls = {name: calls_of(gradient, arguments) for name, gradient in found.items()}
    times: dict[str, list[float]] = {name: [] for name in found}
    for turn in range(rounds):
        for name in order(times, turn):
            times[name].append(block(found[name], arguments, calls[name]))
        if turn == TRIAL:
            times = without_hopeless(times)
    return Result(case, fastest(times), times)


def order(names: Any, turn: int) -> Iterator[str]:
    """The names, shuffled, but by whose threads they use, and with a pause between."""
    shuffled = random.Random(turn).sample(list(names), len(names))
    pools = list(dict.fromkeys(map(pool, shuffled)))
    for owner in pools:
        if len(pools) > 1:
            time.sleep(PAUSE)
        yield from (name for name in shuffled if pool(name) == owner)


def fastest(times: dict[str, list[float]]) -> str:
    variants = [name for name in times if name in handwritten.VARIANTS]
    return min(variants, key=lambda name: statistics.median(times[name]))


def without_hopeless(times: dict[str, list[float]]) -> dict[str, list[float]]:
    limit = 1.2 * statistics.median(times[fastest(times)])
    return {
        name: t
        for name, t in times.items()
        if name not in handwritten.VARIANTS or statistics.median(t) < limit
    }


def lambdify_times(case: Case, runs: int = 7) -> tuple[float, float]:
    """Seconds of the first in this process, and the median of more."""
    times = []
    for _ in range(runs):
        network = sb.Network(list(case.d), "tanh", "squared error")
        start = time.perf_counter()
        network.lambdify()
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:])


def peak(gradient: Gradient, arguments: Any) -> int:
    """Bytes that one call takes at most, what it gives included."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        result = gradient(*arguments)
        after = tracemalloc.get_traced_memory()[1]
        del result
        return after - before
    finally:
        tracemalloc.stop()


def measure(case: Case, rounds: int) -> Result:
    lambdify = lambdify_times(case)  # the first must be the first
    arguments, peaks = case.arguments(), {}
    if case.wide:
        fresh = case.lambdify()
        peaks = {OURS: peak(fresh, arguments), f"{OURS}, again": peak(fresh, arguments)}
        peaks["plain NumPy"] = peak(handwritten.plain(case.d, case.N), arguments)
    found = contestants(case)
    with no_collection():
        result = race(case, found, rounds)
    return Result(case, result.best, result.times, lambdify, peaks)


# --- what is shown -------------------------------------------------------------------------------------------------


def seconds(t: float) -> str:
    """Three digits and a unit."""
    unit, factor = ("µs", 1e6) if t < 1e-3 else ("ms", 1e3) if t < 1 else ("s", 1)
    return f"{digits(t * factor)} {unit}"


def digits(x: float) -> str:
    return f"{x:.2f}" if x < 9.995 else f"{x:.1f}" if x < 99.95 else f"{x:.0f}"


def table(results: list[Result]) -> list[list[str]]:
    """The cells, a header first."""
    names = [BEST, OURS, *peers.PEERS, ALONE]
    rows = [["", *(r.case.name for r in results)], ["", *(f"batch {r.case.N}" for r in results)]]
    for name in names:
        keys = [r.best if name == BEST else name for r in results]
        if any(key in r.times for key, r in zip(keys, results, strict=True)):
            rows.append([name, *(cell(r, key) for key, r in zip(keys, results, strict=True))])
    rows.append(["  best by hand", *(r.best for r in results)])
    rows.append(["lambdify", *(seconds(r.lambdify[1]) for r in results)])
    return rows


def cell(result: Result, name: str) -> str:
    if name not in result.times:
        return "–"
    return f"{digits(result.ratio(name))}× {seconds(result.median(name)):>8}"


def notes(results: list[Result]) -> list[str]:
    lines = [f"The first lambdify of the process: {seconds(results[0].lambdify[0])}."]
    for r in results:
        if r.peaks:
            shown = "; ".join(f"{name} {b / 1e6:.1f} MB" for name, b in r.peaks.items())
            least = r.case.least_memory() / 1e6
            lines.append(f"{r.case.name}, most memory in a call: {shown};")
            lines.append(f"  activations, gradients and one temporary array: {least:.1f} MB.")
    load, cores = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0, os.cpu_count() or 1
    if load > cores * BUSY:
        lines.append(f"The machine was busy (load {load:.1f}): what runs in threads had to wait.")
    missing = [n for n in ("jax", "torch", "autograd", "casadi") if not version(n)]
    if missing:
        lines.append(f"Not installed, left out: {', '.join(missing)}.")
    return lines


def print_plain(results: list[Result]) -> None:
    for label, *cells in table(results):
        print(f"{label:<19}" + "".join(f"{c:>16}" for c in cells).rstrip())
    print("\n" + "\n".join(notes(results)))


def print_markdown(results: list[Result]) -> None:
    names, batches, *rows = table(results)
    header = [f"{n}, {b}" if n else "" for n, b in zip(names, batches, strict=True)]
    for row in [header, ["---"] * len(header), *rows]:
        print("| " + " | ".join(" ".join(c.replace("×", " ×,").split()) for c in row) + " |")
    print("\n" + " ".join(" ".join(line.split()) for line in notes(results)))


def version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def machine() -> str:
    """The processor, and versions of what ran."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    named = ("numpy", "jax", "torch", "autograd", "casadi")
    versions = ", ".join(f"{p} {version(p)}" for p in named if version(p))
    return (
        f"{models[0] if models else platform.processor() or platform.machine()}, {cores} cores; {blas()};"
        f" Python {platform.python_version()}, {versions}"
    )


def blas() -> str:
    """NumPy's BLAS; its kernel and threads where threadpoolctl is there to tell."""
    config: Any = np.show_config(mode="dicts")
    built = config["Build Dependencies"]["blas"]
    shown = f"{built.get('name')} {built.get('version')}"
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return shown
    for info in threadpool_info():
        if info["user_api"] == "blas" and "numpy" in info["filepath"]:
            return f"{shown}, kernel {info.get('architecture')}, {info['num_threads']} threads"
    return shown


# --- the command ---------------------------------------------------------------------------------------------------


def limit_threads(n: int) -> None:
    """Starts anew where the libraries, which read this once, have been loaded with another number."""
    wanted = {f"{lib}_NUM_THREADS": str(n) for lib in ("OPENBLAS", "OMP", "MKL")}
    wanted["NPROC"] = str(n)  # JAX
    if any(os.environ.get(key) != value for key, value in wanted.items()):
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=60, help="default: 60")
    parser.add_argument("--only", default=NETWORKS, metavar="NETWORKS", help="as 2-3-1:64,9-9:8")
    parser.add_argument("--threads", type=int, help="of each library; default: its own choice")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    arguments = parser.parse_args()
    try:
        cases = [Case.read(text) for text in arguments.only.replace(",", " ").split()]
    except ValueError:
        parser.error(f"--only: expected sizes and a batch as 2-3-1:64, got {arguments.only!r}")
    if not cases or arguments.rounds < 1 or (arguments.threads or 1) < 1:
        parser.error("expected at least one network, one round, one thread")
    if arguments.threads:
        limit_threads(arguments.threads)
    results = []
    for case in cases:
        if sys.stderr.isatty():
            print(f"measuring {case.name}, batch {case.N} …", file=sys.stderr)
        results.append(measure(case, arguments.rounds))
    (print_markdown if arguments.markdown else print_plain)(results)
    print(f"Machine: {machine()}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        raise SystemExit(130) from None
