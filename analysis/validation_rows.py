"""Rows of the table of known physics, and series of many lanes at many temperatures."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

import physrbm as pr
from physrbm import statistics
from physrbm.sampling import multispin

ALARM = 1e-3  # probability that an equilibrated run is called not thermalised


class Row(NamedTuple):
    """One quantity, ours beside the known one."""

    quantity: str
    estimate: pr.Estimate
    known: float
    source: str
    thermalised: bool = True
    """the last three log2 windows agree"""
    allowed: float = 0.0
    """what the finite size may add to three errors"""
    part: str = ""
    seconds: float = 0.0
    """CPU time since the row before, all threads"""

    @property
    def sigma(self) -> float:
        """Deviation in standard errors."""
        return (self.estimate.value - self.known) / self.estimate.error

    @property
    def passed(self) -> bool:
        """Within three errors and what the finite size may add, and thermalised."""
        deviation = abs(self.estimate.value - self.known)
        return self.thermalised and bool(deviation <= 3 * self.estimate.error + self.allowed)


Part = Callable[[bool], Iterator[Row]]
"""A part of the validation; True for the quick one"""


def timed(part: str, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows with their part and CPU seconds."""
    began = time.process_time()
    for row in rows:
        now = time.process_time()
        yield row._replace(part=part, seconds=now - began)
        began = now


class Series(NamedTuple):
    """What lanes went through, (measurement, lane)."""

    energy: np.ndarray
    m: np.ndarray
    """magnetisation a spin"""
    q: np.ndarray
    """overlap a spin of the first half of the blocks with the second, (measurement, lane / 2)"""

    def thermalised(self, lanes: np.ndarray | slice = slice(None)) -> bool:
        """Whether the last three log2 windows of energy and m^2 agree."""
        return windows_agree(self.energy[:, lanes], self.m[:, lanes] ** 2)


def windows_agree(*series: np.ndarray) -> bool:
    """Whether the last three log2 windows of every series (measurement, chain) agree."""
    return all(statistics.log2_windows(x, ALARM / len(series)).agree for x in series)


class Run(NamedTuple):
    """Sweeps before the first measurement, measurements, sweeps from one to the next."""

    warm: int
    n: int
    every: int


def lanes(
    instances: Sequence[pr.RBM],
    T: np.ndarray,
    run: Run,
    seed: int,
    instance: np.ndarray | None = None,
    up: bool = False,
) -> Series:
    """Multi-spin coded lanes (block, 1024) at temperatures T (block, 1024), from random states or from all up."""
    rbm, glass = instances[0], multispin.pack_glass(instances, instance)
    visible = multispin.random_spins(len(T), rbm.n_visible, seed, ())
    chains = multispin.start_spins(visible | np.uint32(2**32 - 1) if up else visible, rbm.n_hidden, seed, ())
    value, rung = np.unique(T, return_inverse=True)
    levels = multispin.spread(glass, 1 / value, rung.reshape(T.shape))
    multispin.sweep_spins(glass, chains, levels, run.warm)
    energy, m, q = [], [], []
    for _ in range(run.n):
        energy.append(multispin.sweep_spins(glass, chains, levels, run.every).ravel())
        spins = np.concatenate([chains.visible, chains.hidden], 1)
        m.append(mean_spin(spins))
        q.append(mean_spin(~(spins[: len(T) // 2] ^ spins[len(T) // 2 : 2 * (len(T) // 2)])))
    return Series(np.stack(energy), np.stack(m), np.stack(q))


def mean_spin(words: np.ndarray) -> np.ndarray:
    """Mean spin (lane,) of packed spins (block, unit, 32)."""
    bits = np.unpackbits(words.astype("<u4").view(np.uint8), axis=-1, bitorder="little")
    mean: np.ndarray = 2 * bits.sum(1, dtype=np.int32).ravel() / max(words.shape[1], 1) - 1
    return mean


def energy_per_spin(energy: np.ndarray, n: int) -> pr.Estimate:
    """u of energies (measurement, lane), the error from the scatter of independent lanes."""
    return pr.Estimate.of(energy.mean(0) / n)


def heat_per_spin(energy: np.ndarray, T: float, n: int) -> pr.Estimate:
    """C of energies (measurement, lane), jackknife over lanes."""
    e = energy - energy.mean()
    return statistics.jackknife(
        lambda first, second: statistics.specific_heat(first, second, 1 / T, n), e.mean(0), (e**2).mean(0)
    )


def spins_of(rbm: pr.RBM) -> int:
    """Number of spins."""
    return int(rbm.n_visible + rbm.n_hidden)


def as_json(row: Row) -> dict[str, Any]:
    """A row for a file."""
    value, error, n = row.estimate
    named = {"value": value, "error": error, "samples": n, "sigma": row.sigma, "passed": row.passed}
    return {k: v for k, v in row._asdict().items() if k != "estimate"} | named
