"""Points of scaled curves against the curves of the other sizes."""

import numpy as np

from physrbm.kernels._jit import kernel


@kernel
def squared_deviations(first, x, y, weight):  # type: ignore[no-untyped-def]
    """Sum over points of (y_i - Y_i)^2 / (1/weight_i + dY_i^2), and the number of points in it.

    first: (size + 1,) where each size begins in x, y, weight (point,), x ascending within a size. Y_i with its error
    dY_i is the weighted straight line, at x_i, through the two neighbours of x_i of every other size; points without
    any are left out.
    """
    total, n = 0.0, 0
    for own in range(len(first) - 1):
        for i in range(first[own], first[own + 1]):
            K, Kx, Ky, Kxx, Kxy = 0.0, 0.0, 0.0, 0.0, 0.0
            for other in range(len(first) - 1):
                low, high = first[other], first[other + 1]
                right = low + np.searchsorted(x[low:high], x[i])
                if other == own or right in (low, high):
                    continue
                for j in (right - 1, right):
                    w, off = weight[j], x[j] - x[i]
                    K += w
                    Kx += w * off
                    Ky += w * y[j]
                    Kxx += w * off * off
                    Kxy += w * off * y[j]
            det = K * Kxx - Kx * Kx
            if det > 1e-12 * K * Kxx:
                Y, variance = (Kxx * Ky - Kx * Kxy) / det, Kxx / det
                total += (y[i] - Y) ** 2 / (1 / weight[i] + variance)
                n += 1
    return total, n
