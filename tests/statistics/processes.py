"""Series whose answers are known."""

import numpy as np
from scipy.signal import lfilter


def ar1(rng, phi, n, chains):
    """Stationary x_t = phi x_(t-1) + noise of variance 1 and mean 0, (n, chains): rho(t) = phi^t, tau = phi/(1-phi)."""
    noise = rng.standard_normal((n, chains))
    noise[1:] *= np.sqrt(1 - phi**2)
    return lfilter([1], [1, -phi], noise, axis=0)


def tau_of(phi):
    return phi / (1 - phi)


# 300 repetitions: a fraction that is 0.95 comes out beyond 0.90 ... 0.98 for one seed in 60 (binomial); seeds are fixed
REPETITIONS = 300


def is_95_percent(hits):
    return 0.90 <= np.mean(hits) <= 0.98
