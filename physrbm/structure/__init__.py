"""Structure of the diluted graph: degrees, components, percolation, cores, and the spectrum of the couplings.

The graph has the units of both layers and the surviving bonds, whatever their couplings; N = Nv + Nh. Couplings
are those of {0,1} units. Time and memory are of the order of the bonds, never of Nv Nh.
"""

from physrbm.structure.components import Components, components
from physrbm.structure.cores import core_numbers
from physrbm.structure.degrees import Layers, Profile, degrees, isolated, profile
from physrbm.structure.percolation import (
    Giant,
    binomial_degrees,
    degree_distribution,
    expected_giant,
    molloy_reed,
    threshold_dilution,
)
from physrbm.structure.spectrum import random_matrix_edge, spectral_norm
from physrbm.structure.summary import Structure, structure

__all__ = [
    "Components",
    "Giant",
    "Layers",
    "Profile",
    "Structure",
    "binomial_degrees",
    "components",
    "core_numbers",
    "degree_distribution",
    "degrees",
    "expected_giant",
    "isolated",
    "molloy_reed",
    "profile",
    "random_matrix_edge",
    "spectral_norm",
    "structure",
    "threshold_dilution",
]
