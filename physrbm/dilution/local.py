"""Local receptive fields."""

import numpy as np

from physrbm.dilution.choosing import equal_quotas, largest_of_each
from physrbm.dilution.view import View
from physrbm.model import RBM


def local(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Every hidden unit sees the pixels nearest to a centre of its own, drawn uniformly on the image.

    Distances are Euclidean, lots decide on equal ones.
    """
    assert view.shape is not None  # `dilute` has seen to it
    rows, columns = view.shape
    centre = rng.random((rbm.n_hidden, 2)) * (rows, columns) - 0.5
    i, j, _ = rbm.bonds
    distance = np.hypot(i // columns - centre[j, 0], i % columns - centre[j, 1])
    tie = 1e-9 * rng.random(distance.size)
    return largest_of_each(-distance - tie, j, equal_quotas(np.bincount(j, minlength=rbm.n_hidden), n_keep, rng))
