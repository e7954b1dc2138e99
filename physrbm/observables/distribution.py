"""P(q): the distribution of an overlap, averaged over disorder."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput


class Distribution(NamedTuple):
    """A histogram with errors, one entry a bin; sum of density x width is 1."""

    centre: np.ndarray
    """(bin,)"""
    density: np.ndarray
    """(bin,)"""
    error: np.ndarray
    """standard error of `density` (bin,); those of different bins are correlated"""


def overlap_distribution(q: np.ndarray, bins: int | np.ndarray) -> Distribution:
    """P(q) of q (sample, block), [<delta(q - .)>], with errors by leaving one block out at a time.

    Blocks are independent: instances of disorder, or stretches of one run much longer than its inefficiency g.
    Of equally long blocks the delete-one-block jackknife of a mean is the scatter of the blocks / sqrt(blocks).
    bins: their number on [-1, 1], or their edges. N spins have N + 1 values of q, -1, -1 + 2/N, ..., 1: bins of unequal
    numbers of values make a comb of P, edges (-N-1, -N-1 + 2k, ..., N+1)/N do not, where k divides N + 1.
    Raises InvalidInput for less than 2 blocks, edges that do not rise, or q outside the bins.
    """
    q = np.asarray(q, dtype=np.float64)
    if q.ndim != 2 or q.size == 0 or q.shape[1] < 2:
        raise InvalidInput(f"q must be (sample, block) with at least 2 blocks, got the shape {q.shape}")
    edges = _edges(bins)
    inside = (q >= edges[0]) & (q <= edges[-1])
    if not inside.all():
        raise InvalidInput(f"q must be in the bins, {edges[0]:g}..{edges[-1]:g}, got {q[~inside][0]:g}")
    width = np.diff(edges)
    of_block = np.array([np.histogram(block, edges)[0] for block in q.T]) / (len(q) * width)
    error = of_block.std(0, ddof=1) / np.sqrt(len(of_block))
    return Distribution(edges[:-1] + width / 2, of_block.mean(0), error)


def _edges(bins: int | np.ndarray) -> np.ndarray:
    if np.ndim(bins) == 0:
        if not isinstance(bins, int | np.integer) or bins < 1:
            raise InvalidInput(f"bins must be a whole number >= 1 or their edges, got {bins}")
        return np.linspace(-1.0, 1.0, int(bins) + 1)
    edges = np.asarray(bins, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or not np.isfinite(edges).all() or not (np.diff(edges) > 0).all():
        raise InvalidInput(f"edges of bins must be at least 2 finite numbers that rise, got {edges.tolist()[:9]}")
    return edges
