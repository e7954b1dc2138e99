"""The likelihood gradient on the surviving bonds."""

from typing import NamedTuple

import numpy as np

from physrbm.model import Bonds
from physrbm.sampling import Moments


class Gradient(NamedTuple):
    """Ascent direction of the log-likelihood."""

    visible: np.ndarray
    hidden: np.ndarray
    weight: np.ndarray


def plain(data: Moments, model: Moments) -> Gradient:
    """<.>_data - <.>_model."""
    return Gradient(data.visible - model.visible, data.hidden - model.hidden, data.bond - model.bond)


def centred(data: Moments, model: Moments, bonds: Bonds, mu: np.ndarray, lam: np.ndarray) -> Gradient:
    """The gradient in the variables (v - mu), (h - lambda), mapped back (Melchior et al. 2016, eqs. 9-13).

    dw = <(v-mu)(h-lambda)>_data - <...>_model, da = <v>_data - <v>_model - dw lambda, db likewise; sums over the
    surviving bonds alone.
    """
    da, db, dw = plain(data, model)
    i, j = bonds.i.astype(np.intp), bonds.j.astype(np.intp)  # once: every use of an index would convert it
    mu_i, lam_j = mu.take(i), lam.take(j)
    dw = dw - da.take(i) * lam_j - mu_i * db.take(j)
    return Gradient(da - np.bincount(i, dw * lam_j, da.size), db - np.bincount(j, dw * mu_i, db.size), dw)
