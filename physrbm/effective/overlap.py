"""What the effective couplings of two machines have in common: the names of the hidden units do not enter."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.streams import Stream, generator

_ROUND_OFF = 1e-12


class Overlap(NamedTuple):
    """The cosine of two sets of couplings, beside its distribution where one has its visible units shuffled."""

    cosine: Estimate
    """error: jackknife over the visible units; n is their number"""
    null: Estimate
    """mean cosine of the shuffles, with its standard error"""
    null_sd: float
    """standard deviation of the cosine of one shuffle"""


def coupling_overlap(a: np.ndarray, b: np.ndarray, n_shuffles: int = 100, seed: int = 0) -> Overlap:
    """Cosine sum_(i<j) a_ij b_ij / sqrt(sum_(i<j) a_ij^2 sum_(i<j) b_ij^2) of couplings a, b (Nv, Nv), symmetric.

    The jackknife leaves one visible unit with all its couplings out at a time. It is the scatter that other visible
    units of the same kind would give, taken as exchangeable: too small where neighbouring pixels go together, and blind
    to what another training of the machines would change; for that, repeat with other seeds.
    The null names the visible units of `b` anew at random: a common mean or width of couplings is no similarity.
    Raises InvalidInput for couplings that are not square, symmetric, of one size of at least 3 and finite, or all zero,
    and for less than 2 shuffles.
    """
    a, b = _checked(a), _checked(b)
    if a.shape != b.shape:
        raise InvalidInput(f"both machines must have the same visible units, got {len(a)} and {len(b)}")
    if n_shuffles < 2:
        raise InvalidInput(f"n_shuffles must be at least 2, got {n_shuffles}")
    rows = np.stack([(x * y).sum(1) for x, y in ((a, b), (a, a), (b, b))])
    whole = rows.sum(1)
    left = whole[:, None] - 2 * rows  # unit i stands in row i and in column i
    left[1:][left[1:] < _ROUND_OFF * whole[1:, None]] = 0.0  # all couplings were those of unit i
    left_out = _cosine(*left)
    n = len(a)
    error = float(np.sqrt((n - 1) * left_out.var()))
    rng = generator(seed, Stream.EFFECTIVE)
    names = (rng.permutation(n) for _ in range(n_shuffles))
    draws = np.array([_cosine((a * b[np.ix_(p, p)]).sum(), whole[1], whole[2]) for p in names])
    null = Estimate.of(draws)
    return Overlap(Estimate(float(_cosine(*whole)), error, n), null, float(draws.std(ddof=1)))


def _cosine(ab: np.ndarray, aa: np.ndarray, bb: np.ndarray) -> np.ndarray:
    """Zero where one side has no couplings."""
    scale = np.sqrt(aa) * np.sqrt(bb)
    cosine: np.ndarray = np.divide(ab, scale, out=np.zeros_like(scale), where=scale > 0)
    return cosine


def _checked(couplings: np.ndarray) -> np.ndarray:
    x = np.array(couplings, np.float64)
    if x.ndim != 2 or len(x) < 3 or x.shape != x.T.shape or not np.isfinite(x).all() or (x != x.T).any():
        raise InvalidInput(f"couplings must be symmetric, finite and at least 3 x 3, got the shape {x.shape}")
    np.fill_diagonal(x, 0.0)
    if not x.any():
        raise InvalidInput("all couplings are zero: they have no direction to compare")
    return x
