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


def moments(rbm: RBM) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """<v_i> (Nv,), <h_a> (Nh,) and <v_i h_a> (bond,) of the machine. Raises InvalidInput beyond MAX_UNITS units."""
    if rbm.n_hidden < rbm.n_visible:
        other = rbm.exchanged()
        hidden, visible, bond = moments(other)
        order = np.lexsort((other.bonds.i, other.bonds.j))  # its bonds in the order of these
        return visible, hidden, bond[order]
    n, total = rbm.n_visible, log_z(rbm)
    low = min(n, _BLOCK_BITS)
    inner, visible, pairs = configurations(low), np.zeros(n), np.zeros((n, rbm.n_hidden))
    hidden = np.zeros(rbm.n_hidden)
    for outer in range(1 << (n - low)):
        bits = np.broadcast_to((outer >> np.arange(n - low)) & 1, (len(inner), n - low))
        v = np.hstack([inner, bits])
        weight = np.exp(-rbm.free_energy(v) - total)
        means = weight[:, None] * rbm.hidden_means(v)
        visible, hidden, pairs = visible + weight @ v, hidden + means.sum(0), pairs + v.T @ means
    return visible, hidden, pairs[rbm.bonds.i, rbm.bonds.j]
