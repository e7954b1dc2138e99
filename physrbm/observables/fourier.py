"""The longest wave of a lattice: Fourier components of a field on the sites of both layers."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM


def lowest_mode(rbm: RBM, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """|f(k)|^2 of f(k) = (1/N) sum_r f_r exp(i k.r), averaged over the axes with k = 2 pi / side along one: (chain,).

    The field f is x (chain, Nv) on the visible sites and y (chain, Nh) on the hidden ones. For `correlation_length`,
    which takes one k, the sides must be equal. Raises InvalidInput for a machine without a lattice.
    """
    if rbm.sites is None:
        raise InvalidInput("Fourier components need the sites of a lattice, this machine has none (rbm.sites is None)")
    waves = _waves(rbm.sites)
    f = (x @ waves[0, : rbm.n_visible] + y @ waves[1, : rbm.n_hidden]) / (rbm.n_visible + rbm.n_hidden)
    squared: np.ndarray = np.square(f).sum(1) / (waves.shape[2] // 2)
    return squared


def _waves(sites: np.ndarray) -> np.ndarray:
    """cos(k.r) and sin(k.r) of every axis, at the site of each unit: (layer, unit, 2 axes)."""
    shape = sites.shape[:-1]
    angle = np.stack([2 * np.pi * at / side for at, side in zip(np.indices(shape), shape, strict=True)], -1)
    layer, unit = sites[..., 0], sites[..., 1]
    waves = np.zeros((2, int(unit.max()) + 1, 2 * len(shape)))
    waves[layer, unit] = np.concatenate([np.cos(angle), np.sin(angle)], -1)
    return waves
