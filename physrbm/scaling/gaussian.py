"""Scaled curves as noisy values of one Gaussian process (Harada 2011, Phys. Rev. E 84, 056704; 2015, 92, 012106)."""

import numpy as np

from physrbm.kernels.collapse import log_density

_NONE = 1e10


def cost(x: np.ndarray, y: np.ndarray, error: np.ndarray, kernel: np.ndarray) -> float:
    """-ln P of scaled y (point,) at scaled x with errors, for a process with the covariance

    C_ij = m^2 + a^2 exp(-(x_i - x_j)^2 / 2 l^2) + (error_i^2 + r^2) delta_ij, kernel = ln(a, l, r) in units of the
    spread of y and of x. y is counted from its mean; m = max |y| then lets that of the process be anything else.
    """
    y = y - y.mean()  # an m that is large beside the spread would be all that pivots are made of
    spread, width = y.std(), np.ptp(x)
    if not (0 < spread < np.inf and 0 < width < np.inf):
        return _NONE
    a, length, rest = np.exp(kernel) * (spread, width, spread)
    found = float(log_density(x, y, error**2 + rest**2 + 1e-10 * a * a, a * a, length, (y * y).max()))
    return found if np.isfinite(found) else _NONE
