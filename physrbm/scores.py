"""How well a machine describes data: one function a score, every value with its error."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.model import RBM, independent_fields
from physrbm.streams import Stream, generator


def independent_pixels(train: np.ndarray, data: np.ndarray) -> Estimate:
    """Log-likelihood of data (n, Nv) under independent pixels with the means of `train`, nats per sample."""
    field = independent_fields(train)
    return Estimate.of(data @ field - np.logaddexp(0, field).sum())


def minus_free_energy(rbm: RBM, data: np.ndarray) -> Estimate:
    """Mean of -F(v) over data: the log-likelihood is this less log Z."""
    return Estimate.of(-rbm.free_energy(data))


def pseudo_likelihood(rbm: RBM, data: np.ndarray, seed: int = 0) -> Estimate:
    """log p(v_i | all other pixels) of one random pixel i a sample, nats per pixel."""
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


def second_moments(data: np.ndarray, generated: np.ndarray, blocks: int = 20) -> Estimate:
    """eps2 = 2/(Nv (Nv-1)) sum_(i<j) (C_data - C_generated)^2 of centred covariances.

    Both sets shrink alike in a delete-one-block jackknife, which gives the error. Positive even for two sets from
    one source: compare with the same number of data against data. Raises InvalidInput below 2 samples a block.
    """
    n = min(len(data), len(generated))
    if n < 2 * blocks:
        raise InvalidInput(f"second moments need at least {2 * blocks} samples on both sides, got {n}")
    parts = [[_sums(x) for x in np.array_split(y, blocks)] for y in (data, generated)]
    total = [tuple(sum(p[k] for p in part) for k in range(3)) for part in parts]
    value = _distance(*total)
    left = [
        _distance(*(tuple(t[k] - part[b][k] for k in range(3)) for t, part in zip(total, parts, strict=True)))
        for b in range(blocks)
    ]
    error = float(np.sqrt((blocks - 1) / blocks * np.sum((np.array(left) - np.mean(left)) ** 2)))
    return Estimate(value, error, n)


def _sums(x: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
    real = x.astype(np.float64)  # sums of products of bits are whole numbers: exact in any order
    return len(x), real.sum(0), real.T @ real


def _distance(a: tuple, b: tuple) -> float:  # type: ignore[type-arg]
    difference = _covariance(*a) - _covariance(*b)
    upper = difference[np.triu_indices_from(difference, 1)]
    return float((upper**2).mean())


def _covariance(n: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    covariance: np.ndarray = second / n - np.outer(first, first) / n**2
    return covariance
