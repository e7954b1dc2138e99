"""Paths of many machines: each rung is one, whatever its graph; a block of chains belongs to it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from physrbm.dilution import dilute
from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.paths.linear import exchange_labels
from physrbm.paths.walkers import Walkers, check_walkers
from physrbm.sampling import (
    Machine,
    Samples,
    check_chains,
    energies,
    new_chains,
    pack_machines,
    random_states,
    states,
    sweep_measured,
)
from physrbm.spec import RunSpec
from physrbm.store import Run


class MachinePath(NamedTuple):
    """Machines of equal layers, the one that is wanted last."""

    machines: tuple[RBM, ...]

    def bind(self, rbm: RBM, data: np.ndarray | None = None) -> "MachineLadder":
        """The path, which must end at `rbm`. Raises InvalidInput."""
        shapes = {(m.n_visible, m.n_hidden) for m in (*self.machines, rbm)}
        if len(self.machines) < 2 or len(shapes) > 1:
            raise InvalidInput(f"a path needs at least two machines of equal layers, got {len(self.machines)}")
        last = self.machines[-1]
        parts = [(*m.bonds, m.visible_bias, m.hidden_bias) for m in (last, rbm)]
        if not all(np.array_equal(x, y) for x, y in zip(*parts, strict=True)):
            raise InvalidInput("the last machine of the path is not the machine to be sampled")
        return MachineLadder(self.machines, pack_machines(self.machines))


class MachineLadder(NamedTuple):
    """A `MachinePath` as the kernels read it. Lanes stand still; what is exchanged are the bits of their states."""

    machines: tuple[RBM, ...]
    machine: Machine

    @property
    def n_rungs(self) -> int:
        """Rungs."""
        return len(self.machines)

    @property
    def target(self) -> RBM:
        """The last machine."""
        return self.machines[-1]

    def start(self, n_replicas: int, given: np.ndarray | None, seed: int, key: tuple[int, ...]) -> Walkers:
        """As `Ladder.start`; replicas come in words of 32, up to four words a block."""
        words, blocks = _blocks(n_replicas)
        n = self.n_rungs * blocks * 32 * words
        rows = random_states(n, self.target.n_visible, seed, key) if given is None else given[np.arange(n) % len(given)]
        chains = new_chains(rows, self.target.n_hidden, seed, key, words=words)
        chains.weight_set[:] = np.repeat(np.arange(self.n_rungs), blocks)
        return Walkers(chains, np.arange(n).reshape(self.n_rungs, -1))

    def restore(self, walkers: Walkers, n_replicas: int) -> None:
        """As `Ladder.restore`."""
        words, blocks = _blocks(n_replicas)
        check_walkers(walkers.walker, self.n_rungs, blocks * 32 * words)
        if walkers.chains.n_chains != walkers.walker.size:
            raise InvalidInput(f"{walkers.walker.size} walkers have {walkers.chains.n_chains} chains")
        of_rung = np.repeat(np.arange(self.n_rungs), blocks)
        check_chains(walkers.chains, self.target.n_visible, self.target.n_hidden, words, of_rung)

    def advance(self, walkers: Walkers, n_sweeps: int) -> np.ndarray:
        """As `Ladder.advance`."""
        own, rung = sweep_measured(self.machine, walkers.chains, n_sweeps), walkers.chains.weight_set
        below, above = np.maximum(rung - 1, 0), np.minimum(rung + 1, self.n_rungs - 1)
        found = [energies(self.machine, walkers.chains, below), own, energies(self.machine, walkers.chains, above)]
        weights: np.ndarray = np.stack([e[:, 0].reshape(self.n_rungs, -1) for e in found], -1)
        near = np.clip(np.arange(self.n_rungs)[:, None] + [-1, 0, 1], 0, self.n_rungs - 1)
        constant = np.array([m.constant for m in self.machines])
        weights += constant[near][:, None, :]
        return weights

    def exchange(self, walkers: Walkers, accepted: np.ndarray) -> None:
        """As `Ladder.exchange`."""
        exchange_labels(walkers.walker, accepted)
        bits = np.packbits(accepted, axis=-1, bitorder="little").view("<u4").astype(np.uint32)
        words = walkers.chains.visible.shape[2]
        bits = bits.reshape(self.n_rungs - 1, -1, 1, words)
        for layer in (walkers.chains.visible, walkers.chains.hidden):
            by_rung = layer.reshape(self.n_rungs, -1, layer.shape[1], words)
            for parity in (0, 1):  # pairs of one parity do not overlap
                low, high = by_rung[parity:-1:2], by_rung[parity + 1 :: 2]
                changed = (low ^ high) & bits[parity::2]
                low ^= changed
                high ^= changed

    def states(self, walkers: Walkers, rung: int) -> Samples:
        """As `Ladder.states`."""
        block = walkers.chains.weight_set == rung % self.n_rungs
        one = walkers.chains._replace(
            visible=walkers.chains.visible[block],
            hidden=walkers.chains.hidden[block],
            n_chains=walkers.walker.shape[1],
        )
        return states(one)


def _blocks(n_replicas: int) -> tuple[int, int]:
    """Words of a block, and blocks of a rung."""
    words = 1 if n_replicas <= 32 else 2 if n_replicas <= 64 else 4
    return words, -(-n_replicas // (32 * words))


def dilution(
    rbm: RBM, ps: Sequence[float], gauge: str = "binary", data: np.ndarray | None = None, seed: int = 0
) -> MachinePath:
    """Parallel dilution tempering: machines less and less diluted (dilutions `ps`, descending), `rbm` itself last.

    Each has lost a random part of the bonds of the next one, in the gauge of `dilute`. Raises InvalidInput.
    """
    p = list(ps)
    if not p or sorted(set(p), reverse=True) != p or p[-1] <= rbm.dilution:
        raise InvalidInput(f"dilutions must descend and stay above the machine's {rbm.dilution:.6g}, got {p}")
    machines = [rbm]
    for further in reversed(p):
        machines.append(dilute(machines[-1], further, "random", gauge, data, seed=seed))
    return MachinePath(tuple(reversed(machines)))


def trajectory(run: Run, n_rungs: int | None = None) -> MachinePath:
    """The machines of a training at its measurements and the last one it came to, or `n_rungs` of them
    (Bereux et al. 2025).

    Raises InvalidInput where there are fewer than two, or `run` is not one of anneal.
    """
    if not isinstance(run.spec, RunSpec):
        raise InvalidInput(f"{run.folder}: a run of {run.spec.command}; a trajectory is that of a run of anneal")
    steps = sorted({*run.measured, *run.steps[-1:]})
    if len(steps) < 2 or (n_rungs is not None and n_rungs < 2):
        raise InvalidInput(f"{run.folder}: a trajectory needs two machines at least, got {n_rungs} of {len(steps)}")
    if n_rungs is not None:
        steps = [steps[k] for k in np.unique(np.linspace(0, len(steps) - 1, n_rungs).round().astype(int))]
    return MachinePath(tuple(run.rbm(step) for step in steps))
