"""What arguments, indices and widths are called in the code."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import Any

RESERVED = re.compile(
    r"np|jax|jnp|torch|out|function|Fraction|t\d+|last_\w*|[A-Z]{3,}"
    r"|erf|erfc|gauss|sigmoid|bell|softmax|logsumexp|surprise|weighted"
)
"""Names that the code has for what it computes and calls."""


def identifier(text: str) -> str:
    """A name that Python takes, and that the code has not taken.

    >>> identifier("x^(l-1)"), identifier("δ_1"), identifier("np")
    ('x_l_1', 'δ_1', 'np_')
    """
    found = re.sub(r"\W+", "_", text).strip("_")
    found = found if found.isidentifier() and not iskeyword(found) else f"a{found}"
    return f"{found}_" if RESERVED.fullmatch(found) else found


def name(symbol: Any) -> str:
    """What an index or a width is called in the code."""
    return identifier(str(getattr(symbol, "name", symbol)))
