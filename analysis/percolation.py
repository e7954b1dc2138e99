"""Where does a randomly diluted machine fall apart, and how much of it hangs together before?

python analysis/percolation.py [--quick] [--workers 2] [--json FILE]

Random graphs with Nv x Nh units percolate at (1 - p_c) sqrt(Nv Nh) = 1, for any ratio Nh / Nv (Newman, Strogatz & Watts
2001; pr.structure.threshold_dilution has the finite form). With c = (1 - p) sqrt(Nv Nh) and N = Nv + Nh the largest
component has the size

    [S_1] = N^(2/3) f(x) (1 + N^(-1/3) (b_0 + b_1 x)), x = (c - c_*) N^(1/3)

(Bollobas 1984; Luczak 1990 for the window), so that S_1 / N^(2/3) of all sizes cross at c_*, up to a drift of order
N^(-2/3): those of N and N' at c_* + drift (N N')^(-1/3), drift = b_0 / (ln f)'(0). A least-squares fit with ln f
quadratic for |x| <= 1 gives c_* and, from the scatter of instances, its error; chi2 says whether the form holds. Beside
it the crossing of the two largest sizes alone, with its jackknife error.

Above the threshold S_1 / N is held against the fixed point of the generating functions, pr.structure.expected_giant:
what is left between them is O(1 / N). Sigma is the deviation in standard errors. A minute on two cores.
"""

import argparse
import json
from collections.abc import Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import curve_fit

import physrbm as pr

SHAPES = ((640, 640), (784, 500), (1024, 256))  # the smallest of each ratio; others are 4, 16, 64 times as large
INSTANCES = {1: 4000, 4: 2000, 16: 1000, 64: 400}  # of each c, by that factor
WINDOW = np.linspace(-1, 1, 5)  # x at c_* = 1
GIANT = ((784, 500, 0.99), (784, 500, 0.995), (784, 500, 0.997), (12544, 8000, 0.9998), (12544, 8000, 0.99985))
GIANT_INSTANCES = 400

Task = tuple[int, int, float, int, int]
"""Nv, Nh, p, first seed, instances"""


def largest(task: Task) -> tuple[float, np.ndarray]:
    """c as it came out (bonds are whole), and the units of the largest component of each instance."""
    n_visible, n_hidden, dilution, first, n = task
    machines = (pr.RBM.initialise(n_visible, n_hidden, dilution, seed=seed) for seed in range(first, first + n))
    sizes = np.array([pr.structure.components(rbm).sizes[0] for rbm in machines], np.float64)
    bonds = round((1 - dilution) * n_visible * n_hidden)
    return bonds / (n_visible * n_hidden) ** 0.5, sizes


def log_scaled(
    at: tuple[np.ndarray, np.ndarray], c: float, f0: float, f1: float, f2: float, b0: float, b1: float
) -> np.ndarray:
    """ln([S_1] / N^(2/3)) at sizes N and connectivities."""
    N, where = at
    x = (where - c) * N ** (1 / 3)
    value: np.ndarray = f0 + f1 * x + f2 * x**2 + N ** (-1 / 3) * (b0 + b1 * x)
    return value


def crossing(c: np.ndarray, one: np.ndarray, two: np.ndarray) -> float:
    """c at which ln S_1 / N^(2/3) of two sizes, parabolas through their values at c (2, point), are equal."""
    parabolas = [np.polynomial.Polynomial.fit(x - 1, y, 2).convert() for x, y in zip(c, (one, two), strict=True)]
    roots = (parabolas[1] - parabolas[0]).roots()
    return float(1 + roots[np.abs(roots).argmin()].real)


def threshold(shape: tuple[int, int], instances: dict[int, int], pool: Executor) -> dict[str, Any]:
    """c_* of one ratio of the layers by the fit to all sizes, and by the crossing of the two largest."""
    tasks: list[Task] = []
    for factor, n in instances.items():
        n_visible, n_hidden = factor * shape[0], factor * shape[1]
        for k, x in enumerate(WINDOW):
            c = 1 + x * (n_visible + n_hidden) ** (-1 / 3)
            tasks.append((n_visible, n_hidden, 1 - c / (n_visible * n_hidden) ** 0.5, 10**6 * factor + 10**5 * k, n))
    tasks.reverse()  # the longest first
    found = list(pool.map(largest, tasks))
    N = np.array([task[0] + task[1] for task in tasks], np.float64)
    c = np.array([where for where, _ in found])
    mean = np.array([sizes.mean() for _, sizes in found])
    error = np.array([pr.Estimate.of(sizes).error for _, sizes in found])
    y = np.log(mean / N ** (2 / 3))
    start = (1.0, y.mean(), 0.5, 0.0, 0.0, 0.0)
    best, covariance = curve_fit(log_scaled, (N, c), y, start, sigma=error / mean, absolute_sigma=True)
    chi2 = float((((y - log_scaled((N, c), *best)) / (error / mean)) ** 2).sum())

    last = [slice(k * WINDOW.size, (k + 1) * WINDOW.size) for k in (0, 1)]
    value, variance = crossing(np.stack([c[s] for s in last]), *(y[s] for s in last)), 0.0
    for which in range(2):  # one size after the other: their instances are independent

        def shifted(sizes: np.ndarray, which: int = which) -> np.ndarray:
            both = [y[s] for s in last]
            both[which] = np.log(sizes / N[last[which]] ** (2 / 3))
            return np.asarray(crossing(np.stack([c[s] for s in last]), *both))

        samples = np.stack([sizes for _, sizes in found[last[which]]], 1)
        variance += pr.statistics.jackknife(shifted, samples, blocks=40).error ** 2
    return {
        "ratio": shape[1] / shape[0],
        "sizes": [int(n) for n in np.unique(N)],
        "c": float(best[0]),
        "error": float(covariance[0, 0] ** 0.5),
        "chi2": chi2,
        "dof": y.size - best.size,
        "drift": float(best[4] / best[2]),
        "crossing": value,
        "crossing_error": variance**0.5,
    }


def giant(shapes: Iterable[tuple[int, int, float]], n: int, pool: Executor) -> list[dict[str, Any]]:
    """S_1 / N of random dilution beside the generating functions."""
    tasks: list[Task] = [(*shape, 10**5 * k, n) for k, shape in enumerate(shapes)]
    rows = []
    for (n_visible, n_hidden, p, _, _), (c, sizes) in zip(tasks, pool.map(largest, tasks), strict=True):
        found = pr.Estimate.of(sizes / (n_visible + n_hidden))
        known = pr.structure.expected_giant(*pr.structure.binomial_degrees(n_visible, n_hidden, p)).units
        rows.append(
            {"shape": [n_visible, n_hidden], "p": p, "c": c, "S": found.value, "error": found.error, "theory": known}
        )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the instances")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--json", type=Path, help="file for both tables")
    given = parser.parse_args()
    part = 10 if given.quick else 1
    thresholds, giants = [], []
    with ProcessPoolExecutor(given.workers) as pool:
        print("Nh/Nv   N                  (1-p_c) sqrt(Nv Nh)   theory   sigma   chi2/dof   drift   largest two cross")
        for shape in SHAPES:
            row = threshold(shape, {factor: n // part for factor, n in INSTANCES.items()}, pool)
            thresholds.append(row)
            c, cross = (
                pr.Estimate(row[at], row[error], 1) for at, error in (("c", "error"), ("crossing", "crossing_error"))
            )
            sizes = f"{row['sizes'][0]} ... {row['sizes'][-1]}"
            print(
                f"{row['ratio']:<8.4g}{sizes:<19}{c!s:<22}{1:<9}{(c.value - 1) / c.error:<8.1f}"
                f"{row['chi2']:.1f}/{row['dof']:<7}{row['drift']:<8.2f}{cross}",
                flush=True,
            )
        print("\nNv x Nh         p         c         S_1 / N         theory      sigma")
        giants = giant(GIANT, GIANT_INSTANCES // part, pool)
        for row in giants:
            name, found = f"{row['shape'][0]} x {row['shape'][1]}", pr.Estimate(row["S"], row["error"], 1)
            print(
                f"{name:<16}{row['p']:<10.6g}{row['c']:<10.4f}{found!s:<16}{row['theory']:<12.6f}"
                f"{(row['S'] - row['theory']) / row['error']:.1f}"
            )
    if given.json:
        given.json.write_text(json.dumps({"threshold": thresholds, "giant": giants}, indent=1))


if __name__ == "__main__":
    main()
