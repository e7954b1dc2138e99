"""log Z, and the likelihoods that hang on it."""

import numpy as np

from physrbm import exact
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate, LogLikelihood, LogZ
from physrbm.model import RBM, check_states
from physrbm.partition import ais

__all__ = ["log_likelihood", "log_z"]

METHODS = ("ais", "exact")


def log_z(
    rbm: RBM,
    method: str = "ais",
    beta: float = 1.0,
    n_chains: int = 1024,
    n_rungs: int | None = None,
    data: np.ndarray | None = None,
    seed: int = 0,
) -> LogZ:
    """log sum exp(-beta E).

    "exact" enumerates the smaller layer. "ais" goes from independent pixels to the machine, with the pixel means of
    `data` (n, Nv) or else of a pilot; a pilot places the rungs and, without `n_rungs`, counts them; they are then
    frozen and a fresh run estimates. Error and 95 % interval are those of the mean weight over independent chains.

    Not estimated where too few chains carry the weight (see `ais.mean_weight`), or where the states of `data` alone
    weigh more than the interval allows. Neither can see a phase that no chain and no datum is in. Raises InvalidInput.
    """
    if not (np.isfinite(beta) and beta >= 0):
        raise InvalidInput(f"beta must be finite and not negative, got {beta}")
    if method not in METHODS:
        raise InvalidInput(f"unknown method {method!r}; allowed: {', '.join(METHODS)}")
    if method == "exact":
        value = exact.log_z(rbm, beta)
        return LogZ(value, 0.0, value, value, float("inf"), "exact", True, "")
    if n_chains < ais.MIN_CHAINS or (n_rungs is not None and n_rungs < 2):
        raise InvalidInput(f"AIS needs at least {ais.MIN_CHAINS} chains and 2 rungs, got {n_chains} and {n_rungs}")
    if data is None:
        return ais.estimate(rbm, beta, n_chains, n_rungs, None, seed)
    data = check_states(data, rbm.n_visible)
    return bounded(ais.estimate(rbm, beta, n_chains, n_rungs, data, seed), rbm, data, beta)


def bounded(z: LogZ, rbm: RBM, states: np.ndarray, beta: float = 1.0) -> LogZ:
    """The estimate, refused where distinct `states` (n, Nv) weigh more: log Z >= log sum_v exp(-F(v)) over any set."""
    _, first = np.unique(np.packbits(states, axis=1), axis=0, return_index=True)
    least = float(np.logaddexp.reduce(-rbm.free_energy(states[first], beta)))
    if least <= z.upper + 1e-9 * abs(z.upper):
        return z
    reason = f"{first.size} given states alone make log Z at least {least:.6g}, beyond the interval: a phase was missed"
    return z._replace(estimated=False, reason=reason)


def log_likelihood(rbm: RBM, data: np.ndarray, log_z: LogZ | None = None, seed: int = 0) -> LogLikelihood:
    """Mean of log p(v) = -F(v) - log Z over data (n, Nv) of {0,1}, nats per sample.

    Without a `log_z` it is estimated by AIS with the means of the data. Raises InvalidInput.
    """
    data = check_states(data, rbm.n_visible)
    z = ais.estimate(rbm, 1.0, 1024, None, data, seed) if log_z is None else log_z
    z = bounded(z, rbm, data)
    bare = Estimate.of(-rbm.free_energy(data))
    below, above = (float(np.hypot(1.96 * bare.error, x)) for x in (z.upper - z.value, z.value - z.lower))
    value = bare.value - z.value
    return LogLikelihood(value, bare.error, z.error, value - below, value + above, z.estimated, z.reason)
