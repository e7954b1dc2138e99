"""Annealed importance sampling along a training: every machine on the way is a rung, and gets its log Z."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import LogZ
from physrbm.model import RBM, check_states
from physrbm.partition import ais
from physrbm.paths import MachinePath
from physrbm.sampling import Chains, pack_machine, repack_machine, states, sweep
from physrbm.streams import Use

_PILOT_CHAINS, _PILOT_STEPS = 256, 8


def along(
    path: MachinePath, data: np.ndarray, n_chains: int = 1024, n_rungs: int = 2000, seed: int = 0
) -> tuple[LogZ, ...]:
    """log Z of every machine of `path`, from independent pixels (means of `data`) to the first and on from each to the
    next, couplings and fields changing straight in between, with a sweep at every rung (Bereux et al. 2025).

    A pilot places the `n_rungs` rungs between the machines, equally far apart in the spread of the work. The machines
    must have one graph, as those of one training have. Raises InvalidInput.
    """
    machines = path.machines
    if n_rungs < len(machines) or n_chains < ais.MIN_CHAINS:
        least = f"{len(machines)} rungs and {ais.MIN_CHAINS} chains"
        raise InvalidInput(f"at least {least} are needed, got {n_rungs} and {n_chains}")
    for one in machines[1:]:
        if not all(np.array_equal(getattr(one.bonds, k), getattr(machines[0].bonds, k)) for k in "ij"):
            raise InvalidInput("the machines of the path have different bonds")
    first = ais.independent_path(machines[0], 1.0, check_states(data, machines[0].n_visible).mean(0))
    ladder = ais.pilot_ladder(first, None, seed)
    places = _places(machines, first, ladder, n_rungs, seed)
    chains = first.start(n_chains, seed, (Use.TRAJECTORY,))
    log_weight, found = first.climb(chains, ladder), []
    found.append(ais.mean_weight(log_weight, first.log_z_base, ladder.size)._replace(method="trajectory"))
    for k, gain in enumerate(_climb(machines, chains, places), 1):
        log_weight = log_weight + gain
        if places[k] == round(places[k]):
            z = ais.mean_weight(log_weight, first.log_z_base, ladder.size + k)
            found.append(z._replace(method="trajectory"))
    return tuple(found)


def _places(machines: Sequence[RBM], first: ais.Path, ladder: np.ndarray, n_rungs: int, seed: int) -> np.ndarray:
    """Ascending rungs from 0 to the last machine, k being machine k; every machine is one."""
    chains = first.start(_PILOT_CHAINS, seed, (Use.PILOT_TRAJECTORY,))
    first.climb(chains, ladder)
    coarse = np.linspace(0, len(machines) - 1, _PILOT_STEPS * (len(machines) - 1) + 1)
    spread = np.array([gain.std() for gain in _climb(machines, chains, coarse)])
    distance = np.concatenate([[0.0], np.cumsum(spread + 1e-3 * spread.mean() + 1e-12)])
    even = np.interp(np.linspace(0, distance[-1], n_rungs), distance, coarse)
    return np.unique(np.concatenate([even, np.arange(len(machines))]))


def _climb(machines: Sequence[RBM], chains: Chains, places: np.ndarray) -> Iterator[np.ndarray]:
    """Gains of the log-weights (chain,) from each place to the next, a sweep after each; chains change in place."""
    chains.scale[:], chains.base_scale[:] = 1.0, 0.0
    now, machine = _at(machines, float(places[0])), pack_machine(machines[0])
    for place in places[1:]:
        then = _at(machines, float(place))
        v = states(chains).visible
        yield now.free_energy(v) - then.free_energy(v)
        machine, now = repack_machine(machine, then), then
        sweep(machine, chains, 1)


def _at(machines: Sequence[RBM], place: float) -> RBM:
    """The machine at a place between two."""
    k = min(int(place), len(machines) - 2)
    return _between(machines[k], machines[k + 1], place - k)


def _between(before: RBM, after: RBM, part: float) -> RBM:
    def mixed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (1 - part) * x + part * y

    bonds = before.bonds._replace(weight=mixed(before.bonds.weight, after.bonds.weight))
    visible, hidden = mixed(before.visible_bias, after.visible_bias), mixed(before.hidden_bias, after.hidden_bias)
    constant = (1 - part) * before.constant + part * after.constant
    return replace(before, bonds=bonds, visible_bias=visible, hidden_bias=hidden, constant=constant)
