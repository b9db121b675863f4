"""How LaTeX and a terminal write what the walk over terms finds: two rows of one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .boxes import latex_width, text_width


@dataclass(frozen=True)
class Style:
    """How one medium writes what the walk finds; all of it strings but `width` and the tables."""

    latex: bool
    width: Callable[[str], float]
    times: str
    times_head: str
    plus_head: str
    delimiters: tuple[tuple[str, str], ...]
    functions: Mapping[str, str]
    signs: Mapping[str, str]
    power: Callable[[int], str]
    fraction: Callable[[str, str], str]
    differentiable: str
    operator: Callable[[str], str]
    gradient: Callable[[str], str]
    transposed: str
    juxtaposed: str


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
COMMANDS = ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth")
OPERATORS = {
    "sech": "sech",
    "csch": "csch",
    "erf": "erf",
    "sign": "sgn",
    "relu": "relu",
    "leaky_relu": r"leaky\,relu",
    "softplus": "softplus",
    "silu": "silu",
    "gelu": "gelu",
    "identity": "id",
}

LATEX_STYLE = Style(
    latex=True,
    width=latex_width,
    times=r"\, ",
    times_head=r"\cdot ",
    plus_head="{} ",
    delimiters=(
        ("(", ")"),
        (r"\bigl(", r"\bigr)"),
        (r"\Bigl(", r"\Bigr)"),
        (r"\biggl(", r"\biggr)"),
    ),
    functions={
        **{name: rf"\{name}" for name in COMMANDS},
        **{name: rf"\operatorname{{{shown}}}" for name, shown in OPERATORS.items()},
        "log": r"\ln",
        "exp": r"\exp",
        "sigmoid": r"\sigma",
    },
    signs={
        "ne": r" \ne ",
        "ge": r" \ge ",
        "le": r" \le ",
        "hadamard": r" \odot ",
        "d": r"\partial ",
        "pi": r"\pi",
    },
    power=lambda n: f"^{{{n}}}",
    fraction=lambda a, b: rf"\frac{{{a}}}{{{b}}}",
    differentiable=r" \text{ is differentiable at } ",
    operator=lambda name: rf"\operatorname{{{name}}}",
    gradient=lambda by: rf"\nabla_{{{by}}} ",
    transposed=r"^{\top}",
    juxtaposed=r"\, ",
)

TEXT_STYLE = Style(
    latex=False,
    width=text_width,
    times="·",
    times_head="·",
    plus_head="",
    delimiters=(("(", ")"),),
    functions={"log": "ln", "sigmoid": "σ", "leaky_relu": "leaky_relu", "sign": "sgn"},
    signs={"ne": " ≠ ", "ge": " ≥ ", "le": " ≤ ", "hadamard": " ⊙ ", "d": "∂", "pi": "π"},
    power=lambda n: str(n).translate(SUPERSCRIPTS),
    fraction=lambda a, b: f"{a}/{b}",
    differentiable=" is differentiable at ",
    operator=str,
    gradient=lambda by: f"∇_{{{by}}} ",
    transposed="ᵀ",
    juxtaposed="·",
)
