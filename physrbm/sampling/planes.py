"""Overlaps of two replicas on every rung, plane by plane of a lattice: what q and its Fourier modes are made of."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.sampling.multispin import SpinChains

Masks = tuple[np.ndarray, np.ndarray]
"""(plane, unit / 32) int32 of the visible and the hidden layer"""


def plane_masks(rbm: RBM) -> Masks:
    """Which units lie in a plane; planes are numbered (axis, coordinate). Raises InvalidInput without a lattice."""
    if rbm.sites is None:
        raise InvalidInput("planes need a machine on a lattice")
    shape = rbm.sites.shape[:-1]
    if len(set(shape)) > 1:
        raise InvalidInput(f"planes need equal sides, got {shape}")
    place = np.indices(shape).reshape(len(shape), -1)
    layer, unit = rbm.sites.reshape(-1, 2).T
    found = []
    for k, n_units in enumerate((rbm.n_visible, rbm.n_hidden)):
        inside = np.zeros((len(shape), shape[0], -(-n_units // 32) * 32), bool)
        for axis in range(len(shape)):
            inside[axis, place[axis, layer == k], unit[layer == k]] = True
        bits = np.packbits(inside, axis=-1, bitorder="little").view("<i4").astype(np.int32)
        found.append(np.ascontiguousarray(bits.reshape(-1, bits.shape[-1])))
    return found[0], found[1]


def plane_overlaps(chains: SpinChains, lane: np.ndarray, masks: Masks, shape: tuple[int, ...]) -> np.ndarray:
    """Sums of s s' over planes, (block, 32 w, rung, axis, coordinate) int64. lane: see kernel."""
    from physrbm.kernels import multispin

    counts = np.empty((*lane.shape[:2], lane.shape[3], len(masks[0])), np.int32)
    multispin.count_planes(chains.visible, chains.hidden, lane, *masks, counts)
    sites = int(np.prod(shape)) // shape[0]
    return (sites - 2 * counts.astype(np.int64)).reshape(*counts.shape[:3], len(shape), shape[0])
