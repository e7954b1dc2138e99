"""The paper's experiments on MNIST, diluted before and after training: README.md beside this file is the report.

python analysis/diluting_rbm/study.py --out FOLDER [--small] [--workers N]

Runs rates.toml, before.toml, budgets.toml and after.toml, one sweep after the other, in FOLDER, and writes
FOLDER/results/*.csv, the figures, and the tables of the report. Killed and started again it goes on. A part whose table
is there already is not run again: with those of this repository copied into FOLDER/results, only what is missing is.
--small: the shipped digits, minutes.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(1, str(Path(__file__).parents[1]))  # scripts that others use too lie there

import grids
import in_time
import report
from dilution_runs import finished

import physrbm as pr

PARTS = ("before", "budgets", "after")
IN_TIME = ("before", "after")
SHOWN = 16
SAMPLES = {"full": in_time.SAMPLES, "small": 297}  # as many as there are held-out digits


def table_of_runs(grid: dict[str, Any], folder: Path, workers: int | None) -> pr.campaign.Table:
    """What a sweep collects, once all of it is run; of no host and no folder."""
    table = finished(grid, folder, pr.campaign.Options(workers=workers))
    origin = np.array([Path(x).name for x in table.columns["origin"].tolist()])
    columns = {k: x for k, x in table.columns.items() if k != "host"} | {"origin": origin}
    return pr.campaign.Table(columns, table.units)


def samples(folder: Path, seed: int = 1) -> dict[str, np.ndarray]:
    """The first configurations of the machines of one seed, eight pixels a byte."""
    entries = [e for e in pr.campaign.read_manifest(folder).entries if e.spec.seed == seed]
    found = {e.name: pr.open_run(folder / e.folder).samples()[:SHOWN] for e in entries}
    n_visible = next(iter(found.values())).shape[1]
    return {"n_visible": np.array(n_visible), **{name: np.packbits(v, axis=1) for name, v in found.items()}}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is not there, then report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of sweeps, tables and figures")
    parser.add_argument("--small", action="store_true", help="the shipped digits, minutes")
    parser.add_argument("--workers", type=int, help="processes; one a core if absent")
    given = parser.parse_args(arguments)
    results, workers = given.out / "results", given.workers or os.cpu_count() or 1
    results.mkdir(parents=True, exist_ok=True)
    if not (results / "rates.csv").exists():
        pilots = table_of_runs(grids.read("rates", given.small), given.out / "rates", workers)
        pr.campaign.write_table(results / "rates.csv", pilots)
    rates = grids.best_rates(pr.campaign.read_table(results / "rates.csv"))
    print(f"learning rates: {rates}", flush=True)
    for part in PARTS:
        if (results / f"{part}.csv").exists():
            continue
        found = {part: table_of_runs(grids.read(part, given.small, rates), given.out / part, workers)}
        if part in IN_TIME:
            n = SAMPLES["small" if given.small else "full"]
            found |= {f"{part}-{name}": x for name, x in in_time.of_sweep(given.out / part, n, workers).items()}
        if part == "before":
            np.savez_compressed(results / "samples.npz", allow_pickle=False, **samples(given.out / part))
        for name, table in reversed(found.items()):  # the table of runs says that the part is done
            pr.campaign.write_table(results / f"{name}.csv", table)
    report.main([str(results), "--out", str(given.out)])


if __name__ == "__main__":
    main()
