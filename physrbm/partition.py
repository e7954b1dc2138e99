"""log Z: exact where the smaller layer can be enumerated, else annealed importance sampling (AIS; Neal 2001)."""

import numpy as np

from physrbm import exact
from physrbm.errors import InvalidInput
from physrbm.estimate import LogZ
from physrbm.model import RBM
from physrbm.sampling import Chains, Machine, anneal, new_chains, pack_machine, states, sweep
from physrbm.streams import Stream, generator

_PILOT_CHAINS = 256
_PILOT_SWEEPS = 50
_FIRST_RUNGS = 64
_PILOT_RUNGS = (100, 400, 1600)
_MAX_RUNGS = 20_000
_MIN_ESS = 100.0
_TARGET_VARIANCE = 0.3  # of the log-weights: the interval of a mean weight is then close to normal


def log_z(
    rbm: RBM,
    method: str = "ais",
    beta: float = 1.0,
    n_chains: int = 1024,
    n_rungs: int | None = None,
    visible_mean: np.ndarray | None = None,
    seed: int = 0,
) -> LogZ:
    """log sum exp(-beta E).

    "exact" enumerates the smaller layer. "ais" goes from independent pixels of the means `visible_mean` (Nv,), by
    default those of a pilot, to the machine; a pilot places the rungs and, without `n_rungs`, counts them; they are
    then frozen and a fresh run estimates. Error and 95 % interval are those of the mean weight over independent
    chains, without bias where the weights are well behaved; where the effective sample size is below 100, the value
    is marked as not estimated. Raises InvalidInput.
    """
    if not (np.isfinite(beta) and beta >= 0):
        raise InvalidInput(f"beta must be finite and not negative, got {beta}")
    if method == "exact":
        value = exact.log_z(rbm, beta)
        return LogZ(value, 0.0, value, value, np.inf, "exact", True, "")
    if method != "ais":
        raise InvalidInput(f"unknown method {method!r}; allowed: ais, exact")
    if n_chains < 2 or (n_rungs is not None and n_rungs < 2):
        raise InvalidInput(f"AIS needs at least 2 chains and 2 rungs, got {n_chains} and {n_rungs}")
    base = _logit(_pilot_means(rbm, beta, seed) if visible_mean is None else _checked(visible_mean, rbm))
    machine = pack_machine(rbm, base)
    ladder = _pilot_ladder(rbm, machine, base, beta, n_rungs, seed)
    return _estimate(_run(rbm, machine, base, beta, ladder, n_chains, seed, key=9), rbm, base, beta)


def _run(
    rbm: RBM, machine: Machine, base: np.ndarray, beta: float, ladder: np.ndarray, n_chains: int, seed: int, key: int
) -> np.ndarray:
    """Log-weights (chain,) of fresh chains taken from independent pixels up the ladder t in [0, 1]."""
    return anneal(machine, _start(rbm, base, n_chains, seed, key), beta * ladder, 1 - ladder)


def _start(rbm: RBM, base: np.ndarray, n_chains: int, seed: int, key: int) -> Chains:
    """Chains of independent pixels with the fields `base`: exact samples of the first rung."""
    on = generator(seed, Stream.INITIAL, key).random((n_chains, rbm.n_visible)) < 1 / (1 + np.exp(-base))
    return new_chains(rbm, n_chains, seed, start=on.astype(np.uint8), key=key)


def _estimate(log_weight: np.ndarray, rbm: RBM, base: np.ndarray, beta: float) -> LogZ:
    shift = log_weight.max()
    weight = np.exp(log_weight - shift)
    relative = float(weight.std(ddof=1) / weight.mean() / np.sqrt(weight.size))
    ess = float(weight.sum() ** 2 / (weight**2).sum())
    start = np.logaddexp(0, base).sum() + rbm.n_hidden * np.log(2)
    value = float(start + shift + np.log(weight.mean()) - beta * rbm.constant)
    estimated = ess >= _MIN_ESS
    reason = "" if estimated else f"effective sample size {ess:.1f} of {weight.size}, at least {_MIN_ESS:.0f} needed"
    lower = value + np.log1p(-min(1.96 * relative, 1 - 1e-12))
    return LogZ(value, relative, float(lower), float(value + np.log1p(1.96 * relative)), ess, "ais", estimated, reason)


def _pilot_ladder(
    rbm: RBM, machine: Machine, base: np.ndarray, beta: float, n_rungs: int | None, seed: int
) -> np.ndarray:
    """Rungs t (n_rungs,), 0 to 1, equally far apart in the spread of the work, as a pilot sees it.

    The variance of the log-weights falls as 1 / n_rungs once a run follows the path: further pilots with ever more
    rungs say how many are needed.
    """
    chains = _start(rbm, base, _PILOT_CHAINS, seed, key=4)
    gaps = np.linspace(0.0, 1.0, _FIRST_RUNGS)
    spread = [anneal(machine, chains, beta * t, 1 - t).std() for t in np.stack([gaps[:-1], gaps[1:]], 1)]
    distance = np.concatenate([[0.0], np.cumsum(np.array(spread) + 1e-3 * np.mean(spread) + 1e-12)])

    def ladder(n: int) -> np.ndarray:
        return np.interp(np.linspace(0, distance[-1], n), distance, gaps)

    if n_rungs is not None:
        return ladder(n_rungs)
    for key, n in enumerate(_PILOT_RUNGS):
        variance = _run(rbm, machine, base, beta, ladder(n), _PILOT_CHAINS, seed, key=5 + key).var()
        if variance <= _TARGET_VARIANCE:
            return ladder(n)
    return ladder(min(_MAX_RUNGS, int(_PILOT_RUNGS[-1] * variance / _TARGET_VARIANCE)))


def _pilot_means(rbm: RBM, beta: float, seed: int) -> np.ndarray:
    """Pixel means (Nv,) of short chains from random starts; any means are valid, good ones need fewer rungs."""
    chains = new_chains(rbm, _PILOT_CHAINS, seed, beta=beta, key=3)
    sweep(pack_machine(rbm), chains, _PILOT_SWEEPS)
    means: np.ndarray = states(chains).visible.mean(0)
    return means


def _checked(mean: np.ndarray, rbm: RBM) -> np.ndarray:
    mean = np.asarray(mean, dtype=np.float64)
    if mean.shape != (rbm.n_visible,) or not ((mean >= 0) & (mean <= 1)).all():
        raise InvalidInput(f"visible_mean must be {rbm.n_visible} numbers in [0, 1], got the shape {mean.shape}")
    return mean


def _logit(mean: np.ndarray) -> np.ndarray:
    clipped = np.clip(mean, 1e-3, 1 - 1e-3)  # a pixel that was never on may still be
    logit: np.ndarray = np.log(clipped) - np.log1p(-clipped)
    return logit
