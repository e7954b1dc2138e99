"""How well scaled curves of different sizes lie on one another (Houdayer & Hartmann 2004, Phys. Rev. B 70, 014418)."""

import numpy as np

_LEAST = 0.5  # fraction of points between points of another size
FAR = 1e6
"""S of curves that do not overlap is at least this"""


def quality(size: np.ndarray, x: np.ndarray, y: np.ndarray, error: np.ndarray) -> float:
    """S = mean of (y_i - Y_i)^2 / (error_i^2 + dY_i^2) over the points that lie between points of other sizes.

    All arrays (point,), scaled. Y_i with its error dY_i is the weighted straight line through the two neighbours of x_i
    of every other size (their eq. B3-B5). About 1 where the collapse is as good as the errors; huge where less than
    half of the points have neighbours, since curves that do not overlap say nothing.
    """
    weight = error**-2.0
    groups = [np.flatnonzero(size == L) for L in np.unique(size)]
    groups = [group[np.argsort(x[group], kind="stable")] for group in groups]
    total, n = 0.0, 0
    for own in groups:
        sums = np.zeros((5, len(own)))  # of w, w x, w y, w x x, w x y, x measured from x_i
        for other in groups:
            if other is not own:
                _add(sums, x[own], x[other], y[other], weight[other])
        K, Kx, Ky, Kxx, Kxy = sums
        det = K * Kxx - Kx * Kx
        inside = det > 1e-12 * K * Kxx
        if inside.any():
            Y, variance = np.stack([Kxx * Ky - Kx * Kxy, Kxx])[:, inside] / det[inside]
            total += float(((y[own][inside] - Y) ** 2 / (error[own][inside] ** 2 + variance)).sum())
            n += int(inside.sum())
    if n < _LEAST * len(x):
        return FAR * (2 - n / len(x))
    return total / n


def _add(sums: np.ndarray, at: np.ndarray, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> None:
    """Add the two neighbours of `at` among x, where there is one on either side."""
    right = np.searchsorted(x, at)
    inside = (right > 0) & (right < len(x))
    for neighbour in (right[inside] - 1, right[inside]):
        w, off, v = weight[neighbour], x[neighbour] - at[inside], y[neighbour]
        sums[:, inside] += np.stack([w, w * off, w * v, w * off * off, w * off * v])
