"""A network as NumPy functions on batches: forward, the δ of every node, the error, its gradient in every weight.

With X^(0) = X and a first column of ones for the biases, S^(l) = [1 X^(l-1)] W^(l), X^(l) = g_l(S^(l));
Δ^(L) from the loss, Δ^(l-1) = g'(S^(l-1)) * (Δ^(l) W^(l)ᵀ without the bias row); ∂e/∂W^(l) = [1 X^(l-1)]ᵀ Δ^(l).
(Source: Y. Abu-Mostafa, Learning from Data, lecture 10, with the examples of a batch as rows.)

What runs is the source text that `Network.source` shows, nothing else; which form of it, is chosen by the sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..compile.special import Array
from ..errors import InputError
from ..network.architecture import Architecture
from . import forms
from .program import Program, program

Function = Callable[..., Any]


class Gradients(dict[str, Function]):
    """The gradient's function in each form, made when it is first asked for."""

    def __init__(self, p: Program) -> None:
        super().__init__()
        self.program = p

    def __missing__(self, form: str) -> Function:
        self[form] = forms.compiled(self.program, "gradient", form)
        return self[form]


class Compiled:
    """The functions of one network.

    Everywhere X has shape (N, d^(0)), Y (N, d^(L)), and W is a list with W[l-1] of shape (d^(l-1)+1, d^(l)), row 0 the
    biases.  Where all of W is float32, so is all that is computed, else doubles; arguments are never changed, and results
    share no memory with anything.  Each method raises InputError for a wrong shape, and where an output leaves the loss's
    domain; with `check_finite` also for NaN and infinity in an argument.  A value beyond the largest double comes out as inf.

    >>> f = compile_network(Architecture([1, 1], "identity"))
    >>> W, X, Y = [np.array([[1.0], [2.0]])], np.array([[3.0], [0.0]]), np.array([[5.0], [1.0]])
    >>> f.forward(W, X).tolist(), f.error(W, X, Y), f.gradient(W, X, Y)[0].tolist()
    ([[7.0], [1.0]], 1.0, [[1.0], [3.0]])
    """

    gradient: Function
    """`gradient(W, X, Y, reduction="mean")`: the mean (or sum) of ∂e/∂w over the batch, a list of arrays shaped as W."""

    def __init__(self, p: Program, check_finite: bool = False) -> None:
        self.d = p.d
        self.program = p
        self.check_finite = check_finite
        self._gradients = Gradients(p)
        self._codes: dict[str, Function] = {}
        self.gradient = (
            self._slowly if check_finite else forms.dispatcher(p, self._gradients, self._slowly)
        )

    def __repr__(self) -> str:
        return f"Compiled({'-'.join(map(str, self.d))}: forward, deltas, error, gradient)"

    def forward(self, W: Any, X: Any) -> Array:
        """The outputs x^(L), shape (N, d^(L))."""
        weights, inputs = self._both(W, X)
        out: Array = self._run("forward", weights, inputs)
        return out

    def deltas(self, W: Any, X: Any, Y: Any) -> list[Array]:
        """δ^(1), …, δ^(L) of each example: a list of L arrays (N, d^(l)); no reduction divides them."""
        weights, inputs = self._both(W, X)
        out: list[Array] = self._run("deltas", weights, inputs, self._targets(Y, inputs))
        return out

    def error(self, W: Any, X: Any, Y: Any, reduction: str = "mean") -> float:
        """The mean (or sum) of e over the batch; over no example it is 0."""
        weights, inputs = self._both(W, X)
        targets = self._targets(Y, inputs)
        return float(self._run("error", weights, inputs, targets, _mean(reduction)))

    def _slowly(self, W: Any, X: Any, Y: Any, reduction: str = "mean") -> list[Array]:
        """The gradient of any arguments: made what the code takes, or refused."""
        weights, inputs = self._both(W, X)
        targets, mean = self._targets(Y, inputs), _mean(reduction)
        form = forms.form(self.program, len(inputs))
        code = self._gradients[forms.COLUMNS if form == forms.SCALAR else form]
        out: list[Array] = self._quiet(code, weights, inputs, targets, mean)
        return out

    def source(self, method: str = "gradient", batch: int = 64, target: str = "numpy") -> str:
        """The source of a method as it runs on batches of so many examples; for another target, as plain array code.

        Raises InputError for a method or a target that is none.
        """
        if not isinstance(batch, int | np.integer) or isinstance(batch, bool) or batch < 1:
            raise InputError(f"batch: expected an integer from 1 up, got {batch!r}")
        if target != "numpy":
            return forms.source(self.program, method, forms.PLAIN, target)
        return forms.source(self.program, method, forms.form(self.program, batch))

    def _run(self, method: str, *arguments: Any) -> Any:
        if method not in self._codes:
            self._codes[method] = forms.compiled(self.program, method, forms.PLAIN)
        return self._quiet(self._codes[method], *arguments)

    def _quiet(self, code: Function, *arguments: Any) -> Any:
        try:
            with np.errstate(all="ignore"):
                return _as(arguments[1].dtype, code(*arguments))
        except forms.DOMAIN as error:
            raise InputError(error) from None

    # --- arguments

    def _both(self, W: Any, X: Any) -> tuple[list[Array], Array]:
        weights = self.weights(W)
        return weights, self.inputs(X, weights[0].dtype)

    def weights(self, W: Any) -> list[Array]:
        """W (or what `train` gave) as a list of arrays of doubles, or of float32 where all are.

        Raises InputError where one doesn't fit.
        """
        W = getattr(W, "weights", W)
        if not isinstance(W, list | tuple) or len(W) != len(self.d) - 1:
            raise InputError(
                f"W: expected a list of {len(self.d) - 1} arrays, one a layer, got {_described(W)}"
            )
        single = all(getattr(w, "dtype", None) == np.float32 for w in W)
        kind = np.dtype(np.float32 if single else np.float64)
        return [
            self._shaped(f"W[{l}]", w, (self.d[l] + 1, self.d[l + 1]), kind)
            for l, w in enumerate(W)
        ]

    def inputs(self, X: Any, kind: Any = np.float64) -> Array:
        """X as doubles, or as `kind`.  Raises InputError unless its shape is (N, d^(0))."""
        x = self._checked("X", numbers("X", X, kind))
        if x.ndim != 2 or x.shape[1] != self.d[0]:
            raise InputError(f"X: expected shape (N, {self.d[0]}), a row an example, got {x.shape}")
        return x

    def targets(self, Y: Any, N: int, kind: Any = np.float64) -> Array:
        """Y as doubles, or as `kind`.  Raises InputError unless its shape is (N, d^(L))."""
        return self._shaped("Y", Y, (N, self.d[-1]), kind)

    def _targets(self, Y: Any, X: Array) -> Array:
        return self.targets(Y, len(X), X.dtype)

    def _shaped(self, name: str, values: Any, shape: tuple[int, int], kind: Any) -> Array:
        a = numbers(name, values, kind)
        if a.shape != shape:
            raise InputError(f"{name}: expected shape {shape}, got {a.shape}")
        return self._checked(name, a)

    def _checked(self, name: str, a: Array) -> Array:
        return finite(name, a) if self.check_finite else a


def compile_network(net: Architecture, check_finite: bool = False) -> Compiled:
    """The network's NumPy functions.

    Raises InputError where an activation or the loss is opaque: there is nothing to compute.
    """
    return Compiled(program(net), check_finite)


def finite(name: str, values: Array) -> Array:
    """The array; InputError, with the place, where it has NaN or infinity."""
    if not np.isfinite(values).all():
        row, column = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
        raise InputError(
            f"{name}: expected finite numbers, got {values[row, column]} in row {row}, column {column}"
        )
    return values


def initial_weights(net: Architecture, seed: int = 0) -> list[Array]:
    """Weights to start from: uniform on ±√(6/(d^(l-1)+d^(l))), biases 0; the same for the same seed.

    (Source: X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010, (16).)

    >>> [w.shape for w in initial_weights(Architecture([2, 3, 1]))]
    [(3, 3), (4, 1)]

    Raises InputError for a seed that is no integer ≥ 0.
    """
    random = generator(seed)
    W = []
    for below, d in zip(net.d, net.d[1:], strict=False):
        bound = np.sqrt(6 / (below + d))
        W.append(np.vstack([np.zeros((1, d)), random.uniform(-bound, bound, (below, d))]))
    return W


def generator(seed: Any, stream: int = 0) -> np.random.Generator:
    """A random generator; what is drawn from one stream of a seed says nothing about another."""
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise InputError(f"seed: expected an integer from 0 up, got {seed!r}")
    return np.random.default_rng((int(seed), stream))


def numbers(name: str, values: Any, kind: Any = np.float64) -> Array:
    """An array of doubles, or of `kind`.  Raises InputError for anything else: text, complex numbers, rows of unequal length."""
    try:
        a = np.asarray(values)
        if a.dtype.kind not in "biufO":
            raise ValueError
        return a.astype(kind, copy=False)
    except (TypeError, ValueError, OverflowError):
        raise InputError(
            f"{name}: expected an array of real numbers, got {_described(values)}"
        ) from None


def _mean(reduction: Any) -> bool:
    if reduction not in ("mean", "sum"):
        raise InputError(f"reduction: expected 'mean' or 'sum', got {reduction!r}")
    return bool(reduction == "mean")


def _as(kind: Any, result: Any) -> Any:
    """Arrays of that kind of number: choices between constants, and erf, come in doubles."""
    if isinstance(result, list):
        return [_as(kind, r) for r in result]
    return result.astype(kind, copy=False) if isinstance(result, np.ndarray) else result


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    return repr(value)[:60]
