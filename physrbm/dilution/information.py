"""Rules that ask what a bond does to log Z, or to the likelihood.

Averages under the machine are exact where it is small, else of chains from random states: whether these reach
equilibrium is not examined here.
"""

import numpy as np

from physrbm.dilution.choosing import largest
from physrbm.dilution.pairs import average, under_data, under_model
from physrbm.dilution.view import View
from physrbm.model import RBM


def fisher(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Remove the smallest w^2 Var[(v_i - mu_i)(h_a - lambda_a)]: the second order of the divergence that a bond costs.

    The variance is the Fisher information of the coupling, here under the data.
    """
    under = under_data(rbm, _data(view))
    mean, square = (average(rbm, under, view, of) for of in (lambda x: x, np.square))
    return largest(rbm.bonds.weight**2 * (square - mean**2), n_keep)


def leave_one_out(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Remove the bonds that alone change log Z least: |log <exp(-w (v_i - mu_i)(h_a - lambda_a))>| under the machine.

    Exact where the smaller layer is enumerated, else from the machine's own chains.
    """
    return largest(np.abs(log_z_change(rbm, view)), n_keep)


def log_z_change(rbm: RBM, view: View) -> np.ndarray:
    """log Z without the bond minus log Z with it, (bond,), every bond alone, in the gauge of the view."""
    w = rbm.bonds.weight
    change: np.ndarray = np.log(average(rbm, under_model(rbm, view.seed), view, lambda x: np.exp(-w * x)))
    return change


def gradient(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Remove the smallest first-order change of the likelihood: |w (<x>_data - <x>_machine)|, x = (v - mu)(h - lambda).

    Meant for a machine at its start: a trained one has no gradient.
    """
    data, model = (
        average(rbm, m, view, lambda x: x) for m in (under_data(rbm, _data(view)), under_model(rbm, view.seed))
    )
    return largest(np.abs(rbm.bonds.weight * (data - model)), n_keep)


def _data(view: View) -> np.ndarray:
    assert view.data is not None  # `dilute` has seen to it
    return view.data
