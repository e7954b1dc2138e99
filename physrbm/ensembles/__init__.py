"""Machines of statistical physics, in spin units: what is known about them holds the sampler to account."""

from physrbm.ensembles.graphs import random_regular, sherrington_kirkpatrick
from physrbm.ensembles.lattices import edwards_anderson, ising_lattice

__all__ = ["edwards_anderson", "ising_lattice", "random_regular", "sherrington_kirkpatrick"]
