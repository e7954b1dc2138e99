"""Observables of one replica: f(rbm, v, h) -> (chain,) float64, one line each in `OBSERVABLES`."""

from collections.abc import Callable

import numpy as np

from physrbm.model import RBM
from physrbm.observables.fourier import lowest_mode
from physrbm.observables.states import checked, spins


def energy_per_spin(rbm: RBM, v: np.ndarray, h: np.ndarray) -> np.ndarray:
    """E / N, energy per spin; the constant of the machine included."""
    v, h = checked((v, h), rbm.n_visible, rbm.n_hidden)
    per_spin: np.ndarray = rbm.energy(v, h) / (rbm.n_visible + rbm.n_hidden)
    return per_spin


def magnetisation(rbm: RBM, v: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Mean spin of both layers."""
    v, h = checked((v, h), rbm.n_visible, rbm.n_hidden)
    up = np.count_nonzero(v, axis=1) + np.count_nonzero(h, axis=1)
    m: np.ndarray = 2 * up / (rbm.n_visible + rbm.n_hidden) - 1
    return m


def magnetisation_visible(rbm: RBM, v: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Mean spin of the visible layer."""
    v, _ = checked((v, h), rbm.n_visible, rbm.n_hidden)
    return spins(v.mean(1))


def magnetisation_hidden(rbm: RBM, v: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Mean spin of the hidden layer."""
    return spins(hidden_activity(rbm, v, h))


def hidden_activity(rbm: RBM, v: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Fraction of the hidden units that are on."""
    _, h = checked((v, h), rbm.n_visible, rbm.n_hidden)
    on: np.ndarray = h.mean(1)
    return on


def magnetisation_k(rbm: RBM, v: np.ndarray, h: np.ndarray) -> np.ndarray:
    """|m(k)|^2, m(k) = (1/N) sum_r s_r exp(i k.r), averaged over the axes with k = 2 pi / side: chi(k) = N <.>.

    Raises InvalidInput for a machine without a lattice.
    """
    v, h = checked((v, h), rbm.n_visible, rbm.n_hidden)
    return lowest_mode(rbm, spins(v), spins(h))


OBSERVABLES: dict[str, Callable[[RBM, np.ndarray, np.ndarray], np.ndarray]] = {
    "energy_per_spin": energy_per_spin,
    "magnetisation": magnetisation,
    "magnetisation_visible": magnetisation_visible,
    "magnetisation_hidden": magnetisation_hidden,
    "hidden_activity": hidden_activity,
    "magnetisation_k": magnetisation_k,
}
