"""Cost against dilution: python analysis/benchmarks.py [--chains 2048] [--rounds 11] [--json FILE] [--picture FILE.svg]

One process, one thread, CPU time, everything interleaved, medians with quartiles. Peers that are not installed are left
out. The bound: masked additions as fast as this core does them without a miss, plus sampling alone.
"""

import os

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
os.environ.update(dict.fromkeys(THREADS, "1"), XLA_FLAGS="--xla_cpu_multi_thread_eigen=false")

import argparse  # noqa: E402
import json  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from peers import PEERS  # noqa: E402

import physrbm as pr  # noqa: E402
from physrbm import sampling  # noqa: E402
from physrbm.kernels import gibbs, gibbs_simd, gibbs_tables, moments_simd, processor  # noqa: E402

SHAPE = 784, 500
DILUTIONS = (0.0, 0.5, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
SWEEPS = "physrbm", "physrbm tables", "physrbm portable"
_SHORT = 0.1  # seconds
Job = Callable[[], Any]


def ours(dilution: float, n_chains: int, sweep: Callable[..., None]) -> Job:
    """One sweep of one path."""
    rbm = pr.RBM.initialise(SHAPE[0], SHAPE[1], dilution, seed=1)
    machine, chains = sampling.pack_machine(rbm), _chains(n_chains)
    return lambda: sweep(chains[:-1], machine.visible, machine.hidden, 1)


def tables(dilution: float, n_chains: int) -> Job:
    """One sweep with sums looked up."""
    rbm = pr.RBM.initialise(SHAPE[0], SHAPE[1], dilution, seed=1)
    machine, chains = sampling.pack_machine(rbm), _chains(n_chains)
    layers = machine.visible, machine.hidden
    sums = gibbs_tables.tables(layers, machine.sizes)
    return lambda: gibbs_tables.sweep_grouped(chains[:-1], *layers, sums, 1)


def bare(n_chains: int) -> Job:
    """A sweep without bonds: sampling alone."""
    rbm = pr.RBM.from_bonds([], [], [], np.zeros(SHAPE[0]), np.zeros(SHAPE[1]))
    machine, chains = sampling.pack_machine(rbm), _chains(n_chains)
    return lambda: gibbs_simd.sweep(chains[:-1], machine.visible, machine.hidden, 1)


def near(n_chains: int) -> Job:
    """A sweep of a dense machine in which every bond reads the same unit: masked additions without a miss."""
    rbm = pr.RBM.initialise(*SHAPE, seed=1)
    machine, chains = sampling.pack_machine(rbm), _chains(n_chains)
    rows = [(*layer[:3], np.zeros_like(layer[3]), layer[4]) for layer in (machine.visible, machine.hidden)]
    return lambda: gibbs_simd.sweep(chains[:-1], *rows, 1)


def statistics(dilution: float, n_chains: int) -> Job:
    """<v h> and <h> on the surviving bonds, hidden layer summed out."""
    rbm = pr.RBM.initialise(*SHAPE, dilution, seed=1)
    machine, chains = sampling.pack_machine(rbm), _chains(n_chains)
    sums = np.zeros(SHAPE[1], np.int64), np.zeros(rbm.n_bonds, np.int64)
    return lambda: moments_simd.moments(chains.visible, n_chains, machine.hidden, machine.hidden_order, *sums)


def pair_counts(dilution: float, n_chains: int) -> Job:
    """<v h>, <v> and <h> of the states, counted."""
    rbm = pr.RBM.initialise(*SHAPE, dilution, seed=1)
    machine, chains = sampling.pack_machine(rbm), _chains(n_chains)
    sampling.sweep(machine, chains, 1)
    return lambda: sampling.pair_counts(machine, chains)


def dense_statistics(n_chains: int) -> Job:
    """v^T h by sgemm, both given as float32."""
    rng = np.random.default_rng(0)
    v, h = (rng.random((n_chains, n), dtype=np.float32) for n in SHAPE)
    out = np.empty(SHAPE, np.float32)
    return lambda: np.matmul(v.T, h, out=out)


def _chains(n_chains: int) -> sampling.Chains:
    return sampling.new_chains(sampling.random_states(n_chains, SHAPE[0], 1, ()), SHAPE[1], 1, ())


def jobs(n_chains: int) -> dict[tuple[str, float | None], Job]:
    """(what, dilution) -> what is timed; None: the cost does not depend on it."""
    rng, found = np.random.default_rng(0), dict[tuple[str, float | None], Job]()
    found["sampling alone", None], found["additions alone", None] = bare(n_chains), near(n_chains)
    found["sgemm statistics", None] = dense_statistics(n_chains)
    for name, make in PEERS.items():
        for p in (0.85, 0.95, 0.99) if "sparse" in name else (0.0,):
            weights = rng.normal(0, 0.1, SHAPE) * (rng.random(SHAPE) >= p)
            if (sweep := make(weights, n_chains)) is not None:
                found[name, p if "sparse" in name else None] = sweep
    for p in (0.0, 0.25, 0.49) if processor.features() & {"avx512f", "avx2"} else ():
        found["physrbm tables", p] = tables(p, n_chains)
    for p in DILUTIONS:
        found["physrbm", p] = ours(p, n_chains, gibbs_simd.sweep)
    for p in (0.0, 0.85, 0.99):
        found["physrbm portable", p] = ours(p, n_chains, gibbs.sweep)
        found["physrbm statistics", p] = statistics(p, n_chains)
        found["physrbm pair counts", p] = pair_counts(p, n_chains)
    return found


def measure(found: dict[Any, Job], rounds: int) -> dict[Any, np.ndarray]:
    """Seconds (round,) of CPU time of every job, interleaved; a short one runs once before, to have its data near."""
    warm = {}
    for key, job in found.items():
        job()
        began = time.process_time()
        job()
        warm[key] = time.process_time() - began < _SHORT
    seconds: dict[Any, list[float]] = {key: [] for key in found}
    for _ in range(rounds):
        for key, job in found.items():
            if warm[key]:
                job()
            began = time.process_time()
            job()
            seconds[key].append(time.process_time() - began)
    return {key: np.array(x) for key, x in seconds.items()}


def table(seconds: dict[Any, np.ndarray], n_chains: int) -> list[dict[str, Any]]:
    """Rows of milliseconds with quartiles, and ratios."""
    median = {key: float(np.median(x)) for key, x in seconds.items()}
    sampling_alone, additions = median["sampling alone", None], median["additions alone", None]
    rows = []
    for (name, p), x in seconds.items():
        low, high = np.percentile(x, (25, 75))
        row = {"what": name, "dilution": p, "ms": 1e3 * median[name, p], "quartiles": [1e3 * low, 1e3 * high]}
        for peer in ("numpy dense", "torch dense", "torch bernoulli"):
            if name in SWEEPS and (peer, None) in median:
                row[f"against {peer}"] = median[peer, None] / median[name, p]
        if name in ("physrbm statistics", "physrbm pair counts"):
            row["against sgemm"] = median["sgemm statistics", None] / median[name, p]
        if name == "physrbm":
            bound = sampling_alone + (1 - p) * (additions - sampling_alone)
            row["share of the bound"] = bound / median[name, p]
        rows.append(row)
    return rows


def picture(rows: list[dict[str, Any]], path: Path, title: str) -> None:
    """Milliseconds of a sweep against connectivity."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for name in dict.fromkeys(row["what"] for row in rows):
        if name not in (*SWEEPS, *PEERS, "sampling alone"):
            continue
        found = [
            (1 - row["dilution"], row["ms"]) for row in rows if row["what"] == name and row["dilution"] is not None
        ]
        if found:
            axes.plot(*zip(*found, strict=True), marker="o", label=name, lw=2.5 if name == "physrbm" else 1.2)
        else:
            ms = next(row["ms"] for row in rows if row["what"] == name)
            axes.axhline(ms, ls=":" if "alone" in name else "--", color="0.5", lw=1)
            axes.annotate(name, (0.0095, ms), va="bottom", fontsize=8, color="0.3")
    ms = {row["what"]: row["ms"] for row in rows if row["dilution"] is None}
    c, alone = np.geomspace(0.01, 1, 50), ms["sampling alone"]
    axes.plot(c, alone + c * (ms["additions alone"] - alone), color="0.5", ls=":", label="bound: additions + sampling")
    axes.set(xscale="log", yscale="log", xlabel="connectivity 1 - p", ylabel="ms a sweep", title=title)
    axes.legend(frameon=False)
    figure.savefig(path)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chains", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    rows = table(measure(jobs(given.chains), given.rounds), given.chains)
    machine = sampling.engine()
    title = f"{SHAPE[0]} x {SHAPE[1]}, {given.chains} chains, 1 thread, {machine['processor']}"
    print(title, f"({machine['kernels']})")
    for row in rows:
        ratios = "  ".join(f"{k} {x:.2f}" for k, x in row.items() if k.startswith(("against", "share")))
        p, (low, high) = "" if row["dilution"] is None else f"{row['dilution']:.2f}", row["quartiles"]
        print(f"{row['what']:<20}{p:<6}{row['ms']:8.2f} ms  ({low:.2f} ... {high:.2f})  {ratios}")
    if given.json:
        given.json.write_text(json.dumps({"machine": machine, "chains": given.chains, "rows": rows}, indent=1))
    if given.picture:
        picture(rows, given.picture, title)


if __name__ == "__main__":
    main()
