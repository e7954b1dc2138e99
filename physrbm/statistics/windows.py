"""Has the mean stopped moving: averages over windows that double in length (Bhatt and Young 1988)."""

from math import nan, sqrt
from typing import NamedTuple

import numpy as np

from physrbm.statistics.series import checked

ALARM = 0.01  # probability of "do not agree" for chains that are equilibrated
COMPARED = 3
_LEAST = 8  # three windows


class Windows(NamedTuple):
    """Averages over the windows (n/2^k, n/2^(k-1)], the last half of the series first (k = 1, 2, ...)."""

    start: np.ndarray
    """first measurement of the window, from 0 (window,)"""
    stop: np.ndarray
    """one past its last measurement (window,)"""
    mean: np.ndarray
    """mean over the window and the chains (window,)"""
    error: np.ndarray
    """standard error from the scatter of the chains (window,); nan for one chain"""
    difference: np.ndarray
    """last half minus this window, mean over chains (window,)"""
    difference_error: np.ndarray
    """its standard error, paired: the scatter over chains of the difference (window,); nan for one chain"""
    agree: bool
    """the last three windows agree; False for one chain, which cannot tell"""


def log2_windows(x: np.ndarray, alarm: float = ALARM) -> Windows:
    """Means of x (measurement, chain) over the windows (n/2^k, n/2^(k-1)], and whether the last three agree.

    Chains are independent, one machine started again or one instance each: differences between windows are taken chain
    by chain, so that the scatter of the instances drops out. The last half agrees with the two windows before it if
    both differences lie within Student's t of their errors; `alarm` is the probability that equilibrated chains with
    normal window means do not agree. Few chains see large drifts only: t is 10 for 4 chains, 3.0 for 64.
    Raises InvalidInput for less than 8 measurements.
    """
    series = checked(x, _LEAST)
    n = len(series)
    stop = np.array([n >> k for k in range(n.bit_length())])
    start = np.append(stop[1:], 0)
    stop, start = stop[start > 0], start[start > 0]
    means = np.array([series[a:b].mean(0) for a, b in zip(start, stop, strict=True)])
    error, apart = _errors(means), means[0] - means
    agree = all(agrees(apart[k], alarm / (COMPARED - 1)) for k in range(1, COMPARED))
    return Windows(start, stop, means.mean(1), error, apart.mean(1), _errors(apart), agree)


def agrees(difference: np.ndarray, alarm: float) -> bool:
    """Whether independent `difference` (chain,) have mean 0: |mean| <= t error, t exceeded with probability `alarm`."""
    from scipy.special import stdtrit

    if len(difference) < 2:
        return False
    t = stdtrit(len(difference) - 1, 1 - alarm / 2)
    return bool(abs(difference.mean()) <= t * difference.std(ddof=1) / sqrt(len(difference)))


def _errors(means: np.ndarray) -> np.ndarray:
    """Standard error over the chains of means (window, chain), (window,)."""
    if means.shape[1] < 2:
        return np.full(len(means), nan)
    error: np.ndarray = means.std(1, ddof=1) / sqrt(means.shape[1])
    return error
