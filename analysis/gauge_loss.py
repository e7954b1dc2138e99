"""What does the gauge of a dilution cost? python analysis/gauge_loss.py [--machines 60] [--json FILE]

Many machines of 4 x 4 digits and 10 hidden units are trained to different strengths, then diluted without retraining.
Everything is exact: the likelihood lost is L = <log p(v)>_data with log Z by enumeration of the 2^10 hidden states, in
nats a sample. The same bonds go in every gauge, those that `magnitude` or `random` picks, so that the differences
between the gauges are those of the fields left behind:

binary   nothing is left behind;   ising   a_i += w/2, b_a += w/2;   centred   a_i += w <h_a>, b_a += w <v_i>

Means and standard errors over the machines, whose seeds and numbers of updates differ. "better" counts the machines in
which the centred gauge loses less than the binary one.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

import physrbm as pr
from physrbm.estimate import compact

DILUTIONS, RULES, GAUGES = (0.2, 0.4, 0.6, 0.8, 0.9), ("magnitude", "random"), ("binary", "ising", "centred")
UPDATES = (50, 200, 800, 3000)


def likelihood(rbm: pr.RBM, data: np.ndarray) -> float:
    """Exact log-likelihood, nats a sample."""
    return pr.log_likelihood(rbm, data, pr.log_z(rbm, "exact")).value


def losses(seed: int, data: np.ndarray) -> tuple[float, dict[tuple[str, float, str], float]]:
    """Likelihood of one trained machine, and what every dilution of it loses."""
    rbm = pr.RBM.initialise(data, 10, scale=0.1, seed=seed)
    updates = UPDATES[seed % len(UPDATES)]
    for state in pr.train(rbm, data, seed, updates=updates, learning_rate=0.2, n_chains=256, batch_size=256):
        rbm = state.rbm
    before = likelihood(rbm, data)
    found = {}
    for rule in RULES:
        for p in DILUTIONS:
            for gauge in GAUGES:
                diluted = pr.dilute(rbm, p, rule, gauge, data, seed=seed)
                found[rule, p, gauge] = before - likelihood(diluted, data)
    return before, found


def mean(x: np.ndarray) -> str:
    """Mean with its standard error over the machines."""
    return compact(float(x.mean()), float(x.std(ddof=1) / np.sqrt(x.size)))


def main() -> int:
    """Train, dilute, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=60)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    data = pr.load_data("digits", shape=(4, 4)).train
    found = [losses(seed, data) for seed in range(options.machines)]
    learned = np.array([before for before, _ in found])
    print(f"{options.machines} machines, 16 x 10; log-likelihood {mean(learned)} nats, {learned.min():.2f} the least")
    print(f"{'likelihood lost, nats':<24}" + "".join(f"{gauge:>14}" for gauge in GAUGES) + f"{'better':>10}")
    rows = []
    for rule in RULES:
        for p in DILUTIONS:
            loss = {gauge: np.array([x[rule, p, gauge] for _, x in found]) for gauge in GAUGES}
            better = int((loss["centred"] < loss["binary"]).sum())
            cells = "".join(f"{mean(loss[gauge]):>14}" for gauge in GAUGES)
            print(f"{rule:<14}{f'p = {p}':<10}{cells}{better:>6} of {options.machines}")
            rows.append({"rule": rule, "dilution": p, **{gauge: loss[gauge].tolist() for gauge in GAUGES}})
    if options.json is not None:
        options.json.write_text(json.dumps(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
