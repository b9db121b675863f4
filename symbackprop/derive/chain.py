"""The chain rule, mechanically: forward from a variable through everything that depends on it, up to e.

There is no δ in it.  Each s above the variable gets one step, ∂s/∂v from the ∂s/∂v of the layer below; the last
step is ∂e/∂v, a sum over all paths from v to e.
"""

from __future__ import annotations

from ..kernel import Sym
from ..network.theory import E
from .builder import Builder


def chain_rule(b: Builder, v: Sym) -> int:
    """The number of the step that concludes ∂e/∂v = …"""
    below: list[int] = []
    here: list[int] = []
    layer = v.index[0]
    for symbol in b.ctx.symbols:
        if symbol.name != "s" or symbol == v or not b.ctx.depends(symbol, v):
            continue
        if symbol.index[0] != layer:
            layer, below, here = symbol.index[0], here, []
        here.append(b.derivative(symbol, v, below))
    return b.derivative(E, v, here)
