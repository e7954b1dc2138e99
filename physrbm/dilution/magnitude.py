"""Pruning by the magnitude of the couplings."""

import numpy as np

from physrbm.dilution.choosing import equal_quotas, largest, largest_of_each
from physrbm.dilution.view import View
from physrbm.model import RBM


def magnitude(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Remove the smallest |w|."""
    return largest(np.abs(rbm.bonds.weight), n_keep)


def largest_magnitude(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Remove the largest |w|: the control that should hurt most."""
    return largest(-np.abs(rbm.bonds.weight), n_keep)


def magnitude_hidden(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Remove the smallest |w| of every hidden unit, so that all keep equally many bonds, as far as they have them."""
    return _of_each(rbm, n_keep, rng, rbm.bonds.j, rbm.n_hidden)


def magnitude_visible(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Remove the smallest |w| of every visible unit, so that all keep equally many bonds, as far as they have them."""
    return _of_each(rbm, n_keep, rng, rbm.bonds.i, rbm.n_visible)


def _of_each(rbm: RBM, n_keep: int, rng: np.random.Generator, unit: np.ndarray, n: int) -> np.ndarray:
    quota = equal_quotas(np.bincount(unit, minlength=n), n_keep, rng)
    return largest_of_each(np.abs(rbm.bonds.weight), unit, quota)
