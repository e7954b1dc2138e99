"""What a rule may look at besides the machine."""

from typing import NamedTuple

import numpy as np


class View(NamedTuple):
    """The gauge, the data, the image and the seed that `dilute` was given."""

    mu: np.ndarray
    """(Nv,) offsets of the visible units in the gauge"""
    lam: np.ndarray
    """(Nh,) offsets of the hidden units"""
    data: np.ndarray | None
    """(n, Nv) of {0,1}"""
    shape: tuple[int, ...] | None
    """(rows, columns) of the visible layer"""
    seed: int
