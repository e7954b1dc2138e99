"""The Hamiltonian of a diluted Restricted Boltzmann Machine."""

from physrbm.model.bonds import Bonds, Rows, hidden_rows, visible_rows
from physrbm.model.files import from_tree, load, to_tree
from physrbm.model.fresh import check_fresh, n_kept, normal_of, random_subset
from physrbm.model.rbm import RBM, check_states, independent_fields
from physrbm.model.spins import Spins

__all__ = [
    "RBM",
    "Bonds",
    "Rows",
    "Spins",
    "check_fresh",
    "check_states",
    "from_tree",
    "hidden_rows",
    "independent_fields",
    "load",
    "n_kept",
    "normal_of",
    "random_subset",
    "to_tree",
    "visible_rows",
]
