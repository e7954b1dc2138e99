"""log Z, and the likelihoods that hang on it."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Literal, overload

import numpy as np

from physrbm import exact
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate, LogLikelihood, LogZ
from physrbm.model import RBM, check_states
from physrbm.partition import ais, bridge
from physrbm.partition.trajectory import along
from physrbm.paths import LinearPath, Path
from physrbm.tempering import Tempered, temper

__all__ = ["METHODS", "TEMPERED", "along", "chosen", "estimates", "log_likelihood", "log_z"]

METHODS = ("ais", "ais_reverse", "bar", "exact", "integration", "mbar")
TEMPERED = {"bar": bridge.bar, "integration": bridge.integration, "mbar": bridge.mbar}
REPLICAS, _SWEEPS = 32, 4000
_ENUMERABLE = 18  # units of the smaller layer that are summed over within a second


@overload
def log_z(  # type: ignore[overload-overlap]
    rbm: RBM,
    method: Literal["all"],
    beta: float = ...,
    n_chains: int = ...,
    n_rungs: int | None = ...,
    data: np.ndarray | None = ...,
    seed: int = ...,
    path: Path | None = ...,
    n_sweeps: int = ...,
) -> dict[str, LogZ]: ...
@overload
def log_z(
    rbm: RBM,
    method: str = ...,
    beta: float = ...,
    n_chains: int = ...,
    n_rungs: int | None = ...,
    data: np.ndarray | None = ...,
    seed: int = ...,
    path: Path | None = ...,
    n_sweeps: int = ...,
) -> LogZ: ...
def log_z(
    rbm: RBM,
    method: str = "ais",
    beta: float = 1.0,
    n_chains: int = 1024,
    n_rungs: int | None = None,
    data: np.ndarray | None = None,
    seed: int = 0,
    path: Path | None = None,
    n_sweeps: int = _SWEEPS,
) -> LogZ | dict[str, LogZ]:
    """log sum exp(-beta E).

    "exact" enumerates the smaller layer. "ais" goes from independent pixels to the machine, with the pixel means of
    `data` (n, Nv) or else of a pilot; a pilot places the rungs and, without `n_rungs`, counts them; they are then
    frozen and a fresh run estimates. Error and 95 % interval are those of the mean weight over independent chains.

    "bar", "integration" and "mbar" read one run of parallel tempering, `n_sweeps` of them along `path` (see `temper`);
    error and interval are those of independent replicas. "ais_reverse" starts from the states such a run has reached:
    an estimate that errs to the high side, where "ais" errs to the low one. "all": every method that can be had here.

    Not estimated where too few chains carry the weight (see `ais.mean_weight`), where there is an objection to the
    tempering (see `bridge.objection`), or where the states of `data` alone weigh more than the interval allows. None
    can see a phase that no chain and no datum is in. Raises InvalidInput.
    """
    if not (np.isfinite(beta) and beta >= 0):
        raise InvalidInput(f"beta must be finite and not negative, got {beta}")
    if method not in (*METHODS, "all"):
        raise InvalidInput(f"unknown method {method!r}; allowed: {', '.join(METHODS)}, all")
    if n_chains < ais.MIN_CHAINS or (n_rungs is not None and n_rungs < 2):
        raise InvalidInput(f"AIS needs at least {ais.MIN_CHAINS} chains and 2 rungs, got {n_chains} and {n_rungs}")
    if beta != 1 and method not in ("exact", "ais"):
        raise InvalidInput(f"method {method!r} is for beta = 1, got {beta}; scale the machine instead")
    data = None if data is None else check_states(data, rbm.n_visible)
    if method == "exact":
        value = exact.log_z(rbm, beta)
        return LogZ(value, 0.0, value, value, float("inf"), "exact", True, "")
    if method == "ais":
        z = ais.estimate(rbm, beta, n_chains, n_rungs, data, seed)
        return z if data is None else bounded(z, rbm, data, beta)
    run = temper(rbm, path, n_sweeps, REPLICAS, data=data, seed=seed)
    found = estimates(run, (method,), beta, data, seed, n_chains, n_rungs)
    return found if method == "all" else found[method]


def check_method(method: str, rbm: RBM, path: Path, beta: float = 1.0) -> None:
    """Raise InvalidInput where `method` is unknown, or cannot be had of a run along `path` that ends at `beta`."""
    if method not in METHODS:
        raise InvalidInput(f"unknown method {method!r}; allowed: {', '.join(METHODS)}, all")
    if method in TEMPERED and isinstance(path, LinearPath) and len(path.t) < 2:
        raise InvalidInput(f"method {method!r} needs a path")
    if method in ("integration", "mbar") and not isinstance(path, LinearPath):
        raise InvalidInput(f"method {method!r} needs a straight path: independent or temperature")
    if method == "mbar" and find_spec("pymbar") is None:
        raise InvalidInput("method 'mbar' needs pymbar: pip install 'physrbm[mbar]'")
    if method == "ais_reverse" and beta != 1:
        raise InvalidInput(f"method 'ais_reverse' is for beta = 1, got {beta}; scale the machine instead")
    enumerated = method == "exact" or (method in TEMPERED and not _is_solved(path))
    if enumerated and min(rbm.n_visible, rbm.n_hidden) > exact.MAX_UNITS:
        raise InvalidInput(f"method {method!r} enumerates at most {exact.MAX_UNITS} units of the smaller layer here")


def _is_solved(path: Path) -> bool:
    """Whether the first rung has no couplings; else its log Z is enumerated."""
    return isinstance(path, LinearPath) and path.first[0] == 0


def chosen(methods: Sequence[str], rbm: RBM, path: Path, beta: float = 1.0) -> tuple[str, ...]:
    """The methods by name; "all" stands for those that can be had. Raises what `check_method` raises."""
    if "all" not in methods:
        for method in methods:
            check_method(method, rbm, path, beta)
        return tuple(dict.fromkeys(methods))
    return tuple(name for name in METHODS if _can(name, rbm, path, beta))


def _can(method: str, rbm: RBM, path: Path, beta: float) -> bool:
    if method == "exact" and min(rbm.n_visible, rbm.n_hidden) > _ENUMERABLE:
        return False
    try:
        check_method(method, rbm, path, beta)
    except InvalidInput:
        return False
    return True


def estimates(
    run: Tempered,
    methods: Sequence[str],
    beta: float = 1.0,
    data: np.ndarray | None = None,
    seed: int = 0,
    n_chains: int = 1024,
    n_rungs: int | None = None,
) -> dict[str, LogZ]:
    """log Z at `beta`, where the path of `run` ends, by each of the `chosen` methods; see `log_z`."""
    rbm = run.ladder.target
    found = {}
    for method in chosen(methods, rbm, run.path, beta):
        if method in ("exact", "ais"):
            found[method] = log_z(rbm, method, beta, n_chains, n_rungs, data, seed)
            continue
        if method in TEMPERED:
            z = TEMPERED[method](run)
        else:
            why = "" if run.verdict.equilibrated else str(run.verdict)
            z = ais.reverse(rbm, run.pool, n_rungs, data, seed, why)
        found[method] = z if data is None else bounded(z, rbm, data, beta)
    return found


def bounded(z: LogZ, rbm: RBM, states: np.ndarray, beta: float = 1.0) -> LogZ:
    """The estimate, refused where distinct `states` (n, Nv) weigh more: log Z >= log sum_v exp(-F(v)) over any set."""
    return _bounded(z, states, -rbm.free_energy(states, beta)) if z.estimated else z


def _bounded(z: LogZ, states: np.ndarray, log_weight: np.ndarray) -> LogZ:
    """The same of states whose logarithms of the weight (n,) are known."""
    if not z.estimated:
        return z
    _, first = np.unique(np.packbits(states, axis=1), axis=0, return_index=True)
    least = float(np.logaddexp.reduce(log_weight[first]))
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
    log_weight = -rbm.free_energy(data)
    z, bare = _bounded(z, data, log_weight), Estimate.of(log_weight)
    below, above = (float(np.hypot(1.96 * bare.error, x)) for x in (z.upper - z.value, z.value - z.lower))
    value = bare.value - z.value
    return LogLikelihood(value, bare.error, z.error, value - below, value + above, z.estimated, z.reason)
