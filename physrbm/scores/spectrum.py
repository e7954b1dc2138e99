"""Spectra of generated samples against those of data."""

import math
from collections.abc import Callable

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.scores.blocks import block_sums, checked, with_error

_ROUND_OFF = 1e-12  # a power below is none


def spectrum(data: np.ndarray, generated: np.ndarray) -> Estimate:
    """sqrt(sum_a (l_a(data) - l_a(generated))^2) / sum_a l_a(data), l_1 >= l_2 >= ... the eigenvalues of covariances.

    data (n, Nv) and generated (m, Nv) in {0,1}. A ratio of eigenvalues would not exist where pixels never change. It is
    positive even for two sets from one source, and n samples have at most n - 1 eigenvalues above zero: take equal
    numbers and compare with `split_half`. The jackknife error follows the eigenvalues to first order: without a block
    of samples they are the variances along the eigenvectors of all samples. It is up to twice too large where the sets
    differ by nothing but noise.
    Raises InvalidInput like `blocks.checked`, and for data that do not vary.
    """
    data, generated = checked(data, generated)
    if not data.std(0).any():
        raise InvalidInput("the spectrum needs data that vary, got copies of one sample")
    a, b = _eigenvalues(data), _eigenvalues(generated)

    def distance(left: int | None) -> float:
        of_data, of_generated = a(left), b(left)
        return float(np.linalg.norm(of_data - of_generated) / of_data.sum())

    value, error = with_error(distance)
    # the last digits of eigenvalues depend on the threads of the library that finds them
    rounded = [float(f"{float(x):.10g}") for x in (value, error)]
    return Estimate(rounded[0], rounded[1], min(len(data), len(generated)))


def power_spectrum(data: np.ndarray, generated: np.ndarray, shape: tuple[int, ...]) -> Estimate:
    """Mean over bins of |k| of (log P_data(k) - log P_generated(k))^2, P the power spectrum of images, in nats^2.

    data (n, Nv) and generated (m, Nv) in {0,1}, images of `shape` (rows, columns). P is the variance of the Fourier
    modes over samples (the mean image is removed), averaged over the modes in rings of |k| of width 1 / (longer side)
    cycles a pixel; k = 0 is left out.
    The error is unknown (NaN) where that hangs on one block of samples.
    Raises InvalidInput like `blocks.checked`, for a shape that is not that of images of Nv >= 2 pixels, and where a set
    has no power in a ring: its logarithm does not exist.
    """
    data, generated = checked(data, generated)
    if len(shape) != 2 or min(shape) < 1 or math.prod(shape) != data.shape[1] or data.shape[1] < 2:
        raise InvalidInput(f"shape must be (rows, columns) of images of {data.shape[1]} pixels, got {tuple(shape)}")
    a, b = _power(data, shape), _power(generated, shape)

    def distance(left: int | None) -> float:
        of_data, of_generated = a(left), b(left)
        if not (of_data.all() and of_generated.all()):
            return math.inf
        return float(((np.log(of_data) - np.log(of_generated)) ** 2).mean())

    value, error = with_error(distance)
    if not np.isfinite(value):
        raise InvalidInput("no power spectrum: a set that does not vary at some wave number has no logarithm there")
    return Estimate(float(value), float(error), min(len(data), len(generated)))


def _eigenvalues(x: np.ndarray) -> Callable[[int | None], np.ndarray]:
    """Eigenvalues (Nv,) of the covariance of x, largest first; without a block of samples to first order."""
    centred = x - x.mean(0)
    vectors = np.linalg.eigh(centred.T @ centred)[1][:, ::-1]
    of_blocks = block_sums(centred @ vectors, lambda rows: (len(rows), rows.sum(0), (rows**2).sum(0)))

    def eigenvalues(left: int | None) -> np.ndarray:
        n, first, second = of_blocks(left)
        variance: np.ndarray = second / n - (first / n) ** 2
        return variance

    return eigenvalues


def _power(x: np.ndarray, shape: tuple[int, ...]) -> Callable[[int | None], np.ndarray]:
    """Variance of the Fourier modes of x (n, Nv), a mean over each ring of |k| > 0."""
    k = np.hypot(*np.meshgrid(*(np.fft.fftfreq(side) for side in shape), indexing="ij")).ravel()[1:]
    _, ring, size = np.unique(np.rint(k * max(shape)), return_inverse=True, return_counts=True)
    mean = x.mean(0)  # removed before the sums: their round-off is then far below the power of one pixel in one sample

    def sums(rows: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
        modes = np.fft.fft2((rows - mean).reshape(-1, *shape)).reshape(len(rows), -1)[:, 1:]
        return len(rows), modes.sum(0), (np.abs(modes) ** 2).sum(0)

    of_blocks = block_sums(x, sums)

    def power(left: int | None) -> np.ndarray:
        n, first, second = of_blocks(left)
        variance = (second - np.abs(first) ** 2 / n) / (n - 1)
        averages: np.ndarray = np.bincount(ring, variance) / size
        return np.where(averages > _ROUND_OFF, averages, 0)

    return power
