"""Sampling for whoever wants configurations, or series of what they are like."""

from typing import NamedTuple, overload

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.sampling import multispin
from physrbm.sampling.chains import Samples, new_chains, pack_states, random_states, states
from physrbm.sampling.drive import sweep, sweep_measured
from physrbm.sampling.machine import pack_machine
from physrbm.streams import Use

_MULTISPIN = 512  # chains from which half empty blocks of 1024 are still faster


class Measured(NamedTuple):
    """Configurations at the end, and what was measured on the way."""

    visible: np.ndarray
    """(chain, Nv) uint8"""
    hidden: np.ndarray
    """(chain, Nh) uint8"""
    series: dict[str, np.ndarray]
    """name -> (measurement, chain) float64; "energy" is E of the machine, constant included"""


@overload
def sample(
    rbm: RBM,
    n_chains: int = ...,
    n_sweeps: int = ...,
    beta: float = ...,
    start: np.ndarray | None = ...,
    seed: int = ...,
    measure_every: None = ...,
) -> Samples: ...
@overload
def sample(
    rbm: RBM,
    n_chains: int = ...,
    n_sweeps: int = ...,
    beta: float = ...,
    start: np.ndarray | None = ...,
    seed: int = ...,
    *,
    measure_every: int,
) -> Measured: ...
def sample(
    rbm: RBM,
    n_chains: int = 1024,
    n_sweeps: int = 1000,
    beta: float = 1.0,
    start: np.ndarray | None = None,
    seed: int = 0,
    measure_every: int | None = None,
) -> Samples | Measured:
    """Configurations of independent Gibbs chains after `n_sweeps` sweeps at inverse temperature `beta`.

    start: visible configurations (chain, Nv) of {0,1}; random ones if absent. measure_every: sweeps between two
    measurements of the energy, the last after n_sweeps; the series says whether that many sweeps reach equilibrium
    (`statistics.verdict`). Machines with couplings +-J, without fields and of degree at most 7 are multi-spin coded
    from 512 chains on. Raises InvalidInput.
    """
    if n_chains < 1 or n_sweeps < 1:
        raise InvalidInput(f"n_chains and n_sweeps must be at least 1, got {n_chains} and {n_sweeps}")
    if not (np.isfinite(beta) and beta >= 0):
        raise InvalidInput(f"beta must be finite and not negative, got {beta}")
    every = n_sweeps if measure_every is None else measure_every
    if every < 1 or n_sweeps % every:
        raise InvalidInput(f"measure_every must divide n_sweeps = {n_sweeps}, got {every}")
    if start is None:
        start = random_states(n_chains, rbm.n_visible, seed, (Use.SAMPLE,))
    start = np.asarray(start)
    if start.shape != (n_chains, rbm.n_visible) or not np.isin(start, (0, 1)).all():
        raise InvalidInput(f"start must be {(n_chains, rbm.n_visible)} of 0 and 1, got the shape {start.shape}")
    if n_chains >= _MULTISPIN and not multispin.refusal(rbm):
        energy, final = _coded(rbm, start, n_sweeps, every, beta, seed)
    elif measure_every is None:
        chains = new_chains(start, rbm.n_hidden, seed, (Use.SAMPLE,), beta)
        sweep(pack_machine(rbm), chains, n_sweeps)
        return states(chains)
    else:
        energy, final = _general(rbm, start, n_sweeps, every, beta, seed)
    return final if measure_every is None else Measured(*final, {"energy": energy})


def _general(
    rbm: RBM, start: np.ndarray, n_sweeps: int, every: int, beta: float, seed: int
) -> tuple[np.ndarray, Samples]:
    machine, chains = pack_machine(rbm), new_chains(start, rbm.n_hidden, seed, (Use.SAMPLE,), beta)
    energy = [sweep_measured(machine, chains, every)[:, 0] for _ in range(n_sweeps // every)]
    return np.stack(energy) + rbm.constant, states(chains)


def _coded(
    rbm: RBM, start: np.ndarray, n_sweeps: int, every: int, beta: float, seed: int
) -> tuple[np.ndarray, Samples]:
    glass = multispin.pack_glass([rbm])
    chains = multispin.start_spins(pack_states(start, 32), rbm.n_hidden, seed, (Use.SAMPLE,))
    levels = multispin.spread(glass, np.array([beta]), np.zeros((len(chains.rng), multispin.LANES), np.int64))
    energy = [multispin.sweep_spins(glass, chains, levels, every) for _ in range(n_sweeps // every)]
    n = len(start)
    return np.stack(energy).reshape(len(energy), -1)[:, :n], Samples(*(x[:n] for x in multispin.spin_states(chains)))
