"""Errors of functions of averages: leave one block of samples out at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate


def jackknife(function: Callable[..., Any], *arrays: np.ndarray, blocks: int | None = None) -> Estimate:
    """`function` of the averages of `arrays` (sample, ...), with its jackknife error and n = number of blocks.

    The value is function(averages over all samples): its bias of order 1/n is not removed, it is smaller than the error
    by 1/sqrt(n). Samples are independent (instances of disorder, one after another), or neighbours in time with
    `blocks` so few that each is much longer than the inefficiency g; None takes one block a sample.
    The average over disorder comes before the function: [<q^4>]/[<q^2>]^2, never the mean of ratios.
    Raises InvalidInput for arrays of different length, less than 2 blocks, more blocks than samples, or a function that
    does not return one number (take `replicates` and `jackknife_error` for arrays).
    """
    left_out = replicates(function, *arrays, blocks=blocks)
    if left_out.ndim != 1:
        raise InvalidInput(f"the function must return one number, got an array of shape {left_out.shape[1:]}")
    value = function(*(np.asarray(x).mean(0, dtype=np.float64) for x in arrays))
    return Estimate(float(value), float(jackknife_error(left_out)), len(left_out))


def replicates(function: Callable[..., Any], *arrays: np.ndarray, blocks: int | None = None) -> np.ndarray:
    """`function` of the averages of `arrays` (sample, ...) without one block of samples each time, (block, ...).

    Blocks are neighbours of equal length, up to one sample. The same arrays and `blocks` leave the same samples out:
    push the replicates through a crossing or a fit, then take `jackknife_error`. Raises InvalidInput like `jackknife`.
    """
    lengths = {len(x) for x in arrays}
    if len(lengths) != 1:
        raise InvalidInput(f"arrays need the same number of samples, got {sorted(lengths)}")
    n = lengths.pop()
    count = n if blocks is None else blocks
    if not 2 <= count <= n:
        raise InvalidInput(f"blocks is {count}; 2 to {n} (the number of samples) are allowed")
    means = [_left_out(np.asarray(x, np.float64), count) for x in arrays]
    return np.array([function(*(m[b] for m in means)) for b in range(count)], np.float64)


def jackknife_error(left_out: np.ndarray) -> np.ndarray:
    """Standard error (...) from `replicates` (block, ...): error^2 = (B-1)/B sum_b (r_b - mean of r)^2 (Efron 1982)."""
    error: np.ndarray = np.sqrt((len(left_out) - 1) * left_out.var(0))
    return error


def _left_out(x: np.ndarray, blocks: int) -> np.ndarray:
    """Averages of x (sample, ...) without block b, (block, ...)."""
    edges = np.arange(blocks) * len(x) // blocks
    kept = len(x) - np.diff(edges, append=len(x)).reshape(-1, *[1] * (x.ndim - 1))
    mean = x.mean(0)  # sums of deviations keep the digits that sums of x would lose
    left_out: np.ndarray = mean - np.add.reduceat(x - mean, edges, axis=0) / kept
    return left_out
