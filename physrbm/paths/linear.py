"""Straight paths of one machine: rung k samples s_k E + r_k E_base, E_base being fields on the visible units."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, check_states
from physrbm.paths.walkers import Walkers, check_walkers
from physrbm.sampling import (
    Machine,
    Samples,
    check_chains,
    new_chains,
    pack_machine,
    random_states,
    states,
    sweep_measured,
)


class LinearPath(NamedTuple):
    """(s, r) goes straight from `first` at t = 0 to `last` at t = 1."""

    first: tuple[float, float]
    last: tuple[float, float]
    t: np.ndarray
    """(rung,) ascending from 0 to 1"""

    def scales(self) -> np.ndarray:
        """(s, r) of the rungs, (rung, 2)."""
        return np.outer(1 - self.t, self.first) + np.outer(self.t, self.last)

    def bind(self, rbm: RBM, data: np.ndarray | None = None) -> "LinearLadder":
        """The path on a machine; the base has the pixel means of `data` (n, Nv), or no fields. Raises InvalidInput."""
        base = np.zeros(rbm.n_visible)
        if data is not None:
            mean = np.clip(check_states(data, rbm.n_visible).mean(0), 1e-3, 1 - 1e-3)
            base = np.log(mean) - np.log1p(-mean)
        return LinearLadder(self, rbm, base, pack_machine(rbm, base), self.scales())


class LinearLadder(NamedTuple):
    """A `LinearPath` on a machine. Chains keep their places: a walker takes the scales of the rung it comes to."""

    path: LinearPath
    rbm: RBM
    base: np.ndarray
    """(Nv,) fields of the base"""
    machine: Machine
    scales: np.ndarray
    """(rung, 2)"""

    @property
    def n_rungs(self) -> int:
        """Rungs."""
        return len(self.scales)

    @property
    def target(self) -> RBM:
        """The machine."""
        return self.rbm

    def start(self, n_replicas: int, given: np.ndarray | None, seed: int, key: tuple[int, ...]) -> Walkers:
        """As `Ladder.start`."""
        n = self.n_rungs * n_replicas
        rows = random_states(n, self.rbm.n_visible, seed, key) if given is None else given[np.arange(n) % len(given)]
        walkers = Walkers(
            new_chains(rows, self.rbm.n_hidden, seed, key), np.arange(n).reshape(self.n_rungs, n_replicas)
        )
        self._place(walkers)
        return walkers

    def restore(self, walkers: Walkers, n_replicas: int) -> None:
        """As `Ladder.restore`."""
        check_walkers(walkers.walker, self.n_rungs, n_replicas)
        if walkers.chains.n_chains != walkers.walker.size:
            raise InvalidInput(f"{walkers.walker.size} walkers have {walkers.chains.n_chains} chains")
        check_chains(walkers.chains, self.rbm.n_visible, self.rbm.n_hidden)
        self._place(walkers)

    def advance(self, walkers: Walkers, n_sweeps: int) -> np.ndarray:
        """As `Ladder.advance`."""
        near = np.clip(np.arange(self.n_rungs)[:, None] + [-1, 0, 1], 0, self.n_rungs - 1)
        weights: np.ndarray = np.einsum("krc,knc->krn", self.energies(walkers, n_sweeps), self.scales[near])
        return weights

    def energies(self, walkers: Walkers, n_sweeps: int) -> np.ndarray:
        """Sweep in place; E and E_base of the states reached, (rung, replica, 2)."""
        energy = sweep_measured(self.machine, walkers.chains, n_sweeps)
        energy[:, 0] += self.rbm.constant
        by_rung: np.ndarray = energy[walkers.walker]
        return by_rung

    def exchange(self, walkers: Walkers, accepted: np.ndarray) -> None:
        """As `Ladder.exchange`."""
        exchange_labels(walkers.walker, accepted)
        self._place(walkers)

    def states(self, walkers: Walkers, rung: int) -> Samples:
        """As `Ladder.states`."""
        return Samples(*(x[walkers.walker[rung]] for x in states(walkers.chains)))

    def _place(self, walkers: Walkers) -> None:
        for column, lanes in enumerate((walkers.chains.scale, walkers.chains.base_scale)):
            lanes.reshape(-1)[walkers.walker] = self.scales[:, column, None]


def exchange_labels(label: np.ndarray, accepted: np.ndarray) -> None:
    """Swap label (rung, replica) of rungs k and k + 1 where accepted (rung - 1, replica), in place."""
    rung, replica = np.nonzero(accepted)
    label[rung, replica], label[rung + 1, replica] = label[rung + 1, replica], label[rung, replica]


def temperature(betas: Sequence[float]) -> LinearPath:
    """Inverse temperatures `betas`, ascending; log Z is absolute where the first one is 0. Raises InvalidInput."""
    beta = np.asarray(betas, np.float64)
    if beta.ndim != 1 or beta.size < 2 or not np.isfinite(beta).all() or beta[0] < 0 or (np.diff(beta) <= 0).any():
        raise InvalidInput(f"betas must be at least two ascending numbers >= 0, got {betas}")
    t = (beta - beta[0]) / (beta[-1] - beta[0])
    return LinearPath((float(beta[0]), 0.0), (float(beta[-1]), 0.0), t)


def from_independent(n_rungs: int = 20, beta: float = 1.0) -> LinearPath:
    """From independent pixels to the machine at `beta`: (1 - t) E_base + t beta E, evenly. Raises InvalidInput."""
    if n_rungs < 2 or not (np.isfinite(beta) and beta > 0):
        raise InvalidInput(f"a path needs at least 2 rungs and a positive beta, got {n_rungs} and {beta}")
    return LinearPath((0.0, 1.0), (beta, 0.0), np.linspace(0, 1, n_rungs))
