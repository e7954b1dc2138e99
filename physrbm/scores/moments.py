"""Moments of generated samples against those of data."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate

_JACKKNIFE_BLOCKS = 20
_MIN_SECOND_MOMENTS = 2 * _JACKKNIFE_BLOCKS

Sums = tuple[int, np.ndarray, np.ndarray]


def second_moments(data: np.ndarray, generated: np.ndarray) -> Estimate:
    """eps2 = 2/(Nv (Nv-1)) sum_(i<j) (C_data - C_generated)^2 of centred covariances.

    The error is a jackknife that leaves one block of both sets out; where the sets differ by nothing but noise it is up
    to 1.4 times too large (eps2 is then quadratic in the noise). Positive even for two sets from one source:
    compare with as many data against data. Raises InvalidInput below _MIN_SECOND_MOMENTS samples.
    """
    n = min(len(data), len(generated))
    if n < _MIN_SECOND_MOMENTS or data.shape[1] < 2:
        raise InvalidInput(
            f"second moments need at least {_MIN_SECOND_MOMENTS} samples on both sides and 2 pixels, "
            f"got {n} and {data.shape[1]}"
        )
    parts = [[_sums(block) for block in np.array_split(x, _JACKKNIFE_BLOCKS)] for x in (data, generated)]
    whole = [_sums(x) for x in (data, generated)]
    left = np.empty(_JACKKNIFE_BLOCKS)
    for b in range(_JACKKNIFE_BLOCKS):
        left[b] = _distance(*(_without(all_of, part[b]) for all_of, part in zip(whole, parts, strict=True)))
    error = np.sqrt((_JACKKNIFE_BLOCKS - 1) * left.var())
    return Estimate(_distance(*whole), float(error), n)


def _sums(x: np.ndarray) -> Sums:
    real = x.astype(np.float64)  # sums of products of bits are whole numbers: exact in any order
    return len(x), real.sum(0), real.T @ real


def _without(whole: Sums, part: Sums) -> Sums:
    return whole[0] - part[0], whole[1] - part[1], whole[2] - part[2]


def _distance(a: Sums, b: Sums) -> float:
    difference = _covariance(*a) - _covariance(*b)
    return float((difference[np.triu_indices_from(difference, 1)] ** 2).mean())


def _covariance(n: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    covariance: np.ndarray = second / n - np.outer(first, first) / n**2
    return covariance
