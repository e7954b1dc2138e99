"""Scores of a machine on data: no sample of it is needed."""

import numpy as np

from physrbm.estimate import Estimate
from physrbm.model import RBM, independent_fields
from physrbm.streams import Stream, generator

PIXELS = 8


def independent_pixels(train: np.ndarray, data: np.ndarray) -> Estimate:
    """Log-likelihood of data (n, Nv) under independent pixels with the means of `train`, nats per sample."""
    field = independent_fields(train)
    return Estimate.of((data * field).sum(1) - np.logaddexp(0, field).sum())


def pseudo_likelihood(rbm: RBM, data: np.ndarray, seed: int = 0) -> Estimate:
    """Mean of log p(v_i | all other pixels) over PIXELS random pixels i a sample of data (n, Nv), nats per pixel.

    Flipping pixel i changes the free energy from F to F': log p = -log(1 + exp(F - F')).
    """
    rng, rows = generator(seed, Stream.SCORES), np.arange(len(data))
    whole, log_p = rbm.free_energy(data), np.zeros(len(data))
    for _ in range(PIXELS):
        flipped = data.copy()
        flipped[rows, rng.integers(0, rbm.n_visible, rows.size)] ^= 1
        log_p -= np.logaddexp(0, whole - rbm.free_energy(flipped)) / PIXELS
    return Estimate.of(log_p)


def reconstruction(rbm: RBM, data: np.ndarray) -> Estimate:
    """Mean squared difference of a pixel and its mean after one round trip of means, per pixel."""
    back = rbm.visible_means(rbm.hidden_means(data))
    return Estimate.of(((data - back) ** 2).mean(1))


def energy(rbm: RBM, data: np.ndarray, generated: np.ndarray) -> Estimate:
    """(<F>_generated - <F>_data) / Nv, F the free energy; errors of both means.

    Zero needs the right mean of F alone; and it is no test of mixing: at equilibrium it is the entropy of the machine
    minus the cross-entropy of the data, per pixel.
    """
    a, b = (Estimate.of(rbm.free_energy(x) / rbm.n_visible) for x in (generated, data))
    return Estimate(a.value - b.value, float(np.hypot(a.error, b.error)), min(a.n, b.n))
