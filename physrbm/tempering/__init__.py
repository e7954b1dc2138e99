"""Parallel tempering along any path."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, check_states
from physrbm.observables import OBSERVABLES
from physrbm.paths import Ladder, LinearPath, Path, from_independent
from physrbm.statistics import Verdict, verdict
from physrbm.streams import Use
from physrbm.tempering.rounds import Round, RoundTrips, rounds
from physrbm.tempering.tuning import Tuned, tune

__all__ = ["Round", "RoundTrips", "Tempered", "Tuned", "rounds", "temper", "tune"]

_SNAPSHOTS = 16
_KEPT = 2048  # rounds of which weights and observables are kept, at equal distances
MIN_ROUND_TRIPS = 2  # of the mean walker, after thermalisation


class Tempered(NamedTuple):
    """A run of parallel tempering; the first half of it counts as thermalisation."""

    path: Path
    ladder: Ladder
    visible: np.ndarray
    """(replica, Nv) uint8: configurations of the last rung at the end"""
    hidden: np.ndarray
    """(replica, Nh) uint8"""
    pool: np.ndarray
    """(sample, Nv) uint8: those of _SNAPSHOTS rounds at equal distances, after thermalisation"""
    weights: np.ndarray
    """(round, rung, replica, 3) float64: -log p* of states at the rung below, their own, above; after thermalisation,
    of at most 2 _KEPT rounds at equal distances"""
    series: dict[str, np.ndarray]
    """name -> (round, replica): observables of the last rung, after thermalisation; "energy" is E"""
    acceptance: np.ndarray
    """(gap,) mean probability that a swap is accepted"""
    round_trips: np.ndarray
    """(replica,) round trips of all walkers of a replica"""
    verdict: Verdict

    @property
    def barrier(self) -> float:
        """Lambda, the sum of the rejections."""
        return float((1 - self.acceptance).sum())


def temper(
    rbm: RBM,
    path: Path | None = None,
    n_sweeps: int = 2000,
    n_replicas: int = 8,
    sweeps: int = 1,
    data: np.ndarray | None = None,
    start: np.ndarray | None = None,
    observables: Sequence[str] = (),
    seed: int = 0,
) -> Tempered:
    """Sample `rbm`, the last rung of `path`, in `n_replicas` independent ladders of `n_sweeps` sweeps.

    Without a path it is tempered from independent pixels (with the means of `data` (n, Nv), if given), and a pilot
    places the rungs. A path that is given is taken as it is (`tempering.tune` places the rungs of a straight one).
    Replicas come in multiples of 32 on paths of several machines. sweeps: from one swap to the next. start: states
    (chain, Nv) of {0,1} instead of random ones. observables: names of `observables.OBSERVABLES`, measured at the last
    rung. Raises InvalidInput.
    """
    n_rounds = n_sweeps // max(1, sweeps)
    if n_replicas < 1 or sweeps < 1 or n_rounds < 2:
        raise InvalidInput(f"at least 1 replica and 2 rounds are needed, got {n_replicas} and {n_sweeps} / {sweeps}")
    unknown = [name for name in observables if name not in OBSERVABLES]
    if unknown:
        raise InvalidInput(f"unknown observable {unknown[0]!r}; allowed: {', '.join(OBSERVABLES)}")
    if start is not None:
        start = check_states(start, rbm.n_visible).astype(np.uint8)
    path = tune(from_independent(), rbm, data, seed).path if path is None else path
    ladder, key = path.bind(rbm, data), (Use.TEMPERING,)
    walkers = ladder.start(n_replicas, start, seed, key)
    trips, weights, rejections = RoundTrips.none(walkers.walker), [], []
    series: dict[str, list[np.ndarray]] = {name: [] for name in observables}
    pool, due = [], set(np.linspace(n_rounds // 2, n_rounds - 1, _SNAPSHOTS).astype(int))
    stride = max(1, n_rounds // (2 * _KEPT))
    for now in rounds(ladder, walkers, 0, n_rounds, sweeps, seed, key):
        if now.number < n_rounds // 2:
            continue
        trips.see(walkers.walker)
        rejections.append(now.rejection)
        if now.number in due:
            pool.append(ladder.states(walkers, -1).visible)
        if now.number % stride:
            continue
        weights.append(now.weights)
        for name in observables:
            series[name].append(OBSERVABLES[name](rbm, *ladder.states(walkers, -1)))
    of_replica = np.empty(trips.trips.size, np.int64)  # a walker stays in its replica
    of_replica[walkers.walker] = np.arange(walkers.walker.shape[1])
    end = ladder.states(walkers, -1)
    found = {"energy": _energies(path, np.stack(weights)), **{name: np.stack(x) for name, x in series.items()}}
    per_replica = np.bincount(of_replica, trips.trips).astype(np.int64)
    judged = _judge(found, per_replica, ladder.n_rungs, sweeps * stride)
    acceptance = 1 - np.nanmean(np.stack(rejections), axis=0)
    return Tempered(path, ladder, *end, np.concatenate(pool), np.stack(weights), found, acceptance, per_replica, judged)


def _energies(path: Path, weights: np.ndarray) -> np.ndarray:
    """E (round, replica) at the last rung, whose weight is beta E."""
    beta = path.last[0] if isinstance(path, LinearPath) else 1.0
    own: np.ndarray = weights[:, -1, :, 1]
    return own / beta


def _judge(series: dict[str, np.ndarray], round_trips: np.ndarray, n_rungs: int, sweeps: int) -> Verdict:
    """The verdict on the series, and on whether the walkers travelled."""
    judged = verdict(series, sweeps_between=sweeps)
    mean = round_trips.mean() / n_rungs
    if mean >= MIN_ROUND_TRIPS:
        return judged
    said = f"{mean:.2g} round trips a walker, {MIN_ROUND_TRIPS} are the least"
    reason = said if judged.equilibrated else f"{judged.reason}; {said}"
    n = len(next(iter(series.values())))
    more = None if mean == 0 else int(2 * n * (MIN_ROUND_TRIPS / mean - 1)) * sweeps
    missing = None if more is None or judged.missing is None else max(more, judged.missing)
    return judged._replace(equilibrated=False, reason=reason, missing=missing)
