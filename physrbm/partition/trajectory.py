"""Annealed importance sampling along a training: every machine on the way is a rung, and gets its log Z."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import LogZ
from physrbm.model import RBM
from physrbm.partition import ais
from physrbm.paths import MachinePath
from physrbm.sampling import Chains, pack_machine, repack_machine, states, sweep
from physrbm.streams import Use


def along(path: MachinePath, data: np.ndarray, n_chains: int = 1024, steps: int = 4, seed: int = 0) -> tuple[LogZ, ...]:
    """log Z of every machine of `path`, from independent pixels (means of `data`) to the first and on from each to the
    next, couplings and fields changing in `steps` equal parts with a sweep after each (Bereux et al. 2025).

    The machines must have one graph, as those of one training have. Raises InvalidInput.
    """
    machines = path.machines
    if steps < 1 or n_chains < ais.MIN_CHAINS:
        raise InvalidInput(f"at least 1 step and {ais.MIN_CHAINS} chains are needed, got {steps} and {n_chains}")
    if any(
        not (np.array_equal(m.bonds.i, machines[0].bonds.i) and np.array_equal(m.bonds.j, machines[0].bonds.j))
        for m in machines
    ):
        raise InvalidInput("the machines of the path have different bonds")
    first = ais.independent_path(machines[0], 1.0, data.mean(0))
    ladder = ais.pilot_ladder(first, None, seed)
    chains = first.start(n_chains, seed, (Use.TRAJECTORY,))
    log_weight = first.climb(chains, ladder)
    chains.scale[:], chains.base_scale[:] = 1.0, 0.0
    found = [ais.mean_weight(log_weight, first.log_z_base, ladder.size)]
    machine = pack_machine(machines[0])
    for before, after in pairwise(machines):
        for k in range(1, steps + 1):
            now, then = (_between(before, after, part / steps) for part in (k - 1, k))
            log_weight = log_weight + _gain(now, then, chains)
            machine = repack_machine(machine, then)
            sweep(machine, chains, 1)
        shift = machines[0].constant - after.constant
        n_rungs = ladder.size + steps * len(found)
        found.append(ais.mean_weight(log_weight, first.log_z_base + shift, n_rungs)._replace(method="trajectory"))
    return tuple(found)


def _between(before: RBM, after: RBM, part: float) -> RBM:
    def mixed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (1 - part) * x + part * y

    bonds = before.bonds._replace(weight=mixed(before.bonds.weight, after.bonds.weight))
    visible, hidden = mixed(before.visible_bias, after.visible_bias), mixed(before.hidden_bias, after.hidden_bias)
    return replace(before, bonds=bonds, visible_bias=visible, hidden_bias=hidden)


def _gain(now: RBM, then: RBM, chains: Chains) -> np.ndarray:
    """log p*_then(v) - log p*_now(v) of the chains, the hidden layer summed out."""
    v = states(chains).visible
    gain: np.ndarray = now.free_energy(v) - then.free_energy(v)
    return gain
