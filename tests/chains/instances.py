"""The correct chains, and what their lines are worth in instances of numbers, by the models of tests/general alone.

Each chain is a script in correct/.  A row says from where to where its letters run, as a mathematician would; an instance
has numbers for all of them, keeps to the members that there are, and to what the chain assumes.
"""

from __future__ import annotations

import contextlib
import gc
import io
import runpy
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from models import Env, Model, alike

from symbackprop.chains.derivation import Derivation
from symbackprop.kernel import Eq, Int, Nonzero, Positive

CORRECT = Path(__file__).parent / "correct"
SEEDS = range(60)


class StrayError(Exception):
    """A member that the network does not have."""


@dataclass(frozen=True)
class Chain:
    """A script, the letters of its sizes, and the ranges of its indices, later ones within the earlier.

    `layers` are a network's given widths; `any_depth` stands for one that has letters.  `unit` is a family that adds up
    to 1 and the size where it ends.
    """

    script: str
    sizes: str = ""
    letters: str = ""
    layers: tuple[Any, ...] = ()
    any_depth: bool = False
    unit: tuple[str, str] = ("", "")

    @property
    def path(self) -> Path:
        return CORRECT / f"{self.script}.py"

    @property
    def code(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def __str__(self) -> str:
        return self.script


CHAINS = (
    Chain("any_depth_delta", letters="l=2..L i=1..d(l-1) j=1..d(l)", any_depth=True),
    Chain("any_depth_squared_error", letters="i=0..d(L-1) j=1..d(L)", any_depth=True),
    Chain("convolution", "m n", "r=0..m"),
    Chain("dense_layer", "m n", "i=1..n j=1..m"),
    Chain("factorization", "m n p", "i=1..n q=1..p"),
    Chain("gauss", "T", "t=0..T-1"),
    Chain("hidden_layer", "m n p", "i=1..n j=1..m"),
    Chain("lettered_widths", letters="i=0..2 j=1..d(1)", layers=(2, "m", 1)),
    Chain("log_sum_exp", "m n", "k=1..n"),
    Chain("network_1_2_2", layers=(1, 2, 2)),
    Chain("network_2_2_1", layers=(2, 2, 1)),
    Chain("own_layers", "T n", "l=2..T i=1..n j=1..n k=1..n"),
    Chain("quadratic_form", "n", "i=1..n k=1..n"),
    Chain("rectifier"),
    Chain("recurrence", "T", "t=1..T"),
    Chain("slope_over_time", "T", "t=1..T-1"),
    Chain("softmax_unit_targets", "n", "j=1..n k=1..n", unit=("y", "n")),
    Chain("sum_to_the_end", "T", "t=1..T k=0..T"),
    Chain("swish"),
    Chain("two_carried", "T", "t=1..T"),
    Chain("variance", "n", "j=1..n"),
)
BY_NAME = {c.script: c for c in CHAINS}


@cache
def written(script: str, true: str = "", false: str = "") -> Derivation:
    """The chain, with one text of its script replaced by another."""
    code = BY_NAME[script].code
    if true:
        assert code.count(true) == 1, f"{script}: {true} stands there {code.count(true)} times"
        code = code.replace(true, false)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{script}.py"
        path.write_text(code, encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()):
            found: Derivation = runpy.run_path(str(path), run_name="chain")["proof"]
            assert found.judged
    gc.freeze()  # it is kept, so there is nothing in it to look for
    return found


# --- instances ---------------------------------------------------------------------------------------------------


@dataclass
class Instance(Model):
    """A model with numbers for the letters of sizes; of a network, with only the members that it has."""

    sizes: dict[str, int] = field(default_factory=dict)
    widths: tuple[int, ...] = ()
    total: tuple[str, str] = ("", "")

    def integer(self, k: Any, env: Env) -> int:
        if isinstance(k, Int) and k.name in self.sizes and k.index in ((), (0,)):
            return self.sizes[k.name]
        return super().integer(k, env)

    def width(self, l: int) -> int:
        if not 0 <= l < len(self.widths):
            raise StrayError(f"d[{l}]")
        return self.widths[l]

    def free(self, name: str, at: tuple[int, ...]) -> Any:
        if self.widths and not self.has(name, at):
            raise StrayError(f"{name}{at}")
        family, end = self.total
        if name == family and at == (self.sizes[end],):
            return 1 - sum(self.free(name, (j,)) for j in range(1, at[0]))
        return super().free(name, at)

    def has(self, name: str, at: tuple[int, ...]) -> bool:
        """Whether the network has this member."""
        last = dict(enumerate(self.widths))
        match name, at:
            case "w", (l, i, j):
                return l > 0 and 0 <= i <= last.get(l - 1, -1) and 1 <= j <= last.get(l, 0)
            case "x", (0, i):
                return 1 <= i <= last[0]
            case "y", (j,):
                return 1 <= j <= last[self.depth]
            case "s" | "x" | "delta", (l, _):
                raise StrayError(f"{name}{at}")
        return True


def instances(c: Chain, functions: Any, definitions: Any) -> Iterator[tuple[Instance, Env]]:
    """Instances of a chain's definitions, and numbers for its letters."""
    for seed in SEEDS:
        draw = Model((), (), seed, 0).random
        sizes = {n: draw("size", n).randint(1, 3) for n in c.sizes.split()}
        widths = _widths(c, draw, seed)
        model = Instance(
            functions,
            definitions,
            seed,
            len(widths) - 1,
            sizes=sizes,
            widths=widths,
            total=c.unit,
        )
        env = _letters(c, model)
        if env is not None:
            yield model, env


def _widths(c: Chain, draw: Any, seed: int) -> tuple[int, ...]:
    """The widths of a network; every second one of any depth has the same in all layers."""
    if not c.any_depth:
        return tuple(n if isinstance(n, int) else draw(n).randint(1, 3) for n in c.layers)
    depth = draw("depth").randint(2, 3)
    each = [2 if seed % 2 else draw("width", l).randint(1, 3) for l in range(depth + 1)]
    return tuple(each)


def _letters(c: Chain, model: Instance) -> Env | None:
    found: dict[str, Any] = {**model.sizes, "L": model.depth, "d": model.width}
    own = {}
    for row in c.letters.split():
        name, _, ends = row.partition("=")
        low, high = (eval(end, {}, {**found, **own}) for end in ends.split(".."))
        if low > high:
            return None
        own[name] = model.random("letter", name).randint(low, high)
    return Env(own)


SIGNS = (Eq, Positive, Nonzero)


def pairs(script: str, d: Derivation, left: Any, right: Any, case: Any = None) -> list[bool]:
    """Whether two terms are alike, in each instance that has all their members, and in which holds what the chain assumes."""
    c, theorem = BY_NAME[script], written(script).theorem
    found = []
    for model, env in instances(c, d.world.all_functions(), d.world.definitions()):
        try:
            given = [h for h in theorem.hypotheses if isinstance(h, SIGNS)]
            if all(model.holds(p, env) for p in [*given, *([case] if case else [])]):
                found.append(alike(model.value(left, env), model.value(right, env)))
        except StrayError:
            continue
        if len(found) >= 6:
            break
    return found


def places(d: Derivation) -> dict[str, Any]:
    """The chains of a derivation by the names under which they are judged."""
    return {c.name: c for c in d.chains()}
