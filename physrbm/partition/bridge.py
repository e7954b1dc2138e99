"""log Z from a tempering run: what rungs say of their neighbours, or all rungs of each other."""

import logging
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from physrbm import exact
from physrbm.errors import InvalidInput
from physrbm.estimate import LogZ
from physrbm.paths import LinearLadder, LinearPath
from physrbm.tempering import Tempered

_MIN_GROUPS = 8  # of independent ladders, whose scatter is the error
_MIN_ACCEPTANCE = 0.05  # below, neighbouring rungs hardly overlap
_MIN_TRIPS = 10  # round trips of all walkers of a replica: as often it came from the solved rung to the machine anew
_DRIFT = 0.01  # level of the test for drift
_MBAR_SAMPLES = 60_000


class Spread(NamedTuple):
    """An estimate and what it is with one replica left out."""

    value: float
    left_out: np.ndarray
    """(group,)"""
    systematic: float = 0.0


def finish(spread: Spread, run: Tempered, method: str) -> LogZ:
    """The estimate with its jackknife error over replicas and a 95 % interval of Student's t.

    Refused where there is an `objection` to the run.
    """
    from scipy.special import stdtrit

    n = spread.left_out.size
    scatter = float(np.sqrt((n - 1) * spread.left_out.var())) if n > 1 else np.inf
    error = float(np.hypot(scatter, spread.systematic))
    half = float(np.hypot(stdtrit(max(1, n - 1), 0.975) * scatter, 1.96 * spread.systematic))
    value, ess, reason = spread.value, float(run.round_trips.sum()), objection(run)
    n_replicas = run.weights.shape[2]
    return LogZ(
        value, error, value - half, value + half, ess, method, not reason, reason, n_replicas, run.ladder.n_rungs
    )


def objection(run: Tempered) -> str:
    """Why a run says nothing reliable of log Z, or nothing.

    There are too few replicas, they have not travelled often enough between what is solved and the machine,
    neighbouring rungs do not overlap, or log Z drifts: the first and the second half of the replicas' works differ
    (paired Student's t test). That is less than the verdict of the run asks, and to the point: rare states of a very
    different energy keep the R-hat of the energy up, and weigh next to nothing in Z.
    """
    n = run.weights.shape[2]
    if n < _MIN_GROUPS:
        return f"{n} independent replicas, {_MIN_GROUPS} are the least"
    if run.round_trips.min() < _MIN_TRIPS:
        return f"{run.round_trips.min()} round trips of the walkers of a replica, {_MIN_TRIPS} are the least"
    if run.acceptance.min() < _MIN_ACCEPTANCE:
        return f"a swap is accepted with probability {run.acceptance.min():.2g}, {_MIN_ACCEPTANCE} is the least"
    halves = np.array_split(run.weights, 2)
    early, late = (np.array([_climb(half[:, :, k : k + 1]) for k in range(n)]) for half in halves)
    return _drift(late - early)


def _drift(gain: np.ndarray) -> str:
    from scipy.special import stdtr

    mean, error = gain.mean(), gain.std(ddof=1) / np.sqrt(gain.size)
    if 2 * stdtr(gain.size - 1, -abs(mean) / max(error, 1e-300)) >= _DRIFT:
        return ""
    return f"log Z drifts: the second half of the run has {mean:+.2g}({error:.1g}) of the first"


def first_log_z(run: Tempered) -> float:
    """log Z of the first rung: solved where it has no couplings, enumerated where the machine is small."""
    ladder = run.ladder
    if not isinstance(ladder, LinearLadder):
        return exact.log_z(run.path.machines[0])  # type: ignore[union-attr]
    s, r = ladder.scales[0]
    if s == 0:
        return float(np.logaddexp(0, r * ladder.base).sum() + ladder.rbm.n_hidden * np.log(2))
    if r:
        raise InvalidInput(f"log Z of the first rung is not known: it has scales {s:g} and {r:g}")
    return exact.log_z(ladder.rbm, float(s))


def bar(run: Tempered) -> LogZ:
    """Bennett's (1976) acceptance ratio, gap by gap."""
    first = first_log_z(run)

    return finish(_over_replicas(lambda weights: first + _climb(weights), run.weights), run, "bar")


def integration(run: Tempered) -> LogZ:
    """Thermodynamic integration over t, d log Z / dt = -<dw/dt>, by the trapezoidal rule with its end correction.

    The variances of dw/dt are the derivatives of the integrand, so that the error of the rule is O(step^4). A third of
    the difference to every second rung counts as systematic error. For straight paths. Raises InvalidInput.
    """
    if not isinstance(run.path, LinearPath):
        raise InvalidInput("thermodynamic integration needs a straight path of one machine")
    first, t = first_log_z(run), run.path.t

    def total(weights: np.ndarray) -> float:
        return first + _trapezoid(weights, t, 1)

    coarse = first + _trapezoid(run.weights, t, 2)
    spread = _over_replicas(total, run.weights)
    return finish(spread._replace(systematic=abs(coarse - spread.value) / 3), run, "integration")


def mbar(run: Tempered) -> LogZ:
    """All rungs together (Shirts & Chodera 2008), by `pymbar`; for straight paths. Raises InvalidInput without it."""
    if not isinstance(run.path, LinearPath):
        raise InvalidInput("mbar needs a straight path of one machine")
    first, t = first_log_z(run), run.path.t
    n_rounds, n_rungs, n_replicas, _ = run.weights.shape
    stride = -(-n_rounds * n_rungs * n_replicas // _MBAR_SAMPLES)
    spread = _over_replicas(lambda w: first + _mbar(w[::stride], t)[0], run.weights, 8)
    return finish(spread._replace(systematic=_mbar(run.weights[::stride], t)[1]), run, "mbar")


def _over_replicas(total: Callable[[np.ndarray], float], weights: np.ndarray, groups: int = 32) -> Spread:
    """`total` of the weights, and with the replicas of one group left out."""
    n = weights.shape[2]
    parts = np.array_split(np.arange(n), min(n, groups))
    left_out = [total(np.delete(weights, group, axis=2)) for group in parts] if n > 1 else [np.nan]
    return Spread(total(weights), np.array(left_out))


def _climb(weights: np.ndarray) -> float:
    """log Z of the last rung less that of the first, gap by gap."""
    forward = weights[:, :-1, :, 2] - weights[:, :-1, :, 1]
    backward = weights[:, 1:, :, 0] - weights[:, 1:, :, 1]
    return sum(_bennett(forward[:, k].ravel(), backward[:, k].ravel()) for k in range(forward.shape[1]))


def _bennett(forward: np.ndarray, backward: np.ndarray) -> float:
    """log Z(above) - log Z(below) from equally many works of either direction."""
    from scipy.optimize import brentq
    from scipy.special import expit

    def excess(c: float) -> float:
        return float(expit(-(forward - c)).sum() - expit(-(backward + c)).sum())

    least, most = float(min(forward.min(), (-backward).min())) - 1, float(max(forward.max(), (-backward).max())) + 1
    return -float(brentq(excess, least, most, xtol=1e-10))


def _trapezoid(weights: np.ndarray, t: np.ndarray, every: int) -> float:
    slope = np.empty(weights.shape[:3])
    step = np.diff(t)[:, None]
    slope[:, :-1] = (weights[:, :-1, :, 2] - weights[:, :-1, :, 1]) / step
    slope[:, -1] = (weights[:, -1, :, 1] - weights[:, -1, :, 0]) / step[-1]
    mean, variance = -slope.mean((0, 2)), slope.var((0, 2))
    keep = np.unique([*range(0, t.size, every), t.size - 1])
    t, mean, variance = t[keep], mean[keep], variance[keep]
    h = np.diff(t)
    return float((h * (mean[1:] + mean[:-1]) / 2 - h**2 / 12 * np.diff(variance)).sum())


def _mbar(weights: np.ndarray, t: np.ndarray) -> tuple[float, float]:
    """log Z(last) - log Z(first), and how far the equations are from being solved."""
    logging.getLogger("pymbar").setLevel(logging.ERROR)  # it greets, and advertises
    try:
        from pymbar import MBAR
    except ImportError as error:
        raise InvalidInput("method 'mbar' needs the package pymbar: pip install 'physrbm[mbar]'") from error
    own = weights[..., 1]
    slope = np.empty_like(own)
    step = np.diff(t)[:, None]
    slope[:, :-1] = (weights[:, :-1, :, 2] - own[:, :-1]) / step
    slope[:, -1] = (own[:, -1] - weights[:, -1, :, 0]) / step[-1]
    everywhere = own[..., None] + slope[..., None] * (t - t[:, None, None])  # (round, rung, replica, at rung)
    u = everywhere.transpose(3, 1, 0, 2).reshape(t.size, -1)
    with warnings.catch_warnings():  # of options its solver does not know; whether it converged is seen below
        warnings.simplefilter("ignore")
        solved = MBAR(u, np.full(t.size, own.size // t.size))
    residual = float(np.abs(solved.weights().sum(0) - 1).max())
    return float(solved.f_k[0] - solved.f_k[-1]), residual
