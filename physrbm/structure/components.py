"""Connected components: units that bonds join, however indirectly; the machine is a product over them."""

from typing import NamedTuple

import numpy as np

from physrbm.model import RBM, visible_rows
from physrbm.structure.degrees import Layers


class Components(NamedTuple):
    """Connected components of both layers together, the largest first; an isolated unit is one of size 1."""

    sizes: np.ndarray
    """(component,) int64, units of either layer; they sum to N = Nv + Nh"""
    labels: Layers
    """(Nv,) and (Nh,) int64, the component of every unit as a place in `sizes`"""

    @property
    def giant_fraction(self) -> float:
        """S_1 / N, the fraction of all units in the largest component."""
        return float(self.sizes[0] / self.sizes.sum())

    @property
    def mean_cluster_size(self) -> float:
        """sum s^2 / sum s over all components but the largest; 0 if there is no other.

        The mean size of the component of a unit outside the largest: the susceptibility of percolation, which
        diverges at its threshold (Stauffer & Aharony 1994, section 2.3).
        """
        others = self.sizes[1:].astype(np.float64)
        return float((others**2).sum() / others.sum()) if others.size else 0.0


def components(rbm: RBM) -> Components:
    """Connected components of the graph of `rbm`, in time and memory of the order of its bonds and units."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n_visible, n = rbm.n_visible, rbm.n_visible + rbm.n_hidden
    rows = visible_rows(rbm.bonds, n_visible)
    start = np.concatenate([rows.start, np.full(rbm.n_hidden, rows.start[-1])])  # one direction is enough
    present = np.ones(rbm.n_bonds)  # never the couplings: the graph has a bond whose coupling is zero
    graph = csr_array((present, rows.neighbour + np.int64(n_visible), start), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    size = np.bincount(label)
    order = np.argsort(-size, kind="stable")
    place = np.empty(size.size, np.int64)
    place[order] = np.arange(size.size)
    label = place[label]
    return Components(size[order], Layers(label[:n_visible], label[n_visible:]))
