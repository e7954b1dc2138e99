"""Scores from nearest neighbours in Hamming distance: too near is copied, too far is wrong."""

from typing import NamedTuple

import numpy as np

from physrbm.estimate import Estimate
from physrbm.scores.blocks import BLOCKS, block_of_rows, block_sums, checked, kept_blocks, with_error
from physrbm.scores.hamming import distances

COVERAGE_NEIGHBOUR = 5


class AdversarialAccuracy(NamedTuple):
    """Nearest-neighbour adversarial accuracy."""

    truth: Estimate
    """fraction of the data that are nearer to other data than to generated samples; 1/2 is ideal"""
    synthetic: Estimate
    """fraction of the generated samples that are nearer to other generated ones than to data; 1/2 is ideal"""
    eps: Estimate
    """((truth - 1/2)^2 + (synthetic - 1/2)^2) / 2; 0 is ideal and is not reached by finite samples"""


class Diversity(NamedTuple):
    """Distances among samples, in pixels, and coverage."""

    memorising: Estimate
    """distance of a generated sample to the nearest training sample, minus that of held-out data; < 0: memorised"""
    spread: Estimate
    """mean distance of two generated samples, minus that of two held-out samples; < 0: too alike"""
    coverage: Estimate
    """fraction of the held-out samples that have a generated sample near by"""


def aai(data: np.ndarray, generated: np.ndarray) -> AdversarialAccuracy:
    """Adversarial accuracy (Yale et al. 2020) of the first n rows of data (n, Nv) and of generated (m, Nv), n = min.

    truth = mean over data of P(the nearest neighbour is a datum), synthetic the same of generated samples; a sample is
    not its own neighbour. Many neighbours of bits are equally near: a sample with k_own of its own set and k_other of
    the other set at the smallest distance counts k_own / (k_own + k_other), the mean over ties broken at random.
    Both are (n - 1)/(2 n - 1) for equal distributions. Below 1/2: samples are nearer to the other set, copies;
    above: the sets lie apart. Only against the training set does it see copies of the training set. The jackknife
    errors are 1.0 to 1.7 times the scatter over independent samples. Raises InvalidInput like `blocks.checked`.
    """
    data, generated = checked(data, generated)
    n = min(len(data), len(generated))
    nearest, ties = _nearest(np.concatenate([data[:n], generated[:n]]))
    own = np.repeat([0, 1], n)
    block = block_of_rows(n)

    def accuracies(left: int | None) -> tuple[float, float, float]:
        kept = kept_blocks(left)
        distance = nearest[:, :, kept]
        tied = (ties[:, :, kept] * (distance == distance.min((1, 2), keepdims=True))).sum(2)
        share = tied[np.arange(2 * n), own] / tied.sum(1)
        truth, synthetic = (float(part[kept[block]].mean()) for part in (share[:n], share[n:]))
        return truth, synthetic, ((truth - 0.5) ** 2 + (synthetic - 0.5) ** 2) / 2

    return AdversarialAccuracy(*_estimates(*with_error(accuracies), n))


def diversity(train: np.ndarray, data: np.ndarray, generated: np.ndarray) -> Diversity:
    """Memorising, spread and coverage of the first n rows of held-out data (n, Nv) and generated (m, Nv), n = min.

    memorising: mean distance to the nearest row of train (any number, Nv), which is taken as it is, without an error of
    its own. spread: mean distance of two different samples, sum_i 2 p_i (1 - p_i) n/(n - 1), so a function of the pixel
    means p alone. coverage (Naeem et al. 2020): a held-out sample counts if a generated one is nearer than its
    COVERAGE_NEIGHBOUR-th nearest held-out one; a tie does not count, so equal distributions stay below the 1 - 2^-5 of
    continuous ones: compare with `split_half`. Jackknife errors. Raises InvalidInput like `blocks.checked`.
    """
    data, generated = checked(data, generated)
    checked(train, data)
    n = min(len(data), len(generated))
    data, generated = data[:n], generated[:n]
    to_train = [np.concatenate([d.min(1) for _, d in distances(x, train)]) for x in (generated, data)]
    counts = [block_sums(x, lambda rows: (len(rows), rows.sum(0, dtype=np.float64))) for x in (generated, data)]
    to_data = _smallest(data, data, COVERAGE_NEIGHBOUR, itself=True)
    to_generated = _smallest(data, generated, 1, itself=False)
    block = block_of_rows(n)

    def scores(left: int | None) -> tuple[float, float, float]:
        kept = kept_blocks(left)
        rows = kept[block]
        near = [float(d[rows].mean()) for d in to_train]
        apart = [_mean_distance(*sums(left)) for sums in counts]
        reach = np.sort(to_data[rows][:, kept].reshape(np.count_nonzero(rows), -1), axis=1)[:, COVERAGE_NEIGHBOUR - 1]
        covered = to_generated[rows][:, kept].min((1, 2)) < reach
        return near[0] - near[1], apart[0] - apart[1], float(covered.mean())

    return Diversity(*_estimates(*with_error(scores), n))


def _estimates(values: np.ndarray, errors: np.ndarray, n: int) -> list[Estimate]:
    return [Estimate(float(value), float(error), n) for value, error in zip(values, errors, strict=True)]


def _mean_distance(n: int, on: np.ndarray) -> float:
    """Mean distance of two different ones of n samples, of which `on` (Nv,) have the pixel on."""
    return float((2 * on * (n - on)).sum() / (n * (n - 1)))


def _nearest(both: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance to the nearest other row in each block of each half, and how many rows have it: 2 x (2 n, 2, BLOCKS)."""
    n = len(both) // 2
    columns = [half + rows for half in (0, n) for rows in np.array_split(np.arange(n), BLOCKS)]
    nearest = np.empty((2 * n, 2 * BLOCKS), np.float32)
    ties = np.empty((2 * n, 2 * BLOCKS), np.int64)
    for rows, distance in distances(both, both):
        _leave_itself_out(rows, distance)
        for b, column in enumerate(columns):
            part = distance[:, column[0] : column[-1] + 1]
            nearest[rows, b] = part.min(1)
            ties[rows, b] = np.count_nonzero(part == nearest[rows, b, None], axis=1)
    return nearest.reshape(-1, 2, BLOCKS), ties.reshape(-1, 2, BLOCKS)


def _smallest(queries: np.ndarray, points: np.ndarray, k: int, itself: bool) -> np.ndarray:
    """The k smallest distances of each query to each block of points, (n, BLOCKS, k), infinite where there are fewer.

    itself: the queries are the points, and none is its own neighbour.
    """
    smallest = np.full((len(queries), BLOCKS, k), np.inf, np.float32)
    for rows, distance in distances(queries, points):
        if itself:
            _leave_itself_out(rows, distance)
        for b, part in enumerate(np.array_split(distance, BLOCKS, axis=1)):
            few = min(k, part.shape[1])
            smallest[rows, b, :few] = np.partition(part, few - 1, axis=1)[:, :few]
    return smallest


def _leave_itself_out(rows: slice, distance: np.ndarray) -> None:
    distance[np.arange(len(distance)), np.arange(rows.start, rows.stop)] = np.inf
