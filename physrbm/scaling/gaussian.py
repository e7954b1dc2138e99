"""Scaled curves as noisy values of one Gaussian process (Harada 2011, Phys. Rev. E 84, 056704; 2015, 92, 012106)."""

import numpy as np
from scipy.linalg import cho_solve, cholesky

_NONE = 1e10


def cost(x: np.ndarray, y: np.ndarray, error: np.ndarray, kernel: np.ndarray) -> float:
    """-ln P of scaled y (point,) at scaled x with errors, for a process with the covariance

    C_ij = m^2 + a^2 exp(-(x_i - x_j)^2 / 2 l^2) + (error_i^2 + r^2) delta_ij, kernel = ln(a, l, r) in units of the
    spread of y and of x; m = max |y| lets the mean be anything.
    """
    spread, width = y.std(), np.ptp(x)
    if not (0 < spread < np.inf and 0 < width < np.inf):
        return _NONE
    a, length, rest = np.exp(kernel) * (spread, width, spread)
    off = (x[:, None] - x) / length
    covariance = a * a * np.exp(-0.5 * off * off) + (y * y).max()
    covariance[np.diag_indices(len(x))] += error**2 + rest**2 + 1e-10 * a * a
    try:
        root = cholesky(covariance, lower=True, check_finite=False)
    except np.linalg.LinAlgError:
        return _NONE
    fit = y @ cho_solve((root, True), y, check_finite=False)
    return float(0.5 * fit + np.log(np.diag(root)).sum() + 0.5 * len(x) * np.log(2 * np.pi))
