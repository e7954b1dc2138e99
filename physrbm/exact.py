"""Exact sums over all states of the smaller layer, in float64."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM

MAX_UNITS = 25
_BLOCK_BITS = 12


def log_z(rbm: RBM, beta: float = 1.0) -> float:
    """log sum exp(-beta E) by enumeration of the smaller layer. Raises InvalidInput beyond MAX_UNITS units."""
    if rbm.n_hidden < rbm.n_visible:
        rbm = rbm.exchanged()
    n = rbm.n_visible
    if n > MAX_UNITS:
        raise InvalidInput(f"the exact log Z enumerates at most {MAX_UNITS} units of the smaller layer, got {n}")
    low = min(n, _BLOCK_BITS)
    inner = configurations(low)
    inner_field = beta * rbm.visible_bias[:low] @ inner.T
    w = beta * rbm.weights()
    inner_hidden = inner @ w[:low] + beta * rbm.hidden_bias
    total = -np.inf
    for outer in range(1 << (n - low)):
        bits = (outer >> np.arange(n - low)) & 1
        x = inner_hidden + bits @ w[low:]
        log_weight = inner_field + beta * rbm.visible_bias[low:] @ bits + np.logaddexp(0.0, x).sum(1)
        total = np.logaddexp(total, np.logaddexp.reduce(log_weight))
    return float(total - beta * rbm.constant)


def configurations(n: int) -> np.ndarray:
    """All 2^n configurations of n units, (2^n, n) float64; unit k is bit k of the row number."""
    return ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(np.float64)
