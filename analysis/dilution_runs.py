"""The runs behind the question where generation breaks down: MNIST in several sizes, diluted before and after training.

python analysis/dilution_runs.py [--sizes 7,14,20,28] [--instances 10] [--demo] --out FOLDER

Digits are averaged down to L x L pixels; Nh / Nv = 500/784 is fixed and a machine is trained for 8 Nv updates, so that
every size gets the same updates a unit. The learning rate confounds p: at every size and p it is that of RATES with the
best mean likelihood of held-out digits over two instances at the full budget. Then, in one sweep a size:

    before        random mask of dilution p, trained with the rate of that p (p = 0 is the dense machine)
    after         the dense machine of every instance, the smallest couplings removed up to p, in the binary and in the
                  centred gauge, no retraining

Two tables a size, a row a run, with every setting: FOLDER/rates-14.csv of the pilots, which are not run again where it
is there, and FOLDER/L14.csv, which `dilution_transition.py` reads. To what `physrbm sweep collect` gives, it adds order
parameters of the 1000 configurations that a run ends with (1000 sweeps from random starts):

    modes, spread   O and S of trained.py on the leading principal components of the training data, both 1 for data: S
                    alone, the variance, is blind to means that are wrong
    chi_sg          (1/N) sum_ij C_ij C'_ij, connected, of both layers, C and C' the covariances of halves of the
                    configurations (no bias); free spins without a field have 1

Everything is a sweep of `physrbm sweep`: kill it and start it again, and it goes on. --demo: digits of 6 and 8 pixels a
side, 4 instances, 5 minutes on two cores.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from trained import Order

import physrbm as pr

DILUTIONS = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998)
RATES = (0.8, 3.2, 12.8)
PILOTS = 2
UPDATES_A_UNIT = 8
COMMON = {"measurements": 2, "samples": 1000, "sample_sweeps": 1000, "ais_chains": 512}


def settings(data: str, L: int) -> dict[str, Any]:
    """What all runs of a size have in common."""
    return {"data": data, "shape": f"{L}x{L}", "hidden": L * L * 500 // 784, **COMMON}


def pilots(data: str, L: int) -> dict[str, Any]:
    """The grid of dilutions and learning rates."""
    common = {**settings(data, L), "updates": UPDATES_A_UNIT * L * L}
    return {"settings": common, "grid": {"dilution": [*DILUTIONS], "learning_rate": [*RATES], "seeds": PILOTS}}


def best(pilots: Mapping[str, np.ndarray]) -> dict[float, float]:
    """The rate of every dilution: the best mean likelihood of held-out data, of runs that came to one."""
    rates = {}
    for p in np.unique(pilots["dilution"]).tolist():
        tried = np.where(pilots["dilution"] == p, pilots["learning_rate"], np.nan)
        found = {
            rate: pilots["log_likelihood_test"][tried == rate].mean()
            for rate in np.unique(tried[~np.isnan(tried)]).tolist()
        }
        rates[p] = max(found, key=lambda rate: -np.inf if np.isnan(found[rate]) else found[rate])
    return rates


def main_grid(data: str, L: int, rates: dict[float, float], instances: int) -> dict[str, Any]:
    """Before training at the chosen rates; after training from the dense machines."""
    trained = {"updates": UPDATES_A_UNIT * L * L, "seeds": instances}
    families: list[dict[str, Any]] = [
        {"name": f"before-{p:g}", "dilution": p, "learning_rate": rate, **trained} for p, rate in rates.items()
    ]
    diluted = {"from": "before-0", "updates": 0, "rule": "magnitude", "dilution": [*DILUTIONS[1:]]}
    families += [{"name": f"after-{gauge}", "gauge": gauge, **diluted} for gauge in ("binary", "centred")]
    return {"settings": settings(data, L), "family": families}


def finished(grid: dict[str, Any], folder: Path, how: pr.campaign.Options) -> pr.campaign.Table:
    """The table of a sweep, once all of it is run."""
    pr.campaign.plan(grid, folder, how.data_dir)
    for progress in pr.campaign.run(folder, how):
        last = progress
    print(f"{folder}: {last}", flush=True)
    return pr.campaign.collect(folder)


def order_parameters(table: pr.campaign.Table, folder: Path, how: pr.campaign.Options) -> pr.campaign.Table:
    """The table with the columns modes, spread and chi_sg, missing where a run is not done."""
    names, done = table.columns["name"], table.columns["state"] == "done"
    found = np.full((3, len(names)), np.nan)
    order = None
    for k in np.flatnonzero(done):
        run = pr.open_run(folder / "runs" / str(names[k]))
        if order is None:  # the data of all runs are the same
            order = Order.of(pr.load_data(run.spec.data, shape=run.spec.shape, data_dir=how.data_dir).train)
        visible = run.samples()
        found[:2, k] = order(visible).mean(), order.spread(visible)
        v, h = pr.sample(run.rbm(), len(visible), 1, start=visible, seed=int(table.columns["seed"][k]))
        half = len(v) // 2
        found[2, k] = pr.observables.chi_sg_of_sets((v[:half], h[:half]), (v[half:], h[half:])).value
    columns = {**table.columns, "modes": found[0], "spread": found[1], "chi_sg": found[2]}
    return pr.campaign.Table(columns, {**table.units, "modes": "of data", "spread": "of data", "chi_sg": "per unit"})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, and collect."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="7,14,20,28", help="pixels a side")
    parser.add_argument("--instances", type=int, default=10, help="machines of every dilution")
    parser.add_argument("--workers", type=int, help="processes; one a core if absent")
    parser.add_argument("--demo", action="store_true", help="the shipped digits, small")
    parser.add_argument("--out", type=Path, required=True, help="folder of sweeps and tables")
    given = parser.parse_args(arguments)
    data, sizes, instances = ("digits", (6, 8), 4) if given.demo else ("mnist", (), given.instances)
    how = pr.campaign.Options(workers=given.workers)
    for L in sizes or map(int, given.sizes.split(",")):
        tried = given.out / f"rates-{L}.csv"
        if not tried.exists():
            pr.campaign.write_table(tried, finished(pilots(data, L), given.out / f"rates-{L}", how))
        rates = best(pr.campaign.read_table(tried))
        print(f"L = {L}, learning rates: {rates}", flush=True)
        table = finished(main_grid(data, L, rates, instances), given.out / f"L{L}", how)
        pr.campaign.write_table(given.out / f"L{L}.csv", order_parameters(table, given.out / f"L{L}", how))


if __name__ == "__main__":
    main()
