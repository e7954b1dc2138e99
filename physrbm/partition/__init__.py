"""log Z, and the likelihoods that hang on it."""

import numpy as np

from physrbm import exact
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate, LogLikelihood, LogZ
from physrbm.model import RBM
from physrbm.partition import ais

__all__ = ["log_likelihood", "log_z"]

METHODS = ("ais", "exact")


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
    chains; below an effective sample size of 100 the value is marked as not estimated. Raises InvalidInput.
    """
    if not (np.isfinite(beta) and beta >= 0):
        raise InvalidInput(f"beta must be finite and not negative, got {beta}")
    if method not in METHODS:
        raise InvalidInput(f"unknown method {method!r}; allowed: {', '.join(METHODS)}")
    if method == "exact":
        value = exact.log_z(rbm, beta)
        return LogZ(value, 0.0, value, value, float("inf"), "exact", True, "")
    if n_chains < 2 or (n_rungs is not None and n_rungs < 2):
        raise InvalidInput(f"AIS needs at least 2 chains and 2 rungs, got {n_chains} and {n_rungs}")
    if visible_mean is not None:
        visible_mean = np.asarray(visible_mean, dtype=np.float64)
        if visible_mean.shape != (rbm.n_visible,) or not ((visible_mean >= 0) & (visible_mean <= 1)).all():
            raise InvalidInput(
                f"visible_mean must be {rbm.n_visible} numbers in [0, 1], got the shape {visible_mean.shape}"
            )
    return ais.estimate(rbm, beta, n_chains, n_rungs, visible_mean, seed)


def log_likelihood(rbm: RBM, data: np.ndarray, log_z: LogZ | None = None, seed: int = 0) -> LogLikelihood:
    """Mean of log p(v) = -F(v) - log Z over data (n, Nv) of {0,1}, nats per sample.

    Without a `log_z` it is estimated by AIS with the means of the data. Raises InvalidInput.
    """
    data = np.asarray(data)
    if data.ndim != 2 or data.shape[1] != rbm.n_visible or not len(data) or not np.isin(data, (0, 1)).all():
        raise InvalidInput(f"data must be (sample, {rbm.n_visible}) of 0 and 1, got the shape {data.shape}")
    z = ais.estimate(rbm, 1.0, 1024, None, data.mean(0), seed) if log_z is None else log_z
    bare = Estimate.of(-rbm.free_energy(data))
    below, above = (float(np.hypot(1.96 * bare.error, x)) for x in (z.upper - z.value, z.value - z.lower))
    value = bare.value - z.value
    return LogLikelihood(value, bare.error, z.error, value - below, value + above, z.estimated, z.reason)
