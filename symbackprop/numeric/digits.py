"""The 1,797 handwritten digits that come with the package (data/LICENSE-digits.txt says from where)."""

from __future__ import annotations

import gzip
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from ..compile.special import Array

CLASSES = 10
PIXELS = 64
DARKEST = 16


def load_digits() -> tuple[Array, NDArray[np.int64]]:
    """X of shape (1797, 64), the 8×8 pixels row by row from 0 to 1; and the digits 0..9, shape (1797,).

    >>> X, labels = load_digits()
    >>> X.shape, labels[:10].tolist()
    ((1797, 64), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    packed = (files("symbackprop") / "data" / "digits.csv.gz").read_bytes()
    rows = gzip.decompress(packed).decode("ascii").split()
    table = np.array([row.split(",") for row in rows], dtype=np.int64)
    return table[:, :PIXELS] / DARKEST, table[:, PIXELS]
