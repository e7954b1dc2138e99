"""The one loop of a tempering run: rounds, and what is kept of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from physrbm.observables import OBSERVABLES
from physrbm.paths import Ladder, LinearLadder, Walkers
from physrbm.sampling import copy_chains
from physrbm.streams import Use
from physrbm.tempering.rounds import Round, RoundTrips, rounds


class State(NamedTuple):
    """All that the next round needs, and what was counted on the way."""

    rounds: int
    """done so far"""
    walkers: Walkers
    trips: RoundTrips
    rejection: np.ndarray
    """(gap, 2) float64 so far: the sum of the probabilities that a swap is rejected, and how many were proposed"""


class Look(NamedTuple):
    """What is kept of a round, or stacked, with one more axis in front, of many."""

    number: np.ndarray
    """() int64, rounds so far"""
    weights: np.ndarray
    """(rung, replica, 3) as in `Round`; (rung, replica, 0) where they are not kept"""
    series: dict[str, np.ndarray]
    """name -> (replica,) float64: "energy" and observables of the states on the last rung"""
    round_trips: np.ndarray
    """(replica,) int64 so far, of all walkers of a replica"""
    rejection: np.ndarray
    """(gap, 2) float64 as in `State`"""


def begin(ladder: Ladder, n_replicas: int, given: np.ndarray | None, seed: int) -> State:
    """State before the first round."""
    walkers = ladder.start(n_replicas, given, seed, (Use.TEMPERING,))
    return State(0, walkers, RoundTrips.none(walkers.walker), np.zeros((ladder.n_rungs - 1, 2)))


def go_on(
    ladder: Ladder,
    state: State,
    total: Callable[[], int],
    sweeps: int,
    seed: int,
    observables: Sequence[str] = (),
    every: int = 1,
    weights: bool = True,
) -> Iterator[tuple[State, Look | None]]:
    """Every round from `state` on until there are `total()` of them, the swaps carried out, with a look at every
    `every`-th. A state stays as it is: who is interrupted within the next round may keep it.
    """
    while state.rounds < total():
        n, walkers = state.rounds, Walkers(copy_chains(state.walkers.chains), state.walkers.walker.copy())
        trips = RoundTrips(*(x.copy() for x in state.trips))
        (now,) = rounds(ladder, walkers, n, n + 1, sweeps, seed, (Use.TEMPERING,))
        trips.see(walkers.walker)
        counted = np.nan_to_num(now.rejection), ~np.isnan(now.rejection)
        state = State(n + 1, walkers, trips, state.rejection + np.stack(counted, -1))
        due = state.rounds % every == 0
        yield state, _look(ladder, state, now, observables, weights) if due else None


def _look(ladder: Ladder, state: State, now: Round, observables: Sequence[str], weights: bool) -> Look:
    beta = ladder.scales[-1, 0] if isinstance(ladder, LinearLadder) else 1.0
    series = {"energy": now.at_last / beta}
    if observables:
        states = ladder.states(state.walkers, -1)
        series |= {name: OBSERVABLES[name](ladder.target, *states) for name in observables}
    kept = now.weights if weights else now.weights[..., :0]
    return Look(np.array(state.rounds), kept, series, _trips(state), state.rejection)


def _trips(state: State) -> np.ndarray:
    n_replicas = state.walkers.walker.shape[1]  # a walker stays in its replica: the columns are numbered through
    per_replica: np.ndarray = state.trips.trips.reshape(-1, n_replicas).sum(0)
    return per_replica


def stack(looks: Sequence[Look]) -> Look:
    """Looks one after the other, a new axis in front."""
    return _with(np.stack, looks)


def join(looks: Sequence[Look]) -> Look:
    """Stacked looks one after the other."""
    return _with(np.concatenate, looks)


def _with(put: Callable[[list[np.ndarray]], np.ndarray], looks: Sequence[Look]) -> Look:
    series = {name: put([look.series[name] for look in looks]) for name in looks[0].series}
    number, weights, trips, rejection = (
        put([getattr(look, name) for look in looks]) for name in ("number", "weights", "round_trips", "rejection")
    )
    return Look(number, weights, series, trips, rejection)


def part(looks: Look, which: slice) -> Look:
    """Some of stacked looks."""
    return _with(lambda one: one[0][which], [looks])
