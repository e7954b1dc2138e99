"""Do the errors of `pr.scaling` cover, and does it find nothing where there is nothing?

python analysis/scaling_coverage.py [--repetitions 300] [--workers 2] [--json FILE]

Planted tables (planted.py): three sizes, 12 instances, y = L^(exponent/nu) f((x - x_c) L^(1/nu)) with x_c = 0.8,
nu = 3/2, exponent = -1/4, and instances that differ in where they change, so that their points hang together. The
fraction of repetitions in which |value - truth| < error is 68 % where errors are right. Tables with one smooth curve
for all sizes, and with nothing but noise, must be answered "none" or "crossover" by `transition`, and without a change
point. Standard errors of the fractions are binomial. Ten minutes on two cores.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process a core; matrices are small

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from planted import crossover, nothing, planted

import physrbm as pr

NAMES = {"x": "x", "size": "L", "y": "y", "instance": "instance"}
SIZES = (16, 32, 64)
TRUTH = {"x_c": 0.8, "nu": 1.5, "exponent": -0.25}


def collapses(seed: int) -> dict[str, float]:
    """Deviation over error of what was planted, by both methods; and of the crossing of neighbours."""
    table = planted(seed, sizes=SIZES, instances=12)
    found = {}
    for method in pr.scaling.METHODS:
        fit = pr.scaling.collapse(table, method=method, **NAMES)
        for name, truth in TRUTH.items():
            found[f"{method}, {name}"] = (getattr(fit, name) - truth) / getattr(fit, f"{name}_error")
    power = TRUTH["exponent"] / TRUTH["nu"]
    limit = pr.scaling.crossing(table, exponent_over_nu=power, **NAMES).limit
    found["crossing, x_c"] = (limit.value - TRUTH["x_c"]) / limit.error
    top = planted(seed, sizes=(16,), instances=12, hump=True, exponent=0.0)
    peak = pr.scaling.peaks(top, **NAMES)[0]
    found["peak, x"] = (peak.x - TRUTH["x_c"]) / peak.x_error if peak.found else np.nan
    return found


def alarms(seed: int) -> dict[str, float]:
    """1 where something is found that is not there."""
    tables = {
        "smooth crossover": crossover(seed, sizes=SIZES, steepness=3 + 10 * (seed % 5) / 4),
        "crossover with L^0.3": crossover(seed, sizes=SIZES, steepness=6, trend=0.3),
        "noise": nothing(seed, sizes=SIZES),
    }
    found = {}
    for name, table in tables.items():
        found[f"transition, {name}"] = float(pr.scaling.transition(table, **NAMES).found)
        change = pr.scaling.change_point(table, x="x", y="y", size="L", at=64, instance="instance", seed=seed)
        found[f"change point, {name}"] = float(change.found)
    found["transition, planted, missed"] = float(not pr.scaling.transition(planted(seed, sizes=SIZES), **NAMES).found)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Repeat, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--json", type=Path, help="file for the table")
    given = parser.parse_args(arguments)
    rows = {}
    with ProcessPoolExecutor(given.workers) as pool:
        for function, what in ((collapses, "within one error"), (alarms, "false")):
            all_of = list(pool.map(function, range(given.repetitions)))
            for name in all_of[0]:
                values = np.array([one[name] for one in all_of])
                hit = np.abs(values) < 1 if function is collapses else values > 0
                fraction = float(hit.mean())
                error = (max(fraction * (1 - fraction), 1 / len(hit)) / len(hit)) ** 0.5
                rows[name] = {"fraction": fraction, "error": error, "what": what}
                bias = f"   mean deviation {np.nanmean(values):+.2f} errors" if function is collapses else ""
                print(f"{name:<36}{what}: {100 * fraction:5.1f} +- {100 * error:.1f} %{bias}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
