"""Annealed importance sampling from independent pixels to the machine (Neal 2001; Salakhutdinov & Murray 2008)."""

from typing import NamedTuple

import numpy as np

from physrbm.estimate import LogZ
from physrbm.model import RBM
from physrbm.sampling import Chains, Machine, anneal, new_chains, pack_machine, random_states, states, sweep
from physrbm.streams import Stream, Use, generator

_PILOT_CHAINS = 256
_PILOT_SWEEPS = 50
_FIRST_RUNGS = 64
_PILOT_RUNGS = (100, 400, 1600)
MAX_RUNGS = 20_000
MIN_CHAINS = 100
_MIN_SHARE = 0.25  # of the chains that must carry the weight: below, the interval misses too often
_TARGET_VARIANCE = 0.3  # of the log-weights: the mean weight of hundreds of chains is then close to normal


class Path(NamedTuple):
    """From the base energy -base.v (t = 0) to beta E (t = 1): (1-t) E_base + t beta E."""

    rbm: RBM
    machine: Machine
    base: np.ndarray
    """(Nv,) float64"""
    beta: float

    def start(self, n_chains: int, seed: int, key: tuple[int, ...]) -> Chains:
        """Chains of independent pixels: exact samples at t = 0."""
        uniform = generator(seed, Stream.INITIAL, *key).random((n_chains, self.base.size))
        on = (uniform < 1 / (1 + np.exp(-self.base))).astype(np.uint8)
        return new_chains(on, self.rbm.n_hidden, seed, key, self.beta)

    @property
    def log_z_base(self) -> float:
        """log Z at t = 0, and the constant of the machine, which no weight contains."""
        return float(np.logaddexp(0, self.base).sum() + self.rbm.n_hidden * np.log(2) - self.beta * self.rbm.constant)

    def climb(self, chains: Chains, ladder: np.ndarray) -> np.ndarray:
        """Take the chains up the ladder t (rung,), in place; their log-weights (chain,)."""
        return anneal(self.machine, chains, self.beta * ladder, 1 - ladder)


def estimate(rbm: RBM, beta: float, n_chains: int, n_rungs: int | None, data: np.ndarray | None, seed: int) -> LogZ:
    """log Z at `beta`; arguments as `partition.log_z` checks them."""
    path = independent_path(rbm, beta, _pilot_means(rbm, beta, seed) if data is None else data.mean(0))
    return climbed(path, pilot_ladder(path, n_rungs, seed), n_chains, seed)


def climbed(path: Path, ladder: np.ndarray, n_chains: int, seed: int) -> LogZ:
    """log Z from fresh chains that go up a `ladder` t (rung,)."""
    log_weight = path.climb(path.start(n_chains, seed, (Use.AIS,)), ladder)
    return mean_weight(log_weight, path.log_z_base, ladder.size)


def reverse(
    rbm: RBM, visible: np.ndarray, n_rungs: int | None, data: np.ndarray | None, seed: int, refusal: str = ""
) -> LogZ:
    """log Z at beta = 1 from states (chain, Nv) of the machine, taken down to independent pixels.

    The mean weight estimates Z_base / Z: where the states are in equilibrium, its logarithm errs to the low side and
    this log Z to the high side, as `estimate` errs to the low one. `refusal`: why they are not, if they are not.
    """
    path = independent_path(rbm, 1.0, _pilot_means(rbm, 1.0, seed) if data is None else data.mean(0))
    ladder = pilot_ladder(path, n_rungs, seed)
    chains = new_chains(visible, rbm.n_hidden, seed, (Use.REVERSE,))
    down = mean_weight(path.climb(chains, ladder[::-1]), 0.0, ladder.size)
    whole = path.log_z_base
    turned = down._replace(value=whole - down.value, lower=whole - down.upper, upper=whole - down.lower)
    reason = refusal or down.reason
    return turned._replace(method="ais_reverse", estimated=not reason, reason=reason)


def independent_path(rbm: RBM, beta: float, mean: np.ndarray) -> Path:
    """The path from independent pixels with the means (Nv,)."""
    clipped = np.clip(mean, 1e-3, 1 - 1e-3)  # a pixel that was never on may still be
    base = np.log(clipped) - np.log1p(-clipped)
    return Path(rbm, pack_machine(rbm, base), base, beta)


def pilot_ladder(path: Path, n_rungs: int | None, seed: int) -> np.ndarray:
    """Rungs t (rung,), 0 to 1, equally far apart in the spread of the work, as a pilot sees it.

    The variance of the log-weights falls as 1 / n_rungs once a run follows the path: without `n_rungs`, further pilots
    with ever more rungs say how many are needed. What is chosen here is frozen before the estimate is begun.
    """
    chains = path.start(_PILOT_CHAINS, seed, (Use.PILOT_LADDER,))
    coarse = np.linspace(0.0, 1.0, _FIRST_RUNGS)
    spread = np.array([path.climb(chains, coarse[k : k + 2]).std() for k in range(coarse.size - 1)])
    # a little of the mean everywhere: a gap without spread must not lose all its rungs
    distance = np.concatenate([[0.0], np.cumsum(spread + 1e-3 * spread.mean() + 1e-12)])

    def ladder(n: int) -> np.ndarray:
        return np.interp(np.linspace(0, distance[-1], n), distance, coarse)

    if n_rungs is not None:
        return ladder(n_rungs)
    for trial, n in enumerate(_PILOT_RUNGS):
        variance = path.climb(path.start(_PILOT_CHAINS, seed, (Use.PILOT_COUNT, trial)), ladder(n)).var()
        if variance <= _TARGET_VARIANCE:
            return ladder(n)
    return ladder(min(MAX_RUNGS, int(_PILOT_RUNGS[-1] * variance / _TARGET_VARIANCE)))


def _pilot_means(rbm: RBM, beta: float, seed: int) -> np.ndarray:
    """Pixel means (Nv,) of short chains from random starts; any means are valid, good ones need fewer rungs."""
    key = (Use.PILOT_MEANS,)
    chains = new_chains(random_states(_PILOT_CHAINS, rbm.n_visible, seed, key), rbm.n_hidden, seed, key, beta)
    sweep(pack_machine(rbm), chains, _PILOT_SWEEPS)
    means: np.ndarray = states(chains).visible.mean(0)
    return means


def mean_weight(log_weight: np.ndarray, log_z_base: float, n_rungs: int) -> LogZ:
    """log Z = log_z_base + log of the mean weight of independent chains, with its delta-method error and interval.

    Refused where the effective sample size is below MIN_CHAINS or a quarter of the chains: for log-normal weights the
    interval then holds in clearly less than 95 %, always missing on the low side.
    """
    shift = log_weight.max()
    weight = np.exp(log_weight - shift)
    n = weight.size
    relative = float(weight.std(ddof=1) / weight.mean() / np.sqrt(n))
    ess = float(weight.sum() ** 2 / (weight**2).sum())
    value = float(log_z_base + shift + np.log(weight.mean()))
    lower = value + float(np.log1p(-min(1.96 * relative, 1 - 1e-12)))
    upper = value + float(np.log1p(1.96 * relative))
    needed = max(MIN_CHAINS * 0.9, _MIN_SHARE * n)
    estimated = ess >= needed
    reason = "" if estimated else f"effective sample size {ess:.1f} of {n} chains, at least {needed:.0f} needed"
    return LogZ(value, relative, lower, upper, ess, "ais", estimated, reason, n, n_rungs)
