"""Errors of the mean of a correlated series: by blocks of growing size, and by the integrated time."""

from math import nan, sqrt
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.statistics.autocorrelation import integrated_time
from physrbm.statistics.series import checked

_LEAST_BLOCKS = 16  # the error of fewer blocks is itself uncertain by more than 18 %


class Binning(NamedTuple):
    """Error of the mean by block size, one entry a level; trust it where it no longer grows."""

    size: np.ndarray
    """measurements in a block (level,): 1, 2, 4, ..."""
    error: np.ndarray
    """standard error of the mean if blocks of this size were independent (level,)"""
    n_blocks: np.ndarray
    """blocks in all chains together (level,)"""

    @property
    def uncertainty(self) -> np.ndarray:
        """Standard error of `error` (level,), for normal blocks: error / sqrt(2 (n_blocks - 1))."""
        spread: np.ndarray = self.error / np.sqrt(2 * (self.n_blocks - 1))
        return spread


def binning(x: np.ndarray) -> Binning:
    """Errors of the mean of x (measurement, chain) from blocks of 1, 2, 4, ... measurements.

    A block lies within one chain; what is left over at the end of a chain is not used at that level. Levels end where
    all chains together have less than 16 blocks. error^2 = variance of the block means / number of blocks
    (Flyvbjerg and Petersen 1989). Raises InvalidInput for less than 16 values.
    """
    series = checked(x, 1)
    if series.size < _LEAST_BLOCKS:
        raise InvalidInput(f"the series has {series.size} values; at least {_LEAST_BLOCKS} are needed")
    levels = []
    for level in range(len(series).bit_length()):
        size = 1 << level
        n = len(series) // size
        if n * series.shape[1] < _LEAST_BLOCKS:
            break
        blocks = series[: n * size].reshape(n, size, -1).mean(1)
        levels.append((size, float(blocks.std(ddof=1)) / sqrt(blocks.size), blocks.size))
    size_of, error, count = zip(*levels, strict=True)
    return Binning(np.array(size_of), np.array(error), np.array(count))


def mean(x: np.ndarray) -> Estimate:
    """Mean of x (measurement, chain) with error sqrt(g var / N) and n = N/g, the effective number of samples.

    g is `integrated_time`'s; the variance is corrected for the mean, N/(N - g). Where the integrated time is not
    resolved, a constant series included, there is no telling the error: it is nan and n is 0.
    """
    series = checked(x, 4)
    time = integrated_time(series)
    if not time.resolved:
        return Estimate(float(series.mean()), nan, 0)
    effective = time.n / time.inefficiency
    return Estimate(float(series.mean()), float(series.std()) / sqrt(effective - 1), int(effective))
