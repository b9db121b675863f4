"""The same gradient by other libraries, each given its best chance: compiled ahead, in double precision, without copies.

A maker takes the widths d and the batch size N and gives `gradient(W, X, Y)`, NumPy arrays in and out as in `handwritten.py`.
Where the library isn't installed it raises ImportError; where it has no place at this size it gives None.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from handwritten import Array, Gradient

Peer = Callable[[tuple[int, ...], int], Gradient | None]


def _loss(np_: Any, N: int) -> Any:
    """The mean of (x-y)²/2 over the batch by a library that looks like NumPy; [1 x] costs it less than w[0], w[1:]."""

    def loss(W: Any, X: Any, Y: Any) -> Any:
        x, ones = X, np_.ones((N, 1))
        for w in W:
            x = np_.tanh(np_.concatenate([ones, x], axis=1) @ w)
        return ((x - Y) ** 2).sum() / (2 * N)

    return loss


def _sliced_loss(np_: Any, N: int) -> Any:
    """The same by w[0] and w[1:], which is faster where layers are so wide that copies of x cost more."""

    def loss(W: Any, X: Any, Y: Any) -> Any:
        x = X
        for w in W:
            x = np_.tanh(x @ w[1:] + w[0])
        return ((x - Y) ** 2).sum() / (2 * N)

    return loss


def jax_inside(d: tuple[int, ...], N: int) -> Gradient:
    """JAX's own arrays in and out: what a loop that stays in JAX pays.  The arguments of the first call are kept."""
    compiled, jax, kept = _jitted(d, N), importlib.import_module("jax"), []

    def gradient(W: list[Array], X: Array, Y: Array) -> Any:
        if not kept:
            kept.extend(jax.block_until_ready(jax.device_put((W, X, Y))))
        return jax.block_until_ready(compiled(*kept))

    return gradient


def jax(d: tuple[int, ...], N: int) -> Gradient:
    """Results are views of arrays that JAX has made afresh."""
    compiled = _jitted(d, N)
    return lambda W, X, Y: [np.asarray(g) for g in compiled(W, X, Y)]


def _jitted(d: tuple[int, ...], N: int) -> Any:
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    loss = _sliced_loss if N * max(d) >= 100_000 else _loss
    return jax.jit(jax.grad(loss(jax.numpy, N)))


def torch(d: tuple[int, ...], N: int) -> Gradient:
    """Arguments and results are views; [1 x] as above, which beats leaves of their own for the biases."""
    torch = importlib.import_module("torch")
    ones = torch.ones(N, 1, dtype=torch.float64)

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        leaves = [torch.from_numpy(w).requires_grad_() for w in W]
        x = torch.from_numpy(X)
        for w in leaves:
            x = (torch.cat([ones, x], 1) @ w).tanh()
        error = torch.nn.functional.mse_loss(x, torch.from_numpy(Y), reduction="sum")
        return [g.numpy() for g in torch.autograd.grad(error / (2 * N), leaves)]

    return gradient


def autograd(d: tuple[int, ...], N: int) -> Gradient:
    """HIPS autograd."""
    autograd = importlib.import_module("autograd")
    return autograd.grad(_loss(importlib.import_module("autograd.numpy"), N))


def casadi(d: tuple[int, ...], N: int) -> Gradient | None:
    """One formula an entry (SX), compiled to machine code where there is a C compiler, on the arrays' own memory."""
    if N > 1:
        return None
    ca = importlib.import_module("casadi")
    shapes = [(m, n + 1) for n, m in pairwise(d)]  # columns first: NumPy's rows
    W = [ca.SX.sym(f"W{l}", *shape) for l, shape in enumerate(shapes)]
    x = X = ca.SX.sym("X", d[0])
    Y = ca.SX.sym("Y", d[-1])
    for w in W:
        x = ca.tanh(w[:, 1:] @ x + w[:, 0])
    error = ca.sumsqr(x - Y) / 2
    options = {"jit": True, "compiler": "shell", "jit_options": {"flags": ["-O3"]}}
    name = "gradient"
    f = ca.Function(
        name,
        [*W, X, Y],
        [ca.densify(ca.gradient(error, w)) for w in W],
        options if shutil.which("gcc") else {},
    )
    buffer, evaluate = f.buffer()

    def gradient(W: list[Array], X: Array, Y: Array) -> list[Array]:
        G = [np.empty((n + 1, m)) for n, m in pairwise(d)]
        for i, a in enumerate((*W, X, Y)):
            buffer.set_arg(i, memoryview(a))
        for i, g in enumerate(G):
            buffer.set_res(i, memoryview(g))
        evaluate()
        return G

    return gradient


PEERS: dict[str, Peer] = {
    "JAX, jit": jax,
    "JAX, its own arrays": jax_inside,
    "PyTorch": torch,
    "HIPS autograd": autograd,
    "CasADi": casadi,
}
