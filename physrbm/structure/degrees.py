"""Degrees: how many bonds the units keep."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM


class Layers(NamedTuple):
    """One array a layer."""

    visible: np.ndarray
    hidden: np.ndarray


class Profile(NamedTuple):
    """Degrees of one layer in short."""

    mean: float
    variance: float
    """over the units of the layer, divided by their number"""
    min: int
    max: int


def degrees(rbm: RBM) -> Layers:
    """Number of bonds of every unit: (Nv,) and (Nh,) int64."""
    i, j, _ = rbm.bonds
    return Layers(np.bincount(i, minlength=rbm.n_visible), np.bincount(j, minlength=rbm.n_hidden))


def isolated(rbm: RBM) -> Layers:
    """Units without a bond, ascending: only their own fields act on them."""
    k = degrees(rbm)
    return Layers(np.flatnonzero(k.visible == 0), np.flatnonzero(k.hidden == 0))


def profile(degree: np.ndarray) -> Profile:
    """Mean, variance, least and largest of the degrees (unit,) of one layer. Raises InvalidInput."""
    k = checked(degree)
    return Profile(float(k.mean()), float(k.var()), int(k.min()), int(k.max()))


def checked(degree: np.ndarray) -> np.ndarray:
    """`degree` as an array, if it is (unit,) of whole numbers >= 0 and not empty. Raises InvalidInput."""
    k = np.asarray(degree)
    if k.ndim != 1 or k.size == 0:
        raise InvalidInput(f"degrees must be (unit,) and not empty, got the shape {k.shape}")
    if not np.issubdtype(k.dtype, np.integer) or k.min() < 0:
        raise InvalidInput(f"degrees must be whole numbers >= 0, got {k.dtype} from {k.min()}")
    return k
