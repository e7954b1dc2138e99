"""Controls of magnitude pruning: what of a mask matters, the bonds themselves, their signs or the degrees?"""

import numpy as np

from physrbm.dilution.magnitude import magnitude
from physrbm.dilution.view import View
from physrbm.model import RBM, random_subset
from physrbm.tickets import shuffled_pairs


def sign_preserving(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """As many couplings of either sign as `magnitude` keeps, chosen at random among those of that sign."""
    positive = rbm.bonds.weight > 0
    n_positive = int(np.count_nonzero(magnitude(rbm, n_keep, rng, view) & positive))
    keep = np.zeros(rbm.n_bonds, bool)
    for which, n in ((positive, n_positive), (~positive, n_keep - n_positive)):
        bonds = np.flatnonzero(which)
        keep[bonds[random_subset(bonds.size, n, rng)]] = True
    return keep


def permuted(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """The degrees of both layers that `magnitude` leaves, the bonds otherwise at random (a permuted ticket)."""
    return shuffled(rbm, magnitude(rbm, n_keep, rng, view), rng)


def shuffled(rbm: RBM, keep: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Keep (bond,) of equal degrees, among the bonds there are."""
    i, j, _ = rbm.bonds
    allowed = None
    if rbm.n_bonds < rbm.n_visible * rbm.n_hidden:
        allowed = np.zeros((rbm.n_visible, rbm.n_hidden), bool)
        allowed[i, j] = True
    pairs = shuffled_pairs(i[keep], j[keep], rbm.n_visible, rbm.n_hidden, rng, allowed)
    chosen = np.zeros((rbm.n_visible, rbm.n_hidden), bool)
    chosen[pairs] = True
    found: np.ndarray = chosen[i, j]
    return found
