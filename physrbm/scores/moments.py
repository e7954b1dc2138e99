"""Moments of generated samples against those of data.

eps = mean over moments of (moment of data - moment of generated)^2 is positive even for two sets from one source. Its
expectation there is the `..._noise` of the same samples: eps - noise estimates the squared difference of the sources.
The errors are jackknife errors (`blocks`). Where the sets differ by nothing but noise, eps is quadratic in the noise
and its error is up to 1.4 times too large.
"""

from collections.abc import Callable

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.scores.blocks import BLOCKS, block_sums, checked, with_error
from physrbm.scores.keys import Key
from physrbm.statistics import jackknife_error
from physrbm.streams import Stream, generator

MAX_TRIPLES = 20_000

Moments = Callable[[int | None], np.ndarray]
"""moments (moment,) of a set, as a function of the block of samples that is left out"""


def first_moments(data: np.ndarray, generated: np.ndarray) -> Estimate:
    """eps1 = 1/Nv sum_i (<v_i>_data - <v_i>_generated)^2 of data (n, Nv) and generated (m, Nv) in {0,1}.

    Raises InvalidInput like `blocks.checked`.
    """
    data, generated = checked(data, generated)
    return _distance(_means(data), _means(generated), min(len(data), len(generated)))


def first_noise(data: np.ndarray, generated: np.ndarray) -> float:
    """Expectation of `first_moments` for equal distributions (the jackknife variances of the means of both sets)."""
    return _noise(*map(_means, checked(data, generated)))


def second_moments(data: np.ndarray, generated: np.ndarray) -> Estimate:
    """eps2 = 2/(Nv (Nv-1)) sum_(i<j) (C_data - C_generated)^2 of centred covariances.

    Raises InvalidInput like `blocks.checked`, and for less than 2 pixels.
    """
    data, generated = checked(data, generated)
    return _distance(_covariances(data), _covariances(generated), min(len(data), len(generated)))


def second_noise(data: np.ndarray, generated: np.ndarray) -> float:
    """Expectation of `second_moments` for equal distributions (jackknife variances of the covariances)."""
    return _noise(*map(_covariances, checked(data, generated)))


def third_moments(data: np.ndarray, generated: np.ndarray, seed: int = 0) -> Estimate:
    """eps3 = mean over triples i<j<k of (T_data - T_generated)^2, T = <dv_i dv_j dv_k> with dv = v - <v>.

    The triples are all there are, or MAX_TRIPLES drawn by `seed` (with replacement). The error is the jackknife error
    over samples and the standard error from drawing triples, in quadrature.
    Raises InvalidInput like `blocks.checked`, and for less than 3 pixels.
    """
    data, generated = checked(data, generated)
    triples, all_of_them = _triples(data.shape[1], seed)
    a, b = _thirds(data, triples), _thirds(generated, triples)
    found = _distance(a, b, min(len(data), len(generated)))
    if all_of_them:
        return found
    drawing = Estimate.of((a(None) - b(None)) ** 2)
    return found._replace(error=float(np.hypot(found.error, drawing.error)))


def third_noise(data: np.ndarray, generated: np.ndarray, seed: int = 0) -> float:
    """Expectation of `third_moments` of that `seed` for equal distributions (jackknife variances)."""
    data, generated = checked(data, generated)
    triples, _ = _triples(data.shape[1], seed)
    return _noise(_thirds(data, triples), _thirds(generated, triples))


def _distance(a: Moments, b: Moments, n: int) -> Estimate:
    value, error = with_error(lambda left: ((a(left) - b(left)) ** 2).mean())
    return Estimate(float(value), float(error), n)


def _noise(a: Moments, b: Moments) -> float:
    left_out = (np.array([moments(block) for block in range(BLOCKS)]) for moments in (a, b))
    return float(sum((jackknife_error(moments) ** 2).mean() for moments in left_out))


def _means(x: np.ndarray) -> Moments:
    sums = block_sums(x, lambda rows: (len(rows), rows.sum(0, dtype=np.float64)))

    def means(left: int | None) -> np.ndarray:
        n, first = sums(left)
        mean: np.ndarray = first / n
        return mean

    return means


def _covariances(x: np.ndarray) -> Moments:
    pairs = np.triu_indices(x.shape[1], 1)
    if not pairs[0].size:
        raise InvalidInput(f"second moments need at least 2 pixels, got {x.shape[1]}")

    def sums(rows: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
        real = rows.astype(np.float64)  # sums of products of bits are whole numbers: exact in any order
        return len(rows), real.sum(0), real.T @ real

    of_blocks = block_sums(x, sums)

    def covariances(left: int | None) -> np.ndarray:
        n, first, second = of_blocks(left)
        covariance: np.ndarray = (second / n - np.outer(first, first) / n**2)[pairs]
        return covariance

    return covariances


def _thirds(x: np.ndarray, triples: np.ndarray) -> Moments:
    def sums(rows: np.ndarray) -> tuple[int, np.ndarray]:
        packed = np.packbits(rows, axis=0)
        i, j, k = (packed[:, pixel] for pixel in triples)  # (samples / 8, triple) each
        ij = i & j
        return len(rows), np.array([_count(bits) for bits in (i, j, k, j & k, i & k, ij, ij & k)])

    of_blocks = block_sums(x, sums)

    def thirds(left: int | None) -> np.ndarray:
        n, counts = of_blocks(left)
        i, j, k, jk, ik, ij, ijk = counts / n
        third: np.ndarray = ijk - i * jk - j * ik - k * ij + 2 * i * j * k
        return third

    return thirds


def _count(bits: np.ndarray) -> np.ndarray:
    count: np.ndarray = np.bitwise_count(bits).sum(0, dtype=np.int64)
    return count


def _triples(n_visible: int, seed: int) -> tuple[np.ndarray, bool]:
    """Triples of different pixels, (3, triple), and whether they are all there are."""
    if n_visible < 3:
        raise InvalidInput(f"third moments need at least 3 pixels, got {n_visible}")
    if n_visible * (n_visible - 1) * (n_visible - 2) // 6 <= MAX_TRIPLES:
        each = np.arange(n_visible)
        i, j, k = np.meshgrid(each, each, each, indexing="ij")
        return np.array([axis[(i < j) & (j < k)] for axis in (i, j, k)]), True
    rng = generator(seed, Stream.SCORES, Key.TRIPLES)
    i, j, k = (rng.integers(0, n_visible - taken, MAX_TRIPLES) for taken in range(3))
    j += j >= i  # skip the pixels that are taken, the smaller one first
    k += k >= np.minimum(i, j)
    k += k >= np.maximum(i, j)
    return np.array([i, j, k]), False
