"""Whole jobs on all threads against `rbms`, wall time, interleaved:

python analysis/throughput.py [--rounds 5] [--json FILE]

A PCD-10 update (784 x 500, batch and chains 500), annealed importance sampling (1000 chains, 1000 rungs), and how a
sweep of 2048 chains scales from one thread to all. `rbms` is left out where it is not installed.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import physrbm as pr
from physrbm import sampling, training
from physrbm.partition import ais

SHAPE, DILUTION, SIZE, RUNGS = (784, 500), 0.85, 500, 1000
Job = Callable[[], Any]


def our_update(data: np.ndarray, statistics: str) -> Job:
    """One update on the surviving bonds, the statistics of the chains from "means" or "counts"."""
    rbm = pr.RBM.initialise(data, SHAPE[1], DILUTION, seed=1)
    plan = training.Settings(n_chains=SIZE, batch_size=SIZE, statistics=statistics)
    state = [training.start(rbm, data, plan, 1)]

    def update() -> None:
        state[0] = training.step(state[0], data, plan, 1)

    return update


def our_ais(data: np.ndarray) -> Job:
    """The estimate alone, without pilots."""
    rbm = pr.RBM.initialise(data, SHAPE[1], DILUTION, seed=1)
    base = pr.model.independent_fields(data)
    path = ais.Path(rbm, sampling.pack_machine(rbm, base), base, 1.0)
    return lambda: path.climb(path.start(1000, 1, (0,)), np.linspace(0, 1, RUNGS))


def our_sweep() -> Job:
    """A sweep of 2048 chains."""
    rbm = pr.RBM.initialise(*SHAPE, DILUTION, seed=1)
    chains = sampling.new_chains(sampling.random_states(2048, SHAPE[0], 1, ()), SHAPE[1], 1, ())
    machine = sampling.pack_machine(rbm)
    return lambda: sampling.sweep(machine, chains, 10)


def rbms_jobs(data: np.ndarray) -> dict[str, Job]:
    """The same update and the same AIS with `rbms`, zeros stored."""
    try:
        import torch
        from rbms.bernoulli_bernoulli.classes import BBRBM
        from rbms.partition_function.ais import compute_partition_function_ais
        from rbms.training.pcd import fit_batch_pcd
    except ImportError:
        return {}
    rng = np.random.default_rng(0)
    weights = rng.normal(0, 0.1, SHAPE) * (rng.random(SHAPE) >= DILUTION)
    w, a, b = (torch.tensor(x, dtype=torch.float32) for x in (weights, np.zeros(SHAPE[0]), np.zeros(SHAPE[1])))
    machine = BBRBM(w, a, b)
    for x in machine.parameters():
        x.grad = torch.zeros_like(x)
    optimizer = torch.optim.SGD(machine.parameters(), lr=0.01)
    batch = torch.tensor(data[:SIZE], dtype=torch.float32), torch.ones(SIZE, 1)
    chains = [machine.init_chains(SIZE)]

    def update() -> None:
        chains[0], _ = fit_batch_pcd(batch, chains[0], machine, 10, 1.0)
        optimizer.step()

    return {"update rbms": update, "AIS rbms": lambda: compute_partition_function_ais(1000, RUNGS, machine)}


def seconds(jobs: dict[str, Job], rounds: int) -> dict[str, np.ndarray]:
    """Wall time (round,) of every job, interleaved, after one round that does not count."""
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for k in range(rounds + 1):
        for name, job in jobs.items():
            began = time.perf_counter()
            job()
            if k:
                found[name].append(time.perf_counter() - began)
    return {name: np.array(x) for name, x in found.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    data = np.random.default_rng(0).integers(0, 2, (60_000, SHAPE[0]), dtype=np.uint8)
    peer = rbms_jobs(data)
    ours = {"update physrbm": our_update(data, "means"), "update, counts": our_update(data, "counts")}
    many = {**ours, **{k: x for k, x in peer.items() if "update" in k}}
    few = {"AIS physrbm": our_ais(data), **{k: x for k, x in peer.items() if "AIS" in k}}
    found = seconds(many, 4 * given.rounds) | seconds(few, max(1, given.rounds // 2))
    n_threads = int(sampling.engine()["threads"].split()[-1])
    sweep = our_sweep()

    def on(threads: int) -> Job:
        return lambda: (sampling.set_threads(threads), sweep())

    found |= seconds({f"10 sweeps {n} thread{'s' * (n > 1)}": on(n) for n in (1, n_threads)}, 4 * given.rounds)
    medians = {name: float(np.median(x)) for name, x in found.items()}
    for name, x in found.items():
        low, high = np.percentile(x, (25, 75))
        print(f"{name:<24}{1e3 * medians[name]:10.2f} ms  ({1e3 * low:.2f} ... {1e3 * high:.2f})")
    for what, own in (("update", "update physrbm"), ("update", "update, counts"), ("AIS", "AIS physrbm")):
        if f"{what} rbms" in medians:
            print(f"{own}: {medians[f'{what} rbms'] / medians[own]:.1f} times faster than rbms")
    print(
        f"{n_threads} threads: {medians['10 sweeps 1 thread'] / list(medians.values())[-1]:.2f} times faster than one"
    )
    if given.json:
        given.json.write_text(json.dumps({"machine": sampling.engine(), "seconds": medians}, indent=1))


if __name__ == "__main__":
    main()
