"""The diluted graph: one entry per surviving bond, and its rows seen from either layer."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput


class Bonds(NamedTuple):
    """Coordinate list of the bonds, sorted by (i, j), no pair twice."""

    i: np.ndarray
    """(bond,) int32, visible unit"""
    j: np.ndarray
    """(bond,) int32, hidden unit"""
    weight: np.ndarray
    """(bond,) float64, coupling w_ij in {0,1} units"""


class Rows(NamedTuple):
    """Compressed rows of one layer: unit u has the bonds `order[start[u]:start[u+1]]`."""

    start: np.ndarray
    """(unit + 1,) int64"""
    neighbour: np.ndarray
    """(bond,) int32, unit of the other layer"""
    order: np.ndarray
    """(bond,) int64, position in the coordinate list: row weights are `bonds.weight[order]`"""


def sorted_bonds(i: np.ndarray, j: np.ndarray, weight: np.ndarray, n_visible: int, n_hidden: int) -> Bonds:
    """Check a coordinate list and sort it. Raises InvalidInput for wrong shapes, indices, values, duplicates."""
    i, j, weight = np.asarray(i), np.asarray(j), np.asarray(weight, dtype=np.float64)
    if not (i.ndim == 1 and i.shape == j.shape == weight.shape):
        raise InvalidInput(f"i, j, weight must be 1-d of one length, got {i.shape}, {j.shape}, {weight.shape}")
    for name, index, size in (("i", i, n_visible), ("j", j, n_hidden)):
        if index.size and not np.issubdtype(index.dtype, np.integer):
            raise InvalidInput(f"bond indices {name} must be integers, got {index.dtype}")
        if index.size and (index.min() < 0 or index.max() >= size):
            raise InvalidInput(f"bond indices {name} must be in 0..{size - 1}, got {index.min()}..{index.max()}")
    if not np.isfinite(weight).all():
        raise InvalidInput("weights must be finite, got NaN or infinity")
    pair = i.astype(np.int64) * n_hidden + j
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    twice = np.flatnonzero(pair[1:] == pair[:-1])
    if twice.size:
        raise InvalidInput(f"the bond {tuple(int(x) for x in divmod(pair[twice[0]], n_hidden))} occurs twice")
    return Bonds(i[order].astype(np.int32), j[order].astype(np.int32), weight[order])


def visible_rows(bonds: Bonds, n_visible: int) -> Rows:
    """Rows of the visible units: the coordinate list is already in their order."""
    return Rows(_starts(bonds.i, n_visible), bonds.j, np.arange(bonds.i.size))


def hidden_rows(bonds: Bonds, n_hidden: int) -> Rows:
    """Rows of the hidden units, neighbours ascending."""
    order = np.argsort(bonds.j, kind="stable")
    return Rows(_starts(bonds.j, n_hidden), bonds.i[order], order)


def _starts(unit: np.ndarray, n: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=n))]).astype(np.int64)
