"""symbackprop: derivations of gradients, proved or refuted, typeset, and run.

The names below are loaded when they are first used, so that `import symbackprop` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .chains.derivation import Derivation as Derivation
    from .chains.derivation import derivation as derivation
    from .chains.language import D as D
    from .chains.language import Functions as Functions
    from .chains.language import Over as Over
    from .chains.language import prime as prime
    from .compile.function import lambdify as lambdify
    from .errors import InputError as InputError
    from .kernel import KernelError as KernelError
    from .kernel import Theorem as Theorem
    from .library import save as save
    from .library import theorem as theorem
    from .library import theorems as theorems
    from .network.activations import ACTIVATIONS as ACTIVATIONS
    from .network.activations import Activation as Activation
    from .network.losses import LOSSES as LOSSES
    from .network.losses import Loss as Loss
    from .network.recursion import BACKPROPAGATION as BACKPROPAGATION
    from .network.recursion import Recursion as Recursion
    from .networks import GeneralNetwork as GeneralNetwork
    from .networks import Network as Network
    from .numeric.training import DivergedError as DivergedError
    from .numeric.training import Interrupted as Interrupted
    from .numeric.training import train as train
    from .proving import prove as prove
    from .render.conventions import LECTURE as LECTURE
    from .render.conventions import MATRIX_VECTOR as MATRIX_VECTOR
    from .render.conventions import Convention as Convention
    from .render.formulas import latex as latex
    from .render.growth import growth as growth
    from .render.growth import growth_plot as growth_plot
    from .report import present as present
    from .trace.elementwise import prove_derivative as prove_derivative
    from .trace.vjp import assert_vjp_proved as assert_vjp_proved
    from .trace.vjp import prove_vjp as prove_vjp
    from .typesetting import typeset as typeset
    from .verdict import Proved as Proved
    from .verdict import Refuted as Refuted
    from .verdict import Unknown as Unknown
    from .verdict import Verdict as Verdict

__version__ = "0.1.0"

PLACES = {
    "Network": "networks",
    "GeneralNetwork": "networks",
    "Recursion": "network.recursion",
    "BACKPROPAGATION": "network.recursion",
    "ACTIVATIONS": "network.activations",
    "Activation": "network.activations",
    "LOSSES": "network.losses",
    "Loss": "network.losses",
    "prove": "proving",
    "prove_derivative": "trace.elementwise",
    "prove_vjp": "trace.vjp",
    "assert_vjp_proved": "trace.vjp",
    "Proved": "verdict",
    "Refuted": "verdict",
    "Unknown": "verdict",
    "Verdict": "verdict",
    "Theorem": "kernel",
    "KernelError": "kernel",
    "InputError": "errors",
    "latex": "render.formulas",
    "present": "report",
    "typeset": "typesetting",
    "growth": "render.growth",
    "growth_plot": "render.growth",
    "Convention": "render.conventions",
    "LECTURE": "render.conventions",
    "MATRIX_VECTOR": "render.conventions",
    "lambdify": "compile.function",
    "train": "numeric.training",
    "DivergedError": "numeric.training",
    "Interrupted": "numeric.training",
    "save": "library",
    "theorem": "library",
    "theorems": "library",
    "derivation": "chains.derivation",
    "Derivation": "chains.derivation",
    "D": "chains.language",
    "Functions": "chains.language",
    "Over": "chains.language",
    "prime": "chains.language",
}
"""Where each public name lives."""

__all__ = sorted([*PLACES, "__version__"])


def __getattr__(name: str) -> Any:
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{PLACES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
