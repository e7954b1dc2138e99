"""Parallel tempering along any path."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, check_states
from physrbm.observables import OBSERVABLES
from physrbm.paths import Ladder, Path, from_independent
from physrbm.statistics import Verdict, verdict
from physrbm.tempering.going import Look, State, begin, go_on, join, part, stack
from physrbm.tempering.rounds import Round, RoundTrips, rounds
from physrbm.tempering.tuning import Tuned, tune

__all__ = [
    "Look",
    "Round",
    "RoundTrips",
    "State",
    "Tempered",
    "Tuned",
    "begin",
    "conclude",
    "go_on",
    "join",
    "part",
    "rounds",
    "stack",
    "temper",
    "tune",
]

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
    most_sweeps: int = 0,
    enough: Callable[[Tempered], bool] = lambda run: run.verdict.equilibrated,
) -> Tempered:
    """Sample `rbm`, the last rung of `path`, in `n_replicas` independent ladders of `n_sweeps` sweeps.

    Without a path it is tempered from independent pixels (with the means of `data` (n, Nv), if given), and a pilot
    places the rungs. A path that is given is taken as it is (`tempering.tune` places the rungs of a straight one).
    Replicas come in multiples of 32 on paths of several machines. sweeps: from one swap to the next. start: states
    (chain, Nv) of {0,1} instead of random ones. observables: names of `observables.OBSERVABLES`, measured at the last
    rung. most_sweeps: while the run is not `enough` (by default: while its verdict is not passed) it goes on to twice
    its length, up to so many sweeps; every look is another chance to pass, so give a length that may well do. Raises
    InvalidInput.
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
    ladder = path.bind(rbm, data)
    state, looks = begin(ladder, n_replicas, start, seed), list[Look]()
    while True:
        every = max(1, n_rounds // (2 * _KEPT))
        state, looks, pool = _until(ladder, state, looks, n_rounds, every, sweeps, seed, observables)
        run = conclude(path, ladder, state, stack(looks), pool, sweeps * every)
        if enough(run) or 2 * n_rounds * sweeps > most_sweeps:
            return run
        n_rounds *= 2


def _until(
    ladder: Ladder,
    state: State,
    looks: list[Look],
    n_rounds: int,
    every: int,
    sweeps: int,
    seed: int,
    observables: Sequence[str],
) -> tuple[State, list[Look], np.ndarray]:
    """Go on until there are `n_rounds`: the state, every `every`-th look of the second half, and the pool."""
    pool, due = [], set(np.linspace(n_rounds // 2 + 1, n_rounds, _SNAPSHOTS).astype(int))
    for now, look in go_on(ladder, state, lambda: n_rounds, sweeps, seed, observables, every):
        state = now
        if look is not None and look.number >= n_rounds // 2:
            looks.append(look)
        if now.rounds in due:
            pool.append(ladder.states(now.walkers, -1).visible)
    kept = [look for look in looks if look.number >= n_rounds // 2 and look.number % every == 0]
    return state, kept, np.concatenate(pool)


def conclude(path: Path, ladder: Ladder, state: State, looks: Look, pool: np.ndarray, sweeps_between: int) -> Tempered:
    """What a run comes to; the first of the stacked `looks` only says how far the counts were before the others."""
    before, after = part(looks, slice(1)), part(looks, slice(1, None))
    round_trips = looks.round_trips[-1] - before.round_trips[0]
    rejected, proposed = (looks.rejection[-1] - before.rejection[0]).T
    judged = _judge(after.series, round_trips, ladder.n_rungs, sweeps_between)
    acceptance = 1 - rejected / np.where(proposed > 0, proposed, np.nan)
    end = ladder.states(state.walkers, -1)
    return Tempered(path, ladder, *end, pool, after.weights, after.series, acceptance, round_trips, judged)


def _judge(series: dict[str, np.ndarray], round_trips: np.ndarray, n_rungs: int, sweeps: int) -> Verdict:
    """The verdict on the series, and on whether the walkers travelled."""
    judged = verdict(series, sweeps_between=sweeps)
    if n_rungs == 1:
        return judged
    mean = round_trips.mean() / n_rungs
    if mean >= MIN_ROUND_TRIPS:
        return judged
    said = f"{mean:.2g} round trips a walker, {MIN_ROUND_TRIPS} are the least"
    reason = said if judged.equilibrated else f"{judged.reason}; {said}"
    n = len(next(iter(series.values())))
    more = None if mean == 0 else int(2 * n * (MIN_ROUND_TRIPS / mean - 1)) * sweeps
    missing = None if more is None or judged.missing is None else max(more, judged.missing)
    return judged._replace(equilibrated=False, reason=reason, missing=missing)
