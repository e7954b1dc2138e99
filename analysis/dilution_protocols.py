"""Dilute before or after training, and what do the controls say? python analysis/dilution_protocols.py [--json FILE]

For every seed a dense machine is trained, and at every dilution p these are compared by the test log-likelihood and
by eps2 = 2/(Nv(Nv-1)) sum_(i<j) (C_data - C_generated)^2 of 297 samples:

before               a fresh machine on a random mask, as many updates as the dense one
before, twice        the same, with as many updates as the dense one and its retraining together
after                the dense machine without its smallest |w|, no retraining (binary gauge)
after, centred       the same bonds removed in the centred gauge
retrain              after, centred, then trained on
fields               after, centred, then only the fields are trained
rewind               the same bonds, with the couplings that the dense machine had after a tenth of its updates
same mask            the same bonds, fresh couplings
same mask, twice     the same, with as many updates as the dense machine and its retraining together

"before" and "before, twice" are the scratch on a random mask at equal retraining and at equal total updates. Errors are
standard errors over the seeds; differences are taken within a seed. Every run is a folder in --out: the script can be
killed and goes on. The learning rate is the same everywhere, which is a choice: sparse machines want larger ones.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

import physrbm as pr
from physrbm.estimate import compact
from physrbm.sampling import set_threads
from physrbm.spec import make_spec

DILUTIONS = (0.5, 0.85, 0.95)
COLUMNS = ("log_likelihood", "eps2")
Job = tuple[Path, dict[str, Any]]


def dense(out: Path, seed: int, common: dict[str, Any], hidden: int) -> Job:
    """The parent of all others with its seed."""
    return out / f"dense-s{seed}", {**common, "hidden": hidden, "seed": seed}


def children(out: Path, seed: int, common: dict[str, Any], hidden: int) -> Iterator[tuple[str, float, Job]]:
    """Name, dilution and job of every run that is compared; "after, centred" comes before those that start from it."""
    parent, twice = str(out / f"dense-s{seed}"), {"updates": 2 * common["updates"]}
    tenth = common["updates"] // 10
    for p in DILUTIONS:

        def job(name: str, p: float = p, **values: Any) -> tuple[str, float, Job]:
            folder = out / f"{name.replace(', ', '-').replace(' ', '-')}-p{p}-s{seed}"
            return name, p, (folder, {**common, "seed": seed + 1000, **values})

        fresh = {"hidden": hidden, "protocol": "before", "dilution": p}
        pruned = {"origin": parent, "dilution": p, "rule": "magnitude"}
        graph = {"origin": str(out / f"after-centred-p{p}-s{seed}"), "protocol": "same_mask"}
        yield job("before", **fresh)
        yield job("before, twice", **fresh, **twice)
        yield job("after", **pruned, protocol="after", updates=0)
        yield job("after, centred", **pruned, protocol="after", gauge="centred", updates=0)
        yield job("retrain", **pruned, protocol="retrain", gauge="centred")
        yield job("fields", **pruned, protocol="retrain,fields", gauge="centred")
        yield job("rewind", **pruned, protocol="rewind", rewind=f"{parent}@{tenth}")
        yield job("same mask", **graph)
        yield job("same mask, twice", **graph, **twice)


def run(job: Job) -> None:
    """Make or finish a run."""
    folder, values = job
    set_threads(1)
    measurements = pr.resume(folder) if (folder / "run.json").exists() else pr.record(make_spec(values), folder)
    for _ in measurements:
        pass


def result(folder: Path) -> dict[str, float]:
    """What is compared; NaN where log Z was not estimated."""
    report = pr.open_run(folder).report()
    z = report["log_likelihood"]["test"]
    return {
        "log_likelihood": z["value"] if z["estimated"] else float("nan"),
        "eps2": report["scores"]["eps2"]["value"],
    }


def mean(x: np.ndarray) -> tuple[float, float]:
    """Mean and standard error over the seeds."""
    return float(x.mean()), float(x.std(ddof=1) / np.sqrt(x.size)) if x.size > 1 else float("nan")


def main() -> int:
    """Run, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs/dilution_protocols"))
    parser.add_argument("--data", default="digits")
    parser.add_argument("--hidden", type=int, default=100)
    parser.add_argument("--updates", type=int, default=3000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    began, seeds = time.monotonic(), range(1, options.seeds + 1)
    common = {"data": options.data, "updates": options.updates, "measurements": 20}
    parents = [dense(options.out, seed, common, options.hidden) for seed in seeds]
    jobs = [list(children(options.out, seed, common, options.hidden)) for seed in seeds]
    flat = [job for of_seed in jobs for _, _, job in of_seed]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for stage in (
            parents,
            [j for j in flat if "same-mask" not in j[0].name],
            [j for j in flat if "same-mask" in j[0].name],
        ):
            list(pool.map(run, stage))
    print(f"{options.data}, {options.hidden} hidden units, {options.updates} updates, {len(seeds)} seeds")
    print(f"{'':<18}{'p':>6}{'bonds':>8}{'test log-likelihood':>22}{'minus before':>16}{'eps2 / 1e-4':>16}")
    base = [result(folder) for folder, _ in parents]
    rows = [{"name": "dense", "dilution": 0.0, **{c: [r[c] for r in base] for c in COLUMNS}}]
    for k, (name, p, _) in enumerate(jobs[0]):
        found = [result(of_seed[k][2][0]) for of_seed in jobs]
        rows.append({"name": name, "dilution": p, **{c: [r[c] for r in found] for c in COLUMNS}})
    before = {row["dilution"]: np.array(row["log_likelihood"]) for row in rows if row["name"] == "before"}
    for row in rows:
        likelihood, eps2 = (np.array(row[c]) for c in COLUMNS)
        against = "" if row["dilution"] == 0 else compact(*mean(likelihood - before[row["dilution"]]))
        n_bonds = round((1 - row["dilution"]) * 64 * options.hidden) if options.data == "digits" else ""
        cells = (compact(*mean(likelihood)), against, compact(*mean(1e4 * eps2)))
        print(f"{row['name']:<18}{row['dilution']:>6}{n_bonds:>8}{cells[0]:>22}{cells[1]:>16}{cells[2]:>16}")
    print(f"{time.monotonic() - began:.0f} s")
    if options.json is not None:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
