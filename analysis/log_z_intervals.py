"""Do the 95 % intervals of log Z hold? python analysis/log_z_intervals.py [--machines 200] [--json FILE]

Random machines of 14 x 10 units, dense and 50 % diluted, in three classes of coupling strength, all enumerated. Every
method estimates every machine; of those it does not refuse, how many intervals hold the exact value, and how wide are
they? About 6 s a machine on two cores.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import physrbm as pr

CLASSES = {"weak": 0.3, "medium": 0.8, "strong": 2.0}  # standard deviation of the couplings


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
    if given.json:
        given.json.write_text(json.dumps({"machines": given.machines, "sweeps": given.sweeps, "rows": table}, indent=1))


if __name__ == "__main__":
    main()
