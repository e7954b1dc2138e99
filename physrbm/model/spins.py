"""Exact change of variables between units v in {0,1} and spins s = 2v - 1, the constant included."""

from typing import Any, NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model.bonds import Bonds, sorted_bonds


class Spins(NamedTuple):
    """E(s,t) = constant - sum J_ij s_i t_j - H_visible.s - H_hidden.t."""

    J: Bonds
    H_visible: np.ndarray
    H_hidden: np.ndarray
    constant: float
    n_possible: int


def to_spins(bonds: Bonds, a: np.ndarray, b: np.ndarray, constant: float, n_possible: int) -> Spins:
    """J = w/4, H_i = a_i/2 + sum_j w_ij/4, likewise hidden; constant - (sum a + sum b)/2 - sum w/4."""
    J = bonds._replace(weight=bonds.weight / 4)
    H_visible = a / 2 + np.bincount(bonds.i, J.weight, a.size)
    H_hidden = b / 2 + np.bincount(bonds.j, J.weight, b.size)
    shifted = float(constant - (a.sum() + b.sum()) / 2 - J.weight.sum())
    return Spins(J, H_visible, H_hidden, shifted, n_possible)


def from_spins(
    J: Any, H_visible: np.ndarray, H_hidden: np.ndarray, constant: float
) -> tuple[Bonds, np.ndarray, np.ndarray, float]:
    """Bonds, fields a and b, constant in {0,1} units; the inverse of `to_spins`."""
    if not isinstance(J, Bonds):
        dense = np.asarray(J, dtype=np.float64)
        if dense.shape != (H_visible.size, H_hidden.size):
            raise InvalidInput(f"J must be {(H_visible.size, H_hidden.size)} or Bonds, got {dense.shape}")
        i, j = (x.ravel().astype(np.int32) for x in np.indices(dense.shape))
        J = Bonds(i, j, dense.ravel())
    J = sorted_bonds(J.i, J.j, J.weight, H_visible.size, H_hidden.size)
    a = 2 * H_visible - 2 * np.bincount(J.i, J.weight, H_visible.size)
    b = 2 * H_hidden - 2 * np.bincount(J.j, J.weight, H_hidden.size)
    shift = H_visible.sum() + H_hidden.sum() - J.weight.sum()
    return J._replace(weight=4 * J.weight), a, b, float(constant + shift)
