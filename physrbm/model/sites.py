"""The lattice of a machine, where it has one."""

import numpy as np

from physrbm.errors import InvalidInput


def check_sites(sites: np.ndarray | None, n_visible: int, n_hidden: int) -> np.ndarray | None:
    """`sites` (*shape, 2) int32 if every unit of both layers is one site, (layer, unit). Raises InvalidInput."""
    if sites is None:
        return None
    sites = np.asarray(sites)
    if sites.dtype.kind not in "iu" or sites.ndim < 2 or sites.shape[-1] != 2:
        raise InvalidInput(f"sites must be integers (*shape, 2), got {sites.dtype} {sites.shape}")
    layer, unit = sites.reshape(-1, 2).T
    expected = np.stack([np.repeat([0, 1], [n_visible, n_hidden]), np.r_[:n_visible, :n_hidden]])
    order = np.lexsort((unit, layer))
    if layer.size != n_visible + n_hidden or (np.stack([layer[order], unit[order]]) != expected).any():
        raise InvalidInput(f"sites must name each of {n_visible} visible and {n_hidden} hidden units once")
    return sites.astype(np.int32)
