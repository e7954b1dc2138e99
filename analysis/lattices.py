"""Time of a spin update on lattices: python analysis/lattices.py [--rounds 7] [--json FILE]

One thread, CPU time of the process, interleaved, medians with quartiles: the general sweep (couplings of any kind, a
temperature a chain), the multi-spin coded one (+-J), and the peers that are installed. Energies per spin stand beside,
so that it can be seen that all of them sample the same.
"""

import os

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
os.environ.update(dict.fromkeys(THREADS, "1"))

import argparse  # noqa: E402
import json  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
from lattice_peers import PEERS, Couplings, Job  # noqa: E402

import physrbm as pr  # noqa: E402
from physrbm import sampling  # noqa: E402
from physrbm.sampling import multispin  # noqa: E402

BETA, CHAINS, WARM = 0.3, 1024, 100
LATTICES = {
    "2D Ising L=128": (pr.ensembles.ising_lattice((128, 128)), 5_000),
    "3D +-J L=16": (pr.ensembles.edwards_anderson((16, 16, 16), seed=1), 20_000),
}


def general(rbm: pr.RBM) -> tuple[Job, int]:
    """Ten sweeps on the rows of the machine."""
    chains = sampling.new_chains(_start(rbm), rbm.n_hidden, 1, (), BETA)
    machine = sampling.pack_machine(rbm)
    sampling.sweep(machine, chains, WARM)

    def job() -> float:
        energy = sampling.sweep_measured(machine, chains, 10)[:, 0] + rbm.constant
        return float(energy.mean()) / _size(rbm)

    return job, 10 * _size(rbm) * CHAINS


def multi_spin(rbm: pr.RBM) -> tuple[Job, int]:
    """Ten sweeps of 1024 lanes."""
    glass = multispin.pack_glass([rbm])
    chains = multispin.start_spins(sampling.pack_states(_start(rbm), 32), rbm.n_hidden, 1, ())
    levels = multispin.spread(glass, np.array([BETA]), np.zeros((1, CHAINS), np.int64))
    multispin.sweep_spins(glass, chains, levels, WARM)
    return lambda: float(multispin.sweep_spins(glass, chains, levels, 10).mean()) / _size(rbm), 10 * _size(rbm) * CHAINS


def couplings(rbm: pr.RBM) -> Couplings:
    """Bonds (site a, site b, J), sites numbered row by row."""
    site = np.empty((2, rbm.n_visible), np.int64)
    layer, unit = rbm.sites.reshape(-1, 2).T
    site[layer, unit] = np.arange(layer.size)
    i, j, J = rbm.to_spins().J
    return site[0, i], site[1, j], J


def _start(rbm: pr.RBM) -> np.ndarray:
    return sampling.random_states(CHAINS, rbm.n_visible, 1, ())


def _size(rbm: pr.RBM) -> int:
    return rbm.n_visible + rbm.n_hidden


def measure(rbm: pr.RBM, n_sweeps: int, rounds: int) -> dict[str, tuple[np.ndarray, float]]:
    """ns (round,) of a spin update, and the mean energy per spin, of every code."""
    jobs = {"physrbm multi-spin": multi_spin(rbm), "physrbm general": general(rbm)}
    for name, peer in PEERS.items():
        if (made := peer(rbm.sites.shape[:-1], couplings(rbm), BETA, n_sweeps)) is not None:
            jobs[name] = made
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(rounds + 1):
        for name, (job, updates) in jobs.items():
            began = time.process_time()
            energy = job()
            found[name].append((1e9 * (time.process_time() - began) / updates, energy))
    rows = {name: np.array(x[1:]).T for name, x in found.items()}  # the first round may compile
    return {name: (x[0], float(x[1].mean())) for name, x in rows.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    tables = {}
    for lattice, (rbm, n_sweeps) in LATTICES.items():
        print(f"{lattice}, beta {BETA}, 1 thread, {sampling.engine()['processor']}")
        rows = tables[lattice] = measure(rbm, n_sweeps, given.rounds)
        for name, (ns, energy) in rows.items():
            low, middle, high = np.percentile(ns, (25, 50, 75))
            print(f"  {name:<20}{middle:8.3f} ns  ({low:.3f} ... {high:.3f})  energy per spin {energy:.4f}")
    if given.json:
        medians = {k: {name: float(np.median(x[0])) for name, x in rows.items()} for k, rows in tables.items()}
        given.json.write_text(json.dumps({"machine": sampling.engine(), "ns": medians}, indent=1))


if __name__ == "__main__":
    main()
