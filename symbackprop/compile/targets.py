"""What array code looks like in NumPy, JAX and PyTorch: one row a target, one column a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import InputError

INFIX = {"add": ("+", 1), "subtract": ("-", 1), "multiply": ("*", 2), "divide": ("/", 2)}
COMPARED = {
    "greater": ">",
    "less": "<",
    "greater_equal": ">=",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
}


@dataclass(frozen=True)
class Target:
    """What is imported, its short name, and what is not called as NumPy calls it; {0} is the first argument.

    `exact`: every number is a fraction.  `typed`: arrays of different types do not mix, so numbers take an array's.

    A form stands for one value wherever it is put, so one with an operator outside has parentheses around it.
    """

    name: str
    imports: tuple[str, ...]
    short: str
    calls: Mapping[str, str]
    exact: bool = False
    typed: bool = False

    def turned(self, text: str, turn: tuple[int, ...]) -> str:
        """An array with its dimensions in another order."""
        which = "permute" if self.name == "torch" else "transpose"
        return f"{text}.{which}({', '.join(map(str, turn))})"

    def call(self, op: str, args: list[str]) -> str:
        form = self.calls.get(op)
        if form is None:
            return f"{self.short}.{op}({', '.join(args)})"
        return form.format(*args)


NUMPY = Target(
    "numpy",
    ("import numpy as np",),
    "np",
    {
        "erf": "erf({0})",
        "erfc": "erfc({0})",
        "sigmoid": "sigmoid({0})",
        "softplus": "np.logaddexp(0, {0})",
        "bell": "bell({0})",
        "logsumexp": "logsumexp({0}, {1})",
        "gauss": "gauss({0})",
        "surprise": "surprise({0}, {1})",
        "stack": "np.stack([{0}], axis=-1)",
        "weighted": "weighted({0}, {1})",
        "softmax": "softmax({0}, {1})",
        "max": "np.max({0}, axis={1})",
        "total": "np.sum({0})",
        "sum": "np.sum({0}, axis={1})",
        "one": "np.concatenate([np.ones(1, {0}.dtype), {0}])",
        "number": "np.where({0}, 1, 0)",
        "arange": "np.arange({0}, {1})",
    },
)
EXACT = replace(
    NUMPY,
    imports=("from fractions import Fraction", "import numpy as np"),
    calls={
        **NUMPY.calls,
        "number": "np.where({0}, Fraction(1), Fraction(0))",
        "arange": "(np.arange({0}, {1}) + Fraction(0))",
    },
    exact=True,
)
"""NumPy on arrays of fractions: every number is one."""
JAX = Target(
    "jax",
    ("import jax", "import jax.numpy as jnp"),
    "jnp",
    {
        "erf": "jax.scipy.special.erf({0})",
        "erfc": "jax.scipy.special.erfc({0})",
        "sigmoid": "jax.nn.sigmoid({0})",
        "softplus": "jnp.logaddexp(0, {0})",
        "bell": "(jax.nn.sigmoid({0}) * jax.nn.sigmoid(-({0})))",
        "logsumexp": "jax.scipy.special.logsumexp({0}, axis={1})",
        "gauss": "jnp.exp(-(({0}) ** 2))",
        "surprise": "(-jax.nn.log_softmax({0}, axis={1}))",
        "stack": "jnp.stack([{0}], axis=-1)",
        "weighted": "jnp.where({0} != 0, {0} * {1}, 0)",
        "softmax": "jax.nn.softmax({0}, axis={1})",
        "max": "jnp.max({0}, axis={1})",
        "total": "jnp.sum({0})",
        "sum": "jnp.sum({0}, axis={1})",
        "one": "jnp.concatenate([jnp.ones(1, {0}.dtype), {0}])",
        "number": "jnp.where({0}, 1, 0)",
        "arange": "jnp.arange({0}, {1})",
    },
)
TORCH = Target(
    "torch",
    ("import torch",),
    "torch",
    {
        "erf": "torch.erf({0})",
        "erfc": "torch.erfc({0})",
        "sigmoid": "torch.sigmoid({0})",
        "softplus": "torch.logaddexp({0}, torch.zeros_like({0}))",
        "bell": "(torch.sigmoid({0}) * torch.sigmoid(-({0})))",
        "logsumexp": "torch.logsumexp({0}, dim={1})",
        "gauss": "torch.exp(-(({0}) ** 2))",
        "surprise": "(-torch.log_softmax({0}, dim={1}))",
        "stack": "torch.stack([{0}], dim=-1)",
        "weighted": "torch.where({0} != 0, {0} * {1}, 0)",
        "softmax": "torch.softmax({0}, dim={1})",
        "max": "torch.amax({0}, dim={1})",
        "total": "torch.sum({0})",
        "sum": "torch.sum({0}, dim={1})",
        "one": "torch.cat([{0}.new_ones(1), {0}])",
        "number": "torch.where({0}, 1, 0)",
        "maximum": "torch.maximum({0}, torch.as_tensor({1}))",
        "minimum": "torch.minimum({0}, torch.as_tensor({1}))",
        "absolute": "torch.abs({0})",
        "arange": "torch.arange({0}, {1})",
        "heaviside": "torch.heaviside({0}, torch.as_tensor({1}, dtype={0}.dtype))",
    },
    typed=True,
)
TARGETS = {t.name: t for t in (NUMPY, JAX, TORCH)}
"""By name.

>>> TARGETS["torch"].call("softmax", ["s", "-1"])
'torch.softmax(s, dim=-1)'
"""


def target(name: Any) -> Target:
    """The row of a target.  Raises InputError for a name that is none."""
    if name not in TARGETS:
        raise InputError(f"target: expected one of {', '.join(TARGETS)}, got {name!r}")
    return TARGETS[name]
