"""Bonds by the order of a score, or so many of each unit."""

import numpy as np


def largest(score: np.ndarray, n_keep: int) -> np.ndarray:
    """Keep (bond,) the `n_keep` of largest score; of equal ones the earlier in (i, j) order."""
    keep = np.zeros(score.size, bool)
    keep[np.argsort(-score, kind="stable")[:n_keep]] = True
    return keep


def largest_of_each(score: np.ndarray, unit: np.ndarray, quota: np.ndarray) -> np.ndarray:
    """Keep (bond,) the `quota[u]` bonds of largest score of every unit u, where `unit` (bond,) is a bond's unit."""
    order = np.lexsort((np.arange(score.size), -score, unit))
    first = np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=quota.size))])[:-1]
    rank = np.empty(score.size, np.int64)
    rank[order] = np.arange(score.size) - first[unit[order]]
    keep: np.ndarray = rank < quota[unit]
    return keep


def equal_quotas(degree: np.ndarray, n_keep: int, rng: np.random.Generator) -> np.ndarray:
    """Bonds (unit,) that every unit keeps: equally many, as far as its `degree` allows; lots decide on what is left."""
    low, high = 0, int(degree.max(initial=0))
    while low < high:  # the largest level that takes no more than n_keep
        level = (low + high + 1) // 2
        low, high = (level, high) if np.minimum(degree, level).sum() <= n_keep else (low, level - 1)
    quota: np.ndarray = np.minimum(degree, low)
    more = np.flatnonzero(degree > quota)
    quota[rng.permutation(more)[: n_keep - int(quota.sum())]] += 1
    return quota
