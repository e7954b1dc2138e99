"""Hamming distances between many samples, by matrix products."""

from collections.abc import Iterator

import numpy as np

_CELLS = 1 << 23  # distances that are held at once


def distances(queries: np.ndarray, points: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Distances |q - p| in pixels of queries (n, Nv) to points (m, Nv) of {0,1}: rows and their (rows, m) float32.

    |q| + |p| - 2 q.p in float32, whose whole numbers are exact below 2^24 pixels.
    """
    real = points.astype(np.float32)
    step = max(1, _CELLS // len(points))
    for k in range(0, len(queries), step):
        rows = queries[k : k + step].astype(np.float32)
        distance = rows @ real.T
        distance *= -2
        distance += rows.sum(1)[:, None]
        distance += real.sum(1)
        yield slice(k, k + len(rows)), distance
