"""What a score says of data against data."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.scores.keys import Key
from physrbm.streams import Stream, generator


class SplitHalf(NamedTuple):
    """Distribution of a score between disjoint random subsets of data."""

    mean: float
    sd: float
    """standard deviation of one value, not of the mean"""
    draws: int


def split_half(
    score: Callable[[np.ndarray, np.ndarray], Estimate], data: np.ndarray, n: int, seed: int = 0, draws: int = 40
) -> SplitHalf:
    """Mean and standard deviation of `score` between two disjoint random subsets of n rows of data (rows, Nv).

    The distribution of the score under "generated like data" for n + n samples (a permutation test: the two sets are
    drawn without replacement from one pool). For a score with more arguments or several numbers give a function of two
    sets that returns one of its Estimates. `sd` itself is good to 1 / sqrt(2 draws), 11 % for 40 draws.
    Raises InvalidInput for less than 2 draws or fewer than 2 n rows.
    """
    if draws < 2 or not 1 <= n <= len(data) // 2:
        raise InvalidInput(
            f"split halves need 2 draws or more and 1 to {len(data) // 2} samples a half (of {len(data)}), "
            f"got {draws} and {n}"
        )
    rng = generator(seed, Stream.SCORES, Key.SPLIT_HALVES)
    values = []
    for _ in range(draws):
        rows = rng.permutation(len(data))[: 2 * n]
        values.append(score(data[rows[:n]], data[rows[n:]]).value)
    return SplitHalf(float(np.mean(values)), float(np.std(values, ddof=1)), draws)
