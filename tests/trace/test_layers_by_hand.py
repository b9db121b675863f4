"""Layers written by hand are proved, and mutants of their backwards are not: unless NumPy can't tell them from the original."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from random import Random
from typing import Any

import layers_by_hand
import numpy as np
import pytest
from layers_by_hand import Dense

from symbackprop.trace.points import Filled, plain_run
from symbackprop.trace.refusing import Refused
from symbackprop.trace.vjp import prove_vjp, read_pair
from symbackprop.verdict import Proved, Refuted

Y = {"y": np.array([0, 2])}
LAYERS: dict[str, tuple[dict[str, tuple[int, ...]], dict[str, Any]]] = {
    "softmax_cross_entropy": ({"x": (2, 3)}, Y),
    "batch_norm": ({"x": (3, 2), "gamma": (2,), "beta": (2,)}, {}),
    "layer_norm": ({"x": (2, 3), "gamma": (3,), "beta": (3,)}, {}),
    "rms_norm": ({"x": (2, 3), "w": (3,)}, {}),
    "attention": ({"q": (3, 2), "k": (3, 2), "v": (3, 2)}, {}),
    "conv1d": ({"x": (2, 4), "w": (2, 3), "b": (2,)}, {}),
    "conv2d": ({"x": (1, 2, 2, 3), "w": (2, 2, 3, 3), "b": (2,)}, {}),
    "max_pool": ({"x": (1, 2, 4)}, {}),
    "relu": ({"x": (2, 3)}, {}),
    "leaky_relu": ({"x": (2, 3)}, {}),
    "rnn": ({"x": (2, 1, 2), "wx": (2, 2), "wh": (2, 2), "b": (2,)}, {}),
    "lstm_step": ({"x": (1, 2), "h": (1, 2), "c": (1, 2), "w": (2, 8), "u": (2, 8), "b": (8,)}, {}),
    "gru_step": ({"x": (1, 3), "h": (1, 2), "w": (3, 6), "u": (2, 6)}, {}),
    "swiglu": ({"x": (2, 3), "w": (3, 2), "v": (3, 2)}, {}),
    "gelu_tanh": ({"x": (3,)}, {}),
    "hinge": ({"x": (2, 3)}, Y),
}
MUTANTS = 10
SWAPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def pair(name: str) -> tuple[Any, Any]:
    return getattr(layers_by_hand, name), getattr(layers_by_hand, f"{name}_backward")


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_proved(name: str) -> None:
    shapes, constants = LAYERS[name]
    verdict = prove_vjp(*pair(name), shapes, constants=constants, time_limit=900)
    assert isinstance(verdict, Proved), str(verdict)


def test_methods_of_an_object_are_proved_and_the_object_is_not_changed() -> None:
    layer = Dense(3, 2)
    verdict = prove_vjp(layer.forward, layer.backward, {"x": (2, 3), "W": (3, 2), "b": (2,)})
    assert isinstance(verdict, Proved)
    assert layer.x is None
    assert layer.dW is None
    assert (layer.W == 1).all()


class Mutating(ast.NodeTransformer):
    """Changes the n-th place that can be changed."""

    def __init__(self, number: int) -> None:
        self.left = number

    def _hit(self) -> bool:
        self.left -= 1
        return self.left == -1

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) in SWAPPED and self._hit():
            node.op = SWAPPED[type(node.op)]()
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) in SWAPPED and self._hit():
            node.op = SWAPPED[type(node.op)]()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return node.operand if isinstance(node.op, ast.USub) and self._hit() else node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        return ast.Constant(node.value + 1) if number and self._hit() else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return node.value if node.attr == "T" and self._hit() else node


def mutants(name: str) -> Iterator[Any]:
    source = inspect.getsource(pair(name)[1])
    numbers = list(range(60))
    Random(name).shuffle(numbers)
    for number in numbers:
        change = Mutating(number)
        tree = change.visit(ast.parse(source))
        if change.left >= 0:
            continue
        space = dict(vars(layers_by_hand))
        exec(compile(ast.fix_missing_locations(tree), "mutant", "exec"), space)
        yield space[f"{name}_backward"]


def same_on_floats(name: str, mutant: Any) -> bool | None:
    """Whether NumPy gives the same gradients; None where the mutant does not run."""
    shapes, constants = LAYERS[name]
    forward, backward = pair(name)
    for seed in range(4):
        random = Random(seed)
        point = Filled(
            {
                (n, k): random.randrange(-12, 13) / 8
                for n, s in shapes.items()
                for k in np.ndindex(s)
            }
        )  # type: ignore[misc]
        rows = []
        for own in (backward, mutant):
            try:
                _, found = plain_run(
                    read_pair(forward, own, shapes, None, constants), shapes, point
                )
            except Exception:
                return None
            rows.append(found)
        for n in rows[0]:
            a, b = [np.asarray(r[n], dtype=float) for r in rows]
            if a.shape != b.shape or not np.allclose(a, b, rtol=1e-9, atol=1e-12):
                return False
    return True


@pytest.mark.parametrize("name", LAYERS)
def test_mutants_are_refuted(name: str) -> None:
    shapes, constants = LAYERS[name]
    forward = pair(name)[0]
    refuted = tried = 0
    for mutant in mutants(name):
        if tried == MUTANTS or same_on_floats(name, mutant) is not False:
            continue
        tried += 1
        try:
            verdict = prove_vjp(forward, mutant, shapes, constants=constants, time_limit=900)
        except Refused:
            continue
        assert not isinstance(verdict, Proved), inspect.unwrap(mutant)
        refuted += isinstance(verdict, Refuted)
    assert refuted >= 0.95 * tried
