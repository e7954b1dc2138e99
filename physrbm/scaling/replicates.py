"""A function of averages over instances with a block of them left out, and its jackknife error without that block."""

from typing import NamedTuple

import numpy as np

from physrbm.scaling.quantities import Quantity


class Sums(NamedTuple):
    """What the rows of one size add up to."""

    size: np.ndarray
    """(point,)"""
    rows: np.ndarray
    """(block, point) rows in every block of instances"""
    parts: np.ndarray
    """(average, block, point) sums over these rows"""


def replicates(quantity: Quantity, sums: Sums) -> tuple[np.ndarray, np.ndarray]:
    """(block, point) of the quantity without every block, and its delete-one-block errors from those that are left.

    A point that has all its instances in the block keeps them. Errors are nan where too few instances are left.
    """
    values = _without(quantity, sums, sums.parts, sums.rows)
    pairs = _without(quantity, sums, sums.parts[:, :, None] + sums.parts[:, None], sums.rows[:, None] + sums.rows)
    n = len(values)
    others = ~np.eye(n, dtype=bool)[:, :, None]
    left = max(n - 1, 1)
    centre = pairs.sum(1, where=others, keepdims=True) / left
    variance = (left - 1) / left * ((pairs - centre) ** 2).sum(1, where=others)
    return values, np.where(variance > 0, variance, np.nan) ** 0.5


def _without(quantity: Quantity, sums: Sums, parts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(..., point) without the rows (..., point) that add up to parts (average, ..., point)."""
    count = sums.rows.sum(0)
    total = sums.parts.sum(1).reshape(len(parts), *[1] * (rows.ndim - 1), -1)
    some = rows < count
    left = np.where(some, count - rows, count)
    with np.errstate(divide="ignore", invalid="ignore"):  # of points with too few instances
        found = np.asarray(quantity.function(sums.size, left, *(np.where(some, total - parts, total) / left)), float)
    return np.where(np.isfinite(found), found, np.nan)
