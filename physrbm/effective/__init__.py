"""What a machine says about its visible units alone: the Ising model its hidden layer induces."""

from physrbm.effective.ising import Ising, effective_ising
from physrbm.effective.overlap import Overlap, coupling_overlap

__all__ = ["Ising", "Overlap", "coupling_overlap", "effective_ising"]
