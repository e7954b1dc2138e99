"""Magnitude pruning."""

import numpy as np

from physrbm.model import RBM


def magnitude(rbm: RBM, n_keep: int, rng: np.random.Generator) -> np.ndarray:
    """Keep the `n_keep` bonds of largest |w|; of equal ones the earlier in (i, j) order."""
    keep = np.zeros(rbm.n_bonds, bool)
    keep[np.argsort(-np.abs(rbm.bonds.weight), kind="stable")[:n_keep]] = True
    return keep
