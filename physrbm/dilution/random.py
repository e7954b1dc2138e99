"""Quenched random bond dilution."""

import numpy as np

from physrbm.dilution.view import View
from physrbm.model import RBM, random_subset


def random(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Keep n_keep bonds chosen uniformly at random."""
    keep = np.zeros(rbm.n_bonds, bool)
    keep[random_subset(rbm.n_bonds, n_keep, rng)] = True
    return keep


def bernoulli(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Keep every bond by itself with the probability n_keep / bonds, as in bond percolation: the count fluctuates."""
    return rng.random(rbm.n_bonds) < n_keep / rbm.n_bonds
