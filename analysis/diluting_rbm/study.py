"""The paper's experiments on MNIST, diluted before and after training: README.md beside this file is the report.

python analysis/diluting_rbm/study.py --out FOLDER [--small] [--workers N]

Runs rates.toml, rates_after.toml, before.toml, budgets.toml and after.toml, one sweep after the other, in FOLDER/full,
and writes FOLDER/full/results/*.csv, after every part also tables.md and figures of what is there. Killed and started
again it goes on; a run that failed is tried again. A part whose tables are there already is not run again: with those
of this repository copied into FOLDER/full/results, only what is missing is. --small: the shipped digits, minutes, in
FOLDER/small.
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
from machines import PARTS

import physrbm as pr

PILOTS = ("rates", "rates_after")
IN_TIME = ("before", "after")
SHOWN, SEED = 16, 1


def runs(grid: dict[str, Any], folder: Path, workers: int) -> pr.campaign.Table:
    """What a sweep collects, once all of it is done, without host and folders. Raises SystemExit where runs failed."""
    table = finished(grid, folder, pr.campaign.Options(workers=workers))
    failed = [
        f"{name}: {state.reason}" for name, state in pr.campaign.status(folder).runs.items() if state.name != "done"
    ]
    if failed:
        sys.exit("\n".join([f"{folder}: not all runs are done; the same line tries again", *failed]))
    origin = np.array([Path(x).name for x in table.columns["origin"].tolist()])
    columns = {k: x for k, x in table.columns.items() if k != "host"} | {"origin": origin}
    return pr.campaign.Table(columns, table.units)


def samples(folder: Path) -> dict[str, np.ndarray]:
    """The first configurations of the machines of one seed, eight pixels a byte."""
    entries = [e for e in pr.campaign.read_manifest(folder).entries if e.spec.seed == SEED]
    found = {e.name: pr.open_run(folder / e.folder).samples()[:SHOWN] for e in entries}
    n_visible = next(iter(found.values())).shape[1]
    return {"n_visible": np.array(n_visible), **{name: np.packbits(v, axis=1) for name, v in found.items()}}


def part(name: str, grid: dict[str, Any], out: Path, workers: int) -> None:
    """Run a sweep and write its tables, unless they are there; that of the runs comes last and says so."""
    results = out / "results"
    if (results / f"{name}.csv").exists():
        return
    table = runs(grid, out / name, workers)
    if name in IN_TIME:
        for kind, own in in_time.of_sweep(out / name, workers).items():
            pr.campaign.write_table(results / f"{name}-{kind}.csv", own)
        np.savez_compressed(results / f"{name}-samples.npz", **samples(out / name))  # type: ignore[arg-type]
    pr.campaign.write_table(results / f"{name}.csv", table)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is not there, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of sweeps, tables and figures")
    parser.add_argument("--small", action="store_true", help="the shipped digits, minutes")
    parser.add_argument("--workers", type=int, help="processes; one a core if absent")
    given = parser.parse_args(arguments)
    import sklearn  # noqa: F401  the scores of classifiers are wanted after hours

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # of the processes that score: each has a core
    out, workers = given.out / ("small" if given.small else "full"), given.workers or pr.campaign.cores()
    (out / "results").mkdir(parents=True, exist_ok=True)
    rates: grids.Rates = {}
    for name in (*PILOTS, *PARTS):
        part(name, grids.read(name, given.small, rates), out, workers)
        if name in PILOTS:
            rates |= grids.best_rates(pr.campaign.read_table(out / "results" / f"{name}.csv"))
        else:
            report.main([str(out / "results"), "--out", str(out)])


if __name__ == "__main__":
    main()
