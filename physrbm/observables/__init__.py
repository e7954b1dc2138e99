"""What is read off states: order parameters of one replica, of pairs, and of sets of them.

States are units {0,1}, v (chain, Nv) and h (chain, Nh); values are those of spins s = 2v - 1 of both layers,
N = Nv + Nh, unless a name says otherwise. Averages, and functions of averages, are left to `statistics`.
"""

from physrbm.observables.distribution import Distribution, overlap_distribution
from physrbm.observables.glass import chi_sg, chi_sg_of_sets, edwards_anderson_q
from physrbm.observables.modes import data_modes, modes, principal_components, project, singular_vectors
from physrbm.observables.pairs import PAIRS
from physrbm.observables.single import OBSERVABLES

__all__ = [
    "OBSERVABLES",
    "PAIRS",
    "Distribution",
    "chi_sg",
    "chi_sg_of_sets",
    "data_modes",
    "edwards_anderson_q",
    "modes",
    "overlap_distribution",
    "principal_components",
    "project",
    "singular_vectors",
]
