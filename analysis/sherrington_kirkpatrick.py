"""Bipartite Sherrington-Kirkpatrick model: where the connected susceptibility takes off.

python analysis/sherrington_kirkpatrick.py [--instances 128] [--dilution 0.0] [--json FILE]

chi_SG = (1/N) sum_ij (<s_i s_j> - <s_i><s_j>)^2 of each instance from two halves of 512 chains, cooled together. With
a = c Nh <tanh^2 beta J>, b = c Nv <tanh^2 beta J> (connectivity c) it is [Nv (1 + a) + Nh (1 + b)] / (N (1 - a b)) for
N -> infinity, where every walk is a tree: 1 / (1 - a) for equal layers, which diverges at a = 1, at beta = 1 if dense.
There chi ~ N^(1/3) g(N^(1/3) t), so that chi / N^(1/3) of two sizes cross, up to corrections that the sizes show.
Errors by jackknife over instances.
"""

import argparse
import json
from itertools import pairwise
from pathlib import Path

import numpy as np

import physrbm as pr
from physrbm import observables, statistics

SIZES = 32, 64, 128  # of a layer
BETAS = np.array([0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2])
CHAINS, SWEEPS = 512, 400
BLOCKS = 32


def susceptibilities(n: int, dilution: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """chi_SG (beta,) of one instance, and its a b (beta,)."""
    rbm = pr.ensembles.sherrington_kirkpatrick(n, n, dilution, seed=seed)
    start, found = None, []
    for k, beta in enumerate(BETAS):
        states = pr.sample(rbm, CHAINS, SWEEPS, float(beta), start, seed=1000 * seed + k)
        start = states.visible
        halves = [tuple(x[part::2] for x in states) for part in (0, 1)]
        found.append(observables.chi_sg_of_sets(*halves).value)
    J = rbm.to_spins().J.weight
    reach = np.array([(np.tanh(beta * J) ** 2).sum() / n for beta in BETAS])  # a = b: sum over a unit's bonds
    return np.array(found), reach**2


def crossing(difference: np.ndarray) -> float:
    """Last beta at which chi / N^(1/3) of the larger size overtakes, by linear interpolation."""
    up = np.flatnonzero((difference[:-1] < 0) & (difference[1:] >= 0))
    if not up.size:
        return float("nan")
    k = up[-1]
    part = difference[k] / (difference[k] - difference[k + 1])
    return float(BETAS[k] + part * (BETAS[k + 1] - BETAS[k]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=int, default=128)
    parser.add_argument("--dilution", type=float, default=0.0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    chi, squared = {}, {}
    for n in SIZES:
        runs = [susceptibilities(n, given.dilution, seed) for seed in range(given.instances)]
        chi[n], squared[n] = (np.stack(x) for x in zip(*runs, strict=True))
    print("beta   " + "  ".join(f"chi N={2 * n:<11}" for n in SIZES) + "tree formula")
    for k, beta in enumerate(BETAS):
        cells = [str(pr.Estimate.of(chi[n][:, k])) for n in SIZES]
        root = np.sqrt(squared[SIZES[-1]][:, k].mean())
        exact = f"{1 / (1 - root):.3f}" if root < 1 else "diverged"
        print(f"{beta:.2f}   " + "  ".join(f"{cell:<17}" for cell in cells) + exact)
    crossings = {}
    for small, large in pairwise(SIZES):

        def difference(one: np.ndarray, two: np.ndarray, small: int = small, large: int = large) -> np.ndarray:
            return np.asarray(crossing(two / large ** (1 / 3) - one / small ** (1 / 3)))

        left = statistics.replicates(difference, chi[small], chi[large], blocks=BLOCKS)
        value = float(difference(chi[small].mean(0), chi[large].mean(0)))
        error = float(statistics.jackknife_error(left))
        crossings[f"{2 * small}, {2 * large}"] = value, error
        print(f"chi / N^(1/3) of N = {2 * small} and {2 * large} cross at beta = {value:.3f} +- {error:.3f}")
    if given.json:
        given.json.write_text(json.dumps({"crossings": crossings, "instances": given.instances}, indent=1))


if __name__ == "__main__":
    main()
