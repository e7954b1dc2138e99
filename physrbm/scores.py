"""How well a machine describes data: one function a score, every value with its error."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.model import RBM, independent_fields
from physrbm.streams import Stream, generator

UNITS = {
    "pseudo_likelihood": "nats per pixel",
    "reconstruction": "squared difference per pixel",
    "eps2": "squared covariance per pair of pixels",
}

_JACKKNIFE_BLOCKS = 20
MIN_SECOND_MOMENTS = 2 * _JACKKNIFE_BLOCKS

Sums = tuple[int, np.ndarray, np.ndarray]


def independent_pixels(train: np.ndarray, data: np.ndarray) -> Estimate:
    """Log-likelihood of data (n, Nv) under independent pixels with the means of `train`, nats per sample."""
    field = independent_fields(train)
    return Estimate.of((data * field).sum(1) - np.logaddexp(0, field).sum())


def pseudo_likelihood(rbm: RBM, data: np.ndarray, seed: int = 0) -> Estimate:
    """log p(v_i | all other pixels) of one random pixel i a sample of data (n, Nv), nats per pixel."""
    n, n_visible = data.shape
    pixel = generator(seed, Stream.SCORES).integers(0, n_visible, n)
    flipped = data.copy()
    flipped[np.arange(n), pixel] ^= 1
    return Estimate.of(-np.logaddexp(0, rbm.free_energy(data) - rbm.free_energy(flipped)))


def reconstruction(rbm: RBM, data: np.ndarray) -> Estimate:
    """Mean squared difference of a pixel and its mean after one round trip of means, per pixel."""
    hidden = 1 / (1 + np.exp(-rbm.hidden_fields(data)))
    back = 1 / (1 + np.exp(-rbm.visible_fields(hidden)))
    return Estimate.of(((data - back) ** 2).mean(1))


def second_moments(data: np.ndarray, generated: np.ndarray) -> Estimate:
    """eps2 = 2/(Nv (Nv-1)) sum_(i<j) (C_data - C_generated)^2 of centred covariances.

    The error is a jackknife that leaves one block of both sets out. Positive even for two sets from one source:
    compare with as many data against data. Raises InvalidInput below MIN_SECOND_MOMENTS samples.
    """
    n = min(len(data), len(generated))
    if n < MIN_SECOND_MOMENTS:
        raise InvalidInput(f"second moments need at least {MIN_SECOND_MOMENTS} samples on both sides, got {n}")
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
