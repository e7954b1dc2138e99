"""Graphs as sets of pairs, and when two of them can be compared."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM


def pairs(rbm: RBM) -> np.ndarray:
    """(bond,) int64, ascending: the pair i Nh + j of every bond."""
    index: np.ndarray = rbm.bonds.i.astype(np.int64) * rbm.n_hidden + rbm.bonds.j
    return index


def mask(rbm: RBM) -> np.ndarray:
    """(Nv, Nh) bool, true where there is a bond."""
    there = np.zeros((rbm.n_visible, rbm.n_hidden), bool)
    there[rbm.bonds.i, rbm.bonds.j] = True
    return there


def check_sizes(a: RBM, b: RBM) -> None:
    """Raise InvalidInput unless both machines have the same numbers of units."""
    if (a.n_visible, a.n_hidden) != (b.n_visible, b.n_hidden):
        sizes = f"{a.n_visible} x {a.n_hidden} and {b.n_visible} x {b.n_hidden}"
        raise InvalidInput(f"the machines must have the same numbers of units, got {sizes}")
