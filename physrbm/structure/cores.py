"""The k-core: what is left when units with less than k bonds are taken away until there is none."""

import numpy as np

from physrbm.model import RBM, hidden_rows, visible_rows
from physrbm.structure.degrees import Layers


def core_numbers(rbm: RBM) -> Layers:
    """Core number of every unit, the largest k such that it is in the k-core: (Nv,) and (Nh,) int64.

    By peeling (Batagelj & Zaversnik 2003), whole shells at a time: every bond is looked at twice.
    """
    n_visible = rbm.n_visible
    rows = visible_rows(rbm.bonds, n_visible), hidden_rows(rbm.bonds, rbm.n_hidden)
    start = np.concatenate([rows[0].start, rbm.n_bonds + rows[1].start[1:]])
    neighbour = np.concatenate([rows[0].neighbour + np.int64(n_visible), rows[1].neighbour])
    degree = np.diff(start)  # towards units that are left
    core = np.zeros(degree.size, np.int64)
    gone = np.zeros(degree.size, bool)
    left, k = np.arange(degree.size), 0
    while left.size:
        k = max(k, int(degree[left].min()))
        shell = left[degree[left] <= k]
        while shell.size:
            core[shell], gone[shell] = k, True
            around = neighbour[_ranges(start[shell], start[shell + 1])]
            touched, lost = np.unique(around[~gone[around]], return_counts=True)
            degree[touched] -= lost
            shell = touched[degree[touched] <= k]
        left = left[~gone[left]]
    return Layers(core[:n_visible], core[n_visible:])


def _ranges(first: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The ranges first..end-1, one after another."""
    length = end - first
    offset = np.cumsum(length) - length
    places: np.ndarray = np.arange(length.sum()) + np.repeat(first - offset, length)
    return places
