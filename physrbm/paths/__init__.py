"""Paths from a distribution that is easy to sample to the one that is wanted: shared by tempering and log Z."""

from physrbm.paths.linear import LinearLadder, LinearPath, from_independent, temperature
from physrbm.paths.machines import MachineLadder, MachinePath, dilution, trajectory
from physrbm.paths.walkers import Ladder, Walkers

__all__ = [
    "Ladder",
    "LinearLadder",
    "LinearPath",
    "MachineLadder",
    "MachinePath",
    "Path",
    "Walkers",
    "dilution",
    "from_independent",
    "temperature",
    "trajectory",
]

Path = LinearPath | MachinePath
