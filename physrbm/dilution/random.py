"""Quenched random bond dilution with an exact count."""

import numpy as np

from physrbm.model import RBM, random_subset


def random(rbm: RBM, n_keep: int, rng: np.random.Generator) -> np.ndarray:
    """Keep `n_keep` bonds chosen uniformly at random."""
    keep = np.zeros(rbm.n_bonds, bool)
    keep[random_subset(rbm.n_bonds, n_keep, rng)] = True
    return keep
