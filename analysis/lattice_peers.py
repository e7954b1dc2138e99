"""What others would run on a lattice: single-spin sweeps of an Ising model at one temperature, E = -sum J s s.

A peer is a function that takes (shape, couplings, beta, n_sweeps), the couplings as arrays (site a, site b, J) with
sites numbered row by row on a periodic lattice, and returns a job without arguments and the spin updates that one job
makes; None where its library is not installed. A job runs on one thread and returns the energy per spin of its last
sweep. More replicas make none of them faster, so each job runs one.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Couplings = tuple[np.ndarray, np.ndarray, np.ndarray]
Job = Callable[[], float]
Peer = Callable[[tuple[int, ...], Couplings, float, int], tuple[Job, int] | None]


def dwave_samplers(
    shape: tuple[int, ...], couplings: Couplings, beta: float, n_sweeps: int, rule: str = "Metropolis"
) -> tuple[Job, int] | None:
    """SimulatedAnnealingSampler with a schedule of one temperature; rule: "Metropolis" or "Gibbs"."""
    try:
        import dimod
        from dwave.samplers import SimulatedAnnealingSampler
    except ImportError:
        return None
    a, b, j = couplings
    n_spins = int(np.prod(shape))
    model = dimod.BinaryQuadraticModel.from_numpy_vectors(np.zeros(n_spins), (a, b, -j), 0.0, "SPIN")
    given: dict[str, Any] = {"num_reads": 1, "beta_schedule_type": "custom", "beta_schedule": [beta]}
    given |= {"num_sweeps_per_beta": n_sweeps, "proposal_acceptance_criteria": rule}
    sampler = SimulatedAnnealingSampler()
    return lambda: float(sampler.sample(model, **given).record.energy[0]) / n_spins, n_spins * n_sweeps


def openjij(
    shape: tuple[int, ...], couplings: Couplings, beta: float, n_sweeps: int, updater: str = "single spin flip"
) -> tuple[Job, int] | None:
    """SASampler.sample with the schedule [(beta, n_sweeps)]; its sample_hubo is 1.2 to 1.8 times slower."""
    try:
        from openjij import BinaryQuadraticModel, SASampler
    except ImportError:
        return None
    n_spins = int(np.prod(shape))
    bonds = {(a, b): -j for a, b, j in zip(*(x.tolist() for x in couplings), strict=True)}
    model = BinaryQuadraticModel(dict.fromkeys(range(n_spins), 0.0), bonds, 0.0, "SPIN", sparse=True)
    sampler = SASampler()

    def job() -> float:
        found = sampler.sample(model, schedule=[(beta, n_sweeps)], num_reads=1, updater=updater, sparse=True)
        return float(found.energies[0]) / n_spins

    return job, n_spins * n_sweeps


def peapods(
    shape: tuple[int, ...], couplings: Couplings, beta: float, n_sweeps: int, rule: str | None = None
) -> tuple[Job, int] | None:
    """Ising.sample, sequential, observables of the last sweep only; rule: the faster of "metropolis" and "gibbs"."""
    try:
        from peapods import Ising
    except ImportError:
        return None
    machine = Ising(shape, forward_couplings(shape, couplings), temperatures=np.array([1 / beta]))
    given = {"sweep_mode": rule or ("metropolis" if len(shape) < 3 else "gibbs"), "sequential": True}
    given["warmup_ratio"] = (n_sweeps - 1) / n_sweeps  # it measures after every sweep that is not warm-up

    def job() -> float:
        with np.errstate(invalid="ignore"):  # it divides by the magnetisation of the one sweep
            return -float(machine.sample(n_sweeps, **given)["energies"][0])

    return job, int(np.prod(shape)) * n_sweeps


def forward_couplings(shape: tuple[int, ...], couplings: Couplings) -> np.ndarray:
    """J (*shape, axis) of the bond from a site to its next one along each axis."""
    sites = np.arange(np.prod(shape)).reshape(shape)
    found = np.zeros((sites.size, len(shape)), np.float32)
    placed = 0
    for axis in range(len(shape)):
        after = np.roll(sites, -1, axis).ravel()
        for a, b in (couplings[:2], couplings[1::-1]):
            along = after[a] == b
            found[a[along], axis] = couplings[2][along]
            placed += int(along.sum())
    if placed != len(couplings[2]):
        raise ValueError("every bond must join neighbours of a periodic lattice whose sides are longer than 2")
    return found.reshape(*shape, len(shape))


PEERS: dict[str, Peer] = {"dwave-samplers": dwave_samplers, "openjij": openjij, "peapods": peapods}
