"""The structure of a machine in one row."""

from typing import NamedTuple

import numpy as np

from physrbm.model import RBM
from physrbm.structure.components import components
from physrbm.structure.cores import core_numbers
from physrbm.structure.degrees import degrees
from physrbm.structure.percolation import degree_distribution, expected_giant, molloy_reed
from physrbm.structure.spectrum import random_matrix_edge, spectral_norm


class Structure(NamedTuple):
    """Numbers of the graph, and the scale of its couplings in {0,1} units."""

    n_bonds: int
    mean_degree_visible: float
    mean_degree_hidden: float
    isolated_visible: int
    """units without a bond"""
    isolated_hidden: int
    giant_fraction: float
    """of all units, in the largest component"""
    expected_giant_fraction: float
    """the same of a large random graph with these degrees, `expected_giant`"""
    molloy_reed: float
    """above 1: a random graph with these degrees has a giant component"""
    core_order: int
    """largest k with a k-core"""
    core_size: int
    """units of either layer in it"""
    spectral_norm: float
    """largest singular value of W"""
    random_matrix_edge: float
    """the same of a large matrix of independent entries with this mean square"""


def structure(rbm: RBM) -> Structure:
    """All of `Structure` for one machine; every part has a function of its own in `physrbm.structure`."""
    k = degrees(rbm)
    distributions = degree_distribution(k.visible), degree_distribution(k.hidden)
    core = np.concatenate(core_numbers(rbm))
    return Structure(
        n_bonds=rbm.n_bonds,
        mean_degree_visible=rbm.n_bonds / rbm.n_visible,
        mean_degree_hidden=rbm.n_bonds / rbm.n_hidden,
        isolated_visible=int((k.visible == 0).sum()),
        isolated_hidden=int((k.hidden == 0).sum()),
        giant_fraction=components(rbm).giant_fraction,
        expected_giant_fraction=expected_giant(*distributions).units,
        molloy_reed=molloy_reed(*distributions),
        core_order=int(core.max()),
        core_size=int((core == core.max()).sum()),
        spectral_norm=spectral_norm(rbm),
        random_matrix_edge=random_matrix_edge(rbm),
    )
