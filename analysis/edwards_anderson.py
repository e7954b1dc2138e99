"""3D +-J Edwards-Anderson model: where xi/L of two sizes cross.

python analysis/edwards_anderson.py [--sizes 4 8] [--instances 2048] [--sweeps 40000] [--json FILE]

Parallel tempering of every instance, two replicas on 16 temperatures, multi-spin coded. Disorder averages first, then
xi = sqrt([q(0)^2]/[|q(k)|^2] - 1) / (2 sin(pi/L)); errors by jackknife over 64 blocks of instances, through the
interpolation and the crossing. Equilibration: the last three log2 windows of [q^2] at the lowest temperature agree,
paired over instances; and every instance gets a verdict: its walkers made at least MIN_TRIPS round trips each on
average, and its q^2 of the last window is that of the window before within 4 standard errors.

Published for small sizes (peapods, validation): (4, 8) cross at T = 1.204(17), (6, 12) at 1.146(18), finite-size values
above Tc = 1.1019(29) (Baity-Jesi et al. 2013).
"""

import argparse
import json
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

import physrbm as pr
from physrbm import statistics
from physrbm.tempering.glass import RUNGS, temper_glass

BLOCKS, MIN_TRIPS = 64, 5
HOT, COLD = 1.9, 1.0
SWAP, MEASURE = 5, 20


class Size(NamedTuple):
    """What one size has come to."""

    q2: np.ndarray
    """(instance, rung) mean over the last half"""
    q4: np.ndarray
    qk: np.ndarray
    cold: np.ndarray
    """(measurement, instance) q^2 at the lowest temperature"""
    round_trips: np.ndarray
    """(instance,) of the mean walker"""
    seconds: float
    cpu: float


def run(L: int, temperature: np.ndarray, n_instances: int, n_sweeps: int, seed: int) -> Size:
    """Temper all instances of one size."""
    instances = [pr.ensembles.edwards_anderson((L,) * 3, seed=seed * 1_000_000 + k) for k in range(n_instances)]
    began, cpu, cold = time.monotonic(), time.process_time(), []
    sums = np.zeros((3, n_instances, RUNGS))
    for now in temper_glass(instances, 1 / temperature, n_sweeps, SWAP, MEASURE, seed=seed):
        cold.append(now.overlap[:, -1] ** 2)
        if now.sweep > n_sweeps // 2:
            sums += now.overlap**2, now.overlap**4, now.overlap_k
    q2, q4, qk = sums / (n_sweeps // MEASURE - n_sweeps // 2 // MEASURE)
    took = time.monotonic() - began, time.process_time() - cpu
    return Size(q2, q4, qk, np.stack(cold), now.round_trips / 32, *took)


def verdicts(size: Size) -> tuple[bool, np.ndarray]:
    """Whether the disorder average is equilibrated, and which instances are, (instance,)."""
    average = bool(statistics.log2_windows(size.cold).agree)
    n = len(size.cold)
    windows = size.cold[n // 4 : n // 2], size.cold[n // 2 :]
    blocks = [np.stack([part.mean(0) for part in np.array_split(x, 16)]) for x in windows]
    error2 = sum(x.var(0, ddof=1) / len(x) for x in blocks)
    apart = np.abs(blocks[0].mean(0) - blocks[1].mean(0))
    return average, (size.round_trips >= MIN_TRIPS) & (apart <= 4 * np.sqrt(error2))


def xi_over_L(q2: np.ndarray, qk: np.ndarray, L: int) -> np.ndarray:
    """Second-moment correlation length over L (rung,) of disorder averages."""
    ratio: np.ndarray = np.sqrt(np.maximum(q2 / qk - 1, 0)) / (2 * np.sin(np.pi / L)) / L
    return ratio


def crossing(temperature: np.ndarray, difference: np.ndarray) -> float:
    """Root of a cubic through xi/L(2L) - xi/L(L), fitted to the eight temperatures around the sign change."""
    above = np.flatnonzero(difference[:-1] * difference[1:] <= 0)
    if not above.size:
        return float("nan")
    first = int(np.clip(above[0] - 3, 0, temperature.size - 8))
    part = slice(first, first + 8)
    middle = temperature[above[0]]
    roots = np.roots(np.polyfit(temperature[part] - middle, difference[part], 3)) + middle
    real = roots[np.abs(roots.imag) < 1e-9].real
    return float(real[np.argmin(np.abs(real - middle))]) if real.size else float("nan")


def analyse(sizes: dict[int, Size], temperature: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Crossing, its error, and xi/L (size, rung) of two sizes."""
    pair = sorted(sizes)

    def estimate(keep: dict[int, np.ndarray]) -> tuple[float, np.ndarray]:
        xi = np.stack([xi_over_L(sizes[L].q2[keep[L]].mean(0), sizes[L].qk[keep[L]].mean(0), L) for L in pair])
        return crossing(temperature, xi[1] - xi[0]), xi

    whole, xi = estimate({L: np.ones(len(sizes[L].q2), bool) for L in pair})
    left = []
    for block in range(BLOCKS):
        left.append(estimate({L: np.arange(len(sizes[L].q2)) % BLOCKS != block for L in pair})[0])
    return whole, float(np.sqrt((BLOCKS - 1) * np.var(left))), xi


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs=2, default=[4, 8])
    parser.add_argument("--instances", type=int, default=2048)
    parser.add_argument("--sweeps", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    temperature = np.linspace(HOT, COLD, RUNGS)
    sizes = {L: run(L, temperature, given.instances, given.sweeps, given.seed) for L in given.sizes}
    table = {}
    for L, size in sizes.items():
        average, each = verdicts(size)
        updates = given.instances * 32 * L**3 * given.sweeps
        table[L] = {"equilibrated": average, "instances equilibrated": int(each.sum()), "seconds": size.seconds}
        print(
            f"L = {L}: [q^2] {'' if average else 'NOT '}equilibrated, {each.sum()} of {each.size} instances; "
            f"{size.round_trips.min():.0f} ... {size.round_trips.max():.0f} round trips; {size.seconds:.0f} s, "
            f"{size.cpu / 3600:.2f} core-hours, {1e9 * size.cpu / updates:.2f} ns of a core a spin update",
            flush=True,
        )
    value, error, xi = analyse(sizes, temperature)
    for k, T in enumerate(temperature):
        print(f"T = {T:.3f}  xi/L = " + "  ".join(f"{x[k]:.4f}" for x in xi))
    print(f"xi/L of {given.sizes[0]} and {given.sizes[1]} cross at T = {value:.4f} +- {error:.4f}")
    if given.json:
        content = {"crossing": value, "error": error, "temperature": temperature.tolist(), "xi/L": xi.tolist()}
        given.json.write_text(json.dumps(content | {"sizes": table, "instances": given.instances}, indent=1))


if __name__ == "__main__":
    main()
