"""Observables of two replicas of one instance: f(rbm, (v1, h1), (v2, h2)) -> (pair,) float64, listed in `PAIRS`.

Chain c of one replica goes with chain c of the other.
"""

from collections.abc import Callable

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.observables.fourier import lowest_mode
from physrbm.observables.states import States, checked_replicas, mean_overlap, spins, unequal


def overlap(rbm: RBM, one: States, other: States) -> np.ndarray:
    """q = (1/N) sum_i s_i s'_i over both layers."""
    return mean_overlap(*_checked(rbm, one, other))


def overlap_visible(rbm: RBM, one: States, other: States) -> np.ndarray:
    """q of the visible layer."""
    v, _ = unequal(*_checked(rbm, one, other))
    return -spins(v.mean(1))


def overlap_hidden(rbm: RBM, one: States, other: States) -> np.ndarray:
    """q of the hidden layer."""
    _, h = unequal(*_checked(rbm, one, other))
    return -spins(h.mean(1))


def link_overlap(rbm: RBM, one: States, other: States) -> np.ndarray:
    """q_l = (1/n_bonds) sum_(bonds ij) s_i t_j s'_i t'_j over the surviving bonds.

    Couplings of mean 0 and variance s2, normal, fields 0: [E] = -beta s2 n_bonds (1 - [<q_l>]) in equilibrium.
    Raises InvalidInput for a machine without a bond.
    """
    from scipy.sparse import csr_array

    if not rbm.n_bonds:
        raise InvalidInput("the link overlap is a mean over bonds, this machine has none")
    v, h = unequal(*_checked(rbm, one, other))
    shape = (rbm.n_hidden, rbm.n_visible)
    # both layers with the sign of `unequal`, which drops out; whole numbers below 2^24: float32 is exact
    neighbours = csr_array((np.ones(rbm.n_bonds, np.float32), (rbm.bonds.j, rbm.bonds.i)), shape=shape)
    agreement = neighbours @ spins(v).T.astype(np.float32)
    q: np.ndarray = np.einsum("jc,cj->c", agreement, spins(h)) / rbm.n_bonds
    return q


def overlap_k(rbm: RBM, one: States, other: States) -> np.ndarray:
    """|q(k)|^2, q(k) = (1/N) sum_r s_r s'_r exp(i k.r), averaged over the axes with k = 2 pi / side: chi(k) = N <.>.

    Raises InvalidInput for a machine without a lattice.
    """
    v, h = unequal(*_checked(rbm, one, other))
    return lowest_mode(rbm, spins(v), spins(h))


PAIRS: dict[str, Callable[[RBM, States, States], np.ndarray]] = {
    "overlap": overlap,
    "overlap_visible": overlap_visible,
    "overlap_hidden": overlap_hidden,
    "link_overlap": link_overlap,
    "overlap_k": overlap_k,
}


def _checked(rbm: RBM, one: States, other: States) -> tuple[States, States]:
    first, second = checked_replicas([one, other], rbm.n_visible, rbm.n_hidden)
    return first, second
