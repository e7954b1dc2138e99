"""What a data collapse costs: points against the curves of the other sizes, and against a Gaussian process."""

import numpy as np

from physrbm.kernels._jit import kernel


@kernel
def squared_deviations(first, x, y, weight):  # type: ignore[no-untyped-def]
    """Sum over points of (y_i - Y_i)^2 / (1/weight_i + dY_i^2), and the number of points in it.

    first: (size + 1,) where each size begins in x, y, weight (point,), x ascending within a size. Y_i with its error
    dY_i is the parabola, at x_i, through the neighbours of x_i of all other sizes that reach beyond x_i on both sides,
    two on either side where there are two; points without enough of them are left out. The farther ones fade in and
    out as x_i goes from one neighbour to the next, so that the sum is continuous where points of two sizes meet.
    """
    total, n = 0.0, 0
    near, fading = np.empty(4 * len(first), np.int64), np.empty(4 * len(first))
    s = np.empty(5)
    for own in range(len(first) - 1):
        for i in range(first[own], first[own + 1]):
            m, unit = 0, 1.0
            for other in range(len(first) - 1):
                low, high = first[other], first[other + 1]
                right = low + np.searchsorted(x[low:high], x[i])
                if other == own or right in (low, high):
                    continue
                unit = x[right] - x[right - 1]  # in which distances are counted: their powers stay of order 1
                part = (x[i] - x[right - 1]) / unit
                for j in range(max(right - 2, low), min(right + 2, high)):
                    near[m] = j
                    fading[m] = 1.0 - part if j < right - 1 else part if j > right else 1.0
                    m += 1
            s[:] = 0.0
            for k in range(m):
                power = weight[near[k]] * fading[k]
                for e in range(5):
                    s[e] += power
                    power *= (x[near[k]] - x[i]) / unit
            a, b, c = s[2] * s[4] - s[3] * s[3], s[2] * s[3] - s[1] * s[4], s[1] * s[3] - s[2] * s[2]
            det = s[0] * a + s[1] * b + s[2] * c
            if det > 1e-9 * s[0] * s[2] * s[4]:
                Y, variance = 0.0, 0.0
                for k in range(m):
                    off = (x[near[k]] - x[i]) / unit
                    share = weight[near[k]] * fading[k] * (a + b * off + c * off * off) / det
                    Y += share * y[near[k]]
                    variance += share * share / weight[near[k]]
                total += (y[i] - Y) ** 2 / (1 / weight[i] + variance)
                n += 1
    return total, n


@kernel
def log_density(x, y, variance, amplitude2, length, mean2):  # type: ignore[no-untyped-def]
    """-ln P of y (point,) for the covariance mean2 + amplitude2 exp(-(x_i - x_j)^2 / 2 length^2) + variance_i delta_ij.

    By its Cholesky root, row by row; nan where rounding leaves no positive pivot.
    """
    n = len(x)
    root = np.empty((n, n))
    white = np.empty(n)
    total = 0.5 * n * np.log(2 * np.pi)
    for i in range(n):
        for j in range(i + 1):
            off = (x[i] - x[j]) / length
            c = mean2 + amplitude2 * np.exp(-0.5 * off * off)
            if i == j:
                c += variance[i]
            for k in range(j):
                c -= root[i, k] * root[j, k]
            if i > j:
                root[i, j] = c / root[j, j]
            elif c > 0:
                root[i, i] = np.sqrt(c)
            else:
                return np.nan
        rest = y[i]
        for k in range(i):
            rest -= root[i, k] * white[k]
        white[i] = rest / root[i, i]
        total += 0.5 * white[i] * white[i] + np.log(root[i, i])
    return total
