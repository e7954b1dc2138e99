"""Walkers on a ladder: which configuration stands on which rung."""

from typing import NamedTuple, Protocol

import numpy as np

from physrbm.model import RBM
from physrbm.sampling import Chains, Samples


class Walkers(NamedTuple):
    """Chains of all rungs and replicas."""

    chains: Chains
    walker: np.ndarray
    """(rung, replica) int64, the walker that stands there; a walker moves, rungs stay"""


class Ladder(Protocol):
    """A path with its rungs, bound to a machine: where chains are, how they move, how they weigh elsewhere."""

    @property
    def n_rungs(self) -> int:
        """Rungs; the last one is the machine that is wanted."""
        ...

    @property
    def target(self) -> RBM:
        """The machine of the last rung."""
        ...

    def start(self, n_replicas: int, given: np.ndarray | None, seed: int, key: tuple[int, ...]) -> Walkers:
        """Walkers on random states, or on those `given` (chain, Nv) over and over; as many replicas, or some more."""
        ...

    def advance(self, walkers: Walkers, n_sweeps: int) -> np.ndarray:
        """Sweep in place; weights (rung, replica, 3): -log p* of a state at the rung below, its own, above."""
        ...

    def exchange(self, walkers: Walkers, accepted: np.ndarray) -> None:
        """Swap the states of rungs k and k + 1 where accepted (rung - 1, replica), in place; no rung twice."""
        ...

    def states(self, walkers: Walkers, rung: int) -> Samples:
        """Configurations (replica, unit) on one rung."""
        ...
