"""A network's functions as plain array code, a line an equation: what can be read and pasted, in NumPy, JAX or PyTorch."""

from __future__ import annotations

from ..compile.emission import Emission
from ..compile.helpers import helpers
from ..compile.nodes import Call, Node
from ..compile.targets import Target
from .program import Layer, Program

METHODS = ("forward", "deltas", "error", "gradient")


def source(p: Program, method: str, target: Target) -> str:
    """The whole source: imports, the functions that the target lacks, and the function."""
    body = function(p, method, target)
    parts = ["\n".join(target.imports)]
    if target.name == "numpy":
        parts += helpers(body)
    return "\n\n\n".join([*parts, body]) + "\n"


def function(p: Program, method: str, target: Target) -> str:
    """The function alone; every slope is taken from s, for one from x cancels where a node is saturated."""
    e = Emission(target, ("n", *[f"j{l}" for l in range(len(p.d))]))
    arguments = {"forward": "W, X", "deltas": "W, X, Y"}.get(method, "W, X, Y, mean=True")
    _unpack(e, p, method)
    _forward(e, p)
    BODIES[method](e, p)
    head = f"def {method}({arguments}):"
    return "\n".join([head, f'    """{DOCS[method]}"""', *[f"    {line}" for line in e.lines]])


DOCS = {
    "forward": "The outputs x^(L) of a batch; a row an example, row 0 of each w the biases.",
    "deltas": "δ^(1), …, δ^(L) of each example, δ_j^(l) = ∂e/∂s_j^(l).",
    "error": "The mean (or sum) of e over a batch.",
    "gradient": "The mean (or sum) of ∂e/∂w over a batch, a list of arrays shaped as W.",
}


def _unpack(e: Emission, p: Program, method: str) -> None:
    names = ", ".join(f"w{l}" for l in range(1, len(p.d)))
    e.lines += [f"{names}{',' if len(p.d) == 2 else ''} = W", "x0 = X"]
    e.lines += [] if method == "forward" else ["y = Y"]


def _forward(e: Emission, p: Program) -> None:
    for layer in p.layers:
        e.assign(layer.s.name, layer.signal, signal_says(layer.l))
        e.assign(layer.x.name, layer.value, value_says(layer))
    if p.domain and e.target.name == "numpy":
        e.lines += domain_lines(p, p.layers[-1].x.name)


def domain_lines(p: Program, x: str) -> list[str]:
    """What stops where an output leaves the loss's domain."""
    low, high = ("0 < {}", "{} < 1") if p.domain == "0 < x < 1" else ("0 < {}", "")
    inside = " & ".join(f"({test.format(x)})" for test in (low, high) if test)
    return [
        f"if not np.all({inside}):",
        f"    n, j = np.argwhere(~({inside}))[0]",
        f'    found = f"got x_{{j + 1}} = {{{x}[n, j]:.6g}} in row {{n}} of X"',
        f'    raise ValueError("loss {p.loss}: expected outputs with {p.domain}, " + found)',
    ]


def _output(e: Emission, p: Program) -> None:
    e.lines.append(f"return {p.layers[-1].x.name}")


def _error(e: Emission, p: Program) -> None:
    e.assign("e", p.error, f"e = the {p.loss} of each example")
    total = e.target.call("sum", ["e", "0"])
    e.lines.append(f"return {total} / (max(len(X), 1) if mean else 1)")


def _deltas(e: Emission, p: Program) -> None:
    top = p.layers[-1]
    e.assign(f"d{top.l}", delta(p), top_says(p))
    for layer in p.layers[-2::-1]:
        e.assign(
            f"d{layer.l}",
            Call("multiply", (slope(layer), p.back(layer.l))),
            step_says(layer),
        )
    names = ", ".join(f"d{layer.l}" for layer in p.layers)
    e.lines.append(f"return [{names}]")


def _gradient(e: Emission, p: Program) -> None:
    _deltas(e, p)
    e.lines.pop()
    vstack = f"{e.target.short}.vstack"
    e.lines.append("N = max(len(X), 1) if mean else 1")
    for layer in p.layers:
        l = layer.l
        rows = ", ".join(e.code(n).text for n in (p.biases(l), p.products(l)))
        e.lines += [f"# {weight_says(l)}", f"g{l} = {vstack}(({rows})) / N"]
    e.lines.append(f"return [{', '.join(f'g{layer.l}' for layer in p.layers)}]")


BODIES = {"forward": _output, "error": _error, "deltas": _deltas, "gradient": _gradient}


def slope(layer: Layer) -> Node:
    assert (
        layer.careful is not None
    )  # softmax stands in the output layer alone: Architecture sees to it
    return layer.careful


def delta(p: Program) -> Node:
    """δ^(L)."""
    return p.delta or Call("multiply", (p.outer, slope(p.layers[-1])))


# --- what the lines say ------------------------------------------------------------------------------------------


def signal_says(l: int) -> str:
    return f"s_j^({l}) = w_0j^({l}) + Σ_i w_ij^({l}) x_i^({l - 1})"


def value_says(layer: Layer) -> str:
    l, g = layer.l, layer.shown
    if g == "softmax":
        return f"x_j^({l}) = exp(s_j^({l})) / Σ_k exp(s_k^({l}))"
    return f"x_j^({l}) = g(s_j^({l})), g = {g}"


def top_says(p: Program) -> str:
    L = len(p.d) - 1
    if p.layers[-1].slope is None:
        return f"δ_j^({L}) = Σ_k ∂e/∂x_k^({L}) ∂x_k^({L})/∂s_j^({L})"
    return f"δ_j^({L}) = ∂e/∂x_j^({L}) g'(s_j^({L}))"


def step_says(layer: Layer) -> str:
    l = layer.l
    return f"δ_i^({l}) = g'(s_i^({l})) Σ_j w_ij^({l + 1}) δ_j^({l + 1})"


def weight_says(l: int) -> str:
    return f"∂e/∂w_ij^({l}) = δ_j^({l}) x_i^({l - 1}), x_0 = 1: over the batch"
