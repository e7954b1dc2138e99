"""Walkers on a ladder: which configuration stands on which rung."""

from typing import NamedTuple, Protocol

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.sampling import Chains, Samples


class Walkers(NamedTuple):
    """Chains of all rungs and replicas."""

    chains: Chains
    walker: np.ndarray
    """(rung, replica) int64, the walker that stands there; a walker moves between the rungs of its replica"""


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

    def restore(self, walkers: Walkers, n_replicas: int) -> None:
        """Raise InvalidInput unless `walkers`, read from a file, are such as `start` makes and rounds change."""
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


def check_walkers(walker: np.ndarray, n_rungs: int, n_replicas: int) -> None:
    """Raise InvalidInput unless the walkers (rung, replica) are all there, each in its replica."""
    wanted = np.arange(n_rungs * n_replicas).reshape(n_rungs, n_replicas)
    if walker.dtype != np.int64 or not np.array_equal(np.sort(walker, axis=0), wanted):
        raise InvalidInput(f"walkers must be those of {n_rungs} rungs and {n_replicas} replicas")
