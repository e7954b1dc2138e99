"""Do the 95 % intervals of log Z hold? python analysis/log_z_intervals.py [--machines 200] [--json FILE]

Random machines of 14 x 10 units, dense and 50 % diluted, in three classes of coupling strength, all enumerated. Every
method estimates every machine; of those it does not refuse, how many intervals hold the exact value, and how wide are
they? About 6 s a machine on two cores.

Then machines that mix slowly: 64 x 16 and 64 x 18 units, trained on the digits at high learning rates. Each is tempered
as at the end of a run, as short as `bridge.objection` lets it be, with as many seeds as there were machines. How often
would the verdict on its energies have been passed at that length? About 2 s a seed.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import physrbm as pr
from physrbm.partition import bridge

CLASSES = {"weak": 0.3, "medium": 0.8, "strong": 2.0}  # standard deviation of the couplings


TRAINED = {(16, 12.8, 600): "16, rate 12.8", (18, 3.2, 2000): "18, rate 3.2", (18, 25.0, 300): "18, rate 25"}
"""(hidden units, learning rate, updates) -> name"""


def machine(seed: int, scale: float) -> pr.RBM:
    """Gaussian couplings and fields; every second machine has lost half its bonds."""
    rng = np.random.default_rng((seed, 1))
    fresh = pr.RBM.initialise(14, 10, (0.0, 0.5)[seed % 2], scale=scale, seed=seed)
    return pr.RBM.from_bonds(*fresh.bonds, rng.normal(0, 0.5, 14), rng.normal(0, 0.5, 10))


def measure(n_machines: int, n_sweeps: int) -> dict[str, dict[str, list[tuple[bool, bool, float, float]]]]:
    """class -> method -> (estimated, holds, width, deviation in standard errors) of each machine."""
    found: dict[str, dict[str, list[tuple[bool, bool, float, float]]]] = {name: {} for name in CLASSES}
    for name, scale in CLASSES.items():
        for seed in range(n_machines):
            rbm = machine(seed, scale)
            values = pr.log_z(rbm, "all", seed=seed, n_sweeps=n_sweeps)
            truth = values.pop("exact").value
            for method, z in values.items():
                deviation = (z.value - truth) / z.error
                row = z.estimated, z.lower <= truth <= z.upper, z.upper - z.lower, deviation
                found[name].setdefault(method, []).append(row)
    return found


def temper(hidden: int, rate: float, updates: int, n_seeds: int) -> list[tuple[bool, bool, float, float, bool]]:
    """(estimated, holds, width, deviation in standard errors, verdict passed) with every seed, on one machine."""
    data = pr.load_data("digits")
    rbm = pr.RBM.initialise(data.train, hidden, 0.0, scale=0.1, seed=3)
    for state in pr.train(rbm, data.train, seed=3, updates=updates, learning_rate=rate):
        rbm = state.rbm
    truth, found = pr.log_z(rbm, "exact").value, []
    for seed in range(n_seeds):
        how = {"data": data.train, "seed": seed, "most_sweeps": 16_000, "enough": lambda x: not bridge.objection(x)}
        run = pr.temper(rbm, None, 500, 8, **how)
        z = bridge.bar(run)
        held, deviation = z.lower <= truth <= z.upper, (z.value - truth) / z.error
        found.append((z.estimated, held, z.upper - z.lower, deviation, run.verdict.equilibrated))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=200, help="of each class")
    parser.add_argument("--sweeps", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found, table = measure(given.machines, given.sweeps), []
    print(f"{'class':<8}{'method':<14}{'refused':>9}{'held':>9}{'median width':>14}{'mean deviation':>16}")
    for name, methods in found.items():
        for method, rows in methods.items():
            kept = [row for row in rows if row[0]]
            held, refused = np.mean([row[1] for row in kept]), 1 - len(kept) / len(rows)
            width, deviation = np.median([row[2] for row in kept]), np.mean([row[3] for row in kept])
            print(f"{name:<8}{method:<14}{refused:>9.1%}{held:>9.1%}{width:>14.4f}{deviation:>16.2f}", flush=True)
            line = {"class": name, "method": method, "refused": refused, "held": held}
            table.append(line | {"width": width, "deviation": deviation})
    print(f"\n{'trained':<15}{'refused':>9}{'held':>9}{'median width':>14}{'mean deviation':>16}{'verdict passed':>16}")
    for (hidden, rate, updates), name in TRAINED.items():
        estimated, held, width, deviation, passed = np.array(temper(hidden, rate, updates, given.machines)).T
        kept = estimated == 1
        line = {"refused": 1 - kept.mean(), "held": held[kept].mean(), "width": np.median(width[kept])}
        line |= {"deviation": deviation[kept].mean(), "passed": passed[kept].mean()}
        shown = f"{line['refused']:>9.1%}{line['held']:>9.1%}{line['width']:>14.4f}{line['deviation']:>16.2f}"
        print(f"{name:<15}{shown}{line['passed']:>16.1%}", flush=True)
        table.append({"class": name, "method": "bar", **line})
    if given.json:
        given.json.write_text(json.dumps({"machines": given.machines, "sweeps": given.sweeps, "rows": table}, indent=1))


if __name__ == "__main__":
    main()
