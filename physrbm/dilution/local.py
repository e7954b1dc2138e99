"""Local receptive fields."""

import numpy as np

from physrbm.dilution.choosing import equal_quotas, largest_of_each
from physrbm.dilution.view import View
from physrbm.errors import InvalidInput
from physrbm.model import RBM


def local(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Every hidden unit sees the pixels nearest to a centre of its own, drawn uniformly on the image.

    Distances are Euclidean, lots decide on equal ones. Raises InvalidInput for a shape that is not that of the layer.
    """
    rows, columns = (*(view.shape or ()), 0, 0)[:2]
    if len(view.shape or ()) != 2 or rows * columns != rbm.n_visible:
        raise InvalidInput(f"the rule 'local' needs images of {rbm.n_visible} pixels, got the shape {view.shape}")
    centre = rng.random((rbm.n_hidden, 2)) * (rows, columns) - 0.5
    i, j, _ = rbm.bonds
    distance = np.hypot(i // columns - centre[j, 0], i % columns - centre[j, 1])
    tie = 1e-9 * rng.random(distance.size)
    return largest_of_each(-distance - tie, j, equal_quotas(np.bincount(j, minlength=rbm.n_hidden), n_keep, rng))
