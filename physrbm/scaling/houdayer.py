"""How well scaled curves of different sizes lie on one another (Houdayer & Hartmann 2004, Phys. Rev. B 70, 014418)."""

import numpy as np

from physrbm.kernels.collapse import squared_deviations

_LEAST = 0.5  # fraction of points between points of another size
FAR = 1e6
"""S of curves that do not overlap is at least this"""


def quality(size: np.ndarray, x: np.ndarray, y: np.ndarray, error: np.ndarray) -> float:
    """S = mean of (y_i - Y_i)^2 / (error_i^2 + dY_i^2) over the points that lie between points of other sizes.

    All arrays (point,), scaled. Y_i with its error dY_i is the weighted parabola through the two neighbours on either
    side of x_i of all other sizes, of which the farther ones fade as the next one comes near. Houdayer and Hartmann
    take a straight line through one on either side (eq. B3-B5). A curve leaves it by h^2 f''/8 at the distance h of
    points: where errors are smaller, their S sees little else, and is least where points of different sizes coincide.
    About 1 where curves agree within errors; huge where less than half of the points have neighbours, since curves that
    do not overlap say nothing.
    """
    order = np.lexsort((x, size))
    sizes = size[order]
    first = np.concatenate([[0], np.flatnonzero(sizes[1:] != sizes[:-1]) + 1, [len(sizes)]])
    total, n = squared_deviations(first, x[order], y[order], error[order] ** -2.0)
    if n < _LEAST * len(x):
        return float(FAR * (2 - n / len(x)))
    return float(total / n)
