"""Removal of whole hidden units."""

import numpy as np

from physrbm.dilution.view import View
from physrbm.model import RBM


def hidden_units(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Remove the hidden units of smallest norm of their couplings, all bonds of a unit before one of the next.

    The last unit that is touched loses its smallest |w|. What is left of a unit without bonds is a free spin.
    """
    _, j, w = rbm.bonds
    norm = np.bincount(j, w**2, rbm.n_hidden)
    rank = np.empty(rbm.n_hidden, np.int64)
    rank[np.argsort(-norm, kind="stable")] = np.arange(rbm.n_hidden)
    keep = np.zeros(rbm.n_bonds, bool)
    keep[np.lexsort((-np.abs(w), rank[j]))[:n_keep]] = True
    return keep
