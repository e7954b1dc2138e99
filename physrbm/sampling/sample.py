"""Sampling for whoever wants configurations, or series of what they are like."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, overload

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.observables import OBSERVABLES
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
    observables: Sequence[str] = ...,
) -> Measured: ...
def sample(
    rbm: RBM,
    n_chains: int = 1024,
    n_sweeps: int = 1000,
    beta: float = 1.0,
    start: np.ndarray | None = None,
    seed: int = 0,
    measure_every: int | None = None,
    observables: Sequence[str] = (),
) -> Samples | Measured:
    """Configurations of independent Gibbs chains after `n_sweeps` sweeps at inverse temperature `beta`.

    start: visible configurations (chain, Nv) of {0,1}; random ones if absent. measure_every: sweeps between two
    measurements of the energy and of `observables` (names of `observables.OBSERVABLES`), the last one at the end; such
    a series says whether that many sweeps reach equilibrium (`statistics.verdict`). Machines with couplings +-J and no
    fields, of degree at most 7, are multi-spin coded from 512 chains on. Raises InvalidInput.
    """
    if n_chains < 1 or n_sweeps < 1:
        raise InvalidInput(f"n_chains and n_sweeps must be at least 1, got {n_chains} and {n_sweeps}")
    if not (np.isfinite(beta) and beta >= 0):
        raise InvalidInput(f"beta must be finite and not negative, got {beta}")
    every = n_sweeps if measure_every is None else measure_every
    if every < 1 or n_sweeps % every:
        raise InvalidInput(f"measure_every must divide n_sweeps = {n_sweeps}, got {every}")
    unknown = [name for name in observables if name not in OBSERVABLES]
    if unknown or (observables and measure_every is None):
        raise InvalidInput(
            f"observables need measure_every and are of {', '.join(OBSERVABLES)}, got {', '.join(observables)}"
        )
    if start is None:
        start = random_states(n_chains, rbm.n_visible, seed, (Use.SAMPLE,))
    start = np.asarray(start)
    if start.shape != (n_chains, rbm.n_visible) or not np.isin(start, (0, 1)).all():
        raise InvalidInput(f"start must be {(n_chains, rbm.n_visible)} of 0 and 1, got the shape {start.shape}")
    coded = n_chains >= _MULTISPIN and not multispin.refusal(rbm)
    if measure_every is None and not coded:
        chains = new_chains(start, rbm.n_hidden, seed, (Use.SAMPLE,), beta)
        sweep(pack_machine(rbm), chains, n_sweeps)
        return states(chains)
    series: dict[str, list[np.ndarray]] = {"energy": [], **{name: [] for name in observables}}
    for energy, read in (_coded if coded else _general)(rbm, start, n_sweeps // every, every, beta, seed):
        series["energy"].append(energy)
        for name in observables:
            series[name].append(OBSERVABLES[name](rbm, *read()))
    final = read()
    return final if measure_every is None else Measured(*final, {name: np.stack(x) for name, x in series.items()})


Step = tuple[np.ndarray, Callable[[], Samples]]
"""energies (chain,), and how to read the states"""


def _general(rbm: RBM, start: np.ndarray, n: int, every: int, beta: float, seed: int) -> Iterator[Step]:
    machine, chains = pack_machine(rbm), new_chains(start, rbm.n_hidden, seed, (Use.SAMPLE,), beta)
    for _ in range(n):
        yield sweep_measured(machine, chains, every)[:, 0] + rbm.constant, lambda: states(chains)


def _coded(rbm: RBM, start: np.ndarray, n: int, every: int, beta: float, seed: int) -> Iterator[Step]:
    glass, width = multispin.pack_glass([rbm]), len(start)
    chains = multispin.start_spins(pack_states(start, 32), rbm.n_hidden, seed, (Use.SAMPLE,))
    levels = multispin.spread(glass, np.array([beta]), np.zeros((len(chains.rng), multispin.LANES), np.int64))
    for _ in range(n):
        energy = multispin.sweep_spins(glass, chains, levels, every).ravel()[:width]
        yield energy, lambda: Samples(*(x[:width] for x in multispin.spin_states(chains)))
